/** Messages: publishing them, and handing them to consumers while both are there. */
import { combine } from "../base/draw.js";
import { MICROS_PER_SECOND } from "../base/time.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";
import type { Balancer } from "./balancer.js";
import { EVENT_PUBLISHERS, EVENT_SHIFT } from "./events.js";
import type { Externals } from "./externals.js";
import type { Facts } from "./facts.js";
import {
  FRAME_CALL_ROW,
  FRAME_CALLER,
  FRAME_CALLER_GENERATION,
  FRAME_DELIVERY,
  FRAME_GENERATION,
  FRAME_INSTANCE,
  FRAME_KEY,
  FRAME_MESSAGE,
  FRAME_NEXT,
  FRAME_OPERATION,
  FRAME_PARENT_ROW,
  FRAME_RECORDED,
  FRAME_REQUEST,
  FRAME_ROW,
  FRAME_SHIFT,
  FRAME_STATUS,
  FRAME_TIMES_SHIFT,
  FrameLines,
  KIND_CONSUMER,
  TIME_BEGAN,
} from "./frames.js";
import type { Handler } from "./handler.js";
import type { MessageQueues } from "./message-queues.js";
import { type Message, MESSAGE_RECORDED } from "./messages/message.js";
import { Deliveries, NOTHING } from "./messages/deliveries.js";
import { STATUS_OK, STATUS_QUEUE_FULL } from "./span-status.js";
import { INSTANCE_UP, type WorldState } from "./world-state.js";

/** The same purpose as the balancer's: a message is balanced like the request that it continues. */
const FOR_CONSUMER = 11;
const LEVEL_ERROR = 3;
/** No member of a group is meant. */
const ANYBODY = -1;
/** A broker that is behind with its confirmations by more than this takes nothing more. */
const BEHIND_MAX_US = 30 * MICROS_PER_SECOND;
/** Publishers that wait for room are looked after this often. */
const SWEEP_US = MICROS_PER_SECOND;

export class Messaging implements Checkpointed {
  readonly deliveries: Deliveries;
  readonly #message: Message = { row: -1, request: 0, key: 0, flags: 0, atUs: 0 };
  /** Publishers that wait for room, by queue. */
  readonly #blocked: FrameLines;
  /** By queue: whether it is to be looked after them. */
  readonly #sweeps: Uint8Array;
  /** By queue: until when the broker confirms what was published before. */
  readonly #confirmsUntilUs: Float64Array;
  /** By queue and instance of its consumer: messages that it works on. */
  readonly #held: Int32Array;
  readonly #heldFrom: Int32Array;

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly facts: Facts,
    readonly queues: MessageQueues,
    readonly balancer: Balancer,
    readonly externals: Externals,
    readonly handler: Handler,
  ) {
    this.deliveries = new Deliveries(model, queues, facts);
    this.#blocked = new FrameLines(state.frames, model.queues.length);
    this.#sweeps = new Uint8Array(model.queues.length);
    this.#confirmsUntilUs = new Float64Array(model.queues.length);
    let held = 0;
    this.#heldFrom = Int32Array.from(model.queues, ({ consumerService }) => {
      const { instancesFrom, instancesMax } = model.services[consumerService];
      held += instancesMax;
      return held - instancesMax - instancesFrom;
    });
    this.#held = new Int32Array(held);
  }

  publish(remote: number, caller: number, queue: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    data[base + FRAME_PARENT_ROW] = data[(caller << FRAME_SHIFT) + FRAME_CALL_ROW];
    const lane = this.#laneFor(remote, queue);
    const { overflow } = this.model.queues[queue].spec;
    if (this.queues.isFull(queue, lane) && overflow !== undefined && overflow !== "reject") {
      if (overflow === "block") {
        this.#blocked.append(queue, remote);
        this.#sweepLater(queue, nowUs);
        return;
      }
      this.deliveries.dropOldest(queue, lane, this.#message);
    }
    if (this.queues.isFull(queue, lane) || this.#confirmsUntilUs[queue] - nowUs > BEHIND_MAX_US)
      data[base + FRAME_STATUS] = STATUS_QUEUE_FULL;
    else this.#accept(remote, queue, lane, nowUs);
    if (data[base + FRAME_STATUS] === STATUS_OK) this.#confirm(remote, queue, nowUs);
    else this.externals.answerIn(remote, this.model.queues[queue].duration, data[base + FRAME_KEY], 0, nowUs);
    this.deliver(queue, nowUs);
  }

  /** Hands waiting messages to consumers while both are there. */
  deliver(queue: number, nowUs: number): void {
    if (this.deliveries.groups.has[queue] === 1) this.#deliverInOrder(queue, nowUs);
    else this.#deliverToAny(queue, nowUs);
    if (this.#blocked.length[queue] > 0) this.#unblock(queue, nowUs);
  }

  #deliverToAny(queue: number, nowUs: number): void {
    const { consumerService } = this.model.queues[queue];
    const { rules } = this.deliveries;
    while (this.queues.waiting[queue] > 0 && this.queues.inWork[queue] < rules.limit[queue]) {
      if (this.state.upCount[consumerService] === 0) break;
      if (rules.prefetch[queue] > 0 && this.#leastHeld(queue) < 0) break;
      const slot = this.deliveries.next(queue, this.queues.laneFrom[queue], this.#message, nowUs);
      if (slot === NOTHING) break;
      this.#start(queue, slot, ANYBODY, nowUs);
    }
  }

  /** Each partition has one message in work, with the member of the group that the partition belongs to. */
  #deliverInOrder(queue: number, nowUs: number): void {
    const { groups, rules } = this.deliveries;
    if (!groups.isAtWork(queue, nowUs)) return;
    const from = this.queues.laneFrom[queue];
    for (let lane = from; lane < from + this.queues.laneCount[queue]; lane++) {
      if (this.queues.inWork[queue] >= rules.limit[queue]) return;
      const owner = groups.owner[lane];
      if (groups.held[lane] >= 0 || owner < 0 || this.state.instanceState[owner] !== INSTANCE_UP) continue;
      if (this.queues.ready(lane) === 0) continue;
      const prefetch = rules.prefetch[queue];
      if (prefetch > 0 && this.#held[this.#heldFrom[queue] + owner] >= prefetch) continue;
      const slot = this.deliveries.next(queue, lane, this.#message, nowUs);
      if (slot !== NOTHING) this.#start(queue, slot, owner, nowUs);
    }
  }

  /** Instances of a service take requests again: its queues may have waited for them. */
  consumersUp(service: number, nowUs: number): void {
    for (const queue of this.model.queues) if (queue.consumerService === service) this.deliver(queue.index, nowUs);
  }

  /** Whether the frame works on a message that cannot be processed. */
  isPoison(frame: number): boolean {
    const { data } = this.state.frames;
    const base = frame << FRAME_SHIFT;
    const { queue } = this.model.operations[data[base + FRAME_OPERATION]];
    return this.deliveries.isPoison(queue, data[base + FRAME_MESSAGE]);
  }

  /** A consumer has ended its work on a message. The frame is still there. */
  processed(frame: number, queue: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = frame << FRAME_SHIFT;
    this.#free(queue, data[base + FRAME_INSTANCE]);
    const isOk = data[base + FRAME_STATUS] === STATUS_OK;
    const slot = data[base + FRAME_MESSAGE];
    const isGivenUp = this.deliveries.processed(queue, slot, data[base + FRAME_DELIVERY], isOk, nowUs);
    const { templates } = this.model.queues[queue];
    const row = data[base + FRAME_ROW];
    if (isGivenUp && templates !== undefined && row >= 0)
      this.facts.log(data[base + FRAME_INSTANCE], LEVEL_ERROR, row, templates.givenUp, nowUs);
  }

  /** The process of a consumer is killed; nothing is handed out yet, because its fellows may be too. */
  abandoned(frame: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = frame << FRAME_SHIFT;
    const { queue } = this.model.operations[data[base + FRAME_OPERATION]];
    this.#free(queue, data[base + FRAME_INSTANCE]);
    this.deliveries.abandoned(queue, data[base + FRAME_MESSAGE], data[base + FRAME_DELIVERY], nowUs);
  }

  /** Publishers that wait for room and have given up meanwhile are forgotten. */
  sweep(queue: number, nowUs: number): void {
    const { data } = this.state.frames;
    this.#sweeps[queue] = 0;
    for (let remote = this.#blocked.head[queue]; remote >= 0;) {
      const next = data[(remote << FRAME_SHIFT) + FRAME_NEXT];
      if (this.#hasGivenUp(remote)) {
        this.#blocked.remove(queue, remote);
        this.state.frames.release(remote);
      }
      remote = next;
    }
    if (this.#blocked.length[queue] > 0) this.#sweepLater(queue, nowUs);
  }

  #laneFor(remote: number, queue: number): number {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const byUser = this.model.queues[queue].spec.partitions?.key === "user";
    return this.queues.laneFor(
      queue,
      byUser ? this.facts.draws.userOf(data[base + FRAME_REQUEST]) : data[base + FRAME_KEY],
    );
  }

  #hasGivenUp(remote: number): boolean {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const caller = data[base + FRAME_CALLER] << FRAME_SHIFT;
    return data[caller + FRAME_GENERATION] !== data[base + FRAME_CALLER_GENERATION];
  }

  #sweepLater(queue: number, nowUs: number): void {
    if (this.#sweeps[queue] === 1) return;
    this.#sweeps[queue] = 1;
    this.state.heap.push(nowUs + SWEEP_US, (queue << EVENT_SHIFT) | EVENT_PUBLISHERS);
  }

  /** Something is due for a message that the broker remembers. */
  due(slot: number, nowUs: number): void {
    const queue = this.deliveries.due(slot, nowUs);
    if (queue >= 0) this.deliver(queue, nowUs);
  }

  /** Drops everything that waits. */
  purge(queue: number, nowUs: number): void {
    this.deliveries.purge(queue, this.#message);
    this.deliver(queue, nowUs);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.#sweeps);
    writer.array(this.#confirmsUntilUs);
    writer.array(this.#held);
    this.#blocked.save(writer);
    this.deliveries.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.#sweeps);
    reader.into(this.#confirmsUntilUs);
    reader.into(this.#held);
    this.#blocked.restore(reader);
    this.deliveries.restore(reader);
  }

  #accept(remote: number, queue: number, lane: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const message = this.#message;
    const recorded = data[base + FRAME_RECORDED];
    message.row = data[base + FRAME_PARENT_ROW];
    message.request = data[base + FRAME_REQUEST];
    message.key = data[base + FRAME_KEY];
    message.flags = this.deliveries.flagsFor(queue, message.key, recorded);
    message.atUs = nowUs;
    this.queues.publish(queue, lane, message);
    const { target, metrics } = this.model.queues[queue];
    this.facts.counts.raw[this.model.targets[target].valuesFrom + metrics.published] += recorded;
  }

  /** The publisher hears from the broker, which confirms one message after the other. */
  #confirm(remote: number, queue: number, nowUs: number): void {
    const { duration, spec } = this.model.queues[queue];
    const key = this.state.frames.data[(remote << FRAME_SHIFT) + FRAME_KEY];
    if (spec.confirmsPerSecond === undefined) {
      this.externals.answerIn(remote, duration, key, 0, nowUs);
      return;
    }
    const untilUs = Math.max(nowUs, this.#confirmsUntilUs[queue]) + MICROS_PER_SECOND / spec.confirmsPerSecond;
    this.#confirmsUntilUs[queue] = untilUs;
    this.externals.answerIn(remote, duration, key, Math.round(untilUs - nowUs), nowUs);
  }

  /** There may be room again for publishers that have waited for it. */
  #unblock(queue: number, nowUs: number): void {
    let served = 0;
    for (;;) {
      const remote = this.#blocked.head[queue];
      if (remote < 0) break;
      const lane = this.#laneFor(remote, queue);
      if (this.queues.isFull(queue, lane)) break;
      this.#blocked.remove(queue, remote);
      if (this.#hasGivenUp(remote)) {
        this.state.frames.release(remote);
        continue;
      }
      this.#accept(remote, queue, lane, nowUs);
      this.#confirm(remote, queue, nowUs);
      served++;
    }
    if (served > 0) this.deliver(queue, nowUs);
  }

  /** The message that was taken last goes to a consumer. */
  #start(queue: number, slot: number, owner: number, nowUs: number): void {
    const { consumerOperation, target, metrics } = this.model.queues[queue];
    const { row, request, key: published, flags, atUs } = this.#message;
    const recorded = flags & MESSAGE_RECORDED;
    const before = this.deliveries.attemptsBefore(slot);
    const first = combine(published, FOR_CONSUMER);
    const key = before === 0 ? first : combine(first, before);
    const instance = owner === ANYBODY ? this.#instanceFor(queue, key) : owner;
    this.queues.inWork[queue]++;
    this.#held[this.#heldFrom[queue] + instance]++;
    const delivery = this.deliveries.hand(queue, slot, nowUs);
    this.facts.counts.raw[this.model.targets[target].valuesFrom + metrics.delivered] += recorded;
    const frame = this.handler.handling(KIND_CONSUMER, consumerOperation, key, request, recorded);
    const { data } = this.state.frames;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_CALLER] = -1;
    data[base + FRAME_INSTANCE] = instance;
    data[base + FRAME_PARENT_ROW] = row;
    data[base + FRAME_MESSAGE] = slot;
    data[base + FRAME_DELIVERY] = delivery;
    this.#consume(frame, atUs, nowUs);
  }

  #instanceFor(queue: number, key: number): number {
    const { consumerService } = this.model.queues[queue];
    const chosen = this.balancer.choose(consumerService, key);
    const prefetch = this.deliveries.rules.prefetch[queue];
    if (prefetch === 0 || this.#held[this.#heldFrom[queue] + chosen] < prefetch) return chosen;
    return this.#leastHeld(queue);
  }

  /** The consumer with the fewest messages, −1 when each has as many as it may. */
  #leastHeld(queue: number): number {
    const { consumerService } = this.model.queues[queue];
    const { instancesFrom } = this.model.services[consumerService];
    let least = this.deliveries.rules.prefetch[queue];
    let found = -1;
    for (let place = 0; place < this.state.upCount[consumerService]; place++) {
      const instance = this.state.upInstances[instancesFrom + place];
      const held = this.#held[this.#heldFrom[queue] + instance];
      if (held >= least) continue;
      least = held;
      found = instance;
    }
    return found;
  }

  #free(queue: number, instance: number): void {
    if (this.deliveries.groups.has[queue] === 1) this.deliveries.groups.asksAgain(queue, instance);
    this.queues.inWork[queue]--;
    this.#held[this.#heldFrom[queue] + instance]--;
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
