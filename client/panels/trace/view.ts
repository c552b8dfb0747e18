/**
 * One trace: as a waterfall, a flame graph over time, a table, or beside another trace; and with it the chosen span or the
 * logs of the trace. Everything stands in the URL: `trace`, `span`, `form`, `with` (the other trace), `zoom`, `depth`,
 * `fold` (a service), `closed` (rows that are the other way), `pane`, `find`, `align` (clocks put right).
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import type { Trace, TraceVocabulary } from "../../../server/wire/telemetry.js";
import type { ZoomRange } from "../../charts/waterfall-rows.js";
import { buildTraceTree } from "../../charts/waterfall-tree.js";
import type { TraceNode, TraceTree } from "../../charts/waterfall-tree.js";
import "../../charts/waterfall.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState, UrlValues } from "../../state/url-state.js";
import { findDeep } from "../shell/find-deep.js";
import { fillStyles } from "../logs/fill.styles.js";
import { printFilters } from "../logs/field-filters.js";
import "./statistics-table.js";
import "./trace-compare.js";
import "./trace-details.js";
import { traceExhibit, traceExport } from "./trace-export.js";
import "./trace-flame.js";
import { FoldedRows, foldsChanged, rowToggled } from "./trace-folds.js";
import { traceFormOf } from "./trace-forms.js";
import "./trace-head.js";
import "./trace-notices.js";
import { readTrace, skewedSpans } from "./trace-reading.js";
import type { TraceReading } from "./trace-reading.js";
import { parseZoom, printZoom, SpanSearch } from "./trace-search.js";
import "./trace-tools.js";
import { traceViewStyles } from "./view.styles.js";

/** Spans of a trace that is still open come in; look again after this long. */
const INCOMPLETE_REFRESH_MS = 3_000;

@customElement("fd-view-trace")
export class TraceView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  private reading: TraceReading | undefined;
  private readonly search = new SpanSearch();
  private readonly folded = new FoldedRows();
  private otherTree: TraceTree | undefined;
  private otherFrom: Trace | undefined;

  private readonly trace = new QueryController<Trace>(this, {
    key: () => this.url.get("trace"),
    run: (signal) => this.run.queries.trace(this.url.get("trace") ?? "", signal),
    refreshMs: (): number | undefined =>
      this.trace.value?.complete === false && this.run.store.snapshot.clock.running ? INCOMPLETE_REFRESH_MS : undefined,
  });
  private readonly other = new QueryController<Trace>(this, {
    key: () => this.url.get("with"),
    run: (signal) => this.run.queries.trace(this.url.get("with") ?? "", signal),
  });
  private readonly vocabulary = new QueryController<TraceVocabulary>(this, {
    key: () => this.run.runId,
    run: (signal) => this.run.queries.traceVocabulary(signal),
  });

  constructor() {
    super();
    new StoreController(this, { target: () => this.url, events: ["changed"] });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("include", this.filtered);
    this.addEventListener("exclude", this.filtered);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("include", this.filtered);
    this.removeEventListener("exclude", this.filtered);
  }

  override willUpdate(): void {
    const other = this.other.value;
    if (other !== undefined && other !== this.otherFrom) {
      this.otherFrom = other;
      this.otherTree = buildTraceTree(other);
    }
    const trace = this.trace.value;
    const aligned = this.url.get("align") === "1";
    const isRead = trace === this.reading?.trace && aligned === this.reading?.aligned;
    if (trace !== undefined && !isRead) this.reading = readTrace(trace, { aligned });
  }

  private readonly read = (name: string): string | undefined => this.url.get(name);

  override render(): TemplateResult {
    const { reading } = this;
    if (this.url.get("trace") === undefined) {
      return html`<fd-empty-state heading="No trace chosen">
        Pick one in the <a href=${this.url.href("traces")}>list of traces</a>, or click a trace id anywhere.
      </fd-empty-state>`;
    }
    const error = this.trace.error;
    return html`<div class="view">
      ${error === undefined ? nothing : html`<fd-error-notice .error=${error}></fd-error-notice>`}
      ${reading === undefined || (error !== undefined && this.trace.stale) ? nothing : this.renderTrace(reading)}
    </div>`;
  }

  private renderTrace(reading: TraceReading): TemplateResult {
    const { tree } = reading;
    const root = tree.roots[0];
    if (root === undefined) {
      return html`<fd-empty-state heading="No span has ended yet">
        The trace fills as its spans end.
        <button
          @click=${() => {
            this.trace.refresh();
          }}
        >
          Look again
        </button>
      </fd-empty-state>`;
    }
    const head = this.renderHead(tree, root);
    if (this.url.get("with") !== undefined) return html`${head}${this.renderComparison(tree)}`;
    const selected = tree.byId.get(this.url.get("span") ?? "") ?? root;
    const matches = this.search.find(tree, this.url.get("find") ?? "");
    return html`
      ${head} ${this.renderNotices(reading)}
      <fd-trace-tools .tree=${tree} .selected=${selected} .found=${matches}></fd-trace-tools>
      <div class="panes">
        ${this.renderForm({ reading, selected, matches })}
        <aside aria-label="Details">
          <fd-trace-details
            .reading=${reading}
            .selected=${selected}
            @span-select=${this.selectSpan}
          ></fd-trace-details>
        </aside>
      </div>
    `;
  }

  private renderHead(tree: TraceTree, root: TraceNode): TemplateResult {
    return html`<fd-trace-head
      .tree=${tree}
      .root=${root}
      .source=${() => this.exported()}
      .exhibit=${() => this.exhibit()}
    ></fd-trace-head>`;
  }

  private renderNotices(reading: TraceReading): TemplateResult {
    return html`<fd-trace-notices
      .reading=${reading}
      .services=${new Set(this.vocabulary.value?.services.map(({ service }) => service))}
      @span-go=${(event: CustomEvent<{ readonly spanId: string | undefined }>) => {
        this.url.set({ span: event.detail.spanId, pane: undefined }, { replace: true });
      }}
      @align-change=${(event: CustomEvent<{ readonly on: boolean }>) => {
        this.url.set({ align: event.detail.on ? "1" : undefined });
      }}
    ></fd-trace-notices>`;
  }

  private renderForm({ reading, selected, matches }: Shown): TemplateResult {
    const { tree, path } = reading;
    const forms = {
      waterfall: () => this.renderWaterfall({ reading, selected, matches }),
      flame: () =>
        html`<fd-trace-flame .tree=${tree} .selected=${selected.span.spanId} .found=${matches}></fd-trace-flame>`,
      table: () =>
        html`<fd-trace-statistics
          .tree=${tree}
          .path=${path}
          .by=${this.url.get("by") === "service" ? "service" : "operation"}
          .sort=${this.url.get("sort") ?? "critical"}
          @span-select=${this.selectSpan}
          @table-change=${(event: CustomEvent<UrlValues>) => {
            this.url.set(event.detail, { replace: true });
          }}
        ></fd-trace-statistics>`,
    };
    return forms[traceFormOf(this.url.get("form"))]();
  }

  private renderWaterfall({ reading, selected, matches }: Shown): TemplateResult {
    const { tree, path, gaps } = reading;
    return html`<fd-waterfall
      .tree=${tree}
      .path=${path}
      .gaps=${gaps}
      .collapsed=${this.folded.collapsed(this.read, tree, selected)}
      .selected=${selected.span.spanId}
      .found=${matches}
      .zoom=${parseZoom(this.url.get("zoom"))}
      .skewed=${skewedSpans(reading)}
      @span-select=${this.selectSpan}
      @row-toggle=${(event: CustomEvent<{ readonly spanId: string; readonly closed: boolean }>) => {
        this.url.set(rowToggled(this.read, event.detail, selected), { replace: true });
      }}
      @depth-change=${(event: CustomEvent<{ readonly depth: number | undefined }>) => {
        const { depth } = event.detail;
        this.url.set(foldsChanged({ depth, service: undefined }, selected, tree), { replace: true });
      }}
      @zoom-change=${(event: CustomEvent<{ readonly zoom: ZoomRange | undefined }>) => {
        this.url.set({ zoom: printZoom(event.detail.zoom) }, { replace: true });
      }}
    ></fd-waterfall>`;
  }

  private renderComparison(tree: TraceTree): TemplateResult {
    const { error } = this.other;
    return html`<p class="row">
        <button
          @click=${() => {
            this.url.set({ with: undefined });
          }}
        >
          ${icon("close", 14)} Only this trace
        </button>
        <button
          @click=${() => {
            this.url.set({ trace: this.url.get("with"), with: this.url.get("trace") });
          }}
        >
          Swap A and B
        </button>
      </p>
      ${error === undefined ? nothing : html`<fd-error-notice .error=${error}></fd-error-notice>`}
      ${
        this.otherTree === undefined || error !== undefined
          ? nothing
          : html`<fd-trace-compare
              .one=${tree}
              .other=${this.otherTree}
              ?changedOnly=${this.url.get("changed") === "1"}
              @changed-only=${(event: CustomEvent<{ readonly on: boolean }>) => {
                this.url.set({ changed: event.detail.on ? "1" : undefined }, { replace: true });
              }}
              @trace-span=${(event: CustomEvent<{ readonly traceId: string; readonly spanId: string }>) => {
                this.url.open("trace", { trace: event.detail.traceId, span: event.detail.spanId });
              }}
            ></fd-trace-compare>`
      }`;
  }

  private readonly selectSpan = (event: CustomEvent<{ readonly spanId: string }>): void => {
    event.stopPropagation();
    const fromTable = this.url.get("form") === "table";
    this.url.set({ span: event.detail.spanId, ...(fromTable && { form: undefined }) }, { replace: !fromTable });
  };

  /** Include and exclude lead to the search: one trace has nothing to narrow. */
  private readonly filtered = (event: Event): void => {
    const { field, value } = (event as CustomEvent<{ readonly field: string; readonly value: string }>).detail;
    if (field === "service" && event.type === "include") {
      this.url.open("traces", { service: value });
      return;
    }
    const operator = event.type === "include" ? "=" : "!=";
    this.url.open("traces", { f: printFilters([{ name: field, operator, value }]) });
  };

  private exported(): ExportSource {
    const { reading } = this;
    if (reading === undefined) return { title: "Trace" };
    const chart = findDeep(this.renderRoot, "fd-waterfall, fd-flame");
    return { ...traceExport(reading), ...(chart instanceof HTMLElement ? { chart } : {}) };
  }

  private exhibit(): ExhibitParts | undefined {
    const parts = this.reading === undefined ? undefined : traceExhibit(this.reading);
    const reference = { view: "trace", search: this.url.search, window: this.time.window() };
    return parts === undefined ? undefined : { ...parts, reference };
  }

  static override styles = [sharedStyles, fillStyles, traceViewStyles];
}

interface Shown {
  readonly reading: TraceReading;
  readonly selected: TraceNode;
  readonly matches: ReadonlySet<string> | undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-trace": TraceView;
  }
}
