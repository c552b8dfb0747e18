/** Effects on how calls are made. */
import type { CallEffect } from "../../topology/call-effects.js";
import type { DependencyModel, Model } from "../../topology/model-types.js";
import type { EffectHandlersOf } from "./effect-handler.js";

/** From this strength on a setting is wrong; below, it is right. */
const HALF = 0.5;

export const CALL_EFFECTS: EffectHandlersOf<CallEffect["kind"]> = {
  "call-setting": {
    reset: ({ walk }) => {
      walk.settings.reset();
    },
    apply: ({ model, walk }, { service, target, setting, value, lasting }, scope) => {
      if (scope.strength < HALF) return;
      for (const dependency of callersOf(model, target, service)) {
        // A setting is one for all instances: it is wrong as soon as one of them runs what is wrong.
        if (!instancesOf(model, dependency).some((instance) => scope.affects(instance))) continue;
        if (lasting) walk.settings.set(setting, dependency.index, value);
        else walk.settings.want(setting, dependency.index, value);
      }
    },
    commit: ({ walk }, nowUs) => {
      walk.settings.commit(nowUs);
    },
  },
  "keep-alive": {
    reset: ({ walk }) => {
      walk.placement.resetKeepAlive();
    },
    apply: ({ model, walk }, { target, idleUs, noticeUs }, { strength }) => {
      if (strength < HALF) return;
      for (const { index } of callersOf(model, target, undefined))
        walk.placement.closeIdleAfter(index, idleUs, noticeUs);
    },
  },
  "connection-leak": {
    apply: ({ model, state, walk }, { service, target, ratio }, scope) => {
      for (const dependency of callersOf(model, target, service)) {
        const ordinal = dependency.index - model.services[dependency.service].dependenciesFrom;
        for (const instance of instancesOf(model, dependency)) {
          if (scope.affects(instance)) walk.settings.leak(state.poolFrom[instance] + ordinal, ratio * scope.strength);
        }
      }
    },
  },
};

function callersOf({ dependencies, services }: Model, target: string, service: string | undefined) {
  return dependencies.filter(
    (dependency) =>
      dependency.target === target && (service === undefined || services[dependency.service].spec.id === service),
  );
}

function instancesOf(model: Model, { service }: DependencyModel): readonly number[] {
  const { instancesFrom, instancesMax } = model.services[service];
  return Array.from({ length: instancesMax }, (_, ordinal) => instancesFrom + ordinal);
}
