/**
 * The plane of trace durations over time: linear time across, logarithmic duration up, so that outliers of a skewed
 * distribution stay apart. Pixels to values and back, and the point under the pointer.
 */
import type { TimeWindow, TraceSummary } from "../../server/wire/telemetry.js";

export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface DurationPlane {
  /** The plot within the axes, CSS pixels. */
  readonly box: PlotBox;
  readonly window: TimeWindow;
  /** Bounds of the duration axis, µs. */
  readonly durationUsMin: number;
  readonly durationUsMax: number;
}

export interface TracePoint {
  readonly trace: TraceSummary;
  readonly x: number;
  readonly y: number;
}

export interface PixelRectangle {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Horizontal pixel of an instant. */
export function xOf({ box, window }: DurationPlane, timeUs: number): number {
  return box.left + ((timeUs - window.fromUs) / Math.max(1, window.toUs - window.fromUs)) * box.width;
}

/** Vertical pixel of a duration; longer is higher. */
export function yOf({ box, durationUsMin, durationUsMax }: DurationPlane, durationUs: number): number {
  const share = Math.log(Math.max(1, durationUs) / durationUsMin) / Math.log(durationUsMax / durationUsMin);
  return box.top + (1 - share) * box.height;
}

/** Inverse of `xOf`, rounded to whole µs and kept within the window. */
export function timeAt({ box, window }: DurationPlane, x: number): number {
  const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
  return Math.round(window.fromUs + share * (window.toUs - window.fromUs));
}

/** Inverse of `yOf`, rounded to whole µs and kept within the axis. */
export function durationAt({ box, durationUsMin, durationUsMax }: DurationPlane, y: number): number {
  const share = Math.min(1, Math.max(0, 1 - (y - box.top) / box.height));
  return Math.round(durationUsMin * (durationUsMax / durationUsMin) ** share);
}

/** The point nearest to a pixel, within `radius`; the later one of the list on ties, as it is drawn on top. */
export function pointAt(
  points: readonly TracePoint[],
  at: { readonly x: number; readonly y: number },
  radius: number,
): TracePoint | undefined {
  let best: TracePoint | undefined;
  let bestSquare = radius * radius;
  for (const point of points) {
    const square = (point.x - at.x) ** 2 + (point.y - at.y) ** 2;
    if (square > bestSquare) continue;
    best = point;
    bestSquare = square;
  }
  return best;
}
