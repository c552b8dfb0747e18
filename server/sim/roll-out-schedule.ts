/** How long replacing processes takes: constants of the deploy system, the same for deploys, rollbacks and restarts. */
import { MICROS_PER_SECOND } from "../base/time.js";

/** A process that is to stop gets no new requests and this long for those it has; then it is killed. */
export const DRAIN_US = 5 * MICROS_PER_SECOND;
/** Between one instance being ready and the next being stopped. */
export const PAUSE_US = 2 * MICROS_PER_SECOND;
/** Until a changed setting has reached every process. */
export const SETTING_US = 5 * MICROS_PER_SECOND;
/** Until a changed flag has reached every process. */
export const FLAG_US = 2 * MICROS_PER_SECOND;
/** Until the metrics server has reloaded its relabelling rules. */
export const RELABEL_US = 10 * MICROS_PER_SECOND;

/** From the order to the last instance being ready. */
export function rollOutUs(instances: number, startupUs: number): number {
  return instances * (DRAIN_US + startupUs) + Math.max(0, instances - 1) * PAUSE_US;
}
