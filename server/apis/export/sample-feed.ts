/**
 * Samples by time: slices of simulated time, in each all targets one after another. Every series remembers the sample
 * that was sent last, so that a scrape which took long, or a rule that was evaluated late, is sent with the next slice.
 */
import { MICROS_PER_MS } from "../../base/time.js";
import { emptyWindow } from "../../query/promql/samples.js";
import type { Labels, SeriesRef } from "../../telemetry/metric-reader.js";
import type { ApiWorld } from "../api-world.js";
import { EVERY_SERIES } from "../otlp/otlp.js";
import type { SeriesSamples } from "../otlp/series-samples.js";
import type { FeedBounds, Taken } from "./batch.js";
import type { SampleMark } from "./export-mark.js";

/** Simulated time of a slice that lies in the past. */
const SLICE_MS = 60_000;
/** Exemplars are sent so much later: whether their traces are kept is decided after the samples are there. */
const EXEMPLAR_DELAY_MS = 30_000;

/** Nothing comes so late: a scrape takes seconds, and rules are evaluated within a minute of the engine's clock. */
const LATE_MS = 5 * 60_000;

interface Target {
  readonly key: string;
  readonly refs: readonly SeriesRef[];
}

const nameOf = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

export class SampleFeed {
  #generation = -1;
  /** Series of each target, those of one target together. */
  #targets: readonly Target[] = [];
  /** By series: the instant of the sample that was sent last. */
  readonly #sentMs = new Map<SeriesRef, number>();
  #sliceFromMs: number;
  #sliceToMs: number;
  /** Number of the target that is next within the slice. */
  #target = 0;
  /** Targets that another session had done within the slice. */
  #done: ReadonlySet<string>;

  constructor(
    readonly bounds: FeedBounds,
    readonly resumed?: SampleMark,
  ) {
    this.#sliceFromMs = resumed?.sliceFromMs ?? bounds.fromUs / MICROS_PER_MS - 1;
    this.#sliceToMs = resumed?.sliceToMs ?? this.#sliceFromMs;
    this.#done = new Set(resumed?.done);
  }

  mark({ metrics }: ApiWorld): SampleMark {
    return {
      sliceFromMs: this.#sliceFromMs,
      sliceToMs: this.#sliceToMs,
      settledMs: this.#settledMs,
      done: this.#target === 0 ? [...this.#done] : this.#targets.slice(0, this.#target).map(({ key }) => key),
      sent: Object.fromEntries(this.#targets.map((target) => [target.key, this.#sentOf(target, metrics)])),
    };
  }

  /** Before this nothing is missing of any series: those that ended long ago need not be told one by one. */
  get #settledMs(): number {
    return Math.max(
      this.bounds.fromUs / MICROS_PER_MS - 1,
      this.resumed?.settledMs ?? -Infinity,
      this.#sliceFromMs - LATE_MS,
    );
  }

  /** Series of a process are scraped together, so most of them have one instant; what a rule wrote has its own. */
  #sentOf({ key, refs }: Target, metrics: ApiWorld["metrics"]): SampleMark["sent"][string] {
    const isScraped = !key.endsWith("\n");
    const atMs = isScraped ? Math.max(...refs.map((ref) => this.#sentMs.get(ref) ?? -Infinity)) : -Infinity;
    const settledMs = this.#settledMs;
    const others = refs.flatMap((ref) => {
      const sentMs = this.#sentMs.get(ref);
      return sentMs === undefined || sentMs === atMs || sentMs <= settledMs
        ? []
        : [[nameOf(metrics.labels(ref)), sentMs] as const];
    });
    return { ...(atMs === -Infinity ? {} : { atMs }), series: Object.fromEntries(others) };
  }

  take(world: ApiWorld, itemsMax: number): Taken<readonly SeriesSamples[]> {
    const endMs = Math.min(world.nowUs, this.bounds.untilUs) / MICROS_PER_MS;
    if (this.#target === 0) this.#beginSlice(world, endMs);
    const content: SeriesSamples[] = [];
    let items = 0;
    for (; this.#target < this.#targets.length && items < itemsMax; this.#target++) {
      const { key, refs } = this.#targets[this.#target];
      if (this.#done.has(key)) continue;
      for (const ref of refs) {
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
      this.#done = new Set();
    }
    return { content, items, more: !sliceDone || this.#sliceToMs < endMs, untilUs };
  }

  #beginSlice({ metrics }: ApiWorld, endMs: number): void {
    // The slice in the midst of which another session ended is done to its end.
    if (this.#done.size === 0) this.#sliceToMs = Math.min(endMs, this.#sliceFromMs + SLICE_MS);
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
    this.#targets = [...targets].map(([key, refs]) => ({ key, refs }));
    for (const target of this.#targets) this.#goOn(target, metrics);
  }

  /** What another session had sent of a target's series counts as sent by this one. */
  #goOn({ key, refs }: Target, metrics: ApiWorld["metrics"]): void {
    const { sent, settledMs } = this.resumed ?? {};
    if (sent === undefined || !Object.hasOwn(sent, key)) return;
    const { atMs, series } = sent[key];
    for (const ref of refs) {
      const name = nameOf(metrics.labels(ref));
      const sentMs = Object.hasOwn(series, name) ? series[name] : (atMs ?? settledMs);
      if (sentMs !== undefined && !this.#sentMs.has(ref)) this.#sentMs.set(ref, sentMs);
    }
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
