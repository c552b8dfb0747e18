/** Series thinned to what an exhibit may hold (64 KB of JSON): at most twelve series of 120 points. Pure. */
import type { ExhibitContent } from "../../server/wire/run.js";
import type { ChartSeries } from "./chart-data.js";

const SERIES_MAX = 12;
const POINTS_MAX = 120;
/** Six digits are finer than any screen. */
const DIGITS = 6;

/** Gaps are left out: NaN is no JSON. */
export function frozenSeries(series: readonly ChartSeries[], unit: string): ExhibitContent {
  return {
    kind: "series",
    unit,
    series: series
      .slice(0, SERIES_MAX)
      .map(({ name, timesUs, values }) => ({ name, points: pointsOf(timesUs, values) })),
  };
}

function pointsOf(timesUs: Float64Array, values: Float64Array): readonly (readonly [number, number])[] {
  const every = Math.max(1, Math.ceil(timesUs.length / POINTS_MAX));
  const points: (readonly [number, number])[] = [];
  for (let at = 0; at < timesUs.length; at += every) {
    const value = values[at] ?? Number.NaN;
    if (Number.isFinite(value)) points.push([timesUs[at] ?? 0, Number(value.toPrecision(DIGITS))]);
  }
  return points;
}
