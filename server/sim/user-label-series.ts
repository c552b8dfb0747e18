/**
 * The histogram of one process whose metric has gained a label with a value for each user: an open-addressing hash
 * table (linear probing) from user, operation and status to a block of counts. Like OpenTelemetry's SDKs it stops at a
 * limit: what comes after is counted in one overflow set.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { mix } from "../base/draw.js";
import type { ServiceModel } from "../topology/model-types.js";
import { REQUEST_BLOCK, REQUEST_BOUNDS_US } from "../topology/series-layout.js";
import { SERVER_STATUSES } from "../topology/status-slots.js";
import type { DynamicSeries, SeriesDescriptor } from "./metric-sink.js";
import { userName } from "./request-draws.js";

/** Label sets of one process at most: 16,384 sets are 278,528 series and 4.2 MB of counts. */
export const LABEL_SETS_MAX = 16_384;
const OVERFLOW_USER = -1;
const SLOTS = SERVER_STATUSES.length;

/** Resident memory that a client library spends on one series of a process that has many. */
export const PROCESS_BYTES_PER_SERIES = 3_000;

export class UserLabelSeries implements DynamicSeries, Checkpointed {
  /** Rises with each start of the process. */
  epoch = 0;
  #sets = 0;
  #places = new Int32Array(1_024).fill(-1);
  #users = new Int32Array(512);
  /** Operation of the service · SLOTS + slot of the status. */
  #kinds = new Int32Array(512);
  #counts = new Float64Array(512 * REQUEST_BLOCK);

  constructor(
    readonly service: ServiceModel,
    readonly label: string,
    readonly job: string,
    readonly instance: string,
  ) {}

  get count(): number {
    return this.#sets * REQUEST_BLOCK;
  }

  observe(user: number, operation: number, slot: number, durationUs: number): void {
    const block = this.#setOf(user, operation * SLOTS + slot) * REQUEST_BLOCK;
    let bucket = 0;
    while (bucket < REQUEST_BOUNDS_US.length && durationUs > REQUEST_BOUNDS_US[bucket]) bucket++;
    this.#counts[block + bucket]++;
    this.#counts[block + REQUEST_BOUNDS_US.length + 1] += durationUs;
  }

  descriptor(id: number): SeriesDescriptor {
    const set = Math.floor(id / REQUEST_BLOCK);
    const kind = this.#kinds[set];
    const first = this.service.metrics.server[Math.floor(kind / SLOTS)] + (kind % SLOTS) * REQUEST_BLOCK;
    const { name, labels } = this.service.metrics.layout.series[first + (id % REQUEST_BLOCK)];
    const user = this.#users[set];
    const extra = user === OVERFLOW_USER ? { otel_metric_overflow: "true" } : { [this.label]: userName(user) };
    return { name, kind: "counter", labels: { ...labels, ...extra, instance: this.instance, job: this.job } };
  }

  value(id: number): number {
    const part = id % REQUEST_BLOCK;
    const block = id - part;
    const infinite = REQUEST_BOUNDS_US.length;
    if (part === infinite + 1) return this.#counts[block + part] / 1e6;
    const last = Math.min(part, infinite);
    let sum = 0;
    for (let bucket = 0; bucket <= last; bucket++) sum += this.#counts[block + bucket];
    return sum;
  }

  /** The process starts anew. */
  reset(): void {
    this.epoch++;
    this.#sets = 0;
    this.#places.fill(-1);
    this.#counts.fill(0);
  }

  save(writer: StateWriter): void {
    writer.int(this.epoch);
    writer.array(this.#users, this.#sets);
    writer.array(this.#kinds, this.#sets);
    writer.array(this.#counts, this.#sets * REQUEST_BLOCK);
  }

  restore(reader: StateReader): void {
    this.epoch = reader.int();
    const users = reader.ints();
    const kinds = reader.ints();
    const counts = reader.doubles();
    while (this.#users.length < users.length) this.#grow();
    this.#users.set(users);
    this.#kinds.set(kinds);
    this.#counts.fill(0);
    this.#counts.set(counts);
    this.#places.fill(-1);
    this.#sets = users.length;
    for (let set = 0; set < users.length; set++) this.#place(set);
  }

  #setOf(user: number, kind: number): number {
    const found = this.#find(user, kind);
    if (found >= 0) return found;
    if (this.#sets < LABEL_SETS_MAX) return this.#add(user, kind);
    const overflow = this.#find(OVERFLOW_USER, kind);
    return overflow >= 0 ? overflow : this.#add(OVERFLOW_USER, kind);
  }

  #find(user: number, kind: number): number {
    const mask = this.#places.length - 1;
    let place = placeOf(user, kind) & mask;
    for (;;) {
      const set = this.#places[place];
      if (set < 0) return -1;
      if (this.#users[set] === user && this.#kinds[set] === kind) return set;
      place = (place + 1) & mask;
    }
  }

  #add(user: number, kind: number): number {
    if (this.#sets === this.#users.length) this.#grow();
    const set = this.#sets++;
    this.#users[set] = user;
    this.#kinds[set] = kind;
    this.#place(set);
    return set;
  }

  #place(set: number): void {
    const mask = this.#places.length - 1;
    let place = placeOf(this.#users[set], this.#kinds[set]) & mask;
    while (this.#places[place] >= 0) place = (place + 1) & mask;
    this.#places[place] = set;
  }

  #grow(): void {
    const capacity = this.#users.length * 2;
    const users = new Int32Array(capacity);
    const kinds = new Int32Array(capacity);
    const counts = new Float64Array(capacity * REQUEST_BLOCK);
    users.set(this.#users);
    kinds.set(this.#kinds);
    counts.set(this.#counts);
    this.#users = users;
    this.#kinds = kinds;
    this.#counts = counts;
    this.#places = new Int32Array(capacity * 2).fill(-1);
    for (let set = 0; set < this.#sets; set++) this.#place(set);
  }
}

const placeOf = (user: number, kind: number): number => mix(Math.imul(user + 2, 0x9e37_79b1) ^ kind);
