/**
 * Statements at databases as the databases see them: one session each, which may wait for locks, may be cancelled, and
 * may go on without anybody who asked for it. Sessions without a frame belong to nobody that is simulated: a job, or
 * somebody at a console.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";

export const SESSION_FREE = 0;
export const SESSION_ACTIVE = 1;
export const SESSION_LOCK_WAIT = 2;
export const SESSION_IDLE_IN_TRANSACTION = 3;

export const NO_FRAME = -1;

/** Columns that grow together; a session is an index that is used again. */
export class Sessions implements Checkpointed {
  readonly store: number[] = [];
  readonly frame: number[] = [];
  readonly state: number[] = [];
  readonly beganUs: number[] = [];
  /** When it began to wait for the lock that it waits for. */
  readonly waitUs: number[] = [];
  /** µs that it has waited for locks in all. */
  readonly waitedUs: number[] = [];
  /** Instant of the check that is planned for it. */
  readonly checkUs: number[] = [];
  /** Locks that it has got of those that it needs. */
  readonly locked: number[] = [];
  readonly #free: number[] = [];

  open(store: number, frame: number, state: number, nowUs: number): number {
    const session = this.#free.pop() ?? this.store.length;
    this.store[session] = store;
    this.frame[session] = frame;
    this.state[session] = state;
    this.beganUs[session] = nowUs;
    this.waitUs[session] = 0;
    this.waitedUs[session] = 0;
    this.checkUs[session] = 0;
    this.locked[session] = 0;
    return session;
  }

  close(session: number): void {
    this.state[session] = SESSION_FREE;
    this.frame[session] = NO_FRAME;
    this.#free.push(session);
  }

  /** Sessions of a store that are open, in the order of their numbers. */
  of(store: number): readonly number[] {
    return [...this.store.keys()].filter(
      (session) => this.store[session] === store && this.state[session] !== SESSION_FREE,
    );
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const column of [...this.#columns(), this.#free]) writer.array(Float64Array.from(column));
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const column of [...this.#columns(), this.#free]) column.splice(0, Infinity, ...reader.doubles());
  }

  #columns(): readonly number[][] {
    return [this.store, this.frame, this.state, this.beganUs, this.waitUs, this.waitedUs, this.checkUs, this.locked];
  }
}
