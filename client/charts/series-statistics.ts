/** What a legend says of each series, and in which order. Pure. */
import type { ChartSeries } from "./chart-data.js";

export interface SeriesStatistics {
  readonly name: string;
  readonly min: number | undefined;
  readonly mean: number | undefined;
  readonly max: number | undefined;
  readonly last: number | undefined;
}

export type LegendColumn = keyof SeriesStatistics;

export interface LegendOrder {
  readonly column: LegendColumn;
  readonly descending: boolean;
}

export const LEGEND_COLUMNS: readonly LegendColumn[] = ["name", "min", "mean", "max", "last"];

/** Over the values that are numbers; undefined where there are none. */
export function statisticsOf({ name, values }: Pick<ChartSeries, "name" | "values">): SeriesStatistics {
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  let last: number | undefined;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count += 1;
    last = value;
  }
  return count === 0
    ? { name, min: undefined, mean: undefined, max: undefined, last: undefined }
    : { name, min, mean: sum / count, max, last };
}

/** By the column, what has no value last; equal ones by name. */
export function sortStatistics(
  rows: readonly SeriesStatistics[],
  { column, descending }: LegendOrder,
): readonly SeriesStatistics[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const byName = one.name.localeCompare(other.name, "en", { numeric: true });
    if (column === "name") return sign * byName;
    const [left, right] = [one[column], other[column]];
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined) || byName;
    return sign * (left - right) || byName;
  });
}

/** `max.desc` as the address holds it; the order of the answer for anything else. */
export function parseLegendOrder(text: string | undefined): LegendOrder | undefined {
  const [column, direction] = (text ?? "").split(".");
  const known = LEGEND_COLUMNS.find((name) => name === column);
  return known === undefined ? undefined : { column: known, descending: direction === "desc" };
}

export const legendOrderText = ({ column, descending }: LegendOrder): string =>
  `${column}.${descending ? "desc" : "asc"}`;
