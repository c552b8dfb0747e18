/**
 * Quantiles and fractions of classic histograms: cumulative counts by upper bound.
 * Source: prometheus/promql/quantile.go (BucketQuantile, BucketFraction, coalesceBuckets, ensureMonotonicAndIgnoreSmallDeltas).
 */

/** Cumulative counts; `bounds` ascend, ties allowed. */
export interface Buckets {
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
  /** How many of the entries are used. */
  size: number;
}

export const bucketsOf = (capacity: number): Buckets => ({
  bounds: new Float64Array(capacity),
  counts: new Float64Array(capacity),
  size: 0,
});

/** Relative difference of neighbouring counts that is taken for rounding. */
const SMALL_DELTA = 1e-12;
const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** The upper bound that a `le` label says; undefined when it is none. */
export function parseBound(label: string): number | undefined {
  if (label === "") return undefined;
  if (/^[+]?inf(inity)?$/i.test(label)) return Infinity;
  if (/^-inf(inity)?$/i.test(label)) return -Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(label)) return undefined;
  return Number(label);
}

/** Counts of equal bounds are added: `0.2` and `2e-1` are one bucket. */
function coalesce(buckets: Buckets): void {
  const { bounds, counts } = buckets;
  let last = 0;
  for (let index = 1; index < buckets.size; index++) {
    if (bounds[index] === bounds[last]) counts[last] += counts[index];
    else {
      last++;
      bounds[last] = bounds[index];
      counts[last] = counts[index];
    }
  }
  buckets.size = Math.min(buckets.size, last + 1);
}

/** Makes the counts rise; whether one of them was lower by more than rounding. */
function ensureMonotonic(buckets: Buckets): boolean {
  const { counts } = buckets;
  let forced = false;
  let previous = counts[0];
  for (let index = 1; index < buckets.size; index++) {
    const count = counts[index];
    if (count === previous) continue;
    const small = almostEqual(previous, count);
    if (!small && !(count < previous)) {
      previous = count;
      continue;
    }
    counts[index] = previous;
    forced ||= !small;
  }
  return forced;
}

function almostEqual(left: number, right: number): boolean {
  if (Number.isNaN(left) && Number.isNaN(right)) return true;
  const sum = Math.abs(left) + Math.abs(right);
  const difference = Math.abs(left - right);
  if (left === 0 || right === 0 || sum < SMALLEST_NORMAL) return difference < SMALL_DELTA * SMALLEST_NORMAL;
  return difference / Math.min(sum, Number.MAX_VALUE) < SMALL_DELTA;
}

export interface QuantileOutcome {
  value: number;
  /** The counts had to be raised to be monotonic. */
  forced: boolean;
}

/** The q-quantile, interpolated linearly in its bucket. Rewrites `buckets`; the answer is put into `outcome`. */
export function bucketQuantile(q: number, buckets: Buckets, outcome: QuantileOutcome): void {
  outcome.forced = false;
  outcome.value = NaN;
  if (Number.isNaN(q)) return;
  if (q < 0 || q > 1) {
    outcome.value = q < 0 ? -Infinity : Infinity;
    return;
  }
  if (buckets.size === 0 || buckets.bounds[buckets.size - 1] !== Infinity) return;
  coalesce(buckets);
  outcome.forced = ensureMonotonic(buckets);
  outcome.value = quantileInside(q, buckets);
}

function quantileInside(q: number, { bounds, counts, size }: Buckets): number {
  const observations = counts[size - 1];
  if (size < 2 || observations === 0 || Number.isNaN(observations)) return NaN;
  let rank = q * observations;
  let bucket = 0;
  while (bucket < size - 1 && !(counts[bucket] >= rank)) bucket++;
  if (bucket === size - 1) return bounds[size - 2];
  if (bucket === 0 && bounds[0] <= 0) return bounds[0];
  const start = bucket === 0 ? 0 : bounds[bucket - 1];
  const below = bucket === 0 ? 0 : counts[bucket - 1];
  rank -= below;
  return start + (bounds[bucket] - start) * (rank / (counts[bucket] - below));
}

/** Share of observations between `lower` and `upper`. Rewrites `buckets`. */
export function bucketFraction(lower: number, upper: number, buckets: Buckets): number {
  if (buckets.size === 0 || buckets.bounds[buckets.size - 1] !== Infinity) return NaN;
  coalesce(buckets);
  ensureMonotonic(buckets);
  const total = buckets.counts[buckets.size - 1];
  if (total === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return NaN;
  if (lower >= upper) return 0;
  return (rankOf(upper, buckets) - rankOf(lower, buckets)) / total;
}

/** Observations at or below `value`. A bucket of infinite width is not interpolated. */
function rankOf(value: number, { bounds, counts, size }: Buckets): number {
  let rank = 0;
  for (let index = 0; index < size; index++) {
    const start = index > 0 ? bounds[index - 1] : bounds[0] > 0 ? 0 : -Infinity;
    const end = bounds[index];
    if (start >= value) return rank;
    if (end > value) {
      if (start === -Infinity) return counts[index];
      return end === Infinity ? rank : rank + ((counts[index] - rank) * (value - start)) / (end - start);
    }
    rank = counts[index];
  }
  return rank;
}
