/** Spans as the intervals of `server/base/critical-path.ts`, so that a trace on the screen is measured as sets of traces are. */
import type { IntervalTree } from "../../server/base/critical-path.js";
import type { TraceNode } from "./waterfall-tree.js";

/** A tree of intervals with the node of each. */
export interface SpanIntervals<Node extends TraceNode> extends IntervalTree {
  /** Breadth first: parents stand before their children. */
  readonly nodes: readonly Node[];
}

/** Everything at and below `roots`. A cycle of parents is unreachable from a root and thus left out. */
export function spanIntervals<Node extends TraceNode>(roots: readonly Node[]): SpanIntervals<Node> {
  const nodes: Node[] = [...roots];
  const children: number[][] = [];
  // What is met joins the nodes that are walked. The children of a node are of its own type.
  for (const node of nodes) children.push(node.children.map((child) => nodes.push(child as Node) - 1));
  const intervals = nodes.map(({ span, endUs }) => ({
    fromUs: span.startUs,
    toUs: endUs,
    detached: span.kind === "consumer",
  }));
  return { nodes, intervals, children };
}
