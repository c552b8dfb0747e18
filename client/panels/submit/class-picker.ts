/** Chooses one fault class: words narrow the taxonomy, which is shown by family with what each class means. */
import { css, html, LitElement, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { FaultClass } from "../../../server/wire/scenario.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { searchTaxonomy } from "./taxonomy-search.js";

/** Dispatches `class-picked` {id}. */
@customElement("fd-class-picker")
export class ClassPicker extends LitElement {
  @property({ attribute: false }) classes: readonly FaultClass[] = [];
  /** Id of the chosen class; empty for none. */
  @property() value = "";
  @state() private query = "";

  override render(): TemplateResult {
    const families = searchTaxonomy(this.classes, this.query);
    return html`
      <input
        type="search"
        placeholder="Search: slow, query, pool, label …"
        aria-label="Search the fault classes"
        aria-controls="classes"
        .value=${this.query}
        @input=${(event: InputEvent) => {
          this.query = (event.target as HTMLInputElement).value;
        }}
      />
      <div id="classes" role="radiogroup" aria-label="Fault class" tabindex="-1">
        ${
          families.length === 0
            ? html`<p class="soft pad" role="status">No class has these words. Try fewer, or the family's name.</p>`
            : nothing
        }
        ${families.map(
          ({ family, classes }) => html`
            <fieldset>
              <legend class="soft small">${family}</legend>
              ${classes.map((fault) => this.renderClass(fault))}
            </fieldset>
          `,
        )}
      </div>
    `;
  }

  /** What was chosen elsewhere, from the notebook or a draft, is not left out of sight. Only the list scrolls, not the page. */
  override updated(changed: PropertyValues<this>): void {
    if (!changed.has("value") && !changed.has("classes")) return;
    const list = this.renderRoot.querySelector<HTMLElement>("#classes");
    const chosen = list?.querySelector<HTMLElement>("label.chosen");
    if (list === null || chosen === null || chosen === undefined) return;
    const top = chosen.offsetTop - list.offsetTop;
    const seen = top >= list.scrollTop && top + chosen.offsetHeight <= list.scrollTop + list.clientHeight;
    if (!seen) list.scrollTop = top - (list.clientHeight - chosen.offsetHeight) / 2;
  }

  private renderClass({ id, title, description }: FaultClass): TemplateResult {
    return html`<label class=${id === this.value ? "chosen" : ""}>
      <input
        type="radio"
        name="class"
        value=${id}
        .checked=${id === this.value}
        @change=${() => {
          this.dispatchEvent(new CustomEvent("class-picked", { detail: { id } }));
        }}
      />
      <span><span class="title">${title}</span> <span class="soft small">${description}</span></span>
    </label>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-1);
        max-width: 720px;
      }
      #classes {
        max-height: 240px;
        position: relative;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
      legend {
        padding: var(--space-1) var(--space-2) 0;
      }
      label {
        display: grid;
        grid-template-columns: 16px 1fr;
        gap: var(--space-2);
        padding: var(--space-1) var(--space-2);
        cursor: pointer;
      }
      label:hover {
        background: var(--surface-2);
      }
      label.chosen {
        background: var(--accent-soft);
      }
      label input[type="radio"] {
        margin-top: 3px;
      }
      .pad {
        padding: var(--space-2);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-class-picker": ClassPicker;
  }
}
