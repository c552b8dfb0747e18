/**
 * Groups of consumers over the partitions of a queue: which instance takes from which partition, and what happens when
 * the members change. A rebalance divides the partitions anew over the members in their order; while it lasts nobody
 * takes messages. Members join as soon as they are up. One that is drained leaves at once, one that dies is missed after
 * the session time-out, and until then its partitions stand still. One that works too long on a message is put out, and
 * joins again when it has ended that work: with slow messages the group is busy with dividing partitions.
 *
 * Source: Apache Kafka, 'Consumer configs' (session.timeout.ms, max.poll.interval.ms) and the eager rebalance protocol
 * with the range assignor.
 */
import type { EventHeap } from "../../base/event-heap.js";
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";
import { EVENT_GROUP, EVENT_SHIFT } from "../events.js";
import type { MessageQueues } from "../message-queues.js";
import { INSTANCE_DRAINING, INSTANCE_UP, type WorldState } from "../world-state.js";

const NOBODY = -1;

export class ConsumerGroups implements Checkpointed {
  /** By queue: whether it has partitions. */
  readonly has: Uint8Array;
  /** By lane: the instance that takes from it, −1 for nobody. */
  readonly owner: Int32Array;
  /** By lane: slot of the message that is in work or waits for its next try, −1 for none. */
  readonly held: Int32Array;
  /** By queue: how often its partitions have been divided anew. */
  readonly rebalances: Float64Array;
  /** By queue: while its partitions are divided nobody takes messages. */
  readonly #pausedUntilUs: Float64Array;
  /** By queue: when the loss of a member is noticed, Infinity for none. */
  readonly #missedUs: Float64Array;
  /** By queue and instance of its consumer: whether it is a member, and whether it has been put out. */
  readonly #member: Uint8Array;
  readonly #out: Uint8Array;
  readonly #from: Int32Array;
  /** Hears of every division, with the member that leads the group. */
  rebalanced: (queue: number, leader: number, members: number, nowUs: number) => void = () => undefined;
  readonly laneFrom: Int32Array;
  readonly laneCount: Int32Array;

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly heap: EventHeap,
    { laneFrom, laneCount, lanePublished: { length: lanes } }: MessageQueues,
  ) {
    const { queues, services } = model;
    this.laneFrom = laneFrom;
    this.laneCount = laneCount;
    this.has = Uint8Array.from(queues, ({ spec }) => (spec.partitions === undefined ? 0 : 1));
    this.owner = new Int32Array(lanes).fill(NOBODY);
    this.held = new Int32Array(lanes).fill(-1);
    this.rebalances = new Float64Array(queues.length);
    this.#pausedUntilUs = new Float64Array(queues.length);
    this.#missedUs = new Float64Array(queues.length).fill(Infinity);
    let places = 0;
    this.#from = Int32Array.from(queues, ({ consumerService }) => {
      const { instancesFrom, instancesMax } = services[consumerService];
      places += instancesMax;
      return places - instancesMax - instancesFrom;
    });
    this.#member = new Uint8Array(places);
    this.#out = new Uint8Array(places);
  }

  /** Whether the members of the group can take messages now. Notices who has come and who has gone. */
  isAtWork(queue: number, nowUs: number): boolean {
    this.#look(queue, nowUs);
    return nowUs >= this.#pausedUntilUs[queue];
  }

  members(queue: number): number {
    return this.#count(queue, this.#member);
  }

  /** The instance works too long on a message: it is put out of the group. */
  putOut(queue: number, instance: number, nowUs: number): void {
    const place = this.#from[queue] + instance;
    if (this.#member[place] === 0) return;
    this.#out[place] = 1;
    this.#rebalance(queue, nowUs);
  }

  /** The instance has ended its work on a message, or itself: if it has been put out, it asks to be let in again. */
  asksAgain(queue: number, instance: number): void {
    this.#out[this.#from[queue] + instance] = 0;
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const column of this.#columns()) writer.array(column);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const column of this.#columns()) reader.into(column);
  }

  /** Compares the members with who is there. */
  #look(queue: number, nowUs: number): void {
    const { instancesFrom, instancesMax } = this.model.services[this.model.queues[queue].consumerService];
    let joined = false;
    let left = false;
    let died = false;
    for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++) {
      const place = this.#from[queue] + instance;
      const state = this.state.instanceState[instance];
      const isHere = state === INSTANCE_UP && this.#out[place] === 0;
      if (isHere === (this.#member[place] === 1)) continue;
      if (isHere) joined = true;
      else if (state === INSTANCE_DRAINING || this.#out[place] === 1) left = true;
      else died = true;
    }
    if (died && !joined && !left && !this.#isMissed(queue, nowUs)) return;
    if (!joined && !left && !died) this.#missedUs[queue] = Infinity;
    else this.#rebalance(queue, nowUs);
  }

  /** Whether the group has noticed by now that a member has died. */
  #isMissed(queue: number, nowUs: number): boolean {
    if (this.#missedUs[queue] < Infinity) return nowUs >= this.#missedUs[queue];
    this.#missedUs[queue] = nowUs + (this.model.queues[queue].spec.partitions?.sessionTimeout ?? 0);
    this.#wake(queue, this.#missedUs[queue]);
    return false;
  }

  /** Divides the partitions over those who are there: each gets a stretch of them. */
  #rebalance(queue: number, nowUs: number): void {
    const { instancesFrom, instancesMax } = this.model.services[this.model.queues[queue].consumerService];
    const isFirst = this.members(queue) === 0 && this.rebalances[queue] === 0;
    this.#missedUs[queue] = Infinity;
    const members: number[] = [];
    for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++) {
      const place = this.#from[queue] + instance;
      const isHere = this.state.instanceState[instance] === INSTANCE_UP && this.#out[place] === 0;
      this.#member[place] = isHere ? 1 : 0;
      if (isHere) members.push(instance);
    }
    const lanes = this.laneCount[queue];
    for (let lane = 0; lane < lanes; lane++) {
      const member = Math.floor((lane * members.length) / lanes);
      this.owner[this.laneFrom[queue] + lane] = members.length === 0 ? NOBODY : members[member];
    }
    // The world begins with groups that have been at work for long.
    if (isFirst) return;
    // Who comes or goes while partitions are divided is part of the same division.
    if (nowUs < this.#pausedUntilUs[queue]) return;
    this.rebalances[queue]++;
    if (members.length > 0) this.rebalanced(queue, members[0], members.length, nowUs);
    const pauseUs = this.model.queues[queue].spec.partitions?.rebalancePause ?? 0;
    this.#pausedUntilUs[queue] = nowUs + pauseUs;
    this.#wake(queue, nowUs + pauseUs);
  }

  #wake(queue: number, atUs: number): void {
    this.heap.push(atUs, (queue << EVENT_SHIFT) | EVENT_GROUP);
  }

  #count(queue: number, flags: Uint8Array): number {
    const { instancesFrom, instancesMax } = this.model.services[this.model.queues[queue].consumerService];
    const from = this.#from[queue] + instancesFrom;
    return flags.subarray(from, from + instancesMax).reduce((sum, flag) => sum + flag, 0);
  }

  #columns() {
    return [this.owner, this.held, this.rebalances, this.#pausedUntilUs, this.#missedUs, this.#member, this.#out];
  }
}
