/** What there is to query: metrics by name with type, unit and help, and a first query for each. Pure. */
import type { MetricSummary } from "../../../server/wire/metrics.js";
import { unitOfQuery } from "../../charts/query-unit.js";

export type MetricEntry = Pick<MetricSummary, "name" | "type" | "unit" | "help">;

export type MetricSort = "changed" | "name" | "series";

export interface MetricFilter {
  readonly text: string;
  readonly type: string | undefined;
  readonly sort: MetricSort;
}

/** Every word of `text` must occur in the name or the help, in any case. */
export function searchMetrics<Entry extends MetricEntry>(metrics: readonly Entry[], text: string): readonly Entry[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return metrics.filter(({ name, help }) => {
    const hay = `${name} ${help}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
}

const ORDERS: Readonly<Record<MetricSort, (one: MetricSummary, other: MetricSummary) => number>> = {
  changed: (one, other) => (other.change?.score ?? -1) - (one.change?.score ?? -1),
  name: () => 0,
  series: (one, other) => other.series - one.series,
};

/** Those that fit, in the order that was asked for; equal ones by name. */
export function chosenMetrics(
  metrics: readonly MetricSummary[],
  { text, type, sort }: MetricFilter,
): readonly MetricSummary[] {
  const found = searchMetrics(metrics, text).filter((metric) => type === undefined || metric.type === type);
  return [...found].sort((one, other) => ORDERS[sort](one, other) || (one.name < other.name ? -1 : 1));
}

/** In the order of `names`, what is new behind them. */
export function keptOrder(metrics: readonly MetricSummary[], names: readonly string[]): readonly MetricSummary[] {
  const places = new Map(names.map((name, index) => [name, index]));
  const place = ({ name }: MetricSummary): number => places.get(name) ?? names.length;
  return [...metrics].sort((one, other) => place(one) - place(other));
}

export const sortOf = (text: string | undefined): MetricSort =>
  text === "name" || text === "series" ? text : "changed";

/**
 * The query that one usually wants first: a rate of a counter, a quantile of a histogram, a gauge as it is. By job, or
 * by instance of the one job that is looked at.
 */
export function firstQuery({ name, type }: Pick<MetricEntry, "name" | "type">, job?: string): string {
  const by = job === undefined ? "job" : "instance";
  const selector = job === undefined ? "" : `{job=${JSON.stringify(job)}}`;
  switch (type) {
    case "counter":
      return `sum by (${by}) (rate(${name}${selector}[1m]))`;
    case "histogram":
      return `histogram_quantile(0.99, sum by (le, ${by}) (rate(${name}_bucket${selector}[1m])))`;
    case "gauge":
      return `sum by (${by}) (${name}${selector})`;
    case "recorded":
      return `${name}${selector}`;
  }
}

/** Selectors of `_bucket` series whose exemplars belong to `query`; undefined where it reads no histogram. */
export const exemplarSelector = (query: string): string | undefined =>
  /[a-zA-Z_:][\w:]*_bucket(?:\s*\{[^}]*\})?/.exec(query)?.[0];

/** A rate needs two samples and one to spare. */
const RATE_SECONDS_MIN = 60;

/** The query whose answer are the cells of a heatmap of the histogram that `query` reads: events in each column. */
export function heatmapQuery(query: string, columnSeconds: number): string | undefined {
  const selector = exemplarSelector(query);
  if (selector === undefined) return undefined;
  const range = String(Math.max(RATE_SECONDS_MIN, columnSeconds));
  return `sum by (le) (rate(${selector}[${range}s])) * ${String(columnSeconds)}`;
}

/** What a matcher of the selector says exactly of `label`: `job="order"`. */
export const matchedLabel = (selector: string, label: string): string | undefined =>
  new RegExp(`[{,]\\s*${label}\\s*=\\s*"([^"]*)"`).exec(selector)?.[1];

/** The unit of the values in the buckets that `query` reads: the metadata's, else what the name says. */
export function histogramUnit(query: string, metrics: readonly MetricEntry[]): string {
  const name = /[a-zA-Z_:][\w:]*(?=_bucket\b)/.exec(query)?.[0] ?? "";
  const declared = metrics.find((metric) => metric.name === name)?.unit ?? "";
  return declared === "" ? unitOfQuery(name) : declared;
}

/** The unit that the metadata has of the metric that `query` reads, where it is read as it is or by a quantile. */
export function declaredUnit(query: string, metrics: readonly MetricEntry[]): string | undefined {
  const names = [...query.matchAll(/[a-zA-Z_:][\w:]*/g)].map(([name]) => name);
  const found = metrics.find(({ name, type }) =>
    names.some((read) => read === name || (type === "histogram" && read === `${name}_bucket`)),
  );
  if (found === undefined || found.unit === "") return undefined;
  const counted = found.type === "counter" || /\brate\s*\(|\/|\bcount\b/.test(query);
  if (found.type === "histogram" && /histogram_quantile/.test(query)) return found.unit;
  return counted ? undefined : found.unit;
}
