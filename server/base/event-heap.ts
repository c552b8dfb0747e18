/**
 * The event list of the simulation: a 4-ary heap over two typed arrays. Time and sequence are one number: µs since the
 * origin of the heap in the upper 35 bits, a running number in the lower 18, so one comparison orders events and equal
 * instants keep the order in which they were pushed. After 262,144 pushes the running number starts again: of two
 * events of one µs on either side of that the later may come first, the same way in every run.
 *
 * A popped root leaves a hole that the next push fills (most events push one): see design notes of Vogt's hold model
 * and A. LaMarca & R. Ladner, The Influence of Caches on the Performance of Heaps (1996).
 */
import type { Checkpointed, StateReader, StateWriter } from "./state-stream.js";
import { LimitError } from "./limit-error.js";

const SEQUENCE_RANGE = 262_144;
const SEQUENCE_MASK = SEQUENCE_RANGE - 1;
/** µs that fit above the sequence: 9.5 hours. */
const REACH_US = 2 ** 35;
/** Pending events at most; a healthy world has some hundreds. */
const PENDING_MAX = 1 << 22;

export class EventHeap implements Checkpointed {
  #keys: Float64Array;
  #codes: Int32Array;
  #size = 0;
  #sequence = 0;
  /** True after a pop: position 0 is free. */
  #hole = false;
  /** What the popped event carries; valid after `pop`. */
  code = 0;

  /** `originUs` is the instant that times in the heap count from: nothing may be pushed before it. */
  constructor(
    readonly originUs: number,
    capacity = 1_024,
  ) {
    this.#keys = new Float64Array(capacity + 4).fill(Infinity);
    this.#codes = new Int32Array(capacity + 4);
  }

  get pending(): number {
    return this.#hole ? this.#size - 1 : this.#size;
  }

  /** `atUs` is a whole number of µs, at or after the last popped event. */
  push(atUs: number, code: number): void {
    const offset = atUs - this.originUs;
    if (offset >= REACH_US)
      throw new LimitError("simulated time of one world (µs)", REACH_US, offset, "Start a new world.");
    this.#sequence = (this.#sequence + 1) & SEQUENCE_MASK;
    const key = offset * SEQUENCE_RANGE + this.#sequence;
    if (this.#hole) {
      this.#hole = false;
      this.#sink(key, code);
      return;
    }
    if (this.#size + 4 >= this.#keys.length) this.#grow();
    this.#rise(this.#size++, key, code);
  }

  /** Instant of the next event, Infinity when there is none. */
  peek(): number {
    if (this.#hole) this.#fill();
    return this.#size === 0 ? Infinity : Math.floor(this.#keys[0] / SEQUENCE_RANGE) + this.originUs;
  }

  /** Takes the event that `peek` announced; its payload is in `code`. Must not be called when there is none. */
  pop(): void {
    this.code = this.#codes[0];
    this.#hole = true;
  }

  save(writer: StateWriter): void {
    writer.section();
    if (this.#hole) this.#fill();
    writer.int(this.#sequence);
    writer.array(this.#keys, this.#size);
    writer.array(this.#codes, this.#size);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.#sequence = reader.int();
    const keys = reader.doubles();
    const codes = reader.ints();
    this.#size = keys.length;
    this.#hole = false;
    while (this.#keys.length < this.#size + 4) this.#grow();
    this.#keys.fill(Infinity);
    this.#keys.set(keys);
    this.#codes.set(codes);
  }

  #fill(): void {
    this.#hole = false;
    const last = --this.#size;
    const key = this.#keys[last];
    // Free cells hold Infinity, so that the search for the smallest child needs no bound.
    this.#keys[last] = Infinity;
    if (last > 0) this.#sink(key, this.#codes[last]);
  }

  #sink(key: number, code: number): void {
    const keys = this.#keys;
    const codes = this.#codes;
    const size = this.#size;
    let at = 0;
    for (;;) {
      const child = (at << 2) + 1;
      if (child >= size) break;
      let least = child;
      let leastKey = keys[child];
      if (keys[child + 1] < leastKey) leastKey = keys[(least = child + 1)];
      if (keys[child + 2] < leastKey) leastKey = keys[(least = child + 2)];
      if (keys[child + 3] < leastKey) leastKey = keys[(least = child + 3)];
      if (leastKey >= key) break;
      keys[at] = leastKey;
      codes[at] = codes[least];
      at = least;
    }
    keys[at] = key;
    codes[at] = code;
  }

  #rise(from: number, key: number, code: number): void {
    const keys = this.#keys;
    const codes = this.#codes;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      if (keys[parent] <= key) break;
      keys[at] = keys[parent];
      codes[at] = codes[parent];
      at = parent;
    }
    keys[at] = key;
    codes[at] = code;
  }

  #grow(): void {
    const capacity = this.#keys.length * 2;
    if (capacity > PENDING_MAX) {
      throw new LimitError(
        "pending events of a world",
        PENDING_MAX,
        capacity,
        "Lower the load or the timeouts of the scenario.",
      );
    }
    const keys = new Float64Array(capacity).fill(Infinity);
    const codes = new Int32Array(capacity);
    keys.set(this.#keys);
    codes.set(this.#codes);
    this.#keys = keys;
    this.#codes = codes;
  }
}
