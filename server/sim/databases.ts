/**
 * Queries at a store: locks, a wait for storage, the store's processor, the answer. What a store does not declare and no
 * fault touches costs nothing: then a query is a drawn wait and drawn work.
 *
 * Models. Storage: the drawn wait, times what checkpoints and cold memory make of it; pages in memory need none.
 * Replicas: writes queue for them and are repeated at a constant rate; a replica is behind by what is queued, and a read
 * of something that its own user wrote within that time does not find it. Shards: each has its share of the cores, rows
 * go to shards by a hash of their key. The server goes on working on a query whose caller has left.
 */
import { combine, type DrawKey, mix, uniform } from "../base/draw.js";
import type { EventHeap } from "../base/event-heap.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model, QueryModel } from "../topology/model-types.js";
import { EVENT_SHIFT, EVENT_STORE } from "./events.js";
import type { Facts } from "./facts.js";
import {
  FRAME_GENERATION,
  FRAME_KEY,
  FRAME_LOCK,
  FRAME_LOCK_SECOND,
  FRAME_RECORDED,
  FRAME_REQUEST,
  FRAME_SHIFT,
  FRAME_STATE,
  FRAME_STATUS,
  FRAME_SUBJECT,
  FRAME_WANTED,
  STATE_CPU,
  STATE_EVENT,
  STATE_LOCK_LINE,
} from "./frames.js";
import { type Network, NOT_SENT } from "./network.js";
import { PageBuffer } from "./page-buffer.js";
import type { RequestDraws } from "./request-draws.js";
import type { Sampler } from "./sampler.js";
import {
  STATUS_CONNECTION_REFUSED,
  STATUS_DEADLOCK,
  STATUS_LOCK_TIMEOUT,
  STATUS_OK,
  STATUS_READ_ONLY,
  STATUS_STALE_READ,
} from "./span-status.js";
import { StoreLocks } from "./store-locks.js";
import type { WorldState } from "./world-state.js";

const FOR_STORE_CPU = 17;
const FOR_STORE_IO = 18;
const FOR_HOT_ROW = 601;
const FOR_SECOND_ROW = 602;
const FOR_PAGE = 603;

/** Who waits for a second lock is looked at after this long. */
const DEADLOCK_US = 1_000_000;
/** Users whose last write is remembered, by a hash. */
const WRITERS = 1 << 16;
const NEVER = -1e15;

export class Databases implements Checkpointed {
  readonly locks: StoreLocks;
  /** By query: how many times its usual cost; moved by faults. */
  readonly cpuFactor: Float64Array;
  readonly ioFactor: Float64Array;
  /** By query: share of executions that lock the hot row, and how much longer each holds it. */
  readonly hotRatio: Float64Array;
  readonly hotHoldUs: Float64Array;
  /** By query: how far behind the replica is that answers it, on top of what is queued; −1 when the primary answers. */
  readonly lagUs: Float64Array;
  /** By store: nobody is served until then; its memory is cold until then, `coldFactor` at first. */
  readonly downUntilUs: Float64Array;
  readonly coldUntilUs: Float64Array;
  readonly coldFromUs: Float64Array;
  readonly coldFactor: Float64Array;
  readonly readOnly: Uint8Array;
  readonly staleReads: Int32Array;
  readonly #locking: Uint8Array;
  readonly #writes: Uint8Array;
  readonly #buffers: readonly (PageBuffer | undefined)[];
  /** By store: writes that replicas have still to repeat, as of `#backlogUs`. */
  readonly #backlog: Float64Array;
  readonly #backlogUs: Float64Array;
  /** By store: when users, told apart by a hash, last wrote; made when a replica is read from. */
  #writtenUs: Float64Array | undefined;
  readonly #lockRing: Int32Array;
  readonly #deadlockRing: number;

  constructor(
    readonly model: Model,
    readonly heap: EventHeap,
    readonly state: WorldState,
    readonly facts: Facts,
    readonly draws: RequestDraws,
    readonly sampler: Sampler,
    readonly network: Network,
  ) {
    const { queries, stores } = model;
    this.locks = new StoreLocks(model, state.frames);
    this.cpuFactor = new Float64Array(queries.length).fill(1);
    this.ioFactor = new Float64Array(queries.length).fill(1);
    this.hotRatio = new Float64Array(queries.length);
    this.hotHoldUs = new Float64Array(queries.length);
    this.lagUs = Float64Array.from(queries, ({ spec }) => (spec.readFrom === "replica" ? 0 : -1));
    this.downUntilUs = new Float64Array(stores.length);
    this.coldUntilUs = new Float64Array(stores.length);
    this.coldFromUs = new Float64Array(stores.length);
    this.coldFactor = new Float64Array(stores.length).fill(1);
    this.readOnly = new Uint8Array(stores.length);
    this.staleReads = new Int32Array(stores.length);
    this.#locking = Uint8Array.from(queries, ({ spec }) => (spec.locks === undefined ? 0 : 1));
    this.#writes = Uint8Array.from(queries, ({ spec }) => (spec.operation === "SELECT" ? 0 : 1));
    this.#buffers = stores.map(({ spec: { buffer } }) =>
      buffer === undefined ? undefined : new PageBuffer(buffer.pages, buffer.residentPages),
    );
    this.#backlog = new Float64Array(stores.length);
    this.#backlogUs = new Float64Array(stores.length);
    this.#lockRing = Int32Array.from(stores, ({ spec }) =>
      spec.lockTimeout === undefined ? -1 : state.rings.add(spec.lockTimeout),
    );
    this.#deadlockRing = state.rings.add(DEADLOCK_US);
  }

  /** The query leaves its caller. */
  query(remote: number, query: number, nowUs: number): void {
    const { store } = this.model.queries[query];
    const thereUs = this.network.thereUs(remote, -1, nowUs);
    if (thereUs === NOT_SENT) return;
    if (this.downUntilUs[store] > nowUs || this.readOnly[store] === 1) {
      const status = this.#refusal(query, store, nowUs);
      if (status !== STATUS_OK) {
        this.state.frames.data[(remote << FRAME_SHIFT) + FRAME_STATUS] = status;
        this.network.answer(remote, nowUs);
        return;
      }
    }
    this.state.storeActive[store]++;
    this.locks.forget(remote);
    if (this.#mustLock(query) && !this.#lock(remote, query, nowUs)) return;
    this.#read(remote, query, thereUs, nowUs);
  }

  /** It has had its wait for storage. */
  ready(remote: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const query = this.model.queries[data[base + FRAME_SUBJECT]];
    const rows = query.rows < 0 ? this.draws.basketOf(data[base + FRAME_REQUEST]) : query.rows;
    const drawn = this.sampler.sample(query.cpuDuration, combine(data[base + FRAME_KEY], FOR_STORE_CPU));
    const work = (drawn + rows * query.spec.cpuPerRow) * this.cpuFactor[query.index];
    data[base + FRAME_STATE] = STATE_CPU;
    if (data[base + FRAME_RECORDED] === 1) {
      const counters = this.model.targets[this.model.stores[query.store].target].valuesFrom + query.counters;
      this.facts.counts.raw[counters]++;
      this.facts.counts.raw[counters + 1] += rows;
    }
    if (work > 0) this.state.processors.add(this.#cpuOf(query, data[base + FRAME_REQUEST]), remote, work, nowUs);
    else this.done(remote, nowUs);
  }

  /** The store has worked on it. */
  done(remote: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const query = this.model.queries[data[base + FRAME_SUBJECT]];
    this.state.storeActive[query.store]--;
    if (this.lagUs[query.index] >= 0) this.#readReplica(remote, query, nowUs);
    else if (this.#writtenUs !== undefined && this.#writes[query.index] === 1) this.#noteWrite(remote, query, nowUs);
    if (data[base + FRAME_LOCK] >= 0) this.#unlock(remote, nowUs);
    this.network.answer(remote, nowUs);
  }

  /** A time-out of a query that waits for a lock: lock time-out or the look for a deadlock. */
  waited(ring: number, remote: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const { store } = this.model.queries[data[base + FRAME_SUBJECT]];
    const deadlock = ring === this.#deadlockRing;
    if (deadlock && !this.locks.isInCycle(remote)) return;
    if (deadlock) this.locks.deadlocks[store]++;
    data[base + FRAME_GENERATION]++;
    if (data[base + FRAME_WANTED] >= 0) this.locks.leave(remote);
    else this.locks.tableLines.remove(this.locks.tableOf[data[base + FRAME_SUBJECT]], remote);
    data[base + FRAME_STATUS] = deadlock ? STATUS_DEADLOCK : STATUS_LOCK_TIMEOUT;
    this.state.storeActive[store]--;
    if (data[base + FRAME_LOCK] >= 0) this.#unlock(remote, nowUs);
    this.network.answer(remote, nowUs);
  }

  /** Nothing holds the table against the others any more: all who waited go on. */
  releaseTable(table: number, nowUs: number): void {
    this.locks.tableHeld[table] = 0;
    const { tableLines } = this.locks;
    while (tableLines.length[table] > 0) {
      const next = tableLines.head[table];
      tableLines.remove(table, next);
      this.#goOn(next, nowUs);
    }
  }

  /** The primary is lost and another one is promoted: nobody is served, then memory is cold. */
  failOver(store: number, downUs: number, coldFactor: number, coldUs: number, nowUs: number): void {
    this.downUntilUs[store] = nowUs + downUs;
    this.coldFromUs[store] = nowUs + downUs;
    this.coldUntilUs[store] = nowUs + downUs + coldUs;
    this.coldFactor[store] = coldFactor;
    this.#buffers[store]?.clear();
  }

  /** How far replicas of the store are behind, µs. */
  replicationLagUs(store: number, nowUs: number): number {
    const { replicas } = this.model.stores[store].spec;
    let added = 0;
    for (const query of this.model.queries) if (query.store === store) added = Math.max(added, this.lagUs[query.index]);
    return added + (replicas === undefined ? 0 : (this.#drain(store, nowUs) / replicas.applyPerSecond) * 1e6);
  }

  bufferOf(store: number): PageBuffer | undefined {
    return this.#buffers[store];
  }

  save(writer: StateWriter): void {
    writer.section();
    this.locks.save(writer);
    for (const values of this.#columns()) writer.array(values);
    for (const buffer of this.#buffers) buffer?.save(writer);
    writer.array(this.#writtenUs ?? new Float64Array(0));
  }

  restore(reader: StateReader): void {
    reader.section();
    this.locks.restore(reader);
    for (const values of this.#columns()) reader.into(values);
    for (const buffer of this.#buffers) buffer?.restore(reader);
    const written = reader.doubles();
    this.#writtenUs = written.length === 0 ? undefined : written;
  }

  /** From now on it matters who wrote when. */
  rememberWrites(): void {
    this.#writtenUs ??= new Float64Array(this.model.stores.length * WRITERS).fill(NEVER);
  }

  #columns(): readonly (Float64Array | Uint8Array | Int32Array)[] {
    return [
      this.cpuFactor,
      this.ioFactor,
      this.hotRatio,
      this.hotHoldUs,
      this.lagUs,
      this.downUntilUs,
      this.coldUntilUs,
      this.coldFromUs,
      this.coldFactor,
      this.readOnly,
      this.staleReads,
      this.#backlog,
      this.#backlogUs,
    ];
  }

  #refusal(query: number, store: number, nowUs: number): number {
    if (this.downUntilUs[store] > nowUs) return STATUS_CONNECTION_REFUSED;
    return this.#writes[query] === 1 ? STATUS_READ_ONLY : STATUS_OK;
  }

  // Locks.

  #mustLock(query: number): boolean {
    return (
      this.#locking[query] === 1 || this.hotRatio[query] > 0 || this.locks.tableHeld[this.locks.tableOf[query]] === 1
    );
  }

  /** Takes what the statement needs; false when it has to wait. */
  #lock(remote: number, query: number, nowUs: number): boolean {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const table = this.locks.tableOf[query];
    if (this.locks.tableHeld[table] === 1) {
      this.locks.tableLines.append(table, remote);
      this.#wait(remote, query, nowUs);
      return false;
    }
    const first = this.#firstSlot(remote, query, table);
    if (first < 0) return true;
    data[base + FRAME_LOCK] = first;
    data[base + FRAME_LOCK_SECOND] = this.#secondSlot(remote, query, table, first);
    return this.#takeBoth(remote, query, nowUs);
  }

  #takeBoth(remote: number, query: number, nowUs: number): boolean {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const second = data[base + FRAME_LOCK_SECOND];
    if (!this.locks.take(data[base + FRAME_LOCK], remote)) {
      this.#wait(remote, query, nowUs);
      return false;
    }
    if (second < 0 || this.locks.take(second, remote)) return true;
    this.#wait(remote, query, nowUs);
    this.state.rings.arm(this.#deadlockRing, remote, nowUs);
    return false;
  }

  #wait(remote: number, query: number, nowUs: number): void {
    this.state.frames.data[(remote << FRAME_SHIFT) + FRAME_STATE] = STATE_LOCK_LINE;
    const ring = this.#lockRing[this.model.queries[query].store];
    if (ring >= 0) this.state.rings.arm(ring, remote, nowUs);
  }

  #firstSlot(remote: number, query: number, table: number): number {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const { store, spec } = this.model.queries[query];
    const hot = this.hotRatio[query];
    if (hot > 0 && uniform(combine(data[base + FRAME_KEY], FOR_HOT_ROW)) < hot) return this.locks.hotSlotOf(store);
    if (spec.locks === undefined) return -1;
    const request = data[base + FRAME_REQUEST];
    const key = spec.locks.key === "user" ? this.draws.userOf(request) : this.draws.productOf(request);
    return this.locks.slotOf(store, table, key);
  }

  /** A second row of the same table, drawn, in no particular order to the first. */
  #secondSlot(remote: number, query: number, table: number, first: number): number {
    const { store, spec } = this.model.queries[query];
    if (spec.locks?.rows !== 2) return -1;
    const key = combine(this.state.frames.data[(remote << FRAME_SHIFT) + FRAME_KEY], FOR_SECOND_ROW);
    const second = this.locks.slotOf(store, table, this.draws.products.rankAt(uniform(key)));
    return second === first ? -1 : second;
  }

  #unlock(remote: number, nowUs: number): void {
    const base = remote << FRAME_SHIFT;
    for (const field of [FRAME_LOCK, FRAME_LOCK_SECOND]) {
      const next = this.locks.pass(this.state.frames.data[base + field], remote);
      if (next >= 0) this.#goOn(next, nowUs);
    }
  }

  /** A statement that waited may try to go on. */
  #goOn(remote: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const query = data[base + FRAME_SUBJECT];
    // Whatever time-out was running for the wait means nothing any more.
    data[base + FRAME_GENERATION]++;
    const holds = data[base + FRAME_LOCK] >= 0;
    if (holds ? this.#takeBoth(remote, query, nowUs) : this.#lock(remote, query, nowUs))
      this.#read(remote, query, 0, nowUs);
  }

  // Storage.

  #read(remote: number, query: number, thereUs: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    data[base + FRAME_STATE] = STATE_EVENT;
    const { ioDuration } = this.model.queries[query];
    const drawn = this.sampler.sample(ioDuration, combine(data[base + FRAME_KEY], FOR_STORE_IO));
    const hold = data[base + FRAME_LOCK] >= 0 ? this.hotHoldUs[query] : 0;
    const io = Math.round(drawn * this.#storageFactor(remote, query, nowUs) + hold);
    this.heap.push(nowUs + thereUs + io, (remote << EVENT_SHIFT) | EVENT_STORE);
  }

  /** What the usual wait for storage is multiplied with. */
  #storageFactor(remote: number, query: number, nowUs: number): number {
    const { store } = this.model.queries[query];
    const { checkpoints } = this.model.stores[store].spec;
    let factor = this.ioFactor[query];
    const buffer = this.#buffers[store];
    if (buffer?.touch(this.#pageOf(remote, query, buffer.pages)) === true) return 0;
    if (this.coldUntilUs[store] > nowUs) {
      const left = (this.coldUntilUs[store] - nowUs) / (this.coldUntilUs[store] - this.coldFromUs[store]);
      factor *= 1 + (this.coldFactor[store] - 1) * Math.min(1, left);
    }
    if (checkpoints !== undefined && nowUs % checkpoints.interval < checkpoints.duration)
      factor *= checkpoints.ioFactor;
    return factor;
  }

  #pageOf(remote: number, query: number, pages: number): number {
    const request = this.state.frames.data[(remote << FRAME_SHIFT) + FRAME_REQUEST];
    const rank = this.draws.productOf(request);
    return (mix(combine(FOR_PAGE + this.locks.tableOf[query], rank)) >>> 0) % pages;
  }

  #cpuOf({ store, spec }: QueryModel, request: number): number {
    const { shards = 1 } = this.model.stores[store].spec;
    const from = this.state.storeCpu(store);
    if (shards === 1) return from;
    const key: DrawKey = spec.locks?.key === "user" ? this.draws.userOf(request) : this.draws.productOf(request);
    return from + ((mix(key) >>> 0) % shards);
  }

  // Replicas.

  #noteWrite(remote: number, query: QueryModel, nowUs: number): void {
    const user = this.draws.userOf(this.state.frames.data[(remote << FRAME_SHIFT) + FRAME_REQUEST]);
    if (this.#writtenUs !== undefined) this.#writtenUs[query.store * WRITERS + (user & (WRITERS - 1))] = nowUs;
    if (this.model.stores[query.store].spec.replicas !== undefined)
      this.#backlog[query.store] = this.#drain(query.store, nowUs) + 1;
  }

  #readReplica(remote: number, query: QueryModel, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    this.rememberWrites();
    const user = this.draws.userOf(data[base + FRAME_REQUEST]);
    const written = this.#writtenUs?.[query.store * WRITERS + (user & (WRITERS - 1))] ?? NEVER;
    if (nowUs - written >= this.replicationLagUs(query.store, nowUs)) return;
    this.staleReads[query.store]++;
    data[base + FRAME_STATUS] = STATUS_STALE_READ;
  }

  /** Writes that are queued for the replicas now. */
  #drain(store: number, nowUs: number): number {
    const rate = this.model.stores[store].spec.replicas?.applyPerSecond ?? 0;
    this.#backlog[store] = Math.max(0, this.#backlog[store] - ((nowUs - this.#backlogUs[store]) / 1e6) * rate);
    this.#backlogUs[store] = nowUs;
    return this.#backlog[store];
  }
}
