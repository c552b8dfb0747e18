/**
 * At-least-once delivery: a message stays with its broker until its processing is acknowledged. What has failed, was
 * not acknowledged in time or was with a process that died is handed out again after a backoff, up to a number of
 * deliveries; then it is dead. An acknowledgement of a delivery that is not the newest means nothing, so a consumer that
 * is slower than the visibility time-out has its message processed twice.
 *
 * Source: the models of RabbitMQ ('Consumer Acknowledgements and Publisher Confirms', 'Dead Letter Exchanges') and of
 * Amazon SQS ('Visibility timeout', 'Dead-letter queues').
 */
import { combine, uniform } from "../../base/draw.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";
import type { Facts } from "../facts.js";
import type { MessageQueues } from "../message-queues.js";
import { type Message, MESSAGE_POISON, MESSAGE_RECORDED } from "./message.js";
import { ConsumerGroups } from "./consumer-groups.js";
import { DeliveryRules } from "./delivery-rules.js";
import type { MessageFlow } from "./message-flow.js";
import { type MessageSlots, SLOT_DEAD, SLOT_DELAYED, SLOT_OUT, SLOT_READY } from "./message-slots.js";

const FOR_POISON = 701;
const FOR_ACKNOWLEDGEMENT = 702;

/** No message was there. */
export const NOTHING = -2;
/** The queue does not remember the message. */
export const FORGOTTEN = -1;

export class Deliveries implements Checkpointed {
  readonly rules: DeliveryRules;
  /** Who takes from which partition, and which message holds a partition up. */
  readonly groups: ConsumerGroups;
  readonly #slots: MessageSlots;
  readonly #flow: MessageFlow;

  constructor(
    readonly model: Model,
    readonly queues: MessageQueues,
    readonly facts: Facts,
  ) {
    this.groups = new ConsumerGroups(model, facts.state, facts.state.heap, queues);
    this.rules = new DeliveryRules(model);
    this.#slots = queues.slots;
    this.#flow = queues.flow;
  }

  /** Flags of a message that is published now. */
  flagsFor(queue: number, key: number, recorded: number): number {
    const ratio = this.rules.poisonPublished[queue];
    const poisonous = ratio > 0 && uniform(combine(key, FOR_POISON)) < ratio;
    return (recorded === 1 ? MESSAGE_RECORDED : 0) | (poisonous ? MESSAGE_POISON : 0);
  }

  /** Whether nobody, or the consumer as it is now, can process the message of the slot. */
  isPoison(queue: number, slot: number): boolean {
    if (slot < 0) return false;
    if ((this.#slots.flagsOf(slot) & MESSAGE_POISON) !== 0) return true;
    const ratio = this.rules.poisonConsumed[queue];
    return ratio > 0 && uniform(combine(this.#slots.keyOf(slot), FOR_POISON)) < ratio;
  }

  /** Takes the message that is next into `message`: answers with its slot, FORGOTTEN, or NOTHING. */
  next(queue: number, lane: number, message: Message, nowUs: number): number {
    for (;;) {
      const slot = this.#take(queue, lane, message);
      if (slot === NOTHING) return NOTHING;
      if (nowUs - message.atUs > this.rules.retentionUs[queue]) {
        this.#flow.expired[queue]++;
        if (slot >= 0) this.#slots.settle(slot);
      } else if (slot >= 0 && this.rules.idempotent[queue] === 1 && this.#slots.doneOf(slot) > 0) {
        this.#flow.duplicatesKnown[queue]++;
        this.#acknowledge(queue, slot);
      } else {
        return slot;
      }
    }
  }

  /** Drops the oldest message to make room; false when there is none that can go. */
  dropOldest(queue: number, lane: number, message: Message): boolean {
    const slot = this.#take(queue, lane, message);
    if (slot === NOTHING) return false;
    this.#flow.expired[queue]++;
    if (slot >= 0) this.#slots.settle(slot);
    return true;
  }

  /** A consumer gets the message: answers with the number of the delivery. */
  hand(queue: number, slot: number, nowUs: number): number {
    this.#flow.unacknowledged[queue]++;
    if (slot < 0) return 0;
    const delivery = this.#slots.hand(slot);
    if (this.#slots.attemptsOf(slot) > 1) {
      this.#flow.redelivered[queue]++;
      this.#count(queue, slot, "redelivered");
    }
    this.#slots.arm(slot, this.rules.visibleAgainUs(queue, nowUs));
    if (this.groups.has[queue] === 1) this.groups.held[this.#slots.laneOf(slot)] = slot;
    return delivery;
  }

  /** How often the message has been handed out before. */
  attemptsBefore(slot: number): number {
    return slot < 0 ? 0 : this.#slots.attemptsOf(slot);
  }

  /** A consumer has ended its work on a message, well or not. True when the message has been given up. */
  processed(queue: number, slot: number, delivery: number, isOk: boolean, nowUs: number): boolean {
    if (slot < 0) {
      this.#flow.unacknowledged[queue]--;
      this.#flow.acknowledged[queue]++;
      return false;
    }
    const counts = this.#slots.letGo(slot, delivery);
    if (isOk && this.#slots.finish(slot) > 0) this.#flow.duplicates[queue]++;
    if (!counts) {
      this.#slots.sweep(slot);
      return false;
    }
    this.#flow.unacknowledged[queue]--;
    if (!isOk || this.#isAcknowledgementLost(queue, slot)) return this.#failed(queue, slot, nowUs);
    this.#count(queue, slot, "acknowledged");
    this.#acknowledge(queue, slot);
    return false;
  }

  /** The process of a consumer was killed. */
  abandoned(queue: number, slot: number, delivery: number, nowUs: number): void {
    if (slot < 0) {
      this.#flow.unacknowledged[queue]--;
      this.#flow.lost[queue]++;
    } else if (this.#slots.letGo(slot, delivery)) {
      this.#flow.unacknowledged[queue]--;
      this.#failed(queue, slot, nowUs);
    } else {
      this.#slots.sweep(slot);
    }
  }

  /** An event of a slot has come: the queue in which there may be a message more now, or −1. */
  due(slot: number, nowUs: number): number {
    if (!this.#slots.isDue(slot, nowUs)) return -1;
    const queue = this.#slots.queueOf(slot);
    switch (this.#slots.stateOf(slot)) {
      case SLOT_DELAYED:
        this.#flow.delayed[queue]--;
        this.#back(queue, slot);
        break;
      case SLOT_OUT:
        // Not acknowledged in time. Whoever has it goes on working, for nothing.
        if (this.groups.has[queue] === 1) this.groups.putOut(queue, this.groups.owner[this.#slots.laneOf(slot)], nowUs);
        this.#flow.unacknowledged[queue]--;
        if (this.rules.isLast(queue, this.#slots.attemptsOf(slot))) this.#giveUp(queue, slot, nowUs);
        else this.#back(queue, slot);
        break;
      case SLOT_DEAD:
        this.#revive(queue, slot);
        break;
      default:
        return -1;
    }
    return queue;
  }

  // What learners do.

  /** Gives up what has been handed out so often already; answers with how many these are. */
  giveUpFrom(queue: number, attempts: number, nowUs: number): number {
    let given = 0;
    for (const state of [SLOT_READY, SLOT_DELAYED]) {
      for (const slot of this.#slots.of(queue, state)) {
        if (this.#slots.attemptsOf(slot) < attempts) continue;
        if (state === SLOT_READY) this.#withdraw(queue, slot);
        else this.#flow.delayed[queue]--;
        this.#giveUp(queue, slot, nowUs);
        given++;
      }
    }
    return given;
  }

  /** Puts up to so many dead letters back, the oldest first. */
  redrive(queue: number, count: number): void {
    for (let left = count; left > 0; left--) {
      const slot = this.#slots.head[this.queues.deadLine(queue)];
      if (slot < 0) return;
      this.#revive(queue, slot);
    }
  }

  /** Drops everything that waits, and what is on its way back. */
  purge(queue: number, message: Message): void {
    const from = this.queues.laneFrom[queue];
    for (const slot of this.#slots.of(queue, SLOT_DELAYED)) {
      this.#letGoOfLane(queue, slot);
      this.#flow.delayed[queue]--;
      this.#flow.purged[queue]++;
      this.#slots.settle(slot);
    }
    for (let lane = from; lane < from + this.queues.laneCount[queue]; lane++) {
      for (let slot = this.#take(queue, lane, message); slot !== NOTHING; slot = this.#take(queue, lane, message)) {
        this.#flow.purged[queue]++;
        if (slot >= 0) this.#slots.settle(slot);
      }
    }
  }

  save(writer: StateWriter): void {
    this.rules.save(writer);
    this.groups.save(writer);
  }

  restore(reader: StateReader): void {
    this.rules.restore(reader);
    this.groups.restore(reader);
  }

  #take(queue: number, lane: number, message: Message): number {
    const returned = this.queues.takeReturned(queue, lane);
    if (returned >= 0) {
      this.#slots.read(returned, message);
      return returned;
    }
    if (!this.queues.takeFresh(queue, lane, message)) return NOTHING;
    return this.rules.remembers[queue] === 1 ? this.#slots.make(queue, lane, message) : FORGOTTEN;
  }

  #isAcknowledgementLost(queue: number, slot: number): boolean {
    const ratio = this.rules.acknowledgementsLost[queue];
    if (ratio === 0) return false;
    const key = combine(this.#slots.keyOf(slot), FOR_ACKNOWLEDGEMENT);
    return uniform(combine(key, this.#slots.attemptsOf(slot))) < ratio;
  }

  #acknowledge(queue: number, slot: number): void {
    this.#letGoOfLane(queue, slot);
    this.#flow.acknowledged[queue]++;
    this.#slots.settle(slot);
  }

  /** The delivery was in vain; true when it was the last. */
  #failed(queue: number, slot: number, nowUs: number): boolean {
    const attempts = this.#slots.attemptsOf(slot);
    if (this.rules.isLast(queue, attempts)) {
      this.#giveUp(queue, slot, nowUs);
      return true;
    }
    this.#flow.delayed[queue]++;
    this.#slots.setState(slot, SLOT_DELAYED);
    this.#slots.arm(slot, nowUs + this.rules.delayUs(queue, attempts));
    return false;
  }

  /** The partition goes on with its next message. */
  #letGoOfLane(queue: number, slot: number): void {
    if (this.groups.has[queue] === 0) return;
    const lane = this.#slots.laneOf(slot);
    if (this.groups.held[lane] === slot) this.groups.held[lane] = -1;
  }

  #giveUp(queue: number, slot: number, nowUs: number): void {
    this.#letGoOfLane(queue, slot);
    this.#slots.arm(slot, Infinity);
    if (this.queues.dead(queue) >= this.rules.deadCapacity[queue]) {
      this.#flow.discarded[queue]++;
      this.#slots.settle(slot);
      return;
    }
    this.#flow.deadLettered[queue]++;
    this.#slots.setState(slot, SLOT_DEAD);
    this.#slots.append(this.queues.deadLine(queue), slot);
    const { redriveUs, redrives } = this.rules;
    if (redriveUs[queue] > 0 && this.#slots.redrivesOf(slot) < redrives[queue])
      this.#slots.arm(slot, nowUs + redriveUs[queue]);
  }

  #revive(queue: number, slot: number): void {
    this.#slots.leave(slot);
    this.#slots.arm(slot, Infinity);
    this.#slots.renew(slot);
    this.#back(queue, slot);
  }

  #back(queue: number, slot: number): void {
    this.#letGoOfLane(queue, slot);
    this.#slots.setState(slot, SLOT_READY);
    // The order of a partition is kept: what has failed is next.
    if (this.groups.has[queue] === 1) this.#slots.prepend(this.#slots.laneOf(slot), slot);
    else this.#slots.append(this.#slots.laneOf(slot), slot);
    this.queues.waiting[queue]++;
  }

  #withdraw(queue: number, slot: number): void {
    this.#slots.leave(slot);
    this.queues.waiting[queue]--;
  }

  #count(queue: number, slot: number, what: "redelivered" | "acknowledged"): void {
    const { target, metrics } = this.model.queues[queue];
    if (metrics.delivery === undefined || (this.#slots.flagsOf(slot) & MESSAGE_RECORDED) === 0) return;
    this.facts.counts.raw[this.model.targets[target].valuesFrom + metrics.delivery[what]]++;
  }
}
