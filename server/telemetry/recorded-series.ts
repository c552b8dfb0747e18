/**
 * Series that rules write: `ALERTS`, `ALERTS_FOR_STATE` and recording rules. Each has its own instants. They are written
 * in order of time as a rule, but the rules of a history are evaluated after those of the recent part, so an earlier
 * sample finds its place too.
 */
import type { ExportedSeries } from "./metric-history.js";
import type { DenseSeries } from "./dense-series.js";
import type { Labels, SeriesRef } from "./metric-reader.js";
import { ScrapeTimes, firstAfter } from "./scrape-times.js";
import type { SeriesCatalogue } from "./series-catalogue.js";

export class RecordedSeries {
  readonly #series = new Map<SeriesRef, DenseSeries>();
  readonly #refOf = new Map<string, SeriesRef>();
  samples = 0;

  constructor(readonly catalogue: SeriesCatalogue) {}

  append(labels: Labels, timeMs: number, value: number): void {
    const series = this.#find(labels);
    if (series !== undefined) this.#write(series, timeMs, value);
  }

  get bytes(): number {
    let bytes = 0;
    for (const { values, times } of this.#series.values()) bytes += values.length * 8 + times.timesMs.length * 9;
    return bytes;
  }

  export(): ExportedSeries[] {
    return [...this.#series].map(([ref, { values, times }]) => ({
      series: ref,
      counter: false,
      first: 0,
      timesMs: times.timesMs.slice(0, times.length),
      values: values.slice(0, times.length),
      final: NaN,
    }));
  }

  adopt(exported: readonly ExportedSeries[], pairsOf: (series: number) => Int32Array): void {
    for (const { series: number, timesMs, values } of exported) {
      const series = this.#place(pairsOf(number));
      if (series === undefined || timesMs === undefined || timesMs.length === 0) continue;
      const { times } = series;
      if (times.length === 0 || timesMs[timesMs.length - 1] < times.timesMs[0]) {
        putBefore(series, timesMs, values);
        this.samples += values.length;
      } else for (const [i, value] of values.entries()) this.#write(series, timesMs[i], value);
    }
  }

  #find(labels: Labels): DenseSeries | undefined {
    // Rules write the same label sets again and again: their text is looked up faster than their symbols.
    const key = JSON.stringify(labels);
    const known = this.#refOf.get(key);
    if (known !== undefined) return this.#series.get(known);
    const series = this.#place(this.catalogue.index.pairsOf(labels));
    if (series !== undefined) this.#refOf.set(key, this.catalogue.index.find(this.catalogue.index.pairsOf(labels)));
    return series;
  }

  #place(pairs: Int32Array): DenseSeries | undefined {
    const known = this.#series.get(this.catalogue.index.find(pairs));
    if (known !== undefined) return known;
    const placed = this.catalogue.densePairs(pairs, new ScrapeTimes(), false);
    if (placed !== undefined) this.#series.set(placed.ref, placed.series);
    return placed?.series;
  }

  #write(series: DenseSeries, timeMs: number, value: number): void {
    const { times } = series;
    this.samples++;
    if (times.length === 0 || timeMs > times.timesMs[times.length - 1]) {
      series.put(times.append(timeMs, false), value);
      return;
    }
    const at = firstAfter(times.timesMs, times.length, timeMs);
    if (at > 0 && times.timesMs[at - 1] === timeMs) {
      series.values[at - 1] = value;
      this.samples--;
      return;
    }
    const values = [...series.values.subarray(0, times.length)];
    values.splice(at, 0, value);
    times.insert(at, timeMs);
    series.replace(0, Float64Array.from(values));
  }
}

/** All of the samples lie before those of the series. */
function putBefore(series: DenseSeries, timesMs: Float64Array, values: Float64Array): void {
  const own = series.samples();
  const all = new Float64Array(values.length + own.length);
  all.set(values);
  all.set(own, series.times.prepend(timesMs, new Uint8Array(timesMs.length)));
  series.replace(0, all);
}
