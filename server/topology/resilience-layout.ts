/**
 * Series about the policies of calls, only where such a policy is declared. Names are those of Resilience4j's exporter
 * and, for budgets, of the client metrics beside them.
 */
import type { MetricMetadata } from "../sim/metric-sink.js";
import type { CallPolicySpec } from "./resilience-spec.js";
import type { SeriesLayoutBuilder } from "./series-layout.js";

/** Offsets in the layout of the caller, undefined where the policy is not declared. */
export interface PolicyMetrics {
  readonly breaker?: {
    /** By state: closed, open, half-open. */
    readonly states: readonly number[];
    readonly failureRate: number;
    readonly notPermitted: number;
  };
  readonly budgetExhausted?: number;
  readonly hedges?: number;
}

const STATES = ["closed", "open", "half_open"] as const;

export function policyMetrics(
  layout: SeriesLayoutBuilder,
  target: string,
  policy: CallPolicySpec | undefined,
): PolicyMetrics {
  if (policy === undefined) return {};
  const name = { name: target };
  return {
    ...(policy.breaker === undefined
      ? {}
      : {
          breaker: {
            states: STATES.map((state) => layout.gauge("resilience4j_circuitbreaker_state", { ...name, state })),
            failureRate: layout.gauge("resilience4j_circuitbreaker_failure_rate", name),
            notPermitted: layout.counter("resilience4j_circuitbreaker_not_permitted_calls_total", name),
          },
        }),
    ...(policy.retryBudget === undefined
      ? {}
      : { budgetExhausted: layout.counter("client_retry_budget_exhausted_total", { server_address: target }) }),
    ...(policy.hedge === undefined
      ? {}
      : { hedges: layout.counter("http_client_hedged_requests_total", { server_address: target }) }),
  };
}

export const RESILIENCE_METADATA: readonly MetricMetadata[] = [
  {
    name: "resilience4j_circuitbreaker_state",
    type: "gauge",
    unit: "",
    help: "1 for the state that the circuit breaker is in.",
  },
  {
    name: "resilience4j_circuitbreaker_failure_rate",
    type: "gauge",
    unit: "",
    help: "Failures in percent of the calls in the window, -1 while there are none.",
  },
  {
    name: "resilience4j_circuitbreaker_not_permitted_calls_total",
    type: "counter",
    unit: "",
    help: "Calls that the circuit breaker did not permit.",
  },
  {
    name: "client_retry_budget_exhausted_total",
    type: "counter",
    unit: "",
    help: "Failed calls that were not tried again because the retry budget was used up.",
  },
  {
    name: "http_client_hedged_requests_total",
    type: "counter",
    unit: "",
    help: "Requests that were sent a second time because the answer was late.",
  },
];
