/** How far one stretch of a series lies off the stretch before, by medians, so that a few wild values say nothing. */

export interface Shift {
  /** 0 to 10: mean distance from the median of before, in robust deviations, each cut at 10. */
  readonly score: number;
  readonly before: number;
  /** Median of the quarter that lies farthest off: the new level, even where it came late in the stretch. */
  readonly now: number;
}

/** The median absolute deviation of a normal distribution is its standard deviation times 1/1.4826. */
const NORMAL_CONSISTENCY = 1.4826;
/** Less than this share of the median is no change. */
const RELATIVE_FLOOR = 0.05;
const DEVIATIONS_MAX = 10;
/** Fewer values than this do not say what is usual. */
const VALUES_MIN = 6;
const FAR_SHARE = 0.25;

/**
 * Undefined where either stretch has too few values. NaN stands for none.
 * @param floorOf the deviation that chance alone gives around a median
 */
export function shiftOf(
  before: ArrayLike<number>,
  now: ArrayLike<number>,
  floorOf: (median: number) => number = () => 0,
): Shift | undefined {
  const usual = presentOf(before);
  const seen = presentOf(now);
  if (usual.length < VALUES_MIN || seen.length === 0) return undefined;
  const median = medianOf(usual);
  const deviation = medianOf(usual.map((value) => Math.abs(value - median))) * NORMAL_CONSISTENCY;
  const scale = Math.max(deviation, RELATIVE_FLOOR * Math.abs(median), floorOf(median), Number.MIN_VALUE);
  const distances = seen.map((value) => Math.min(DEVIATIONS_MAX, Math.abs(value - median) / scale));
  const score = distances.reduce((sum, distance) => sum + distance, 0) / seen.length;
  const farthest = seen
    .map((value) => ({ value, distance: Math.abs(value - median) }))
    .sort((one, other) => other.distance - one.distance)
    .slice(0, Math.max(1, Math.ceil(seen.length * FAR_SHARE)))
    .map(({ value }) => value);
  return { score, before: median, now: medianOf(farthest) };
}

const presentOf = (values: ArrayLike<number>): number[] => Array.from(values).filter((value) => Number.isFinite(value));

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted.at(middle) ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted.at(middle - 1) ?? Number.NaN) + upper) / 2;
}
