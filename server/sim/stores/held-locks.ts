/**
 * Sessions that hold locks and are nobody's request: a transaction that somebody has left open over popular rows, or a
 * change of a table's form that waits behind such a one and stops everybody after it. Faults want them; they end with
 * the fault, with their own work, or when somebody terminates them, and do not come back then.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { NO_FRAME, SESSION_ACTIVE, SESSION_IDLE_IN_TRANSACTION, SESSION_LOCK_WAIT } from "./sessions.js";
import type { Statements } from "./statements.js";

export interface HeldLockSpec {
  /** Of the fault that wants it. */
  readonly key: number;
  /** `rows` of the most popular keys in an open transaction, or the whole table for `durationUs` once it is free. */
  readonly kind: "rows" | "table";
  readonly store: number;
  readonly table: number;
  readonly rows: number;
  readonly durationUs: number;
}

interface Held {
  readonly spec: HeldLockSpec;
  /** Those that are open; of a table the reader first, then who wants it alone. */
  sessions: number[];
}

export class HeldLocks implements Checkpointed {
  #wanted: HeldLockSpec[] = [];
  #held: Held[] = [];

  constructor(readonly statements: Statements) {}

  clear(): void {
    this.#wanted = [];
  }

  want(spec: HeldLockSpec): void {
    this.#wanted.push(spec);
  }

  /** Opens what is wanted and was not, closes what is wanted no more. */
  settle(nowUs: number): void {
    const wanted = (held: Held): boolean => this.#wanted.some(({ key }) => key === held.spec.key);
    const over = this.#held.filter((held) => !wanted(held));
    const known = new Set(this.#held.map(({ spec }) => spec.key));
    this.#held = this.#held.filter(wanted);
    for (const { sessions } of over) for (const session of sessions) this.statements.end(session, nowUs);
    for (const spec of this.#wanted) if (!known.has(spec.key)) this.#open(spec, nowUs);
    for (const { index } of this.statements.model.stores) {
      this.statements.setHeld(
        index,
        this.#wanted.some(({ store }) => store === index),
        nowUs,
      );
    }
  }

  /** The session has the lock that it waited for. */
  granted(session: number, nowUs: number): void {
    const held = this.#held.find(({ sessions }) => sessions.includes(session));
    if (held === undefined) return;
    if (held.spec.kind === "rows") this.#takeRows(session, held.spec, nowUs);
    else this.statements.checkAt(session, nowUs + held.spec.durationUs);
  }

  /** The change of the table is done. */
  check(session: number, nowUs: number): void {
    this.statements.end(session, nowUs);
  }

  /** The session is over, whoever ended it. */
  forget(session: number): void {
    for (const held of this.#held) held.sessions = held.sessions.filter((open) => open !== session);
  }

  save(writer: StateWriter): void {
    writer.json(this.#held);
  }

  restore(reader: StateReader): void {
    this.#held = reader.json() as Held[];
  }

  #open(spec: HeldLockSpec, nowUs: number): void {
    const { sessions, locks, layout } = this.statements;
    const first = sessions.open(spec.store, NO_FRAME, SESSION_IDLE_IN_TRANSACTION, nowUs);
    const held: Held = { spec, sessions: [first] };
    this.#held.push(held);
    if (spec.kind === "rows") {
      this.#takeRows(first, spec, nowUs);
      return;
    }
    locks.request(first, layout.tableLock(spec.table), false);
    const alone = sessions.open(spec.store, NO_FRAME, SESSION_ACTIVE, nowUs);
    held.sessions.push(alone);
    if (locks.request(alone, layout.tableLock(spec.table), true)) this.granted(alone, nowUs);
    else this.#waits(alone, nowUs);
  }

  #takeRows(session: number, { table, rows }: HeldLockSpec, nowUs: number): void {
    const { sessions, locks, layout } = this.statements;
    const { locked } = sessions;
    for (; locked[session] <= rows; locked[session]++) {
      const row = locked[session] - 1;
      const name = row < 0 ? layout.tableLock(table) : layout.rowLockOf(table, row);
      if (!locks.request(session, name, row >= 0)) {
        this.#waits(session, nowUs);
        return;
      }
    }
    sessions.state[session] = SESSION_IDLE_IN_TRANSACTION;
  }

  #waits(session: number, nowUs: number): void {
    this.statements.sessions.state[session] = SESSION_LOCK_WAIT;
    this.statements.sessions.waitUs[session] = nowUs;
  }
}
