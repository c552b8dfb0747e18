/** The spans, or the roots of the traces, that a set of a comparison holds. */
import type { SpanColumns, SpanReader } from "../../telemetry/span-reader.js";
import type { CompareSet } from "../../wire/compare.js";
import type { Stage } from "../traceql/ast.js";
import type { TraceqlLimits } from "../traceql/limits.js";
import { searchTraces } from "../traceql/search.js";

/** Rows of one stretch, ascending. */
export interface RowSet {
  readonly columns: SpanColumns;
  readonly rows: Int32Array;
}

export interface SpanSetOptions {
  /** Undefined: everything. */
  readonly stages: readonly Stage[] | undefined;
  readonly unit: "traces" | "spans";
  readonly limits?: TraceqlLimits;
  readonly clockMs?: () => number;
}

/** A span that makes its trace match may begin this much later than the trace does. */
const MATCH_AFTER_ROOT_US = 30_000_000;

/** In order of time. */
export function findSpanSets(reader: SpanReader, set: CompareSet, options: SpanSetOptions): readonly RowSet[] {
  const { unit } = options;
  return matched(reader, set, options).map(({ columns, rows }) => {
    const things = unit === "spans" ? rows : rootsOf(columns, rows);
    return { columns, rows: things.filter((row) => isWithin(columns, row, set)) };
  });
}

function isWithin(columns: SpanColumns, row: number, { window, minimum, maximum }: CompareSet): boolean {
  const startUs = columns.startUs(row);
  if (startUs < window.fromUs || startUs > window.toUs) return false;
  const durationUs = columns.durationUs(row);
  return durationUs >= (minimum ?? 0) && durationUs <= (maximum ?? Infinity);
}

function matched(reader: SpanReader, { window }: CompareSet, options: SpanSetOptions): readonly RowSet[] {
  const { stages, unit, limits, clockMs } = options;
  if (stages === undefined) return reader.stretches().map((columns) => allRows(columns, window, unit));
  const answer = searchTraces(reader, stages, {
    fromUs: window.fromUs,
    toUs: window.toUs + (unit === "traces" ? MATCH_AFTER_ROOT_US : 0),
    limit: Infinity,
    ...(limits === undefined ? {} : { limits }),
    ...(clockMs === undefined ? {} : { clockMs }),
  });
  return reader.stretches().map((columns) => ({
    columns,
    rows: Int32Array.from(
      answer.traces
        .filter(({ context }) => context.columns === columns)
        .flatMap(({ spansets }) => spansets.flatMap(({ rows }) => [...rows])),
    ).sort(),
  }));
}

/** Seen spans of the window; of traces their roots alone. */
function allRows(columns: SpanColumns, { fromUs, toUs }: CompareSet["window"], unit: SpanSetOptions["unit"]): RowSet {
  const rows: number[] = [];
  const end = columns.firstRowFrom(toUs + 1);
  for (let row = columns.firstRowFrom(fromUs); row < end; row++) {
    if ((unit === "spans" || columns.parent(row) < 0) && columns.isSeen(row)) rows.push(row);
  }
  return { columns, rows: Int32Array.from(rows) };
}

/** Ascending, each once. A span whose parent was not kept stands for its root. */
function rootsOf(columns: SpanColumns, rows: Int32Array): Int32Array {
  const roots = new Set<number>();
  for (const row of rows) roots.add(rootOf(columns, row));
  return Int32Array.from(roots).sort();
}

function rootOf(columns: SpanColumns, row: number): number {
  let root = row;
  for (;;) {
    const parent = columns.parent(root);
    if (parent < 0 || !columns.isSeen(parent)) return root;
    root = parent;
  }
}

/** `sets` without the rows of `taken`. */
export function without(sets: readonly RowSet[], taken: readonly RowSet[]): readonly RowSet[] {
  return sets.map(({ columns, rows }) => {
    const gone = new Set(taken.filter((set) => set.columns === columns).flatMap((set) => [...set.rows]));
    return { columns, rows: rows.filter((row) => !gone.has(row)) };
  });
}
