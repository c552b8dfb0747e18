/**
 * The way between components: what a message takes, and answers on their way back. Simplification, named: answers and
 * refusals cross the network once with a drawn latency.
 */
import { combine, type DrawKey } from "../base/draw.js";
import type { EventHeap } from "../base/event-heap.js";
import type { Model } from "../topology/model-types.js";
import { EVENT_REPLY, EVENT_SHIFT } from "./events.js";
import { FRAME_KEY, FRAME_KIND, FRAME_SHIFT, FRAME_STATE, type Frames, KIND_REMOTE, STATE_EVENT } from "./frames.js";
import type { Sampler } from "./sampler.js";

const FOR_NETWORK_THERE = 12;
const FOR_NETWORK_BACK = 13;

export class Network {
  readonly #duration: number;

  constructor(
    model: Model,
    readonly heap: EventHeap,
    readonly frames: Frames,
    readonly sampler: Sampler,
  ) {
    this.#duration = model.networkDuration;
  }

  /** µs that a question with this key takes to its target. */
  thereUs(key: DrawKey): number {
    return Math.round(this.sampler.sample(this.#duration, combine(key, FOR_NETWORK_THERE)));
  }

  /** Sends the frame back to its caller. */
  answer(frame: number, nowUs: number): void {
    const { data } = this.frames;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_KIND] = KIND_REMOTE;
    data[base + FRAME_STATE] = STATE_EVENT;
    const latency = Math.round(this.sampler.sample(this.#duration, combine(data[base + FRAME_KEY], FOR_NETWORK_BACK)));
    this.heap.push(nowUs + latency, (frame << EVENT_SHIFT) | EVENT_REPLY);
  }
}
