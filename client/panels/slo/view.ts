/** Objectives: each budget's ledger, how fast it burns against its alerts, what is left over time, and the share of bad events. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { SloLedger } from "../../../server/wire/alerting.js";
import { formatDateTime, formatNumber, formatRatio } from "../../charts/format.js";
import "../../charts/time-chart.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import "../../elements/pin-button.js";
import { serviceValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { rangeQuery } from "../../net/range-query.js";
import type { RangeAnswer } from "../../net/range-query.js";
import type { CompareSubject } from "../../state/compare-url.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { courseSeries } from "./ledger-series.js";
import "./ledger.js";
import { ledgersTable, sloRequests } from "./slo-export.js";

const REFRESH_MS = 10_000;

@customElement("fd-view-slo")
export class SloView extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  private readonly markers = new MarkerController(this, () => this.run);
  private readonly ledgers = new QueryController(this, {
    key: () => [this.run.runId, this.run.store.snapshot.clock.running],
    run: async (signal) => (await this.run.queries.sloLedgers(signal)).ledgers,
    refreshMs: () => (this.run.store.snapshot.clock.running ? REFRESH_MS : undefined),
  });
  private readonly ratios = new QueryController(this, {
    key: () =>
      this.ledgers.value === undefined
        ? undefined
        : [this.ledgers.value.map(({ errorRatioQuery }) => errorRatioQuery), this.time.window()],
    run: async (signal) => {
      const window = this.time.window();
      const answers = (this.ledgers.value ?? []).map(
        async ({ id, errorRatioQuery: query }): Promise<readonly [string, RangeAnswer]> => [
          id,
          await rangeQuery(this.run.queries, { query, legend: "Bad events", window }, signal),
        ],
      );
      return new Map(await Promise.all(answers));
    },
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
    const ledgers = this.ledgers.value;
    return html`<header class="row">
        <h1>Service level objectives</h1>
        <span class="space"></span>
        ${ledgers === undefined || ledgers.length === 0 ? nothing : html`<fd-export-menu .source=${() => this.exported("Objectives", ledgers)}></fd-export-menu>`}
      </header>
      <fd-error-notice .error=${this.ledgers.error ?? this.ratios.error}></fd-error-notice>
      ${
        ledgers !== undefined && ledgers.length === 0
          ? html`<fd-empty-state heading="No objectives"
              >Nobody has promised anything for this system yet. What users get is in the
              <a href=${this.url.href("dashboards")}>dashboards</a>.</fd-empty-state
            >`
          : nothing
      }
      ${ledgers?.map((ledger) => this.objective(ledger))}`;
  }

  private exported(title: string, ledgers: readonly SloLedger[]): ExportSource {
    return {
      title,
      table: ledgersTable(ledgers),
      json: ledgers,
      requests: sloRequests(ledgers, this.time.window()),
    };
  }

  private objective(ledger: SloLedger): TemplateResult {
    const { id, title, service, objective, windowDays, errorRatioQuery } = ledger;
    const allowed = 1 - objective;
    const link = { query: errorRatioQuery, threshold: String(allowed), "threshold-title": "allowed over the window" };
    const whole = { fromUs: ledger.fromUs, toUs: Math.max(ledger.toUs, ledger.fromUs + 1) };
    return html`<section id="objective-${id}" aria-label=${title}>
      <div class="head row">
        <h2>${title}</h2>
        ${serviceValue(service)}
        <span class="soft">${formatNumber(objective * 100, 5)} % over ${windowDays} days</span>
        <span class="space"></span>
        <a href=${this.url.href("metrics", link)}>Open in Metrics</a>
        <fd-export-menu
          compact
          label="Export ${title}"
          .source=${(): ExportSource => {
            const chart = this.renderRoot.querySelector<HTMLElement>(`#objective-${CSS.escape(id)} .charts`);
            return { ...this.exported(title, [ledger]), caption: title, ...(chart === null ? {} : { chart }) };
          }}
        ></fd-export-menu>
        <fd-pin-button compact label="Pin ${title}" .exhibit=${() => exhibitOf(ledger)}></fd-pin-button>
      </div>
      ${ledger.description === "" || ledger.description === title ? nothing : html`<p class="soft">${ledger.description}</p>`}
      <div class="columns">
        <fd-slo-ledger .ledger=${ledger} .nowUs=${this.time.nowUs}></fd-slo-ledger>
        <div class="charts">
          <h3>Budget left since ${formatDateTime(ledger.fromUs)} UTC</h3>
          <fd-time-chart
            .series=${courseSeries(ledger)}
            .window=${whole}
            .markers=${this.markers.markers}
            .thresholds=${[{ value: 0, title: "used up", color: "var(--severity-critical)" }]}
            .height=${170}
            unit="ratio"
            caption="Error budget left over time: ${title}"
          ></fd-time-chart>
          <h3>Share of bad events</h3>
          <fd-time-chart
            .series=${this.ratios.value?.get(id)?.series ?? []}
            .subject=${bySeries(errorRatioQuery)}
            .markers=${this.markers.markers}
            .threshold=${{ value: allowed, title: "allowed over the window" }}
            .height=${170}
            unit="ratio"
            caption="Share of bad events over five minutes: ${title}"
          ></fd-time-chart>
        </div>
      </div>
    </section>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      header {
        padding: var(--space-3) var(--space-4);
      }
      section {
        padding: var(--space-3) var(--space-4) var(--space-4);
        border-block-start: 1px solid var(--line);
      }
      .space {
        flex: 1;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(320px, 1fr) minmax(320px, 1fr);
        gap: var(--space-5);
        margin-block-start: var(--space-3);
      }
      h3 {
        margin-block: var(--space-2) var(--space-1);
      }
      @media (max-width: 1000px) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
}

/** A stretch of its chart is compared by its query. */
const bySeries = (query: string): CompareSubject => ({ signal: "metrics", query });

function exhibitOf({ title, left, windows }: SloLedger): {
  readonly title: string;
  readonly frozen: {
    readonly kind: "facts";
    readonly facts: readonly { readonly name: string; readonly value: string }[];
  };
} {
  const burns = windows.map(({ window, burnRate }) => ({
    name: `Burn rate, ${window}`,
    value: burnRate === undefined ? "not enough data" : `${formatNumber(burnRate)}×`,
  }));
  return {
    title: `${title}: ${formatRatio(left)} of the budget left`,
    frozen: { kind: "facts", facts: [{ name: "Budget left", value: formatRatio(left) }, ...burns] },
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-slo": SloView;
  }
}
