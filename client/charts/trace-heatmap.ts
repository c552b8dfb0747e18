/**
 * `<fd-trace-heatmap>`: all traces that match, by start and duration. Darker is more; the red foot of a cell is the share
 * with a failed span. Where the list has every trace, each is a dot (failed: a diamond) that opens it. A dragged box, or
 * Shift with the arrow keys, selects; the table form lists durations.
 */
import { consume } from "@lit/context";
import { LitElement, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { TimeWindow } from "../../server/wire/telemetry.js";
import type { TraceHeatmap, TraceSketch } from "../../server/wire/traces.js";
import { CrosshairController } from "../controllers/crosshair-controller.js";
import { PivotController } from "../controllers/pivot-controller.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { ThemeController } from "../controllers/theme-controller.js";
import type { PivotSubject } from "../elements/pivots.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { crosshairContext } from "../state/contexts.js";
import type { CrosshairModel } from "../state/crosshair.js";
import { openSurface } from "./canvas-surface.js";
import { chartCaption } from "./chart-caption.js";
import { formatClock, formatDurationUs, formatNumber, formatRatio } from "./format.js";
import { instantSubject } from "./mark-subject.js";
import {
  boxOfCells,
  boxOfPixels,
  cellPixels,
  cellRange,
  durationBands,
  layoutHeatmap,
  placeAt,
} from "./trace-heatmap-layout.js";
import type { CellRange, HeatPlane } from "./trace-heatmap-layout.js";
import { pointAt, timeAt, xOf, yOf } from "./duration-plane.js";
import type { PixelRectangle, TracePoint } from "./duration-plane.js";
import { createPalette } from "./scatter-palette.js";
import { drawAxes, drawCells, drawChosen, drawDots, HEATMAP_HEIGHT_PX } from "./trace-heatmap-paint.js";
import type { HeatCell } from "./trace-heatmap-paint.js";
import { traceHeatmapStyles } from "./trace-heatmap.styles.js";

const MARGIN = { left: 56, right: 10, top: 8, bottom: 20 };
const HIT_PX = 9;
/** A press that moves less than this is a click. */
const DRAG_PX = 5;
/** More dots than these are blots: cells say more. */
const DOTS_MAX = 400;

const MOVES: Readonly<Record<string, HeatCell>> = {
  ArrowLeft: { column: -1, row: 0 },
  ArrowRight: { column: 1, row: 0 },
  ArrowUp: { column: 0, row: 1 },
  ArrowDown: { column: 0, row: -1 },
};

/** Dispatches `trace-open` {traceId} and `box-select` (a CellRange, or null to clear it). */
@customElement("fd-trace-heatmap")
export class TraceHeatmapChart extends LitElement {
  @property({ attribute: false }) heatmap: TraceHeatmap | undefined;
  /** The traces of the list. */
  @property({ attribute: false }) traces: readonly TraceSketch[] = [];
  @property({ type: Number }) total = 0;
  @property({ attribute: false }) window: TimeWindow = { fromUs: 0, toUs: 1 };
  @property({ attribute: false }) selection: CellRange | undefined;
  @property({ type: Boolean }) table = false;
  @consume({ context: crosshairContext, subscribe: true }) @state() private crosshair: CrosshairModel | undefined;
  @state() private pointed: { readonly x: number; readonly y: number } | undefined;
  @state() private box: PixelRectangle | undefined;
  @state() private cursor: HeatCell | undefined;
  private anchor: HeatCell | undefined;
  @query("canvas") private readonly canvas!: HTMLCanvasElement | null;
  private readonly size = new ResizeController(this);
  private plane: HeatPlane | undefined;
  private dots: readonly TracePoint[] = [];

  private readonly pointer = new CrosshairController(this, {
    model: () => this.crosshair,
    container: () => this.renderRoot.querySelector(".plane"),
    place: (atUs) =>
      this.plane === undefined || atUs < this.window.fromUs || atUs > this.window.toUs
        ? undefined
        : xOf(this.plane, atUs),
    axis: () => this.window,
  });

  constructor() {
    super();
    new ThemeController(this, () => {
      this.requestUpdate();
    });
    new PivotController(this, {
      at: (event) => this.subjectAt(event),
      focused: () => {
        const { plane, cursor, canvas } = this;
        if (plane === undefined || cursor === undefined || canvas === null) return undefined;
        const cell = cellPixels(plane, cursor.column, cursor.row);
        const { left, top } = canvas.getBoundingClientRect();
        return {
          subject: instantSubject(cellRange(plane, cursor.column, cursor.row).fromUs),
          anchor: new DOMRect(left + cell.left, top + cell.top, cell.width, cell.height),
        };
      },
    });
  }

  /** A single trace where there is one, else the instant. */
  private subjectAt(event: MouseEvent): PivotSubject | undefined {
    const { plane, canvas } = this;
    if (plane === undefined || canvas === null || !event.composedPath().includes(canvas)) return undefined;
    const { left, top } = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    const trace = pointAt(this.dots, { x, y }, HIT_PX)?.trace;
    return trace === undefined
      ? instantSubject(timeAt(plane, x))
      : { field: "trace_id", value: trace.traceId, service: trace.rootService, atUs: trace.startUs };
  }

  private get widthPx(): number {
    return Math.max(160, this.size.width);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (this.heatmap === undefined) return;
    this.plane = layoutHeatmap(this.heatmap, this.window, {
      left: MARGIN.left,
      top: MARGIN.top,
      width: this.widthPx - MARGIN.left - MARGIN.right,
      height: HEATMAP_HEIGHT_PX - MARGIN.top - MARGIN.bottom,
    });
    this.dots = this.dotsOf(this.plane);
  }

  /** Only where the list has them all: some of them would be a choice that nobody sees. */
  private dotsOf(plane: HeatPlane): readonly TracePoint[] {
    if (this.total > DOTS_MAX || this.traces.length < this.total) return [];
    return this.traces.map((trace) => ({
      trace,
      x: Math.max(plane.box.left, xOf(plane, trace.startUs)),
      y: yOf(plane, trace.durationUs),
    }));
  }

  override render(): TemplateResult {
    const caption = chartCaption(`${formatNumber(this.total, 9)} traces by start and duration`, "", this.window);
    return html`<div class="plane" ?hidden=${this.table}>
        <canvas
          style="width:${String(this.widthPx)}px;height:${String(HEATMAP_HEIGHT_PX)}px"
          tabindex="0"
          role="application"
          aria-label="${caption}. Arrow keys move over the cells, with Shift they select, Enter opens a single trace. The table form lists durations."
          @pointerdown=${this.pressed}
          @pointermove=${this.moved}
          @pointerup=${this.released}
          @pointercancel=${this.left}
          @pointerleave=${this.left}
          @keydown=${this.keyed}
          @blur=${() => {
            this.cursor = undefined;
          }}
          @dblclick=${() => {
            this.crosshair?.toggleLock();
          }}
        ></canvas>
        ${this.tip()}
      </div>
      ${this.table ? this.renderTable(caption) : nothing}
      <span class="visually-hidden" role="status"
        >${this.cursor === undefined ? "" : this.cellText(this.cursor)}</span
      >`;
  }

  private renderTable(caption: string): TemplateResult {
    const bands = this.plane === undefined ? [] : durationBands(this.plane);
    return html`<div class="bands" tabindex="0" role="group" aria-label=${caption}>
      <table>
        <caption class="small soft">
          ${caption}
        </caption>
        <thead>
          <tr>
            <th>Duration of the trace</th>
            <th class="number">Traces</th>
            <th class="number">With errors</th>
            <th class="number">Share with errors</th>
          </tr>
        </thead>
        <tbody>
          ${bands.map(
            ({ minDurationUs, maxDurationUs, count, failed }) =>
              html`<tr>
                <td class="data">${formatDurationUs(minDurationUs)} – ${formatDurationUs(maxDurationUs)}</td>
                <td class="number">${formatNumber(count, 9)}</td>
                <td class="number">${formatNumber(failed, 9)}</td>
                <td class="number">${formatRatio(failed / count)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  override updated(): void {
    const { canvas, plane } = this;
    if (canvas === null || plane === undefined || this.table) return;
    const context = openSurface(canvas, this.widthPx, HEATMAP_HEIGHT_PX);
    if (context === undefined) return;
    const colorOf = createPalette(this);
    drawAxes(context, plane, colorOf);
    if (this.dots.length > 0) drawDots(context, this.dots, colorOf);
    else drawCells(context, plane, colorOf);
    drawChosen(context, plane, colorOf, {
      cells: this.box === undefined ? this.selection : boxOfPixels(plane, this.box),
      cursor: this.cursor,
      dot: this.hit(),
    });
  }

  private hit(): TracePoint | undefined {
    const { plane, pointed, dots } = this;
    if (plane === undefined || pointed === undefined || this.box !== undefined) return undefined;
    return pointAt(dots, pointed, HIT_PX);
  }

  private tip(): TemplateResult | typeof nothing {
    const { plane, pointed, box } = this;
    if (plane === undefined || pointed === undefined) return nothing;
    const text = box === undefined ? this.pointedText(plane, pointed) : rangeText(boxOfPixels(plane, box));
    if (text === undefined) return nothing;
    const { x, y } = pointed;
    const side = x > this.widthPx / 2 ? `right:${String(this.widthPx - x + 12)}px` : `left:${String(x + 12)}px`;
    return html`<p class="tip small" style="${side};top:${String(Math.min(y, HEATMAP_HEIGHT_PX - 50))}px">${text}</p>`;
  }

  private pointedText(plane: HeatPlane, { x, y }: { readonly x: number; readonly y: number }): string | undefined {
    const hit = this.hit();
    if (hit !== undefined) {
      const { rootService, rootName, durationUs, startUs, spanCount, errorCount } = hit.trace;
      const failed = errorCount === 0 ? "" : `, ${String(errorCount)} failed`;
      return `${rootService} ${rootName} · ${formatDurationUs(durationUs)} · ${formatClock(startUs, 3)} · ${String(spanCount)} spans${failed}`;
    }
    if (this.dots.length > 0) return undefined;
    const place = placeAt(plane, x, y);
    return plane.byPlace.has(place.column * plane.heatmap.rows + place.row) ? this.cellText(place) : undefined;
  }

  private cellText({ column, row }: HeatCell): string {
    const { plane } = this;
    if (plane === undefined) return "";
    const { count, failed } = plane.byPlace.get(column * plane.heatmap.rows + row) ?? { count: 0, failed: 0 };
    const errors = failed === 0 ? "" : `, ${formatNumber(failed, 9)} with errors`;
    return `${formatNumber(count, 9)} ${count === 1 ? "trace" : "traces"}${errors} · ${rangeText(cellRange(plane, column, row))}`;
  }

  private readonly pressed = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.box = { x0: event.offsetX, y0: event.offsetY, x1: event.offsetX, y1: event.offsetY };
  };

  private readonly moved = (event: PointerEvent): void => {
    if (this.plane === undefined) return;
    this.pointer.point(timeAt(this.plane, event.offsetX));
    this.pointed = { x: event.offsetX, y: event.offsetY };
    if (this.box !== undefined) this.box = { ...this.box, x1: event.offsetX, y1: event.offsetY };
  };

  private readonly released = (): void => {
    const { box, plane } = this;
    const hit = this.box === undefined ? undefined : this.dotNear(this.box);
    this.box = undefined;
    if (box === undefined || plane === undefined) return;
    if (Math.hypot(box.x1 - box.x0, box.y1 - box.y0) >= DRAG_PX) this.select(boxOfPixels(plane, box));
    else if (hit !== undefined) this.open(hit.trace.traceId);
    else this.selectCell(placeAt(plane, box.x1, box.y1));
  };

  private dotNear({ x1, y1 }: PixelRectangle): TracePoint | undefined {
    return pointAt(this.dots, { x: x1, y: y1 }, HIT_PX);
  }

  /** A click on a cell selects it; on an empty one it lets go of the selection. */
  private selectCell(place: HeatCell): void {
    const { plane } = this;
    if (plane === undefined) return;
    const isFull = plane.byPlace.has(place.column * plane.heatmap.rows + place.row);
    this.select(isFull && this.dots.length === 0 ? boxOfCells(plane, place, place) : undefined);
  }

  private select(range: CellRange | undefined): void {
    this.dispatchEvent(new CustomEvent<CellRange | null>("box-select", { detail: range ?? null }));
  }

  private open(traceId: string): void {
    this.dispatchEvent(new CustomEvent("trace-open", { detail: { traceId } }));
  }

  private readonly left = (): void => {
    this.box = undefined;
    this.pointed = undefined;
    this.pointer.leave();
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    const { plane } = this;
    if (plane === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && this.cursor !== undefined) this.select(boxOfCells(plane, this.cursor, this.cursor));
    else if (event.key === "Escape" && this.selection !== undefined) this.select(undefined);
    else if (MOVES[event.key] === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const move = MOVES[event.key];
    if (move !== undefined) this.step(plane, move, event.shiftKey);
  };

  private step(plane: HeatPlane, move: HeatCell, selecting: boolean): void {
    const { columns, rows } = plane.heatmap;
    const from = this.cursor ?? { column: columns - 1, row: Math.floor(rows / 2) };
    const within = (value: number, end: number): number => Math.min(end - 1, Math.max(0, value));
    this.cursor = { column: within(from.column + move.column, columns), row: within(from.row + move.row, rows) };
    this.anchor = selecting ? (this.anchor ?? from) : undefined;
    if (this.anchor !== undefined) this.select(boxOfCells(plane, this.anchor, this.cursor));
  }

  static override styles = [sharedStyles, traceHeatmapStyles];
}

function rangeText({ fromUs, toUs, minDurationUs, maxDurationUs }: CellRange): string {
  const durations = `${formatDurationUs(minDurationUs)} – ${formatDurationUs(maxDurationUs)}`;
  return `${durations}, ${formatClock(fromUs)} – ${formatClock(toUs)}`;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-heatmap": TraceHeatmapChart;
  }
}
