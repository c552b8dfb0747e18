/** What a panel of a dashboard gives out: what it draws as a table, and its queries with the variables filled in. Pure. */
import type { LogPage } from "../../../server/wire/telemetry.js";
import type { Heatmap } from "../../charts/heatmap-layout.js";
import { heatmapTable, seriesTable } from "../../charts/chart-export.js";
import { columnSecondsOf, stepSecondsOf } from "../../net/range-query.js";
import { lokiRange, promInstant, promRange } from "../../state/export-text.js";
import type { ExportTable, WireRequest } from "../../state/export-text.js";
import { linesTable } from "../logs/logs-export.js";
import { askedQuery, timesOf } from "./panel-answer.js";
import type { PanelQuestion, PanelSeries } from "./panel-answer.js";
import { unitOf } from "./units.js";
import { interpolate } from "./variables.js";

interface PanelContent {
  readonly series?: readonly PanelSeries[];
  readonly heatmap?: Heatmap;
  readonly logs?: LogPage;
}

/** @param unit of the panel, as Grafana calls it */
export function panelTable({ series, heatmap, logs }: PanelContent, unit: string): ExportTable | undefined {
  if (logs !== undefined) return linesTable(logs.lines);
  if (heatmap !== undefined) return heatmapTable(heatmap);
  return series === undefined ? undefined : seriesTable(series, (one) => unitOf(one.unit ?? unit));
}

/** @param linesMax how many lines a panel of logs asks for */
export function panelRequests(question: PanelQuestion, linesMax: number): readonly WireRequest[] {
  const { panel, window, values, scrapeSeconds } = question;
  if (panel.type === "logs")
    return panel.targets.map((target) => lokiRange(askedQuery(target, question), window, linesMax));
  if (panel.type === "heatmap") {
    const step = Math.max(columnSecondsOf(window), scrapeSeconds);
    const times = timesOf(window, scrapeSeconds, step);
    return panel.targets.slice(0, 1).map(({ query }) => promRange(interpolate(query, values, times), window, step));
  }
  return panel.targets
    .filter(({ language }) => language === "promql")
    .map((target) =>
      target.instant
        ? promInstant(askedQuery(target, question), window.toUs)
        : promRange(askedQuery(target, question), window, stepSecondsOf(window)),
    );
}
