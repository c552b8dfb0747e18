/**
 * Processor-sharing CPUs (L. Kleinrock, Queueing Systems II, ch. 4): n computing requests share `cores` equally, none
 * runs faster than one core. Each CPU keeps a virtual clock of work done per request, which advances at
 * min(1, cores / n); a request ends when the clock has advanced by its work, so an arrival or a departure changes one
 * rate and no finish time. A completion that moves later leaves its event where it is and is looked at again there.
 *
 * While there are no more requests than cores nothing is shared: each ends its work after it began, whoever else comes
 * or goes. A CPU that was idle therefore begins *alone*: every job has an event of its own, its finish is an instant
 * (counted from the heap's origin) and the lines are in no order. The first job too many, or too few cores, turn the CPU
 * to *sharing* until it is idle again.
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

/** Hears when the number of jobs of a watched CPU has changed. */
export interface JobWatcher {
  jobsChanged(cpu: number, nowUs: number): void;
}

export class Processors implements Checkpointed {
  /** Cores that requests can use now; a change must go through `setCores`. */
  readonly cores: Float64Array;
  readonly jobs: Int32Array;
  /** 1 for CPUs whose jobs `watcher` wants to know of. */
  readonly watched: Uint8Array;
  watcher: JobWatcher | undefined;
  readonly #clock: Float64Array;
  readonly #lastUs: Float64Array;
  readonly #busyUs: Float64Array;
  readonly #eventUs: Float64Array;
  /** 1 while a CPU shares; 0 while every job has a core to itself. */
  readonly #sharing: Uint8Array;
  readonly #from: Int32Array;
  readonly #room: Int32Array;
  /** Jobs of a CPU lie together: sharing, the earliest finish last; alone, in no order. */
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
    this.watched = new Uint8Array(count);
    this.#clock = new Float64Array(count);
    this.#lastUs = new Float64Array(count);
    this.#busyUs = new Float64Array(count);
    this.#eventUs = new Float64Array(count).fill(Infinity);
    this.#sharing = new Uint8Array(count);
    this.#from = Int32Array.from({ length: count }, (_, cpu) => cpu * JOBS_AT_FIRST);
    this.#room = new Int32Array(count).fill(JOBS_AT_FIRST);
    this.#finish = new Float64Array(count * JOBS_AT_FIRST);
    this.#frames = new Int32Array(count * JOBS_AT_FIRST);
  }

  /** `workUs` > 0 of processor time for `frame`; while a CPU shares, equal finish times end in order of arrival. */
  add(cpu: number, frame: number, workUs: number, nowUs: number): void {
    const count = this.jobs[cpu];
    if (count === this.#room[cpu]) this.#move(cpu);
    if (this.#sharing[cpu] === 1 || count + 1 > this.cores[cpu]) {
      this.#addShared(cpu, frame, workUs, nowUs);
      return;
    }
    const sinceUs = nowUs - this.heap.originUs;
    const finish = sinceUs + workUs;
    const at = this.#from[cpu] + count;
    this.#finish[at] = finish;
    this.#frames[at] = frame;
    this.jobs[cpu] = count + 1;
    this.#busyUs[cpu] -= sinceUs;
    const wait = Math.ceil(finish - TOLERANCE) - sinceUs;
    this.heap.push(nowUs + (wait > 1 ? wait : 1), (cpu << EVENT_SHIFT) | EVENT_CPU);
    if (this.watched[cpu] === 1) this.watcher?.jobsChanged(cpu, nowUs);
  }

  /** Handles the CPU's event: the frames that are done are in `done`. An event that was superseded gives none. */
  complete(cpu: number, nowUs: number): void {
    if (this.#sharing[cpu] === 1) {
      this.#completeShared(cpu, nowUs);
      return;
    }
    const sinceUs = nowUs - this.heap.originUs;
    const limit = sinceUs + TOLERANCE;
    const finishes = this.#finish;
    const from = this.#from[cpu];
    const end = from + this.jobs[cpu];
    this.doneCount = 0;
    for (let at = from; at < end; at++) {
      if (finishes[at] > limit) continue;
      this.done[0] = this.#frames[at];
      this.doneCount = 1;
      finishes[at] = finishes[end - 1];
      this.#frames[at] = this.#frames[end - 1];
      this.jobs[cpu]--;
      this.#busyUs[cpu] += sinceUs;
      if (this.watched[cpu] === 1) this.watcher?.jobsChanged(cpu, nowUs);
      return;
    }
  }

  setCores(cpu: number, cores: number, nowUs: number): void {
    if (this.#sharing[cpu] === 1) this.#advance(cpu, nowUs);
    this.cores[cpu] = cores;
    if (this.#sharing[cpu] === 0 && this.jobs[cpu] > cores) this.#share(cpu, nowUs);
    if (this.#sharing[cpu] === 1) this.#schedule(cpu, nowUs);
  }

  /** Forgets the jobs of a process that is gone. */
  clear(cpu: number, nowUs: number): void {
    this.#busyUs[cpu] = this.busyUs(cpu, nowUs);
    this.jobs[cpu] = 0;
    this.#alone(cpu);
    if (this.watched[cpu] === 1) this.watcher?.jobsChanged(cpu, nowUs);
  }

  /** Processor time used since the beginning, µs. */
  busyUs(cpu: number, nowUs: number): number {
    if (this.#sharing[cpu] === 0) return this.#busyUs[cpu] + this.jobs[cpu] * (nowUs - this.heap.originUs);
    this.#advance(cpu, nowUs);
    return this.#busyUs[cpu];
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const values of [this.cores, this.#clock, this.#lastUs, this.#busyUs, this.#eventUs]) writer.array(values);
    for (const values of [this.jobs, this.#from, this.#room, this.#sharing]) writer.array(values);
    writer.array(this.#finish);
    writer.array(this.#frames);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const values of [this.cores, this.#clock, this.#lastUs, this.#busyUs, this.#eventUs]) reader.into(values);
    for (const values of [this.jobs, this.#from, this.#room, this.#sharing]) reader.into(values);
    this.#finish = reader.doubles();
    this.#frames = reader.ints();
  }

  #addShared(cpu: number, frame: number, workUs: number, nowUs: number): void {
    if (this.#sharing[cpu] === 0) this.#share(cpu, nowUs);
    else this.#advance(cpu, nowUs);
    const count = this.jobs[cpu];
    this.jobs[cpu] = count + 1;
    // Behind another the job only makes the others later, and what moves later is looked at again at its event.
    const isFirst = this.#insert(cpu, count, frame, this.#clock[cpu] + workUs);
    if (isFirst || this.#eventUs[cpu] === Infinity) this.#schedule(cpu, nowUs);
    if (this.watched[cpu] === 1) this.watcher?.jobsChanged(cpu, nowUs);
  }

  /** Puts a job among the `count` that a CPU has; true when it is the first to end. */
  #insert(cpu: number, count: number, frame: number, finish: number): boolean {
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
    return at === from + count;
  }

  #completeShared(cpu: number, nowUs: number): void {
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
    if (count === 0) this.#alone(cpu);
    else this.#schedule(cpu, nowUs);
    if (this.doneCount > 0 && this.watched[cpu] === 1) this.watcher?.jobsChanged(cpu, nowUs);
  }

  /** From here on the jobs of a CPU share it: what is left of each is counted by a clock that begins now. */
  #share(cpu: number, nowUs: number): void {
    const sinceUs = nowUs - this.heap.originUs;
    const count = this.jobs[cpu];
    const from = this.#from[cpu];
    this.#sharing[cpu] = 1;
    this.#clock[cpu] = 0;
    this.#lastUs[cpu] = nowUs;
    this.#busyUs[cpu] += count * sinceUs;
    // Insertion into the part that is sorted already; there are no more jobs than there were cores.
    for (let index = 0; index < count; index++) {
      this.#insert(cpu, index, this.#frames[from + index], this.#finish[from + index] - sinceUs);
    }
  }

  /** The CPU is idle: what comes next has a core to itself. */
  #alone(cpu: number): void {
    this.#sharing[cpu] = 0;
    this.#clock[cpu] = 0;
    this.#eventUs[cpu] = Infinity;
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
      const used = elapsed * cores;
      this.#clock[cpu] += used / count;
      this.#busyUs[cpu] += used;
    }
  }

  #schedule(cpu: number, nowUs: number): void {
    const count = this.jobs[cpu];
    if (count === 0) return;
    const left = this.#finish[this.#from[cpu] + count - 1] - this.#clock[cpu];
    const cores = this.cores[cpu];
    const wait = Math.ceil((count <= cores ? left : (left * count) / cores) - TOLERANCE);
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
