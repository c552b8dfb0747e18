/**
 * The instants at which one target was scraped, shared by all its series: a sample then costs 8 bytes instead of 16,
 * and where a window begins and ends is looked up once per target and not once per series. An instant at which the
 * scrape failed is kept and marked: every series of the target is absent there.
 */
import { assert } from "../base/assert.js";

export class ScrapeTimes {
  timesMs = new Float64Array(64);
  /** 1 where the target gave no samples. */
  absent = new Uint8Array(64);
  length = 0;
  #absentCount = 0;
  // The last window that was asked for: the series of a target are read one after the other with the same bounds.
  #startMs = NaN;
  #endMs = NaN;
  #lengthThen = -1;
  #from = 0;
  #to = 0;
  #view: Float64Array | undefined;

  /** Appends an instant, which must be later than the last, and returns its index. */
  append(timeMs: number, absent: boolean): number {
    const index = this.length;
    assert(
      index === 0 || timeMs > this.timesMs[index - 1],
      `scrape at ${String(timeMs)} ms is not later than the one before`,
    );
    if (index === this.timesMs.length) this.#grow(index * 2);
    this.timesMs[index] = timeMs;
    this.absent[index] = absent ? 1 : 0;
    if (absent) this.#absentCount++;
    this.length++;
    return index;
  }

  get hasAbsent(): boolean {
    return this.#absentCount > 0;
  }

  /** Puts earlier instants before the present ones; those indexes grow by the number that comes back. Later ones than our first are left out. */
  prepend(timesMs: Float64Array, absent: Uint8Array): number {
    const added = this.length === 0 ? timesMs.length : firstAfter(timesMs, timesMs.length, this.timesMs[0] - 0.5);
    const present = { timesMs: this.timesMs.subarray(0, this.length), absent: this.absent.subarray(0, this.length) };
    this.timesMs = new Float64Array(Math.max(64, (added + this.length) * 2));
    this.absent = new Uint8Array(this.timesMs.length);
    this.timesMs.set(timesMs.subarray(0, added));
    this.timesMs.set(present.timesMs, added);
    this.absent.set(absent.subarray(0, added));
    this.absent.set(present.absent, added);
    this.length += added;
    this.#absentCount = this.absent.reduce((sum, flag) => sum + flag, 0);
    return added;
  }

  /** Puts one instant at `index`, between its neighbours in time. */
  insert(index: number, timeMs: number): void {
    if (this.length === this.timesMs.length) this.#grow(this.length * 2);
    this.timesMs.copyWithin(index + 1, index, this.length);
    this.absent.copyWithin(index + 1, index, this.length);
    this.timesMs[index] = timeMs;
    this.absent[index] = 0;
    this.length++;
  }

  /** Index of the first instant after `startMs`; `to` then is that of the first after `endMs`. */
  locate(startMs: number, endMs: number): void {
    if (startMs === this.#startMs && endMs === this.#endMs && this.#lengthThen === this.length) return;
    this.#startMs = startMs;
    this.#endMs = endMs;
    this.#lengthThen = this.length;
    this.#view = undefined;
    const last = this.length - 1;
    this.#to = last >= 0 && this.timesMs[last] <= endMs ? this.length : firstAfter(this.timesMs, this.length, endMs);
    this.#from = firstAfter(this.timesMs, this.#to, startMs);
  }

  /** Bounds of the located window, half-open. */
  get from(): number {
    return this.#from;
  }

  get to(): number {
    return this.#to;
  }

  /** The located instants as a view of their own, which starts at index 0. */
  view(): Float64Array {
    return (this.#view ??= this.timesMs.subarray(this.#from, this.#to));
  }

  #grow(capacity: number): void {
    const timesMs = new Float64Array(capacity);
    const absent = new Uint8Array(capacity);
    timesMs.set(this.timesMs);
    absent.set(this.absent);
    this.timesMs = timesMs;
    this.absent = absent;
  }
}

/** Index of the first of the ascending `times[0 … length)` that is greater than `bound`. */
export function firstAfter(times: Float64Array, length: number, bound: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
