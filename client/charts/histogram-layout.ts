/** Stacked bars of log lines by level over time. The lowest part of a bar is the most severe level, so that errors share a base line. */
import type { LogHistogram, LogLevel, TimeWindow } from "../../server/wire/telemetry.js";

/** Bottom to top. */
export const STACK_ORDER: readonly LogLevel[] = ["error", "warn", "info", "debug"];

export interface HistogramBar {
  readonly fromUs: number;
  readonly toUs: number;
  readonly total: number;
  readonly counts: Readonly<Record<LogLevel, number>>;
  readonly x: number;
  readonly width: number;
  /** Bottom to top; levels without lines are left out. */
  readonly parts: readonly { readonly level: LogLevel; readonly y: number; readonly height: number }[];
}

export interface HistogramLayout {
  readonly bars: readonly HistogramBar[];
  readonly countMax: number;
  readonly totals: Readonly<Record<LogLevel, number>>;
}

/** Fewest pixels of a part that has a line at all: a single error among thousands must be seen. */
const PART_PX_MIN = 2;

/** Bars for a plane of `width` × `height` CSS pixels over the window. */
export function layoutHistogram(
  histogram: LogHistogram,
  window: TimeWindow,
  plane: { readonly width: number; readonly height: number },
): HistogramLayout {
  const sums = histogram.buckets.map(({ counts }) => STACK_ORDER.reduce((sum, level) => sum + counts[level], 0));
  const countMax = sums.reduce((most, sum) => Math.max(most, sum), 0);
  const perUs = plane.width / Math.max(1, window.toUs - window.fromUs);
  const gap = histogram.stepUs * perUs >= 4 ? 1 : 0;
  const bars = histogram.buckets.map((bucket, index) => {
    const x = Math.max(0, (bucket.fromUs - window.fromUs) * perUs);
    const end = Math.min(plane.width, (bucket.fromUs + histogram.stepUs - window.fromUs) * perUs);
    return {
      fromUs: bucket.fromUs,
      toUs: bucket.fromUs + histogram.stepUs,
      total: sums[index] ?? 0,
      counts: bucket.counts,
      x,
      width: Math.max(1, end - x - gap),
      parts: stack(bucket.counts, countMax, plane.height),
    };
  });
  return { bars, countMax, totals: totalsOf(histogram) };
}

function stack(counts: Readonly<Record<LogLevel, number>>, countMax: number, height: number): HistogramBar["parts"] {
  const parts: { level: LogLevel; y: number; height: number }[] = [];
  let base = height;
  for (const level of STACK_ORDER) {
    if (counts[level] === 0) continue;
    const part = Math.min(base, Math.max(PART_PX_MIN, (counts[level] / countMax) * height));
    base -= part;
    parts.push({ level, y: base, height: part });
  }
  return parts;
}

/** The parts of one level in all bars as the data of one SVG path. */
export function outlineOf({ bars }: HistogramLayout, level: LogLevel): string {
  let outline = "";
  for (const { x, width, parts } of bars)
    for (const part of parts)
      if (part.level === level)
        outline += `M${pixels(x)} ${pixels(part.y)}h${pixels(width)}v${pixels(part.height)}h${pixels(-width)}z`;
  return outline;
}

/** To a hundredth: finer is not seen. */
const pixels = (length: number): string => String(Math.round(length * 100) / 100);

function totalsOf(histogram: LogHistogram): Record<LogLevel, number> {
  const totals: Record<LogLevel, number> = { debug: 0, info: 0, warn: 0, error: 0 };
  for (const { counts } of histogram.buckets) for (const level of STACK_ORDER) totals[level] += counts[level];
  return totals;
}

/** Index of the bar under a pixel, undefined beside the plane. */
export function barAt(layout: HistogramLayout, x: number): number | undefined {
  const index = layout.bars.findIndex((bar) => x >= bar.x && x < bar.x + bar.width + 1);
  return index < 0 ? undefined : index;
}
