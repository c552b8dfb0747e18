/** Series and log lines of a database that says how it works inside; under the names of postgres_exporter and PostgreSQL. */
import type { StoreDetailMetrics, StoreLogTemplates } from "./model-types.js";
import type { SeriesLayoutBuilder } from "./series-layout.js";
import type { StoreDetailSpec } from "./store-spec.js";
import type { LogLevel, StoreSpec } from "./types.js";

/** Whether anything of the details is declared. */
export function hasStoreDetail(spec: StoreDetailSpec): boolean {
  const { tables, locks, disk, bufferPages, checkpoint, replicas, shards, slowStatement, statementTimeout, failover } =
    spec;
  return [
    tables,
    locks,
    disk,
    bufferPages,
    checkpoint,
    replicas,
    shards,
    slowStatement,
    statementTimeout,
    failover,
  ].some((detail) => detail !== undefined);
}

export function storeLogTemplates(template: (level: LogLevel, message: string) => number): StoreLogTemplates {
  return {
    slow: template("warn", "duration: {duration_ms} ms  statement: {db.query.text}"),
    lockWait: template("info", "process {pid} still waiting for a lock after {wait_ms} ms"),
    deadlock: template("error", "deadlock detected, process {pid} gives up"),
    cancelled: template("error", "canceling statement of process {pid} due to {reason}"),
    terminated: template("error", "terminating connection of process {pid} due to administrator command"),
    interrupted: template("error", "database system was interrupted"),
    ready: template("info", "database system is ready to accept connections"),
    promoted: template("warn", "promoted to primary; {rows} rows of the old primary had not arrived"),
  };
}

/** Declared last among the series of the store, so that those that every store has keep their places. */
export function storeDetailMetrics(layout: SeriesLayoutBuilder, spec: StoreSpec): StoreDetailMetrics {
  const database = { datname: spec.id };
  return {
    locks: spec.locks === undefined ? undefined : lockMetrics(layout, database),
    buffers:
      spec.bufferPages === undefined
        ? undefined
        : {
            hit: layout.counter("pg_stat_database_blks_hit", database),
            read: layout.counter("pg_stat_database_blks_read", database),
          },
    replicationLag: spec.replicas === undefined ? -1 : layout.gauge("pg_replication_lag_seconds"),
    up: spec.replicas === undefined && spec.failover === undefined ? -1 : layout.gauge("pg_up"),
    checkpoints: spec.checkpoint === undefined ? -1 : layout.counter("pg_stat_bgwriter_checkpoints_timed_total"),
  };
}

function lockMetrics(layout: SeriesLayoutBuilder, database: { readonly datname: string }): StoreDetailMetrics["locks"] {
  const activity = (state: string, wait: string): number =>
    layout.gauge("pg_stat_activity_count", { ...database, state, wait_event_type: wait });
  return {
    tableShared: layout.gauge("pg_locks_count", { ...database, mode: "rowexclusivelock" }),
    tableAlone: layout.gauge("pg_locks_count", { ...database, mode: "accessexclusivelock" }),
    rows: layout.gauge("pg_locks_count", { ...database, mode: "exclusivelock" }),
    active: activity("active", ""),
    waiting: activity("active", "Lock"),
    idleInTransaction: activity("idle in transaction", "Client"),
    longestActive: layout.gauge("pg_stat_activity_max_tx_duration_seconds", { ...database, state: "active" }),
    longestIdle: layout.gauge("pg_stat_activity_max_tx_duration_seconds", {
      ...database,
      state: "idle in transaction",
    }),
    deadlocks: layout.counter("pg_stat_database_deadlocks_total", database),
  };
}
