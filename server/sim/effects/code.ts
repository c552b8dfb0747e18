/** Effects of defects in code and configuration of a service. */
import type { OperationTrouble, WrongAddress } from "../../topology/code-effects.js";
import { tenantOfName, type UserProperty } from "../request-draws.js";
import type { EffectHandlersOf } from "./effect-handler.js";

const HALF = 0.5;
/** Nobody has it: neither a tenant nor the place of a value. */
const NO_TENANT = -2;
const PROPERTIES: readonly UserProperty[] = ["device", "appVersion", "locale"];

export const CODE_EFFECTS: EffectHandlersOf<OperationTrouble["kind"] | WrongAddress["kind"]> = {
  "operation-trouble": {
    reset: ({ walk }) => {
      walk.troubles.clear();
    },
    apply: ({ model, walk, draws }, effect, { strength, key, affects }) => {
      if (strength === 0) return;
      const { errorRatio, sleepUs, cpuUs, who } = effect;
      const trouble = {
        errorRatio: errorRatio * strength,
        sleepUs: sleepUs * strength,
        cpuUs: cpuUs * strength,
        who,
        key,
        flag: model.flags.findIndex(({ name }) => name === who.flag?.name),
        region: draws.regionNames.indexOf(who.region ?? ""),
        tenant: who.tenant === undefined ? NO_TENANT : tenantOfName(who.tenant),
        properties: PROPERTIES.filter((property) => who[property] !== undefined).map((property) => ({
          property,
          place: draws.properties[property]?.names.indexOf(who[property] ?? "") ?? NO_TENANT,
        })),
        affects: Uint8Array.from(model.instances, ({ index }) => (affects(index) ? 1 : 0)),
      };
      for (const { index, service, spec, isCheck } of model.operations) {
        const here = !isCheck && model.services[service].spec.id === effect.service;
        if (here && (effect.operation === undefined || effect.operation === spec.name))
          walk.troubles.add(index, trouble);
      }
    },
  },
  "wrong-address": {
    reset: ({ state }) => {
      state.poolMisled.fill(0);
    },
    apply: ({ model, state }, { service, target }, { strength, affects }) => {
      if (strength < HALF) return;
      const link = model.dependencies.find(
        (dependency) => dependency.target === target && model.services[dependency.service].spec.id === service,
      );
      if (link === undefined) return;
      const { instancesFrom, instancesMax, dependenciesFrom } = model.services[link.service];
      for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++) {
        if (affects(instance)) state.poolMisled[state.poolFrom[instance] + link.index - dependenciesFrom] = 1;
      }
    },
  },
};
