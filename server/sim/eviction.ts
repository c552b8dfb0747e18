/**
 * Which entry of a full cache goes: exact orders over the numbers of entries, in typed arrays. Least recently used is a
 * doubly linked list; least frequently used a binary heap over (uses since it was stored, last use) with the place of
 * each entry in it (R. Mattson et al., Evaluation Techniques for Storage Hierarchies, 1970, for both orders). Real
 * servers sample a few candidates instead, which comes close to the same hit rates.
 */
import { assert } from "../base/assert.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";

/** An order of the entries that are held. Entries are numbers below a bound that is known beforehand. */
export interface EvictionOrder extends Checkpointed {
  readonly count: number;
  has(entry: number): boolean;
  /** The entry is used; it must be held. */
  touch(entry: number): void;
  /** The entry is held from now on; it must not be held yet. */
  insert(entry: number): void;
  remove(entry: number): void;
  /** The entry that goes next; there must be one. */
  victim(): number;
}

const NOT_HELD = -2;
const END = -1;

export class RecencyOrder implements EvictionOrder {
  count = 0;
  /** Towards entries that were used earlier. */
  readonly #older: Int32Array;
  readonly #newer: Int32Array;
  #newest = END;
  #oldest = END;

  constructor(entries: number) {
    this.#older = new Int32Array(entries).fill(NOT_HELD);
    this.#newer = new Int32Array(entries).fill(NOT_HELD);
  }

  has(entry: number): boolean {
    return this.#older[entry] !== NOT_HELD;
  }

  touch(entry: number): void {
    if (this.#newest === entry) return;
    this.remove(entry);
    this.insert(entry);
  }

  insert(entry: number): void {
    assert(!this.has(entry), `entry ${String(entry)} is held already`);
    this.#older[entry] = this.#newest;
    this.#newer[entry] = END;
    if (this.#newest === END) this.#oldest = entry;
    else this.#newer[this.#newest] = entry;
    this.#newest = entry;
    this.count++;
  }

  remove(entry: number): void {
    const older = this.#older[entry];
    const newer = this.#newer[entry];
    if (older === END) this.#oldest = newer;
    else this.#newer[older] = newer;
    if (newer === END) this.#newest = older;
    else this.#older[newer] = older;
    this.#older[entry] = NOT_HELD;
    this.#newer[entry] = NOT_HELD;
    this.count--;
  }

  victim(): number {
    assert(this.#oldest !== END, "an empty cache has no entry to give up");
    return this.#oldest;
  }

  save(writer: StateWriter): void {
    for (const value of [this.count, this.#newest, this.#oldest]) writer.int(value);
    writer.array(this.#older);
    writer.array(this.#newer);
  }

  restore(reader: StateReader): void {
    this.count = reader.int();
    this.#newest = reader.int();
    this.#oldest = reader.int();
    reader.into(this.#older);
    reader.into(this.#newer);
  }
}

export class FrequencyOrder implements EvictionOrder {
  count = 0;
  /** Entries as a binary heap, the least used first. */
  readonly #heap: Int32Array;
  /** Place of an entry in the heap, or NOT_HELD. */
  readonly #place: Int32Array;
  readonly #uses: Int32Array;
  /** Number of the last use: among equals the one that was used longest ago goes. */
  readonly #lastUse: Float64Array;
  #clock = 0;

  constructor(entries: number) {
    this.#heap = new Int32Array(entries);
    this.#place = new Int32Array(entries).fill(NOT_HELD);
    this.#uses = new Int32Array(entries);
    this.#lastUse = new Float64Array(entries);
  }

  has(entry: number): boolean {
    return this.#place[entry] !== NOT_HELD;
  }

  touch(entry: number): void {
    this.#uses[entry]++;
    this.#lastUse[entry] = ++this.#clock;
    this.#sink(this.#place[entry]);
  }

  insert(entry: number): void {
    assert(!this.has(entry), `entry ${String(entry)} is held already`);
    this.#uses[entry] = 1;
    this.#lastUse[entry] = ++this.#clock;
    this.#put(this.count++, entry);
    this.#rise(this.count - 1);
  }

  remove(entry: number): void {
    const place = this.#place[entry];
    const last = this.#heap[--this.count];
    this.#place[entry] = NOT_HELD;
    if (last === entry) return;
    this.#put(place, last);
    this.#rise(place);
    this.#sink(this.#place[last]);
  }

  victim(): number {
    assert(this.count > 0, "an empty cache has no entry to give up");
    return this.#heap[0];
  }

  save(writer: StateWriter): void {
    writer.int(this.count);
    writer.double(this.#clock);
    writer.array(this.#heap, this.count);
    for (const values of [this.#place, this.#uses, this.#lastUse]) writer.array(values);
  }

  restore(reader: StateReader): void {
    this.count = reader.int();
    this.#clock = reader.double();
    reader.into(this.#heap);
    for (const values of [this.#place, this.#uses, this.#lastUse]) reader.into(values);
  }

  #put(place: number, entry: number): void {
    this.#heap[place] = entry;
    this.#place[entry] = place;
  }

  #before(a: number, b: number): boolean {
    const difference = this.#uses[a] - this.#uses[b];
    return difference < 0 || (difference === 0 && this.#lastUse[a] < this.#lastUse[b]);
  }

  #rise(from: number): void {
    const entry = this.#heap[from];
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#before(entry, this.#heap[parent])) break;
      this.#put(place, this.#heap[parent]);
      place = parent;
    }
    this.#put(place, entry);
  }

  #sink(from: number): void {
    const entry = this.#heap[from];
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && this.#before(this.#heap[child + 1], this.#heap[child])) child++;
      if (!this.#before(this.#heap[child], entry)) break;
      this.#put(place, this.#heap[child]);
      place = child;
    }
    this.#put(place, entry);
  }
}
