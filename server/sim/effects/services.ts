/** Effects on services, external parties, stores' latency and the load. Code effects act through programs and versions. */
import type { Effect } from "../../topology/effects.js";
import type { Model } from "../../topology/model-types.js";
import type { Parts } from "../parts.js";
import type { EffectHandlersOf } from "./effect-handler.js";

type Kind = "latency" | "error-ratio" | "cores-taken" | "arrivals" | "query-per-item" | "user-label";

/** Effects of code: instances have them by their version (see ControlPlane), nothing is to be applied. */
const IN_CODE = { apply: () => undefined };

export const SERVICE_EFFECTS: EffectHandlersOf<Kind> = {
  latency: {
    reset: ({ model, state }) => {
      state.medians.set(model.durations.medians);
      state.instanceMedianUs.fill(0);
      state.instanceFactor.fill(1);
    },
    apply: slow,
  },
  "error-ratio": {
    reset: ({ model, state }) => {
      state.instanceErrorRatio.fill(0);
      for (const external of model.externals) state.externalErrorRatio[external.index] = external.spec.errorRatio;
    },
    apply: (parts, { component, ratio }, { strength, affects }) => {
      const { model, state } = parts;
      for (const instance of instancesOf(model, component)) {
        if (affects(instance)) state.instanceErrorRatio[instance] = ratio * strength;
      }
      for (const external of model.externals) {
        const before = external.spec.errorRatio;
        if (model.components[external.component].id === component)
          state.externalErrorRatio[external.index] = before + (ratio - before) * strength;
      }
    },
  },
  "cores-taken": {
    reset: ({ state }) => {
      state.coresTakenNext.fill(0);
    },
    apply: ({ model, state }, { service, share }, { strength, affects }) => {
      for (const instance of instancesOf(model, service)) {
        if (affects(instance))
          state.coresTakenNext[instance] = Math.max(state.coresTakenNext[instance], share * strength);
      }
    },
    commit: ({ state }, nowUs) => {
      for (const [instance, share] of state.coresTakenNext.entries()) state.compute.cpus.take(instance, share, nowUs);
    },
  },
  arrivals: {
    reset: ({ arrivals }) => {
      arrivals.factors.fill(1);
      arrivals.surges.length = 0;
    },
    apply: ({ model, arrivals }, { journey, factor, decay }, { strength }) => {
      if (decay !== undefined) {
        const place = model.journeys.findIndex(({ spec }) => spec.id === journey);
        arrivals.surges.push({ journey: place, excess: (factor - 1) * strength, ...decay });
        return;
      }
      for (const { index, spec } of model.journeys) {
        if (journey === undefined || journey === spec.id) arrivals.factors[index] *= 1 + (factor - 1) * strength;
      }
    },
  },
  "query-per-item": IN_CODE,
  "user-label": IN_CODE,
};

/** Places of instances of a service, whether or not they exist now. */
export function instancesOf(model: Model, component: string): readonly number[] {
  const service = model.services.find(({ spec }) => spec.id === component);
  if (service === undefined) return [];
  return Array.from({ length: service.instancesMax }, (_, ordinal) => service.instancesFrom + ordinal);
}

function slow(
  { model, state }: Parts,
  effect: Extract<Effect, { kind: "latency" }>,
  { strength, affects }: { readonly strength: number; readonly affects: (instance: number) => boolean },
): void {
  for (const instance of instancesOf(model, effect.component)) {
    if (!affects(instance)) continue;
    if (effect.medianUs === undefined) state.instanceFactor[instance] = 1 + ((effect.factor ?? 1) - 1) * strength;
    else state.instanceMedianUs[instance] = effect.medianUs * strength;
  }
  for (const duration of durationsOf(model, effect.component)) {
    const before = state.medians[duration];
    const after = effect.medianUs ?? before * (effect.factor ?? 1);
    state.medians[duration] = before + (after - before) * strength;
  }
}

/** What decides how long an external party, a cache or a store lets its callers wait. */
function durationsOf({ components, externals, caches, stores, queries }: Model, component: string): readonly number[] {
  return [
    ...externals.filter((external) => components[external.component].id === component).map(({ duration }) => duration),
    ...caches.filter((cache) => cache.spec.id === component).map((cache) => cache.duration),
    ...queries.filter((query) => stores[query.store].spec.id === component).map((query) => query.ioDuration),
  ];
}
