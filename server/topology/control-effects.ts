/** Effects of faults on processes and on what starts, checks, replaces and counts them. */
import type { AutoscaleSpec } from "./autoscale-spec.js";
import type { CheckRole, HealthCheckSpec } from "./health-spec.js";

export type ControlEffect =
  /** Processes end at once when the effect begins; they are started again. */
  | { readonly kind: "process-killed"; readonly service: string; readonly reason: string }
  /** Fresh processes end after a while, or never become ready. */
  | {
      readonly kind: "start-fails";
      readonly service: string;
      readonly mode: "crash" | "hang";
      readonly afterUs: number;
    }
  /** How a roll-out is done: without letting processes end their work, or all instances at one time. */
  | { readonly kind: "roll-out-setting"; readonly service: string; readonly mode: "no-drain" | "all-at-once" }
  /** Work of fresh processes takes longer; with `restarts` processes are replaced when the effect begins. */
  | {
      readonly kind: "cold-start";
      readonly service: string;
      readonly factor: number;
      readonly warmUpUs: number;
      readonly restarts: boolean;
    }
  | HealthCheckEffect
  | AutoscalerEffect;

/** Another check in place of the one of the service, if it has one. */
export interface HealthCheckEffect {
  readonly kind: "health-check";
  readonly service: string;
  readonly role: CheckRole;
  readonly check: Partial<HealthCheckSpec>;
}

/** Another setting of the autoscaler of the service; one that has none gets one. */
export interface AutoscalerEffect {
  readonly kind: "autoscaler-setting";
  readonly service: string;
  readonly setting: Partial<AutoscaleSpec>;
}
