/**
 * What an external party makes of a request before and while it works on it: a quota, a number of requests at a time
 * with a line in front (first come, first served: M/G/c, when arrivals are Poisson), hours of maintenance, and ways to
 * fail. A party that is told nothing of this answers everybody after a drawn time.
 *
 * The line needs no events: a request that comes knows how long its own work takes, so it begins when the server that is
 * free first is free (Kiefer and Wolfowitz, 'On the theory of queues with many servers', 1955).
 */
import { combine, uniform } from "../base/draw.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { MICROS_PER_HOUR, MICROS_PER_SECOND } from "../base/time.js";
import type { Model } from "../topology/model-types.js";
import { TokenBuckets } from "./resilience/token-buckets.js";

const FOR_FAILURE = 711;
const DAY_US = 24 * MICROS_PER_HOUR;

/** Nobody is held back for longer than this. */
const DELAY_MAX_US = 60 * MICROS_PER_SECOND;

/** The party takes the request. */
export const PARTY_ADMITS = 0;
/** Its quota is used up. */
export const PARTY_LIMITS = 1;
export const PARTY_UNAVAILABLE = 2;
export const PARTY_SILENT = 3;
export const PARTY_REFUSES = 4;

/** What a party does with requests over its limit. */
export const OVER_LIMIT = ["refuse", "delay", "ignore"] as const;
export type OverLimit = (typeof OVER_LIMIT)[number];

export class Parties implements Checkpointed {
  /** By operation of a party: the party. */
  readonly partyOf: Int32Array;
  /** By party: whether there is anything to ask. */
  readonly attends: Uint8Array;
  /** Limit by a fault, 0 for none, and what happens with what is over it. */
  readonly wrongPerSecond: Float64Array;
  readonly overLimit: Uint8Array;
  readonly #declared: Uint8Array;
  readonly #buckets: TokenBuckets;
  /** Under a limit with delay: when the next request may pass. */
  readonly #passesUs: Float64Array;
  /** By server of a party: when it is free. */
  readonly #freeUs: Float64Array;
  readonly #serversFrom: Int32Array;
  /** By place in the line: when its request begins. Beginnings never go back. */
  readonly #beginUs: Float64Array;
  readonly #placesFrom: Int32Array;
  readonly #nextPlace: Int32Array;

  constructor(readonly model: Model) {
    const { externals } = model.topology;
    this.partyOf = Int32Array.from(model.externals, ({ component }) =>
      externals.findIndex(({ id }) => id === model.components[component].id),
    );
    this.#declared = Uint8Array.from(externals, ({ quota, capacity, failures, maintenance }) =>
      quota === undefined && capacity === undefined && failures === undefined && maintenance === undefined ? 0 : 1,
    );
    this.attends = this.#declared.slice();
    this.wrongPerSecond = new Float64Array(externals.length);
    this.overLimit = new Uint8Array(externals.length);
    // The quota's own bucket, then that of a fault.
    this.#buckets = new TokenBuckets(2 * externals.length);
    this.#passesUs = new Float64Array(externals.length);
    let servers = 0;
    let places = 0;
    this.#serversFrom = Int32Array.from(
      externals,
      ({ capacity }) => (servers += capacity?.concurrency ?? 0) - (capacity?.concurrency ?? 0),
    );
    this.#placesFrom = Int32Array.from(
      externals,
      ({ capacity }) => (places += capacity?.queue ?? 0) - (capacity?.queue ?? 0),
    );
    this.#freeUs = new Float64Array(servers);
    this.#beginUs = new Float64Array(places).fill(-Infinity);
    this.#nextPlace = new Int32Array(externals.length);
  }

  resetFaults(): void {
    this.attends.set(this.#declared);
    this.wrongPerSecond.fill(0);
  }

  /** A fault limits the party. */
  limit(party: number, perSecond: number, over: OverLimit): void {
    this.attends[party] = 1;
    this.wrongPerSecond[party] = perSecond;
    this.overLimit[party] = OVER_LIMIT.indexOf(over);
  }

  /** What the party makes of a request that comes now, before it works on it. */
  verdict(party: number, key: number, nowUs: number): number {
    const { quota, failures, maintenance } = this.model.topology.externals[party];
    if (maintenance?.some(({ at, for: length }) => isWithin(nowUs, at, length)) === true) return PARTY_UNAVAILABLE;
    if (failures !== undefined) {
      const drawn = uniform(combine(key, FOR_FAILURE));
      if (drawn < failures.refused) return PARTY_REFUSES;
      if (drawn < failures.refused + failures.unavailable) return PARTY_UNAVAILABLE;
      if (drawn < failures.refused + failures.unavailable + failures.hanging) return PARTY_SILENT;
    }
    if (quota !== undefined) {
      const perSecond = (quota.limit / quota.per) * MICROS_PER_SECOND;
      if (!this.#buckets.take(2 * party, perSecond, quota.burst, nowUs)) return PARTY_LIMITS;
    }
    const wrong = this.wrongPerSecond[party];
    if (wrong === 0 || OVER_LIMIT[this.overLimit[party]] === "delay") return PARTY_ADMITS;
    if (this.#buckets.take(2 * party + 1, wrong, Math.max(1, wrong), nowUs)) return PARTY_ADMITS;
    return OVER_LIMIT[this.overLimit[party]] === "ignore" ? PARTY_SILENT : PARTY_LIMITS;
  }

  /** ms until a request would be admitted again. */
  retryAfterMs(party: number): number {
    const { quota } = this.model.topology.externals[party];
    const wrong = this.wrongPerSecond[party];
    const declaredUs =
      quota === undefined ? 0 : this.#buckets.waitUs(2 * party, (quota.limit / quota.per) * MICROS_PER_SECOND);
    const wrongUs = wrong === 0 ? 0 : this.#buckets.waitUs(2 * party + 1, wrong);
    return Math.ceil(Math.max(declaredUs, wrongUs) / 1_000);
  }

  /** µs that an admitted request waits until the party works on it for `workUs`; Infinity when there is no room. */
  waitUs(party: number, workUs: number, nowUs: number): number {
    const passUs = this.#passUs(party, nowUs);
    if (passUs === Infinity) return Infinity;
    const { capacity } = this.model.topology.externals[party];
    if (capacity === undefined) return passUs - nowUs;
    const from = this.#serversFrom[party];
    let first = from;
    for (let server = from + 1; server < from + capacity.concurrency; server++)
      if (this.#freeUs[server] < this.#freeUs[first]) first = server;
    const beginUs = Math.max(passUs, this.#freeUs[first]);
    if (beginUs > passUs && !this.#joins(party, capacity.queue, beginUs, passUs)) return Infinity;
    this.#freeUs[first] = beginUs + workUs;
    return beginUs - nowUs;
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const column of this.#columns()) writer.array(column);
    this.#buckets.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const column of this.#columns()) reader.into(column);
    this.#buckets.restore(reader);
  }

  /** When a request that comes now is let through: one after the other, where a fault delays what is over its limit. */
  #passUs(party: number, nowUs: number): number {
    const perSecond = this.wrongPerSecond[party];
    if (perSecond === 0 || OVER_LIMIT[this.overLimit[party]] !== "delay") return nowUs;
    const passUs = Math.max(nowUs, this.#passesUs[party]);
    if (passUs - nowUs > DELAY_MAX_US) return Infinity;
    this.#passesUs[party] = passUs + MICROS_PER_SECOND / perSecond;
    return Math.round(passUs);
  }

  /** The oldest of the last `places` that waited must have begun. */
  #joins(party: number, places: number, beginUs: number, nowUs: number): boolean {
    if (places === 0) return false;
    const place = this.#placesFrom[party] + this.#nextPlace[party];
    if (this.#beginUs[place] > nowUs) return false;
    this.#beginUs[place] = beginUs;
    this.#nextPlace[party] = (this.#nextPlace[party] + 1) % places;
    return true;
  }

  #columns() {
    return [
      this.attends,
      this.wrongPerSecond,
      this.overLimit,
      this.#passesUs,
      this.#freeUs,
      this.#beginUs,
      this.#nextPlace,
    ];
  }
}

function isWithin(nowUs: number, atUs: number, lengthUs: number): boolean {
  return (((nowUs - atUs) % DAY_US) + DAY_US) % DAY_US < lengthUs;
}
