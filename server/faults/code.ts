/** Defects in code and configuration of a service: what an operation does wrong, for whom, in which version. */
import type { FaultSpec } from "../sim/timeline.js";
import type { OperationTrouble, RequestFilter } from "../topology/code-effects.js";
import { type FaultMechanism, FaultRefused } from "../topology/effects.js";
import type { Topology } from "../topology/types.js";
import { numberParameter, optionalNumber, optionalText, textParameter } from "./parameter-values.js";
import { userFilter } from "./user-filter.js";

/** An effect on one operation of the target, or on all; users by the fault's scope. */
function trouble(
  fault: FaultSpec,
  topology: Topology,
  what: Partial<Pick<OperationTrouble, "errorRatio" | "sleepUs" | "cpuUs">>,
  who: RequestFilter = {},
): OperationTrouble {
  return {
    kind: "operation-trouble",
    service: fault.target,
    operation: optionalText(fault, "operation"),
    errorRatio: 0,
    sleepUs: 0,
    cpuUs: 0,
    ...what,
    who: { ...userFilter(fault, topology), ...who },
  };
}

/** A code path throws: a share of the requests of an operation is answered 500. */
export const EXCEPTION: FaultMechanism = {
  class: "code/exception",
  effects: (fault, topology) => [trouble(fault, topology, { errorRatio: numberParameter(fault, "ratio") })],
};

/** A code path takes long by itself, asleep or computing; its worker is held all the while. */
export const SLOW_METHOD: FaultMechanism = {
  class: "code/slow-method",
  effects(fault, topology) {
    const addedUs = numberParameter(fault, "addedUs");
    return [
      trouble(fault, topology, optionalText(fault, "spends") === "cpu" ? { cpuUs: addedUs } : { sleepUs: addedUs }),
    ];
  },
};

/** An operation fails for some requests only: some products, one region, large baskets. */
export const PARTIAL_FAILURE: FaultMechanism = {
  class: "code/segment-failure",
  effects(fault, topology) {
    const products = optionalNumber(fault, "products");
    const itemsAtLeast = optionalNumber(fault, "itemsAtLeast");
    const who: RequestFilter = {
      ...(products === undefined ? {} : { products }),
      ...(itemsAtLeast === undefined ? {} : { itemsAtLeast }),
    };
    return [trouble(fault, topology, { errorRatio: numberParameter(fault, "ratio") }, who)];
  },
};

/** While a flag has a value, an operation fails or is slow. */
export const FEATURE_FLAG: FaultMechanism = {
  class: "deploy/feature-flag",
  effects(fault, topology) {
    const name = textParameter(fault, "flag");
    if (!topology.flags.some((flag) => flag.name === name))
      throw new FaultRefused(fault.id, `there is no flag ${name}`, "Name a flag of the topology.");
    const what = { errorRatio: optionalNumber(fault, "ratio") ?? 0, sleepUs: optionalNumber(fault, "addedUs") ?? 0 };
    return [trouble(fault, topology, what, { flag: { name, value: fault.parameters.value !== false } })];
  },
};

/** A setting names the wrong address of a component: nobody listens there. */
export const WRONG_SETTING: FaultMechanism = {
  class: "deploy/wrong-setting",
  effects(fault, topology) {
    const target = textParameter(fault, "dependency");
    const service = topology.services.find(({ id }) => id === fault.target);
    if (service?.dependencies.some((dependency) => dependency.target === target) !== true)
      throw new FaultRefused(fault.id, `${fault.target} declares no dependency on ${target}`, "Name one of its own.");
    return [{ kind: "wrong-address", service: fault.target, target }];
  },
};

/** One instance was left behind on an old version that does not get along with the rest: its requests fail or crawl. */
export const MIXED_VERSIONS: FaultMechanism = {
  class: "deploy/mixed-versions",
  effects: (fault, topology) => [
    trouble(fault, topology, {
      errorRatio: optionalNumber(fault, "ratio") ?? 0,
      sleepUs: optionalNumber(fault, "addedUs") ?? 0,
    }),
  ],
};
