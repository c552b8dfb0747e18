/** `<fd-action-kinds>`: all that can be done, in groups, to be searched. Dispatches `kind-choose` {form}. */
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { ActionForm } from "./action-fields.js";
import { groupForms } from "./form-groups.js";

@customElement("fd-action-kinds")
export class ActionKinds extends LitElement {
  @property({ attribute: false }) forms: readonly ActionForm[] = [];
  @property({ attribute: false }) chosen: ActionForm | undefined;
  /** What the list is narrowed to. */
  @state() private sought = "";

  override render(): TemplateResult {
    const { chosen } = this;
    const groups = groupForms(this.forms, this.sought);
    // Open where nothing is chosen yet; a chosen form stands near the top.
    return html`<details ?open=${chosen === undefined}>
      <summary>${chosen === undefined ? "All actions" : chosen.title}</summary>
      <label class="row find">
        Find
        <input
          type="search"
          placeholder="an action, by what it does"
          autocomplete="off"
          .value=${live(this.sought)}
          @input=${(event: InputEvent) => {
            this.sought = (event.target as HTMLInputElement).value;
          }}
        />
      </label>
      ${groups.length === 0 ? html`<p class="soft">No action is called so.</p>` : nothing}
      <div class="groups">
        ${groups.map(
          ({ title, forms }) => html`
            <span class="soft small" id=${`group-${title}`}>${title}</span>
            <div class="kinds" role="group" aria-labelledby=${`group-${title}`}>
              ${forms.map((form) => this.button(form))}
            </div>
          `,
        )}
      </div>
    </details>`;
  }

  private button(form: ActionForm): TemplateResult {
    return html`<button
      type="button"
      aria-pressed=${form === this.chosen ? "true" : "false"}
      title=${form.purpose}
      @click=${() => {
        this.dispatchEvent(new CustomEvent("kind-choose", { detail: { form } }));
      }}
    >
      ${form.title}
    </button>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      summary {
        cursor: pointer;
        font-weight: 600;
      }
      .find {
        margin-block: var(--space-2);
      }
      .groups {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: var(--space-2) var(--space-3);
        align-items: baseline;
      }
      @media (max-width: 560px) {
        .groups {
          grid-template-columns: minmax(0, 1fr);
          gap: var(--space-1);
        }
      }
      .kinds {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-action-kinds": ActionKinds;
  }
}
