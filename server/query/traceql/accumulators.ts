/**
 * What metrics functions keep of the spans of one series, step by step. Durations count in seconds. Quantiles and
 * histograms have a bucket for each power of two, in nanoseconds for durations.
 * Source: grafana/tempo/pkg/traceql/engine_metrics.go.
 */
import type { MetricsFunction, Value } from "./ast.js";
import type { Labels } from "./metrics-series.js";

export interface Accumulator {
  /** `value` of the function's field; nil where it has none. */
  add(step: number, value: Value): void;
  /** Series with the labels that the function adds. */
  series(): readonly { readonly labels: Labels; readonly values: Float64Array }[];
}

type SimpleFunction = Exclude<MetricsFunction, { kind: "compare" }>;

const NS_PER_SECOND = 1e9;

export function makeAccumulator(call: SimpleFunction, steps: number, stepSeconds: number): Accumulator {
  switch (call.kind) {
    case "rate":
      return new Counts(steps, stepSeconds);
    case "count_over_time":
      return new Counts(steps, 1);
    case "min_over_time":
      return new Fold(steps, (held, value) => (value < held || Number.isNaN(held) ? value : held));
    case "max_over_time":
      return new Fold(steps, (held, value) => (value > held || Number.isNaN(held) ? value : held));
    case "sum_over_time":
      return new Fold(steps, (held, value) => (Number.isNaN(held) ? value : held + value));
    case "avg_over_time":
      return new Average(steps);
    case "histogram_over_time":
      return new Histogram(steps, undefined);
    case "quantile_over_time":
      return new Histogram(steps, call.quantiles);
  }
}

class Counts implements Accumulator {
  readonly #counts: Float64Array;

  constructor(
    steps: number,
    readonly perSeconds: number,
  ) {
    this.#counts = new Float64Array(steps);
  }

  add(step: number): void {
    this.#counts[step]++;
  }

  series(): ReturnType<Accumulator["series"]> {
    return [{ labels: [], values: this.#counts.map((count) => count / this.perSeconds) }];
  }
}

const inSeconds = (value: Value): number => {
  if (value.type === "duration") return value.value / NS_PER_SECOND;
  return value.type === "int" || value.type === "float" ? value.value : Number.NaN;
};

class Fold implements Accumulator {
  readonly #values: Float64Array;

  constructor(
    steps: number,
    readonly fold: (held: number, value: number) => number,
  ) {
    this.#values = new Float64Array(steps).fill(Number.NaN);
  }

  add(step: number, value: Value): void {
    const number = inSeconds(value);
    if (!Number.isNaN(number)) this.#values[step] = this.fold(this.#values[step], number);
  }

  series(): ReturnType<Accumulator["series"]> {
    return [{ labels: [], values: this.#values }];
  }
}

class Average implements Accumulator {
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  constructor(steps: number) {
    this.#sums = new Float64Array(steps);
    this.#counts = new Float64Array(steps);
  }

  add(step: number, value: Value): void {
    const number = inSeconds(value);
    if (Number.isNaN(number)) return;
    this.#sums[step] += number;
    this.#counts[step]++;
  }

  series(): ReturnType<Accumulator["series"]> {
    // Without any, 0 / 0 is NaN: nothing.
    return [{ labels: [], values: this.#sums.map((sum, step) => sum / this.#counts[step]) }];
  }
}

interface Bucket {
  readonly max: number;
  readonly count: number;
}

class Histogram implements Accumulator {
  /** Upper bound of a bucket to its counts by step. */
  readonly #buckets = new Map<number, Float64Array>();

  constructor(
    readonly steps: number,
    /** Undefined: the buckets themselves are the series. */
    readonly quantiles: readonly number[] | undefined,
  ) {}

  add(step: number, value: Value): void {
    if (value.type !== "duration" && value.type !== "int" && value.type !== "float") return;
    if (value.value < 2) return;
    const max = 2 ** Math.ceil(Math.log2(value.value)) / (value.type === "duration" ? NS_PER_SECOND : 1);
    let counts = this.#buckets.get(max);
    if (counts === undefined) this.#buckets.set(max, (counts = new Float64Array(this.steps)));
    counts[step]++;
  }

  series(): ReturnType<Accumulator["series"]> {
    const buckets = [...this.#buckets].sort(([a], [b]) => a - b);
    if (buckets.length === 0) return [];
    const { quantiles } = this;
    if (quantiles === undefined) {
      return buckets.map(([max, values]) => ({ labels: [["__bucket", { type: "float", value: max }]], values }));
    }
    return quantiles.map((quantile) => ({
      labels: [["p", { type: "float", value: quantile }]],
      values: Float64Array.from({ length: this.steps }, (_, step) =>
        bucketQuantile(
          quantile,
          buckets.flatMap(([max, counts]) => (counts[step] === 0 ? [] : [{ max, count: counts[step] }])),
        ),
      ),
    }));
  }
}

/** Between the bounds of its bucket by the share of the bucket's samples that lie below, on a logarithmic scale. */
function bucketQuantile(quantile: number, buckets: readonly Bucket[]): number {
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return 0;
  const wanted = Math.max(1, Math.ceil(quantile * total));
  let below = 0;
  for (const [at, { max, count }] of buckets.entries()) {
    if (below + count === wanted) return max;
    if (below + count > wanted) {
      const upper = Math.log2(max);
      const lower = at > 0 ? Math.log2(buckets[at - 1].max) : upper - 1;
      return 2 ** (lower + ((upper - lower) * (wanted - below)) / count);
    }
    below += count;
  }
  return buckets[buckets.length - 1].max;
}
