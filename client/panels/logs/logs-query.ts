/**
 * What the logs view asks for, as it stands in the URL:
 * `q` free text, `level` and `services` lists, `trace` id, `f` field filters, or `logql` in place of these; `tail` on or
 * off, `line` the opened lines, `context` those with the lines around them, `order`, `fold`, `wrap` and `cols` of the list,
 * `show` patterns, `base` what they are compared with, `field` the one that is shown over time.
 */
import { MICROS_PER_HOUR } from "../../../server/base/time.js";
import type { LogFilterParts } from "../../../server/wire/logs.js";
import type { LogFold, LogLevel, LogLine, LogsRequest, TimeWindow } from "../../../server/wire/telemetry.js";
import { parseFilters, parseList, printFilters, toggleFilter, toggleInList } from "./field-filters.js";
import { withFilter } from "./logql-parts.js";

export const LOG_LEVELS: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** Reads one parameter of the URL. */
export type ReadParameter = (name: string) => string | undefined;

/** Changes to parameters of the URL; undefined takes one away. */
export type ParameterChange = Readonly<Record<string, string | undefined>>;

const isLevel = (text: string): text is LogLevel => (LOG_LEVELS as readonly string[]).includes(text);

/** The request for the window. Filters that do not parse are left out; the view shows their error beside the field. */
export function logsRequestOf(read: ReadParameter, window: TimeWindow): LogsRequest {
  const query = read("logql")?.trim() ?? "";
  if (query !== "") return { fromUs: window.fromUs, toUs: window.toUs, query };
  const levels = parseList(read("level")).filter(isLevel);
  const services = parseList(read("services"));
  const text = read("q")?.trim() ?? "";
  const traceId = read("trace")?.trim() ?? "";
  const parsed = parseFilters(read("f") ?? "");
  return {
    fromUs: window.fromUs,
    toUs: window.toUs,
    ...(levels.length > 0 && { levels }),
    ...(services.length > 0 && { services }),
    ...(text !== "" && { text }),
    ...(traceId !== "" && { traceId }),
    ...(parsed.ok && parsed.filters.length > 0 && { fields: parsed.filters }),
  };
}

/** Include or exclude a value of a field. Level, service and trace have parameters of their own; the rest are field filters. */
export function filterChange(read: ReadParameter, field: string, value: string, operator: "=" | "!="): ParameterChange {
  const query = read("logql") ?? "";
  if (query.trim() !== "") return { logql: withFilter(query, { name: field, operator, value }) };
  if (operator === "=") {
    if (field === "level") return { level: toggleInList(read("level"), value) };
    if (field === "service") return { services: toggleInList(read("services"), value) };
    if (field === "trace_id") return { trace: value };
  }
  const parsed = parseFilters(read("f") ?? "");
  const next = printFilters(toggleFilter(parsed.ok ? parsed.filters : [], { name: field, operator, value }));
  return { f: next === "" ? undefined : next };
}

/** The search form of the URL. */
export function partsOf(read: ReadParameter): LogFilterParts {
  const parsed = parseFilters(read("f") ?? "");
  const traceId = read("trace");
  return {
    levels: parseList(read("level")).filter(isLevel),
    services: parseList(read("services")),
    text: read("q") ?? "",
    fields: parsed.ok ? parsed.filters : [],
    ...(traceId === undefined ? {} : { traceId }),
  };
}

const orNone = (text: string): string | undefined => (text === "" ? undefined : text);

/** The URL of a search form. */
export const changeOfParts = ({ levels, services, text, fields, traceId }: LogFilterParts): ParameterChange => ({
  logql: undefined,
  level: orNone(levels.join(",")),
  services: orNone(services.join(",")),
  q: orNone(text),
  f: orNone(printFilters(fields)),
  trace: traceId,
});

const FOLDS: readonly LogFold[] = ["exact", "numbers", "signature"];

/** How the list is drawn. */
export interface ListOptions {
  readonly order: "newest" | "oldest";
  readonly fold: LogFold | undefined;
  readonly wrap: boolean;
  /** Fields that have a column. */
  readonly columns: readonly string[];
}

export function listOptionsOf(read: ReadParameter): ListOptions {
  return {
    order: read("order") === "oldest" ? "oldest" : "newest",
    fold: FOLDS.find((fold) => fold === read("fold")),
    wrap: read("wrap") === "1",
    columns: parseList(read("cols")),
  };
}

/** What patterns are compared with: the hour before, or as long before as the window is. */
export function baselineOf(read: ReadParameter, { fromUs, toUs }: TimeWindow): TimeWindow {
  const chosen = /^(\d+)-(\d+)$/.exec(read("base") ?? "");
  if (chosen !== null) return { fromUs: Number(chosen[1]), toUs: Number(chosen[2]) };
  const lengthUs = read("base") === "same" ? toUs - fromUs : MICROS_PER_HOUR;
  return { fromUs: fromUs - lengthUs, toUs: fromUs - 1 };
}

/** A line as the JSON object that a log shipper would have sent. */
export function lineAsJson(line: LogLine): string {
  const { timeUs, level, service, instance, message, traceId, spanId, attributes } = line;
  return JSON.stringify({
    timestamp: isoOf(timeUs),
    level,
    service,
    instance,
    message,
    ...(traceId !== undefined && { trace_id: traceId }),
    ...(spanId !== undefined && { span_id: spanId }),
    ...attributes,
  });
}

/** RFC 3339 with microseconds. */
export function isoOf(timeUs: number): string {
  const whole = new Date(Math.floor(timeUs / 1_000)).toISOString();
  return `${whole.slice(0, -1)}${String(((timeUs % 1_000) + 1_000) % 1_000).padStart(3, "0")}Z`;
}
