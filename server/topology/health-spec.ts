/** How an orchestrator finds out how the processes of a service are, and what follows from it. */
import type { Duration } from "../base/time.js";
import type { DurationSpec } from "./types.js";

export interface HealthCheckSpec {
  /**
   * `connect`: that the port takes a connection, for which the kernel needs no help of the process. `request`: that the
   * process answers a request well.
   */
  readonly kind: "connect" | "request";
  readonly every: Duration;
  readonly timeout: Duration;
  /** From the start of the process to its first check; left out: none before the process takes connections. */
  readonly initialDelay?: Duration;
  /** Failures in a row after which the process counts as not well, and answers in a row after which as well. */
  readonly failures: number;
  readonly successes: number;
  /** Whether the answer takes a worker (and waits for one), or has a thread of its own. */
  readonly worker: boolean;
  readonly cpu: DurationSpec;
  /** Dependencies that are asked before the answer: stores with their cheapest statement, services, external parties. */
  readonly asks: readonly string[];
  /** A check that says this whatever the state of the process; the truth when left out. */
  readonly says?: "well" | "ill";
}

export interface HealthSpec {
  /** What does not answer is started again. */
  readonly liveness?: HealthCheckSpec;
  /** What does not answer gets no requests. */
  readonly readiness?: HealthCheckSpec;
  /** With a smaller share of ready instances than this all get requests (Envoy's panic threshold); 0 never. */
  readonly panicShare: number;
}

/** Work of a fresh process takes longer: `factor` times at first, and less and less until `time` has passed. */
export interface WarmUpSpec {
  readonly factor: number;
  readonly time: Duration;
}

export const CHECK_ROLES = ["liveness", "readiness"] as const;
export type CheckRole = (typeof CHECK_ROLES)[number];
