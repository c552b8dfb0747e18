/** Points of metrics that are made of several series: those of a histogram, those of a summary. */
import { type Exemplar, type Labels, STALE_MARKER } from "../../telemetry/metric-reader.js";
import { type KeyValue, keyValues } from "./any-value.js";
import type { SeriesSamples } from "./series-samples.js";
import type { StartTimes } from "./start-times.js";

/** JSON has no word for numbers that are none: the mapping of Protocol Buffers writes them as texts. */
export type JsonDouble = number | "NaN" | "Infinity" | "-Infinity";

export const jsonDouble = (value: number): JsonDouble =>
  Number.isFinite(value) ? value : (String(value) as JsonDouble);

/** DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK: the series ends here. */
export const NO_RECORDED_VALUE = 1;

/** Milliseconds with what fraction they have, as nanoseconds. */
export const nanosOfMs = (ms: number): string => {
  const us = Math.round(ms * 1_000);
  return us === 0 ? "0" : `${String(us)}000`;
};

export interface PointClock {
  readonly starts: StartTimes;
  readonly aheadMs: number;
}

export interface ExemplarJson {
  readonly timeUnixNano: string;
  readonly asDouble: JsonDouble;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly filteredAttributes?: readonly KeyValue[];
}

export function otlpExemplar({ labels, timestampMs, value }: Exemplar, aheadMs: number): ExemplarJson {
  const { trace_id: traceId, span_id: spanId, ...rest } = labels as Partial<Labels>;
  const others = keyValues(rest as Labels);
  return {
    timeUnixNano: nanosOfMs(timestampMs + aheadMs),
    asDouble: jsonDouble(value),
    ...(traceId === undefined ? {} : { traceId }),
    ...(spanId === undefined ? {} : { spanId }),
    ...(others.length === 0 ? {} : { filteredAttributes: others }),
  };
}

interface PointHead {
  readonly attributes: readonly KeyValue[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  /** 64 bits, as decimal digits. */
  readonly count?: string;
  readonly sum?: JsonDouble;
  readonly flags?: number;
}

export interface HistogramPoint extends PointHead {
  readonly bucketCounts?: readonly string[];
  readonly explicitBounds?: readonly number[];
  readonly exemplars?: readonly ExemplarJson[];
}

export interface SummaryPoint extends PointHead {
  readonly quantileValues?: readonly { readonly quantile: number; readonly value: JsonDouble }[];
}

/** Series of one metric that differ in nothing but the bound of a bucket, or the quantile. */
interface Composite {
  readonly attributes: readonly KeyValue[];
  readonly parts: { readonly at: number; readonly series: SeriesSamples }[];
  sum?: SeriesSamples;
  count?: SeriesSamples;
}

function compositesOf(series: readonly SeriesSamples[], partLabel: "le" | "quantile"): readonly Composite[] {
  const composites = new Map<string, Composite>();
  for (const one of series) {
    const {
      __name__: name,
      job: _job,
      instance: _instance,
      [partLabel]: part,
      ...rest
    } = one.labels as Partial<Labels>;
    const own = Object.entries(rest as Labels).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify(own);
    let composite = composites.get(key);
    if (composite === undefined)
      composites.set(key, (composite = { attributes: keyValues(Object.fromEntries(own)), parts: [] }));
    if (part !== undefined) composite.parts.push({ at: part === "+Inf" ? Infinity : Number(part), series: one });
    else if (name?.endsWith("_sum") === true) composite.sum = one;
    else composite.count = one;
  }
  for (const { parts } of composites.values()) parts.sort((a, b) => a.at - b.at);
  return [...composites.values()];
}

/** Value of a series at an instant at which it may have a sample; the series are read on in order of time. */
class Reading {
  #at = 0;

  constructor(readonly series: SeriesSamples | undefined) {}

  /** Undefined where there is none, or where the series ended. */
  valueAt(timeMs: number): number | undefined {
    if (this.series === undefined) return undefined;
    const { timesMs, values } = this.series;
    while (this.#at < timesMs.length && timesMs[this.#at] < timeMs) this.#at++;
    if (this.#at >= timesMs.length || timesMs[this.#at] !== timeMs) return undefined;
    return values[this.#at] === STALE_MARKER ? undefined : values[this.#at];
  }
}

/** The points of one composite but for its parts, one for each sample of its count. */
function headsOf(
  { attributes, parts, sum, count }: Composite,
  { starts, aheadMs }: PointClock,
  fill: (timeMs: number, count: number) => object,
): PointHead[] {
  const counted = count ?? parts.at(-1)?.series;
  if (counted === undefined) return [];
  const sums = new Reading(sum);
  return Array.from({ length: counted.timesMs.length }, (_, at) => {
    const [timeMs, value] = [counted.timesMs[at], counted.values[at]];
    const timeUnixNano = nanosOfMs(timeMs + aheadMs);
    if (value === STALE_MARKER) return { attributes, timeUnixNano, flags: NO_RECORDED_VALUE };
    const total = sums.valueAt(timeMs);
    return {
      attributes,
      startTimeUnixNano: nanosOfMs(starts.of(counted, timeMs, value) + aheadMs),
      timeUnixNano,
      count: String(Math.round(value)),
      ...(total === undefined ? {} : { sum: jsonDouble(total) }),
      ...fill(timeMs, value),
    };
  });
}

/** Buckets of the protocol count what lies between two bounds; those of Prometheus all that lies below one. */
export function histogramPoints(series: readonly SeriesSamples[], clock: PointClock): readonly HistogramPoint[] {
  return compositesOf(series, "le").flatMap((composite) => {
    const finite = composite.parts.filter(({ at }) => at !== Infinity);
    const explicitBounds = finite.map(({ at }) => at);
    const readings = finite.map((part) => new Reading(part.series));
    const points: HistogramPoint[] = headsOf(composite, clock, (timeMs, count) => {
      let below = 0;
      const bucketCounts = [...readings.map((reading) => reading.valueAt(timeMs) ?? below), count].map((upTo) => {
        const inside = Math.max(0, upTo - below);
        below = Math.max(below, upTo);
        return String(Math.round(inside));
      });
      return { bucketCounts, explicitBounds };
    });
    return withExemplars(points, composite, clock.aheadMs);
  });
}

/** Each exemplar at the first point that is not before it, else at the last. */
function withExemplars(
  points: readonly HistogramPoint[],
  { parts, count }: Composite,
  aheadMs: number,
): readonly HistogramPoint[] {
  const found = parts.flatMap((part) => part.series.exemplars);
  if (found.length === 0) return points;
  const timesMs = Array.from((count ?? parts.at(-1)?.series)?.timesMs ?? []);
  const ofPoint = new Map<number, ExemplarJson[]>();
  for (const exemplar of found.toSorted((a, b) => a.timestampMs - b.timestampMs)) {
    const next = timesMs.findIndex((timeMs) => timeMs >= exemplar.timestampMs);
    const at = next < 0 ? timesMs.length - 1 : next;
    ofPoint.set(at, [...(ofPoint.get(at) ?? []), otlpExemplar(exemplar, aheadMs)]);
  }
  return points.map((point, at) => {
    const exemplars = ofPoint.get(at);
    return exemplars === undefined ? point : { ...point, exemplars };
  });
}

export function summaryPoints(series: readonly SeriesSamples[], clock: PointClock): readonly SummaryPoint[] {
  return compositesOf(series, "quantile").flatMap((composite) => {
    const readings = composite.parts.map(({ at, series: own }) => ({ quantile: at, reading: new Reading(own) }));
    return headsOf(composite, clock, (timeMs) => ({
      quantileValues: readings.flatMap(({ quantile, reading }) => {
        const value = reading.valueAt(timeMs);
        return value === undefined ? [] : [{ quantile, value: jsonDouble(value) }];
      }),
    }));
  });
}
