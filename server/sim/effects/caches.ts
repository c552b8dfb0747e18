/** Effects on caches. */
import type { CacheEffect } from "../../topology/cache-effects.js";
import type { Model } from "../../topology/model-types.js";
import { CACHE_BYPASSED, CACHE_REFUSES, CACHE_SILENT, CACHE_WELL } from "../cache-access.js";
import type { EffectHandlersOf } from "./effect-handler.js";

/** From this strength on a cache is impaired. */
const HALF = 0.5;

const MODES = { refuse: CACHE_REFUSES, silence: CACHE_SILENT, bypass: CACHE_BYPASSED } as const;

export const CACHE_EFFECTS: EffectHandlersOf<CacheEffect["kind"]> = {
  "cache-expiry": {
    reset: ({ caches }) => {
      caches.alignedUs.fill(0);
      caches.strikingKeys.fill(0);
      caches.strikingCounts.fill(0);
    },
    apply: ({ model, caches }, effect, { strength, key }) => {
      if (strength < HALF) return;
      for (const keyspace of keyspacesOf(model, effect.cache, effect.keyspace)) {
        caches.alignedUs[keyspace] = effect.everyUs;
        // 0 stands for no fault.
        caches.strikingKeys[keyspace] = key | 1;
        caches.strikingCounts[keyspace] = effect.keys;
      }
    },
    commit: ({ model, caches }, nowUs) => {
      for (const { index } of model.keyspaces) caches.strike(index, nowUs);
    },
  },
  "cache-impaired": {
    reset: ({ walk }) => {
      walk.caches.impaired.fill(CACHE_WELL);
    },
    apply: ({ model, walk }, { cache, mode }, { strength }) => {
      if (strength < HALF) return;
      walk.caches.impaired[cacheOf(model, cache)] = MODES[mode];
    },
  },
  "cache-shrunk": {
    reset: ({ caches }) => {
      caches.roomShare.fill(1);
    },
    apply: ({ model, caches }, { cache, share }, { strength }) => {
      const index = cacheOf(model, cache);
      caches.roomShare[index] = Math.min(caches.roomShare[index], 1 - (1 - share) * strength);
    },
    commit: ({ model, caches }, nowUs) => {
      for (const { index } of model.caches) caches.refresh(index, nowUs);
    },
  },
};

const cacheOf = (model: Model, id: string): number => model.caches.findIndex(({ spec }) => spec.id === id);

function keyspacesOf(model: Model, cache: string, keyspace: string | undefined): readonly number[] {
  const index = cacheOf(model, cache);
  return model.keyspaces
    .filter((candidate) => candidate.cache === index && (keyspace === undefined || candidate.spec.id === keyspace))
    .map((candidate) => candidate.index);
}
