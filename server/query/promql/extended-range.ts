/**
 * `anchored` and `smoothed` ranges, whose values are measured at the very ends of the range: at the last sample before it,
 * or between the samples around its ends. Source: prometheus/promql/functions.go, extendedRate, pickOrInterpolateLeft and
 * pickOrInterpolateRight, interpolate, correctForCounterResets; promql/engine.go, smoothSeries.
 */
import type { MetricReader, SampleWindow, SeriesRef } from "../../telemetry/metric-reader.js";
import type { Call, RangeExtension } from "./ast.js";
import { QueryError } from "./errors.js";
import { ABSENT } from "./frame.js";
import type { RangeFunction, RangeView } from "./range-functions.js";
import { emptyView, emptyWindow, prepareRange, type WindowPlan } from "./samples.js";

export interface ExtendedPlan extends WindowPlan {
  readonly backMs: number;
  readonly aheadMs: number;
}

/** How far beyond its windows a plan looks: one lookback, to both sides when it is smoothed. */
export function extendPlan(plan: WindowPlan, extension: RangeExtension, lookbackMs: number): ExtendedPlan {
  const aheadMs = extension === "smoothed" ? lookbackMs : 0;
  return { ...plan, lengthMs: plan.lengthMs + lookbackMs, backMs: lookbackMs, aheadMs };
}

/** All samples that the windows of a plan and what lies ahead of them can need. */
export function loadExtended(
  reader: MetricReader,
  ref: SeriesRef,
  plan: WindowPlan,
  steps: number,
  aheadMs: number,
): SampleWindow {
  const window = emptyWindow();
  const lastMs = plan.firstEndMs + (steps - 1) * plan.strideMs;
  reader.window(ref, plan.firstEndMs - plan.lengthMs, lastMs + aheadMs, window);
  return window;
}

/** Instant values between the samples around each step; beyond the last sample, or before the first, that sample's. */
export function smoothedValues(
  samples: SampleWindow,
  plan: WindowPlan,
  steps: number,
  out: Float64Array,
  offset: number,
): void {
  const view = emptyView();
  prepareRange(samples, view);
  let next = view.from;
  for (let step = 0; step < steps; step++) {
    const atMs = plan.firstEndMs + step * plan.strideMs;
    while (next < view.to && view.timesMs[next] <= atMs) next++;
    const before = next > view.from && view.timesMs[next - 1] > atMs - plan.lengthMs;
    const after = next < view.to && view.timesMs[next] <= atMs + plan.lengthMs;
    out[offset + step] = ABSENT;
    if (before && after && view.timesMs[next - 1] < atMs)
      out[offset + step] = between(view, next - 1, atMs, false, false);
    else if (before) out[offset + step] = view.values[next - 1];
    else if (after) out[offset + step] = view.values[next];
  }
}

const MEASURED: Readonly<Record<string, { readonly counter: boolean; readonly rate: boolean } | undefined>> = {
  delta: { counter: false, rate: false },
  increase: { counter: true, rate: false },
  rate: { counter: true, rate: true },
};

const ANCHORED_BESIDES: ReadonlySet<string> = new Set(["changes", "resets"]);

/** The function over an extended range; refuses those that have no meaning there. */
export function extendedFunction(expr: Call, extension: RangeExtension, plain: RangeFunction): RangeFunction {
  const measured = MEASURED[expr.name];
  if (measured !== undefined) return (view) => change(view, extension === "smoothed", measured);
  if (extension === "anchored" && ANCHORED_BESIDES.has(expr.name)) return (view) => plain(fromAnchor(view), []);
  const names = [...Object.keys(MEASURED), ...(extension === "anchored" ? ANCHORED_BESIDES : [])].sort();
  throw new QueryError(
    `${extension} modifier can only be used with: ${names.join(", ")} - not with ${expr.name}`,
    expr,
  );
}

/** First index in `[from, last)` whose time is later than `ms`, or not earlier; `last` when there is none. */
function search(view: RangeView, last: number, ms: number, orAt: boolean): number {
  let index = view.from;
  while (index < last && (orAt ? view.timesMs[index] < ms : view.timesMs[index] <= ms)) index++;
  return index;
}

/** The sample at which the range begins: the last one that is not later than its start, or the first of all. */
const anchorOf = (view: RangeView): number => Math.max(view.from, search(view, view.to - 1, view.startMs, false) - 1);

function fromAnchor(view: RangeView): RangeView {
  return { ...view, from: anchorOf(view) };
}

function change(
  view: RangeView,
  smoothed: boolean,
  { counter, rate }: { readonly counter: boolean; readonly rate: boolean },
): number {
  const { timesMs, values, startMs, endMs } = view;
  const first = anchorOf(view);
  const last = smoothed ? search(view, view.to - 1, endMs, true) : view.to - 1;
  if (timesMs[last] <= startMs) return ABSENT;
  const left = smoothed && timesMs[first] < startMs ? between(view, first, startMs, counter, true) : values[first];
  const right =
    smoothed && last > view.from && timesMs[last] > endMs
      ? between(view, last - 1, endMs, counter, false)
      : values[last];
  let total = right - left;
  if (counter) {
    const from = timesMs[first] <= startMs ? first + 1 : first;
    const to = timesMs[last] >= endMs ? last - 1 : last;
    total += lostInResets(view, { left, right, from, to });
  }
  return rate ? total / ((endMs - startMs) / 1000) : total;
}

/** The value at `ms` on the line from one sample to the next; a counter that fell began anew at nothing. */
function between({ timesMs, values }: RangeView, index: number, ms: number, counter: boolean, atLeft: boolean): number {
  let low = values[index];
  let high = values[index + 1];
  if (counter && high < low) {
    if (atLeft) low = 0;
    else high += low;
  }
  return low + ((high - low) * (ms - timesMs[index])) / (timesMs[index + 1] - timesMs[index]);
}

interface Measured {
  readonly left: number;
  readonly right: number;
  readonly from: number;
  readonly to: number;
}

function lostInResets({ values }: RangeView, { left, right, from, to }: Measured): number {
  let lost = 0;
  let previous = left;
  for (let index = from; index <= to; index++) {
    if (values[index] < previous) lost += previous;
    previous = values[index];
  }
  return right < previous ? lost + previous : lost;
}
