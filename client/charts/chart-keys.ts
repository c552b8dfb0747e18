/**
 * Keys of a chart over time: arrows move the crosshair from sample to sample, with Shift they draw a selection out, Enter
 * zooms to it, Escape lets go. Pure: where the crosshair and the selection are after a key.
 */
import type { TimeWindow } from "../../server/wire/telemetry.js";

export interface ChartCursor {
  readonly atUs: number;
  /** Where a selection began; undefined where there is none. */
  readonly anchorUs: number | undefined;
}

export type ChartKey = Pick<KeyboardEvent, "key" | "shiftKey">;

/** Steps over the width where the chart has no samples to go by, and the longest step in parts of the width. */
const STEPS = 60;

/**
 * The cursor after a key; undefined where the key is not one of these. Begins at the end of the window, where what is
 * looked for mostly is.
 * @param timesUs samples to stop at, ascending; may be empty
 */
export function cursorAfter(
  cursor: ChartCursor | undefined,
  { key, shiftKey }: ChartKey,
  window: TimeWindow,
  timesUs: ArrayLike<number>,
): ChartCursor | undefined {
  const atUs = instantAfter(cursor?.atUs, key, window, timesUs);
  if (atUs === undefined) return undefined;
  return { atUs, anchorUs: shiftKey ? (cursor?.anchorUs ?? cursor?.atUs ?? window.toUs) : undefined };
}

function instantAfter(
  fromUs: number | undefined,
  key: string,
  { fromUs: startUs, toUs: endUs }: TimeWindow,
  timesUs: ArrayLike<number>,
): number | undefined {
  if (key === "Home") return startUs;
  if (key === "End") return endUs;
  const direction = key === "ArrowRight" || key === "PageDown" ? 1 : key === "ArrowLeft" || key === "PageUp" ? -1 : 0;
  if (direction === 0) return undefined;
  const width = (endUs - startUs) / STEPS;
  const started = fromUs ?? endUs;
  const stepUs = key.startsWith("Page") ? width * 10 : width;
  const wished = started + direction * stepUs;
  const sample = nearest(timesUs, wished);
  const isNear = sample !== undefined && (sample - started) * direction > 0 && Math.abs(sample - wished) < stepUs;
  return Math.round(Math.min(endUs, Math.max(startUs, isNear ? sample : wished)));
}

/** The sample that lies nearest; undefined of none. */
function nearest(timesUs: ArrayLike<number>, atUs: number): number | undefined {
  let best: number | undefined;
  for (let index = 0; index < timesUs.length; index++) {
    const time = timesUs[index];
    if (time !== undefined && (best === undefined || Math.abs(time - atUs) < Math.abs(best - atUs))) best = time;
  }
  return best;
}

/** What is selected, ascending; undefined where nothing is. */
export function selectionOf(cursor: ChartCursor | undefined): TimeWindow | undefined {
  if (cursor?.anchorUs === undefined || cursor.anchorUs === cursor.atUs) return undefined;
  return { fromUs: Math.min(cursor.anchorUs, cursor.atUs), toUs: Math.max(cursor.anchorUs, cursor.atUs) };
}
