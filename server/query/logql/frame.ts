/** Values of an expression over all instants of a query: a row of numbers for each series. */
import type { LabelSet } from "../promql/label-set.js";

export interface Series {
  readonly labels: LabelSet;
  /** By step; undefined where there is no value. NaN is a value. */
  readonly values: (number | undefined)[];
}

export type MetricFrame =
  { readonly kind: "scalar"; readonly value: number } | { readonly kind: "vector"; readonly series: readonly Series[] };

/** Instants of one evaluation, in ms; an instant query has one. */
export interface Grid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
}
