/**
 * `<fd-heatmap>`: how many events fell into which band of value, over time. Drag a box to select, arrow keys walk through
 * the cells and Enter selects one. The crosshair is the page's. As text: a caption with the totals and a table.
 * Dispatches `box-select` (a HeatmapSelection), bubbling and composed.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { CrosshairController } from "../controllers/crosshair-controller.js";
import { PivotController } from "../controllers/pivot-controller.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { StoreController } from "../controllers/store-controller.js";
import { ThemeController } from "../controllers/theme-controller.js";
import type { PivotSubject } from "../elements/pivots.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { crosshairContext, timeContext } from "../state/contexts.js";
import type { TimeModel } from "../state/contexts.js";
import type { CrosshairModel } from "../state/crosshair.js";
import type { ExportTable } from "../state/export-text.js";
import { openSurface } from "./canvas-surface.js";
import { chartCaption } from "./chart-caption.js";
import "./chart-table.js";
import { formatClock, formatClockTick, formatCount, formatUnit } from "./format.js";
import { cellAt, cellBox, heatmapSelection, shade } from "./heatmap-layout.js";
import type {
  Heatmap,
  HeatmapBand,
  HeatmapCell,
  HeatmapPlane,
  HeatmapSelection,
  PixelRectangle,
} from "./heatmap-layout.js";
import { instantSubject } from "./mark-subject.js";
import { timeTicks } from "./scatter-axis.js";
import { createPalette } from "./scatter-palette.js";

const MARGIN = { left: 64, right: 28, top: 8, bottom: 22 };
/** A press that moves less than this is a click. */
const DRAG_PX = 5;
/** Between two names of bands. */
const LABEL_PX = 18;
const TABLE_COLUMNS_MAX = 24;
const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

@customElement("fd-heatmap")
export class HeatmapChart extends LitElement {
  @property({ attribute: false }) heatmap: Heatmap | undefined;
  /** What the axis covers; the page's window where left out. */
  @property({ attribute: false }) window: TimeWindow | undefined;
  @property({ type: Number }) height = 300;
  /** Of the values, as `formatUnit` takes it. */
  @property() unit = "";
  @property() caption = "";
  @consume({ context: timeContext, subscribe: true }) @state() private time: TimeModel | undefined;
  @consume({ context: crosshairContext, subscribe: true }) @state() private crosshair: CrosshairModel | undefined;
  @state() private pointed: HeatmapCell | undefined;
  @state() private box: PixelRectangle | undefined;
  @query("canvas") private readonly canvas!: HTMLCanvasElement | null;
  private readonly size = new ResizeController(this);
  private readonly pointer = new CrosshairController(this, {
    model: () => this.crosshair,
    container: () => this.renderRoot.querySelector(".plane"),
    place: (atUs) => {
      const { window, box } = this.plane();
      if (atUs < window.fromUs || atUs > window.toUs) return undefined;
      return box.left + ((atUs - window.fromUs) / (window.toUs - window.fromUs)) * box.width;
    },
    axis: () => (this.window === undefined ? this.plane().window : undefined),
  });

  constructor() {
    super();
    new StoreController(this, { target: () => this.time, events: ["window"] });
    new ThemeController(this, () => {
      this.draw();
    });
    new PivotController(this, {
      at: ({ offsetX, offsetY }) => this.subjectOf(cellAt(this.plane(), offsetX, offsetY)),
      focused: () => {
        const subject = this.subjectOf(this.pointed);
        if (subject === undefined || this.pointed === undefined || this.canvas === null) return undefined;
        const cell = cellBox(this.plane(), this.pointed.column, this.pointed.band);
        const { left, top } = this.canvas.getBoundingClientRect();
        return { subject, anchor: new DOMRect(left + cell.x, top + cell.y, cell.width, cell.height) };
      },
    });
  }

  private subjectOf(cell: HeatmapCell | undefined): PivotSubject | undefined {
    const endUs = cell === undefined ? undefined : this.heatmap?.timesUs[cell.column];
    return endUs === undefined ? undefined : instantSubject(endUs - (this.heatmap?.stepUs ?? 0) / 2);
  }

  private plane(): HeatmapPlane {
    const width = Math.max(200, this.size.width);
    return {
      heatmap: this.heatmap ?? { bands: [], timesUs: [], stepUs: 1, counts: [], countMax: 0 },
      window: this.window ?? this.time?.window() ?? { fromUs: 0, toUs: 1 },
      box: {
        left: MARGIN.left,
        top: MARGIN.top,
        width: width - MARGIN.left - MARGIN.right,
        height: this.height - MARGIN.top - MARGIN.bottom,
      },
    };
  }

  override render(): TemplateResult {
    const plane = this.plane();
    const empty = this.heatmap?.countMax === 0;
    const caption = chartCaption(this.caption, "", plane.window);
    return html`<figure>
      <figcaption class="visually-hidden">${caption}</figcaption>
      <div class="plane" style="height:${String(this.height)}px">
        <canvas
          style="width:100%;height:${String(this.height)}px"
          tabindex="0"
          role="img"
          aria-label="${caption}. ${this.summary()}"
          @pointerdown=${this.pressed}
          @pointermove=${this.moved}
          @pointerup=${this.released}
          @pointercancel=${this.left}
          @pointerleave=${this.left}
          @dblclick=${() => this.crosshair?.toggleLock()}
          @keydown=${this.keyed}
        ></canvas>
        ${empty ? html`<p class="empty soft">No samples in this time range</p>` : nothing} ${this.tip(plane)}
      </div>
      <p class="visually-hidden" role="status">${this.pointed === undefined ? "" : this.cellText(this.pointed)}</p>
      <p class="small soft key">
        <span class="ramp" aria-hidden="true"
          >${[0.1, 0.3, 0.5, 0.75, 1].map((at) => html`<i style="opacity:${at}"></i>`)}</span
        >
        few to ${formatCount(plane.heatmap.countMax)} in a cell, by its square root · drag a box to select
      </p>
      <fd-chart-table caption=${caption} .table=${() => this.table(plane.heatmap)}></fd-chart-table>
    </figure>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("heatmap")) this.pointed = undefined;
    this.draw();
  }

  private summary(): string {
    const { heatmap } = this;
    if (heatmap === undefined || heatmap.countMax === 0) return "No samples.";
    const total = heatmap.counts.reduce((sum, cells) => sum + cells.reduce((part, count) => part + (count || 0), 0), 0);
    const first = heatmap.bands[0];
    const last = heatmap.bands.at(-1);
    return `${formatCount(total)} events in ${String(heatmap.bands.length)} bands from ${this.bound(first?.low ?? 0)} to ${this.bound(last?.high ?? 0)}. Arrow keys walk through the cells.`;
  }

  private readonly bound = (value: number): string =>
    value === Infinity ? "∞" : value === 0 ? "0" : formatUnit(value, this.unit);

  private bandText({ low, high }: HeatmapBand): string {
    return high === Infinity ? `over ${this.bound(low)}` : `${this.bound(low)} to ${this.bound(high)}`;
  }

  private cellText({ column, band }: HeatmapCell): string {
    const { heatmap } = this;
    const range = heatmap?.bands[band];
    const endUs = heatmap?.timesUs[column];
    if (heatmap === undefined || range === undefined || endUs === undefined) return "";
    const count = heatmap.counts[column]?.[band] ?? Number.NaN;
    const events = Number.isNaN(count) ? "no sample" : `${formatCount(Math.round(count * 10) / 10)} events`;
    return `${this.bandText(range)}: ${events}, ${formatClock(endUs - heatmap.stepUs)} to ${formatClock(endUs)}`;
  }

  /* Drawing */

  private draw(): void {
    const { canvas } = this;
    if (canvas === null || this.size.width < 20) return;
    const plane = this.plane();
    const context = openSurface(canvas, Math.max(200, this.size.width), this.height);
    if (context === undefined) return;
    const color = createPalette(this);
    this.drawAxes(context, plane, color);
    this.drawCells(context, plane, color("var(--accent)"));
    if (this.pointed !== undefined) {
      const { x, y, width, height } = cellBox(plane, this.pointed.column, this.pointed.band);
      context.strokeStyle = color("var(--ink)");
      context.lineWidth = 1.5;
      context.strokeRect(x, y, Math.max(2, width), height);
    }
    if (this.box !== undefined) drawBox(context, this.box, color("var(--ink)"), color("var(--accent)"));
  }

  private drawCells(context: CanvasRenderingContext2D, plane: HeatmapPlane, fill: string): void {
    const { heatmap } = plane;
    context.fillStyle = fill;
    heatmap.counts.forEach((cells, column) => {
      cells.forEach((count, band) => {
        const alpha = shade(count, heatmap.countMax);
        if (alpha === 0) return;
        const { x, y, width, height } = cellBox(plane, column, band);
        context.globalAlpha = alpha;
        context.fillRect(x, y, Math.max(1, width - (width > 4 ? 1 : 0)), Math.max(1, height - (height > 4 ? 1 : 0)));
      });
    });
    context.globalAlpha = 1;
  }

  private drawAxes(
    context: CanvasRenderingContext2D,
    { heatmap, window: shown, box }: HeatmapPlane,
    color: (name: string) => string,
  ): void {
    context.fillStyle = color("var(--ink-soft)");
    context.strokeStyle = color("var(--line)");
    context.lineWidth = 1;
    context.font = `11px ${color("var(--font-data)")}`;
    context.textAlign = "right";
    context.textBaseline = "middle";
    const height = box.height / Math.max(1, heatmap.bands.length);
    const every = Math.max(1, Math.ceil(LABEL_PX / Math.max(1, height)));
    heatmap.bands.forEach(({ high }, band) => {
      if (band % every !== 0) return;
      const y = Math.round(box.top + box.height - (band + 1) * height) + 0.5;
      line(context, box.left, y, box.left + box.width, y);
      context.fillText(this.bound(high), box.left - 6, Math.max(6, y));
    });
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    for (const atUs of timeTicks(shown.fromUs, shown.toUs, Math.max(1, Math.floor(box.width / 76)))) {
      const x = box.left + ((atUs - shown.fromUs) / (shown.toUs - shown.fromUs)) * box.width;
      line(context, x, box.top + box.height, x, box.top + box.height + 4);
      context.fillText(formatClockTick(atUs), Math.max(x, box.left + 4), this.height - 4);
    }
  }

  private tip(plane: HeatmapPlane): TemplateResult | typeof nothing {
    const { box, pointed } = this;
    if (box !== undefined) {
      const selection = heatmapSelection(plane, box);
      return selection === undefined
        ? nothing
        : html`<p class="tip small" style="left:${String(MARGIN.left + 8)}px;top:8px">
            ${formatCount(Math.round(selection.count))} events, ${this.bandText(selection)},
            ${formatClock(selection.fromUs)} to ${formatClock(selection.toUs)}
          </p>`;
    }
    if (pointed === undefined) return nothing;
    const { x, y } = cellBox(plane, pointed.column, pointed.band);
    const { box: plot } = plane;
    const side =
      x > plot.left + plot.width / 2
        ? `right:${String(plot.left + plot.width + MARGIN.right - x + 8)}px`
        : `left:${String(x + 16)}px`;
    return html`<p class="tip small" style="${side};top:${String(Math.max(0, Math.min(y, this.height - 40)))}px">
      ${this.cellText(pointed)}
    </p>`;
  }

  /* Pointing */

  private readonly pressed = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.box = { x0: event.offsetX, y0: event.offsetY, x1: event.offsetX, y1: event.offsetY };
  };

  private readonly moved = (event: PointerEvent): void => {
    const plane = this.plane();
    const share = (event.offsetX - plane.box.left) / plane.box.width;
    const { fromUs, toUs } = plane.window;
    if (share >= 0 && share <= 1) this.pointer.point(Math.round(fromUs + share * (toUs - fromUs)));
    if (this.box === undefined) this.pointed = cellAt(plane, event.offsetX, event.offsetY);
    else this.box = { ...this.box, x1: event.offsetX, y1: event.offsetY };
  };

  private readonly released = (): void => {
    const { box } = this;
    this.box = undefined;
    if (box === undefined || Math.hypot(box.x1 - box.x0, box.y1 - box.y0) < DRAG_PX) return;
    this.select(heatmapSelection(this.plane(), box));
  };

  private readonly left = (): void => {
    this.box = undefined;
    this.pointed = undefined;
    this.pointer.leave();
  };

  private readonly keyed = (event: KeyboardEvent): void => {
    const { heatmap } = this;
    if (heatmap === undefined || heatmap.timesUs.length === 0) return;
    const move = ARROWS[event.key];
    if (move !== undefined) {
      event.preventDefault();
      const { column, band } = this.pointed ?? { column: heatmap.timesUs.length - 1, band: -move[1] };
      this.pointed = {
        column: Math.min(heatmap.timesUs.length - 1, Math.max(0, column + move[0])),
        band: Math.min(heatmap.bands.length - 1, Math.max(0, band + move[1])),
      };
      const endUs = heatmap.timesUs[this.pointed.column];
      if (endUs !== undefined) this.pointer.point(endUs - heatmap.stepUs / 2);
    }
    if (event.key !== "Enter" || this.pointed === undefined) return;
    event.preventDefault();
    const { x, y, width, height } = cellBox(this.plane(), this.pointed.column, this.pointed.band);
    this.select(heatmapSelection(this.plane(), { x0: x, y0: y + 1, x1: x + width, y1: y + height - 1 }));
  };

  private select(selection: HeatmapSelection | undefined): void {
    if (selection === undefined) return;
    this.dispatchEvent(
      new CustomEvent<HeatmapSelection>("box-select", { detail: selection, bubbles: true, composed: true }),
    );
  }

  /** A row for each band, the highest first, and of many columns every some. */
  private table({ bands, timesUs, counts }: Heatmap): ExportTable {
    const every = Math.max(1, Math.ceil(timesUs.length / TABLE_COLUMNS_MAX));
    const columns = timesUs.map((_, column) => column).filter((column) => column % every === 0);
    return {
      columns: ["Band", ...columns.map((column) => formatClock(timesUs[column] ?? 0))],
      rows: [...bands.entries()].reverse().map(([band, range]) => [
        this.bandText(range),
        ...columns.map((column) => {
          const count = counts[column]?.[band] ?? Number.NaN;
          return Number.isNaN(count) ? "–" : formatCount(count);
        }),
      ]),
    };
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      figure {
        margin: 0;
      }
      .plane {
        position: relative;
      }
      canvas {
        display: block;
        cursor: crosshair;
        touch-action: none;
      }
      .empty {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        pointer-events: none;
      }
      .tip {
        position: absolute;
        margin: 0;
        padding: 2px var(--space-2);
        background: var(--surface-1);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        pointer-events: none;
        white-space: nowrap;
        z-index: 2;
      }
      .key {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        margin-block: 2px;
      }
      .ramp {
        display: inline-flex;
      }
      .ramp i {
        width: 12px;
        height: 10px;
        background: var(--accent);
      }
      summary {
        cursor: pointer;
        width: max-content;
        line-height: 24px;
      }
      .scroll {
        max-height: 260px;
      }
      td {
        padding-block: 0;
        white-space: nowrap;
      }
    `,
  ];
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

function drawBox(context: CanvasRenderingContext2D, box: PixelRectangle, stroke: string, fill: string): void {
  const [left, top] = [Math.min(box.x0, box.x1), Math.min(box.y0, box.y1)];
  const [width, height] = [Math.abs(box.x1 - box.x0), Math.abs(box.y1 - box.y0)];
  context.globalAlpha = 0.15;
  context.fillStyle = fill;
  context.fillRect(left, top, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = stroke;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 0.5, width, height);
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-heatmap": HeatmapChart;
  }
}
