/** The written form of what a topology can say about its caches beyond latency and keys. */
import { z } from "zod";
import type { CacheDetailSpec, KeyspaceDetailSpec } from "../topology/cache-spec.js";
import { defined } from "./records.js";
import { count, ratio } from "./scalars.js";

export const cacheDetail = {
  capacity: count(1, 10_000_000).optional().describe("Entries that it has room for; no limit when left out."),
  eviction: z.enum(["lru", "lfu"]).optional().describe("Which entry goes when it is full."),
};

export const keyspaceDetail = {
  timeToLiveJitter: ratio.optional().describe("Share of the time to live by which it is spread either way."),
  entryBytes: count(1, 100_000_000).optional().describe("Memory of one entry; 1024 when left out."),
  singleFlight: z
    .enum(["process", "shared"])
    .optional()
    .describe("Who misses waits for another request, of the same process or of any, that rebuilds the entry already."),
  refreshAhead: ratio
    .optional()
    .describe("In this last share of its life one request rebuilds an entry while others still get the old one."),
};

export function buildCacheDetail({ capacity, eviction }: Written<CacheDetailSpec>): CacheDetailSpec {
  return defined({ capacity, eviction });
}

export function buildKeyspaceDetail(written: Written<KeyspaceDetailSpec>): KeyspaceDetailSpec {
  const { timeToLiveJitter, entryBytes, singleFlight, refreshAhead } = written;
  return defined({ timeToLiveJitter, entryBytes, singleFlight, refreshAhead });
}

/** What the schema gives: every field may be undefined. */
type Written<Spec> = { readonly [Key in keyof Spec]?: Spec[Key] | undefined };
