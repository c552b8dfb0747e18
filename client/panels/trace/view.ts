/**
 * One trace: a waterfall, and beside it the chosen span, where the time went, or the logs of the trace. The trace, the
 * span, the zoom, what is collapsed and the pane stand in the URL: `trace`, `span`, `zoom`, `closed`, `pane`, `find`.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import type { LogPage, Trace } from "../../../server/wire/telemetry.js";
import { criticalPathOf } from "../../charts/critical-path.js";
import type { CriticalPath } from "../../charts/critical-path.js";
import { formatClock, formatDateTime, formatDurationUs, formatRatio } from "../../charts/format.js";
import { revealing } from "../../charts/waterfall-rows.js";
import type { ZoomRange } from "../../charts/waterfall-rows.js";
import { operationStatistics } from "../../charts/waterfall-statistics.js";
import type { OperationStatistics } from "../../charts/waterfall-statistics.js";
import { buildTraceTree } from "../../charts/waterfall-tree.js";
import type { TraceNode, TraceTree } from "../../charts/waterfall-tree.js";
import "../../charts/waterfall.js";
import { QueryController } from "../../controllers/query-controller.js";
import { StoreController } from "../../controllers/store-controller.js";
import "../../elements/empty-state.js";
import "../../elements/error-notice.js";
import { icon } from "../../elements/icons.js";
import "../../elements/pin-button.js";
import "../../elements/pivot-menu.js";
import "../../elements/service-chip.js";
import { sharedStyles } from "../../elements/shared.styles.js";
import { runContext, timeContext, urlContext } from "../../state/contexts.js";
import type { RunContext, TimeModel } from "../../state/contexts.js";
import type { UrlState } from "../../state/url-state.js";
import { fillStyles } from "../logs/fill.styles.js";
import { parseList, printFilters } from "../logs/field-filters.js";
import "./span-pane.js";
import { parseZoom, printZoom, searchSpans } from "./trace-search.js";

const PANES = [
  { id: "span", title: "Span" },
  { id: "time", title: "Where the time went" },
  { id: "logs", title: "Logs" },
] as const;

/** Spans of a trace that is still open come in; look again after this long. */
const INCOMPLETE_REFRESH_MS = 3_000;
/** Lines of one trace that are listed; more open in the logs view. */
const LOG_LINES = 500;
/** Logs may be written a little after the last span ended. */
const LOG_SLACK_US = 1_000_000;

@customElement("fd-view-trace")
export class TraceView extends LitElement {
  @consume({ context: runContext }) private readonly run!: RunContext;
  @consume({ context: urlContext }) private readonly url!: UrlState;
  @consume({ context: timeContext }) private readonly time!: TimeModel;
  @state() private tree: TraceTree | undefined;
  private path: CriticalPath | undefined;
  private statistics: readonly OperationStatistics[] = [];
  private builtFrom: Trace | undefined;

  private readonly trace = new QueryController<Trace>(this, {
    key: () => this.url.get("trace"),
    run: (signal) => this.run.queries.trace(this.url.get("trace") ?? "", signal),
    refreshMs: (): number | undefined =>
      this.trace.value?.complete === false && this.run.store.snapshot.clock.running ? INCOMPLETE_REFRESH_MS : undefined,
  });
  private readonly logs = new QueryController<LogPage>(this, {
    key: () => (this.tree === undefined ? undefined : [this.tree.traceId, this.tree.spanCount]),
    run: (signal) => this.run.queries.logs(this.logRequest(), signal),
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
    const trace = this.trace.value;
    if (trace === undefined || trace === this.builtFrom) return;
    this.builtFrom = trace;
    this.tree = buildTraceTree(trace);
    this.path = criticalPathOf(this.tree);
    this.statistics = operationStatistics(this.tree, this.path);
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
        The trace fills as its spans end; look again in a moment.
      </fd-empty-state>`;
    }
    const selected = tree.byId.get(this.url.get("span") ?? "") ?? root;
    const find = this.url.get("find") ?? "";
    const matches = searchSpans(tree, find);
    return html`
      ${this.renderHead(tree, root)} ${this.renderNotices(tree)} ${this.renderTools(find, matches)}
      <div class="panes">
        <fd-waterfall
          .tree=${tree}
          .path=${path}
          .collapsed=${this.collapsed(tree, selected)}
          .selected=${selected.span.spanId}
          .found=${matches}
          .zoom=${parseZoom(this.url.get("zoom"))}
          @span-select=${this.selectSpan}
          @collapse-change=${(event: CustomEvent<{ readonly collapsed: readonly string[] }>) => {
            this.collapse(event.detail.collapsed, selected);
          }}
          @zoom-change=${(event: CustomEvent<{ readonly zoom: ZoomRange | undefined }>) => {
            this.url.set({ zoom: printZoom(event.detail.zoom) }, { replace: true });
          }}
        ></fd-waterfall>
        <aside aria-label="Details">${this.renderTabs()} ${this.renderPane(tree, path, selected)}</aside>
      </div>
    `;
  }

  /** A span that would be hidden hands the selection to the row that hides it. */
  private collapse(closed: readonly string[], selected: TraceNode): void {
    let shown = selected;
    for (let node = selected.parent; node !== undefined; node = node.parent) {
      if (closed.includes(node.span.spanId)) shown = node;
    }
    this.url.set({ closed: closed.join(",") || undefined, span: shown.span.spanId }, { replace: true });
  }

  /** A linked span shows even where the link's collapsed rows would hide it. */
  private collapsed(tree: TraceTree, selected: TraceNode): ReadonlySet<string> {
    const closed = new Set(parseList(this.url.get("closed")));
    return closed.size === 0 ? closed : revealing(tree, closed, selected.span.spanId);
  }

  private renderHead(tree: TraceTree, root: TraceNode): TemplateResult {
    const services = new Set([...tree.byId.values()].map(({ span }) => span.service));
    return html`<header class="row">
      <a href=${this.url.href("traces")}>${icon("undo", 14)} Traces</a>
      <h1><fd-service-chip name=${root.span.service}></fd-service-chip> ${root.span.name}</h1>
      <span class="data">${formatDurationUs(root.span.durationUs)}</span>
      <span class="soft data">${formatDateTime(root.span.startUs)} UTC</span>
      <span class="soft">${tree.spanCount} spans, ${services.size} services</span>
      ${tree.errorCount === 0 ? nothing : html`<span class="critical">${icon("critical", 14)} ${tree.errorCount} failed</span>`}
      <span class="data small"
        ><fd-pivot-menu
          .subject=${{ field: "trace_id", value: tree.traceId, service: root.span.service, atUs: root.span.startUs }}
        ></fd-pivot-menu
      ></span>
      <fd-pin-button label="Pin trace" .exhibit=${() => this.exhibit(tree, root)}></fd-pin-button>
    </header>`;
  }

  private renderNotices(tree: TraceTree): TemplateResult {
    return html`${
      tree.complete
        ? nothing
        : html`<p class="notice warning">
            ${icon("pending", 14)} Spans of this trace are still open. Their rows appear when they end.
          </p>`
    }${
      tree.orphanCount === 0
        ? nothing
        : html`<p class="notice warning">
            ${icon("warning", 14)} ${tree.orphanCount} ${tree.orphanCount === 1 ? "span has" : "spans have"} no parent
            here; such rows stand at the left with a dashed border.
          </p>`
    }`;
  }

  private renderTools(find: string, matches: ReadonlySet<string> | undefined): TemplateResult {
    return html`<div class="row tools">
      <input
        type="search"
        aria-label="Find spans by service, operation or attribute"
        placeholder="Find spans"
        .value=${find}
        @input=${(event: Event) => {
          this.url.set({ find: (event.target as HTMLInputElement).value || undefined }, { replace: true });
        }}
      />
      <span class="soft small" role="status">${matches === undefined ? "" : `${String(matches.size)} found`}</span>
      <button
        ?disabled=${this.url.get("zoom") === undefined}
        @click=${() => {
          this.url.set({ zoom: undefined }, { replace: true });
        }}
      >
        ${icon("zoom", 14)} Whole trace
      </button>
      <button
        ?disabled=${this.url.get("closed") === undefined}
        @click=${() => {
          this.url.set({ closed: undefined }, { replace: true });
        }}
      >
        Open all rows
      </button>
      <span class="legend soft small"
        ><i class="path"></i>critical path <i class="waiting"></i>waiting for a worker or connection
        <i class="hollow"></i>client call</span
      >
    </div>`;
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
    return this.url.get("pane") ?? "span";
  }

  private renderPane(tree: TraceTree, path: CriticalPath, selected: TraceNode): TemplateResult {
    const pane = this.pane();
    if (pane === "time") return this.renderStatistics();
    if (pane === "logs") return this.renderLogs(tree, selected);
    return html`<div class="pane" role="tabpanel" tabindex="0" aria-label="Span">
      <fd-span-pane .tree=${tree} .path=${path} .node=${selected} @span-select=${this.selectSpan}></fd-span-pane>
    </div>`;
  }

  private renderStatistics(): TemplateResult {
    return html`<div class="pane" role="tabpanel" tabindex="0" aria-label="Where the time went">
      <p class="soft small">By operation, the largest share of the critical path first.</p>
      <table>
        <thead>
          <tr>
            <th>Operation</th>
            <th class="number">Calls</th>
            <th class="number">Critical</th>
            <th class="number">Total</th>
            <th class="number">Self</th>
          </tr>
        </thead>
        <tbody>
          ${this.statistics.map((row) => this.statisticsRow(row))}
        </tbody>
      </table>
    </div>`;
  }

  private statisticsRow(row: OperationStatistics): TemplateResult {
    return html`<tr>
      <td>
        <fd-service-chip name=${row.service}></fd-service-chip>
        <button
          class="link"
          title="Go to the longest of them"
          @click=${() => {
            this.url.set({ span: row.longestSpanId });
          }}
        >
          ${row.name}
        </button>
        <span class="soft small">${row.kind}</span>
        ${row.errorCount === 0 ? nothing : html`<span class="critical small">${icon("critical", 12)} ${row.errorCount} failed</span>`}
      </td>
      <td class="number">${row.spanCount}</td>
      <td class="number">${formatRatio(row.criticalRatio)}</td>
      <td class="number">${formatDurationUs(row.totalUs)}</td>
      <td class="number">${formatDurationUs(row.selfUs)}</td>
    </tr>`;
  }

  private renderLogs(tree: TraceTree, selected: TraceNode): TemplateResult {
    const page = this.logs.value;
    const href = this.url.href("logs", {
      trace: tree.traceId,
      from: String(tree.startUs - LOG_SLACK_US),
      to: String(tree.endUs + LOG_SLACK_US),
    });
    // Oldest first: a trace is read as a story.
    const lines = page?.lines.toReversed() ?? [];
    return html`<div class="pane" role="tabpanel" tabindex="0" aria-label="Logs of the trace">
      ${this.logs.error === undefined ? nothing : html`<fd-error-notice .error=${this.logs.error}></fd-error-notice>`}
      <p>
        <a href=${href}>${icon("lines", 14)} Open in logs</a>
        <span class="soft small">Lines of the chosen span are marked.</span>
      </p>
      ${page?.total === 0 ? html`<p class="soft">No line was logged with this trace id.</p>` : nothing}
      <ol>
        ${lines.map(
          (line) =>
            html`<li class=${line.spanId === selected.span.spanId ? "own" : ""}>
              <span class="data soft">${formatClock(line.timeUs, 3)}</span>
              <span class="data ${line.level === "error" ? "critical" : line.level === "warn" ? "warning" : "soft"}"
                >${line.level}</span
              >
              <button
                class="link"
                ?disabled=${line.spanId === undefined}
                @click=${() => {
                  this.url.set({ span: line.spanId });
                }}
              >
                ${line.service}
              </button>
              <span class="data">${line.message}</span>
            </li>`,
        )}
      </ol>
    </div>`;
  }

  private readonly selectSpan = (event: CustomEvent<{ readonly spanId: string }>): void => {
    event.stopPropagation();
    this.url.set({ span: event.detail.spanId }, { replace: true });
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

  private exhibit(tree: TraceTree, root: TraceNode) {
    const [first, second] = this.statistics;
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
          ...[first, second]
            .filter((row) => row !== undefined)
            .map((row) => ({
              name: `${row.service} ${row.name}`,
              value: `${String(row.spanCount)} calls, ${formatRatio(row.criticalRatio)} of the critical path`,
            })),
        ],
      },
    };
  }

  static override styles = [
    sharedStyles,
    fillStyles,
    css`
      h1 {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        overflow-wrap: anywhere;
      }
      header fd-pin-button {
        margin-inline-start: auto;
      }
      .notice {
        font-size: var(--text-s);
      }
      .legend {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        flex-wrap: wrap;
        margin-inline-start: auto;
      }
      .legend i {
        display: inline-block;
        width: 18px;
        height: 10px;
        margin-inline-start: var(--space-2);
      }
      i.path {
        height: 3px;
        background: var(--ink);
      }
      i.waiting {
        background: repeating-linear-gradient(-45deg, var(--surface-0) 0 2px, var(--ink-soft) 2px 4px);
        border: 1px solid var(--ink-soft);
      }
      i.hollow {
        border: 1px solid var(--ink-soft);
        background: var(--surface-2);
      }
      .panes {
        flex: 1;
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(300px, 34%);
        border-block-start: 1px solid var(--line);
        min-height: 320px;
      }
      aside {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
        border-inline-start: 1px solid var(--line);
      }
      .tabs {
        gap: 0;
        border-block-end: 1px solid var(--line);
        flex: none;
      }
      .pane {
        flex: 1;
        overflow: auto;
        padding: var(--space-2) var(--space-3);
      }
      ol {
        list-style: none;
        margin: var(--space-2) 0 0;
        padding: 0;
      }
      li {
        padding: 2px var(--space-1);
        border-block-end: 1px solid var(--line);
        overflow-wrap: anywhere;
      }
      li.own {
        background: var(--accent-soft);
      }
      @media (max-width: 900px) {
        .panes {
          grid-template-columns: 1fr;
          grid-template-rows: minmax(320px, 1fr) auto;
        }
        aside {
          border: 0;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-view-trace": TraceView;
  }
}
