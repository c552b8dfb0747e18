/** Faults of how calls are made: retries that keep a system down, time-outs, pools and connections that are set wrong. */
import type { FaultSpec } from "../sim/timeline.js";
import type { CallSetting } from "../topology/call-effects.js";
import { type Effect, type FaultMechanism, FaultRefused } from "../topology/effects.js";
import type { Topology } from "../topology/types.js";
import { numberParameter, optionalNumber, optionalText, textParameter } from "./parameter-values.js";

/** The dependency of the target on its `peer`, which must be there. */
function peerOf(fault: FaultSpec, topology: Topology): string {
  const peer = textParameter(fault, "peer");
  const caller = topology.services.find(({ id }) => id === fault.target);
  const declared = caller?.dependencies.map(({ target }) => target) ?? [];
  if (!declared.includes(peer))
    throw new FaultRefused(
      fault.id,
      `${fault.target} declares no dependency on ${peer}`,
      `Its dependencies are ${declared.join(", ")}.`,
    );
  return peer;
}

function setting(
  service: string | undefined,
  target: string,
  name: CallSetting,
  value: number,
  lasting = false,
): Effect {
  return { kind: "call-setting", service, target, setting: name, value, lasting };
}

/**
 * A passing trigger (capacity of the target that is gone for a time, or more users) and callers that try again without a
 * limit. Whether the overload stays when the trigger has gone follows from the retries: it does where the calls that
 * they make are more than the target can answer in time (N. Bronson et al., Metastable Failures in Distributed Systems,
 * HotOS 2021). `attempts` is how the callers have been set all the time; their declared retries when it is left out.
 */
export const RETRY_STORM: FaultMechanism = {
  class: "dependency/retry-storm",
  effects(fault) {
    if (fault.until === undefined)
      throw new FaultRefused(fault.id, "its trigger has no end", "Give it one; the retries are what stays.");
    const attempts = optionalNumber(fault, "attempts");
    const backoffUs = optionalNumber(fault, "backoffUs");
    const timeoutUs = optionalNumber(fault, "timeoutUs");
    const lasting = (name: CallSetting, value: number | undefined): readonly Effect[] =>
      value === undefined ? [] : [setting(undefined, fault.target, name, value, true)];
    const trigger: Effect =
      optionalText(fault, "trigger") === "load"
        ? { kind: "arrivals", journey: undefined, factor: optionalNumber(fault, "factor") ?? 3 }
        : { kind: "cores-taken", service: fault.target, share: optionalNumber(fault, "share") ?? 0.8 };
    return [
      trigger,
      ...lasting("attempts", attempts),
      ...lasting("backoffUs", backoffUs),
      ...lasting("timeoutUs", timeoutUs),
    ];
  },
};

/** The target gives up on its peer after another time than it should: before the answer can come, or far too late. */
export const TIMEOUT_MISCONFIGURED: FaultMechanism = {
  class: "dependency/timeout-misconfigured",
  effects: (fault, topology) => [
    setting(fault.target, peerOf(fault, topology), "timeoutUs", numberParameter(fault, "timeoutUs")),
  ],
};

/** The target closes idle connections sooner than its callers do: now and then a question meets a closed one. */
export const KEEP_ALIVE_MISMATCH: FaultMechanism = {
  class: "network/keep-alive-mismatch",
  effects: (fault) => [
    {
      kind: "keep-alive",
      target: fault.target,
      idleUs: numberParameter(fault, "keepAliveUs"),
      noticeUs: optionalNumber(fault, "noticeUs") ?? 5_000,
    },
  ],
};

/** The pool of each instance of the target to its peer is smaller than what the calls need. */
export const POOL_EXHAUSTION: FaultMechanism = {
  class: "database/pool-exhaustion",
  effects: (fault, topology) => [
    setting(fault.target, peerOf(fault, topology), "poolSize", numberParameter(fault, "poolSize")),
  ],
};

/** A path of the deployed code does not give its connection back; a restart does. */
export const CONNECTION_LEAK: FaultMechanism = {
  class: "database/connection-leak",
  effects: (fault, topology) => [
    {
      kind: "connection-leak",
      service: fault.target,
      target: peerOf(fault, topology),
      ratio: numberParameter(fault, "ratio"),
    },
  ],
};
