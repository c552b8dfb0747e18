/**
 * Functions from the samples of one series in a range to one value. Ranges are open on the left, closed on the right.
 * Source: prometheus/promql/functions.go (3.x).
 */
import { ABSENT } from "./frame.js";
import { isInfinite, KahanSum, meanOf, quantileOf } from "./summation.js";

/** The samples of a series and the part of them that is in the range; at least one. One object is reused for all steps. */
export interface RangeView {
  timesMs: Float64Array;
  values: Float64Array;
  from: number;
  to: number;
  /** Whether a value anywhere in the arrays is lower than its predecessor; false spares the search for counter resets. */
  mayReset: boolean;
  startMs: number;
  endMs: number;
  /** The instant of evaluation, which an offset moves away from `endMs`. */
  evaluationMs: number;
}

/** One value, or ABSENT when the range holds too few samples. `parameters` are the scalar arguments, in order. */
export type RangeFunction = (view: RangeView, parameters: readonly number[]) => number;

function extrapolate(view: RangeView, isCounter: boolean, isRate: boolean): number {
  const { timesMs, values, from, to } = view;
  const intervals = to - from - 1;
  if (intervals < 1) return ABSENT;
  const first = values[from];
  let change = values[to - 1] - first;
  if (isCounter && view.mayReset) change += resetsWithin(view);
  const sampledSeconds = (timesMs[to - 1] - timesMs[from]) / 1000;
  const averageSeconds = sampledSeconds / intervals;
  const threshold = averageSeconds * 1.1;
  let toStart = (timesMs[from] - view.startMs) / 1000;
  let toEnd = (view.endMs - timesMs[to - 1]) / 1000;
  if (toStart >= threshold) toStart = averageSeconds / 2;
  // A counter was not below zero before the range.
  if (isCounter && change > 0 && first >= 0) toStart = Math.min(toStart, sampledSeconds * (first / change));
  if (toEnd >= threshold) toEnd = averageSeconds / 2;
  let factor = (sampledSeconds + toStart + toEnd) / sampledSeconds;
  if (isRate) factor /= (view.endMs - view.startMs) / 1000;
  return change * factor;
}

/** What a counter had reached before each of its resets in the range. */
function resetsWithin({ values, from, to }: RangeView): number {
  let lost = 0;
  for (let index = from + 1; index < to; index++) if (values[index] < values[index - 1]) lost += values[index - 1];
  return lost;
}

function instantChange(view: RangeView, isRate: boolean): number {
  const { timesMs, values, to } = view;
  if (to - view.from < 2) return ABSENT;
  const last = values[to - 1];
  const previous = values[to - 2];
  const elapsedSeconds = (timesMs[to - 1] - timesMs[to - 2]) / 1000;
  if (!isRate) return last - previous;
  if (elapsedSeconds === 0) return ABSENT;
  return (last < previous ? last : last - previous) / elapsedSeconds;
}

function sum({ values, from, to }: RangeView): number {
  const total = new KahanSum();
  for (let index = from; index < to; index++) total.add(values[index]);
  return total.total;
}

/** Population variance by Welford's method. */
function variance({ values, from, to }: RangeView): number {
  const mean = new KahanSum();
  const squares = new KahanSum();
  for (let index = from; index < to; index++) {
    const delta = values[index] - (mean.sum + mean.compensation);
    mean.add(delta / (index - from + 1));
    squares.add(delta * (values[index] - (mean.sum + mean.compensation)));
  }
  return (squares.sum + squares.compensation) / (to - from);
}

/** Index of the extreme value; NaN only where nothing else is there. `latest`: of equal ones the last. */
function extreme({ values, from, to }: RangeView, sign: 1 | -1, latest: boolean): number {
  let best = from;
  for (let index = from + 1; index < to; index++) {
    const lead = (values[index] - values[best]) * sign;
    if (values[index] === values[best] ? latest : lead > 0 || Number.isNaN(values[best])) best = index;
  }
  return best;
}

function count(view: RangeView, differs: (previous: number, current: number) => boolean): number {
  let found = 0;
  for (let index = view.from + 1; index < view.to; index++) {
    if (differs(view.values[index - 1], view.values[index])) found++;
  }
  return found;
}

interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/** Least squares over the samples; `intercept` is the value of the line at `atMs`, the slope is per second. */
function regression({ timesMs, values, from, to }: RangeView, atMs: number): Line {
  const sums = { x: new KahanSum(), y: new KahanSum(), xy: new KahanSum(), xx: new KahanSum() };
  let constant = true;
  for (let index = from; index < to; index++) {
    const x = (timesMs[index] - atMs) / 1000;
    const y = values[index];
    constant &&= y === values[from];
    sums.x.add(x);
    sums.y.add(y);
    sums.xy.add(x * y);
    sums.xx.add(x * x);
  }
  if (constant)
    return isInfinite(values[from]) ? { slope: NaN, intercept: NaN } : { slope: 0, intercept: values[from] };
  const n = to - from;
  const [x, y] = [sums.x.sum + sums.x.compensation, sums.y.sum + sums.y.compensation];
  const [xy, xx] = [sums.xy.sum + sums.xy.compensation, sums.xx.sum + sums.xx.compensation];
  const slope = (xy - (x * y) / n) / (xx - (x * x) / n);
  return { slope, intercept: y / n - (slope * x) / n };
}

/** Holt's linear trend: `smoothing` weighs new values, `trend` new slopes. */
function smooth({ values, from, to }: RangeView, smoothing: number, trend: number): number {
  if (to - from < 2) return ABSENT;
  let before = 0;
  let level = values[from];
  let slope = values[from + 1] - values[from];
  for (let index = from + 1; index < to; index++) {
    if (index > from + 1) slope = trend * (level - before) + (1 - trend) * slope;
    const next = smoothing * values[index] + (1 - smoothing) * (level + slope);
    before = level;
    level = next;
  }
  return level;
}

function medianAbsoluteDeviation({ values, from, to }: RangeView): number {
  const part = values.slice(from, to);
  const median = quantileOf(0.5, part);
  return quantileOf(
    0.5,
    part.map((value) => Math.abs(value - median)),
  );
}

const enough = (view: RangeView, wanted: number): boolean => view.to - view.from >= wanted;
const bothNaN = (left: number, right: number): boolean => Number.isNaN(left) && Number.isNaN(right);

/** Functions of one range vector and scalars. `absent_over_time` is not here: it speaks of all series at once. */
export const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ["rate", (view) => extrapolate(view, true, true)],
  ["increase", (view) => extrapolate(view, true, false)],
  ["delta", (view) => extrapolate(view, false, false)],
  ["irate", (view) => instantChange(view, true)],
  ["idelta", (view) => instantChange(view, false)],
  ["changes", (view) => count(view, (previous, current) => previous !== current && !bothNaN(previous, current))],
  ["resets", (view) => count(view, (previous, current) => current < previous)],
  ["deriv", (view) => (enough(view, 2) ? regression(view, view.timesMs[view.from]).slope : ABSENT)],
  [
    "predict_linear",
    (view, [aheadSeconds]) => {
      if (!enough(view, 2)) return ABSENT;
      const line = regression(view, view.evaluationMs);
      return line.slope * aheadSeconds + line.intercept;
    },
  ],
  ["double_exponential_smoothing", (view, [smoothing, trend]) => smooth(view, smoothing, trend)],
  ["sum_over_time", sum],
  ["avg_over_time", (view) => meanOf(view.values, view.from, view.to)],
  ["count_over_time", (view) => view.to - view.from],
  ["min_over_time", (view) => view.values[extreme(view, -1, false)]],
  ["max_over_time", (view) => view.values[extreme(view, 1, false)]],
  ["last_over_time", (view) => view.values[view.to - 1]],
  ["first_over_time", (view) => view.values[view.from]],
  ["present_over_time", () => 1],
  ["stdvar_over_time", variance],
  ["stddev_over_time", (view) => Math.sqrt(variance(view))],
  ["mad_over_time", medianAbsoluteDeviation],
  ["quantile_over_time", (view, [q]) => quantileOf(q, view.values.slice(view.from, view.to))],
  ["ts_of_first_over_time", (view) => view.timesMs[view.from] / 1000],
  ["ts_of_last_over_time", (view) => view.timesMs[view.to - 1] / 1000],
  ["ts_of_max_over_time", (view) => view.timesMs[extreme(view, 1, true)] / 1000],
  ["ts_of_min_over_time", (view) => view.timesMs[extreme(view, -1, true)] / 1000],
]);

/** Functions whose result is still the metric, and keeps its name. */
export const NAME_KEEPING_RANGE_FUNCTIONS: ReadonlySet<string> = new Set(["last_over_time", "first_over_time"]);

/** Functions that make sense on counters only. */
export const COUNTER_FUNCTIONS: ReadonlySet<string> = new Set(["rate", "increase"]);
