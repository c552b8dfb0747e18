/**
 * The simulated metrics server's data: what its scrapes and rules brought, by series. Writing is `MetricSink` (the
 * engine's scrapes) and `append` (recorded series); reading is `MetricReader`. Scraped series share the scrape times of
 * their target and are compressed to about two bytes a sample; series that a label blew up at run time cost 20 bytes a
 * change.
 */
import { Digest } from "../base/digest.js";
import type { DynamicSeries, MetricSink, ScrapeResult, ScrapeTarget } from "../sim/metric-sink.js";
import { BlockCodec } from "./block-codec.js";
import { ExemplarLog, type ExemplarFacts, type ExportedExemplars } from "./exemplar-log.js";
import { adoptTarget, exportTarget, type ExportedMetrics } from "./metric-history.js";
import type { Exemplar, LabelMatcher, Labels, MetricReader, SampleWindow, SeriesRef } from "./metric-reader.js";
import { RecordedSeries } from "./recorded-series.js";
import { SERIES_LIMIT, SeriesCatalogue } from "./series-catalogue.js";
import { CHANGE_LIMIT, TargetSamples, type ScrapeContext } from "./target-samples.js";

export interface MetricStoreOptions {
  /** What the span at `row` of a segment (0 history, 1 recent) says as an exemplar; undefined where its trace was not kept. */
  readonly exemplarOf: (segment: 0 | 1, row: number) => ExemplarFacts | undefined;
  readonly seriesLimit?: number;
  /** Changes of run-time series, per target. */
  readonly changeLimit?: number;
}

export interface MetricStoreFigures {
  readonly series: number;
  readonly samples: number;
  /** Bytes of the sample columns; the index of labels comes on top. */
  readonly sampleBytes: number;
  /** Series and changes that the limits refused, and samples that named a series kept elsewhere. */
  readonly refusedSeries: number;
  readonly refusedChanges: number;
  /** Scrapes that came no later than the one before of their target, and were dropped. */
  readonly outOfOrderScrapes: number;
}

export class MetricStore implements MetricSink, MetricReader {
  readonly #catalogue: SeriesCatalogue;
  readonly #targets = new Map<string, TargetSamples>();
  readonly #recorded: RecordedSeries;
  readonly #recentExemplars: ExemplarLog;
  readonly #historyExemplars: ExemplarLog;
  readonly #digest = new Digest();
  readonly #changeLimit: number;
  readonly #codec = new BlockCodec();
  #scrapeMs = 0;
  readonly #context: ScrapeContext;

  constructor(options: MetricStoreOptions) {
    this.#catalogue = new SeriesCatalogue(options.seriesLimit ?? SERIES_LIMIT);
    this.#recorded = new RecordedSeries(this.#catalogue);
    this.#changeLimit = options.changeLimit ?? CHANGE_LIMIT;
    this.#recentExemplars = new ExemplarLog((row) => options.exemplarOf(1, row));
    this.#historyExemplars = new ExemplarLog((row) => options.exemplarOf(0, row));
    this.#context = {
      catalogue: this.#catalogue,
      digest: this.#digest,
      exemplar: (ref, row, observedUs) => {
        this.#recentExemplars.append(ref, row, this.#scrapeMs, observedUs);
      },
    };
  }

  /* Write side. */

  scrape(
    result: ScrapeResult,
    values: Float64Array,
    exemplarRows: Int32Array,
    dynamic: DynamicSeries | undefined,
  ): void {
    this.#scrapeMs = Math.floor(result.atUs / 1_000);
    this.#target(result.target.job, result.target.instance).scrape(
      result,
      values,
      exemplarRows,
      dynamic,
      this.#context,
    );
  }

  targetRemoved(target: ScrapeTarget, atUs: number): void {
    this.#target(target.job, target.instance).remove(atUs);
  }

  /** One sample of a recorded series (`ALERTS`, a recording rule). A sample at an instant that the series has replaces it. */
  append(labels: Labels, timeMs: number, value: number): void {
    this.#recorded.append(labels, timeMs, value);
  }

  /* Read side. */

  get generation(): number {
    return this.#catalogue.index.count;
  }

  select(matchers: readonly LabelMatcher[]): readonly SeriesRef[] {
    return this.#catalogue.index.select(matchers);
  }

  labels(ref: SeriesRef): Labels {
    return this.#catalogue.index.labels(ref);
  }

  window(ref: SeriesRef, startMs: number, endMs: number, into: SampleWindow): void {
    this.#catalogue.window(ref, startMs, endMs, into);
  }

  labelNames(matchers: readonly LabelMatcher[]): readonly string[] {
    return this.#catalogue.index.names(matchers);
  }

  labelValues(name: string, matchers: readonly LabelMatcher[]): readonly string[] {
    return this.#catalogue.index.values(name, matchers);
  }

  exemplars(ref: SeriesRef, startMs: number, endMs: number): readonly Exemplar[] {
    const history = this.#historyExemplars.read(ref, startMs, endMs);
    const recent = this.#recentExemplars.read(ref, startMs, endMs);
    return history.length === 0 ? recent : [...history, ...recent].sort((a, b) => a.timestampMs - b.timestampMs);
  }

  /** Hash over everything that was scraped into this store, in order; what a history brought and rules recorded is not part of it. */
  digest(): string {
    return this.#digest.hex();
  }

  figures(): MetricStoreFigures {
    const targets = [...this.#targets.values()];
    const sum = (of: (target: TargetSamples) => number): number =>
      targets.reduce((total, target) => total + of(target), 0);
    return {
      series: this.#catalogue.index.count,
      samples: sum((target) => target.samples) + this.#recorded.samples,
      sampleBytes: sum(bytesOf) + this.#recorded.bytes,
      refusedSeries: this.#catalogue.refusedSeries,
      outOfOrderScrapes: sum((target) => target.outOfOrderScrapes),
      refusedChanges: sum((target) => target.sparse?.refusedChanges ?? 0),
    };
  }

  /* Hand-over. */

  /** Everything in this store as plain arrays. `liveValues` is the engine's array at the end of its stretch, where it is at hand. */
  export(liveValues?: Float64Array): ExportedMetrics {
    const { index } = this.#catalogue;
    return {
      symbols: [...index.symbolTable()],
      series: Array.from({ length: index.count }, (_, ref) => index.pairs(ref)),
      targets: [...this.#targets.values()].map((target) => exportTarget(target, liveValues)),
      recorded: this.#recorded.export(),
      exemplars: this.#recentExemplars.export(),
      digest: this.digest(),
    };
  }

  /** Puts an earlier stretch before what is here (see metric-history.ts). Once, and before any other. */
  attachHistory(exported: ExportedMetrics): void {
    const pairsOf = (series: number): Int32Array =>
      this.#catalogue.index.translate(exported.series[series], exported.symbols);
    for (const history of exported.targets) {
      adoptTarget(this.#target(history.job, history.instance), history, this.#catalogue, pairsOf);
    }
    this.#recorded.adopt(exported.recorded, pairsOf);
    this.#adoptExemplars(exported.exemplars, pairsOf);
  }

  #adoptExemplars(exemplars: ExportedExemplars, pairsOf: (series: number) => Int32Array): void {
    const { index } = this.#catalogue;
    const refs = new Map<number, SeriesRef>();
    for (const [i, series] of exemplars.ref.entries()) {
      let ref = refs.get(series);
      if (ref === undefined) refs.set(series, (ref = index.find(pairsOf(series))));
      if (ref >= 0)
        this.#historyExemplars.append(ref, exemplars.row[i], exemplars.scrapeMs[i], exemplars.observedUs[i]);
    }
  }

  #target(job: string, instance: string): TargetSamples {
    const key = `${job}\n${instance}`;
    let target = this.#targets.get(key);
    if (target === undefined)
      this.#targets.set(key, (target = new TargetSamples(job, instance, this.#changeLimit, this.#codec)));
    return target;
  }
}

function bytesOf(target: TargetSamples): number {
  return target.times.timesMs.length * 9 + target.columns.bytes + (target.sparse?.bytes ?? 0);
}
