/** Paints what of a waterfall is canvas: the ruler above the rows, and the bars of the rows with the lengths of their spans. */
import { paintBars } from "./bar-marks.js";
import { openSurface } from "./canvas-surface.js";
import { formatDurationUs } from "./format.js";
import { linearTicks } from "./scatter-axis.js";
import { strokeLine } from "./stroke-line.js";
import type { LengthText, RowMarks } from "./waterfall-marks.js";
import type { ZoomRange } from "./waterfall-rows.js";

const RULER_PX = 20;
/** Between two instants of the ruler, about. */
const TICK_PX = 90;

export interface WaterfallPen {
  readonly widthPx: number;
  /** Of the time that is shown. */
  readonly scalePx: number;
  /** A colour of the page as a canvas takes it. */
  readonly palette: (color: string) => string;
  readonly font: string;
}

export function paintRuler(canvas: HTMLCanvasElement, { fromUs, toUs }: ZoomRange, pen: WaterfallPen): void {
  const { scalePx, palette } = pen;
  const context = surfaceOf(canvas, RULER_PX, pen);
  if (context === undefined) return;
  context.font = pen.font;
  context.textBaseline = "middle";
  context.fillStyle = palette("var(--ink-soft)");
  context.strokeStyle = palette("var(--line-strong)");
  for (const tick of linearTicks(fromUs, toUs, Math.max(2, Math.floor(scalePx / TICK_PX)))) {
    const x = Math.round(((tick - fromUs) / (toUs - fromUs)) * scalePx) + 0.5;
    strokeLine(context, [x, 0, x, RULER_PX]);
    context.fillText(formatDurationUs(tick), x + 4, RULER_PX / 2);
  }
}

/** The rows that exist, one below the other. */
export function paintRows(
  canvas: HTMLCanvasElement,
  heightPx: number,
  rows: readonly RowMarks[],
  pen: WaterfallPen,
): void {
  const context = surfaceOf(canvas, heightPx, pen);
  if (context === undefined) return;
  const { palette, font } = pen;
  paintBars(
    context,
    rows.flatMap((row) => row.bars),
    { colorOf: palette, font, characterPx: 7 },
  );
  context.font = font;
  context.textBaseline = "middle";
  for (const { length } of rows) drawLength(context, length, palette);
}

function surfaceOf(
  canvas: HTMLCanvasElement,
  heightPx: number,
  { widthPx }: WaterfallPen,
): CanvasRenderingContext2D | undefined {
  canvas.style.width = `${String(widthPx)}px`;
  canvas.style.height = `${String(heightPx)}px`;
  return openSurface(canvas, widthPx, heightPx);
}

function drawLength(
  context: CanvasRenderingContext2D,
  { x, y, durationUs, dim }: LengthText,
  palette: (color: string) => string,
): void {
  context.globalAlpha = dim ? 0.35 : 1;
  context.fillStyle = palette("var(--ink-soft)");
  context.fillText(formatDurationUs(durationUs), x, y);
  context.globalAlpha = 1;
}
