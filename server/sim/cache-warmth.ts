/**
 * What a cache of limited size holds after a long life, and when each entry was last used. Under independent references
 * a key that is asked for r times a second is there with likelihood 1 − exp(−r·t), where the characteristic time t is
 * the one at which the sum over all keys fills the cache (H. Che, Y. Tung, Z. Wang, Hierarchical Web Caching Systems:
 * Modeling, Design and Experimental Results, 2002). The time since its last use is exponential, cut off at t.
 */
import { type DrawKey, uniform } from "../base/draw.js";
import type { KeyspaceModel } from "../topology/model-types.js";

export interface HeldEntry {
  readonly keyspace: number;
  readonly key: number;
}

export interface WarmthInput {
  readonly keyspaces: readonly KeyspaceModel[];
  /** Uses per second. */
  readonly rateOf: (keyspace: number, key: number) => number;
  readonly keyOf: (keyspace: number, key: number) => DrawKey;
  /** Entries that fit; Infinity asks `holds` what is there instead. */
  readonly room: number;
  readonly holds: (keyspace: number, key: number) => boolean;
}

/** The entries that are held, the one that was used longest ago first. At most `room`. */
export function agesOfEntries({ keyspaces, rateOf, keyOf, room, holds }: WarmthInput): readonly HeldEntry[] {
  const keys = keyspaces.flatMap(({ index, spec }) =>
    Array.from({ length: spec.keys }, (_, key) => ({ keyspace: index, key, rate: rateOf(index, key) })),
  );
  const time =
    room === Infinity
      ? Infinity
      : characteristicTime(
          Float64Array.from(keys, ({ rate }) => rate),
          room,
        );
  const aged: { readonly keyspace: number; readonly key: number; readonly age: number }[] = [];
  for (const { keyspace, key, rate } of keys) {
    const age = rate > 0 ? -Math.log(uniform(keyOf(keyspace, key))) / rate : Infinity;
    if (room === Infinity ? holds(keyspace, key) : age < time) aged.push({ keyspace, key, age });
  }
  aged.sort((a, b) => b.age - a.age || a.keyspace - b.keyspace || b.key - a.key);
  return room === Infinity ? aged : aged.slice(Math.max(0, aged.length - room));
}

/** Seconds after which an entry that is not used is pushed out; Infinity when everything fits. */
export function characteristicTime(rates: Float64Array, room: number): number {
  const filled = (time: number): number => rates.reduce((sum, rate) => sum - Math.expm1(-rate * time), 0);
  if (rates.filter((rate) => rate > 0).length <= room) return Infinity;
  let high = 1;
  while (filled(high) < room) high *= 2;
  let low = 0;
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (filled(middle) < room) low = middle;
    else high = middle;
  }
  return high;
}
