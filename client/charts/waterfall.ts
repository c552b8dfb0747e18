/**
 * `<fd-waterfall>`: the spans of a trace as rows of a tree grid. Rows are DOM, only those in view exist; the minimap
 * above is a canvas. The thick part of a bar is the span, the line below it its critical path, hatching is waiting for
 * a worker or a connection. Wheel with ctrl zooms, so does a drag on the minimap; arrows walk the tree.
 */
import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { styleMap } from "lit/directives/style-map.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { icon } from "../elements/icons.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { resolveColor, seriesColor } from "./colors.js";
import { createPalette } from "./scatter-palette.js";
import type { CriticalPath } from "./critical-path.js";
import { formatDurationUs } from "./format.js";
import { linearTicks } from "./scatter-axis.js";
import { barOf, clampZoom, moveInRows, visibleRows, zoomAround } from "./waterfall-rows.js";
import type { BarSpan, RowMove, ZoomRange } from "./waterfall-rows.js";
import type { TraceNode, TraceTree } from "./waterfall-tree.js";
import { waterfallStyles } from "./waterfall.styles.js";

const ROW_PX = 24;
const MARGIN_ROWS = 10;
const MINIMAP_PX = 44;
const INDENT_PX = 12;
/** Deeper levels keep this indentation, so that names stay readable. */
const INDENT_LEVELS_MAX = 14;
const ZOOM_STEP = 1.25;

const KEYS: Readonly<Record<string, RowMove>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "out",
  ArrowRight: "in",
  Home: "first",
  End: "last",
  PageUp: "page-up",
  PageDown: "page-down",
};

/** Dispatches `span-select` {spanId}, `collapse-change` {collapsed: string[]} and `zoom-change` (ZoomRange or undefined for all). */
@customElement("fd-waterfall")
export class Waterfall extends LitElement {
  @property({ attribute: false }) tree!: TraceTree;
  @property({ attribute: false }) path!: CriticalPath;
  @property({ attribute: false }) collapsed: ReadonlySet<string> = new Set();
  @property() selected: string | undefined;
  /** Spans that a search names; others are dimmed. Undefined: no search. */
  @property({ attribute: false }) found: ReadonlySet<string> | undefined;
  /** The whole trace where left out. */
  @property({ attribute: false }) zoom: ZoomRange | undefined;
  @state() private scrollTopPx = 0;
  @state() private drag: { readonly from: number; readonly to: number } | undefined;
  @query(".rows") private readonly rowsBox!: HTMLElement | null;
  @query("canvas") private readonly minimap!: HTMLCanvasElement | null;
  private readonly size = new ResizeController(this);
  private rows: readonly TraceNode[] = [];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("tree") || changed.has("collapsed")) this.rows = visibleRows(this.tree, this.collapsed);
  }

  private get range(): ZoomRange {
    return clampZoom(this.tree, this.zoom ?? { fromUs: 0, toUs: this.tree.endUs - this.tree.startUs });
  }

  override render(): TemplateResult {
    const first = Math.max(0, Math.floor(this.scrollTopPx / ROW_PX) - MARGIN_ROWS);
    const shown = this.rows.slice(first, first + Math.ceil(this.size.height / ROW_PX) + 2 * MARGIN_ROWS);
    const active = this.rows.findIndex(({ span }) => span.spanId === this.selected);
    return html`
      <div class="top">
        <span class="soft small" aria-hidden="true">${this.rows.length} of ${this.tree.spanCount} spans</span>
        <canvas
          style="height:${String(MINIMAP_PX)}px"
          aria-hidden="true"
          @pointerdown=${this.pressed}
          @pointermove=${this.moved}
          @pointerup=${this.released}
          @dblclick=${() => {
            this.setZoom(undefined);
          }}
        ></canvas>
        <span></span>
        ${this.ruler()}
      </div>
      <div
        class="rows"
        tabindex="0"
        role="treegrid"
        aria-label="Spans of the trace"
        aria-rowcount=${this.rows.length}
        aria-activedescendant=${active < 0 ? nothing : `span-${String(active)}`}
        @scroll=${this.scrolled}
        @wheel=${this.wheeled}
        @keydown=${this.keyed}
        @click=${this.clicked}
      >
        <div class="space" style="height:${String(this.rows.length * ROW_PX)}px"></div>
        ${shown.map((node, offset) => this.row(node, first + offset))}
      </div>
    `;
  }

  private ruler(): TemplateResult {
    const { fromUs, toUs } = this.range;
    return html`<div class="ruler" aria-hidden="true">
      ${linearTicks(fromUs, toUs, Math.max(2, Math.floor((this.size.width * 0.6) / 90))).map((tick) => {
        const left = ((tick - fromUs) / (toUs - fromUs)) * 100;
        return html`<span class="data small" style="left:${String(left)}%">${formatDurationUs(tick)}</span>`;
      })}
    </div>`;
  }

  private row(node: TraceNode, index: number): TemplateResult {
    const { span, children } = node;
    const isSelected = span.spanId === this.selected;
    const isClosed = this.collapsed.has(span.spanId);
    const dimmed = this.found !== undefined && !this.found.has(span.spanId);
    return html`<div
      class="row ${isSelected ? "selected" : ""} ${dimmed ? "dimmed" : ""}"
      id="span-${index}"
      role="row"
      aria-level=${node.depth + 1}
      aria-rowindex=${index + 1}
      aria-selected=${isSelected ? "true" : "false"}
      aria-expanded=${children.length === 0 ? nothing : isClosed ? "false" : "true"}
      style="top:${String(index * ROW_PX)}px;height:${String(ROW_PX)}px"
      data-span=${span.spanId}
    >
      <span class="name" role="gridcell" style="padding-inline-start:${String(indentOf(node))}px">
        ${this.twisty(node, isClosed)}
        <i style="background:${seriesColor(span.service)}"></i>
        <span class="label" title="${span.service}: ${span.name} (${span.kind})"
          ><b>${span.service}</b> ${span.name}${span.kind === "server" ? "" : html` <em>${span.kind}</em>`}</span
        >
        ${marksOf(node, isClosed)}
      </span>
      <span class="plot" role="gridcell">${this.bars(node)}</span>
    </div>`;
  }

  private twisty(node: TraceNode, isClosed: boolean): TemplateResult {
    if (node.children.length === 0) return html`<span class="twisty"></span>`;
    return html`<span
      class="twisty ${isClosed ? "" : "turned"}"
      title=${isClosed ? `Show ${String(node.descendantCount)} spans below` : "Hide the spans below"}
      >${icon("chevron", 10)}</span
    >`;
  }

  /** Bar, waiting, critical path and label. A client span whose server span is there is drawn hollow around it. */
  private bars(node: TraceNode): TemplateResult {
    const { span, endUs, waitUs, pair } = node;
    const bar = this.place(span.startUs, endUs);
    const label = formatDurationUs(span.durationUs);
    if (bar === undefined) return html`<span class="outside soft small">${label}</span>`;
    const color = seriesColor(span.service);
    const hollow = span.kind === "client" && pair !== undefined;
    const wait = waitUs === 0 ? undefined : this.place(span.startUs, span.startUs + waitUs);
    const sections = this.path.bySpan.get(span.spanId) ?? [];
    const right = bar.left + bar.width < 0.85;
    return html`<span
        class="bar ${hollow ? "hollow" : ""} ${span.status} ${node.orphan ? "orphan" : ""}"
        style=${styleMap({ ...percents(bar), "--color": color })}
      ></span>
      ${wait === undefined ? nothing : html`<span class="wait" style=${styleMap(percents(wait))}></span>`}
      ${sections.map(({ fromUs, toUs }) => {
        const part = this.place(fromUs, toUs);
        return part === undefined
          ? nothing
          : html`<span class="critical-part" style=${styleMap(percents(part))}></span>`;
      })}
      ${span.events.map(({ timeUs }) => {
        const at = this.place(timeUs, timeUs);
        return at === undefined ? nothing : html`<span class="event" style="left:${String(at.left * 100)}%"></span>`;
      })}
      <span
        class="figure data small ${right || bar.left > 0.15 ? "" : "over"}"
        style=${right ? `left:calc(${String((bar.left + bar.width) * 100)}% + 6px)` : bar.left > 0.15 ? `right:calc(${String((1 - bar.left) * 100)}% + 6px)` : "right:0"}
        >${label}</span
      >`;
  }

  private place(fromUs: number, toUs: number): BarSpan | undefined {
    return barOf(this.tree, this.range, fromUs, toUs);
  }

  override updated(changed: PropertyValues): void {
    // Scrolling changes the rows only: tens of thousands of lines need not be drawn again for it.
    if (changed.size !== 1 || !changed.has("scrollTopPx")) this.drawMinimap();
    if (changed.has("selected") || changed.has("tree")) this.reveal();
  }

  private reveal(): void {
    const index = this.rows.findIndex(({ span }) => span.spanId === this.selected);
    const box = this.rowsBox;
    if (index < 0 || box === null) return;
    const top = index * ROW_PX;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW_PX > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_PX - box.clientHeight;
  }

  /** Every span as a line of a pixel or more, by depth-first order; the zoomed part is lit. */
  private drawMinimap(): void {
    const canvas = this.minimap;
    const context = canvas?.getContext("2d");
    if (canvas === null || context === null || context === undefined) return;
    const width = canvas.clientWidth;
    canvas.width = Math.round(width * window.devicePixelRatio);
    canvas.height = Math.round(MINIMAP_PX * window.devicePixelRatio);
    context.scale(window.devicePixelRatio, window.devicePixelRatio);
    const totalUs = Math.max(1, this.tree.endUs - this.tree.startUs);
    const nodes = [...this.tree.byId.values()];
    const step = (MINIMAP_PX - 4) / Math.max(1, nodes.length);
    const colorOf = createPalette(this);
    nodes.forEach(({ span }, index) => {
      context.fillStyle = colorOf(span.status === "error" ? "var(--severity-critical)" : seriesColor(span.service));
      const x = ((span.startUs - this.tree.startUs) / totalUs) * width;
      context.fillRect(x, 2 + index * step, Math.max(1, (span.durationUs / totalUs) * width), Math.max(1, step * 0.8));
    });
    this.drawSelection(context, width, totalUs);
  }

  private drawSelection(context: CanvasRenderingContext2D, width: number, totalUs: number): void {
    const { range, drag } = this;
    const from = drag === undefined ? (range.fromUs / totalUs) * width : Math.min(drag.from, drag.to);
    const to = drag === undefined ? (range.toUs / totalUs) * width : Math.max(drag.from, drag.to);
    if (to - from >= width - 1) return;
    context.fillStyle = resolveColor("var(--surface-0)", this);
    context.globalAlpha = 0.7;
    context.fillRect(0, 0, from, MINIMAP_PX);
    context.fillRect(to, 0, width - to, MINIMAP_PX);
    context.globalAlpha = 1;
    context.strokeStyle = resolveColor("var(--accent)", this);
    context.strokeRect(from + 0.5, 0.5, to - from - 1, MINIMAP_PX - 1);
  }

  private readonly pressed = (event: PointerEvent): void => {
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.drag = { from: event.offsetX, to: event.offsetX };
  };

  private readonly moved = (event: PointerEvent): void => {
    if (this.drag !== undefined) this.drag = { from: this.drag.from, to: event.offsetX };
  };

  private readonly released = (): void => {
    const { drag } = this;
    this.drag = undefined;
    const width = this.minimap?.clientWidth ?? 0;
    if (drag === undefined || width === 0 || Math.abs(drag.to - drag.from) < 4) return;
    const perPixel = (this.tree.endUs - this.tree.startUs) / width;
    this.setZoom({ fromUs: Math.min(drag.from, drag.to) * perPixel, toUs: Math.max(drag.from, drag.to) * perPixel });
  };

  private readonly scrolled = (): void => {
    this.scrollTopPx = this.rowsBox?.scrollTop ?? 0;
  };

  private readonly wheeled = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const plot = this.renderRoot.querySelector(".plot")?.getBoundingClientRect();
    const share = plot === undefined ? 0.5 : Math.min(1, Math.max(0, (event.clientX - plot.left) / plot.width));
    this.setZoom(zoomAround(this.tree, this.range, event.deltaY < 0 ? 1 / ZOOM_STEP : ZOOM_STEP, share));
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const zoomBy = { "+": 1 / ZOOM_STEP, "=": 1 / ZOOM_STEP, "-": ZOOM_STEP }[event.key];
    if (zoomBy !== undefined) this.setZoom(zoomAround(this.tree, this.range, zoomBy, 0.5));
    if (event.key === "0") this.setZoom(undefined);
    const move = KEYS[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const result = moveInRows(this.rows, this.collapsed, this.selected, move);
    if (result.expand !== undefined) this.setCollapsed(result.expand, false);
    if (result.collapse !== undefined) this.setCollapsed(result.collapse, true);
    if (result.selected !== undefined) this.select(result.selected);
  };

  /** On the triangle a click opens or closes, elsewhere it selects. */
  private readonly clicked = (event: Event): void => {
    const target = event.target as Element;
    const spanId = target.closest<HTMLElement>(".row")?.dataset["span"];
    if (spanId === undefined) return;
    const isTwisty = target.closest(".twisty") !== null && this.tree.byId.get(spanId)?.children.length !== 0;
    if (isTwisty) this.setCollapsed(spanId, !this.collapsed.has(spanId));
    else this.select(spanId);
  };

  private select(spanId: string): void {
    this.dispatchEvent(new CustomEvent("span-select", { detail: { spanId } }));
  }

  private setCollapsed(spanId: string, closed: boolean): void {
    const collapsed = new Set(this.collapsed);
    if (closed) collapsed.add(spanId);
    else collapsed.delete(spanId);
    this.dispatchEvent(new CustomEvent("collapse-change", { detail: { collapsed: [...collapsed] } }));
  }

  private setZoom(zoom: ZoomRange | undefined): void {
    const clamped = zoom === undefined ? undefined : clampZoom(this.tree, zoom);
    const whole = clamped !== undefined && clamped.toUs - clamped.fromUs >= this.tree.endUs - this.tree.startUs;
    this.dispatchEvent(new CustomEvent("zoom-change", { detail: { zoom: whole ? undefined : clamped } }));
  }

  static override styles = [sharedStyles, waterfallStyles];
}

const indentOf = (node: TraceNode): number => 4 + Math.min(node.depth, INDENT_LEVELS_MAX) * INDENT_PX;

const percents = ({ left, width }: BarSpan): Record<string, string> => ({
  left: `${String(left * 100)}%`,
  width: `${String(width * 100)}%`,
});

/** Signs beside a name: failed, failures hidden below it, parent missing, how many are hidden. */
function marksOf(node: TraceNode, isClosed: boolean): TemplateResult {
  return html`${
    node.span.status === "error"
      ? html`<span class="critical" role="img" aria-label="failed" title="Failed">${icon("critical", 12)}</span>`
      : isClosed && node.errorsBelow > 0
        ? html`<span class="critical small" title="${node.errorsBelow} failed below"
            >${icon("critical", 12)} ${node.errorsBelow}</span
          >`
        : nothing
  }${
    node.orphan
      ? html`<span class="warning" role="img" aria-label="parent missing" title="Its parent span is missing"
          >${icon("link", 12)}</span
        >`
      : nothing
  }${isClosed && node.descendantCount > 0 ? html`<span class="tag">+${node.descendantCount}</span>` : nothing}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-waterfall": Waterfall;
  }
}
