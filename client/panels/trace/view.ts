/**
 * One trace: as a waterfall, a flame graph over time, a table, or beside another trace; and with it the chosen span or the
 * logs of the trace. Everything stands in the URL: `trace`, `span`, `form`, `with` (the other trace), `zoom`, `depth`,
 * `fold` (a service), `closed` (rows that are the other way), `pane`, `find`, `align` (clocks put right).
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { LogPage, Trace, TraceVocabulary } from "../../../server/wire/telemetry.js";
import { alignClocks } from "../../charts/clock-align.js";
import { criticalPathOf } from "../../charts/critical-path.js";
import type { CriticalPath } from "../../charts/critical-path.js";
import type { FlameFrame, FlameLayout } from "../../charts/flame-layout.js";
import "../../charts/flame.js";
import type { FlameRange } from "../../charts/flame.js";
import { formatDateTime, formatDurationUs, formatRatio } from "../../charts/format.js";
import { spanFlame } from "../../charts/span-flame.js";
import { clockSkews, gapsOf, missingHalves } from "../../charts/waterfall-findings.js";
import type { ClockSkew, Gap } from "../../charts/waterfall-findings.js";
import { depthOf, foldedSpans, nextFound } from "../../charts/waterfall-folds.js";
import { revealing } from "../../charts/waterfall-rows.js";
import type { ZoomRange } from "../../charts/waterfall-rows.js";
import { operationStatistics } from "../../charts/waterfall-statistics.js";
import { buildTraceTree } from "../../charts/waterfall-tree.js";
import type { TraceNode, TraceTree } from "../../charts/waterfall-tree.js";
import "../../charts/waterfall.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import "../../elements/export-menu.js";
import type { ExportSource } from "../../elements/export-menu.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import { pivotValue, serviceValue } from "../../elements/pivot-value.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import { tempoTrace } from "../../state/export-text.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState, UrlValues } from "../../state/url-state.js";
import { fillStyles } from "../logs/fill.styles.js";
import { parseList, printFilters } from "../logs/field-filters.js";
import { spanLinks } from "./span-links.js";
import "./span-pane.js";
import type { SpanLink } from "./span-pane.js";
import "./statistics-table.js";
import "./trace-compare.js";
import "./trace-logs.js";
import { spansTable } from "./trace-export.js";
import { parseZoom, printZoom, SpanSearch } from "./trace-search.js";
import { traceViewStyles } from "./view.styles.js";

const FORMS = [
  { id: "waterfall", title: "Waterfall" },
  { id: "flame", title: "Flame" },
  { id: "table", title: "Where the time went" },
] as const;

const PANES = [
  { id: "span", title: "Span" },
  { id: "logs", title: "Logs" },
] as const;

/** Spans of a trace that is still open come in; look again after this long. */
const INCOMPLETE_REFRESH_MS = 3_000;
/** Lines of one trace that are listed; more open in the logs view. */
const LOG_LINES = 500;
const NO_SPANS: ReadonlySet<string> = new Set();
/** Logs may be written a little after the last span ended. */
const LOG_SLACK_US = 1_000_000;
/** Levels that the list of depths offers one by one. */
const DEPTHS_LISTED = 12;

@customElement("fd-view-trace")
export class TraceView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  @state() private tree: TraceTree | undefined;
  private path: CriticalPath | undefined;
  private gaps: ReadonlyMap<string, readonly Gap[]> = new Map();
  private flame: FlameLayout | undefined;
  private builtFrom: Trace | undefined;
  private builtAligned = false;
  private skews: readonly ClockSkew[] = [];
  /** By span: how far it is drawn from where its own clock puts it. */
  private movedUs: ReadonlyMap<string, number> = new Map();
  private readonly search = new SpanSearch();
  private otherTree: TraceTree | undefined;
  private otherFrom: Trace | undefined;
  /** What was folded for which address, so that a step of the selection does not walk all spans again. */
  private folded: { readonly key: string; readonly tree: TraceTree; readonly spans: ReadonlySet<string> } | undefined;

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
  private readonly logs = new QueryController<LogPage>(this, {
    key: () => (this.tree === undefined ? undefined : [this.tree.traceId, this.tree.spanCount]),
    run: (signal) => this.run.queries.logs(this.logRequest(), signal),
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

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const other = this.other.value;
    if (other !== undefined && other !== this.otherFrom) {
      this.otherFrom = other;
      this.otherTree = buildTraceTree(other);
    }
    const trace = this.trace.value;
    const aligned = this.url.get("align") === "1";
    if (trace === undefined || (trace === this.builtFrom && aligned === this.builtAligned)) return;
    this.builtFrom = trace;
    this.builtAligned = aligned;
    const asWritten = buildTraceTree(trace);
    this.skews = clockSkews(asWritten);
    const { trace: shown, movedUs } =
      aligned && this.skews.length > 0
        ? alignClocks(trace, asWritten, this.skews)
        : { trace, movedUs: new Map<string, number>() };
    this.movedUs = movedUs;
    this.tree = movedUs.size === 0 ? asWritten : buildTraceTree(shown);
    this.path = criticalPathOf(this.tree);
    this.gaps = gapsOf(this.tree);
    this.flame = undefined;
  }

  private logRequest() {
    const { tree } = this;
    const startUs = tree?.startUs ?? 0;
    const endUs = tree?.endUs ?? 0;
    return {
      fromUs: startUs - LOG_SLACK_US,
      toUs: endUs + LOG_SLACK_US,
      traceId: tree?.traceId ?? "",
      offset: 0,
      limit: LOG_LINES,
    };
  }

  override render(): TemplateResult {
    const { tree, path } = this;
    if (this.url.get("trace") === undefined) {
      return html`<fd-empty-state heading="No trace chosen">
        Pick one in the <a href=${this.url.href("traces")}>list of traces</a>, or click a trace id anywhere.
      </fd-empty-state>`;
    }
    const error = this.trace.error;
    return html`<div class="view">
      ${error === undefined ? nothing : html`<fd-error-notice .error=${error}></fd-error-notice>`}
      ${tree === undefined || path === undefined || (error !== undefined && this.trace.stale) ? nothing : this.renderTrace(tree, path)}
    </div>`;
  }

  private renderTrace(tree: TraceTree, path: CriticalPath): TemplateResult {
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
    if (this.url.get("with") !== undefined) return this.renderComparison(tree, root);
    const selected = tree.byId.get(this.url.get("span") ?? "") ?? root;
    const matches = this.search.find(tree, this.url.get("find") ?? "");
    return html`
      ${this.renderHead(tree, root)} ${this.renderNotices(tree)} ${this.renderTools(tree, selected, matches)}
      <div class="panes">
        ${this.renderForm({ tree, path, selected, matches })}
        <aside aria-label="Details">${this.renderTabs()} ${this.renderPane(tree, path, selected)}</aside>
      </div>
    `;
  }

  private form(): string {
    return this.url.get("form") ?? "waterfall";
  }

  private renderForm({ tree, path, selected, matches }: Shown): TemplateResult {
    const form = this.form();
    if (form === "flame") return this.renderFlame(tree, selected, matches);
    if (form === "table") {
      return html`<fd-trace-statistics
        .tree=${tree}
        .path=${path}
        .by=${this.url.get("by") === "service" ? "service" : "operation"}
        .sort=${this.url.get("sort") ?? "critical"}
        @span-select=${this.selectSpan}
        @table-change=${(event: CustomEvent<UrlValues>) => {
          this.url.set(event.detail, { replace: true });
        }}
      ></fd-trace-statistics>`;
    }
    return html`<fd-waterfall
      .tree=${tree}
      .path=${path}
      .gaps=${this.gaps}
      .collapsed=${this.collapsed(tree, selected)}
      .selected=${selected.span.spanId}
      .found=${matches}
      .zoom=${parseZoom(this.url.get("zoom"))}
      .skewed=${this.skewedSpans(tree)}
      @span-select=${this.selectSpan}
      @row-toggle=${(event: CustomEvent<{ readonly spanId: string; readonly closed: boolean }>) => {
        this.toggleRow(event.detail, selected);
      }}
      @depth-change=${(event: CustomEvent<{ readonly depth: number | undefined }>) => {
        this.setFolds({ depth: event.detail.depth, fold: undefined }, selected, tree);
      }}
      @zoom-change=${(event: CustomEvent<{ readonly zoom: ZoomRange | undefined }>) => {
        this.url.set({ zoom: printZoom(event.detail.zoom) }, { replace: true });
      }}
    ></fd-waterfall>`;
  }

  /** Spans of processes whose clock is wrong, so that their rows can say so. */
  private skewedSpans(tree: TraceTree): ReadonlySet<string> {
    const wrong = new Set(this.skews.map(({ instance }) => instance));
    if (wrong.size === 0) return NO_SPANS;
    const spans = [...tree.byId.values()].filter(({ span }) => wrong.has(span.instance));
    return new Set(spans.map(({ span }) => span.spanId));
  }

  private renderFlame(tree: TraceTree, selected: TraceNode, matches: ReadonlySet<string> | undefined): TemplateResult {
    this.flame ??= spanFlame(tree);
    const zoom = parseZoom(this.url.get("zoom"));
    return html`<fd-flame
      .layout=${this.flame}
      .range=${zoom === undefined ? undefined : { from: zoom.fromUs, to: zoom.toUs }}
      .selected=${selected.span.spanId}
      .found=${matches}
      .caption=${`Spans of the trace over time, ${String(tree.spanCount)} in ${String(this.flame.rows.length)} lines`}
      .subjectOf=${(frame: FlameFrame) => {
        const span = tree.byId.get(frame.id)?.span;
        if (span === undefined) return undefined;
        return { field: "name", value: span.name, service: span.service, atUs: span.startUs, traceId: tree.traceId };
      }}
      .describe=${(frame: FlameFrame) => {
        const span = tree.byId.get(frame.id)?.span;
        const failed = span?.status === "error" ? ", failed" : "";
        return `${frame.name}, ${formatDurationUs(frame.width)} at +${formatDurationUs(frame.start)}${failed}`;
      }}
      @frame-select=${(event: CustomEvent<{ readonly id: string }>) => {
        this.url.set({ span: event.detail.id }, { replace: true });
      }}
      @range-change=${(event: CustomEvent<{ readonly range: FlameRange | undefined }>) => {
        const { range } = event.detail;
        const next = range === undefined ? undefined : { fromUs: range.from, toUs: range.to };
        this.url.set({ zoom: printZoom(next) }, { replace: true });
      }}
    ></fd-flame>`;
  }

  private renderComparison(tree: TraceTree, root: TraceNode): TemplateResult {
    const { error } = this.other;
    return html`${this.renderHead(tree, root)}
      <p class="row">
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

  private folds(): { readonly depth: number | undefined; readonly service: string | undefined } {
    const depth = Number(this.url.get("depth"));
    return { depth: Number.isInteger(depth) && depth > 0 ? depth : undefined, service: this.url.get("fold") };
  }

  /** A linked span shows even where the link's collapsed rows would hide it. */
  private collapsed(tree: TraceTree, selected: TraceNode): ReadonlySet<string> {
    const toggled = new Set(parseList(this.url.get("closed")));
    const { depth, service } = this.folds();
    const key = [depth, service, ...toggled].join("|");
    if (this.folded?.key !== key || this.folded.tree !== tree) {
      this.folded = { key, tree, spans: foldedSpans(tree, { depth, service, toggled }) };
    }
    const { spans } = this.folded;
    for (let node = selected.parent; node !== undefined; node = node.parent) {
      if (spans.has(node.span.spanId)) return revealing(tree, spans, selected.span.spanId);
    }
    return spans;
  }

  private toggleRow(
    { spanId, closed }: { readonly spanId: string; readonly closed: boolean },
    selected: TraceNode,
  ): void {
    const toggled = new Set(parseList(this.url.get("closed")));
    if (toggled.has(spanId)) toggled.delete(spanId);
    else toggled.add(spanId);
    const hides = closed && isBelow(selected, spanId);
    this.url.set({ closed: [...toggled].join(",") || undefined, ...(hides && { span: spanId }) }, { replace: true });
  }

  /** A span that would be hidden hands the selection to the row that hides it. */
  private setFolds(
    { depth, fold }: { readonly depth: number | undefined; readonly fold: string | undefined },
    selected: TraceNode,
    tree: TraceTree,
  ): void {
    const folded = foldedSpans(tree, { depth, service: fold, toggled: new Set() });
    let shown = selected;
    for (let node = selected.parent; node !== undefined; node = node.parent) {
      if (folded.has(node.span.spanId)) shown = node;
    }
    this.url.set(
      { depth: depth === undefined ? undefined : String(depth), fold, closed: undefined, span: shown.span.spanId },
      { replace: true },
    );
  }

  private renderHead(tree: TraceTree, root: TraceNode): TemplateResult {
    const services = new Set([...tree.byId.values()].map(({ span }) => span.service));
    return html`<header class="row">
      <a href=${this.url.href("traces")}>${icon("undo", 14)} Traces</a>
      <h1>
        ${serviceValue(root.span.service, { atUs: root.span.startUs })}
        ${pivotValue("name", root.span.name, { service: root.span.service, atUs: root.span.startUs })}
      </h1>
      <span class="data">${formatDurationUs(root.span.durationUs)}</span>
      <span class="soft data"
        >${pivotValue("time", `${formatDateTime(root.span.startUs)} UTC`, { service: root.span.service, atUs: root.span.startUs })}</span
      >
      <span class="soft">${tree.spanCount} spans, ${services.size} services, ${depthOf(tree)} levels</span>
      ${tree.errorCount === 0 ? nothing : html`<span class="critical">${icon("critical", 14)} ${tree.errorCount} failed</span>`}
      <span class="data small"
        >${pivotValue("trace_id", tree.traceId, { service: root.span.service, atUs: root.span.startUs })}</span
      >
      <fd-export-menu .source=${() => this.exported(tree, root)}></fd-export-menu>
      <fd-pin-button label="Pin trace" .exhibit=${() => this.exhibit(tree, root)}></fd-pin-button>
    </header>`;
  }

  private renderNotices(tree: TraceTree): TemplateResult {
    const services = new Set(this.vocabulary.value?.services.map(({ service }) => service) ?? []);
    const lost = missingHalves(tree, services);
    const { skews } = this;
    const gaps = [...this.gaps.values()].flat();
    return html`${
      tree.complete
        ? nothing
        : notice("pending", "Spans of this trace are still open. Their rows appear when they end.")
    }${
      tree.orphanCount === 0
        ? nothing
        : notice(
            "warning",
            `${String(tree.orphanCount)} ${tree.orphanCount === 1 ? "span has" : "spans have"} no parent here; such rows stand at the left with a dashed border.`,
          )
    }${
      lost.length === 0
        ? nothing
        : notice(
            "warning",
            `${String(lost.length)} ${lost.length === 1 ? "call has" : "calls have"} no server side here: it was sampled out, lost or has not ended.`,
            this.goButton(lost[0]?.span.spanId, "Go to the first"),
          )
    }${skews.map(({ instance, aheadUs, calls }) =>
      notice(
        "clock",
        `The clock of ${instance} seems ${formatDurationUs(Math.abs(aheadUs))} ${aheadUs > 0 ? "ahead of" : "behind"} its callers’ (${String(calls)} ${calls === 1 ? "call" : "calls"}): its spans ${this.builtAligned ? "are drawn where they should be" : "stand in the wrong place"}, their lengths are right.`,
      ),
    )}${skews.length === 0 ? nothing : this.renderAlign()}${
      gaps.length === 0
        ? nothing
        : html`<p class="soft small notice">
            ${gaps.length} ${gaps.length === 1 ? "stretch" : "stretches"} that no span below explains (dotted):
            ${gaps
              .slice(0, 3)
              .map(
                (gap) =>
                  html`${this.goButton(gap.spanId, `${formatDurationUs(gap.toUs - gap.fromUs)} in ${tree.byId.get(gap.spanId)?.span.service ?? ""}`)} `,
              )}
          </p>`
    }`;
  }

  /** Off by default: what the clocks said is evidence too. */
  private renderAlign(): TemplateResult {
    const on = this.builtAligned;
    return html`<p class="notice">
      <button
        aria-pressed=${on ? "true" : "false"}
        @click=${() => {
          this.url.set({ align: on ? undefined : "1" });
        }}
      >
        ${icon("clock", 14)} Align the clocks
      </button>
      <span class="soft small"
        >${on ? `${String(this.movedUs.size)} of ${String(this.tree?.spanCount ?? 0)} spans are drawn elsewhere than their own clock says; each says by how much.` : "Draws each span within the call that it answers."}</span
      >
    </p>`;
  }

  private goButton(spanId: string | undefined, text: string): TemplateResult {
    return html`<button
      class="link"
      @click=${() => {
        this.url.set({ span: spanId, pane: undefined }, { replace: true });
      }}
    >
      ${text}
    </button>`;
  }

  private renderTools(tree: TraceTree, selected: TraceNode, matches: ReadonlySet<string> | undefined): TemplateResult {
    const form = this.form();
    return html`<div class="row tools">
      <div class="row forms" role="tablist" aria-label="Form of the trace">
        ${FORMS.map(
          ({ id, title }) =>
            html`<button
              class="quiet"
              role="tab"
              aria-selected=${id === form ? "true" : "false"}
              @click=${() => {
                this.url.set({ form: id === "waterfall" ? undefined : id });
              }}
            >
              ${title}
            </button>`,
        )}
      </div>
      ${form === "table" ? nothing : this.renderFind(tree, selected, matches)}
      ${form === "waterfall" ? this.renderFolds(tree, selected) : nothing}
      ${
        form === "table"
          ? nothing
          : html`<button
              ?disabled=${this.url.get("zoom") === undefined}
              @click=${() => {
                this.url.set({ zoom: undefined }, { replace: true });
              }}
            >
              ${icon("zoom", 14)} Whole trace
            </button>`
      }
      ${
        form === "waterfall"
          ? html`<span class="legend soft small"
              ><i class="path"></i>critical path <i class="waiting"></i>waiting <i class="hollow"></i>call
              <i class="gap"></i>gap</span
            >`
          : nothing
      }
    </div>`;
  }

  private renderFind(tree: TraceTree, selected: TraceNode, matches: ReadonlySet<string> | undefined): TemplateResult {
    const go = (step: 1 | -1): void => {
      const next = matches && nextFound(tree, matches, selected.span.spanId, step);
      if (next !== undefined) this.url.set({ span: next }, { replace: true });
    };
    return html`<input
        type="search"
        data-query
        aria-label="Find spans by service, operation or attribute"
        placeholder="Find spans"
        .value=${this.url.get("find") ?? ""}
        @input=${(event: Event) => {
          this.url.set({ find: (event.target as HTMLInputElement).value || undefined }, { replace: true });
        }}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
        }}
      />
      ${
        matches === undefined
          ? nothing
          : html`<span class="soft small" role="status">${matches.size} found</span>
              <button class="quiet" title="Previous (N)" ?disabled=${matches.size === 0} @click=${() => go(-1)}>
                ↑
              </button>
              <button class="quiet" title="Next (n)" ?disabled=${matches.size === 0} @click=${() => go(1)}>↓</button>`
      }`;
  }

  private renderFolds(tree: TraceTree, selected: TraceNode): TemplateResult {
    const { depth, service } = this.folds();
    const levels = Math.min(DEPTHS_LISTED, depthOf(tree) - 1);
    const own = selected.span.service;
    return html`<label class="inline"
        ><span class="soft small">Levels</span>
        <select
          @change=${(event: Event) => {
            const level = Number((event.target as HTMLSelectElement).value);
            this.setFolds({ depth: level === 0 ? undefined : level, fold: undefined }, selected, tree);
          }}
        >
          <option value="0" ?selected=${depth === undefined}>all</option>
          ${Array.from({ length: levels }, (_, at) => at + 1).map(
            (level) => html`<option value=${level} ?selected=${level === depth}>${level}</option>`,
          )}
        </select></label
      >
      <button
        aria-pressed=${service === own ? "true" : "false"}
        title="Hide what is below spans of the chosen span’s service"
        @click=${() => {
          this.setFolds({ depth: undefined, fold: service === own ? undefined : own }, selected, tree);
        }}
      >
        Fold ${own}
      </button>
      <button
        ?disabled=${depth === undefined && service === undefined && this.url.get("closed") === undefined}
        @click=${() => {
          this.url.set({ closed: undefined, depth: undefined, fold: undefined }, { replace: true });
        }}
      >
        Open all rows
      </button>`;
  }

  private renderTabs(): TemplateResult {
    const pane = this.pane();
    return html`<div class="row tabs" role="tablist" aria-label="Details">
      ${PANES.map(
        ({ id, title }) =>
          html`<button
            class="quiet"
            role="tab"
            aria-selected=${id === pane ? "true" : "false"}
            @click=${() => {
              this.url.set({ pane: id === "span" ? undefined : id }, { replace: true });
            }}
          >
            ${title}${id === "logs" && this.logs.value !== undefined ? ` (${String(this.logs.value.total)})` : ""}
          </button>`,
      )}
    </div>`;
  }

  private pane(): string {
    return this.url.get("pane") === "logs" ? "logs" : "span";
  }

  private renderPane(tree: TraceTree, path: CriticalPath, selected: TraceNode): TemplateResult {
    if (this.pane() === "span") {
      return html`<div class="pane" role="tabpanel" tabindex="0" aria-label="Span">
        <fd-span-pane
          .tree=${tree}
          .path=${path}
          .node=${selected}
          .movedUs=${this.movedUs.get(selected.span.spanId)}
          .skew=${this.skews.find(({ instance }) => instance === selected.span.instance)}
          .elsewhere=${this.elsewhere(selected)}
          @span-select=${this.selectSpan}
        ></fd-span-pane>
      </div>`;
    }
    const href = this.url.href("logs", {
      trace: tree.traceId,
      from: String(tree.startUs - LOG_SLACK_US),
      to: String(tree.endUs + LOG_SLACK_US),
    });
    return html`<div class="pane" role="tabpanel" tabindex="0" aria-label="Logs of the trace">
      ${this.logs.error === undefined ? nothing : html`<fd-error-notice .error=${this.logs.error}></fd-error-notice>`}
      <fd-trace-logs
        .page=${this.logs.value}
        .selected=${selected.span.spanId}
        .startUs=${tree.startUs}
        .href=${href}
        @span-select=${this.selectSpan}
      ></fd-trace-logs>
    </div>`;
  }

  /** The other signals of the span's service around it, by the time that its own clock wrote. */
  private elsewhere({ span }: TraceNode): readonly SpanLink[] {
    const startUs = span.startUs - (this.movedUs.get(span.spanId) ?? 0);
    return spanLinks({ ...span, startUs }, this.builtFrom?.traceId ?? "").map(({ view, values, ...link }) => ({
      ...link,
      href: this.url.href(view, values),
    }));
  }

  private readonly selectSpan = (event: CustomEvent<{ readonly spanId: string }>): void => {
    event.stopPropagation();
    const fromTable = this.form() === "table";
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

  private exported(tree: TraceTree, { span }: TraceNode): ExportSource {
    const chart = this.renderRoot.querySelector<HTMLElement>("fd-waterfall, fd-flame");
    return {
      title: `Trace ${tree.traceId}`,
      caption: `${span.service} ${span.name}, ${formatDurationUs(span.durationUs)}, ${formatDateTime(span.startUs)} UTC`,
      table: spansTable(tree),
      json: this.trace.value,
      requests: [tempoTrace(tree.traceId)],
      ...(chart === null ? {} : { chart }),
    };
  }

  private exhibit(tree: TraceTree, root: TraceNode) {
    const rows = this.path === undefined ? [] : operationStatistics(tree, this.path).slice(0, 2);
    return {
      title: `Trace ${root.span.service} ${root.span.name}, ${formatDurationUs(root.span.durationUs)}`,
      reference: { view: "trace", search: this.url.search, window: this.time.window() },
      frozen: {
        kind: "facts" as const,
        facts: [
          { name: "trace", value: tree.traceId },
          { name: "starts", value: `${formatDateTime(tree.startUs)} UTC` },
          { name: "duration", value: formatDurationUs(root.span.durationUs) },
          { name: "spans", value: `${String(tree.spanCount)}, ${String(tree.errorCount)} failed` },
          ...rows.map((row) => ({
            name: `${row.service} ${row.name ?? ""}`,
            value: `${String(row.spanCount)} calls, ${formatRatio(row.criticalRatio)} of the critical path`,
          })),
        ],
      },
    };
  }

  static override styles = [sharedStyles, fillStyles, traceViewStyles];
}

interface Shown {
  readonly tree: TraceTree;
  readonly path: CriticalPath;
  readonly selected: TraceNode;
  readonly matches: ReadonlySet<string> | undefined;
}

function notice(name: string, text: string, more: TemplateResult | typeof nothing = nothing): TemplateResult {
  return html`<p class="notice warning">${icon(name, 14)} ${text} ${more}</p>`;
}

function isBelow(node: TraceNode, spanId: string): boolean {
  for (let above = node.parent; above !== undefined; above = above.parent) {
    if (above.span.spanId === spanId) return true;
  }
  return false;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-trace": TraceView;
  }
}
