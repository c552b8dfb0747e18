/** How much of a fault there is over time, 0 to 1, by its shape. Pure functions of the fault and the clock. */
import { MICROS_PER_SECOND } from "../base/time.js";
import type { FaultSpec } from "./timeline.js";

/** While a fault ramps, its strength is brought up to date this often. */
const RAMP_STEP_US = MICROS_PER_SECOND;
/** A flapping fault that does not say otherwise: a minute on, a minute off. */
const PERIOD_US = 120 * MICROS_PER_SECOND;
const DUTY = 0.5;

/** Strength of an active fault at an instant at or after its onset. */
export function strengthAt(fault: FaultSpec, nowUs: number): number {
  const elapsedUs = nowUs - fault.onset;
  switch (fault.shape) {
    case "step":
      return 1;
    case "ramp":
      return fault.rampTime === undefined || fault.rampTime <= 0 ? 1 : Math.min(1, elapsedUs / fault.rampTime);
    case "pulse":
      return elapsedUs < (fault.pulseTime ?? Infinity) ? 1 : 0;
    case "flapping": {
      const period = fault.period ?? PERIOD_US;
      return elapsedUs % period < period * (fault.duty ?? DUTY) ? 1 : 0;
    }
  }
}

/** The next instant at which the strength is another, Infinity when it stays. */
export function nextChangeUs(fault: FaultSpec, nowUs: number): number {
  const elapsedUs = nowUs - fault.onset;
  switch (fault.shape) {
    case "step":
      return Infinity;
    case "ramp":
      return strengthAt(fault, nowUs) < 1 ? nowUs + RAMP_STEP_US : Infinity;
    case "pulse":
      return elapsedUs < (fault.pulseTime ?? Infinity) ? fault.onset + (fault.pulseTime ?? Infinity) : Infinity;
    case "flapping": {
      const period = fault.period ?? PERIOD_US;
      const begin = nowUs - (elapsedUs % period);
      const end = Math.round(begin + period * (fault.duty ?? DUTY));
      return nowUs < end ? end : begin + period;
    }
  }
}
