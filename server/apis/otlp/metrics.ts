/**
 * Series as OpenTelemetry's protocol carries metrics: counters as cumulative monotonic sums, gauges, classic histograms
 * with their buckets one by one, summaries; the end of a series as a point without a value. Names stay as they are, as
 * the Collector's receiver for Prometheus leaves them. Source: OpenTelemetry, 'Prometheus and OpenMetrics compatibility';
 * opentelemetry-proto, metrics.proto.
 */
import { type Labels, STALE_MARKER } from "../../telemetry/metric-reader.js";
import type { Model } from "../../topology/model-types.js";
import { encodeMessage } from "../protobuf/message.js";
import { type KeyValue, keyValues } from "./any-value.js";
import { METRICS_DATA } from "./messages.js";
import {
  type ExemplarJson,
  histogramPoints,
  type HistogramPoint,
  type JsonDouble,
  jsonDouble,
  nanosOfMs,
  NO_RECORDED_VALUE,
  otlpExemplar,
  type PointClock,
  type SummaryPoint,
  summaryPoints,
} from "./metric-points.js";
import { INFO_METRIC, resourceOfTarget, SCOPE } from "./resources.js";
import type { MetricDescription, SeriesSamples } from "./series-samples.js";
import type { StartTimes } from "./start-times.js";

interface NumberPoint {
  readonly attributes: readonly KeyValue[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly asDouble?: JsonDouble;
  readonly exemplars?: readonly ExemplarJson[];
  readonly flags?: number;
}

/** AGGREGATION_TEMPORALITY_CUMULATIVE. */
const CUMULATIVE = 2;

export interface OtlpMetric {
  readonly name: string;
  readonly description?: string;
  readonly unit?: string;
  readonly gauge?: { readonly dataPoints: readonly NumberPoint[] };
  readonly sum?: {
    readonly dataPoints: readonly NumberPoint[];
    readonly aggregationTemporality: number;
    readonly isMonotonic: boolean;
  };
  readonly histogram?: { readonly dataPoints: readonly HistogramPoint[]; readonly aggregationTemporality: number };
  readonly summary?: { readonly dataPoints: readonly SummaryPoint[] };
}

export interface MetricsData {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string };
      readonly metrics: readonly OtlpMetric[];
    }[];
  }[];
}

export interface MetricsForm {
  readonly model: Model;
  /** By name. */
  readonly descriptions: ReadonlyMap<string, MetricDescription>;
  readonly starts: StartTimes;
  /** Added to all times. */
  readonly aheadMs: number;
}

/** Series by target and metric. All series of a target that belong to one histogram have to be in one batch. */
export function metricsData(batch: readonly SeriesSamples[], form: MetricsForm): MetricsData {
  form.starts.learn(batch);
  const targets = new Map<string, SeriesSamples[]>();
  for (const series of batch) {
    const { job = "", instance = "" } = series.labels as Partial<Labels>;
    push(targets, `${job}\n${instance}`, series);
  }
  return { resourceMetrics: [...targets.values()].map((series) => resourceMetrics(series, form)) };
}

export const encodeMetricsData = (data: MetricsData): Uint8Array => encodeMessage(METRICS_DATA, { ...data });

function resourceMetrics(series: readonly SeriesSamples[], form: MetricsForm): MetricsData["resourceMetrics"][number] {
  const [{ labels }] = series;
  const families = new Map<string, SeriesSamples[]>();
  for (const one of series)
    if (one.labels["__name__"] !== INFO_METRIC) push(families, familyOf(one.labels["__name__"], form), one);
  const metrics = [...families].map(([name, members]) => metricOf(name, members, form));
  return {
    resource: { attributes: resourceAttributes(labels, series, form.model) },
    scopeMetrics: [{ scope: SCOPE, metrics }],
  };
}

/** Recorded series and alerts are of no process. */
function resourceAttributes(labels: Labels, series: readonly SeriesSamples[], model: Model): readonly KeyValue[] {
  const { job, instance } = labels as Partial<Labels>;
  if (job === undefined || instance === undefined) return job === undefined ? [] : keyValues({ "service.name": job });
  const infos = series.filter(({ labels: own, values }) => {
    return own["__name__"] === INFO_METRIC && values.length > 0 && values[values.length - 1] !== STALE_MARKER;
  });
  return keyValues(resourceOfTarget(model, labels, infos.at(-1)?.labels));
}

const SUFFIX = /_(?:bucket|sum|count)$/;

/** Name of the metric that a series belongs to. */
function familyOf(name: string, { descriptions }: MetricsForm): string {
  if (descriptions.has(name)) return name;
  const family = name.replace(SUFFIX, "");
  const type = descriptions.get(family)?.type;
  return type === "histogram" || (type === "summary" && !name.endsWith("_bucket")) ? family : name;
}

function metricOf(name: string, series: readonly SeriesSamples[], form: MetricsForm): OtlpMetric {
  const known = form.descriptions.get(name);
  const head = {
    name,
    ...(known === undefined || known.help === "" ? {} : { description: known.help }),
    ...(known === undefined || known.unit === "" ? {} : { unit: known.unit }),
  };
  switch (known?.type) {
    case "histogram":
      return {
        ...head,
        histogram: { dataPoints: histogramPoints(series, form), aggregationTemporality: CUMULATIVE },
      };
    case "summary":
      return { ...head, summary: { dataPoints: summaryPoints(series, form) } };
    case "counter":
      return {
        ...head,
        sum: {
          dataPoints: series.flatMap((one) => numberPoints(one, form, true)),
          aggregationTemporality: CUMULATIVE,
          isMonotonic: true,
        },
      };
    default:
      return { ...head, gauge: { dataPoints: series.flatMap((one) => numberPoints(one, form, false)) } };
  }
}

/** Labels that the resource has. */
const OF_TARGET: readonly string[] = ["__name__", "job", "instance"];

function numberPoints(series: SeriesSamples, form: PointClock, isCounter: boolean): NumberPoint[] {
  const { labels, timesMs, values, exemplars } = series;
  const attributes = pointAttributes(labels, OF_TARGET);
  return Array.from({ length: timesMs.length }, (_, at) => {
    const [timeMs, value] = [timesMs[at], values[at]];
    const timeUnixNano = nanosOfMs(timeMs + form.aheadMs);
    if (value === STALE_MARKER) return { attributes, timeUnixNano, flags: NO_RECORDED_VALUE };
    const start = isCounter
      ? { startTimeUnixNano: nanosOfMs(form.starts.of(series, timeMs, value) + form.aheadMs) }
      : {};
    const own = at === timesMs.length - 1 && exemplars.length > 0 ? exemplars : [];
    return {
      attributes,
      ...start,
      timeUnixNano,
      asDouble: jsonDouble(value),
      ...(own.length === 0 ? {} : { exemplars: own.map((one) => otlpExemplar(one, form.aheadMs)) }),
    };
  });
}

/** Labels but those that are said elsewhere. */
export function pointAttributes(labels: Labels, without: readonly string[]): readonly KeyValue[] {
  const left = Object.entries(labels).filter(([name]) => !without.includes(name));
  return keyValues(Object.fromEntries(left.sort(([a], [b]) => (a < b ? -1 : 1))));
}

function push<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
