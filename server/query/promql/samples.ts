/**
 * Samples under an evaluation: instant values within the lookback, and ranges as windows that slide over each series once.
 * Stale markers end a series for instant values and are left out of ranges.
 * Source: prometheus/promql/engine.go, vectorSelectorSingle and matrixIterSlice (3.x: both intervals open on the left).
 */
import { STALE_MARKER, type MetricReader, type SampleWindow, type SeriesRef } from "../../telemetry/metric-reader.js";
import { ABSENT, type Grid } from "./frame.js";
import type { RangeFunction, RangeView } from "./range-functions.js";

const NOTHING = new Float64Array(0);

export const emptyWindow = (): SampleWindow => ({ timesMs: NOTHING, values: NOTHING, from: 0, to: 0 });

/** Where the windows of an evaluation lie: the window of step i ends at `endMs(i) = firstEndMs + i · strideMs`. */
export interface WindowPlan {
  readonly firstEndMs: number;
  /** 0 when `@` holds all windows at one place. */
  readonly strideMs: number;
  readonly lengthMs: number;
}

export function planWindows(
  grid: Grid,
  target: { readonly offsetMs: number },
  atMs: number | undefined,
  lengthMs: number,
): WindowPlan {
  return {
    firstEndMs: (atMs ?? grid.startMs) - target.offsetMs,
    strideMs: atMs === undefined ? grid.stepMs : 0,
    lengthMs,
  };
}

/** All samples that any window of the plan can need. */
export function loadWindow(
  reader: MetricReader,
  ref: SeriesRef,
  plan: WindowPlan,
  grid: Grid,
  into: SampleWindow,
): number {
  reader.window(ref, plan.firstEndMs - plan.lengthMs, plan.firstEndMs + (grid.steps - 1) * plan.strideMs, into);
  return into.to - into.from;
}

/** Writes the newest sample within the lookback of each step; its time in seconds instead of its value when `wantTimes`. */
export function instantValues(
  samples: SampleWindow,
  plan: WindowPlan,
  steps: number,
  wantTimes: boolean,
  out: Float64Array,
  offset: number,
): void {
  const { timesMs, values, to } = samples;
  let next = samples.from;
  for (let step = 0; step < steps; step++) {
    const endMs = plan.firstEndMs + step * plan.strideMs;
    while (next < to && timesMs[next] <= endMs) next++;
    const last = next - 1;
    const usable = last >= samples.from && timesMs[last] > endMs - plan.lengthMs && values[last] !== STALE_MARKER;
    out[offset + step] = usable ? (wantTimes ? timesMs[last] / 1000 : values[last]) : ABSENT;
  }
}

/** The window without stale markers, copied only when it holds one; and whether a counter could have been reset in it. */
export function prepareRange(samples: SampleWindow, view: RangeView): void {
  const { timesMs, values, from, to } = samples;
  let stale = false;
  let falls = false;
  for (let index = from; index < to; index++) {
    if (values[index] === STALE_MARKER) stale = true;
    else if (index > from && values[index] < values[index - 1]) falls = true;
  }
  view.timesMs = timesMs;
  view.values = values;
  view.from = from;
  view.to = to;
  // Behind a stale marker the comparison with the predecessor says nothing.
  view.mayReset = falls || stale;
  if (stale) dropStale(view);
}

function dropStale(view: RangeView): void {
  const timesMs = new Float64Array(view.to - view.from);
  const values = new Float64Array(view.to - view.from);
  let count = 0;
  for (let index = view.from; index < view.to; index++) {
    if (view.values[index] === STALE_MARKER) continue;
    timesMs[count] = view.timesMs[index];
    values[count++] = view.values[index];
  }
  view.timesMs = timesMs;
  view.values = values;
  view.from = 0;
  view.to = count;
}

export interface RangeCall {
  readonly plan: WindowPlan;
  readonly grid: Grid;
  readonly compute: RangeFunction;
  /** Scalar arguments of each step, or of all steps when there is one entry. */
  readonly parameters: readonly (readonly number[])[];
  /** Called now and then; ends the query when its time is over. */
  readonly checkTime: () => void;
  /** How much further than the windows the view of each step reaches. */
  readonly extension?: { readonly backMs: number; readonly aheadMs: number };
}

/** Samples that windows hold, in sum, before the time is looked at again. */
const SAMPLES_BETWEEN_CHECKS = 500_000;

/** Applies a range function at each step. `view` holds all samples of the series and is moved along. */
export function slideWindows(call: RangeCall, view: RangeView, out: Float64Array, offset: number): void {
  const { plan, grid, compute, parameters } = call;
  const { timesMs } = view;
  const { backMs, aheadMs } = call.extension ?? { backMs: 0, aheadMs: 0 };
  const end = view.to;
  let from = view.from;
  let to = view.from;
  let held = 0;
  for (let step = 0; step < grid.steps; step++) {
    view.endMs = plan.firstEndMs + step * plan.strideMs;
    view.startMs = view.endMs - plan.lengthMs;
    view.evaluationMs = grid.startMs + step * grid.stepMs;
    while (to < end && timesMs[to] <= view.endMs + aheadMs) to++;
    while (from < to && timesMs[from] <= view.startMs - backMs) from++;
    view.from = from;
    view.to = to;
    held += to - from;
    if (held > SAMPLES_BETWEEN_CHECKS) {
      held = 0;
      call.checkTime();
    }
    out[offset + step] = from === to ? ABSENT : compute(view, parameters[parameters.length === 1 ? 0 : step]);
  }
}

export const emptyView = (): RangeView => ({
  timesMs: NOTHING,
  values: NOTHING,
  from: 0,
  to: 0,
  mayReset: false,
  startMs: 0,
  endMs: 0,
  evaluationMs: 0,
});
