/** Commands at caches: what they do to the content, what they count, and their answer. */
import type { Model } from "../topology/model-types.js";
import { OP_CACHE_SET } from "../topology/program.js";
import type { CacheContent } from "./cache-content.js";
import type { Externals } from "./externals.js";
import type { Facts } from "./facts.js";
import { FRAME_HIT, FRAME_KEY, FRAME_RECORDED, FRAME_REQUEST, FRAME_SHIFT, type Frames } from "./frames.js";
import type { RequestDraws } from "./request-draws.js";

export class CacheAccess {
  constructor(
    readonly model: Model,
    readonly frames: Frames,
    readonly facts: Facts,
    readonly draws: RequestDraws,
    readonly content: CacheContent,
    readonly externals: Externals,
  ) {}

  /** `op` is OP_CACHE_GET or OP_CACHE_SET. */
  access(remote: number, keyspace: number, op: number, nowUs: number): void {
    const { data } = this.frames;
    const base = remote << FRAME_SHIFT;
    const cache = this.model.caches[this.model.keyspaces[keyspace].cache];
    const entry = this.content.keyFor(keyspace, this.draws.keyOf(data[base + FRAME_REQUEST]));
    const values = this.model.targets[cache.target].valuesFrom;
    const { raw } = this.facts.counts;
    const recorded = data[base + FRAME_RECORDED];
    if (op === OP_CACHE_SET) this.content.store(keyspace, entry, nowUs);
    else {
      const hit = this.content.has(keyspace, entry, nowUs);
      data[base + FRAME_HIT] = hit ? 1 : 0;
      raw[values + (hit ? cache.metrics.hits : cache.metrics.misses)] += recorded;
    }
    raw[values + cache.metrics.commands] += recorded;
    this.externals.answerIn(remote, cache.duration, data[base + FRAME_KEY], nowUs);
  }
}
