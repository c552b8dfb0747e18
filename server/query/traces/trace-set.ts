/**
 * All traces that a query finds in a window, as columns: where each begins, how long it took, how many spans it has and
 * how many of them failed. One scan for the spans that match, one pass over what came since the first of their traces.
 */
import type { SpanColumns, SpanReader } from "../../telemetry/span-reader.js";
import type { Stage } from "../traceql/ast.js";
import { SpanContext } from "../traceql/compile-field.js";
import { TraceqlBudget, type TraceqlLimits } from "../traceql/limits.js";
import { findRows, groupByTrace, isDecidedByFirst } from "../traceql/search.js";
import { firstConditions, PipelineEvaluator } from "../traceql/spansets.js";

export interface TraceSetOptions {
  /** Spans that began in `[fromUs, toUs]`, both included, are looked at. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Of the trace; both included. */
  readonly minDurationUs?: number;
  readonly maxDurationUs?: number;
  readonly limits?: TraceqlLimits;
  readonly clockMs?: () => number;
}

/** The traces of one stretch, in order of their beginnings. Entry n of each column is of trace n. */
export interface TracePart {
  readonly columns: SpanColumns;
  readonly count: number;
  /** Number of the trace in its stretch. */
  readonly trace: Uint32Array;
  /** First seen row of the trace. */
  readonly firstRow: Int32Array;
  /** Its root, or what is first seen of it while the root is not. */
  readonly rootRow: Int32Array;
  readonly startUs: Float64Array;
  readonly endUs: Float64Array;
  readonly durationUs: Float64Array;
  readonly spans: Uint32Array;
  readonly errors: Uint32Array;
}

export interface TraceSet {
  /** In order of time. */
  readonly parts: readonly TracePart[];
  readonly total: number;
  readonly spansExamined: number;
}

export function findTraceSet(reader: SpanReader, stages: readonly Stage[], options: TraceSetOptions): TraceSet {
  const budget = new TraceqlBudget(options.limits, options.clockMs);
  const parts = reader.stretches().map((columns) => {
    const context = new SpanContext(columns, budget);
    return measured(columns, matchingTraces(context, stages, options), options);
  });
  return { parts, total: parts.reduce((sum, { count }) => sum + count, 0), spansExamined: budget.spans };
}

/** Numbers of the traces that match, ascending. */
function matchingTraces(context: SpanContext, stages: readonly Stage[], options: TraceSetOptions): Uint32Array {
  const { columns } = context;
  const rows = findRows(context, firstConditions(stages), options);
  if (rows.length === 0) return new Uint32Array(0);
  if (isDecidedByFirst(stages)) return distinctTraces(columns, rows);
  const evaluator = new PipelineEvaluator(context);
  const candidates = groupByTrace(columns, rows);
  const matching: number[] = [];
  for (let at = 0; at < candidates.count; at++) {
    const own = candidates.rowsOf(at);
    if (evaluator.run(stages, [{ rows: own, attributes: [] }]).length > 0) matching.push(columns.trace(own[0]));
  }
  return Uint32Array.from(matching);
}

function distinctTraces(columns: SpanColumns, rows: Int32Array): Uint32Array {
  const isMet = new Uint8Array(columns.traces);
  let count = 0;
  for (const row of rows) {
    const trace = columns.trace(row);
    if (isMet[trace] === 0) count++;
    isMet[trace] = 1;
  }
  const traces = new Uint32Array(count);
  for (let trace = 0, at = 0; trace < isMet.length; trace++) if (isMet[trace] === 1) traces[at++] = trace;
  return traces;
}

function measured(columns: SpanColumns, traces: Uint32Array, options: TraceSetOptions): TracePart {
  const count = traces.length;
  const part: TracePart = {
    columns,
    count,
    trace: traces,
    firstRow: new Int32Array(count).fill(-1),
    rootRow: new Int32Array(count).fill(-1),
    startUs: new Float64Array(count).fill(Infinity),
    endUs: new Float64Array(count).fill(-Infinity),
    durationUs: new Float64Array(count),
    spans: new Uint32Array(count),
    errors: new Uint32Array(count),
  };
  if (count === 0) return part;
  gather(part);
  for (let at = 0; at < count; at++) {
    const root = part.rootRow[at];
    part.durationUs[at] = root < 0 ? part.endUs[at] - part.startUs[at] : columns.durationUs(root);
    if (root < 0) part.rootRow[at] = part.firstRow[at];
  }
  const { minDurationUs = 0, maxDurationUs = Infinity } = options;
  return chosen(part, (at) => part.durationUs[at] >= minDurationUs && part.durationUs[at] <= maxDurationUs);
}

/** Adds up the seen spans of the traces. */
function gather({ columns, trace: traces, firstRow, rootRow, startUs, endUs, spans, errors }: TracePart): void {
  const least = traces[0];
  const placeOf = new Int32Array(columns.traces - least).fill(-1);
  traces.forEach((trace, at) => (placeOf[trace - least] = at));
  const failed: (boolean | undefined)[] = [];
  const end = columns.rows;
  for (let row = firstRowOfTrace(columns, least); row < end; row++) {
    const trace = columns.trace(row);
    if (trace < least) continue;
    const at = placeOf[trace - least];
    if (at < 0 || !columns.isSeen(row)) continue;
    if (firstRow[at] < 0) firstRow[at] = row;
    if (rootRow[at] < 0 && columns.parent(row) < 0) rootRow[at] = row;
    const start = columns.startUs(row);
    startUs[at] = Math.min(startUs[at], start);
    endUs[at] = Math.max(endUs[at], start + columns.durationUs(row));
    spans[at]++;
    const shape = columns.shape(row);
    if ((failed[shape] ??= columns.shapeOf(shape).status === "error")) errors[at]++;
  }
}

/** Traces are numbered as they begin, so the number of those before a row only rises. */
export function firstRowOfTrace(columns: SpanColumns, trace: number): number {
  let low = 0;
  let high = columns.rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (columns.tracesBefore(middle + 1) <= trace) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The part with those of its traces that fit; in the same order. */
export function chosen(part: TracePart, fits: (at: number) => boolean): TracePart {
  const places: number[] = [];
  for (let at = 0; at < part.count; at++) if (fits(at)) places.push(at);
  if (places.length === part.count) return part;
  return {
    columns: part.columns,
    count: places.length,
    trace: Uint32Array.from(places, (at) => part.trace[at]),
    firstRow: Int32Array.from(places, (at) => part.firstRow[at]),
    rootRow: Int32Array.from(places, (at) => part.rootRow[at]),
    startUs: Float64Array.from(places, (at) => part.startUs[at]),
    endUs: Float64Array.from(places, (at) => part.endUs[at]),
    durationUs: Float64Array.from(places, (at) => part.durationUs[at]),
    spans: Uint32Array.from(places, (at) => part.spans[at]),
    errors: Uint32Array.from(places, (at) => part.errors[at]),
  };
}

/** At most `count` numbers of `0 … total − 1`, evenly. */
export function evenly(total: number, count: number): number[] {
  if (total <= count) return Array.from({ length: total }, (_, at) => at);
  return Array.from({ length: count }, (_, at) => Math.floor(((at + 0.5) * total) / count));
}

/** All seen rows of each of these traces, ascending. They are gathered in one walk that skips what is between them. */
export function rowsOfTraces(part: TracePart, places: readonly number[]): ReadonlyMap<number, readonly number[]> {
  const { columns, firstRow, spans, trace } = part;
  const rows = new Map<number, number[]>();
  const open = new Map<number, number[]>();
  const waiting = [...places].sort((a, b) => firstRow[a] - firstRow[b]);
  const missing = new Map<number, number>();
  let next = 0;
  for (let row = 0; ; row++) {
    if (open.size === 0) {
      if (next >= waiting.length) return rows;
      row = firstRow[waiting[next]];
    }
    for (; next < waiting.length && firstRow[waiting[next]] === row; next++) {
      const at = waiting[next];
      const own: number[] = [];
      rows.set(at, own);
      open.set(trace[at], own);
      missing.set(trace[at], spans[at]);
    }
    const number = columns.trace(row);
    const own = open.get(number);
    if (own === undefined || !columns.isSeen(row)) continue;
    own.push(row);
    const left = (missing.get(number) ?? 0) - 1;
    missing.set(number, left);
    if (left <= 0) open.delete(number);
  }
}
