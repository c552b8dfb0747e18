/**
 * Where the time of one trace went, by operation or by service: how often, how long, own time, and the share of the
 * critical path. Many cheap repeats of one call, and one slow call, look alike in a total and apart here.
 */
import { groupBy } from "./waterfall-groups.js";
import type { CriticalPath } from "./critical-path.js";
import type { TraceNode, TraceTree } from "./waterfall-tree.js";

export interface OperationStatistics {
  readonly service: string;
  /** Undefined where rows are services. */
  readonly name: string | undefined;
  readonly kind: string | undefined;
  readonly spanCount: number;
  readonly errorCount: number;
  readonly totalUs: number;
  readonly selfUs: number;
  readonly waitUs: number;
  readonly durationUsP50: number;
  readonly durationUsP95: number;
  readonly durationUsMax: number;
  readonly criticalUs: number;
  /** Of the whole critical path, 0 to 1. */
  readonly criticalRatio: number;
  /** A span to select when the row is opened: the longest. */
  readonly longestSpanId: string;
}

/** One row per service, operation and kind, or per service; the largest share of the critical path first. */
export function operationStatistics(
  tree: TraceTree,
  path: CriticalPath,
  by: "operation" | "service" = "operation",
): OperationStatistics[] {
  const key =
    by === "service"
      ? ({ span }: TraceNode) => span.service
      : ({ span }: TraceNode) => `${span.service}\n${span.name}\n${span.kind}`;
  return [...groupBy(tree.byId.values(), key).values()]
    .map((nodes) => statisticsOf(nodes, path, by))
    .sort((one, other) => other.criticalUs - one.criticalUs || other.selfUs - one.selfUs);
}

function statisticsOf(
  nodes: readonly TraceNode[],
  path: CriticalPath,
  by: "operation" | "service",
): OperationStatistics {
  const sorted = [...nodes].sort((one, other) => one.span.durationUs - other.span.durationUs);
  // Nearest rank: of two spans the quicker one is the median.
  const quantile = (share: number): number =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]?.span.durationUs ?? 0;
  const longest = sorted.at(-1)?.span;
  const criticalUs = sum(nodes, ({ span }) =>
    sum(path.bySpan.get(span.spanId) ?? [], (part) => part.toUs - part.fromUs),
  );
  return {
    service: longest?.service ?? "",
    name: by === "service" ? undefined : longest?.name,
    kind: by === "service" ? undefined : longest?.kind,
    spanCount: nodes.length,
    errorCount: nodes.filter(({ span }) => span.status === "error").length,
    totalUs: sum(nodes, ({ span }) => span.durationUs),
    selfUs: sum(nodes, (node) => node.selfUs),
    waitUs: sum(nodes, (node) => node.waitUs),
    durationUsP50: quantile(0.5),
    durationUsP95: quantile(0.95),
    durationUsMax: longest?.durationUs ?? 0,
    criticalUs,
    criticalRatio: path.totalUs === 0 ? 0 : criticalUs / path.totalUs,
    longestSpanId: longest?.spanId ?? "",
  };
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
