/**
 * One simulated world: load, requests, processes, plant, and the facts they leave. `run(until)` may be cut in any way
 * and gives the same bytes; two engines with the same model, seed, options and orders are equal.
 *
 * Order within one instant: the control plane, then the plant, then requests by sequence.
 */
import { assert } from "../base/assert.js";
import { Digest } from "../base/digest.js";
import { combine } from "../base/draw.js";
import { EventHeap } from "../base/event-heap.js";
import { LimitError } from "../base/limit-error.js";
import { MICROS_PER_MS, MICROS_PER_SECOND, type SimTime, simTime } from "../base/time.js";
import type { Agent } from "./agent.js";
import { type Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { LOG_LEVELS } from "../topology/log-levels.js";
import type { MachineTemplates, Model } from "../topology/model-types.js";
import { Arrivals } from "./arrivals.js";
import { Audience } from "./audience.js";
import { CacheContent } from "./cache-content.js";
import { type Checkpoint, type FactSource, signatureOf, type WorldTables } from "./checkpoint.js";
import { type ActionProgress, type ChangeProgress, type ControlEffects, ControlPlane } from "./control-plane.js";
import { EVENT_ARRIVAL, EVENT_CHECK, EVENT_MASK, EVENT_SECOND, EVENT_SHIFT, EVENT_USER } from "./events.js";
import { Exposition, SERVER_METRIC } from "./exposition.js";
import { FRAME_CALL_ROW, FRAME_KIND, FRAME_ROW, FRAME_SHIFT, KIND_FREE } from "./frames.js";
import { Facts } from "./facts.js";
import { drawsFor, waitingRate } from "./load-sources.js";
import { type LifecycleRecord, LogTable } from "./log-table.js";
import { LongLives } from "./long-lives.js";
import { MessageQueues } from "./message-queues.js";
import { MetricCounts } from "./metric-counts.js";
import type { DynamicSeries, MetricSink } from "./metric-sink.js";
import type { Parts } from "./parts.js";
import { Observability } from "./observability/observability.js";
import { EXPORTER_REFUSES, EXPORTER_SILENT } from "./observability/scrape-filter.js";
import { Plant, type RuleIterations, type Scrapeable } from "./plant.js";
import { BACKGROUND_JOB } from "./processors.js";
import type { ProfileTable } from "./profile-table.js";
import { PLACE_EXPOSITION, type ProfileAccounts } from "./profiler.js";
import { PageViewTable } from "./page-view-table.js";
import type { RequestDraws } from "./request-draws.js";
import { RequestWalk } from "./request-walk.js";
import type { MachineWatcher } from "./compute/compute.js";
import type { CallPolicies } from "./resilience/call-policies.js";
import type { ServerGuards } from "./resilience/server-guards.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN, SpanTable } from "./span-table.js";
import type { WorldAction } from "./timeline.js";
import { VersionHistory } from "./version-history.js";
import {
  INSTANCE_ABSENT,
  INSTANCE_DRAINING,
  INSTANCE_STARTING,
  INSTANCE_UP,
  INSTANCE_WAITING,
  WorldState,
} from "./world-state.js";

/** Spans of one table: 1 GB of rows. */
const SPAN_ROWS_MAX = 32 * 1024 * 1024;
/** Bytes by which a checkpoint may be larger than the last one. */
const STATE_ROOM_BYTES = 1 << 18;
/** Processor time of a process for one sample that it exposes. */
const EXPOSITION_US_PER_SAMPLE = 1.5;

export interface EngineOptions {
  readonly seed: string;
  /** Where the simulation begins, before `recordFrom`: queues and caches settle in between. */
  readonly startAt: SimTime;
  /** Requests that arrive earlier leave no span, no log and no count. */
  readonly recordFrom: SimTime;
  /** From here on nothing arrives and nothing is scraped; what is in work can end. */
  readonly stopArrivalsAt?: SimTime;
  /** False: the healthy twin. Deploys take place, what was wrong with them does not. */
  readonly faultsOn: boolean;
  /** With faults on: only those with these ids. */
  readonly faults?: ReadonlySet<string>;
  readonly sink: MetricSink;
  readonly limits?: { readonly spanRows?: number };
}

/** What a branch takes over from the world that it branches off. */
interface InheritedFacts {
  readonly spans: SpanTable;
  readonly logs: LogTable;
  readonly pageViews: PageViewTable;
  readonly tables: WorldTables | undefined;
}

export type InstancePhase = "up" | "starting" | "draining" | "waiting" | "absent";

/** How a process stands. */
export interface InstanceStatus {
  readonly instance: number;
  readonly service: string;
  readonly name: string;
  readonly version: string;
  readonly phase: InstancePhase;
  readonly busy: number;
  readonly queued: number;
}

const BREAKER_NAMES = ["CLOSED", "OPEN", "HALF_OPEN"];

const PHASES: Readonly<Record<number, InstancePhase>> = {
  [INSTANCE_ABSENT]: "absent",
  [INSTANCE_STARTING]: "starting",
  [INSTANCE_UP]: "up",
  [INSTANCE_DRAINING]: "draining",
  [INSTANCE_WAITING]: "waiting",
};

export class Engine {
  readonly spans: SpanTable;
  readonly logs: LogTable;
  readonly pageViews: PageViewTable;
  readonly lifecycle: LifecycleRecord[] = [];
  readonly versions: VersionHistory;
  readonly draws: RequestDraws;
  readonly state: WorldState;
  readonly plant: Plant;
  readonly parts: Parts;
  readonly observability: Observability;
  /** Parts that act by themselves, in the order in which they act at one instant. */
  readonly #agents: readonly Agent[];
  /** What never changes and takes long to make: branches share it. */
  readonly tables: WorldTables;
  readonly #heap: EventHeap;
  readonly #counts: MetricCounts;
  readonly #lives: LongLives;
  readonly #exposition: Exposition;
  readonly #arrivals: Arrivals;
  readonly #queues: MessageQueues;
  readonly #facts: Facts;
  readonly #walk: RequestWalk;
  readonly #audience: Audience;
  readonly #control: ControlPlane;
  readonly #scrapeable: Scrapeable;
  #now: number;
  #arrivalCursor = 0;
  #recording = false;
  #arrivalsStopped = false;
  /** What a checkpoint is expected to take. */
  #stateBytes = STATE_ROOM_BYTES;

  /** Everything that a checkpoint has to contain, in the order in which it is written. */
  readonly #owners: readonly Checkpointed[];

  /**
   * A world that goes on from a checkpoint. `source` has the facts until then; they are shared where nothing will change
   * them. The model must be numbered alike (see signatureOf).
   */
  static restore(model: Model, options: EngineOptions, checkpoint: Checkpoint, source: FactSource): Engine {
    assert(
      checkpoint.signature === signatureOf(model),
      `checkpoint of ${checkpoint.signature} for a model of ${signatureOf(model)}`,
    );
    const facts: InheritedFacts = {
      tables: source.tables?.seed === options.seed ? source.tables : undefined,
      spans: source.spans.fork(checkpoint.spanRows, checkpoint.openRows, checkpoint.openWaitUs),
      logs: source.logs.fork(checkpoint.logRows),
      pageViews: source.pageViews.fork(checkpoint.pageViewRows),
    };
    const engine = new Engine(model, options, facts);
    engine.lifecycle.push(...source.lifecycle.slice(0, checkpoint.lifecycleCount));
    engine.versions.steps.push(...source.versions.steps.slice(0, checkpoint.versionCount));
    engine.#load(checkpoint);
    if (source.profiles !== undefined) engine.state.profiler.adopt(source.profiles);
    return engine;
  }

  constructor(
    readonly model: Model,
    readonly options: EngineOptions,
    facts?: InheritedFacts,
  ) {
    const { startAt, recordFrom, seed } = options;
    assert(startAt <= recordFrom, `startAt ${String(startAt)} is after recordFrom ${String(recordFrom)}`);
    this.#now = startAt;
    this.spans = facts?.spans ?? new SpanTable(options.limits?.spanRows ?? SPAN_ROWS_MAX);
    this.logs = facts?.logs ?? new LogTable();
    this.pageViews = facts?.pageViews ?? new PageViewTable();
    this.versions = new VersionHistory(model);
    this.#heap = new EventHeap(startAt);
    this.state = new WorldState(model, this.#heap);
    this.draws = drawsFor(model, seed, facts?.tables?.draws);
    this.#counts = new MetricCounts(model);
    this.#queues = new MessageQueues(model, this.#heap);
    this.#arrivals = new Arrivals(model, this.draws);
    this.#facts = new Facts(model, this.state, this.draws, this.#counts, this.spans, this.logs);
    const caches = new CacheContent(
      model,
      this.draws.keys.content,
      this.#arrivals.rateAt(startAt) + waitingRate(model.topology.load),
      startAt,
      facts?.tables?.popularity,
    );
    this.tables = { seed, draws: this.draws, popularity: caches.popularity };
    this.#walk = new RequestWalk(model, this.#heap, this.state, this.#facts, this.draws, caches, this.#queues, {
      queueFilling: (instance, queued, nowUs) => {
        const { spec } = model.services[model.instances[instance].service];
        this.#note(instance, "queueFilling", { queued, capacity: spec.queueCapacity }, nowUs);
      },
      answered: (request, operation, status, durationUs, row, nowUs) => {
        this.#audience.answered(request, operation, status, durationUs, row, nowUs);
      },
      breakerChanged: (pool, before, after, nowUs) => {
        this.#noteBreaker(pool, before, after, nowUs);
      },
      checked: (slot, token, status, nowUs) => {
        this.#control.checks.answered(slot, token, status, nowUs);
      },
      storeLine: (template, attributes, nowUs) => {
        this.#noteStore(template, attributes, nowUs);
      },
    });
    const stopUs = options.stopArrivalsAt ?? Infinity;
    this.#audience = new Audience(
      model,
      this.#heap,
      this.draws,
      this.#counts,
      this.pageViews,
      (request, journey, nowUs) => {
        this.#walk.arrive(request, journey, nowUs >= recordFrom, nowUs);
      },
      { startUs: startAt, stopUs },
    );
    this.plant = new Plant(model, options.sink, combine(this.draws.keys.arrivals, 77), recordFrom, stopUs);
    const tables = { logs: this.logs, spans: this.spans, lifecycle: this.lifecycle };
    this.observability = new Observability(model, this.state, tables, startAt, this.#facts.levelMin);
    this.parts = {
      model,
      heap: this.#heap,
      state: this.state,
      draws: this.draws,
      facts: this.#facts,
      arrivals: this.#arrivals,
      caches,
      queues: this.#queues,
      walk: this.#walk,
      plant: this.plant,
      endFaults: () => undefined,
      audience: this.#audience,
      observability: this.observability,
    };
    this.#control = new ControlPlane(this.parts, this.#controlEffects(), {
      isOn: (fault) => options.faultsOn && (options.faults?.has(fault) ?? true),
      startUs: startAt,
      stopUs,
    });
    const { idle } = this.#walk.placement;
    this.#agents = [...this.observability.agents, this.state.compute, this.#control.autoscaler, idle];
    this.#lives = new LongLives(model);
    this.#exposition = new Exposition(
      model,
      this.state,
      this.#counts,
      this.#queues,
      this.plant,
      this.#walk,
      this.#audience.probes,
      this.observability,
      this.#control,
      this.#lives,
    );
    this.#scrapeable = this.#makeScrapeable();
    this.#owners = [
      this.#heap,
      this.state,
      this.#counts,
      this.#queues,
      this.#arrivals,
      caches,
      this.#walk,
      this.#audience,
      this.plant,
      this.#lives,
      this.#exposition,
      this.observability,
      this.#control,
    ];
    this.state.compute.watcher = this.#machineWatcher();
    this.#walk.messaging.deliveries.groups.rebalanced = (queue, leader, members, nowUs) => {
      const { spec, templates } = model.queues[queue];
      if (nowUs < recordFrom || templates === undefined) return;
      const attributes = { queue: spec.id, members, partitions: spec.partitions?.count ?? 1 };
      this.#write(leader, templates.rebalanced, attributes, nowUs);
    };
    // What happened before the world begins has happened: versions, flags and faults are as they would be.
    while (this.#control.nextUs < startAt) this.#control.step();
    const arrivalsPerSecond = this.#arrivals.rateAt(startAt) + waitingRate(model.topology.load);
    if (facts === undefined) this.#lives.begin(this.state, arrivalsPerSecond, startAt);
    this.#heap.push(startAt, EVENT_SECOND);
    this.#control.checks.begin();
    this.#audience.probes.begin();
  }

  /** What processes have spent their time on. */
  get profiles(): ProfileTable {
    return this.state.profiler.table;
  }

  /** How many profiles came and how many were refused, by window. */
  get profileAccounts(): ProfileAccounts {
    return this.state.profiler.accounts;
  }

  get now(): SimTime {
    return simTime(this.#now);
  }

  /** When the metrics server evaluated its rules, and when it should have but could not. */
  get ruleIterations(): RuleIterations {
    return this.plant.iterations;
  }

  /** Policies of calls as they are in force now. */
  get policies(): CallPolicies {
    return this.#walk.policies;
  }

  /** How services guard themselves now. */
  get guards(): ServerGuards {
    return this.#walk.guards;
  }

  get changeRecords(): readonly ChangeProgress[] {
    return this.#control.changes;
  }

  get actionRecords(): readonly ActionProgress[] {
    return this.#control.actions;
  }

  /**
   * Simulates everything up to and including `until`; earlier than now does nothing. A world that grows past a limit
   * throws LimitError with the instant, and is of no use afterwards.
   */
  run(until: SimTime): void {
    if (until < this.#now) return;
    try {
      this.#advance(until);
    } catch (error) {
      throw error instanceof LimitError ? error.at(this.#now) : error;
    }
    this.#assertConservation();
  }

  #advance(until: SimTime): void {
    for (;;) {
      if (this.#runRequests(until, this.#externalUs()) > until) break;
      this.#runExternal();
    }
    this.#now = until;
  }

  /**
   * For a world with `stopArrivalsAt` whose last requests have ended: hands the sink a last sample of every target just
   * before that instant, with all that was counted in the end and gauges as they were then. A world that records from
   * there on goes on counting without a gap.
   */
  closeSegment(): void {
    const { stopArrivalsAt } = this.options;
    assert(
      stopArrivalsAt !== undefined && this.#now >= stopArrivalsAt,
      "closeSegment before the arrivals have stopped",
    );
    for (const { index } of this.model.targets) this.#exposition.exposeCounts(index);
    this.plant.close(this.#scrapeable, stopArrivalsAt - MICROS_PER_MS);
  }

  /** The world as it stands, to go on from elsewhere. */
  checkpoint(): Checkpoint {
    const writer = new StateWriter(this.#stateBytes);
    writer.double(this.#now);
    writer.int(this.#arrivalCursor);
    writer.int(this.#recording ? 1 : 0);
    writer.int(this.#arrivalsStopped ? 1 : 0);
    for (const owner of this.#owners) owner.save(writer);
    const state = writer.finish();
    this.#stateBytes = state.length + STATE_ROOM_BYTES;
    const openRows = this.#openRows();
    const openWaitUs = Uint32Array.from(
      openRows,
      (row) => this.spans.chunks[row >>> SPAN_CHUNK_SHIFT].waitUs[row & SPAN_CHUNK_MASK],
    );
    return {
      atUs: this.#now,
      signature: signatureOf(this.model),
      state,
      spanRows: this.spans.rows,
      logRows: this.logs.rows,
      pageViewRows: this.pageViews.rows,
      lifecycleCount: this.lifecycle.length,
      versionCount: this.versions.steps.length,
      openRows,
      openWaitUs,
    };
  }

  #load(checkpoint: Checkpoint): void {
    const reader = new StateReader(checkpoint.state);
    this.#now = reader.double();
    this.#arrivalCursor = reader.int();
    this.#recording = reader.int() === 1;
    this.#arrivalsStopped = reader.int() === 1;
    for (const owner of this.#owners) owner.restore(reader);
    reader.end();
  }

  /** Rows of spans that frames will complete. */
  #openRows(): Int32Array {
    const { data, capacity } = this.state.frames;
    const rows = new Set<number>();
    for (let frame = 0; frame < capacity; frame++) {
      const base = frame << FRAME_SHIFT;
      if (data[base + FRAME_KIND] === KIND_FREE) continue;
      for (const row of [data[base + FRAME_ROW], data[base + FRAME_CALL_ROW]]) {
        if (row < 0 || row >= this.spans.rows) continue;
        const chunk = this.spans.chunks[row >>> SPAN_CHUNK_SHIFT];
        if (chunk.durationUs[row & SPAN_CHUNK_MASK] === SPAN_OPEN) rows.add(row);
      }
    }
    return Int32Array.from(rows).sort();
  }

  /** Orders an action at `at` ≥ now, which planAction has let pass. Answers when it will be complete. */
  act(id: string, at: SimTime, action: WorldAction): { readonly completesAt: SimTime } {
    assert(at >= this.#now, `action at ${String(at)}, now is ${String(this.#now)}`);
    this.run(at);
    return { completesAt: simTime(this.#control.order(id, action, at)) };
  }

  /** Instances that exist, by index. */
  instanceStates(): readonly InstanceStatus[] {
    return this.model.instances
      .filter(({ index }) => this.state.instanceState[index] !== INSTANCE_ABSENT)
      .map(({ index, component, name }) => ({
        instance: index,
        service: component,
        name,
        version: this.state.instanceVersion[index],
        phase: PHASES[this.state.instanceState[index]],
        busy: this.state.instanceBusy[index],
        queued: this.state.workerLines.length[index],
      }));
  }

  desiredInstances(service: number): number {
    return this.#control.desiredInstances(service);
  }

  /** Values of a target as they stand now, as a scrape would get them; NaN is a series that is not there. */
  valuesOf(target: number): Float64Array {
    this.#exposition.expose(target, this.#now);
    const { valuesFrom } = this.model.targets[target];
    return this.#exposition.values.slice(valuesFrom, valuesFrom + this.model.layouts[target].series.length);
  }

  /** Hash over span rows (open ones too), log rows, lifecycle, counts and rule iterations. */
  digest(): string {
    const digest = new Digest();
    this.#digestSpans(digest);
    this.pageViews.addTo(digest);
    for (let row = 0; row < this.logs.rows; row++) {
      digest.double(this.logs.timeUs[row]).int(this.logs.subject[row]).int(this.logs.template[row]);
    }
    for (const { atUs, instance, template } of this.lifecycle) digest.double(atUs).int(instance).int(template);
    for (const value of this.#counts.raw) if (value !== 0) digest.double(value);
    const { atUs, ran } = this.ruleIterations;
    atUs.forEach((at, index) => digest.double(at).int(ran[index]));
    return digest.hex();
  }

  // Running.

  /** When something other than an event of requests is due. */
  #externalUs(): number {
    const agentUs = this.#nextAgent()?.nextUs ?? Infinity;
    return Math.min(this.#control.nextUs, this.plant.nextUs, agentUs, this.#boundary());
  }

  /** Runs the events before `external`; answers when the next other thing is due by then. */
  #runRequests(until: number, externalUs: number): number {
    const heap = this.#heap;
    let external = externalUs;
    for (;;) {
      const at = heap.peek();
      // At one instant the control plane and the plant come first.
      if (at > until || at >= external) return external;
      heap.pop();
      this.#now = at;
      const kind = heap.code & EVENT_MASK;
      if (kind >= EVENT_USER) this.#audience.handle(kind, heap.code >>> EVENT_SHIFT, at);
      else if (kind === EVENT_CHECK) {
        this.#control.checks.handle(heap.code >>> EVENT_SHIFT, at);
        // What it found can have given the control plane something to do.
        external = this.#externalUs();
      } else if (kind > EVENT_SECOND) this.#walk.handle(kind, heap.code >>> EVENT_SHIFT, at);
      else if (kind === EVENT_ARRIVAL) this.#arrive(at);
      else this.#drawSecond(at);
    }
  }

  /** The next of the two instants at which the world itself changes: recording begins, arrivals stop. */
  #boundary(): number {
    if (!this.#recording) return this.options.recordFrom;
    return this.#arrivalsStopped ? Infinity : (this.options.stopArrivalsAt ?? Infinity);
  }

  #runExternal(): void {
    const boundary = this.#boundary();
    const agent = this.#nextAgent();
    const agentUs = agent?.nextUs ?? Infinity;
    if (boundary <= Math.min(this.#control.nextUs, this.plant.nextUs, agentUs)) {
      if (this.#recording) this.#stopArrivals(boundary);
      else this.#beginRecording(boundary);
    } else if (this.#control.nextUs <= Math.min(this.plant.nextUs, agentUs)) {
      this.#now = this.#control.nextUs;
      this.#control.step();
    } else if (agent !== undefined && agentUs <= this.plant.nextUs) {
      this.#now = agentUs;
      agent.step();
    } else {
      this.#now = this.plant.nextUs;
      this.plant.step(this.#scrapeable);
    }
  }

  /** The agent that acts next; of two at one instant the first of the list. */
  #nextAgent(): Agent | undefined {
    let next: Agent | undefined;
    for (const agent of this.#agents) if (next === undefined || agent.nextUs < next.nextUs) next = agent;
    return next;
  }

  #beginRecording(nowUs: number): void {
    this.#recording = true;
    this.#now = nowUs;
    for (const { index } of this.model.instances)
      this.#exposition.cpuBaseUs[index] = this.#exposition.cpuUsedUs(index, nowUs);
    for (const { index } of this.model.stores) {
      this.#exposition.cpuBaseUs[this.model.instances.length + index] = this.state.storeBusyUs(index, nowUs);
    }
  }

  /** Takes the measure of every process at the end; see closeSegment. */
  #stopArrivals(nowUs: number): void {
    this.#arrivalsStopped = true;
    this.#now = nowUs;
    for (const { index } of this.model.targets) this.#exposition.expose(index, nowUs);
  }

  #drawSecond(nowUs: number): void {
    const second = Math.floor(nowUs / MICROS_PER_SECOND);
    const stop = this.options.stopArrivalsAt ?? Infinity;
    if (second * MICROS_PER_SECOND >= stop) return;
    this.#arrivals.draw(second);
    this.#audience.second(second, nowUs);
    this.#arrivalCursor = 0;
    while (this.#arrivalCursor < this.#arrivals.count && this.#arrivals.atUs[this.#arrivalCursor] < nowUs)
      this.#arrivalCursor++;
    this.#nextArrival();
    this.#heap.push((second + 1) * MICROS_PER_SECOND, EVENT_SECOND);
  }

  #nextArrival(): void {
    const { atUs, count } = this.#arrivals;
    const stop = this.options.stopArrivalsAt ?? Infinity;
    if (this.#arrivalCursor < count && atUs[this.#arrivalCursor] < stop)
      this.#heap.push(atUs[this.#arrivalCursor], EVENT_ARRIVAL);
  }

  #arrive(nowUs: number): void {
    const cursor = this.#arrivalCursor++;
    const request = this.#arrivals.request[cursor];
    const journey = this.#arrivals.journey[cursor];
    this.#nextArrival();
    this.#walk.arrive(request, journey, nowUs >= this.options.recordFrom, nowUs);
  }

  // What the control plane and the plant ask for.

  #controlEffects(): ControlEffects {
    return {
      kill: (instance, nowUs) => {
        this.#walk.kill(instance, nowUs);
      },
      fresh: (instance, nowUs) => {
        this.#counts.resetTarget(this.model.instances[instance].target);
        this.#lives.forget(this.model.instances[instance].target);
        this.#exposition.cpuBaseUs[instance] = this.#exposition.cpuUsedUs(instance, nowUs);
        this.state.compute.fresh(instance, nowUs);
        this.versions.append({ instance, fromUs: nowUs, version: this.state.instanceVersion[instance] });
      },
      lifecycle: (instance, event, nowUs) => {
        this.#note(instance, event, { version: this.state.instanceVersion[instance] }, nowUs);
      },
      crashed: (instance, reason, delayUs, nowUs) => {
        this.state.compute.ended(instance, reason);
        if (nowUs < this.options.recordFrom) return;
        const { service } = this.model.instances[instance];
        const attributes = { reason, delay: `${String(Math.round(delayUs / MICROS_PER_SECOND))}s` };
        this.#write(instance, this.model.crashTemplates[service], attributes, nowUs);
      },
      checkFailed: (instance, { failedTemplate }, reason, nowUs) => {
        if (nowUs >= this.options.recordFrom) this.#write(instance, failedTemplate, { reason }, nowUs);
      },
      poolGrown: (dependency, nowUs) => {
        this.#walk.calls.servePools(dependency, nowUs);
      },
      consumersUp: (service, nowUs) => {
        this.#walk.messaging.consumersUp(service, nowUs);
      },
      dropLabel: (metric, label) => {
        this.plant.dropLabel(metric, label);
      },
    };
  }

  #machineWatcher(): MachineWatcher {
    const { services, storeFull } = this.model.machineTemplates;
    const linesOf = (instance: number): MachineTemplates => services[this.model.instances[instance].service];
    const write = (instance: number, template: number, nowUs: number): void => {
      if (nowUs >= this.options.recordFrom) this.#write(instance, template, {}, nowUs);
    };
    return {
      ends: (instance, reason, nowUs) => {
        if (reason === "Error") write(instance, linesOf(instance).heapExhausted, nowUs);
        this.#control.processes.crash(instance, reason, nowUs);
      },
      storeFull: (store, full, nowUs) => {
        const { statements } = this.#walk.databases;
        statements.full[store] = full ? 1 : 0;
        statements.refreshDetail(store, nowUs);
        if (full) this.#noteStore(storeFull[store], {}, nowUs);
      },
      processFull: (instance, what, full, nowUs) => {
        const { volumeFull, noDescriptors } = linesOf(instance);
        if (full) write(instance, what === "volume" ? volumeFull : noDescriptors, nowUs);
      },
    };
  }

  /** A line about a process, in the lifecycle records and in its log. */
  #note(
    instance: number,
    event: "stopping" | "started" | "ready" | "queueFilling",
    attributes: LifecycleRecord["attributes"],
    nowUs: number,
  ): void {
    if (nowUs < this.options.recordFrom) return;
    const { service } = this.model.instances[instance];
    this.#write(instance, this.model.services[service].lifecycle[event], attributes, nowUs);
  }

  #noteBreaker(pool: number, before: number, after: number, nowUs: number): void {
    if (nowUs < this.options.recordFrom) return;
    const { poolFrom } = this.state;
    const instance = poolFrom.findLastIndex((from) => from <= pool);
    const { service } = this.model.instances[instance];
    const dependency = this.model.services[service].dependenciesFrom + pool - poolFrom[instance];
    const attributes = {
      breaker: this.model.dependencies[dependency].target,
      from: BREAKER_NAMES[before],
      to: BREAKER_NAMES[after],
    };
    this.#write(instance, this.model.breakerTemplates[service], attributes, nowUs);
  }

  #write(instance: number, template: number, attributes: LifecycleRecord["attributes"], nowUs: number): void {
    const subject = this.lifecycle.push({ atUs: nowUs, instance, template, attributes }) - 1;
    const level = LOG_LEVELS.indexOf(this.model.logTemplates[template].level);
    this.#facts.log(instance, level, subject, template, nowUs);
  }

  /** A line that a database writes about itself. */
  #noteStore(template: number, attributes: LifecycleRecord["attributes"], nowUs: number): void {
    if (nowUs < this.options.recordFrom) return;
    const subject = this.lifecycle.push({ atUs: nowUs, instance: -1, template, attributes }) - 1;
    if (
      LOG_LEVELS.indexOf(this.model.logTemplates[template].level) >=
      LOG_LEVELS.indexOf(this.model.topology.plant.logLevel)
    )
      this.logs.append(nowUs, subject, template);
  }

  #makeScrapeable(): Scrapeable {
    const { model, state, observability } = this;
    let readOnly = 0;
    const instanceOfTarget = new Map(model.instances.map((instance) => [instance.target, instance.index]));
    return {
      values: this.#exposition.values,
      exemplarRows: this.#counts.exemplarRows,
      exemplarUs: this.#counts.exemplarUs,
      answers: (target) => {
        const instance = instanceOfTarget.get(target);
        if (observability.reach(target) === EXPORTER_REFUSES) return false;
        if (instance === undefined) return true;
        const phase = state.instanceState[instance];
        return phase === INSTANCE_ABSENT ? undefined : phase !== INSTANCE_STARTING && phase !== INSTANCE_WAITING;
      },
      isSilent: (target) => observability.reach(target) === EXPORTER_SILENT,
      expose: (target, nowUs) => {
        const exposed = this.#exposition.expose(target, nowUs);
        const { gone, read } = observability.filter.apply(target, this.#exposition.values, nowUs);
        readOnly = read;
        return exposed - gone;
      },
      dynamic: (target) => this.#dynamicOf(instanceOfTarget.get(target)),
      merged: (target) => {
        const labels = state.userLabels[instanceOfTarget.get(target) ?? -1];
        const kept = labels === undefined || this.#dynamicOf(instanceOfTarget.get(target)) !== undefined;
        return readOnly + (kept ? 0 : labels.count);
      },
      exposed: (target, samples, nowUs) => {
        const instance = instanceOfTarget.get(target);
        if (instance === undefined) return;
        state.profiler.beside(instance, PLACE_EXPOSITION, samples * EXPOSITION_US_PER_SAMPLE, 0);
        state.processors.add(instance, BACKGROUND_JOB, samples * EXPOSITION_US_PER_SAMPLE, nowUs);
      },
    };
  }

  /** Series with a user label that the scrape keeps: those whose label is not dropped on the way. */
  #dynamicOf(instance: number | undefined): DynamicSeries | undefined {
    const labels = instance === undefined ? undefined : this.state.userLabels[instance];
    return labels === undefined || this.plant.drops(SERVER_METRIC, labels.label) ? undefined : labels;
  }

  // Checks.

  /** What came in is done or in work; nobody works beyond its size. */
  #assertConservation(): void {
    const { arrived, completed } = this.#walk.flow;
    assert(completed <= arrived, `${String(completed)} requests completed of ${String(arrived)} that arrived`);
    assert(
      arrived - completed <= this.state.frames.inUse,
      `${String(arrived - completed)} requests in work and ${String(this.state.frames.inUse)} frames`,
    );
    this.#queues.assertConservation();
    for (const { index, service } of this.model.instances) {
      const { workers, queueCapacity } = this.model.services[service].spec;
      const { instanceBusy, workerLines } = this.state;
      assert(instanceBusy[index] >= 0, `instance ${String(index)} has ${String(instanceBusy[index])} busy workers`);
      assert(
        workerLines.length[index] <= queueCapacity,
        `instance ${String(index)} queues ${String(workerLines.length[index])}`,
      );
      assert(
        workerLines.length[index] === 0 ||
          instanceBusy[index] >= workers ||
          this.state.compute.lines.special[index] === 1,
        `instance ${String(index)} queues while a worker is free`,
      );
    }
  }

  #digestSpans(digest: Digest): void {
    for (let row = 0; row < this.spans.rows; row++) {
      const chunk = this.spans.chunks[row >>> SPAN_CHUNK_SHIFT];
      const at = row & SPAN_CHUNK_MASK;
      digest.double(chunk.startUs[at]).int(chunk.durationUs[at]).int(chunk.parent[at]).int(chunk.request[at]);
      digest.int(chunk.waitUs[at]).int((chunk.site[at] << 16) | chunk.instance[at]);
      digest.int((chunk.ordinal[at] << 16) | (chunk.status[at] << 8) | chunk.attempt[at]);
    }
  }
}
