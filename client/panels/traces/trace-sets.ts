/**
 * What of the traces that were found is shown, as the address says: `tab`; `sel`, the box that narrows them; `base` and `bq`,
 * the set that they are held against. Pure.
 */
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import type { TraceSetRequest } from "../../../server/wire/traces.js";
import type { ReadParameter } from "../logs/logs-query.js";
import { boxRequestOf, parseBox, setRequestOf } from "./traces-query.js";

const TRACE_TABS = ["list", "path", "difference"] as const;
export type TraceTab = (typeof TRACE_TABS)[number];

export const traceTabOf = (read: ReadParameter): TraceTab => TRACE_TABS.find((tab) => tab === read("tab")) ?? "list";

/** How rows of figures are grouped. */
export const groupingOf = (read: ReadParameter): "operation" | "service" =>
  read("by") === "service" ? "service" : "operation";

const BASELINES = ["all", "before", "query"] as const;
/** What a set is held against: all that was found, as much time before, or another query. */
export type BaselineKind = (typeof BASELINES)[number];

/** A set against itself says nothing: without a box the time before is the question. */
export function baselineKindOf(read: ReadParameter): BaselineKind {
  const fallback = read("sel") === undefined ? "before" : "all";
  return BASELINES.find((kind) => kind === read("base")) ?? fallback;
}

/** The box where there is one, else all that was found. */
export function chosenSetOf(read: ReadParameter, window: TimeWindow): TraceSetRequest {
  const all = setRequestOf(read, window);
  const box = parseBox(read("sel"));
  return box === undefined ? all : boxRequestOf(all, box);
}

export function baselineSetOf(read: ReadParameter, window: TimeWindow): TraceSetRequest {
  const all = setRequestOf(read, window);
  const kind = baselineKindOf(read);
  if (kind === "query") return { fromUs: all.fromUs, toUs: all.toUs, query: read("bq") ?? "{}" };
  if (kind === "all") return all;
  const { fromUs, toUs } = chosenSetOf(read, window);
  return { ...all, fromUs: fromUs - (toUs - fromUs), toUs: fromUs - 1 };
}
