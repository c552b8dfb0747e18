/** What became of the messages of each queue, counted: published = gone + waiting + delayed + with consumers + dead. */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";

export class MessageFlow implements Checkpointed {
  readonly published: Float64Array;
  readonly acknowledged: Float64Array;
  /** Given up without a place for dead letters, or there was no room for them any more. */
  readonly discarded: Float64Array;
  /** Dropped because they had waited too long, or to make room. */
  readonly expired: Float64Array;
  readonly purged: Float64Array;
  /** With a consumer whose process was killed, of a queue that forgets what it hands out. */
  readonly lost: Float64Array;

  /** Deliveries after the first. */
  readonly redelivered: Float64Array;
  readonly deadLettered: Float64Array;
  /** Processed well once more than needed: with effect, and without one because the consumer knew it. */
  readonly duplicates: Float64Array;
  readonly duplicatesKnown: Float64Array;

  /** With consumers and not acknowledged; on their way back. */
  readonly unacknowledged: Int32Array;
  readonly delayed: Int32Array;

  constructor(queues: number) {
    this.published = new Float64Array(queues);
    this.acknowledged = new Float64Array(queues);
    this.discarded = new Float64Array(queues);
    this.expired = new Float64Array(queues);
    this.purged = new Float64Array(queues);
    this.lost = new Float64Array(queues);
    this.redelivered = new Float64Array(queues);
    this.deadLettered = new Float64Array(queues);
    this.duplicates = new Float64Array(queues);
    this.duplicatesKnown = new Float64Array(queues);
    this.unacknowledged = new Int32Array(queues);
    this.delayed = new Int32Array(queues);
  }

  /** Messages that the queue does not know any more. */
  goneFrom(queue: number): number {
    return (
      this.acknowledged[queue] + this.discarded[queue] + this.expired[queue] + this.purged[queue] + this.lost[queue]
    );
  }

  save(writer: StateWriter): void {
    for (const column of this.#columns()) writer.array(column);
  }

  restore(reader: StateReader): void {
    for (const column of this.#columns()) reader.into(column);
  }

  #columns() {
    return [
      this.published,
      this.acknowledged,
      this.discarded,
      this.expired,
      this.purged,
      this.lost,
      this.redelivered,
      this.deadLettered,
      this.duplicates,
      this.duplicatesKnown,
      this.unacknowledged,
      this.delayed,
    ];
  }
}
