/** Messages that wait for a consumer: one bounded ring of typed columns for each queue, and how many are in work. */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";

interface Ring {
  readonly row: Int32Array;
  readonly request: Int32Array;
  readonly key: Int32Array;
  readonly recorded: Uint8Array;
  readonly atUs: Float64Array;
}

export interface Message {
  /** Span row of the producer, −1 when it was not recorded. */
  row: number;
  request: number;
  key: number;
  recorded: number;
  atUs: number;
}

export class MessageQueues implements Checkpointed {
  readonly waiting: Int32Array;
  readonly inWork: Int32Array;
  readonly #head: Int32Array;
  readonly #rings: readonly Ring[];

  constructor(readonly model: Model) {
    const count = model.queues.length;
    this.waiting = new Int32Array(count);
    this.inWork = new Int32Array(count);
    this.#head = new Int32Array(count);
    this.#rings = model.queues.map(({ spec }) => ({
      row: new Int32Array(spec.capacity),
      request: new Int32Array(spec.capacity),
      key: new Int32Array(spec.capacity),
      recorded: new Uint8Array(spec.capacity),
      atUs: new Float64Array(spec.capacity),
    }));
  }

  /** False when the queue is full. */
  publish(queue: number, message: Readonly<Message>): boolean {
    const capacity = this.model.queues[queue].spec.capacity;
    if (this.waiting[queue] === capacity) return false;
    const at = (this.#head[queue] + this.waiting[queue]) % capacity;
    const ring = this.#rings[queue];
    ring.row[at] = message.row;
    ring.request[at] = message.request;
    ring.key[at] = message.key;
    ring.recorded[at] = message.recorded;
    ring.atUs[at] = message.atUs;
    this.waiting[queue]++;
    return true;
  }

  /** Takes the oldest message into `message`; there must be one. */
  take(queue: number, message: Message): void {
    const at = this.#head[queue];
    const ring = this.#rings[queue];
    message.row = ring.row[at];
    message.request = ring.request[at];
    message.key = ring.key[at];
    message.recorded = ring.recorded[at];
    message.atUs = ring.atUs[at];
    this.#head[queue] = (at + 1) % this.model.queues[queue].spec.capacity;
    this.waiting[queue]--;
  }

  /** Instant at which the oldest waiting message was published, or `nowUs` when none waits. */
  oldestUs(queue: number, nowUs: number): number {
    return this.waiting[queue] === 0 ? nowUs : this.#rings[queue].atUs[this.#head[queue]];
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.waiting);
    writer.array(this.inWork);
    for (const queue of this.#rings.keys()) {
      const { row, request, key, recorded, atUs } = this.#rings[queue];
      const places = Int32Array.from(
        { length: this.waiting[queue] },
        (_, index) => (this.#head[queue] + index) % row.length,
      );
      writer.array(places.map((at) => row[at]));
      writer.array(places.map((at) => request[at]));
      writer.array(places.map((at) => key[at]));
      writer.array(Uint8Array.from(places, (at) => recorded[at]));
      writer.array(Float64Array.from(places, (at) => atUs[at]));
    }
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.waiting);
    reader.into(this.inWork);
    this.#head.fill(0);
    for (const { row, request, key, recorded, atUs } of this.#rings) {
      for (const column of [row, request, key, recorded, atUs]) reader.into(column);
    }
  }
}
