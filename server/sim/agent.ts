/**
 * A part of the world that acts by itself at instants it knows ahead: the control plane, the metrics server, health
 * checks, the autoscaler and so on. At one instant all agents come before the requests, in the order in which the
 * engine lists them. What an agent does must not depend on how often `nextUs` is read.
 */
import type { Checkpointed } from "../base/state-stream.js";

export interface Agent extends Checkpointed {
  /** Instant of its next act, Infinity when there is none. */
  readonly nextUs: number;
  /** Acts; called once the clock stands at `nextUs`. */
  step(): void;
}
