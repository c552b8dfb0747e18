/** `<fd-onset-question>`: when the cause set in: a flag on the time line, or typed. Dispatches `draft-change` and `onset-settle`. */
import { css, html, LitElement } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { formatClock, formatDateTime } from "../../charts/format.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { parseTimeExpression } from "../../state/time-range.js";
import { onsetMarks } from "./choices.js";
import type { Choices } from "./choices.js";
import { draftChange } from "./draft-change.js";
import "./onset-picker.js";

@customElement("fd-onset-question")
export class OnsetQuestion extends LitElement {
  @property({ attribute: false }) choices!: Choices;
  /** From the beginning of the history to simulated now. */
  @property({ attribute: false }) window: TimeWindow = { fromUs: 0, toUs: 1 };
  /** As it is written. */
  @property() onset = "";

  override render(): TemplateResult {
    const { window, choices } = this;
    const atUs = parseTimeExpression(this.onset, window.toUs);
    const inside = atUs !== undefined && atUs >= window.fromUs && atUs <= window.toUs;
    return html`<fd-onset-picker
        .window=${window}
        .marks=${onsetMarks(choices)}
        .impact=${choices.impact.minutes}
        .value=${inside ? atUs : undefined}
        @onset-picked=${(event: CustomEvent<{ atUs: number }>) => {
          this.dispatchEvent(draftChange({ onset: formatClock(event.detail.atUs) }));
        }}
      ></fd-onset-picker>
      <label class="row">
        Or typed
        <input
          size="14"
          autocomplete="off"
          placeholder="14:02:30"
          .value=${live(this.onset)}
          @input=${(event: InputEvent) => {
            this.dispatchEvent(draftChange({ onset: (event.target as HTMLInputElement).value }));
          }}
          @change=${() => {
            this.dispatchEvent(new Event("onset-settle"));
          }}
        />
        <span class="soft data">${atUs === undefined ? "" : `${formatDateTime(atUs)} UTC`}</span>
      </label>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: contents;
      }
      fd-onset-picker {
        max-width: 720px;
        align-self: stretch;
        width: 100%;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-onset-question": OnsetQuestion;
  }
}
