/**
 * Matching rows of the last few log searches. A search is remembered by its filter and not by its window: what has been
 * decided for a stretch of rows stays decided, so that a window that grows or moves costs only its new rows, and a page
 * at any offset costs only its lines. A search may stop before its end and be gone on with: it begins where its list
 * begins, so that what it has found so far is the beginning of the whole.
 */
import { LimitError } from "../base/limit-error.js";
import type { RowDecider } from "./log-reader.js";
import type { LogSource, SegmentNumber } from "./sources.js";

/** Lines that one search may render. Rendering takes some 2 µs, so this is a few seconds at most. */
export const LOG_LINES_EXAMINED_LIMIT = 2_000_000;

/** Rows that are decided at a time, so that a search that meets its limit or its end of time stops soon. */
const STRETCH_ROWS = 8_192;

const ROWS_AT_FIRST = 256;

/** Matching rows of one segment within a window: `rowAt(i)` ascends for 0 ≤ i < count. */
export interface MatchRange {
  readonly source: LogSource;
  readonly count: number;
  rowAt(index: number): number;
}

/** What is wanted of a search. */
export interface SearchOrder {
  /** Both inclusive. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Begin at the old end. */
  readonly oldestFirst: boolean;
  /** Asked before each stretch of rows; false ends the search for now. */
  readonly goOn: () => boolean;
}

export interface SearchMatches {
  readonly ranges: readonly MatchRange[];
  /** Rows of the window, and those of them that have been decided. */
  readonly rows: number;
  readonly decided: number;
}

interface RowSpan {
  readonly from: number;
  readonly to: number;
}

/** Decided rows of one segment. Found rows stand in the middle of a column that has room at both ends. */
class SegmentMatches {
  #rows = new Int32Array(ROWS_AT_FIRST);
  #first = ROWS_AT_FIRST / 2;
  #end = ROWS_AT_FIRST / 2;
  /** Rows from ≤ row < to have been decided. */
  #from = 0;
  #to = 0;

  /** Decides whatever of the span is not decided yet, from the end on where the list begins; answers with what of it is decided from there on. */
  cover(
    span: RowSpan,
    { oldestFirst, goOn }: Pick<SearchOrder, "oldestFirst" | "goOn">,
    collect: (from: number, to: number) => readonly number[],
  ): RowSpan {
    const { from, to } = span;
    if (to < this.#from || from > this.#to) this.#startOver(oldestFirst ? from : to);
    const up = (): boolean => this.#coverUp(to, goOn, collect);
    const down = (): boolean => this.#coverDown(from, goOn, collect);
    if (oldestFirst) {
      if (!down()) return { from, to: from };
      up();
      return { from, to: Math.min(to, this.#to) };
    }
    if (!up()) return { from: to, to };
    down();
    return { from: Math.max(from, this.#from), to };
  }

  #coverUp(to: number, goOn: () => boolean, collect: (from: number, to: number) => readonly number[]): boolean {
    while (this.#to < to) {
      if (!goOn()) return false;
      const end = Math.min(to, this.#to + STRETCH_ROWS);
      const found = collect(this.#to, end);
      this.#makeRoom(0, found.length);
      this.#rows.set(found, this.#end);
      this.#end += found.length;
      this.#to = end;
    }
    return true;
  }

  #coverDown(from: number, goOn: () => boolean, collect: (from: number, to: number) => readonly number[]): boolean {
    while (this.#from > from) {
      if (!goOn()) return false;
      const begin = Math.max(from, this.#from - STRETCH_ROWS);
      const found = collect(begin, this.#from);
      this.#makeRoom(found.length, 0);
      this.#first -= found.length;
      this.#rows.set(found, this.#first);
      this.#from = begin;
    }
    return true;
  }

  range(source: LogSource, from: number, to: number): MatchRange {
    const first = this.#firstFrom(from);
    const rows = this.#rows;
    return { source, count: this.#firstFrom(to) - first, rowAt: (index) => rows[first + index] };
  }

  /** A window apart from what is decided: the rows between may be many, so the old stretch is dropped. */
  #startOver(at: number): void {
    this.#first = this.#end = this.#rows.length / 2;
    this.#from = this.#to = at;
  }

  #makeRoom(before: number, after: number): void {
    const count = this.#end - this.#first;
    if (this.#first >= before && this.#rows.length - this.#end >= after) return;
    const room = Math.max(ROWS_AT_FIRST, count);
    const rows = new Int32Array(Math.ceil((before + after + count + 2 * room) / 2) * 2);
    const first = before + room;
    rows.set(this.#rows.subarray(this.#first, this.#end), first);
    [this.#rows, this.#first, this.#end] = [rows, first, first + count];
  }

  #firstFrom(row: number): number {
    let low = this.#first;
    let high = this.#end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#rows[middle] < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export class LogSearch {
  readonly #segments = new Map<SegmentNumber, SegmentMatches>();

  constructor(
    readonly filter: RowDecider,
    readonly examinedLimit = LOG_LINES_EXAMINED_LIMIT,
  ) {}

  /** Matching rows of the window by segment, as many as there was time for. Throws LimitError when too many lines had to be rendered. */
  matches(sources: readonly LogSource[], order: SearchOrder): SearchMatches {
    let examined = 0;
    const rendered = (): void => {
      if (++examined > this.examinedLimit) throw tooManyLines(this.examinedLimit);
    };
    let [rows, decided, isWhole] = [0, 0, true];
    // Time of the undecided row that stands first in the list.
    let frontierUs: number | undefined;
    const ranges = new Array<MatchRange>(sources.length);
    // The history comes behind the recent part in a list that begins with the newest.
    for (const place of order.oldestFirst ? sources.keys() : [...sources.keys()].reverse()) {
      const source = sources[place];
      const span = spanOf(source, order);
      const found = isWhole ? this.#range(source, span, order, rendered) : nothingOf(source);
      ranges[place] = found.range;
      rows += span.to - span.from;
      decided += found.decided;
      isWhole = decided === rows;
      const open = span.to - span.from - found.decided;
      if (open > 0) {
        const atUs = source.table.timeUs[order.oldestFirst ? span.to - open : span.from + open - 1];
        frontierUs = order.oldestFirst ? Math.min(frontierUs ?? Infinity, atUs) : Math.max(frontierUs ?? 0, atUs);
      }
    }
    if (frontierUs === undefined) return { ranges, rows, decided };
    const cut = frontierUs;
    return { ranges: ranges.map((range) => beforeFrontier(range, cut, order.oldestFirst)), rows, decided };
  }

  #range(
    source: LogSource,
    { from, to }: RowSpan,
    order: SearchOrder,
    rendered: () => void,
  ): { readonly range: MatchRange; readonly decided: number } {
    const { shipping } = source;
    if (this.filter.acceptsAll && shipping === undefined) {
      return { range: { source, count: to - from, rowAt: (index) => from + index }, decided: to - from };
    }
    let matches = this.#segments.get(source.segment);
    if (matches === undefined) this.#segments.set(source.segment, (matches = new SegmentMatches()));
    const collect = (begin: number, end: number): readonly number[] => {
      const found: number[] = [];
      this.filter.collect(source, begin, end, found, rendered);
      return found;
    };
    const settled = shipping === undefined ? to : Math.min(Math.max(from, shipping.settled), to);
    const covered = matches.cover({ from, to: settled }, order, collect);
    const range = matches.range(source, covered.from, covered.to);
    const decided = covered.to - covered.from;
    if (settled === to || (order.oldestFirst && covered.to < settled)) return { range, decided };
    // Lines behind the first that is still on its way may appear at any time: they are looked at anew.
    const later = collect(settled, to);
    const whole: MatchRange = {
      source,
      count: range.count + later.length,
      rowAt: (index) => (index < range.count ? range.rowAt(index) : later[index - range.count]),
    };
    return { range: whole, decided: decided + to - settled };
  }
}

function spanOf(source: LogSource, { fromUs, toUs }: SearchOrder): RowSpan {
  const from = firstLineFrom(source, fromUs);
  return { from, to: Math.max(from, firstLineAfter(source, toUs)) };
}

const nothingOf = (source: LogSource): { readonly range: MatchRange; readonly decided: number } => ({
  range: { source, count: 0, rowAt: () => 0 },
  decided: 0,
});

/** Segments overlap: of what is found, only what stands in the list before anything undecided. */
function beforeFrontier(range: MatchRange, frontierUs: number, oldestFirst: boolean): MatchRange {
  const { timeUs } = range.source.table;
  let low = 0;
  let high = range.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const time = timeUs[range.rowAt(middle)];
    if (oldestFirst ? time < frontierUs : time <= frontierUs) low = middle + 1;
    else high = middle;
  }
  if (oldestFirst) return { ...range, count: low };
  return { ...range, count: range.count - low, rowAt: (index) => range.rowAt(low + index) };
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
