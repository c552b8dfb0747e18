/**
 * Logs: a histogram by level, fields with their most frequent values, every line that matches, and their patterns against a
 * baseline. List, histogram and fields answer for one and the same window, which stands still while one reads; live tail
 * lets it follow the clock.
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { FieldFilter, LogsRequest, TimeWindow } from "../../../server/wire/telemetry.js";
import { seriesTable } from "../../charts/chart-export.js";
import "../../charts/histogram.js";
import { CommandController } from "../../controllers/command-controller.js";
import { HistoryController } from "../../controllers/history-controller.js";
import { errorOf, QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-answer.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import "../../elements/query-error.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { boxCompare, logFilterOf } from "../../state/compare-url.js";
import type { ChangeUrlEvent } from "./change-url.js";
import { parseFilters, toggleInList } from "./field-filters.js";
import "./field-series.js";
import "./field-sidebar.js";
import { fillStyles } from "./fill.styles.js";
import { LogLinesController } from "./lines-controller.js";
import type { LogList } from "./log-list.js";
import "./log-list.js";
import "./log-status.js";
import type { TailState } from "./log-status.js";
import "./logql-findings.js";
import { linesExhibit, linesHere, linesTable, metricRequest, requestsOf } from "./logs-export.js";
import { baselineOf, filterChange, listOptionsOf, logsRequestOf } from "./logs-query.js";
import { missingText } from "./missing-text.js";
import "./metric-chart.js";
import "./pattern-list.js";
import "./query-bar.js";
import { ReadingWindow } from "./reading-window.js";
import { LogSearchController, SLICE_MS } from "./search-controller.js";
import { TailController } from "./tail-controller.js";
import { logsStyles } from "./view.styles.js";

const BUCKETS = 120;
/** Parameters that let lines through. */
const LINE_FILTERS = ["q", "level", "services", "trace", "f", "logql"];

@customElement("fd-view-logs")
export class LogsView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  @state() private atTop = true;
  @query("fd-log-list") private readonly list!: LogList | null;
  /** It moves only with the range, the tail and the refresh button. */
  private readonly readingWindow = new ReadingWindow();
  /** How often more history has come. */
  private dataRevision = 0;
  /** Lines that the last step of the tail brought. */
  private arrived = 0;

  private readonly lines = new LogLinesController(this, {
    key: () => (this.hasLines ? [this.request(), this.options.order, this.foldKey] : undefined),
    request: () => {
      const { order, fold } = this.options;
      return { ...this.request(), order, ...(fold === undefined ? {} : { fold }), sliceMs: SLICE_MS };
    },
    ask: (request, signal) => this.run.queries.logs(request, signal),
    known: () => (this.options.fold === undefined ? this.search.total : undefined),
    swapped: (arrived) => {
      this.listSwapped(arrived);
    },
  });
  private readonly reading = new QueryController(this, {
    key: () => this.logql,
    run: (signal) => this.run.queries.readLogql(this.logql ?? "", signal),
  });
  private readonly search = new LogSearchController(this, {
    request: () => (this.hasLines ? this.request() : undefined),
    ask: (request, signal) => this.run.queries.logHistogram({ ...request, buckets: BUCKETS }, signal),
  });
  private readonly fields = new QueryController(this, {
    // What the newest lines say does not change while older ones are looked for, unless there are hardly any.
    key: () =>
      this.hasLines ? [this.request(), (this.search.total ?? 0) < 5_000 && this.search.isRunning] : undefined,
    run: (signal) => this.run.queries.logFields({ ...this.request(), sliceMs: SLICE_MS }, signal),
  });
  private readonly vocabulary = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.traceVocabulary(signal),
  });
  private readonly tail = new TailController(this, {
    isLive: () => this.tailing && this.run.store.snapshot.clock.running,
    isAtNewest: () => this.atTop,
    follow: () => {
      this.followNow();
    },
    countNew: async (signal) => {
      const since = { ...this.request(), fromUs: this.window.toUs + 1, toUs: this.run.store.nowUs() };
      return (await this.run.queries.logs({ ...since, offset: 0, limit: 1 }, signal)).total;
    },
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
    new HistoryController(this, {
      store: () => this.run.store,
      arrived: () => {
        this.lines.forget();
        this.dataRevision += 1;
        this.search.resume();
        this.fields.refresh();
      },
    });
    new CommandController(this, {
      "logs.tail": () => {
        if (this.time.following) this.toggleTail();
      },
      "logs.patterns": () => {
        this.set({ show: this.url.get("show") === "patterns" ? undefined : "patterns" });
      },
      "logs.newest": this.goToNewest,
      "logs.wrap": () => {
        this.set({ wrap: this.options.wrap ? undefined : "1" });
      },
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("include", this.included);
    this.addEventListener("exclude", this.excluded);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("include", this.included);
    this.removeEventListener("exclude", this.excluded);
    this.readingWindow.forget();
  }

  override willUpdate(): void {
    if (this.isConnected) this.readingWindow.take(this.time);
  }

  private get window(): TimeWindow {
    return this.readingWindow.current;
  }

  /** Rows of equal lines are counted anew when the search has come to its end. */
  private get foldKey(): string {
    const { fold } = this.options;
    return fold === undefined ? "" : `${fold} ${String(this.search.isRunning)}`;
  }

  private get options(): ReturnType<typeof listOptionsOf> {
    return listOptionsOf(this.read);
  }

  private get logql(): string | undefined {
    const text = this.url.get("logql")?.trim() ?? "";
    return text === "" ? undefined : text;
  }

  /** The query makes numbers of lines. */
  private get isMetric(): boolean {
    return this.logql !== undefined && this.reading.value?.kind === "metric";
  }

  /** Whether there are lines to ask for: no list before the server has said what a query is. */
  private get hasLines(): boolean {
    if (this.logql === undefined) return true;
    return this.reading.answeredKey === JSON.stringify(this.logql) && this.reading.value?.kind === "lines";
  }

  private followNow(): void {
    this.readingWindow.follow(this.run.store.nowUs(), { keepsBeginning: this.tailing });
    this.tail.reset();
    this.requestUpdate();
  }

  private readonly goToNewest = (): void => {
    this.followNow();
    this.list?.scrollToTop();
  };

  /** What is read stays at its place when lines have come above it. */
  private listSwapped(arrived: number): void {
    this.arrived = arrived;
    if (this.tailing && !this.atTop && arrived > 0) this.list?.shift(arrived);
    else if (!this.tailing) this.list?.scrollToTop();
  }

  private get tailing(): boolean {
    return this.url.get("tail") === "1" && this.time.following && this.options.order === "newest";
  }

  private readonly read = (name: string): string | undefined => this.url.get(name);

  private request(): LogsRequest {
    return logsRequestOf(this.read, this.window);
  }

  override render(): TemplateResult {
    return html`<div class="view">
      ${this.renderQuery()} ${this.isMetric ? this.renderChart() : this.renderAnswers()}
    </div>`;
  }

  private renderQuery(): TemplateResult {
    return html`<fd-log-query
      .read=${this.read}
      revision=${this.url.search}
      .queries=${this.run.queries}
      .services=${this.vocabulary.value?.services.map(({ service }) => service) ?? []}
      .reading=${this.logql === undefined ? undefined : this.reading.value}
      .traceHref=${(trace: string) => this.url.href("trace", { trace })}
      @change-url=${this.changed}
    >
      <button
        type="button"
        aria-pressed=${this.tailing ? "true" : "false"}
        ?disabled=${!this.time.following || this.isMetric}
        title=${this.time.following ? "Show new lines as they are written" : "Choose a range that ends now to follow it"}
        @click=${this.toggleTail}
      >
        ${icon(this.tailing ? "pause" : "play", 12)} Live tail
      </button>
      <fd-pin-button label="Pin search" .exhibit=${() => this.exhibit()}></fd-pin-button>
      <fd-export-menu .source=${() => this.exported()}></fd-export-menu>
    </fd-log-query>`;
  }

  private renderChart(): TemplateResult {
    return html`<fd-logql-chart .query=${this.logql ?? ""} .window=${this.window}></fd-logql-chart>`;
  }

  private renderAnswers(): TemplateResult {
    const failed = this.lines.pages?.error;
    const error = failed === undefined ? this.search.error : errorOf(failed);
    const field = this.url.get("field");
    if (this.logql !== undefined && !this.hasLines) return this.renderReading(this.logql);
    return html`<fd-log-histogram
        .histogram=${this.search.histogram}
        .window=${this.window}
        .levels=${this.request().levels ?? []}
        .baseline=${this.url.get("show") === "patterns" ? baselineOf(this.read, this.window) : undefined}
        @baseline-picked=${(event: CustomEvent<TimeWindow>) => {
          const { fromUs, toUs } = event.detail;
          this.set({ base: `${String(Math.round(fromUs))}-${String(Math.round(toUs))}` });
        }}
        @level-picked=${(event: CustomEvent<{ readonly level: string }>) => {
          this.set(filterChange(this.read, "level", event.detail.level, "="));
        }}
        @box-picked=${(event: CustomEvent<TimeWindow>) => {
          this.compare(event.detail);
        }}
      ></fd-log-histogram>
      ${
        field === undefined
          ? nothing
          : html`<fd-field-series
              .field=${field}
              .request=${this.request()}
              @close=${() => {
                this.set({ field: undefined });
              }}
            ></fd-field-series>`
      }
      ${error === undefined ? nothing : this.renderError(error)}
      <div class="panes">
        <fd-field-sidebar
          .fields=${this.fields.value}
          .error=${this.fields.error}
          .filters=${this.filters()}
          @include=${this.included}
          @exclude=${this.excluded}
          @series=${(event: CustomEvent<{ readonly field: string }>) => {
            this.set({ field: event.detail.field });
          }}
          @column=${this.columnToggled}
        ></fd-field-sidebar>
        <section aria-label="Lines">
          ${this.renderStatus()} ${this.url.get("show") === "patterns" ? this.renderPatterns() : this.renderLines()}
        </section>
      </div>`;
  }

  private renderReading(query: string): TemplateResult {
    return html`<fd-logql-findings
      .query=${query}
      .reading=${this.reading.value}
      .error=${this.reading.error}
      @fix=${(event: CustomEvent<{ readonly query: string }>) => {
        this.set({ logql: event.detail.query });
      }}
    ></fd-logql-findings>`;
  }

  private filters(): readonly FieldFilter[] {
    const parsed = parseFilters(this.url.get("f") ?? "");
    return parsed.ok ? parsed.filters : [];
  }

  private renderError(error: ApiError): TemplateResult {
    return html`<div class="row failed">
      <fd-query-error .error=${error}></fd-query-error>
      <button
        @click=${() => {
          this.search.resume();
          this.fields.refresh();
          this.lines.retry();
        }}
      >
        Try again
      </button>
    </div>`;
  }

  private renderStatus(): TemplateResult {
    const { total, searched, isStopped } = this.search;
    return html`<fd-log-status
      .search=${{ total, searched, isStopped }}
      .foldedRows=${this.options.fold === undefined ? undefined : this.lines.pages?.total}
      .options=${this.options}
      .window=${this.window}
      .tail=${this.tailState()}
      .missing=${missingText(this.search.histogram?.missing)}
      .whyHref=${this.url.href("telemetry", {})}
      ?patterns=${this.url.get("show") === "patterns"}
      @change-url=${this.changed}
      @search-stop=${() => {
        this.search.stop();
      }}
      @search-resume=${() => {
        this.search.resume();
      }}
      @newest=${this.goToNewest}
    ></fd-log-status>`;
  }

  private tailState(): TailState | undefined {
    if (!this.time.following) return undefined;
    const { tailing, atTop: atNewest, arrived } = this;
    const { running } = this.run.store.snapshot.clock;
    // The clock stands, and all there is up to it is here: there is nothing to bring.
    if (!tailing && !running && this.window.toUs >= this.time.window().toUs) return undefined;
    return { tailing, running, atNewest, waiting: this.tail.waiting, arrived };
  }

  private renderPatterns(): TemplateResult {
    return html`<fd-log-patterns
      .request=${this.hasLines ? this.request() : undefined}
      .baseline=${baselineOf(this.read, this.window)}
      .base=${this.url.get("base")}
      .revision=${this.dataRevision}
      @baseline=${(event: CustomEvent<{ readonly base: string | undefined }>) => {
        this.set({ base: event.detail.base });
      }}
    ></fd-log-patterns>`;
  }

  private renderLines(): TemplateResult {
    const { pages, revision } = this.lines;
    if (pages?.total === 0 && this.search.total === 0 && !this.search.isRunning) {
      return html`<fd-empty-answer heading="No line matches" .filters=${LINE_FILTERS}
        >${missingText(this.search.histogram?.missing) ?? ""}</fd-empty-answer
      >`;
    }
    return html`<fd-log-list
      .pages=${pages}
      .revision=${revision}
      @at-top=${(event: CustomEvent<{ readonly atTop: boolean }>) => {
        this.atTop = event.detail.atTop;
      }}
    ></fd-log-list>`;
  }

  private readonly toggleTail = (): void => {
    const on = !this.tailing;
    this.set({ tail: on ? "1" : undefined, ...(on ? { order: undefined } : {}) });
    if (on) this.goToNewest();
  };

  /** What is in the box against the rest of the window. */
  private compare(box: TimeWindow): void {
    const { logql } = this;
    const logs = logql === undefined ? { logs: logFilterOf(this.request()) } : {};
    this.url.open("compare", boxCompare({ signal: "logs", query: logql ?? "", ...logs }, box));
  }

  private readonly changed = (event: ChangeUrlEvent): void => {
    this.set(event.detail.change);
  };

  private readonly columnToggled = (event: CustomEvent<{ readonly field: string }>): void => {
    this.set({ cols: toggleInList(this.url.get("cols"), event.detail.field) }, true);
  };

  private readonly included = (event: Event): void => {
    this.filter(event, "=");
  };

  private readonly excluded = (event: Event): void => {
    this.filter(event, "!=");
  };

  private filter(event: Event, operator: "=" | "!="): void {
    event.stopPropagation();
    const { field, value } = (event as CustomEvent<{ readonly field: string; readonly value: string }>).detail;
    const change = filterChange(this.read, field, value, operator);
    // A pattern that was chosen is looked at line by line.
    this.set(field === "pattern" && operator === "=" ? { ...change, show: undefined } : change);
  }

  private set(values: Readonly<Record<string, string | undefined>>, replace = false): void {
    const entries = Object.entries(values).map(([name, value]) => [name, value === "" ? undefined : value] as const);
    this.url.set(Object.fromEntries(entries), { replace });
  }

  private exported(): ExportSource {
    if (this.isMetric) return this.exportedChart(this.logql ?? "");
    const chart = this.renderRoot.querySelector("fd-log-histogram");
    const lines = linesHere(this.lines.pages);
    return {
      title: `Logs, ${String(lines.length)} of ${String(this.lines.pages?.total ?? 0)} lines`,
      table: linesTable(lines),
      json: lines,
      requests: requestsOf(this.read, this.window),
      ...(chart === null ? {} : { chart }),
    };
  }

  private exportedChart(query: string): ExportSource {
    const chart = this.renderRoot.querySelector("fd-logql-chart");
    return {
      title: query,
      table: seriesTable(chart?.shown ?? [], () => ""),
      requests: [metricRequest(query, this.window)],
      ...(chart === null ? {} : { chart }),
    };
  }

  private exhibit(): ExhibitParts | undefined {
    const parts = linesExhibit(this.read, this.lines.pages);
    const reference = { view: "logs", search: this.url.search, window: this.window };
    return parts === undefined ? undefined : { ...parts, reference };
  }

  static override styles = [sharedStyles, fillStyles, logsStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-logs": LogsView;
  }
}
