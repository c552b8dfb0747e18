/**
 * How many cores the requests of an instance have at a moment: what its container may use, less what something else in
 * it takes and what its collector takes, nothing while it is paused or throttled, and no more than its share of the
 * node when the containers there want more than the node has (fair-shares.ts; weights are the declared cores).
 *
 * Quota is the kernel's CFS bandwidth control (P. Turner, B. Rao & N. Rao, CPU bandwidth control for CFS, Linux
 * Symposium 2010): a container may run on `parallel` cores at once until it has used quota × period of processor time,
 * and then on none until the period ends. Periods run while there is something to run. Simplification, named: the kernel
 * hands the quota to cores in slices of 5 ms and takes back what they leave; here it is one account, exact to the µs.
 *
 * Processor time that something else in the container takes (`take`) is used while the container may run, and counts
 * against its quota and its node like its own.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { EventHeap } from "../../base/event-heap.js";
import type { NodeModel } from "../../topology/nodes.js";
import { EVENT_QUOTA, EVENT_SHIFT } from "../events.js";
import type { JobWatcher, Processors } from "../processors.js";
import { shareFairly } from "./fair-shares.js";

/** Processor µs by which an account may differ and count as settled. */
const TOLERANCE_US = 1e-3;

export class CpuAllocation implements Checkpointed, JobWatcher {
  /** Cores that the container is declared to have, or was set to. */
  readonly cores: Float64Array;
  /** Share of them that something else in the container uses. */
  readonly taken: Float64Array;
  /** Share of what is left that the collector uses while it works beside the requests. */
  readonly overhead: Float64Array;
  /** More than 0 while nothing of the process runs. */
  readonly paused: Int32Array;
  /** 0 for none. */
  readonly quotaCores: Float64Array;
  readonly quotaPeriodUs: Float64Array;
  readonly quotaParallel: Float64Array;
  /** Node of each instance, −1 for none. */
  readonly nodeOf: Int32Array;
  /** Cores that something that is none of ours wants on a node, and what it has used. */
  readonly neighbourCores: Float64Array;
  /** Periods of quota that have ended, those in which it ran out, and how long nothing ran because of it. */
  readonly periods: Float64Array;
  readonly throttledPeriods: Float64Array;
  readonly #throttledUs: Float64Array;
  readonly #throttledSinceUs: Float64Array;
  readonly #throttled: Uint8Array;
  readonly #leftUs: Float64Array;
  readonly #rate: Float64Array;
  readonly #settledUs: Float64Array;
  readonly #periodEndUs: Float64Array;
  readonly #takenUs: Float64Array;
  readonly #takenRate: Float64Array;
  readonly #takenSinceUs: Float64Array;
  readonly #nodeShare: Float64Array;
  readonly #demand: Float64Array;
  readonly #nodeDemand: Float64Array;
  readonly #contended: Uint8Array;
  readonly #neighbourUsedUs: Float64Array;
  readonly #neighbourRate: Float64Array;
  readonly #neighbourSinceUs: Float64Array;
  /** By node: the instances that are on it. */
  readonly #inhabitants: Int32Array[];
  // Scratch of one node's shares: its instances that want something, the neighbour last.
  readonly #members: Int32Array;
  readonly #wanted: Float64Array;
  readonly #weights: Float64Array;
  readonly #granted: Float64Array;

  constructor(
    readonly heap: EventHeap,
    readonly processors: Processors,
    readonly nodes: readonly NodeModel[],
    cores: readonly number[],
    places: readonly number[],
  ) {
    const count = cores.length;
    const column = (): Float64Array => new Float64Array(count);
    this.cores = Float64Array.from(cores);
    this.taken = column();
    this.overhead = column();
    this.paused = new Int32Array(count);
    this.quotaCores = column();
    this.quotaPeriodUs = column();
    this.quotaParallel = column();
    this.nodeOf = Int32Array.from(places);
    this.neighbourCores = new Float64Array(nodes.length);
    this.periods = column();
    this.throttledPeriods = column();
    this.#throttledUs = column();
    this.#throttledSinceUs = column();
    this.#throttled = new Uint8Array(count);
    this.#leftUs = column();
    this.#rate = column();
    this.#settledUs = column();
    this.#periodEndUs = column().fill(Infinity);
    this.#takenUs = column();
    this.#takenRate = column();
    this.#takenSinceUs = column();
    this.#nodeShare = column().fill(Infinity);
    this.#demand = column();
    this.#nodeDemand = new Float64Array(nodes.length);
    this.#contended = new Uint8Array(nodes.length);
    this.#neighbourUsedUs = new Float64Array(nodes.length);
    this.#neighbourRate = new Float64Array(nodes.length);
    this.#neighbourSinceUs = new Float64Array(nodes.length);
    this.#members = new Int32Array(count);
    this.#wanted = new Float64Array(count + 1);
    this.#weights = new Float64Array(count + 1);
    this.#granted = new Float64Array(count + 1);
    this.#inhabitants = nodes.map(({ index }) => this.#inhabitantsOf(index));
    processors.watcher = this;
    for (let instance = 0; instance < count; instance++) this.#watch(instance);
  }

  // What is set.

  setCores(instance: number, cores: number, nowUs: number): void {
    this.cores[instance] = cores;
    this.update(instance, nowUs);
  }

  /** Lets something else use a share of what the container has. */
  take(instance: number, share: number, nowUs: number): void {
    if (this.taken[instance] === share) return;
    this.taken[instance] = share;
    this.update(instance, nowUs);
  }

  /** `cores` 0 is no quota. */
  setQuota(instance: number, cores: number, periodUs: number, parallel: number, nowUs: number): void {
    const same =
      this.quotaCores[instance] === cores &&
      this.quotaPeriodUs[instance] === periodUs &&
      this.quotaParallel[instance] === parallel;
    if (same) return;
    this.#settle(instance, nowUs);
    this.#unthrottle(instance, nowUs);
    this.#periodEndUs[instance] = Infinity;
    this.quotaCores[instance] = cores;
    this.quotaPeriodUs[instance] = periodUs;
    this.quotaParallel[instance] = parallel;
    this.#watch(instance);
    this.update(instance, nowUs);
  }

  setNeighbour(node: number, cores: number, nowUs: number): void {
    if (this.neighbourCores[node] === cores) return;
    this.neighbourCores[node] = cores;
    this.#shareNode(node, nowUs);
  }

  move(instance: number, node: number, nowUs: number): void {
    const before = this.nodeOf[instance];
    this.#setDemand(instance, 0, nowUs);
    this.nodeOf[instance] = node;
    this.#nodeShare[instance] = Infinity;
    this.#watch(instance);
    for (const place of [before, node]) if (place >= 0) this.#inhabitants[place] = this.#inhabitantsOf(place);
    if (before >= 0) this.#shareNode(before, nowUs);
    this.update(instance, nowUs);
  }

  /** Nothing of the process runs until as many `resume` have come. */
  pause(instance: number, nowUs: number): void {
    this.paused[instance]++;
    this.update(instance, nowUs);
  }

  resume(instance: number, nowUs: number): void {
    this.paused[instance]--;
    this.update(instance, nowUs);
  }

  setOverhead(instance: number, share: number, nowUs: number): void {
    this.overhead[instance] = share;
    this.update(instance, nowUs);
  }

  /** Processor time that went to something else all at once; where there is a quota it comes off it, or is owed. */
  spend(instance: number, us: number, nowUs: number): void {
    this.#takenUs[instance] = this.takenUs(instance, nowUs) + us;
    this.#takenSinceUs[instance] = nowUs;
    if (this.quotaCores[instance] === 0) return;
    this.#settle(instance, nowUs);
    if (this.#periodEndUs[instance] === Infinity) this.#beginPeriod(instance, nowUs);
    this.#leftUs[instance] -= us;
  }

  /** A process begins anew: what is counted of its container begins at nothing. */
  fresh(instance: number, nowUs: number): void {
    this.periods[instance] = 0;
    this.throttledPeriods[instance] = 0;
    this.#throttledUs[instance] = 0;
    this.#throttledSinceUs[instance] = nowUs;
  }

  // What follows.

  isThrottled(instance: number): boolean {
    return this.#throttled[instance] === 1;
  }

  throttledUs(instance: number, nowUs: number): number {
    const under = this.#throttled[instance] === 1 ? nowUs - this.#throttledSinceUs[instance] : 0;
    return this.#throttledUs[instance] + under;
  }

  /** Processor time of an instance that went to something else since the beginning, µs. */
  takenUs(instance: number, nowUs: number): number {
    return this.#takenUs[instance] + this.#takenRate[instance] * (nowUs - this.#takenSinceUs[instance]);
  }

  /** Processor time of a node that went to what is none of ours, µs. */
  neighbourUs(node: number, nowUs: number): number {
    return this.#neighbourUsedUs[node] + this.#neighbourRate[node] * (nowUs - this.#neighbourSinceUs[node]);
  }

  /** Cores that the containers of a node and its neighbour want now, beyond what it has too. */
  demandOf(node: number): number {
    return this.#nodeDemand[node] + this.neighbourCores[node];
  }

  jobsChanged(cpu: number, nowUs: number): void {
    if (cpu < this.cores.length) this.update(cpu, nowUs);
  }

  /** A quota has run out or a period has ended. */
  quotaEvent(instance: number, nowUs: number): void {
    if (this.quotaCores[instance] === 0) return;
    this.#settle(instance, nowUs);
    if (nowUs >= this.#periodEndUs[instance]) this.#endPeriod(instance, nowUs);
    else if (this.#leftUs[instance] > TOLERANCE_US || this.#throttled[instance] === 1) return;
    else if (this.#rate[instance] > 0) {
      this.#throttled[instance] = 1;
      this.#throttledSinceUs[instance] = nowUs;
    }
    this.update(instance, nowUs);
  }

  /** Brings everything up to date after a change of the instance's jobs or settings. */
  update(instance: number, nowUs: number): void {
    if (this.quotaCores[instance] > 0) this.#settle(instance, nowUs);
    const whole = this.#wholeCores(instance);
    if (this.nodeOf[instance] >= 0) {
      const own = whole * (1 - this.taken[instance]) * (1 - this.overhead[instance]);
      this.#setDemand(instance, Math.min(this.processors.jobs[instance], own) + whole - own, nowUs);
    }
    this.#apply(instance, nowUs);
    if (this.quotaCores[instance] > 0) this.#account(instance, nowUs);
  }

  save(writer: StateWriter): void {
    for (const values of this.#columns()) writer.array(values);
  }

  restore(reader: StateReader): void {
    for (const values of this.#columns()) reader.into(values);
    for (let instance = 0; instance < this.cores.length; instance++) this.#watch(instance);
    for (const { index } of this.nodes) this.#inhabitants[index] = this.#inhabitantsOf(index);
  }

  /** Cores that the container could use now if it were alone. */
  #wholeCores(instance: number): number {
    if (this.paused[instance] > 0 || this.#throttled[instance] === 1) return 0;
    return this.quotaCores[instance] > 0 ? this.quotaParallel[instance] : this.cores[instance];
  }

  #apply(instance: number, nowUs: number): void {
    const whole = this.#wholeCores(instance);
    const rest = (1 - this.taken[instance]) * (1 - this.overhead[instance]);
    const share = this.#nodeShare[instance];
    const cores = (whole < share ? whole : share) * rest;
    if (this.processors.cores[instance] !== cores) this.processors.setCores(instance, cores, nowUs);
    const takenRate =
      Math.min(whole, share) * (this.taken[instance] + (1 - this.taken[instance]) * this.overhead[instance]);
    if (takenRate === this.#takenRate[instance]) return;
    this.#takenUs[instance] = this.takenUs(instance, nowUs);
    this.#takenSinceUs[instance] = nowUs;
    this.#takenRate[instance] = takenRate;
  }

  /** Only CPUs with a quota or a node have to be asked about. */
  #watch(instance: number): void {
    this.processors.watched[instance] = this.quotaCores[instance] > 0 || this.nodeOf[instance] >= 0 ? 1 : 0;
  }

  // Quota.

  /** What was used since the last time is taken off what is left. */
  #settle(instance: number, nowUs: number): void {
    this.#leftUs[instance] -= this.#rate[instance] * (nowUs - this.#settledUs[instance]);
    this.#settledUs[instance] = nowUs;
  }

  /** How fast the quota is used from now on, and when that has to be looked at again. */
  #account(instance: number, nowUs: number): void {
    const { processors } = this;
    const rate = Math.min(processors.jobs[instance], processors.cores[instance]) + this.#takenRate[instance];
    this.#rate[instance] = rate;
    if (rate === 0) return;
    if (this.#periodEndUs[instance] === Infinity) this.#beginPeriod(instance, nowUs);
    const wait = Math.max(1, Math.ceil(this.#leftUs[instance] / rate - TOLERANCE_US));
    if (nowUs + wait < this.#periodEndUs[instance]) this.#look(instance, nowUs + wait);
  }

  #beginPeriod(instance: number, nowUs: number): void {
    this.#leftUs[instance] = this.quotaCores[instance] * this.quotaPeriodUs[instance];
    this.#periodEndUs[instance] = nowUs + this.quotaPeriodUs[instance];
    this.#look(instance, this.#periodEndUs[instance]);
  }

  #endPeriod(instance: number, nowUs: number): void {
    this.periods[instance]++;
    if (this.#throttled[instance] === 1) this.throttledPeriods[instance]++;
    this.#unthrottle(instance, nowUs);
    // What was used beyond the quota, by rounding to whole µs or all at once, is owed.
    const owedUs = Math.min(0, this.#leftUs[instance]);
    this.#periodEndUs[instance] = Infinity;
    if (this.processors.jobs[instance] === 0 && this.taken[instance] === 0) return;
    this.#beginPeriod(instance, nowUs);
    this.#leftUs[instance] += owedUs;
  }

  #unthrottle(instance: number, nowUs: number): void {
    this.#throttledUs[instance] = this.throttledUs(instance, nowUs);
    this.#throttled[instance] = 0;
  }

  #look(instance: number, atUs: number): void {
    this.heap.push(atUs, (instance << EVENT_SHIFT) | EVENT_QUOTA);
  }

  // Nodes.

  #setDemand(instance: number, demand: number, nowUs: number): void {
    const node = this.nodeOf[instance];
    const before = this.#demand[instance];
    if (node < 0 || demand === before) return;
    this.#demand[instance] = demand;
    this.#nodeDemand[node] = Math.max(0, this.#nodeDemand[node] + demand - before);
    const isShort = this.demandOf(node) > this.nodes[node].cores;
    if (isShort || this.#contended[node] === 1) this.#shareNode(node, nowUs);
  }

  #shareNode(node: number, nowUs: number): void {
    const { cores } = this.nodes[node];
    const isShort = this.demandOf(node) > cores;
    this.#contended[node] = isShort ? 1 : 0;
    const inhabitants = this.#inhabitants[node];
    let count = 0;
    for (const instance of inhabitants) {
      // The share of who wants nothing means nothing: it is found anew as soon as that changes.
      if (isShort && this.#demand[instance] === 0) continue;
      this.#members[count] = instance;
      this.#wanted[count] = this.#demand[instance];
      this.#weights[count++] = this.cores[instance];
    }
    this.#wanted[count] = this.neighbourCores[node];
    // A tenant of which nothing is known has asked for what it uses.
    this.#weights[count] = this.neighbourCores[node];
    if (isShort) shareFairly(cores, this.#wanted, this.#weights, this.#granted, count + 1);
    this.#neighbourUsedUs[node] = this.neighbourUs(node, nowUs);
    this.#neighbourSinceUs[node] = nowUs;
    this.#neighbourRate[node] = isShort ? this.#granted[count] : this.neighbourCores[node];
    for (let at = 0; at < count; at++) {
      const instance = this.#members[at];
      const isSatisfied = !isShort || this.#granted[at] >= this.#wanted[at];
      this.#setShare(instance, isSatisfied ? Infinity : this.#granted[at], nowUs);
    }
  }

  #setShare(instance: number, share: number, nowUs: number): void {
    if (share === this.#nodeShare[instance]) return;
    this.#nodeShare[instance] = share;
    if (this.quotaCores[instance] > 0) this.#settle(instance, nowUs);
    this.#apply(instance, nowUs);
    if (this.quotaCores[instance] > 0) this.#account(instance, nowUs);
  }

  #inhabitantsOf(node: number): Int32Array {
    const found: number[] = [];
    this.nodeOf.forEach((place, instance) => {
      if (place === node) found.push(instance);
    });
    return Int32Array.from(found);
  }

  #columns(): readonly (Int32Array | Uint8Array | Float64Array)[] {
    return [
      this.cores,
      this.taken,
      this.overhead,
      this.paused,
      this.quotaCores,
      this.quotaPeriodUs,
      this.quotaParallel,
      this.nodeOf,
      this.neighbourCores,
      this.periods,
      this.throttledPeriods,
      this.#throttledUs,
      this.#throttledSinceUs,
      this.#throttled,
      this.#leftUs,
      this.#rate,
      this.#settledUs,
      this.#periodEndUs,
      this.#takenUs,
      this.#takenRate,
      this.#takenSinceUs,
      this.#nodeShare,
      this.#demand,
      this.#nodeDemand,
      this.#contended,
      this.#neighbourUsedUs,
      this.#neighbourRate,
      this.#neighbourSinceUs,
    ];
  }
}
