/**
 * The spans of a trace as a flame graph over time: a span lies below its parent, and where siblings run at the same time
 * the later ones go on to the next free line. Pure.
 */
import { seriesColor } from "./colors.js";
import { layoutFlame } from "./flame-layout.js";
import type { FlameLayout } from "./flame-layout.js";
import type { TraceNode, TraceTree } from "./waterfall-tree.js";

/** Frames in µs after the start of the trace; ids are those of the spans. */
export function spanFlame(tree: TraceTree): FlameLayout {
  const lines = linesOf(tree);
  return layoutFlame(
    [...tree.byId.values()].map(({ span }) => ({
      id: span.spanId,
      name: `${span.service} ${span.name}`,
      start: span.startUs - tree.startUs,
      width: span.durationUs,
      depth: lines.get(span.spanId) ?? 0,
      color: seriesColor(span.service),
      outline: span.status === "error" ? "var(--severity-critical)" : undefined,
    })),
  );
}

/** Line of each span: the first below its parent's that is free when it starts. */
function linesOf(tree: TraceTree): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const freeFrom: number[] = [];
  // By start: what is placed later starts later, so one instant for each line says whether it is free.
  const ordered = [...tree.byId.values()].sort(byStart);
  for (const { span, parent, endUs } of ordered) {
    let line = parent === undefined ? 0 : (lines.get(parent.span.spanId) ?? 0) + 1;
    while ((freeFrom[line] ?? -Infinity) > span.startUs) line++;
    freeFrom[line] = endUs;
    lines.set(span.spanId, line);
  }
  return lines;
}

/** Parents first where they start together. */
const byStart = (one: TraceNode, other: TraceNode): number =>
  one.span.startUs - other.span.startUs || one.depth - other.depth;
