/**
 * Messages that a broker has to remember beyond their first delivery: in work, on their way back, dead. A row of
 * integers and a few instants each; rows are reused. Those that wait in a line are linked through the rows themselves.
 * Each row has at most one event of its own in the event list at a time: a later instant takes effect when an earlier
 * one comes due.
 */
import type { EventHeap } from "../../base/event-heap.js";
import { LimitError } from "../../base/limit-error.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { EVENT_MESSAGE, EVENT_SHIFT } from "../events.js";
import type { Message } from "./message.js";

/** Field k of slot s is at data[(s << SLOT_SHIFT) + k]. */
const SLOT_SHIFT = 4;
const SLOTS_MAX = 1 << 20;
const FIRST_CAPACITY = 64;

const PARENT_ROW = 0;
const REQUEST = 1;
const KEY = 2;
const FLAGS = 3;
const QUEUE = 4;
const LANE = 5;
const ATTEMPTS = 6;
const DONE = 7;
const DELIVERY = 8;
const HOLDERS = 9;
const STATE = 10;
const NEXT = 11;
const PREVIOUS = 12;
const LINE = 13;
const REDRIVES = 14;

const TIMES_SHIFT = 2;
const PUBLISHED = 0;
const DUE = 1;
const EVENT = 2;

/** With a consumer, not acknowledged. */
export const SLOT_OUT = 0;
/** Waits until it may be handed out again. */
export const SLOT_DELAYED = 1;
/** Back in the queue. */
export const SLOT_READY = 2;
export const SLOT_DEAD = 3;
/** Acknowledged or given up while an earlier consumer still works on it. */
export const SLOT_SETTLED = 4;

export class MessageSlots implements Checkpointed {
  /** By line: the first and the last slot, and how many there are. */
  readonly head: Int32Array;
  readonly tail: Int32Array;
  readonly length: Int32Array;
  #data = new Int32Array(FIRST_CAPACITY << SLOT_SHIFT);
  #times = new Float64Array(FIRST_CAPACITY << TIMES_SHIFT);
  #free = Int32Array.from({ length: FIRST_CAPACITY }, (_, index) => FIRST_CAPACITY - 1 - index);
  #freeCount = FIRST_CAPACITY;
  #capacity = FIRST_CAPACITY;

  /** @param lines how many lines slots can stand in */
  constructor(
    readonly heap: EventHeap,
    lines: number,
  ) {
    this.head = new Int32Array(lines).fill(-1);
    this.tail = new Int32Array(lines).fill(-1);
    this.length = new Int32Array(lines);
    for (let slot = 0; slot < FIRST_CAPACITY; slot++) this.#times[(slot << TIMES_SHIFT) + EVENT] = Infinity;
  }

  get inUse(): number {
    return this.#capacity - this.#freeCount;
  }

  make(queue: number, lane: number, message: Readonly<Message>): number {
    if (this.#freeCount === 0) this.#grow();
    const slot = this.#free[--this.#freeCount];
    const base = slot << SLOT_SHIFT;
    const data = this.#data;
    data[base + PARENT_ROW] = message.row;
    data[base + REQUEST] = message.request;
    data[base + KEY] = message.key;
    data[base + FLAGS] = message.flags;
    data[base + QUEUE] = queue;
    data[base + LANE] = lane;
    data[base + ATTEMPTS] = 0;
    data[base + DONE] = 0;
    data[base + REDRIVES] = 0;
    data[base + HOLDERS] = 0;
    data[base + STATE] = SLOT_OUT;
    data[base + LINE] = -1;
    this.#times[(slot << TIMES_SHIFT) + PUBLISHED] = message.atUs;
    this.#times[(slot << TIMES_SHIFT) + DUE] = Infinity;
    return slot;
  }

  release(slot: number): void {
    this.#data[(slot << SLOT_SHIFT) + STATE] = SLOT_SETTLED;
    this.#data[(slot << SLOT_SHIFT) + DELIVERY]++;
    this.#times[(slot << TIMES_SHIFT) + DUE] = Infinity;
    this.#free[this.#freeCount++] = slot;
  }

  read(slot: number, message: Message): void {
    const base = slot << SLOT_SHIFT;
    message.row = this.#data[base + PARENT_ROW];
    message.request = this.#data[base + REQUEST];
    message.key = this.#data[base + KEY];
    message.flags = this.#data[base + FLAGS];
    message.atUs = this.publishedUs(slot);
  }

  queueOf(slot: number): number {
    return this.#data[(slot << SLOT_SHIFT) + QUEUE];
  }

  laneOf(slot: number): number {
    return this.#data[(slot << SLOT_SHIFT) + LANE];
  }

  keyOf(slot: number): number {
    return this.#data[(slot << SLOT_SHIFT) + KEY];
  }

  flagsOf(slot: number): number {
    return this.#data[(slot << SLOT_SHIFT) + FLAGS];
  }

  stateOf(slot: number): number {
    return this.#data[(slot << SLOT_SHIFT) + STATE];
  }

  /** Deliveries so far. */
  attemptsOf(slot: number): number {
    return this.#data[(slot << SLOT_SHIFT) + ATTEMPTS];
  }

  /** How often its processing has ended well. */
  doneOf(slot: number): number {
    return this.#data[(slot << SLOT_SHIFT) + DONE];
  }

  publishedUs(slot: number): number {
    return this.#times[(slot << TIMES_SHIFT) + PUBLISHED];
  }

  setState(slot: number, state: number): void {
    this.#data[(slot << SLOT_SHIFT) + STATE] = state;
  }

  /** It is given to a consumer: answers with the number of the delivery, which an earlier consumer does not know. */
  hand(slot: number): number {
    const base = slot << SLOT_SHIFT;
    this.#data[base + STATE] = SLOT_OUT;
    this.#data[base + ATTEMPTS]++;
    this.#data[base + HOLDERS]++;
    return ++this.#data[base + DELIVERY];
  }

  /** A consumer has let go of it; whether the delivery is the one that counts. */
  letGo(slot: number, delivery: number): boolean {
    const base = slot << SLOT_SHIFT;
    this.#data[base + HOLDERS]--;
    return this.#data[base + STATE] === SLOT_OUT && this.#data[base + DELIVERY] === delivery;
  }

  /** Its processing has ended well once more; answers with how often it had before. */
  finish(slot: number): number {
    return this.#data[(slot << SLOT_SHIFT) + DONE]++;
  }

  /** Nobody needs it any more: the slot is free now, or when the last consumer lets go. */
  settle(slot: number): void {
    if (this.#data[(slot << SLOT_SHIFT) + HOLDERS] === 0) {
      this.release(slot);
      return;
    }
    this.setState(slot, SLOT_SETTLED);
    this.#times[(slot << TIMES_SHIFT) + DUE] = Infinity;
  }

  /** Frees what was settled and is held by nobody now. */
  sweep(slot: number): void {
    const base = slot << SLOT_SHIFT;
    if (this.#data[base + STATE] === SLOT_SETTLED && this.#data[base + HOLDERS] === 0) this.release(slot);
  }

  /** As if it had never been delivered. */
  renew(slot: number): void {
    this.#data[(slot << SLOT_SHIFT) + ATTEMPTS] = 0;
    this.#data[(slot << SLOT_SHIFT) + REDRIVES]++;
  }

  /** How often it has come back from the dead. */
  redrivesOf(slot: number): number {
    return this.#data[(slot << SLOT_SHIFT) + REDRIVES];
  }

  // Instants.

  /** Asks for an event at `atUs`; Infinity for none. */
  arm(slot: number, atUs: number): void {
    const at = slot << TIMES_SHIFT;
    this.#times[at + DUE] = atUs;
    if (atUs >= this.#times[at + EVENT]) return;
    this.#times[at + EVENT] = atUs;
    this.heap.push(atUs, (slot << EVENT_SHIFT) | EVENT_MESSAGE);
  }

  /** An event of the slot has come: whether something is due now. */
  isDue(slot: number, nowUs: number): boolean {
    const at = slot << TIMES_SHIFT;
    if (this.#times[at + EVENT] !== nowUs) return false;
    this.#times[at + EVENT] = Infinity;
    const dueUs = this.#times[at + DUE];
    if (dueUs <= nowUs) {
      this.#times[at + DUE] = Infinity;
      return true;
    }
    if (dueUs < Infinity) this.arm(slot, dueUs);
    return false;
  }

  // Lines.

  append(line: number, slot: number): void {
    const last = this.tail[line];
    this.#link(slot, line, last, -1);
    if (last < 0) this.head[line] = slot;
    else this.#data[(last << SLOT_SHIFT) + NEXT] = slot;
    this.tail[line] = slot;
  }

  prepend(line: number, slot: number): void {
    const first = this.head[line];
    this.#link(slot, line, -1, first);
    if (first < 0) this.tail[line] = slot;
    else this.#data[(first << SLOT_SHIFT) + PREVIOUS] = slot;
    this.head[line] = slot;
  }

  /** Takes it out of the line that it stands in, if it stands in one. */
  leave(slot: number): void {
    const base = slot << SLOT_SHIFT;
    const line = this.#data[base + LINE];
    if (line < 0) return;
    const next = this.#data[base + NEXT];
    const previous = this.#data[base + PREVIOUS];
    if (previous < 0) this.head[line] = next;
    else this.#data[(previous << SLOT_SHIFT) + NEXT] = next;
    if (next < 0) this.tail[line] = previous;
    else this.#data[(next << SLOT_SHIFT) + PREVIOUS] = previous;
    this.#data[base + LINE] = -1;
    this.length[line]--;
  }

  /** Slots of a queue in a state, in order of their numbers. For orders of learners, not for the hot path. */
  of(queue: number, state: number): readonly number[] {
    const free = new Set(this.#free.subarray(0, this.#freeCount));
    const found: number[] = [];
    for (let slot = 0; slot < this.#capacity; slot++) {
      if (!free.has(slot) && this.queueOf(slot) === queue && this.stateOf(slot) === state) found.push(slot);
    }
    return found;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.int(this.#capacity);
    writer.array(this.#data);
    writer.array(this.#times);
    writer.array(this.#free, this.#freeCount);
    for (const column of [this.head, this.tail, this.length]) writer.array(column);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.#capacity = reader.int();
    this.#data = reader.ints();
    this.#times = reader.doubles();
    const free = reader.ints();
    this.#freeCount = free.length;
    this.#free = new Int32Array(this.#capacity);
    this.#free.set(free);
    for (const column of [this.head, this.tail, this.length]) reader.into(column);
  }

  #link(slot: number, line: number, previous: number, next: number): void {
    const base = slot << SLOT_SHIFT;
    this.#data[base + PREVIOUS] = previous;
    this.#data[base + NEXT] = next;
    this.#data[base + LINE] = line;
    this.length[line]++;
  }

  #grow(): void {
    const before = this.#capacity;
    const capacity = before * 2;
    if (capacity > SLOTS_MAX) {
      throw new LimitError(
        "messages that brokers remember",
        SLOTS_MAX,
        capacity,
        "Lower the load, the deliveries of a message or the room for dead letters.",
      );
    }
    const data = new Int32Array(capacity << SLOT_SHIFT);
    const times = new Float64Array(capacity << TIMES_SHIFT);
    data.set(this.#data);
    times.set(this.#times);
    for (let slot = before; slot < capacity; slot++) times[(slot << TIMES_SHIFT) + EVENT] = Infinity;
    this.#data = data;
    this.#times = times;
    this.#free = new Int32Array(capacity);
    for (let slot = capacity - 1; slot >= before; slot--) this.#free[this.#freeCount++] = slot;
    this.#capacity = capacity;
  }
}
