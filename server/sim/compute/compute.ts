/**
 * The machines under the services: who has how many cores, memory and its collectors, descriptors, volumes, and who
 * gets the next worker. What needs to be measured is measured four times a second, while there is anything of it.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { MICROS_PER_MINUTE } from "../../base/time.js";
import type { EventHeap } from "../../base/event-heap.js";
import type { Model } from "../../topology/model-types.js";
import type { Agent } from "../agent.js";
import { EVENT_COLLECTED, EVENT_QUOTA } from "../events.js";
import type { FrameLines, Frames } from "../frames.js";
import type { Processors } from "../processors.js";
import { STATUS_DISK_FULL, STATUS_OK } from "../span-status.js";
import { ENDED_BY_ERROR, ENDED_FOR_MEMORY } from "./container-ends.js";
import { CpuAllocation } from "./cpu-allocation.js";
import { Descriptors } from "./descriptors.js";
import { Memory, type MemoryEnd, type ProcessLoad } from "./memory.js";
import { Quotas } from "./quotas.js";
import { Volumes } from "./volumes.js";
import { WorkerLines } from "./worker-lines.js";

export const MEASURE_US = 250_000;

/** What the parts of the machine know of the processes on it. */
export interface MachineLoad extends ProcessLoad {
  openConnections(instance: number): number;
  /** Whether the instance has a process, or waits for one. */
  isThere(instance: number): boolean;
}

/** What becomes of processes and databases; set by the engine once it has them. */
export interface MachineWatcher {
  /** The process ends by itself. */
  ends(instance: number, reason: MemoryEnd, nowUs: number): void;
  /** Whether writing statements of a database find room has changed. */
  storeFull(store: number, full: boolean, nowUs: number): void;
  /** Whether a process finds room on its volume, or a descriptor for who comes. */
  processFull(instance: number, what: "volume" | "descriptors", full: boolean, nowUs: number): void;
}

export class Compute implements Agent {
  nextUs = Infinity;
  watcher: MachineWatcher | undefined;
  readonly cpus: CpuAllocation;
  readonly quotas: Quotas;
  readonly memory: Memory;
  readonly descriptors: Descriptors;
  readonly volumes: Volumes;
  readonly lines: WorkerLines;
  /** Cores that neighbours want of each node, as effects add up while they are applied. */
  readonly neighbourNext: Float64Array;
  /** By instance: 1 when the beginning of a handling has to be told. */
  readonly attends: Uint8Array;
  /** By instance: how requests are refused now, STATUS_OK when they are not. */
  readonly refusal: Uint8Array;
  /** By instance: how often its process was started again after it had ended, and how it ended the last time. */
  readonly restarts: Int32Array;
  readonly lastEnd: Uint8Array;
  /** By node: tasks that run or could run, on average over a minute. */
  readonly load1: Float64Array;
  /** Processor time that a node spent on instances that have left, and that instances had spent when they came. */
  readonly #leftUs: Float64Array;
  readonly #cameUs: Float64Array;
  #measuredUs = 0;

  constructor(
    readonly model: Model,
    heap: EventHeap,
    readonly processors: Processors,
    readonly frames: Frames,
    workerLines: FrameLines,
    readonly load: MachineLoad,
  ) {
    const { instances, services, nodes } = model;
    const cores = instances.map(({ service }) => services[service].spec.cores);
    const places = instances.map(({ node }) => node);
    this.cpus = new CpuAllocation(heap, processors, nodes, cores, places);
    this.memory = new Memory(model, heap, this.cpus, load);
    this.descriptors = new Descriptors(model, (instance) => load.openConnections(instance) + load.requestsOf(instance));
    this.volumes = new Volumes(model);
    this.lines = new WorkerLines(model, frames, workerLines);
    this.attends = new Uint8Array(instances.length);
    this.refusal = new Uint8Array(instances.length);
    this.restarts = new Int32Array(instances.length);
    this.lastEnd = new Uint8Array(instances.length);
    this.load1 = new Float64Array(nodes.length);
    this.#leftUs = new Float64Array(nodes.length);
    this.#cameUs = new Float64Array(instances.length);
    this.quotas = new Quotas(model, this.cpus);
    this.quotas.commit(heap.originUs);
    this.neighbourNext = new Float64Array(nodes.length);
    this.refresh(heap.originUs);
  }

  /** After a setting or an effect has changed: what has to be attended to from now on. */
  refresh(nowUs: number): void {
    this.memory.recount();
    for (let instance = 0; instance < this.attends.length; instance++) {
      const writes = this.volumes.bytesPerWrite[instance] > 0;
      const isAttended = this.memory.counted[instance] === 1 || this.lines.special[instance] === 1 || writes;
      this.attends[instance] = isAttended ? 1 : 0;
    }
    const isIdle = this.load1.length === 0 && this.memory.isIdle && this.descriptors.isIdle && this.volumes.isIdle;
    if (isIdle) this.nextUs = Infinity;
    else if (this.nextUs === Infinity) {
      this.#measuredUs = nowUs;
      this.nextUs = (Math.floor(nowUs / MEASURE_US) + 1) * MEASURE_US;
    }
  }

  /** A handling has been given a worker, on an instance that attends. */
  begins(instance: number, operation: number, nowUs: number): void {
    if (this.lines.special[instance] === 1) this.lines.began(instance, operation);
    if (this.memory.counted[instance] === 1) this.memory.begins(instance, nowUs);
    if (this.volumes.bytesPerWrite[instance] > 0) this.volumes.wrote(instance);
  }

  handle(kind: number, instance: number, nowUs: number): void {
    if (kind === EVENT_QUOTA) this.cpus.quotaEvent(instance, nowUs);
    else if (kind === EVENT_COLLECTED) this.memory.collected(instance, nowUs);
  }

  step(): void {
    const nowUs = this.nextUs;
    this.nextUs += MEASURE_US;
    const elapsedUs = nowUs - this.#measuredUs;
    this.#measuredUs = nowUs;
    for (let instance = 0; instance < this.attends.length; instance++)
      if (this.load.isThere(instance)) this.#measure(instance, elapsedUs, nowUs);
    for (const { index } of this.model.stores) {
      const volume = this.volumes.ofStore(index);
      if (!this.volumes.isWatched(volume) || !this.volumes.measure(volume, elapsedUs)) continue;
      this.watcher?.storeFull(index, this.volumes.full[volume] === 1, nowUs);
    }
    this.#measureLoad(elapsedUs);
    this.refresh(nowUs);
  }

  isThere(instance: number): boolean {
    return this.load.isThere(instance);
  }

  /** A process has ended by itself and will be started again. */
  ended(instance: number, reason: string): void {
    this.restarts[instance]++;
    this.lastEnd[instance] = reason === "OOMKilled" ? ENDED_FOR_MEMORY : ENDED_BY_ERROR;
  }

  /** Puts an instance on another node. */
  move(instance: number, node: number, nowUs: number): void {
    const usedUs = this.#usedUs(instance, nowUs);
    this.#leftUs[this.cpus.nodeOf[instance]] += usedUs - this.#cameUs[instance];
    this.#cameUs[instance] = usedUs;
    this.cpus.move(instance, node, nowUs);
  }

  /** Processor time that a node has spent since the beginning, µs. */
  nodeBusyUs(node: number, nowUs: number): number {
    let busyUs = this.#leftUs[node] + this.cpus.neighbourUs(node, nowUs);
    this.cpus.nodeOf.forEach((place, instance) => {
      if (place === node) busyUs += this.#usedUs(instance, nowUs) - this.#cameUs[instance];
    });
    return busyUs;
  }

  /** A process begins anew: what it had is gone, but for what is on its volume. */
  fresh(instance: number, nowUs: number): void {
    this.memory.fresh(instance, nowUs);
    this.descriptors.fresh(instance);
    this.cpus.fresh(instance, nowUs);
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.double(this.nextUs);
    writer.double(this.#measuredUs);
    for (const values of this.#columns()) writer.array(values);
    for (const part of this.#parts()) part.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.nextUs = reader.double();
    this.#measuredUs = reader.double();
    for (const values of this.#columns()) reader.into(values);
    for (const part of this.#parts()) part.restore(reader);
    this.refresh(this.#measuredUs);
  }

  #parts(): readonly Checkpointed[] {
    return [this.cpus, this.quotas, this.memory, this.descriptors, this.volumes, this.lines];
  }

  #columns(): readonly (Int32Array | Uint8Array | Float64Array)[] {
    return [this.refusal, this.restarts, this.lastEnd, this.load1, this.#leftUs, this.#cameUs];
  }

  #usedUs(instance: number, nowUs: number): number {
    return this.load.busyUs(instance, nowUs) + this.cpus.takenUs(instance, nowUs);
  }

  /** The kernel's load average, exponentially damped over a minute. */
  #measureLoad(elapsedUs: number): void {
    if (this.load1.length === 0) return;
    const kept = Math.exp(-elapsedUs / MICROS_PER_MINUTE);
    const { nodeOf, neighbourCores } = this.cpus;
    for (let node = 0; node < this.load1.length; node++)
      this.load1[node] = this.load1[node] * kept + neighbourCores[node] * (1 - kept);
    for (let instance = 0; instance < nodeOf.length; instance++)
      if (nodeOf[instance] >= 0) this.load1[nodeOf[instance]] += this.processors.jobs[instance] * (1 - kept);
  }

  #measure(instance: number, elapsedUs: number, nowUs: number): void {
    if (this.memory.counted[instance] === 1) {
      const end = this.memory.measure(instance, elapsedUs);
      if (end !== undefined) this.watcher?.ends(instance, end, nowUs);
    }
    if (this.descriptors.isWatched(instance)) {
      const before = this.descriptors.closed[instance];
      this.descriptors.measure(instance, elapsedUs);
      const closed = this.descriptors.closed[instance];
      if (closed !== before) this.watcher?.processFull(instance, "descriptors", closed === 1, nowUs);
    }
    if (this.volumes.isWatched(instance) && this.volumes.measure(instance, elapsedUs)) {
      const full = this.volumes.full[instance] === 1;
      this.refusal[instance] = full ? STATUS_DISK_FULL : STATUS_OK;
      this.watcher?.processFull(instance, "volume", full, nowUs);
    }
  }
}
