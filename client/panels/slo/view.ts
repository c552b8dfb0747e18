/** Objectives: what is left of each budget, how fast it burns over which window, and when it runs out at that rate. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { SloStatus } from "../../../server/wire/telemetry.js";
import { formatDateTime, formatDurationUs, formatNumber, formatRatio } from "../../charts/format.js";
import "../../charts/time-chart.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { rangeQuery } from "../../net/range-query.js";
import type { RangeAnswer } from "../../net/range-query.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { burnLevel, burnPosition, burnThreshold } from "./burn-thresholds.js";
import type { BurnLevel } from "./burn-thresholds.js";

const REFRESH_MS = 10_000;

const LEVELS: Readonly<Record<BurnLevel, { readonly icon: string; readonly title: string }>> = {
  ok: { icon: "ok", title: "lasts" },
  warning: { icon: "warning", title: "will not last" },
  critical: { icon: "critical", title: "pages" },
};

@customElement("fd-view-slo")
export class SloView extends LitElement {
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  private readonly markers = new MarkerController(this, () => this.run);
  private readonly slos = new QueryController(this, {
    key: () => [this.run.runId, this.run.store.snapshot.clock.running],
    run: (signal) => this.run.queries.slos(signal),
    refreshMs: () => (this.run.store.snapshot.clock.running ? REFRESH_MS : undefined),
  });
  private readonly ratios = new QueryController(this, {
    key: () =>
      this.slos.value === undefined
        ? undefined
        : [this.slos.value.map(({ errorRatioQuery }) => errorRatioQuery), this.time.window()],
    run: async (signal) => {
      const answers = (this.slos.value ?? []).map(
        async ({ id, errorRatioQuery }): Promise<readonly [string, RangeAnswer]> => [
          id,
          await rangeQuery(
            this.run.queries,
            { query: errorRatioQuery, legend: "Bad events", window: this.time.window() },
            signal,
          ),
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
    const slos = this.slos.value;
    return html`<h1>Service level objectives</h1>
      <fd-error-notice .error=${this.slos.error ?? this.ratios.error}></fd-error-notice>
      ${
        slos !== undefined && slos.length === 0
          ? html`<fd-empty-state heading="No objectives"
              >Nobody has promised anything for this system yet.</fd-empty-state
            >`
          : nothing
      }
      ${slos?.map((slo) => this.objective(slo))}`;
  }

  private objective(slo: SloStatus): TemplateResult {
    return html`<section aria-label=${slo.title}>
      <div class="head row">
        <h2>${slo.title}</h2>
        <span class="soft">${formatNumber(slo.objective * 100, 5)} % over ${slo.windowDays} days</span>
        <span class="space"></span>
        <fd-pin-button
          .exhibit=${() => ({
            title: `${slo.title}: ${formatRatio(slo.budgetLeft)} of the budget left`,
            frozen: {
              kind: "facts" as const,
              facts: [
                { name: "Budget left", value: formatRatio(slo.budgetLeft) },
                ...slo.burnRates.map(({ window, rate }) => ({
                  name: `Burn rate, ${window}`,
                  value: rate === undefined ? "not enough data" : `${formatNumber(rate)}×`,
                })),
              ],
            },
          })}
        ></fd-pin-button>
        <a href=${this.url.href("metrics", { query: slo.errorRatioQuery })}>Open in Metrics</a>
      </div>
      <div class="columns">
        <div>${this.budget(slo)} ${this.burn(slo)}</div>
        <fd-time-chart
          .series=${this.ratios.value?.get(slo.id)?.series ?? []}
          .markers=${this.markers.markers}
          .threshold=${{ value: 1 - slo.objective, title: "allowed over the window" }}
          .height=${170}
          unit="ratio"
          caption="Share of bad events over five minutes: ${slo.title}"
        ></fd-time-chart>
      </div>
    </section>`;
  }

  private budget(slo: SloStatus): TemplateResult {
    const left = Math.max(0, Math.min(1, slo.budgetLeft));
    const level: BurnLevel = slo.budgetLeft <= 0 ? "critical" : slo.budgetLeft < 0.25 ? "warning" : "ok";
    return html`<div class="budget">
      <span class="data large">${formatRatio(slo.budgetLeft)}</span> <span class="soft">of the budget left</span>
      <div class="bar" role="img" aria-label="${formatRatio(slo.budgetLeft)} of the error budget left">
        <i class=${level} style="width:${(left * 100).toFixed(1)}%"></i>
      </div>
      <p class="soft">
        ${
          slo.budgetLeft <= 0
            ? "The budget is used up."
            : slo.exhaustedAtUs === undefined
              ? "At the rate of the last hour it lasts to the end of its window."
              : `At the rate of the last hour it is used up in ${formatDurationUs(slo.exhaustedAtUs - this.time.nowUs)}, ${formatDateTime(slo.exhaustedAtUs)} UTC.`
        }
      </p>
    </div>`;
  }

  private burn(slo: SloStatus): TemplateResult {
    return html`<table>
      <thead>
        <tr>
          <th>Burn over</th>
          <th class="number">Rate</th>
          <th class="scale"><span class="visually-hidden">On a scale with its threshold</span></th>
          <th>At this rate</th>
        </tr>
      </thead>
      <tbody>
        ${slo.burnRates.map(({ window, rate }) => burnRow(window, rate))}
      </tbody>
    </table>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      h1 {
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
        grid-template-columns: minmax(320px, 5fr) minmax(320px, 6fr);
        gap: var(--space-5);
        margin-block-start: var(--space-3);
      }
      .large {
        font-size: var(--text-l);
        font-weight: 600;
      }
      .bar {
        position: relative;
        height: 8px;
        margin-block: var(--space-1);
        background: var(--surface-2);
        border: 1px solid var(--line);
      }
      .bar i {
        position: absolute;
        inset-block: 0;
        inset-inline-start: 0;
        background: currentColor;
      }
      .bar i.threshold {
        width: 2px;
        background: var(--ink);
      }
      table {
        margin-block-start: var(--space-3);
      }
      td {
        vertical-align: middle;
        white-space: nowrap;
      }
      .scale {
        width: 45%;
      }
      @media (max-width: 1000px) {
        .columns {
          grid-template-columns: 1fr;
        }
      }
    `,
  ];
}

function burnRow(window: string, rate: number | undefined): TemplateResult {
  const threshold = burnThreshold(window);
  if (rate === undefined) {
    return html`<tr>
      <td>${window}</td>
      <td class="number">–</td>
      <td></td>
      <td class="soft small">not enough data yet</td>
    </tr>`;
  }
  const level = burnLevel(window, rate);
  return html`<tr>
    <td>${window}</td>
    <td class="number">${formatNumber(rate)}×</td>
    <td>
      <div class="bar" title="Threshold ${formatNumber(threshold.rate)}×: ${threshold.meaning}">
        <i class=${level} style="width:${(burnPosition(rate) * 100).toFixed(1)}%"></i>
        <i class="threshold" style="inset-inline-start:${(burnPosition(threshold.rate) * 100).toFixed(1)}%"></i>
      </div>
    </td>
    <td class=${level}>${icon(LEVELS[level].icon, 13)} ${LEVELS[level].title}</td>
  </tr>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-slo": SloView;
  }
}
