/**
 * Memory of processes: what lives (a base, requests in work, what leaks, what is retained), what was allocated since it
 * was last collected, the pauses and the processor time that collecting costs (collectors.ts), and the end at the limit.
 * All of it follows from the requests and the processor time that they used; nothing is drawn.
 *
 * A collection begins when a request begins, the only instant at which this looks at what was allocated. Processes are
 * measured four times a second besides: there a leak that goes on by time grows, and a process whose memory is over the
 * limit of its container, or whose heap cannot hold what lives, is killed. Simplification, named: memory that is over
 * the limit for less than that is forgiven, and what a collector frees is given back to the system at once.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import { type CollectorKind, collectorOf, defaultHeapBytes } from "../../topology/compute-spec.js";
import type { Model } from "../../topology/model-types.js";
import type { EventHeap } from "../../base/event-heap.js";
import { EVENT_COLLECTED, EVENT_SHIFT } from "../events.js";
import type { CpuAllocation } from "./cpu-allocation.js";
import { COLLECTOR_LAWS, type CollectorLaw } from "./collectors.js";

const MIB = 1 << 20;
/** Heap over its size by this share of it that a collection cannot free: the runtime gives up. */
const HEAP_FULL = 0.98;
/** Share of the room beside what lives that is left when the whole heap is collected. */
const ROOM_LEFT = 0.1;

/** What memory has to know of a process. */
export interface ProcessLoad {
  /** Requests that the process works on or has in its line. */
  requestsOf(instance: number): number;
  /** Processor time of its requests since the beginning, µs. */
  busyUs(instance: number, nowUs: number): number;
  /** Bytes of metric series that it holds besides. */
  seriesBytesOf(instance: number): number;
  isRunning(instance: number): boolean;
}

export type MemoryEnd = "OOMKilled" | "Error";

export class Memory implements Checkpointed {
  /** 1 for processes whose requests have to be told. */
  readonly counted: Uint8Array;
  readonly limitBytes: Float64Array;
  readonly heapBytes: Float64Array;
  // What effects add, written by their handlers.
  readonly leakPerRequest: Float64Array;
  readonly leakPerSecond: Float64Array;
  readonly retainedShare: Float64Array;
  readonly allocationFactor: Float64Array;
  /** Collections since the process began: young and full ones, and time that each kind stopped it, µs. */
  readonly youngCount: Float64Array;
  readonly youngPauseUs: Float64Array;
  readonly fullCount: Float64Array;
  readonly fullPauseUs: Float64Array;
  readonly leakedBytes: Float64Array;
  readonly #garbage: Float64Array;
  readonly #old: Float64Array;
  /** Bytes of garbage at which the next collection begins. */
  readonly #trigger: Float64Array;
  readonly #countedBusyUs: Float64Array;
  /** When the pause or the cycle that is under way ends; −1 for none. */
  readonly #pauseEndUs: Float64Array;
  readonly #cycleEndUs: Float64Array;
  readonly #exhausted: Uint8Array;
  readonly #laws: readonly (CollectorLaw | undefined)[];
  readonly #kinds: readonly CollectorKind[];
  readonly #baseBytes: Float64Array;
  readonly #workBytes: Float64Array;
  readonly #perRequest: Float64Array;
  readonly #perCpuUs: Float64Array;
  readonly #declared: Uint8Array;

  constructor(
    readonly model: Model,
    readonly heap: EventHeap,
    readonly cpus: CpuAllocation,
    readonly load: ProcessLoad,
  ) {
    const specs = model.instances.map(({ service }) => model.services[service].spec);
    const column = (value: (spec: (typeof specs)[number]) => number): Float64Array => Float64Array.from(specs, value);
    const empty = (): Float64Array => new Float64Array(specs.length);
    this.#kinds = specs.map(({ compute, language }) => compute?.memory?.collector ?? collectorOf(language));
    this.#laws = this.#kinds.map((kind) => COLLECTOR_LAWS[kind]);
    this.#declared = Uint8Array.from(specs, ({ compute }) => (compute?.memory === undefined ? 0 : 1));
    this.counted = Uint8Array.from(this.#declared);
    this.limitBytes = column(({ memoryLimitBytes }) => memoryLimitBytes);
    this.heapBytes = Float64Array.from(specs, ({ compute, memoryLimitBytes }, instance) =>
      compute?.memory === undefined
        ? defaultHeapBytes(this.#kinds[instance], memoryLimitBytes)
        : compute.memory.heapBytes,
    );
    this.#baseBytes = column(({ memoryBaseBytes }) => memoryBaseBytes);
    this.#workBytes = column(({ memoryPerRequestBytes }) => memoryPerRequestBytes);
    this.#perRequest = column(
      ({ compute, memoryPerRequestBytes }) => compute?.memory?.allocationPerRequestBytes ?? memoryPerRequestBytes,
    );
    this.#perCpuUs = column(({ compute }) => (compute?.memory?.allocationPerCpuMsBytes ?? 0) / 1_000);
    this.leakPerRequest = empty();
    this.leakPerSecond = empty();
    this.retainedShare = empty();
    this.allocationFactor = empty().fill(1);
    this.youngCount = empty();
    this.youngPauseUs = empty();
    this.fullCount = empty();
    this.fullPauseUs = empty();
    this.leakedBytes = empty();
    this.#garbage = empty();
    this.#old = empty();
    this.#trigger = empty();
    this.#countedBusyUs = empty();
    this.#pauseEndUs = empty().fill(-1);
    this.#cycleEndUs = empty().fill(-1);
    this.#exhausted = new Uint8Array(specs.length);
    for (const { index } of model.instances) this.#trigger[index] = this.#young(index);
  }

  get isIdle(): boolean {
    return !this.counted.includes(1);
  }

  /** Whether the process is one that is declared or made to collect. */
  collects(instance: number): boolean {
    return this.counted[instance] === 1 && this.#laws[instance] !== undefined;
  }

  kindOf(instance: number): CollectorKind {
    return this.#kinds[instance];
  }

  /** After effects have changed: which processes are to be told of. */
  recount(): void {
    for (let instance = 0; instance < this.counted.length; instance++) {
      const moved =
        this.leakPerRequest[instance] > 0 ||
        this.leakPerSecond[instance] > 0 ||
        this.leakedBytes[instance] > 0 ||
        this.retainedShare[instance] > 0 ||
        this.allocationFactor[instance] !== 1;
      this.counted[instance] = moved ? 1 : this.#declared[instance];
    }
  }

  /** A request begins: it allocates, which may be the drop that fills the young part. */
  begins(instance: number, nowUs: number): void {
    this.leakedBytes[instance] += this.leakPerRequest[instance];
    if (this.#laws[instance] === undefined) return;
    this.#allocate(instance, this.#perRequest[instance], nowUs);
    if (this.#garbage[instance] >= this.#trigger[instance]) this.#collect(instance, this.#laws[instance], nowUs);
  }

  /** What lives, garbage left out. */
  liveBytes(instance: number): number {
    const held =
      this.#baseBytes[instance] +
      this.load.requestsOf(instance) * this.#workBytes[instance] +
      this.load.seriesBytesOf(instance) +
      this.leakedBytes[instance];
    const retained = this.retainedShare[instance] * this.heapBytes[instance];
    return held > retained ? held : retained;
  }

  residentBytes(instance: number): number {
    return this.liveBytes(instance) + this.#garbage[instance] + this.#old[instance];
  }

  /** Measures a process; why it has to end, if it has to. */
  measure(instance: number, elapsedUs: number): MemoryEnd | undefined {
    if (!this.load.isRunning(instance)) return undefined;
    this.leakedBytes[instance] += (this.leakPerSecond[instance] * elapsedUs) / 1e6;
    if (this.#exhausted[instance] === 1) return "Error";
    return this.residentBytes(instance) > this.limitBytes[instance] ? "OOMKilled" : undefined;
  }

  /** A process begins anew. */
  fresh(instance: number, nowUs: number): void {
    if (this.#pauseEndUs[instance] >= 0) this.cpus.resume(instance, nowUs);
    if (this.#cycleEndUs[instance] >= 0) this.cpus.setOverhead(instance, 0, nowUs);
    for (const values of this.#ofProcess()) values[instance] = 0;
    this.#exhausted[instance] = 0;
    this.#pauseEndUs[instance] = -1;
    this.#cycleEndUs[instance] = -1;
    this.#countedBusyUs[instance] = this.load.busyUs(instance, nowUs);
    this.#trigger[instance] = this.#young(instance);
  }

  setLimit(instance: number, bytes: number): void {
    const share = this.heapBytes[instance] / this.limitBytes[instance];
    this.limitBytes[instance] = bytes;
    // Runtimes size the heap by the container's limit, at their start or (a soft limit) as they go.
    this.heapBytes[instance] = Math.floor(bytes * share);
  }

  /** A pause or a cycle ends; an event of one that was given up means nothing. */
  collected(instance: number, nowUs: number): void {
    if (this.#pauseEndUs[instance] === nowUs) {
      this.#pauseEndUs[instance] = -1;
      this.cpus.resume(instance, nowUs);
    }
    if (this.#cycleEndUs[instance] === nowUs) {
      this.#cycleEndUs[instance] = -1;
      this.cpus.setOverhead(instance, 0, nowUs);
    }
  }

  save(writer: StateWriter): void {
    for (const values of this.#columns()) writer.array(values);
  }

  restore(reader: StateReader): void {
    for (const values of this.#columns()) reader.into(values);
  }

  #allocate(instance: number, bytes: number, nowUs: number): void {
    const busyUs = this.#perCpuUs[instance] === 0 ? 0 : this.load.busyUs(instance, nowUs);
    const computed = (busyUs - this.#countedBusyUs[instance]) * this.#perCpuUs[instance];
    this.#countedBusyUs[instance] = busyUs;
    this.#garbage[instance] += (bytes + computed) * this.allocationFactor[instance];
  }

  /** Bytes that may be allocated before the next collection, as memory stands. */
  #young(instance: number): number {
    const law = this.#laws[instance];
    if (law === undefined) return Infinity;
    const live = this.liveBytes(instance);
    const free = this.heapBytes[instance] - live - this.#old[instance];
    // A concurrent collector lets the heap double.
    const most = law.concurrentShare > 0 ? live : law.youngBytesMax;
    return Math.max(law.youngBytesMin, Math.min(most, free * law.youngShare));
  }

  #collect(instance: number, law: CollectorLaw, nowUs: number): void {
    if (law.concurrentShare > 0) this.#cycle(instance, law, nowUs);
    else this.#stopAndCollect(instance, law, nowUs);
    this.#trigger[instance] = this.#young(instance);
    const live = this.liveBytes(instance);
    if (live > this.heapBytes[instance] * HEAP_FULL && law.concurrentShare === 0) this.#exhausted[instance] = 1;
  }

  #stopAndCollect(instance: number, law: CollectorLaw, nowUs: number): void {
    const work = this.load.requestsOf(instance) * this.#workBytes[instance];
    const garbage = this.#garbage[instance];
    this.#old[instance] += Math.min(garbage, law.promotedShare * garbage + law.promotedShareOfWork * work);
    this.#garbage[instance] = 0;
    const youngUs = law.youngPauseUs + (law.youngPauseUsPerMib * work) / MIB;
    this.youngCount[instance]++;
    this.youngPauseUs[instance] += youngUs;
    let pauseUs = youngUs;
    const live = this.liveBytes(instance);
    const room = this.heapBytes[instance] - live;
    if (room - this.#old[instance] < Math.max(law.youngBytesMin, room * ROOM_LEFT)) {
      const fullUs = law.fullPauseUs + (law.fullUsPerMib * live) / MIB;
      this.fullCount[instance]++;
      this.fullPauseUs[instance] += fullUs;
      this.#old[instance] = 0;
      pauseUs += fullUs;
    }
    this.#pause(instance, pauseUs, nowUs);
  }

  /** Go: marks beside the requests. One that is under way when the next is due is finished by the requests themselves. */
  #cycle(instance: number, law: CollectorLaw, nowUs: number): void {
    const cores = this.cpus.cores[instance];
    this.#garbage[instance] = 0;
    const endUs = this.#cycleEndUs[instance];
    if (endUs >= 0) {
      const helpUs = (endUs - nowUs) * law.concurrentShare;
      this.#cycleEndUs[instance] = -1;
      this.cpus.setOverhead(instance, 0, nowUs);
      this.fullPauseUs[instance] += helpUs;
      this.#pause(instance, helpUs, nowUs);
    }
    const markUs = (law.fullUsPerMib * this.liveBytes(instance)) / MIB;
    const lastsUs = Math.max(1, Math.ceil(markUs / (law.concurrentShare * cores)));
    this.fullCount[instance]++;
    this.fullPauseUs[instance] += law.fullPauseUs;
    this.#cycleEndUs[instance] = nowUs + lastsUs;
    this.cpus.setOverhead(instance, law.concurrentShare, nowUs);
    this.#look(instance, nowUs + lastsUs);
    this.#pause(instance, law.fullPauseUs, nowUs);
  }

  #pause(instance: number, pauseUs: number, nowUs: number): void {
    const fromUs = this.#pauseEndUs[instance];
    if (fromUs < 0) this.cpus.pause(instance, nowUs);
    const endUs = Math.max(fromUs, nowUs) + Math.max(1, Math.round(pauseUs));
    this.#pauseEndUs[instance] = endUs;
    // The collector works on all cores while nothing else does.
    this.cpus.spend(instance, pauseUs * this.cpus.cores[instance], nowUs);
    this.#look(instance, endUs);
  }

  #look(instance: number, atUs: number): void {
    this.heap.push(atUs, (instance << EVENT_SHIFT) | EVENT_COLLECTED);
  }

  /** What a process has and loses with its end. */
  #ofProcess(): readonly Float64Array[] {
    return [
      this.youngCount,
      this.youngPauseUs,
      this.fullCount,
      this.fullPauseUs,
      this.leakedBytes,
      this.#garbage,
      this.#old,
    ];
  }

  #columns(): readonly (Uint8Array | Float64Array)[] {
    return [
      this.counted,
      this.limitBytes,
      this.heapBytes,
      this.leakPerRequest,
      this.leakPerSecond,
      this.retainedShare,
      this.allocationFactor,
      ...this.#ofProcess(),
      this.#trigger,
      this.#countedBusyUs,
      this.#pauseEndUs,
      this.#cycleEndUs,
      this.#exhausted,
    ];
  }
}
