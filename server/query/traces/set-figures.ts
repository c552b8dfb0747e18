/**
 * What a set of traces spends its time on, by operation: calls, failures, own time, and the share of the critical paths.
 * Large sets are looked at evenly, not whole.
 */
import { criticalSections, type Interval, type IntervalTree, uncoveredUs } from "../../base/critical-path.js";
import type { SpanColumns, SpanReader } from "../../telemetry/span-reader.js";
import type { OperationShare, TraceSetAnswer, TraceSetRequest } from "../../wire/traces.js";
import { readSearch } from "../traceql/advice.js";
import { evenly, findTraceSet, rowsOfTraces, type TracePart, type TraceSet } from "./trace-set.js";

/** Traces of one set whose paths are walked; some 20 µs each. */
export const SET_TRACES_MAX = 5_000;

export function traceSetFigures(
  reader: SpanReader,
  request: TraceSetRequest,
  { clockMs, tracesMax = SET_TRACES_MAX }: { readonly clockMs?: () => number; readonly tracesMax?: number } = {},
): TraceSetAnswer {
  const search = readSearch(request.query);
  if (!search.ok) return { kind: "wrong", findings: search.error };
  const set = findTraceSet(reader, search.value, { ...request, ...(clockMs === undefined ? {} : { clockMs }) });
  const tally = new Map<string, Operation>();
  let examined = 0;
  let criticalUs = 0;
  for (const { part, places } of evenPlaces(set, tracesMax)) {
    for (const [at, rows] of rowsOfTraces(part, places)) {
      examined++;
      criticalUs += addTrace(tally, part.columns, { rows, rootRow: part.rootRow[at] });
    }
  }
  const operations = [...tally.values()].map(shareOf);
  operations.sort((a, b) => b.criticalUs - a.criticalUs || b.selfUs - a.selfUs || (a.name < b.name ? -1 : 1));
  return { kind: "found", total: set.total, examined, criticalUs, operations };
}

function evenPlaces(
  set: TraceSet,
  tracesMax: number,
): readonly { readonly part: TracePart; readonly places: readonly number[] }[] {
  const indexes = evenly(set.total, tracesMax);
  let begin = 0;
  return set.parts.map((part) => {
    const first = begin;
    begin += part.count;
    const places = indexes.filter((index) => index >= first && index < begin).map((index) => index - first);
    return { part, places };
  });
}

/** Sums over the spans of one operation. */
interface Operation {
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  traces: number;
  errors: number;
  selfUs: number;
  criticalUs: number;
  readonly durationsUs: number[];
  logSelfSum: number;
  logSelfSquares: number;
  /** Where it has most of a critical path, and how much that is. */
  most: { readonly criticalUs: number; readonly traceId: string; readonly spanId: string };
}

interface TraceRows {
  readonly rows: readonly number[];
  readonly rootRow: number;
}

/** Adds the spans of one trace; answers with the length of its critical path. */
function addTrace(tally: Map<string, Operation>, columns: SpanColumns, { rows, rootRow }: TraceRows): number {
  const tree = treeOf(columns, rows);
  const root = Math.max(0, rows.indexOf(rootRow));
  const critical = new Float64Array(rows.length);
  for (const { index, fromUs, toUs } of criticalSections(tree, root)) critical[index] += toUs - fromUs;
  const met = new Map<Operation, { criticalUs: number; row: number; ownUs: number }>();
  rows.forEach((row, index) => {
    const operation = operationOf(tally, columns, row);
    const selfUs = uncoveredUs(tree, index);
    addSpan(operation, columns, { row, selfUs, criticalUs: critical[index] });
    const here = met.get(operation);
    if (here === undefined) met.set(operation, { criticalUs: critical[index], row, ownUs: critical[index] });
    else {
      here.criticalUs += critical[index];
      if (critical[index] > here.ownUs) Object.assign(here, { row, ownUs: critical[index] });
    }
  });
  for (const [operation, { criticalUs, row }] of met) {
    operation.traces++;
    if (criticalUs <= operation.most.criticalUs) continue;
    operation.most = { criticalUs, traceId: columns.traceId(row), spanId: columns.spanId(row) };
  }
  const { fromUs, toUs } = tree.intervals[root];
  return toUs - fromUs;
}

/** Spans whose parent was not kept stand alone. */
function treeOf(columns: SpanColumns, rows: readonly number[]): IntervalTree {
  const indexOf = new Map(rows.map((row, index) => [row, index]));
  const children: number[][] = rows.map(() => []);
  const intervals: Interval[] = rows.map((row, index) => {
    const parent = indexOf.get(columns.parent(row));
    if (parent !== undefined) children[parent].push(index);
    const fromUs = columns.startUs(row);
    const detached = columns.shapeOf(columns.shape(row)).kind === "consumer";
    return { fromUs, toUs: fromUs + columns.durationUs(row), detached };
  });
  // Rows ascend by the time of the world; clocks that are wrong may say otherwise.
  for (const list of children) list.sort((a, b) => intervals[a].fromUs - intervals[b].fromUs);
  return { intervals, children };
}

function operationOf(tally: Map<string, Operation>, columns: SpanColumns, row: number): Operation {
  const { service, name, kind } = columns.shapeOf(columns.shape(row));
  const key = `${service}\n${name}\n${kind}`;
  let operation = tally.get(key);
  if (operation === undefined) {
    const most = { criticalUs: -1, traceId: "", spanId: "" };
    const sums = { traces: 0, errors: 0, selfUs: 0, criticalUs: 0, logSelfSum: 0, logSelfSquares: 0 };
    tally.set(key, (operation = { service, name, kind, ...sums, durationsUs: [], most }));
  }
  return operation;
}

function addSpan(
  operation: Operation,
  columns: SpanColumns,
  { row, selfUs, criticalUs }: { readonly row: number; readonly selfUs: number; readonly criticalUs: number },
): void {
  if (columns.shapeOf(columns.shape(row)).status === "error") operation.errors++;
  operation.durationsUs.push(columns.durationUs(row));
  operation.selfUs += selfUs;
  operation.criticalUs += criticalUs;
  const log = Math.log1p(Math.max(0, selfUs));
  operation.logSelfSum += log;
  operation.logSelfSquares += log * log;
}

function shareOf(operation: Operation): OperationShare {
  const { service, name, kind, traces, errors, selfUs, criticalUs, durationsUs, most } = operation;
  const spans = durationsUs.length;
  const sorted = Float64Array.from(durationsUs).sort();
  const quantile = (share: number): number => sorted[Math.min(spans - 1, Math.floor(share * spans))];
  const mean = operation.logSelfSum / spans;
  return {
    service,
    name,
    kind,
    traces,
    spans,
    errors,
    selfUs,
    criticalUs,
    durationUsP50: quantile(0.5),
    durationUsP95: quantile(0.95),
    logSelfMean: mean,
    logSelfVariance: Math.max(0, operation.logSelfSquares / spans - mean * mean),
    exampleTraceId: most.traceId,
    exampleSpanId: most.spanId,
  };
}
