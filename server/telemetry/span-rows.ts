/** Reading span tables by column: where a time window lies, and each finished span once. */
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN, type SpanChunk, type SpanTable } from "../sim/span-table.js";

/** First row that started at `timeUs` or later; rows ascend by start. */
export function firstRowFrom(table: SpanTable, timeUs: number): number {
  let low = 0;
  let high = table.rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table.chunks[middle >>> SPAN_CHUNK_SHIFT].startUs[middle & SPAN_CHUNK_MASK] < timeUs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A stretch of rows of one chunk: rows `base + from` to `base + to` (exclusive). */
export type ChunkVisitor = (chunk: SpanChunk, from: number, to: number, base: number) => void;

/** Hands the rows from ≤ row < to chunk by chunk, ascending. */
export function eachChunk(table: SpanTable, from: number, to: number, visit: ChunkVisitor): void {
  for (let row = from; row < to;) {
    const base = row & ~SPAN_CHUNK_MASK;
    const end = Math.min(to, base + SPAN_CHUNK_MASK + 1);
    visit(table.chunks[row >>> SPAN_CHUNK_SHIFT], row - base, end - base, base);
    row = end;
  }
}

/** The same, newest chunk first. Within a stretch the visitor chooses its own direction. */
export function eachChunkBackwards(table: SpanTable, from: number, to: number, visit: ChunkVisitor): void {
  for (let end = to; end > from;) {
    const base = (end - 1) & ~SPAN_CHUNK_MASK;
    const start = Math.max(from, base);
    visit(table.chunks[base >>> SPAN_CHUNK_SHIFT], start - base, end - base, base);
    end = start;
  }
}

/** Row of the root above `row`. */
export function rootRowOf(table: SpanTable, row: number): number {
  for (let at = row; ;) {
    const parent = table.chunks[at >>> SPAN_CHUNK_SHIFT].parent[at & SPAN_CHUNK_MASK];
    if (parent < 0) return at;
    at = parent;
  }
}

/**
 * Visits each span of a table once, when it has ended. Spans that are open are remembered and looked at again, so the
 * work of all calls together is one pass over the table.
 */
export class FinishedSpans {
  #seen = 0;
  #open: number[] = [];

  constructor(
    readonly table: SpanTable,
    /** Rows to which this says false are passed over for good. */
    readonly concerns: (chunk: SpanChunk, offset: number) => boolean = () => true,
  ) {}

  /** Calls `visit` for what has ended since the last call. */
  advance(visit: (chunk: SpanChunk, offset: number, row: number) => void): void {
    const before = this.#open;
    this.#open = [];
    for (const row of before) this.#look(this.table.chunkAt(row), row & SPAN_CHUNK_MASK, row, visit);
    const to = this.table.rows;
    eachChunk(this.table, this.#seen, to, (chunk, from, end, base) => {
      for (let at = from; at < end; at++) if (this.concerns(chunk, at)) this.#look(chunk, at, base + at, visit);
    });
    this.#seen = to;
  }

  /** Rows that concern and were open at the last `advance`, ascending. */
  get open(): readonly number[] {
    return this.#open;
  }

  #look(
    chunk: SpanChunk,
    offset: number,
    row: number,
    visit: (chunk: SpanChunk, offset: number, row: number) => void,
  ): void {
    if (chunk.durationUs[offset] === SPAN_OPEN) this.#open.push(row);
    else visit(chunk, offset, row);
  }
}
