/** What a histogram of lines says in words and as a table. Pure. */
import type { LogLevel, TimeWindow } from "../../server/wire/telemetry.js";
import type { ExportTable } from "../state/export-text.js";
import { chartCaption } from "./chart-caption.js";
import { formatClock } from "./format.js";
import { STACK_ORDER } from "./histogram-layout.js";
import type { HistogramLayout } from "./histogram-layout.js";

/** A row for each bar, a column for each level. */
export const histogramTable = ({ bars }: Pick<HistogramLayout, "bars">): ExportTable => ({
  columns: ["from", ...STACK_ORDER],
  rows: bars.map(({ fromUs, counts }) => [formatClock(fromUs), ...STACK_ORDER.map((level) => counts[level])]),
});

/** Undefined: the lines have not been counted yet. */
export function histogramCaption(layout: Pick<HistogramLayout, "totals"> | undefined, window: TimeWindow): string {
  const what = layout === undefined ? "loading" : countsText(layout.totals);
  return chartCaption(`Log lines by level over time: ${what}`, "", window);
}

export function countsText(counts: Readonly<Record<LogLevel, number>>): string {
  return STACK_ORDER.map((level) => `${String(counts[level])} ${level}`).join(", ");
}
