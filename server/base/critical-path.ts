/**
 * The critical path of a tree of intervals, and how much of each interval none of its children covers. Both sides of the
 * wire need it: a trace view for one trace, a query for thousands; one function, so that they agree.
 *
 * Method: Jaeger's critical path (walk back from the end of the root; at each point follow the child that finished last
 * before it), after Uber's CRISP (USENIX ATC 2022). What outlives its parent is cut at the parent's end, and what the
 * parent does not wait for is left out.
 */

export interface Interval {
  readonly fromUs: number;
  readonly toUs: number;
  /** Whether nobody waits for it: a message that is consumed later. */
  readonly detached: boolean;
}

/** Intervals with the indexes of those directly below each, ascending by start. */
export interface IntervalTree {
  readonly intervals: readonly Interval[];
  readonly children: readonly (readonly number[])[];
}

/** `[fromUs, toUs)` in which the interval itself, not one below it, held up the root. */
export interface PathSection {
  readonly index: number;
  readonly fromUs: number;
  readonly toUs: number;
}

/** The sections below `root`, latest first within each interval; together they cover the root without gap or overlap. */
export function criticalSections(tree: IntervalTree, root: number): PathSection[] {
  const sections: PathSection[] = [];
  const { fromUs, toUs } = tree.intervals.at(root) ?? { fromUs: 0, toUs: 0 };
  const stack: PathSection[] = [{ index: root, fromUs, toUs }];
  for (let visit = stack.pop(); visit !== undefined; visit = stack.pop()) walkBack(tree, visit, sections, stack);
  return sections;
}

/** Adds the sections of one interval and puts the children on its path on the stack. */
function walkBack(tree: IntervalTree, visit: PathSection, sections: PathSection[], stack: PathSection[]): void {
  const { index, fromUs, toUs } = visit;
  let cursor = toUs;
  for (const child of lastFinishingFirst(tree, visit)) {
    if (child.toUs > cursor) continue;
    if (child.toUs < cursor) sections.push({ index, fromUs: child.toUs, toUs: cursor });
    stack.push(child);
    cursor = child.fromUs;
  }
  if (fromUs < cursor) sections.push({ index, fromUs, toUs: cursor });
}

/** Children cut to the visit's interval, the one that ended last first. */
function lastFinishingFirst({ intervals, children }: IntervalTree, visit: PathSection): PathSection[] {
  const visits: PathSection[] = [];
  for (const index of children.at(visit.index) ?? []) {
    const child = intervals.at(index);
    if (child === undefined || child.detached) continue;
    const fromUs = Math.max(child.fromUs, visit.fromUs);
    const toUs = Math.min(child.toUs, visit.toUs);
    if (fromUs < toUs) visits.push({ index, fromUs, toUs });
  }
  return visits.sort((one, other) => other.toUs - one.toUs || one.fromUs - other.fromUs);
}

/** Length of the part of an interval that none of those directly below it, for which it waits, covers. */
export function uncoveredUs({ intervals, children }: IntervalTree, index: number): number {
  const own = intervals.at(index);
  if (own === undefined) return 0;
  let covered = 0;
  let reached = own.fromUs;
  for (const at of children.at(index) ?? []) {
    const child = intervals.at(at);
    if (child === undefined || child.detached) continue;
    const from = Math.max(child.fromUs, reached);
    const to = Math.min(child.toUs, own.toUs);
    if (to <= from) continue;
    covered += to - from;
    reached = to;
  }
  return own.toUs - own.fromUs - covered;
}
