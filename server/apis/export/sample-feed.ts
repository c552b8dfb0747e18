/**
 * Samples by time: slices of simulated time, in each all targets one after another. Every series remembers the sample
 * that was sent last, so that a scrape which took long, or a rule that was evaluated late, is sent with the next slice.
 */
import { MICROS_PER_MS } from "../../base/time.js";
import { emptyWindow } from "../../query/promql/samples.js";
import type { SeriesRef } from "../../telemetry/metric-reader.js";
import type { ApiWorld } from "../api-world.js";
import { EVERY_SERIES } from "../otlp/otlp.js";
import type { SeriesSamples } from "../otlp/series-samples.js";
import type { FeedBounds, Taken } from "./batch.js";

/** Simulated time of a slice that lies in the past. */
const SLICE_MS = 60_000;
/** Exemplars are sent so much later: whether their traces are kept is decided after the samples are there. */
const EXEMPLAR_DELAY_MS = 30_000;

export class SampleFeed {
  #generation = -1;
  /** Series of each target, those of one target together. */
  #targets: readonly (readonly SeriesRef[])[] = [];
  /** By series: the instant of the sample that was sent last. */
  readonly #sentMs = new Map<SeriesRef, number>();
  #sliceFromMs: number;
  #sliceToMs: number;
  /** Number of the target that is next within the slice. */
  #target = 0;

  constructor(readonly bounds: FeedBounds) {
    this.#sliceFromMs = bounds.fromUs / MICROS_PER_MS - 1;
    this.#sliceToMs = this.#sliceFromMs;
  }

  take(world: ApiWorld, itemsMax: number): Taken<readonly SeriesSamples[]> {
    const endMs = Math.min(world.nowUs, this.bounds.untilUs) / MICROS_PER_MS;
    if (this.#target === 0) this.#beginSlice(world, endMs);
    const content: SeriesSamples[] = [];
    let items = 0;
    for (; this.#target < this.#targets.length && items < itemsMax; this.#target++) {
      for (const ref of this.#targets[this.#target]) {
        const series = this.#samplesOf(world, ref);
        if (series === undefined) continue;
        items += series.timesMs.length;
        content.push(series);
      }
    }
    const sliceDone = this.#target >= this.#targets.length;
    const untilUs = (sliceDone ? this.#sliceToMs : this.#sliceFromMs) * MICROS_PER_MS;
    if (sliceDone) {
      this.#sliceFromMs = this.#sliceToMs;
      this.#target = 0;
    }
    return { content, items, more: !sliceDone || this.#sliceToMs < endMs, untilUs };
  }

  #beginSlice({ metrics }: ApiWorld, endMs: number): void {
    this.#sliceToMs = Math.min(endMs, this.#sliceFromMs + SLICE_MS);
    if (metrics.generation === this.#generation) return;
    this.#generation = metrics.generation;
    const targets = new Map<string, SeriesRef[]>();
    for (const ref of metrics.select(EVERY_SERIES)) {
      const { job = "", instance = "" } = metrics.labels(ref) as Partial<Record<string, string>>;
      const key = `${job}\n${instance}`;
      const refs = targets.get(key);
      if (refs === undefined) targets.set(key, [ref]);
      else refs.push(ref);
    }
    this.#targets = [...targets.values()];
  }

  #samplesOf({ metrics }: ApiWorld, ref: SeriesRef): SeriesSamples | undefined {
    const window = emptyWindow();
    const fromMs = this.#sentMs.get(ref) ?? this.bounds.fromUs / MICROS_PER_MS - 1;
    metrics.window(ref, fromMs, this.#sliceToMs, window);
    if (window.to <= window.from) return undefined;
    this.#sentMs.set(ref, window.timesMs[window.to - 1]);
    const labels = metrics.labels(ref);
    return {
      ref,
      labels,
      timesMs: window.timesMs.slice(window.from, window.to),
      values: window.values.slice(window.from, window.to),
      exemplars: labels["__name__"].endsWith("_bucket")
        ? metrics.exemplars(ref, this.#sliceFromMs - EXEMPLAR_DELAY_MS + 0.001, this.#sliceToMs - EXEMPLAR_DELAY_MS)
        : [],
    };
  }
}
