/**
 * What functions PromQL has and what they take and give. The checker reads this table; the evaluator has its own tables
 * from name to implementation, and a test holds the two together.
 * Source: prometheus/promql/parser/functions.go (3.x).
 */
import type { AggregateOperator, ValueType } from "./ast.js";

export interface FunctionSignature {
  readonly args: readonly ValueType[];
  /** 0: exactly `args`; n > 0: the last n of `args` repeat or may be left out (Prometheus's counting); −1: the last one repeats without bound. */
  readonly variadic: number;
  readonly returns: ValueType;
  /** Set where Prometheus has the function and we do not: why. */
  readonly missing?: string;
  /** Prometheus has the function behind a flag, `promql-experimental-functions`. */
  readonly experimental?: true;
}

const vectorToVector: FunctionSignature = { args: ["vector"], variadic: 0, returns: "vector" };
const matrixToVector: FunctionSignature = { args: ["matrix"], variadic: 0, returns: "vector" };
const experimental = (signature: FunctionSignature): FunctionSignature => ({
  ...signature,
  experimental: true,
});
const calendar: FunctionSignature = { args: ["vector"], variadic: 1, returns: "vector" };
const native =
  "it works on native histograms, which are not stored here; use the classic _bucket, _sum and _count series";

export const FUNCTION_SIGNATURES: ReadonlyMap<string, FunctionSignature> = new Map<string, FunctionSignature>([
  ...[
    "abs",
    "absent",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "ceil",
    "cos",
    "cosh",
    "deg",
    "exp",
    "floor",
    "ln",
    "log10",
    "log2",
    "rad",
    "sgn",
    "sin",
    "sinh",
    "sort",
    "sort_desc",
    "sqrt",
    "tan",
    "tanh",
    "timestamp",
  ].map((name) => [name, vectorToVector] as const),
  ...[
    "absent_over_time",
    "avg_over_time",
    "changes",
    "count_over_time",
    "delta",
    "deriv",
    "idelta",
    "increase",
    "irate",
    "last_over_time",
    "max_over_time",
    "min_over_time",
    "present_over_time",
    "rate",
    "resets",
    "stddev_over_time",
    "stdvar_over_time",
    "sum_over_time",
  ].map((name) => [name, matrixToVector] as const),
  ...[
    "first_over_time",
    "mad_over_time",
    "ts_of_first_over_time",
    "ts_of_last_over_time",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
  ].map((name) => [name, experimental(matrixToVector)] as const),
  ...["day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"].map(
    (name) => [name, calendar] as const,
  ),
  ["clamp", { args: ["vector", "scalar", "scalar"], variadic: 0, returns: "vector" }],
  ["clamp_max", { args: ["vector", "scalar"], variadic: 0, returns: "vector" }],
  ["clamp_min", { args: ["vector", "scalar"], variadic: 0, returns: "vector" }],
  [
    "double_exponential_smoothing",
    experimental({ args: ["matrix", "scalar", "scalar"], variadic: 0, returns: "vector" }),
  ],
  ["histogram_fraction", { args: ["scalar", "scalar", "vector"], variadic: 0, returns: "vector" }],
  ["histogram_quantile", { args: ["scalar", "vector"], variadic: 0, returns: "vector" }],
  ["label_join", { args: ["vector", "string", "string", "string"], variadic: -1, returns: "vector" }],
  ["label_replace", { args: ["vector", "string", "string", "string", "string"], variadic: 0, returns: "vector" }],
  ["pi", { args: [], variadic: 0, returns: "scalar" }],
  ["predict_linear", { args: ["matrix", "scalar"], variadic: 0, returns: "vector" }],
  ["quantile_over_time", { args: ["scalar", "matrix"], variadic: 0, returns: "vector" }],
  ["round", { args: ["vector", "scalar"], variadic: 1, returns: "vector" }],
  ["scalar", { args: ["vector"], variadic: 0, returns: "scalar" }],
  ["sort_by_label", experimental({ args: ["vector", "string"], variadic: -1, returns: "vector" })],
  ["sort_by_label_desc", experimental({ args: ["vector", "string"], variadic: -1, returns: "vector" })],
  ["time", { args: [], variadic: 0, returns: "scalar" }],
  ["vector", { args: ["scalar"], variadic: 0, returns: "vector" }],
  ...["histogram_avg", "histogram_count", "histogram_stddev", "histogram_stdvar", "histogram_sum"].map(
    (name) => [name, { ...vectorToVector, missing: native }] as const,
  ),
  [
    "histogram_quantiles",
    experimental({ args: ["vector", "string", "scalar", "scalar"], variadic: -1, returns: "vector" }),
  ],
  // Experimental too, and not refused: joins with target_info are everyday work.
  ["info", { args: ["vector", "vector"], variadic: 1, returns: "vector" }],
  ["start_timestamp", { ...vectorToVector, missing: "start timestamps are not stored here" }],
  ...["min_of", "max_of"].map(
    (name) => [name, experimental({ args: ["scalar", "scalar"], variadic: 0, returns: "scalar" })] as const,
  ),
  ...["start", "end", "step", "range"].map(
    (name) => [name, experimental({ args: [], variadic: 0, returns: "scalar" })] as const,
  ),
]);

/** The type of the parameter before the vector, where the operator has one. */
export const AGGREGATE_PARAMETERS: Readonly<Record<AggregateOperator, ValueType | undefined>> = {
  sum: undefined,
  avg: undefined,
  min: undefined,
  max: undefined,
  count: undefined,
  group: undefined,
  stddev: undefined,
  stdvar: undefined,
  topk: "scalar",
  bottomk: "scalar",
  quantile: "scalar",
  count_values: "string",
  limitk: "scalar",
  limit_ratio: "scalar",
};

/** Operators that Prometheus has behind the flag of its experimental functions. */
export const EXPERIMENTAL_AGGREGATES: ReadonlySet<AggregateOperator> = new Set<AggregateOperator>([
  "limitk",
  "limit_ratio",
]);

export function isAggregateOperator(name: string): name is AggregateOperator {
  return Object.hasOwn(AGGREGATE_PARAMETERS, name);
}
