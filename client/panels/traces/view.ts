/**
 * Traces: chips or TraceQL, durations over time, and what was found: as a list, as the critical path of all of it, or
 * held against another set by operation. Everything stands in the URL (traces-query.ts).
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type {
  QueryWrong,
  TraceExploreAnswer,
  TraceExploreRequest,
  TraceSetAnswer,
  TraceSetFigures,
  TraceSetRequest,
  TracesFound,
} from "../../../server/wire/traces.js";
import { formatClock, formatCount, formatDurationUs, formatNumber, formatRatio } from "../../charts/format.js";
import type { CellRange } from "../../charts/trace-heatmap-layout.js";
import "../../charts/trace-heatmap.js";
import { QueryController } from "../../controllers/query-controller.js";
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
import type { UrlState, UrlValues } from "../../state/url-state.js";
import { boxCompare } from "../../state/compare-url.js";
import { fillStyles } from "../logs/fill.styles.js";
import "./builder.js";
import { askSampling, samplingNotes } from "./sampling.js";
import type { SamplingFacts } from "./sampling.js";
import "./selection-bar.js";
import type { SelectionAct } from "./selection-bar.js";
import "./set-difference.js";
import "./set-path.js";
import { conditionsOf, withTag } from "./trace-conditions.js";
import "./trace-list.js";
import { TraceTags } from "./trace-tags.js";
import { setTable, tracesRequest, tracesTable } from "./traces-export.js";
import "./traceql-editor.js";
import {
  boxRequestOf,
  conditionsIn,
  durationValues,
  exploreRequestOf,
  formProblems,
  parseBox,
  printBox,
  queryIn,
  SET_PARAMETERS,
  setRequestOf,
  TRACE_LIMIT_DEFAULT,
  TRACE_LIMITS,
  valuesOfConditions,
  valuesOfQuery,
  withDurations,
  withoutDurations,
  zoomValues,
} from "./traces-query.js";
import { tracesViewStyles } from "./view.styles.js";

/** Cells of the heatmap: some 8 px by 6 on a wide screen. */
const HEATMAP = { columns: 150, rows: 26 };

const TABS = [
  { id: "list", title: "List" },
  { id: "path", title: "Critical path of all" },
  { id: "difference", title: "Against another set" },
] as const;

/** What a set is held against. */
const BASELINES = [
  { id: "all", title: "all that was found" },
  { id: "before", title: "as much time before" },
  { id: "query", title: "another query" },
] as const;

interface Answered<Answer> {
  readonly request: TraceExploreRequest;
  readonly answer: Answer;
}

@customElement("fd-view-traces")
export class TracesView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;

  private readonly traces = new QueryController<Answered<TraceExploreAnswer>>(this, {
    key: () => this.request(),
    run: async (signal) => {
      const request = this.request();
      return { request, answer: await this.run.queries.exploreTraces(request, signal) };
    },
  });
  private readonly vocabulary = new QueryController(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.traceVocabulary(signal),
  });
  private readonly sampling = new QueryController<SamplingFacts>(this, {
    key: () => this.time.window(),
    run: (signal) => askSampling(this.run.queries, this.time.window(), signal),
  });
  private readonly set = new QueryController<TraceSetAnswer>(this, {
    key: () => (this.tab() === "list" ? undefined : this.chosenSet()),
    run: (signal) => this.run.queries.traceSet(this.chosenSet(), signal),
  });
  private readonly baseline = new QueryController<TraceSetAnswer>(this, {
    key: () => (this.tab() === "difference" ? this.baselineSet() : undefined),
    run: (signal) => this.run.queries.traceSet(this.baselineSet(), signal),
  });
  private tags: TraceTags | undefined;

  constructor() {
    super();
    new StoreController(
      this,
      { target: () => this.url, events: ["changed"] },
      { target: () => this.time, events: ["window"] },
    );
    this.addEventListener("include", this.filtered);
    this.addEventListener("exclude", this.filtered);
  }

  private readonly read = (name: string): string | undefined => this.url.get(name);

  private request(): TraceExploreRequest {
    return exploreRequestOf(this.read, this.time.window(), HEATMAP);
  }

  private tab(): (typeof TABS)[number]["id"] {
    return TABS.find(({ id }) => id === this.url.get("tab"))?.id ?? "list";
  }

  /** The box where there is one, else all that was found. */
  private chosenSet(): TraceSetRequest {
    const all = setRequestOf(this.read, this.time.window());
    const box = parseBox(this.url.get("sel"));
    return box === undefined ? all : boxRequestOf(all, box);
  }

  private baselineSet(): TraceSetRequest {
    const all = setRequestOf(this.read, this.time.window());
    const kind = this.baselineKind();
    if (kind === "query") return { fromUs: all.fromUs, toUs: all.toUs, query: this.url.get("bq") ?? "{}" };
    if (kind === "all") return all;
    const { fromUs, toUs } = this.chosenSet();
    return { ...all, fromUs: fromUs - (toUs - fromUs), toUs: fromUs - 1 };
  }

  /** A set against itself says nothing: without a box the time before is the question. */
  private baselineKind(): (typeof BASELINES)[number]["id"] {
    const fallback = this.url.get("sel") === undefined ? "before" : "all";
    return BASELINES.find(({ id }) => id === this.url.get("base"))?.id ?? fallback;
  }

  override render(): TemplateResult {
    const { value, error } = this.traces;
    const found = value?.answer.kind === "found" ? value.answer : undefined;
    const wrong = value?.answer.kind === "wrong" ? value.answer : undefined;
    return html`<div class="view">
      ${this.renderQuery()} ${error === undefined ? nothing : html`<fd-query-error .error=${error}></fd-query-error>`}
      ${wrong === undefined ? nothing : this.renderWrong(wrong)}
      ${wrong === undefined ? this.renderHeatmap(found, value?.request) : nothing}
      ${found === undefined ? nothing : this.renderResults(found)}
    </div>`;
  }

  private knowledge(): TraceTags {
    return (this.tags ??= new TraceTags(this.run.queries));
  }

  private renderQuery(): TemplateResult {
    const query = queryIn(this.read);
    const isOwn = this.url.get("q") !== undefined;
    return html`${
        isOwn && conditionsOf(query) === undefined
          ? html`<p class="soft small row">
              This query is more than chips can say.
              <button
                class="link"
                @click=${() => {
                  this.url.set(valuesOfQuery("{}"));
                }}
              >
                Start anew with chips
              </button>
            </p>`
          : html`<fd-trace-builder
              .conditions=${conditionsIn(this.read)}
              .durations=${this.durationTexts()}
              .problems=${formProblems(this.read)}
              .vocabulary=${this.vocabulary.value}
              .knowledge=${this.knowledge()}
              @conditions-change=${(event: CustomEvent<UrlValues>) => {
                this.url.set({ ...event.detail, sel: undefined });
              }}
            ></fd-trace-builder>`
      }
      <div class="editor">
        <fd-traceql-editor
          .value=${query}
          .queries=${this.run.queries}
          .knowledge=${this.knowledge()}
          @run=${(event: CustomEvent<{ readonly query: string }>) => {
            this.url.set({ ...valuesOfQuery(event.detail.query), sel: undefined });
          }}
        ></fd-traceql-editor>
        <button
          class="primary"
          @click=${() => {
            const editor = this.renderRoot.querySelector("fd-traceql-editor");
            this.url.set({ ...valuesOfQuery(editor?.text ?? query), sel: undefined });
            this.traces.refresh();
          }}
        >
          ${icon("search", 14)} Search
        </button>
      </div>`;
  }

  private durationTexts(): Readonly<Record<string, string | undefined>> {
    return Object.fromEntries(["min", "max", "tmin", "tmax"].map((name) => [name, this.url.get(name)]));
  }

  private renderWrong({ findings }: QueryWrong): TemplateResult {
    return html`<fd-query-error
      language="TraceQL"
      .query=${queryIn(this.read)}
      .findings=${findings.map(({ fix, ...finding }) => ({
        ...finding,
        cures:
          fix === undefined ? [] : [{ title: fix.title, edits: [{ from: fix.from, to: fix.to, text: fix.insert }] }],
      }))}
      @fix=${(event: CustomEvent<{ readonly query: string }>) => {
        this.url.set(valuesOfQuery(event.detail.query));
      }}
    ></fd-query-error>`;
  }

  private renderHeatmap(found: TracesFound | undefined, request: TraceExploreRequest | undefined): TemplateResult {
    const box = parseBox(this.url.get("sel"));
    return html`<fd-trace-heatmap
        .heatmap=${found?.heatmap}
        .traces=${found?.traces ?? []}
        .total=${found?.figures.total ?? 0}
        .window=${request ?? this.time.window()}
        .selection=${box}
        .table=${this.url.get("form") === "table"}
        @trace-open=${(event: CustomEvent<{ readonly traceId: string }>) => {
          this.url.open("trace", { trace: event.detail.traceId });
        }}
        @box-select=${(event: CustomEvent<CellRange | null>) => {
          const range = event.detail;
          this.url.set({ sel: range === null ? undefined : printBox(range) }, { replace: true });
        }}
      ></fd-trace-heatmap>
      ${
        box === undefined
          ? nothing
          : html`<fd-trace-selection
              .box=${box}
              @selection-act=${(event: CustomEvent<{ readonly act: SelectionAct }>) => {
                this.act(event.detail.act);
              }}
            ></fd-trace-selection>`
      }`;
  }

  private act(act: SelectionAct): void {
    const box = parseBox(this.url.get("sel"));
    if (box === undefined) return;
    const acts: Readonly<Record<SelectionAct, () => void>> = {
      clear: () => {
        this.url.set({ sel: undefined }, { replace: true });
      },
      zoom: () => {
        this.url.set(zoomValues(box));
      },
      include: () => {
        this.url.set(durationValues(box));
      },
      exclude: () => {
        this.url.set({ ...valuesOfQuery(withoutDurations(queryIn(this.read), box)), sel: undefined });
      },
      path: () => {
        this.url.set({ tab: "path" });
      },
      compare: () => {
        const query = withDurations(queryIn(this.read), setRequestOf(this.read, this.time.window()));
        const { fromUs, toUs, minDurationUs: minimum, maxDurationUs: maximum } = box;
        this.url.open("compare", boxCompare({ signal: "traces", query }, { fromUs, toUs, minimum, maximum }));
      },
    };
    acts[act]();
  }

  private renderResults(found: TracesFound): TemplateResult {
    const { figures, traces } = found;
    if (figures.total === 0) return this.renderEmpty(found);
    const tab = this.tab();
    return html`<div class="row status">
        <span role="status"
          >${
            traces.length < figures.total
              ? html`<strong>${formatNumber(traces.length, 9)} of ${formatNumber(figures.total, 9)}</strong> traces
                  shown`
              : html`<strong>${formatNumber(figures.total, 9)}</strong> ${figures.total === 1 ? "trace" : "traces"}`
          }</span
        >
        <span class="data small" title="Traces a second, over the whole time"
          >${formatNumber(figures.perSecond)}/s</span
        >
        <span class="data small ${figures.failed > 0 ? "critical" : "soft"}"
          >${formatCount(figures.failed)} with errors (${formatRatio(figures.failed / figures.total)})</span
        >
        <span class="data small"
          >p50 ${formatDurationUs(figures.durationUsP50)} · p95 ${formatDurationUs(figures.durationUsP95)} · p99
          ${formatDurationUs(figures.durationUsP99)} · max ${formatDurationUs(figures.durationUsMax)}</span
        >
        ${samplingNotes(found.sampleRatio, this.sampling.value).map(
          (note) =>
            html`<span class="warning small"
              >${icon("warning", 12)} ${note} <a href=${this.url.href("telemetry", {})}>Why</a></span
            >`,
        )}
        <fd-export-menu .source=${() => this.exported(found)}></fd-export-menu>
        <fd-pin-button label="Pin search" .exhibit=${() => this.exhibit(found)}></fd-pin-button>
      </div>
      <div class="row tabs">
        <div class="row" role="tablist" aria-label="What was found">
          ${TABS.map(
            ({ id, title }) =>
              html`<button
                class="quiet"
                role="tab"
                aria-selected=${id === tab ? "true" : "false"}
                @click=${() => {
                  this.url.set({ tab: id === "list" ? undefined : id });
                }}
              >
                ${title}
              </button>`,
          )}
        </div>
        ${tab === "list" ? this.renderListTools() : nothing} ${tab === "path" ? this.renderPathTools() : nothing}
        ${tab === "difference" ? this.renderBaselineTools() : nothing}
        <button
          class="quiet end"
          aria-pressed=${this.url.get("form") === "table" ? "true" : "false"}
          @click=${() => {
            this.url.set({ form: this.url.get("form") === "table" ? undefined : "table" }, { replace: true });
          }}
        >
          ${icon("table", 14)} Durations as a table
        </button>
      </div>
      ${tab === "list" ? this.renderList(found) : this.renderSet(tab)}`;
  }

  private renderList({ traces }: TracesFound): TemplateResult {
    return html`<fd-trace-list
      .traces=${traces}
      .order=${this.request().order}
      .picked=${this.url.get("pick")}
      @order-change=${(event: CustomEvent<{ readonly order: string }>) => {
        const { order } = event.detail;
        this.url.set({ order: order === "newest" ? undefined : order });
      }}
      @trace-pick=${(event: CustomEvent<{ readonly traceId: string }>) => {
        this.pick(event.detail.traceId);
      }}
    ></fd-trace-list>`;
  }

  /** The first press picks, the second opens both side by side. */
  private pick(traceId: string): void {
    const picked = this.url.get("pick");
    if (picked === undefined) this.url.set({ pick: traceId }, { replace: true });
    else if (picked === traceId) this.url.set({ pick: undefined }, { replace: true });
    else this.url.open("trace", { trace: picked, with: traceId });
  }

  private renderListTools(): TemplateResult {
    const limit = this.request().limit;
    const { order } = this.request();
    return html`<label class="inline"
        ><span class="soft small">At most</span>
        <select
          aria-label="Traces listed at most"
          @change=${(event: Event) => {
            const { value } = event.target as HTMLSelectElement;
            this.url.set({ limit: Number(value) === TRACE_LIMIT_DEFAULT ? undefined : value });
          }}
        >
          ${TRACE_LIMITS.map(
            (choice) => html`<option value=${choice} ?selected=${choice === limit}>${formatNumber(choice, 9)}</option>`,
          )}
        </select>
      </label>
      <button
        class="quiet"
        aria-pressed=${order === "spread" ? "true" : "false"}
        title="A choice that is even over the time, in place of the newest or the slowest"
        @click=${() => {
          this.url.set({ order: order === "spread" ? undefined : "spread" });
        }}
      >
        Evenly over the time
      </button>
      ${
        this.url.get("pick") === undefined
          ? nothing
          : html`<span class="small">A is picked: press B on the trace to compare it with.</span>`
      }`;
  }

  private renderPathTools(): TemplateResult {
    const by = this.url.get("by") === "service" ? "service" : "operation";
    return html`${(["operation", "service"] as const).map(
      (choice) =>
        html`<button
          class="quiet"
          aria-pressed=${choice === by ? "true" : "false"}
          @click=${() => {
            this.url.set({ by: choice === "operation" ? undefined : choice });
          }}
        >
          By ${choice}
        </button>`,
    )}`;
  }

  private renderBaselineTools(): TemplateResult {
    const kind = this.baselineKind();
    return html`<label class="inline"
        ><span class="soft small">${this.url.get("sel") === undefined ? "What was found" : "The box"} against</span>
        <select
          @change=${(event: Event) => {
            this.url.set({ base: (event.target as HTMLSelectElement).value });
          }}
        >
          ${BASELINES.map(({ id, title }) => html`<option value=${id} ?selected=${id === kind}>${title}</option>`)}
        </select></label
      >
      ${
        kind === "query"
          ? html`<input
              class="data"
              aria-label="TraceQL of the baseline"
              .value=${this.url.get("bq") ?? "{}"}
              @change=${(event: Event) => {
                this.url.set({ bq: (event.target as HTMLInputElement).value });
              }}
            />`
          : nothing
      }`;
  }

  private renderSet(tab: "path" | "difference"): TemplateResult {
    const answers = tab === "path" ? [this.set] : [this.set, this.baseline];
    const error = answers.find((answer) => answer.error !== undefined)?.error;
    const wrong = answers.map(({ value }) => value).find((value) => value?.kind === "wrong");
    if (error !== undefined) return html`<fd-error-notice .error=${error}></fd-error-notice>`;
    if (wrong?.kind === "wrong") return this.renderWrong(wrong);
    if (answers.some(({ value }) => value === undefined))
      return html`<p class="soft" role="status">Walking the paths…</p>`;
    if (tab === "path") {
      return html`<fd-trace-set-path
        .figures=${figuresOf(this.set.value)}
        .by=${this.url.get("by") === "service" ? "service" : "operation"}
        .subject=${this.url.get("sel") === undefined ? "the traces found" : "the traces in the box"}
      ></fd-trace-set-path>`;
    }
    return html`<fd-trace-set-difference
      .selection=${figuresOf(this.set.value)}
      .baseline=${figuresOf(this.baseline.value)}
    ></fd-trace-set-difference>`;
  }

  private renderEmpty({ sampleRatio }: TracesFound): TemplateResult {
    const notes = samplingNotes(sampleRatio, this.sampling.value);
    return html`<fd-empty-answer heading="No trace matches" .filters=${SET_PARAMETERS}
      >${notes.join(" ")}</fd-empty-answer
    >`;
  }

  /** From pivots in the tables: an operation, or any attribute. */
  private readonly filtered = (event: Event): void => {
    const { field, value } = (event as CustomEvent<{ readonly field: string; readonly value: string }>).detail;
    event.stopPropagation();
    const conditions = conditionsIn(this.read);
    const isIncluded = event.type === "include";
    if (isIncluded && field === "name") this.url.set({ operation: value, q: undefined, tab: undefined });
    else if (isIncluded && (field === "service" || field === "service.name"))
      this.url.set({ service: value, q: undefined });
    else if (field === "name") {
      const others = `{ name = ${JSON.stringify(value)} }`;
      this.url.set(valuesOfQuery(`${queryIn(this.read)} && { nestedSetParent < 0 } !>> ${others}`));
    } else {
      const tag = { name: field, operator: isIncluded ? ("=" as const) : ("!=" as const), value };
      this.url.set(valuesOfConditions({ ...conditions, tags: withTag(conditions.tags, tag) }));
    }
  };

  private exported({ traces }: TracesFound): ExportSource {
    const figures = this.tab() === "list" ? undefined : figuresOf(this.set.value);
    const by = this.url.get("by") === "service" ? "service" : "operation";
    const chart = this.renderRoot.querySelector("fd-trace-heatmap");
    const { fromUs, toUs } = this.time.window();
    return {
      title: `Traces ${queryIn(this.read)}`,
      caption: `Durations of traces, ${formatClock(fromUs)} to ${formatClock(toUs)} UTC`,
      table: figures === undefined ? tracesTable(traces) : setTable(figures, by),
      requests: [tracesRequest(this.read, this.time.window(), this.request().limit)],
      ...(chart === null ? {} : { chart }),
    };
  }

  private exhibit(found: TracesFound): ExhibitParts {
    const { figures, sampleRatio } = found;
    return {
      title: `Traces: ${queryIn(this.read)}`,
      reference: { view: "traces", search: this.url.search, window: this.time.window() },
      frozen: {
        kind: "facts",
        facts: [
          { name: "TraceQL", value: queryIn(this.read) },
          { name: "traces found", value: String(figures.total) },
          {
            name: "with errors",
            value: `${String(figures.failed)} (${formatRatio(figures.failed / Math.max(1, figures.total))})`,
          },
          { name: "median duration", value: formatDurationUs(figures.durationUsP50) },
          { name: "95th percentile", value: formatDurationUs(figures.durationUsP95) },
          { name: "longest", value: formatDurationUs(figures.durationUsMax) },
          ...samplingNotes(sampleRatio, this.sampling.value).map((value) => ({ name: "sampling", value })),
        ],
      },
    };
  }

  static override styles = [sharedStyles, fillStyles, tracesViewStyles];
}

const figuresOf = (answer: TraceSetAnswer | undefined): TraceSetFigures | undefined =>
  answer?.kind === "found" ? answer : undefined;

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-traces": TracesView;
  }
}
