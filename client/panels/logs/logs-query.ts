/**
 * What the logs view asks for, as it stands in the URL:
 * `q` free text, `level` and `services` lists, `trace` id, `f` field filters, `tail` on or off, `line` the opened lines.
 */
import type { LogLevel, LogLine, LogsRequest, TimeWindow } from "../../../server/wire/telemetry.js";
import { parseFilters, parseList, printFilters, toggleFilter, toggleInList } from "./field-filters.js";

export const LOG_LEVELS: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** Reads one parameter of the URL. */
export type ReadParameter = (name: string) => string | undefined;

/** Changes to parameters of the URL; undefined takes one away. */
export type ParameterChange = Readonly<Record<string, string | undefined>>;

const isLevel = (text: string): text is LogLevel => (LOG_LEVELS as readonly string[]).includes(text);

/** The request for the window. Filters that do not parse are left out; the view shows their error beside the field. */
export function logsRequestOf(read: ReadParameter, window: TimeWindow): LogsRequest {
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
  if (operator === "=") {
    if (field === "level") return { level: toggleInList(read("level"), value) };
    if (field === "service") return { services: toggleInList(read("services"), value) };
    if (field === "trace_id") return { trace: value };
  }
  const parsed = parseFilters(read("f") ?? "");
  const next = printFilters(toggleFilter(parsed.ok ? parsed.filters : [], { name: field, operator, value }));
  return { f: next === "" ? undefined : next };
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
