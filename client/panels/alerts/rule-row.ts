/** `<fd-alert-rule>`: a rule: its state over the window and, opened, its query and its alerts, whose events come through. */
import { consume } from "@lit/context";
import { css, html, LitElement, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { AlertInstance, AlertRule } from "../../../server/wire/telemetry.js";
import { formatClock, formatDurationUs } from "../../charts/format.js";
import { unitOfQuery } from "../../charts/query-unit.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { askBounds, quantileSelector } from "../metrics/bucket-bounds.js";
import { tidyQuery } from "../metrics/query-text.js";
import { alertConditions, conditionQueries } from "./alert-condition.js";
import "./alert-instance.js";
import { ALERT_STATES, sinceText } from "./alert-states.js";
import { stripSegments } from "./history-strip.js";

@customElement("fd-alert-rule")
export class AlertRuleRow extends LitElement {
  @property({ attribute: false }) rule!: AlertRule;
  /** Alerts of all rules, which a silence may match. */
  @property({ attribute: false }) alerts: readonly AlertInstance[] = [];
  @property({ type: Boolean }) open = false;
  /** The page came from it. */
  @property({ type: Boolean }) paged = false;
  @property({ type: Boolean }) acknowledged = false;
  /** The run lets one act. */
  @property({ type: Boolean }) acts = false;
  /** Labels of the alert that a silence is being written for, as JSON. */
  @property({ attribute: false }) silencing: string | undefined;
  @consume({ context: runContext, subscribe: true }) @state() private run: RunContext | undefined;
  /** Of the histogram whose quantile the rule compares. */
  private readonly bounds = new QueryController(this, {
    key: () => (this.open && this.rule.alerts.length > 0 && this.selector !== undefined ? [this.selector] : undefined),
    run: (signal) =>
      this.run === undefined
        ? Promise.resolve([])
        : askBounds(this.run.queries, this.selector ?? "", this.rule.lastEvaluationUs, signal),
  });
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  override render(): TemplateResult {
    const { rule } = this;
    const { title, icon: shape, tone } = ALERT_STATES[rule.state];
    return html`<details ?open=${this.open}>
      <summary>
        <span class="state ${tone}">${icon(shape, 14)}${title}</span>
        <span class="name">${rule.name}</span>
        <span class="small soft group" title="${rule.severity} · ${rule.group}">${rule.severity} · ${rule.group}</span>
        ${this.renderStrip()}
        <span class="small soft">${sinceText(rule)}</span>
      </summary>
      <div class="body">${this.renderBody()}</div>
    </details>`;
  }

  private renderBody(): TemplateResult {
    const { rule } = this;
    return html`${
        rule.error === undefined
          ? nothing
          : html`<p class="warning">${icon("warning", 14)} The last evaluation failed: ${rule.error}</p>`
      }
      <div class="expr">
        <code>${tidyQuery(rule.expr)}</code>
        <span class="row"
          ><a href=${this.url.href("metrics", conditionQueries(rule.expr))}>Open in Metrics</a>${
            this.paged ? html`<a href=${this.url.href("brief")}>Runbook</a>` : nothing
          }</span
        >
      </div>
      <p class="small soft">
        ${rule.forSeconds > 0 ? `Fires when it has held for ${formatDurationUs(rule.forSeconds * 1e6)}` : "Fires at once"}
        · last evaluated ${formatClock(rule.lastEvaluationUs)}
        UTC${rule.missedEvaluations > 0 ? html` · <span class="warning">${rule.missedEvaluations} evaluations missed</span>` : nothing}
      </p>
      ${rule.alerts.map((alert) => this.renderAlert(alert))}`;
  }

  private get selector(): string | undefined {
    return quantileSelector(this.compared);
  }

  /** What the rule compares first: its answer is an alert's value. */
  private get compared(): string {
    return alertConditions(this.rule.expr)[0]?.query ?? this.rule.expr;
  }

  private renderAlert(alert: AlertInstance): TemplateResult {
    return html`<fd-alert-instance
      .alert=${alert}
      .others=${this.alerts}
      unit=${unitOfQuery(this.compared)}
      .bounds=${this.bounds.value ?? []}
      ?acknowledged=${this.acknowledged}
      ?acts=${this.acts}
      ?silencing=${this.silencing === JSON.stringify(alert.labels)}
    ></fd-alert-instance>`;
  }

  private renderStrip(): TemplateResult {
    const segments = stripSegments(this.rule.history, this.time.window(), this.time.nowUs);
    const text = segments
      .map(
        ({ state: name, fromUs, toUs }) => `${ALERT_STATES[name].title} ${formatClock(fromUs)} to ${formatClock(toUs)}`,
      )
      .join(", ");
    const told = text === "" ? "No evaluation in the time range" : text;
    return html`<span class="strip" role="img" aria-label=${told} title=${told}
      >${segments.map(
        ({ state: name, left, width }) =>
          html`<i class=${name} style="left:${(left * 100).toFixed(2)}%;width:${(width * 100).toFixed(2)}%"></i>`,
      )}</span
    >`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      details {
        border-block-end: 1px solid var(--line);
      }
      summary {
        display: grid;
        grid-template-columns: 92px minmax(160px, 1.4fr) minmax(120px, 1fr) minmax(120px, 1.8fr) 110px;
        gap: var(--space-3);
        align-items: center;
        min-height: calc(var(--row) + 6px);
        padding-inline: var(--space-4);
        cursor: pointer;
        list-style: none;
      }
      summary:hover {
        background: var(--surface-2);
      }
      summary:focus-visible {
        outline-offset: -2px;
      }
      .state {
        display: inline-flex;
        align-items: center;
        gap: 6px;
      }
      .name {
        font-weight: 500;
        overflow-wrap: anywhere;
      }
      .strip {
        position: relative;
        height: 10px;
        background: var(--surface-2);
      }
      .strip i {
        position: absolute;
        inset-block: 0;
      }
      .strip .inactive {
        inset-block: 4px;
        background: var(--line-strong);
        opacity: 0.6;
      }
      .strip .pending {
        inset-block: 2px;
        background: repeating-linear-gradient(135deg, var(--severity-warning) 0 3px, transparent 3px 6px);
        border: 1px solid var(--severity-warning);
      }
      .strip .firing {
        background: var(--severity-critical);
      }
      .body {
        display: grid;
        gap: var(--space-2);
        padding: var(--space-1) var(--space-4) var(--space-3) calc(92px + var(--space-4) + var(--space-3));
      }
      .expr {
        display: flex;
        gap: var(--space-4);
        align-items: start;
        justify-content: space-between;
        background: var(--surface-2);
        padding: var(--space-2);
      }
      .expr code {
        overflow-wrap: anywhere;
      }
      .expr a {
        white-space: nowrap;
      }
      .group {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      @media (max-width: 900px) {
        summary {
          grid-template-columns: 92px 1fr;
        }
        .body {
          padding-inline-start: var(--space-4);
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-alert-rule": AlertRuleRow;
  }
}
