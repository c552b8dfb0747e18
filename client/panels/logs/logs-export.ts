/** What the logs view gives out: lines and patterns as tables, and the query that answers with them. Pure. */
import type { LogPattern } from "../../../server/wire/logs.js";
import type { LogLine, TimeWindow } from "../../../server/wire/telemetry.js";
import { lokiRange } from "../../state/export-text.js";
import type { ExportTable, WireRequest } from "../../state/export-text.js";
import { logqlOf } from "./logql-parts.js";
import { isoOf, partsOf } from "./logs-query.js";
import type { ReadParameter } from "./logs-query.js";

/** Lines of one answer of Loki's API, as it allows by default. */
const LINES_MAX = 5_000;
const OWN = ["timestamp", "level", "service", "instance", "message", "trace_id", "span_id"];

/** A column for each field that a line has, those of all lines first. */
export function linesTable(lines: readonly LogLine[]): ExportTable {
  const names = [...new Set(lines.flatMap(({ attributes }) => Object.keys(attributes)))].sort();
  return {
    columns: [...OWN, ...names],
    rows: lines.map((line) => [
      isoOf(line.timeUs),
      line.level,
      line.service,
      line.instance,
      line.message,
      line.traceId ?? null,
      line.spanId ?? null,
      ...names.map((name) => line.attributes[name] ?? null),
    ]),
  };
}

export const patternsTable = (patterns: readonly LogPattern[]): ExportTable => ({
  columns: ["change", "factor", "lines", "baseline", "level", "services", "pattern"],
  rows: patterns.map(({ change, factor, count, baselineCount, level, services, text }) => [
    change,
    factor ?? null,
    count,
    baselineCount,
    level,
    services.join(" "),
    text,
  ]),
});

/** The request for the very lines; none where words are looked for in fields too, which Loki's API cannot say. */
export function requestsOf(read: ReadParameter, window: TimeWindow): readonly WireRequest[] {
  const query = read("logql")?.trim() ?? "";
  if (query !== "") return [lokiRange(query, window, LINES_MAX)];
  const parts = partsOf(read);
  return parts.text.trim() === "" ? [lokiRange(logqlOf(parts), window, LINES_MAX)] : [];
}
