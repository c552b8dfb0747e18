/**
 * The rows of a waterfall: which spans show when some are collapsed, where bars lie for a zoom range, and where the
 * arrow keys lead. Rows are equally high, so a virtual list needs only the index range.
 */
import type { TraceNode, TraceTree } from "./waterfall-tree.js";

/** Part of the trace on the screen, µs after its start. */
export interface ZoomRange {
  readonly fromUs: number;
  readonly toUs: number;
}

/** A bar in shares of the row's width (0 to 1), cut at the edges of the zoom range. */
export interface BarSpan {
  readonly left: number;
  readonly width: number;
}

/** Rows from top to bottom. Children of a collapsed span are left out. */
export function visibleRows(tree: TraceTree, collapsed: ReadonlySet<string>): TraceNode[] {
  const rows: TraceNode[] = [];
  const stack = tree.roots.toReversed();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    rows.push(node);
    if (collapsed.has(node.span.spanId)) continue;
    for (const child of node.children.toReversed()) stack.push(child);
  }
  return rows;
}

/** Where `[fromUs, toUs]` (calendar) lies in the zoom range; undefined when wholly outside. */
export function barOf(tree: TraceTree, zoom: ZoomRange, fromUs: number, toUs: number): BarSpan | undefined {
  const span = zoom.toUs - zoom.fromUs;
  const left = (fromUs - tree.startUs - zoom.fromUs) / span;
  const right = (toUs - tree.startUs - zoom.fromUs) / span;
  if (right < 0 || left > 1) return undefined;
  const cut = Math.max(0, left);
  return { left: cut, width: Math.min(1, right) - cut };
}

/** Narrowest zoom: 20 µs, below which bars are single units of the clock. */
export const ZOOM_MIN_US = 20;

/** A zoom range kept within the trace and not narrower than ZOOM_MIN_US. */
export function clampZoom(tree: TraceTree, zoom: ZoomRange): ZoomRange {
  const whole = Math.max(ZOOM_MIN_US, tree.endUs - tree.startUs);
  const span = Math.min(whole, Math.max(ZOOM_MIN_US, zoom.toUs - zoom.fromUs));
  const from = Math.min(Math.max(0, zoom.fromUs), whole - span);
  return { fromUs: from, toUs: from + span };
}

/** The range scaled by `factor` (< 1 zooms in) around the instant at `share` of its width. */
export function zoomAround(tree: TraceTree, zoom: ZoomRange, factor: number, share: number): ZoomRange {
  const span = (zoom.toUs - zoom.fromUs) * factor;
  const anchor = zoom.fromUs + (zoom.toUs - zoom.fromUs) * share;
  return clampZoom(tree, { fromUs: anchor - span * share, toUs: anchor + span * (1 - share) });
}

export type RowMove = "up" | "down" | "in" | "out" | "first" | "last" | "page-up" | "page-down";

export interface RowMoveResult {
  readonly selected: string | undefined;
  readonly expand?: string;
  readonly collapse?: string;
}

const PAGE_ROWS = 15;

/** What an arrow key does, as in a tree grid of WAI-ARIA: right opens or enters, left closes or leaves. */
export function moveInRows(
  rows: readonly TraceNode[],
  collapsed: ReadonlySet<string>,
  selected: string | undefined,
  move: RowMove,
): RowMoveResult {
  const index = rows.findIndex((row) => row.span.spanId === selected);
  const current = rows[index];
  if (current === undefined) return { selected: rows[0]?.span.spanId };
  const stay = current.span.spanId;
  const at = (target: number): RowMoveResult => ({
    selected: rows[Math.min(rows.length - 1, Math.max(0, target))]?.span.spanId ?? stay,
  });
  switch (move) {
    case "up":
      return at(index - 1);
    case "down":
      return at(index + 1);
    case "first":
      return at(0);
    case "last":
      return at(rows.length - 1);
    case "page-up":
      return at(index - PAGE_ROWS);
    case "page-down":
      return at(index + PAGE_ROWS);
    case "in":
      if (current.children.length === 0) return { selected: stay };
      return collapsed.has(stay) ? { selected: stay, expand: stay } : at(index + 1);
    case "out":
      if (current.children.length > 0 && !collapsed.has(stay)) return { selected: stay, collapse: stay };
      return { selected: current.parent?.span.spanId ?? stay };
  }
}

/** Opens every ancestor of the span, so that a link to it shows its row. */
export function revealing(tree: TraceTree, collapsed: ReadonlySet<string>, spanId: string): ReadonlySet<string> {
  const opened = new Set(collapsed);
  for (let node = tree.byId.get(spanId)?.parent; node !== undefined; node = node.parent)
    opened.delete(node.span.spanId);
  return opened;
}
