/**
 * What stands in a chart beside its lines: the band of usual values, markers, thresholds and exemplars. Each function draws
 * on the plot's canvas in device pixels; `colorOf` resolves a CSS colour on the chart's element.
 */
import type uPlot from "uplot";
import type { ChartExemplar } from "./chart-data.js";
import type { ChartMarker } from "./markers.js";
import { rhombusPath } from "./rhombus.js";
import { strokeLine } from "./stroke-line.js";

/** The font of a chart's axes and names. */
export const CHART_FONT = '11px "JetBrains Mono Variable", monospace';

const THRESHOLD_NAME_PX = 64;
const EXEMPLAR_HALF_PX = 3.5;

type ColorOf = (color: string) => string;

export interface ChartThreshold {
  readonly value: number;
  readonly title: string;
  /** A CSS colour or `var(--…)`; the warning's where left out. */
  readonly color?: string;
}

/** Behind everything: the band in which values usually lie. */
export function drawUsual(
  plot: uPlot,
  usual: { readonly low: number; readonly high: number } | undefined,
  colorOf: ColorOf,
): void {
  if (usual === undefined) return;
  const { ctx, bbox } = plot;
  const place = (value: number): number =>
    Math.min(bbox.top + bbox.height, Math.max(bbox.top, plot.valToPos(value, "y", true)));
  const [top, bottom] = [place(usual.high), place(usual.low)];
  ctx.save();
  ctx.fillStyle = `color-mix(in srgb, ${colorOf("var(--severity-ok)")} 12%, transparent)`;
  ctx.fillRect(bbox.left, top, bbox.width, Math.max(devicePixelRatio, bottom - top));
  ctx.restore();
}

/** A dotted line down the plot for each. */
export function drawMarkers(plot: uPlot, markers: readonly ChartMarker[], colorOf: ColorOf): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.lineWidth = devicePixelRatio;
  for (const { atUs, kind } of markers) {
    const x = Math.round(plot.valToPos(atUs / 1e6, "x", true));
    ctx.strokeStyle = colorOf(kind === "alert" ? "var(--severity-critical)" : "var(--line-strong)");
    strokeLine(ctx, [x, bbox.top, x, bbox.top + bbox.height]);
  }
  ctx.restore();
}

/** A dashed line across the plot with its name, for each; names of lines that lie close stand beside each other. */
export function drawThresholds(plot: uPlot, thresholds: readonly ChartThreshold[], colorOf: ColorOf): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.font = CHART_FONT.replace("11px", `${String(11 * devicePixelRatio)}px`);
  // The axes leave their own alignment behind.
  ctx.textAlign = "left";
  for (const [index, { value, title, color = "var(--severity-warning)" }] of thresholds.entries()) {
    const placed = plot.valToPos(value, "y", true);
    if (Number.isNaN(placed)) continue;
    // Beyond the axis it stands at the edge, with an arrow.
    const y = Math.round(Math.min(bbox.top + bbox.height, Math.max(bbox.top, placed)));
    const beyond = placed < bbox.top - 1 ? " ↑" : "";
    ctx.strokeStyle = colorOf(color);
    ctx.fillStyle = ctx.strokeStyle;
    strokeLine(ctx, [bbox.left, y, bbox.left + bbox.width, y]);
    const above = y - bbox.top > 18 * devicePixelRatio;
    ctx.textBaseline = above ? "bottom" : "top";
    const lift = (above ? -4 : 4) * devicePixelRatio;
    ctx.fillText(`${title}${beyond}`, bbox.left + (4 + index * THRESHOLD_NAME_PX) * devicePixelRatio, y + lift);
  }
  ctx.restore();
}

/** A small rhombus for each request of which the trace is known. */
export function drawExemplars(plot: uPlot, exemplars: readonly ChartExemplar[], colorOf: ColorOf): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colorOf("var(--accent)");
  ctx.fillStyle = colorOf("var(--surface-1)");
  ctx.lineWidth = 1.25 * devicePixelRatio;
  const half = EXEMPLAR_HALF_PX * devicePixelRatio;
  for (const exemplar of exemplars) {
    const x = plot.valToPos(exemplar.atUs / 1e6, "x", true);
    const y = exemplarTop(plot, exemplar) * devicePixelRatio + bbox.top;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    rhombusPath(ctx, { x, y, half });
    ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

/** CSS px below the upper edge of the plot; what lies above the axis stands at the edge. */
export function exemplarTop(plot: uPlot, { value }: ChartExemplar): number {
  return Math.max(4, plot.valToPos(value, "y"));
}
