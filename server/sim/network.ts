/**
 * The way between components: what a message takes, and answers on their way back. Every message has a drawn latency;
 * links.ts says what the link does to it, connection-setup.ts what opening the connection took.
 */
import { combine, type DrawKey } from "../base/draw.js";
import type { EventHeap } from "../base/event-heap.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";
import { ConnectionSetup } from "./connection-setup.js";
import { EVENT_REPLY, EVENT_SHIFT } from "./events.js";
import {
  FRAME_CALLER,
  FRAME_INSTANCE,
  FRAME_KEY,
  FRAME_KIND,
  FRAME_LINK,
  FRAME_SHIFT,
  FRAME_STATE,
  FRAME_STATUS,
  type Frames,
  KIND_REMOTE,
  STATE_EVENT,
} from "./frames.js";
import { DIRECTION_BACK, DIRECTION_THERE, Links, WAY_LOST, WAY_REFUSED } from "./links.js";
import type { Sampler } from "./sampler.js";
import { STATUS_CONNECTION_REFUSED, STATUS_INSTANCE_STOPPED } from "./span-status.js";

const FOR_NETWORK_THERE = 12;
const FOR_NETWORK_BACK = 13;

/** The message does not arrive; what becomes of its frame has been settled. */
export const NOT_SENT = -1;

export class Network implements Checkpointed {
  readonly links: Links;
  readonly setup: ConnectionSetup;
  readonly #duration: number;

  constructor(
    model: Model,
    readonly heap: EventHeap,
    readonly frames: Frames,
    readonly sampler: Sampler,
    pools: number,
  ) {
    this.#duration = model.networkDuration;
    this.links = new Links(model);
    this.setup = new ConnectionSetup(model, pools);
  }

  /** µs that a question takes to `callee` (an instance, −1 for what is none), or NOT_SENT. */
  thereUs(remote: number, callee: number, nowUs: number): number {
    const { data } = this.frames;
    const base = remote << FRAME_SHIFT;
    const key = data[base + FRAME_KEY];
    const drawnUs = this.#drawnUs(combine(key, FOR_NETWORK_THERE));
    if (this.links.plain) return drawnUs;
    const caller = data[(data[base + FRAME_CALLER] << FRAME_SHIFT) + FRAME_INSTANCE];
    return this.#settled(
      remote,
      this.links.wayUs(data[base + FRAME_LINK], DIRECTION_THERE, caller, callee, key, drawnUs, nowUs),
      nowUs,
    );
  }

  /** µs on top of an answer whose duration includes both ways, or NOT_SENT. */
  aroundUs(remote: number, nowUs: number): number {
    if (this.links.plain) return 0;
    const { data } = this.frames;
    const base = remote << FRAME_SHIFT;
    const key = data[base + FRAME_KEY];
    const link = data[base + FRAME_LINK];
    const caller = data[(data[base + FRAME_CALLER] << FRAME_SHIFT) + FRAME_INSTANCE];
    const thereUs = this.links.wayUs(link, DIRECTION_THERE, caller, -1, key, 0, nowUs);
    if (thereUs < 0) return this.#settled(remote, thereUs, nowUs);
    const backUs = this.links.wayUs(link, DIRECTION_BACK, -1, caller, key, 0, nowUs);
    return backUs < 0 ? this.#settled(remote, backUs, nowUs) : thereUs + backUs;
  }

  /** One way as it is drawn for a question with this key. */
  drawnThereUs(key: DrawKey): number {
    return this.#drawnUs(combine(key, FOR_NETWORK_THERE));
  }

  /** Sends the frame back to its caller. */
  answer(frame: number, nowUs: number): void {
    const { data } = this.frames;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_KIND] = KIND_REMOTE;
    data[base + FRAME_STATE] = STATE_EVENT;
    const key = data[base + FRAME_KEY];
    const drawnUs = this.#drawnUs(combine(key, FOR_NETWORK_BACK));
    if (this.links.plain) {
      this.answerAt(frame, nowUs + drawnUs);
      return;
    }
    const caller = data[(data[base + FRAME_CALLER] << FRAME_SHIFT) + FRAME_INSTANCE];
    const from = data[base + FRAME_INSTANCE];
    const wayUs = this.#settled(
      frame,
      this.links.wayUs(data[base + FRAME_LINK], DIRECTION_BACK, from, caller, key, drawnUs, nowUs),
      nowUs,
    );
    if (wayUs !== NOT_SENT) this.answerAt(frame, nowUs + wayUs);
  }

  /** The caller learns at `atUs` what became of its question. */
  answerAt(frame: number, atUs: number): void {
    this.heap.push(atUs, (frame << EVENT_SHIFT) | EVENT_REPLY);
  }

  save(writer: StateWriter): void {
    this.links.save(writer);
    this.setup.save(writer);
  }

  restore(reader: StateReader): void {
    this.links.restore(reader);
    this.setup.restore(reader);
  }

  /** A way that cannot be gone ends the frame: it vanishes, or its caller hears of it after the way there. */
  #settled(frame: number, wayUs: number, nowUs: number): number {
    if (wayUs >= 0) return wayUs;
    if (wayUs === WAY_LOST) {
      this.frames.release(frame);
      return NOT_SENT;
    }
    const { data } = this.frames;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_STATUS] = wayUs === WAY_REFUSED ? STATUS_CONNECTION_REFUSED : STATUS_INSTANCE_STOPPED;
    this.answerAt(frame, nowUs + this.#drawnUs(combine(data[base + FRAME_KEY], FOR_NETWORK_BACK)));
    return NOT_SENT;
  }

  #drawnUs(key: DrawKey): number {
    return Math.round(this.sampler.sample(this.#duration, key));
  }
}
