/**
 * Samples of one series that is there at most scrapes of its target: one value per instant of the target's scrape
 * times. Where the series is absent between two samples, the slot holds a staleness marker.
 *
 * A counter that continues one of the history (see MetricStore.attachHistory) is *raised*: the process never restarted
 * at the cut, so what the history had counted is added to every value until the process does restart. A counter that
 * the recent part has not touched yet goes on at the value of the history, as the process would go on exposing it.
 */
import { STALE_MARKER, type SampleWindow } from "./metric-reader.js";
import type { ScrapeTimes } from "./scrape-times.js";

export class DenseSeries {
  values = new Float64Array(0);
  /** Samples are at first ≤ index < end; first is −1 while there is none. */
  first = -1;
  end = 0;
  /** Added to what the process counts; undefined for a series that continues nothing. */
  #raise: number | undefined;
  #lastRaw = -Infinity;

  constructor(
    readonly times: ScrapeTimes,
    readonly counter: boolean,
  ) {}

  /** One scrape brought `raw`; NaN says that the process does not expose the series (any more). Returns whether a sample was kept. */
  record(index: number, raw: number): boolean {
    if (Number.isNaN(raw)) return this.#recordUntouched(index);
    if (raw < this.#lastRaw) this.#raise = undefined;
    this.#lastRaw = raw;
    this.put(index, raw + (this.#raise ?? 0));
    return true;
  }

  /** The target is not there at `index`: the series ends, if it was there before. */
  recordAbsent(index: number): void {
    if (this.isLive(index)) this.put(index, STALE_MARKER);
  }

  /** The process restarted: what it had counted before is gone. */
  forgetRaise(): void {
    this.#raise = undefined;
    this.#lastRaw = -Infinity;
  }

  /** From now on the series continues a counter that stood at `value`. */
  continueFrom(value: number): void {
    this.#raise = value;
    this.#lastRaw = -Infinity;
  }

  /** Whether the sample before `index` is there and is no staleness marker. */
  isLive(index: number): boolean {
    return this.first >= 0 && this.end === index && this.values[index - 1] !== STALE_MARKER;
  }

  window(startMs: number, endMs: number, into: SampleWindow): void {
    this.times.locate(startMs, endMs);
    into.timesMs = this.times.timesMs;
    into.values = this.values;
    into.from = Math.max(this.times.from, this.first);
    into.to = this.first < 0 ? into.from : Math.max(into.from, Math.min(this.times.to, this.end));
  }

  /** Replaces all samples; `values[0]` is at index `first`. */
  replace(first: number, values: Float64Array): void {
    this.values = new Float64Array(this.times.timesMs.length);
    this.first = values.length === 0 ? -1 : first;
    this.end = values.length === 0 ? 0 : first + values.length;
    if (values.length > 0) this.values.set(values, first);
    this.#raise = undefined;
    this.#lastRaw = -Infinity;
  }

  #recordUntouched(index: number): boolean {
    if (this.#raise === undefined) {
      this.recordAbsent(index);
      return false;
    }
    this.put(index, this.#raise);
    return true;
  }

  /** Writes a sample as it is; `index` is not before the last. NaN is a value here, as a rule may compute one. */
  put(index: number, value: number): void {
    if (index >= this.values.length) this.#grow();
    if (this.first < 0) this.first = index;
    else if (this.end < index) this.values.fill(STALE_MARKER, this.end, index);
    this.values[index] = value;
    this.end = index + 1;
  }

  #grow(): void {
    const values = new Float64Array(this.times.timesMs.length);
    values.set(this.values);
    this.values = values;
  }
}
