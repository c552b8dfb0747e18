/** histogram_quantile and histogram_fraction over column blocks: rows are assigned to histograms and bounds once. */
import { ABSENT, absentBlock } from "./frame.js";
import {
  bucketFraction,
  bucketQuantile,
  bucketsOf,
  parseBound,
  type Buckets,
  type QuantileOutcome,
} from "./histogram.js";
import type { LabelSet } from "./label-set.js";

export interface HistogramPlan {
  /** Labels of each histogram, without `le`, with the metric name. */
  readonly labelSets: readonly LabelSet[];
  /** Rows of its buckets, ascending by bound. */
  readonly histograms: readonly (readonly { readonly row: number; readonly bound: number }[])[];
  /** Rows whose `le` is missing or no number. */
  readonly malformed: readonly { readonly row: number; readonly le: string }[];
}

const LE = new Set(["le"]);

export function planHistograms(labelSets: readonly LabelSet[]): HistogramPlan {
  const indexOf = new Map<string, number>();
  const reduced: LabelSet[] = [];
  const histograms: { row: number; bound: number }[][] = [];
  const malformed: { row: number; le: string }[] = [];
  labelSets.forEach((labels, row) => {
    const le = labels.get("le");
    const bound = parseBound(le);
    if (bound === undefined) {
      malformed.push({ row, le });
      return;
    }
    const without = labels.without(LE);
    let index = indexOf.get(without.key);
    if (index === undefined) {
      index = reduced.length;
      indexOf.set(without.key, index);
      reduced.push(without);
      histograms.push([]);
    }
    histograms[index].push({ row, bound });
  });
  for (const buckets of histograms) buckets.sort((left, right) => left.bound - right.bound || left.row - right.row);
  return { labelSets: reduced, histograms, malformed };
}

/** Quantiles, a row a histogram. `onForced` hears the metric whose counts had to be made monotonic. */
export function histogramQuantile(
  plan: HistogramPlan,
  values: Float64Array,
  steps: number,
  quantiles: Float64Array,
  onForced: (metric: string) => void,
): Float64Array {
  const outcome: QuantileOutcome = { value: NaN, forced: false };
  return eachHistogram(plan, values, steps, (buckets, step, histogram) => {
    bucketQuantile(quantiles[step], buckets, outcome);
    if (outcome.forced) onForced(plan.labelSets[histogram].get("__name__"));
    return outcome.value;
  });
}

export function histogramFraction(
  plan: HistogramPlan,
  values: Float64Array,
  steps: number,
  lower: Float64Array,
  upper: Float64Array,
): Float64Array {
  return eachHistogram(plan, values, steps, (buckets, step) => bucketFraction(lower[step], upper[step], buckets));
}

function eachHistogram(
  plan: HistogramPlan,
  values: Float64Array,
  steps: number,
  compute: (buckets: Buckets, step: number, histogram: number) => number,
): Float64Array {
  const out = absentBlock(plan.histograms.length, steps);
  plan.histograms.forEach((rows, histogram) => {
    const buckets = bucketsOf(rows.length);
    for (let step = 0; step < steps; step++) {
      buckets.size = 0;
      for (const { row, bound } of rows) {
        const count = values[row * steps + step];
        if (count === ABSENT) continue;
        buckets.bounds[buckets.size] = bound;
        buckets.counts[buckets.size++] = count;
      }
      if (buckets.size > 0) out[histogram * steps + step] = compute(buckets, step, histogram);
    }
  });
  return out;
}
