/**
 * `<fd-alert-instance>`: one alert of a rule, with what can be done about it. Dispatches, bubbling and composed: `acknowledge`,
 * `silence-begin` {labels}, `silence-leave`, and `silence` {matchers, durationUs, comment}.
 */
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { AlertMatcher } from "../../../server/wire/alerting.js";
import type { AlertInstance as Alert } from "../../../server/wire/telemetry.js";
import { formatClock, formatNumber, formatUnit } from "../../charts/format.js";
import { icon } from "../../elements/icons.js";
import { timeValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { bucketText } from "../metrics/bucket-bounds.js";
import { labelStyles, labelTags } from "./alert-labels.js";
import { ALERT_STATES } from "./alert-states.js";
import "./silence-form.js";

/** A silence as it is written. */
export interface SilenceOrder {
  readonly matchers: readonly AlertMatcher[];
  readonly durationUs: number;
  readonly comment: string;
}

@customElement("fd-alert-instance")
export class AlertInstancePane extends LitElement {
  @property({ attribute: false }) alert!: Alert;
  /** Its rule was acknowledged. */
  @property({ type: Boolean }) acknowledged = false;
  /** The run lets one act. */
  @property({ type: Boolean }) acts = false;
  /** A silence is being written for it, which may match others too. */
  @property({ type: Boolean }) silencing = false;
  /** Of its value, where the rule tells. */
  @property() unit = "";
  /** Upper bounds of the buckets that its value is a quantile of; none where it is none. */
  @property({ attribute: false }) bounds: readonly number[] = [];
  @property({ attribute: false }) others: readonly Alert[] = [];

  override render(): TemplateResult {
    const { alert } = this;
    const { title, tone } = ALERT_STATES[alert.state];
    const band = bucketText(this.bounds, alert.value, this.unit);
    const sinceUs = alert.firingSinceUs ?? alert.activeSinceUs;
    const summary = alert.annotations["summary"] ?? alert.annotations["description"];
    return html`<div class="instance">
      <div class="row">
        <span class=${tone}>${title}</span>
        <span class="soft"
          >since ${timeValue(sinceUs, { service: alert.labels["service"] })} UTC, value
          <span class="data">${this.unit === "" ? formatNumber(alert.value) : formatUnit(alert.value, this.unit)}</span
          >${band === undefined ? nothing : html` (interpolated: it lies ${band})`}</span
        >
        ${
          alert.silencedUntilUs === undefined
            ? nothing
            : html`<span class="soft">silenced until ${formatClock(alert.silencedUntilUs)} UTC</span>`
        }
        ${alert.state === "firing" ? this.renderAcknowledge() : nothing}
        ${alert.silencedUntilUs !== undefined ? nothing : this.button("Silence…", "silence-begin", "quiet")}
      </div>
      ${this.silencing ? this.renderSilenceForm() : nothing}
      ${summary === undefined ? nothing : html`<p>${summary}</p>`} ${labelTags(alert.labels, { atUs: sinceUs })}
    </div>`;
  }

  private renderAcknowledge(): TemplateResult {
    if (this.acknowledged) return html`<span class="soft">${icon("check", 14)} Acknowledged</span>`;
    return this.button("Acknowledge", "acknowledge");
  }

  private button(title: string, event: "acknowledge" | "silence-begin", look = ""): TemplateResult {
    return html`<button
      class=${look}
      title=${this.acts ? nothing : "While the clock stands nobody acts: start it, or let it go on"}
      ?disabled=${!this.acts}
      @click=${() => {
        this.tell(event, { labels: this.alert.labels });
      }}
    >
      ${title}
    </button>`;
  }

  private renderSilenceForm(): TemplateResult {
    return html`<fd-silence-form
      .labels=${this.alert.labels}
      .alerts=${this.others}
      @silence-left=${() => {
        this.tell("silence-leave");
      }}
      @silence-set=${(event: CustomEvent<SilenceOrder>) => {
        this.tell("silence", event.detail);
      }}
    ></fd-silence-form>`;
  }

  private tell(event: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(event, { detail, bubbles: true, composed: true }));
  }

  static override styles = [
    sharedStyles,
    labelStyles,
    css`
      :host {
        display: block;
      }
      .instance {
        display: grid;
        gap: var(--space-1);
        border-inline-start: 2px solid var(--line-strong);
        padding-inline-start: var(--space-3);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-alert-instance": AlertInstancePane;
  }
}
