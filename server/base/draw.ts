/**
 * Keyed random numbers: a draw is a hash of who asks, for which request, which attempt and what for, never the next
 * number of a stream. Two worlds that differ in one fault therefore have the same luck everywhere else.
 *
 * The mixing function is the finaliser of MurmurHash3 (A. Appleby, 32 bit). `seedrandom` (alea, J. Baagøe) turns the
 * text of a seed into stream keys, once per world.
 */
import alea from "seedrandom/lib/alea.js";

/** A 32-bit key as a signed integer, the form that bit operations produce. */
export type DrawKey = number;

/** Finaliser of MurmurHash3: every bit of the input flips about half of the bits of the result. */
export function mix(key: DrawKey): DrawKey {
  let hash = key ^ (key >>> 16);
  hash = Math.imul(hash, 0x85eb_ca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}

/** The key that `mix` makes this one of: its steps undone in reverse, with the inverses of the constants modulo 2^32. */
export function unmix(key: DrawKey): DrawKey {
  let hash = key ^ (key >>> 16);
  hash = Math.imul(hash, 0x7ed1_b41d);
  hash ^= (hash >>> 13) ^ (hash >>> 26);
  hash = Math.imul(hash, 0xa5cb_9243);
  return hash ^ (hash >>> 16);
}

/** A new key out of a key and a number: order matters, and chains of it give paths. */
export function combine(key: DrawKey, value: number): DrawKey {
  // The odd constant is 2^32 divided by the golden ratio: consecutive values land far apart before they are mixed.
  return mix((key ^ 0x2545_f491) + Math.imul(value + 1, 0x9e37_79b1));
}

/** A key out of a name, for what does not depend on the seed. */
export function keyOfText(text: string): DrawKey {
  let key = 0;
  for (const letter of text) key = combine(key, letter.codePointAt(0) ?? 0);
  return key;
}

/** A key as a number in (0, 1), never 0 nor 1. */
export function uniform(key: DrawKey): number {
  return ((key >>> 0) + 0.5) * 2.328_306_436_538_696_3e-10;
}

/** A key as an integer, 0 ≤ n < `count`; `count` ≤ 2^21 so that the product stays exact. */
export function below(key: DrawKey, count: number): number {
  return Math.floor((key >>> 0) * 2.328_306_436_538_696_3e-10 * count);
}

/** The keys that a world draws with. */
export interface SeedKeys {
  /** For everything that happens to requests. */
  readonly requests: DrawKey;
  /** For the number of arrivals and their instants. */
  readonly arrivals: DrawKey;
  /** For what was in caches before the world began. */
  readonly content: DrawKey;
  /** For trace and span ids: two words. */
  readonly identityHigh: DrawKey;
  readonly identityLow: DrawKey;
}

/** Derives the stream keys of a seed. About 10 µs: once per world or view, not per draw. */
export function seedKeys(seed: string): SeedKeys {
  const stream = (name: string): DrawKey => alea(`${seed}/${name}`).int32();
  return {
    requests: stream("requests"),
    arrivals: stream("arrivals"),
    content: stream("content"),
    identityHigh: stream("identity-high"),
    identityLow: stream("identity-low"),
  };
}
