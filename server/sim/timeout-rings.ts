/**
 * Time-outs of constant delay, one ring for each: entries are due in the order in which they were made, so only the
 * oldest is in the event list (G. Varghese & T. Lauck, Hashed and Hierarchical Timing Wheels, scheme 4 in spirit).
 * A changed delay goes to another ring; entries of the old one run out as they were promised. Entries that were settled
 * in the meantime are recognised by the frame's generation and skipped.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { EventHeap } from "../base/event-heap.js";
import { EVENT_RING, EVENT_SHIFT } from "./events.js";
import { FRAME_GENERATION, FRAME_SHIFT, type Frames } from "./frames.js";

interface Ring {
  readonly delayUs: number;
  /** Not the end of a wait: the instant at which another instance is asked as well. */
  readonly hedging: boolean;
  dueUs: Float64Array;
  frames: Int32Array;
  generations: Int32Array;
  head: number;
  tail: number;
  armed: boolean;
}

export class TimeoutRings implements Checkpointed {
  readonly #rings: Ring[] = [];
  /** Ring by delay. */
  readonly #byDelay = new Map<number, number>();
  /** Frame that `next` found. */
  frame = -1;

  constructor(
    readonly heap: EventHeap,
    readonly frames: Frames,
  ) {}

  /** Returns the number of the ring of a delay: many callers with one delay share it, and one pending event. */
  add(delayUs: number, hedging = false): number {
    const key = hedging ? -delayUs : delayUs;
    const known = this.#byDelay.get(key);
    if (known !== undefined) return known;
    this.#byDelay.set(key, this.#rings.length);
    const capacity = 16;
    const ring: Ring = {
      delayUs,
      hedging,
      dueUs: new Float64Array(capacity),
      frames: new Int32Array(capacity),
      generations: new Int32Array(capacity),
      head: 0,
      tail: 0,
      armed: false,
    };
    return this.#rings.push(ring) - 1;
  }

  isHedging(index: number): boolean {
    return this.#rings[index].hedging;
  }

  /** Starts the time-out of what the frame begins to wait for now. */
  arm(index: number, frame: number, nowUs: number): void {
    const ring = this.#rings[index];
    const mask = ring.frames.length - 1;
    const due = nowUs + ring.delayUs;
    const at = ring.tail & mask;
    ring.dueUs[at] = due;
    ring.frames[at] = frame;
    ring.generations[at] = this.frames.data[(frame << FRAME_SHIFT) + FRAME_GENERATION];
    ring.tail++;
    if (ring.tail - ring.head === ring.frames.length) this.#grow(ring);
    if (!ring.armed) {
      ring.armed = true;
      this.heap.push(due, (index << EVENT_SHIFT) | EVENT_RING);
    }
  }

  /**
   * Called for the ring's event until it answers false: true when `frame` has waited long enough now. Puts the event
   * of the oldest live entry back into the list at the end.
   */
  next(index: number, nowUs: number): boolean {
    const ring = this.#rings[index];
    const mask = ring.frames.length - 1;
    while (ring.head !== ring.tail) {
      const at = ring.head & mask;
      const frame = ring.frames[at];
      if (this.frames.data[(frame << FRAME_SHIFT) + FRAME_GENERATION] !== ring.generations[at]) {
        ring.head++;
        continue;
      }
      if (ring.dueUs[at] > nowUs) {
        this.heap.push(ring.dueUs[at], (index << EVENT_SHIFT) | EVENT_RING);
        return false;
      }
      ring.head++;
      this.frame = frame;
      return true;
    }
    ring.armed = false;
    return false;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.int(this.#rings.length);
    for (const ring of this.#rings) {
      writer.double(ring.hedging ? -ring.delayUs : ring.delayUs);
      writer.int(ring.armed ? 1 : 0);
      this.#saveEntries(ring, writer);
    }
  }

  restore(reader: StateReader): void {
    reader.section();
    this.#rings.length = 0;
    this.#byDelay.clear();
    for (let count = reader.int(); count > 0; count--) {
      const signedUs = reader.double();
      const armed = reader.int() === 1;
      const ring = this.#rings[this.add(Math.abs(signedUs), signedUs < 0)];
      ring.armed = armed;
      this.#restoreEntries(ring, reader);
    }
  }

  #saveEntries(ring: Ring, writer: StateWriter): void {
    const count = ring.tail - ring.head;
    const mask = ring.frames.length - 1;
    const places = Int32Array.from({ length: count }, (_, index) => (ring.head + index) & mask);
    writer.array(Float64Array.from(places, (at) => ring.dueUs[at]));
    writer.array(places.map((at) => ring.frames[at]));
    writer.array(places.map((at) => ring.generations[at]));
  }

  #restoreEntries(ring: Ring, reader: StateReader): void {
    const dueUs = reader.doubles();
    const frames = reader.ints();
    const generations = reader.ints();
    while (ring.frames.length <= dueUs.length) this.#grow(ring);
    ring.dueUs.set(dueUs);
    ring.frames.set(frames);
    ring.generations.set(generations);
    ring.head = 0;
    ring.tail = dueUs.length;
  }

  #grow(ring: Ring): void {
    const before = ring.frames.length;
    const count = ring.tail - ring.head;
    const dueUs = new Float64Array(before * 2);
    const frames = new Int32Array(before * 2);
    const generations = new Int32Array(before * 2);
    for (let index = 0; index < count; index++) {
      const at = (ring.head + index) & (before - 1);
      dueUs[index] = ring.dueUs[at];
      frames[index] = ring.frames[at];
      generations[index] = ring.generations[at];
    }
    ring.dueUs = dueUs;
    ring.frames = frames;
    ring.generations = generations;
    ring.head = 0;
    ring.tail = count;
  }
}
