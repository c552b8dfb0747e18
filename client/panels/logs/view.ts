/**
 * Logs: a histogram by level, fields with their most frequent values, and every line that matches. List, histogram and
 * fields answer for one and the same window, which stands still while one reads; live tail lets it follow the clock.
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { LogLine, LogsRequest, TimeWindow } from "../../../server/wire/telemetry.js";
import { formatClock, formatNumber } from "../../charts/format.js";
import "../../charts/histogram.js";
import { LogPages } from "../../charts/virtual-log-pages.js";
import type { VirtualLog } from "../../charts/virtual-log.js";
import "../../charts/virtual-log.js";
import { errorOf, QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { beginActivity, endActivity } from "../../state/activity.js";
import { crosshairContext, runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { CrosshairModel } from "../../state/crosshair.js";
import type { UrlState } from "../../state/url-state.js";
import { parseFilters, parseList, printFilters, toggleFilter, toggleInList } from "./field-filters.js";
import "./field-sidebar.js";
import { fillStyles } from "./fill.styles.js";
import "./log-detail.js";
import { filterChange, LOG_LEVELS, logsRequestOf } from "./logs-query.js";
import { logsStyles } from "./view.styles.js";

const BUCKETS = 120;
/** Wall time between two looks for newer lines while the tail is live. */
const TAIL_EVERY_MS = 2_000;
/** Lines that an exhibit keeps. */
const FROZEN_LINES = 50;

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
  @state() private helpOpen = false;
  @query("fd-virtual-log") private readonly list!: VirtualLog | null;
  private rangeKey = "";
  private requestKey = "";
  private tailTimer: ReturnType<typeof setInterval> | undefined;

  private readonly histogram = new QueryController(this, {
    key: () => this.request(),
    run: (signal) => this.run.queries.logHistogram({ ...this.request(), buckets: BUCKETS }, signal),
  });
  private readonly fields = new QueryController(this, {
    key: () => this.request(),
    run: (signal) => this.run.queries.logFields(this.request(), signal),
  });
  private readonly vocabulary = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.traceVocabulary(signal),
  });

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("include", this.included);
    this.addEventListener("exclude", this.excluded);
    this.tailTimer = setInterval(() => {
      if (this.tailing && this.atTop && this.run.store.snapshot.clock.running) this.followNow();
    }, TAIL_EVERY_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("include", this.included);
    this.removeEventListener("exclude", this.excluded);
    clearInterval(this.tailTimer);
    this.pages?.close();
    this.pages = undefined;
    this.requestKey = "";
    this.rangeKey = "";
  }

  override willUpdate(): void {
    this.freezeWindow();
    const key = JSON.stringify(this.request());
    if (key === this.requestKey) return;
    this.requestKey = key;
    this.openPages();
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
  }

  private openPages(): void {
    const before = this.pages;
    before?.close();
    const request = this.request();
    const pages = new LogPages({
      load: (offset, limit, signal) => this.loadPage({ ...request, offset, limit }, signal),
      changed: () => {
        if (this.pages !== pages) this.swapPages(pages, before);
        this.revision += 1;
      },
    });
    if (before === undefined) this.pages = pages;
    pages.want(0, 60);
  }

  /** The old list stays on the screen until the first page of the new one is there. */
  private swapPages(pages: LogPages, before: LogPages | undefined): void {
    if (JSON.stringify(this.request()) !== this.requestKey) return;
    const grown = (pages.total ?? 0) - (before?.total ?? 0);
    this.pages = pages;
    if (this.tailing && !this.atTop && grown > 0) this.list?.shift(grown);
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
    return this.url.get("tail") === "1" && this.time.following;
  }

  private readonly read = (name: string): string | undefined => this.url.get(name);

  private request(): LogsRequest {
    return logsRequestOf(this.read, this.window);
  }

  override render(): TemplateResult {
    const failed = this.pages?.error;
    const error = failed === undefined ? this.histogram.error : errorOf(failed);
    return html`<div class="view">
      ${this.renderSearch()} ${this.renderFilters()}
      <fd-log-histogram .histogram=${this.histogram.value} .window=${this.window}></fd-log-histogram>
      ${error === undefined ? nothing : this.renderError(error)}
      <div class="panes">
        <fd-field-sidebar
          .fields=${this.fields.value}
          .error=${this.fields.error}
          .filters=${this.filters()}
          @include=${this.included}
          @exclude=${this.excluded}
        ></fd-field-sidebar>
        <section aria-label="Lines">${this.renderStatus()} ${this.renderLines()}</section>
      </div>
    </div>`;
  }

  private renderSearch(): TemplateResult {
    const levels = parseList(this.url.get("level"));
    return html`<form
      class="row"
      role="search"
      aria-label="Search logs"
      @submit=${(event: Event) => {
        event.preventDefault();
      }}
    >
      <label class="text">
        <span class="visually-hidden">Words in the message or a field</span>
        <input
          type="search"
          name="q"
          placeholder='Words, "a phrase", -without'
          .value=${this.url.get("q") ?? ""}
          @change=${(event: Event) => {
            this.set({ q: (event.target as HTMLInputElement).value });
          }}
        />
      </label>
      <button
        class="quiet"
        type="button"
        aria-expanded=${this.helpOpen ? "true" : "false"}
        aria-controls="help"
        @click=${() => {
          this.helpOpen = !this.helpOpen;
        }}
      >
        ${icon("help", 14)}<span class="visually-hidden">How to search</span>
      </button>
      <div class="levels" role="group" aria-label="Levels">
        ${LOG_LEVELS.map(
          (level) =>
            html`<button
              type="button"
              aria-pressed=${levels.includes(level) ? "true" : "false"}
              @click=${() => {
                this.set({ level: toggleInList(this.url.get("level"), level) });
              }}
            >
              ${level}
            </button>`,
        )}
      </div>
      <label>
        <span class="visually-hidden">Service</span>
        <select
          @change=${(event: Event) => {
            this.set({ services: (event.target as HTMLSelectElement).value });
          }}
        >
          ${this.serviceOptions()}
        </select>
      </label>
      <button
        type="button"
        aria-pressed=${this.tailing ? "true" : "false"}
        ?disabled=${!this.time.following}
        title=${this.time.following ? "Show new lines as they are written" : "Choose a range that ends now to follow it"}
        @click=${this.toggleTail}
      >
        ${icon(this.tailing ? "pause" : "play", 12)} Live tail
      </button>
      <fd-pin-button label="Pin search" .exhibit=${() => this.exhibit()}></fd-pin-button>
      ${this.helpOpen ? searchHelp() : nothing}
    </form>`;
  }

  private serviceOptions(): TemplateResult {
    const chosen = parseList(this.url.get("services"));
    const known = this.vocabulary.value?.services.map(({ service }) => service) ?? [];
    const several = chosen.length > 1 ? [chosen.join(",")] : [];
    const single = [...new Set([...known, ...(chosen.length === 1 ? chosen : [])])].sort();
    const value = chosen.join(",");
    return html`<option value="" ?selected=${value === ""}>All services</option>
      ${[...several, ...single].map(
        (option) =>
          html`<option value=${option} ?selected=${option === value}>${option.replaceAll(",", ", ")}</option>`,
      )}`;
  }

  private filters() {
    const parsed = parseFilters(this.url.get("f") ?? "");
    return parsed.ok ? parsed.filters : [];
  }

  /** Filters in force, each with a button that takes it away; and the line to type one. */
  private renderFilters(): TemplateResult {
    const parsed = parseFilters(this.url.get("f") ?? "");
    const trace = this.url.get("trace");
    return html`<div class="row filters" role="group" aria-label="Filters">
      ${
        trace === undefined
          ? nothing
          : html`<span class="tag data"
                >trace_id = ${trace} ${this.removeButton("the trace filter", { trace: undefined })}</span
              >
              <a href=${this.url.href("trace", { trace })}>${icon("waterfall", 14)} Open this trace</a>`
      }
      ${
        parsed.ok
          ? parsed.filters.map((filter) => {
              const next = printFilters(toggleFilter(parsed.filters, filter));
              return html`<span class="tag data"
                >${filter.name} ${filter.operator === "=" ? "=" : "≠"} ${filter.value}
                ${this.removeButton(`the filter on ${filter.name}`, { f: next })}</span
              >`;
            })
          : html`<span class="critical small" role="alert">${parsed.message}</span>`
      }
      <label class="add">
        <span class="visually-hidden">Add a field filter</span>
        <input
          class="data"
          placeholder="+ field=value"
          .value=${parsed.ok ? "" : (this.url.get("f") ?? "")}
          @change=${(event: Event) => {
            this.addFilter(event.target as HTMLInputElement, parsed.ok);
          }}
        />
      </label>
    </div>`;
  }

  private removeButton(what: string, change: Readonly<Record<string, string | undefined>>): TemplateResult {
    return html`<button
      class="quiet remove"
      aria-label="Remove ${what}"
      @click=${() => {
        this.set(change);
      }}
    >
      ${icon("close", 10)}
    </button>`;
  }

  private addFilter(input: HTMLInputElement, append: boolean): void {
    const before = append ? (this.url.get("f") ?? "") : "";
    const text = `${before} ${input.value}`.trim();
    input.value = "";
    this.set({ f: text });
  }

  private renderError(error: ApiError): TemplateResult {
    return html`<div class="row failed">
      <fd-error-notice .error=${error}></fd-error-notice>
      <button
        @click=${() => {
          this.pages?.retry();
          this.histogram.refresh();
          this.fields.refresh();
          this.revision += 1;
        }}
      >
        Try again
      </button>
    </div>`;
  }

  private renderStatus(): TemplateResult {
    const total = this.pages?.total;
    return html`<div class="row status">
      <span role="status"
        >${total === undefined ? "Searching …" : `${formatNumber(total, 12)} ${total === 1 ? "line" : "lines"}`}</span
      >
      <span class="soft data">${formatClock(this.window.fromUs)} – ${formatClock(this.window.toUs)} UTC</span>
      ${
        this.time.following && !(this.tailing && this.atTop)
          ? html`<button
              class="link"
              @click=${() => {
                this.followNow();
                this.list?.scrollToTop();
              }}
            >
              ${icon("clock", 12)}
              ${this.tailing ? "Tail is held while you read: back to the newest" : "Bring up to now"}
            </button>`
          : nothing
      }
    </div>`;
  }

  private renderLines(): TemplateResult {
    const { pages } = this;
    if (pages?.total === 0) {
      return html`<fd-empty-state heading="No line matches">
        Widen the time range, take filters away, or look at all levels.
        <button
          @click=${() => {
            this.set({ q: undefined, level: undefined, services: undefined, trace: undefined, f: undefined });
          }}
        >
          Remove all filters
        </button>
      </fd-empty-state>`;
    }
    return html`<fd-virtual-log
      .pages=${pages}
      .revision=${this.revision}
      .opened=${new Set(parseList(this.url.get("line")))}
      .renderDetail=${this.renderDetail}
      @line-toggle=${(event: CustomEvent<{ readonly id: string }>) => {
        this.set({ line: toggleInList(this.url.get("line"), event.detail.id) }, true);
      }}
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
      .traceHref=${(traceId: string) => this.url.href("trace", { trace: traceId })}
    ></fd-log-detail>`;

  private readonly toggleTail = (): void => {
    const on = !this.tailing;
    this.set({ tail: on ? "1" : undefined });
    if (on) {
      this.followNow();
      this.list?.scrollToTop();
    }
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
    this.set(filterChange(this.read, field, value, operator));
  }

  private set(values: Readonly<Record<string, string | undefined>>, replace = false): void {
    const entries = Object.entries(values).map(([name, value]) => [name, value === "" ? undefined : value] as const);
    this.url.set(Object.fromEntries(entries), { replace });
  }

  private exhibit(): ExhibitParts | undefined {
    const { pages } = this;
    if (pages?.total === undefined) return undefined;
    const lines = Array.from({ length: Math.min(FROZEN_LINES, pages.total) }, (_, index) => pages.line(index)).filter(
      (line) => line !== undefined,
    );
    const what = [this.url.get("level"), this.url.get("services"), this.url.get("q"), this.url.get("f")];
    const words = what.filter((part) => part !== undefined).join(" · ");
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

function searchHelp(): TemplateResult {
  return html`<div id="help" class="help soft">
    <p>
      All words must occur in the message or in a field's value; upper and lower case are the same.
      <code>"connection refused"</code> is one phrase, <code>-healthz</code> leaves lines out.
    </p>
    <p>
      Fields: <code>http.route=/checkout</code>, <code>error.type!="timeout"</code>. Click a value in the list or at the
      left to include or exclude it.
    </p>
  </div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-logs": LogsView;
  }
}
