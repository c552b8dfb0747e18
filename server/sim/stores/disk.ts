/**
 * A disk that works on so many requests at a time, in the order in which they come; each takes the time that was drawn
 * for it (a queue G/G/c, first come first served). Because the time of a request is known when it comes and the order
 * is kept, the instant of its end is known at once: the earliest free channel takes it (J. Kiefer and J. Wolfowitz, On the
 * Theory of Queues with Many Servers, 1955), and no event is needed for the line.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";

export class Disk implements Checkpointed {
  /** By channel: when it is free. */
  readonly #freeUs: Float64Array;
  busyUs = 0;

  constructor(parallel: number) {
    this.#freeUs = new Float64Array(parallel);
  }

  /** The instant at which a request that comes now and takes `durationUs` is done. */
  serve(durationUs: number, nowUs: number): number {
    const free = this.#freeUs;
    let channel = 0;
    for (let index = 1; index < free.length; index++) if (free[index] < free[channel]) channel = index;
    const doneUs = Math.max(nowUs, free[channel]) + durationUs;
    free[channel] = doneUs;
    this.busyUs += durationUs;
    return doneUs;
  }

  save(writer: StateWriter): void {
    writer.double(this.busyUs);
    writer.array(this.#freeUs);
  }

  restore(reader: StateReader): void {
    this.busyUs = reader.double();
    reader.into(this.#freeUs);
  }
}
