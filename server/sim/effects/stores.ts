/** Effects on databases. */
import type { Model } from "../../topology/model-types.js";
import type { StoreEffect } from "../../topology/store-effects.js";
import type { EffectHandlersOf } from "./effect-handler.js";

/** From this strength on something that is or is not, is. */
const HALF = 0.5;

export const STORE_EFFECTS: EffectHandlersOf<StoreEffect["kind"]> = {
  "query-scan": {
    reset: ({ model, walk }) => {
      for (const { index } of model.queries) walk.databases.statements.planScan(index, 0, 0);
    },
    apply: ({ model, walk }, { store, query, rows, rowsPerSecond }, { strength }) => {
      if (strength === 0) return;
      const { statements } = walk.databases;
      for (const { index, spec } of model.queries) {
        const here = spec.id === query && model.queries[index].store === storeOf(model, store);
        if (here) statements.planScan(index, Math.round(rows * strength), rowsPerSecond);
      }
    },
  },
  "locks-held": {
    reset: ({ walk }) => {
      walk.databases.statements.held.clear();
    },
    apply: ({ model, walk }, { store, table, what, rows, durationUs }, { strength, key }) => {
      if (strength < HALF) return;
      const { held, layout } = walk.databases.statements;
      const index = storeOf(model, store);
      const found = layout.tables.find((candidate) => candidate.store === index && candidate.id === table);
      if (found !== undefined) held.want({ key, kind: what, store: index, table: found.index, rows, durationUs });
    },
    commit: ({ walk }, nowUs) => {
      walk.databases.statements.held.settle(nowUs);
    },
  },
  "hot-key": {
    reset: ({ walk }) => {
      const { hotShare, hotHoldUs, hotLocks } = walk.databases.statements;
      for (const column of [hotShare, hotHoldUs, hotLocks]) column.fill(0);
    },
    apply: ({ model, walk }, { store, query, share, holdUs }, { strength }) => {
      if (strength === 0) return;
      const { hotShare, hotHoldUs, hotLocks } = walk.databases.statements;
      const index = storeOf(model, store);
      for (const candidate of model.queries) {
        if (candidate.store !== index || (query !== undefined && candidate.spec.id !== query)) continue;
        hotShare[candidate.index] = share * strength;
        hotHoldUs[candidate.index] = holdUs;
        hotLocks[candidate.index] = query === undefined ? 0 : 1;
      }
    },
  },
  "replica-lag": {
    reset: ({ walk }) => {
      walk.databases.statements.lagUs.fill(-1);
    },
    apply: ({ model, walk }, { store, query, lagUs }, { strength }) => {
      const index = storeOf(model, store);
      for (const candidate of model.queries) {
        if (candidate.store === index && candidate.spec.id === query)
          walk.databases.statements.lagUs[candidate.index] = lagUs * strength;
      }
    },
  },
  "replication-slow": {
    reset: ({ model, walk }, nowUs) => {
      for (const { index, spec } of model.stores)
        walk.databases.statements.replication[index]?.setRate(spec.replicas?.applyRowsPerSecond ?? 0, nowUs);
    },
    apply: ({ model, walk }, { store, share }, { strength, nowUs }) => {
      const index = storeOf(model, store);
      const usual = model.stores[index].spec.replicas?.applyRowsPerSecond ?? 0;
      walk.databases.statements.replication[index]?.setRate(usual * (1 - (1 - share) * strength), nowUs);
    },
  },
  "store-crash": {
    reset: ({ walk }) => {
      walk.databases.statements.wantedCrashes.clear();
    },
    apply: ({ model, walk }, { store, outcome, downUs, coldFactor, coldUs }, { strength, key }) => {
      if (strength < HALF) return;
      // 0 stands for no fault.
      const crash = { key: key | 1, outcome, downUs, coldFactor, coldUs };
      walk.databases.statements.wantedCrashes.set(storeOf(model, store), crash);
    },
    // The last of this table: by now everything else is what effects want.
    commit: ({ model, walk }, nowUs) => {
      const { statements } = walk.databases;
      for (const { index } of model.stores) {
        statements.crash(index, statements.wantedCrashes.get(index), nowUs);
        statements.refreshDetail(index, nowUs);
      }
    },
  },
};

const storeOf = (model: Model, id: string): number => model.stores.findIndex(({ spec }) => spec.id === id);
