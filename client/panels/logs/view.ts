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
import type { FieldFilter, LogLine, LogsRequest, TimeWindow } from "../../../server/wire/telemetry.js";
import { formatClock, formatNumber, formatRatio } from "../../charts/format.js";
import "../../charts/histogram.js";
import { LogPages } from "../../charts/virtual-log-pages.js";
import type { VirtualLog } from "../../charts/virtual-log.js";
import "../../charts/virtual-log.js";
import { CommandController } from "../../controllers/command-controller.js";
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
import { beginActivity, endActivity } from "../../state/activity.js";
import { crosshairContext, runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { CrosshairModel } from "../../state/crosshair.js";
import type { UrlState } from "../../state/url-state.js";
import { boxCompare, logFilterOf } from "../../state/compare-url.js";
import { parseFilters, parseList, toggleInList } from "./field-filters.js";
import "./field-series.js";
import "./field-sidebar.js";
import { fillStyles } from "./fill.styles.js";
import "./list-options.js";
import "./log-detail.js";
import { linesTable, requestsOf } from "./logs-export.js";
import { baselineOf, filterChange, listOptionsOf, logsRequestOf } from "./logs-query.js";
import type { ParameterChange } from "./logs-query.js";
import { missingText } from "./missing-text.js";
import "./metric-chart.js";
import "./pattern-list.js";
import "./query-bar.js";
import { LogSearchController, SLICE_MS } from "./search-controller.js";
import { TailController } from "./tail-controller.js";
import { logsStyles } from "./view.styles.js";

const BUCKETS = 120;
/** Parameters that let lines through. */
const LINE_FILTERS = ["q", "level", "services", "trace", "f", "logql"];
/** Lines that an exhibit keeps. */
const FROZEN_LINES = 50;
const ROW_PX = { plain: 24, wrapped: 42 };
/** New lines a second beyond which nobody reads along. */
const READABLE_LINES = 40;

/** What may say that the history has come. */
const STORE_EVENTS = ["changed", "progress"] as const;

type ChangeEvent = CustomEvent<{ readonly change: ParameterChange }>;

@customElement("fd-view-logs")
export class LogsView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  @consume({ context: crosshairContext }) private readonly crosshair!: CrosshairModel;
  /** The window that is read; it moves only with the range, the tail and the refresh button. */
  @state() private window: TimeWindow = { fromUs: 0, toUs: 1 };
  @state() private pages: LogPages | undefined;
  @state() private revision = 0;
  @state() private atTop = true;
  @query("fd-virtual-log") private readonly list!: VirtualLog | null;
  private rangeKey = "";
  private listKey = "";
  /** Whether the history was there when the lines were asked for, and how often more has come. */
  private hadHistory = true;
  private dataRevision = 0;
  /** Lines that the last step of the tail brought. */
  private arrived = 0;

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
    new CommandController(this, {
      "logs.tail": () => {
        if (this.time.following) this.toggleTail();
      },
      "logs.patterns": () => {
        this.set({ show: this.url.get("show") === "patterns" ? undefined : "patterns" });
      },
      "logs.newest": () => {
        this.followNow();
        this.list?.scrollToTop();
      },
      "logs.wrap": () => {
        this.set({ wrap: this.options.wrap ? undefined : "1" });
      },
    });
  }

  /** The history comes in one piece, minutes after the world: then all is asked anew. */
  private readonly storeChanged = (): void => {
    const hasHistory = this.run.store.snapshot.historyProgress >= 1;
    if (hasHistory && !this.hadHistory) {
      this.listKey = "";
      this.dataRevision += 1;
      this.search.resume();
      this.fields.refresh();
    }
    this.hadHistory = hasHistory;
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("include", this.included);
    this.addEventListener("exclude", this.excluded);
    this.hadHistory = this.run.store.snapshot.historyProgress >= 1;
    for (const name of STORE_EVENTS) this.run.store.addEventListener(name, this.storeChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("include", this.included);
    this.removeEventListener("exclude", this.excluded);
    for (const name of STORE_EVENTS) this.run.store.removeEventListener(name, this.storeChanged);
    this.pages?.close();
    this.pages = undefined;
    this.listKey = "";
    this.rangeKey = "";
  }

  override willUpdate(): void {
    // An update that was due when the view went away still comes: it must not ask for pages that nobody gives back.
    if (!this.isConnected) return;
    this.freezeWindow();
    if (this.search.total !== undefined && this.options.fold === undefined) this.pages?.grow(this.search.total);
    const key = this.hasLines ? JSON.stringify([this.request(), this.options.order, this.foldKey]) : "";
    if (key === this.listKey) return;
    this.listKey = key;
    if (key !== "") this.openPages();
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

  /** Takes the page's window when its range is another one, not when the clock has merely moved on. */
  private freezeWindow(): void {
    const { from, to } = this.time.range;
    const key = `${from}|${to}`;
    if (key === this.rangeKey) return;
    this.rangeKey = key;
    this.window = this.time.window();
  }

  /** The same range as of simulated now; with the tail on, the beginning stays so that no line goes away. */
  private followNow(): void {
    const nowUs = this.run.store.nowUs();
    const { fromUs, toUs } = this.window;
    const moved = this.tailing ? fromUs : fromUs + (nowUs - toUs);
    this.window = { fromUs: moved, toUs: nowUs };
    this.tail.reset();
  }

  private openPages(): void {
    const before = this.pages;
    before?.close();
    const request = this.request();
    const { order, fold } = this.options;
    const list = { ...request, order, ...(fold === undefined ? {} : { fold }), sliceMs: SLICE_MS };
    const key = this.listKey;
    const pages = new LogPages({
      load: (offset, limit, signal) => this.loadPage({ ...list, offset, limit }, signal),
      changed: () => {
        if (this.pages !== pages && key === this.listKey) this.swapPages(pages, before);
        this.revision += 1;
      },
    });
    if (before === undefined) this.pages = pages;
    pages.want(0, 60);
  }

  /** The old list stays on the screen until the first page of the new one is there. */
  private swapPages(pages: LogPages, before: LogPages | undefined): void {
    this.arrived = Math.max(0, (pages.total ?? 0) - (before?.total ?? 0));
    this.pages = pages;
    if (this.tailing && !this.atTop && this.arrived > 0) this.list?.shift(this.arrived);
    else if (!this.tailing) this.list?.scrollToTop();
  }

  private async loadPage(request: Parameters<RunContext["queries"]["logs"]>[0], signal: AbortSignal) {
    beginActivity();
    try {
      return await this.run.queries.logs(request, signal);
    } finally {
      void this.updateComplete.then(endActivity, endActivity);
    }
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
    const failed = this.pages?.error;
    const error = failed === undefined ? this.search.error : errorOf(failed);
    const field = this.url.get("field");
    if (this.logql !== undefined && !this.hasLines) return html`${this.renderReading()}`;
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

  /** What is wrong with a query that was run; the editor underlines the place and offers fixes. */
  private renderReading(): TemplateResult | typeof nothing {
    const reading = this.reading.value;
    if (this.logql === undefined) return nothing;
    if (this.reading.error !== undefined) return html`<fd-query-error .error=${this.reading.error}></fd-query-error>`;
    if (reading?.kind !== "error") return nothing;
    return html`<fd-query-error
      language="LogQL"
      .query=${this.logql}
      .findings=${reading.diagnostics.map(({ fixes = [], ...finding }) => ({
        ...finding,
        cures: fixes.map(({ title, from, to, text }) => ({ title, edits: [{ from, to, text }] })),
      }))}
      @fix=${(event: CustomEvent<{ readonly query: string }>) => {
        this.set({ logql: event.detail.query });
      }}
    ></fd-query-error>`;
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
          this.pages?.retry();
          this.search.resume();
          this.fields.refresh();
          this.revision += 1;
        }}
      >
        Try again
      </button>
    </div>`;
  }

  private renderStatus(): TemplateResult {
    const isPatterns = this.url.get("show") === "patterns";
    return html`<div class="row status">
        <span role="tablist" aria-label="Lines as" class="row">
          ${this.tab("Lines", !isPatterns, undefined)}${this.tab("Patterns", isPatterns, "patterns")}
        </span>
        <span role="status">${this.countText()}</span>
        ${this.renderProgress()}
        <span class="soft data">${formatClock(this.window.fromUs)} – ${formatClock(this.window.toUs)} UTC</span>
        ${this.renderFollow()}
        <span class="space"></span>
        ${
          isPatterns
            ? nothing
            : html`<fd-list-options .options=${this.options} @change-url=${this.changed}></fd-list-options>`
        }
      </div>
      ${this.renderMissing()}`;
  }

  private tab(title: string, isOpen: boolean, show: string | undefined): TemplateResult {
    return html`<button
      role="tab"
      aria-selected=${isOpen ? "true" : "false"}
      @click=${() => {
        this.set({ show });
      }}
    >
      ${title}
    </button>`;
  }

  private countText(): string {
    const found = this.search.total;
    const rows = this.pages?.total;
    if (found === undefined) return "Searching …";
    const lines = `${formatNumber(found, 12)} ${found === 1 ? "line" : "lines"}`;
    if (this.options.fold === undefined || rows === undefined) return lines;
    return `${formatNumber(rows, 12)} rows of ${found > 100_000 ? `the first ${formatNumber(100_000, 9)} of ` : ""}${lines}`;
  }

  private renderProgress(): TemplateResult | typeof nothing {
    const { search } = this;
    if (search.searched >= 1) return nothing;
    const share = formatRatio(search.searched);
    if (search.isStopped) {
      return html`<span class="warning">${icon("warning", 12)} stopped after ${share} of the lines, the newest</span>
        <button
          class="link"
          @click=${() => {
            search.resume();
          }}
        >
          Go on
        </button>`;
    }
    return html`<progress max="1" .value=${search.searched} aria-label="Lines looked at"></progress>
      <span class="soft">${share} looked at</span>
      <button
        class="link"
        @click=${() => {
          search.stop();
        }}
      >
        Stop
      </button>`;
  }

  private renderFollow(): TemplateResult | typeof nothing {
    if (!this.time.following) return nothing;
    if (this.tailing && this.atTop) {
      return this.arrived > READABLE_LINES && this.run.store.snapshot.clock.running
        ? html`<span class="soft"
            >+${formatNumber(this.arrived, 9)} lines a second: the newest are shown, all are below</span
          >`
        : nothing;
    }
    const { waiting } = this.tail;
    const held = `${formatNumber(waiting, 9)} new ${waiting === 1 ? "line" : "lines"}: to the newest`;
    return html`<button
      class=${this.tailing && waiting > 0 ? "held" : "link"}
      @click=${() => {
        this.followNow();
        this.list?.scrollToTop();
      }}
    >
      ${icon("clock", 12)} ${this.tailing ? (waiting > 0 ? held : "Tail is held while you read") : "Bring up to now"}
    </button>`;
  }

  /** Lines that never came, or not yet. */
  private renderMissing(): TemplateResult | typeof nothing {
    const text = missingText(this.search.histogram?.missing);
    return text === undefined
      ? nothing
      : html`<p class="missing warning">
          ${icon("warning", 12)} ${text} <a href=${this.url.href("telemetry", {})}>Why</a>
        </p>`;
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
    const { pages, options } = this;
    if (pages?.total === 0 && this.search.total === 0 && !this.search.isRunning) {
      return html`<fd-empty-answer heading="No line matches" .filters=${LINE_FILTERS}
        >${missingText(this.search.histogram?.missing) ?? ""}</fd-empty-answer
      >`;
    }
    return html`<fd-virtual-log
      .pages=${pages}
      .revision=${this.revision}
      .opened=${new Set(parseList(this.url.get("line")))}
      .renderDetail=${this.renderDetail}
      .columns=${options.columns}
      .rowPx=${options.wrap ? ROW_PX.wrapped : ROW_PX.plain}
      ?wrap=${options.wrap}
      label="Log lines, ${options.order} first"
      @line-toggle=${(event: CustomEvent<{ readonly id: string }>) => {
        this.set({ line: toggleInList(this.url.get("line"), event.detail.id) }, true);
      }}
      @context-toggle=${(event: CustomEvent<{ readonly id: string }>) => {
        this.set({ context: toggleInList(this.url.get("context"), event.detail.id) }, true);
      }}
      @column-toggle=${this.columnToggled}
      @at-top=${(event: CustomEvent<{ readonly atTop: boolean }>) => {
        this.atTop = event.detail.atTop;
      }}
      @line-hover=${(event: CustomEvent<{ readonly timeUs: number }>) => {
        this.crosshair.point(event.detail.timeUs, this);
      }}
      @pointerleave=${() => {
        this.crosshair.leave(this);
      }}
    ></fd-virtual-log>`;
  }

  private readonly renderDetail = (line: LogLine): TemplateResult =>
    html`<fd-log-detail
      .line=${line}
      .columns=${this.options.columns}
      ?context=${parseList(this.url.get("context")).includes(line.id)}
      .traceHref=${(traceId: string) => this.url.href("trace", { trace: traceId })}
    ></fd-log-detail>`;

  private readonly toggleTail = (): void => {
    const on = !this.tailing;
    this.set({ tail: on ? "1" : undefined, ...(on ? { order: undefined } : {}) });
    if (on) {
      this.followNow();
      this.list?.scrollToTop();
    }
  };

  /** What is in the box against the rest of the window. */
  private compare(box: TimeWindow): void {
    const { logql } = this;
    const logs = logql === undefined ? { logs: logFilterOf(this.request()) } : {};
    this.url.open("compare", boxCompare({ signal: "logs", query: logql ?? "", ...logs }, box));
  }

  private readonly changed = (event: ChangeEvent): void => {
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

  /** The lines that are here, from the first on. */
  private exported(): ExportSource {
    const { pages } = this;
    const requests = requestsOf(this.read, this.window);
    const chart = this.renderRoot.querySelector<HTMLElement>("fd-logql-chart") ?? undefined;
    if (this.isMetric) return { title: this.logql ?? "", requests, ...(chart === undefined ? {} : { chart }) };
    const lines: LogLine[] = [];
    for (let line = pages?.line(0); line !== undefined; line = pages?.line(lines.length)) lines.push(line);
    return {
      title: `Logs, ${String(lines.length)} of ${String(pages?.total ?? 0)} lines`,
      table: linesTable(lines),
      json: lines,
      requests,
    };
  }

  private exhibit(): ExhibitParts | undefined {
    const { pages } = this;
    if (pages?.total === undefined) return undefined;
    const lines = Array.from({ length: Math.min(FROZEN_LINES, pages.total) }, (_, index) => pages.line(index)).filter(
      (line) => line !== undefined,
    );
    const names = ["logql", "level", "services", "q", "f"];
    const words = names.flatMap((name) => this.url.get(name) ?? []).join(" · ");
    return {
      title: words === "" ? "Logs" : `Logs: ${words}`,
      reference: { view: "logs", search: this.url.search, window: this.window },
      frozen: {
        kind: "lines",
        total: pages.total,
        lines: lines.map(({ timeUs, level, service, message }) => ({ timeUs, level, service, message })),
      },
    };
  }

  static override styles = [sharedStyles, fillStyles, logsStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-logs": LogsView;
  }
}
