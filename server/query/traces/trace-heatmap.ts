/** Traces counted by start and duration, as a heatmap draws them: columns of a round step, rows of equal ratio. */
import { MICROS_PER_SECOND } from "../../base/time.js";
import type { TraceHeatmap } from "../../wire/traces.js";
import type { TraceSet } from "./trace-set.js";

export interface HeatmapOptions {
  readonly fromUs: number;
  readonly toUs: number;
  /** At most. */
  readonly columns: number;
  readonly rows: number;
}

/** Lengths of a column, so that columns stand still while the window moves on. */
const STEPS_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 86_400];

export function heatmapOf(set: TraceSet, options: HeatmapOptions): TraceHeatmap {
  const stepUs = stepOf(options);
  const fromUs = Math.floor(options.fromUs / stepUs) * stepUs;
  const columns = Math.max(1, Math.floor((options.toUs - fromUs) / stepUs) + 1);
  const { rows } = options;
  const { least, ratio } = durationAxis(set, rows);
  const counts = new Uint32Array(columns * rows);
  const failed = new Uint32Array(columns * rows);
  const perRow = 1 / Math.log(ratio);
  for (const part of set.parts) {
    for (let at = 0; at < part.count; at++) {
      // What began before the window and has spans in it stands at its edge.
      const column = clamp(Math.floor((part.startUs[at] - fromUs) / stepUs), columns);
      const row = clamp(Math.floor(Math.log(Math.max(1, part.durationUs[at]) / least) * perRow), rows);
      const cell = column * rows + row;
      counts[cell]++;
      if (part.errors[at] > 0) failed[cell]++;
    }
  }
  return { fromUs, stepUs, columns, rows, durationUsMin: least, ratio, ...filled(counts, failed, rows) };
}

function stepOf({ fromUs, toUs, columns }: HeatmapOptions): number {
  const wanted = (toUs - fromUs) / Math.max(1, columns - 1);
  const seconds = STEPS_S.find((step) => step * MICROS_PER_SECOND >= wanted);
  return (seconds ?? Math.ceil(wanted / MICROS_PER_SECOND)) * MICROS_PER_SECOND;
}

const clamp = (value: number, end: number): number => Math.min(end - 1, Math.max(0, value));

/** From a power of √10 below all durations to one above them: a few long traces more do not move it at once. */
function durationAxis(set: TraceSet, rows: number): { readonly least: number; readonly ratio: number } {
  let shortest = Infinity;
  let longest = 1;
  for (const { durationUs } of set.parts) {
    for (const duration of durationUs) {
      shortest = Math.min(shortest, Math.max(1, duration));
      longest = Math.max(longest, duration);
    }
  }
  if (!Number.isFinite(shortest)) [shortest, longest] = [1_000, 1_000_000];
  const least = halfDecade(shortest, Math.floor);
  const most = Math.max(halfDecade(longest * 1.0001, Math.ceil), least * 10);
  return { least, ratio: (most / least) ** (1 / rows) };
}

const halfDecade = (value: number, round: (value: number) => number): number =>
  10 ** (round(Math.log10(value) * 2) / 2);

function filled(
  counts: Uint32Array,
  failed: Uint32Array,
  rows: number,
): { readonly cells: readonly number[]; readonly most: number } {
  const cells: number[] = [];
  let most = 0;
  counts.forEach((count, cell) => {
    if (count === 0) return;
    most = Math.max(most, count);
    cells.push(Math.floor(cell / rows), cell % rows, count, failed[cell]);
  });
  return { cells, most };
}
