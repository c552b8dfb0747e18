/**
 * The critical path of one trace: the stretches of time in which a span was what everything above it waited for.
 * Shortening anything off the path leaves the duration as it is. Method: Jaeger's critical path (walk back from the
 * end of the root; at each point follow the child that finished last before it), after Uber's CRISP (USENIX ATC 2022).
 * Work that outlives its parent (consumers, answers that came too late) is cut at the parent's end.
 */
import { groupBy } from "./waterfall-groups.js";
import type { TraceNode, TraceTree } from "./waterfall-tree.js";

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

interface Visit {
  readonly node: TraceNode;
  readonly fromUs: number;
  readonly toUs: number;
}

/** The path through the first root of the tree; empty for an empty trace. */
export function criticalPathOf(tree: TraceTree): CriticalPath {
  const root = tree.roots[0];
  if (root === undefined) return { sections: [], bySpan: new Map(), totalUs: 0 };
  const sections: CriticalSection[] = [];
  const stack: Visit[] = [{ node: root, fromUs: root.span.startUs, toUs: root.endUs }];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) walkBack(visit, sections, stack);
  sections.sort((one, other) => one.fromUs - other.fromUs);
  return { sections, bySpan: groupBy(sections, (section) => section.spanId), totalUs: root.span.durationUs };
}

/** Adds the sections of one span and puts the children on its path on the stack. */
function walkBack(visit: Visit, sections: CriticalSection[], stack: Visit[]): void {
  const { node, fromUs, toUs } = visit;
  let cursor = toUs;
  const add = (from: number): void => {
    if (from < cursor) sections.push({ spanId: node.span.spanId, fromUs: from, toUs: cursor });
  };
  for (const child of lastFinishingFirst(visit)) {
    if (child.toUs > cursor) continue;
    add(child.toUs);
    stack.push(child);
    cursor = child.fromUs;
  }
  add(fromUs);
}

/** Children cut to the visit's interval, the one that ended last first. */
function lastFinishingFirst(visit: Visit): Visit[] {
  const visits: Visit[] = [];
  for (const child of visit.node.children) {
    if (child.span.kind === "consumer") continue;
    const fromUs = Math.max(child.span.startUs, visit.fromUs);
    const toUs = Math.min(child.endUs, visit.toUs);
    if (fromUs < toUs) visits.push({ node: child, fromUs, toUs });
  }
  return visits.sort((one, other) => other.toUs - one.toUs || one.fromUs - other.fromUs);
}
