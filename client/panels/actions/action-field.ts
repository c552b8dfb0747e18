/** `<fd-action-field>`: one field of an action's form, with what it is now and what is wrong with it. Dispatches `field-change` {text}. */
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { ActionField } from "./action-fields.js";
import { fieldStyles } from "./field.styles.js";

type ChoiceField = Extract<ActionField, { kind: "choice" }>;
type TextField = Exclude<ActionField, { kind: "choice" }>;

@customElement("fd-action-field")
export class ActionFieldControl extends LitElement {
  @property({ attribute: false }) field!: ActionField;
  /** As it is written. */
  @property() text = "";
  /** What it needs yet. */
  @property({ attribute: false }) error: string | undefined;

  override render(): TemplateResult {
    const { field, error } = this;
    const now =
      field.kind !== "choice" || field.current === undefined
        ? field.current
        : field.options.find(({ value }) => value === field.current)?.label;
    return html`
      <div class="field">
        <label for="control">${field.label}</label>
        ${field.kind === "choice" ? this.renderChoice(field) : this.renderText(field)}
        ${now === undefined ? nothing : html`<span class="soft small now">now <span class="data">${now}</span></span>`}
        ${field.help === undefined ? nothing : html`<p class="soft small help">${field.help}</p>`}
        ${error === undefined ? nothing : html`<p class="critical small help" id="error" role="alert">${error}</p>`}
      </div>
    `;
  }

  private renderChoice(field: ChoiceField): TemplateResult {
    const { text } = this;
    const unknown = text !== "" && !field.options.some(({ value }) => value === text);
    return html`<select
      id="control"
      ?disabled=${field.options.length === 0}
      aria-invalid=${this.error === undefined ? "false" : "true"}
      aria-describedby=${this.error === undefined ? nothing : "error"}
      @change=${(event: Event) => {
        this.change((event.target as HTMLSelectElement).value);
      }}
    >
      ${text === "" ? html`<option value="" selected>${field.options.length === 0 ? field.empty : "Choose"}</option>` : nothing}
      ${unknown ? html`<option value=${text} selected>${text}</option>` : nothing}
      ${field.options.map(({ value, label }) => html`<option value=${value} ?selected=${value === text}>${label}</option>`)}
    </select>`;
  }

  private renderText(field: TextField): TemplateResult {
    return html`<span class="row">
      <input
        id="control"
        inputmode=${field.kind === "number" ? "decimal" : "text"}
        autocomplete="off"
        size="10"
        aria-invalid=${this.error === undefined ? "false" : "true"}
        aria-describedby=${this.error === undefined ? nothing : "error"}
        .value=${live(this.text)}
        @input=${(event: InputEvent) => {
          this.change((event.target as HTMLInputElement).value);
        }}
      />
      <span class="soft">${field.kind === "number" ? field.unit : "with unit: 250ms, 1.5s"}</span>
    </span>`;
  }

  private change(text: string): void {
    this.dispatchEvent(new CustomEvent("field-change", { detail: { text } }));
  }

  static override styles = [
    sharedStyles,
    fieldStyles,
    css`
      :host {
        display: block;
      }
      .help {
        grid-column: 2 / -1;
      }
      .now {
        white-space: nowrap;
      }
      [aria-invalid="true"] {
        border-color: var(--severity-critical);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-action-field": ActionFieldControl;
  }
}
