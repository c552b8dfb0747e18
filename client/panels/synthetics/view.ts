/**
 * Synthetics: requests that are sent from outside at fixed times, whatever users do. Each probe from each region: how it
 * did, how long its phases took, and the traces of those that failed. In the URL: `probe`, `region`.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { TraceSearchAnswer } from "../../../server/wire/telemetry.js";
import { formatDurationUs, formatShare } from "../../charts/format.js";
import "../../charts/time-chart.js";
import { MarkerController } from "../../controllers/marker-controller.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { pivotValue, serviceValue, timeValue, traceValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { instantQueries } from "../../net/instant-query.js";
import { rangeQuery } from "../../net/range-query.js";
import type { RangeAnswer } from "../../net/range-query.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { fillStyles } from "../logs/fill.styles.js";
import { probeRequests, probesTable } from "./probes-export.js";
import { PROBE_PHASES, probeExpressions, probeStates, probeVerdict, rangeText } from "./probe-model.js";
import type { ProbeState, ProbeVerdict } from "./probe-model.js";

const FAILED_TRACES_MAX = 50;

const VERDICT_WORDS: Readonly<Record<ProbeVerdict, string>> = {
  ok: "well",
  warning: "failed at times",
  critical: "fails",
  unknown: "no result yet",
};

interface Charts {
  readonly success: RangeAnswer;
  readonly duration: RangeAnswer;
  readonly phases: RangeAnswer;
}

@customElement("fd-view-synthetics")
export class SyntheticsView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  private readonly marks = new MarkerController(this, () => this.run);

  private readonly states = new QueryController<readonly ProbeState[]>(this, {
    key: () => this.time.window(),
    run: async (signal) => {
      const window = this.time.window();
      const atUs = Math.min(window.toUs, this.time.nowUs);
      return probeStates(await instantQueries(this.run.queries, probeExpressions(rangeText(window)), atUs, signal));
    },
  });

  private readonly charts = new QueryController<Charts>(this, {
    key: () => [this.time.window(), this.selector()],
    run: async (signal) => {
      const window = this.time.window();
      const ask = (query: string, legend: string): Promise<RangeAnswer> =>
        rangeQuery(this.run.queries, { query, legend, window }, signal);
      const selector = this.selector();
      const [success, duration, phases] = await Promise.all([
        ask(`avg_over_time(probe_success${selector}[1m])`, "{{probe}} from {{region}}"),
        ask(`probe_duration_seconds${selector}`, "{{probe}} from {{region}}"),
        ask(`avg by (phase) (probe_http_duration_seconds${selector})`, "{{phase}}"),
      ]);
      return { success, duration, phases };
    },
  });

  private readonly failed = new QueryController<TraceSearchAnswer>(this, {
    key: () => [this.time.window(), this.url.get("probe")],
    run: (signal) => {
      const probe = this.url.get("probe");
      const attributes = [
        { name: "user_agent.synthetic.type", operator: "=" as const, value: "test" },
        ...(probe === undefined ? [] : [{ name: "app.probe", operator: "=" as const, value: probe }]),
      ];
      return this.run.queries.traces(
        { ...this.time.window(), attributes, status: "error", limit: FAILED_TRACES_MAX, order: "newest" },
        signal,
      );
    },
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  private selector(): string {
    const matchers = ["probe", "region"].flatMap((name) => {
      const value = this.url.get(name);
      return value === undefined ? [] : [`${name}=${JSON.stringify(value)}`];
    });
    return `{${matchers.join(",")}}`;
  }

  override render(): TemplateResult {
    const states = this.states.value;
    const error = this.states.error ?? this.charts.error ?? this.failed.error;
    return html`<div class="view">
      ${error === undefined ? nothing : html`<fd-error-notice .error=${error}></fd-error-notice>`}
      ${states === undefined ? nothing : states.length === 0 ? this.renderNone() : this.renderProbes(states)}
    </div>`;
  }

  private renderNone(): TemplateResult {
    return html`<fd-empty-state heading="Nobody probes this system">
      <p>
        No probe sends requests from outside at fixed times here, so an outage at a quiet hour shows only when users
        come. What users themselves met is in their requests:
      </p>
      <p>
        <a href=${this.url.href("slo")}>Objectives of the journeys</a> ·
        <a href=${this.url.href("traces", { status: "error" })}>Failed traces</a>
      </p>
    </fd-empty-state>`;
  }

  private renderProbes(states: readonly ProbeState[]): TemplateResult {
    const failing = states.filter((state) => probeVerdict(state) !== "ok").length;
    return html`<div class="row">
        <span data-answer>
          ${failing === 0 ? "All probes are well." : html`<strong>${failing} of ${states.length}</strong> probes fail or have failed.`}
        </span>
        ${
          this.url.get("probe") === undefined
            ? nothing
            : html`<button
                @click=${() => {
                  this.url.set({ probe: undefined, region: undefined });
                }}
              >
                ${icon("close", 12)} All probes
              </button>`
        }
        <fd-export-menu .source=${() => this.exported(states)}></fd-export-menu>
        <fd-pin-button label="Pin probes" .exhibit=${() => probesExhibit(states)}></fd-pin-button>
      </div>
      <div class="body" tabindex="0" role="group" aria-label="Probes, charts and failed requests">
        ${this.renderTable(states)} ${this.renderCharts()} ${this.renderFailed()}
      </div>`;
  }

  private exported(states: readonly ProbeState[]): ExportSource {
    const window = this.time.window();
    const chart = this.renderRoot.querySelector<HTMLElement>(".charts");
    return {
      title: "Probes",
      caption: "Share of good answers, duration and phases",
      table: probesTable(states),
      requests: probeRequests(window, Math.min(window.toUs, this.time.nowUs)),
      ...(chart === null ? {} : { chart }),
    };
  }

  private renderTable(states: readonly ProbeState[]): TemplateResult {
    const longest = Math.max(
      1,
      ...states.map(({ phases }) => phases.reduce((sum, { durationUs }) => sum + durationUs, 0)),
    );
    return html`<table>
      <caption class="visually-hidden">
        Probes by journey and region: share of good answers in the window, the last result and its phases
      </caption>
      <thead>
        <tr>
          <th scope="col">Probe</th>
          <th scope="col">From</th>
          <th scope="col">State</th>
          <th scope="col" class="number">Good answers</th>
          <th scope="col" class="number">Last status</th>
          <th scope="col" class="number">Last</th>
          <th scope="col" class="number">Median</th>
          <th scope="col" class="number">Slowest</th>
          <th scope="col">Phases of the last: DNS, TCP, TLS, first byte</th>
        </tr>
      </thead>
      <tbody>
        ${states.map((state) => this.row(state, longest))}
      </tbody>
    </table>`;
  }

  private row(state: ProbeState, longest: number): TemplateResult {
    const { probe, region, status, successShare, durationUs, usualUs, slowestUs, phases } = state;
    const verdict = probeVerdict(state);
    const isChosen = this.url.get("probe") === probe && this.url.get("region") === region;
    const time = (value: number | undefined): string => (value === undefined ? "–" : formatDurationUs(value));
    return html`<tr class=${isChosen ? "chosen" : ""}>
      <th scope="row">
        <button
          class="link"
          aria-pressed=${isChosen ? "true" : "false"}
          @click=${() => {
            this.url.set(isChosen ? { probe: undefined, region: undefined } : { probe, region });
          }}
        >
          ${probe}
        </button>
      </th>
      <td>${pivotValue("region", region)}</td>
      <td class=${verdict === "unknown" ? "soft" : verdict}>
        ${icon(verdict === "unknown" ? "idle" : verdict, 14)} ${VERDICT_WORDS[verdict]}
      </td>
      <td class="number">${successShare === undefined ? "–" : formatShare(successShare)}</td>
      <td class="number">${status === undefined ? "–" : status === 0 ? "no answer" : status}</td>
      <td class="number">${time(durationUs)}</td>
      <td class="number">${time(usualUs)}</td>
      <td class="number">${time(slowestUs)}</td>
      <td>
        <span class="phases">
          <span class="bar"
            >${phases.map((phase, at) => html`<i style="background:${phaseColor(at)};width:${String((phase.durationUs / longest) * 100)}%"></i>`)}</span
          >
          <span class="data small soft figures"
            >${phases.map((phase) => formatDurationUs(phase.durationUs)).join(" · ")}</span
          >
        </span>
      </td>
    </tr>`;
  }

  private renderCharts(): TemplateResult {
    const { value } = this.charts;
    const charts: readonly (readonly [string, string, RangeAnswer | undefined])[] = [
      ["Share of good answers, by minute", "ratio", value?.success],
      ["Duration", "s", value?.duration],
      ["Phases, mean of the chosen", "s", value === undefined ? undefined : inPhases(value.phases)],
    ];
    return html`<div class="charts">
      ${charts.map(
        ([title, unit, answer]) =>
          html`<section aria-label=${title}>
            <h2>${title}</h2>
            <fd-time-chart
              caption=${title}
              height="150"
              .unit=${unit}
              .series=${answer?.series ?? []}
              .markers=${this.marks.markers}
              legendMax="6"
            ></fd-time-chart>
          </section>`,
      )}
    </div>`;
  }

  private renderFailed(): TemplateResult {
    const { value } = this.failed;
    if (value === undefined) return html``;
    return html`<section aria-label="Failed requests of probes">
      <h2>
        Failed requests
        ${value.total > 0 ? html`<span class="soft">${value.traces.length} of ${value.total} kept traces</span>` : nothing}
      </h2>
      ${
        value.traces.length === 0
          ? html`<p class="soft">
              No trace of a failed probe was kept in this time. A probe that got no answer leaves none at all.
            </p>`
          : html`<table>
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Request</th>
                  <th scope="col" class="number">Took</th>
                  <th scope="col" class="number">Failed spans</th>
                  <th scope="col">Trace</th>
                </tr>
              </thead>
              <tbody>
                ${value.traces.map(
                  (trace) =>
                    html`<tr>
                      <td class="data">
                        ${timeValue(trace.startUs, { service: trace.rootService, traceId: trace.traceId })}
                      </td>
                      <td>
                        ${serviceValue(trace.rootService, { atUs: trace.startUs })}
                        ${pivotValue("name", trace.rootName, { service: trace.rootService, atUs: trace.startUs })}
                      </td>
                      <td class="number">${formatDurationUs(trace.durationUs)}</td>
                      <td class="number">${trace.errorCount} of ${trace.spanCount}</td>
                      <td>${traceValue(trace.traceId, { service: trace.rootService, atUs: trace.startUs })}</td>
                    </tr>`,
                )}
              </tbody>
            </table>`
      }
    </section>`;
  }

  static override styles = [
    sharedStyles,
    fillStyles,
    css`
      .body {
        flex: 1;
        min-height: 0;
        overflow: auto;
        display: flex;
        flex-direction: column;
        gap: var(--space-4);
      }
      .chosen {
        background: var(--accent-soft);
      }
      tbody th {
        color: var(--ink);
      }
      td:not(:last-child) {
        min-width: max-content;
        overflow-wrap: normal;
        white-space: nowrap;
      }
      .charts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(300px, 1fr));
        gap: var(--space-4);
      }
      .charts section {
        min-width: 0;
      }
      .phases .figures {
        text-align: end;
        white-space: nowrap;
      }
      .phases {
        display: grid;
        /* Figures of one width in every row, so that the bars before them have one scale. */
        grid-template-columns: minmax(80px, 1fr) 36ch;
        gap: var(--space-2);
        align-items: center;
      }
      .bar {
        display: flex;
        height: 10px;
        border: 1px solid var(--line);
      }
    `,
  ];
}

/** The bars of the table and the lines of the chart are of one colour for each phase. */
const PHASE_COLORS = ["--series-9", "--series-5", "--series-4", "--series-6"] as const;

const phaseColor = (at: number): string => `var(${PHASE_COLORS[at] ?? "--series-11"})`;

/** In the order in which they happen, under the names that the table has for them. */
const inPhases = (answer: RangeAnswer): RangeAnswer => ({
  ...answer,
  series: PROBE_PHASES.flatMap(({ name, title }, at) =>
    answer.series
      .filter((series) => series.name === name)
      .map((series) => ({ ...series, name: title, color: phaseColor(at) })),
  ),
});

function probesExhibit(states: readonly ProbeState[]): ExhibitParts {
  const facts = states.map((state) => ({
    name: `${state.probe} from ${state.region}`,
    value: `${VERDICT_WORDS[probeVerdict(state)]}, ${state.successShare === undefined ? "–" : formatShare(state.successShare)} good answers`,
  }));
  return { title: "Probes", frozen: { kind: "facts", facts } };
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-synthetics": SyntheticsView;
  }
}
