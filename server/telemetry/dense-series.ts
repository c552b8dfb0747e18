/**
 * Samples of one series that is there at most scrapes of its target: one value per instant of the target's scrape
 * times. Where the series is absent between two samples, the slot holds a staleness marker. The samples lie in the
 * columns of the target, compressed; or *loose*, in an array of their own, for a series that belongs to no target and
 * while a history is put before it.
 *
 * A counter that continues one of the history (see MetricStore.attachHistory) is *raised*: the process never restarted
 * at the cut, so what the history had counted is added to every value until the process does restart. A counter that
 * the recent part has not touched yet goes on at the value of the history, as the process would go on exposing it.
 */
import { STALE_MARKER, type SampleWindow } from "./metric-reader.js";
import type { SampleColumns } from "./sample-columns.js";
import type { ScrapeTimes } from "./scrape-times.js";

/** Never handed over to another thread, which would take it away from all. */
const NOTHING = new Float64Array(0);

export class DenseSeries {
  /** While the series is loose. */
  values = NOTHING;
  /** Samples are at first ≤ index < end; first is −1 while there is none. */
  first = -1;
  end = 0;
  /** Added to what the process counts; undefined for a series that continues nothing. */
  #raise: number | undefined;
  #lastRaw = -Infinity;
  /** The newest sample. */
  #last = STALE_MARKER;
  /** Place in the columns; −1 while the series is loose. */
  #slot: number;

  constructor(
    readonly times: ScrapeTimes,
    readonly counter: boolean,
    readonly columns?: SampleColumns,
  ) {
    this.#slot = columns?.addSlot() ?? -1;
  }

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
    return this.first >= 0 && this.end === index && this.#last !== STALE_MARKER;
  }

  window(startMs: number, endMs: number, into: SampleWindow): void {
    this.times.locate(startMs, endMs);
    const from = Math.max(this.times.from, this.first);
    const to = this.first < 0 ? from : Math.max(from, Math.min(this.times.to, this.end));
    if (this.columns === undefined || this.#slot < 0) {
      into.timesMs = this.times.timesMs;
      into.values = this.values;
      into.from = from;
      into.to = to;
      return;
    }
    const base = this.times.from;
    into.timesMs = this.times.view();
    into.values = roomIn(into, to - base);
    into.from = from - base;
    into.to = to - base;
    this.columns.read(this.#slot, from, to, into.values, from - base);
  }

  /** All samples, from `first` on. */
  samples(): Float64Array {
    if (this.first < 0) return new Float64Array(0);
    if (this.columns === undefined || this.#slot < 0) return this.values.slice(this.first, this.end);
    const values = new Float64Array(this.end - this.first);
    this.columns.read(this.#slot, this.first, this.end, values, 0);
    return values;
  }

  /** The newest sample; a staleness marker while there is none. */
  get last(): number {
    return this.#last;
  }

  /** The samples lie in the columns from now on, where somebody has put them. */
  settle(slot: number): void {
    this.#slot = slot;
    this.values = NOTHING;
  }

  /** Replaces all samples, loose from now on; `values[0]` is at index `first`. */
  replace(first: number, values: Float64Array): void {
    this.values = new Float64Array(this.times.timesMs.length);
    this.first = values.length === 0 ? -1 : first;
    this.end = values.length === 0 ? 0 : first + values.length;
    if (values.length > 0) this.values.set(values, first);
    this.#slot = -1;
    this.#last = values.at(-1) ?? STALE_MARKER;
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
    if (this.first < 0) this.first = index;
    if (this.columns !== undefined && this.#slot >= 0) this.columns.put(this.#slot, index, value);
    else this.#putLoose(index, value);
    this.end = index + 1;
    this.#last = value;
  }

  #putLoose(index: number, value: number): void {
    if (index >= this.values.length) this.#grow();
    if (this.end > 0 && this.end < index) this.values.fill(STALE_MARKER, this.end, index);
    this.values[index] = value;
  }

  #grow(): void {
    const values = new Float64Array(this.times.timesMs.length);
    values.set(this.values);
    this.values = values;
  }
}

/** The array of a window that may be written, with room for `count`. */
function roomIn(into: SampleWindow, count: number): Float64Array {
  if (into.room === undefined || into.room.length < count) into.room = new Float64Array(Math.max(256, count * 2));
  return into.room;
}
