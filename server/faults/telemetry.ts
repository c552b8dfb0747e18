/** Faults of the telemetry that a service emits: users feel nothing, the people who watch do. */
import { type FaultMechanism, FaultRefused } from "../topology/effects.js";
import { optionalText } from "./parameter-values.js";

const METRIC = "http_server_request_duration_seconds";

/**
 * The request histogram of the target gains `label` (default `user_id`) with a value for each user: every user, route
 * and status makes a histogram of its own in every process. Costs the process memory and exposition time, the metrics
 * server samples, memory and rule time. Lives in the version that the triggering deploy brings.
 */
export const LABEL_CARDINALITY: FaultMechanism = {
  class: "telemetry/label-cardinality",
  effects(fault) {
    const metric = optionalText(fault, "metric") ?? METRIC;
    if (metric !== METRIC) throw new FaultRefused(fault.id, `a label cannot be added to ${metric}`, `Use ${METRIC}.`);
    return [{ kind: "user-label", service: fault.target, metric, label: optionalText(fault, "label") ?? "user_id" }];
  },
};
