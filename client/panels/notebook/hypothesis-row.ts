/** One hypothesis: what and where, how much it is believed, whether it still stands, and what would prove it wrong. */
import { css, html, LitElement } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { Hypothesis } from "../../../server/wire/run.js";
import { serviceValue } from "../../elements/pivot-value.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { HYPOTHESIS_STATES, percent } from "./notebook-model.js";

/** Dispatches `hypothesis-changed` {Hypothesis} at the end of a change and `hypothesis-removed` {id}. */
@customElement("fd-hypothesis-row")
export class HypothesisRow extends LitElement {
  @property({ attribute: false }) hypothesis!: Hypothesis;
  /** The fault class in words. */
  @property() faultTitle = "";
  @property({ type: Boolean }) readonly = false;
  /** Where the slider stands while it is being dragged. */
  @state() private draggedTo: number | undefined;

  override render(): TemplateResult {
    const { component, confidence, state: standing, note } = this.hypothesis;
    const shown = this.draggedTo ?? confidence;
    return html`
      <div class="head">
        ${serviceValue(component)}
        <span class="fault">${this.faultTitle}</span>
        <button
          type="button"
          class="quiet"
          title="Remove this hypothesis"
          aria-label=${`Remove the hypothesis ${this.faultTitle} in ${component}`}
          ?disabled=${this.readonly}
          @click=${() => {
            this.emit("hypothesis-removed", { id: this.hypothesis.id });
          }}
        >
          ${icon("close", 12)}
        </button>
      </div>
      <div class="belief">
        <input
          type="range"
          min="0"
          max="100"
          step="5"
          aria-label=${`Confidence in ${this.faultTitle} in ${component}`}
          aria-valuetext=${percent(shown)}
          ?disabled=${this.readonly}
          .value=${live(String(Math.round(shown * 100)))}
          @input=${(event: Event) => {
            this.draggedTo = valueOf(event);
          }}
          @change=${(event: Event) => {
            this.draggedTo = undefined;
            this.change({ confidence: valueOf(event) });
          }}
        />
        <output class="data">${percent(shown)}</output>
        <select
          aria-label="Standing"
          ?disabled=${this.readonly}
          @change=${(event: Event) => {
            this.change({ state: (event.target as HTMLSelectElement).value as Hypothesis["state"] });
          }}
        >
          ${HYPOTHESIS_STATES.map(
            ({ value, label, mark }) =>
              html`<option value=${value} ?selected=${value === standing}>${mark} ${label}</option>`,
          )}
        </select>
      </div>
      <input
        class="note"
        aria-label="What would prove it wrong"
        placeholder="What would prove it wrong?"
        maxlength="1000"
        ?disabled=${this.readonly}
        .value=${live(note)}
        @change=${(event: Event) => {
          this.change({ note: (event.target as HTMLInputElement).value });
        }}
      />
    `;
  }

  private change(parts: Partial<Hypothesis>): void {
    this.emit("hypothesis-changed", { ...this.hypothesis, ...parts });
  }

  private emit(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-1);
        padding: var(--space-2) 0;
        border-bottom: 1px solid var(--line);
      }
      .head {
        display: flex;
        align-items: center;
        gap: var(--space-2);
      }
      .fault {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
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
      .note {
        width: 100%;
      }
    `,
  ];
}

const valueOf = (event: Event): number => Number((event.target as HTMLInputElement).value) / 100;

declare global {
  interface HTMLElementTagNameMap {
    "fd-hypothesis-row": HypothesisRow;
  }
}
