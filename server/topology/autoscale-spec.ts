/** A horizontal autoscaler: how many instances a service has follows what they do. */
import { duration, type Duration, MICROS_PER_SECOND } from "../base/time.js";

export interface AutoscaleSpec {
  /** `cpu`: used share of the cores. `concurrency`: requests in work and waiting, per worker. */
  readonly metric: "cpu" | "concurrency";
  /** Wanted value of the metric. */
  readonly target: number;
  readonly min: number;
  readonly max: number;
  /** Between two looks. */
  readonly every: Duration;
  /** Fewer instances only when none of the looks of this time wanted more. */
  readonly stabilization: Duration;
  /** Relative distance from the target at which nothing is done. */
  readonly tolerance: number;
}

/** Kubernetes' defaults; the bounds are those of a service that may double. */
export const defaultAutoscale = (instances: number): AutoscaleSpec => ({
  metric: "cpu",
  target: 0.8,
  min: instances,
  max: instances * 2,
  every: duration(15 * MICROS_PER_SECOND),
  stabilization: duration(300 * MICROS_PER_SECOND),
  tolerance: 0.1,
});
