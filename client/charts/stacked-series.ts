/** Series laid on top of each other, so that the upper edge is their sum. Pure. */
import type { ChartSeries } from "./chart-data.js";

/**
 * Lines of the running sums, the first series lowest, each shaded down to the one below it. At an instant where a series
 * has no value it adds nothing; where none has one there is a gap. Dashed series (comparisons) are left as they are.
 */
export function stackSeries(series: readonly ChartSeries[]): readonly ChartSeries[] {
  const stacked = series.filter(({ dashed }) => dashed !== true);
  const instants = [...new Set(stacked.flatMap(({ timesUs }) => [...timesUs]))].sort((one, other) => one - other);
  const timesUs = Float64Array.from(instants);
  const rowOf = new Map(instants.map((atUs, row) => [atUs, row]));
  const sums = new Float64Array(instants.length).fill(Number.NaN);
  let below: string | undefined;
  const lines = stacked.map((one) => {
    one.timesUs.forEach((atUs, index) => {
      const value = one.values[index] ?? Number.NaN;
      const row = rowOf.get(atUs);
      if (row === undefined || Number.isNaN(value)) return;
      const sum = sums[row] ?? Number.NaN;
      sums[row] = (Number.isNaN(sum) ? 0 : sum) + value;
    });
    const line: ChartSeries = {
      ...one,
      timesUs,
      values: sums.slice(),
      parts: valuesOn(one, instants),
      band: below ?? BASE,
    };
    below = one.name;
    return line;
  });
  return [...lines, ...series.filter(({ dashed }) => dashed === true)];
}

/** Name of the other edge of the lowest area: the axis itself. */
export const BASE = "\u0000base";

function valuesOn({ timesUs, values }: ChartSeries, instants: readonly number[]): Float64Array {
  const at = new Map([...timesUs].map((atUs, index) => [atUs, values[index] ?? Number.NaN]));
  return Float64Array.from(instants, (atUs) => at.get(atUs) ?? Number.NaN);
}
