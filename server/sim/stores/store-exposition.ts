/** What the exporter of a database with declared details shows on top of its statements. */
import type { StoreDetailMetrics } from "../../topology/model-types.js";
import { SESSION_ACTIVE, SESSION_IDLE_IN_TRANSACTION, SESSION_LOCK_WAIT } from "./sessions.js";
import type { Statements } from "./statements.js";

export interface StoreExposition {
  readonly values: Float64Array;
  readonly from: number;
  readonly metrics: StoreDetailMetrics;
  readonly statements: Statements;
  readonly store: number;
  readonly nowUs: number;
}

export function exposeStoreDetail(exposition: StoreExposition): void {
  const { values, from, metrics, statements, store, nowUs } = exposition;
  const show = (offset: number, value: number): void => {
    if (offset >= 0) values[from + offset] = value;
  };
  show(metrics.up, statements.down[store] === 1 ? 0 : 1);
  show(metrics.replicationLag, statements.replicationLagUs(store, nowUs) / 1e6);
  show(metrics.checkpoints, statements.checkpoints[store]);
  if (metrics.buffers !== undefined) {
    const buffers = statements.buffers[store];
    show(
      metrics.buffers.hit,
      buffers.reduce((sum, { hits }) => sum + hits, 0),
    );
    show(
      metrics.buffers.read,
      buffers.reduce((sum, { reads }) => sum + reads, 0),
    );
  }
  if (metrics.locks !== undefined) exposeLocks(exposition, metrics.locks);
}

function exposeLocks(
  { values, from, statements, store, nowUs }: StoreExposition,
  metrics: NonNullable<StoreDetailMetrics["locks"]>,
): void {
  const { sessions, locks, layout } = statements;
  const counts = { tableShared: 0, tableAlone: 0, rows: 0 };
  locks.eachHeld((name, alone, holders) => {
    if (layout.tables[layout.tableOfLock(name)].store !== store) return;
    if (layout.isRowLock(name)) counts.rows += holders;
    else if (alone) counts.tableAlone += holders;
    else counts.tableShared += holders;
  });
  const inState = (state: number): readonly number[] =>
    sessions.of(store).filter((session) => sessions.state[session] === state);
  const active = inState(SESSION_ACTIVE);
  const waiting = inState(SESSION_LOCK_WAIT);
  const idle = inState(SESSION_IDLE_IN_TRANSACTION);
  const longest = (open: readonly number[]): number =>
    open.reduce((most, session) => Math.max(most, nowUs - sessions.beganUs[session]), 0) / 1e6;
  values[from + metrics.tableShared] = counts.tableShared;
  values[from + metrics.tableAlone] = counts.tableAlone;
  values[from + metrics.rows] = counts.rows;
  values[from + metrics.active] = active.length;
  values[from + metrics.waiting] = waiting.length;
  values[from + metrics.idleInTransaction] = idle.length;
  values[from + metrics.longestActive] = longest([...active, ...waiting]);
  values[from + metrics.longestIdle] = longest(idle);
  values[from + metrics.deadlocks] = statements.deadlocks[store];
}
