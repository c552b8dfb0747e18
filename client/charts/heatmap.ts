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
import { openSurface } from "./canvas-surface.js";
import { chartCaption } from "./chart-caption.js";
import "./chart-table.js";
import { formatClock, formatCount } from "./format.js";
import { cellAt, cellBox, heatmapSelection } from "./heatmap-layout.js";
import type { Heatmap, HeatmapCell, HeatmapPlane, HeatmapSelection, PixelRectangle } from "./heatmap-layout.js";
import { drawAxes, drawBox, drawCells, drawPointed } from "./heatmap-paint.js";
import { bandText, cellText, heatmapSummary, heatmapTable } from "./heatmap-texts.js";
import { instantSubject } from "./mark-subject.js";
import { createPalette } from "./scatter-palette.js";

const MARGIN = { left: 64, right: 28, top: 8, bottom: 22 };
/** A press that moves less than this is a click. */
const DRAG_PX = 5;
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
          aria-label="${caption}. ${heatmapSummary(this.heatmap, this.unit)}"
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
      <p class="visually-hidden" role="status">
        ${this.pointed === undefined ? "" : cellText(plane.heatmap, this.pointed, this.unit)}
      </p>
      <p class="small soft key">
        <span class="ramp" aria-hidden="true"
          >${[0.2, 0.4, 0.6, 0.8, 1].map((at) => html`<i style="opacity:${at}"></i>`)}</span
        >
        few to ${formatCount(plane.heatmap.countMax)} in a cell, by its square root · drag a box to select
      </p>
      <fd-chart-table caption=${caption} .table=${() => heatmapTable(plane.heatmap, this.unit)}></fd-chart-table>
    </figure>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("heatmap")) this.pointed = undefined;
    this.draw();
  }

  /* Drawing */

  private draw(): void {
    const { canvas } = this;
    if (canvas === null || this.size.width < 20) return;
    const plane = this.plane();
    const context = openSurface(canvas, Math.max(200, this.size.width), this.height);
    if (context === undefined) return;
    const color = createPalette(this);
    drawAxes(context, plane, color, { unit: this.unit, heightPx: this.height });
    drawCells(context, plane, color("var(--accent)"));
    if (this.pointed !== undefined) drawPointed(context, plane, this.pointed, color("var(--ink)"));
    if (this.box !== undefined) drawBox(context, this.box, color("var(--ink)"), color("var(--accent)"));
  }

  private tip(plane: HeatmapPlane): TemplateResult | typeof nothing {
    const { box, pointed } = this;
    if (box !== undefined) {
      const selection = heatmapSelection(plane, box);
      return selection === undefined
        ? nothing
        : html`<p class="tip small" style="left:${String(MARGIN.left + 8)}px;top:8px">
            ${formatCount(Math.round(selection.count))} events, ${bandText(selection, this.unit)},
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
      ${cellText(plane.heatmap, pointed, this.unit)}
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
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-heatmap": HeatmapChart;
  }
}
