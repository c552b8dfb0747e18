/** Series as a table for other programs: a row for each instant, a column for each series, gaps left empty. Pure. */
import type { ExportTable } from "../state/export-text.js";
import type { ChartSeries } from "./chart-data.js";
import type { Heatmap } from "./heatmap-layout.js";

const isoOf = (atUs: number): string => new Date(atUs / 1_000).toISOString();

/** @param unitOf what a series counts in, as charts name it; it stands behind the name, for a column has no axis */
export function seriesTable<S extends ChartSeries>(series: readonly S[], unitOf: (one: S) => string): ExportTable {
  const instants = [...new Set(series.flatMap(({ timesUs }) => [...timesUs]))].sort((one, other) => one - other);
  const columns = series.map(
    ({ timesUs, values, parts = values }) => new Map([...timesUs].map((atUs, index) => [atUs, parts[index]])),
  );
  return {
    columns: ["time", ...series.map((one) => withUnit(one.name, unitOf(one)))],
    rows: instants.map((atUs) => [
      isoOf(atUs),
      ...columns.map((column) => {
        const value = column.get(atUs);
        return value === undefined || Number.isNaN(value) ? null : value;
      }),
    ]),
  };
}

const withUnit = (name: string, unit: string): string => (unit === "" ? name : `${name} (${unit})`);

/** A row for each cell that holds something. Bounds are in the unit of the values; the last band has no upper one. */
export function heatmapTable({ bands, timesUs, stepUs, counts }: Heatmap): ExportTable {
  return {
    columns: ["from", "to", "above", "up to", "events"],
    rows: timesUs.flatMap((atUs, column) =>
      bands.flatMap(({ low, high }, band) => {
        const count = counts[column]?.[band] ?? 0;
        return count > 0 ? [[isoOf(atUs - stepUs), isoOf(atUs), low, high === Infinity ? null : high, count]] : [];
      }),
    ),
  };
}
