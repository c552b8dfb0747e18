/** Commands at caches: what they do to the content, what they count, and their answer. */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";
import { OP_CACHE_SET } from "../topology/program.js";
import { type CacheContent, LOOKUP_HIT, LOOKUP_MISS } from "./cache-content.js";
import type { Externals } from "./externals.js";
import type { Facts } from "./facts.js";
import {
  FRAME_HIT,
  FRAME_KEY,
  FRAME_RECORDED,
  FRAME_REQUEST,
  FRAME_SHIFT,
  FRAME_STATUS,
  type Frames,
} from "./frames.js";
import type { RequestDraws } from "./request-draws.js";
import { STATUS_CONNECTION_REFUSED } from "./span-status.js";

/* How a cache is impaired. */
export const CACHE_WELL = 0;
export const CACHE_REFUSES = 1;
export const CACHE_SILENT = 2;
/** It answers that it has nothing and keeps nothing. */
export const CACHE_BYPASSED = 3;

export class CacheAccess implements Checkpointed {
  /** By cache: one of CACHE_…; effects of faults write it. */
  readonly impaired: Uint8Array;

  constructor(
    readonly model: Model,
    readonly frames: Frames,
    readonly facts: Facts,
    readonly draws: RequestDraws,
    readonly content: CacheContent,
    readonly externals: Externals,
  ) {
    this.impaired = new Uint8Array(model.caches.length);
  }

  /** `op` is OP_CACHE_GET or OP_CACHE_SET. */
  access(remote: number, keyspace: number, op: number, nowUs: number): void {
    const { data } = this.frames;
    const base = remote << FRAME_SHIFT;
    const cache = this.model.caches[this.model.keyspaces[keyspace].cache];
    const impaired = this.impaired[cache.index];
    if (impaired === CACHE_REFUSES || impaired === CACHE_SILENT) {
      this.#down(remote, impaired, nowUs);
      return;
    }
    const entry = this.content.keyFor(keyspace, this.draws.keyOf(data[base + FRAME_REQUEST]));
    const values = this.model.targets[cache.target].valuesFrom;
    const { raw } = this.facts.counts;
    const recorded = data[base + FRAME_RECORDED];
    if (op === OP_CACHE_SET) {
      if (impaired === CACHE_WELL) this.content.store(keyspace, entry, data[base + FRAME_KEY], nowUs);
    } else {
      const found = impaired === CACHE_WELL ? this.content.lookUp(keyspace, entry, nowUs) : LOOKUP_MISS;
      // Who is asked to rebuild an entry ahead of its end goes the way of a miss, and the server counts a hit.
      data[base + FRAME_HIT] = found === LOOKUP_HIT ? 1 : 0;
      raw[values + (found === LOOKUP_MISS ? cache.metrics.misses : cache.metrics.hits)] += recorded;
    }
    raw[values + cache.metrics.commands] += recorded;
    this.externals.answerIn(remote, cache.duration, data[base + FRAME_KEY], 0, nowUs);
  }

  #down(remote: number, impaired: number, nowUs: number): void {
    if (impaired === CACHE_SILENT) {
      this.frames.release(remote);
      return;
    }
    this.frames.data[(remote << FRAME_SHIFT) + FRAME_STATUS] = STATUS_CONNECTION_REFUSED;
    this.externals.network.answer(remote, nowUs);
  }

  save(writer: StateWriter): void {
    writer.array(this.impaired);
  }

  restore(reader: StateReader): void {
    reader.into(this.impaired);
  }
}
