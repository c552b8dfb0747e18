/**
 * One panel of a dashboard: its queries with the variables filled in, drawn as its kind asks, with the way into its
 * explorer. What it cannot draw it says, and its queries can still be opened.
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { LogLevel, LogPage } from "../../../server/wire/telemetry.js";
import { formatClock } from "../../charts/format.js";
import { frozenSeries } from "../../charts/frozen-series.js";
import "../../charts/heatmap.js";
import type { Heatmap } from "../../charts/heatmap-layout.js";
import type { ChartMarker } from "../../charts/markers.js";
import "../../charts/time-chart.js";
import type { ChartThreshold } from "../../charts/chart-overlays.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import { VisibilityController } from "../../controllers/visibility-controller.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import "../../elements/markdown.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import type { CompareSubject } from "../../state/compare-url.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState, UrlValues } from "../../state/url-state.js";
import { QUERY_LETTERS, queryParameter } from "../metrics/query-set.js";
import { logPanelQuery } from "./log-panel-query.js";
import type { DashboardLink, DashboardPanelModel } from "./model.js";
import { askHeatmap, askPanel, askedQuery, timesOf } from "./panel-answer.js";
import type { PanelQuestion, PanelSeries } from "./panel-answer.js";
import { panelRequests, panelTable } from "./panel-export.js";
import { barGaugeBody, gaugeBody, statBody, tableBody } from "./panel-figures.js";
import { panelStyles } from "./panel.styles.js";
import { unitOf } from "./units.js";
import { interpolate } from "./variables.js";
import type { VariableValues } from "./variables.js";

/** Series that a panel names at first: two lines of a narrow one. */
const LEGEND_MAX = 5;
const LOG_LINES = 100;
const LEGENDS = { list: "list", table: "table", hidden: "none" } as const;
/** Of a unit of Grafana's grid, px, and of head and legend. */
const UNIT_PX = 30;
const AROUND_PX = 90;

/** Kinds that are asked as series. */
const FIGURES: Readonly<
  Record<string, (panel: DashboardPanelModel, series: readonly PanelSeries[]) => TemplateResult>
> = { stat: statBody, gauge: gaugeBody, bargauge: barGaugeBody, table: tableBody };

interface Shown {
  readonly series?: readonly PanelSeries[];
  readonly heatmap?: Heatmap;
  readonly logs?: LogPage;
}

@customElement("fd-dashboard-panel")
export class DashboardPanel extends LitElement {
  @property({ attribute: false }) panel!: DashboardPanelModel;
  @property({ attribute: false }) values: VariableValues = new Map();
  /** What the values are of: `order`, for captions. */
  @property() about = "";
  @property({ type: Number }) scrapeSeconds = 15;
  @property({ attribute: false }) markers: readonly ChartMarker[] = [];
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  private readonly sight = new VisibilityController(this);
  private readonly answer = new QueryController<Shown>(this, {
    key: () =>
      this.sight.visible && this.panel.targets.length > 0
        ? [this.panel.id, this.panel.targets, [...this.values], this.time.window()]
        : undefined,
    run: (signal) => this.ask(signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.time, events: ["window"] },
      { target: () => this.url, events: ["changed"] },
    );
  }

  private get question(): PanelQuestion {
    const { panel, values, scrapeSeconds } = this;
    return { panel, values, scrapeSeconds, window: this.time.window() };
  }

  private get title_(): string {
    return interpolate(this.panel.title, this.values, timesOf(this.time.window(), this.scrapeSeconds));
  }

  private get height(): number {
    return Math.max(110, this.panel.place.h * UNIT_PX - AROUND_PX);
  }

  override render(): TemplateResult {
    const { panel, answer, title_: title } = this;
    if (panel.type === "text") return html`<fd-markdown .text=${this.filled(panel.content)}></fd-markdown>`;
    return html`<section aria-label=${title} style="--panel-height:${this.height}px">
      <div class="head">
        <h3>${title}</h3>
        ${panel.links.map((link) => this.link(link))} ${this.explorer(title)}
        <fd-export-menu compact label="Export ${title}" .source=${() => this.exported(title)}></fd-export-menu>
        <fd-pin-button compact label="Pin ${title}" .exhibit=${() => this.exhibit()}></fd-pin-button>
      </div>
      ${panel.description === "" ? nothing : html`<p class="small soft">${this.filled(panel.description)}</p>`}
      <fd-error-notice .error=${answer.error}></fd-error-notice>
      ${this.body(title)}
    </section>`;
  }

  private filled(template: string): string {
    return interpolate(template, this.values, timesOf(this.time.window(), this.scrapeSeconds));
  }

  private async ask(signal: AbortSignal): Promise<Shown> {
    const { panel, question } = this;
    const { queries } = this.run;
    if (panel.type === "heatmap") return { heatmap: await askHeatmap(queries, question, signal) };
    if (panel.type !== "logs") return { series: await askPanel(queries, question, signal) };
    const asked = logPanelQuery(this.filled(panel.targets[0]?.query ?? ""));
    if (asked === undefined) return {};
    const { services, levels, text } = asked;
    const request = {
      ...this.time.window(),
      offset: 0,
      limit: LOG_LINES,
      ...(services.length > 0 ? { services } : {}),
      ...(levels.length > 0 ? { levels: levels as readonly LogLevel[] } : {}),
      ...(text === "" ? {} : { text }),
    };
    return { logs: await queries.logs(request, signal) };
  }

  private body(title: string): TemplateResult | typeof nothing {
    const { panel } = this;
    const { series, heatmap, logs } = this.answer.value ?? {};
    const figures = FIGURES[panel.type];
    if (panel.type === "timeseries") return this.chart(series ?? [], title);
    if (panel.type === "heatmap") {
      return html`<fd-heatmap
        .heatmap=${heatmap}
        .height=${this.height}
        unit=${unitOf(panel.unit)}
        caption="${title}: ${panel.description}"
      ></fd-heatmap>`;
    }
    if (panel.type === "logs") return this.lines(logs);
    if (figures === undefined) {
      return html`<p class="note">
        A panel of the kind <code>${panel.type}</code> is not drawn here.
        ${panel.targets.length > 0 ? "Its queries can be opened above." : nothing}
      </p>`;
    }
    if (series === undefined) return nothing;
    if (series.length === 0) return html`<p class="soft">${panel.noValue ?? "No samples in this time range"}</p>`;
    return figures(panel, series);
  }

  private chart(series: readonly PanelSeries[], title: string): TemplateResult {
    const { panel } = this;
    const unit = unitOf(panel.unit);
    const lines: readonly ChartThreshold[] = panel.thresholdLines
      ? panel.thresholds.flatMap(({ from, color, level }) =>
          from === -Infinity ? [] : [{ value: from, color, title: level === "critical" ? "critical" : "high" }],
        )
      : [];
    return html`<fd-time-chart
      .series=${series}
      .markers=${this.markers}
      .height=${this.height}
      .legendMax=${LEGEND_MAX}
      .thresholds=${lines}
      .fill=${panel.stacked ? 0 : panel.fill}
      .axisMin=${panel.logarithmic ? undefined : panel.min}
      .axisMax=${panel.logarithmic ? undefined : panel.max}
      .emptyText=${this.answer.value === undefined ? "" : (panel.noValue ?? "No samples in this time range")}
      .subject=${this.subject}
      .legendForm=${LEGENDS[panel.legend]}
      ?stacked=${panel.stacked}
      ?logarithmic=${panel.logarithmic}
      unit=${unit}
      caption="${title}${this.about === "" ? "" : ` of ${this.about}`}: ${panel.description}"
    ></fd-time-chart>`;
  }

  /** What a stretch of the panel is compared by: its first query. */
  private get subject(): CompareSubject | undefined {
    const [first] = this.panel.targets;
    return first === undefined ? undefined : { signal: "metrics", query: askedQuery(first, this.question) };
  }

  private lines(logs: LogPage | undefined): TemplateResult | typeof nothing {
    if (logs === undefined) {
      return this.answer.value === undefined
        ? nothing
        : html`<p class="note">This query says more than a selector and words: open it in Logs.</p>`;
    }
    if (logs.total === 0) return html`<p class="soft">${this.panel.noValue ?? "No lines in this time range"}</p>`;
    return html`<p class="small soft">The newest ${logs.lines.length} of ${logs.total} lines</p>
      <div class="lines" tabindex="0" role="group" aria-label=${this.panel.title}>
        ${logs.lines.map(
          (line) =>
            html`<a
              href=${this.url.href("logs", {
                ...this.logValues(),
                ...(line.traceId === undefined ? {} : { trace: line.traceId }),
              })}
              ><span class="soft">${formatClock(line.timeUs)}</span><span>${line.service}</span
              ><span title=${line.message}>${line.message}</span></a
            >`,
        )}
      </div>`;
  }

  private logValues(): UrlValues {
    const asked = logPanelQuery(this.filled(this.panel.targets[0]?.query ?? ""));
    if (asked === undefined) return {};
    const list = (values: readonly string[]): string | undefined =>
      values.length === 0 ? undefined : values.join(",");
    return {
      services: list(asked.services),
      level: list(asked.levels),
      q: asked.text === "" ? undefined : asked.text,
    };
  }

  /** Into Metrics with all of its queries, or into Logs. */
  private explorer(title: string): TemplateResult | typeof nothing {
    const { panel } = this;
    if (panel.targets.length === 0) return nothing;
    const logs = panel.type === "logs";
    const tabs: Readonly<Record<string, string>> = { heatmap: "heatmap", table: "table" };
    const tab = panel.stacked ? "stacked" : tabs[panel.type];
    const values = logs
      ? this.logValues()
      : {
          ...Object.fromEntries(
            panel.targets
              .slice(0, QUERY_LETTERS.length)
              .map((target, index) => [queryParameter(QUERY_LETTERS[index] ?? "A"), askedQuery(target, this.question)]),
          ),
          tab,
          scale: panel.logarithmic ? "log" : undefined,
        };
    const view = logs ? "Logs" : "Metrics";
    return html`<a class="small" href=${this.url.href(view.toLowerCase(), values)} title="Open in ${view}"
      >Open<span class="visually-hidden"> (${title}) in ${view}</span></a
    >`;
  }

  /** Within the run where it begins with a view's name, else another page. */
  private link({ title, url }: DashboardLink): TemplateResult | typeof nothing {
    return linkTo(this.url, { title, url: this.filled(url) });
  }

  private exported(title: string): ExportSource {
    const table = panelTable(this.answer.value ?? {}, this.panel.unit);
    const chart = this.renderRoot.querySelector<HTMLElement>("fd-time-chart, fd-heatmap");
    return {
      title: this.about === "" ? title : `${title} of ${this.about}`,
      caption: this.filled(this.panel.description),
      requests: panelRequests(this.question, LOG_LINES),
      ...(table === undefined ? {} : { table }),
      ...(chart === null ? {} : { chart }),
    };
  }

  private exhibit(): ExhibitParts | undefined {
    const { series } = this.answer.value ?? {};
    const [first] = this.panel.targets;
    if (series === undefined || first === undefined) return undefined;
    const search = new URLSearchParams({
      query: askedQuery(first, this.question),
      from: this.time.range.from,
      to: this.time.range.to,
    });
    return {
      title: `${this.title_} of ${this.about === "" ? "all services" : this.about}`,
      frozen: frozenSeries(series, unitOf(this.panel.unit)),
      reference: { view: "metrics", search: search.toString(), window: this.time.window() },
    };
  }

  static override styles = [sharedStyles, panelStyles];
}

/** A link of a dashboard or panel: `/logs?services=order` within the run, or a page elsewhere. */
export function linkTo(state_: UrlState, { title, url }: DashboardLink): TemplateResult | typeof nothing {
  const inside = /^\/(\w+)(?:\?(.*))?$/.exec(url);
  if (inside !== null) {
    const values = Object.fromEntries(new URLSearchParams(inside[2] ?? ""));
    return html`<a class="small" href=${state_.href(inside[1] ?? "", values)}>${title}</a>`;
  }
  return /^https?:\/\//.test(url)
    ? html`<a class="small" href=${url} target="_blank" rel="noopener noreferrer">${title}</a>`
    : nothing;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-dashboard-panel": DashboardPanel;
  }
}
