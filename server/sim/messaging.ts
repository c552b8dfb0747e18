/** Messages: publishing them, and handing them to consumers while both are there. */
import { combine } from "../base/draw.js";
import type { Model } from "../topology/model-types.js";
import type { Balancer } from "./balancer.js";
import type { Externals } from "./externals.js";
import type { Facts } from "./facts.js";
import {
  FRAME_CALL_ROW,
  FRAME_CALLER,
  FRAME_INSTANCE,
  FRAME_KEY,
  FRAME_OPERATION,
  FRAME_PARENT_ROW,
  FRAME_RECORDED,
  FRAME_REQUEST,
  FRAME_ROW,
  FRAME_SHIFT,
  FRAME_STATUS,
  FRAME_TIMES_SHIFT,
  KIND_CONSUMER,
  TIME_BEGAN,
} from "./frames.js";
import type { Handler } from "./handler.js";
import type { Message, MessageQueues } from "./message-queues.js";
import { STATUS_QUEUE_FULL } from "./span-status.js";
import type { WorldState } from "./world-state.js";

/** The same purpose as the balancer's: a message is balanced like the request that it continues. */
const FOR_CONSUMER = 11;

export class Messaging {
  readonly #message: Message = { row: -1, request: 0, key: 0, recorded: 0, atUs: 0 };

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly facts: Facts,
    readonly queues: MessageQueues,
    readonly balancer: Balancer,
    readonly externals: Externals,
    readonly handler: Handler,
  ) {}

  publish(remote: number, caller: number, queue: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const message = this.#message;
    message.row = data[(caller << FRAME_SHIFT) + FRAME_CALL_ROW];
    message.request = data[base + FRAME_REQUEST];
    message.key = data[base + FRAME_KEY];
    message.recorded = data[base + FRAME_RECORDED];
    message.atUs = nowUs;
    const { target, metrics, duration } = this.model.queues[queue];
    if (this.queues.publish(queue, message)) {
      this.facts.counts.raw[this.model.targets[target].valuesFrom + metrics.published] += message.recorded;
    } else {
      data[base + FRAME_STATUS] = STATUS_QUEUE_FULL;
    }
    this.externals.answerIn(remote, duration, data[base + FRAME_KEY], nowUs);
    this.deliver(queue, nowUs);
  }

  /** Hands waiting messages to consumers while both are there. */
  deliver(queue: number, nowUs: number): void {
    const { spec, consumerService, consumerOperation, target, metrics } = this.model.queues[queue];
    while (this.queues.waiting[queue] > 0 && this.queues.inWork[queue] < spec.consumer.concurrency) {
      if (this.state.upCount[consumerService] === 0) return;
      const message = this.#message;
      this.queues.take(queue, message);
      const { row, request, recorded, atUs } = message;
      const key = combine(message.key, FOR_CONSUMER);
      const instance = this.balancer.choose(consumerService, key);
      this.queues.inWork[queue]++;
      this.facts.counts.raw[this.model.targets[target].valuesFrom + metrics.delivered] += recorded;
      const frame = this.handler.handling(KIND_CONSUMER, consumerOperation, key, request, recorded);
      const { data } = this.state.frames;
      const base = frame << FRAME_SHIFT;
      data[base + FRAME_CALLER] = -1;
      data[base + FRAME_INSTANCE] = instance;
      data[base + FRAME_PARENT_ROW] = row;
      this.#consume(frame, atUs, nowUs);
    }
  }

  /** Instances of a service take requests again: its queues may have waited for them. */
  consumersUp(service: number, nowUs: number): void {
    for (const queue of this.model.queues) if (queue.consumerService === service) this.deliver(queue.index, nowUs);
  }

  /** A consumer takes a message: no line of its own, the concurrency of the queue is the bound. */
  #consume(frame: number, publishedUs: number, nowUs: number): void {
    const { data, times } = this.state.frames;
    const base = frame << FRAME_SHIFT;
    const operation = this.model.operations[data[base + FRAME_OPERATION]];
    const service = this.model.services[operation.service];
    const instance = data[base + FRAME_INSTANCE];
    times[(frame << FRAME_TIMES_SHIFT) + TIME_BEGAN] = nowUs;
    this.facts.add(instance, service.metrics.active[operation.index - service.operationsFrom], 1);
    const recorded = data[base + FRAME_RECORDED] === 1;
    const parent = data[base + FRAME_PARENT_ROW];
    const row = recorded
      ? this.facts.open(operation.serverSite, instance, parent, data[base + FRAME_REQUEST], 0, 0, nowUs)
      : -1;
    data[base + FRAME_ROW] = row;
    this.handler.begin(frame, nowUs);
    // Its wait is the time in the queue, not the time for a worker that `begin` wrote.
    if (row >= 0) this.facts.waited(row, nowUs - publishedUs);
  }
}
