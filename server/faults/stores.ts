/** Faults of databases. */
import type { FaultSpec } from "../sim/timeline.js";
import { type FaultMechanism, FaultRefused } from "../topology/effects.js";
import type { StoreSpec, Topology } from "../topology/types.js";
import { numberParameter, optionalNumber, textParameter } from "./parameter-values.js";

function storeOf(fault: FaultSpec, topology: Topology): StoreSpec {
  const store = topology.stores.find(({ id }) => id === fault.target);
  if (store === undefined) throw new FaultRefused(fault.id, `${fault.target} is no store`, "Choose a store.");
  return store;
}

function queryOf(fault: FaultSpec, topology: Topology): string {
  const store = storeOf(fault, topology);
  const query = textParameter(fault, "query");
  if (!store.queries.some(({ id }) => id === query)) {
    const known = store.queries.map(({ id }) => id).join(", ");
    throw new FaultRefused(fault.id, `${store.id} has no query ${query}`, `Its queries are ${known}.`);
  }
  return query;
}

/** An index is gone or the planner chose another plan: a query reads many times the rows. */
export const MISSING_INDEX: FaultMechanism = {
  class: "database/missing-index",
  effects(fault, topology) {
    const factor = numberParameter(fault, "factor");
    const query = queryOf(fault, topology);
    // Half of the additional pages are in memory: the wait for storage grows with the square root.
    return [{ kind: "query-cost", store: fault.target, query, cpuFactor: factor, ioFactor: Math.sqrt(factor) }];
  },
};

/** A transaction that nobody ends, or a schema change, holds a lock on a table. */
export const LOCK_CONTENTION: FaultMechanism = {
  class: "database/lock-contention",
  effects(fault, topology) {
    const table = textParameter(fault, "table");
    if (!storeOf(fault, topology).queries.some((query) => query.table === table))
      throw new FaultRefused(fault.id, `no query of ${fault.target} touches the table ${table}`, "Name one that does.");
    return [{ kind: "table-locked", store: fault.target, table }];
  },
};

/** A share of the executions of a statement updates one row, one after the other. */
export const HOT_PARTITION: FaultMechanism = {
  class: "database/hot-partition",
  effects: (fault, topology) => [
    {
      kind: "hot-row",
      store: fault.target,
      query: queryOf(fault, topology),
      ratio: numberParameter(fault, "ratio"),
      holdUs: optionalNumber(fault, "holdUs") ?? 0,
    },
  ],
};

/** Reads come from a replica that is behind: users do not find what they just wrote. */
export const REPLICATION_LAG: FaultMechanism = {
  class: "database/replication-lag",
  effects: (fault, topology) => [
    {
      kind: "replica-lag",
      store: fault.target,
      query: queryOf(fault, topology),
      lagUs: numberParameter(fault, "lagUs"),
    },
  ],
};

/** The primary is lost, another one is promoted with cold memory; or what is promoted refuses writes. */
export const FAILOVER: FaultMechanism = {
  class: "database/failover",
  effects(fault, topology) {
    storeOf(fault, topology);
    return [
      {
        kind: "store-failover",
        store: fault.target,
        downUs: optionalNumber(fault, "downUs") ?? 30_000_000,
        coldFactor: optionalNumber(fault, "coldFactor") ?? 6,
        coldUs: optionalNumber(fault, "coldUs") ?? 300_000_000,
        readOnly: fault.parameters.readOnly === true,
      },
    ];
  },
};
