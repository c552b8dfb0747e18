/**
 * Traces by start and duration as a heatmap: cells counted by the server over all that match, laid on the plane of the
 * scatter (linear time, logarithmic duration). Pure.
 */
import type { TimeWindow } from "../../server/wire/telemetry.js";
import type { TraceHeatmap } from "../../server/wire/traces.js";
import { durationAt, timeAt, xOf, yOf } from "./duration-plane.js";
import type { PixelRectangle, PlotBox } from "./duration-plane.js";

/** A cell that is not empty. */
export interface HeatCell {
  readonly column: number;
  readonly row: number;
  readonly count: number;
  /** Of them, with a failed span. */
  readonly failed: number;
}

export interface HeatPlane {
  readonly box: PlotBox;
  readonly window: TimeWindow;
  readonly durationUsMin: number;
  readonly durationUsMax: number;
  readonly heatmap: TraceHeatmap;
  readonly cells: readonly HeatCell[];
  /** By `column · rows + row`. */
  readonly byPlace: ReadonlyMap<number, HeatCell>;
}

export function layoutHeatmap(heatmap: TraceHeatmap, window: TimeWindow, box: PlotBox): HeatPlane {
  const cells: HeatCell[] = [];
  const byPlace = new Map<number, HeatCell>();
  for (let at = 0; at + 3 < heatmap.cells.length; at += 4) {
    const [column = 0, row = 0, count = 0, failed = 0] = heatmap.cells.slice(at, at + 4);
    const cell = { column, row, count, failed };
    cells.push(cell);
    byPlace.set(column * heatmap.rows + row, cell);
  }
  const { durationUsMin, ratio, rows } = heatmap;
  return { box, window, durationUsMin, durationUsMax: durationUsMin * ratio ** rows, heatmap, cells, byPlace };
}

/** What a cell stands for: starts in `[fromUs, toUs)`, whole durations in `[minDurationUs, maxDurationUs]`. */
export interface CellRange extends TimeWindow {
  readonly minDurationUs: number;
  readonly maxDurationUs: number;
}

export function cellRange({ heatmap }: HeatPlane, column: number, row: number): CellRange {
  const { fromUs, stepUs, durationUsMin, ratio } = heatmap;
  return {
    fromUs: fromUs + column * stepUs,
    toUs: fromUs + (column + 1) * stepUs,
    minDurationUs: Math.ceil(durationUsMin * ratio ** row),
    maxDurationUs: Math.ceil(durationUsMin * ratio ** (row + 1)) - 1,
  };
}

/** Its pixels, cut to the plot. */
export function cellPixels(plane: HeatPlane, column: number, row: number): PlotBox {
  const { box, heatmap } = plane;
  const { fromUs, toUs } = cellRange(plane, column, row);
  const left = Math.max(box.left, xOf(plane, fromUs));
  const right = Math.min(box.left + box.width, xOf(plane, toUs));
  const height = box.height / heatmap.rows;
  const top = box.top + box.height - (row + 1) * height;
  return { left, top, width: Math.max(0, right - left), height };
}

/** Column and row at a pixel, kept within the plot. */
export function placeAt(plane: HeatPlane, x: number, y: number): { readonly column: number; readonly row: number } {
  const { heatmap, box } = plane;
  const column = Math.floor((timeAt(plane, x) - heatmap.fromUs) / heatmap.stepUs);
  const row = Math.floor(((box.top + box.height - y) / box.height) * heatmap.rows);
  return { column: clamp(column, heatmap.columns), row: clamp(row, heatmap.rows) };
}

const clamp = (value: number, end: number): number => Math.min(end - 1, Math.max(0, value));

/** 0.12 to 1 for a count: logarithmic, so that a lone trace is seen beside thousands. */
export function heatOf(count: number, most: number): number {
  if (most <= 1) return 0.7;
  return 0.12 + 0.88 * (Math.log(count) / Math.log(most));
}

/** The box that a rectangle of pixels stands for. */
export function boxOfPixels(plane: HeatPlane, { x0, x1, y0, y1 }: PixelRectangle): CellRange {
  return {
    fromUs: timeAt(plane, Math.min(x0, x1)),
    toUs: timeAt(plane, Math.max(x0, x1)),
    minDurationUs: durationAt(plane, Math.max(y0, y1)),
    maxDurationUs: durationAt(plane, Math.min(y0, y1)),
  };
}

/** The pixels of a box, cut to the plot. */
export function pixelsOfBox(plane: HeatPlane, range: CellRange): PlotBox {
  const { box } = plane;
  const within = (value: number, from: number, length: number): number =>
    Math.min(from + length, Math.max(from, value));
  const left = within(xOf(plane, range.fromUs), box.left, box.width);
  const right = within(xOf(plane, range.toUs), box.left, box.width);
  const top = within(yOf(plane, range.maxDurationUs + 1), box.top, box.height);
  const bottom = within(yOf(plane, range.minDurationUs), box.top, box.height);
  return { left, top, width: right - left, height: bottom - top };
}

/** The cells from one to another as a box. */
export function boxOfCells(
  plane: HeatPlane,
  one: { readonly column: number; readonly row: number },
  other: { readonly column: number; readonly row: number },
): CellRange {
  const first = cellRange(plane, Math.min(one.column, other.column), Math.min(one.row, other.row));
  const last = cellRange(plane, Math.max(one.column, other.column), Math.max(one.row, other.row));
  return {
    fromUs: first.fromUs,
    toUs: last.toUs - 1,
    minDurationUs: first.minDurationUs,
    maxDurationUs: last.maxDurationUs,
  };
}

/** One line of the table form. */
export interface DurationBand {
  readonly minDurationUs: number;
  readonly maxDurationUs: number;
  readonly count: number;
  readonly failed: number;
}

/** Traces by duration, longest first; bands without any are left out. */
export function durationBands(plane: HeatPlane): readonly DurationBand[] {
  const bands: DurationBand[] = [];
  for (let row = plane.heatmap.rows - 1; row >= 0; row--) {
    const cells = plane.cells.filter((cell) => cell.row === row);
    if (cells.length === 0) continue;
    const { minDurationUs, maxDurationUs } = cellRange(plane, 0, row);
    bands.push({
      minDurationUs,
      maxDurationUs,
      count: cells.reduce((sum, { count }) => sum + count, 0),
      failed: cells.reduce((sum, { failed }) => sum + failed, 0),
    });
  }
  return bands;
}
