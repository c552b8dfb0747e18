/** Effects on processors, memory, descriptors and volumes (sim/compute). */
import type { Effect } from "../../topology/effects.js";
import type { Parts } from "../parts.js";
import type { EffectHandlersOf, EffectScope } from "./effect-handler.js";
import { instancesOf } from "./services.js";

type Kind = "cpu-quota" | "node-load" | "memory-leak" | "heap-pressure" | "descriptor-leak" | "volume-fill";

const refresh = ({ state }: Parts, nowUs: number): void => {
  state.compute.refresh(nowUs);
};

export const COMPUTE_EFFECTS: EffectHandlersOf<Kind> = {
  "cpu-quota": {
    reset: ({ state }) => {
      state.compute.quotas.clear();
    },
    apply: ({ model, state }, { service, ...quota }, { strength, affects }) => {
      if (strength === 0) return;
      for (const instance of instancesOf(model, service))
        if (affects(instance)) state.compute.quotas.setFault(instance, quota);
    },
    commit: ({ state }, nowUs) => {
      state.compute.quotas.commit(nowUs);
    },
  },
  "node-load": {
    reset: ({ state }) => {
      state.compute.neighbourNext.fill(0);
    },
    apply: ({ model, state }, { node, cores }, { strength }) => {
      const found = model.nodes.findIndex(({ name }) => name === node);
      if (found >= 0) state.compute.neighbourNext[found] += cores * strength;
    },
    commit: ({ state }, nowUs) => {
      for (const [node, cores] of state.compute.neighbourNext.entries())
        state.compute.cpus.setNeighbour(node, cores, nowUs);
    },
  },
  "memory-leak": {
    reset: ({ state: { compute } }) => {
      compute.memory.leakPerRequest.fill(0);
      compute.memory.leakPerSecond.fill(0);
    },
    apply: (parts, { service, bytesPerRequest, bytesPerSecond }, scope) => {
      const { leakPerRequest, leakPerSecond } = parts.state.compute.memory;
      forEach(parts, service, scope, (instance) => {
        leakPerRequest[instance] += bytesPerRequest * scope.strength;
        leakPerSecond[instance] += bytesPerSecond * scope.strength;
      });
    },
    commit: refresh,
  },
  "heap-pressure": {
    reset: ({ state: { compute } }) => {
      compute.memory.retainedShare.fill(0);
      compute.memory.allocationFactor.fill(1);
    },
    apply: (parts, effect, scope) => {
      const { retainedShare, allocationFactor } = parts.state.compute.memory;
      forEach(parts, effect.service, scope, (instance) => {
        retainedShare[instance] = Math.max(retainedShare[instance], effect.retainedShare * scope.strength);
        allocationFactor[instance] *= 1 + (effect.allocationFactor - 1) * scope.strength;
      });
    },
    commit: refresh,
  },
  "descriptor-leak": {
    reset: ({ state: { compute } }) => {
      compute.descriptors.leakPerSecond.fill(0);
    },
    apply: (parts, { service, perSecond }, scope) => {
      const { leakPerSecond } = parts.state.compute.descriptors;
      forEach(parts, service, scope, (instance) => (leakPerSecond[instance] += perSecond * scope.strength));
    },
    commit: refresh,
  },
  "volume-fill": {
    reset: ({ state: { compute } }) => {
      compute.volumes.fillPerSecond.fill(0);
    },
    apply: (parts, { component, bytesPerSecond }, scope) => {
      const { volumes } = parts.state.compute;
      forEach(parts, component, scope, (instance) => {
        volumes.fillPerSecond[instance] += bytesPerSecond * scope.strength;
      });
      const store = parts.model.stores.findIndex(({ spec }) => spec.id === component);
      if (store >= 0) volumes.fillPerSecond[volumes.ofStore(store)] += bytesPerSecond * scope.strength;
    },
    commit: refresh,
  },
};

function forEach(parts: Parts, service: string, scope: EffectScope, change: (instance: number) => void): void {
  for (const instance of instancesOf(parts.model, service)) if (scope.affects(instance)) change(instance);
}

/** Whether an effect fills what a component writes to. */
export const fillsVolume = (effect: Effect, component: string): boolean =>
  effect.kind === "volume-fill" && effect.component === component;
