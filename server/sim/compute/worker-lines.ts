/**
 * Who gets the next free worker of an instance, where that is not simply who came first.
 *
 * Policies of a line: `lifo` takes who came last; `drop-oldest` refuses who came first when there is no room;
 * `adaptive-lifo` is first come first served until its line has not been empty for 100 ms, and from then on takes who
 * came last and refuses those that have waited for longer (B. Maurer, Fail at Scale, ACM Queue 13, 2015, after CoDel of
 * K. Nichols & V. Jacobson). In an M/M/1 line last come first served has the mean wait of first come first served and a
 * larger variance (L. Kleinrock, Queueing Systems I, ch. 3).
 *
 * Bulkheads divide the workers: operations of a group use no more workers than it has, all others share the rest. Those
 * that wait stand in one line in the order in which they came; a free worker goes to the first whose group has room. Each
 * group has places in the line in proportion to its workers, so that none fills it up for the others.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { BulkheadSpec, QueuePolicy } from "../../topology/compute-spec.js";
import type { Model } from "../../topology/model-types.js";
import {
  FRAME_HOLDS_WORKER,
  FRAME_INSTANCE,
  FRAME_KIND,
  FRAME_NEXT,
  FRAME_OPERATION,
  FRAME_PREVIOUS,
  FRAME_SHIFT,
  FRAME_STATE,
  FRAME_TIMES_SHIFT,
  type FrameLines,
  type Frames,
  KIND_CHECK,
  KIND_CONSUMER,
  KIND_SERVER,
  STATE_DEAD,
  TIME_BEGAN,
} from "../frames.js";

/** Groups of one service, the rest included. */
const GROUPS_MAX = 16;
/** How long a line may not have been empty before it is taken from its end, and how long one may then wait in it. */
const STANDING_US = 100_000;

export class WorkerLines implements Checkpointed {
  /** 1 for instances whose workers are not given out first come first served. */
  readonly special: Uint8Array;
  readonly #policies: QueuePolicy[];
  readonly #bulkheads: (readonly BulkheadSpec[])[];
  /** By operation: its group, 0 for the rest. */
  readonly #groupOf: Int32Array;
  /** By instance and group. */
  readonly #busy: Int32Array;
  /** By service and group: workers of one instance. */
  readonly #room: Int32Array;
  readonly #standingSinceUs: Float64Array;
  readonly #serviceOf: Int32Array;

  constructor(
    readonly model: Model,
    readonly frames: Frames,
    readonly lines: FrameLines,
  ) {
    const { services, instances, operations } = model;
    this.special = new Uint8Array(instances.length);
    this.#policies = services.map(({ spec }) => spec.compute?.queuePolicy ?? "fifo");
    this.#bulkheads = services.map(({ spec }) => spec.compute?.bulkheads ?? []);
    this.#groupOf = new Int32Array(operations.length);
    this.#busy = new Int32Array(instances.length * GROUPS_MAX);
    this.#room = new Int32Array(services.length * GROUPS_MAX);
    this.#standingSinceUs = new Float64Array(instances.length).fill(Infinity);
    this.#serviceOf = Int32Array.from(instances, ({ service }) => service);
    for (const { index } of services) this.#divide(index);
  }

  policyOf(service: number): QueuePolicy {
    return this.#policies[service];
  }

  bulkheadsOf(service: number): readonly BulkheadSpec[] {
    return this.#bulkheads[service];
  }

  setPolicy(service: number, policy: QueuePolicy): void {
    this.#policies[service] = policy;
    this.#divide(service);
  }

  setBulkheads(service: number, bulkheads: readonly BulkheadSpec[]): void {
    this.#bulkheads[service] = bulkheads;
    this.#divide(service);
  }

  /** Whether an operation may have one of the workers that are free. */
  hasRoom(instance: number, operation: number): boolean {
    const group = this.#groupOf[operation];
    return this.#busy[instance * GROUPS_MAX + group] < this.#room[this.#serviceOf[instance] * GROUPS_MAX + group];
  }

  began(instance: number, operation: number): void {
    this.#busy[instance * GROUPS_MAX + this.#groupOf[operation]]++;
  }

  ended(instance: number, operation: number): void {
    this.#busy[instance * GROUPS_MAX + this.#groupOf[operation]]--;
  }

  /** The line of an instance has one more, or was left by one. */
  changed(instance: number, nowUs: number): void {
    if (this.lines.length[instance] === 0) this.#standingSinceUs[instance] = Infinity;
    else if (this.#standingSinceUs[instance] === Infinity) this.#standingSinceUs[instance] = nowUs;
  }

  /** Who gets the worker that is free, −1 for nobody. */
  next(instance: number, nowUs: number): number {
    const policy = this.#policies[this.#serviceOf[instance]];
    const fromEnd = policy === "lifo" || (policy === "adaptive-lifo" && this.#isStanding(instance, nowUs));
    const link = fromEnd ? FRAME_PREVIOUS : FRAME_NEXT;
    const { data } = this.frames;
    let frame = fromEnd ? this.lines.tail[instance] : this.lines.head[instance];
    while (frame >= 0 && !this.hasRoom(instance, data[(frame << FRAME_SHIFT) + FRAME_OPERATION]))
      frame = data[(frame << FRAME_SHIFT) + link];
    return frame;
  }

  /** Who has to go because the line stands still, −1 for nobody. */
  overdue(instance: number, nowUs: number): number {
    if (this.#policies[this.#serviceOf[instance]] !== "adaptive-lifo" || !this.#isStanding(instance, nowUs)) return -1;
    const first = this.lines.head[instance];
    if (first < 0) return -1;
    const waitedUs = nowUs - this.frames.times[(first << FRAME_TIMES_SHIFT) + TIME_BEGAN];
    return waitedUs > STANDING_US ? first : -1;
  }

  /** Whether the group of an operation has a place left in a line that is not full. */
  hasPlace(instance: number, operation: number): boolean {
    const service = this.#serviceOf[instance];
    if (this.#bulkheads[service].length === 0) return true;
    const { queueCapacity, workers } = this.model.services[service].spec;
    const group = this.#groupOf[operation];
    let places = Math.floor((queueCapacity * this.#room[service * GROUPS_MAX + group]) / workers);
    for (let frame = this.lines.head[instance]; frame >= 0 && places > 0; frame = this.#after(frame))
      if (this.#groupOfFrame(frame) === group) places--;
    return places > 0;
  }

  /** Who has to go so that a newcomer finds a place in a line that is full; −1: the newcomer itself. */
  outdated(instance: number, operation: number): number {
    if (this.#policies[this.#serviceOf[instance]] !== "drop-oldest") return -1;
    let frame = this.lines.head[instance];
    while (frame >= 0 && this.#groupOfFrame(frame) !== this.#groupOf[operation]) frame = this.#after(frame);
    return frame;
  }

  /** The process is gone with all that it was working on. */
  forget(instance: number): void {
    this.#busy.fill(0, instance * GROUPS_MAX, (instance + 1) * GROUPS_MAX);
    this.#standingSinceUs[instance] = Infinity;
  }

  save(writer: StateWriter): void {
    writer.json({ policies: this.#policies, bulkheads: this.#bulkheads });
    writer.array(this.#standingSinceUs);
  }

  /** The frames must have been restored. */
  restore(reader: StateReader): void {
    const { policies, bulkheads } = reader.json() as { policies: QueuePolicy[]; bulkheads: BulkheadSpec[][] };
    this.#policies.splice(0, Infinity, ...policies);
    this.#bulkheads.splice(0, Infinity, ...bulkheads);
    for (const { index } of this.model.services) this.#divide(index);
    reader.into(this.#standingSinceUs);
  }

  #after(frame: number): number {
    return this.frames.data[(frame << FRAME_SHIFT) + FRAME_NEXT];
  }

  #groupOfFrame(frame: number): number {
    return this.#groupOf[this.frames.data[(frame << FRAME_SHIFT) + FRAME_OPERATION]];
  }

  #isStanding(instance: number, nowUs: number): boolean {
    return nowUs - this.#standingSinceUs[instance] >= STANDING_US;
  }

  /** Divides the workers of a service anew; those that are busy count for the group that they are now in. */
  #divide(service: number): void {
    const { spec, operationsFrom, instancesFrom, instancesMax } = this.model.services[service];
    const groups = this.#bulkheads[service].slice(0, GROUPS_MAX - 1);
    const inGroups = groups.reduce((sum, { workers }) => sum + workers, 0);
    this.#room[service * GROUPS_MAX] = Math.max(1, spec.workers - inGroups);
    groups.forEach(({ workers }, index) => (this.#room[service * GROUPS_MAX + index + 1] = workers));
    spec.operations.forEach(({ name }, ordinal) => {
      this.#groupOf[operationsFrom + ordinal] = groups.findIndex(({ operations }) => operations.includes(name)) + 1;
    });
    const isSpecial = groups.length > 0 || this.#policies[service] !== "fifo";
    this.special.fill(isSpecial ? 1 : 0, instancesFrom, instancesFrom + instancesMax);
    if (isSpecial) for (let at = 0; at < instancesMax; at++) this.#count(instancesFrom + at);
  }

  #count(instance: number): void {
    this.#busy.fill(0, instance * GROUPS_MAX, (instance + 1) * GROUPS_MAX);
    const { data, capacity } = this.frames;
    for (let frame = 0; frame < capacity; frame++) {
      const base = frame << FRAME_SHIFT;
      const kind = data[base + FRAME_KIND];
      const takesWorker = kind === KIND_SERVER || kind === KIND_CONSUMER || kind === KIND_CHECK;
      const handles = takesWorker && data[base + FRAME_STATE] !== STATE_DEAD;
      if (!handles || data[base + FRAME_INSTANCE] !== instance || data[base + FRAME_HOLDS_WORKER] !== 1) continue;
      this.began(instance, data[base + FRAME_OPERATION]);
    }
  }
}
