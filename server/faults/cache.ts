/** Faults of caches. */
import { type FaultMechanism, FaultRefused } from "../topology/effects.js";
import { numberParameter, optionalNumber, optionalText } from "./parameter-values.js";

/**
 * Entries end together, so that everybody who asks for them rebuilds them at once. Once at the onset; with `every` they
 * go on to end together, as entries do that a job has filled with one time to live and no spread.
 */
export const STAMPEDE: FaultMechanism = {
  class: "cache/stampede",
  effects(fault, topology) {
    const keyspace = optionalText(fault, "keyspace");
    const cache = topology.caches.find(({ id }) => id === fault.target);
    if (keyspace !== undefined && cache?.keyspaces.some(({ id }) => id === keyspace) !== true) {
      const known = cache?.keyspaces.map(({ id }) => id).join(", ") ?? "none";
      throw new FaultRefused(fault.id, `${fault.target} has no keyspace ${keyspace}`, `It has ${known}.`);
    }
    return [
      {
        kind: "cache-expiry",
        cache: fault.target,
        keyspace,
        keys: optionalNumber(fault, "keys") ?? 0,
        everyUs: optionalNumber(fault, "everyUs") ?? 0,
      },
    ];
  },
};

/** The cache refuses connections, never answers, or is not used: every look-up goes to what is behind it. */
export const CACHE_DISABLED: FaultMechanism = {
  class: "cache/cache-disabled",
  effects(fault) {
    const mode = optionalText(fault, "mode") ?? "refuse";
    return [
      { kind: "cache-impaired", cache: fault.target, mode: mode === "silence" || mode === "bypass" ? mode : "refuse" },
    ];
  },
};

/** Something else takes the memory of the cache: it has room for a share of its entries and pushes out the others. */
export const EVICTION: FaultMechanism = {
  class: "cache/eviction",
  effects: (fault) => [{ kind: "cache-shrunk", cache: fault.target, share: numberParameter(fault, "share") }],
};
