/**
 * Queries as the rest of the program asks them: prepared once, evaluated at an instant or over a range as often as wanted.
 * A prepared query keeps what depends on labels alone; it belongs to one reader at a time and forgets when it meets another.
 */
import { assert } from "../../base/assert.js";
import type { Diagnostic } from "../../base/diagnostic.js";
import { success, type Result } from "../../base/result.js";
import type { MetricReader } from "../../telemetry/metric-reader.js";
import { Annotations } from "./annotations.js";
import { withoutParens, type Expr, type MatrixSelector, type ValueType } from "./ast.js";
import { typeOf } from "./check.js";
import { QueryError } from "./errors.js";
import { Evaluator, QueryMemory, type EvaluationContext } from "./evaluate.js";
import type { ExplainRecorder } from "./explain-recorder.js";
import { ABSENT, type Frame, type VectorFrame } from "./frame.js";
import { compareLabelSets, LabelSet } from "./label-set.js";
import { DEFAULT_QUERY_LIMITS, QueryBudget, type QueryLimits, type QueryWatch } from "./limits.js";
import { parseQuery, type QueryDurations } from "./parse.js";
import { emptyView, emptyWindow, prepareRange } from "./samples.js";

export interface PreparedQuery {
  readonly text: string;
  readonly expr: Expr;
  readonly type: ValueType;
  readonly language: LanguageOptions;
  /** Its durations depend on the range that it is asked for. */
  readonly movingDurations: boolean;
  /** Belongs to the evaluator. */
  readonly memory: QueryMemory;
}

/** Which PromQL is meant; the defaults are those of Prometheus 3. */
export interface LanguageOptions {
  /** With the functions and modifiers that Prometheus calls experimental. */
  readonly experimental?: boolean;
  /** With Prometheus's promql-delayed-name-removal. */
  readonly delayedNameRemoval?: boolean;
}

/** What an evaluation may cost, and who watches it. */
export interface QueryOptions extends QueryLimits, QueryWatch {
  readonly explain?: ExplainRecorder;
}

/** What rides beside every result. */
export interface QueryRemarks {
  /** Part of the data could not be used. */
  readonly warnings: readonly string[];
  /** The result may not be what was meant. */
  readonly infos: readonly string[];
  readonly samplesRead: number;
  readonly seriesRead: number;
  /** The most samples that one part of the query held at once. */
  readonly samplesPeak: number;
}

export interface VectorSample {
  readonly labels: LabelSet;
  readonly value: number;
}

export interface MatrixSeries {
  readonly labels: LabelSet;
  /** Ascending; `values[i]` belongs to `timesMs[i]`. */
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

export type QueryValue =
  | { readonly kind: "scalar"; readonly timeMs: number; readonly value: number }
  | { readonly kind: "string"; readonly timeMs: number; readonly value: string }
  | { readonly kind: "vector"; readonly timeMs: number; readonly samples: readonly VectorSample[] }
  | { readonly kind: "matrix"; readonly series: readonly MatrixSeries[] };

export type QueryResult = QueryValue & QueryRemarks;

/** A query ready to be evaluated, or what is wrong with its text. */
export function prepareQuery(text: string, language: LanguageOptions = {}): Result<PreparedQuery, Diagnostic[]> {
  return prepare(text, language, undefined);
}

function prepare(
  text: string,
  language: LanguageOptions,
  durations: QueryDurations | undefined,
): Result<PreparedQuery, Diagnostic[]> {
  const experimental = language.experimental === true;
  const parsed = parseQuery(text, durations === undefined ? { experimental } : { experimental, durations });
  if (!parsed.ok) return parsed;
  const { expr, movingDurations } = parsed.value;
  return success({ text, expr, type: typeOf(expr), language, movingDurations, memory: new QueryMemory() });
}

/** The query for one range: `step()` and `range()` in its durations have their values. */
function settled(query: PreparedQuery, startMs: number, endMs: number, stepMs: number): PreparedQuery {
  if (!query.movingDurations) return query;
  const durations = { stepSeconds: stepMs / 1000, rangeSeconds: (endMs - startMs) / 1000 };
  const prepared = prepare(query.text, query.language, durations);
  if (!prepared.ok) throw new QueryError(prepared.error[0].message, prepared.error[0]);
  return prepared.value;
}

/**
 * The value of a query at one instant: a vector, a matrix (for a range vector), a scalar or a string.
 * Throws QueryError where the data do not allow an answer and LimitError where it would cost too much.
 */
export function evaluateInstant(
  prepared: PreparedQuery,
  reader: MetricReader,
  atMs: number,
  options: QueryOptions = DEFAULT_QUERY_LIMITS,
): QueryResult {
  const query = settled(prepared, atMs, atMs, 0);
  const context = contextOf(query, reader, { startMs: atMs, endMs: atMs, stepMs: 0 }, options);
  const range = withoutParens(query.expr);
  if (range.kind === "matrix-selector") return withRemarks(storedSamples(range, context, atMs), context);
  const grid = { startMs: atMs, stepMs: 1, steps: 1 };
  if (range.kind === "subquery") return withRemarks(subqueryPoints(query, range, context, atMs), context);
  return withRemarks(instantValue(new Evaluator(context, grid).finished(query.expr), atMs), context);
}

/** Instants at equal distances. */
export interface InstantGrid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

/**
 * What a query gives at each of many instants, read in one pass, by the number of the instant. For expressions that mean
 * at an instant of a range what they mean at the same instant alone: no `@ start()`, nothing sorted.
 */
export function evaluateInstants(
  prepared: PreparedQuery,
  reader: MetricReader,
  grid: InstantGrid,
  options: QueryOptions = DEFAULT_QUERY_LIMITS,
): (step: number) => readonly VectorSample[] {
  assert(!prepared.movingDurations, "durations that depend on the range are those of one instant");
  const { startMs, stepMs, steps } = grid;
  const context = contextOf(prepared, reader, { startMs, endMs: startMs + (steps - 1) * stepMs, stepMs }, options);
  const frame = new Evaluator(context, grid).finished(prepared.expr);
  return (step) => samplesAt(frame, step, steps);
}

function samplesAt(frame: Frame, step: number, steps: number): readonly VectorSample[] {
  if (frame.kind === "string") return [];
  if (frame.kind === "scalar") return [{ labels: LabelSet.EMPTY, value: frame.values[step] }];
  return frame.labelSets.flatMap((labels, row) => {
    const value = frame.values[row * steps + step];
    return value === ABSENT ? [] : [{ labels, value }];
  });
}

/** The values of a query at `startMs`, `startMs + stepMs` … up to `endMs`, as a matrix sorted by labels; a scalar is a series without labels. */
export function evaluateRange(
  prepared: PreparedQuery,
  reader: MetricReader,
  startMs: number,
  endMs: number,
  stepMs: number,
  options: QueryOptions = DEFAULT_QUERY_LIMITS,
): QueryResult {
  assert(stepMs > 0 && endMs >= startMs, "a range query goes forward");
  const query = settled(prepared, startMs, endMs, stepMs);
  if (query.type === "matrix" || query.type === "string") {
    const name = query.type === "matrix" ? "range vector" : "string";
    throw new QueryError(
      `invalid expression type "${name}" for range query, must be Scalar or instant Vector`,
      query.expr,
    );
  }
  const steps = Math.floor((endMs - startMs) / stepMs) + 1;
  const context = contextOf(query, reader, { startMs, endMs, stepMs }, options);
  context.budget.checkSteps(steps - 1);
  const frame = new Evaluator(context, { startMs, stepMs, steps }).finished(query.expr);
  const times = Float64Array.from({ length: steps }, (_, step) => startMs + step * stepMs);
  return withRemarks({ kind: "matrix", series: matrixOf(frame, times) }, context);
}

function contextOf(
  { text, memory, language }: PreparedQuery,
  reader: MetricReader,
  asked: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
  options: QueryOptions,
): EvaluationContext {
  return {
    reader,
    memory,
    budget: new QueryBudget(options, options),
    annotations: new Annotations(text),
    queryStartMs: asked.startMs,
    queryEndMs: asked.endMs,
    queryStepMs: asked.stepMs,
    delayedNameRemoval: language.delayedNameRemoval === true,
    explain: options.explain,
  };
}

function withRemarks(value: QueryValue, { budget, annotations }: EvaluationContext): QueryResult {
  return {
    ...value,
    warnings: annotations.warnings,
    infos: annotations.infos,
    samplesRead: budget.samplesRead,
    seriesRead: budget.seriesRead,
    samplesPeak: budget.samplesPeak,
  };
}

function instantValue(frame: Frame, timeMs: number): QueryValue {
  if (frame.kind === "scalar") return { kind: "scalar", timeMs, value: frame.values[0] };
  if (frame.kind === "string") return { kind: "string", timeMs, value: frame.value };
  const samples: VectorSample[] = [];
  frame.labelSets.forEach((labels, row) => {
    const value = frame.values[row];
    if (value !== ABSENT) samples.push({ labels, value });
  });
  return { kind: "vector", timeMs, samples };
}

function matrixOf(frame: Frame, times: Float64Array): MatrixSeries[] {
  if (frame.kind === "vector") return seriesOf(frame, times);
  assert(frame.kind === "scalar", "a range query gives a vector or a scalar");
  return [{ labels: LabelSet.EMPTY, timesMs: times, values: frame.values }];
}

function seriesOf(frame: VectorFrame, times: Float64Array): MatrixSeries[] {
  const steps = times.length;
  const series: MatrixSeries[] = [];
  frame.labelSets.forEach((labels, row) => {
    const values = frame.values.subarray(row * steps, (row + 1) * steps);
    const present = values.reduce((count, value) => (value === ABSENT ? count : count + 1), 0);
    if (present === steps) series.push({ labels, timesMs: times, values });
    else if (present > 0) series.push({ labels, ...withoutAbsent(times, values, present) });
  });
  return series.sort((left, right) => compareLabelSets(left.labels, right.labels));
}

function withoutAbsent(
  times: Float64Array,
  values: Float64Array,
  present: number,
): { timesMs: Float64Array; values: Float64Array } {
  const out = { timesMs: new Float64Array(present), values: new Float64Array(present) };
  let count = 0;
  for (let step = 0; step < times.length; step++) {
    if (values[step] === ABSENT) continue;
    out.timesMs[count] = times[step];
    out.values[count++] = values[step];
  }
  return out;
}

/** The raw samples of a range selector, for an instant query that is nothing but one. */
function storedSamples(expr: MatrixSelector, context: EvaluationContext, atMs: number): QueryValue {
  const { reader, memory, budget } = context;
  const { refs, labelSets } = memory.selection(reader, expr.selector);
  budget.addSeries(refs.length);
  const { at, offsetMs } = expr.selector;
  const endMs = (at?.kind === "time" ? at.ms : atMs) - offsetMs;
  const window = emptyWindow();
  const view = emptyView();
  const series: MatrixSeries[] = [];
  refs.forEach((ref, row) => {
    reader.window(ref, endMs - expr.rangeMs, endMs, window);
    budget.addSamples(window.to - window.from);
    prepareRange(window, view);
    if (view.to === view.from) return;
    series.push({
      labels: labelSets[row],
      timesMs: view.timesMs.slice(view.from, view.to),
      values: view.values.slice(view.from, view.to),
    });
  });
  return { kind: "matrix", series: series.sort((left, right) => compareLabelSets(left.labels, right.labels)) };
}

/** The points of a subquery, for an instant query that is nothing but one. */
function subqueryPoints(
  query: PreparedQuery,
  expr: Extract<Expr, { kind: "subquery" }>,
  context: EvaluationContext,
  atMs: number,
): QueryValue {
  const { budget } = context;
  const stepMs = expr.stepMs ?? budget.limits.subqueryStepMs;
  const endMs = (expr.at?.kind === "time" ? expr.at.ms : atMs) - expr.offsetMs;
  const startMs = (Math.floor((endMs - expr.rangeMs) / stepMs) + 1) * stepMs;
  const steps = Math.floor((endMs - startMs) / stepMs) + 1;
  budget.checkSubquerySteps(steps);
  if (steps <= 0) return { kind: "matrix", series: [] };
  const frame = new Evaluator(context, { startMs, stepMs, steps }).finished(expr.expr);
  assert(frame.kind === "vector", `a subquery of ${query.text} is over a vector`);
  const times = Float64Array.from({ length: steps }, (_, step) => startMs + step * stepMs);
  return { kind: "matrix", series: seriesOf(frame, times) };
}
