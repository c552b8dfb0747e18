/**
 * What caches hold: for each key the instant until which it is there. The content of the beginning is what a long life
 * would have left: a key that is asked for r times a second and kept for T seconds after each miss is there for rT of
 * every rT + 1 (a renewal process; H. Che et al., Hierarchical Web Caching Systems, for time-to-live caches exact), and
 * its remaining time is uniform in T. So no cold start, and hit rates emerge from popularity.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { combine, type DrawKey, uniform } from "../base/draw.js";
import { ZipfTable } from "../base/zipf.js";
import type { Model } from "../topology/model-types.js";

/** What the key has not been asked yet: its content is drawn then. */
const UNKNOWN = -1;
const FOR_KEY = 201;

export class CacheContent implements Checkpointed {
  readonly popularity: readonly ZipfTable[];
  readonly #expiresUs: readonly Float64Array[];
  readonly #contentKeys: Int32Array;
  /** Accesses per second and keyspace when the world began. */
  readonly #rates: Float64Array;

  /** @param arrivalRate requests per second at the edge at `startUs` */
  constructor(
    readonly model: Model,
    contentKey: DrawKey,
    arrivalRate: number,
    readonly startUs: number,
    /** Tables of another content of the same model; they never change. */
    popularity?: readonly ZipfTable[],
  ) {
    this.popularity = popularity ?? model.keyspaces.map(({ spec }) => new ZipfTable(spec.keys, spec.zipf));
    this.#expiresUs = model.keyspaces.map(({ spec }) => new Float64Array(spec.keys).fill(UNKNOWN));
    this.#contentKeys = Int32Array.from(model.keyspaces, ({ index }) => combine(contentKey, index));
    this.#rates = Float64Array.from(model.keyspaces, (keyspace) => keyspace.visitsPerArrival * arrivalRate);
  }

  /** The key of the keyspace that a frame asks for: the same one in every try and for get and set. */
  keyFor(keyspace: number, requestKey: DrawKey): number {
    return this.popularity[keyspace].rankAt(uniform(combine(requestKey, FOR_KEY + keyspace)));
  }

  has(keyspace: number, key: number, nowUs: number): boolean {
    const expires = this.#expiresUs[keyspace];
    if (expires[key] === UNKNOWN) expires[key] = this.#settled(keyspace, key);
    return expires[key] > nowUs;
  }

  store(keyspace: number, key: number, nowUs: number): void {
    this.#expiresUs[keyspace][key] = nowUs + this.model.keyspaces[keyspace].spec.timeToLive;
  }

  /** When the key that nobody has asked for since the beginning ends, or 0. */
  #settled(keyspace: number, key: number): number {
    const timeToLive = this.model.keyspaces[keyspace].spec.timeToLive;
    const asked = this.#rates[keyspace] * this.popularity[keyspace].shareOf(key) * (timeToLive / 1e6);
    const draw = combine(this.#contentKeys[keyspace], key);
    if (uniform(draw) >= asked / (1 + asked)) return 0;
    return this.startUs + Math.floor(uniform(combine(draw, 1)) * timeToLive);
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const expiresUs of this.#expiresUs) writer.array(expiresUs);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const expiresUs of this.#expiresUs) reader.into(expiresUs);
  }
}
