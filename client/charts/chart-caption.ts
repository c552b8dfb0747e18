/** What a chart shows, in a sentence: what, in which unit, from when to when. For the caption that every chart has. Pure. */
import type { ServiceMap, TimeWindow } from "../../server/wire/telemetry.js";
import { lastValue, valueAt } from "./chart-data.js";
import type { ChartSeries } from "./chart-data.js";
import { formatClock, formatDurationUs, formatUnit } from "./format.js";
import { healthOf } from "./map-health.js";
import type { TraceTree } from "./waterfall-tree.js";

const UNIT_WORDS: Readonly<Record<string, string>> = {
  s: "seconds",
  seconds: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  µs: "microseconds",
  ratio: "percent",
  "1": "percent",
  "%": "percent",
  percent: "percent",
  By: "bytes",
  bytes: "bytes",
  "By/s": "bytes a second",
  "/s": "per second",
  "/min": "per minute",
  short: "",
};

/** In which words a caption tells by itself that it counts per time. */
const SAID_RATE = /\b(?:a|per) (?:second|minute)\b/;

/** `Requests by service, per second, 13:50:00 to 14:05:00 UTC`. A caption without words is told by its unit alone. */
export function chartCaption(what: string, unit: string, { fromUs, toUs }: TimeWindow): string {
  const words = UNIT_WORDS[unit] ?? unit;
  return [
    what.trim().replace(/[.,;:]$/, "") || "Values over time",
    unitPhrase(words, what),
    `${formatClock(fromUs)} to ${formatClock(toUs)} UTC`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}

function unitPhrase(words: string, what: string): string {
  if (words.startsWith("per ")) return SAID_RATE.test(what) ? "" : words;
  return words === "" ? "" : `in ${words}`;
}

/** Series that are said at an instant; more would be a recitation. */
const SPOKEN_MAX = 5;

/** `14:02:10. order 12/s, cart 3/s`, the highest first; a gap is said to be one. */
export function valuesAt(
  series: readonly ChartSeries[],
  atUs: number,
  options: { readonly unit: string; readonly reachUs: number },
): string {
  const { unit, reachUs } = options;
  const there = series.flatMap((one) => {
    const value = valueAt(one, atUs, reachUs);
    return value === undefined || Number.isNaN(value) ? [] : [{ name: one.name, value }];
  });
  there.sort((one, other) => other.value - one.value);
  const said = there
    .slice(0, SPOKEN_MAX)
    .map(({ name, value }) => `${name === "" ? "" : `${name} `}${formatUnit(value, unit)}`);
  const more = there.length > SPOKEN_MAX ? `, and ${String(there.length - SPOKEN_MAX)} lower` : "";
  return `${formatClock(atUs)}. ${said.length === 0 ? "No sample" : said.join(", ")}${more}`;
}

/** For a chart that is too small for anything else: its last, lowest and highest value. */
export function extentText(series: readonly ChartSeries[], unit: string): string {
  const [first] = series;
  if (first === undefined) return "No samples";
  const drawn = series.flatMap(({ values }) => [...values].filter((value) => Number.isFinite(value)));
  const last = lastValue(first);
  if (drawn.length === 0) return "No samples";
  const low = formatUnit(
    drawn.reduce((one, other) => Math.min(one, other)),
    unit,
  );
  const high = formatUnit(
    drawn.reduce((one, other) => Math.max(one, other)),
    unit,
  );
  return `${last === undefined ? "" : `last ${formatUnit(last, unit)}, `}lowest ${low}, highest ${high}`;
}

/** `Spans of edge POST /checkout: 35 in 9 services over 5.03 s, 3 failed`. */
export function traceCaption({ roots, byId, spanCount, errorCount, startUs, endUs }: TraceTree): string {
  const root = roots[0]?.span;
  const services = new Set([...byId.values()].map(({ span }) => span.service));
  const failed = errorCount === 0 ? "none failed" : `${String(errorCount)} failed`;
  const what = root === undefined ? "the trace" : `${root.service} ${root.name}`;
  return `Spans of ${what}: ${String(spanCount)} in ${String(services.size)} services over ${formatDurationUs(endUs - startUs)}, ${failed}`;
}

/** `Service map: 19 parts and 31 calls; much worse than before: payment, order; worse: cart`. */
export function mapCaption({ nodes, edges }: ServiceMap): string {
  const inState = (severity: string): readonly string[] =>
    nodes
      .filter(({ now, before }) => {
        const health = healthOf(now, before);
        return health.reasons.length > 0 && (health.severity === "critical") === (severity === "critical");
      })
      .map(({ id }) => id);
  const [critical, warning] = [inState("critical"), inState("warning")];
  const parts = [
    critical.length === 0 ? "" : `much worse than before: ${critical.join(", ")}`,
    warning.length === 0 ? "" : `worse: ${warning.join(", ")}`,
  ].filter((part) => part !== "");
  const state = parts.length === 0 ? "nothing is worse than before" : parts.join("; ");
  return `Service map: ${countOf(nodes.length, "part")} and ${countOf(edges.length, "call")}; ${state}`;
}

const countOf = (count: number, thing: string): string => `${String(count)} ${thing}${count === 1 ? "" : "s"}`;
