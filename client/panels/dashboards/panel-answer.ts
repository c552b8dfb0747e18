/** Asks what a panel shows: each of its queries over the window, as series with their labels, changed as the dashboard says. */
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import type { ChartSeries } from "../../charts/chart-data.js";
import { heatmapOf } from "../../charts/heatmap-layout.js";
import type { Heatmap } from "../../charts/heatmap-layout.js";
import type { RunQueries } from "../../net/api.js";
import { resultOf, valueOf } from "../../net/prometheus.js";
import type { Labels } from "../../net/prometheus.js";
import { columnSecondsOf, seriesName, stepSecondsOf } from "../../net/range-query.js";
import type { DashboardPanelModel, PanelTarget } from "./model.js";
import { changesFor } from "./overrides.js";
import { interpolate } from "./variables.js";
import type { QueryTimes, VariableValues } from "./variables.js";

export interface PanelSeries extends ChartSeries {
  readonly refId: string;
  readonly labels: Labels;
  /** Grafana's name of its own unit; undefined for the panel's. */
  readonly unit?: string;
}

export interface PanelQuestion {
  readonly panel: DashboardPanelModel;
  readonly values: VariableValues;
  readonly window: TimeWindow;
  readonly scrapeSeconds: number;
}

export const timesOf = (
  window: TimeWindow,
  scrapeSeconds: number,
  stepSeconds = stepSecondsOf(window),
): QueryTimes => ({
  stepSeconds,
  rangeSeconds: Math.round((window.toUs - window.fromUs) / 1_000_000),
  scrapeSeconds,
});

/** The query of a target as it is asked. */
export const askedQuery = ({ query }: PanelTarget, { values, window, scrapeSeconds }: PanelQuestion): string =>
  interpolate(query, values, timesOf(window, scrapeSeconds));

/** In the order of the targets; by name within each, so that colours and places stay. */
export async function askPanel(
  queries: RunQueries,
  question: PanelQuestion,
  signal: AbortSignal,
): Promise<readonly PanelSeries[]> {
  const targets = question.panel.targets.filter(({ language }) => language === "promql");
  const answers = await Promise.all(targets.map((target) => askTarget(queries, target, question, signal)));
  return answers.flat();
}

async function askTarget(
  queries: RunQueries,
  target: PanelTarget,
  question: PanelQuestion,
  signal: AbortSignal,
): Promise<readonly PanelSeries[]> {
  const { panel, values, window, scrapeSeconds } = question;
  const step = stepSecondsOf(window);
  const query = askedQuery(target, question);
  const end = Math.ceil(window.toUs / 1_000_000);
  const start = Math.floor(window.fromUs / 1_000_000 / step) * step;
  const answer = target.instant
    ? await queries.prometheus("query", { query, time: window.toUs / 1_000_000 }, signal)
    : await queries.prometheus("query_range", { query, start, end, step }, signal);
  const result = resultOf(answer);
  const legend = interpolate(target.legend, values, timesOf(window, scrapeSeconds));
  const rows =
    result.resultType === "matrix"
      ? result.result
      : result.resultType === "vector"
        ? result.result.map(({ metric, value }) => ({ metric, values: [value] }))
        : [{ metric: {}, values: [result.result] }];
  return rows
    .map(({ metric, values: samples }): PanelSeries => {
      const plain = legend === "" || legend === "__auto" ? seriesName(metric) : seriesName(metric, legend);
      const changes = changesFor(panel.overrides, plain, target.refId);
      return {
        name: changes.displayName ?? plain,
        refId: target.refId,
        labels: metric,
        timesUs: Float64Array.from(samples, ([seconds]) => Math.round(seconds * 1_000_000)),
        values: Float64Array.from(samples, ([, text]) => valueOf(text)),
        ...(target.instant ? {} : { stepUs: step * 1_000_000, askedToUs: window.toUs }),
        ...(changes.dashed === true ? { dashed: true } : {}),
        ...(changes.color === undefined ? {} : { color: changes.color }),
        ...(changes.unit === undefined ? {} : { unit: changes.unit }),
      };
    })
    .filter(({ name }) => changesFor(panel.overrides, name, target.refId).hidden !== true)
    .sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
}

/** The buckets of a heatmap panel's first query as cells. */
export async function askHeatmap(queries: RunQueries, question: PanelQuestion, signal: AbortSignal): Promise<Heatmap> {
  const { window, scrapeSeconds, values, panel } = question;
  const step = Math.max(columnSecondsOf(window), scrapeSeconds);
  const [target] = panel.targets;
  const query = interpolate(target?.query ?? "", values, timesOf(window, scrapeSeconds, step));
  const start = Math.floor(window.fromUs / 1_000_000 / step) * step;
  const end = Math.ceil(window.toUs / 1_000_000);
  const result = resultOf(await queries.prometheus("query_range", { query, start, end, step }, signal));
  const rows = result.resultType === "matrix" ? result.result : [];
  const buckets = rows.flatMap(({ metric, values: samples }) => {
    const { le } = metric;
    if (le === undefined) return [];
    const timesUs = Float64Array.from(samples, ([seconds]) => Math.round(seconds * 1_000_000));
    return [{ bound: valueOf(le), timesUs, values: Float64Array.from(samples, ([, text]) => valueOf(text)) }];
  });
  return heatmapOf(buckets, step * 1_000_000);
}
