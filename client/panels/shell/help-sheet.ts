/** The keys, by table, and how time is typed. */
import { LitElement, css, html } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import "../../elements/dialog.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { SHORTCUTS } from "./shortcuts.js";

const RANGE_EXAMPLES: readonly (readonly [string, string])[] = [
  ["30m", "the last 30 minutes, moving on with the clock"],
  ["14:02-14:20", "from and to, UTC of the simulated day"],
  ["now-1h to now-15m", "relative to the simulated now"],
  ["2026-03-03T14:02:00Z to now", "ISO 8601, epoch seconds, milliseconds or microseconds"],
];

@customElement("fd-help-sheet")
export class HelpSheet extends LitElement {
  @property({ type: Boolean }) open = false;
  @property({ type: Boolean }) shortcuts = true;

  override render(): TemplateResult {
    return html`<fd-dialog
      heading="Help"
      .open=${this.open}
      @close=${() => {
        this.dispatchEvent(new CustomEvent("close"));
      }}
    >
      <h3>Keys</h3>
      <div class="keys">
        ${SHORTCUTS.map(
          ({ keys, title }) =>
            html`<div>
              ${keys.map((key) => html`<kbd>${key === " " ? "space" : key}</kbd> `)}<span>${title}</span>
            </div>`,
        )}
      </div>
      <p>
        <label
          ><input
            type="checkbox"
            .checked=${this.shortcuts}
            @change=${(event: Event) => {
              const { checked } = event.target as HTMLInputElement;
              this.dispatchEvent(new CustomEvent("shortcuts", { detail: checked }));
            }}
          />
          Single-key shortcuts (<kbd>?</kbd> always works)</label
        >
      </p>
      <h3>Time ranges</h3>
      <dl>
        ${RANGE_EXAMPLES.map(
          ([text, meaning]) =>
            html`<div>
              <dt><code>${text}</code></dt>
              <dd>${meaning}</dd>
            </div>`,
        )}
      </dl>
      <p class="soft">
        Drag over any chart to zoom. Values with a dotted line open a menu of where to go from them. The address holds
        what you see: copy it to come back.
      </p>
    </fd-dialog>`;
  }

  static override styles = [
    sharedStyles,
    css`
      .keys {
        columns: 2;
        margin-block: var(--space-2);
      }
      .keys div {
        display: flex;
        gap: var(--space-1);
        align-items: baseline;
        break-inside: avoid;
        padding-block: 2px;
      }
      kbd {
        font-family: var(--font-data);
        font-size: var(--text-s);
        border: 1px solid var(--line-strong);
        border-radius: 3px;
        padding: 0 5px;
        min-width: 20px;
        text-align: center;
      }
      p {
        margin-block: var(--space-2);
      }
      dl {
        margin-block: var(--space-2);
      }
      dl div {
        display: grid;
        grid-template-columns: 230px 1fr;
        gap: var(--space-2);
        padding-block: 2px;
      }
      dd {
        margin: 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-help-sheet": HelpSheet;
  }
}
