/** Effects of faults on caches. */
export type CacheEffect =
  /**
   * Entries end together: once at the beginning, and then every `everyUs` again, because whatever is stored ends at the
   * next of these instants (0 for once only).
   */
  | {
      readonly kind: "cache-expiry";
      readonly cache: string;
      /** All keyspaces of the cache when undefined. */
      readonly keyspace: string | undefined;
      /** Only so many of the most popular keys; 0 is all. */
      readonly keys: number;
      readonly everyUs: number;
    }
  /** The cache refuses, never answers, or answers that it has nothing. */
  | { readonly kind: "cache-impaired"; readonly cache: string; readonly mode: "refuse" | "silence" | "bypass" }
  /** Something else takes memory: the cache has room for this share of its entries. */
  | { readonly kind: "cache-shrunk"; readonly cache: string; readonly share: number };
