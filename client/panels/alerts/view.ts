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
import type { AlertRule } from "../../../server/wire/telemetry.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, urlContext } from "../../state/contexts.js";
import type { RunContext } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import type { SilenceOrder } from "./alert-instance.js";
import { labelStyles } from "./alert-labels.js";
import { alertsExhibit, ALERT_STATES, byUrgency } from "./alert-states.js";
import { ALERT_REQUESTS, alertsTable } from "./alerts-export.js";
import { groupsPane, messagesPane, silencesPane } from "./alertmanager-panes.js";
import "./rule-row.js";

const REFRESH_MS = 5_000;

type Labels = Readonly<Record<string, string>>;

const TABS = [
  { id: "rules", title: "Rules" },
  { id: "groups", title: "Groups" },
  { id: "messages", title: "Messages" },
  { id: "silences", title: "Silences" },
] as const;

type Tab = (typeof TABS)[number]["id"];

@customElement("fd-view-alerts")
export class AlertsView extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  /** Rule and labels (as JSON) that a silence is being written for. */
  @state() private silencing: { readonly rule: string; readonly labels: string } | undefined;
  @state() private refusal = "";
  private readonly manager = new QueryController(this, {
    key: () => this.asked(),
    run: (signal) => this.run.queries.alertmanager(signal),
    refreshMs: () => (this.run.store.snapshot.clock.running ? REFRESH_MS : undefined),
  });
  private readonly page = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.page(signal),
  });
  private readonly alerts = new QueryController(this, {
    key: () => this.asked(),
    run: (signal) => this.run.queries.alerts(signal),
    refreshMs: () => (this.run.store.snapshot.clock.running ? REFRESH_MS : undefined),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.run.store, events: ["changed"] },
      { target: () => this.url, events: ["changed"] },
    );
  }

  /** What fired early is known when the whole history is there. */
  private asked(): readonly unknown[] {
    const { clock, actions, historyProgress } = this.run.store.snapshot;
    return [this.run.runId, clock.running, actions.length, historyProgress >= 1];
  }

  override render(): TemplateResult {
    const rules = this.alerts.value?.rules;
    const sorted = byUrgency(rules ?? []);
    return html`<div class="head row">
        <h1>Alerts</h1>
        ${this.counts(sorted)} ${this.quiet(sorted)} ${this.missed(sorted)}
        <span class="space"></span>
        <fd-export-menu
          .source=${() => ({ title: "Alerts", table: alertsTable(sorted), json: sorted, requests: ALERT_REQUESTS })}
        ></fd-export-menu>
        <fd-pin-button .exhibit=${() => alertsExhibit(sorted)}></fd-pin-button>
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

  /** How many rules are in which state; a press keeps those alone. */
  private counts(rules: readonly AlertRule[]): readonly TemplateResult[] {
    return (Object.keys(ALERT_STATES) as AlertRule["state"][]).map((name) => {
      const count = rules.filter((rule) => rule.state === name).length;
      const { title, icon: shape, tone } = ALERT_STATES[name];
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
    });
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
    const missed = Math.max(0, ...rules.map(({ missedEvaluations }) => missedEvaluations));
    if (missed === 0) return nothing;
    const unread = rules.filter(({ missedEvaluations }) => missedEvaluations > 0).length;
    return html`<span
      class="tag warning"
      title="Evaluations that the metrics server skipped because the one before was still running"
      >${icon("warning", 13)}${missed} ${missed === 1 ? "evaluation" : "evaluations"} missed, ${unread} of
      ${rules.length} rules</span
    >`;
  }

  private rule(rule: AlertRule): TemplateResult {
    const { acknowledgedAlerts, run } = this.run.store.snapshot;
    const { name } = rule;
    return html`<fd-alert-rule
      .rule=${rule}
      .alerts=${(this.alerts.value?.rules ?? []).flatMap(({ alerts }) => alerts)}
      ?open=${this.url.get("rule") === name || rule.state === "firing"}
      ?paged=${this.page.value?.alert === name}
      ?acknowledged=${acknowledgedAlerts.includes(name)}
      ?acts=${run.state === "investigating"}
      .silencing=${this.silencing?.rule === name ? this.silencing.labels : undefined}
      @acknowledge=${() => void this.run.store.send({ kind: "acknowledge", alert: name })}
      @silence-begin=${(event: CustomEvent<{ readonly labels: Labels }>) => {
        this.silencing = { rule: name, labels: JSON.stringify(event.detail.labels) };
      }}
      @silence-leave=${() => {
        this.silencing = undefined;
      }}
      @silence=${(event: CustomEvent<SilenceOrder>) => {
        this.silence(event.detail);
      }}
    ></fd-alert-rule>`;
  }

  private silence({ matchers, durationUs, comment }: SilenceOrder): void {
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
  }

  static override styles = [
    sharedStyles,
    labelStyles,
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
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-alerts": AlertsView;
  }
}
