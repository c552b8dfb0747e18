/** The field notes of a view as a sheet over it. Set `open` and `view`; `close` is dispatched when it goes away. */
import { LitElement, css, html } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import "../../elements/dialog.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { notesOf } from "./notes.js";
import { drawPicture } from "./pictures.js";

@customElement("fd-field-notes")
export class FieldNotes extends LitElement {
  @property({ type: Boolean }) open = false;
  @property() view = "";
  @state() private chosen = 0;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("view") || changed.has("open")) this.chosen = 0;
  }

  override render(): TemplateResult {
    const notes = notesOf(this.view);
    const note = notes[this.chosen] ?? notes[0];
    return html`<fd-dialog
      heading="Field notes"
      .open=${this.open}
      @close=${() => this.dispatchEvent(new CustomEvent("close"))}
    >
      <div class="row" role="group" aria-label="Notes of this view">
        ${notes.map(
          ({ title }, index) =>
            html`<button
              aria-pressed=${index === this.chosen ? "true" : "false"}
              @click=${() => {
                this.chosen = index;
              }}
            >
              ${title}
            </button>`,
        )}
      </div>
      ${
        note === undefined
          ? ""
          : html`<article>
              <h3>${note.title}</h3>
              <svg viewBox="0 0 240 88" role="img" aria-label=${note.pictureText}>${drawPicture(note.picture)}</svg>
              ${note.paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}
              <p class="here"><strong>Here:</strong> ${note.here}</p>
            </article>`
      }
    </fd-dialog>`;
  }

  static override styles = [
    sharedStyles,
    css`
      article {
        display: flex;
        flex-direction: column;
        gap: var(--space-2);
        padding-block: var(--space-3);
        line-height: 1.5;
        max-width: 64ch;
      }
      svg {
        width: min(100%, 480px);
        color: var(--ink);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface-0);
        padding: var(--space-2);
      }
      .ink {
        stroke: var(--ink);
      }
      .soft {
        stroke: var(--line-strong);
      }
      .critical {
        stroke: var(--severity-critical);
      }
      .warning {
        stroke: var(--severity-warning);
      }
      .fill-accent {
        fill: var(--accent);
      }
      .fill-line {
        fill: var(--line);
      }
      .fill-line-strong {
        fill: var(--line-strong);
      }
      .fill-warning {
        fill: var(--severity-warning);
      }
      .fill-critical {
        fill: var(--severity-critical);
      }
      text {
        fill: var(--ink-soft);
        font-size: 9px;
        font-family: var(--font-ui);
      }
      .here {
        border-inline-start: 3px solid var(--accent);
        padding-inline-start: var(--space-2);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-field-notes": FieldNotes;
  }
}
