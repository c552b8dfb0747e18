/**
 * Aggregations over the samples of one series in a range, which is open at its start and closed at its end.
 * Source: grafana/loki pkg/logql/range_vector.go.
 */
import { meanOf, quantileOf } from "../promql/summation.js";
import type { RangeOperator } from "./ast.js";

/** Samples of a series in order of time; those in the range are from ≤ i < to, at least one. */
export interface SampleRange {
  readonly timesUs: Float64Array | number[];
  readonly values: Float64Array | number[];
  readonly from: number;
  readonly to: number;
  readonly startUs: number;
  readonly endUs: number;
}

type RangeFunction = (range: SampleRange, parameter: number) => number;

function sum({ values, from, to }: SampleRange): number {
  let total = 0;
  for (let index = from; index < to; index++) total += values[index];
  return total;
}

const seconds = ({ startUs, endUs }: SampleRange): number => (endUs - startUs) / 1e6;
const perSecond = (range: SampleRange): number => sum(range) / seconds(range);

function extreme({ values, from, to }: SampleRange, sign: 1 | -1): number {
  let best = values[from];
  for (let index = from + 1; index < to; index++) {
    if (Number.isNaN(best) || (values[index] - best) * sign > 0) best = values[index];
  }
  return best;
}

/** Of the population, by Welford's method. */
function variance({ values, from, to }: SampleRange): number {
  let [count, mean, squares] = [0, 0, 0];
  for (let index = from; index < to; index++) {
    count++;
    const distance = values[index] - mean;
    mean += distance / count;
    squares += distance * (values[index] - mean);
  }
  return squares / count;
}

/** As Prometheus's rate: resets are added up, and the change is drawn out to the ends of the range. */
function counterRate(range: SampleRange): number {
  const { timesUs, values, from, to, startUs, endUs } = range;
  if (to - from < 2) return 0;
  let change = values[to - 1] - values[from];
  for (let index = from + 1; index < to; index++) if (values[index] < values[index - 1]) change += values[index - 1];
  const sampled = (timesUs[to - 1] - timesUs[from]) / 1e6;
  const average = sampled / (to - from - 1);
  let toStart = (timesUs[from] - startUs) / 1e6;
  const toEnd = (endUs - timesUs[to - 1]) / 1e6;
  if (change > 0 && values[from] >= 0) toStart = Math.min(toStart, sampled * (values[from] / change));
  const threshold = average * 1.1;
  const drawn = sampled + (toStart < threshold ? toStart : average / 2) + (toEnd < threshold ? toEnd : average / 2);
  return (change * (drawn / sampled)) / seconds(range);
}

const plain =
  (compute: (range: SampleRange) => number): RangeFunction =>
  (range) =>
    compute(range);

export const RANGE_FUNCTIONS: Readonly<Record<RangeOperator, RangeFunction>> = {
  // Of lines every value is 1, or the bytes of the line.
  count_over_time: plain(sum),
  bytes_over_time: plain(sum),
  sum_over_time: plain(sum),
  rate: plain(perSecond),
  bytes_rate: plain(perSecond),
  rate_counter: plain(counterRate),
  avg_over_time: plain(({ values, from, to }) => meanOf(values, from, to)),
  min_over_time: (range) => extreme(range, -1),
  max_over_time: (range) => extreme(range, 1),
  stdvar_over_time: plain(variance),
  stddev_over_time: (range) => Math.sqrt(variance(range)),
  quantile_over_time: ({ values, from, to }, quantile) => quantileOf(quantile, values.slice(from, to)),
  first_over_time: plain(({ values, from }) => values[from]),
  last_over_time: plain(({ values, to }) => values[to - 1]),
  absent_over_time: () => 1,
};
