/** Faults of components that others depend on: they answer late, or with errors. Both are silent where they happen. */
import { type FaultMechanism, FaultRefused } from "../topology/effects.js";
import { numberParameter, optionalNumber } from "./parameter-values.js";

/**
 * `latencyUs` is the new median time of every answer, or `factor` multiplies it; the spread stays. A service holds its
 * finished answers back until then, worker included; a store waits longer for its storage; an external party and a
 * cache simply take longer. Nothing fails and nothing is logged at the target.
 */
export const SLOW: FaultMechanism = {
  class: "dependency/slow",
  effects(fault) {
    const medianUs = optionalNumber(fault, "latencyUs");
    const factor = optionalNumber(fault, "factor");
    if ((medianUs === undefined) === (factor === undefined)) {
      throw new FaultRefused(fault.id, "it needs either a latency or a factor", "Give exactly one of the two.");
    }
    if (medianUs !== undefined) return [{ kind: "latency", component: fault.target, medianUs }];
    return factor === undefined ? [] : [{ kind: "latency", component: fault.target, factor }];
  },
};

/** `ratio` of the requests to a service or an external party fail by themselves (answered 500). */
export const ERRORS: FaultMechanism = {
  class: "dependency/errors",
  effects: (fault) => [{ kind: "error-ratio", component: fault.target, ratio: numberParameter(fault, "ratio") }],
};
