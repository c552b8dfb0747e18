/** Faults inside databases. */
import type { FaultSpec } from "../sim/timeline.js";
import { type FaultMechanism, FaultRefused } from "../topology/effects.js";
import type { QuerySpec, StoreSpec, Topology } from "../topology/types.js";
import { numberParameter, optionalNumber, optionalText, textParameter } from "./parameter-values.js";

const DEFAULT_SCAN_ROWS = 500_000;
const DEFAULT_ROWS_PER_SECOND = 10_000_000;
const DEFAULT_HELD_ROWS = 500;
const DEFAULT_LAG_US = 10_000_000;
const DEFAULT_COLD_FACTOR = 6;
const DEFAULT_COLD_US = 300_000_000;
const BASKET_ROWS = 3;
const DEFAULT_TABLE_CHANGE_US = 20_000_000;

/** A query reads so many rows one by one: its index is gone, or the planner takes another way. Adding an index ends it. */
export const MISSING_INDEX: FaultMechanism = {
  class: "database/missing-index",
  effects(fault, topology) {
    const store = storeOf(fault, topology);
    const query = textParameter(fault, "query");
    const spec = store.queries.find(({ id }) => id === query);
    if (spec === undefined)
      throw refused(
        fault,
        store,
        "query",
        query,
        store.queries.map(({ id }) => id),
      );
    const declared = store.tables?.find(({ id }) => id === spec.table)?.rows;
    const rowsPerSecond = optionalNumber(fault, "rowsPerSecond") ?? DEFAULT_ROWS_PER_SECOND;
    const factor = optionalNumber(fault, "factor");
    const rows =
      factor === undefined
        ? (optionalNumber(fault, "rows") ?? declared ?? DEFAULT_SCAN_ROWS)
        : Math.round((((factor - 1) * usualWorkUs(spec)) / 1e6) * rowsPerSecond);
    return [{ kind: "query-scan", store: store.id, query, rows, rowsPerSecond }];
  },
};

/**
 * Somebody holds what others need: a transaction that was left open over the most popular rows of a table, or a change
 * of the table that waits behind a long read and stops every statement that comes after it. Terminating whoever stands
 * in the way ends it.
 */
export const LOCK_CONTENTION: FaultMechanism = {
  class: "database/lock-contention",
  effects(fault, topology) {
    const store = storeOf(fault, topology);
    const table = textParameter(fault, "table");
    const tables = [...new Set(store.queries.map((query: QuerySpec) => query.table))];
    if (!tables.includes(table)) throw refused(fault, store, "table", table, tables);
    return [
      {
        kind: "locks-held",
        store: store.id,
        table,
        what: optionalText(fault, "by") === "schema-change" ? "table" : "rows",
        rows: optionalNumber(fault, "rows") ?? DEFAULT_HELD_ROWS,
        durationUs: optionalNumber(fault, "durationUs") ?? DEFAULT_TABLE_CHANGE_US,
      },
    ];
  },
};

/** Work of one execution, a basket taken as three rows. */
function usualWorkUs({ cpu, cpuPerRow, rows }: QuerySpec): number {
  return cpu.median + cpuPerRow * (rows === "basket" ? BASKET_ROWS : rows);
}

/**
 * A share of all requests is about one key: its row is locked by one after the other, its part has all the work. With
 * `query` the statements of that query lock the hot row, whatever they are, and hold it for `hold` longer.
 */
export const HOT_PARTITION: FaultMechanism = {
  class: "database/hot-partition",
  effects(fault, topology) {
    const store = storeOf(fault, topology);
    const query = optionalText(fault, "query");
    if (query === undefined && store.shards === undefined && store.locks === undefined) {
      throw new FaultRefused(
        fault.id,
        `${store.id} has neither parts nor locks`,
        "Name a query whose row is hot, or declare shards or locks of the store.",
      );
    }
    if (query !== undefined) checkQuery(fault, store, query);
    const holdUs = optionalNumber(fault, "holdUs") ?? 0;
    return [{ kind: "hot-key", store: store.id, query, share: numberParameter(fault, "ratio"), holdUs }];
  },
};

/**
 * Replicas fall behind: they take over only a share of what they could, or nothing. Where no replicas are declared,
 * reads of `query` come from one that is `lag` behind.
 */
export const REPLICATION_LAG: FaultMechanism = {
  class: "database/replication-lag",
  effects(fault, topology) {
    const store = storeOf(fault, topology);
    const query = optionalText(fault, "query");
    const lagUs = optionalNumber(fault, "lagUs") ?? DEFAULT_LAG_US;
    if (query !== undefined) {
      checkQuery(fault, store, query);
      return [{ kind: "replica-lag", store: store.id, query, lagUs }];
    }
    if (store.replicas === undefined) {
      throw new FaultRefused(
        fault.id,
        `${store.id} has no replicas`,
        "Name a query that reads from one, or declare replicas of the store.",
      );
    }
    return [{ kind: "replication-slow", store: store.id, share: optionalNumber(fault, "share") ?? 0 }];
  },
};

/**
 * The primary dies. Connections break; until somebody has noticed and a replica has taken over (or the server has
 * started again) nobody answers; then memory is cold and what had not arrived is lost. When the fail-over fails, nobody
 * answers until somebody orders one or the fault ends; or what is promoted refuses to write.
 */
export const FAILOVER: FaultMechanism = {
  class: "database/failover",
  effects(fault) {
    const outcome = optionalText(fault, "outcome");
    return [
      {
        kind: "store-crash",
        store: fault.target,
        outcome: outcome === "fails" || outcome === "read-only" ? outcome : "succeeds",
        downUs: optionalNumber(fault, "downUs"),
        coldFactor: optionalNumber(fault, "coldFactor") ?? DEFAULT_COLD_FACTOR,
        coldUs: optionalNumber(fault, "coldUs") ?? DEFAULT_COLD_US,
      },
    ];
  },
};

function checkQuery(fault: FaultSpec, store: StoreSpec, query: string): void {
  const known = store.queries.map(({ id }) => id);
  if (!known.includes(query)) throw refused(fault, store, "query", query, known);
}

function storeOf(fault: FaultSpec, topology: Topology): StoreSpec {
  const store = topology.stores.find(({ id }) => id === fault.target);
  if (store === undefined)
    throw new FaultRefused(fault.id, `there is no store ${fault.target}`, "Choose a store of the topology.");
  return store;
}

function refused(
  fault: FaultSpec,
  store: StoreSpec,
  what: string,
  name: string,
  known: readonly string[],
): FaultRefused {
  return new FaultRefused(fault.id, `${store.id} has no ${what} ${name}`, `It has ${known.join(", ")}.`);
}
