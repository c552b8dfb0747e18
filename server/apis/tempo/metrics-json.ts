/** Series of a metrics query, as Tempo answers them. Source: grafana/tempo/pkg/tempopb/tempo.proto, QueryRangeResponse. */
import { MICROS_PER_MS } from "../../base/time.js";
import type { MetricsAnswer } from "../../query/traceql/metrics.js";
import type { Labels } from "../../query/traceql/metrics-series.js";
import { textOf } from "../../query/traceql/values.js";
import type { AnyValue } from "../otlp/any-value.js";
import { anyValueOf } from "./search-json.js";

interface LabelJson {
  readonly key: string;
  readonly value: AnyValue;
}

interface SeriesJson {
  readonly labels: readonly LabelJson[];
  readonly promLabels: string;
}

interface SampleJson {
  readonly timestampMs: string;
  readonly value: number;
}

interface RangeSeriesJson extends SeriesJson {
  readonly samples: readonly SampleJson[];
  readonly exemplars?: readonly (SampleJson & { readonly labels: readonly LabelJson[] })[];
}

export interface SeriesAnswer {
  readonly series: readonly RangeSeriesJson[];
  readonly metrics: Readonly<Record<string, number | string>>;
}

/** `aheadUs` is added to all times. */
export function seriesAnswer({ series, timesUs, spansExamined }: MetricsAnswer, aheadUs = 0): SeriesAnswer {
  const timestampOf = (us: number): string => String(Math.floor((us + aheadUs) / MICROS_PER_MS));
  return {
    series: series.map(({ labels, values, exemplars }) => ({
      ...labelsJson(labels),
      samples: [...values].flatMap((value, step) =>
        Number.isNaN(value) ? [] : [{ timestampMs: timestampOf(timesUs[step]), value }],
      ),
      ...(exemplars.length === 0
        ? {}
        : {
            exemplars: exemplars.map(({ traceId, timeUs, value }) => ({
              labels: [{ key: "trace:id", value: { stringValue: traceId } }],
              value,
              timestampMs: timestampOf(timeUs),
            })),
          }),
    })),
    metrics: { inspectedSpans: String(spansExamined), completedJobs: 1, totalJobs: 1 },
  };
}

/** The one value of each series of a query at an instant. */
export function instantAnswer({ series }: MetricsAnswer): {
  readonly series: readonly (SeriesJson & { readonly value: number })[];
} {
  return {
    series: series.flatMap(({ labels, values }) => {
      const value = values.at(-1);
      return value === undefined || Number.isNaN(value) ? [] : [{ ...labelsJson(labels), value }];
    }),
  };
}

function labelsJson(labels: Labels): SeriesJson {
  const sorted = [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = sorted.map(([name, value]) => `${labelName(name)}=${JSON.stringify(textOf(value))}`);
  return {
    labels: labels.map(([key, value]) => ({ key, value: anyValueOf(value) })),
    promLabels: `{${texts.join(", ")}}`,
  };
}

/** Names that Prometheus has always had stand without quotes. */
const labelName = (name: string): string => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : JSON.stringify(name));
