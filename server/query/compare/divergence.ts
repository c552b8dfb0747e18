/**
 * How much two distributions over the same values differ: Jensen–Shannon divergence (Lin, "Divergence measures based on
 * the Shannon entropy", IEEE Trans. Inf. Theory 37, 1991), less what chance alone gives samples of that size. Chance is
 * computed value by value: a value that occurs c times falls on the two sides by a binomial, exactly for small c and by
 * its limit (the G statistic's χ²) for large. So ids that occur once each show no difference, whatever their number.
 */

/** Occurrences up to which chance is summed up, or as long as the smaller sample is to get fewer than some; beyond, the limit is good to a few per cent. */
const EXACT_MAX = 300;
const EXPECTED_MIN = 12;
const SUMMED_MAX = 20_000;
/** Standard deviations above the mean of chance that do not count: one attribute in several hundred passes by luck. */
const DEVIATIONS = 3;

export interface Divergence {
  /** Bits, 0 to 1. */
  readonly bits: number;
  /** What is left beyond chance, over what is left to reach; 0 to 1. */
  readonly difference: number;
}

/** Occurrences of one value in the two samples. */
export type Pair = readonly [selection: number, baseline: number];

/** Pairs need not be whole numbers; sizes are the sums over all of them. Both samples have to hold something. */
export function divergenceOf(pairs: readonly Pair[]): Divergence {
  let [first, second] = [0, 0];
  for (const [a, b] of pairs) {
    first += a;
    second += b;
  }
  if (first <= 0 || second <= 0) return { bits: 0, difference: 0 };
  const chance = new Chance(first, second);
  let [bits, mean, variance] = [0, 0, 0];
  for (const [a, b] of pairs) {
    bits += contribution(a / first, b / second);
    const { mean: own, variance: spread } = chance.of(Math.round(a + b));
    mean += own;
    variance += spread;
  }
  const floor = Math.min(1, mean + DEVIATIONS * Math.sqrt(variance));
  const difference = floor >= 1 ? 0 : Math.max(0, (bits - floor) / (1 - floor));
  return { bits: Math.min(1, bits), difference: Math.min(1, difference) };
}

/** A value's part of the divergence, in bits, from its shares. */
function contribution(p: number, q: number): number {
  const middle = (p + q) / 2;
  const half = (share: number): number => (share <= 0 ? 0 : (share / 2) * Math.log2(share / middle));
  return half(p) + half(q);
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Moments of a value's contribution where both samples come from one distribution. */
class Chance {
  readonly #held = new Map<number, Moments>();

  constructor(
    readonly first: number,
    readonly second: number,
  ) {}

  of(occurrences: number): Moments {
    if (occurrences <= 0) return { mean: 0, variance: 0 };
    const smaller = Math.min(this.first, this.second) / (this.first + this.second);
    const isSmall = occurrences <= EXACT_MAX || occurrences * smaller < EXPECTED_MIN;
    if (!isSmall || occurrences > SUMMED_MAX) return this.#limit();
    const held = this.#held.get(occurrences) ?? this.#exact(occurrences);
    this.#held.set(occurrences, held);
    return held;
  }

  #limit(): Moments {
    const mean = (1 / this.first + 1 / this.second) / (8 * Math.LN2);
    return { mean, variance: 2 * mean * mean };
  }

  #exact(occurrences: number): Moments {
    const share = this.first / (this.first + this.second);
    // Counted from the smaller sample's side, so that the first weight does not vanish.
    if (share > 0.5) return new Chance(this.second, this.first).#exact(occurrences);
    let weight = (1 - share) ** occurrences;
    let [mean, square] = [0, 0];
    for (let a = 0; a <= occurrences; a++) {
      const value = contribution(a / this.first, (occurrences - a) / this.second);
      mean += weight * value;
      square += weight * value * value;
      weight *= ((occurrences - a) / (a + 1)) * (share / (1 - share));
    }
    return { mean, variance: Math.max(0, square - mean * mean) };
  }
}

/** Cohen's h of two shares: positive where the first is larger; 0.2 is small, 0.5 middling, 0.8 large. Source: Cohen, 1988. */
export function cohensH(first: number, second: number): number {
  const angle = (share: number): number => 2 * Math.asin(Math.sqrt(Math.min(1, Math.max(0, share))));
  return angle(first) - angle(second);
}

/** The chance that a number of `first` is larger than one of `second`, halves for ties. Both ascending and not empty. */
export function superiorityOf(first: readonly number[], second: readonly number[]): number {
  let [below, same, sum] = [0, 0, 0];
  for (const value of first) {
    while (below < second.length && second[below] < value) below++;
    same = Math.max(same, below);
    while (same < second.length && second[same] <= value) same++;
    sum += below + (same - below) / 2;
  }
  return sum / (first.length * second.length);
}

/** The value at a rank, of ascending numbers. */
export function quantileOf(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
