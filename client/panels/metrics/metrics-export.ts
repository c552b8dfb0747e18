/** What the metrics view gives out: lines, cells or rows as they are drawn, and the requests that answer with them. Pure. */
import { seriesTable } from "../../charts/chart-export.js";
import { columnSecondsOf, stepSecondsOf } from "../../net/range-query.js";
import { promInstant, promRange } from "../../state/export-text.js";
import type { ExportTable, WireRequest } from "../../state/export-text.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import { answerRows } from "./answer-table.js";
import { heatmapQuery } from "./metric-list.js";
import type { GraphAnswers, TableAnswers } from "./query-answers.js";
import type { QueryRow } from "./query-set.js";

type MetricsForm = "graph" | "stacked" | "table" | "heatmap";

export const linesTable = (answers: GraphAnswers, unit: string): ExportTable =>
  seriesTable(
    answers.flatMap(({ value }) => (value === undefined ? [] : [...value.series, ...value.before])),
    () => unit,
  );

export function rowsTable(answers: TableAnswers, unit: string): ExportTable {
  const rows = answerRows(answers);
  const names = [...new Set(rows.flatMap(({ labels }) => Object.keys(labels)))].sort();
  return {
    columns: ["query", ...names, unit === "" ? "value" : `value (${unit})`],
    rows: rows.map(({ letter, labels, value }) => [letter, ...names.map((name) => labels[name] ?? null), value]),
  };
}

/** One for each query that is drawn; of a heatmap the buckets of the one that it shows. */
export function metricsRequests(
  form: MetricsForm,
  drawn: readonly QueryRow[],
  shownHistogram: string,
  window: TimeWindow,
): readonly WireRequest[] {
  if (form === "table") return drawn.map(({ text }) => promInstant(text, window.toUs));
  if (form !== "heatmap") return drawn.map(({ text }) => promRange(text, window, stepSecondsOf(window)));
  const step = columnSecondsOf(window);
  const buckets = heatmapQuery(shownHistogram, step);
  return buckets === undefined ? [] : [promRange(buckets, window, step)];
}
