/** Series thinned to what an exhibit may hold (64 KB of JSON): at most twelve series of 120 points. Pure. */
import type { ExhibitContent } from "../../server/wire/run.js";
import type { ChartSeries } from "./chart-data.js";

const SERIES_MAX = 12;
const POINTS_MAX = 120;
/** Farther apart than this many steps, samples are missing (as chart-data.ts draws it). */
const GAP_STEPS = 1.6;
/** Six digits are finer than any screen. */
const DIGITS = 6;

/** A gap is a point without a value, one however long it is: NaN is no JSON. */
export function frozenSeries(series: readonly ChartSeries[], unit: string): ExhibitContent {
  return {
    kind: "series",
    unit,
    series: series.slice(0, SERIES_MAX).map((one) => ({ name: one.name, points: pointsOf(one) })),
  };
}

function pointsOf({ timesUs, values, stepUs }: ChartSeries): readonly (readonly [number, number | null])[] {
  const every = Math.max(1, Math.ceil(timesUs.length / POINTS_MAX));
  const points: (readonly [number, number | null])[] = [];
  for (let at = 0; at < timesUs.length; at += every) {
    const atUs = timesUs[at] ?? 0;
    const before = points.at(-1);
    const missed = stepUs !== undefined && before !== undefined && missesBetween(timesUs, at - every, at, stepUs);
    if (missed && before[1] !== null) points.push([before[0] + stepUs, null]);
    const value = values[at] ?? Number.NaN;
    if (Number.isFinite(value)) points.push([atUs, Number(value.toPrecision(DIGITS))]);
    else if (before?.[1] !== null) points.push([atUs, null]);
  }
  return points;
}

/** Whether samples are missing between two places of a series: the line breaks there. */
function missesBetween(timesUs: Float64Array, from: number, to: number, stepUs: number): boolean {
  for (let at = Math.max(1, from + 1); at <= to; at += 1)
    if ((timesUs[at] ?? 0) - (timesUs[at - 1] ?? 0) > GAP_STEPS * stepUs) return true;
  return false;
}
