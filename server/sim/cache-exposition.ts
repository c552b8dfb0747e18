/** What the exporter of a cache with a declared capacity shows on top of its commands. */
import type { CacheDetailMetrics } from "../topology/model-types.js";
import { type CacheAccess, CACHE_REFUSES, CACHE_SILENT } from "./cache-access.js";

export function exposeCacheDetail(
  values: Float64Array,
  from: number,
  metrics: CacheDetailMetrics,
  { content, impaired }: CacheAccess,
  cache: number,
): void {
  const down = impaired[cache] === CACHE_REFUSES || impaired[cache] === CACHE_SILENT;
  const show = (offset: number, value: number): void => {
    // A server that does not answer its exporter shows nothing but that.
    values[from + offset] = down ? NaN : value;
  };
  values[from + metrics.up] = down ? 0 : 1;
  const room = content.roomOf(cache);
  const bytes = content.entryBytes(cache);
  show(metrics.memoryUsed, content.usedBytes(cache));
  show(metrics.memoryMax, room === Infinity ? 0 : room * bytes);
  show(metrics.keys, content.keysOf(cache));
  show(metrics.evicted, content.evicted[cache]);
  show(metrics.expired, content.expired[cache]);
}
