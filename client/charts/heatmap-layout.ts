/**
 * A histogram over time as cells: series of a classic histogram (`le`, cumulative) taken apart into bands of value, a
 * column for each instant, and what is under a pixel or in a box. Bands are drawn at equal height, because bounds grow
 * by factors. Pure.
 */
import type { TimeWindow } from "../../server/wire/telemetry.js";

export interface BucketSeries {
  /** Upper bound; ∞ for the last. */
  readonly bound: number;
  /** Ascending, µs. */
  readonly timesUs: Float64Array;
  /** Events at or below the bound in the step that ends there. */
  readonly values: Float64Array;
}

export interface HeatmapBand {
  readonly low: number;
  readonly high: number;
}

export interface Heatmap {
  readonly bands: readonly HeatmapBand[];
  /** End of each column's step, ascending, µs. */
  readonly timesUs: readonly number[];
  readonly stepUs: number;
  /** `counts[column][band]`; NaN where no sample is. */
  readonly counts: readonly Float64Array[];
  readonly countMax: number;
}

export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Cumulative buckets of any number of histograms, those of one bound added up, as cells. */
export function heatmapOf(buckets: readonly BucketSeries[], stepUs: number): Heatmap {
  const bounds = [...new Set(buckets.map(({ bound }) => bound))].sort((one, other) => one - other);
  const times = [...new Set(buckets.flatMap(({ timesUs }) => [...timesUs]))].sort((one, other) => one - other);
  const column = new Map(times.map((atUs, index) => [atUs, index]));
  const row = new Map(bounds.map((bound, index) => [bound, index]));
  const cumulative = times.map(() => new Float64Array(bounds.length).fill(Number.NaN));
  for (const { bound, timesUs, values } of buckets) {
    timesUs.forEach((atUs, index) => {
      const cells = cumulative[column.get(atUs) ?? -1];
      const band = row.get(bound) ?? -1;
      if (cells === undefined) return;
      const known = cells[band] ?? Number.NaN;
      cells[band] = (Number.isNaN(known) ? 0 : known) + (values[index] ?? Number.NaN);
    });
  }
  const counts = cumulative.map(apart);
  const bands = bounds.map((high, index) => ({ low: bounds[index - 1] ?? 0, high }));
  return trimmed({ bands, timesUs: times, stepUs, counts, countMax: 0 });
}

/** What lies between one bound and the next. Rates of buckets are not scraped at one instant: never below zero. */
function apart(cells: Float64Array): Float64Array {
  let below = 0;
  return cells.map((count) => {
    if (Number.isNaN(count)) return Number.NaN;
    const own = Math.max(0, count - below);
    below = Math.max(below, count);
    return own;
  });
}

/** Without bands at either end that nothing ever fell into, but one of them. */
function trimmed(heatmap: Heatmap): Heatmap {
  const sums = heatmap.bands.map((_, band) =>
    heatmap.counts.reduce((sum, cells) => sum + (Number.isFinite(cells[band]) ? (cells[band] ?? 0) : 0), 0),
  );
  const used = sums.flatMap((sum, band) => (sum > 0 ? [band] : []));
  const first = Math.max(0, (used[0] ?? 0) - 1);
  const last = Math.min(heatmap.bands.length - 1, (used.at(-1) ?? heatmap.bands.length - 1) + 1);
  const counts = heatmap.counts.map((cells) => cells.slice(first, last + 1));
  const countMax = counts.reduce(
    (most, cells) => cells.reduce((high, count) => (count > high ? count : high), most),
    0,
  );
  return { ...heatmap, bands: heatmap.bands.slice(first, last + 1), counts, countMax };
}

/** A cell that holds anything is told from an empty one in both themes. */
const SHADE_MIN = 0.2;

/** 0 to 1: how strong a cell is. A square root, because a hundred ordinary requests must not hide one that is slow. */
export const shade = (count: number, countMax: number): number =>
  countMax <= 0 || !(count > 0) ? 0 : SHADE_MIN + (1 - SHADE_MIN) * Math.sqrt(count / countMax);

export interface HeatmapPlane {
  readonly heatmap: Heatmap;
  readonly window: TimeWindow;
  readonly box: PlotBox;
}

const xOf = ({ box, window }: HeatmapPlane, atUs: number): number =>
  box.left + ((atUs - window.fromUs) / Math.max(1, window.toUs - window.fromUs)) * box.width;

export interface CellBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a cell is drawn: its column is the step that ends at its instant, cut at the edges of the plane. */
export function cellBox(plane: HeatmapPlane, column: number, band: number): CellBox {
  const { heatmap, box } = plane;
  const endUs = heatmap.timesUs[column] ?? 0;
  const left = Math.max(box.left, xOf(plane, endUs - heatmap.stepUs));
  const right = Math.min(box.left + box.width, xOf(plane, endUs));
  const height = box.height / Math.max(1, heatmap.bands.length);
  return { x: left, y: box.top + box.height - (band + 1) * height, width: Math.max(0, right - left), height };
}

export interface HeatmapCell {
  readonly column: number;
  readonly band: number;
}

/** The cell under a pixel; undefined where there is none. */
export function cellAt(plane: HeatmapPlane, x: number, y: number): HeatmapCell | undefined {
  const { heatmap, box, window } = plane;
  if (x < box.left || x > box.left + box.width || y < box.top || y > box.top + box.height) return undefined;
  const atUs = window.fromUs + ((x - box.left) / box.width) * (window.toUs - window.fromUs);
  const column = heatmap.timesUs.findIndex((endUs) => atUs > endUs - heatmap.stepUs && atUs <= endUs);
  const band = Math.min(
    heatmap.bands.length - 1,
    Math.floor(((box.top + box.height - y) / box.height) * heatmap.bands.length),
  );
  return column < 0 || band < 0 ? undefined : { column, band };
}

/** What a dragged box stands for: whole bands, whole microseconds, and the events in it. */
export interface HeatmapSelection extends TimeWindow {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

export interface PixelRectangle {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Undefined of a box that lies beside the plane. */
export function heatmapSelection(plane: HeatmapPlane, rectangle: PixelRectangle): HeatmapSelection | undefined {
  const { heatmap, box, window } = plane;
  const clampX = (x: number): number => Math.min(box.left + box.width, Math.max(box.left, x));
  const timeAt = (x: number): number =>
    Math.round(window.fromUs + ((clampX(x) - box.left) / box.width) * (window.toUs - window.fromUs));
  const bandAt = (y: number): number =>
    Math.min(
      heatmap.bands.length - 1,
      Math.max(0, Math.floor(((box.top + box.height - y) / box.height) * heatmap.bands.length)),
    );
  const [fromUs, toUs] = [timeAt(Math.min(rectangle.x0, rectangle.x1)), timeAt(Math.max(rectangle.x0, rectangle.x1))];
  const [lowest, highest] = [
    bandAt(Math.max(rectangle.y0, rectangle.y1)),
    bandAt(Math.min(rectangle.y0, rectangle.y1)),
  ];
  const low = heatmap.bands[lowest]?.low;
  const high = heatmap.bands[highest]?.high;
  if (low === undefined || high === undefined || toUs <= fromUs) return undefined;
  let count = 0;
  heatmap.timesUs.forEach((endUs, column) => {
    if (endUs <= fromUs || endUs - heatmap.stepUs >= toUs) return;
    for (let band = lowest; band <= highest; band += 1) {
      const events = heatmap.counts[column]?.[band] ?? Number.NaN;
      if (Number.isFinite(events)) count += events;
    }
  });
  return { fromUs, toUs, low, high, count };
}
