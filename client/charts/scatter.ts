/**
 * `<fd-trace-scatter>`: traces over time by duration, on a logarithmic axis. A click opens a trace, a dragged box
 * narrows the search. Failed traces are diamonds in the colour of errors, others dots in the colour of their service.
 * The list of results beside it is the form for keyboards and screen readers.
 */
import { consume } from "@lit/context";
import { LitElement, css, html, nothing } from "lit";
import type { TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { TimeWindow, TraceSummary } from "../../server/wire/telemetry.js";
import { CrosshairController } from "../controllers/crosshair-controller.js";
import { ResizeController } from "../controllers/resize-controller.js";
import { sharedStyles } from "../elements/shared.styles.js";
import { crosshairContext } from "../state/contexts.js";
import type { CrosshairModel } from "../state/crosshair.js";
import { resolveColor, seriesColor } from "./colors.js";
import { formatClock, formatDurationUs } from "./format.js";
import { createPalette } from "./scatter-palette.js";
import { logTicks, timeTicks } from "./scatter-axis.js";
import { layoutScatter, pointAt, selectionOf, timeAt, xOf, yOf } from "./scatter-layout.js";
import type { PixelRectangle, ScatterLayout, ScatterPoint, ScatterSelection } from "./scatter-layout.js";

const HEIGHT_PX = 190;
const MARGIN = { left: 56, right: 10, top: 8, bottom: 20 };
const HIT_PX = 9;
/** A press that moves less than this is a click. */
const DRAG_PX = 5;

/** Dispatches `trace-open` {traceId} and `box-select` (a ScatterSelection). */
@customElement("fd-trace-scatter")
export class TraceScatter extends LitElement {
  @property({ attribute: false }) traces: readonly TraceSummary[] = [];
  @property({ attribute: false }) window: TimeWindow = { fromUs: 0, toUs: 1 };
  @consume({ context: crosshairContext, subscribe: true }) @state() private crosshair: CrosshairModel | undefined;
  @state() private pointed: ScatterPoint | undefined;
  @state() private box: PixelRectangle | undefined;
  @query("canvas") private readonly canvas!: HTMLCanvasElement | null;
  private readonly size = new ResizeController(this);
  private layout: ScatterLayout | undefined;

  private readonly pointer = new CrosshairController(this, {
    model: () => this.crosshair,
    container: () => this.renderRoot.querySelector(".plane"),
    place: (atUs) =>
      this.layout === undefined || atUs < this.window.fromUs || atUs > this.window.toUs
        ? undefined
        : xOf(this.layout, atUs),
    axis: () => this.window,
  });

  override render(): TemplateResult {
    const width = Math.max(160, this.size.width);
    const failed = this.traces.filter(({ errorCount }) => errorCount > 0).length;
    return html`<div class="plane">
      <canvas
        style="width:${String(width)}px;height:${String(HEIGHT_PX)}px"
        role="img"
        aria-label="Duration of ${this.traces.length} traces over time, ${failed} with errors. The list below has the same traces."
        @pointerdown=${this.pressed}
        @pointermove=${this.moved}
        @pointerup=${this.released}
        @pointercancel=${this.left}
        @pointerleave=${this.left}
        @dblclick=${this.lock}
      ></canvas>
      ${this.tip(width)}
    </div>`;
  }

  override updated(): void {
    const { canvas } = this;
    const context = canvas?.getContext("2d");
    if (canvas === null || context === null || context === undefined) return;
    const width = Math.max(160, this.size.width);
    this.layout = layoutScatter(this.traces, this.window, {
      left: MARGIN.left,
      top: MARGIN.top,
      width: width - MARGIN.left - MARGIN.right,
      height: HEIGHT_PX - MARGIN.top - MARGIN.bottom,
    });
    const ratio = window.devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(HEIGHT_PX * ratio);
    context.scale(ratio, ratio);
    this.drawAxes(context, this.layout);
    this.drawPoints(context, this.layout);
    this.drawOverlay(context);
  }

  private color(name: string): string {
    return resolveColor(`var(${name})`, this);
  }

  private drawAxes(context: CanvasRenderingContext2D, layout: ScatterLayout): void {
    const { box } = layout;
    context.strokeStyle = this.color("--line");
    context.fillStyle = this.color("--ink-soft");
    context.font = `12px ${this.color("--font-data")}`;
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const durationUs of logTicks(layout.durationUsMin, layout.durationUsMax, 7)) {
      const y = Math.round(yOf(layout, durationUs)) + 0.5;
      strokeLine(context, [box.left, y, box.left + box.width, y]);
      context.fillText(formatDurationUs(durationUs), box.left - 6, y);
    }
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    for (const atUs of timeTicks(this.window.fromUs, this.window.toUs, Math.max(1, Math.floor(box.width / 110)))) {
      const x = Math.round(xOf(layout, atUs)) + 0.5;
      strokeLine(context, [x, box.top + box.height, x, box.top + box.height + 4]);
      // Eight figures of 12 px are 58 px wide: kept within the canvas at both ends.
      context.fillText(formatClock(atUs), Math.min(Math.max(x, box.left), box.left + box.width - 20), HEIGHT_PX - 3);
    }
  }

  /** Failed ones last, so that they lie on top. */
  private drawPoints(context: CanvasRenderingContext2D, layout: ScatterLayout): void {
    const critical = this.color("--severity-critical");
    const colorOf = createPalette(this);
    context.globalAlpha = 0.75;
    for (const { trace, x, y } of layout.points) {
      if (trace.errorCount > 0) continue;
      context.fillStyle = colorOf(seriesColor(trace.rootService));
      context.beginPath();
      context.arc(x, y, 2.6, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalAlpha = 1;
    context.fillStyle = critical;
    for (const { trace, x, y } of layout.points) if (trace.errorCount > 0) fillDiamond(context, x, y, 4.5);
  }

  private drawOverlay(context: CanvasRenderingContext2D): void {
    const { box, pointed } = this;
    if (pointed !== undefined) {
      context.strokeStyle = this.color("--ink");
      context.lineWidth = 1.5;
      context.beginPath();
      context.arc(pointed.x, pointed.y, 7, 0, 2 * Math.PI);
      context.stroke();
    }
    if (box === undefined) return;
    const left = Math.min(box.x0, box.x1);
    const top = Math.min(box.y0, box.y1);
    context.strokeStyle = this.color("--accent");
    context.lineWidth = 1;
    context.strokeRect(left, top, Math.abs(box.x1 - box.x0), Math.abs(box.y1 - box.y0));
    context.globalAlpha = 0.15;
    context.fillStyle = this.color("--accent");
    context.fillRect(left, top, Math.abs(box.x1 - box.x0), Math.abs(box.y1 - box.y0));
    context.globalAlpha = 1;
  }

  private tip(width: number): TemplateResult | typeof nothing {
    const { pointed, box, layout } = this;
    if (box !== undefined && layout !== undefined) {
      return html`<p class="tip small" style="left:64px;top:8px">${selectionText(selectionOf(layout, box))}</p>`;
    }
    if (pointed === undefined) return nothing;
    const { trace, x, y } = pointed;
    const side = x > width / 2 ? `right:${String(width - x + 12)}px` : `left:${String(x + 12)}px`;
    return html`<div class="tip small" style="${side};top:${String(Math.min(y, HEIGHT_PX - 70))}px">
      <strong>${trace.rootName}</strong><br />
      <span class="data">${formatDurationUs(trace.durationUs)} · ${formatClock(trace.startUs, 3)}</span><br />
      ${trace.spanCount}
      spans${trace.errorCount > 0 ? html`, <span class="critical">${trace.errorCount} failed</span>` : nothing}
    </div>`;
  }

  private readonly pressed = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.box = { x0: event.offsetX, y0: event.offsetY, x1: event.offsetX, y1: event.offsetY };
  };

  private readonly moved = (event: PointerEvent): void => {
    const { layout, box } = this;
    if (layout === undefined) return;
    this.pointer.point(timeAt(layout, event.offsetX));
    if (box === undefined) this.pointed = pointAt(layout, event.offsetX, event.offsetY, HIT_PX);
    else this.box = { ...box, x1: event.offsetX, y1: event.offsetY };
  };

  private readonly released = (event: PointerEvent): void => {
    const { box, layout } = this;
    this.box = undefined;
    if (box === undefined || layout === undefined) return;
    if (Math.hypot(box.x1 - box.x0, box.y1 - box.y0) >= DRAG_PX) {
      const selection = selectionOf(layout, box);
      this.dispatchEvent(new CustomEvent<ScatterSelection>("box-select", { detail: selection }));
      return;
    }
    const hit = pointAt(layout, event.offsetX, event.offsetY, HIT_PX);
    if (hit === undefined) return;
    this.dispatchEvent(new CustomEvent("trace-open", { detail: { traceId: hit.trace.traceId } }));
  };

  private readonly left = (): void => {
    this.box = undefined;
    this.pointed = undefined;
    this.pointer.leave();
  };

  private readonly lock = (): void => {
    this.crosshair?.toggleLock();
  };

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        position: relative;
        min-height: 190px;
      }
      .plane {
        position: relative;
      }
      canvas {
        display: block;
        cursor: crosshair;
        touch-action: none;
      }
      .tip {
        position: absolute;
        padding: 2px var(--space-2);
        background: var(--surface-1);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        pointer-events: none;
        white-space: nowrap;
      }
    `,
  ];
}

function selectionText(selection: ScatterSelection): string {
  const { fromUs, toUs, minDurationUs, maxDurationUs, count } = selection;
  const durations = `${formatDurationUs(minDurationUs)} to ${formatDurationUs(maxDurationUs)}`;
  return `${String(count)} traces, ${durations}, ${formatClock(fromUs)} to ${formatClock(toUs)}`;
}

function strokeLine(
  context: CanvasRenderingContext2D,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

function fillDiamond(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.fill();
}

declare global {
  interface HTMLElementTagNameMap {
    "fd-trace-scatter": TraceScatter;
  }
}
