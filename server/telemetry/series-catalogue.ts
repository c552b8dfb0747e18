/** Which series there are and where the samples of each are kept. Series beyond the limit are refused and counted. */
import { DenseSeries } from "./dense-series.js";
import { LabelIndex } from "./label-index.js";
import type { Labels, SampleWindow, SeriesRef } from "./metric-reader.js";
import type { SampleColumns } from "./sample-columns.js";
import type { ScrapeTimes } from "./scrape-times.js";
import type { SparseSeries } from "./sparse-series.js";

/** Series that a store holds at most: twice what the cardinality scenario reaches. About 150 bytes each in the index. */
export const SERIES_LIMIT = 400_000;

export class SeriesCatalogue {
  readonly index = new LabelIndex();
  readonly #places: (DenseSeries | SparseSeries)[] = [];
  readonly #slots: number[] = [];
  refusedSeries = 0;

  constructor(readonly seriesLimit: number) {}

  /** The place of a series that is kept densely on `times`, its samples in `columns` or by itself. Undefined: refused, over the limit or kept elsewhere already. */
  dense(
    labels: Labels,
    times: ScrapeTimes,
    counter: boolean,
    columns?: SampleColumns,
  ): { readonly ref: SeriesRef; readonly series: DenseSeries } | undefined {
    return this.densePairs(this.index.pairsOf(labels), times, counter, columns);
  }

  densePairs(
    pairs: Int32Array,
    times: ScrapeTimes,
    counter: boolean,
    columns?: SampleColumns,
  ): { readonly ref: SeriesRef; readonly series: DenseSeries } | undefined {
    const known = this.index.find(pairs);
    if (known >= 0) {
      const place = this.#places[known];
      return place instanceof DenseSeries && place.times === times ? { ref: known, series: place } : undefined;
    }
    if (this.#isFull()) return undefined;
    const series = new DenseSeries(times, counter, columns);
    return { ref: this.#add(pairs, series, -1), series };
  }

  /** The slot of a series within `group`, −1 when it is refused: over the limit, or kept elsewhere already. */
  sparse(pairs: Int32Array, group: SparseSeries): number {
    const known = this.index.find(pairs);
    if (known >= 0) return this.#places[known] === group ? this.#slots[known] : -1;
    if (this.#isFull()) return -1;
    const slot = group.slotFor(this.index.count);
    this.#add(pairs, group, slot);
    return slot;
  }

  /** The series takes its samples from another group of its target from now on. */
  moveSparse(ref: SeriesRef, group: SparseSeries): number {
    const slot = group.slotFor(ref);
    this.#places[ref] = group;
    this.#slots[ref] = slot;
    return slot;
  }

  isDense(ref: SeriesRef): boolean {
    return this.#places[ref] instanceof DenseSeries;
  }

  window(ref: SeriesRef, startMs: number, endMs: number, into: SampleWindow): void {
    const place = this.#places[ref];
    if (place instanceof DenseSeries) place.window(startMs, endMs, into);
    else place.window(this.#slots[ref], startMs, endMs, into);
  }

  #isFull(): boolean {
    const full = this.index.count >= this.seriesLimit;
    if (full) this.refusedSeries++;
    return full;
  }

  #add(pairs: Int32Array, place: DenseSeries | SparseSeries, slot: number): SeriesRef {
    this.#places.push(place);
    this.#slots.push(slot);
    return this.index.add(pairs);
  }
}
