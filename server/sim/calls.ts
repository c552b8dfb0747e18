/**
 * Talking to other components: one try after another of a step, each with a span, a connection out of the pool, a
 * time-out and an outcome. `attempt` begins a try, `settle` ends it; then the step proceeds, tries again or fails.
 */
import { combine, uniform } from "../base/draw.js";
import { MICROS_PER_MS } from "../base/time.js";
import type { EventHeap } from "../base/event-heap.js";
import type { Model } from "../topology/model-types.js";
import type { PolicyMetrics } from "../topology/resilience-layout.js";
import {
  FIELD_DEPENDENCY,
  FIELD_FALLBACK,
  FIELD_METRIC,
  FIELD_OPTIONAL,
  FIELD_SALT,
  FIELD_SITE,
  FIELD_TARGET,
  FIELD_TARGET_PC,
  INSTRUCTION_SHIFT,
  OP_CACHE_GET,
  OP_CACHE_SET,
  OP_CALL,
  OP_EXTERNAL,
  OP_PUBLISH,
  OP_QUERY,
} from "../topology/program.js";
import { SETUP_SILENT } from "./connection-setup.js";
import type { Balancer } from "./balancer.js";
import type { CacheAccess } from "./cache-access.js";
import type { Databases } from "./databases.js";
import { EVENT_OPENED, EVENT_REACH, EVENT_RETRY, EVENT_SHIFT } from "./events.js";
import type { Externals } from "./externals.js";
import type { Facts } from "./facts.js";
import {
  FRAME_ATTEMPT,
  FRAME_CALLER,
  FRAME_CALLER_GENERATION,
  FRAME_CALL_ROW,
  FRAME_CHOSEN,
  FRAME_CONNECTION,
  FRAME_COUNT,
  FRAME_FLIGHT,
  FRAME_GENERATION,
  FRAME_HEDGE,
  FRAME_HIT,
  FRAME_HOLDS_WORKER,
  FRAME_INSTANCE,
  FRAME_KEY,
  FRAME_KIND,
  FRAME_LINK,
  FRAME_OPERATION,
  FRAME_ORDINAL,
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
  FRAME_SUBJECT,
  FRAME_TIMES_SHIFT,
  type Frames,
  NOT_ENTERED,
  KIND_HEDGE,
  KIND_REMOTE,
  KIND_SERVER,
  LANE,
  STATE_CALLING,
  STATE_EVENT,
  STATE_POOL_LINE,
  STATE_RUNNING,
  TIME_ATTEMPT,
  TIME_DEADLINE,
} from "./frames.js";
import { FLIGHT_NONE, type Flights } from "./flights.js";
import type { Handler } from "./handler.js";
import type { Messaging } from "./messaging.js";
import {
  type CallPolicies,
  FEATURE_BREAKER,
  FEATURE_BUDGET,
  FEATURE_CALL_RATE,
  FEATURE_DEADLINE_AWARE,
  FEATURE_HEDGE,
  FEATURE_RETRY_ON,
} from "./resilience/call-policies.js";
import type { CallSettings } from "./resilience/call-settings.js";
import { Hedges, OWN_TRY_ENDED } from "./resilience/hedges.js";
import { PLACED, type Placement } from "./resilience/placement.js";
import type { ServerGuards } from "./resilience/server-guards.js";
import { type Network, NOT_SENT } from "./network.js";
import {
  STATUS_CANCELLED,
  STATUS_CIRCUIT_OPEN,
  STATUS_CLIENT_TIMEOUT,
  STATUS_CONNECTION_REFUSED,
  STATUS_DEADLINE_EXCEEDED,
  STATUS_DEPENDENCY_FAILED,
  STATUS_DEPENDENCY_TIMEOUT,
  STATUS_INSTANCE_STOPPED,
  STATUS_OK,
  STATUS_POOL_TIMEOUT,
  STATUS_TOO_MANY_CLIENTS,
  STATUS_RATE_LIMITED,
} from "./span-status.js";
import type { WorldState } from "./world-state.js";

const FOR_BACKOFF = 14;
const FOR_LEAK = 34;

/** Parts of a policy that are asked before a try and when it ends. */
const GATES = FEATURE_BREAKER | FEATURE_BUDGET | FEATURE_DEADLINE_AWARE | FEATURE_CALL_RATE;
const RETRY_GATES = FEATURE_BUDGET | FEATURE_DEADLINE_AWARE | FEATURE_RETRY_ON;

/** What calls need of the rest of the world. */
export interface CallParts {
  readonly model: Model;
  readonly heap: EventHeap;
  readonly state: WorldState;
  readonly facts: Facts;
  readonly balancer: Balancer;
  readonly network: Network;
  readonly databases: Databases;
  readonly externals: Externals;
  readonly caches: CacheAccess;
  readonly messaging: Messaging;
  readonly flights: Flights;
  readonly handler: Handler;
  readonly policies: CallPolicies;
  readonly placement: Placement;
  readonly guards: ServerGuards;
  readonly settings: CallSettings;
}

export class Calls {
  readonly model: Model;
  readonly heap: EventHeap;
  readonly state: WorldState;
  readonly facts: Facts;
  readonly balancer: Balancer;
  readonly network: Network;
  readonly databases: Databases;
  readonly externals: Externals;
  readonly caches: CacheAccess;
  readonly messaging: Messaging;
  readonly flights: Flights;
  readonly handler: Handler;
  readonly policies: CallPolicies;
  readonly placement: Placement;
  readonly guards: ServerGuards;
  readonly settings: CallSettings;
  readonly #poolPeak: Int32Array;
  readonly #hedges: Hedges;
  readonly #frames: Frames;
  readonly #code: Int32Array;
  readonly #serviceOfOperation: Int32Array;
  readonly #dependenciesFrom: Int32Array;

  constructor(parts: CallParts) {
    this.model = parts.model;
    this.heap = parts.heap;
    this.state = parts.state;
    this.facts = parts.facts;
    this.balancer = parts.balancer;
    this.network = parts.network;
    this.databases = parts.databases;
    this.externals = parts.externals;
    this.caches = parts.caches;
    this.messaging = parts.messaging;
    this.flights = parts.flights;
    this.handler = parts.handler;
    this.policies = parts.policies;
    this.placement = parts.placement;
    this.guards = parts.guards;
    this.settings = parts.settings;
    this.#poolPeak = parts.placement.idle.peak;
    this.#frames = parts.state.frames;
    this.#hedges = new Hedges(parts.state.frames);
    this.#code = parts.model.program.code;
    this.#serviceOfOperation = Int32Array.from(parts.model.operations, ({ service }) => service);
    this.#dependenciesFrom = Int32Array.from(
      parts.model.instances,
      ({ service }) => parts.model.services[service].dependenciesFrom,
    );
  }

  /** Begins a try of the current step: its span, then a connection. */
  attempt(frame: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const at = data[base + FRAME_PC] << INSTRUCTION_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_ATTEMPT] = nowUs;
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
    data[base + FRAME_CHOSEN] = -1;
    data[base + FRAME_CONNECTION] = -1;
    data[base + FRAME_HEDGE] = -1;
    if ((this.policies.features[dependency] & GATES) !== 0 && this.#refused(frame, dependency, pool, nowUs)) return;
    data[base + FRAME_POOL] = pool;
    if (this.state.poolUsed[pool] < this.state.poolSize[dependency]) {
      this.#dispatch(frame, dependency, nowUs);
      return;
    }
    data[base + FRAME_STATE] = STATE_POOL_LINE;
    this.state.poolLines.append(pool, frame);
    this.state.rings.arm(this.state.acquireRing[dependency], frame, nowUs);
  }

  /** Whether the policy forbids the try; then it has ended. */
  #refused(frame: number, dependency: number, pool: number, nowUs: number): boolean {
    const { data, times } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const deadlineUs = times[(frame << FRAME_TIMES_SHIFT) + TIME_DEADLINE];
    const refusal = this.policies.refusal(dependency, pool, data[base + FRAME_ATTEMPT] === 0, deadlineUs, nowUs);
    if (refusal === STATUS_OK) return false;
    if (refusal === STATUS_CIRCUIT_OPEN) this.#count(frame, dependency, (policy) => policy.breaker?.notPermitted);
    data[base + FRAME_POOL] = -1;
    this.#settle(frame, refusal, 0, nowUs);
    return true;
  }

  /** The frame has a connection: its question goes out. */
  #dispatch(frame: number, dependency: number, nowUs: number): void {
    const base = frame << FRAME_SHIFT;
    const pool = this.#frames.data[base + FRAME_POOL];
    const row = this.#frames.data[base + FRAME_CALL_ROW];
    const used = this.#use(pool);
    const waitedUs = nowUs - this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_ATTEMPT];
    if (row >= 0) this.facts.waited(row, waitedUs);
    this.state.profiler.waited(this.#frames.data[base + FRAME_INSTANCE], this.#frames.data[base + FRAME_PC], waitedUs);
    // The wait for a connection is over: its time-out must not find the frame.
    this.#frames.data[base + FRAME_GENERATION]++;
    this.#frames.data[base + FRAME_STATE] = STATE_CALLING;
    this.state.rings.arm(this.state.timeoutRing[dependency], frame, nowUs);
    if ((this.policies.features[dependency] & FEATURE_HEDGE) !== 0) this.#armHedge(frame, dependency, nowUs);
    const placed = (this.policies.features[dependency] & PLACED) !== 0;
    const fresh = placed ? this.#place(frame, dependency, used, -1, nowUs) : used > this.state.poolOpen[pool];
    this.#send(frame, dependency, fresh, nowUs);
  }

  /** One more connection of the pool is in use; how many are now. */
  #use(pool: number): number {
    const used = ++this.state.poolUsed[pool];
    if (used > this.#poolPeak[pool]) this.#poolPeak[pool] = used;
    return used;
  }

  /** Chooses where the try goes; whether a connection has to be opened for it. */
  #place(frame: number, dependency: number, used: number, avoid: number, nowUs: number): boolean {
    return this.placement.place(frame, dependency, used, avoid, this.#keyOfTry(frame), nowUs);
  }

  /** What the draws of the try that is under way are keyed with. */
  #keyOfTry(frame: number): number {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const salt = this.#code[(data[base + FRAME_PC] << INSTRUCTION_SHIFT) + FIELD_SALT];
    return combine(
      combine(data[base + FRAME_KEY], salt),
      (data[base + FRAME_ORDINAL] << 6) | data[base + FRAME_ATTEMPT],
    );
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

  /** All connections to a store break: callers open new ones with their next queries. */
  resetConnections(store: number): void {
    for (const { index, service, targetKind, targetIndex } of this.model.dependencies) {
      if (targetKind !== "store" || targetIndex !== store) continue;
      const { instancesFrom, instancesMax, dependenciesFrom } = this.model.services[service];
      for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++) {
        const pool = this.state.poolFrom[instance] + index - dependenciesFrom;
        const idle = Math.max(0, this.state.poolOpen[pool] - this.state.poolUsed[pool]);
        this.state.poolOpen[pool] -= idle;
        this.placement.connections.dropIdle(pool);
        this.state.storeConnections[store] -= idle;
      }
    }
  }

  /** The connection could not be opened after all. */
  #disconnect(dependency: number, pool: number): void {
    const { targetKind, targetIndex } = this.model.dependencies[dependency];
    if (targetKind === "store") this.state.storeConnections[targetIndex]--;
    this.state.poolOpen[pool]--;
  }

  /** Makes the frame that stands for the question on its way, and lets it go; `fresh` opens a connection for it. */
  #send(caller: number, dependency: number, fresh: boolean, nowUs: number): void {
    const remote = this.#frames.allocate();
    const data = this.#frames.data;
    const base = remote << FRAME_SHIFT;
    const from = caller << FRAME_SHIFT;
    const at = data[from + FRAME_PC] << INSTRUCTION_SHIFT;
    data[base + FRAME_KIND] = KIND_REMOTE;
    data[base + FRAME_CALLER] = caller;
    data[base + FRAME_CALLER_GENERATION] = data[from + FRAME_GENERATION];
    data[base + FRAME_KEY] = this.#keyOfTry(caller);
    data[base + FRAME_REQUEST] = data[from + FRAME_REQUEST];
    data[base + FRAME_RECORDED] = data[from + FRAME_RECORDED];
    data[base + FRAME_STATUS] = STATUS_OK;
    data[base + FRAME_STATE] = STATE_EVENT;
    data[base + FRAME_LINK] = dependency;
    data[base + FRAME_SUBJECT] = this.#code[at + FIELD_TARGET];
    data[base + FRAME_INSTANCE] = -1;
    data[base + FRAME_ROW] = NOT_ENTERED;
    data[base + FRAME_POOL] = -1;
    data[base + FRAME_HOLDS_WORKER] = 0;
    data[base + FRAME_HIT] = 0;
    data[base + FRAME_PRIORITY] = data[from + FRAME_PRIORITY];
    if (this.state.poolMisled[data[from + FRAME_POOL]] === 1) {
      if (fresh) this.placement.unplace(caller, nowUs);
      data[base + FRAME_STATUS] = STATUS_CONNECTION_REFUSED;
      this.network.answer(remote, nowUs);
      return;
    }
    if (fresh) {
      if (!this.#opened(remote, dependency, data[from + FRAME_POOL], nowUs)) return;
    } else if (data[from + FRAME_CONNECTION] >= 0 && this.#meetsClosed(remote, caller, dependency, nowUs)) {
      return;
    }
    this.#travel(remote, caller, this.#code[at], nowUs);
  }

  /** Whether the target has closed the connection by the time the question comes: then a reset is the answer. */
  #meetsClosed(remote: number, caller: number, dependency: number, nowUs: number): boolean {
    const { data } = this.#frames;
    const base = remote << FRAME_SHIFT;
    const wayUs = this.network.drawnThereUs(data[base + FRAME_KEY]);
    if (!this.placement.meetsClosed(caller, dependency, wayUs, nowUs)) return false;
    data[base + FRAME_STATUS] = STATUS_INSTANCE_STOPPED;
    this.network.answerAt(remote, nowUs + 2 * wayUs);
    return true;
  }

  /** Opens a connection for the question; false when it cannot go out now (it failed, or has to wait). */
  #opened(remote: number, dependency: number, pool: number, nowUs: number): boolean {
    const { data } = this.#frames;
    const base = remote << FRAME_SHIFT;
    if (!this.#connect(dependency, pool)) {
      this.placement.unplace(data[base + FRAME_CALLER], nowUs);
      data[base + FRAME_STATUS] = STATUS_TOO_MANY_CLIENTS;
      this.network.answer(remote, nowUs);
      return false;
    }
    const { setup } = this.network;
    if (setup.plain) return true;
    const key = data[base + FRAME_KEY];
    const setupUs = setup.openUs(dependency, pool, key, this.network.drawnThereUs(key), nowUs);
    if (setup.status === STATUS_OK) {
      if (setupUs === 0) return true;
      this.heap.push(nowUs + setupUs, (remote << EVENT_SHIFT) | EVENT_OPENED);
      return false;
    }
    this.#disconnect(dependency, pool);
    this.placement.unplace(data[base + FRAME_CALLER], nowUs);
    data[base + FRAME_STATUS] = setup.status;
    if (setupUs === SETUP_SILENT) this.#frames.release(remote);
    else this.network.answerAt(remote, nowUs + setupUs);
    return false;
  }

  /** The connection for the question is open: it goes out, if its caller still waits. */
  opened(remote: number, nowUs: number): void {
    const { data } = this.#frames;
    const base = remote << FRAME_SHIFT;
    const caller = data[base + FRAME_CALLER];
    if (data[(caller << FRAME_SHIFT) + FRAME_GENERATION] !== data[base + FRAME_CALLER_GENERATION]) {
      this.#frames.release(remote);
      return;
    }
    const at = data[(caller << FRAME_SHIFT) + FRAME_PC] << INSTRUCTION_SHIFT;
    this.#travel(remote, caller, this.#code[at], nowUs);
  }

  /** The first event of remote work, by kind of target. */
  #travel(remote: number, caller: number, op: number, nowUs: number): void {
    const subject = this.#frames.data[(remote << FRAME_SHIFT) + FRAME_SUBJECT];
    switch (op) {
      case OP_CALL:
        this.#call(remote, caller, subject, nowUs);
        return;
      case OP_QUERY:
        this.databases.query(remote, subject, nowUs);
        return;
      case OP_EXTERNAL:
        this.externals.ask(remote, subject, nowUs);
        return;
      case OP_PUBLISH:
        this.messaging.publish(remote, caller, subject, nowUs);
        return;
      default:
        this.caches.access(remote, subject, op, nowUs);
    }
  }

  #call(remote: number, caller: number, operation: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = remote << FRAME_SHIFT;
    const chosen = data[(caller << FRAME_SHIFT) + FRAME_CHOSEN];
    const instance =
      chosen >= 0 ? chosen : this.balancer.choose(this.#serviceOfOperation[operation], data[base + FRAME_KEY]);
    if (instance < 0) {
      data[base + FRAME_STATUS] = STATUS_CONNECTION_REFUSED;
      this.network.answer(remote, nowUs);
      return;
    }
    const thereUs = this.network.thereUs(remote, instance, nowUs);
    if (thereUs === NOT_SENT) return;
    data[base + FRAME_KIND] = KIND_SERVER;
    data[base + FRAME_OPERATION] = operation;
    data[base + FRAME_INSTANCE] = instance;
    data[base + FRAME_CALL_ROW] = -1;
    const { times } = this.#frames;
    const giveUpUs =
      times[(caller << FRAME_TIMES_SHIFT) + TIME_ATTEMPT] + this.state.timeoutUs[data[base + FRAME_LINK]];
    times[(remote << FRAME_TIMES_SHIFT) + TIME_DEADLINE] =
      this.guards.dropsLate[instance] === 0 ? Infinity : this.guards.deadlineOf(caller, instance, giveUpUs);
    data[base + FRAME_PARENT_ROW] = data[(caller << FRAME_SHIFT) + FRAME_CALL_ROW];
    this.heap.push(nowUs + thereUs, (remote << EVENT_SHIFT) | EVENT_REACH);
  }

  reply(remote: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = remote << FRAME_SHIFT;
    const caller = data[base + FRAME_CALLER];
    const inTime = data[(caller << FRAME_SHIFT) + FRAME_GENERATION] === data[base + FRAME_CALLER_GENERATION];
    const status = data[base + FRAME_STATUS];
    const hit = data[base + FRAME_HIT];
    this.#frames.release(remote);
    if (inTime) this.#settle(caller, status, hit, nowUs);
  }

  ring(ring: number, nowUs: number): void {
    const { rings } = this.state;
    const hedging = rings.isHedging(ring);
    while (rings.next(ring, nowUs)) {
      const { frame } = rings;
      const base = frame << FRAME_SHIFT;
      if (hedging) {
        this.#hedge(frame, nowUs);
      } else if (this.#frames.data[base + FRAME_STATE] === STATE_POOL_LINE) {
        this.state.poolLines.remove(this.#frames.data[base + FRAME_POOL], frame);
        this.#frames.data[base + FRAME_POOL] = -1 - this.#frames.data[base + FRAME_POOL];
        this.#settle(frame, STATUS_POOL_TIMEOUT, 0, nowUs);
      } else {
        this.#settle(frame, STATUS_CLIENT_TIMEOUT, 0, nowUs);
      }
    }
  }

  // The end of a try.

  /** The try has ended: go on, try again or fail. */
  #settle(frame: number, status: number, hit: number, nowUs: number): void {
    const base = frame << FRAME_SHIFT;
    if (this.#frames.data[base + FRAME_KIND] === KIND_HEDGE) {
      this.#hedgeSettled(frame, status, hit, nowUs);
      return;
    }
    if (this.#frames.data[base + FRAME_HEDGE] >= 0 && this.#waitsForHedges(frame, status, nowUs)) return;
    const { data } = this.#frames;
    const at = data[base + FRAME_PC] << INSTRUCTION_SHIFT;
    const dependency = this.#dependenciesFrom[data[base + FRAME_INSTANCE]] + this.#code[at + FIELD_DEPENDENCY];
    data[base + FRAME_GENERATION]++;
    data[base + FRAME_STATE] = STATE_RUNNING;
    const again =
      status !== STATUS_OK &&
      data[base + FRAME_ATTEMPT] + 1 < this.state.retry[dependency].attempts &&
      this.#mayRetry(frame, dependency, status, nowUs);
    if (data[base + FRAME_CONNECTION] !== OWN_TRY_ENDED) this.#endTry(frame, dependency, status, again, nowUs);
    if (status === STATUS_OK) this.#proceed(frame, at, hit, nowUs);
    else if (again) this.#retry(frame, dependency, status === STATUS_RATE_LIMITED ? hit * MICROS_PER_MS : 0, nowUs);
    else this.#fail(frame, at, status, nowUs);
  }

  /** One question has been answered or given up: closes its span and gives the connection back. */
  #endTry(frame: number, dependency: number, status: number, again: boolean, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const at = data[base + FRAME_PC] << INSTRUCTION_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    const ordinal = this.#code[at + FIELD_DEPENDENCY];
    const row = data[base + FRAME_CALL_ROW];
    const elapsed = nowUs - this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_ATTEMPT];
    this.state.profiler.took(instance, data[base + FRAME_PC], elapsed);
    if (row >= 0) {
      this.facts.called(row, instance, this.#code[at], this.#code[at + FIELD_METRIC], elapsed, status);
      if (status !== STATUS_OK && status !== STATUS_CANCELLED) {
        const { metrics } = this.model.services[this.model.instances[instance].service];
        const { retries, timeouts } = metrics.dependencies[ordinal];
        this.facts.attemptFailed(row, instance, again, nowUs);
        if (again) this.facts.add(instance, retries, 1);
        if (status === STATUS_POOL_TIMEOUT) this.facts.add(instance, timeouts, 1);
      }
    }
    data[base + FRAME_CALL_ROW] = -1;
    if ((this.policies.features[dependency] & FEATURE_BREAKER) !== 0)
      this.policies.ended(dependency, this.state.poolFrom[instance] + ordinal, status, nowUs);
    if (data[base + FRAME_CHOSEN] >= 0 || data[base + FRAME_CONNECTION] >= 0)
      this.placement.end(frame, dependency, status, nowUs);
    this.#giveBack(frame, dependency, nowUs);
  }

  // Hedges.

  #armHedge(frame: number, dependency: number, nowUs: number): void {
    const { hedge } = this.policies.policyOf(dependency);
    const at = this.#frames.data[(frame << FRAME_SHIFT) + FRAME_PC] << INSTRUCTION_SHIFT;
    if (hedge === undefined || this.#code[at] !== OP_CALL) return;
    this.state.rings.arm(this.state.rings.add(hedge.after, true), frame, nowUs);
  }

  /** The answer is late: asks another instance, if there is a connection for that and the retry budget allows it. */
  #hedge(owner: number, nowUs: number): void {
    const { data } = this.#frames;
    const base = owner << FRAME_SHIFT;
    const instance = data[base + FRAME_INSTANCE];
    const ordinal = this.#ordinalOf(owner);
    const dependency = this.#dependenciesFrom[instance] + ordinal;
    const pool = this.state.poolFrom[instance] + ordinal;
    const { hedge: spec } = this.policies.policyOf(dependency);
    const number = this.#hedges.countOf(owner) + 1;
    if (spec === undefined || number > spec.extra || this.state.poolUsed[pool] >= this.state.poolSize[dependency])
      return;
    if (!this.policies.mayHedge(dependency, pool, nowUs)) return;
    const hedge = this.#hedges.make(owner, number, pool, nowUs);
    const own = hedge << FRAME_SHIFT;
    const { data: grown } = this.#frames;
    const avoid = grown[base + FRAME_CHOSEN];
    const at = grown[own + FRAME_PC] << INSTRUCTION_SHIFT;
    grown[own + FRAME_CALL_ROW] =
      grown[own + FRAME_RECORDED] === 0
        ? -1
        : this.facts.open(
            this.#code[at + FIELD_SITE],
            instance,
            grown[own + FRAME_ROW],
            grown[own + FRAME_REQUEST],
            grown[own + FRAME_ORDINAL],
            grown[own + FRAME_ATTEMPT],
            nowUs,
          );
    this.#count(owner, dependency, (policy) => policy.hedges);
    const fresh = this.#place(hedge, dependency, this.#use(pool), avoid, nowUs);
    this.#send(hedge, dependency, fresh, nowUs);
    if (number < spec.extra) this.#armHedge(owner, dependency, nowUs);
  }

  /** What became of a further question. */
  #hedgeSettled(hedge: number, status: number, hit: number, nowUs: number): void {
    const owner = this.#frames.data[(hedge << FRAME_SHIFT) + FRAME_CALLER];
    const instance = this.#frames.data[(hedge << FRAME_SHIFT) + FRAME_INSTANCE];
    const dependency = this.#dependenciesFrom[instance] + this.#ordinalOf(hedge);
    this.#endTry(hedge, dependency, status, false, nowUs);
    this.#hedges.drop(hedge);
    // Not earlier: whoever gets the connection may make the arrays grow.
    const { data } = this.#frames;
    const from = owner << FRAME_SHIFT;
    const alone = data[from + FRAME_CONNECTION] === OWN_TRY_ENDED;
    if (status !== STATUS_OK) {
      // The others may still be answered well.
      if (alone && data[from + FRAME_HEDGE] < 0) this.#settle(owner, status, hit, nowUs);
      return;
    }
    if (!alone) this.#endOwnTry(owner, dependency, STATUS_CANCELLED, nowUs);
    this.#settle(owner, status, hit, nowUs);
  }

  /** The owner's own question is over while its call goes on. */
  #endOwnTry(owner: number, dependency: number, status: number, nowUs: number): void {
    this.#endTry(owner, dependency, status, false, nowUs);
    this.#frames.data[(owner << FRAME_SHIFT) + FRAME_CONNECTION] = OWN_TRY_ENDED;
  }

  /** Whether the call goes on with its hedges; a good answer and the end of all patience cancel them. */
  #waitsForHedges(owner: number, status: number, nowUs: number): boolean {
    const base = owner << FRAME_SHIFT;
    const dependency = this.#dependenciesFrom[this.#frames.data[base + FRAME_INSTANCE]] + this.#ordinalOf(owner);
    if (status !== STATUS_OK && status !== STATUS_CLIENT_TIMEOUT) {
      this.#endOwnTry(owner, dependency, status, nowUs);
      return true;
    }
    this.#cancelHedges(owner, dependency, nowUs);
    return false;
  }

  #cancelHedges(owner: number, dependency: number, nowUs: number): void {
    for (;;) {
      const hedge = this.#frames.data[(owner << FRAME_SHIFT) + FRAME_HEDGE];
      if (hedge < 0) return;
      this.#endTry(hedge, dependency, STATUS_CANCELLED, false, nowUs);
      this.#hedges.drop(hedge);
    }
  }

  /** Whether the policy lets a failed try be followed by another. */
  #mayRetry(frame: number, dependency: number, status: number, nowUs: number): boolean {
    if (status === STATUS_CIRCUIT_OPEN) return false;
    if ((this.policies.features[dependency] & RETRY_GATES) === 0) return true;
    const { data, times } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const pool = this.state.poolFrom[data[base + FRAME_INSTANCE]] + this.#ordinalOf(frame);
    const deadlineUs = times[(frame << FRAME_TIMES_SHIFT) + TIME_DEADLINE];
    const againUs = nowUs + this.#backoffUs(frame, dependency, data[base + FRAME_ATTEMPT] + 1);
    const may = this.policies.mayRetry(dependency, pool, status, deadlineUs, againUs, nowUs);
    if (this.policies.exhausted) this.#count(frame, dependency, (policy) => policy.budgetExhausted);
    return may;
  }

  /** Counts one for the caller in a series of the policy, where it has that series. */
  #count(frame: number, dependency: number, series: (policy: PolicyMetrics) => number | undefined): void {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const { service } = this.model.dependencies[dependency];
    const { metrics, dependenciesFrom } = this.model.services[service];
    const offset = series(metrics.dependencies[dependency - dependenciesFrom].policy);
    if (offset !== undefined) this.facts.add(data[base + FRAME_INSTANCE], offset, data[base + FRAME_RECORDED]);
  }

  /** Index of the dependency of the step within the service. */
  #ordinalOf(frame: number): number {
    return this.#code[(this.#frames.data[(frame << FRAME_SHIFT) + FRAME_PC] << INSTRUCTION_SHIFT) + FIELD_DEPENDENCY];
  }

  /** Returns the connection, if the frame has one, and serves who waits for it. */
  #giveBack(frame: number, dependency: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const pool = data[base + FRAME_POOL];
    data[base + FRAME_POOL] = -1;
    if (pool < 0) return;
    if (this.settings.leaking && uniform(combine(this.#keyOfTry(frame), FOR_LEAK)) < this.settings.leakRatio[pool]) {
      this.state.poolLeaked[pool]++;
      return;
    }
    this.state.poolUsed[pool]--;
    this.servePool(pool, dependency, nowUs);
  }

  /** Gives free connections of all pools of the dependency to those who wait. */
  servePools(dependency: number, nowUs: number): void {
    const { service } = this.model.dependencies[dependency];
    const { instancesFrom, instancesMax, dependenciesFrom } = this.model.services[service];
    for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++)
      this.servePool(this.state.poolFrom[instance] + dependency - dependenciesFrom, dependency, nowUs);
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
      this.handler.execute(frame, nowUs);
    } else if (++data[base + FRAME_ORDINAL] < data[base + FRAME_COUNT]) {
      data[base + FRAME_ATTEMPT] = 0;
      this.attempt(frame, nowUs);
    } else {
      if (this.#code[at] === OP_CACHE_GET && !this.#rebuilds(frame, at)) return;
      if (this.#code[at] === OP_CACHE_SET && data[base + FRAME_FLIGHT] !== 0) this.flights.land(frame, true, nowUs);
      if (this.#frames.data[base + FRAME_COUNT] === LANE) this.#nextOfLane(frame, nowUs);
      else this.#goOn(frame, at, nowUs);
    }
  }

  /** The step is over: what stands there in place of an answer is passed over. */
  #goOn(frame: number, at: number, nowUs: number): void {
    const { data } = this.#frames;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_PC] =
      this.#code[at + FIELD_FALLBACK] === 1 ? this.#code[at + FIELD_TARGET_PC] : data[base + FRAME_PC] + 1;
    this.handler.execute(frame, nowUs);
  }

  /** One of several lanes has done a repetition of the step: it takes the next that nobody has begun. */
  #nextOfLane(lane: number, nowUs: number): void {
    const { data } = this.#frames;
    const base = lane << FRAME_SHIFT;
    const owner = data[base + FRAME_CALLER] << FRAME_SHIFT;
    if (data[owner + FRAME_STATUS] !== STATUS_OK || data[owner + FRAME_ORDINAL] >= data[owner + FRAME_COUNT]) {
      this.handler.end(lane, nowUs);
      return;
    }
    data[base + FRAME_ORDINAL] = data[owner + FRAME_ORDINAL]++;
    data[base + FRAME_ATTEMPT] = 0;
    this.attempt(lane, nowUs);
  }

  /** Ends a branch whose work nobody needs: at once where it waits for others, otherwise when it goes on. */
  cancel(branch: number, nowUs: number): void {
    const base = branch << FRAME_SHIFT;
    const state = this.#frames.data[base + FRAME_STATE];
    this.#frames.data[base + FRAME_STATUS] = STATUS_CANCELLED;
    if (state !== STATE_CALLING && state !== STATE_POOL_LINE) return;
    const dependency = this.#dependenciesFrom[this.#frames.data[base + FRAME_INSTANCE]] + this.#ordinalOf(branch);
    if (state === STATE_POOL_LINE) {
      this.state.poolLines.remove(this.#frames.data[base + FRAME_POOL], branch);
      this.#frames.data[base + FRAME_POOL] = -1 - this.#frames.data[base + FRAME_POOL];
    }
    this.#cancelHedges(branch, dependency, nowUs);
    this.#frames.data[base + FRAME_GENERATION]++;
    this.#frames.data[base + FRAME_STATE] = STATE_RUNNING;
    if (this.#frames.data[base + FRAME_CONNECTION] !== OWN_TRY_ENDED)
      this.#endTry(branch, dependency, STATUS_CANCELLED, false, nowUs);
    this.handler.end(branch, nowUs);
  }

  /** After a miss: false when the frame waits for another that rebuilds the entry. */
  #rebuilds(frame: number, at: number): boolean {
    const keyspace = this.#code[at + FIELD_TARGET];
    return this.flights.scope[keyspace] === FLIGHT_NONE || this.flights.board(frame, keyspace);
  }

  /** Tries again after the backoff, or after `leastUs` where the target has asked for that. */
  #retry(frame: number, dependency: number, leastUs: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const attempt = ++data[base + FRAME_ATTEMPT];
    data[base + FRAME_STATE] = STATE_EVENT;
    const waitUs = Math.max(leastUs, this.#backoffUs(frame, dependency, attempt));
    this.heap.push(nowUs + waitUs, (frame << EVENT_SHIFT) | EVENT_RETRY);
  }

  /** µs from a failure to try `attempt`. */
  #backoffUs(frame: number, dependency: number, attempt: number): number {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const { backoff, multiplier, jitter } = this.state.retry[dependency];
    const key = combine(combine(data[base + FRAME_KEY], FOR_BACKOFF), (data[base + FRAME_PC] << 8) | attempt);
    const spread = 1 + jitter * (2 * uniform(key) - 1);
    return Math.max(Math.round(backoff * Math.pow(multiplier, attempt - 1) * spread), 0);
  }

  #fail(frame: number, at: number, status: number, nowUs: number): void {
    if (this.#code[at + FIELD_OPTIONAL] === 1) {
      this.#proceed(frame, at, 0, nowUs);
      return;
    }
    if (this.#code[at + FIELD_FALLBACK] === 1) {
      this.#frames.data[(frame << FRAME_SHIFT) + FRAME_PC]++;
      this.handler.execute(frame, nowUs);
      return;
    }
    const late =
      status === STATUS_CLIENT_TIMEOUT || status === STATUS_DEPENDENCY_TIMEOUT || status === STATUS_DEADLINE_EXCEEDED;
    this.#frames.data[(frame << FRAME_SHIFT) + FRAME_STATUS] = late
      ? STATUS_DEPENDENCY_TIMEOUT
      : STATUS_DEPENDENCY_FAILED;
    this.handler.end(frame, nowUs);
  }
}
