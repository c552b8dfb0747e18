/** Paints a heatmap: its axes, its cells, and what is pointed at or dragged over. */
import { formatClockTick } from "./format.js";
import { cellBox, shade } from "./heatmap-layout.js";
import type { HeatmapCell, HeatmapPlane, PixelRectangle } from "./heatmap-layout.js";
import { boundText } from "./heatmap-texts.js";
import { timeTicks } from "./scatter-axis.js";
import { strokeLine } from "./stroke-line.js";

/** Between two names of bands. */
const LABEL_PX = 18;
/** Between two instants, about. */
const TICK_PX = 85;

export function drawAxes(
  context: CanvasRenderingContext2D,
  { heatmap, window: shown, box }: HeatmapPlane,
  color: (name: string) => string,
  { unit, heightPx }: { readonly unit: string; readonly heightPx: number },
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
    strokeLine(context, [box.left, y, box.left + box.width, y]);
    context.fillText(boundText(high, unit), box.left - 6, Math.max(6, y));
  });
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (const atUs of timeTicks(shown.fromUs, shown.toUs, Math.max(1, Math.floor(box.width / TICK_PX)))) {
    const x = box.left + ((atUs - shown.fromUs) / (shown.toUs - shown.fromUs)) * box.width;
    strokeLine(context, [x, box.top + box.height, x, box.top + box.height + 4]);
    context.fillText(formatClockTick(atUs), Math.max(x, box.left + 4), heightPx - 4);
  }
}

export function drawCells(context: CanvasRenderingContext2D, plane: HeatmapPlane, fill: string): void {
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

/** A frame around the cell under the pointer or the keys. */
export function drawPointed(
  context: CanvasRenderingContext2D,
  plane: HeatmapPlane,
  { column, band }: HeatmapCell,
  stroke: string,
): void {
  const { x, y, width, height } = cellBox(plane, column, band);
  context.strokeStyle = stroke;
  context.lineWidth = 1.5;
  context.strokeRect(x, y, Math.max(2, width), height);
}

/** The box of a drag under way. */
export function drawBox(context: CanvasRenderingContext2D, box: PixelRectangle, stroke: string, fill: string): void {
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
