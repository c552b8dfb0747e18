/** The keys of every view, searched as one types, how time is typed, and the switch for single keys. */
import { LitElement, css, html, noChange, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import "../../elements/dialog.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { viewById } from "../registry.js";
import { allCommands, commandsFor } from "./commands.js";
import type { Command } from "./command.js";
import { fuzzyMatch } from "./fuzzy.js";
import { inColumns } from "./help-columns.js";
import { keyHint } from "./key-hint.js";
import { keyHintStyles } from "./key-hint.styles.js";

const RANGE_EXAMPLES: readonly (readonly [string, string])[] = [
  ["30m", "the last 30 minutes, moving on with the clock"],
  ["14:02-14:20", "from and to, UTC of the simulated day"],
  ["now-1h/h to now", "relative to the simulated now, here from a full hour"],
  ["14:10 ±5m", "around an instant"],
  ["2026-03-03T14:02:00Z to now", "ISO 8601, epoch seconds, milliseconds or microseconds"],
];

/** Dispatches `close` and `shortcuts` (whether single keys are on). */
@customElement("fd-help-sheet")
export class HelpSheet extends LitElement {
  @property({ type: Boolean }) open = false;
  @property({ type: Boolean }) shortcuts = true;
  /** The view whose keys come first. */
  @property() view = "";
  @state() private sought = "";

  /** What was shown stays behind the closed dialog: some hundred rows, which the next opening only looks through. */
  override render(): TemplateResult {
    return html`<fd-dialog heading="Keys and help" wide .open=${this.open} @close=${this.closed}>
      ${this.open ? this.body() : noChange}
    </fd-dialog>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has("open") || !this.open) return;
    const field = this.renderRoot.querySelector("input");
    // The dialog opens with its own update, and takes the focus then.
    void this.renderRoot.querySelector("fd-dialog")?.updateComplete.then(() => field?.focus());
  }

  private body(): TemplateResult {
    return html`<div class="top">
        <input
          type="search"
          aria-label="Search the keys"
          placeholder="Search the keys"
          .value=${this.sought}
          @input=${(event: Event) => {
            this.sought = (event.target as HTMLInputElement).value;
          }}
        />
        <label
          ><input
            type="checkbox"
            .checked=${this.shortcuts}
            @change=${(event: Event) => {
              const { checked } = event.target as HTMLInputElement;
              this.dispatchEvent(new CustomEvent("shortcuts", { detail: checked }));
            }}
          />
          Single-key shortcuts (${keyHint("?")} and keys with Ctrl always work)</label
        >
      </div>
      ${
        // An opening that shows what the last one showed builds nothing.
        guard([this.view, this.sought], () => keysOf(groupsOf(this.view, this.sought)))
      }
      ${this.sought === "" ? ranges() : nothing}`;
  }

  private readonly closed = (): void => {
    this.sought = "";
    this.dispatchEvent(new CustomEvent("close"));
  };

  static override styles = [
    sharedStyles,
    keyHintStyles,
    css`
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-4);
        margin-block-end: var(--space-3);
      }
      [type="search"] {
        flex: 1 1 200px;
      }
      /* Not columns of text: the browser would lay them out again and again until they are even. */
      .groups {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr));
        gap: 0 var(--space-5);
      }
      section {
        margin-block-end: var(--space-4);
      }
      h3 {
        margin-block-end: var(--space-1);
        color: var(--ink-soft);
        font-weight: 500;
      }
      dl {
        margin: 0;
      }
      dl div {
        display: grid;
        grid-template-columns: 112px 1fr;
        gap: var(--space-2);
        align-items: baseline;
        padding-block: 2px;
      }
      dt {
        display: flex;
        flex-wrap: wrap;
        gap: 2px var(--space-2);
      }
      dd {
        margin: 0;
      }
      .ranges div {
        grid-template-columns: minmax(200px, auto) 1fr;
      }
      p {
        margin-block: var(--space-2);
      }
    `,
  ];
}

/** Of the open view first, then everywhere, then the other views; only commands that can be typed and that are sought. */
function groupsOf(view: string, sought: string): readonly (readonly [string, readonly Command[]])[] {
  const own = new Set(commandsFor(view).map(({ id }) => id));
  const ordered = [...commandsFor(view), ...allCommands().filter(({ id }) => !own.has(id))];
  const groups = new Map<string, Command[]>();
  for (const command of ordered) {
    if (command.keys.length === 0) continue;
    const group = command.view === view ? `In this view (${viewById(view)?.title ?? view})` : command.group;
    if (fuzzyMatch(sought, `${command.title} ${command.help} ${group}`) === undefined) continue;
    groups.set(group, [...(groups.get(group) ?? []), command]);
  }
  return [...groups];
}

const keysOf = (groups: readonly (readonly [string, readonly Command[]])[]): TemplateResult =>
  groups.length === 0
    ? html`<p class="soft">No key does this; the palette (${keyHint("mod+k")}) may know it.</p>`
    : html`<div class="groups">${inColumns(groups).map(columnOf)}</div>`;

const columnOf = (column: readonly (readonly [string, readonly Command[]])[]): TemplateResult =>
  html`<div>
    ${column.map(
      ([title, commands]) =>
        html`<section aria-label=${title}>
          <h3>${title}</h3>
          <dl>${commands.map((command) => row(command))}</dl>
        </section>`,
    )}
  </div>`;

const row = ({ keys, title, help }: Command): TemplateResult =>
  html`<div>
    <dt>${keys.map((way) => keyHint(way))}</dt>
    <dd>${title}${help.startsWith("Opens ") ? nothing : html` <span class="small soft">${help}</span>`}</dd>
  </div>`;

const ranges = (): TemplateResult =>
  html`<section class="ranges" aria-label="Time ranges">
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
    </section>
    <p class="soft">
      Drag over any chart to zoom, along its axis to move in time, double-click to lock the crosshair. Values with a
      dotted line open a menu of where to go from them. The address holds what you see: copy it to come back.
    </p>`;

declare global {
  interface HTMLElementTagNameMap {
    "fd-help-sheet": HelpSheet;
  }
}
