/** Effects on who comes, where they go, and what pages do in browsers. */
import type { LoadEffect } from "../../topology/load-effects.js";
import type { Parts } from "../parts.js";
import { INSTANCE_ABSENT } from "../world-state.js";
import type { EffectHandlersOf, EffectScope } from "./effect-handler.js";
import { instancesOf } from "./services.js";
import { crowdsOf } from "../load-sources.js";
import { NO_STRAIN } from "../web-vitals.js";

export const LOAD_EFFECTS: EffectHandlersOf<LoadEffect["kind"]> = {
  crowd: {
    reset: ({ arrivals }) => {
      arrivals.crowdStrength.fill(0);
    },
    apply: ({ arrivals, model }, effect, { strength }) => {
      const crowd = crowdsOf(model).indexOf(effect);
      if (crowd >= 0) arrivals.crowdStrength[crowd] = strength;
    },
  },
  "balance-skew": {
    reset: ({ walk }) => {
      walk.balancer.skew.fill(0);
    },
    apply: ({ model, walk }, { service, share }, { strength }) => {
      const index = model.services.findIndex(({ spec }) => spec.id === service);
      if (index >= 0) walk.balancer.skew[index] = share * strength;
    },
  },
  "page-defect": {
    reset: ({ audience }) => {
      audience.pages.strains.fill(NO_STRAIN);
    },
    apply: (parts, effect, scope) => {
      const { model, audience } = parts;
      const { browser } = model.topology;
      if (browser === undefined) return;
      const strength = scope.strength * shareAffected(parts, effect.service, scope);
      const { weightFactor, workFactor, shift, errorRatio } = effect;
      const { strains } = audience.pages;
      browser.pages.forEach((page, at) => {
        if (effect.page !== undefined && effect.page !== page.id) return;
        browser.devices.forEach((device, place) => {
          if (effect.device !== undefined && effect.device !== device.name) return;
          const index = at * browser.devices.length + place;
          const before = strains[index];
          strains[index] = {
            weightFactor: before.weightFactor * (1 + (weightFactor - 1) * strength),
            workFactor: before.workFactor * (1 + (workFactor - 1) * strength),
            shift: before.shift + shift * strength,
            errorRatio: 1 - (1 - before.errorRatio) * (1 - errorRatio * strength),
          };
        });
      });
    },
  },
};

/** Share of the instances that are there which the fault touches: that many pages come from them. */
function shareAffected({ model, state }: Parts, service: string, scope: EffectScope): number {
  const present = instancesOf(model, service).filter((instance) => state.instanceState[instance] !== INSTANCE_ABSENT);
  return present.length === 0 ? 0 : present.filter((instance) => scope.affects(instance)).length / present.length;
}
