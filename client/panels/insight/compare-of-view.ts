/** What the key `b` compares in a view: what it shows with what it can be held against. Pure. */
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { beforeAfterCompare, logFilterOf, slowCompare, traceqlOf } from "../../state/compare-url.js";
import type { CompareSubject } from "../../state/compare-url.js";
import type { UrlValues } from "../../state/url-state.js";
import { logsRequestOf } from "../logs/logs-query.js";
import { queryIn, setRequestOf, withDurations } from "../traces/traces-query.js";

export interface ShownView {
  readonly view: string;
  readonly read: (name: string) => string | undefined;
}

/** Undefined where a comparison is already on the screen. */
export function compareOfView(
  { view, read }: ShownView,
  window: TimeWindow,
  pagedUs: number | undefined,
): UrlValues | undefined {
  if (view === "compare") return undefined;
  const isInside = pagedUs !== undefined && pagedUs > window.fromUs && pagedUs < window.toUs;
  const splitUs = isInside ? pagedUs : (window.fromUs + window.toUs) / 2;
  const beforeAfter = (subject: CompareSubject): UrlValues => beforeAfterCompare(subject, splitUs, window);
  if (view === "traces") return slowCompare({ signal: "traces", query: traceQueryOf(read, window) });
  if (view === "logs" && (read("logql") ?? "").trim() !== "")
    return beforeAfter({ signal: "logs", query: read("logql") ?? "" });
  if (view === "logs")
    return beforeAfter({ signal: "logs", query: "", logs: logFilterOf(logsRequestOf(read, window)) });
  const query = read("query") ?? "";
  if (view === "metrics" && query !== "") return beforeAfter({ signal: "metrics", query });
  const service = read("service") ?? read("node") ?? read("target");
  const scope = service === undefined ? "" : traceqlOf({ ...window, service });
  return beforeAfter({ signal: "traces", query: scope });
}

/** TraceQL as it is typed, else what the chips say. */
const traceQueryOf = (read: ShownView["read"], window: TimeWindow): string =>
  withDurations(queryIn(read), setRequestOf(read, window));
