/** Series with instants of their own, brought onto one axis for drawing. Pure. */
import type { TimeWindow } from "../../server/wire/telemetry.js";

export interface ChartSeries {
  readonly name: string;
  /** Ascending, µs. */
  readonly timesUs: Float64Array;
  /** As long as `timesUs`; NaN is a gap. */
  readonly values: Float64Array;
  /** Distance of samples where none is missing; without it, the smallest distance that occurs. */
  readonly stepUs?: number;
  /** Until when values were asked for, µs; a series that ended earlier has no value there. Undefined where nobody knows. */
  readonly askedToUs?: number;
  /** Of the series that it draws, for where one can go from it. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly dashed?: boolean;
  /** Name of another series of the chart; the area between the two is shaded. */
  readonly band?: string;
  /** What the series itself adds, where `values` are sums with those below it. */
  readonly parts?: Float64Array;
  /** A CSS colour or `var(--…)`; by the name's hash where left out. */
  readonly color?: string;
}

export interface ChartExemplar {
  readonly atUs: number;
  readonly value: number;
  readonly traceId: string;
}

/** Seconds ascending, then a column for each series: null breaks the line, undefined is passed over. */
export type AlignedData = [number[], ...(number | null | undefined)[][]];

/** Two samples of a series that are farther apart than this many of its steps have a gap between them. */
const GAP_STEPS = 1.6;

/**
 * All series over the union of their instants. A series that has no sample at an instant of another is passed over
 * there; where its own samples are missing (farther apart than its step) the line breaks, for gaps are gaps.
 */
export function alignSeries(series: readonly ChartSeries[]): AlignedData {
  const gaps = series.map(gapsOf);
  const shared = sharedInstants(series, gaps);
  if (shared !== undefined) {
    return [Array.from(shared, (atUs) => atUs / 1_000_000), ...series.map(({ values }) => columnOf(values))];
  }
  const instants = new Set<number>();
  for (const [index, { timesUs }] of series.entries()) {
    for (const atUs of timesUs) instants.add(atUs);
    for (const { fromUs } of gaps[index] ?? []) instants.add(fromUs);
  }
  const axisUs = [...instants].sort((one, other) => one - other);
  const rowOf = new Map(axisUs.map((atUs, row) => [atUs, row]));
  const columns = series.map(({ timesUs, values }, index) => {
    const column = new Array<number | null | undefined>(axisUs.length).fill(undefined);
    // At every instant of the others too: a line breaks no farther than where it is said to.
    for (const { fromUs, toUs } of gaps[index] ?? []) {
      for (let row = rowOf.get(fromUs) ?? 0; (axisUs[row] ?? toUs) < toUs; row += 1) column[row] = null;
    }
    for (let at = 0; at < timesUs.length; at += 1) {
      const value = values[at] ?? Number.NaN;
      column[rowOf.get(timesUs[at] ?? 0) ?? 0] = Number.isFinite(value) ? value : null;
    }
    return column;
  });
  return [axisUs.map((atUs) => atUs / 1_000_000), ...columns];
}

/** A loop: `Array.from` with a function costs ten times as much, and a dashboard has a hundred thousand points. */
function columnOf(values: Float64Array): (number | null)[] {
  const column = new Array<number | null>(values.length);
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at] ?? Number.NaN;
    column[at] = Number.isFinite(value) ? value : null;
  }
  return column;
}

/** The instants that all series have, where they have the same and none has a gap: the answer of one range query. */
function sharedInstants(
  series: readonly ChartSeries[],
  gaps: readonly (readonly unknown[])[],
): Float64Array | undefined {
  const first = series[0]?.timesUs;
  if (first === undefined || gaps.some(({ length }) => length > 0)) return undefined;
  const same = series.every(
    ({ timesUs }) =>
      timesUs === first || (timesUs.length === first.length && timesUs.every((atUs, at) => atUs === first[at])),
  );
  return same ? first : undefined;
}

/** Gaps of the series, from where the next sample should be to before the one that is. */
function gapsOf({ timesUs, stepUs }: ChartSeries): readonly { readonly fromUs: number; readonly toUs: number }[] {
  const step = stepUs ?? stepOf(timesUs);
  const found: { readonly fromUs: number; readonly toUs: number }[] = [];
  for (let at = 1; at < timesUs.length; at += 1) {
    const before = timesUs[at - 1] ?? 0;
    const after = timesUs[at] ?? 0;
    if (after - before > GAP_STEPS * step) found.push({ fromUs: before + step, toUs: after });
  }
  return found;
}

/** The smallest distance between two samples; ∞ for fewer than two. */
function stepOf(timesUs: Float64Array): number {
  let step = Number.POSITIVE_INFINITY;
  for (let at = 1; at < timesUs.length; at += 1) step = Math.min(step, (timesUs[at] ?? 0) - (timesUs[at - 1] ?? 0));
  return step;
}

/** Lowest and highest value drawn; zero belongs to the axis of whatever is never negative. */
export function valueRange(columns: readonly (readonly (number | null | undefined)[])[]): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const column of columns) {
    for (const value of column) {
      if (value === null || value === undefined) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low > high) return [0, 1];
  const floor = low >= 0 ? 0 : low;
  const ceiling = high <= 0 ? 0 : high;
  const height = ceiling - floor;
  // Room above the highest line, where the letters of markers stand.
  return [floor, ceiling + (height === 0 ? 1.06 : height * 0.06)];
}

/** Whole decades around what is above zero; 0.1 to 1 of nothing. */
export function logarithmicRange(
  columns: readonly (readonly (number | null | undefined)[])[],
): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const column of columns) {
    for (const value of column) {
      if (value === null || value === undefined || value <= 0) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (high === 0) return [0.1, 1];
  const bottom = 10 ** Math.floor(Math.log10(low));
  const top = 10 ** Math.ceil(Math.log10(high));
  return [bottom, top > bottom ? top : bottom * 10];
}

/** The newest value at or before `atUs`, not older than `reachUs`; undefined where there is none. */
export function valueAt(series: ChartSeries, atUs: number, reachUs: number): number | undefined {
  let low = 0;
  let high = series.timesUs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((series.timesUs[middle] ?? 0) <= atUs) low = middle + 1;
    else high = middle;
  }
  const found = series.timesUs[low - 1];
  const value = series.values[low - 1];
  return found === undefined || value === undefined || atUs - found > reachUs || Number.isNaN(value)
    ? undefined
    : value;
}

const lastIndex = ({ values }: ChartSeries): number => values.findLastIndex((value) => !Number.isNaN(value));

/** The last value that is a number. */
export const lastValue = (series: ChartSeries): number | undefined => series.values[lastIndex(series)];

/** A minute: scrapes, steps and a clock that runs fast take some of it. */
const ENDED_MIN_US = 60_000_000;

/** Its instant, where the series ended before now and before what was asked for, by more than a minute and `reachUs`. */
export function endedAtUs(series: ChartSeries, nowUs: number, reachUs: number): number | undefined {
  if (series.askedToUs === undefined) return undefined;
  const lastUs = series.timesUs[lastIndex(series)];
  const sinceUs = Math.min(series.askedToUs, nowUs) - (lastUs ?? Number.NaN);
  return sinceUs > Math.max(reachUs, ENDED_MIN_US) ? lastUs : undefined;
}

/** The `max` series that reach farthest from zero, in the order given: those that a short legend names. */
export function highestSeries(series: readonly ChartSeries[], max: number): readonly ChartSeries[] {
  if (series.length <= max) return series;
  const reach = ({ values }: ChartSeries): number =>
    values.reduce((most, value) => (Number.isNaN(value) ? most : Math.max(most, Math.abs(value))), -1);
  const highest = [...series].sort((one, other) => reach(other) - reach(one)).slice(0, max);
  return series.filter((one) => highest.includes(one));
}

/** Rows for the table that stands in for the chart: at most `rowsMax` instants of the window, evenly chosen, newest first. */
export function tableRows(
  series: readonly ChartSeries[],
  window: TimeWindow,
  rowsMax: number,
): readonly { readonly atUs: number; readonly values: readonly (number | undefined)[] }[] {
  const [seconds, ...columns] = alignSeries(series);
  const inside = seconds
    .map((_, row) => row)
    .filter((row) => {
      const atUs = (seconds[row] ?? 0) * 1_000_000;
      return atUs >= window.fromUs && atUs <= window.toUs;
    });
  const every = Math.max(1, Math.ceil(inside.length / rowsMax));
  return inside
    .filter((_, index) => (inside.length - 1 - index) % every === 0)
    .reverse()
    .map((row) => ({
      atUs: (seconds[row] ?? 0) * 1_000_000,
      values: columns.map((column) => column[row] ?? undefined),
    }));
}

/** The marked request that is nearest in time, no farther than `reachUs` from the instant. */
export function nearestExemplar(
  exemplars: readonly ChartExemplar[],
  atUs: number,
  reachUs: number,
): ChartExemplar | undefined {
  const farness = (exemplar: ChartExemplar): number => Math.abs(exemplar.atUs - atUs);
  return exemplars
    .filter((exemplar) => farness(exemplar) <= reachUs)
    .sort((one, other) => farness(one) - farness(other))[0];
}
