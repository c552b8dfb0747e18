/**
 * A request at a process: it reaches it, waits for a worker or is refused, is worked on, and is answered. The program of
 * its operation is run by the interpreter (request-walk.ts).
 */
import { combine, uniform } from "../base/draw.js";
import type { Model } from "../topology/model-types.js";
import type { WorkerLines } from "./compute/worker-lines.js";
import type { Facts } from "./facts.js";
import {
  FRAME_CALLER,
  FRAME_CALLER_GENERATION,
  FRAME_CALL_ROW,
  FRAME_CHECK_SLOT,
  FRAME_FLIGHT,
  FRAME_HOLDS_WORKER,
  FRAME_INSTANCE,
  FRAME_KEY,
  FRAME_KIND,
  FRAME_OPERATION,
  FRAME_PARENT_ROW,
  FRAME_PC,
  FRAME_POOL,
  FRAME_PRIORITY,
  FRAME_RECORDED,
  FRAME_REQUEST,
  FRAME_ROW,
  FRAME_SHIFT,
  FRAME_STATE,
  FRAME_STATUS,
  FRAME_TIMES_SHIFT,
  FRAME_VARIANT,
  type Frames,
  NOT_ENTERED,
  KIND_CHECK,
  KIND_CONSUMER,
  STATE_EVENT,
  STATE_WORKER_LINE,
  TIME_BEGAN,
  TIME_DEADLINE,
} from "./frames.js";
import type { Question } from "./control/health-checks.js";
import type { Handler } from "./handler.js";
import type { Messaging } from "./messaging.js";
import { PLACE_WORKER_LINE } from "./profiler.js";
import type { Network } from "./network.js";
import { PRIORITY_OF, type ServerGuards } from "./resilience/server-guards.js";
import { STATUS_CONNECTION_REFUSED, STATUS_OK, STATUS_OVERLOADED } from "./span-status.js";
import { INSTANCE_DRAINING, INSTANCE_UP, type WorldState } from "./world-state.js";

const FOR_SLOWNESS = 19;

const NORMAL_PRIORITY = 1;

/** Share of the queue from which a process warns. */
const QUEUE_MARK = 0.8;

/** Who hears of what happens to requests; called in the hot path, so nothing may be allocated there. */
export interface HandlingWatchers {
  /** An instance's queue for workers has passed its mark upwards. */
  queueFilling(instance: number, queued: number, nowUs: number): void;
  /** The edge has answered a request, or its process was killed; `row` is its span, −1 when it is not recorded. */
  answered(request: number, operation: number, status: number, durationUs: number, row: number, nowUs: number): void;
  /** The circuit breaker of a pool has changed its state (BREAKER_…). */
  breakerChanged(pool: number, from: number, to: number, nowUs: number): void;
  /** A process has answered how it is. */
  checked(slot: number, token: number, status: number, nowUs: number): void;
  /** A database writes a line about itself. */
  storeLine(template: number, attributes: Readonly<Record<string, string | number>>, nowUs: number): void;
}

/** Conservation: what came in, and what became of it. */
export interface Flow {
  arrived: number;
  completed: number;
}

export class Handlings {
  readonly flow: Flow = { arrived: 0, completed: 0 };
  readonly #frames: Frames;
  readonly #entries: Int32Array;
  // What the model says of operations and instances, flat: an object in an array costs a load for each step to it.
  readonly #serviceOfOperation: Int32Array;
  readonly #serverSite: Int32Array;
  readonly #activeGauge: Int32Array;
  readonly #queueOfOperation: Int32Array;
  readonly #workers: Int32Array;
  readonly #queueCapacity: Int32Array;
  readonly #attends: Uint8Array;
  readonly #lines: WorkerLines;

  constructor(
    readonly model: Model,
    readonly state: WorldState,
    readonly facts: Facts,
    readonly network: Network,
    readonly handler: Handler,
    readonly messaging: Messaging,
    readonly watchers: HandlingWatchers,
    readonly guards: ServerGuards,
  ) {
    this.#frames = state.frames;
    this.#entries = model.program.entries;
    this.#attends = state.compute.attends;
    this.#lines = state.compute.lines;
    const { operations, services, instances } = model;
    this.#serviceOfOperation = Int32Array.from(operations, ({ service }) => service);
    this.#serverSite = Int32Array.from(operations, ({ serverSite }) => serverSite);
    this.#queueOfOperation = Int32Array.from(operations, ({ queue }) => queue);
    this.#activeGauge = Int32Array.from(operations, ({ index, service, isCheck }) => {
      const { metrics, operationsFrom } = services[service];
      // Checks have no gauge: they count where nothing is read, the place of a label set that has no count.
      return isCheck ? 0 : metrics.active[index - operationsFrom];
    });
    this.#workers = Int32Array.from(instances, ({ service }) => services[service].spec.workers);
    this.#queueCapacity = Int32Array.from(instances, ({ service }) => services[service].spec.queueCapacity);
  }

  /** A frame for the handling of an operation; the caller fills in where and for whom. */
  handling(kind: number, operation: number, key: number, request: number, recorded: number): number {
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
    data[base + FRAME_PRIORITY] = NORMAL_PRIORITY;
    this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_DEADLINE] = Infinity;
    return frame;
  }

  reach(frame: number, nowUs: number): void {
    const base = frame << FRAME_SHIFT;
    const state = this.state.instanceState[this.#frames.data[base + FRAME_INSTANCE]];
    const isClosed = this.state.compute.descriptors.closed[this.#frames.data[base + FRAME_INSTANCE]] === 1;
    if (!isClosed && (state === INSTANCE_UP || state === INSTANCE_DRAINING)) {
      this.enter(frame, nowUs, STATUS_OK);
      return;
    }
    this.#frames.data[base + FRAME_STATUS] = STATUS_CONNECTION_REFUSED;
    this.network.answer(frame, nowUs);
  }

  /** A check reaches the process on its own machine: it waits for a worker like a request, or has a thread of its own. */
  check({ instance, operation, worker, slot, token, key }: Question, nowUs: number): void {
    const frame = this.handling(KIND_CHECK, operation, key, 0, 0);
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_CALLER] = -1;
    data[base + FRAME_CALLER_GENERATION] = token;
    data[base + FRAME_CHECK_SLOT] = slot;
    data[base + FRAME_INSTANCE] = instance;
    data[base + FRAME_PRIORITY] = PRIORITY_OF.critical;
    if (worker) {
      this.enter(frame, nowUs, STATUS_OK);
      return;
    }
    this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_BEGAN] = nowUs;
    data[base + FRAME_ROW] = -1;
    this.facts.add(instance, this.#activeGauge[operation], 1);
    this.#run(frame, nowUs);
  }

  /** `refusedWith` is a status other than STATUS_OK when somebody before the process turns the request away. */
  enter(frame: number, nowUs: number, refusedWith: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    const operation = data[base + FRAME_OPERATION];
    this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_BEGAN] = nowUs;
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
    const asks = this.guards.asks[instance] === 1 && refusedWith === STATUS_OK;
    let refusal = asks ? this.guards.admission(frame, nowUs) : refusedWith;
    if (refusal === STATUS_OK) refusal = this.state.compute.refusal[instance];
    if (refusal !== STATUS_OK) {
      data[base + FRAME_STATUS] = refusal;
      this.finish(frame, nowUs);
    } else if (this.#isWorkerFree(instance, operation)) {
      this.begin(frame, nowUs);
    } else if (this.#hasPlace(instance, operation) || this.#makeRoom(instance, operation, nowUs)) {
      data[base + FRAME_STATE] = STATE_WORKER_LINE;
      this.state.workerLines.append(instance, frame);
      this.#lines.changed(instance, nowUs);
      this.#watchQueue(instance, this.#queueCapacity[instance], nowUs);
    } else {
      this.#reject(frame, nowUs);
    }
  }

  #isWorkerFree(instance: number, operation: number): boolean {
    if (this.state.instanceBusy[instance] >= this.#workers[instance]) return false;
    return this.#lines.special[instance] === 0 || this.#lines.hasRoom(instance, operation);
  }

  #hasPlace(instance: number, operation: number): boolean {
    if (this.state.workerLines.length[instance] >= this.#queueCapacity[instance]) return false;
    return this.#lines.special[instance] === 0 || this.#lines.hasPlace(instance, operation);
  }

  /** There is no place for the request, or not any more. */
  #reject(frame: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_STATUS] = STATUS_OVERLOADED;
    const { rejections } = this.model.services[this.#serviceOfOperation[data[base + FRAME_OPERATION]]].metrics;
    this.facts.add(data[base + FRAME_INSTANCE], rejections, data[base + FRAME_RECORDED]);
    this.finish(frame, nowUs);
  }

  /** Whether somebody leaves a line that is full, so that a newcomer has a place. */
  #makeRoom(instance: number, operation: number, nowUs: number): boolean {
    const outdated = this.#lines.special[instance] === 1 ? this.#lines.outdated(instance, operation) : -1;
    if (outdated < 0) return false;
    this.state.workerLines.remove(instance, outdated);
    this.#reject(outdated, nowUs);
    return true;
  }

  #watchQueue(instance: number, capacity: number, nowUs: number): void {
    const queued = this.state.workerLines.length[instance];
    const filling = queued > capacity * QUEUE_MARK ? 1 : 0;
    if (filling === 1 && this.state.queueFilling[instance] === 0) this.watchers.queueFilling(instance, queued, nowUs);
    // Hysteresis: the warning can come again after the queue has been half empty.
    if (filling === 1 || queued < capacity / 2) this.state.queueFilling[instance] = filling;
  }

  begin(frame: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    this.state.instanceBusy[instance]++;
    data[base + FRAME_HOLDS_WORKER] = 1;
    if (this.#attends[instance] === 1) this.state.compute.begins(instance, data[base + FRAME_OPERATION], nowUs);
    const row = data[base + FRAME_ROW];
    const waitedUs = nowUs - this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_BEGAN];
    if (row >= 0) this.facts.waited(row, waitedUs);
    if (waitedUs > 0) this.state.profiler.beside(instance, PLACE_WORKER_LINE, 0, waitedUs);
    this.#run(frame, nowUs);
  }

  #run(frame: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_FLIGHT] = 0;
    const variant = this.state.instanceVariant[data[base + FRAME_INSTANCE]];
    data[base + FRAME_VARIANT] = variant;
    data[base + FRAME_PC] = this.#entries[variant * this.model.operations.length + data[base + FRAME_OPERATION]];
    this.handler.execute(frame, nowUs);
  }

  /** µs by which a slow service holds an answer back, its worker with it. */
  heldUpUs(frame: number, nowUs: number): number {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    const median = this.state.instanceMedianUs[instance];
    const factor = this.state.instanceFactor[instance];
    if (median === 0 && factor === 1) return 0;
    const elapsed = nowUs - this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_BEGAN];
    const wanted =
      median === 0 ? elapsed * factor : median * (0.5 + uniform(combine(data[base + FRAME_KEY], FOR_SLOWNESS)));
    return Math.round(wanted - elapsed);
  }

  finish(frame: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    const operation = data[base + FRAME_OPERATION];
    const queue = this.#queueOfOperation[operation];
    const row = data[base + FRAME_ROW];
    if (row >= 0) {
      const elapsed = nowUs - this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_BEGAN];
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
    if (heldWorker && this.guards.limit[instance] > 0)
      this.guards.answered(instance, nowUs - this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_BEGAN]);
    if (heldWorker) this.#workerFree(instance, operation, nowUs);
    if (queue >= 0) this.messaging.deliver(queue, nowUs);
  }

  /** What becomes of the frame: its answer travels, or nobody waits for it. */
  #leave(frame: number, queue: number, nowUs: number): void {
    const base = frame << FRAME_SHIFT;
    const kind = this.#frames.data[base + FRAME_KIND];
    if (kind === KIND_CONSUMER) {
      this.messaging.processed(frame, queue, nowUs);
      this.#frames.release(frame);
    } else if (kind === KIND_CHECK) {
      const { data } = this.#frames;
      const slot = data[base + FRAME_CHECK_SLOT];
      const token = data[base + FRAME_CALLER_GENERATION];
      const status = data[base + FRAME_STATUS];
      this.#frames.release(frame);
      this.watchers.checked(slot, token, status, nowUs);
    } else if (this.#frames.data[base + FRAME_CALLER] < 0) {
      this.edgeDone(frame, this.#frames.data[base + FRAME_STATUS], nowUs);
      this.#frames.release(frame);
    } else {
      this.network.answer(frame, nowUs);
    }
  }

  /** A request of the edge has ended, answered or killed. */
  edgeDone(frame: number, status: number, nowUs: number): void {
    const { data, times } = this.#frames;
    const base = frame << FRAME_SHIFT;
    this.flow.completed++;
    const durationUs = nowUs - times[(frame << FRAME_TIMES_SHIFT) + TIME_BEGAN];
    const operation = data[base + FRAME_OPERATION];
    this.watchers.answered(data[base + FRAME_REQUEST], operation, status, durationUs, data[base + FRAME_ROW], nowUs);
  }

  #workerFree(instance: number, operation: number, nowUs: number): void {
    const { workerLines, instanceBusy } = this.state;
    instanceBusy[instance]--;
    if (this.#lines.special[instance] === 1) {
      this.#lines.ended(instance, operation);
      this.#chooseNext(instance, nowUs);
      return;
    }
    const next = workerLines.head[instance];
    if (next < 0 || instanceBusy[instance] >= this.#workers[instance]) return;
    workerLines.remove(instance, next);
    this.begin(next, nowUs);
  }

  /** Gives what is free to whom the policy of the line chooses. */
  #chooseNext(instance: number, nowUs: number): void {
    const { workerLines, instanceBusy } = this.state;
    for (let late = this.#lines.overdue(instance, nowUs); late >= 0; late = this.#lines.overdue(instance, nowUs)) {
      workerLines.remove(instance, late);
      this.#lines.changed(instance, nowUs);
      this.#reject(late, nowUs);
    }
    const next = instanceBusy[instance] < this.#workers[instance] ? this.#lines.next(instance, nowUs) : -1;
    if (next < 0) return;
    workerLines.remove(instance, next);
    this.#lines.changed(instance, nowUs);
    this.begin(next, nowUs);
  }

  /** After the workers have been divided anew: those that are free are given out. */
  redistribute(service: number, nowUs: number): void {
    const { instancesFrom, instancesMax } = this.model.services[service];
    for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++) {
      for (let before = -1; before !== this.state.workerLines.length[instance];) {
        before = this.state.workerLines.length[instance];
        this.#chooseNext(instance, nowUs);
      }
    }
  }
}
