/**
 * How each queue hands out its messages now: what the topology says, what learners have set since, and what faults do on
 * top. A queue that says nothing about deliveries forgets a message as soon as a consumer has it; while a fault needs it
 * to remember them, it puts back what has failed after a tenth of a second, up to fifty times.
 */
import { MICROS_PER_MS, MICROS_PER_MINUTE } from "../../base/time.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";
import type { DeliverySpec } from "../../topology/message-spec.js";

/** A message needs at least this long to the broker and back to a consumer. */
const LEAST_DELAY_US = MICROS_PER_MS;
const MOST_DELAY_US = 10 * MICROS_PER_MINUTE;
/** Of a queue that says nothing about it. */
const USUAL_BACKOFF_US = 100 * MICROS_PER_MS;
const USUAL_ATTEMPTS = 50;
/** Room for messages that somebody parks where no dead letters are declared. */
const PARKING_ROOM = 10_000;

export class DeliveryRules implements Checkpointed {
  // By queue. As declared, or as set since.
  readonly concurrency: Int32Array;
  readonly paused: Uint8Array;
  readonly attempts: Int32Array;
  readonly backoffUs: Float64Array;
  readonly multiplier: Float64Array;
  readonly visibilityUs: Float64Array;
  readonly redriveUs: Float64Array;
  /** Room for what is given up. */
  readonly deadCapacity: Int32Array;

  // As declared.
  readonly prefetch: Int32Array;
  readonly idempotent: Uint8Array;
  readonly retentionUs: Float64Array;
  readonly redrives: Int32Array;
  readonly #declared: Uint8Array;

  // Written by effects of faults.
  /** Whether a fault needs the queue to remember what it hands out. */
  readonly remembers: Uint8Array;
  /** Share of messages that are published broken, and share of those that the consumer cannot process. */
  readonly poisonPublished: Float64Array;
  readonly poisonConsumed: Float64Array;
  /** Share of acknowledgements that do not arrive. */
  readonly acknowledgementsLost: Float64Array;
  /** Share of the consumers that are there. */
  readonly consumersLeft: Float64Array;
  /** Visibility time-out in place of the right one, 0 for none. */
  readonly wrongVisibilityUs: Float64Array;

  /** Messages at a time over all instances, as things are. */
  readonly limit: Int32Array;

  constructor(model: Model) {
    const { queues } = model;
    const from = (read: (delivery: DeliverySpec | undefined) => number): number[] =>
      queues.map(({ spec }) => read(spec.delivery));
    this.concurrency = Int32Array.from(queues, ({ spec }) => spec.consumer.concurrency);
    this.paused = new Uint8Array(queues.length);
    this.attempts = Int32Array.from(from((delivery) => delivery?.attempts ?? USUAL_ATTEMPTS));
    this.backoffUs = Float64Array.from(from((delivery) => delivery?.backoff ?? USUAL_BACKOFF_US));
    this.multiplier = Float64Array.from(from((delivery) => delivery?.multiplier ?? 1));
    this.visibilityUs = Float64Array.from(
      queues,
      ({ spec: { delivery, partitions } }) => partitions?.maxPollInterval ?? delivery?.visibilityTimeout ?? 0,
    );
    this.redriveUs = Float64Array.from(from((delivery) => delivery?.deadLetters?.redriveAfter ?? 0));
    this.prefetch = Int32Array.from(from((delivery) => delivery?.prefetch ?? 0));
    this.idempotent = Uint8Array.from(from((delivery) => (delivery?.idempotent === true ? 1 : 0)));
    this.deadCapacity = Int32Array.from(from((delivery) => delivery?.deadLetters?.capacity ?? 0));
    this.redrives = Int32Array.from(from((delivery) => delivery?.deadLetters?.redrives ?? 0));
    this.retentionUs = Float64Array.from(queues, ({ spec }) => spec.retention ?? Infinity);
    this.#declared = Uint8Array.from(queues, ({ spec }) =>
      spec.delivery === undefined && spec.partitions === undefined ? 0 : 1,
    );
    this.remembers = this.#declared.slice();
    this.poisonPublished = new Float64Array(queues.length);
    this.poisonConsumed = new Float64Array(queues.length);
    this.acknowledgementsLost = new Float64Array(queues.length);
    this.consumersLeft = new Float64Array(queues.length).fill(1);
    this.wrongVisibilityUs = new Float64Array(queues.length);
    this.limit = this.concurrency.slice();
  }

  /** As if there were no faults. */
  resetFaults(): void {
    this.remembers.set(this.#declared);
    this.poisonPublished.fill(0);
    this.poisonConsumed.fill(0);
    this.acknowledgementsLost.fill(0);
    this.consumersLeft.fill(1);
    this.wrongVisibilityUs.fill(0);
  }

  /** Brings `limit` up to date. */
  refresh(): void {
    for (const queue of this.limit.keys()) {
      const left = Math.round(this.concurrency[queue] * this.consumersLeft[queue]);
      this.limit[queue] = this.paused[queue] === 1 ? 0 : left;
    }
  }

  /** From now on a message is given up after so many deliveries, and kept where somebody can look at it. */
  park(queue: number, attempts: number): void {
    this.attempts[queue] = attempts;
    this.deadCapacity[queue] = Math.max(this.deadCapacity[queue], PARKING_ROOM);
  }

  /** Until when a message that is handed out now is to be acknowledged. */
  visibleAgainUs(queue: number, nowUs: number): number {
    const wrong = this.wrongVisibilityUs[queue];
    const timeoutUs = wrong > 0 ? wrong : this.visibilityUs[queue];
    return timeoutUs > 0 ? nowUs + timeoutUs : Infinity;
  }

  /** Wait before a message is handed out again after so many deliveries. */
  delayUs(queue: number, attempts: number): number {
    const delay = this.backoffUs[queue] * Math.pow(this.multiplier[queue], attempts - 1);
    return Math.min(MOST_DELAY_US, Math.max(LEAST_DELAY_US, Math.round(delay)));
  }

  isLast(queue: number, attempts: number): boolean {
    return attempts >= this.attempts[queue];
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const column of this.#columns()) writer.array(column);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const column of this.#columns()) reader.into(column);
  }

  #columns() {
    return [
      this.concurrency,
      this.paused,
      this.attempts,
      this.backoffUs,
      this.multiplier,
      this.visibilityUs,
      this.redriveUs,
      this.deadCapacity,
      this.remembers,
      this.poisonPublished,
      this.poisonConsumed,
      this.acknowledgementsLost,
      this.consumersLeft,
      this.wrongVisibilityUs,
      this.limit,
    ];
  }
}
