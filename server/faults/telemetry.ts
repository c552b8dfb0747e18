/** Faults of telemetry and of alerting: users feel nothing, the people who watch do. */
import type { FaultSpec } from "../sim/timeline.js";
import { type Effect, type FaultMechanism, FaultRefused } from "../topology/effects.js";
import type { RuleSpec, Topology } from "../topology/types.js";
import { numberParameter, optionalNumber, optionalText, textParameter } from "./parameter-values.js";

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

/** The share of traces that is kept falls: what is rare is not among them. Metrics and logs stay whole. */
export const HEAD_SAMPLING: FaultMechanism = {
  class: "telemetry/head-sampling",
  effects: (fault) => [
    { kind: "trace-sampling", journey: optionalText(fault, "journey"), ratio: numberParameter(fault, "ratio") },
  ],
};

/** The collector exports more slowly than spans come: its queue fills, spans arrive late and then not at all. */
export const COLLECTOR_OVERLOAD: FaultMechanism = {
  class: "telemetry/collector-overload",
  effects(fault, { plant }) {
    if (plant.collector === undefined) {
      throw new FaultRefused(fault.id, "the topology has no collector", "Declare plant.collector.");
    }
    return [{ kind: "collector-rate", factor: numberParameter(fault, "factor") }];
  },
};

/** A service, or a queue, does not pass the context of traces on: whoever it reaches begins a trace of its own. */
export const BROKEN_PROPAGATION: FaultMechanism = {
  class: "telemetry/broken-propagation",
  effects: (fault) => [{ kind: "context-lost", service: fault.target, queue: optionalText(fault, "queue") }],
};

/** The clocks of processes are wrong: their spans stand before those that caused them, or after. */
export const CLOCK_SKEWED_SPANS: FaultMechanism = {
  class: "telemetry/clock-skewed-spans",
  effects: (fault) => [
    {
      kind: "clock-skew",
      service: fault.target,
      offsetUs: (optionalText(fault, "direction") === "ahead" ? 1 : -1) * numberParameter(fault, "offsetUs"),
      driftPpm: optionalNumber(fault, "driftPpm") ?? 0,
    },
  ],
};

/** The exporters of a component do not answer scrapes; what they export for does its work. */
export const SCRAPE_FAILURE: FaultMechanism = {
  class: "telemetry/scrape-failure",
  effects: (fault) => [
    {
      kind: "exporter-down",
      component: fault.target,
      mode: optionalText(fault, "mode") === "silence" ? "silence" : "refuse",
    },
  ],
};

/** A version does not expose a metric any more: charts of it are empty and rules over it match nothing. */
export const MISSING_METRIC: FaultMechanism = {
  class: "telemetry/missing-metric",
  effects: (fault) => [
    { kind: "metric-missing", component: fault.target, metric: optionalText(fault, "metric") ?? METRIC },
  ],
};

/** Counters fall where nothing was reset, or are reset without end: `rate` reads the way back up as traffic. */
export const COUNTER_RESET: FaultMechanism = {
  class: "telemetry/counter-reset",
  effects: (fault) => [
    {
      kind: "counters-disturbed",
      component: fault.target,
      mode: optionalText(fault, "mode") === "restart" ? "restart" : "waver",
      periodUs: numberParameter(fault, "periodUs"),
    },
  ],
};

/** The agents of a service ship more slowly than it writes: lines come late, and are lost once the buffer is full. */
export const LOG_LOSS: FaultMechanism = {
  class: "telemetry/log-loss",
  effects(fault, topology) {
    requireShipper(fault, topology);
    return [{ kind: "log-shipping", service: fault.target, factor: numberParameter(fault, "factor") }];
  },
};

/** A service writes at level debug: its lines fill the buffer of its agents, and with them go those that matter. */
export const LOG_FLOOD: FaultMechanism = {
  class: "telemetry/log-flood",
  effects(fault, topology) {
    requireShipper(fault, topology);
    return [{ kind: "log-level", service: fault.target, level: 0 }];
  },
};

function requireShipper(fault: FaultSpec, { plant }: Topology): void {
  if (plant.logShipper === undefined)
    throw new FaultRefused(fault.id, "the topology has no log shipper", "Declare plant.logShipper.");
}

/** The threshold of a rule was changed so that what is usual fires it, for every series that it looks at. */
export const ALERT_STORM: FaultMechanism = {
  class: "telemetry/alert-storm",
  effects: changedRule,
};

/** The threshold of a rule was changed so that nothing reaches it. */
export const BLIND_RULE: FaultMechanism = {
  class: "telemetry/blind-rule",
  effects: changedRule,
};

/** A comparison with a number at the end of an expression. */
const THRESHOLD = /^(.*(?:[<>]=?|==)\s*)[+-]?[\d.]+(?:e[+-]?\d+)?\s*$/is;

function changedRule(fault: FaultSpec, topology: Topology): readonly Effect[] {
  const alert = textParameter(fault, "alert");
  const rules = topology.ruleGroups.flatMap((group): readonly RuleSpec[] => group.rules);
  const rule = rules.find((candidate) => candidate.alert === alert);
  if (rule === undefined) {
    const known = rules.flatMap((candidate) => candidate.alert ?? []).join(", ");
    throw new FaultRefused(fault.id, `there is no alert ${alert}`, `Known are ${known}.`);
  }
  const before = THRESHOLD.exec(rule.expr);
  if (before === null) {
    throw new FaultRefused(fault.id, `${alert} does not end in a comparison with a number`, "Choose another alert.");
  }
  const expression = `${before[1]}${String(numberParameter(fault, "threshold"))}`;
  return [{ kind: "rule-changed", alert, expression }];
}

/**
 * The metrics server reaches everything through the processes of one service, and that service is overloaded: sight is
 * lost when it is needed. Users feel the overload, not the loss of sight.
 */
export const SHARED_FATE: FaultMechanism = {
  class: "telemetry/shared-fate",
  effects: (fault) => [
    { kind: "scrapes-through", service: fault.target },
    { kind: "cores-taken", service: fault.target, share: numberParameter(fault, "share") },
  ],
};
