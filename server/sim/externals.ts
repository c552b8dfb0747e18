/** External parties: an answer after a drawn time, failed at a ratio. */
import { combine, uniform } from "../base/draw.js";
import type { Model } from "../topology/model-types.js";
import { FRAME_KEY, FRAME_SHIFT, FRAME_STATUS } from "./frames.js";
import { type Network, NOT_SENT } from "./network.js";
import type { Sampler } from "./sampler.js";
import { STATUS_INTERNAL_ERROR } from "./span-status.js";
import type { WorldState } from "./world-state.js";

const FOR_LATENCY = 15;
const FOR_ERROR = 16;

export class Externals {
  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly sampler: Sampler,
    readonly network: Network,
  ) {}

  ask(remote: number, operation: number, nowUs: number): void {
    const { data } = this.state.frames;
    const base = remote << FRAME_SHIFT;
    const key = data[base + FRAME_KEY];
    const ratio = this.state.externalErrorRatio[operation];
    if (ratio > 0 && uniform(combine(key, FOR_ERROR)) < ratio) data[base + FRAME_STATUS] = STATUS_INTERNAL_ERROR;
    this.answerIn(remote, this.model.externals[operation].duration, key, nowUs);
  }

  /** The answer of a party whose way is part of the drawn duration. */
  answerIn(remote: number, duration: number, key: number, nowUs: number): void {
    const latency = Math.max(1, Math.round(this.sampler.sample(duration, combine(key, FOR_LATENCY))));
    const aroundUs = this.network.aroundUs(remote, nowUs);
    if (aroundUs !== NOT_SENT) this.network.answerAt(remote, nowUs + latency + aroundUs);
  }
}
