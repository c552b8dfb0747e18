/** More or fewer users than usual. */
import { type FaultMechanism, FaultRefused } from "../topology/effects.js";
import { numberParameter, optionalText } from "./parameter-values.js";

/** Arrivals of `journey` (all journeys when it is left out) are `factor` times the usual ones. */
export const SURGE: FaultMechanism = {
  class: "traffic/surge",
  effects(fault, topology) {
    const journey = optionalText(fault, "journey");
    if (journey !== undefined && !topology.journeys.some(({ id }) => id === journey)) {
      const known = topology.journeys.map(({ id }) => id).join(", ");
      throw new FaultRefused(fault.id, `there is no journey ${journey}`, `Known are ${known}.`);
    }
    return [{ kind: "arrivals", journey, factor: numberParameter(fault, "factor") }];
  },
};
