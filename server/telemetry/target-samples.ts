/**
 * Everything that the scrapes of one target brought: the instants, the series that the process exposes, those that it
 * made up at run time, and the five that the metrics server writes about the scrape itself (scrape/scrape.go, report).
 */
import type { DynamicSeries, ScrapeResult, ScrapeTarget, SeriesDescriptor } from "../sim/metric-sink.js";
import type { Digest } from "../base/digest.js";
import type { BlockCodec } from "./block-codec.js";
import type { DenseSeries } from "./dense-series.js";
import type { Labels, SeriesRef } from "./metric-reader.js";
import { SampleColumns } from "./sample-columns.js";
import { ScrapeTimes } from "./scrape-times.js";
import type { SeriesCatalogue } from "./series-catalogue.js";
import { SparseSeries } from "./sparse-series.js";

/** Changes of run-time series that one target keeps at most: 160 MB at 20 bytes. */
export const CHANGE_LIMIT = 8_000_000;

/** Its value moves when, and only when, the process restarts. */
const START_TIME_METRIC = "process_start_time_seconds";

/** What the metrics server itself says about a scrape, in the order in which Prometheus appends it. */
const REPORTS: readonly { readonly name: string; readonly value: (result: ScrapeResult) => number }[] = [
  { name: "up", value: (result) => (result.ok ? 1 : 0) },
  { name: "scrape_duration_seconds", value: (result) => result.durationSeconds },
  { name: "scrape_samples_scraped", value: (result) => result.samplesScraped },
  { name: "scrape_samples_post_metric_relabeling", value: (result) => result.samplesKept },
  { name: "scrape_series_added", value: (result) => result.seriesAdded },
];

/** Called for each exemplar of a scrape. */
export type ExemplarAppend = (ref: SeriesRef, row: number, observedUs: number | undefined) => void;

/** Where the series of one layout of the target are kept. A process that is redefined brings a new layout. */
interface Layout {
  /** By series of the target; undefined until the first sample. */
  readonly series: (DenseSeries | undefined)[];
  readonly refs: Int32Array;
  /** Series that the catalogue refused. */
  readonly refused: Uint8Array;
  readonly startTimeAt: number;
}

/** A series that a layout may have a number for. */
interface UnlinkedSeries {
  readonly ref: SeriesRef;
  readonly series: DenseSeries;
  readonly labels: Labels;
  /** Of the labels, the name among them. */
  readonly size: number;
}

/** What series are told apart by first: buckets of a histogram share all but their bound. */
const familyOf = (name: string, labels: Labels): string => `${name} ${labels["le"] ?? ""}`;

/** Whether the series is the one that is described; an empty label is none. */
const isOf =
  ({ labels }: SeriesDescriptor) =>
  (one: UnlinkedSeries): boolean => {
    let size = 1;
    for (const name in labels) {
      const value = labels[name];
      if (value === "") continue;
      if (one.labels[name] !== value) return false;
      size++;
    }
    return size === one.size;
  };

export interface ScrapeContext {
  readonly catalogue: SeriesCatalogue;
  readonly digest: Digest;
  readonly exemplar: ExemplarAppend;
}

export class TargetSamples {
  readonly times = new ScrapeTimes();
  readonly columns: SampleColumns;
  /** All dense series of the target with their numbers, reports included. */
  readonly dense = new Map<SeriesRef, DenseSeries>();
  sparse: SparseSeries | undefined;
  /** Indexes of the scrapes that found a restarted process. */
  restarts: number[] = [];
  /** Indexes of the scrapes from which on the run-time series of before were gone. */
  sparseEnds: number[] = [];
  readonly #layouts = new Map<ScrapeTarget, Layout>();
  readonly #reports: (DenseSeries | undefined)[] = [];
  #startTime = NaN;
  /** Epoch of the run-time series; −1 while there are none, undefined before the first scrape. */
  #epoch: number | undefined;
  /** Slot by id of the present epoch; −1 for a refused series. */
  #slotOfId: number[] = [];
  /** Samples written so far, changes of run-time series counted once. */
  samples = 0;

  /** Scrapes that began no later than the one before; as in Prometheus, their samples are dropped. */
  outOfOrderScrapes = 0;

  constructor(
    readonly job: string,
    readonly instance: string,
    readonly changeLimit: number,
    codec: BlockCodec,
  ) {
    this.columns = new SampleColumns(codec);
  }

  /** Puts the samples of all series, which are loose, into the columns. */
  pack(): void {
    const all = [...this.dense.values()];
    this.columns.rebuild(all, this.times.length);
    for (const [slot, series] of all.entries()) series.settle(slot);
  }

  scrape(
    result: ScrapeResult,
    values: Float64Array,
    exemplarRows: Int32Array,
    dynamic: DynamicSeries | undefined,
    context: ScrapeContext,
  ): void {
    const timeMs = Math.floor(result.atUs / 1_000);
    if (this.times.length > 0 && timeMs <= this.times.timesMs[this.times.length - 1]) {
      this.outOfOrderScrapes++;
      return;
    }
    const index = this.times.append(timeMs, !result.ok);
    context.digest.text(this.job).text(this.instance).double(result.atUs);
    this.#report(result, index, context.catalogue);
    if (!result.ok) {
      this.#recordAbsent(index);
      return;
    }
    const layout = this.#layoutOf(result.target);
    this.#noticeRestart(layout, values[result.target.valuesFrom + layout.startTimeAt], index);
    this.#recordAll(result.target, layout, values, index, context);
    this.#recordExemplars(result, layout, exemplarRows, context.exemplar);
    this.#recordDynamic(dynamic, index, context);
  }

  /** The target is gone: everything that it exposed ends, its reports too. */
  remove(atUs: number): void {
    const timeMs = Math.floor(atUs / 1_000);
    const last = this.times.length - 1;
    // A removal at the very instant of a scrape ends the series one millisecond later, so that the scrape stays.
    const atMs = last >= 0 && this.times.timesMs[last] >= timeMs ? this.times.timesMs[last] + 1 : timeMs;
    const index = this.times.append(atMs, true);
    this.#recordAbsent(index);
    for (const report of this.#reports) report?.recordAbsent(index);
  }

  /** What the counters stand at in the engine's live array, by series. */
  liveValues(values: Float64Array): Map<SeriesRef, number> {
    const live = new Map<SeriesRef, number>();
    for (const [target, { refs }] of this.#layouts) {
      for (const [i, ref] of refs.entries()) if (ref >= 0) live.set(ref, values[target.valuesFrom + i]);
    }
    return live;
  }

  /** Series that the history brought and the process has not counted in yet: from now on its scrapes find them. */
  relink(catalogue: SeriesCatalogue): void {
    for (const [target, layout] of this.#layouts) {
      const brought = this.#elsewhere(layout, catalogue);
      if (brought.size === 0) continue;
      for (const [i, descriptor] of target.series.entries()) {
        if (layout.series[i] !== undefined) continue;
        const found = brought.get(familyOf(descriptor.name, descriptor.labels))?.find(isOf(descriptor));
        if (found === undefined) continue;
        layout.series[i] = found.series;
        layout.refs[i] = found.ref;
      }
    }
  }

  /**
   * Dense series that the layout does not know, by family. They are few, and a process has thousands of series that it has
   * never counted in: comparing labels is cheaper than looking up each of those.
   */
  #elsewhere({ refs }: Layout, { index }: SeriesCatalogue): ReadonlyMap<string, readonly UnlinkedSeries[]> {
    const known = new Set(refs);
    const families = new Map<string, UnlinkedSeries[]>();
    for (const [ref, series] of this.dense) {
      if (known.has(ref)) continue;
      const labels = index.labels(ref);
      const family = familyOf(labels["__name__"] ?? "", labels);
      const list = families.get(family);
      const unlinked = { ref, series, labels, size: Object.keys(labels).length };
      if (list === undefined) families.set(family, [unlinked]);
      else list.push(unlinked);
    }
    return families;
  }

  /** The run-time series are kept in `group` from now on; `slotOf` says where by their slot of before. */
  replaceSparse(group: SparseSeries, slotOf: (slot: number) => number): void {
    this.sparse = group;
    this.#slotOfId = this.#slotOfId.map((slot) => (slot < 0 ? -1 : slotOf(slot)));
  }

  #layoutOf(target: ScrapeTarget): Layout {
    let layout = this.#layouts.get(target);
    if (layout === undefined) {
      const size = target.series.length;
      layout = {
        series: new Array<DenseSeries | undefined>(size).fill(undefined),
        refs: new Int32Array(size).fill(-1),
        refused: new Uint8Array(size),
        startTimeAt: target.series.findIndex((series) => series.name === START_TIME_METRIC),
      };
      this.#layouts.set(target, layout);
    }
    return layout;
  }

  #report(result: ScrapeResult, index: number, catalogue: SeriesCatalogue): void {
    for (const [i, { name, value }] of REPORTS.entries()) {
      const labels = { __name__: name, job: this.job, instance: this.instance };
      const series = (this.#reports[i] ??= this.#resolve(labels, false, catalogue)?.series);
      if (series?.record(index, value(result)) === true) this.samples++;
    }
  }

  #recordAbsent(index: number): void {
    for (const series of this.dense.values()) if (!this.#reports.includes(series)) series.recordAbsent(index);
  }

  #noticeRestart(layout: Layout, startTime: number, index: number): void {
    if (layout.startTimeAt < 0 || startTime === this.#startTime) return;
    if (!Number.isNaN(this.#startTime)) {
      this.restarts.push(index);
      this.restart(index);
    }
    this.#startTime = startTime;
  }

  /** Counters of before are gone, whatever they stood at. */
  restart(index: number): void {
    for (const series of this.dense.values()) series.forgetRaise();
    this.sparse?.endAll(index);
  }

  #recordAll(target: ScrapeTarget, layout: Layout, values: Float64Array, index: number, context: ScrapeContext): void {
    const { valuesFrom, series: descriptors } = target;
    for (let i = 0; i < descriptors.length; i++) {
      const raw = values[valuesFrom + i];
      context.digest.double(raw);
      let series = layout.series[i];
      if (series === undefined) {
        if (Number.isNaN(raw) || layout.refused[i] === 1) continue;
        series = this.#place(layout, i, descriptors[i], context.catalogue);
        if (series === undefined) continue;
      }
      if (series.record(index, raw)) this.samples++;
    }
  }

  #place(layout: Layout, i: number, descriptor: SeriesDescriptor, catalogue: SeriesCatalogue): DenseSeries | undefined {
    const labels = { __name__: descriptor.name, ...descriptor.labels };
    const placed = this.#resolve(labels, descriptor.kind === "counter", catalogue);
    if (placed === undefined) {
      layout.refused[i] = 1;
      return undefined;
    }
    layout.series[i] = placed.series;
    layout.refs[i] = placed.ref;
    return placed.series;
  }

  #resolve(labels: Labels, counter: boolean, catalogue: SeriesCatalogue): ReturnType<SeriesCatalogue["dense"]> {
    const placed = catalogue.dense(labels, this.times, counter, this.columns);
    if (placed !== undefined) this.dense.set(placed.ref, placed.series);
    return placed;
  }

  #recordExemplars(
    { target, exemplarUs }: ScrapeResult,
    layout: Layout,
    rows: Int32Array,
    append: ExemplarAppend,
  ): void {
    const { valuesFrom, series } = target;
    for (let i = 0; i < series.length; i++) {
      const row = rows[valuesFrom + i];
      if (row > 0 && layout.refs[i] >= 0) append(layout.refs[i], row - 1, exemplarUs?.[valuesFrom + i]);
    }
  }

  #recordDynamic(dynamic: DynamicSeries | undefined, index: number, context: ScrapeContext): void {
    const epoch = dynamic?.epoch ?? -1;
    if (epoch !== this.#epoch) {
      if (this.#epoch !== undefined || dynamic === undefined) this.#endSparse(index);
      this.#epoch = epoch;
      this.#slotOfId = [];
    }
    if (dynamic === undefined) return;
    const group = (this.sparse ??= new SparseSeries(this.times, this.changeLimit));
    for (let id = this.#slotOfId.length; id < dynamic.count; id++) {
      this.#slotOfId.push(this.#slotOf(dynamic.descriptor(id), group, context.catalogue));
    }
    for (let id = 0; id < this.#slotOfId.length; id++) {
      const slot = this.#slotOfId[id];
      if (slot < 0) continue;
      const raw = dynamic.value(id);
      if (!group.record(slot, index, raw)) continue;
      context.digest.int(id).double(raw);
      this.samples++;
    }
  }

  #endSparse(index: number): void {
    this.sparseEnds.push(index);
    this.sparse?.endAll(index);
  }

  #slotOf(descriptor: SeriesDescriptor, group: SparseSeries, catalogue: SeriesCatalogue): number {
    return catalogue.sparse(catalogue.index.pairsOf({ __name__: descriptor.name, ...descriptor.labels }), group);
  }
}
