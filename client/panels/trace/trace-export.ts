/** What the trace view gives out: a row for each span, in the order of the waterfall. Pure. */
import type { TraceNode, TraceTree } from "../../charts/waterfall-tree.js";
import type { ExportTable } from "../../state/export-text.js";
import { isoOf } from "../logs/logs-query.js";

export const spansTable = (tree: TraceTree): ExportTable => ({
  columns: ["span_id", "parent_id", "depth", "service", "name", "kind", "start", "duration_ms", "self_ms", "status"],
  rows: inOrder(tree.roots).map(({ span, depth, selfUs }) => [
    span.spanId,
    span.parentSpanId ?? null,
    depth,
    span.service,
    span.name,
    span.kind,
    isoOf(span.startUs),
    span.durationUs / 1_000,
    selfUs / 1_000,
    span.status,
  ]),
});

/** Depth first, without recursion: chains of calls may be thousands deep. */
function inOrder(roots: readonly TraceNode[]): readonly TraceNode[] {
  const found: TraceNode[] = [];
  const waiting = [...roots].reverse();
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    found.push(node);
    waiting.push(...[...node.children].reverse());
  }
  return found;
}
