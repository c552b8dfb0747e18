/**
 * A 4-ary heap of (key, code) over two typed arrays: the far part of the event list. Cells beyond the last hold Infinity,
 * so that the search for the smallest child needs no bound. See A. LaMarca & R. Ladner, The Influence of Caches on the
 * Performance of Heaps (1996).
 */
import { LimitError } from "./limit-error.js";

/** Cells at most; a healthy world has some hundreds of pending events. */
const CELLS_MAX = 1 << 22;

export class KeyHeap {
  /** The root is the smallest; Infinity when there is none. */
  keys: Float64Array;
  codes: Int32Array;
  size = 0;

  constructor(capacity: number) {
    this.keys = new Float64Array(capacity + 4).fill(Infinity);
    this.codes = new Int32Array(capacity + 4);
  }

  push(key: number, code: number): void {
    if (this.size + 4 >= this.keys.length) this.#grow();
    const { keys, codes } = this;
    let at = this.size++;
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

  /** Drops the root. */
  shift(): void {
    const { keys, codes } = this;
    const last = --this.size;
    const key = keys[last];
    keys[last] = Infinity;
    if (last > 0) this.#sink(key, codes[last]);
  }

  clear(): void {
    this.keys.fill(Infinity);
    this.size = 0;
  }

  #sink(key: number, code: number): void {
    const { keys, codes, size } = this;
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

  #grow(): void {
    const capacity = this.keys.length * 2;
    if (capacity > CELLS_MAX) {
      throw new LimitError(
        "pending events of a world",
        CELLS_MAX,
        capacity,
        "Lower the load or the timeouts of the scenario.",
      );
    }
    const keys = new Float64Array(capacity).fill(Infinity);
    const codes = new Int32Array(capacity);
    keys.set(this.keys);
    codes.set(this.codes);
    this.keys = keys;
    this.codes = codes;
  }
}
