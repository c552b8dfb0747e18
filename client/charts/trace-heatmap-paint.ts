/** Paints the heatmap of traces: its axes, its cells or the dots of single traces, and what is chosen of them. */
import { seriesColor } from "./colors.js";
import { xOf, yOf } from "./duration-plane.js";
import type { TracePoint } from "./duration-plane.js";
import { formatClockTick, formatDurationUs } from "./format.js";
import { rhombusPath } from "./rhombus.js";
import { logTicks, timeTicks } from "./scatter-axis.js";
import { strokeLine } from "./stroke-line.js";
import { cellPixels, heatOf, pixelsOfBox } from "./trace-heatmap-layout.js";
import type { CellRange, HeatPlane } from "./trace-heatmap-layout.js";

export const HEATMAP_HEIGHT_PX = 190;
/** From the middle of a failed trace's mark to its corners. */
const FAILED_PX = 4.5;

type Palette = (color: string) => string;

/** The place of a cell: columns go with the time, rows with the duration. */
export interface HeatCell {
  readonly column: number;
  readonly row: number;
}

interface HeatChoice {
  readonly cells: CellRange | undefined;
  readonly cursor: HeatCell | undefined;
  readonly dot: TracePoint | undefined;
}

/** Durations at round places, instants below. */
export function drawAxes(context: CanvasRenderingContext2D, plane: HeatPlane, colorOf: Palette): void {
  const { box, window } = plane;
  context.strokeStyle = colorOf("var(--line)");
  context.fillStyle = colorOf("var(--ink-soft)");
  context.font = `12px ${colorOf("var(--font-data)")}`;
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const durationUs of logTicks(plane.durationUsMin, plane.durationUsMax, 7)) {
    const y = Math.round(yOf(plane, durationUs)) + 0.5;
    strokeLine(context, [box.left, y, box.left + box.width, y]);
    context.fillText(formatDurationUs(durationUs), box.left - 6, y);
  }
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (const atUs of timeTicks(window.fromUs, window.toUs, Math.max(1, Math.floor(box.width / 110)))) {
    const x = Math.round(xOf(plane, atUs)) + 0.5;
    strokeLine(context, [x, box.top + box.height, x, box.top + box.height + 4]);
    // Up to eight figures of 12 px, 58 px wide: kept within the canvas at both ends.
    const middle = Math.min(Math.max(x, box.left), box.left + box.width - 20);
    context.fillText(formatClockTick(atUs), middle, HEATMAP_HEIGHT_PX - 3);
  }
}

/** Darker is more; the foot of a cell is the share that failed. */
export function drawCells(context: CanvasRenderingContext2D, plane: HeatPlane, colorOf: Palette): void {
  const accent = colorOf("var(--accent)");
  const critical = colorOf("var(--severity-critical)");
  for (const { column, row, count, failed } of plane.cells) {
    const { left, top, width, height } = cellPixels(plane, column, row);
    if (width <= 0) continue;
    context.globalAlpha = heatOf(count, plane.heatmap.most);
    context.fillStyle = accent;
    context.fillRect(left, top, Math.max(1, width - 0.5), height - 0.5);
    if (failed === 0) continue;
    // A failure among thousands has to be seen: its foot is 2 px high at least.
    const foot = Math.max(2, (height - 0.5) * (failed / count));
    context.globalAlpha = 1;
    context.fillStyle = critical;
    context.fillRect(left, top + height - 0.5 - foot, Math.max(1, width - 0.5), foot);
  }
  context.globalAlpha = 1;
}

/** Failed ones last, so that they lie on top. */
export function drawDots(context: CanvasRenderingContext2D, dots: readonly TracePoint[], colorOf: Palette): void {
  context.globalAlpha = 0.75;
  for (const { trace, x, y } of dots) {
    if (trace.errorCount > 0) continue;
    context.fillStyle = colorOf(seriesColor(trace.rootService));
    context.beginPath();
    context.arc(x, y, 2.8, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
  context.fillStyle = colorOf("var(--severity-critical)");
  for (const { trace, x, y } of dots) {
    if (trace.errorCount === 0) continue;
    rhombusPath(context, { x, y, half: FAILED_PX });
    context.fill();
  }
}

/** Frames around what is selected, where the keys stand, and the trace under the pointer. */
export function drawChosen(
  context: CanvasRenderingContext2D,
  plane: HeatPlane,
  colorOf: Palette,
  { cells, cursor, dot }: HeatChoice,
): void {
  context.lineWidth = 1.5;
  if (cells !== undefined) {
    const { left, top, width, height } = pixelsOfBox(plane, cells);
    context.strokeStyle = colorOf("var(--ink)");
    context.strokeRect(left, top, width, height);
  }
  context.strokeStyle = colorOf("var(--focus)");
  if (cursor !== undefined) {
    const { left, top, width, height } = cellPixels(plane, cursor.column, cursor.row);
    context.strokeRect(left - 1, top - 1, width + 2, height + 2);
  }
  if (dot === undefined) return;
  context.strokeStyle = colorOf("var(--ink)");
  context.beginPath();
  context.arc(dot.x, dot.y, 7, 0, 2 * Math.PI);
  context.stroke();
}
