/** Faults that take resources away from processes. */
import type { FaultMechanism } from "../topology/effects.js";
import { numberParameter } from "./parameter-values.js";

/** Something else uses `share` of the cores of every instance of the target; it shows in the container's CPU time. */
export const CPU_STRESS: FaultMechanism = {
  class: "resource/cpu-stress",
  effects: (fault) => [{ kind: "cores-taken", service: fault.target, share: numberParameter(fault, "share") }],
};
