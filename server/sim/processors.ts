/**
 * Processor-sharing CPUs (L. Kleinrock, Queueing Systems II, ch. 4): n computing requests share `cores` equally, none
 * runs faster than one core. Each CPU keeps a virtual clock of work done per request, which advances at
 * min(1, cores / n); a request ends when the clock has advanced by its work, so an arrival or a departure changes one
 * rate and no finish time. A completion that moves later leaves its event where it is and is looked at again there.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { EventHeap } from "../base/event-heap.js";
import { EVENT_CPU, EVENT_SHIFT } from "./events.js";

/** Jobs of one CPU before its lines are moved to a longer place. */
const JOBS_AT_FIRST = 32;
/** Virtual µs by which a job may be short of its end and count as done: below the clock's own resolution. */
const TOLERANCE = 1e-6;

/** A job that nobody waits for. */
export const BACKGROUND_JOB = -1;

export class Processors implements Checkpointed {
  /** Cores that requests can use now; a change must go through `setCores`. */
  readonly cores: Float64Array;
  readonly jobs: Int32Array;
  readonly #clock: Float64Array;
  readonly #lastUs: Float64Array;
  readonly #busyUs: Float64Array;
  readonly #eventUs: Float64Array;
  readonly #from: Int32Array;
  readonly #room: Int32Array;
  /** Jobs of a CPU lie together, the earliest finish last. */
  #finish: Float64Array;
  #frames: Int32Array;
  /** Frames that `complete` found; valid until its next call. */
  done = new Int32Array(64);
  doneCount = 0;

  constructor(
    readonly heap: EventHeap,
    count: number,
    cores: (cpu: number) => number,
  ) {
    this.cores = Float64Array.from({ length: count }, (_, cpu) => cores(cpu));
    this.jobs = new Int32Array(count);
    this.#clock = new Float64Array(count);
    this.#lastUs = new Float64Array(count);
    this.#busyUs = new Float64Array(count);
    this.#eventUs = new Float64Array(count).fill(Infinity);
    this.#from = Int32Array.from({ length: count }, (_, cpu) => cpu * JOBS_AT_FIRST);
    this.#room = new Int32Array(count).fill(JOBS_AT_FIRST);
    this.#finish = new Float64Array(count * JOBS_AT_FIRST);
    this.#frames = new Int32Array(count * JOBS_AT_FIRST);
  }

  /** `workUs` > 0 of processor time for `frame`; equal finish times end in order of arrival. */
  add(cpu: number, frame: number, workUs: number, nowUs: number): void {
    this.#advance(cpu, nowUs);
    const count = this.jobs[cpu];
    if (count === this.#room[cpu]) this.#move(cpu);
    const finish = this.#clock[cpu] + workUs;
    const from = this.#from[cpu];
    const finishes = this.#finish;
    const frames = this.#frames;
    let at = from + count;
    while (at > from && finishes[at - 1] <= finish) {
      finishes[at] = finishes[at - 1];
      frames[at] = frames[at - 1];
      at--;
    }
    finishes[at] = finish;
    frames[at] = frame;
    this.jobs[cpu] = count + 1;
    this.#schedule(cpu, nowUs);
  }

  /** Handles the CPU's event: the frames that are done are in `done`. An event that was superseded gives none. */
  complete(cpu: number, nowUs: number): void {
    this.doneCount = 0;
    if (this.#eventUs[cpu] !== nowUs) return;
    this.#eventUs[cpu] = Infinity;
    this.#advance(cpu, nowUs);
    const from = this.#from[cpu];
    const limit = this.#clock[cpu] + TOLERANCE;
    let count = this.jobs[cpu];
    while (count > 0 && this.#finish[from + count - 1] <= limit) {
      count--;
      if (this.doneCount === this.done.length) this.#growDone();
      this.done[this.doneCount++] = this.#frames[from + count];
    }
    this.jobs[cpu] = count;
    if (count === 0) this.#clock[cpu] = 0;
    else this.#schedule(cpu, nowUs);
  }

  setCores(cpu: number, cores: number, nowUs: number): void {
    this.#advance(cpu, nowUs);
    this.cores[cpu] = cores;
    if (this.jobs[cpu] > 0) this.#schedule(cpu, nowUs);
  }

  /** Forgets the jobs of a process that is gone. */
  clear(cpu: number, nowUs: number): void {
    this.#advance(cpu, nowUs);
    this.jobs[cpu] = 0;
    this.#clock[cpu] = 0;
    this.#eventUs[cpu] = Infinity;
  }

  /** Processor time used since the beginning, µs. */
  busyUs(cpu: number, nowUs: number): number {
    this.#advance(cpu, nowUs);
    return this.#busyUs[cpu];
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const values of [this.cores, this.#clock, this.#lastUs, this.#busyUs, this.#eventUs]) writer.array(values);
    for (const values of [this.jobs, this.#from, this.#room]) writer.array(values);
    writer.array(this.#finish);
    writer.array(this.#frames);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const values of [this.cores, this.#clock, this.#lastUs, this.#busyUs, this.#eventUs]) reader.into(values);
    for (const values of [this.jobs, this.#from, this.#room]) reader.into(values);
    this.#finish = reader.doubles();
    this.#frames = reader.ints();
  }

  #advance(cpu: number, nowUs: number): void {
    const elapsed = nowUs - this.#lastUs[cpu];
    if (elapsed === 0) return;
    this.#lastUs[cpu] = nowUs;
    const count = this.jobs[cpu];
    if (count === 0) return;
    const cores = this.cores[cpu];
    if (count <= cores) {
      this.#clock[cpu] += elapsed;
      this.#busyUs[cpu] += elapsed * count;
    } else {
      const rate = cores / count < 1 ? cores / count : 1;
      this.#clock[cpu] += elapsed * rate;
      this.#busyUs[cpu] += elapsed * rate * count;
    }
  }

  #schedule(cpu: number, nowUs: number): void {
    const count = this.jobs[cpu];
    const left = this.#finish[this.#from[cpu] + count - 1] - this.#clock[cpu];
    const share = this.cores[cpu] / count;
    const rate = share < 1 ? share : 1;
    const wait = Math.ceil(left / rate - TOLERANCE);
    const at = nowUs + (wait > 1 ? wait : 1);
    if (at < this.#eventUs[cpu]) {
      this.#eventUs[cpu] = at;
      this.heap.push(at, (cpu << EVENT_SHIFT) | EVENT_CPU);
    }
  }

  #move(cpu: number): void {
    const count = this.jobs[cpu];
    const length = this.#finish.length;
    const finish = new Float64Array(length + count * 2);
    const frames = new Int32Array(length + count * 2);
    finish.set(this.#finish);
    frames.set(this.#frames);
    finish.copyWithin(length, this.#from[cpu], this.#from[cpu] + count);
    frames.copyWithin(length, this.#from[cpu], this.#from[cpu] + count);
    this.#finish = finish;
    this.#frames = frames;
    this.#from[cpu] = length;
    this.#room[cpu] = count * 2;
  }

  #growDone(): void {
    const done = new Int32Array(this.done.length * 2);
    done.set(this.done);
    this.done = done;
  }
}
