/** All alert rules: what fires and since when first, the query behind each, its states over the window, what was missed. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { AlertInstance, AlertRule } from "../../../server/wire/telemetry.js";
import { formatClock, formatDurationUs, formatNumber } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import "../../elements/pivot-menu.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { tidyQuery } from "../metrics/query-text.js";
import { stripSegments } from "./history-strip.js";

const REFRESH_MS = 5_000;

const STATES: Readonly<
  Record<
    AlertRule["state"],
    { readonly order: number; readonly title: string; readonly icon: string; readonly tone: string }
  >
> = {
  firing: { order: 0, title: "Firing", icon: "critical", tone: "critical" },
  pending: { order: 1, title: "Pending", icon: "pending", tone: "warning" },
  inactive: { order: 2, title: "Inactive", icon: "ok", tone: "ok" },
};

@customElement("fd-view-alerts")
export class AlertsView extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  private readonly alerts = new QueryController(this, {
    key: () => [this.run.runId, this.run.store.snapshot.clock.running],
    run: (signal) => this.run.queries.alerts(signal),
    refreshMs: () => (this.run.store.snapshot.clock.running ? REFRESH_MS : undefined),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.run.store, events: ["changed"] },
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  override render(): TemplateResult {
    const rules = this.alerts.value?.rules;
    const sorted = [...(rules ?? [])].sort((one, other) => STATES[one.state].order - STATES[other.state].order);
    return html`<div class="head row">
        <h1>Alerts</h1>
        ${(Object.keys(STATES) as AlertRule["state"][]).map((name) => {
          const count = sorted.filter((rule) => rule.state === name).length;
          const { title, icon: shape, tone } = STATES[name];
          return html`<span class="tag ${count > 0 ? tone : "soft"}"
            >${icon(shape, 13)}${count} ${title.toLowerCase()}</span
          >`;
        })}
        ${this.missed(sorted)}
        <span class="space"></span>
        <fd-pin-button .exhibit=${() => this.exhibit(sorted)}></fd-pin-button>
      </div>
      <fd-error-notice .error=${this.alerts.error}></fd-error-notice>
      ${
        rules !== undefined && rules.length === 0
          ? html`<fd-empty-state heading="No alert rules"
              >This system has none; begin with the dashboards.</fd-empty-state
            >`
          : nothing
      }
      ${sorted.map((rule) => this.rule(rule))}`;
  }

  /** Rules that were not evaluated are as telling as rules that fire. */
  private missed(rules: readonly AlertRule[]): TemplateResult | typeof nothing {
    const missed = rules.reduce((sum, { missedEvaluations }) => sum + missedEvaluations, 0);
    if (missed === 0) return nothing;
    return html`<span
      class="tag warning"
      title="Evaluations that the metrics server skipped because the one before was still running"
      >${icon("warning", 13)}${missed} missed evaluations</span
    >`;
  }

  private rule(rule: AlertRule): TemplateResult {
    const { title, icon: shape, tone } = STATES[rule.state];
    const open = this.url.get("rule") === rule.name || rule.state === "firing";
    return html`<details ?open=${open}>
      <summary>
        <span class="state ${tone}">${icon(shape, 14)}${title}</span>
        <span class="name">${rule.name}</span>
        <span class="small soft group">${rule.group} · ${rule.severity}</span>
        ${this.strip(rule)}
        <span class="small soft since">${since(rule)}</span>
      </summary>
      <div class="body">
        ${
          rule.error === undefined
            ? nothing
            : html`<p class="warning">${icon("warning", 14)} The last evaluation failed: ${rule.error}</p>`
        }
        <div class="expr">
          <code>${tidyQuery(rule.expr)}</code>
          <a href=${this.url.href("metrics", { query: tidyQuery(rule.expr) })}>Open in Metrics</a>
        </div>
        <p class="small soft">
          Fires after ${formatDurationUs(rule.forSeconds * 1e6)} without a break · last evaluated
          ${formatClock(rule.lastEvaluationUs)}
          UTC${rule.missedEvaluations > 0 ? html` · <span class="warning">${rule.missedEvaluations} evaluations missed</span>` : nothing}
        </p>
        ${rule.alerts.map((alert) => this.instance(rule, alert))}
      </div>
    </details>`;
  }

  private instance(rule: AlertRule, alert: AlertInstance): TemplateResult {
    const { acknowledgedAlerts, run } = this.run.store.snapshot;
    const { title, tone } = STATES[alert.state];
    const summary = alert.annotations["summary"] ?? alert.annotations["description"];
    return html`<div class="instance">
      <div class="row">
        <span class=${tone}>${title}</span>
        <span class="soft"
          >since ${formatClock(alert.firingSinceUs ?? alert.activeSinceUs)} UTC, value
          <span class="data">${formatNumber(alert.value)}</span></span
        >
        ${
          alert.silencedUntilUs === undefined
            ? nothing
            : html`<span class="soft">silenced until ${formatClock(alert.silencedUntilUs)} UTC</span>`
        }
        ${
          alert.state !== "firing"
            ? nothing
            : acknowledgedAlerts.includes(rule.name)
              ? html`<span class="soft">${icon("check", 14)} Acknowledged</span>`
              : html`<button
                  ?disabled=${run.state !== "investigating"}
                  @click=${() => void this.run.store.send({ kind: "acknowledge", alert: rule.name })}
                >
                  Acknowledge
                </button>`
        }
      </div>
      ${summary === undefined ? nothing : html`<p>${summary}</p>`}
      <div class="labels">
        ${Object.entries(alert.labels).map(
          ([field, value]) =>
            html`<span class="tag data"
              >${`${field}=`}<fd-pivot-menu
                .subject=${{ field, value, atUs: alert.firingSinceUs ?? alert.activeSinceUs }}
              ></fd-pivot-menu
            ></span>`,
        )}
      </div>
    </div>`;
  }

  private strip(rule: AlertRule): TemplateResult {
    const segments = stripSegments(rule.history, this.time.window(), this.time.nowUs);
    const text = segments
      .map(({ state: name, fromUs, toUs }) => `${STATES[name].title} ${formatClock(fromUs)} to ${formatClock(toUs)}`)
      .join(", ");
    const told = text === "" ? "No evaluation in the time range" : text;
    return html`<span class="strip" role="img" aria-label=${told} title=${told}
      >${segments.map(
        ({ state: name, left, width }) =>
          html`<i class=${name} style="left:${(left * 100).toFixed(2)}%;width:${(width * 100).toFixed(2)}%"></i>`,
      )}</span
    >`;
  }

  private exhibit(rules: readonly AlertRule[]): ExhibitParts {
    const active = rules.filter(({ state: name }) => name !== "inactive");
    const facts = (active.length === 0 ? rules : active).map((rule) => ({
      name: rule.name,
      value: `${STATES[rule.state].title}${since(rule) === "" ? "" : ` ${since(rule)}`}`,
    }));
    return {
      title: active.length === 0 ? "No alert fires" : `Alerts: ${active.map(({ name }) => name).join(", ")}`,
      frozen: { kind: "facts", facts },
    };
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .head {
        padding: var(--space-3) var(--space-4);
        border-block-end: 1px solid var(--line);
      }
      .space {
        flex: 1;
      }
      details {
        border-block-end: 1px solid var(--line);
      }
      summary {
        display: grid;
        grid-template-columns: 92px minmax(160px, 1.4fr) minmax(120px, 0.8fr) minmax(120px, 2fr) 110px;
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
      .instance {
        display: grid;
        gap: var(--space-1);
        border-inline-start: 2px solid var(--line-strong);
        padding-inline-start: var(--space-3);
      }
      .labels {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1);
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

function since(rule: AlertRule): string {
  const last = rule.history.at(-1);
  return rule.state === "inactive" || last === undefined ? "" : `since ${formatClock(last.atUs)}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-alerts": AlertsView;
  }
}
