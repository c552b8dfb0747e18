/** Range queries as the charts need them: a step that fits the window, and answers as series with names. */
import type { TimeWindow } from "../../server/wire/telemetry.js";
import type { ChartExemplar, ChartSeries } from "../charts/chart-data.js";
import { heatmapOf } from "../charts/heatmap-layout.js";
import type { Heatmap } from "../charts/heatmap-layout.js";
import { exemplarsOf, resultOf, valueOf } from "./prometheus.js";
import type { Labels, PrometheusResult, PrometheusSample } from "./prometheus.js";
import type { RunQueries, WorldName } from "./api.js";

/** Points of a chart: more than its pixels show nothing more. */
const POINTS_MAX = 300;

/** Steps are multiples of this: finer than the scrape interval only repeats samples. */
const STEP_SECONDS = 5;

/** Exemplars of one chart: the slowest of each slice of the window, so that they spread over it. */
const EXEMPLARS_MAX = 60;

export interface RangeAnswer {
  readonly series: readonly ChartSeries[];
  readonly warnings: readonly string[];
  readonly stepSeconds: number;
}

/** Whole multiples of five seconds, such that the window has at most 300 steps. */
export function stepSecondsOf(window: TimeWindow): number {
  const seconds = (window.toUs - window.fromUs) / 1_000_000;
  return Math.max(STEP_SECONDS, Math.ceil(seconds / POINTS_MAX / STEP_SECONDS) * STEP_SECONDS);
}

/** Asks `query` over the window. Instants stand on multiples of the step, so that a moving window keeps its points. */
export async function rangeQuery(
  queries: RunQueries,
  question: {
    readonly query: string;
    readonly legend?: string | undefined;
    readonly window: TimeWindow;
    readonly world?: WorldName;
  },
  signal: AbortSignal,
): Promise<RangeAnswer> {
  const { query, legend, window, world } = question;
  const step = stepSecondsOf(window);
  const start = Math.floor(window.fromUs / 1_000_000 / step) * step;
  const end = Math.ceil(window.toUs / 1_000_000);
  const answer = await queries.prometheus("query_range", { query, start, end, step }, signal, world);
  return {
    series: seriesOf(resultOf(answer), legend).map((series) => ({
      ...series,
      stepUs: step * 1_000_000,
      askedToUs: window.toUs,
    })),
    warnings: [...answer.warnings, ...answer.infos],
    stepSeconds: step,
  };
}

/** Columns of a heatmap: cells that are wide enough to be pointed at. */
const COLUMNS_MAX = 90;
/** The length of a column is a multiple of this. */
const COLUMN_SECONDS = 10;

export function columnSecondsOf(window: TimeWindow): number {
  const seconds = (window.toUs - window.fromUs) / 1_000_000;
  return Math.max(COLUMN_SECONDS, Math.ceil(seconds / COLUMNS_MAX / COLUMN_SECONDS) * COLUMN_SECONDS);
}

/** The buckets (`le`) that `query` answers, as cells over the window. */
export async function heatmapRange(
  queries: RunQueries,
  query: string,
  window: TimeWindow,
  signal: AbortSignal,
): Promise<Heatmap> {
  const step = columnSecondsOf(window);
  const start = Math.floor(window.fromUs / 1_000_000 / step) * step;
  const end = Math.ceil(window.toUs / 1_000_000);
  const result = resultOf(await queries.prometheus("query_range", { query, start, end, step }, signal));
  const buckets = (result.resultType === "matrix" ? result.result : []).flatMap(({ metric, values }) => {
    const { le } = metric;
    return le === undefined ? [] : [{ bound: valueOf(le), ...lineOf("", values) }];
  });
  return heatmapOf(buckets, step * 1_000_000);
}

/** `series` as they were some time before, drawn at the instants of now, dashed. */
export const movedSeries = (series: readonly ChartSeries[], byUs: number, suffix: string): readonly ChartSeries[] =>
  series.map((one) => ({
    ...one,
    name: `${one.name}${suffix}`,
    timesUs: one.timesUs.map((atUs) => atUs + byUs),
    ...(one.askedToUs === undefined ? {} : { askedToUs: one.askedToUs + byUs }),
    dashed: true,
  }));

/** Requests behind a histogram query that left a trace, ascending by time. */
export async function exemplarQuery(
  queries: RunQueries,
  query: string,
  window: TimeWindow,
  signal: AbortSignal,
): Promise<readonly ChartExemplar[]> {
  const parameters = { query, start: window.fromUs / 1_000_000, end: window.toUs / 1_000_000 };
  const answer = await queries.prometheus("query_exemplars", parameters, signal);
  const found = exemplarsOf(answer)
    .flatMap(({ exemplars }) => exemplars)
    .flatMap(({ labels, value, timestamp }): readonly ChartExemplar[] => {
      const traceId = labels["trace_id"] ?? labels["traceID"];
      return traceId === undefined ? [] : [{ atUs: timestamp * 1_000_000, value: valueOf(value), traceId }];
    });
  return slowestPerSlice(found, window);
}

/** At most one exemplar for each of `EXEMPLARS_MAX` slices of the window. */
export function slowestPerSlice(exemplars: readonly ChartExemplar[], window: TimeWindow): readonly ChartExemplar[] {
  const slowest = new Map<number, ChartExemplar>();
  for (const exemplar of exemplars) {
    const slice = Math.floor(((exemplar.atUs - window.fromUs) / (window.toUs - window.fromUs)) * EXEMPLARS_MAX);
    if (slice < 0 || slice >= EXEMPLARS_MAX) continue;
    const best = slowest.get(slice);
    if (best === undefined || exemplar.value > best.value) slowest.set(slice, exemplar);
  }
  return [...slowest.values()].sort((one, other) => one.atUs - other.atUs);
}

/** Series of a matrix; a vector or scalar gives series of one point. */
export function seriesOf(result: PrometheusResult, legend?: string): readonly ChartSeries[] {
  switch (result.resultType) {
    case "matrix":
      return result.result.map(({ metric, values }) => ({
        ...lineOf(seriesName(metric, legend), values),
        labels: metric,
      }));
    case "vector":
      return result.result.map(({ metric, value }) => ({
        ...lineOf(seriesName(metric, legend), [value]),
        labels: metric,
      }));
    case "scalar":
      return [lineOf(legend ?? "", [result.result])];
    case "string":
      return [];
  }
}

function lineOf(name: string, values: readonly PrometheusSample[]): ChartSeries {
  return {
    name,
    timesUs: Float64Array.from(values, ([seconds]) => Math.round(seconds * 1_000_000)),
    values: Float64Array.from(values, ([, text]) => valueOf(text)),
  };
}

/** `legend` with `{{label}}` filled in; without one, the labels as PromQL writes them. */
export function seriesName(metric: Labels, legend?: string): string {
  if (legend !== undefined) return legend.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (_, name: string) => metric[name] ?? "");
  const { __name__: name = "", ...labels } = metric;
  const inner = Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(", ");
  return inner === "" ? name : `${name}{${inner}}`;
}
