/** The histogram behind a query as cells; a box in it leads to the requests that it holds. */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatClock, formatCount, formatUnit } from "../../charts/format.js";
import "../../charts/heatmap.js";
import type { Heatmap, HeatmapSelection } from "../../charts/heatmap-layout.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { columnSecondsOf, heatmapRange } from "../../net/range-query.js";
import { boxCompare, quote } from "../../state/compare-url.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState, UrlValues } from "../../state/url-state.js";
import { exemplarSelector, heatmapQuery, matchedLabel } from "./metric-list.js";

const HISTOGRAM_EXAMPLE = "sum by (le) (rate(http_server_request_duration_seconds_bucket[1m]))";

@customElement("fd-heatmap-answer")
export class HeatmapAnswer extends LitElement {
  /** That reads a histogram. */
  @property() query = "";
  /** Of the values, as `formatUnit` takes it. */
  @property() unit = "s";
  @property({ type: Number }) height = 340;
  @consume({ context: runContext, subscribe: true }) @state() private run!: RunContext;
  @consume({ context: urlContext, subscribe: true }) @state() private url!: UrlState;
  @consume({ context: timeContext, subscribe: true }) @state() private time!: TimeModel;
  @state() private selection: HeatmapSelection | undefined;
  private readonly cells = new QueryController(this, {
    key: () => (this.asked === undefined ? undefined : [this.asked, this.time.window()]),
    run: (signal) => heatmapRange(this.run.queries, this.asked ?? "", this.time.window(), signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.time, events: ["window"] },
      { target: () => this.url, events: ["changed"] },
    );
  }

  /** What is drawn, for those who carry it elsewhere. */
  get shown(): Heatmap | undefined {
    return this.cells.value;
  }

  private get asked(): string | undefined {
    return heatmapQuery(this.query, columnSecondsOf(this.time.window()));
  }

  override render(): TemplateResult {
    const selector = exemplarSelector(this.query);
    if (selector === undefined) {
      return html`<fd-empty-state heading="No histogram in the query"
        >A heatmap shows the buckets of a histogram.
        <a href=${this.url.href("metrics", { query: HISTOGRAM_EXAMPLE, tab: "heatmap" })}>Durations of all requests</a>
        · <a href=${this.url.href("metrics", { type: "histogram", browse: "1" })}>All histograms</a></fd-empty-state
      >`;
    }
    return html`<fd-error-notice .error=${this.cells.error}></fd-error-notice>
      <fd-heatmap
        .heatmap=${this.cells.value}
        .height=${this.height}
        unit=${this.unit}
        caption="How many events of ${selector} took how long"
        @box-select=${(event: CustomEvent<HeatmapSelection>) => {
          this.selection = event.detail;
        }}
      ></fd-heatmap>
      ${this.selection === undefined ? nothing : this.chosen(this.selection, selector)}`;
  }

  private chosen(selection: HeatmapSelection, selector: string): TemplateResult {
    const { fromUs, toUs, low, high, count } = selection;
    const range =
      high === Infinity
        ? `over ${formatUnit(low, this.unit)}`
        : `${formatUnit(low, this.unit)} to ${formatUnit(high, this.unit)}`;
    return html`<div class="row chosen" role="status">
      <span
        >${formatCount(Math.round(count))} events, <span class="data">${range}</span>, ${formatClock(fromUs)} to
        ${formatClock(toUs)}</span
      >
      <a class="row" href=${this.url.href("traces", tracesIn(selection, selector))}
        >${icon("waterfall", 14)}Traces in the box</a
      >
      <a class="row" href=${this.url.href("compare", compareIn(selection, selector))}
        >${icon("compare", 14)}Compare with the rest</a
      >
      <button
        @click=${() => {
          this.time.setWindow({ fromUs, toUs });
          this.selection = undefined;
        }}
      >
        ${icon("zoom", 14)}Zoom to its time
      </button>
      <button
        class="quiet"
        aria-label="Let go of the box"
        @click=${() => {
          this.selection = undefined;
        }}
      >
        ${icon("close", 14)}
      </button>
    </div>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
      }
      .chosen {
        padding: var(--space-1) var(--space-3);
        border-inline-start: 3px solid var(--accent);
        background: var(--accent-soft);
      }
    `,
  ];
}

const US_PER_SECOND = 1_000_000;

/** The spans that the box counted against those that it did not: servers of the service and the route that the selector names. */
function compareIn({ fromUs, toUs, low, high }: HeatmapSelection, selector: string): UrlValues {
  const service = matchedLabel(selector, "job");
  const route = matchedLabel(selector, "http_route");
  const conditions = [
    ...(service === undefined ? [] : [`resource.service.name = ${quote(service)}`]),
    ...(route === undefined ? [] : [`.http.route = ${quote(route)}`]),
    `kind = ${selector.startsWith("http_client") || selector.startsWith("db_client") ? "client" : "server"}`,
  ];
  const minimum = low > 0 ? { minimum: Math.round(low * US_PER_SECOND) } : {};
  const maximum = high === Infinity ? {} : { maximum: Math.round(high * US_PER_SECOND) };
  return boxCompare(
    { signal: "spans", query: `{ ${conditions.join(" && ")} }` },
    { fromUs, toUs, ...minimum, ...maximum },
  );
}

/** Parameters of the traces view: the requests that the box counted, as far as the selector names their service and operation. */
export function tracesIn({ fromUs, toUs, low, high }: HeatmapSelection, selector: string): UrlValues {
  const service = matchedLabel(selector, "job");
  const route = matchedLabel(selector, "http_route");
  return {
    service,
    f: route === undefined ? undefined : `http.route=${route}`,
    min: low > 0 ? `${String(Math.round(low * US_PER_SECOND))}us` : undefined,
    max: high === Infinity ? undefined : `${String(Math.round(high * US_PER_SECOND))}us`,
    from: String(fromUs),
    to: String(toUs),
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-heatmap-answer": HeatmapAnswer;
  }
}
