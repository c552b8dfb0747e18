/**
 * Inverse distribution functions as tables, so that one hash gives one sample in a few nanoseconds and no logarithm is
 * taken in the hot path (engines differ in the last bit of `Math.log`). Two levels: 1,024 cells over the whole range
 * and 1,024 more over the last cell, or the tail would stop at p99.9.
 *
 * The normal quantile is P. J. Acklam's rational approximation (relative error below 1.15e-9).
 */

const CELLS = 1_024;
// Each shape takes both levels, each with its closing point: 2 · (CELLS + 1) entries.

export type Law = "lognormal" | "exponential";

/** Quantile of the standard normal distribution, 0 < p < 1. Source: P. J. Acklam, 2003. */
export function normalQuantile(p: number): number {
  if (p < 0.024_25) return tailQuantile(p);
  if (p > 1 - 0.024_25) return -tailQuantile(1 - p);
  const q = p - 0.5;
  const r = q * q;
  const numerator =
    ((((-39.696_830_286_653_76 * r + 220.946_098_424_520_5) * r - 275.928_510_446_968_7) * r + 138.357_751_867_269) *
      r -
      30.664_798_066_147_16) *
      r +
    2.506_628_277_459_239;
  const denominator =
    ((((-54.476_098_798_224_06 * r + 161.585_836_858_040_9) * r - 155.698_979_859_886_6) * r + 66.801_311_887_719_72) *
      r -
      13.280_681_552_885_72) *
      r +
    1;
  return (numerator * q) / denominator;
}

function tailQuantile(p: number): number {
  const q = Math.sqrt(-2 * Math.log(p));
  const numerator =
    ((((-0.007_784_894_002_430_293 * q - 0.322_396_458_041_136_5) * q - 2.400_758_277_161_838) * q -
      2.549_732_539_343_734) *
      q +
      4.374_664_141_464_968) *
      q +
    2.938_163_982_698_783;
  const denominator =
    (((0.007_784_695_709_041_462 * q + 0.322_467_129_070_039_8) * q + 2.445_134_137_142_996) * q +
      3.754_408_661_907_416) *
      q +
    1;
  return numerator / denominator;
}

/** The distributions of a world: one table for each distinct shape, each with median 1. */
export class QuantileTables {
  #offsets = new Map<string, number>();
  #values: number[] = [];

  /** Where the table of the shape begins in `build()`; shapes that are asked for again are shared. */
  offsetOf(law: Law, sigma: number): number {
    const name = law === "exponential" ? "exponential" : `lognormal ${String(sigma)}`;
    const known = this.#offsets.get(name);
    if (known !== undefined) return known;
    const offset = this.#values.length;
    const quantile =
      law === "exponential"
        ? (p: number): number => -Math.log(1 - p) / Math.LN2
        : (p: number): number => Math.exp(sigma * normalQuantile(p));
    for (let cell = 0; cell <= CELLS; cell++) this.#values.push(quantile(clamp(cell / CELLS)));
    for (let cell = 0; cell <= CELLS; cell++) this.#values.push(quantile(clamp(1 - (1 - cell / CELLS) / CELLS)));
    this.#offsets.set(name, offset);
    return offset;
  }

  /** All tables in a row. Rounded to 32 bits, which swallows differences between engines. */
  build(): Float64Array {
    return Float64Array.from(this.#values, Math.fround);
  }
}

/** Keeps quantiles finite: the tables end at half of the smallest probability that they can tell apart. */
function clamp(p: number): number {
  return Math.min(Math.max(p, 0.25 / CELLS), 1 - 0.5 / (CELLS * CELLS));
}

/** The sample that `key` picks out of the table at `offset`, in units of the median. */
export function quantileAt(tables: Float64Array, offset: number, key: number): number {
  const cell = key >>> 22;
  if (cell < CELLS - 1) {
    const low = tables[offset + cell];
    return low + (tables[offset + cell + 1] - low) * ((key & 0x3f_ffff) * 2.384_185_791_015_625e-7);
  }
  const at = offset + CELLS + 1 + ((key >>> 12) & 0x3ff);
  const low = tables[at];
  return low + (tables[at + 1] - low) * ((key & 0xfff) * 2.441_406_25e-4);
}
