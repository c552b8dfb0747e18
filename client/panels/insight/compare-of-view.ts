/** What the key `b` compares in a view: what it shows with what it can be held against. Pure. */
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { beforeAfterCompare, boxCompare, logFilterOf, slowCompare, traceqlOf } from "../../state/compare-url.js";
import type { CompareSubject } from "../../state/compare-url.js";
import type { UrlValues } from "../../state/url-state.js";
import { logsRequestOf } from "../logs/logs-query.js";
import { boxBounds, parseBox, queryIn, setRequestOf, withDurations } from "../traces/traces-query.js";

export interface ShownView {
  readonly view: string;
  readonly read: (name: string) => string | undefined;
}

/** What a comparison of the view is about. */
export function subjectOfView({ view, read }: ShownView, window: TimeWindow): CompareSubject {
  const logql = read("logql") ?? "";
  if (view === "traces") return { signal: "traces", query: traceQueryOf(read, window) };
  if (view === "logs" && logql.trim() !== "") return { signal: "logs", query: logql };
  if (view === "logs") return { signal: "logs", query: "", logs: logFilterOf(logsRequestOf(read, window)) };
  const query = read("query") ?? "";
  if (view === "metrics" && query !== "") return { signal: "metrics", query };
  const service = read("service") ?? read("node") ?? read("target");
  return { signal: "traces", query: service === undefined ? "" : traceqlOf({ ...window, service }) };
}

/** Undefined where a comparison is already on the screen. */
export function compareOfView(
  shown: ShownView,
  window: TimeWindow,
  pagedUs: number | undefined,
): UrlValues | undefined {
  if (shown.view === "compare") return undefined;
  const subject = subjectOfView(shown, window);
  if (shown.view === "traces") {
    const box = parseBox(shown.read("sel"));
    return box === undefined ? slowCompare(subject) : boxCompare(subject, boxBounds(box));
  }
  const isInside = pagedUs !== undefined && pagedUs > window.fromUs && pagedUs < window.toUs;
  return beforeAfterCompare(subject, isInside ? pagedUs : (window.fromUs + window.toUs) / 2, window);
}

/** TraceQL as it is typed, else what the chips say. */
const traceQueryOf = (read: ShownView["read"], window: TimeWindow): string =>
  withDurations(queryIn(read), setRequestOf(read, window));
