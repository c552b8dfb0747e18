/** What the logs view gives out: lines and patterns as tables, and the query that answers with them. Pure. */
import type { LogPattern } from "../../../server/wire/logs.js";
import type { LogLine, TimeWindow } from "../../../server/wire/telemetry.js";
import type { LogPages } from "../../charts/virtual-log-pages.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { stepSecondsOf } from "../../net/range-query.js";
import { lokiRange } from "../../state/export-text.js";
import type { CurlRequest, ExportTable, WireRequest } from "../../state/export-text.js";
import { logqlOf } from "./logql-parts.js";
import { isoOf, logsRequestOf, partsOf } from "./logs-query.js";
import type { ReadParameter } from "./logs-query.js";

/** Lines of one answer of Loki's API, as it allows by default. */
const LINES_MAX = 5_000;
/** Lines of one answer of ours. */
const OWN_LINES_MAX = 1_000;
/** Lines that an exhibit keeps. */
const FROZEN_LINES = 50;
/** Parameters that name a search. */
const ASKED = ["logql", "level", "services", "q", "f"];
const OWN = ["timestamp", "level", "service", "instance", "message", "trace_id", "span_id"];

/** Instants of a chart of numbers made of lines, as Loki's parameters: whole steps from the first in the window on. */
export function metricTimes({ fromUs, toUs }: TimeWindow): Record<"start" | "end" | "step", string> {
  const step = stepSecondsOf({ fromUs, toUs });
  const start = Math.ceil(fromUs / 1e6 / step) * step;
  return { start: `${String(start)}.0`, end: (toUs / 1e6).toFixed(6), step: String(step) };
}

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

/** The request for the very lines: ours where words are looked for in fields too, which Loki's API cannot say. */
export function requestsOf(read: ReadParameter, window: TimeWindow): readonly CurlRequest[] {
  const query = read("logql")?.trim() ?? "";
  if (query !== "") return [lokiRange(query, window, LINES_MAX)];
  const parts = partsOf(read);
  if (parts.text.trim() === "") return [lokiRange(logqlOf(parts), window, LINES_MAX)];
  return [{ own: "logs/search", json: { ...logsRequestOf(read, window), offset: 0, limit: OWN_LINES_MAX } }];
}

/** The request for numbers that a LogQL query makes of lines, at the instants that the chart asks for. */
export function metricRequest(query: string, window: TimeWindow): WireRequest {
  const { tool, path } = lokiRange(query, window, LINES_MAX);
  return { tool, path, parameters: { query, ...metricTimes(window) } };
}

/** The lines that are here, from the first on. */
export function linesHere(pages: Pick<LogPages, "line"> | undefined): readonly LogLine[] {
  const lines: LogLine[] = [];
  for (let line = pages?.line(0); line !== undefined; line = pages?.line(lines.length)) lines.push(line);
  return lines;
}

/** What an exhibit keeps of a search: what was asked, how many lines there are, and the first of them. */
export function linesExhibit(
  read: ReadParameter,
  pages: Pick<LogPages, "line" | "total"> | undefined,
): Pick<ExhibitParts, "title" | "frozen"> | undefined {
  if (pages?.total === undefined) return undefined;
  const lines = Array.from({ length: Math.min(FROZEN_LINES, pages.total) }, (_, index) => pages.line(index)).filter(
    (line) => line !== undefined,
  );
  const words = ASKED.flatMap((name) => read(name) ?? []).join(" · ");
  return {
    title: words === "" ? "Logs" : `Logs: ${words}`,
    frozen: {
      kind: "lines",
      total: pages.total,
      lines: lines.map(({ timeUs, level, service, message }) => ({ timeUs, level, service, message })),
    },
  };
}
