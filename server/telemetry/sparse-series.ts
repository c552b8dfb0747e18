/**
 * Samples of the series that one target made up at run time, of which there may be 200,000. Most of them stand still
 * from one scrape to the next, so only *changes* are kept (20 bytes each), against the scrape times of the target;
 * a window is spread out when somebody reads it. A failed scrape costs nothing: the times know where the target was absent.
 *
 * Raised values: see dense-series.ts; the same rule holds here.
 */
import { STALE_MARKER, type SampleWindow, type SeriesRef } from "./metric-reader.js";
import type { ScrapeTimes } from "./scrape-times.js";

const NO_CHANGE = -1;

/** One change as it is kept, for the hand-over between threads. */
export interface SparseChanges {
  readonly slot: Int32Array;
  readonly index: Int32Array;
  readonly value: Float64Array;
}

export class SparseSeries {
  readonly refs: SeriesRef[] = [];
  readonly #slotOfRef = new Map<SeriesRef, number>();
  /** By slot: newest change; what the process said last (NaN: absent); what is added (NaN: nothing). */
  #head = new Int32Array(256);
  #lastRaw = new Float64Array(256);
  #raise = new Float64Array(256);
  /** By change, in order of time. */
  #slot = new Int32Array(1_024);
  #index = new Int32Array(1_024);
  #value = new Float64Array(1_024);
  #previous = new Int32Array(1_024);
  changes = 0;
  /** Changes that were not kept because the limit was met. */
  refusedChanges = 0;

  constructor(
    readonly times: ScrapeTimes,
    readonly changeLimit: number,
  ) {}

  /** The slot of a series of this group, made when it is new. */
  slotFor(ref: SeriesRef): number {
    const known = this.#slotOfRef.get(ref);
    if (known !== undefined) return known;
    const slot = this.refs.length;
    if (slot === this.#head.length) this.#growSlots();
    this.refs.push(ref);
    this.#slotOfRef.set(ref, slot);
    this.#head[slot] = NO_CHANGE;
    this.#lastRaw[slot] = NaN;
    this.#raise[slot] = NaN;
    return slot;
  }

  /** One scrape brought `raw`; NaN says that the process does not expose the series. Returns whether something changed. */
  record(slot: number, index: number, raw: number): boolean {
    const last = this.#lastRaw[slot];
    if (raw === last) return false;
    if (Number.isNaN(raw)) return Number.isNaN(this.#raise[slot]) && this.#end(slot, index);
    if (raw < last) this.#raise[slot] = NaN;
    this.#lastRaw[slot] = raw;
    const raise = this.#raise[slot];
    const value = Number.isNaN(raise) ? raw : raw + raise;
    if (this.#isLive(slot) && this.#value[this.#head[slot]] === value) return false;
    this.#push(slot, index, value);
    return true;
  }

  /** All series that are there end at `index`: the process restarted or exposes none of them any more. */
  endAll(index: number): void {
    for (let slot = 0; slot < this.refs.length; slot++) this.#end(slot, index);
  }

  /** From now on the series goes on from where it stands (see dense-series.ts). */
  continueAll(): void {
    for (let slot = 0; slot < this.refs.length; slot++) {
      if (!this.#isLive(slot)) continue;
      this.#raise[slot] = this.#value[this.#head[slot]];
      this.#lastRaw[slot] = NaN;
    }
  }

  window(slot: number, startMs: number, endMs: number, into: SampleWindow): void {
    this.times.locate(startMs, endMs);
    const { from, to } = this.times;
    const values = new Float64Array(Math.max(0, to - from));
    into.timesMs = this.times.view();
    into.values = values;
    into.from = this.#spread(slot, from, to, values);
    into.to = Math.max(into.from, to - from);
    if (this.times.hasAbsent) this.#markAbsent(values, into.from, from);
  }

  export(): SparseChanges {
    return {
      slot: this.#slot.slice(0, this.changes),
      index: this.#index.slice(0, this.changes),
      value: this.#value.slice(0, this.changes),
    };
  }

  /** Takes over one change as it was kept elsewhere; changes must come in order of time. */
  import(slot: number, index: number, value: number): void {
    this.#push(slot, index, value);
  }

  get bytes(): number {
    return this.#slot.length * 20 + this.#head.length * 20;
  }

  #isLive(slot: number): boolean {
    const head = this.#head[slot];
    return head !== NO_CHANGE && this.#value[head] !== STALE_MARKER;
  }

  #end(slot: number, index: number): boolean {
    this.#lastRaw[slot] = NaN;
    this.#raise[slot] = NaN;
    if (!this.#isLive(slot)) return false;
    this.#push(slot, index, STALE_MARKER);
    return true;
  }

  /** Writes the values at from ≤ index < to and returns the position of the first one that exists. */
  #spread(slot: number, from: number, to: number, values: Float64Array): number {
    let change = this.#head[slot];
    let until = to;
    while (change !== NO_CHANGE && until > from) {
      const since = this.#index[change];
      if (since < until) {
        values.fill(this.#value[change], Math.max(since, from) - from, until - from);
        until = Math.max(since, from);
      }
      change = this.#previous[change];
    }
    return until - from;
  }

  #markAbsent(values: Float64Array, first: number, offset: number): void {
    for (let i = first; i < values.length; i++) if (this.times.absent[offset + i] === 1) values[i] = STALE_MARKER;
  }

  #push(slot: number, index: number, value: number): void {
    if (this.changes >= this.changeLimit) {
      this.refusedChanges++;
      return;
    }
    const change = this.changes++;
    if (change === this.#slot.length) this.#growChanges();
    this.#slot[change] = slot;
    this.#index[change] = index;
    this.#value[change] = value;
    this.#previous[change] = this.#head[slot];
    this.#head[slot] = change;
  }

  #growSlots(): void {
    const size = this.#head.length * 2;
    this.#head = enlarged(new Int32Array(size), this.#head);
    this.#lastRaw = enlarged(new Float64Array(size), this.#lastRaw);
    this.#raise = enlarged(new Float64Array(size), this.#raise);
  }

  #growChanges(): void {
    const size = this.#slot.length * 2;
    this.#slot = enlarged(new Int32Array(size), this.#slot);
    this.#index = enlarged(new Int32Array(size), this.#index);
    this.#value = enlarged(new Float64Array(size), this.#value);
    this.#previous = enlarged(new Int32Array(size), this.#previous);
  }
}

function enlarged<Column extends Int32Array | Float64Array>(larger: Column, smaller: Column): Column {
  larger.set(smaller);
  return larger;
}
