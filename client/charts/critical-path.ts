/**
 * The critical path of one trace: the stretches of time in which a span was what everything above it waited for.
 * Shortening anything off the path leaves the duration as it is. The method is in `server/base/critical-path.ts`, which
 * the figures of sets of traces use as well.
 */
import { criticalSections } from "../../server/base/critical-path.js";
import { spanIntervals } from "./span-intervals.js";
import { groupBy } from "./waterfall-groups.js";
import type { TraceTree } from "./waterfall-tree.js";

/** `[fromUs, toUs)` in which the span itself, not a child, held up the trace. */
export interface CriticalSection {
  readonly spanId: string;
  readonly fromUs: number;
  readonly toUs: number;
}

export interface CriticalPath {
  /** Ascending by time; together they cover the root without gap or overlap. */
  readonly sections: readonly CriticalSection[];
  readonly bySpan: ReadonlyMap<string, readonly CriticalSection[]>;
  readonly totalUs: number;
}

/** The path through the first root of the tree; empty for an empty trace. */
export function criticalPathOf(tree: TraceTree): CriticalPath {
  const root = tree.roots[0];
  if (root === undefined) return { sections: [], bySpan: new Map(), totalUs: 0 };
  const below = spanIntervals([root]);
  const sections = criticalSections(below, 0).map(({ index, fromUs, toUs }) => ({
    spanId: below.nodes[index]?.span.spanId ?? "",
    fromUs,
    toUs,
  }));
  sections.sort((one, other) => one.fromUs - other.fromUs);
  return { sections, bySpan: groupBy(sections, (section) => section.spanId), totalUs: root.span.durationUs };
}
