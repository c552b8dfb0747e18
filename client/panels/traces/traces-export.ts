/**
 * What the traces view gives out: the traces that are listed, or the figures of a set, the query as Tempo takes it, and what
 * an exhibit keeps. Pure.
 */
import type { TracesFound, TraceSetFigures, TraceSketch } from "../../../server/wire/traces.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { formatDurationUs, formatRatio } from "../../charts/format.js";
import type { ExhibitParts } from "../../elements/pin-button.js";
import { tempoSearch } from "../../state/export-text.js";
import type { ExportTable, WireRequest } from "../../state/export-text.js";
import { isoOf } from "../logs/logs-query.js";
import type { ReadParameter } from "../logs/logs-query.js";
import { shareRows } from "./set-rows.js";
import { queryIn, setRequestOf, withDurations } from "./traces-query.js";

export const tracesTable = (traces: readonly TraceSketch[]): ExportTable => ({
  columns: ["trace_id", "start", "service", "name", "duration_ms", "spans", "errors", "services"],
  rows: traces.map(({ traceId, startUs, rootService, rootName, durationUs, spanCount, errorCount, services }) => [
    traceId,
    isoOf(startUs),
    rootService,
    rootName,
    durationUs / 1_000,
    spanCount,
    errorCount,
    services.join(" "),
  ]),
});

export const setTable = (figures: TraceSetFigures, by: "operation" | "service"): ExportTable => ({
  columns: ["service", "operation", "share_of_path", "critical_ms_per_trace", "self_ms_per_trace", "spans", "errors"],
  rows: shareRows(figures, by).map((row) => [
    row.service,
    row.name ?? null,
    row.share,
    row.criticalUsPerTrace / 1_000,
    row.selfUsPerTrace / 1_000,
    row.spans,
    row.errors,
  ]),
});

/** @param limit how many traces are listed; Tempo's order is by time */
export const tracesRequest = (read: ReadParameter, window: TimeWindow, limit: number): WireRequest =>
  tempoSearch(withDurations(queryIn(read), setRequestOf(read, window)), window, limit);

/** @param notes what sampling left out, in sentences */
export const tracesExhibit = (
  query: string,
  figures: TracesFound["figures"],
  notes: readonly string[],
): Pick<ExhibitParts, "title" | "frozen"> => ({
  title: `Traces: ${query}`,
  frozen: {
    kind: "facts",
    facts: [
      { name: "TraceQL", value: query },
      { name: "traces found", value: String(figures.total) },
      {
        name: "with errors",
        value: `${String(figures.failed)} (${formatRatio(figures.failed / Math.max(1, figures.total))})`,
      },
      { name: "median duration", value: formatDurationUs(figures.durationUsP50) },
      { name: "95th percentile", value: formatDurationUs(figures.durationUsP95) },
      { name: "longest", value: formatDurationUs(figures.durationUsMax) },
      ...notes.map((value) => ({ name: "sampling", value })),
    ],
  },
});
