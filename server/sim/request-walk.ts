/**
 * How a request moves through the system: the interpreter of the programs, and the contention that it meets (workers,
 * processors, connection pools, stores, caches, queues, time-outs, retries). One method for each kind of event; between
 * two events of a frame nothing of it is on any stack, all is in the frame.
 *
 * Simplifications, named: answers and refusals cross the network once with a drawn latency; a caller balances at random
 * over the instances that are up and learns of the rest at once; idle pool connections are never closed while the
 * process lives; after a failed branch the other branches are still awaited.
 */
import type { EventHeap } from "../base/event-heap.js";
import { assert } from "../base/assert.js";
import { below, combine, uniform } from "../base/draw.js";
import { quantileAt } from "../base/quantile-tables.js";
import type { Model } from "../topology/model-types.js";
import {
  FIELD_BRANCH_COUNT,
  FIELD_BRANCHES,
  FIELD_DEPENDENCY,
  FIELD_DURATION,
  FIELD_FLAG,
  FIELD_FLAG_VALUE,
  FIELD_METRIC,
  FIELD_OPTIONAL,
  FIELD_PER_ITEM,
  FIELD_REPEAT,
  FIELD_SALT,
  FIELD_SITE,
  FIELD_TARGET,
  FIELD_TARGET_PC,
  INSTRUCTION_SHIFT,
  OP_CACHE_GET,
  OP_CACHE_SET,
  OP_CALL,
  OP_CPU,
  OP_END,
  OP_EXTERNAL,
  OP_FLAG,
  OP_OWN_ERROR,
  OP_PARALLEL,
  OP_PUBLISH,
  OP_QUERY,
  REPEAT_BASKET,
} from "../topology/program.js";
import type { CacheContent } from "./cache-content.js";
import {
  EVENT_ARRIVAL,
  EVENT_CPU,
  EVENT_DELAYED,
  EVENT_REACH,
  EVENT_REPLY,
  EVENT_RETRY,
  EVENT_RING,
  EVENT_SHIFT,
  EVENT_STORE,
} from "./events.js";
import type { Facts } from "./facts.js";
import {
  FRAME_ATTEMPT,
  FRAME_CALL_ROW,
  FRAME_CALLER,
  FRAME_CALLER_GENERATION,
  FRAME_COUNT,
  FRAME_GENERATION,
  FRAME_HIT,
  FRAME_HOLDS_WORKER,
  FRAME_INSTANCE,
  FRAME_JOIN,
  FRAME_KEY,
  FRAME_KIND,
  FRAME_OPERATION,
  FRAME_ORDINAL,
  FRAME_PARENT_ROW,
  FRAME_PC,
  FRAME_POOL,
  FRAME_RECORDED,
  FRAME_REQUEST,
  FRAME_ROW,
  FRAME_SHIFT,
  FRAME_STATE,
  FRAME_STATUS,
  FRAME_SUBJECT,
  FRAME_VARIANT,
  type Frames,
  KIND_BRANCH,
  KIND_CONSUMER,
  KIND_REMOTE,
  KIND_SERVER,
  STATE_CALLING,
  STATE_CPU,
  STATE_DEAD,
  STATE_EVENT,
  STATE_JOINING,
  STATE_POOL_LINE,
  STATE_RUNNING,
  STATE_WORKER_LINE,
} from "./frames.js";
import type { Message, MessageQueues } from "./message-queues.js";
import type { RequestDraws } from "./request-draws.js";
import {
  STATUS_CLIENT_TIMEOUT,
  STATUS_CONNECTION_REFUSED,
  STATUS_DEPENDENCY_FAILED,
  STATUS_DEPENDENCY_TIMEOUT,
  STATUS_INSTANCE_STOPPED,
  STATUS_INTERNAL_ERROR,
  STATUS_OK,
  STATUS_OVERLOADED,
  STATUS_POOL_TIMEOUT,
  STATUS_QUEUE_FULL,
} from "./span-status.js";
import { INSTANCE_DRAINING, INSTANCE_UP, type WorldState } from "./world-state.js";

/* What a draw is for; steps have salts of their own, made from their path. */
const FOR_INSTANCE = 11;
const FOR_NETWORK_THERE = 12;
const FOR_NETWORK_BACK = 13;
const FOR_BACKOFF = 14;
const FOR_LATENCY = 15;
const FOR_ERROR = 16;
const FOR_STORE_CPU = 17;
const FOR_STORE_IO = 18;
const FOR_SLOWNESS = 19;

/** Share of the queue from which a process warns. */
const QUEUE_MARK = 0.8;

/** Conservation: what came in, and what became of it. */
export interface Flow {
  arrived: number;
  completed: number;
}

export class RequestWalk {
  readonly flow: Flow = { arrived: 0, completed: 0 };
  readonly #frames: Frames;
  readonly #code: Int32Array;
  readonly #entries: Int32Array;
  readonly #tables: Float64Array;
  readonly #shapes: Int32Array;
  // What the model says of operations and instances, flat: an object in an array costs a load for each step to it.
  readonly #serviceOfOperation: Int32Array;
  readonly #serverSite: Int32Array;
  readonly #activeGauge: Int32Array;
  readonly #queueOfOperation: Int32Array;
  readonly #workers: Int32Array;
  readonly #queueCapacity: Int32Array;
  readonly #dependenciesFrom: Int32Array;
  readonly #message: Message = { row: -1, request: 0, key: 0, recorded: 0, atUs: 0 };

  constructor(
    readonly model: Model,
    readonly heap: EventHeap,
    readonly state: WorldState,
    readonly facts: Facts,
    readonly draws: RequestDraws,
    readonly caches: CacheContent,
    readonly queues: MessageQueues,
    /** Called when an instance's queue for workers passes its mark upwards. */
    readonly onQueueFilling: (instance: number, queued: number, nowUs: number) => void,
  ) {
    this.#frames = state.frames;
    this.#code = model.program.code;
    this.#entries = model.program.entries;
    this.#tables = model.durations.tables;
    this.#shapes = model.durations.shapes;
    const { operations, services, instances } = model;
    this.#serviceOfOperation = Int32Array.from(operations, ({ service }) => service);
    this.#serverSite = Int32Array.from(operations, ({ serverSite }) => serverSite);
    this.#queueOfOperation = Int32Array.from(operations, ({ queue }) => queue);
    this.#activeGauge = Int32Array.from(operations, ({ index, service }) => {
      const { metrics, operationsFrom } = services[service];
      return metrics.active[index - operationsFrom];
    });
    this.#workers = Int32Array.from(instances, ({ service }) => services[service].spec.workers);
    this.#queueCapacity = Int32Array.from(instances, ({ service }) => services[service].spec.queueCapacity);
    this.#dependenciesFrom = Int32Array.from(instances, ({ service }) => services[service].dependenciesFrom);
  }

  // Events.

  /** A request comes in at the edge. */
  arrive(request: number, journey: number, recorded: boolean, nowUs: number): void {
    const { service, operation } = this.model.journeys[journey];
    const key = combine(this.draws.keyOf(request), journey);
    const instance = this.#choose(service, key);
    this.flow.arrived++;
    const frame = this.#handling(KIND_SERVER, operation, key, request, recorded ? 1 : 0);
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_CALLER] = -1;
    data[base + FRAME_PARENT_ROW] = -1;
    // With nothing up, the first instance's address answers for the load balancer.
    data[base + FRAME_INSTANCE] = instance < 0 ? this.model.services[service].instancesFrom : instance;
    this.#enter(frame, nowUs, instance < 0);
  }

  /** Handles any event but those of arrivals. `subject` is a frame, a CPU or a ring. */
  handle(kind: number, subject: number, nowUs: number): void {
    switch (kind) {
      case EVENT_CPU:
        this.#cpu(subject, nowUs);
        return;
      case EVENT_REPLY:
        this.#reply(subject, nowUs);
        return;
      case EVENT_REACH:
        this.#reach(subject, nowUs);
        return;
      case EVENT_STORE:
        this.#storeReady(subject, nowUs);
        return;
      case EVENT_RING:
        this.#ring(subject, nowUs);
        return;
      case EVENT_RETRY:
        if (this.#stillAlive(subject)) this.#attempt(subject, nowUs);
        return;
      case EVENT_DELAYED:
        if (this.#stillAlive(subject)) this.#finish(subject, nowUs);
        return;
      default:
        assert(kind !== EVENT_ARRIVAL, `event kind ${String(kind)} in the request walk`);
    }
  }

  /** The process is gone: what it was working on ends, its callers see the connection break. */
  kill(instance: number, nowUs: number): void {
    this.state.processors.clear(instance, nowUs);
    const frames = this.#frames;
    for (let frame = 0; frame < frames.capacity; frame++) {
      const base = frame << FRAME_SHIFT;
      const kind = frames.data[base + FRAME_KIND];
      const handles = kind === KIND_SERVER || kind === KIND_BRANCH || kind === KIND_CONSUMER;
      const here = frames.data[base + FRAME_INSTANCE] === instance;
      if (
        handles &&
        here &&
        frames.data[base + FRAME_STATE] !== STATE_DEAD &&
        frames.data[base + FRAME_ROW] !== NOT_ENTERED
      ) {
        this.#killFrame(frame, nowUs);
      }
    }
    this.#forgetProcess(instance);
  }

  // Arriving at a process.

  /** A frame for the handling of an operation; the caller fills in where and for whom. */
  #handling(kind: number, operation: number, key: number, request: number, recorded: number): number {
    const frame = this.#frames.allocate();
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_KIND] = kind;
    data[base + FRAME_OPERATION] = operation;
    data[base + FRAME_KEY] = key;
    data[base + FRAME_REQUEST] = request;
    data[base + FRAME_RECORDED] = recorded;
    data[base + FRAME_STATUS] = STATUS_OK;
    data[base + FRAME_STATE] = STATE_EVENT;
    data[base + FRAME_ROW] = NOT_ENTERED;
    data[base + FRAME_POOL] = -1;
    data[base + FRAME_HOLDS_WORKER] = 0;
    data[base + FRAME_CALL_ROW] = -1;
    return frame;
  }

  #reach(frame: number, nowUs: number): void {
    const base = frame << FRAME_SHIFT;
    const state = this.state.instanceState[this.#frames.data[base + FRAME_INSTANCE]];
    if (state === INSTANCE_UP || state === INSTANCE_DRAINING) {
      this.#enter(frame, nowUs, false);
      return;
    }
    this.#frames.data[base + FRAME_STATUS] = STATUS_CONNECTION_REFUSED;
    this.#answer(frame, nowUs);
  }

  #enter(frame: number, nowUs: number, refused: boolean): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    const operation = data[base + FRAME_OPERATION];
    this.#frames.times[frame * 2] = nowUs;
    data[base + FRAME_ROW] =
      data[base + FRAME_RECORDED] === 0
        ? -1
        : this.facts.open(
            this.#serverSite[operation],
            instance,
            data[base + FRAME_PARENT_ROW],
            data[base + FRAME_REQUEST],
            0,
            0,
            nowUs,
          );
    this.facts.add(instance, this.#activeGauge[operation], 1);
    if (refused) {
      data[base + FRAME_STATUS] = STATUS_OVERLOADED;
      this.#finish(frame, nowUs);
    } else if (this.state.instanceBusy[instance] < this.#workers[instance]) {
      this.#begin(frame, nowUs);
    } else if (this.state.workerLines.length[instance] < this.#queueCapacity[instance]) {
      data[base + FRAME_STATE] = STATE_WORKER_LINE;
      this.state.workerLines.append(instance, frame);
      this.#watchQueue(instance, this.#queueCapacity[instance], nowUs);
    } else {
      data[base + FRAME_STATUS] = STATUS_OVERLOADED;
      const { rejections } = this.model.services[this.#serviceOfOperation[operation]].metrics;
      this.facts.add(instance, rejections, data[base + FRAME_RECORDED]);
      this.#finish(frame, nowUs);
    }
  }

  #watchQueue(instance: number, capacity: number, nowUs: number): void {
    const queued = this.state.workerLines.length[instance];
    const filling = queued > capacity * QUEUE_MARK ? 1 : 0;
    if (filling === 1 && this.state.queueFilling[instance] === 0) this.onQueueFilling(instance, queued, nowUs);
    // Hysteresis: the warning can come again after the queue has been half empty.
    if (filling === 1 || queued < capacity / 2) this.state.queueFilling[instance] = filling;
  }

  #begin(frame: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    this.state.instanceBusy[instance]++;
    data[base + FRAME_HOLDS_WORKER] = 1;
    const row = data[base + FRAME_ROW];
    if (row >= 0) this.facts.waited(row, nowUs - this.#frames.times[frame * 2]);
    const variant = this.state.instanceVariant[instance];
    data[base + FRAME_VARIANT] = variant;
    data[base + FRAME_PC] = this.#entries[variant * this.model.operations.length + data[base + FRAME_OPERATION]];
    this.#execute(frame, nowUs);
  }

  // The interpreter.

  /** Runs the frame's program until it has to wait or has ended. */
  #execute(frame: number, nowUs: number): void {
    const code = this.#code;
    const base = frame << FRAME_SHIFT;
    for (;;) {
      const data = this.#frames.data;
      const at = data[base + FRAME_PC] << INSTRUCTION_SHIFT;
      switch (code[at]) {
        case OP_CPU: {
          const work = this.#work(frame, at);
          if (work > 0) {
            data[base + FRAME_STATE] = STATE_CPU;
            this.state.processors.add(data[base + FRAME_INSTANCE], frame, work, nowUs);
            return;
          }
          break;
        }
        case OP_CALL:
        case OP_QUERY:
        case OP_EXTERNAL:
        case OP_CACHE_GET:
        case OP_CACHE_SET:
        case OP_PUBLISH: {
          const repeat = code[at + FIELD_REPEAT];
          const count = repeat === REPEAT_BASKET ? this.draws.basketOf(data[base + FRAME_REQUEST]) : repeat;
          if (count > 0) {
            data[base + FRAME_COUNT] = count;
            data[base + FRAME_ORDINAL] = 0;
            data[base + FRAME_ATTEMPT] = 0;
            this.#attempt(frame, nowUs);
            return;
          }
          break;
        }
        case OP_FLAG:
          if (this.state.flags[code[at + FIELD_FLAG]] !== code[at + FIELD_FLAG_VALUE]) {
            data[base + FRAME_PC] = code[at + FIELD_TARGET_PC];
            continue;
          }
          break;
        case OP_PARALLEL:
          if (!this.#fork(frame, at, nowUs)) return;
          continue;
        case OP_OWN_ERROR:
          if (this.#failsByItself(frame, code[at + FIELD_SALT])) {
            data[base + FRAME_STATUS] = STATUS_INTERNAL_ERROR;
            this.#end(frame, nowUs);
            return;
          }
          break;
        case OP_END:
          this.#end(frame, nowUs);
          return;
        default:
          assert(false, `operation code ${String(code[at])}`);
      }
      data[base + FRAME_PC]++;
    }
  }

  #work(frame: number, at: number): number {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const drawn = this.#sample(
      this.#code[at + FIELD_DURATION],
      combine(data[base + FRAME_KEY], this.#code[at + FIELD_SALT]),
    );
    const perItem = this.#code[at + FIELD_PER_ITEM];
    return perItem === 0 ? drawn : drawn + perItem * this.draws.basketOf(data[base + FRAME_REQUEST]);
  }

  #failsByItself(frame: number, salt: number): boolean {
    const base = frame << FRAME_SHIFT;
    const ratio = this.state.operationErrorRatio[this.#frames.data[base + FRAME_OPERATION]];
    return ratio > 0 && uniform(combine(this.#frames.data[base + FRAME_KEY], salt)) < ratio;
  }

  /** Starts the branches of a parallel step; true when all have ended already and the frame can go on. */
  #fork(frame: number, at: number, nowUs: number): boolean {
    const base = frame << FRAME_SHIFT;
    const count = this.#code[at + FIELD_BRANCH_COUNT];
    // One more than there are, so that branches that end at once do not wake the frame before all have begun.
    this.#frames.data[base + FRAME_JOIN] = count + 1;
    this.#frames.data[base + FRAME_STATE] = STATE_JOINING;
    this.#frames.data[base + FRAME_PC] = this.#code[at + FIELD_TARGET_PC];
    for (let branch = 0; branch < count; branch++) {
      const entry = this.#code[at + FIELD_BRANCHES + branch];
      this.#execute(this.#branch(frame, entry), nowUs);
    }
    const data = this.#frames.data;
    if (--data[base + FRAME_JOIN] > 0) return false;
    if (data[base + FRAME_STATUS] === STATUS_OK) return true;
    this.#end(frame, nowUs);
    return false;
  }

  #branch(owner: number, entry: number): number {
    const frame = this.#frames.allocate();
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const from = owner << FRAME_SHIFT;
    data[base + FRAME_KIND] = KIND_BRANCH;
    data[base + FRAME_PC] = entry;
    data[base + FRAME_CALLER] = owner;
    data[base + FRAME_INSTANCE] = data[from + FRAME_INSTANCE];
    data[base + FRAME_OPERATION] = data[from + FRAME_OPERATION];
    data[base + FRAME_KEY] = data[from + FRAME_KEY];
    data[base + FRAME_REQUEST] = data[from + FRAME_REQUEST];
    data[base + FRAME_RECORDED] = data[from + FRAME_RECORDED];
    data[base + FRAME_ROW] = data[from + FRAME_ROW];
    data[base + FRAME_VARIANT] = data[from + FRAME_VARIANT];
    data[base + FRAME_STATUS] = STATUS_OK;
    data[base + FRAME_POOL] = -1;
    data[base + FRAME_HOLDS_WORKER] = 0;
    data[base + FRAME_CALL_ROW] = -1;
    return frame;
  }

  /** The program of the frame has ended, well or not. */
  #end(frame: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    if (data[base + FRAME_KIND] === KIND_BRANCH) {
      this.#join(frame, nowUs);
      return;
    }
    const held = this.#heldUp(frame, nowUs);
    if (held <= 0) {
      this.#finish(frame, nowUs);
      return;
    }
    data[base + FRAME_STATE] = STATE_EVENT;
    this.heap.push(nowUs + held, (frame << EVENT_SHIFT) | EVENT_DELAYED);
  }

  #join(branch: number, nowUs: number): void {
    const data = this.#frames.data;
    const owner = data[(branch << FRAME_SHIFT) + FRAME_CALLER];
    const status = data[(branch << FRAME_SHIFT) + FRAME_STATUS];
    this.#frames.release(branch);
    const base = owner << FRAME_SHIFT;
    if (status !== STATUS_OK) data[base + FRAME_STATUS] = status;
    if (--data[base + FRAME_JOIN] > 0) return;
    if (data[base + FRAME_STATUS] === STATUS_OK) this.#execute(owner, nowUs);
    else this.#end(owner, nowUs);
  }

  /** µs by which a slow service holds an answer back, its worker with it. */
  #heldUp(frame: number, nowUs: number): number {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const service = this.#serviceOfOperation[data[base + FRAME_OPERATION]];
    const median = this.state.serviceMedianUs[service];
    const factor = this.state.serviceFactor[service];
    if (median === 0 && factor === 1) return 0;
    const elapsed = nowUs - this.#frames.times[frame * 2];
    const wanted =
      median === 0 ? elapsed * factor : median * (0.5 + uniform(combine(data[base + FRAME_KEY], FOR_SLOWNESS)));
    return Math.round(wanted - elapsed);
  }

  // The end of a handling.

  #finish(frame: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    const operation = data[base + FRAME_OPERATION];
    const queue = this.#queueOfOperation[operation];
    const row = data[base + FRAME_ROW];
    if (row >= 0) {
      const elapsed = nowUs - this.#frames.times[frame * 2];
      this.facts.handled(
        row,
        instance,
        operation,
        data[base + FRAME_REQUEST],
        elapsed,
        data[base + FRAME_STATUS],
        nowUs,
      );
    }
    this.facts.add(instance, this.#activeGauge[operation], -1);
    const heldWorker = data[base + FRAME_HOLDS_WORKER] === 1;
    this.#leave(frame, queue, nowUs);
    if (heldWorker) this.#workerFree(instance, nowUs);
    if (queue >= 0) this.#deliver(queue, nowUs);
  }

  /** What becomes of the frame: its answer travels, or nobody waits for it. */
  #leave(frame: number, queue: number, nowUs: number): void {
    const base = frame << FRAME_SHIFT;
    const kind = this.#frames.data[base + FRAME_KIND];
    if (kind === KIND_CONSUMER) {
      this.queues.inWork[queue]--;
      this.#frames.release(frame);
    } else if (this.#frames.data[base + FRAME_CALLER] < 0) {
      this.flow.completed++;
      this.#frames.release(frame);
    } else {
      this.#answer(frame, nowUs);
    }
  }

  /** Sends the frame back to its caller. */
  #answer(frame: number, nowUs: number): void {
    const base = frame << FRAME_SHIFT;
    this.#frames.data[base + FRAME_KIND] = KIND_REMOTE;
    this.#frames.data[base + FRAME_STATE] = STATE_EVENT;
    const latency = this.#network(combine(this.#frames.data[base + FRAME_KEY], FOR_NETWORK_BACK));
    this.heap.push(nowUs + latency, (frame << EVENT_SHIFT) | EVENT_REPLY);
  }

  #workerFree(instance: number, nowUs: number): void {
    const { workerLines, instanceBusy } = this.state;
    instanceBusy[instance]--;
    const next = workerLines.head[instance];
    if (next < 0 || instanceBusy[instance] >= this.#workers[instance]) return;
    workerLines.remove(instance, next);
    this.#begin(next, nowUs);
  }

  // Talking to others.

  /** Begins a try of the current step: its span, then a connection. */
  #attempt(frame: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const at = data[base + FRAME_PC] << INSTRUCTION_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    this.#frames.times[frame * 2 + 1] = nowUs;
    data[base + FRAME_CALL_ROW] =
      data[base + FRAME_RECORDED] === 0
        ? -1
        : this.facts.open(
            this.#code[at + FIELD_SITE],
            instance,
            data[base + FRAME_ROW],
            data[base + FRAME_REQUEST],
            data[base + FRAME_ORDINAL],
            data[base + FRAME_ATTEMPT],
            nowUs,
          );
    const ordinal = this.#code[at + FIELD_DEPENDENCY];
    const pool = this.state.poolFrom[instance] + ordinal;
    const dependency = this.#dependenciesFrom[instance] + ordinal;
    data[base + FRAME_POOL] = pool;
    if (this.state.poolUsed[pool] < this.state.poolSize[dependency]) {
      this.#dispatch(frame, dependency, nowUs);
      return;
    }
    data[base + FRAME_STATE] = STATE_POOL_LINE;
    this.state.poolLines.append(pool, frame);
    this.state.rings.arm(this.state.acquireRing[dependency], frame, nowUs);
  }

  /** The frame has a connection: its question goes out. */
  #dispatch(frame: number, dependency: number, nowUs: number): void {
    const base = frame << FRAME_SHIFT;
    const pool = this.#frames.data[base + FRAME_POOL];
    const row = this.#frames.data[base + FRAME_CALL_ROW];
    const used = ++this.state.poolUsed[pool];
    if (row >= 0) this.facts.waited(row, nowUs - this.#frames.times[frame * 2 + 1]);
    // The wait for a connection is over: its time-out must not find the frame.
    this.#frames.data[base + FRAME_GENERATION]++;
    this.#frames.data[base + FRAME_STATE] = STATE_CALLING;
    const connected = used <= this.state.poolOpen[pool] || this.#connect(dependency, pool);
    this.state.rings.arm(this.state.timeoutRing[dependency], frame, nowUs);
    this.#send(frame, connected, nowUs);
  }

  /** Opens one more connection; false when the store has none left to give. */
  #connect(dependency: number, pool: number): boolean {
    const { targetKind, targetIndex } = this.model.dependencies[dependency];
    if (targetKind === "store") {
      if (this.state.storeConnections[targetIndex] >= this.model.stores[targetIndex].spec.connectionLimit) return false;
      this.state.storeConnections[targetIndex]++;
    }
    this.state.poolOpen[pool]++;
    return true;
  }

  /** Makes the frame that stands for the question on its way, and lets it go. */
  #send(caller: number, connected: boolean, nowUs: number): void {
    const remote = this.#frames.allocate();
    const data = this.#frames.data;
    const base = remote << FRAME_SHIFT;
    const from = caller << FRAME_SHIFT;
    const at = data[from + FRAME_PC] << INSTRUCTION_SHIFT;
    const salted = combine(data[from + FRAME_KEY], this.#code[at + FIELD_SALT]);
    const key = combine(salted, (data[from + FRAME_ORDINAL] << 6) | data[from + FRAME_ATTEMPT]);
    data[base + FRAME_KIND] = KIND_REMOTE;
    data[base + FRAME_CALLER] = caller;
    data[base + FRAME_CALLER_GENERATION] = data[from + FRAME_GENERATION];
    data[base + FRAME_KEY] = key;
    data[base + FRAME_REQUEST] = data[from + FRAME_REQUEST];
    data[base + FRAME_RECORDED] = data[from + FRAME_RECORDED];
    data[base + FRAME_STATUS] = connected ? STATUS_OK : STATUS_CONNECTION_REFUSED;
    data[base + FRAME_STATE] = STATE_EVENT;
    data[base + FRAME_SUBJECT] = this.#code[at + FIELD_TARGET];
    data[base + FRAME_INSTANCE] = -1;
    data[base + FRAME_ROW] = NOT_ENTERED;
    data[base + FRAME_POOL] = -1;
    data[base + FRAME_HOLDS_WORKER] = 0;
    data[base + FRAME_HIT] = 0;
    if (!connected) this.#answer(remote, nowUs);
    else this.#travel(remote, caller, this.#code[at], nowUs);
  }

  /** The first event of remote work, by kind of target. */
  #travel(remote: number, caller: number, op: number, nowUs: number): void {
    const subject = this.#frames.data[(remote << FRAME_SHIFT) + FRAME_SUBJECT];
    switch (op) {
      case OP_CALL:
        this.#call(remote, caller, subject, nowUs);
        return;
      case OP_QUERY:
        this.#query(remote, subject, nowUs);
        return;
      case OP_EXTERNAL:
        this.#external(remote, subject, nowUs);
        return;
      case OP_PUBLISH:
        this.#publish(remote, caller, subject, nowUs);
        return;
      default:
        this.#cache(remote, subject, op, nowUs);
    }
  }

  #call(remote: number, caller: number, operation: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = remote << FRAME_SHIFT;
    const key = data[base + FRAME_KEY];
    const instance = this.#choose(this.model.operations[operation].service, key);
    if (instance < 0) {
      data[base + FRAME_STATUS] = STATUS_CONNECTION_REFUSED;
      this.#answer(remote, nowUs);
      return;
    }
    data[base + FRAME_KIND] = KIND_SERVER;
    data[base + FRAME_OPERATION] = operation;
    data[base + FRAME_INSTANCE] = instance;
    data[base + FRAME_CALL_ROW] = -1;
    data[base + FRAME_PARENT_ROW] = data[(caller << FRAME_SHIFT) + FRAME_CALL_ROW];
    this.heap.push(nowUs + this.#network(combine(key, FOR_NETWORK_THERE)), (remote << EVENT_SHIFT) | EVENT_REACH);
  }

  #query(remote: number, query: number, nowUs: number): void {
    const key = this.#frames.data[(remote << FRAME_SHIFT) + FRAME_KEY];
    const { store, ioDuration } = this.model.queries[query];
    this.state.storeActive[store]++;
    const there = this.#network(combine(key, FOR_NETWORK_THERE));
    const io = Math.round(this.#sample(ioDuration, combine(key, FOR_STORE_IO)));
    this.heap.push(nowUs + there + io, (remote << EVENT_SHIFT) | EVENT_STORE);
  }

  #external(remote: number, operation: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = remote << FRAME_SHIFT;
    const key = data[base + FRAME_KEY];
    const ratio = this.state.externalErrorRatio[operation];
    if (ratio > 0 && uniform(combine(key, FOR_ERROR)) < ratio) data[base + FRAME_STATUS] = STATUS_INTERNAL_ERROR;
    this.#replyIn(remote, this.model.externals[operation].duration, key, nowUs);
  }

  #cache(remote: number, keyspace: number, op: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = remote << FRAME_SHIFT;
    const cache = this.model.caches[this.model.keyspaces[keyspace].cache];
    const entry = this.caches.keyFor(keyspace, this.draws.keyOf(data[base + FRAME_REQUEST]));
    const values = this.model.targets[cache.target].valuesFrom;
    const raw = this.facts.counts.raw;
    const recorded = data[base + FRAME_RECORDED];
    if (op === OP_CACHE_SET) this.caches.store(keyspace, entry, nowUs);
    else {
      const hit = this.caches.has(keyspace, entry, nowUs);
      data[base + FRAME_HIT] = hit ? 1 : 0;
      raw[values + (hit ? cache.metrics.hits : cache.metrics.misses)] += recorded;
    }
    raw[values + cache.metrics.commands] += recorded;
    this.#replyIn(remote, cache.duration, data[base + FRAME_KEY], nowUs);
  }

  #publish(remote: number, caller: number, queue: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = remote << FRAME_SHIFT;
    const message = this.#message;
    message.row = data[(caller << FRAME_SHIFT) + FRAME_CALL_ROW];
    message.request = data[base + FRAME_REQUEST];
    message.key = data[base + FRAME_KEY];
    message.recorded = data[base + FRAME_RECORDED];
    message.atUs = nowUs;
    const { target, metrics, duration } = this.model.queues[queue];
    if (this.queues.publish(queue, message)) {
      this.facts.counts.raw[this.model.targets[target].valuesFrom + metrics.published] += message.recorded;
    } else {
      data[base + FRAME_STATUS] = STATUS_QUEUE_FULL;
    }
    this.#replyIn(remote, duration, data[base + FRAME_KEY], nowUs);
    this.#deliver(queue, nowUs);
  }

  #replyIn(remote: number, duration: number, key: number, nowUs: number): void {
    const latency = Math.max(1, Math.round(this.#sample(duration, combine(key, FOR_LATENCY))));
    this.heap.push(nowUs + latency, (remote << EVENT_SHIFT) | EVENT_REPLY);
  }

  /** Hands waiting messages to consumers while both are there. */
  #deliver(queue: number, nowUs: number): void {
    const { spec, consumerService, consumerOperation, target, metrics } = this.model.queues[queue];
    while (this.queues.waiting[queue] > 0 && this.queues.inWork[queue] < spec.consumer.concurrency) {
      if (this.state.upCount[consumerService] === 0) return;
      const message = this.#message;
      this.queues.take(queue, message);
      const { row, request, recorded, atUs } = message;
      const key = combine(message.key, FOR_INSTANCE);
      const instance = this.#choose(consumerService, key);
      this.queues.inWork[queue]++;
      this.facts.counts.raw[this.model.targets[target].valuesFrom + metrics.delivered] += recorded;
      const frame = this.#handling(KIND_CONSUMER, consumerOperation, key, request, recorded);
      const base = frame << FRAME_SHIFT;
      this.#frames.data[base + FRAME_CALLER] = -1;
      this.#frames.data[base + FRAME_INSTANCE] = instance;
      this.#frames.data[base + FRAME_PARENT_ROW] = row;
      this.#consume(frame, atUs, nowUs);
    }
  }

  /** A consumer takes a message: no line of its own, the concurrency of the queue is the bound. */
  #consume(frame: number, publishedUs: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const operation = this.model.operations[data[base + FRAME_OPERATION]];
    const service = this.model.services[operation.service];
    const instance = data[base + FRAME_INSTANCE];
    this.#frames.times[frame * 2] = nowUs;
    this.facts.add(instance, service.metrics.active[operation.index - service.operationsFrom], 1);
    const recorded = data[base + FRAME_RECORDED] === 1;
    const parent = data[base + FRAME_PARENT_ROW];
    const row = recorded
      ? this.facts.open(operation.serverSite, instance, parent, data[base + FRAME_REQUEST], 0, 0, nowUs)
      : -1;
    data[base + FRAME_ROW] = row;
    this.#begin(frame, nowUs);
    // Its wait is the time in the queue, not the time for a worker that `begin` wrote.
    if (row >= 0) this.facts.waited(row, nowUs - publishedUs);
  }

  /** Instances of a service take requests again: its queues may have waited for them. */
  consumersUp(service: number, nowUs: number): void {
    for (const queue of this.model.queues) if (queue.consumerService === service) this.#deliver(queue.index, nowUs);
  }

  // What happens at the other end.

  #storeReady(remote: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = remote << FRAME_SHIFT;
    const query = this.model.queries[data[base + FRAME_SUBJECT]];
    const rows = query.rows < 0 ? this.draws.basketOf(data[base + FRAME_REQUEST]) : query.rows;
    const drawn = this.#sample(query.cpuDuration, combine(data[base + FRAME_KEY], FOR_STORE_CPU));
    const work = drawn + rows * query.spec.cpuPerRow;
    data[base + FRAME_STATE] = STATE_CPU;
    if (data[base + FRAME_RECORDED] === 1) {
      const counters = this.model.targets[this.model.stores[query.store].target].valuesFrom + query.counters;
      this.facts.counts.raw[counters]++;
      this.facts.counts.raw[counters + 1] += rows;
    }
    if (work > 0) this.state.processors.add(this.state.storeCpu(query.store), remote, work, nowUs);
    else this.#queryDone(remote, nowUs);
  }

  #queryDone(remote: number, nowUs: number): void {
    const query = this.model.queries[this.#frames.data[(remote << FRAME_SHIFT) + FRAME_SUBJECT]];
    this.state.storeActive[query.store]--;
    this.#answer(remote, nowUs);
  }

  #cpu(cpu: number, nowUs: number): void {
    const { processors } = this.state;
    processors.complete(cpu, nowUs);
    const store = cpu >= this.model.instances.length;
    for (let index = 0; index < processors.doneCount; index++) {
      const frame = processors.done[index];
      if (frame < 0) continue;
      if (store) this.#queryDone(frame, nowUs);
      else {
        const base = frame << FRAME_SHIFT;
        this.#frames.data[base + FRAME_STATE] = STATE_RUNNING;
        this.#frames.data[base + FRAME_PC]++;
        this.#execute(frame, nowUs);
      }
    }
  }

  #reply(remote: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = remote << FRAME_SHIFT;
    const caller = data[base + FRAME_CALLER];
    const inTime = data[(caller << FRAME_SHIFT) + FRAME_GENERATION] === data[base + FRAME_CALLER_GENERATION];
    const status = data[base + FRAME_STATUS];
    const hit = data[base + FRAME_HIT];
    this.#frames.release(remote);
    if (inTime) this.#settle(caller, status, hit, nowUs);
  }

  #ring(ring: number, nowUs: number): void {
    const { rings } = this.state;
    while (rings.next(ring, nowUs)) {
      const { frame } = rings;
      const base = frame << FRAME_SHIFT;
      if (this.#frames.data[base + FRAME_STATE] === STATE_POOL_LINE) {
        this.state.poolLines.remove(this.#frames.data[base + FRAME_POOL], frame);
        this.#frames.data[base + FRAME_POOL] = -1 - this.#frames.data[base + FRAME_POOL];
        this.#settle(frame, STATUS_POOL_TIMEOUT, 0, nowUs);
      } else {
        this.#settle(frame, STATUS_CLIENT_TIMEOUT, 0, nowUs);
      }
    }
  }

  // The end of a try.

  /** The try has ended: close its span, give the connection back, then go on, try again or fail. */
  #settle(frame: number, status: number, hit: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const at = data[base + FRAME_PC] << INSTRUCTION_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    const ordinal = this.#code[at + FIELD_DEPENDENCY];
    const dependency = this.#dependenciesFrom[instance] + ordinal;
    data[base + FRAME_GENERATION]++;
    data[base + FRAME_STATE] = STATE_RUNNING;
    const row = data[base + FRAME_CALL_ROW];
    const again = status !== STATUS_OK && data[base + FRAME_ATTEMPT] + 1 < this.state.retry[dependency].attempts;
    if (row >= 0) {
      const elapsed = nowUs - this.#frames.times[frame * 2 + 1];
      this.facts.called(row, instance, this.#code[at], this.#code[at + FIELD_METRIC], elapsed, status);
      if (status !== STATUS_OK) {
        const { metrics } = this.model.services[this.model.instances[instance].service];
        const { retries, timeouts } = metrics.dependencies[ordinal];
        this.facts.attemptFailed(row, instance, again, nowUs);
        if (again) this.facts.add(instance, retries, 1);
        if (status === STATUS_POOL_TIMEOUT) this.facts.add(instance, timeouts, 1);
      }
    }
    data[base + FRAME_CALL_ROW] = -1;
    this.#giveBack(frame, dependency, nowUs);
    if (status === STATUS_OK) this.#proceed(frame, at, hit, nowUs);
    else if (again) this.#retry(frame, dependency, nowUs);
    else this.#fail(frame, at, status, nowUs);
  }

  /** Returns the connection, if the frame has one, and serves who waits for it. */
  #giveBack(frame: number, dependency: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const pool = data[base + FRAME_POOL];
    data[base + FRAME_POOL] = -1;
    if (pool < 0) return;
    this.state.poolUsed[pool]--;
    this.servePool(pool, dependency, nowUs);
  }

  /** Gives free connections of the pool to those who wait. */
  servePool(pool: number, dependency: number, nowUs: number): void {
    const { poolLines, poolUsed, poolSize } = this.state;
    while (poolLines.length[pool] > 0 && poolUsed[pool] < poolSize[dependency]) {
      const next = poolLines.head[pool];
      poolLines.remove(pool, next);
      this.#dispatch(next, dependency, nowUs);
    }
  }

  #proceed(frame: number, at: number, hit: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    if (this.#code[at] === OP_CACHE_GET && hit === 1) {
      data[base + FRAME_PC] = this.#code[at + FIELD_TARGET_PC];
      this.#execute(frame, nowUs);
    } else if (++data[base + FRAME_ORDINAL] < data[base + FRAME_COUNT]) {
      data[base + FRAME_ATTEMPT] = 0;
      this.#attempt(frame, nowUs);
    } else {
      data[base + FRAME_PC]++;
      this.#execute(frame, nowUs);
    }
  }

  #retry(frame: number, dependency: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const { backoff, multiplier, jitter } = this.state.retry[dependency];
    const attempt = ++data[base + FRAME_ATTEMPT];
    const key = combine(combine(data[base + FRAME_KEY], FOR_BACKOFF), (data[base + FRAME_PC] << 8) | attempt);
    const spread = 1 + jitter * (2 * uniform(key) - 1);
    const wait = Math.round(backoff * Math.pow(multiplier, attempt - 1) * spread);
    data[base + FRAME_STATE] = STATE_EVENT;
    this.heap.push(nowUs + Math.max(wait, 0), (frame << EVENT_SHIFT) | EVENT_RETRY);
  }

  #fail(frame: number, at: number, status: number, nowUs: number): void {
    if (this.#code[at + FIELD_OPTIONAL] === 1) {
      this.#proceed(frame, at, 0, nowUs);
      return;
    }
    const late = status === STATUS_CLIENT_TIMEOUT || status === STATUS_DEPENDENCY_TIMEOUT;
    this.#frames.data[(frame << FRAME_SHIFT) + FRAME_STATUS] = late
      ? STATUS_DEPENDENCY_TIMEOUT
      : STATUS_DEPENDENCY_FAILED;
    this.#end(frame, nowUs);
  }

  // Killing.

  #killFrame(frame: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const kind = data[base + FRAME_KIND];
    const callRow = data[base + FRAME_CALL_ROW];
    const row = data[base + FRAME_ROW];
    if (callRow >= 0) this.facts.close(callRow, nowUs - this.#frames.times[frame * 2 + 1], STATUS_INSTANCE_STOPPED);
    if (kind !== KIND_BRANCH && row >= 0)
      this.facts.close(row, nowUs - this.#frames.times[frame * 2], STATUS_INSTANCE_STOPPED);
    if (kind === KIND_CONSUMER) this.queues.inWork[this.model.operations[data[base + FRAME_OPERATION]].queue]--;
    if (kind === KIND_SERVER && data[base + FRAME_CALLER] < 0) this.flow.completed++;
    if (kind === KIND_SERVER && data[base + FRAME_CALLER] >= 0) this.#resetConnection(frame, nowUs);
    this.#dismiss(frame);
  }

  /** The caller of a killed handling sees its connection break. */
  #resetConnection(killed: number, nowUs: number): void {
    const remote = this.#frames.allocate();
    const data = this.#frames.data;
    const base = remote << FRAME_SHIFT;
    const from = killed << FRAME_SHIFT;
    data.copyWithin(base + FRAME_CALLER, from + FRAME_CALLER, from + FRAME_CALLER_GENERATION + 1);
    data[base + FRAME_KEY] = data[from + FRAME_KEY];
    data[base + FRAME_STATUS] = STATUS_INSTANCE_STOPPED;
    data[base + FRAME_HIT] = 0;
    data[base + FRAME_INSTANCE] = -1;
    this.#answer(remote, nowUs);
  }

  /** Releases the frame now, or when the one event that is on its way to it has come. */
  #dismiss(frame: number): void {
    const base = frame << FRAME_SHIFT;
    const waitsForEvent = this.#frames.data[base + FRAME_STATE] === STATE_EVENT;
    this.#frames.data[base + FRAME_GENERATION]++;
    if (waitsForEvent) this.#frames.data[base + FRAME_STATE] = STATE_DEAD;
    else this.#frames.release(frame);
  }

  #stillAlive(frame: number): boolean {
    const base = frame << FRAME_SHIFT;
    if (this.#frames.data[base + FRAME_STATE] !== STATE_DEAD) return true;
    this.#frames.release(frame);
    return false;
  }

  #forgetProcess(instance: number): void {
    const { state } = this;
    const service = this.model.services[this.model.instances[instance].service];
    state.instanceBusy[instance] = 0;
    state.queueFilling[instance] = 0;
    state.workerLines.clear(instance);
    for (let ordinal = 0; ordinal < service.dependencyCount; ordinal++) {
      const pool = state.poolFrom[instance] + ordinal;
      const { targetKind, targetIndex } = this.model.dependencies[service.dependenciesFrom + ordinal];
      if (targetKind === "store") state.storeConnections[targetIndex] -= state.poolOpen[pool];
      state.poolUsed[pool] = 0;
      state.poolOpen[pool] = 0;
      state.poolLines.clear(pool);
    }
  }

  // Draws.

  /** An instance of the service that takes requests, −1 when none does. */
  #choose(service: number, key: number): number {
    const count = this.state.upCount[service];
    if (count === 0) return -1;
    const place = count === 1 ? 0 : below(combine(key, FOR_INSTANCE), count);
    return this.state.upInstances[this.model.services[service].instancesFrom + place];
  }

  #sample(duration: number, key: number): number {
    return this.state.medians[duration] * quantileAt(this.#tables, this.#shapes[duration], key);
  }

  #network(key: number): number {
    return Math.round(this.#sample(this.model.networkDuration, key));
  }
}

/** FRAME_ROW of remote work that no process has taken up yet. */
const NOT_ENTERED = -2;
