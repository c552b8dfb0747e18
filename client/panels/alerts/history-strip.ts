/** A rule's states over the window as segments of a strip. Pure. */
import type { AlertRule, TimeWindow } from "../../../server/wire/telemetry.js";

export interface StripSegment {
  readonly state: AlertRule["state"];
  readonly fromUs: number;
  readonly toUs: number;
  /** 0 to 1 over the window. */
  readonly left: number;
  readonly width: number;
}

/** Ascending and without gaps from the first known state on; nothing is drawn before it or after `nowUs`. */
export function stripSegments(
  history: AlertRule["history"],
  window: TimeWindow,
  nowUs: number,
): readonly StripSegment[] {
  const length = window.toUs - window.fromUs;
  return history.flatMap(({ atUs, state }, index): readonly StripSegment[] => {
    const fromUs = Math.max(atUs, window.fromUs);
    const toUs = Math.min(history[index + 1]?.atUs ?? nowUs, window.toUs, nowUs);
    if (toUs <= fromUs) return [];
    return [{ state, fromUs, toUs, left: (fromUs - window.fromUs) / length, width: (toUs - fromUs) / length }];
  });
}
