/**
 * Messages that wait for a consumer: bounded rings of typed columns for those that have never been handed out, one for
 * each partition (a plain queue has one), and lines of those that have come back, which go first. Counts what becomes
 * of every message.
 */
import { assert } from "../base/assert.js";
import { combine } from "../base/draw.js";
import type { EventHeap } from "../base/event-heap.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";
import type { QueueSpec } from "../topology/types.js";
import type { Message } from "./messages/message.js";
import { MessageFlow } from "./messages/message-flow.js";
import { MessageSlots } from "./messages/message-slots.js";

const FOR_PARTITION = 61;

interface Ring {
  readonly row: Int32Array;
  readonly request: Int32Array;
  readonly key: Int32Array;
  readonly flags: Uint8Array;
  readonly atUs: Float64Array;
}

export class MessageQueues implements Checkpointed {
  /** By queue: messages that a consumer could have now. */
  readonly waiting: Int32Array;
  /** By queue: consumers that work on a message. */
  readonly inWork: Int32Array;
  readonly flow: MessageFlow;
  readonly slots: MessageSlots;
  /** By queue: its first lane, and how many it has. */
  readonly laneFrom: Int32Array;
  readonly laneCount: Int32Array;
  /** By lane: messages that were published, and those among them that wait and have never been handed out. */
  readonly lanePublished: Float64Array;
  readonly #fresh: Int32Array;
  readonly #head: Int32Array;
  readonly #rings: readonly Ring[];

  constructor(
    readonly model: Model,
    heap: EventHeap,
  ) {
    const { queues } = model;
    this.waiting = new Int32Array(queues.length);
    this.inWork = new Int32Array(queues.length);
    this.flow = new MessageFlow(queues.length);
    this.laneCount = Int32Array.from(queues, ({ spec }) => spec.partitions?.count ?? 1);
    let lanes = 0;
    this.laneFrom = this.laneCount.map((count) => (lanes += count) - count);
    this.lanePublished = new Float64Array(lanes);
    this.#fresh = new Int32Array(lanes);
    this.#head = new Int32Array(lanes);
    this.#rings = queues.flatMap(({ spec }) =>
      Array.from({ length: spec.partitions?.count ?? 1 }, () => ringOf(roomOf(spec))),
    );
    // A line of what has come back for each lane, then one of dead letters for each queue.
    this.slots = new MessageSlots(heap, lanes + queues.length);
  }

  /** Line of the dead letters of a queue. */
  deadLine(queue: number): number {
    return this.#rings.length + queue;
  }

  dead(queue: number): number {
    return this.slots.length[this.deadLine(queue)];
  }

  /** Messages of the lane that a consumer could have now. */
  ready(lane: number): number {
    return this.#fresh[lane] + this.slots.length[lane];
  }

  /** The lane for a message of this key. */
  laneFor(queue: number, key: number): number {
    const count = this.laneCount[queue];
    return this.laneFrom[queue] + (count === 1 ? 0 : (combine(key, FOR_PARTITION) >>> 0) % count);
  }

  isFull(queue: number, lane: number): boolean {
    return (
      this.#fresh[lane] >= this.#rings[lane].row.length || this.waiting[queue] >= this.model.queues[queue].spec.capacity
    );
  }

  /** There must be room. */
  publish(queue: number, lane: number, message: Readonly<Message>): void {
    const ring = this.#rings[lane];
    const at = (this.#head[lane] + this.#fresh[lane]) % ring.row.length;
    ring.row[at] = message.row;
    ring.request[at] = message.request;
    ring.key[at] = message.key;
    ring.flags[at] = message.flags;
    ring.atUs[at] = message.atUs;
    this.#fresh[lane]++;
    this.lanePublished[lane]++;
    this.waiting[queue]++;
    this.flow.published[queue]++;
  }

  /** Takes the oldest message that has never been handed out into `message`; false when there is none. */
  takeFresh(queue: number, lane: number, message: Message): boolean {
    if (this.#fresh[lane] === 0) return false;
    const at = this.#head[lane];
    const ring = this.#rings[lane];
    message.row = ring.row[at];
    message.request = ring.request[at];
    message.key = ring.key[at];
    message.flags = ring.flags[at];
    message.atUs = ring.atUs[at];
    this.#head[lane] = (at + 1) % ring.row.length;
    this.#fresh[lane]--;
    this.waiting[queue]--;
    return true;
  }

  /** The slot of the first message that has come back, which is no longer in the queue then; −1 when there is none. */
  takeReturned(queue: number, lane: number): number {
    const slot = this.slots.head[lane];
    if (slot < 0) return -1;
    this.slots.leave(slot);
    this.waiting[queue]--;
    return slot;
  }

  /** When the message that is next in the lane was published; Infinity when none waits. */
  nextPublishedUs(lane: number): number {
    const slot = this.slots.head[lane];
    if (slot >= 0) return this.slots.publishedUs(slot);
    return this.#fresh[lane] === 0 ? Infinity : this.#rings[lane].atUs[this.#head[lane]];
  }

  /** Instant at which the oldest waiting message was published, or `nowUs` when none waits. */
  oldestUs(queue: number, nowUs: number): number {
    let oldest = nowUs;
    const from = this.laneFrom[queue];
    for (let lane = from; lane < from + this.laneCount[queue]; lane++)
      oldest = Math.min(oldest, this.nextPublishedUs(lane));
    return oldest;
  }

  /** Every message that was published is somewhere, or is accounted for. */
  assertConservation(): void {
    const { flow } = this;
    for (const { index, spec } of this.model.queues) {
      const here = this.waiting[index] + flow.unacknowledged[index] + flow.delayed[index] + this.dead(index);
      const all = here + flow.goneFrom(index);
      assert(
        all === flow.published[index],
        `queue ${spec.id}: ${String(flow.published[index])} messages published, ${String(all)} found`,
      );
    }
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.waiting);
    writer.array(this.inWork);
    writer.array(this.lanePublished);
    writer.array(this.#fresh);
    for (const lane of this.#rings.keys()) {
      const { row, request, key, flags, atUs } = this.#rings[lane];
      const places = Int32Array.from(
        { length: this.#fresh[lane] },
        (_, index) => (this.#head[lane] + index) % row.length,
      );
      writer.array(places.map((at) => row[at]));
      writer.array(places.map((at) => request[at]));
      writer.array(places.map((at) => key[at]));
      writer.array(Uint8Array.from(places, (at) => flags[at]));
      writer.array(Float64Array.from(places, (at) => atUs[at]));
    }
    this.flow.save(writer);
    this.slots.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.waiting);
    reader.into(this.inWork);
    reader.into(this.lanePublished);
    reader.into(this.#fresh);
    this.#head.fill(0);
    for (const { row, request, key, flags, atUs } of this.#rings) {
      for (const column of [row, request, key, flags, atUs]) reader.into(column);
    }
    this.flow.restore(reader);
    this.slots.restore(reader);
  }
}

/** A partition has its part of the capacity. */
const roomOf = ({ capacity, partitions }: QueueSpec): number => Math.ceil(capacity / (partitions?.count ?? 1));

function ringOf(capacity: number): Ring {
  return {
    row: new Int32Array(capacity),
    request: new Int32Array(capacity),
    key: new Int32Array(capacity),
    flags: new Uint8Array(capacity),
    atUs: new Float64Array(capacity),
  };
}
