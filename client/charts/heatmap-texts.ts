/** What a heatmap says in words and as a table; values in its unit, as `formatUnit` takes it. Pure. */
import type { ExportTable } from "../state/export-text.js";
import { formatClock, formatCount, formatUnit } from "./format.js";
import type { Heatmap, HeatmapBand, HeatmapCell } from "./heatmap-layout.js";

const TABLE_COLUMNS_MAX = 24;

/** An end of a band. */
export const boundText = (value: number, unit: string): string =>
  value === Infinity ? "∞" : value === 0 ? "0" : formatUnit(value, unit);

export function bandText({ low, high }: Pick<HeatmapBand, "low" | "high">, unit: string): string {
  return high === Infinity ? `over ${boundText(low, unit)}` : `${boundText(low, unit)} to ${boundText(high, unit)}`;
}

/** Empty for a cell that there is not. */
export function cellText({ bands, timesUs, counts, stepUs }: Heatmap, cell: HeatmapCell, unit: string): string {
  const range = bands[cell.band];
  const endUs = timesUs[cell.column];
  if (range === undefined || endUs === undefined) return "";
  const count = counts[cell.column]?.[cell.band] ?? Number.NaN;
  const events = Number.isNaN(count) ? "no sample" : `${formatCount(Math.round(count * 10) / 10)} events`;
  return `${bandText(range, unit)}: ${events}, ${formatClock(endUs - stepUs)} to ${formatClock(endUs)}`;
}

/** The whole of it, in place of the picture. */
export function heatmapSummary(heatmap: Heatmap | undefined, unit: string): string {
  if (heatmap === undefined || heatmap.countMax === 0) return "No samples.";
  const { bands, counts } = heatmap;
  const total = counts.reduce((sum, cells) => sum + cells.reduce((part, count) => part + (count || 0), 0), 0);
  const ends = `from ${boundText(bands[0]?.low ?? 0, unit)} to ${boundText(bands.at(-1)?.high ?? 0, unit)}`;
  return `${formatCount(total)} events in ${String(bands.length)} bands ${ends}. Arrow keys walk through the cells.`;
}

/** A row for each band, the highest first, and of many columns every some. */
export function heatmapTable({ bands, timesUs, counts }: Heatmap, unit: string): ExportTable {
  const every = Math.max(1, Math.ceil(timesUs.length / TABLE_COLUMNS_MAX));
  const columns = timesUs.map((_, column) => column).filter((column) => column % every === 0);
  return {
    columns: ["Band", ...columns.map((column) => formatClock(timesUs[column] ?? 0))],
    rows: [...bands.entries()].reverse().map(([band, range]) => [
      bandText(range, unit),
      ...columns.map((column) => {
        const count = counts[column]?.[band] ?? Number.NaN;
        return Number.isNaN(count) ? "–" : formatCount(count);
      }),
    ]),
  };
}
