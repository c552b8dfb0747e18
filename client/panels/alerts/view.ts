/**
 * Alerts: rules with what fires first, the query behind each and its states over the window; groups, messages and silences
 * as Alertmanager keeps them. The URL holds what is shown (`show`), the rule that is open (`rule`) and the state that rules
 * are filtered by (`state`).
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { Action } from "../../../server/wire/actions.js";
import type { AlertMatcher } from "../../../server/wire/alerting.js";
import type { AlertInstance, AlertRule } from "../../../server/wire/telemetry.js";
import { formatClock, formatDurationUs, formatNumber } from "../../charts/format.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import "../../elements/pivot-menu.js";
import { timeValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import type { UrlValues } from "../../state/url-state.js";
import { tidyQuery } from "../metrics/query-text.js";
import { alertConditions } from "./alert-condition.js";
import { ALERT_REQUESTS, alertsTable } from "./alerts-export.js";
import { groupsPane, messagesPane, silencesPane } from "./alertmanager-panes.js";
import { stripSegments } from "./history-strip.js";
import "./silence-form.js";

const REFRESH_MS = 5_000;

type Labels = Readonly<Record<string, string>>;

const TABS = [
  { id: "rules", title: "Rules" },
  { id: "groups", title: "Groups" },
  { id: "messages", title: "Messages" },
  { id: "silences", title: "Silences" },
] as const;

type Tab = (typeof TABS)[number]["id"];

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
  /** Rule and labels that a silence is being written for. */
  @state() private silencing: { readonly rule: string; readonly labels: Labels } | undefined;
  @state() private refusal = "";
  private readonly manager = new QueryController(this, {
    key: () => [this.run.runId, this.run.store.snapshot.clock.running, this.run.store.snapshot.actions.length],
    run: (signal) => this.run.queries.alertmanager(signal),
    refreshMs: () => (this.run.store.snapshot.clock.running ? REFRESH_MS : undefined),
  });
  private readonly page = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.page(signal),
  });
  private readonly alerts = new QueryController(this, {
    key: () => [this.run.runId, this.run.store.snapshot.clock.running, this.run.store.snapshot.actions.length],
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
          const chosen = this.url.get("state") === name;
          return html`<button
            class="tag ${count > 0 ? tone : "soft"}"
            aria-pressed=${chosen ? "true" : "false"}
            title="Only rules that are ${title.toLowerCase()}"
            @click=${() => {
              this.url.set({ state: chosen ? undefined : name, show: undefined });
            }}
          >
            ${icon(shape, 13)}<span>${count} ${title.toLowerCase()}</span>
          </button>`;
        })}
        ${this.quiet(sorted)} ${this.missed(sorted)}
        <span class="space"></span>
        <fd-export-menu
          .source=${() => ({ title: "Alerts", table: alertsTable(sorted), json: sorted, requests: ALERT_REQUESTS })}
        ></fd-export-menu>
        <fd-pin-button .exhibit=${() => this.exhibit(sorted)}></fd-pin-button>
      </div>
      <fd-error-notice .error=${this.alerts.error}></fd-error-notice>
      ${
        rules !== undefined && rules.length === 0
          ? html`<fd-empty-state heading="No alert rules"
              >This system has none; begin with the
              <a href=${this.url.href("dashboards")}>dashboards</a>.</fd-empty-state
            >`
          : nothing
      }
      ${this.refusal === "" ? nothing : html`<p class="critical refusal" role="alert">${this.refusal}</p>`}
      ${this.tabs()} ${this.shown(sorted)}`;
  }

  private get tab(): Tab {
    return TABS.find(({ id }) => id === this.url.get("show"))?.id ?? "rules";
  }

  private tabs(): TemplateResult {
    const { groups = [], messages = [], silences = [] } = this.manager.value ?? {};
    const counts: Readonly<Record<Tab, number | undefined>> = {
      rules: undefined,
      groups: groups.length,
      messages: messages.length,
      silences: silences.filter(({ state: name }) => name !== "expired").length,
    };
    return html`<div class="row tabs" role="tablist" aria-label="Alerts by">
      ${TABS.map(
        ({ id, title }) =>
          html`<button
            role="tab"
            aria-selected=${this.tab === id ? "true" : "false"}
            @click=${() => {
              this.url.set({ show: id === "rules" ? undefined : id });
            }}
          >
            ${title}${counts[id] === undefined ? nothing : html` <span class="soft">${counts[id]}</span>`}
          </button>`,
      )}
    </div>`;
  }

  private shown(rules: readonly AlertRule[]): TemplateResult {
    const wanted = this.url.get("state");
    const listed = rules.filter(({ state: name }) => wanted === undefined || name === wanted);
    if (this.tab === "rules") return html`${listed.map((rule) => this.rule(rule))}`;
    const { groups = [], messages = [], silences = [] } = this.manager.value ?? {};
    const rulesHref = this.url.href("alerts");
    const acts = this.run.store.snapshot.run.state === "investigating";
    return html`<fd-error-notice .error=${this.manager.error}></fd-error-notice>
      <div class="pane scroll">
        ${
          this.tab === "groups"
            ? groupsPane(groups, rulesHref)
            : this.tab === "messages"
              ? messagesPane(messages, rulesHref)
              : silencesPane(
                  silences,
                  acts ? (silence) => void this.order({ kind: "expire-silence", silence: silence.id }) : undefined,
                  rulesHref,
                )
        }
      </div>`;
  }

  /** Alerts that fire and that nobody hears. */
  private quiet(rules: readonly AlertRule[]): TemplateResult | typeof nothing {
    const count = rules.flatMap((rule) => rule.alerts).filter((alert) => alert.silencedUntilUs !== undefined).length;
    return count === 0 ? nothing : html`<span class="tag">${icon("idle", 13)}${count} silenced</span>`;
  }

  private async order(action: Action): Promise<void> {
    try {
      await this.run.store.send({ kind: "act", action });
      this.refusal = "";
      this.silencing = undefined;
    } catch (cause) {
      this.refusal = cause instanceof Error ? cause.message : String(cause);
    }
    this.manager.refresh();
    this.alerts.refresh();
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
        <span class="small soft group" title="${rule.group} · ${rule.severity}">${rule.group} · ${rule.severity}</span>
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
          <span class="row"
            ><a href=${this.url.href("metrics", conditionQueries(rule.expr))}>Open in Metrics</a
            >${this.runbook(rule)}</span
          >
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

  private runbook(rule: AlertRule): TemplateResult | typeof nothing {
    const paged = this.page.value?.alert === rule.name;
    return paged ? html`<a href=${this.url.href("brief")}>Runbook</a>` : nothing;
  }

  private silenceForm(rule: AlertRule, alert: AlertInstance): TemplateResult | typeof nothing {
    const { silencing } = this;
    if (silencing?.rule !== rule.name || JSON.stringify(silencing.labels) !== JSON.stringify(alert.labels))
      return nothing;
    return html`<fd-silence-form
      .labels=${silencing.labels}
      .alerts=${(this.alerts.value?.rules ?? []).flatMap(({ alerts }) => alerts)}
      @silence-left=${() => {
        this.silencing = undefined;
      }}
      @silence-set=${(event: CustomEvent<Silence>) => {
        const { matchers, durationUs, comment } = event.detail;
        const startsAt = Math.round(this.run.store.nowUs());
        void this.order({
          kind: "post-silence",
          id: crypto.randomUUID(),
          matchers,
          startsAt,
          endsAt: startsAt + durationUs,
          createdBy: "on call",
          comment,
        });
      }}
    ></fd-silence-form>`;
  }

  private instance(rule: AlertRule, alert: AlertInstance): TemplateResult {
    const { acknowledgedAlerts, run } = this.run.store.snapshot;
    const { title, tone } = STATES[alert.state];
    const summary = alert.annotations["summary"] ?? alert.annotations["description"];
    return html`<div class="instance">
      <div class="row">
        <span class=${tone}>${title}</span>
        <span class="soft"
          >since ${timeValue(alert.firingSinceUs ?? alert.activeSinceUs, { service: alert.labels["service"] })} UTC,
          value <span class="data">${formatNumber(alert.value)}</span></span
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
        ${
          run.state !== "investigating" || alert.silencedUntilUs !== undefined
            ? nothing
            : html`<button
                class="quiet"
                @click=${() => {
                  this.silencing = { rule: rule.name, labels: alert.labels };
                }}
              >
                Silence…
              </button>`
        }
      </div>
      ${this.silenceForm(rule, alert)} ${summary === undefined ? nothing : html`<p>${summary}</p>`}
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
      .tabs {
        gap: 0;
        padding: var(--space-2) var(--space-4);
      }
      .pane {
        padding-inline: var(--space-4);
        max-height: none;
      }
      .card {
        display: grid;
        gap: var(--space-2);
        padding-block: var(--space-2) var(--space-3);
        border-block-end: 1px solid var(--line);
      }
      .refusal {
        padding-inline: var(--space-4);
      }
      button.tag {
        min-height: 26px;
        background: none;
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
        min-width: 0;
      }
      .labels > * {
        min-width: 0;
        white-space: normal;
        overflow-wrap: anywhere;
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

interface Silence {
  readonly matchers: readonly AlertMatcher[];
  readonly durationUs: number;
  readonly comment: string;
}

/** Parameters of the metrics view: each side that is compared, and the figure that it is compared with as a line. */
function conditionQueries(expr: string): UrlValues {
  const conditions = alertConditions(expr);
  const [first, second] = conditions;
  if (first === undefined) return { query: tidyQuery(expr) };
  const { operator, value } = first;
  const sign = operator.startsWith(">")
    ? "fires above"
    : operator.startsWith("<")
      ? "fires below"
      : `fires ${operator}`;
  return {
    query: first.query,
    "query-b": second?.query,
    threshold: String(value),
    "threshold-title": `${sign} ${formatNumber(value)}`,
  };
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
