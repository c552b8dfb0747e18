/** Faults of what starts, checks, replaces and counts processes. */
import { duration, MICROS_PER_SECOND } from "../base/time.js";
import type { FaultSpec } from "../sim/timeline.js";
import type { AutoscaleSpec } from "../topology/autoscale-spec.js";
import type { HealthCheckEffect } from "../topology/control-effects.js";
import { type Effect, type FaultMechanism, FaultRefused } from "../topology/effects.js";
import { refuseUnknown } from "../topology/health-checks.js";
import type { CheckRole, HealthCheckSpec } from "../topology/health-spec.js";
import type { Topology } from "../topology/types.js";
import { numberParameter, optionalNumber, optionalText, textParameter } from "./parameter-values.js";

/** Nobody waits for an answer that takes this long. */
const HANGS_US = 600 * MICROS_PER_SECOND;
const COLD_FACTOR = 6;
const COLD_US = 120 * MICROS_PER_SECOND;
const CRASHES_AFTER_US = 3 * MICROS_PER_SECOND;

const optionalDuration = (
  fault: FaultSpec,
  parameter: string,
  key: keyof HealthCheckSpec,
): Partial<HealthCheckSpec> => {
  const us = optionalNumber(fault, parameter);
  return us === undefined ? {} : { [key]: duration(us) };
};

/** What the parameters of a fault say of a check. */
function checkOf(fault: FaultSpec): Partial<HealthCheckSpec> {
  const failures = optionalNumber(fault, "failures");
  const dependency = optionalText(fault, "dependency");
  const { worker } = fault.parameters;
  return {
    ...optionalDuration(fault, "everyUs", "every"),
    ...optionalDuration(fault, "timeoutUs", "timeout"),
    ...optionalDuration(fault, "initialDelayUs", "initialDelay"),
    ...(failures === undefined ? {} : { failures }),
    ...(dependency === undefined ? {} : { asks: [dependency] }),
    ...(typeof worker === "boolean" ? { worker } : {}),
  };
}

function healthCheck(
  fault: FaultSpec,
  topology: Topology,
  role: CheckRole,
  check: Partial<HealthCheckSpec>,
): HealthCheckEffect {
  const effect: HealthCheckEffect = { kind: "health-check", service: fault.target, role, check };
  refuseUnknown(fault.id, topology, effect);
  return effect;
}

/** Processes are killed, once at the onset; with a flapping shape at the beginning of each round. */
export const INSTANCE_KILLED: FaultMechanism = {
  class: "platform/instance-killed",
  effects: (fault) => [{ kind: "process-killed", service: fault.target, reason: "Error" }],
};

/** A liveness check asks something that all processes share; when that is slow, all of them are started again. */
export const HEALTH_CHECK_CASCADE: FaultMechanism = {
  class: "dependency/health-check-cascade",
  effects(fault, topology) {
    const latencyUs = optionalNumber(fault, "latencyUs") ?? 2 * MICROS_PER_SECOND;
    const check: Partial<HealthCheckSpec> = {
      every: duration(5 * MICROS_PER_SECOND),
      failures: 2,
      ...checkOf(fault),
      kind: "request",
    };
    const dependency = textParameter(fault, "dependency");
    const slow: Effect = { kind: "latency", component: dependency, medianUs: latencyUs };
    return [healthCheck(fault, topology, "liveness", check), ...(latencyUs === 0 ? [] : [slow])];
  },
};

const BLIND: Readonly<Record<string, (fault: FaultSpec, topology: Topology) => readonly Effect[]>> = {
  fails: (fault, topology) => [
    healthCheck(fault, topology, "readiness", { kind: "connect" }),
    { kind: "error-ratio", component: fault.target, ratio: 1 },
  ],
  hangs: (fault, topology) => [
    healthCheck(fault, topology, "readiness", { kind: "connect" }),
    { kind: "latency", component: fault.target, medianUs: HANGS_US },
  ],
  withdraws: (fault, topology) => [
    healthCheck(fault, topology, "readiness", { says: "ill", every: duration(5 * MICROS_PER_SECOND), failures: 1 }),
  ],
};

/** A check sees nothing wrong with a process that serves nobody, or something wrong with one that is well. */
export const HEALTH_CHECK_BLIND: FaultMechanism = {
  class: "dependency/health-check-blind",
  effects(fault, topology) {
    const mode = optionalText(fault, "mode") ?? "fails";
    if (Object.hasOwn(BLIND, mode)) return BLIND[mode](fault, topology);
    throw new FaultRefused(fault.id, `unknown mode ${mode}`, `Modes are ${Object.keys(BLIND).join(", ")}.`);
  },
};

/** A probe with wrong numbers: it kills what is well or slow to start, or takes it out. */
export const PROBE_MISCONFIGURED: FaultMechanism = {
  class: "platform/probe-misconfigured",
  effects: (fault, topology) => [
    healthCheck(fault, topology, optionalText(fault, "probe") === "readiness" ? "readiness" : "liveness", {
      ...checkOf(fault),
      kind: "request",
    }),
  ],
};

/** Fresh processes are slow; without a deploy that starts them they are started again at the onset. */
export const COLD_START: FaultMechanism = {
  class: "resource/cold-start",
  effects(fault) {
    const { restart } = fault.parameters;
    return [
      {
        kind: "cold-start",
        service: fault.target,
        factor: optionalNumber(fault, "factor") ?? COLD_FACTOR,
        warmUpUs: optionalNumber(fault, "warmUpUs") ?? COLD_US,
        restarts: typeof restart === "boolean" ? restart : fault.trigger === undefined,
      },
    ];
  },
};

const ROLL_OUTS: Readonly<Record<string, (fault: FaultSpec) => Effect>> = {
  hangs: ({ target }) => ({ kind: "start-fails", service: target, mode: "hang", afterUs: 0 }),
  crashes: (fault) => ({
    kind: "start-fails",
    service: fault.target,
    mode: "crash",
    afterUs: optionalNumber(fault, "afterUs") ?? CRASHES_AFTER_US,
  }),
  "no-drain": ({ target }) => ({ kind: "roll-out-setting", service: target, mode: "no-drain" }),
  "all-at-once": ({ target }) => ({ kind: "roll-out-setting", service: target, mode: "all-at-once" }),
};

/** A roll-out that gets stuck because its version does not start, or that loses requests on the way. */
export const ROLLING_UPDATE: FaultMechanism = {
  class: "deploy/rolling-update",
  effects(fault) {
    const mode = optionalText(fault, "mode") ?? "hangs";
    if (Object.hasOwn(ROLL_OUTS, mode)) return [ROLL_OUTS[mode](fault)];
    throw new FaultRefused(fault.id, `unknown mode ${mode}`, `Modes are ${Object.keys(ROLL_OUTS).join(", ")}.`);
  },
};

/** An autoscaler with wrong numbers; a service that has none gets one. */
export const AUTOSCALER_MISCONFIGURED: FaultMechanism = {
  class: "platform/autoscaler",
  effects(fault) {
    const metric = optionalText(fault, "metric") === "concurrency" ? "concurrency" : "cpu";
    const min = optionalNumber(fault, "min");
    const max = optionalNumber(fault, "max");
    const stabilizationUs = optionalNumber(fault, "stabilizationUs");
    const setting: Partial<AutoscaleSpec> = {
      ...("metric" in fault.parameters ? { metric } : {}),
      ...("target" in fault.parameters ? { target: numberParameter(fault, "target") } : {}),
      ...(min === undefined ? {} : { min }),
      ...(max === undefined ? {} : { max }),
      ...(stabilizationUs === undefined ? {} : { stabilization: duration(stabilizationUs) }),
    };
    if (min !== undefined && max !== undefined && min > max)
      throw new FaultRefused(fault.id, "min is more than max", "Give a min of at most max.");
    return [{ kind: "autoscaler-setting", service: fault.target, setting }];
  },
};
