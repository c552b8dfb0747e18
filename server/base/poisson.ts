/**
 * Poisson counts from keys. Inversion by sequential search (Devroye, Non-Uniform Random Variate Generation, ch. X.3)
 * is exact; a large mean is split into parts, because the sum of independent Poisson counts is Poisson again.
 */
import { combine, type DrawKey, uniform } from "./draw.js";

/** Above this mean exp(−mean) loses too many digits for the search. */
const PART_MEAN_MAX = 32;

/** The Poisson count with `mean` ≥ 0 that belongs to `key`. Rises with `mean` for the same key (while it is one part). */
export function poisson(mean: number, key: DrawKey): number {
  if (mean <= 0) return 0;
  const parts = Math.ceil(mean / PART_MEAN_MAX);
  let count = 0;
  for (let part = 0; part < parts; part++) count += inverse(mean / parts, uniform(combine(key, part)));
  return count;
}

function inverse(mean: number, u: number): number {
  let probability = Math.exp(-mean);
  let cumulative = probability;
  let count = 0;
  // The bound is far beyond any u that a 32-bit key can give; it ends the loop should rounding keep the sum below u.
  while (u > cumulative && count < 1_000) {
    count++;
    probability *= mean / count;
    cumulative += probability;
  }
  return count;
}
