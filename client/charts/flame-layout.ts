/**
 * Frames in rows: flame graphs of spans and of stacks. A layout is made once for a set of frames; what of it is on the
 * screen is computed for each drawing, in time that depends on the rows in view. Units are the caller's: µs, samples.
 */
import type { BarMark } from "./bar-marks.js";

export interface FlameFrame {
  /** Names the frame in events and in the URL. */
  readonly id: string;
  readonly name: string;
  readonly start: number;
  readonly width: number;
  /** 0 is the row at the top. */
  readonly depth: number;
  /** `var(--x)` or a colour. */
  readonly color: string;
  /** A line around it in this colour, for what failed or changed. */
  readonly outline?: string | undefined;
}

export interface FlameLayout {
  /** By depth; in each row frames ascend by start and do not overlap. */
  readonly rows: readonly (readonly FlameFrame[])[];
  readonly byId: ReadonlyMap<string, FlameFrame>;
  /** First start and last end of all. */
  readonly from: number;
  readonly to: number;
}

/** What of a layout is on the screen. */
export interface FlameView {
  readonly from: number;
  readonly to: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rowPx: number;
  /** Rows that are scrolled away, in px. */
  readonly topPx: number;
  /** Frames that a search has found; the others are dimmed. */
  readonly found?: ReadonlySet<string> | undefined;
  readonly selected?: string | undefined;
}

export function layoutFlame(frames: Iterable<FlameFrame>): FlameLayout {
  const rows: FlameFrame[][] = [];
  const byId = new Map<string, FlameFrame>();
  let from = Infinity;
  let to = -Infinity;
  for (const frame of frames) {
    (rows[frame.depth] ??= []).push(frame);
    byId.set(frame.id, frame);
    from = Math.min(from, frame.start);
    to = Math.max(to, frame.start + frame.width);
  }
  for (let depth = 0; depth < rows.length; depth++) (rows[depth] ??= []).sort((one, other) => one.start - other.start);
  return { rows, byId, from: rows.length === 0 ? 0 : from, to: rows.length === 0 ? 1 : to };
}

/** Frames narrower than this are drawn together with their neighbours. */
const NARROW_PX = 1.5;
/** Between two frames of a row, so that their edges are seen. */
const GAP_PX = 0.5;

/** The marks of what is in view. Neighbours too narrow to be told apart become one mark without an id. */
export function flameMarks(layout: FlameLayout, view: FlameView): BarMark[] {
  const marks: BarMark[] = [];
  const first = Math.max(0, Math.floor(view.topPx / view.rowPx));
  const last = Math.min(layout.rows.length - 1, Math.floor((view.topPx + view.heightPx) / view.rowPx));
  for (let depth = first; depth <= last; depth++) rowMarks(layout.rows[depth] ?? [], depth, view, marks);
  return marks;
}

function rowMarks(row: readonly FlameFrame[], depth: number, view: FlameView, marks: BarMark[]): void {
  const perUnit = view.widthPx / (view.to - view.from);
  const box = { y: depth * view.rowPx - view.topPx, height: view.rowPx - 1 };
  let sliver: { x: number; right: number; color: string } | undefined;
  const flush = (): void => {
    if (sliver === undefined) return;
    marks.push({
      ...box,
      x: sliver.x,
      width: Math.max(1, sliver.right - sliver.x),
      color: sliver.color,
      look: "sliver",
    });
    sliver = undefined;
  };
  for (let index = firstEndingAfter(row, view.from); index < row.length; index++) {
    const frame = row[index];
    if (frame === undefined || frame.start > view.to) break;
    const left = Math.max(0, (frame.start - view.from) * perUnit);
    const right = Math.min(view.widthPx, (frame.start + frame.width - view.from) * perUnit);
    const isMarked = frame.id === view.selected || view.found?.has(frame.id) === true;
    if (right - left < NARROW_PX && !isMarked) {
      if (sliver !== undefined && left - sliver.right < 1) sliver.right = right;
      else {
        flush();
        sliver = { x: left, right, color: frame.color };
      }
      continue;
    }
    flush();
    marks.push({ ...box, ...frameLook(frame, view), x: left, width: Math.max(1, right - left - GAP_PX) });
  }
  flush();
}

function frameLook(frame: FlameFrame, { found, selected }: FlameView): Omit<BarMark, "x" | "y" | "width" | "height"> {
  return {
    color: frame.color,
    look: "pale",
    outline: frame.id === selected ? "var(--ink)" : frame.outline,
    dim: found !== undefined && !found.has(frame.id),
    label: frame.name,
    id: frame.id,
  };
}

/** The frame at a pixel, however narrow it is drawn. */
export function frameAt(layout: FlameLayout, view: FlameView, x: number, y: number): FlameFrame | undefined {
  const row = layout.rows[Math.floor((y + view.topPx) / view.rowPx)];
  if (row === undefined) return undefined;
  const at = view.from + (x / view.widthPx) * (view.to - view.from);
  const slack = ((view.to - view.from) / view.widthPx) * 2;
  const index = firstEndingAfter(row, at - slack);
  const frame = row[index];
  if (frame === undefined || frame.start > at + slack) return undefined;
  const next = row[index + 1];
  // Within the slack of two, the one that holds the instant.
  return frame.start + frame.width < at && next !== undefined && next.start <= at ? next : frame;
}

/** Index of the first frame of a row that ends after `at`. */
function firstEndingAfter(row: readonly FlameFrame[], at: number): number {
  let low = 0;
  let high = row.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const frame = row[middle];
    if (frame !== undefined && frame.start + frame.width <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

export type FlameMove = "left" | "right" | "up" | "down" | "first" | "last";

/** The frame that an arrow key leads to: along its row, or to the frame above or the first below that overlaps it. */
export function moveInFlame(layout: FlameLayout, selected: string | undefined, move: FlameMove): string | undefined {
  const frame = layout.byId.get(selected ?? "");
  if (frame === undefined || move === "first") return layout.rows[0]?.[0]?.id;
  const row = layout.rows[frame.depth] ?? [];
  const index = row.indexOf(frame);
  const targets: Readonly<Record<Exclude<FlameMove, "first">, FlameFrame | undefined>> = {
    left: row[index - 1],
    right: row[index + 1],
    up: overlapping(layout.rows[frame.depth - 1], frame),
    down: overlapping(layout.rows[frame.depth + 1], frame),
    last: row.at(-1),
  };
  return targets[move]?.id ?? frame.id;
}

function overlapping(row: readonly FlameFrame[] | undefined, { start, width }: FlameFrame): FlameFrame | undefined {
  if (row === undefined) return undefined;
  const found = row[firstEndingAfter(row, start)];
  return found !== undefined && found.start < start + Math.max(width, Number.EPSILON) ? found : undefined;
}
