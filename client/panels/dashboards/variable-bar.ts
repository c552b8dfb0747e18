/** The variables of a dashboard as controls. Dispatches `variable-chosen` {name, value}; value undefined is the beginning's. */
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { DashboardVariable } from "./model.js";
import { ALL } from "./variables.js";

export interface VariableChoice {
  readonly variable: DashboardVariable;
  readonly options: readonly string[];
  readonly chosen: readonly string[];
  readonly all: boolean;
}

@customElement("fd-variable-bar")
export class VariableBar extends LitElement {
  @property({ attribute: false }) choices: readonly VariableChoice[] = [];

  override render(): readonly TemplateResult[] {
    return this.choices
      .filter(({ variable }) => !variable.hidden && variable.type !== "constant")
      .map((choice) =>
        choice.variable.type === "textbox"
          ? this.text(choice)
          : choice.variable.multi
            ? this.several(choice)
            : this.one(choice),
      );
  }

  private one({ variable, options, chosen, all }: VariableChoice): TemplateResult {
    const listed = [...new Set([...options, ...(all ? [] : chosen)])];
    return html`<label class="row small soft"
      >${variable.label}
      <select
        @change=${(event: Event) => {
          this.choose(variable, (event.target as HTMLSelectElement).value);
        }}
      >
        ${variable.includeAll ? html`<option value=${ALL} ?selected=${all}>All</option>` : nothing}
        ${listed.map((value) => html`<option value=${value} ?selected=${!all && chosen.includes(value)}>${value}</option>`)}
      </select></label
    >`;
  }

  private several({ variable, options, chosen, all }: VariableChoice): TemplateResult {
    const told = all ? "All" : chosen.length > 2 ? `${String(chosen.length)} chosen` : chosen.join(", ");
    return html`<details>
      <summary class="small"><span class="soft">${variable.label}</span> <span class="data">${told}</span></summary>
      <fieldset aria-label=${variable.label}>
        ${
          variable.includeAll
            ? html`<label class="row"
                ><input
                  type="checkbox"
                  .checked=${all}
                  @change=${() => {
                    this.choose(variable, ALL);
                  }}
                />All</label
              >`
            : nothing
        }
        ${options.map(
          (value) =>
            html`<label class="row"
              ><input
                type="checkbox"
                .checked=${!all && chosen.includes(value)}
                @change=${(event: Event) => {
                  const rest = all ? [] : chosen.filter((other) => other !== value);
                  const next = (event.target as HTMLInputElement).checked ? [...rest, value] : rest;
                  this.choose(variable, next.length === 0 && variable.includeAll ? ALL : next.join(","));
                }}
              />${value}</label
            >`,
        )}
      </fieldset>
    </details>`;
  }

  private text({ variable, chosen }: VariableChoice): TemplateResult {
    return html`<label class="row small soft"
      >${variable.label}
      <input
        .value=${chosen[0] ?? ""}
        @change=${(event: Event) => {
          this.choose(variable, (event.target as HTMLInputElement).value);
        }}
    /></label>`;
  }

  private choose({ name }: DashboardVariable, value: string): void {
    this.dispatchEvent(new CustomEvent("variable-chosen", { detail: { name, value } }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
      details {
        position: relative;
      }
      summary {
        cursor: pointer;
        padding: 4px 8px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        list-style: none;
      }
      fieldset {
        position: absolute;
        z-index: 5;
        margin-block-start: 2px;
        padding: var(--space-2);
        max-height: 300px;
        overflow: auto;
        min-width: 160px;
        background: var(--surface-1);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
      }
      fieldset label {
        min-height: 26px;
        flex-wrap: nowrap;
        white-space: nowrap;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-variable-bar": VariableBar;
  }
}
