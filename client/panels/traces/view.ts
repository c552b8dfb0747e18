/**
 * Traces: chips or TraceQL, durations over time, and what was found: as a list, as the critical path of all of it, or
 * held against another set by operation. Everything stands in the URL (traces-query.ts).
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { TraceExploreAnswer, TraceExploreRequest, TracesFound } from "../../../server/wire/traces.js";
import { formatClock } from "../../charts/format.js";
import type { CellRange } from "../../charts/trace-heatmap-layout.js";
import "../../charts/trace-heatmap.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-answer.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import "../../elements/pin-button.js";
import "../../elements/query-error.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { boxCompare } from "../../state/compare-url.js";
import { fillStyles } from "../logs/fill.styles.js";
import "./found-figures.js";
import "./found-tabs.js";
import "./query-form.js";
import { askSampling, samplingNotes } from "./sampling.js";
import type { SamplingFacts } from "./sampling.js";
import "./selection-bar.js";
import type { SelectionAct } from "./selection-bar.js";
import "./trace-list.js";
import "./trace-set.js";
import { groupingOf, traceTabOf } from "./trace-sets.js";
import "./traceql-findings.js";
import { setTable, tracesExhibit, tracesRequest, tracesTable } from "./traces-export.js";
import {
  boxBounds,
  durationValues,
  exploreRequestOf,
  filterValues,
  parseBox,
  printBox,
  queryIn,
  SET_PARAMETERS,
  setRequestOf,
  valuesOfQuery,
  withDurations,
  withoutDurations,
  zoomValues,
} from "./traces-query.js";
import { tracesViewStyles } from "./view.styles.js";

/** Cells of the heatmap: some 8 px by 6 on a wide screen. */
const HEATMAP = { columns: 150, rows: 26 };

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
  private readonly sampling = new QueryController<SamplingFacts>(this, {
    key: () => this.time.window(),
    run: (signal) => askSampling(this.run.queries, this.time.window(), signal),
  });

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

  override render(): TemplateResult {
    const { value, error } = this.traces;
    const found = value?.answer.kind === "found" ? value.answer : undefined;
    const wrong = value?.answer.kind === "wrong" ? value.answer : undefined;
    return html`<div class="view">
      <fd-traces-query
        @search=${() => {
          this.traces.refresh();
        }}
      ></fd-traces-query>
      ${error === undefined ? nothing : html`<fd-query-error .error=${error}></fd-query-error>`}
      ${
        wrong === undefined
          ? nothing
          : html`<fd-traceql-findings .query=${queryIn(this.read)} .findings=${wrong.findings}></fd-traceql-findings>`
      }
      ${wrong === undefined ? this.renderHeatmap(found, value?.request) : nothing}
      ${found === undefined ? nothing : this.renderResults(found)}
    </div>`;
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
        this.url.open("compare", boxCompare({ signal: "traces", query }, boxBounds(box)));
      },
    };
    acts[act]();
  }

  private renderResults(found: TracesFound): TemplateResult {
    const { figures, traces } = found;
    if (figures.total === 0) return this.renderEmpty(found);
    return html`<div class="row status">
        <fd-found-figures
          .figures=${figures}
          .listed=${traces.length}
          .notes=${samplingNotes(found.sampleRatio, this.sampling.value)}
          whyHref=${this.url.href("telemetry", {})}
        ></fd-found-figures>
        <fd-export-menu .source=${() => this.exported(found)}></fd-export-menu>
        <fd-pin-button label="Pin search" .exhibit=${() => this.exhibit(found)}></fd-pin-button>
      </div>
      <fd-found-tabs .limit=${this.request().limit} .order=${this.request().order}></fd-found-tabs>
      ${traceTabOf(this.read) === "list" ? this.renderList(found) : html`<fd-trace-set></fd-trace-set>`}`;
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
    this.url.set(filterValues(this.read, { field, value, isIncluded: event.type === "include" }));
  };

  private exported({ traces }: TracesFound): ExportSource {
    const figures = this.renderRoot.querySelector("fd-trace-set")?.figures;
    const chart = this.renderRoot.querySelector("fd-trace-heatmap");
    const { fromUs, toUs } = this.time.window();
    return {
      title: `Traces ${queryIn(this.read)}`,
      caption: `Durations of traces, ${formatClock(fromUs)} to ${formatClock(toUs)} UTC`,
      table: figures === undefined ? tracesTable(traces) : setTable(figures, groupingOf(this.read)),
      requests: [tracesRequest(this.read, this.time.window(), this.request().limit)],
      ...(chart === null ? {} : { chart }),
    };
  }

  private exhibit(found: TracesFound): ExhibitParts {
    const notes = samplingNotes(found.sampleRatio, this.sampling.value);
    const reference = { view: "traces", search: this.url.search, window: this.time.window() };
    return { ...tracesExhibit(queryIn(this.read), found.figures, notes), reference };
  }

  static override styles = [sharedStyles, fillStyles, tracesViewStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-traces": TracesView;
  }
}
