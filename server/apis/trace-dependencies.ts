/** Which service calls which, counted over spans whose parent is of another service, as tracing tools count it. */
import { TraceqlBudget } from "../query/traceql/limits.js";
import type { SpanReader } from "../telemetry/span-reader.js";

export interface Dependency {
  readonly parent: string;
  readonly child: string;
  callCount: number;
  errorCount: number;
}

/** Over spans that began in the window, both ends included; in order of names. */
export function dependenciesOf(
  reader: SpanReader,
  fromUs: number,
  toUs: number,
  clockMs?: () => number,
): readonly Dependency[] {
  const budget = new TraceqlBudget(undefined, clockMs);
  const found = new Map<string, Dependency>();
  for (const columns of reader.stretches()) {
    const to = columns.firstRowFrom(toUs + 1);
    for (let row = columns.firstRowFrom(fromUs); row < to; row++) {
      budget.addSpans(1);
      const parentRow = columns.parent(row);
      if (parentRow < 0 || !columns.isSeen(row) || !columns.isSeen(parentRow)) continue;
      const { service: child, status } = columns.shapeOf(columns.shape(row));
      const { service: parent } = columns.shapeOf(columns.shape(parentRow));
      if (parent === child) continue;
      const key = JSON.stringify([parent, child]);
      let dependency = found.get(key);
      if (dependency === undefined) found.set(key, (dependency = { parent, child, callCount: 0, errorCount: 0 }));
      dependency.callCount++;
      if (status === "error") dependency.errorCount++;
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, dependency]) => dependency);
}
