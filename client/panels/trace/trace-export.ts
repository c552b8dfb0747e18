/** What the trace view gives out: a row for each span, in the order of the waterfall, and what an exhibit keeps. Pure. */
import { formatDateTime, formatDurationUs, formatRatio } from "../../charts/format.js";
import { operationStatistics } from "../../charts/waterfall-statistics.js";
import type { TraceNode, TraceTree } from "../../charts/waterfall-tree.js";
import type { ExportSource } from "../../elements/export-menu.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { tempoTrace } from "../../state/export-text.js";
import type { ExportTable } from "../../state/export-text.js";
import { isoOf } from "../logs/logs-query.js";
import type { TraceReading } from "./trace-reading.js";

/** Operations that an exhibit names, those with most of the critical path first. */
const FROZEN_OPERATIONS = 2;

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

/** All that goes out but the picture. */
export function traceExport({ trace, tree }: Pick<TraceReading, "trace" | "tree">): ExportSource {
  const span = tree.roots[0]?.span;
  return {
    title: `Trace ${tree.traceId}`,
    table: spansTable(tree),
    json: trace,
    requests: [tempoTrace(tree.traceId)],
    ...(span === undefined
      ? {}
      : {
          caption: `${span.service} ${span.name}, ${formatDurationUs(span.durationUs)}, ${formatDateTime(span.startUs)} UTC`,
        }),
  };
}

export function traceExhibit({ tree, path }: Pick<TraceReading, "tree" | "path">): ExhibitParts | undefined {
  const span = tree.roots[0]?.span;
  if (span === undefined) return undefined;
  const rows = operationStatistics(tree, path).slice(0, FROZEN_OPERATIONS);
  return {
    title: `Trace ${span.service} ${span.name}, ${formatDurationUs(span.durationUs)}`,
    frozen: {
      kind: "facts",
      facts: [
        { name: "trace", value: tree.traceId },
        { name: "starts", value: `${formatDateTime(tree.startUs)} UTC` },
        { name: "duration", value: formatDurationUs(span.durationUs) },
        { name: "spans", value: `${String(tree.spanCount)}, ${String(tree.errorCount)} failed` },
        ...rows.map((row) => ({
          name: `${row.service} ${row.name ?? ""}`,
          value: `${String(row.spanCount)} calls, ${formatRatio(row.criticalRatio)} of the critical path`,
        })),
      ],
    },
  };
}
