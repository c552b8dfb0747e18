/**
 * Queries over a log reader: lines for a selector, series for a metric. Source: grafana/loki pkg/logql/engine.go,
 * evaluator.go.
 */
import { compareLabelSets, LabelSet } from "../promql/label-set.js";
import { compileRegex } from "../promql/matcher.js";
import type { LogReader, ScanCount } from "../../telemetry/log-reader.js";
import type {
  Expr,
  Grouping,
  LabelReplace,
  LogSelector,
  MetricExpr,
  RangeAggregation,
  VectorAggregation,
} from "./ast.js";
import { binaryFrame } from "./binary.js";
import type { Grid, MetricFrame, Series } from "./frame.js";
import { LineState, type LabelKinds } from "./line-state.js";
import { DEFAULT_LOGQL_LIMITS, LogqlBudget, type LogqlLimits } from "./limits.js";
import { compileStages } from "./pipeline.js";
import { QueryFailure } from "./problem.js";
import { RANGE_FUNCTIONS } from "./range-functions.js";
import { expandGroups } from "./regex-expand.js";
import { collectSamples, type SampleSeries } from "./range-samples.js";
import { aggregateSeries } from "./vector-aggregation.js";

export interface StreamEntry {
  readonly timeUs: number;
  readonly line: string;
  readonly kinds: LabelKinds;
}

export interface StreamResult {
  readonly labels: LabelSet;
  readonly entries: readonly StreamEntry[];
}

export type LogqlValue =
  | { readonly kind: "streams"; readonly streams: readonly StreamResult[] }
  | { readonly kind: "scalar"; readonly timeMs: number; readonly value: number }
  | {
      readonly kind: "vector";
      readonly timeMs: number;
      readonly samples: readonly { readonly labels: LabelSet; readonly value: number }[];
    }
  | {
      readonly kind: "matrix";
      readonly series: readonly {
        readonly labels: LabelSet;
        readonly points: readonly (readonly [timeMs: number, value: number])[];
      }[];
    };

export interface LogqlAnswer {
  readonly value: LogqlValue;
  readonly linesExamined: number;
  /** Of their texts. */
  readonly bytesExamined: number;
  /** Of those, what all stages let pass. */
  readonly linesPassed: number;
  /** By the clock of the limits; 0 without one. */
  readonly elapsedMs: number;
}

export interface LineWindow {
  /** The start is part of it, the end is not. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly limit: number;
  readonly newestFirst: boolean;
}

/** The lines of a selector, at most `limit` of them, by their labels after all stages. */
export function evaluateLines(
  selector: LogSelector,
  reader: LogReader,
  window: LineWindow,
  limits: LogqlLimits = DEFAULT_LOGQL_LIMITS,
): LogqlAnswer {
  const budget = new LogqlBudget(limits);
  const streams = new Map<string, { readonly labels: LabelSet; readonly entries: StreamEntry[] }>();
  let count = 0;
  const counted = budget.scanCount();
  visitLines(selector, reader, { ...window, counted, budget }, (line) => {
    const labels = LabelSet.of(line.labels());
    let stream = streams.get(labels.key);
    if (stream === undefined) streams.set(labels.key, (stream = { labels, entries: [] }));
    stream.entries.push({ timeUs: line.timeUs, line: line.line, kinds: line.kinds() });
    return ++count < window.limit;
  });
  const sorted = [...streams.values()].sort((left, right) => compareLabelSets(left.labels, right.labels));
  const { elapsedMs, bytes: bytesExamined } = budget;
  return {
    value: { kind: "streams", streams: sorted },
    linesExamined: counted.lines,
    bytesExamined,
    linesPassed: count,
    elapsedMs,
  };
}

export interface LineVisit {
  readonly fromUs: number;
  readonly toUs: number;
  readonly newestFirst: boolean;
  readonly counted: ScanCount;
  readonly budget: LogqlBudget;
}

/** Visits the lines that pass all stages until `visit` answers false. */
export function visitLines(
  selector: LogSelector,
  reader: LogReader,
  { fromUs, toUs, newestFirst, counted, budget }: LineVisit,
  visit: (line: LineState) => boolean,
): void {
  const { tests, process } = compileStages(selector.stages);
  const line = new LineState();
  const { matchers } = selector;
  reader.scan(
    { matchers, fromUs, toUs, tests, newestFirst },
    (view) => {
      if (view.timeUs >= toUs) return true;
      line.enter(view, reader.streamLabels(view.stream));
      budget.addLine();
      return process(line) ? visit(line) : true;
    },
    counted,
  );
  budget.addLines(counted.lines);
}

/** The value of a metric at one instant. */
export function evaluateInstant(
  expr: MetricExpr,
  reader: LogReader,
  atMs: number,
  limits: LogqlLimits = DEFAULT_LOGQL_LIMITS,
): LogqlAnswer {
  const evaluation = new Evaluation(reader, { startMs: atMs, stepMs: 1, steps: 1 }, new LogqlBudget(limits));
  const frame = evaluation.evaluate(expr);
  const { lines: linesExamined, bytes: bytesExamined, samples: linesPassed, elapsedMs } = evaluation.budget;
  const figures = { linesExamined, bytesExamined, linesPassed, elapsedMs };
  if (frame.kind === "scalar") return { value: { kind: "scalar", timeMs: atMs, value: frame.value }, ...figures };
  const samples = frame.series.flatMap(({ labels, values: [value] }) =>
    value === undefined ? [] : [{ labels, value }],
  );
  evaluation.budget.checkSeries(samples.length, 1);
  if (!isRanked(expr)) samples.sort((left, right) => compareLabelSets(left.labels, right.labels));
  return { value: { kind: "vector", timeMs: atMs, samples }, ...figures };
}

/** Whether the order of the series is part of the result. */
function isRanked(expr: MetricExpr): boolean {
  return expr.kind === "vector-aggregation" && (expr.operator === "sort" || expr.operator === "sort_desc");
}

/** The values of a metric at `startMs`, `startMs + stepMs` … up to `endMs`. */
export function evaluateRange(
  expr: MetricExpr,
  reader: LogReader,
  { startMs, endMs, stepMs }: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
  limits: LogqlLimits = DEFAULT_LOGQL_LIMITS,
): LogqlAnswer {
  const steps = Math.floor((endMs - startMs) / stepMs) + 1;
  const budget = new LogqlBudget(limits);
  budget.checkSteps(steps);
  const frame = new Evaluation(reader, { startMs, stepMs, steps }, budget).evaluate(expr);
  const rows: readonly Series[] =
    frame.kind === "vector"
      ? frame.series
      : [{ labels: LabelSet.EMPTY, values: new Array<number>(steps).fill(frame.value) }];
  const series = rows
    .map(({ labels, values }) => ({
      labels,
      points: values.flatMap((value, step) => (value === undefined ? [] : [[startMs + step * stepMs, value] as const])),
    }))
    .filter(({ points }) => points.length > 0)
    .sort((left, right) => compareLabelSets(left.labels, right.labels));
  budget.checkSeries(series.length, steps);
  const { lines: linesExamined, bytes: bytesExamined, samples: linesPassed, elapsedMs } = budget;
  return { value: { kind: "matrix", series }, linesExamined, bytesExamined, linesPassed, elapsedMs };
}

export const isMetric = (expr: Expr): expr is MetricExpr => expr.kind !== "log";

/** Sums that may be done while lines are counted. */
const SUMMED: ReadonlySet<string> = new Set([
  "count_over_time",
  "rate",
  "bytes_over_time",
  "bytes_rate",
  "sum_over_time",
]);

class Evaluation {
  constructor(
    private readonly reader: LogReader,
    private readonly grid: Grid,
    readonly budget: LogqlBudget,
  ) {}

  evaluate(expr: MetricExpr): MetricFrame {
    const { steps } = this.grid;
    switch (expr.kind) {
      case "literal":
        return { kind: "scalar", value: expr.value };
      case "vector":
        return {
          kind: "vector",
          series: [{ labels: LabelSet.EMPTY, values: new Array<number>(steps).fill(expr.value) }],
        };
      case "range-aggregation":
        return this.#checked(this.#range(expr, undefined));
      case "vector-aggregation":
        return this.#checked(aggregateSeries(expr, this.#inner(expr), steps));
      case "binary":
        return binaryFrame(expr, this.evaluate(expr.left), this.evaluate(expr.right), steps);
      case "label-replace":
        return { kind: "vector", series: replaceLabels(expr, this.#series(expr.expr)) };
    }
  }

  /** Holds a part of the query to its budget before anything is made of it. */
  #checked(series: readonly Series[]): MetricFrame {
    this.budget.checkPoints(series.length, this.grid.steps);
    return { kind: "vector", series };
  }

  #series(expr: MetricExpr): readonly Series[] {
    const frame = this.evaluate(expr);
    if (frame.kind === "vector") return frame.series;
    return [{ labels: LabelSet.EMPTY, values: new Array<number>(this.grid.steps).fill(frame.value) }];
  }

  /** A sum right around a count of lines needs only its own labels of them. */
  #inner({ operator, grouping, expr }: VectorAggregation): readonly Series[] {
    if (operator !== "sum" || expr.kind !== "range-aggregation") return this.#series(expr);
    if (expr.grouping !== undefined || !SUMMED.has(expr.operator)) return this.#series(expr);
    return this.#range(expr, grouping ?? { without: false, labels: [] });
  }

  #range(expr: RangeAggregation, outer: Grouping | undefined): readonly Series[] {
    const { startMs, stepMs, steps } = this.grid;
    const { rangeMs, offsetMs } = expr.range;
    const fromUs = (startMs - offsetMs - rangeMs) * 1e3;
    const toUs = (startMs + (steps - 1) * stepMs - offsetMs) * 1e3;
    const samples = collectSamples(expr, outer, { reader: this.reader, budget: this.budget, fromUs, toUs });
    if (expr.operator !== "absent_over_time") {
      this.budget.checkPoints(samples.length, steps);
      return samples.map((series) => ({ labels: series.labels, values: this.#slide(expr, series) }));
    }
    const present = samples.map((series) => this.#slide(expr, series));
    const values = Array.from({ length: steps }, (_, step) =>
      present.some((row) => row[step] !== undefined) ? undefined : 1,
    );
    return [{ labels: absentLabels(expr), values }];
  }

  /** The aggregation at each instant: the range moves on over the samples. */
  #slide(expr: RangeAggregation, { timesUs, values }: SampleSeries): (number | undefined)[] {
    const { startMs, stepMs, steps } = this.grid;
    const { rangeMs, offsetMs } = expr.range;
    const compute = RANGE_FUNCTIONS[expr.operator];
    const out = new Array<number | undefined>(steps);
    let [from, to] = [0, 0];
    for (let step = 0; step < steps; step++) {
      const endUs = (startMs + step * stepMs - offsetMs) * 1e3;
      const startUs = endUs - rangeMs * 1e3;
      while (from < timesUs.length && timesUs[from] <= startUs) from++;
      while (to < timesUs.length && timesUs[to] <= endUs) to++;
      out[step] = to > from ? compute({ timesUs, values, from, to, startUs, endUs }, expr.parameter ?? 0) : undefined;
    }
    return out;
  }
}

/** Labels that the selector names for certain, once each. */
function absentLabels({ range }: RangeAggregation): LabelSet {
  const { matchers } = range.selector;
  const labels: Record<string, string> = {};
  for (const { name, operator, value } of matchers) {
    if (operator === "=" && matchers.filter((other) => other.name === name).length === 1) labels[name] = value;
  }
  return LabelSet.of(labels);
}

function replaceLabels(
  { regex, replacement, source, target, ...place }: LabelReplace,
  series: readonly Series[],
): Series[] {
  const compiled = compileRegex(`^(?:${regex})$`, regex);
  if (!compiled.ok) throw new QueryFailure(compiled.error, place);
  const replaced = series.map(({ labels, values }) => {
    const matcher = compiled.value.matcher(labels.get(source));
    if (!matcher.matches()) return { labels, values };
    return { labels: labels.with({ [target]: expandGroups(replacement, matcher) }), values };
  });
  const keys = new Set(replaced.map(({ labels }) => labels.key));
  if (keys.size < replaced.length) {
    throw new QueryFailure("vector cannot contain metrics with the same labelset", place);
  }
  return replaced;
}
