/** Effects on processes: what ends, starts, checks, replaces and counts them. */
import type { ControlEffect } from "../../topology/control-effects.js";
import { INSTANCE_STARTING } from "../world-state.js";
import type { Parts } from "../parts.js";
import type { EffectHandlersOf, EffectScope } from "./effect-handler.js";
import { instancesOf } from "./services.js";

/** From this strength on something is wrong; below, it is well. */
const HALF = 0.5;
const START_CRASHES = 1;
const START_HANGS = 2;

export const CONTROL_EFFECTS: EffectHandlersOf<ControlEffect["kind"]> = {
  "process-killed": {
    apply: () => undefined,
    begin: (parts, { service, reason }, scope) => {
      for (const instance of touched(parts, service, scope))
        parts.control?.processes.crash(instance, reason, scope.nowUs);
    },
  },
  "start-fails": {
    reset: ({ control }) => {
      control?.processes.startFails.fill(0);
    },
    apply: (parts, { service, mode, afterUs }, scope) => {
      const { control } = parts;
      if (scope.strength < HALF || control === undefined) return;
      for (const instance of touched(parts, service, scope)) {
        control.processes.startFails[instance] = mode === "crash" ? START_CRASHES : START_HANGS;
        control.processes.failsAfterUs[instance] = afterUs;
      }
    },
    end: ({ model, state, control }, { service, mode }, { nowUs }) => {
      if (mode !== "hang") return;
      for (const instance of instancesOf(model, service))
        if (state.instanceState[instance] === INSTANCE_STARTING) control?.processes.unhang(instance, nowUs);
    },
  },
  "roll-out-setting": {
    reset: ({ control }) => {
      control?.processes.abrupt.fill(0);
      control?.rollOuts.allAtOnce.fill(0);
    },
    apply: ({ model, control }, { service, mode }, { strength }) => {
      if (strength < HALF || control === undefined) return;
      const setting = mode === "no-drain" ? control.processes.abrupt : control.rollOuts.allAtOnce;
      setting[serviceOf(model, service)] = 1;
    },
  },
  "cold-start": {
    reset: ({ state }) => {
      state.warmUp.reset();
    },
    apply: (parts, { service, factor, warmUpUs }, scope) => {
      const { warmUp } = parts.state;
      const strong = 1 + (factor - 1) * scope.strength;
      for (const instance of touched(parts, service, scope)) {
        warmUp.factor[instance] = Math.max(warmUp.factor[instance], strong);
        warmUp.timeUs[instance] = Math.max(warmUp.timeUs[instance], warmUpUs);
      }
    },
    begin: ({ model, control }, { service, restarts }, { nowUs }) => {
      if (restarts) control?.rollOuts.begin(serviceOf(model, service), undefined, { live: [], back: [] }, nowUs);
    },
  },
  "health-check": {
    reset: ({ control }) => {
      control?.checks.reset();
    },
    apply: (parts, effect, scope) => {
      const check = parts.model.checks.find((candidate) => candidate.effect === effect);
      if (scope.strength < HALF || check === undefined) return;
      for (const instance of touched(parts, effect.service, scope)) parts.control?.checks.replace(instance, check);
    },
    commit: ({ control }, nowUs) => {
      control?.checks.commit(nowUs);
    },
  },
  "autoscaler-setting": {
    reset: ({ control }) => {
      control?.autoscaler.reset();
    },
    apply: ({ model, control }, { service, setting }, { strength }) => {
      if (strength >= HALF) control?.autoscaler.change(serviceOf(model, service), setting);
    },
    commit: ({ control }, nowUs) => {
      control?.autoscaler.commit(nowUs);
    },
  },
};

const touched = ({ model }: Parts, service: string, { affects }: EffectScope): readonly number[] =>
  instancesOf(model, service).filter((instance) => affects(instance));

const serviceOf = ({ services }: Parts["model"], id: string): number =>
  services.findIndex(({ spec }) => spec.id === id);
