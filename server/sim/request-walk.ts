/**
 * How a request moves through the system: the interpreter of the programs and the dispatch of events. Between two events
 * of a frame nothing of it is on any stack, all is in the frame. The rooms around it: handlings.ts (a request at a
 * process), calls.ts (tries, pools, time-outs), databases.ts, cache-access.ts, messaging.ts and externals.ts (what is at
 * the other end), network.ts and balancer.ts (the way there).
 *
 * After a failed branch the others are awaited unless the step says that they are cancelled.
 */
import type { EventHeap } from "../base/event-heap.js";
import { assert } from "../base/assert.js";
import { combine, uniform } from "../base/draw.js";
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import type { Model } from "../topology/model-types.js";
import {
  BRANCHES_CANCEL,
  FIELD_BRANCHES,
  FIELD_BRANCH_COUNT,
  FIELD_CONCURRENCY,
  FIELD_DURATION,
  FIELD_FLAG,
  FIELD_FLAG_VALUE,
  FIELD_PER_ITEM,
  FIELD_REPEAT,
  FIELD_SALT,
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
import { Balancer } from "./balancer.js";
import { CacheAccess } from "./cache-access.js";
import type { CacheContent } from "./cache-content.js";
import { Calls } from "./calls.js";
import { EdgeGate } from "./edge-gate.js";
import { Databases } from "./databases.js";
import {
  EVENT_ARRIVAL,
  EVENT_COLLECTED,
  EVENT_CPU,
  EVENT_DELAYED,
  EVENT_AWAKE,
  EVENT_GROUP,
  EVENT_MESSAGE,
  EVENT_OPENED,
  EVENT_PUBLISHERS,
  EVENT_QUOTA,
  EVENT_REACH,
  EVENT_REPLY,
  EVENT_RETRY,
  EVENT_RING,
  EVENT_SHIFT,
  EVENT_STORE,
  EVENT_STORE_CHECK,
  EVENT_STORE_UP,
} from "./events.js";
import { Externals } from "./externals.js";
import type { Facts } from "./facts.js";
import {
  FRAME_ATTEMPT,
  FRAME_CALLER,
  FRAME_CALLER_GENERATION,
  FRAME_CANCELS,
  FRAME_CALL_ROW,
  FRAME_COUNT,
  FRAME_FLIGHT,
  FRAME_GENERATION,
  FRAME_HIT,
  FRAME_HOLDS_WORKER,
  FRAME_INSTANCE,
  FRAME_JOIN,
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
  FRAME_TIMES_SHIFT,
  FRAME_VARIANT,
  type Frames,
  KIND_BRANCH,
  KIND_CHECK,
  KIND_CONSUMER,
  KIND_HEDGE,
  KIND_SERVER,
  LANE,
  NOT_ENTERED,
  STATE_CPU,
  STATE_DEAD,
  STATE_EVENT,
  STATE_JOINING,
  STATE_RUNNING,
  TIME_ATTEMPT,
  TIME_BEGAN,
  TIME_DEADLINE,
} from "./frames.js";
import { Flights } from "./flights.js";
import type { Handler } from "./handler.js";
import { type Flow, Handlings, type HandlingWatchers } from "./handlings.js";
import type { MessageQueues } from "./message-queues.js";
import { Messaging } from "./messaging.js";
import { Network } from "./network.js";
import type { WarmUp } from "./control/warm-up.js";
import { CallPolicies } from "./resilience/call-policies.js";
import { CallSettings } from "./resilience/call-settings.js";
import { Placement } from "./resilience/placement.js";
import { PRIORITY_OF, ServerGuards } from "./resilience/server-guards.js";
import type { Profiler } from "./profiler.js";
import type { RequestDraws } from "./request-draws.js";
import { Sampler } from "./sampler.js";
import {
  STATUS_CANCELLED,
  STATUS_INSTANCE_STOPPED,
  STATUS_INTERNAL_ERROR,
  STATUS_OK,
  STATUS_OVERLOADED,
  STATUS_RATE_LIMITED,
} from "./span-status.js";
import { StoreLog } from "./stores/store-log.js";
import { Troubles } from "./troubles.js";
import type { WorldState } from "./world-state.js";

/** Frames that end with their process. */
const PROCESS_KINDS: ReadonlySet<number> = new Set([KIND_SERVER, KIND_BRANCH, KIND_CONSUMER, KIND_HEDGE, KIND_CHECK]);

export class RequestWalk implements Handler, Checkpointed {
  readonly calls: Calls;
  readonly troubles: Troubles;
  readonly handlings: Handlings;
  readonly databases: Databases;
  readonly caches: CacheAccess;
  readonly flights: Flights;
  readonly messaging: Messaging;
  readonly balancer: Balancer;
  readonly network: Network;
  readonly gate: EdgeGate;
  readonly policies: CallPolicies;
  readonly placement: Placement;
  readonly guards: ServerGuards;
  readonly settings: CallSettings;
  readonly #warmUp: WarmUp;
  readonly #priorities: Int32Array;
  readonly #sampler: Sampler;
  readonly #frames: Frames;
  readonly #code: Int32Array;
  readonly #profiler: Profiler;

  constructor(
    readonly model: Model,
    readonly heap: EventHeap,
    readonly state: WorldState,
    readonly facts: Facts,
    readonly draws: RequestDraws,
    content: CacheContent,
    readonly queues: MessageQueues,
    watchers: HandlingWatchers,
  ) {
    const { frames } = state;
    this.#frames = frames;
    this.#code = model.program.code;
    this.#profiler = state.profiler;
    this.#warmUp = state.warmUp;
    const sampler = new Sampler(model, state);
    const network = new Network(model, heap, frames, sampler, state.poolUsed.length);
    const balancer = new Balancer(model, state, network.links);
    const storeLog = new StoreLog(model, (template, attributes, nowUs) => {
      watchers.storeLine(template, attributes, nowUs);
    });
    const databases = new Databases(model, heap, state, facts, draws, sampler, network, storeLog, content.startUs);
    const externals = new Externals(model, state, sampler, network);
    const caches = new CacheAccess(model, frames, facts, draws, content, externals);
    const messaging = new Messaging(model, state, facts, queues, balancer, externals, this);
    this.#sampler = sampler;
    this.balancer = balancer;
    this.network = network;
    this.gate = new EdgeGate(model, draws);
    this.databases = databases;
    this.caches = caches;
    this.flights = new Flights(model, frames, draws, content, this);
    this.messaging = messaging;
    this.troubles = new Troubles(model, state, draws);
    this.guards = new ServerGuards(model, state);
    this.#priorities = Int32Array.from(model.journeys, ({ spec }) => PRIORITY_OF[spec.priority ?? "normal"]);
    this.handlings = new Handlings(model, state, facts, network, this, messaging, watchers, this.guards);
    this.policies = new CallPolicies(model, state.poolUsed.length, (pool, before, after, nowUs) => {
      watchers.breakerChanged(pool, before, after, nowUs);
    });
    this.placement = new Placement(model, state, this.policies, network, draws);
    this.settings = new CallSettings(model, state, (dependency, nowUs) => {
      this.calls.servePools(dependency, nowUs);
    });
    this.calls = new Calls({
      model,
      heap,
      state,
      facts,
      balancer,
      network,
      databases,
      externals,
      caches,
      messaging,
      flights: this.flights,
      handler: this,
      policies: this.policies,
      placement: this.placement,
      guards: this.guards,
      settings: this.settings,
    });
    databases.statements.dropConnections = (store) => {
      this.calls.resetConnections(store);
    };
  }

  get flow(): Flow {
    return this.handlings.flow;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.int(this.flow.arrived);
    writer.int(this.flow.completed);
    this.caches.save(writer);
    this.flights.save(writer);
    this.network.save(writer);
    this.policies.save(writer);
    this.placement.save(writer);
    this.guards.save(writer);
    this.settings.save(writer);
    this.databases.save(writer);
    this.gate.save(writer);
    this.messaging.save(writer);
    this.messaging.externals.parties.save(writer);
  }

  restore(reader: StateReader): void {
    reader.section();
    this.flow.arrived = reader.int();
    this.flow.completed = reader.int();
    this.caches.restore(reader);
    this.flights.restore(reader);
    this.network.restore(reader);
    this.policies.restore(reader);
    this.placement.restore(reader);
    this.guards.restore(reader);
    this.settings.restore(reader);
    this.databases.restore(reader);
    this.gate.restore(reader);
    this.messaging.restore(reader);
    this.messaging.externals.parties.restore(reader);
  }

  handling(kind: number, operation: number, key: number, request: number, recorded: number): number {
    return this.handlings.handling(kind, operation, key, request, recorded);
  }

  begin(frame: number, nowUs: number): void {
    this.handlings.begin(frame, nowUs);
  }

  // Events.

  /** A request comes in at the edge. */
  arrive(request: number, journey: number, recorded: boolean, nowUs: number): void {
    const { service, operation } = this.model.journeys[journey];
    const key = combine(this.draws.keyOf(request), journey);
    const instance = this.balancer.chooseForUsers(service, key);
    this.flow.arrived++;
    const frame = this.handlings.handling(KIND_SERVER, operation, key, request, recorded ? 1 : 0);
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    data[base + FRAME_CALLER] = -1;
    data[base + FRAME_PARENT_ROW] = -1;
    data[base + FRAME_PRIORITY] = this.#priorities[journey];
    // With nothing up, the first instance's address answers for the load balancer.
    data[base + FRAME_INSTANCE] = instance < 0 ? this.model.services[service].instancesFrom : instance;
    const { gate } = this;
    const admitted = !gate.active || gate.admits(request, nowUs);
    this.handlings.enter(frame, nowUs, instance < 0 ? STATUS_OVERLOADED : admitted ? STATUS_OK : STATUS_RATE_LIMITED);
  }

  /** Handles any event but those of arrivals. `subject` is a frame, a CPU or a ring. */
  handle(kind: number, subject: number, nowUs: number): void {
    switch (kind) {
      case EVENT_CPU:
        this.#cpu(subject, nowUs);
        return;
      case EVENT_REPLY:
        this.calls.reply(subject, nowUs);
        return;
      case EVENT_REACH:
        this.handlings.reach(subject, nowUs);
        return;
      case EVENT_AWAKE:
        if (this.#stillAlive(subject)) this.#resume(subject, nowUs);
        return;
      case EVENT_OPENED:
        this.calls.opened(subject, nowUs);
        return;
      case EVENT_STORE:
        this.databases.ready(subject, nowUs);
        return;
      case EVENT_STORE_CHECK:
        this.databases.statements.check(subject, nowUs);
        return;
      case EVENT_STORE_UP:
        this.databases.statements.upDue(subject, nowUs);
        return;
      case EVENT_RING:
        this.calls.ring(subject, nowUs);
        return;
      case EVENT_RETRY:
        if (this.#stillAlive(subject)) this.#again(subject, nowUs);
        return;
      case EVENT_DELAYED:
        if (this.#stillAlive(subject)) this.handlings.finish(subject, nowUs);
        return;
      case EVENT_MESSAGE:
        this.messaging.due(subject, nowUs);
        return;
      case EVENT_GROUP:
        this.messaging.deliver(subject, nowUs);
        return;
      case EVENT_PUBLISHERS:
        this.messaging.sweep(subject, nowUs);
        return;
      case EVENT_QUOTA:
      case EVENT_COLLECTED:
        this.state.compute.handle(kind, subject, nowUs);
        return;
      default:
        assert(kind !== EVENT_ARRIVAL, `event kind ${String(kind)} in the request walk`);
    }
  }

  /** The process is gone: what it was working on ends, its callers see the connection break. */
  kill(instance: number, nowUs: number): void {
    this.state.processors.clear(instance, nowUs);
    const orphans = this.flights.forget(instance);
    const frames = this.#frames;
    for (let frame = 0; frame < frames.capacity; frame++) {
      const base = frame << FRAME_SHIFT;
      const kind = frames.data[base + FRAME_KIND];
      const handles = PROCESS_KINDS.has(kind);
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
    this.#forgetProcess(instance, nowUs);
    this.flights.adopt(orphans, nowUs);
  }

  // The interpreter.

  /** Runs the frame's program until it has to wait or has ended. */
  execute(frame: number, nowUs: number): void {
    const code = this.#code;
    const base = frame << FRAME_SHIFT;
    if (this.guards.dropsLate[this.#frames.data[base + FRAME_INSTANCE]] === 1 && this.#dropped(frame, nowUs)) return;
    for (;;) {
      const data = this.#frames.data;
      const at = data[base + FRAME_PC] << INSTRUCTION_SHIFT;
      switch (code[at]) {
        case OP_CPU: {
          const work = this.#work(frame, at, nowUs);
          if (work > 0) {
            data[base + FRAME_STATE] = STATE_CPU;
            this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_ATTEMPT] = nowUs;
            this.#profiler.computes(data[base + FRAME_INSTANCE], data[base + FRAME_PC], work);
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
            if (count > 1 && code[at + FIELD_CONCURRENCY] > 1) {
              if (!this.#spread(frame, at, nowUs)) return;
              continue;
            }
            this.calls.attempt(frame, nowUs);
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
            this.end(frame, nowUs);
            return;
          }
          if (this.troubles.present[data[base + FRAME_OPERATION]] === 1 && this.#troubled(frame, nowUs)) return;
          break;
        case OP_END:
          this.end(frame, nowUs);
          return;
        default:
          assert(false, `operation code ${String(code[at])}`);
      }
      data[base + FRAME_PC]++;
    }
  }

  /** Whether nobody needs the answer any more; then the work has ended. */
  #dropped(frame: number, nowUs: number): boolean {
    const lateness = this.guards.lateness(frame, nowUs);
    if (lateness === STATUS_OK) return false;
    this.#frames.data[(frame << FRAME_SHIFT) + FRAME_STATUS] = lateness;
    this.end(frame, nowUs);
    return true;
  }

  #work(frame: number, at: number, nowUs: number): number {
    const work = this.#plainWork(frame, at);
    if (nowUs >= this.#warmUp.allWarmUs) return work;
    return work * this.#warmUp.factorAt(this.#frames.data[(frame << FRAME_SHIFT) + FRAME_INSTANCE], nowUs);
  }

  #plainWork(frame: number, at: number): number {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const drawn = this.#sampler.sample(
      this.#code[at + FIELD_DURATION],
      combine(data[base + FRAME_KEY], this.#code[at + FIELD_SALT]),
    );
    const perItem = this.#code[at + FIELD_PER_ITEM];
    return perItem === 0 ? drawn : drawn + perItem * this.draws.basketOf(data[base + FRAME_REQUEST]);
  }

  #failsByItself(frame: number, salt: number): boolean {
    const base = frame << FRAME_SHIFT;
    const own = this.state.operationErrorRatio[this.#frames.data[base + FRAME_OPERATION]];
    if (this.#frames.data[base + FRAME_KIND] === KIND_CONSUMER && this.messaging.isPoison(frame)) return true;
    const here = this.state.instanceErrorRatio[this.#frames.data[base + FRAME_INSTANCE]];
    const ratio = here > own ? here : own;
    return ratio > 0 && uniform(combine(this.#frames.data[base + FRAME_KEY], salt)) < ratio;
  }

  /** A defect of the operation strikes: true when the frame has ended or waits. */
  #troubled(frame: number, nowUs: number): boolean {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const { troubles } = this;
    const instance = data[base + FRAME_INSTANCE];
    if (!troubles.ask(data[base + FRAME_OPERATION], instance, data[base + FRAME_REQUEST], data[base + FRAME_KEY])) {
      return false;
    }
    if (troubles.fails) data[base + FRAME_STATUS] = STATUS_INTERNAL_ERROR;
    if (troubles.sleepUs > 0) {
      data[base + FRAME_STATE] = STATE_EVENT;
      this.heap.push(nowUs + Math.ceil(troubles.sleepUs), (frame << EVENT_SHIFT) | EVENT_AWAKE);
    } else if (troubles.cpuUs > 0) {
      data[base + FRAME_STATE] = STATE_CPU;
      this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_ATTEMPT] = nowUs;
      this.#profiler.computes(instance, data[base + FRAME_PC], troubles.cpuUs);
      this.state.processors.add(instance, frame, troubles.cpuUs, nowUs);
    } else {
      this.end(frame, nowUs);
    }
    return true;
  }

  /** Goes on after the step at which the frame slept or computed for reasons of its own. */
  #resume(frame: number, nowUs: number): void {
    const base = frame << FRAME_SHIFT;
    if (this.#frames.data[base + FRAME_STATUS] !== STATUS_OK) {
      this.end(frame, nowUs);
      return;
    }
    this.#frames.data[base + FRAME_STATE] = STATE_RUNNING;
    this.#frames.data[base + FRAME_PC]++;
    this.execute(frame, nowUs);
  }

  /** Starts the branches of a parallel step; true when all have ended already and the frame can go on. */
  #fork(frame: number, at: number, nowUs: number): boolean {
    const base = frame << FRAME_SHIFT;
    const count = this.#code[at + FIELD_BRANCH_COUNT] & (BRANCHES_CANCEL - 1);
    this.#frames.data[base + FRAME_CANCELS] = this.#code[at + FIELD_BRANCH_COUNT] >= BRANCHES_CANCEL ? 1 : 0;
    // One more than there are, so that branches that end at once do not wake the frame before all have begun.
    this.#frames.data[base + FRAME_JOIN] = count + 1;
    this.#frames.data[base + FRAME_STATE] = STATE_JOINING;
    this.#frames.data[base + FRAME_PC] = this.#code[at + FIELD_TARGET_PC];
    for (let branch = 0; branch < count; branch++) {
      if (this.#frames.data[base + FRAME_CANCELS] === 1 && this.#frames.data[base + FRAME_STATUS] !== STATUS_OK) {
        this.#frames.data[base + FRAME_JOIN]--;
        continue;
      }
      const entry = this.#code[at + FIELD_BRANCHES + branch];
      this.execute(this.#branch(frame, entry), nowUs);
    }
    return this.#begun(frame, nowUs);
  }

  /** A backoff is over: the next try, unless the branch has been cancelled in the meantime. */
  #again(frame: number, nowUs: number): void {
    if (this.#frames.data[(frame << FRAME_SHIFT) + FRAME_STATUS] === STATUS_OK) this.calls.attempt(frame, nowUs);
    else this.end(frame, nowUs);
  }

  /** Shares the repetitions of a step among several lanes; true when all have ended already. */
  #spread(frame: number, at: number, nowUs: number): boolean {
    const base = frame << FRAME_SHIFT;
    const step = this.#frames.data[base + FRAME_PC];
    const lanes = Math.min(this.#frames.data[base + FRAME_COUNT], this.#code[at + FIELD_CONCURRENCY]);
    this.#frames.data[base + FRAME_JOIN] = lanes + 1;
    this.#frames.data[base + FRAME_STATE] = STATE_JOINING;
    this.#frames.data[base + FRAME_PC] = step + 1;
    this.#frames.data[base + FRAME_ORDINAL] = lanes;
    this.#frames.data[base + FRAME_CANCELS] = 0;
    for (let lane = 0; lane < lanes; lane++) {
      const branch = this.#branch(frame, step);
      const own = branch << FRAME_SHIFT;
      this.#frames.data[own + FRAME_COUNT] = LANE;
      this.#frames.data[own + FRAME_ORDINAL] = lane;
      this.#frames.data[own + FRAME_ATTEMPT] = 0;
      this.calls.attempt(branch, nowUs);
    }
    return this.#begun(frame, nowUs);
  }

  /** All branches have begun: true when all have ended as well and the frame can go on. */
  #begun(frame: number, nowUs: number): boolean {
    const base = frame << FRAME_SHIFT;
    const data = this.#frames.data;
    if (--data[base + FRAME_JOIN] > 0) return false;
    if (data[base + FRAME_STATUS] === STATUS_OK) return true;
    this.end(frame, nowUs);
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
    data[base + FRAME_PRIORITY] = data[from + FRAME_PRIORITY];
    data[base + FRAME_HOLDS_WORKER] = 0;
    data[base + FRAME_CALL_ROW] = -1;
    const { times } = this.#frames;
    times[(frame << FRAME_TIMES_SHIFT) + TIME_DEADLINE] = times[(owner << FRAME_TIMES_SHIFT) + TIME_DEADLINE];
    data[base + FRAME_FLIGHT] = 0;
    return frame;
  }

  /** The program of the frame has ended, well or not. */
  end(frame: number, nowUs: number): void {
    const base = frame << FRAME_SHIFT;
    if (this.#frames.data[base + FRAME_FLIGHT] !== 0) this.flights.abandon(frame, nowUs);
    const data = this.#frames.data;
    if (data[base + FRAME_KIND] === KIND_BRANCH) {
      this.#join(frame, nowUs);
      return;
    }
    const held = this.handlings.heldUpUs(frame, nowUs);
    if (held <= 0) {
      this.handlings.finish(frame, nowUs);
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
    // A branch that was cancelled is no reason of its own.
    if (status !== STATUS_OK && status !== STATUS_CANCELLED) data[base + FRAME_STATUS] = status;
    if (--data[base + FRAME_JOIN] > 0) {
      if (data[base + FRAME_CANCELS] === 1 && status !== STATUS_OK && status !== STATUS_CANCELLED)
        this.#cancelBranches(owner, nowUs);
      return;
    }
    if (data[base + FRAME_STATUS] === STATUS_OK) this.execute(owner, nowUs);
    else this.end(owner, nowUs);
  }

  /** Ends the branches of a frame that goes on waiting until they have; those that compute end when they have. */
  #cancelBranches(owner: number, nowUs: number): void {
    const base = owner << FRAME_SHIFT;
    for (let frame = 0; frame < this.#frames.capacity; frame++) {
      const { data } = this.#frames;
      // The last of them may have woken the owner.
      if (data[base + FRAME_STATE] !== STATE_JOINING) return;
      const own = frame << FRAME_SHIFT;
      const branch = data[own + FRAME_KIND] === KIND_BRANCH && data[own + FRAME_CALLER] === owner;
      if (!branch || data[own + FRAME_STATUS] !== STATUS_OK || data[own + FRAME_STATE] === STATE_DEAD) continue;
      const joins = data[own + FRAME_STATE] === STATE_JOINING;
      this.calls.cancel(frame, nowUs);
      if (joins) this.#cancelBranches(frame, nowUs);
    }
  }

  // Processors.

  #cpu(cpu: number, nowUs: number): void {
    const { processors } = this.state;
    processors.complete(cpu, nowUs);
    const store = cpu >= this.model.instances.length;
    for (let index = 0; index < processors.doneCount; index++) {
      const frame = processors.done[index];
      if (frame < 0) continue;
      if (store) this.databases.done(frame, nowUs);
      else {
        this.#computed(frame, nowUs);
        this.#resume(frame, nowUs);
      }
    }
  }

  /** Notes how long a computation took, its share of the processor included. */
  #computed(frame: number, nowUs: number): void {
    const { data, times } = this.#frames;
    const base = frame << FRAME_SHIFT;
    const tookUs = nowUs - times[(frame << FRAME_TIMES_SHIFT) + TIME_ATTEMPT];
    this.#profiler.took(data[base + FRAME_INSTANCE], data[base + FRAME_PC], tookUs);
  }

  // Killing.

  #killFrame(frame: number, nowUs: number): void {
    const data = this.#frames.data;
    const base = frame << FRAME_SHIFT;
    const kind = data[base + FRAME_KIND];
    const callRow = data[base + FRAME_CALL_ROW];
    const row = data[base + FRAME_ROW];
    if (callRow >= 0)
      this.facts.close(
        callRow,
        nowUs - this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_ATTEMPT],
        STATUS_INSTANCE_STOPPED,
      );
    if (kind !== KIND_BRANCH && kind !== KIND_HEDGE && row >= 0)
      this.facts.close(
        row,
        nowUs - this.#frames.times[(frame << FRAME_TIMES_SHIFT) + TIME_BEGAN],
        STATUS_INSTANCE_STOPPED,
      );
    if (kind === KIND_CONSUMER) this.messaging.abandoned(frame, nowUs);
    if (kind === KIND_SERVER && data[base + FRAME_CALLER] < 0)
      this.handlings.edgeDone(frame, STATUS_INSTANCE_STOPPED, nowUs);
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
    data[base + FRAME_INSTANCE] = data[from + FRAME_INSTANCE];
    data[base + FRAME_LINK] = data[from + FRAME_LINK];
    this.network.answer(remote, nowUs);
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

  #forgetProcess(instance: number, nowUs: number): void {
    const { state } = this;
    const service = this.model.services[this.model.instances[instance].service];
    state.instanceBusy[instance] = 0;
    state.queueFilling[instance] = 0;
    state.workerLines.clear(instance);
    state.compute.lines.forget(instance);
    this.guards.forget(instance);
    for (let ordinal = 0; ordinal < service.dependencyCount; ordinal++) {
      const pool = state.poolFrom[instance] + ordinal;
      const { targetKind, targetIndex } = this.model.dependencies[service.dependenciesFrom + ordinal];
      if (targetKind === "store") state.storeConnections[targetIndex] -= state.poolOpen[pool];
      this.network.setup.closed(service.dependenciesFrom + ordinal, state.poolOpen[pool], nowUs);
      state.poolUsed[pool] = 0;
      state.poolOpen[pool] = 0;
      state.poolLeaked[pool] = 0;
      state.poolLines.clear(pool);
      this.policies.forget(pool);
      this.placement.forget(pool, service.dependenciesFrom + ordinal);
    }
  }
}
