/** How a window of time moves by a key: on, back and wider, within what there is. Pure. */
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { parseDurationUs } from "./time-range.js";
import type { TimeRangeText } from "./time-range.js";

/** `window` moved by `share` of its length; where it would leave the bounds it stops at them with its length kept. */
export function movedWindow(window: TimeWindow, share: number, bounds: TimeWindow): TimeWindow {
  const lengthUs = window.toUs - window.fromUs;
  const wished = window.fromUs + share * lengthUs;
  // A window that reaches over a bound already (a permalink into the future) is not pulled back against the move.
  const latest = Math.max(bounds.toUs - lengthUs, share > 0 ? window.fromUs : -Infinity);
  const earliest = Math.min(bounds.fromUs, window.fromUs);
  const fromUs = Math.round(Math.max(earliest, Math.min(latest, wished)));
  return { fromUs, toUs: fromUs + lengthUs };
}

/** Twice the time: `now-15m` becomes `now-30m`, anything else grows around its middle up to the bounds. */
export function widerWindow(range: TimeRangeText, window: TimeWindow, bounds: TimeWindow): TimeRangeText {
  const lengthUs = parseDurationUs(/^now-(.+)$/.exec(range.from)?.[1] ?? "");
  const halfUs = (window.toUs - window.fromUs) / 2;
  if (lengthUs !== undefined && range.to === "now") {
    const wholeUs = bounds.toUs - bounds.fromUs;
    return { from: `now-${secondsText(Math.min(2 * lengthUs, Math.max(lengthUs, wholeUs)))}`, to: "now" };
  }
  return {
    from: String(Math.round(Math.max(Math.min(bounds.fromUs, window.fromUs), window.fromUs - halfUs))),
    to: String(Math.round(Math.min(Math.max(bounds.toUs, window.toUs), window.toUs + halfUs))),
  };
}

/** Whole minutes or hours where it is some, else seconds: `30m`, `2h`, `4500s`. */
function secondsText(lengthUs: number): string {
  const seconds = Math.ceil(lengthUs / 1_000_000);
  if (seconds % 3_600 === 0) return `${String(seconds / 3_600)}h`;
  return seconds % 60 === 0 ? `${String(seconds / 60)}m` : `${String(seconds)}s`;
}
