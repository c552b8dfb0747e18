/**
 * The bars of a waterfall's rows: the span, its waiting, its part of the critical path, its events, and stretches that
 * nothing below it explains. Pure; what is on the screen is a few dozen rows, whatever the trace has.
 */
import type { BarMark } from "./bar-marks.js";
import { seriesColor } from "./colors.js";
import type { CriticalPath } from "./critical-path.js";
import { barOf } from "./waterfall-rows.js";
import type { ZoomRange } from "./waterfall-rows.js";
import type { Gap } from "./waterfall-findings.js";
import type { TraceNode, TraceTree } from "./waterfall-tree.js";

export const WATERFALL_ROW_PX = 24;

/** Between a bar and its length; and what both take up at the right, where the longest (`3 m 20 s`) is whole as well. */
const LENGTH_GAP_PX = 6;
export const LENGTH_ROOM_PX = 66;

const BAR = { y: 5, height: 10 };
const PATH = { y: 17, height: 3 };

export interface WaterfallView {
  readonly tree: TraceTree;
  readonly path: CriticalPath;
  readonly zoom: ZoomRange;
  /** Of the time that is shown; to the right of it is room for a length. */
  readonly scalePx: number;
  readonly gaps: ReadonlyMap<string, readonly Gap[]>;
  /** Spans that a search names; others are dimmed. Undefined: no search. */
  readonly found: ReadonlySet<string> | undefined;
}

/** Where the length of a span is written: behind its bar, never over it. */
export interface LengthText {
  readonly x: number;
  readonly y: number;
  readonly durationUs: number;
  readonly dim: boolean;
}

export interface RowMarks {
  readonly bars: readonly BarMark[];
  readonly length: LengthText;
}

/** Marks of one row whose upper edge is at `top` px. */
export function rowMarks(node: TraceNode, top: number, view: WaterfallView): RowMarks {
  const { span, endUs } = node;
  const dim = view.found !== undefined && !view.found.has(span.spanId);
  const place = (fromUs: number, toUs: number, least: number): { x: number; width: number } | undefined => {
    const bar = barOf(view.tree, view.zoom, fromUs, toUs);
    return bar && { x: bar.left * view.scalePx, width: Math.max(least, bar.width * view.scalePx) };
  };
  const bar = place(span.startUs, endUs, 2);
  // Where the bar is outside of what is shown, behind all that is.
  const end = bar === undefined ? view.scalePx : bar.x + bar.width;
  const length = { x: end + LENGTH_GAP_PX, y: top + BAR.y + BAR.height / 2, durationUs: span.durationUs, dim };
  if (bar === undefined) return { bars: [], length };
  const bars: BarMark[] = [{ ...bar, ...BAR, ...lookOf(node), y: top + BAR.y, dim, id: span.spanId }];
  const add = (mark: Omit<BarMark, "x" | "width" | "dim">, placed: { x: number; width: number } | undefined): void => {
    if (placed !== undefined) bars.push({ ...mark, ...placed, dim });
  };
  if (node.waitUs > 0) {
    const wait = place(span.startUs, span.startUs + node.waitUs, 1);
    add({ y: top + BAR.y, height: BAR.height, color: "var(--ink-soft)", look: "hatched" }, wait);
  }
  for (const gap of view.gaps.get(span.spanId) ?? []) {
    const mark = {
      y: top + BAR.y + 2,
      height: BAR.height - 4,
      color: "var(--surface-0)",
      look: "solid",
      dashed: true,
    } as const;
    add({ ...mark, outline: "var(--ink)" }, place(gap.fromUs, gap.toUs, 1));
  }
  for (const { fromUs, toUs } of view.path.bySpan.get(span.spanId) ?? []) {
    add({ y: top + PATH.y, height: PATH.height, color: "var(--ink)", look: "solid" }, place(fromUs, toUs, 1));
  }
  for (const { timeUs } of span.events) {
    add({ y: top + 3, height: 14, color: "var(--ink)", look: "solid" }, place(timeUs, timeUs, 2));
  }
  return { bars, length };
}

/** A client span whose server's half is there is drawn hollow around it. */
function lookOf({ span, pair, orphan }: TraceNode): Pick<BarMark, "color" | "look" | "outline" | "dashed"> {
  const failed = span.status === "error" ? "var(--severity-critical)" : undefined;
  return {
    color: seriesColor(span.service),
    look: span.kind === "client" && pair !== undefined ? "hollow" : "solid",
    outline: orphan ? "var(--severity-warning)" : failed,
    dashed: orphan,
  };
}

/** A line of the minimap: `y` and lengths in px. */
export interface MinimapLine {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: string;
}

/** Every span as a line, by start. Lines that would fall into one another's pixels are drawn once, failures over all. */
export function minimapLines(tree: TraceTree, widthPx: number, heightPx: number): readonly MinimapLine[] {
  const totalUs = Math.max(1, tree.endUs - tree.startUs);
  const step = heightPx / Math.max(1, tree.spanCount);
  const lines: MinimapLine[] = [];
  const failed: MinimapLine[] = [];
  const drawn = new Set<number>();
  let index = 0;
  for (const { span } of tree.byId.values()) {
    const y = index * step;
    index++;
    const isFailed = span.status === "error";
    const x = ((span.startUs - tree.startUs) / totalUs) * widthPx;
    const width = Math.max(1, (span.durationUs / totalUs) * widthPx);
    // Row, start and length as pixels, each below 2^12: tens of thousands of spans leave a few thousand lines.
    const key = (Math.floor(y) * 4_096 + Math.floor(x)) * 4_096 + Math.ceil(width);
    if (step < 1 && !isFailed && drawn.has(key)) continue;
    drawn.add(key);
    const line = { x, y, width, height: Math.max(1, step * 0.8) };
    if (isFailed) failed.push({ ...line, color: "var(--severity-critical)" });
    else lines.push({ ...line, color: seriesColor(span.service) });
  }
  return [...lines, ...failed];
}
