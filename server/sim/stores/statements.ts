/**
 * Statements at databases of which more is to be told than a wait for storage and work of a processor: they need locks,
 * pages that are in memory or not, a disk that others use too, and they are worked on by a copy or a part of the
 * database. Databases (databases.ts) gives them here while a store is `detailed`; all others never come here.
 *
 * The life of a statement: it reaches the server, takes the lock of its table and those of its rows one after the other,
 * reads what is not in memory, computes, commits, gives its locks back, answers.
 *
 * Simplifications, named: a statement whose client has given up goes on to its end; one that is cancelled while it
 * computes leaves its work to the processor; locks are held for a statement, and longer only by sessions that are not
 * requests.
 */
import { combine } from "../../base/draw.js";
import type { EventHeap } from "../../base/event-heap.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model, QueryModel } from "../../topology/model-types.js";
import { DEFAULT_FAILOVER, DEFAULT_LOCKS } from "../../topology/store-spec.js";
import { EVENT_SHIFT, EVENT_STORE, EVENT_STORE_CHECK, EVENT_STORE_UP } from "../events.js";
import type { Facts } from "../facts.js";
import {
  FRAME_CALLER,
  FRAME_CALLER_GENERATION,
  FRAME_HIT,
  FRAME_INSTANCE,
  FRAME_KEY,
  FRAME_KIND,
  FRAME_LINK,
  FRAME_RECORDED,
  FRAME_REQUEST,
  FRAME_SHIFT,
  FRAME_STATE,
  FRAME_STATUS,
  FRAME_SUBJECT,
  type Frames,
  KIND_REMOTE,
  QUERY_NODE,
  QUERY_SESSION,
  QUERY_STAGE,
  STATE_CPU,
  STATE_EVENT,
  STATE_LOCK_LINE,
} from "../frames.js";
import { type Network, NOT_SENT } from "../network.js";
import type { RequestDraws } from "../request-draws.js";
import type { Sampler } from "../sampler.js";
import {
  STATUS_CONNECTION_REFUSED,
  STATUS_DEADLOCK,
  STATUS_INSTANCE_STOPPED,
  STATUS_LOCK_TIMEOUT,
  STATUS_OK,
  STATUS_READ_ONLY,
  STATUS_STALE_READ,
  STATUS_STATEMENT_CANCELLED,
  STATUS_STORE_DISK_FULL,
} from "../span-status.js";
import type { WorldState } from "../world-state.js";
import { BufferPool } from "./buffer-pool.js";
import { Disk } from "./disk.js";
import { HeldLocks } from "./held-locks.js";
import { LockTable } from "./lock-table.js";
import { Replication } from "./replication.js";
import { NO_FRAME, SESSION_ACTIVE, SESSION_IDLE_IN_TRANSACTION, SESSION_LOCK_WAIT, Sessions } from "./sessions.js";
import { nodesOf, StoreLayout } from "./store-layout.js";
import type { StoreLog } from "./store-log.js";

const FOR_STORE_IO = 18;

/* How far a statement is. Plain ones have no stage. */
export const STAGE_PLAIN = 0;
const STAGE_TRAVELS = 1;
const STAGE_WAITS = 2;
const STAGE_READS = 3;
const STAGE_COMPUTES = 4;
/** Nobody waits for it any more: it was cancelled, or its server went away. */
const STAGE_ORPHAN = 5;
export const STAGE_ANSWERED = 6;

/** Reading pages one after the other, each. */
const SCAN_PAGE_US = 10;
/** A scan of more than this share of the buffers does not go through them (PostgreSQL's ring of buffers). */
const SCAN_RING_SHARE = 0.25;
const CHECKPOINT_CHUNK_US = 100_000;

/** How a fault crashes a store. */
export interface StoreCrash {
  /** Of the fault, not 0. */
  readonly key: number;
  /** Somebody takes over, nobody does, or somebody does who takes no writes. */
  readonly outcome: "succeeds" | "fails" | "read-only";
  /** Until somebody has taken over; the declared times when undefined. */
  readonly downUs: number | undefined;
  /** How many times slower storage is at first, where no buffers are declared, and for how long. */
  readonly coldFactor: number;
  readonly coldUs: number;
}

export interface StatementParts {
  readonly model: Model;
  readonly heap: EventHeap;
  readonly state: WorldState;
  readonly facts: Facts;
  readonly draws: RequestDraws;
  readonly sampler: Sampler;
  readonly network: Network;
  readonly log: StoreLog;
}

export class Statements implements Checkpointed {
  /** By store: 1 while its statements come here. */
  readonly detailed: Uint8Array;
  /** By store: 1 while nobody answers. */
  readonly down: Uint8Array;
  /** By query: rows that a scan reads on top, and the processor time of that; see `planScan`. */
  readonly scanRows: Float64Array;
  readonly scanUs: Float64Array;
  /** By query: an index was added, so that no fault can make it scan. */
  readonly indexed: Uint8Array;
  /** By query: share of requests that are about one key, and how much longer a statement holds its row then. */
  readonly hotShare: Float64Array;
  readonly hotHoldUs: Float64Array;
  /** By query: a statement about the hot key locks its row, whatever it is otherwise. */
  readonly hotLocks: Uint8Array;
  /** By query: how far behind the replica is that answers it, on top of what is to be taken over; −1 for none. */
  readonly lagUs: Float64Array;
  /** By store: writes are refused. */
  readonly readOnly: Uint8Array;
  /** By store: its volume has no room for what is written. */
  readonly full: Uint8Array;
  /** By store: reads that may go to replicas go to the primary. */
  readonly primaryOnly: Uint8Array;
  /** By store: the node that takes writes. */
  readonly primary: Int32Array;
  /** By store: the fault that crashes it, as effects want it now. */
  readonly wantedCrashes = new Map<number, StoreCrash>();
  readonly deadlocks: Float64Array;
  readonly checkpoints: Float64Array;
  readonly layout: StoreLayout;
  readonly locks = new LockTable();
  readonly sessions = new Sessions();
  readonly held: HeldLocks;
  readonly log: StoreLog;
  readonly replication: readonly (Replication | undefined)[];
  readonly buffers: readonly (readonly BufferPool[])[];
  readonly model: Model;
  readonly #disks: readonly (readonly Disk[])[];
  readonly #parts: StatementParts;
  readonly #frames: Frames;
  /** By store: locks are declared, or something has come that locks. */
  readonly #locking: Uint8Array;
  readonly #declared: Uint8Array;
  /** By store: somebody holds locks of it who is no request. */
  readonly #held: Uint8Array;
  /** By store without declared buffers: memory is cold until then, and so many times slower at first. */
  readonly #coldFromUs: Float64Array;
  readonly #coldUntilUs: Float64Array;
  readonly #coldFactor: Float64Array;
  /** By user, told apart by a hash: when they last wrote to which store; made when it begins to matter. */
  #wroteUs = new Float64Array(0);
  /** By store: rows written since the last checkpoint, and when the next chunk of one is due and how long it takes. */
  readonly #dirtyRows: Float64Array;
  readonly #chunkUs: Float64Array;
  readonly #chunkWorkUs: Float64Array;
  readonly #checkpointUs: Float64Array;
  /** By store: the fault that has crashed it, 0 for none, and when it comes up again (0: not by itself). */
  readonly #crashedBy: Int32Array;
  readonly #upUs: Float64Array;

  readonly #startUs: number;

  constructor(parts: StatementParts, startUs: number) {
    const { model, draws } = parts;
    const { stores, queries } = model;
    this.#parts = parts;
    this.#startUs = startUs;
    this.model = model;
    this.log = parts.log;
    this.#frames = parts.state.frames;
    this.layout = new StoreLayout(model, draws);
    this.#declared = Uint8Array.from(stores, ({ spec }) => (isDetailed(spec) ? 1 : 0));
    this.detailed = this.#declared.slice();
    this.#locking = Uint8Array.from(stores, ({ spec }) => (spec.locks === undefined ? 0 : 1));
    this.down = new Uint8Array(stores.length);
    this.scanRows = new Float64Array(queries.length);
    this.scanUs = new Float64Array(queries.length);
    this.indexed = new Uint8Array(queries.length);
    this.hotShare = new Float64Array(queries.length);
    this.hotHoldUs = new Float64Array(queries.length);
    this.hotLocks = new Uint8Array(queries.length);
    this.lagUs = new Float64Array(queries.length).fill(NO_LAG);
    this.readOnly = new Uint8Array(stores.length);
    this.full = new Uint8Array(stores.length);
    this.#held = new Uint8Array(stores.length);
    this.#coldFromUs = new Float64Array(stores.length);
    this.#coldUntilUs = new Float64Array(stores.length);
    this.#coldFactor = new Float64Array(stores.length).fill(1);
    this.primaryOnly = new Uint8Array(stores.length);
    this.primary = new Int32Array(stores.length);
    this.deadlocks = new Float64Array(stores.length);
    this.checkpoints = new Float64Array(stores.length);
    this.#dirtyRows = new Float64Array(stores.length);
    this.#chunkUs = new Float64Array(stores.length).fill(Infinity);
    this.#chunkWorkUs = new Float64Array(stores.length);
    this.#checkpointUs = Float64Array.from(stores, ({ spec }) =>
      spec.checkpoint === undefined ? Infinity : Math.ceil(startUs / spec.checkpoint.every) * spec.checkpoint.every,
    );
    this.#crashedBy = new Int32Array(stores.length);
    this.#upUs = new Float64Array(stores.length);
    const nodes = <Part>(store: number, make: () => Part): readonly Part[] =>
      Array.from({ length: nodesOf(stores[store].spec) }, make);
    this.#disks = stores.map(({ index, spec }) =>
      spec.disk === undefined ? [] : nodes(index, () => new Disk(spec.disk?.parallel ?? 1)),
    );
    this.buffers = stores.map(({ index, spec }) => this.#warmBuffers(index, spec.bufferPages, nodes));
    this.replication = stores.map(({ spec }) =>
      spec.replicas === undefined
        ? undefined
        : new Replication(spec.replicas.applyRowsPerSecond, spec.replicas.delay, draws.users.count, startUs),
    );
    for (const { index } of queries) this.planScan(index, 0, 0);
    this.held = new HeldLocks(this);
  }

  // Statements of requests.

  /** The statement leaves its caller. */
  depart(remote: number, nowUs: number): void {
    const { data } = this.#frames;
    const base = remote << FRAME_SHIFT;
    const thereUs = this.#parts.network.thereUs(remote, -1, nowUs);
    if (thereUs === NOT_SENT) return;
    data[base + QUERY_STAGE] = STAGE_TRAVELS;
    this.#parts.state.storeActive[this.#queryOf(remote).store]++;
    this.#parts.heap.push(nowUs + thereUs, (remote << EVENT_SHIFT) | EVENT_STORE);
  }

  /** The event of a statement that is not plain: it has reached the server, or has read what it needs. */
  step(remote: number, nowUs: number): void {
    const { data } = this.#frames;
    const base = remote << FRAME_SHIFT;
    const stage = data[base + QUERY_STAGE];
    if (stage === STAGE_TRAVELS) this.#arrive(remote, nowUs);
    else if (stage === STAGE_READS) this.#compute(remote, nowUs);
    else this.#frames.release(remote);
  }

  /** Its work at the processor is done. */
  finish(remote: number, nowUs: number): void {
    const { data } = this.#frames;
    const base = remote << FRAME_SHIFT;
    if (data[base + QUERY_STAGE] === STAGE_ORPHAN) {
      this.#frames.release(remote);
      return;
    }
    const query = this.#queryOf(remote);
    const session = data[base + QUERY_SESSION];
    const { store } = query;
    this.#parts.state.storeActive[store]--;
    this.#commit(query, data[base + FRAME_REQUEST], nowUs);
    this.#logSlow(query, nowUs - this.sessions.beganUs[session], nowUs);
    data[base + QUERY_STAGE] = STAGE_ANSWERED;
    this.#parts.network.answer(remote, nowUs);
    this.end(session, nowUs);
  }

  /** A check that was planned for a session: it has waited, run or worked for long enough. */
  check(session: number, nowUs: number): void {
    const { sessions } = this;
    if (sessions.checkUs[session] !== nowUs || sessions.state[session] === 0) return;
    if (sessions.frame[session] === NO_FRAME) {
      this.held.check(session, nowUs);
      return;
    }
    const store = sessions.store[session];
    const { locks = DEFAULT_LOCKS, statementTimeout = 0 } = this.model.stores[store].spec;
    const waits = sessions.state[session] === SESSION_LOCK_WAIT;
    const waitedUs = nowUs - sessions.waitUs[session];
    if (waits && waitedUs === locks.deadlockTimeout) {
      if (this.locks.isDeadlocked(session)) {
        this.deadlocks[store]++;
        this.log.write(store, "deadlock", { pid: pidOf(session) }, nowUs);
        this.cancel(session, STATUS_DEADLOCK, nowUs);
        return;
      }
      this.log.write(store, "lockWait", { pid: pidOf(session), wait_ms: waitedUs / 1_000 }, nowUs);
    }
    if (waits && locks.timeout > 0 && waitedUs >= locks.timeout) {
      this.log.write(store, "cancelled", { pid: pidOf(session), reason: "lock timeout" }, nowUs);
      this.cancel(session, STATUS_LOCK_TIMEOUT, nowUs);
    } else if (statementTimeout > 0 && nowUs - sessions.beganUs[session] >= statementTimeout) {
      this.log.write(store, "cancelled", { pid: pidOf(session), reason: "statement timeout" }, nowUs);
      this.cancel(session, STATUS_STATEMENT_CANCELLED, nowUs);
    } else this.#schedule(session, nowUs);
  }

  /** Ends the session with what it was doing; who asked for it is told. */
  cancel(session: number, status: number, nowUs: number): void {
    const frame = this.sessions.frame[session];
    if (frame !== NO_FRAME) {
      const waits = this.sessions.state[session] === SESSION_LOCK_WAIT;
      this.#parts.state.storeActive[this.sessions.store[session]]--;
      if (waits) this.#answerWith(frame, status, nowUs);
      else this.#abandon(frame, status, nowUs);
    }
    this.end(session, nowUs);
  }

  /** Gives back the locks of a session and lets those go on who waited for them. */
  end(session: number, nowUs: number): void {
    if (this.sessions.frame[session] === NO_FRAME) this.held.forget(session);
    this.locks.release(session);
    this.sessions.close(session);
    for (const next of [...this.locks.granted]) this.#resume(next, nowUs);
  }

  /** Plans the next check of a session at an instant that its owner knows. */
  checkAt(session: number, atUs: number): void {
    // What began before the world did is due at its beginning at the earliest.
    const dueUs = Math.max(atUs, this.#startUs);
    if (dueUs === Infinity || this.sessions.checkUs[session] === dueUs) return;
    this.sessions.checkUs[session] = dueUs;
    this.#parts.heap.push(dueUs, (session << EVENT_SHIFT) | EVENT_STORE_CHECK);
  }

  #arrive(remote: number, nowUs: number): void {
    const { data } = this.#frames;
    const base = remote << FRAME_SHIFT;
    const query = this.#queryOf(remote);
    const { store } = query;
    const request = data[base + FRAME_REQUEST];
    const refused = this.#refusal(query);
    if (refused !== STATUS_OK) {
      this.#parts.state.storeActive[store]--;
      this.#answerWith(remote, refused, nowUs);
      return;
    }
    const replica = query.spec.readFrom === "replica" && this.primaryOnly[store] === 0;
    data[base + QUERY_NODE] = this.layout.nodeFor(
      query.index,
      request,
      data[base + FRAME_KEY],
      this.primary[store],
      replica,
      this.hotShare[query.index],
    );
    const session = this.sessions.open(store, remote, SESSION_ACTIVE, nowUs);
    data[base + QUERY_SESSION] = session;
    data[base + QUERY_STAGE] = STAGE_WAITS;
    this.#schedule(session, nowUs);
    this.#lock(remote, session, nowUs);
  }

  #refusal({ store, index }: QueryModel): number {
    if (this.down[store] === 1) return STATUS_CONNECTION_REFUSED;
    if (this.layout.writes[index] === 0) return STATUS_OK;
    if (this.full[store] === 1) return STATUS_STORE_DISK_FULL;
    return this.readOnly[store] === 1 ? STATUS_READ_ONLY : STATUS_OK;
  }

  #isHot({ index }: QueryModel, request: number): boolean {
    return this.hotLocks[index] === 1 && this.layout.isHot(request, this.hotShare[index]);
  }

  /** Takes the locks that are still missing, as far as they are free; then reads. */
  #lock(remote: number, session: number, nowUs: number): void {
    const query = this.#queryOf(remote);
    const { locked, state, waitUs } = this.sessions;
    if (this.#locking[query.store] === 1) {
      const request = this.#frames.data[(remote << FRAME_SHIFT) + FRAME_REQUEST];
      const rows = this.layout.rowsLocked(query, request, this.#isHot(query, request));
      while (locked[session] <= rows) {
        const ordinal = locked[session] - 1;
        const name =
          ordinal < 0
            ? this.layout.tableLock(this.layout.tableOf[query.index])
            : this.layout.rowLock(query, request, ordinal, rows, this.hotShare[query.index]);
        if (!this.locks.request(session, name, ordinal >= 0)) {
          state[session] = SESSION_LOCK_WAIT;
          waitUs[session] = nowUs;
          this.#frames.data[(remote << FRAME_SHIFT) + FRAME_STATE] = STATE_LOCK_LINE;
          this.#schedule(session, nowUs);
          return;
        }
        locked[session]++;
      }
    }
    this.#read(remote, query, nowUs);
  }

  #resume(session: number, nowUs: number): void {
    const { sessions } = this;
    sessions.locked[session]++;
    sessions.waitedUs[session] += nowUs - sessions.waitUs[session];
    sessions.state[session] = SESSION_ACTIVE;
    const frame = sessions.frame[session];
    if (frame === NO_FRAME) this.held.granted(session, nowUs);
    else this.#lock(frame, session, nowUs);
  }

  #read(remote: number, query: QueryModel, nowUs: number): void {
    const { data } = this.#frames;
    const base = remote << FRAME_SHIFT;
    const drawn = this.#parts.sampler.sample(query.ioDuration, combine(data[base + FRAME_KEY], FOR_STORE_IO));
    const node = data[base + QUERY_NODE];
    const request = data[base + FRAME_REQUEST];
    const held = this.#isHot(query, request) ? this.hotHoldUs[query.index] : 0;
    const ioUs = Math.round(this.#ioUs(query, node, request, drawn, nowUs) + held);
    const disks = this.#disks[query.store];
    data[base + QUERY_STAGE] = STAGE_READS;
    data[base + FRAME_STATE] = STATE_EVENT;
    let doneUs = nowUs + ioUs;
    if (disks.length > 0 && ioUs > 0) {
      this.#writeCheckpoint(query.store, disks[node], nowUs);
      doneUs = disks[node].serve(ioUs, nowUs);
    }
    this.#parts.heap.push(doneUs, (remote << EVENT_SHIFT) | EVENT_STORE);
  }

  /** Time of the disk: `drawn` for a page that is not in memory, the same for what a write has to put down. */
  #ioUs(query: QueryModel, node: number, request: number, drawn: number, nowUs: number): number {
    const buffers = this.buffers[query.store];
    if (buffers.length === 0) return drawn * this.#coldness(query.store, nowUs);
    const buffer = buffers[node];
    const page = this.layout.pageOf(query.index, request, this.hotShare[query.index]);
    const missed = page >= 0 && !buffer.touch(page);
    const written = this.layout.writes[query.index] === 1 ? drawn : 0;
    return written + (missed ? drawn : 0) + this.#scanIoUs(query.index, buffer);
  }

  /** How many times slower storage is while memory is cold, where no buffers are declared. */
  #coldness(store: number, nowUs: number): number {
    const untilUs = this.#coldUntilUs[store];
    if (untilUs <= nowUs) return 1;
    return 1 + (this.#coldFactor[store] - 1) * Math.min(1, (untilUs - nowUs) / (untilUs - this.#coldFromUs[store]));
  }

  #scanIoUs(query: number, buffer: BufferPool): number {
    const { pages, pagesFrom, rowsPerPage } = this.layout.tables[this.layout.tableOf[query]];
    const count = Math.min(pages, Math.ceil(this.scanRows[query] / rowsPerPage));
    const through = count <= buffer.room * SCAN_RING_SHARE;
    let missed = 0;
    for (let page = pagesFrom; page < pagesFrom + count; page++) {
      if (through ? !buffer.touch(page) : !buffer.has(page)) missed++;
    }
    if (!through) buffer.reads += missed;
    return missed * SCAN_PAGE_US;
  }

  #compute(remote: number, nowUs: number): void {
    const { data } = this.#frames;
    const base = remote << FRAME_SHIFT;
    const query = this.#queryOf(remote);
    const stale = this.#isStale(query, data[base + FRAME_REQUEST], data[base + QUERY_NODE], nowUs);
    if (stale && (query.spec.stale === "fail" || this.lagUs[query.index] > 0))
      data[base + FRAME_STATUS] = STATUS_STALE_READ;
    data[base + QUERY_STAGE] = STAGE_COMPUTES;
    data[base + FRAME_STATE] = STATE_CPU;
    const work = this.work(remote, query);
    if (work > 0) {
      const cpu = this.#parts.state.storeCpu(query.store) + data[base + QUERY_NODE];
      this.#parts.state.processors.add(cpu, remote, work, nowUs);
    } else this.finish(remote, nowUs);
  }

  /** Processor time of a statement; counts it. Set by Databases, which has the same for plain ones. */
  work: (remote: number, query: QueryModel) => number = () => 0;

  /** Breaks all connections to a store; set by the walk of requests, which has the pools. */
  dropConnections: (store: number) => void = () => undefined;

  #isStale(query: QueryModel, request: number, node: number, nowUs: number): boolean {
    const user = this.#parts.draws.userOf(request);
    const lagUs = this.primaryOnly[query.store] === 1 ? NO_LAG : this.lagUs[query.index];
    if (lagUs > 0 && this.#wroteUs.length > 0 && this.#wroteUs[wroteAt(query.store, user)] > nowUs - lagUs) return true;
    const replication = this.replication[query.store];
    if (replication === undefined || node === this.primary[query.store]) return false;
    return replication.isStaleFor(user, nowUs);
  }

  #commit(query: QueryModel, request: number, nowUs: number): void {
    if (query.spec.operation === "SELECT") return;
    const rows = query.rows < 0 ? this.#parts.draws.basketOf(request) : query.rows;
    const user = this.#parts.draws.userOf(request);
    this.#dirtyRows[query.store] += rows;
    this.replication[query.store]?.commit(user, rows, nowUs);
    if (this.#wroteUs.length > 0) this.#wroteUs[wroteAt(query.store, user)] = nowUs;
  }

  #logSlow(query: QueryModel, elapsedUs: number, nowUs: number): void {
    const { slowStatement } = this.model.stores[query.store].spec;
    if (slowStatement === undefined || elapsedUs < slowStatement) return;
    const attributes = { "db.query.text": query.spec.statement, duration_ms: Math.round(elapsedUs) / 1_000 };
    this.log.write(query.store, "slow", attributes, nowUs);
  }

  /** Plans the next check of a statement: statement time-out, look for a deadlock, lock time-out. */
  #schedule(session: number, nowUs: number): void {
    const { sessions } = this;
    const { locks = DEFAULT_LOCKS, statementTimeout = 0 } = this.model.stores[sessions.store[session]].spec;
    let next = statementTimeout > 0 ? sessions.beganUs[session] + statementTimeout : Infinity;
    if (sessions.state[session] === SESSION_LOCK_WAIT) {
      const deadlockUs = sessions.waitUs[session] + locks.deadlockTimeout;
      if (deadlockUs > nowUs) next = Math.min(next, deadlockUs);
      if (locks.timeout > 0) next = Math.min(next, sessions.waitUs[session] + locks.timeout);
    }
    this.checkAt(session, next);
  }

  /** The frame itself goes back with a status; it must not have an event. */
  #answerWith(remote: number, status: number, nowUs: number): void {
    this.#frames.data[(remote << FRAME_SHIFT) + FRAME_STATUS] = status;
    this.#frames.data[(remote << FRAME_SHIFT) + QUERY_STAGE] = STAGE_ANSWERED;
    this.#parts.network.answer(remote, nowUs);
  }

  /** Somebody else brings the answer; the frame goes on to where it is going and is released there. */
  #abandon(remote: number, status: number, nowUs: number): void {
    this.#frames.data[(remote << FRAME_SHIFT) + QUERY_STAGE] = STAGE_ORPHAN;
    const messenger = this.#frames.allocate();
    const { data } = this.#frames;
    const base = messenger << FRAME_SHIFT;
    const from = remote << FRAME_SHIFT;
    data.copyWithin(base + FRAME_CALLER, from + FRAME_CALLER, from + FRAME_CALLER_GENERATION + 1);
    for (const field of [FRAME_KEY, FRAME_LINK, FRAME_REQUEST, FRAME_RECORDED]) data[base + field] = data[from + field];
    data[base + FRAME_HIT] = 0;
    data[base + FRAME_INSTANCE] = -1;
    this.#answerWith(messenger, status, nowUs);
  }

  /** How far replicas of the store are behind. */
  replicationLagUs(store: number, nowUs: number): number {
    let added = 0;
    for (const query of this.model.queries) if (query.store === store) added = Math.max(added, this.lagUs[query.index]);
    return added + (this.replication[store]?.lagUs(nowUs) ?? 0);
  }

  // Scans.

  /**
   * Sets what a query scans: its declared table where it has no index, and what a fault makes of it (0 rows for
   * nothing). Processor time by rows a second of one core.
   */
  planScan(query: number, rows: number, rowsPerSecond: number): void {
    const { spec } = this.model.queries[query];
    const declared = spec.access === "scan" ? this.layout.tables[this.layout.tableOf[query]].rows : 0;
    const scanned = this.indexed[query] === 1 ? 0 : Math.max(rows, declared);
    this.scanRows[query] = scanned;
    this.scanUs[query] = (scanned / (rows > 0 ? rowsPerSecond : SCAN_ROWS_PER_SECOND)) * 1e6;
  }

  // Orders of learners.

  /** Terminates the sessions that everybody else of the store waits for in the end; how many there were. */
  terminateBlockers(store: number, nowUs: number): number {
    const roots = new Set<number>();
    for (const session of this.sessions.of(store)) {
      const seen = new Set<number>();
      const open = [...this.locks.blockersOf(session)];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (seen.has(next)) continue;
        seen.add(next);
        if (this.locks.isWaiting(next)) open.push(...this.locks.blockersOf(next));
        else roots.add(next);
      }
    }
    const ended = [...roots].filter((session) => nowUs - this.sessions.beganUs[session] >= BLOCKER_US);
    for (const session of ended) this.terminate(session, nowUs);
    return ended.length;
  }

  /** Cancels the statement of the store that has run or waited for longest. */
  cancelLongest(store: number, nowUs: number): void {
    const running = this.sessions
      .of(store)
      .filter((session) => this.sessions.state[session] !== SESSION_IDLE_IN_TRANSACTION);
    const longest = running.sort((a, b) => this.sessions.beganUs[a] - this.sessions.beganUs[b] || a - b).at(0);
    if (longest !== undefined) this.cancel(longest, STATUS_STATEMENT_CANCELLED, nowUs);
  }

  terminate(session: number, nowUs: number): void {
    const store = this.sessions.store[session];
    this.log.write(store, "terminated", { pid: pidOf(session) }, nowUs);
    this.cancel(session, STATUS_INSTANCE_STOPPED, nowUs);
  }

  // Crashes.

  /** What faults want of a store: how it crashes, or undefined for not at all. What it wants already changes nothing. */
  crash(store: number, crash: StoreCrash | undefined, nowUs: number): void {
    const before = this.#crashedBy[store];
    if (before === (crash?.key ?? 0)) return;
    this.#crashedBy[store] = crash?.key ?? 0;
    if (crash === undefined) {
      this.readOnly[store] = 0;
      if (this.down[store] === 1 && this.#upUs[store] === 0) this.comeUp(store, nowUs);
      this.refreshDetail(store, nowUs);
      return;
    }
    this.goDown(store, nowUs);
    this.#coldFactor[store] = crash.coldFactor;
    this.#coldUntilUs[store] = crash.coldUs;
    this.readOnly[store] = crash.outcome === "read-only" ? 1 : 0;
    const { detection, promotion } = this.model.stores[store].spec.failover ?? DEFAULT_FAILOVER;
    if (crash.outcome !== "fails") this.upAt(store, nowUs + (crash.downUs ?? detection + promotion));
  }

  /** An orderly change of the primary: memory will be half as cold as after a crash, writes are taken again. */
  stepDown(store: number, nowUs: number): void {
    if (this.down[store] === 0) this.goDown(store, nowUs);
    this.#coldFactor[store] = PLANNED_COLD_FACTOR;
    this.#coldUntilUs[store] = PLANNED_COLD_US;
    this.#upUs[store] = 0;
  }

  /** The store will be up again at an instant, with another primary where there is one. */
  upAt(store: number, atUs: number): void {
    this.#upUs[store] = atUs;
    this.#parts.heap.push(Math.max(atUs, this.#startUs), (store << EVENT_SHIFT) | EVENT_STORE_UP);
  }

  /** The instant has come, unless another one was set. */
  upDue(store: number, nowUs: number): void {
    if (this.#upUs[store] !== 0 && this.#upUs[store] <= nowUs && this.down[store] === 1) this.comeUp(store, nowUs);
    this.refreshDetail(store, nowUs);
  }

  /** Nobody answers from now on; what was under way breaks off, every connection is gone. */
  goDown(store: number, nowUs: number): void {
    this.down[store] = 1;
    this.detailed[store] = 1;
    this.#upUs[store] = 0;
    this.log.write(store, "interrupted", {}, nowUs);
    for (const session of this.sessions.of(store)) {
      if (this.sessions.state[session] === 0) continue;
      if (this.sessions.frame[session] === NO_FRAME) this.end(session, nowUs);
      else if (this.sessions.state[session] === SESSION_LOCK_WAIT) this.cancel(session, STATUS_INSTANCE_STOPPED, nowUs);
    }
    this.#breakOff(store, nowUs);
    for (let node = 0; node < nodesOf(this.model.stores[store].spec); node++) {
      if (node === this.primary[store])
        this.#parts.state.processors.clear(this.#parts.state.storeCpu(store) + node, nowUs);
    }
    this.dropConnections(store);
  }

  /** A replica takes over, or the server starts again with nothing in memory. */
  comeUp(store: number, nowUs: number): void {
    const { replicas } = this.model.stores[store].spec;
    this.down[store] = 0;
    this.#upUs[store] = 0;
    const crashed = this.primary[store];
    if (replicas === undefined) this.log.write(store, "ready", {}, nowUs);
    else {
      this.primary[store] = crashed === 0 ? 1 : 0;
      const lost = Math.round(this.replication[store]?.lose(nowUs) ?? 0);
      this.log.write(store, "promoted", { rows: lost }, nowUs);
    }
    // Until now it said for how long.
    const coldUs = this.#coldUntilUs[store];
    this.#coldFromUs[store] = nowUs;
    this.#coldUntilUs[store] = nowUs + coldUs;
    if (this.buffers[store].length > 0) this.buffers[store][crashed].clear();
    else this.#parts.heap.push(Math.max(nowUs + coldUs, this.#startUs), (store << EVENT_SHIFT) | EVENT_STORE_UP);
    this.dropConnections(store);
    this.refreshDetail(store, nowUs);
  }

  /** Effects want more of a store than is declared, or no more. */
  setHeld(store: number, on: boolean, nowUs: number): void {
    this.#held[store] = on ? 1 : 0;
    this.refreshDetail(store, nowUs);
  }

  /** Decides whether the statements of the store are told in detail. */
  refreshDetail(store: number, nowUs: number): void {
    let [hot, lags] = [false, false];
    for (const query of this.model.queries) {
      if (query.store !== store) continue;
      hot ||= this.hotLocks[query.index] === 1;
      lags ||= this.lagUs[query.index] > 0;
    }
    const locks = this.model.stores[store].spec.locks !== undefined;
    this.#locking[store] = locks || hot || this.#held[store] === 1 ? 1 : 0;
    if (lags && this.#wroteUs.length === 0)
      this.#wroteUs = new Float64Array(this.model.stores.length * WRITERS).fill(-Infinity);
    const cold = this.#coldUntilUs[store] > nowUs;
    const needed = [this.#declared, this.#locking, this.down, this.readOnly, this.full].some(
      (reason) => reason[store] === 1,
    );
    this.detailed[store] = needed || cold || lags ? 1 : 0;
  }

  /** Ends every statement that is at the primary or on its way there; its callers see their connection break. */
  #breakOff(store: number, nowUs: number): void {
    for (let frame = 0, end = this.#frames.capacity; frame < end; frame++) {
      if (!this.#isStatementOf(frame, store)) continue;
      const { data } = this.#frames;
      const base = frame << FRAME_SHIFT;
      const stage = data[base + QUERY_STAGE];
      const detailed = stage !== STAGE_PLAIN;
      if (stage === STAGE_TRAVELS || (detailed && data[base + QUERY_NODE] !== this.primary[store])) continue;
      const computes = data[base + FRAME_STATE] === STATE_CPU;
      this.#parts.state.storeActive[store]--;
      this.#abandon(frame, STATUS_INSTANCE_STOPPED, nowUs);
      if (detailed) this.end(this.#frames.data[base + QUERY_SESSION], nowUs);
      if (computes) this.#frames.release(frame);
    }
  }

  #isStatementOf(frame: number, store: number): boolean {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    if (data[base + FRAME_KIND] !== KIND_REMOTE) return false;
    const { targetKind, targetIndex } = this.model.dependencies[data[base + FRAME_LINK]];
    const here = targetKind === "store" && targetIndex === store;
    return here && data[base + QUERY_STAGE] < STAGE_ORPHAN && data[base + QUERY_STAGE] >= STAGE_PLAIN;
  }

  // The disk.

  /** What a checkpoint has written until now goes through the disk before the request that comes now. */
  #writeCheckpoint(store: number, disk: Disk, nowUs: number): void {
    const { checkpoint } = this.model.stores[store].spec;
    if (checkpoint === undefined) return;
    for (;;) {
      const dueUs = Math.min(this.#chunkUs[store], this.#checkpointUs[store]);
      if (dueUs > nowUs) return;
      if (dueUs === this.#checkpointUs[store]) {
        const chunks = Math.max(1, Math.floor((checkpoint.every * checkpoint.spread) / CHECKPOINT_CHUNK_US));
        this.#chunkWorkUs[store] = (this.#dirtyRows[store] * checkpoint.writePerRow) / chunks;
        this.#chunkUs[store] = this.#chunkWorkUs[store] > 0 ? dueUs : Infinity;
        this.#dirtyRows[store] = 0;
        this.#checkpointUs[store] += checkpoint.every;
        this.checkpoints[store]++;
      } else {
        disk.serve(this.#chunkWorkUs[store], dueUs);
        const beganUs = this.#checkpointUs[store] - checkpoint.every;
        const next = dueUs + CHECKPOINT_CHUNK_US;
        this.#chunkUs[store] = next - beganUs < checkpoint.every * checkpoint.spread ? next : Infinity;
      }
    }
  }

  /** Buffers as a long life has left them: the pages of the most popular keys. */
  #warmBuffers(
    store: number,
    room: number | undefined,
    nodes: <Part>(store: number, make: () => Part) => readonly Part[],
  ): readonly BufferPool[] {
    const pages = this.layout.pagesOf(store);
    if (room === undefined || pages === 0) return [];
    return nodes(store, () => {
      const buffer = new BufferPool(pages, room);
      for (let key = 0; key < Math.min(WARM_REQUESTS, 4 * room); key++) {
        for (const { index, store: own } of this.model.queries) {
          // Requests before the first one: the same law of popularity, other draws.
          const page = own === store ? this.layout.pageOf(index, -1 - key, 0) : -1;
          if (page >= 0) buffer.touch(page);
        }
      }
      buffer.hits = 0;
      buffer.reads = 0;
      return buffer;
    });
  }

  #queryOf(remote: number): QueryModel {
    return this.model.queries[this.#frames.data[(remote << FRAME_SHIFT) + FRAME_SUBJECT]];
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const values of this.#columns()) writer.array(values);
    writer.array(this.#wroteUs);
    for (const part of this.#owners()) part.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const values of this.#columns()) reader.into(values);
    this.#wroteUs = reader.doubles();
    for (const part of this.#owners()) part.restore(reader);
  }

  #owners(): readonly Checkpointed[] {
    const replication = this.replication.filter((one) => one !== undefined);
    return [
      this.locks,
      this.sessions,
      this.held,
      this.log,
      ...replication,
      ...this.buffers.flat(),
      ...this.#disks.flat(),
    ];
  }

  #columns(): readonly (Float64Array | Int32Array | Uint8Array)[] {
    return [
      this.detailed,
      this.down,
      this.scanRows,
      this.scanUs,
      this.indexed,
      this.hotShare,
      this.hotHoldUs,
      this.hotLocks,
      this.lagUs,
      this.readOnly,
      this.full,
      this.#held,
      this.#coldFromUs,
      this.#coldUntilUs,
      this.#coldFactor,
      this.primaryOnly,
      this.primary,
      this.deadlocks,
      this.checkpoints,
      this.#locking,
      this.#dirtyRows,
      this.#chunkUs,
      this.#chunkWorkUs,
      this.#checkpointUs,
      this.#crashedBy,
      this.#upUs,
    ];
  }
}

/** After an orderly fail-over. */
const PLANNED_COLD_FACTOR = 3;
const PLANNED_COLD_US = 120_000_000;

const NO_LAG = -1;
/** Users whose last write is remembered, by a hash. */
const WRITERS = 1 << 16;
const wroteAt = (store: number, user: number): number => store * WRITERS + (user & (WRITERS - 1));

/** A session that holds up others for at least this long is one that somebody would terminate. */
const BLOCKER_US = 1_000_000;

/** Rows that one core compares a second (PostgreSQL's cpu_tuple_cost against what a core does). */
const SCAN_ROWS_PER_SECOND = 10_000_000;
/** Requests whose pages fill the buffers before the world begins. */
const WARM_REQUESTS = 40_000;

/** Process ids as the server's log shows them. */
const pidOf = (session: number): number => 2_000 + session;

function isDetailed({
  locks,
  disk,
  bufferPages,
  checkpoint,
  replicas,
  shards,
  slowStatement,
  statementTimeout,
}: Model["stores"][number]["spec"]): boolean {
  return [locks, disk, bufferPages, checkpoint, replicas, shards, slowStatement, statementTimeout].some(
    (detail) => detail !== undefined,
  );
}
