/**
 * Where the engine's counts go. The engine keeps one flat array of values for all series of all scrape targets and
 * counts in it as things happen; when the simulated metrics server scrapes a target, the sink is handed the target's
 * slice. What the plant lost (time-out, sample limit) is never handed over: gaps in the store are real gaps.
 */

export type SeriesKind = "counter" | "gauge";

/** One series of one target. Classic histograms are their `_bucket`, `_sum` and `_count` series, all counters. */
export interface SeriesDescriptor {
  readonly name: string;
  /** All labels but `__name__`, with `job` and `instance`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly kind: SeriesKind;
}

/** What one process exposes: `series[i]` has its value at `values[valuesFrom + i]`. */
export interface ScrapeTarget {
  readonly index: number;
  readonly job: string;
  readonly instance: string;
  readonly component: string;
  readonly valuesFrom: number;
  readonly series: readonly SeriesDescriptor[];
}

/** Series that came into being at run time because a label took a new value. Append-only; ids count from 0 per target. */
export interface DynamicSeries {
  readonly count: number;
  /** Descriptor of series `id`, 0 ≤ id < count. Same id, same series, until `epoch` changes (process restart). */
  descriptor(id: number): SeriesDescriptor;
  value(id: number): number;
  readonly epoch: number;
}

/** Why a scrape brought nothing. */
export type ScrapeFailure =
  "target down" | "scrape timed out" | "sample limit" | "target limit" | "metrics server away";

export interface ScrapeResult {
  readonly target: ScrapeTarget;
  /** When the scrape began: the timestamp of its samples, µs. */
  readonly atUs: number;
  readonly ok: boolean;
  readonly durationSeconds: number;
  readonly samplesScraped: number;
  readonly samplesKept: number;
  readonly seriesAdded: number;
  /** Why it failed, in Prometheus's words; empty when ok. */
  readonly error: string;
  /** The same for counting; undefined when ok. */
  readonly failure?: ScrapeFailure;
  /** Samples that were due: those scraped, or as many as the target had when it was last read. */
  readonly samplesDue?: number;
  /** By value, as `exemplarRows`: what the exemplar observed; what its span took where this is left out. Live array. */
  readonly exemplarUs?: Float64Array;
}

export interface MetricSink {
  /**
   * One scrape has ended. When it went well, `values` holds the target's samples (live array: copy what you keep) and
   * `exemplarRows[i]` the span row + 1 of the newest exemplar of series i, or 0. A failed scrape brings no samples;
   * the sink still writes `up`, `scrape_duration_seconds`, `scrape_samples_scraped`,
   * `scrape_samples_post_metric_relabeling` and `scrape_series_added`, and staleness for what was there before.
   */
  scrape(
    result: ScrapeResult,
    values: Float64Array,
    exemplarRows: Int32Array,
    dynamic: DynamicSeries | undefined,
  ): void;

  /** A scrape that was due while the metrics server was away; nothing is written. */
  scrapeMissed?(target: ScrapeTarget, atUs: number, samplesDue: number): void;

  /** The target is gone for good (scaled in): its series become stale. */
  targetRemoved(target: ScrapeTarget, atUs: number): void;
}

/** Help and unit of a metric name, for metadata, completion and axis units. */
export interface MetricMetadata {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly unit: string;
  readonly help: string;
}
