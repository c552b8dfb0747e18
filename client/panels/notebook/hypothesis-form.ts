/** Adds a hypothesis: a component, a fault class and how much one believes in it. */
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Catalogue } from "../../../server/wire/actions.js";
import type { Hypothesis } from "../../../server/wire/run.js";
import type { FaultClass } from "../../../server/wire/scenario.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { searchTaxonomy } from "../submit/taxonomy-search.js";
import { percent } from "./notebook-model.js";

const FIRST_CONFIDENCE = 0.5;

/** Dispatches `hypothesis-changed` {Hypothesis} with a new id. */
@customElement("fd-hypothesis-form")
export class HypothesisForm extends LitElement {
  @property({ attribute: false }) components: Catalogue["components"] = [];
  @property({ attribute: false }) taxonomy: readonly FaultClass[] = [];
  @state() private component = "";
  @state() private faultClass = "";
  @state() private confidence = FIRST_CONFIDENCE;
  @state() private incomplete = false;
  @state() private words = "";

  override render(): TemplateResult {
    return html`
      <form
        novalidate
        @submit=${(event: Event) => {
          event.preventDefault();
          this.add();
        }}
      >
        <select
          id="component"
          aria-label="Component"
          @change=${(event: Event) => {
            this.component = (event.target as HTMLSelectElement).value;
          }}
        >
          <option value="" ?selected=${this.component === ""}>Component …</option>
          ${this.components.map(
            ({ id, title }) => html`<option value=${id} ?selected=${id === this.component}>${title}</option>`,
          )}
        </select>
        <input
          type="search"
          aria-label="Words to narrow the fault classes"
          placeholder="Narrow: slow, query, label …"
          .value=${live(this.words)}
          @input=${(event: InputEvent) => {
            this.narrow((event.target as HTMLInputElement).value);
          }}
        />
        <select
          aria-label="Fault class"
          @change=${(event: Event) => {
            this.faultClass = (event.target as HTMLSelectElement).value;
          }}
        >
          <option value="" ?selected=${this.faultClass === ""}>Fault class …</option>
          ${searchTaxonomy(this.taxonomy, this.words).map(
            ({ family, classes }) =>
              html`<optgroup label=${family}>
                ${classes.map(
                  ({ id, title }) => html`<option value=${id} ?selected=${id === this.faultClass}>${title}</option>`,
                )}
              </optgroup>`,
          )}
        </select>
        <div class="belief">
          <input
            type="range"
            min="0"
            max="100"
            step="5"
            aria-label="Confidence"
            aria-valuetext=${percent(this.confidence)}
            .value=${live(String(Math.round(this.confidence * 100)))}
            @input=${(event: Event) => {
              this.confidence = Number((event.target as HTMLInputElement).value) / 100;
            }}
          />
          <output class="data">${percent(this.confidence)}</output>
          <button>Add</button>
        </div>
        ${this.incomplete ? html`<p class="critical small" role="alert">Choose a component and a fault class.</p>` : nothing}
      </form>
    `;
  }

  /** For the `h` key. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLSelectElement>("#component")?.focus();
  }

  /** Chooses the class when the words leave only one; lets go of one that they leave out. */
  private narrow(words: string): void {
    this.words = words;
    const left = searchTaxonomy(this.taxonomy, words).flatMap(({ classes }) => classes);
    if (left.length === 1) this.faultClass = left[0]?.id ?? "";
    else if (!left.some(({ id }) => id === this.faultClass)) this.faultClass = "";
  }

  private add(): void {
    this.incomplete = this.component === "" || this.faultClass === "";
    if (this.incomplete) return;
    const hypothesis: Hypothesis = {
      id: crypto.randomUUID(),
      component: this.component,
      faultClass: this.faultClass,
      confidence: this.confidence,
      state: "open",
      note: "",
    };
    this.dispatchEvent(new CustomEvent("hypothesis-changed", { detail: hypothesis }));
    this.component = "";
    this.faultClass = "";
    this.words = "";
    this.confidence = FIRST_CONFIDENCE;
  }

  static override styles = [
    sharedStyles,
    css`
      form {
        display: flex;
        flex-direction: column;
        gap: var(--space-1);
      }
      select,
      input[type="search"] {
        width: 100%;
        max-width: none;
      }
      .belief {
        display: grid;
        grid-template-columns: 1fr 44px auto;
        align-items: center;
        gap: var(--space-2);
      }
      .belief input {
        min-width: 0;
        width: 100%;
      }
      output {
        text-align: end;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-hypothesis-form": HypothesisForm;
  }
}
