/** Builders for scrapes, and the slow obvious model that the metric store is compared with. */
import type { DynamicSeries, ScrapeResult, ScrapeTarget, SeriesDescriptor } from "../../server/sim/metric-sink.js";
import { STALE_MARKER, type Labels, type SampleWindow } from "../../server/telemetry/metric-reader.js";
import { MetricStore } from "../../server/telemetry/metric-store.js";

export const NO_EXEMPLARS = new Int32Array(4_096);

export function target(
  series: readonly SeriesDescriptor[],
  options: { index?: number; job?: string; valuesFrom?: number } = {},
): ScrapeTarget {
  const { index = 0, job = "cart", valuesFrom = 0 } = options;
  const instance = `${job}-${String(index)}:9464`;
  const labelled = series.map((one) => ({ ...one, labels: { job, instance, ...one.labels } }));
  return { index, job, instance, component: job, valuesFrom, series: labelled };
}

export function scrapeOf(of: ScrapeTarget, atMs: number, ok = true): ScrapeResult {
  const samples = ok ? of.series.length : 0;
  return {
    target: of,
    atUs: atMs * 1_000,
    ok,
    durationSeconds: 0.01,
    samplesScraped: samples,
    samplesKept: samples,
    seriesAdded: 0,
    error: ok ? "" : "context deadline exceeded",
  };
}

export const emptyStore = (): MetricStore => new MetricStore({ exemplarOf: () => undefined });

export function dynamicOf(
  descriptors: readonly SeriesDescriptor[],
  values: readonly number[],
  epoch = 0,
): DynamicSeries {
  const at = <Item>(list: readonly Item[], id: number): Item => {
    const item = list[id];
    if (item === undefined) throw new RangeError(`no dynamic series ${String(id)}`);
    return item;
  };
  return { count: values.length, epoch, descriptor: (id) => at(descriptors, id), value: (id) => at(values, id) };
}

export type Sample = readonly [timeMs: number, value: number];

/** Samples of the one series with these labels, startMs < t ≤ endMs; a marker is kept only where it ends something. */
export function samplesOf(store: MetricStore, labels: Labels, startMs = -Infinity, endMs = Infinity): Sample[] {
  const matchers = Object.entries(labels).map(([name, value]) => ({ name, operator: "=" as const, value }));
  const exact = store.select(matchers).filter((ref) => Object.keys(store.labels(ref)).length === matchers.length);
  return exact.flatMap((ref) => windowOf(store, ref, startMs, endMs));
}

export function windowOf(store: MetricStore, ref: number, startMs: number, endMs: number): Sample[] {
  const into: SampleWindow = { timesMs: new Float64Array(0), values: new Float64Array(0), from: 0, to: 0 };
  store.window(ref, startMs, endMs, into);
  const samples: Sample[] = [];
  for (let i = into.from; i < into.to; i++) samples.push([into.timesMs[i] ?? NaN, into.values[i] ?? NaN]);
  return withoutIdleMarkers(samples);
}

export function withoutIdleMarkers(samples: readonly Sample[]): Sample[] {
  const kept: Sample[] = [];
  for (const sample of samples) {
    const last = kept.at(-1);
    if (sample[1] === STALE_MARKER && (last === undefined || last[1] === STALE_MARKER)) continue;
    kept.push(sample);
  }
  return kept;
}

/** One list of samples a series, every rule of staleness spelled out. */
export class SlowMetricModel {
  readonly series = new Map<string, Sample[]>();
  scrape(result: ScrapeResult, values: Float64Array, dynamic: DynamicSeries | undefined): void {
    const timeMs = result.atUs / 1_000;
    const { job, instance, series, valuesFrom } = result.target;
    const reports: readonly (readonly [string, number])[] = [
      ["up", result.ok ? 1 : 0],
      ["scrape_duration_seconds", result.durationSeconds],
      ["scrape_samples_scraped", result.samplesScraped],
      ["scrape_samples_post_metric_relabeling", result.samplesKept],
      ["scrape_series_added", result.seriesAdded],
    ];
    const seen = new Map<string, number>();
    for (const [name, value] of reports) seen.set(keyOf({ __name__: name, job, instance }), value);
    if (result.ok) {
      for (const [i, { name, labels }] of series.entries())
        seen.set(keyOf({ __name__: name, ...labels }), values[valuesFrom + i] ?? NaN);
      this.#seeDynamic(dynamic, seen);
    }
    for (const [key, value] of seen) if (!Number.isNaN(value)) this.#push(key, [timeMs, value]);
    for (const key of this.series.keys()) if (Number.isNaN(seen.get(key) ?? NaN)) this.#end(key, timeMs);
  }

  #seeDynamic(dynamic: DynamicSeries | undefined, seen: Map<string, number>): void {
    for (let id = 0; dynamic !== undefined && id < dynamic.count; id++) {
      const { name, labels } = dynamic.descriptor(id);
      seen.set(keyOf({ __name__: name, ...labels }), dynamic.value(id));
    }
  }

  #push(key: string, sample: Sample): void {
    const samples = this.series.get(key);
    if (samples === undefined) this.series.set(key, [sample]);
    else samples.push(sample);
  }

  #end(key: string, timeMs: number): void {
    const last = this.series.get(key)?.at(-1);
    if (last !== undefined && last[1] !== STALE_MARKER) this.#push(key, [timeMs, STALE_MARKER]);
  }
}

export function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
