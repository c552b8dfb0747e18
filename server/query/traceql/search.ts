/**
 * Finding traces: one scan over the columns for the spans that the first stage's filters let through, then the pipeline
 * over each trace that has some, newest first, until there are enough.
 */
import type { SpanColumns, SpanReader } from "../../telemetry/span-reader.js";
import type { FieldExpression, NamedField, Stage, Value } from "./ast.js";
import { SpanContext, type Test } from "./compile-field.js";
import { eachStage, namedFields } from "./fields.js";
import { TraceqlBudget, type TraceqlLimits } from "./limits.js";
import { firstConditions, PipelineEvaluator, type Spanset } from "./spansets.js";

export interface SearchOptions {
  /** Spans that began in `[fromUs, toUs]`, both included, are looked at. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Traces. */
  readonly limit: number;
  readonly limits?: TraceqlLimits;
  /** Scanned at a time; only how soon the search ends depends on it. */
  readonly rowsPerBlock?: number;
  readonly clockMs?: () => number;
}

/** A trace with the spansets that were found in it. */
export interface FoundTrace {
  readonly context: SpanContext;
  readonly spansets: readonly Spanset[];
  /** Reads what the query names of a span, with the names; what a span does not have is nil. */
  readonly fields: readonly { readonly field: NamedField; readonly read: (row: number) => Value }[];
}

export interface SearchAnswer {
  /** Newest first. */
  readonly traces: readonly FoundTrace[];
  readonly spansExamined: number;
  readonly tracesExamined: number;
}

export function searchTraces(reader: SpanReader, stages: readonly Stage[], options: SearchOptions): SearchAnswer {
  const budget = new TraceqlBudget(options.limits, options.clockMs);
  const fields = distinctFields(stages);
  const traces: FoundTrace[] = [];
  let tracesExamined = 0;
  const isDone = isDecidedByFirst(stages);
  for (const columns of [...reader.stretches()].reverse()) {
    const context = new SpanContext(columns, budget);
    const evaluator = new PipelineEvaluator(context);
    const readers = fields.map((field) => ({ field, read: evaluator.read(field) }));
    for (const candidates of candidatesBackwards(context, stages, options)) {
      for (let at = candidates.count - 1; at >= 0 && traces.length < options.limit; at--) {
        tracesExamined++;
        const spanset: Spanset = { rows: candidates.rowsOf(at), attributes: [] };
        const spansets = isDone ? [spanset] : evaluator.run(stages, [spanset]);
        if (spansets.length > 0) traces.push({ context, spansets, fields: readers });
      }
      if (traces.length >= options.limit) break;
    }
  }
  return { traces, spansExamined: budget.spans, tracesExamined };
}

/** Rows that are scanned before somebody looks whether there are enough traces. */
const ROWS_PER_BLOCK = 0x1_0000;

/**
 * Candidates block by block, newest first. A trace has all its rows from its first on, so when a block has been scanned
 * the traces that begin in it or after it are complete; rows of older ones wait for the block in which they begin.
 */
function* candidatesBackwards(
  context: SpanContext,
  stages: readonly Stage[],
  { fromUs, toUs, rowsPerBlock = ROWS_PER_BLOCK }: SearchOptions,
): Generator<Candidates> {
  const { columns } = context;
  const scan = new RowScan(context, firstConditions(stages));
  const first = columns.firstRowFrom(fromUs);
  let waiting: readonly number[] = [];
  for (let end = columns.firstRowFrom(toUs + 1); end > first; end -= rowsPerBlock) {
    const begin = Math.max(first, end - rowsPerBlock);
    const isLast = begin === first;
    const complete = isLast ? 0 : columns.tracesBefore(begin);
    const rows = [...scan.rows(begin, end), ...waiting];
    waiting = rows.filter((row) => columns.trace(row) < complete);
    const whole = waiting.length === 0 ? rows : rows.filter((row) => columns.trace(row) >= complete);
    yield groupByTrace(columns, Int32Array.from(whole), complete);
  }
}

/** All rows that are seen of the traces, ascending: one pass over what came since the first of them began. */
export function rowsOfTraces(traces: readonly FoundTrace[]): ReadonlyMap<FoundTrace, readonly number[]> {
  const rows = new Map<FoundTrace, number[]>(traces.map((trace) => [trace, []]));
  for (const context of new Set(traces.map((trace) => trace.context))) {
    const { columns, facts } = context;
    const own = traces.filter((trace) => trace.context === context);
    const rowsOf = new Map(own.map((trace) => [columns.trace(firstRow(trace)), rows.get(trace)]));
    const isWanted = new Uint8Array(columns.traces);
    for (const trace of rowsOf.keys()) isWanted[trace] = 1;
    for (let row = 0; row < facts.rows; row++) {
      const trace = columns.trace(row);
      if (isWanted[trace] === 1 && columns.isSeen(row)) rowsOf.get(trace)?.push(row);
    }
  }
  return rows;
}

/** A row of a trace. */
const firstRow = ({ spansets }: FoundTrace): number => spansets[0].rows[0];

/** Whether the first filter is all there is. */
export const isDecidedByFirst = (stages: readonly Stage[]): boolean =>
  stages.every((stage, index) => (index === 0 ? stage.kind === "filter" : stage.kind === "select"));

/** Rows of a scan between two looks at what the query may cost. */
const ROWS_BETWEEN_CHECKS = 0x4000;

/** Seen spans of the window that pass one of the conditions, ascending. */
export function findRows(
  context: SpanContext,
  conditions: readonly FieldExpression[] | undefined,
  { fromUs, toUs }: { readonly fromUs: number; readonly toUs: number },
): Int32Array {
  const { columns } = context;
  return new RowScan(context, conditions).rows(columns.firstRowFrom(fromUs), columns.firstRowFrom(toUs + 1));
}

/** Looks for seen spans that pass one of the conditions; all pass where there are none. */
class RowScan {
  readonly #verdicts: (Test | undefined)[] = [];

  constructor(
    readonly context: SpanContext,
    readonly conditions: readonly FieldExpression[] | undefined,
  ) {}

  /** Of `from` ≤ row < `to`, ascending. */
  rows(from: number, to: number): Int32Array {
    const { columns, budget } = this.context;
    const rows = new RowList();
    for (let begun = from; begun < to; begun += ROWS_BETWEEN_CHECKS) {
      const end = Math.min(to, begun + ROWS_BETWEEN_CHECKS);
      budget.addSpans(end - begun);
      for (let row = begun; row < end; row++) {
        const shape = columns.shape(row);
        const test = (this.#verdicts[shape] ??= anyOf(this.context, shape, this.conditions));
        if (test === false || !columns.isSeen(row)) continue;
        if (test === true || test(row)) rows.push(row);
      }
    }
    return rows.taken();
  }
}

function anyOf(context: SpanContext, shape: number, conditions: readonly FieldExpression[] | undefined): Test {
  if (conditions === undefined) return true;
  const tests = conditions.map((condition) => context.testFor(shape, condition));
  if (tests.includes(true)) return true;
  const open = tests.filter((test) => typeof test === "function");
  if (open.length <= 1) return open.at(0) ?? false;
  return (row) => open.some((test) => test(row));
}

class RowList {
  #rows = new Int32Array(1_024);
  #length = 0;

  push(row: number): void {
    if (this.#length === this.#rows.length) {
      const grown = new Int32Array(2 * this.#length);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows[this.#length++] = row;
  }

  taken(): Int32Array {
    return this.#rows.subarray(0, this.#length);
  }
}

interface Candidates {
  /** Traces that have some. */
  readonly count: number;
  /** In order of the traces' beginnings. */
  rowsOf(place: number): readonly number[];
}

/** A counting sort by trace, which keeps the order of rows. `least` is no more than any trace's number. */
export function groupByTrace(columns: SpanColumns, rows: Int32Array, least = 0): Candidates {
  const ends = new Uint32Array(columns.traces - least + 1);
  for (const row of rows) ends[columns.trace(row) - least]++;
  const present: number[] = [];
  let sum = 0;
  for (let trace = 0; trace < ends.length; trace++) {
    if (ends[trace] > 0) present.push(trace);
    sum += ends[trace];
    ends[trace] = sum;
  }
  const sorted = new Int32Array(rows.length);
  const next = ends.slice();
  for (let at = rows.length - 1; at >= 0; at--) sorted[--next[columns.trace(rows[at]) - least]] = rows[at];
  return {
    count: present.length,
    rowsOf: (place) => Array.from(sorted.subarray(next[present[place]], ends[present[place]])),
  };
}

function distinctFields(stages: readonly Stage[]): readonly NamedField[] {
  const fields = new Map<string, NamedField>();
  eachStage(stages, (stage) => {
    for (const field of namedFields(stage)) fields.set(fieldName(field), field);
  });
  return [...fields.values()];
}

/** As answers name a field: attributes without their scope, intrinsics by their name. */
export const fieldName = (field: NamedField): string =>
  `${field.ofParent ? "parent." : ""}${field.kind === "attribute" ? field.name : field.intrinsic}`;
