/**
 * Which rows of a waterfall are folded: all from a depth on, all of a service, and single rows that were opened or closed
 * against that. So a link stays short, however many spans a trace has. Pure.
 */
import type { TraceNode, TraceTree } from "./waterfall-tree.js";

export interface Folds {
  /** Levels that are shown; undefined for all. */
  readonly depth: number | undefined;
  /** Spans of this service hide what is below them. */
  readonly service: string | undefined;
  /** Rows that are the other way. */
  readonly toggled: ReadonlySet<string>;
}

/** Ids of the spans whose children are hidden. */
export function foldedSpans(tree: TraceTree, { depth, service, toggled }: Folds): ReadonlySet<string> {
  if (depth === undefined && service === undefined) return toggled;
  const folded = new Set<string>();
  for (const { span, depth: level, children } of tree.byId.values()) {
    if (children.length === 0) continue;
    const byRule = (depth !== undefined && level >= depth - 1) || span.service === service;
    if (byRule !== toggled.has(span.spanId)) folded.add(span.spanId);
  }
  return folded;
}

/** Levels of the tree. */
export function depthOf(tree: TraceTree): number {
  let deepest = 0;
  for (const { depth } of tree.byId.values()) deepest = Math.max(deepest, depth + 1);
  return deepest;
}

/** One level more or less than is shown; undefined when that is all. */
export function stepDepth(shown: readonly TraceNode[], tree: TraceTree, step: 1 | -1): number | undefined {
  const deepest = shown.reduce((most, { depth }) => Math.max(most, depth + 1), 0);
  const next = Math.max(1, deepest + step);
  return next >= depthOf(tree) ? undefined : next;
}

/** The row after or before the chosen one whose bar lies in the zoom range; undefined where there is none. */
export function nextInRange(
  rows: readonly TraceNode[],
  selected: string | undefined,
  within: { readonly fromUs: number; readonly toUs: number },
  step: 1 | -1,
): string | undefined {
  const from = rows.findIndex(({ span }) => span.spanId === selected);
  for (let at = from < 0 && step < 0 ? rows.length - 1 : from + step; at >= 0 && at < rows.length; at += step) {
    const row = rows[at];
    if (row !== undefined && row.endUs >= within.fromUs && row.span.startUs <= within.toUs) return row.span.spanId;
  }
  return undefined;
}

/** The next or previous of the spans found, in order of the rows, around the end. */
export function nextFound(
  tree: TraceTree,
  found: ReadonlySet<string>,
  selected: string | undefined,
  step: 1 | -1,
): string | undefined {
  const ids = depthFirstIds(tree).filter((id) => found.has(id) || id === selected);
  if (found.size === 0) return undefined;
  let at = ids.indexOf(selected ?? "");
  if (at < 0 && step < 0) at = 0;
  for (let tries = 0; tries < ids.length; tries++) {
    at = (at + step + ids.length) % ids.length;
    const id = ids[at];
    if (id !== undefined && found.has(id)) return id;
  }
  return undefined;
}

function depthFirstIds(tree: TraceTree): string[] {
  const ids: string[] = [];
  const stack = tree.roots.toReversed();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    ids.push(node.span.spanId);
    for (let at = node.children.length - 1; at >= 0; at--) {
      const child = node.children[at];
      if (child !== undefined) stack.push(child);
    }
  }
  return ids;
}
