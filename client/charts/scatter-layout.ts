/**
 * Trace durations over time: where each trace lies on a plane of linear time and logarithmic duration, which one is
 * under the pointer, and what a box stands for. Outliers of a skewed distribution stay apart on a log axis.
 */
import type { TimeWindow, TraceSummary } from "../../server/wire/telemetry.js";

export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface ScatterPoint {
  readonly trace: TraceSummary;
  readonly x: number;
  readonly y: number;
}

export interface ScatterLayout {
  readonly box: PlotBox;
  readonly window: TimeWindow;
  /** Bounds of the duration axis, µs, whole halves of decades around the data. */
  readonly durationUsMin: number;
  readonly durationUsMax: number;
  readonly points: readonly ScatterPoint[];
}

/** Shown when there is nothing: 1 ms to 1 s. */
const EMPTY_BOUNDS = { least: 1_000, most: 1_000_000 };

/** Places every trace that starts in the window. `box` is the plane within the axes, CSS pixels. */
export function layoutScatter(traces: readonly TraceSummary[], window: TimeWindow, box: PlotBox): ScatterLayout {
  const inside = traces.filter((trace) => trace.startUs >= window.fromUs && trace.startUs <= window.toUs);
  const bounds = durationBounds(inside);
  const plane = { box, window, durationUsMin: bounds.least, durationUsMax: bounds.most };
  const points = inside.map((trace) => ({
    trace,
    x: xOf(plane, trace.startUs),
    y: yOf(plane, trace.durationUs),
  }));
  return { ...plane, points };
}

function durationBounds(traces: readonly TraceSummary[]): { least: number; most: number } {
  if (traces.length === 0) return EMPTY_BOUNDS;
  let least = Infinity;
  let most = 0;
  for (const { durationUs } of traces) {
    least = Math.min(least, Math.max(1, durationUs));
    most = Math.max(most, Math.max(1, durationUs));
  }
  return { least: halfDecade(least / 1.1, Math.floor), most: halfDecade(most * 1.1, Math.ceil) };
}

/** The power of √10 next to `value` in the direction of `round`. */
function halfDecade(value: number, round: (value: number) => number): number {
  return 10 ** (round(Math.log10(value) * 2) / 2);
}

type Plane = Pick<ScatterLayout, "box" | "window" | "durationUsMin" | "durationUsMax">;

/** Horizontal pixel of an instant. */
export function xOf({ box, window }: Plane, timeUs: number): number {
  return box.left + ((timeUs - window.fromUs) / Math.max(1, window.toUs - window.fromUs)) * box.width;
}

/** Vertical pixel of a duration; longer is higher. */
export function yOf({ box, durationUsMin, durationUsMax }: Plane, durationUs: number): number {
  const share = Math.log(Math.max(1, durationUs) / durationUsMin) / Math.log(durationUsMax / durationUsMin);
  return box.top + (1 - share) * box.height;
}

/** Inverse of `xOf`, rounded to whole µs and kept within the window. */
export function timeAt({ box, window }: Plane, x: number): number {
  const share = Math.min(1, Math.max(0, (x - box.left) / box.width));
  return Math.round(window.fromUs + share * (window.toUs - window.fromUs));
}

/** Inverse of `yOf`, rounded to whole µs and kept within the axis. */
export function durationAt({ box, durationUsMin, durationUsMax }: Plane, y: number): number {
  const share = Math.min(1, Math.max(0, 1 - (y - box.top) / box.height));
  return Math.round(durationUsMin * (durationUsMax / durationUsMin) ** share);
}

/** The point nearest to a pixel, within `radius`; the later one of the list on ties, as it is drawn on top. */
export function pointAt(layout: ScatterLayout, x: number, y: number, radius: number): ScatterPoint | undefined {
  let best: ScatterPoint | undefined;
  let bestSquare = radius * radius;
  for (const point of layout.points) {
    const square = (point.x - x) ** 2 + (point.y - y) ** 2;
    if (square > bestSquare) continue;
    best = point;
    bestSquare = square;
  }
  return best;
}

/** What a dragged box selects: a time window and a range of durations, and the traces in it. */
export interface ScatterSelection extends TimeWindow {
  readonly minDurationUs: number;
  readonly maxDurationUs: number;
  readonly count: number;
}

export interface PixelRectangle {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export function selectionOf(layout: ScatterLayout, rectangle: PixelRectangle): ScatterSelection {
  const { x0, x1, y0, y1 } = rectangle;
  const fromUs = timeAt(layout, Math.min(x0, x1));
  const toUs = timeAt(layout, Math.max(x0, x1));
  const minDurationUs = durationAt(layout, Math.max(y0, y1));
  const maxDurationUs = durationAt(layout, Math.min(y0, y1));
  const count = layout.points.filter(
    ({ trace }) =>
      trace.startUs >= fromUs &&
      trace.startUs <= toUs &&
      trace.durationUs >= minDurationUs &&
      trace.durationUs <= maxDurationUs,
  ).length;
  return { fromUs, toUs, minDurationUs, maxDurationUs, count };
}
