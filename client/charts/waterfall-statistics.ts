/**
 * Where the time of one trace went, by service and operation: how often, total and self time, and the share of the
 * critical path. Many cheap repeats of one call, and one slow call, look alike in a total and apart here.
 */
import { groupBy } from "./waterfall-groups.js";
import type { CriticalPath } from "./critical-path.js";
import type { TraceTree } from "./waterfall-tree.js";

export interface OperationStatistics {
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly spanCount: number;
  readonly errorCount: number;
  readonly totalUs: number;
  readonly selfUs: number;
  readonly waitUs: number;
  readonly durationUsMax: number;
  readonly criticalUs: number;
  /** Of the whole critical path, 0 to 1. */
  readonly criticalRatio: number;
  /** A span to select when the row is opened: the longest. */
  readonly longestSpanId: string;
}

/** One row per service, operation and kind; the largest share of the critical path first. */
export function operationStatistics(tree: TraceTree, path: CriticalPath): OperationStatistics[] {
  const groups = groupBy(tree.byId.values(), ({ span }) => `${span.service}\n${span.name}\n${span.kind}`);
  const rows: OperationStatistics[] = [];
  for (const nodes of groups.values()) {
    const longest = nodes.reduce((one, other) => (other.span.durationUs > one.span.durationUs ? other : one));
    const criticalUs = sum(nodes, ({ span }) =>
      sum(path.bySpan.get(span.spanId) ?? [], (part) => part.toUs - part.fromUs),
    );
    rows.push({
      service: longest.span.service,
      name: longest.span.name,
      kind: longest.span.kind,
      spanCount: nodes.length,
      errorCount: nodes.filter(({ span }) => span.status === "error").length,
      totalUs: sum(nodes, ({ span }) => span.durationUs),
      selfUs: sum(nodes, (node) => node.selfUs),
      waitUs: sum(nodes, (node) => node.waitUs),
      durationUsMax: longest.span.durationUs,
      criticalUs,
      criticalRatio: path.totalUs === 0 ? 0 : criticalUs / path.totalUs,
      longestSpanId: longest.span.spanId,
    });
  }
  return rows.sort((one, other) => other.criticalUs - one.criticalUs || other.selfUs - one.selfUs);
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
