/**
 * What changes while a world runs besides the requests themselves: processes, settings, parameters that faults move.
 * The request walk reads it, the control plane (control-plane.ts) writes it.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { EventHeap } from "../base/event-heap.js";
import type { RetrySpec } from "../topology/types.js";
import type { Model } from "../topology/model-types.js";
import { WarmUp } from "./control/warm-up.js";
import { Compute, type MachineLoad } from "./compute/compute.js";
import { FrameLines, Frames } from "./frames.js";
import { Processors } from "./processors.js";
import { Profiler } from "./profiler.js";
import { coresOfNode, nodesOf } from "./stores/store-layout.js";
import { TimeoutRings } from "./timeout-rings.js";
import { PROCESS_BYTES_PER_SERIES, UserLabelSeries } from "./user-label-series.js";

export const INSTANCE_ABSENT = 0;
export const INSTANCE_STARTING = 1;
export const INSTANCE_UP = 2;
export const INSTANCE_DRAINING = 3;
/** Its process has ended by itself and waits to be started again. */
export const INSTANCE_WAITING = 4;

/* Reasons for which an instance that is up gets no requests, as bits. */
/** It does not say that it is ready. */
export const WITHHELD_UNREADY = 1;
/** Somebody has taken it out. */
export const WITHHELD_BY_ORDER = 2;
/** It is to take the place of others that still serve. */
export const WITHHELD_GREEN = 4;

export class WorldState implements Checkpointed {
  readonly frames = new Frames();
  readonly processors: Processors;
  readonly rings: TimeoutRings;
  readonly profiler: Profiler;
  readonly compute: Compute;
  readonly warmUp: WarmUp;

  // Processes, by instance.
  readonly instanceState: Uint8Array;
  readonly instanceVariant: Int32Array;
  readonly instanceBusy: Int32Array;
  readonly instanceStartedUs: Float64Array;
  readonly instanceVersion: string[];
  /** Series with a user label, where the code of the process has them. */
  readonly userLabels: (UserLabelSeries | undefined)[];
  /** Whether the queue of the instance was last seen above its mark. */
  readonly queueFilling: Uint8Array;
  readonly workerLines: FrameLines;
  /** By instance: why it gets no requests although it is up (WITHHELD_… bits). */
  readonly withheld: Uint8Array;
  /** By service: with a smaller share than this of ready instances, those that are not get requests as well. */
  readonly panicShare: Float64Array;
  /** Instances that take requests: the first `upCount[service]` places from the service's first instance on. */
  readonly upInstances: Int32Array;
  readonly upCount: Int32Array;

  // Connection pools, by instance and dependency of its service.
  readonly poolFrom: Int32Array;
  readonly poolUsed: Int32Array;
  readonly poolOpen: Int32Array;
  /** Of those in use: connections that nobody will give back. */
  readonly poolLeaked: Int32Array;
  readonly poolLines: FrameLines;
  /** Whether the pool connects to an address where nobody listens. */
  readonly poolMisled: Uint8Array;

  // Stores.
  readonly storeConnections: Int32Array;
  readonly storeActive: Int32Array;
  readonly #storeCpuFrom: Int32Array;

  // Settings of dependencies and flags.
  readonly flags: Uint8Array;
  readonly poolSize: Int32Array;
  readonly timeoutUs: Float64Array;
  readonly timeoutRing: Int32Array;
  readonly acquireRing: Int32Array;
  readonly retry: RetrySpec[];

  // Parameters that faults move.
  readonly medians: Float64Array;
  readonly operationErrorRatio: Float64Array;
  readonly externalErrorRatio: Float64Array;
  /** Share of requests of an instance that fail by themselves, where that is more than the operation's own. */
  readonly instanceErrorRatio: Float64Array;
  /** Median time of every answer of an instance, 0 when it is as its work makes it. */
  readonly instanceMedianUs: Float64Array;
  readonly instanceFactor: Float64Array;
  /** Share of the cores of an instance that something else uses, as effects add up while they are applied. */
  readonly coresTakenNext: Float64Array;

  constructor(
    readonly model: Model,
    readonly heap: EventHeap,
  ) {
    const instances = model.instances.length;
    this.rings = new TimeoutRings(heap, this.frames);
    this.profiler = new Profiler(model);
    this.warmUp = new WarmUp(model);
    let cpus = instances;
    this.#storeCpuFrom = Int32Array.from(model.stores, ({ spec }) => {
      const from = cpus;
      cpus += nodesOf(spec);
      return from;
    });
    const coresOf = [
      ...model.instances.map(({ service }) => model.services[service].spec.cores),
      ...model.stores.flatMap(({ spec }) => Array.from({ length: nodesOf(spec) }, () => coresOfNode(spec))),
    ];
    this.processors = new Processors(heap, cpus, (cpu) => coresOf[cpu]);
    this.instanceState = new Uint8Array(instances);
    this.instanceVariant = new Int32Array(instances);
    this.instanceBusy = new Int32Array(instances);
    this.instanceStartedUs = new Float64Array(instances);
    this.instanceVersion = model.instances.map((instance) => model.services[instance.service].spec.version);
    this.userLabels = model.instances.map(() => undefined);
    this.queueFilling = new Uint8Array(instances);
    this.workerLines = new FrameLines(this.frames, instances);
    this.withheld = new Uint8Array(instances);
    this.panicShare = new Float64Array(model.services.length);
    this.upInstances = new Int32Array(instances);
    this.upCount = new Int32Array(model.services.length);

    let pools = 0;
    this.poolFrom = Int32Array.from(model.instances, (instance) => {
      const from = pools;
      pools += model.services[instance.service].dependencyCount;
      return from;
    });
    this.poolUsed = new Int32Array(pools);
    this.poolOpen = new Int32Array(pools);
    this.poolLeaked = new Int32Array(pools);
    this.poolMisled = new Uint8Array(pools);
    this.poolLines = new FrameLines(this.frames, pools);
    this.compute = new Compute(model, heap, this.processors, this.frames, this.workerLines, this.#load());
    this.storeConnections = new Int32Array(model.stores.length);
    this.storeActive = new Int32Array(model.stores.length);

    this.flags = Uint8Array.from(model.flags, (flag) => (flag.initial ? 1 : 0));
    this.poolSize = Int32Array.from(model.dependencies, ({ spec }) => spec.poolSize);
    this.timeoutUs = Float64Array.from(model.dependencies, ({ spec }) => spec.timeout);
    this.timeoutRing = Int32Array.from(model.dependencies, ({ spec }) => this.rings.add(spec.timeout));
    this.acquireRing = Int32Array.from(model.dependencies, ({ spec }) => this.rings.add(spec.acquireTimeout));
    this.retry = model.dependencies.map(({ spec }) => spec.retry);

    this.medians = Float64Array.from(model.durations.medians);
    this.operationErrorRatio = Float64Array.from(model.operations, ({ spec }) => spec.errorRatio);
    this.externalErrorRatio = Float64Array.from(model.externals, ({ spec }) => spec.errorRatio);
    this.instanceErrorRatio = new Float64Array(instances);
    this.instanceMedianUs = new Float64Array(instances);
    this.instanceFactor = new Float64Array(instances).fill(1);
    this.coresTakenNext = new Float64Array(instances);
  }

  /** What the machine has to know of the processes on it. */
  #load(): MachineLoad {
    return {
      requestsOf: (instance) => this.instanceBusy[instance] + this.workerLines.length[instance],
      busyUs: (instance, nowUs) => this.processors.busyUs(instance, nowUs),
      seriesBytesOf: (instance) => (this.userLabels[instance]?.count ?? 0) * PROCESS_BYTES_PER_SERIES,
      isRunning: (instance) =>
        this.instanceState[instance] === INSTANCE_UP || this.instanceState[instance] === INSTANCE_DRAINING,
      isThere: (instance) => this.instanceState[instance] !== INSTANCE_ABSENT,
      openConnections: (instance) => {
        const from = this.poolFrom[instance];
        const { dependencyCount } = this.model.services[this.model.instances[instance].service];
        let open = 0;
        for (let pool = from; pool < from + dependencyCount; pool++) open += this.poolOpen[pool];
        return open;
      },
    };
  }

  /** First CPU of a store, one for each of its shards and replicas; CPUs of instances have the number of the instance. */
  storeCpu(store: number): number {
    return this.#storeCpuFrom[store];
  }

  /** Processor time that a store has used since the beginning, µs. */
  storeBusyUs(store: number, nowUs: number): number {
    const nodes = nodesOf(this.model.stores[store].spec);
    let busyUs = 0;
    for (let node = 0; node < nodes; node++) busyUs += this.processors.busyUs(this.storeCpu(store) + node, nowUs);
    return busyUs;
  }

  /** Moves an instance to a state and keeps the list of those that take requests. */
  setInstanceState(instance: number, state: number): void {
    this.instanceState[instance] = state;
    this.#refreshUp(this.model.instances[instance].service);
  }

  /** Begins or ceases to withhold requests from an instance for a reason. */
  withhold(instance: number, reason: number, on: boolean): void {
    const before = this.withheld[instance];
    this.withheld[instance] = on ? before | reason : before & ~reason;
    if (this.withheld[instance] !== before) this.#refreshUp(this.model.instances[instance].service);
  }

  #refreshUp(index: number): void {
    const { instancesFrom, instancesMax } = this.model.services[index];
    let up = 0;
    let count = 0;
    for (let candidate = instancesFrom; candidate < instancesFrom + instancesMax; candidate++) {
      if (this.instanceState[candidate] !== INSTANCE_UP) continue;
      up++;
      if (this.withheld[candidate] === 0) this.upInstances[instancesFrom + count++] = candidate;
    }
    if (count < up * this.panicShare[index]) {
      count = 0;
      for (let candidate = instancesFrom; candidate < instancesFrom + instancesMax; candidate++) {
        const takes = this.instanceState[candidate] === INSTANCE_UP && this.withheld[candidate] <= WITHHELD_UNREADY;
        if (takes) this.upInstances[instancesFrom + count++] = candidate;
      }
    }
    this.upCount[index] = count;
  }

  /** Changes the time-out of calls that begin from now on. */
  setTimeout(dependency: number, timeoutUs: number): void {
    this.timeoutUs[dependency] = timeoutUs;
    this.timeoutRing[dependency] = this.rings.add(timeoutUs);
  }

  save(writer: StateWriter): void {
    writer.section();
    this.frames.save(writer);
    this.processors.save(writer);
    this.rings.save(writer);
    this.workerLines.save(writer);
    this.poolLines.save(writer);
    this.compute.save(writer);
    this.warmUp.save(writer);
    for (const values of this.#columns()) writer.array(values);
    writer.json({ versions: this.instanceVersion, retry: this.retry });
    writer.json(this.userLabels.map((series) => series?.label ?? null));
    for (const series of this.userLabels) series?.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.frames.restore(reader);
    this.processors.restore(reader);
    this.rings.restore(reader);
    this.workerLines.restore(reader);
    this.poolLines.restore(reader);
    this.compute.restore(reader);
    this.warmUp.restore(reader);
    for (const values of this.#columns()) reader.into(values);
    const { versions, retry } = reader.json() as { versions: string[]; retry: RetrySpec[] };
    this.instanceVersion.splice(0, Infinity, ...versions);
    this.retry.splice(0, Infinity, ...retry);
    (reader.json() as (string | null)[]).forEach((label, instance) => {
      this.userLabels[instance] = label === null ? undefined : this.#labelled(instance, label);
      this.userLabels[instance]?.restore(reader);
    });
  }

  /** Series of a process whose server metric has one label more. */
  #labelled(instance: number, label: string): UserLabelSeries {
    const { service, component, scrapeInstance } = this.model.instances[instance];
    return new UserLabelSeries(this.model.services[service], label, component, scrapeInstance);
  }

  /** Everything that is a column of numbers, in a fixed order. */
  #columns(): readonly (Int32Array | Uint8Array | Float64Array)[] {
    return [
      this.instanceState,
      this.instanceVariant,
      this.instanceBusy,
      this.instanceStartedUs,
      this.queueFilling,
      this.withheld,
      this.panicShare,
      this.upInstances,
      this.upCount,
      this.poolUsed,
      this.poolOpen,
      this.poolLeaked,
      this.poolMisled,
      this.storeConnections,
      this.storeActive,
      this.flags,
      this.poolSize,
      this.timeoutUs,
      this.timeoutRing,
      this.acquireRing,
      this.medians,
      this.operationErrorRatio,
      this.externalErrorRatio,
      this.instanceErrorRatio,
      this.instanceMedianUs,
      this.instanceFactor,
      this.coresTakenNext,
    ];
  }
}
