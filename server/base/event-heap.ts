/**
 * The event list of the simulation. Time and sequence are one number: µs since the origin in the upper 35 bits, a running
 * number in the lower 18, so one comparison orders events and equal instants keep the order in which they were pushed.
 * After 262,144 pushes the running number starts again: of two events of one µs on either side of that the later may
 * come first, the same way in every run.
 *
 * What comes soon lies in a wheel of 1,024 slots (G. Varghese & A. Lauck, Hashed and Hierarchical Timing Wheels, 1987),
 * each a short line in order of the keys; a map of bits tells the slots that have something. What comes later than one
 * turn of the wheel waits in a heap. The width of a slot follows the number of events a µs (R. Brown, Calendar Queues,
 * CACM 31, 1988); it changes how fast the list is, never the order.
 */
import { KeyHeap } from "./key-heap.js";
import type { Checkpointed, StateReader, StateWriter } from "./state-stream.js";
import { LimitError } from "./limit-error.js";

const SEQUENCE_RANGE = 262_144;
const SEQUENCE_MASK = SEQUENCE_RANGE - 1;
/** µs that fit above the sequence: 9.5 hours. */
const REACH_US = 2 ** 35;
const SLOTS = 1_024;
const SLOT_MASK = SLOTS - 1;
const WORDS = SLOTS >>> 5;
const WORD_MASK = WORDS - 1;
/** Events in the wheel at most; a healthy world has some hundreds. */
const NODES_MAX = 1 << 22;
/** Pops after which the width of a slot is looked at again. */
const POPS_OF_A_WIDTH = 4_096;
const WIDTH_AT_FIRST_US = 64;
const WIDTH_MAX_US = 2 ** 20;

export class EventHeap implements Checkpointed {
  readonly #far: KeyHeap;
  /** First node of a slot, −1 for none; its line ascends by key. */
  readonly #heads = new Int32Array(SLOTS).fill(-1);
  readonly #bits = new Int32Array(WORDS);
  #keys: Float64Array;
  #codes: Int32Array;
  #nexts: Int32Array;
  /** Head of the nodes that are free. */
  #free = 0;
  #near = 0;
  #sequence = 0;
  /** A power of two. */
  #widthUs = WIDTH_AT_FIRST_US;
  #slotsPerUs = 1 / WIDTH_AT_FIRST_US;
  /** Number of the slot, since the origin, that was popped last; nothing lies before it. */
  #cursor = 0;
  /** Keys from here on are in the heap. */
  #horizonKey = SLOTS * WIDTH_AT_FIRST_US * SEQUENCE_RANGE;
  /** Slot that `peek` found, −1 for the heap. */
  #found = -1;
  #popsLeft = POPS_OF_A_WIDTH;
  #widthSinceUs = 0;
  /** What the popped event carries; valid after `pop`. */
  code = 0;

  /** `originUs` is the instant that times in the heap count from: nothing may be pushed before it. */
  constructor(
    readonly originUs: number,
    capacity = 1_024,
  ) {
    this.#far = new KeyHeap(capacity);
    this.#keys = new Float64Array(capacity);
    this.#codes = new Int32Array(capacity);
    this.#nexts = Int32Array.from({ length: capacity }, (_, node) => (node + 1 < capacity ? node + 1 : -1));
  }

  get pending(): number {
    return this.#near + this.#far.size;
  }

  /** `atUs` is a whole number of µs, at or after the last popped event. */
  push(atUs: number, code: number): void {
    const offset = atUs - this.originUs;
    this.#sequence = (this.#sequence + 1) & SEQUENCE_MASK;
    const key = offset * SEQUENCE_RANGE + this.#sequence;
    if (key < this.#horizonKey) {
      this.#insert(key, code, (offset * this.#slotsPerUs) & SLOT_MASK);
      return;
    }
    if (offset >= REACH_US)
      throw new LimitError("simulated time of one world (µs)", REACH_US, offset, "Start a new world.");
    this.#far.push(key, code);
  }

  /** Instant of the next event, Infinity when there is none. */
  peek(): number {
    const key = this.#near > 0 ? this.#nearest() : this.#farthest();
    return Math.floor(key / SEQUENCE_RANGE) + this.originUs;
  }

  /** Takes the event that `peek` announced; its payload is in `code`. Must not be called when there is none. */
  pop(): void {
    if (--this.#popsLeft === 0) this.#fitWidth();
    const slot = this.#found;
    if (slot < 0) {
      this.#popFar();
      return;
    }
    const node = this.#heads[slot];
    const next = this.#nexts[node];
    this.code = this.#codes[node];
    this.#heads[slot] = next;
    if (next < 0) this.#bits[slot >>> 5] &= ~(1 << (slot & 31));
    this.#nexts[node] = this.#free;
    this.#free = node;
    this.#near--;
    const ahead = (slot - this.#cursor) & SLOT_MASK;
    if (ahead !== 0) this.#turnTo(this.#cursor + ahead);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.int(this.#sequence);
    writer.double(this.#cursor * this.#widthUs);
    const keys = new Float64Array(this.pending);
    const codes = new Int32Array(this.pending);
    this.#collect(keys, codes);
    writer.array(keys);
    writer.array(codes);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.#empty();
    this.#sequence = reader.int();
    // Not from the first event on: something may yet be pushed before it.
    this.#setWidth(WIDTH_AT_FIRST_US, reader.double());
    const keys = reader.doubles();
    const codes = reader.ints();
    keys.forEach((key, index) => {
      this.#place(key, codes[index]);
    });
  }

  /** Key of the first event of the wheel, which has some. */
  #nearest(): number {
    const bits = this.#bits;
    const from = this.#cursor & SLOT_MASK;
    let word = from >>> 5;
    let found = bits[word] & (-1 << (from & 31));
    // The word of the cursor comes twice: what lies before the cursor is nearly a whole turn ahead.
    while (found === 0) {
      word = (word + 1) & WORD_MASK;
      found = bits[word];
    }
    const slot = (word << 5) + 31 - Math.clz32(found & -found);
    this.#found = slot;
    return this.#keys[this.#heads[slot]];
  }

  #farthest(): number {
    this.#found = -1;
    return this.#far.keys[0];
  }

  #popFar(): void {
    this.code = this.#far.codes[0];
    const offset = Math.floor(this.#far.keys[0] / SEQUENCE_RANGE);
    this.#far.shift();
    this.#turnTo(Math.floor(offset * this.#slotsPerUs));
  }

  /** The cursor stands at another slot: what comes within a turn from there moves into the wheel. */
  #turnTo(cursor: number): void {
    this.#cursor = cursor;
    const horizon = (cursor + SLOTS) * this.#widthUs * SEQUENCE_RANGE;
    this.#horizonKey = horizon;
    const far = this.#far;
    while (far.keys[0] < horizon) {
      const key = far.keys[0];
      const code = far.codes[0];
      far.shift();
      this.#place(key, code);
    }
  }

  #place(key: number, code: number): void {
    if (key < this.#horizonKey) {
      this.#insert(key, code, (Math.floor(key / SEQUENCE_RANGE) * this.#slotsPerUs) & SLOT_MASK);
    } else {
      this.#far.push(key, code);
    }
  }

  #insert(key: number, code: number, slot: number): void {
    if (this.#free < 0) this.#grow();
    const node = this.#free;
    const keys = this.#keys;
    const nexts = this.#nexts;
    this.#free = nexts[node];
    keys[node] = key;
    this.#codes[node] = code;
    this.#near++;
    const head = this.#heads[slot];
    if (head < 0 || keys[head] > key) {
      nexts[node] = head;
      this.#heads[slot] = node;
      this.#bits[slot >>> 5] |= 1 << (slot & 31);
      return;
    }
    let before = head;
    let next = nexts[before];
    while (next >= 0 && keys[next] < key) {
      before = next;
      next = nexts[before];
    }
    nexts[node] = next;
    nexts[before] = node;
  }

  // Width of a slot.

  /** About one event in two slots, and wider where that leaves most of what is pending beyond a turn. */
  #fitWidth(): void {
    this.#popsLeft = POPS_OF_A_WIDTH;
    const offset = Math.floor(
      (this.#found < 0 ? this.#far.keys[0] : this.#keys[this.#heads[this.#found]]) / SEQUENCE_RANGE,
    );
    const gapUs = (offset - this.#widthSinceUs) / POPS_OF_A_WIDTH;
    this.#widthSinceUs = offset;
    const wanted = Math.max(gapUs / 2, (gapUs * this.pending * 4) / SLOTS, 1);
    if (wanted < this.#widthUs * 3 && wanted > this.#widthUs / 3) return;
    const widthUs = Math.min(2 ** Math.round(Math.log2(wanted)), WIDTH_MAX_US);
    if (widthUs !== this.#widthUs) this.#rebuild(widthUs, offset);
  }

  #rebuild(widthUs: number, offset: number): void {
    const keys = new Float64Array(this.pending);
    const codes = new Int32Array(this.pending);
    this.#collect(keys, codes);
    this.#empty();
    this.#setWidth(widthUs, offset);
    keys.forEach((key, index) => {
      this.#place(key, codes[index]);
    });
    this.peek();
  }

  /** `offset` is at or before everything that is or will be pushed. */
  #setWidth(widthUs: number, offset: number): void {
    this.#widthUs = widthUs;
    this.#slotsPerUs = 1 / widthUs;
    this.#cursor = Math.floor(offset / widthUs);
    this.#horizonKey = (this.#cursor + SLOTS) * widthUs * SEQUENCE_RANGE;
  }

  // Contents.

  /** Everything pending, in any order. */
  #collect(keys: Float64Array, codes: Int32Array): void {
    keys.set(this.#far.keys.subarray(0, this.#far.size));
    codes.set(this.#far.codes.subarray(0, this.#far.size));
    let at = this.#far.size;
    for (const head of this.#heads) {
      for (let node = head; node >= 0; node = this.#nexts[node]) {
        keys[at] = this.#keys[node];
        codes[at++] = this.#codes[node];
      }
    }
  }

  #empty(): void {
    this.#far.clear();
    this.#heads.fill(-1);
    this.#bits.fill(0);
    this.#near = 0;
    this.#free = -1;
    this.#release(0);
  }

  #release(from: number): void {
    for (let node = this.#nexts.length - 1; node >= from; node--) {
      this.#nexts[node] = this.#free;
      this.#free = node;
    }
  }

  #grow(): void {
    const before = this.#keys.length;
    const capacity = before * 2;
    if (capacity > NODES_MAX) {
      throw new LimitError(
        "pending events of a world",
        NODES_MAX,
        capacity,
        "Lower the load or the timeouts of the scenario.",
      );
    }
    const keys = new Float64Array(capacity);
    const codes = new Int32Array(capacity);
    const nexts = new Int32Array(capacity);
    keys.set(this.#keys);
    codes.set(this.#codes);
    nexts.set(this.#nexts);
    this.#keys = keys;
    this.#codes = codes;
    this.#nexts = nexts;
    this.#release(before);
  }
}
