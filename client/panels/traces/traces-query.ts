/**
 * What the traces view asks for, as it stands in the URL: chips (`service`, `operation`, `status`, `min` and `max` of a
 * span's duration, `f` attributes) or a query of one's own (`q`); `tmin` and `tmax`, the duration of the trace; `order`,
 * `limit`; `sel`, a box on the heatmap; `tab`. Pure.
 */
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import type { TraceExploreRequest, TraceOrder, TraceSetRequest } from "../../../server/wire/traces.js";
import { parseDurationUs } from "../../state/time-range.js";
import type { UrlValues } from "../../state/url-state.js";
import type { ReadParameter } from "../logs/logs-query.js";
import { printDurationText } from "./duration-text.js";
import { conditionsOf, parseTags, printTags, traceqlOf, withTag } from "./trace-conditions.js";
import type { SpanConditions } from "./trace-conditions.js";

export const TRACE_LIMITS: readonly number[] = [100, 300, 1_000];
export const TRACE_LIMIT_DEFAULT = 300;
export const TRACE_ORDERS: readonly TraceOrder[] = [
  "newest",
  "oldest",
  "slowest",
  "fastest",
  "spans",
  "errors",
  "spread",
];

/** Parameters that decide which traces are found, the time apart. */
export const SET_PARAMETERS = ["q", "service", "operation", "status", "min", "max", "f", "tmin", "tmax"] as const;

export interface FormProblem {
  readonly field: "min" | "max" | "f" | "tmin" | "tmax";
  readonly message: string;
}

const DURATIONS = ["min", "max", "tmin", "tmax"] as const;

/** The chips. Texts that do not parse are left out; `formProblems` lists them. */
export function conditionsIn(read: ReadParameter): SpanConditions {
  const text = (name: string): string | undefined => {
    const value = read(name);
    return value === "" ? undefined : value;
  };
  const duration = (name: string): string | undefined => {
    const us = parseDurationUs(text(name) ?? "");
    return us === undefined ? undefined : printDurationText(us);
  };
  const service = text("service");
  const operation = text("operation");
  const status = text("status");
  const minDuration = duration("min");
  const maxDuration = duration("max");
  const parsed = parseTags(text("f") ?? "");
  return {
    ...(service !== undefined && { service }),
    ...(operation !== undefined && { operation }),
    ...((status === "ok" || status === "error") && { status }),
    ...(minDuration !== undefined && { minDuration }),
    ...(maxDuration !== undefined && { maxDuration }),
    tags: parsed.ok ? parsed.tags : [],
  };
}

/** The TraceQL that is asked: one's own, or that of the chips. */
export function queryIn(read: ReadParameter): string {
  return read("q") ?? traceqlOf(conditionsIn(read));
}

/** URL values for a text of the editor: chips where it is no more than those, else the text itself. */
export function valuesOfQuery(query: string): UrlValues {
  const cleared = { q: undefined, service: undefined, operation: undefined, status: undefined, f: undefined };
  const trimmed = query.trim();
  const conditions = trimmed === "" ? { tags: [] } : conditionsOf(trimmed);
  if (conditions === undefined) return { ...cleared, min: undefined, max: undefined, q: trimmed };
  return { ...cleared, ...valuesOfConditions(conditions) };
}

export function valuesOfConditions(conditions: SpanConditions): UrlValues {
  const tags = printTags(conditions.tags);
  return {
    service: conditions.service,
    operation: conditions.operation,
    status: conditions.status,
    min: conditions.minDuration,
    max: conditions.maxDuration,
    f: tags === "" ? undefined : tags,
  };
}

/** URL values with a value of the results taken in or left out: of an operation, a service, or any attribute. */
export function filterValues(
  read: ReadParameter,
  { field, value, isIncluded }: { readonly field: string; readonly value: string; readonly isIncluded: boolean },
): UrlValues {
  if (isIncluded && field === "name") return { operation: value, q: undefined, tab: undefined };
  if (isIncluded && (field === "service" || field === "service.name")) return { service: value, q: undefined };
  if (field === "name") {
    const others = `{ name = ${JSON.stringify(value)} }`;
    return valuesOfQuery(`${queryIn(read)} && { nestedSetParent < 0 } !>> ${others}`);
  }
  const conditions = conditionsIn(read);
  const tag = { name: field, operator: isIncluded ? ("=" as const) : ("!=" as const), value };
  return valuesOfConditions({ ...conditions, tags: withTag(conditions.tags, tag) });
}

export function setRequestOf(read: ReadParameter, window: TimeWindow): TraceSetRequest {
  const minDurationUs = parseDurationUs(read("tmin") ?? "");
  const maxDurationUs = parseDurationUs(read("tmax") ?? "");
  return {
    fromUs: window.fromUs,
    toUs: window.toUs,
    query: queryIn(read),
    ...(minDurationUs !== undefined && { minDurationUs }),
    ...(maxDurationUs !== undefined && { maxDurationUs }),
  };
}

export interface HeatmapSize {
  readonly columns: number;
  readonly rows: number;
}

export function exploreRequestOf(read: ReadParameter, window: TimeWindow, size: HeatmapSize): TraceExploreRequest {
  const limit = Number(read("limit"));
  const order = TRACE_ORDERS.find((known) => known === read("order"));
  return {
    ...setRequestOf(read, window),
    ...size,
    limit: TRACE_LIMITS.includes(limit) ? limit : TRACE_LIMIT_DEFAULT,
    order: order ?? "newest",
  };
}

/** What is wrong with the form's texts, each with the field it belongs to. */
export function formProblems(read: ReadParameter): readonly FormProblem[] {
  const problems: FormProblem[] = [];
  for (const field of DURATIONS) {
    const text = read(field) ?? "";
    if (text !== "" && parseDurationUs(text) === undefined) {
      problems.push({ field, message: `“${text}” is not a duration. Write a number and a unit: 250ms, 1.5s, 800us.` });
    }
  }
  const parsed = parseTags(read("f") ?? "");
  if (!parsed.ok) problems.push({ field: "f", message: parsed.message });
  return problems;
}

/** A box on the heatmap: a time and durations of traces. */
export interface TraceBox extends TimeWindow {
  readonly minDurationUs: number;
  readonly maxDurationUs: number;
}

export function parseBox(text: string | undefined): TraceBox | undefined {
  const match = /^(\d+)-(\d+)_(\d+)-(\d+)$/.exec(text ?? "");
  if (match === null) return undefined;
  const [fromUs = 0, toUs = 0, minDurationUs = 0, maxDurationUs = 0] = match.slice(1).map(Number);
  return toUs > fromUs && maxDurationUs >= minDurationUs ? { fromUs, toUs, minDurationUs, maxDurationUs } : undefined;
}

export const printBox = ({ fromUs, toUs, minDurationUs, maxDurationUs }: TraceBox): string =>
  `${String(fromUs)}-${String(toUs)}_${String(minDurationUs)}-${String(maxDurationUs)}`;

/** The set of the view narrowed to a box. */
export function boxRequestOf(set: TraceSetRequest, box: TraceBox): TraceSetRequest {
  return {
    fromUs: Math.max(set.fromUs, box.fromUs),
    toUs: Math.min(set.toUs, box.toUs),
    query: set.query,
    minDurationUs: Math.max(set.minDurationUs ?? 0, box.minDurationUs),
    maxDurationUs: Math.min(set.maxDurationUs ?? Infinity, box.maxDurationUs),
  };
}

/** What `boxCompare` takes of the box. */
export const boxBounds = ({ fromUs, toUs, minDurationUs: minimum, maxDurationUs: maximum }: TraceBox) =>
  ({ fromUs, toUs, minimum, maximum }) as const;

/** One step for the box: its window and its durations together. */
export const zoomValues = (box: TraceBox): UrlValues => ({
  from: String(box.fromUs),
  to: String(Math.max(box.toUs, box.fromUs + 1_000)),
  ...durationValues(box),
  sel: undefined,
});

/** Only traces that took as long as those of the box. */
export const durationValues = ({ minDurationUs, maxDurationUs }: TraceBox): UrlValues => ({
  tmin: printDurationText(minDurationUs),
  tmax: printDurationText(maxDurationUs),
  sel: undefined,
});

/** The query with the bounds on the trace's duration written into it, for whoever takes a query alone. */
export function withDurations(query: string, { minDurationUs, maxDurationUs }: TraceSetRequest): string {
  const bounds = [
    ...(minDurationUs === undefined ? [] : [`duration >= ${printDurationText(minDurationUs)}`]),
    ...(maxDurationUs === undefined ? [] : [`duration <= ${printDurationText(maxDurationUs)}`]),
  ];
  if (bounds.length === 0) return isAll(query) ? "" : query;
  const roots = `{ nestedSetParent < 0 && ${bounds.join(" && ")} }`;
  return isAll(query) ? roots : `${query} && ${roots}`;
}

const isAll = (query: string): boolean => /^\s*\{\s*\}\s*$/.test(query);

/** A query for the traces of `query` that did not take as long as those of the box. */
export function withoutDurations(query: string, { minDurationUs, maxDurationUs }: TraceBox): string {
  const [least, most] = [printDurationText(minDurationUs), printDurationText(maxDurationUs)];
  const others = `{ nestedSetParent < 0 && (duration < ${least} || duration > ${most}) }`;
  return isAll(query) ? others : `${query} && ${others}`;
}
