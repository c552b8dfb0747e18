/** Positions in the lines that match, over both segments in order of time. The history overlaps the recent part by the requests in flight at the cut. */
import type { MatchRange } from "./log-search.js";
import type { LogSource } from "./sources.js";

export type VisitRow = (source: LogSource, row: number) => void;

export const totalOf = (ranges: readonly MatchRange[]): number => ranges.reduce((sum, range) => sum + range.count, 0);

/** Visits the lines at positions from ≤ position < to of all ranges together, newest first; the later range wins a tie. */
export function visitNewest(ranges: readonly MatchRange[], from: number, to: number, visit: VisitRow): void {
  if (from >= to) return;
  const newer = ranges[ranges.length - 1];
  const older = ranges.length > 1 ? ranges[0] : { ...newer, count: 0 };
  let fromNewer = takenFromNewer(older, newer, from);
  let fromOlder = from - fromNewer;
  for (let position = from; position < to; position++) {
    const takesNewer =
      fromOlder === older.count ||
      (fromNewer < newer.count && timeBack(newer, fromNewer) >= timeBack(older, fromOlder));
    if (takesNewer) visit(newer.source, rowBack(newer, fromNewer++));
    else visit(older.source, rowBack(older, fromOlder++));
  }
}

/** The same counted from the oldest. */
export function visitOldest(ranges: readonly MatchRange[], from: number, to: number, visit: VisitRow): void {
  const total = totalOf(ranges);
  const rows: (readonly [LogSource, number])[] = [];
  visitNewest(ranges, total - to, total - from, (source, row) => rows.push([source, row]));
  for (const [source, row] of rows.reverse()) visit(source, row);
}

/** How many of the newest `position` lines are of the newer range. */
function takenFromNewer(older: MatchRange, newer: MatchRange, position: number): number {
  let low = Math.max(0, position - older.count);
  let high = Math.min(position, newer.count);
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const left = position - middle;
    if (left === older.count || timeBack(newer, middle - 1) >= timeBack(older, left)) low = middle;
    else high = middle - 1;
  }
  return low;
}

const rowBack = (range: MatchRange, index: number): number => range.rowAt(range.count - 1 - index);
const timeBack = (range: MatchRange, index: number): number => range.source.table.timeUs[rowBack(range, index)];
