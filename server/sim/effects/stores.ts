/** Effects on stores. */
import type { StoreEffect } from "../../topology/store-effects.js";
import type { Parts } from "../parts.js";
import type { EffectHandlersOf } from "./effect-handler.js";

const storeIndex = ({ model }: Parts, id: string): number => model.stores.findIndex(({ spec }) => spec.id === id);

/** Statements of a store, or the one that is named. */
const queriesOf = ({ model }: Parts, store: string, query: string | undefined): readonly number[] =>
  model.queries
    .filter((one) => model.stores[one.store].spec.id === store && (query === undefined || one.spec.id === query))
    .map(({ index }) => index);

export const STORE_EFFECTS: EffectHandlersOf<StoreEffect["kind"]> = {
  "query-cost": {
    reset: ({ walk }) => {
      walk.databases.cpuFactor.fill(1);
      walk.databases.ioFactor.fill(1);
    },
    apply: (parts, { store, query, cpuFactor, ioFactor }, { strength }) => {
      const { databases } = parts.walk;
      for (const index of queriesOf(parts, store, query)) {
        databases.cpuFactor[index] *= 1 + (cpuFactor - 1) * strength;
        databases.ioFactor[index] *= 1 + (ioFactor - 1) * strength;
      }
    },
  },
  "table-locked": {
    apply: () => undefined,
    begin: (parts, { store, table }) => {
      const { locks } = parts.walk.databases;
      const index = locks.tableIndex(storeIndex(parts, store), table);
      if (index >= 0) locks.tableHeld[index] = 1;
    },
    end: (parts, { store, table }, { nowUs }) => {
      const { databases } = parts.walk;
      const index = databases.locks.tableIndex(storeIndex(parts, store), table);
      if (index >= 0) databases.releaseTable(index, nowUs);
    },
  },
  "hot-row": {
    reset: ({ walk }) => {
      walk.databases.hotRatio.fill(0);
      walk.databases.hotHoldUs.fill(0);
    },
    apply: (parts, { store, query, ratio, holdUs }, { strength }) => {
      const { databases } = parts.walk;
      for (const index of queriesOf(parts, store, query)) {
        databases.hotRatio[index] = ratio * strength;
        databases.hotHoldUs[index] = holdUs;
      }
    },
  },
  "store-failover": {
    apply: () => undefined,
    begin: (parts, { store, downUs, coldFactor, coldUs, readOnly }, { nowUs }) => {
      const index = storeIndex(parts, store);
      const { databases, calls } = parts.walk;
      databases.failOver(index, downUs, coldFactor, coldUs, nowUs);
      databases.readOnly[index] = readOnly ? 1 : 0;
      calls.resetConnections(index);
    },
    end: (parts, { store }) => {
      parts.walk.databases.readOnly[storeIndex(parts, store)] = 0;
    },
  },
  "replica-lag": {
    reset: ({ model, walk }) => {
      for (const { index, spec } of model.queries) walk.databases.lagUs[index] = spec.readFrom === "replica" ? 0 : -1;
    },
    apply: (parts, { store, query, lagUs }, { strength }) => {
      const { databases } = parts.walk;
      for (const index of queriesOf(parts, store, query)) databases.lagUs[index] = lagUs * strength;
    },
  },
};
