/**
 * Matching rows of the last few log searches. A search is remembered by its filter and not by its window: what has been
 * decided for a stretch of rows stays decided, so that a window that grows or moves costs only its new rows, and a page
 * at any offset costs only its lines.
 */
import { LimitError } from "../base/limit-error.js";
import type { LogFilter } from "./log-filter.js";
import type { LogSource, SegmentNumber } from "./sources.js";

/** Lines that one search may render. Rendering takes some 2 µs, so this is a few seconds at most. */
export const LOG_LINES_EXAMINED_LIMIT = 2_000_000;

/** Rows that are decided at a time, so that a search that meets its limit stops soon. */
const STRETCH_ROWS = 16_384;

/** Matching rows of one segment within a window: `rowAt(i)` ascends for 0 ≤ i < count. */
export interface MatchRange {
  readonly source: LogSource;
  readonly count: number;
  rowAt(index: number): number;
}

/** Decided rows of one segment. */
class SegmentMatches {
  #rows = new Int32Array(256);
  #count = 0;
  /** Rows from ≤ row < to have been decided. */
  #from = 0;
  #to = 0;

  /** Decides whatever of from ≤ row < to is not decided yet. */
  cover(source: LogSource, filter: LogFilter, from: number, to: number, rendered: () => void): void {
    if (to < this.#from || from > this.#to) this.#startOver(from);
    while (this.#to < to) {
      const end = Math.min(to, this.#to + STRETCH_ROWS);
      this.#append(collect(source, filter, this.#to, end, rendered));
      this.#to = end;
    }
    if (from < this.#from) {
      this.#prepend(collect(source, filter, from, this.#from, rendered));
      this.#from = from;
    }
  }

  range(source: LogSource, from: number, to: number): MatchRange {
    const first = this.#firstFrom(from);
    const rows = this.#rows;
    return { source, count: this.#firstFrom(to) - first, rowAt: (index) => rows[first + index] };
  }

  /** A window apart from what is decided: the rows between may be many, so the old stretch is dropped. */
  #startOver(from: number): void {
    this.#count = 0;
    [this.#from, this.#to] = [from, from];
  }

  #append(found: readonly number[]): void {
    if (this.#count + found.length > this.#rows.length) {
      const rows = new Int32Array((this.#count + found.length) * 2);
      rows.set(this.#rows);
      this.#rows = rows;
    }
    this.#rows.set(found, this.#count);
    this.#count += found.length;
  }

  #prepend(found: readonly number[]): void {
    const rows = new Int32Array(found.length + this.#rows.length);
    rows.set(found);
    rows.set(this.#rows, found.length);
    this.#rows = rows;
    this.#count += found.length;
  }

  #firstFrom(row: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#rows[middle] < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function collect(
  source: LogSource,
  filter: LogFilter,
  from: number,
  to: number,
  rendered: () => void,
): readonly number[] {
  const found: number[] = [];
  filter.collect(source, from, to, found, rendered);
  return found;
}

export class LogSearch {
  readonly #segments = new Map<SegmentNumber, SegmentMatches>();

  constructor(
    readonly filter: LogFilter,
    readonly examinedLimit = LOG_LINES_EXAMINED_LIMIT,
  ) {}

  /** Matching rows with fromUs ≤ time ≤ toUs, by segment. Throws LimitError when too many lines had to be rendered. */
  ranges(sources: readonly LogSource[], fromUs: number, toUs: number): MatchRange[] {
    let examined = 0;
    const rendered = (): void => {
      if (++examined > this.examinedLimit) throw tooManyLines(this.examinedLimit);
    };
    return sources.map((source) => {
      const from = firstLineFrom(source, fromUs);
      const to = firstLineAfter(source, toUs);
      return this.#range(source, from, Math.max(from, to), rendered);
    });
  }

  #range(source: LogSource, from: number, to: number, rendered: () => void): MatchRange {
    const { shipping } = source;
    if (this.filter.acceptsAll && shipping === undefined)
      return { source, count: to - from, rowAt: (index) => from + index };
    let matches = this.#segments.get(source.segment);
    if (matches === undefined) this.#segments.set(source.segment, (matches = new SegmentMatches()));
    const settled = shipping === undefined ? to : Math.min(Math.max(from, shipping.settled), to);
    matches.cover(source, this.filter, from, settled, rendered);
    const range = matches.range(source, from, settled);
    if (settled === to) return range;
    // Lines behind the first that is still on its way may appear at any time: they are looked at anew.
    const later = collect(source, this.filter, settled, to, rendered);
    return {
      source,
      count: range.count + later.length,
      rowAt: (index) => (index < range.count ? range.rowAt(index) : later[index - range.count]),
    };
  }
}

function tooManyLines(limit: number): LimitError {
  return new LimitError(
    "log lines examined by one search",
    limit,
    undefined,
    "Narrow the time range, or choose a level or a service.",
  );
}

/** First row at `timeUs` or later; rows ascend by time. */
export function firstLineFrom({ table }: LogSource, timeUs: number): number {
  let low = 0;
  let high = table.rows;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (table.timeUs[middle] < timeUs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First row later than `timeUs`: instants are whole µs. */
export function firstLineAfter(source: LogSource, timeUs: number): number {
  return firstLineFrom(source, Math.floor(timeUs) + 1);
}
