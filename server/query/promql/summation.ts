/**
 * Sums and means without the loss of plain addition. Source: prometheus/util/kahansum (Kahan's method as improved by
 * Neumaier) and promql/engine.go, where a mean whose sum would overflow goes on incrementally.
 */

/** A running sum: `sum + compensation` is the total. */
export class KahanSum {
  sum = 0;
  compensation = 0;

  add(value: number): void {
    const total = this.sum + value;
    if (total === Infinity || total === -Infinity) this.compensation = 0;
    else if (Math.abs(this.sum) >= Math.abs(value)) this.compensation += this.sum - total + value;
    else this.compensation += value - total + this.sum;
    this.sum = total;
  }

  get total(): number {
    return isInfinite(this.sum) ? this.sum : this.sum + this.compensation;
  }
}

export const isInfinite = (value: number): boolean => value === Infinity || value === -Infinity;

/** Mean of `values`, which must not be empty. */
export function meanOf(values: ArrayLike<number>, from: number, to: number): number {
  const total = new KahanSum();
  for (let index = from; index < to; index++) {
    const before = total.sum;
    const beforeCompensation = total.compensation;
    total.add(values[index]);
    if (index > from && isInfinite(total.sum))
      return incrementalMean(values, from, to, index, before, beforeCompensation);
  }
  const count = to - from;
  return total.sum / count + total.compensation / count;
}

/** Goes on from `index` with the mean of what was summed before, so that large values do not overflow. */
function incrementalMean(
  values: ArrayLike<number>,
  from: number,
  to: number,
  index: number,
  sum: number,
  compensation: number,
): number {
  let mean = sum / (index - from);
  let rest = compensation / (index - from);
  for (let at = index; at < to; at++) {
    const value = values[at];
    // An infinite mean stays what it is unless the other infinity or NaN comes.
    if (isInfinite(mean) && (value === mean || Number.isFinite(value))) continue;
    const count = at - from + 1;
    const keep = (count - 1) / count;
    const running = new KahanSum();
    running.sum = keep * mean;
    running.compensation = keep * rest;
    running.add(value / count);
    mean = running.sum;
    rest = running.compensation;
  }
  return mean + rest;
}

/** The q-quantile of `values` by linear interpolation between ranks; sorts a Float64Array. NaN is the smallest value. */
export function quantileOf(q: number, values: Float64Array | readonly number[]): number {
  if (values.length === 0 || Number.isNaN(q)) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const sorted = values instanceof Float64Array ? values : Float64Array.from(values);
  sortNanFirst(sorted);
  const rank = q * (sorted.length - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return sorted[lower] * (1 - weight) + sorted[upper] * weight;
}

/** Ascending. The order that numbers have by themselves puts NaN last. */
function sortNanFirst(values: Float64Array): void {
  values.sort();
  let nans = 0;
  while (nans < values.length && Number.isNaN(values[values.length - 1 - nans])) nans++;
  if (nans === 0) return;
  values.copyWithin(nans, 0, values.length - nans);
  values.fill(NaN, 0, nans);
}

export function compareNanFirst(left: number, right: number): number {
  if (Number.isNaN(left)) return Number.isNaN(right) ? 0 : -1;
  if (Number.isNaN(right)) return 1;
  return left - right || (left === right ? 0 : left < right ? -1 : 1);
}
