/**
 * What caches hold: for each key the instant until which it is there, and for caches of limited size the order in which
 * entries go (eviction.ts). The content of the beginning is what a long life would have left, so there is no cold start
 * and hit rates emerge from popularity:
 *
 * - without a limit a key that is asked for r times a second and kept for T seconds after each miss is there for rT of
 *   every rT + 1 (a renewal process), and its remaining time is uniform in T;
 * - with one, see cache-warmth.ts.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { combine, type DrawKey, uniform } from "../base/draw.js";
import { ZipfTable } from "../base/zipf.js";
import { DEFAULT_ENTRY_BYTES } from "../topology/cache-spec.js";
import type { CacheModel, Model } from "../topology/model-types.js";
import { agesOfEntries } from "./cache-warmth.js";
import { type EvictionOrder, FrequencyOrder, RecencyOrder } from "./eviction.js";

/** What the key has not been asked yet: its content is drawn then. */
const UNKNOWN = -1;
const FOR_KEY = 201;
const FOR_JITTER = 202;

/** What a look-up finds. A refresh is a hit for everybody but the one who is asked to rebuild the entry. */
export const LOOKUP_MISS = 0;
export const LOOKUP_HIT = 1;
export const LOOKUP_REFRESH = 2;

export class CacheContent implements Checkpointed {
  readonly popularity: readonly ZipfTable[];
  readonly #expiresUs: readonly Float64Array[];
  readonly #contentKeys: Int32Array;
  /** Accesses per second and keyspace when the world began. */
  readonly #rates: Float64Array;

  /** By keyspace: how long an entry lives; orders of learners change it. */
  readonly timeToLiveUs: Float64Array;
  /** By keyspace: instants at which what is stored ends together with everything else, every so many µs; 0 for none. */
  readonly alignedUs: Float64Array;
  /** By keyspace: the fault that ends entries together, 0 for none, and how many keys it means; see `strike`. */
  readonly strikingKeys: Int32Array;
  readonly strikingCounts: Int32Array;
  /** The fault whose first blow has fallen. */
  readonly #struckKeys: Int32Array;
  /** By cache: entries that there is room for by its settings, 0 without a limit. */
  readonly capacity: Float64Array;
  /** By cache: share of the capacity that is left, 1 unless something else takes memory. */
  readonly roomShare: Float64Array;
  /** By cache: entries at the moment when a cache without a limit got one, 0 before. */
  readonly #heldAtLimit: Float64Array;
  /** By cache: entries that were pushed out, and that were found to be past their end, since the beginning. */
  readonly evicted: Float64Array;
  readonly expired: Float64Array;
  /** By keyspace: entries held, where the cache is limited. */
  readonly held: Int32Array;
  readonly #orders: (EvictionOrder | undefined)[];
  /** First entry number of a keyspace within its cache. */
  readonly #entriesFrom: Int32Array;
  readonly #cacheOf: Int32Array;
  /** 1 where nothing of the above is in force: an entry is its end and nothing else. */
  readonly #plain: Uint8Array;
  /** By keyspace with refresh ahead: whether somebody rebuilds the entry already. */
  readonly #refreshing: readonly Uint8Array[];

  /** @param arrivalRate requests per second at the edge at `startUs` */
  constructor(
    readonly model: Model,
    contentKey: DrawKey,
    arrivalRate: number,
    readonly startUs: number,
    /** Tables of another content of the same model; they never change. */
    popularity?: readonly ZipfTable[],
  ) {
    const { keyspaces, caches } = model;
    this.popularity = popularity ?? keyspaces.map(({ spec }) => new ZipfTable(spec.keys, spec.zipf));
    this.#expiresUs = keyspaces.map(({ spec }) => new Float64Array(spec.keys).fill(UNKNOWN));
    this.#contentKeys = Int32Array.from(keyspaces, ({ index }) => combine(contentKey, index));
    this.#rates = Float64Array.from(keyspaces, (keyspace) => keyspace.visitsPerArrival * arrivalRate);
    this.timeToLiveUs = Float64Array.from(keyspaces, ({ spec }) => spec.timeToLive);
    this.alignedUs = new Float64Array(keyspaces.length);
    this.strikingKeys = new Int32Array(keyspaces.length);
    this.strikingCounts = new Int32Array(keyspaces.length);
    this.#struckKeys = new Int32Array(keyspaces.length);
    this.held = new Int32Array(keyspaces.length);
    this.#cacheOf = Int32Array.from(keyspaces, ({ cache }) => cache);
    this.#entriesFrom = entriesFrom(model);
    this.capacity = Float64Array.from(caches, ({ spec }) => spec.capacity ?? 0);
    this.roomShare = new Float64Array(caches.length).fill(1);
    this.#heldAtLimit = new Float64Array(caches.length);
    this.evicted = new Float64Array(caches.length);
    this.expired = new Float64Array(caches.length);
    this.#orders = caches.map(() => undefined);
    this.#plain = new Uint8Array(keyspaces.length).fill(1);
    this.#refreshing = keyspaces.map(({ spec }) => new Uint8Array(spec.refreshAhead === undefined ? 0 : spec.keys));
    for (const cache of caches) {
      this.#choosePath(cache.index);
      if (this.capacity[cache.index] > 0) this.#limit(cache.index, startUs);
    }
  }

  /** The key of the keyspace that a frame asks for: the same one in every try and for get and set. */
  keyFor(keyspace: number, requestKey: DrawKey): number {
    return this.popularity[keyspace].rankAt(uniform(combine(requestKey, FOR_KEY + keyspace)));
  }

  /** One of LOOKUP_…; a look-up is a use. */
  lookUp(keyspace: number, key: number, nowUs: number): number {
    const expires = this.#expiresUs[keyspace];
    if (expires[key] === UNKNOWN) expires[key] = this.#settled(keyspace, key);
    if (this.#plain[keyspace] === 1) return expires[key] > nowUs ? LOOKUP_HIT : LOOKUP_MISS;
    const order = this.#orders[this.#cacheOf[keyspace]];
    const entry = this.#entriesFrom[keyspace] + key;
    if (expires[key] <= nowUs) {
      if (order?.has(entry) === true) this.#forget(order, keyspace, key, true);
      return LOOKUP_MISS;
    }
    order?.touch(entry);
    return this.#isRefreshDue(keyspace, key, expires[key] - nowUs) ? LOOKUP_REFRESH : LOOKUP_HIT;
  }

  /** `drawKey` is of who stores it, for the spread of the time to live. */
  store(keyspace: number, key: number, drawKey: DrawKey, nowUs: number): void {
    const expires = this.#expiresUs[keyspace];
    expires[key] = nowUs + this.timeToLiveUs[keyspace];
    if (this.#plain[keyspace] === 1) return;
    expires[key] = this.#endOf(keyspace, drawKey, nowUs);
    const refreshing = this.#refreshing[keyspace];
    if (refreshing.length > 0) refreshing[key] = 0;
    const cache = this.#cacheOf[keyspace];
    const order = this.#orders[cache];
    if (order === undefined) return;
    const entry = this.#entriesFrom[keyspace] + key;
    if (order.has(entry)) order.touch(entry);
    else {
      order.insert(entry);
      this.held[keyspace]++;
      this.#makeRoom(cache, nowUs);
    }
  }

  /** Lets a fault that has just begun end its entries, once; later calls for the same fault do nothing. */
  strike(keyspace: number, nowUs: number): void {
    const striking = this.strikingKeys[keyspace];
    if (striking === this.#struckKeys[keyspace]) return;
    this.#struckKeys[keyspace] = striking;
    this.#choosePath(this.#cacheOf[keyspace]);
    if (striking !== 0) this.expire(keyspace, this.strikingCounts[keyspace], nowUs);
  }

  /** Ends the `count` most popular entries of a keyspace now, 0 for all. */
  expire(keyspace: number, count: number, nowUs: number): void {
    const expires = this.#expiresUs[keyspace];
    const end = count === 0 ? expires.length : Math.min(count, expires.length);
    const since = Math.max(0, this.startUs - nowUs) / 1e6;
    for (let key = 0; key < end; key++) {
      // What ended before the world begins has been stored again by whoever asked for it in between.
      const asked = since * this.#rates[keyspace] * this.popularity[keyspace].shareOf(key);
      const draw = combine(combine(this.#contentKeys[keyspace], key), 3);
      if ((since === 0 || uniform(draw) < Math.exp(-asked)) && this.#holds(keyspace, key, nowUs)) expires[key] = 0;
    }
  }

  /** Stores the keys from rank `from` to before `to`, the most popular last, as a job that fills the cache would. */
  warm(keyspace: number, from: number, to: number, nowUs: number): void {
    for (let key = Math.min(to, this.#expiresUs[keyspace].length) - 1; key >= from; key--)
      this.store(keyspace, key, combine(this.#contentKeys[keyspace], key), nowUs);
  }

  /** Whether the cache has a limit now. */
  isLimited(cache: number): boolean {
    return this.#orders[cache] !== undefined;
  }

  /** Entries that the cache has room for now; Infinity without a limit. */
  roomOf(cache: number): number {
    const capacity = this.capacity[cache] > 0 ? this.capacity[cache] : this.#heldAtLimit[cache];
    return capacity > 0 ? Math.max(1, Math.floor(capacity * this.roomShare[cache])) : Infinity;
  }

  /** Memory of the entries of a limited cache. */
  usedBytes(cache: number): number {
    return this.#sumOver(cache, (keyspace, bytes) => this.held[keyspace] * bytes);
  }

  /** Entries of a limited cache. */
  keysOf(cache: number): number {
    return this.#sumOver(cache, (keyspace) => this.held[keyspace]);
  }

  /** Mean memory of an entry of the cache, by the keys that there are. */
  entryBytes(cache: number): number {
    const keys = this.#sumOver(cache, (keyspace) => this.#expiresUs[keyspace].length);
    return this.#sumOver(cache, (keyspace, bytes) => this.#expiresUs[keyspace].length * bytes) / Math.max(1, keys);
  }

  /** Makes a changed capacity or share take place. */
  refresh(cache: number, nowUs: number): void {
    const limited = this.capacity[cache] > 0 || this.roomShare[cache] < 1;
    if (limited && this.#orders[cache] === undefined) this.#limit(cache, nowUs);
    else if (!limited) {
      this.#orders[cache] = undefined;
      this.#heldAtLimit[cache] = 0;
    }
    if (this.#orders[cache] !== undefined) this.#makeRoom(cache, nowUs);
    this.#choosePath(cache);
  }

  /** When the key that nobody has asked for since the beginning ends, or 0. */
  #settled(keyspace: number, key: number): number {
    const timeToLive = this.model.keyspaces[keyspace].spec.timeToLive;
    const asked = this.#rates[keyspace] * this.popularity[keyspace].shareOf(key) * (timeToLive / 1e6);
    const draw = combine(this.#contentKeys[keyspace], key);
    if (uniform(draw) >= asked / (1 + asked)) return 0;
    return this.startUs + Math.floor(uniform(combine(draw, 1)) * timeToLive);
  }

  #endOf(keyspace: number, drawKey: DrawKey, nowUs: number): number {
    const aligned = this.alignedUs[keyspace];
    if (aligned > 0) return (Math.floor(nowUs / aligned) + 1) * aligned;
    const jitter = this.model.keyspaces[keyspace].spec.timeToLiveJitter ?? 0;
    const spread = jitter === 0 ? 1 : 1 + jitter * (2 * uniform(combine(drawKey, FOR_JITTER)) - 1);
    return nowUs + Math.round(this.timeToLiveUs[keyspace] * spread);
  }

  #isRefreshDue(keyspace: number, key: number, leftUs: number): boolean {
    const refreshing = this.#refreshing[keyspace];
    if (refreshing.length === 0 || refreshing[key] === 1) return false;
    const share = this.model.keyspaces[keyspace].spec.refreshAhead ?? 0;
    if (leftUs >= share * this.timeToLiveUs[keyspace]) return false;
    refreshing[key] = 1;
    return true;
  }

  #forget(order: EvictionOrder, keyspace: number, key: number, expired: boolean): void {
    const cache = this.#cacheOf[keyspace];
    order.remove(this.#entriesFrom[keyspace] + key);
    this.held[keyspace]--;
    this.#expiresUs[keyspace][key] = 0;
    if (expired) this.expired[cache]++;
    else this.evicted[cache]++;
  }

  #makeRoom(cache: number, nowUs: number): void {
    const order = this.#orders[cache];
    if (order === undefined) return;
    const room = this.roomOf(cache);
    while (order.count > room) {
      const entry = order.victim();
      const keyspace = this.#keyspaceOf(cache, entry);
      const key = entry - this.#entriesFrom[keyspace];
      this.#forget(order, keyspace, key, this.#expiresUs[keyspace][key] <= nowUs);
    }
  }

  #keyspaceOf(cache: number, entry: number): number {
    let found = -1;
    for (const { index } of this.#keyspaces(cache)) if (this.#entriesFrom[index] <= entry) found = index;
    return found;
  }

  #keyspaces(cache: number): Model["keyspaces"] {
    return this.model.keyspaces.filter((keyspace) => keyspace.cache === cache);
  }

  #sumOver(cache: number, value: (keyspace: number, bytes: number) => number): number {
    return this.#keyspaces(cache).reduce(
      (sum, { index, spec }) => sum + value(index, spec.entryBytes ?? DEFAULT_ENTRY_BYTES),
      0,
    );
  }

  #choosePath(cache: number): void {
    for (const { index, spec } of this.#keyspaces(cache)) {
      const { timeToLiveJitter = 0, refreshAhead } = spec;
      const plain =
        this.#orders[cache] === undefined &&
        timeToLiveJitter === 0 &&
        refreshAhead === undefined &&
        this.alignedUs[index] === 0;
      this.#plain[index] = plain ? 1 : 0;
    }
  }

  /** The cache gets a limit: an order over what it holds. */
  #limit(cache: number, nowUs: number): void {
    const order = newOrder(this.model.caches[cache], this.#keyspaces(cache));
    this.#orders[cache] = order;
    const fresh = nowUs === this.startUs && this.capacity[cache] > 0;
    const ages = agesOfEntries({
      keyspaces: this.#keyspaces(cache),
      rateOf: (keyspace, key) => this.#rates[keyspace] * this.popularity[keyspace].shareOf(key),
      keyOf: (keyspace, key) => combine(combine(this.#contentKeys[keyspace], key), 2),
      // At the beginning all that fits is there; later, what is there.
      room: fresh ? this.capacity[cache] : Infinity,
      holds: (keyspace, key) => this.#holds(keyspace, key, nowUs),
    });
    for (const { index } of this.#keyspaces(cache)) {
      this.held[index] = 0;
      if (fresh)
        for (const [key, end] of this.#expiresUs[index].entries()) this.#expiresUs[index][key] = Math.max(end, 0);
    }
    for (const { keyspace, key } of ages) {
      if (order.has(this.#entriesFrom[keyspace] + key)) continue;
      order.insert(this.#entriesFrom[keyspace] + key);
      this.held[keyspace]++;
      if (fresh && this.#expiresUs[keyspace][key] <= nowUs)
        this.#expiresUs[keyspace][key] = this.#drawnEnd(keyspace, key);
    }
    if (this.capacity[cache] === 0) this.#heldAtLimit[cache] = order.count;
    this.#choosePath(cache);
  }

  #holds(keyspace: number, key: number, nowUs: number): boolean {
    const expires = this.#expiresUs[keyspace];
    if (expires[key] === UNKNOWN) expires[key] = this.#settled(keyspace, key);
    return expires[key] > nowUs;
  }

  #drawnEnd(keyspace: number, key: number): number {
    const draw = combine(this.#contentKeys[keyspace], key);
    return this.startUs + Math.floor(uniform(combine(draw, 1)) * this.timeToLiveUs[keyspace]);
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const expiresUs of this.#expiresUs) writer.array(expiresUs);
    for (const refreshing of this.#refreshing) writer.array(refreshing);
    for (const values of this.#columns()) writer.array(values);
    for (const order of this.#orders) {
      writer.int(order === undefined ? 0 : 1);
      order?.save(writer);
    }
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const expiresUs of this.#expiresUs) reader.into(expiresUs);
    for (const refreshing of this.#refreshing) reader.into(refreshing);
    for (const values of this.#columns()) reader.into(values);
    for (const cache of this.model.caches) {
      const limited = reader.int() === 1;
      this.#orders[cache.index] = limited ? newOrder(cache, this.#keyspaces(cache.index)) : undefined;
      this.#orders[cache.index]?.restore(reader);
    }
  }

  #columns(): readonly (Float64Array | Int32Array | Uint8Array)[] {
    return [
      this.timeToLiveUs,
      this.alignedUs,
      this.#struckKeys,
      this.capacity,
      this.roomShare,
      this.#heldAtLimit,
      this.evicted,
      this.expired,
      this.held,
      this.#plain,
    ];
  }
}

function newOrder(cache: CacheModel, keyspaces: Model["keyspaces"]): EvictionOrder {
  const entries = keyspaces.reduce((sum, { spec }) => sum + spec.keys, 0);
  return cache.spec.eviction === "lfu" ? new FrequencyOrder(entries) : new RecencyOrder(entries);
}

function entriesFrom({ keyspaces, caches }: Model): Int32Array {
  const next = new Int32Array(caches.length);
  return Int32Array.from(keyspaces, ({ cache, spec }) => {
    const from = next[cache];
    next[cache] += spec.keys;
    return from;
  });
}
