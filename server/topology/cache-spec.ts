/** What a topology can say about its caches besides their latency and keys; all of it optional. */

export interface CacheDetailSpec {
  /** Entries that the cache has room for, all keyspaces together; without it nothing is ever pushed out. */
  readonly capacity?: number;
  /** Which entry goes when there is no room: the least recently or the least frequently used. `lru` when left out. */
  readonly eviction?: EvictionPolicy;
}

export type EvictionPolicy = "lru" | "lfu";

export interface KeyspaceDetailSpec {
  /** Share of the time to live by which it is spread either way; 0 when left out. */
  readonly timeToLiveJitter?: number;
  /** Memory of one entry; 1 KiB when left out. */
  readonly entryBytes?: number;
  /** Who misses while another request is already rebuilding the entry waits for that one. */
  readonly singleFlight?: FlightScope;
  /** In this last share of its life one request rebuilds an entry while the others still get the old one. */
  readonly refreshAhead?: number;
}

/** Whether requests wait for others of their own process only, or for those of all processes (a lock in the cache). */
export type FlightScope = "process" | "shared";

export const DEFAULT_ENTRY_BYTES = 1_024;
