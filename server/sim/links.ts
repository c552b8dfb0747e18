/**
 * The state of links and what it does to a message. A link is a dependency: what one service calls another component
 * over, both directions. Without declared peculiarities and faults (`plain`) a message takes its drawn latency.
 *
 * Models. Delay: a constant with uniform jitter. Loss: TCP. A message of n packets is hit with 1 − (1 − p)^n; a lost
 * packet that three others follow is sent again after a round trip (fast retransmit, RFC 5681), any other after a
 * time-out of 200 ms that doubles with every further loss (RFC 6298, with the lower bound that Linux uses); a message
 * that is lost RETRANSMISSIONS_MAX times is never delivered. Bandwidth: each direction of a link sends one message after
 * the other (a single server with deterministic service). Simplification, named: one drawn loss stands for a message's
 * first flight; losses within one flight are not told apart.
 */
import { combine, type DrawKey, uniform } from "../base/draw.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";

/** Instead of a duration: the message does not arrive; the other side refuses; the connection breaks. */
export const WAY_LOST = -1;
export const WAY_REFUSED = -2;
export const WAY_RESET = -3;

export const LINK_OPEN = 0;
export const LINK_DROPS = 1;
export const LINK_REFUSES = 2;

export const DIRECTION_THERE = 0;
export const DIRECTION_BACK = 1;

/** Instances that no fault has cut off, and everything that is no instance. */
export const MAINLAND = 0;

const PACKET_BYTES = 1_448;
const RETRANSMISSION_TIMEOUT_US = 200_000;
const RETRANSMISSIONS_MAX = 6;
/** Packets after a lost one that make the sender send it again at once. */
const DUPLICATES_FOR_FAST_RETRANSMIT = 3;
export const DEFAULT_REQUEST_BYTES = 700;
export const DEFAULT_ANSWER_BYTES = 2_500;

const FOR_JITTER = 301;
const FOR_LOSS = 310;
const FOR_PLACE = 330;
const FOR_RESET = 331;

export class Links implements Checkpointed {
  /** No link differs from the drawn latency now. */
  plain = true;
  readonly addedUs: Float64Array;
  readonly jitterUs: Float64Array;
  readonly lossRatio: Float64Array;
  readonly bytesPerSecond: Float64Array;
  readonly resetRatio: Float64Array;
  readonly cut: Uint8Array;
  /** By instance: which island it is on; instances of different islands do not reach each other. */
  readonly island: Uint8Array;
  /** By link and direction: when it has sent what it was given, µs. */
  readonly #freeAtUs: Float64Array;
  readonly #bytes: Int32Array;

  constructor(readonly model: Model) {
    const count = model.dependencies.length;
    this.addedUs = new Float64Array(count);
    this.jitterUs = new Float64Array(count);
    this.lossRatio = new Float64Array(count);
    this.bytesPerSecond = new Float64Array(count);
    this.resetRatio = new Float64Array(count);
    this.cut = new Uint8Array(count);
    this.island = new Uint8Array(model.instances.length);
    this.#freeAtUs = new Float64Array(count * 2);
    this.#bytes = new Int32Array(count * 2);
    for (const { index, spec } of model.dependencies) {
      this.#bytes[index * 2 + DIRECTION_THERE] = spec.messageSize?.requestBytes ?? DEFAULT_REQUEST_BYTES;
      this.#bytes[index * 2 + DIRECTION_BACK] = spec.messageSize?.answerBytes ?? DEFAULT_ANSWER_BYTES;
    }
    this.reset();
    this.refresh();
  }

  /** Puts every link back to what the topology declares. */
  reset(): void {
    this.addedUs.fill(0);
    this.jitterUs.fill(0);
    this.lossRatio.fill(0);
    this.bytesPerSecond.fill(0);
    this.resetRatio.fill(0);
    this.cut.fill(LINK_OPEN);
    this.island.fill(MAINLAND);
    for (const { from, to, addedLatency, lossRatio, bytesPerSecond } of this.model.topology.network.links ?? []) {
      const link = this.model.dependencies.find(
        ({ service, target }) => this.model.services[service].spec.id === from && target === to,
      );
      if (link === undefined) continue;
      this.addedUs[link.index] = addedLatency;
      this.lossRatio[link.index] = lossRatio;
      this.bytesPerSecond[link.index] = bytesPerSecond;
    }
  }

  /** After changes: whether anything differs from the drawn latency. */
  refresh(): void {
    const quiet = (values: Float64Array | Uint8Array): boolean => !values.some((value) => value !== 0);
    this.plain = [
      this.addedUs,
      this.jitterUs,
      this.lossRatio,
      this.bytesPerSecond,
      this.resetRatio,
      this.cut,
      this.island,
    ].every(quiet);
  }

  /** Links that a fault of `component` touches: those from it and to it, or only those between it and `peer`. */
  between(component: string, peer: string | undefined): readonly number[] {
    return this.model.dependencies
      .filter(({ service, target }) => {
        const from = this.model.services[service].spec.id;
        if (peer === undefined) return from === component || target === component;
        return (from === component && target === peer) || (from === peer && target === component);
      })
      .map(({ index }) => index);
  }

  /**
   * µs that a message takes whose way alone would take `drawnUs`, or one of WAY_…. `from` and `to` are instances, −1
   * for what is none.
   */
  wayUs(
    link: number,
    direction: number,
    from: number,
    to: number,
    key: DrawKey,
    drawnUs: number,
    nowUs: number,
  ): number {
    if (this.#islandOf(from) !== this.#islandOf(to)) return WAY_LOST;
    if (this.cut[link] !== LINK_OPEN) return this.cut[link] === LINK_DROPS ? WAY_LOST : WAY_REFUSED;
    const purpose = direction * 64;
    if (
      direction === DIRECTION_BACK &&
      this.resetRatio[link] > 0 &&
      uniform(combine(key, FOR_RESET)) < this.resetRatio[link]
    )
      return WAY_RESET;
    const spread = this.jitterUs[link] * (2 * uniform(combine(key, FOR_JITTER + purpose)) - 1);
    const wayUs = Math.max(0, drawnUs + this.addedUs[link] + spread);
    const lossUs = this.#lossUs(link, direction, key, wayUs);
    if (lossUs < 0) return WAY_LOST;
    return Math.round(wayUs + lossUs + this.#sendingUs(link, direction, nowUs));
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.int(this.plain ? 1 : 0);
    writer.array(this.addedUs);
    writer.array(this.jitterUs);
    writer.array(this.lossRatio);
    writer.array(this.bytesPerSecond);
    writer.array(this.resetRatio);
    writer.array(this.cut);
    writer.array(this.island);
    writer.array(this.#freeAtUs);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.plain = reader.int() === 1;
    reader.into(this.addedUs);
    reader.into(this.jitterUs);
    reader.into(this.lossRatio);
    reader.into(this.bytesPerSecond);
    reader.into(this.resetRatio);
    reader.into(this.cut);
    reader.into(this.island);
    reader.into(this.#freeAtUs);
  }

  #islandOf(instance: number): number {
    return instance < 0 ? MAINLAND : this.island[instance];
  }

  /** What losses cost; negative when the message is given up. */
  #lossUs(link: number, direction: number, key: DrawKey, wayUs: number): number {
    const ratio = this.lossRatio[link];
    if (ratio === 0) return 0;
    const packets = Math.ceil(this.#bytes[link * 2 + direction] / PACKET_BYTES);
    const purpose = direction * 64;
    if (uniform(combine(key, FOR_LOSS + purpose)) >= 1 - (1 - ratio) ** packets) return 0;
    const place = uniform(combine(key, FOR_PLACE + purpose)) * packets;
    const fast = place < packets - DUPLICATES_FOR_FAST_RETRANSMIT;
    let lostUs = fast ? 2 * wayUs : RETRANSMISSION_TIMEOUT_US;
    let timeoutUs = fast ? RETRANSMISSION_TIMEOUT_US : 2 * RETRANSMISSION_TIMEOUT_US;
    for (let again = 1; uniform(combine(key, FOR_LOSS + purpose + again)) < ratio; again++) {
      if (again === RETRANSMISSIONS_MAX) return -1;
      lostUs += timeoutUs;
      timeoutUs *= 2;
    }
    return lostUs;
  }

  /** Waiting for the link and sending over it. */
  #sendingUs(link: number, direction: number, nowUs: number): number {
    const rate = this.bytesPerSecond[link];
    if (rate === 0) return 0;
    const at = link * 2 + direction;
    const begin = Math.max(nowUs, this.#freeAtUs[at]);
    this.#freeAtUs[at] = begin + (this.#bytes[at] / rate) * 1e6;
    return this.#freeAtUs[at] - nowUs;
  }
}
