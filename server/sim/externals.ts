/** External parties: an answer after a drawn time, failed at a ratio, and what parties.ts says of theirs. */
import { combine, uniform } from "../base/draw.js";
import type { Model } from "../topology/model-types.js";
import { FRAME_HIT, FRAME_KEY, FRAME_SHIFT, FRAME_STATUS } from "./frames.js";
import { Parties, PARTY_ADMITS, PARTY_LIMITS, PARTY_REFUSES, PARTY_SILENT, PARTY_UNAVAILABLE } from "./parties.js";
import { type Network, NOT_SENT } from "./network.js";
import type { Sampler } from "./sampler.js";
import {
  STATUS_CONNECTION_REFUSED,
  STATUS_INTERNAL_ERROR,
  STATUS_OVERLOADED,
  STATUS_RATE_LIMITED,
} from "./span-status.js";
import type { WorldState } from "./world-state.js";

const FOR_LATENCY = 15;
const FOR_ERROR = 16;

/** A refusal comes from the gateway of the party, in this share of the time of an answer. */
const REFUSAL_SHARE = 0.2;

const STATUS_OF: Readonly<Record<number, number>> = {
  [PARTY_LIMITS]: STATUS_RATE_LIMITED,
  [PARTY_UNAVAILABLE]: STATUS_OVERLOADED,
  [PARTY_REFUSES]: STATUS_CONNECTION_REFUSED,
};

export class Externals {
  readonly parties: Parties;

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly sampler: Sampler,
    readonly network: Network,
  ) {
    this.parties = new Parties(model);
  }

  ask(remote: number, operation: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const key = data[base + FRAME_KEY];
    const party = this.parties.partyOf[operation];
    if (this.parties.attends[party] === 1) {
      this.#askParty(remote, operation, nowUs);
      return;
    }
    if (this.#fails(operation, key)) data[base + FRAME_STATUS] = STATUS_INTERNAL_ERROR;
    this.answerIn(remote, this.model.externals[operation].duration, key, 0, nowUs);
  }

  /** The answer of a party whose way is part of the drawn duration, and which waited for so long before. */
  answerIn(remote: number, duration: number, key: number, waitedUs: number, nowUs: number): void {
    this.#answerAfter(remote, waitedUs + this.#latencyUs(duration, key), nowUs);
  }

  #askParty(remote: number, operation: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const key = data[base + FRAME_KEY];
    const party = this.parties.partyOf[operation];
    const latencyUs = this.#latencyUs(this.model.externals[operation].duration, key);
    let verdict = this.parties.verdict(party, key, nowUs);
    const waitUs = verdict === PARTY_ADMITS ? this.parties.waitUs(party, latencyUs, nowUs) : 0;
    if (waitUs === Infinity) verdict = PARTY_UNAVAILABLE;
    if (verdict === PARTY_SILENT) {
      this.state.frames.release(remote);
    } else if (verdict === PARTY_ADMITS) {
      if (this.#fails(operation, key)) data[base + FRAME_STATUS] = STATUS_INTERNAL_ERROR;
      this.#answerAfter(remote, waitUs + latencyUs, nowUs);
    } else {
      data[base + FRAME_STATUS] = STATUS_OF[verdict];
      if (verdict === PARTY_LIMITS) data[base + FRAME_HIT] = this.parties.retryAfterMs(party);
      this.#answerAfter(remote, Math.max(1, Math.round(latencyUs * REFUSAL_SHARE)), nowUs);
    }
  }

  #fails(operation: number, key: number): boolean {
    const ratio = this.state.externalErrorRatio[operation];
    return ratio > 0 && uniform(combine(key, FOR_ERROR)) < ratio;
  }

  #latencyUs(duration: number, key: number): number {
    return Math.max(1, Math.round(this.sampler.sample(duration, combine(key, FOR_LATENCY))));
  }

  #answerAfter(remote: number, afterUs: number, nowUs: number): void {
    const aroundUs = this.network.aroundUs(remote, nowUs);
    if (aroundUs !== NOT_SENT) this.network.answerAt(remote, nowUs + afterUs + aroundUs);
  }
}
