/**
 * Metrics queries: spans of the pipeline to series over steps. A step's value stands at its end, and the step holds what
 * began after its start up to and including its end, as in PromQL and in Tempo since 2.8.
 */
import type { SpanReader } from "../../telemetry/span-reader.js";
import { makeAccumulator, type Accumulator } from "./accumulators.js";
import type { MetricsExpression, MetricsQuery, NamedField, Value } from "./ast.js";
import { SpanContext } from "./compile-field.js";
import { Comparison } from "./compare.js";
import { TraceqlBudget, type TraceqlLimits } from "./limits.js";
import {
  applySecondStages,
  combineSeries,
  type Exemplar,
  type Labels,
  labelsKey,
  type MetricsSeries,
  NAME_LABEL,
} from "./metrics-series.js";
import { printField } from "./print.js";
import { findRows, groupByTrace, isDecidedByFirst } from "./search.js";
import { firstConditions, PipelineEvaluator } from "./spansets.js";
import { keyOf, numberOf } from "./values.js";

export interface MetricsOptions {
  /** Left open, right closed. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly stepUs: number;
  /** Of the whole answer. */
  readonly exemplars?: number;
  readonly limits?: TraceqlLimits;
  readonly clockMs?: () => number;
}

export interface MetricsAnswer {
  readonly series: readonly MetricsSeries[];
  /** Ends of the steps. */
  readonly timesUs: Float64Array;
  readonly spansExamined: number;
}

interface Frame {
  readonly fromUs: number;
  readonly toUs: number;
  readonly stepUs: number;
  readonly steps: number;
}

/** What rows of the pipeline are handed to. */
interface Sink {
  add(row: number, step: number): void;
}

export function evaluateMetrics(
  reader: SpanReader,
  metrics: MetricsExpression,
  options: MetricsOptions,
): MetricsAnswer {
  const { fromUs, toUs, stepUs } = options;
  const budget = new TraceqlBudget(options.limits, options.clockMs);
  const steps = Math.max(0, Math.ceil((toUs - fromUs) / stepUs));
  budget.checkSteps(steps);
  const frame = { fromUs, toUs, stepUs, steps };
  const evaluated = evaluate(reader, metrics, frame, budget);
  return {
    series: limitExemplars(evaluated.filter(hasValues), options.exemplars ?? 0),
    timesUs: Float64Array.from({ length: steps }, (_, step) => fromUs + (step + 1) * stepUs),
    spansExamined: budget.spans,
  };
}

const hasValues = ({ values }: MetricsSeries): boolean => values.some((value) => !Number.isNaN(value));

function evaluate(
  reader: SpanReader,
  metrics: MetricsExpression,
  frame: Frame,
  budget: TraceqlBudget,
): readonly MetricsSeries[] {
  const series =
    metrics.kind === "metrics"
      ? evaluateQuery(reader, metrics, frame, budget)
      : combineSeries(
          metrics.operator,
          evaluate(reader, metrics.left, frame, budget),
          evaluate(reader, metrics.right, frame, budget),
        );
  budget.addSeries(series.length);
  return applySecondStages(series, metrics.then);
}

function evaluateQuery(
  reader: SpanReader,
  query: MetricsQuery,
  frame: Frame,
  budget: TraceqlBudget,
): readonly MetricsSeries[] {
  const call = query.function;
  if (call.kind === "compare") {
    const comparison = new Comparison(call, frame.steps);
    for (const columns of reader.stretches()) {
      const context = new SpanContext(columns, budget);
      feed(context, query, frame, comparison.sinkFor(context));
    }
    return comparison.series();
  }
  const groups = new Groups(query, frame, budget);
  for (const columns of reader.stretches()) {
    const context = new SpanContext(columns, budget);
    feed(context, query, frame, groups.sinkFor(context));
  }
  return groups.series();
}

/** Hands over each span of the pipeline's spansets once. */
function feed(context: SpanContext, { stages }: MetricsQuery, frame: Frame, sink: Sink): void {
  const { columns } = context;
  const toUs = Math.min(frame.toUs, frame.fromUs + frame.steps * frame.stepUs);
  // Rows are in order of the truth; steps go by what the clocks of processes say.
  const aheadUs = columns.aheadUsMax?.(toUs) ?? 0;
  const window = { fromUs: frame.fromUs + 1 - aheadUs, toUs: toUs + aheadUs };
  const rows = findRows(context, firstConditions(stages), window);
  const add = (row: number): void => {
    const step = Math.ceil((columns.startUs(row) - frame.fromUs) / frame.stepUs) - 1;
    if (step >= 0 && step < frame.steps && columns.startUs(row) <= frame.toUs) sink.add(row, step);
  };
  if (isDecidedByFirst(stages)) {
    rows.forEach(add);
    return;
  }
  const evaluator = new PipelineEvaluator(context);
  const candidates = groupByTrace(columns, rows);
  for (let at = 0; at < candidates.count; at++) {
    const spansets = evaluator.run(stages, [{ rows: candidates.rowsOf(at), attributes: [] }]);
    for (const row of new Set(spansets.flatMap((spanset) => spanset.rows))) add(row);
  }
}

interface Group {
  readonly labels: Labels;
  readonly accumulator: Accumulator;
  /** By step: the first span. */
  readonly exemplars: Map<number, Exemplar>;
}

/** The spans of a query by the values of its `by` fields. */
class Groups {
  readonly #groups = new Map<string, Group>();

  constructor(
    readonly query: MetricsQuery,
    readonly frame: Frame,
    readonly budget: TraceqlBudget,
  ) {}

  sinkFor(context: SpanContext): Sink {
    const call = this.query.function;
    const groupOf = this.#grouping(context);
    const read = "of" in call ? context.read(call.of) : undefined;
    const { columns } = context;
    return {
      add: (row, step) => {
        const group = groupOf(row);
        const value: Value = read?.(row) ?? { type: "nil" };
        group.accumulator.add(step, value);
        if (group.exemplars.has(step)) return;
        group.exemplars.set(step, {
          traceId: columns.traceId(row),
          timeUs: columns.startUs(row),
          value: seconds(value),
        });
      },
    };
  }

  series(): readonly MetricsSeries[] {
    const name = this.query.function.kind;
    const series = [...this.#groups.values()].flatMap(({ labels, accumulator, exemplars }) =>
      accumulator.series().map((part, index) => ({
        labels: labelsOf(name, labels, part.labels),
        values: part.values,
        // Of several series that share their spans the first has the exemplars.
        exemplars: index > 0 ? [] : [...exemplars].map(([step, exemplar]) => withValue(exemplar, part.values[step])),
      })),
    );
    return series.sort((a, b) => (labelsKey(a.labels) < labelsKey(b.labels) ? -1 : 1));
  }

  /** The group of a row; by shape alone where the shape decides all fields. */
  #grouping(context: SpanContext): (row: number) => Group {
    const { by } = this.query;
    const { columns } = context;
    const byShape: (Group | null | undefined)[] = [];
    const readers = by.map((field) => context.read(field));
    return (row) => {
      const shape = columns.shape(row);
      let group = byShape[shape];
      if (group === undefined) group = byShape[shape] = this.#groupOfShape(context, shape, by);
      return group ?? this.#group(readers.map((read) => read(row)));
    };
  }

  #groupOfShape(context: SpanContext, shape: number, by: readonly NamedField[]): Group | null {
    const values = by.map((field) => context.constantOf(shape, field));
    return values.includes(undefined) ? null : this.#group(values.filter((value) => value !== undefined));
  }

  #group(values: readonly Value[]): Group {
    const key = JSON.stringify(values.map(keyOf));
    let group = this.#groups.get(key);
    if (group !== undefined) return group;
    const call = this.query.function;
    if (call.kind === "compare") throw new TypeError("compare() has groups of its own");
    const { steps, stepUs } = this.frame;
    const labels = this.query.by.map((field, index) => [printField(field), values[index]] as const);
    group = {
      labels: presentLabels(labels),
      accumulator: makeAccumulator(call, steps, stepUs / 1e6),
      exemplars: new Map(),
    };
    this.#groups.set(key, group);
    this.budget.addSeries(this.#groups.size);
    return group;
  }
}

/** Values that are missing are left out, unless all are. */
function presentLabels(labels: Labels): Labels {
  const present = labels.filter(([, value]) => value.type !== "nil");
  return present.length === 0 ? labels : present;
}

/** A series without any label of its own is named by its function. */
function labelsOf(name: string, group: Labels, own: Labels): Labels {
  const labels = [...group, ...own];
  return labels.length === 0 ? [[NAME_LABEL, { type: "string", value: name }]] : labels;
}

const seconds = (value: Value): number => (value.type === "duration" ? value.value / 1e9 : numberOf(value));

/** Counts have no value of a span: the exemplar stands on the line. */
const withValue = (exemplar: Exemplar, value: number): Exemplar =>
  Number.isNaN(exemplar.value) ? { ...exemplar, value } : exemplar;

/** At most so many in all, the same share of each series. */
function limitExemplars(series: readonly MetricsSeries[], limit: number): readonly MetricsSeries[] {
  const share = Math.max(limit > 0 ? 1 : 0, Math.floor(limit / Math.max(1, series.length)));
  let left = limit;
  return series.map((one) => {
    const every = Math.ceil(one.exemplars.length / Math.max(1, Math.min(share, left)));
    const exemplars = left <= 0 ? [] : one.exemplars.filter((_, index) => index % every === 0).slice(0, share);
    left -= exemplars.length;
    return { ...one, exemplars };
  });
}
