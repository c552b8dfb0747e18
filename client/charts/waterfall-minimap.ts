/**
 * `<fd-waterfall-minimap>`: the whole trace in small, and which part of it is on the screen. Dragging the lit part moves
 * it, dragging elsewhere chooses another. The spans are painted once; only the frame is painted when it moves.
 * Dispatches `range-change` {range} (undefined for all).
 */
import { LitElement, css, html } from "lit";
import type { PropertyValues, TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { ThemeController } from "../controllers/theme-controller.js";
import { FrameTask, openSurface } from "./canvas-surface.js";
import { traceCaption } from "./chart-caption.js";
import { resolveColor } from "./colors.js";
import { createPalette } from "./scatter-palette.js";
import { minimapLines } from "./waterfall-marks.js";
import type { ZoomRange } from "./waterfall-rows.js";
import type { TraceTree } from "./waterfall-tree.js";

const HEIGHT_PX = 48;
/** A press that moves less than this chooses nothing. */
const DRAG_PX = 4;

interface Drag {
  readonly fromPx: number;
  readonly toPx: number;
  /** The range when the drag began, where it is moved. */
  readonly moved: ZoomRange | undefined;
}

@customElement("fd-waterfall-minimap")
export class WaterfallMinimap extends LitElement {
  @property({ attribute: false }) tree!: TraceTree;
  @query(".spans") private readonly spans!: HTMLCanvasElement;
  @query(".frame") private readonly frameCanvas!: HTMLCanvasElement;
  private readonly size = new ResizeController(this);
  private readonly frame = new FrameTask(() => {
    this.drawFrame();
  });
  private shown: ZoomRange | undefined;
  private drag: Drag | undefined;
  private paintedFor = "";

  constructor() {
    super();
    new ThemeController(this, () => {
      this.paintedFor = "";
      this.requestUpdate();
    });
  }

  /** The part that is lit. A method, so that zooming costs no update. */
  show(range: ZoomRange): void {
    this.shown = range;
    this.frame.request();
  }

  override render(): TemplateResult {
    return html`<canvas
        class="spans"
        role="img"
        aria-label="The whole trace in small. ${traceCaption(this.tree)}. The rows below are its table."
      ></canvas>
      <canvas
        class="frame"
        aria-hidden="true"
        @pointerdown=${this.pressed}
        @pointermove=${this.moved}
        @pointerup=${this.released}
        @pointercancel=${this.released}
        @dblclick=${() => {
          this.tell(undefined);
        }}
      ></canvas>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("tree")) this.paintedFor = "";
    this.drawSpans();
    this.frame.request();
  }

  private get totalUs(): number {
    return Math.max(1, this.tree.endUs - this.tree.startUs);
  }

  private drawSpans(): void {
    const { width } = this.size;
    const key = `${String(width)}|${String(window.devicePixelRatio)}`;
    if (width === 0 || key === this.paintedFor) return;
    this.paintedFor = key;
    const context = openSurface(this.spans, width, HEIGHT_PX);
    if (context === undefined) return;
    const colorOf = createPalette(this);
    for (const { x, y, width: length, height, color } of minimapLines(this.tree, width, HEIGHT_PX - 4)) {
      context.fillStyle = colorOf(color);
      context.fillRect(x, y + 2, length, height);
    }
  }

  private drawFrame(): void {
    const { width } = this.size;
    const context = openSurface(this.frameCanvas, width, HEIGHT_PX);
    if (context === undefined) return;
    const perUs = width / this.totalUs;
    const { drag, shown } = this;
    const choosing = drag !== undefined && drag.moved === undefined;
    const from = choosing ? Math.min(drag.fromPx, drag.toPx) : (shown?.fromUs ?? 0) * perUs;
    const to = choosing ? Math.max(drag.fromPx, drag.toPx) : (shown?.toUs ?? this.totalUs) * perUs;
    if (to - from >= width - 1) return;
    context.fillStyle = resolveColor("var(--surface-0)", this);
    context.globalAlpha = 0.7;
    context.fillRect(0, 0, from, HEIGHT_PX);
    context.fillRect(to, 0, width - to, HEIGHT_PX);
    context.globalAlpha = 1;
    context.strokeStyle = resolveColor("var(--accent)", this);
    context.lineWidth = 1.5;
    context.strokeRect(from + 0.5, 0.5, Math.max(1, to - from - 1), HEIGHT_PX - 1);
  }

  private readonly pressed = (event: PointerEvent): void => {
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    const x = event.offsetX;
    const perUs = this.size.width / this.totalUs;
    const { shown } = this;
    const isWhole = shown === undefined || shown.toUs - shown.fromUs >= this.totalUs;
    const isInside = !isWhole && x >= shown.fromUs * perUs && x <= shown.toUs * perUs;
    this.drag = { fromPx: x, toPx: x, moved: isInside ? shown : undefined };
  };

  private readonly moved = (event: PointerEvent): void => {
    const { drag } = this;
    if (drag === undefined) return;
    this.drag = { ...drag, toPx: event.offsetX };
    if (drag.moved === undefined) this.frame.request();
    else {
      const byUs = ((event.offsetX - drag.fromPx) * this.totalUs) / this.size.width;
      this.tell({ fromUs: drag.moved.fromUs + byUs, toUs: drag.moved.toUs + byUs });
    }
  };

  private readonly released = (): void => {
    const { drag } = this;
    this.drag = undefined;
    this.frame.request();
    if (drag === undefined || drag.moved !== undefined || Math.abs(drag.toPx - drag.fromPx) < DRAG_PX) return;
    const perPx = this.totalUs / this.size.width;
    this.tell({ fromUs: Math.min(drag.fromPx, drag.toPx) * perPx, toUs: Math.max(drag.fromPx, drag.toPx) * perPx });
  };

  private tell(range: ZoomRange | undefined): void {
    this.dispatchEvent(new CustomEvent("range-change", { detail: { range } }));
  }

  static override styles = css`
    :host {
      display: block;
      position: relative;
      height: 48px;
    }
    canvas {
      position: absolute;
      inset: 0;
      width: 100%;
      height: 48px;
      touch-action: none;
    }
    .frame {
      cursor: crosshair;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-waterfall-minimap": WaterfallMinimap;
  }
}
