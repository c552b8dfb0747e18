/**
 * The orchestrator's probes: each process of a service with checks is asked at fixed intervals how it is. An answer that
 * comes too late or is not well is a failure; the process goes on with the work for it all the same. After some failures
 * in a row an unready process gets no more requests, one that is not alive is killed and started again. The probes come
 * from the machine of the process: the network between machines does not touch them.
 *
 * Source: Kubernetes, 'Configure Liveness, Readiness and Startup Probes'; kubelet's prober_probe_total.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { EventHeap } from "../../base/event-heap.js";
import { combine, type DrawKey, uniform } from "../../base/draw.js";
import { CHECK_ROLES, type CheckRole } from "../../topology/health-spec.js";
import type { CheckModel, Model } from "../../topology/model-types.js";
import { EVENT_CHECK, EVENT_SHIFT } from "../events.js";
import {
  SPAN_STATUSES,
  STATUS_CLIENT_TIMEOUT,
  STATUS_CONNECTION_REFUSED,
  STATUS_INTERNAL_ERROR,
  STATUS_OK,
} from "../span-status.js";
import { INSTANCE_STARTING, INSTANCE_UP, WITHHELD_UNREADY, type WorldState } from "../world-state.js";

const FOR_PHASE = 671;
const FOR_CHECK = 672;

const ROLES = CHECK_ROLES.length;
const LIVENESS = CHECK_ROLES.indexOf("liveness");
const READINESS = CHECK_ROLES.indexOf("readiness");

/* What an event is about: the low bits of its subject. */
const TICK = 0;
const DEADLINE = 1;
const ANSWER = 2;
const ABOUT_SHIFT = 2;
const ABOUT_MASK = 3;
const NO_ANSWER = -1;
/** Instead of Infinity, which is for processes that are not checked: after the end. */
const AFTER_THE_END_US = Number.MAX_VALUE;

const code = (slot: number, about: number): number => (((slot << ABOUT_SHIFT) | about) << EVENT_SHIFT) | EVENT_CHECK;

/** A check that is to be made. */
export interface Question {
  readonly instance: number;
  readonly operation: number;
  /** Whether a worker answers it. */
  readonly worker: boolean;
  /** To be told with the answer. */
  readonly slot: number;
  readonly token: number;
  readonly key: DrawKey;
}

/** What checks ask of others, and whom they tell. */
export interface CheckWorld {
  /** Sends a request to the process. */
  ask(question: Question, nowUs: number): void;
  /** Whether the process takes connections. */
  takesConnections(instance: number): boolean;
  /** The process does not live and is started again. */
  restart(instance: number, nowUs: number): void;
  /** The process says that it is ready (again). */
  ready(instance: number, nowUs: number): void;
  /** A check of the process has failed. */
  failed(instance: number, check: CheckModel, reason: string, nowUs: number): void;
}

/** What people can set of a check. */
export interface CheckSetting {
  /** `shallow`: the process answers, and asks nobody else. */
  readonly depth: "declared" | "shallow" | "off";
  readonly everyUs: number;
  readonly timeoutUs: number;
  readonly failures: number;
}

export class HealthChecks implements Checkpointed {
  /** By slot (instance · roles + role): the check in force, −1 for none. Written by effects. */
  readonly inForce: Int32Array;
  /** By slot: results so far. */
  readonly succeeded: Float64Array;
  readonly failures: Float64Array;
  readonly #declared: Int32Array;
  /** By service and role: what people have set in place of what is declared or brought. */
  readonly #settings: (CheckSetting | null)[];
  /** By slot: when the next check is due, Infinity while the process is not checked. */
  readonly #tickUs: Float64Array;
  readonly #deadlineUs: Float64Array;
  /** By slot: the check under way, 0 for none. */
  readonly #pending: Int32Array;
  /** By slot: the answer to it that has come. */
  readonly #answer: Int32Array;
  readonly #failedInRow: Int32Array;
  readonly #wellInRow: Int32Array;
  readonly #counter = new Int32Array(1);

  constructor(
    readonly model: Model,
    readonly heap: EventHeap,
    readonly state: WorldState,
    readonly key: DrawKey,
    readonly world: CheckWorld,
    readonly times: { readonly startUs: number; readonly stopUs: number },
  ) {
    const slots = model.checks.length === 0 ? 0 : model.instances.length * ROLES;
    this.#declared = new Int32Array(slots).fill(-1);
    for (const check of model.checks) if (check.effect === undefined) this.#everywhere(check);
    this.inForce = this.#declared.slice();
    this.succeeded = new Float64Array(slots);
    this.failures = new Float64Array(slots);
    this.#settings = model.services.flatMap(() => CHECK_ROLES.map(() => null));
    this.#tickUs = new Float64Array(slots).fill(Infinity);
    this.#deadlineUs = new Float64Array(slots);
    this.#pending = new Int32Array(slots);
    this.#answer = new Int32Array(slots).fill(NO_ANSWER);
    this.#failedInRow = new Int32Array(slots);
    this.#wellInRow = new Int32Array(slots);
    model.services.forEach(({ spec }, service) => (state.panicShare[service] = spec.health?.panicShare ?? 0));
  }

  /** When a world begins, those that are up have been checked before, each at its own moments. */
  begin(): void {
    for (let slot = 0; slot < this.inForce.length; slot++) this.#join(slot, this.times.startUs);
  }

  /** Effects put checks in place of others: first all are as declared. */
  reset(): void {
    this.inForce.set(this.#declared);
  }

  /** The check takes the place of the declared one at an instance. */
  replace(instance: number, check: CheckModel): void {
    this.inForce[instance * ROLES + CHECK_ROLES.indexOf(check.role)] = check.index;
  }

  /** What effects have put in force takes place. */
  commit(nowUs: number): void {
    if (nowUs < this.times.startUs) return;
    for (let slot = 0; slot < this.inForce.length; slot++) {
      const isChecked = this.#tickUs[slot] !== Infinity;
      if (this.inForce[slot] >= 0 && !isChecked) this.#join(slot, nowUs);
      else if (this.inForce[slot] < 0 && isChecked) this.#leave(slot);
    }
  }

  /** A process begins to start: a check with a delay of its own does not wait until it takes connections. */
  starts(instance: number, nowUs: number): void {
    this.#each(instance, nowUs, (slot, { spec }) => {
      if (spec.initialDelay !== undefined) this.#plan(slot, nowUs + Math.max(1, spec.initialDelay));
    });
  }

  /** A process takes connections; whether it has to say first that it is ready. */
  started(instance: number, nowUs: number): boolean {
    let isAsked = false;
    this.#each(instance, nowUs, (slot) => {
      if (this.#tickUs[slot] === Infinity) this.#plan(slot, nowUs + 1);
      if (slot % ROLES === READINESS) isAsked = true;
    });
    this.state.withhold(instance, WITHHELD_UNREADY, isAsked);
    return isAsked;
  }

  /** The process is gone. */
  ended(instance: number): void {
    if (this.inForce.length === 0) return;
    for (let role = 0; role < ROLES; role++) this.#leave(instance * ROLES + role);
  }

  handle(subject: number, nowUs: number): void {
    const slot = subject >>> ABOUT_SHIFT;
    const about = subject & ABOUT_MASK;
    if (about === TICK) {
      if (this.#tickUs[slot] === nowUs) this.#tick(slot, nowUs);
    } else if (this.#pending[slot] === 0) {
      return;
    } else if (about === ANSWER) {
      if (this.#answer[slot] !== NO_ANSWER) this.#result(slot, this.#answer[slot], nowUs);
    } else if (this.#deadlineUs[slot] === nowUs) {
      this.#result(slot, STATUS_CLIENT_TIMEOUT, nowUs);
    }
  }

  /**
   * The process has answered; too late when nobody waits for that answer any more. What follows is an event of its own:
   * the process that has answered is still at work on something, and may be about to be killed.
   */
  answered(slot: number, token: number, status: number, nowUs: number): void {
    if (this.#pending[slot] !== token) return;
    this.#answer[slot] = status;
    this.heap.push(nowUs, code(slot, ANSWER));
  }

  isReady(instance: number): boolean {
    return (
      this.state.instanceState[instance] === INSTANCE_UP && (this.state.withheld[instance] & WITHHELD_UNREADY) === 0
    );
  }

  /** Results of a role of an instance. */
  countsOf(instance: number, role: CheckRole): { readonly successful: number; readonly failed: number } {
    const slot = instance * ROLES + CHECK_ROLES.indexOf(role);
    return { successful: this.succeeded[slot], failed: this.failures[slot] };
  }

  /** Checks that are in force for some instance of the service, or would be for one that came. */
  rolesOf(service: number): readonly CheckRole[] {
    return CHECK_ROLES.filter((role) => this.#checkOfService(service, role) !== undefined);
  }

  /** What is in force for the service; undefined when it is not checked. */
  settingOf(service: number, role: CheckRole): CheckSetting | undefined {
    const check = this.#checkOfService(service, role);
    return check === undefined ? undefined : this.#settingOf(check);
  }

  /** In place of what is declared and of what faults bring, until set again; a check that is off finds all well. */
  set(service: number, role: CheckRole, setting: CheckSetting, nowUs: number): void {
    this.#settings[service * ROLES + CHECK_ROLES.indexOf(role)] = setting;
    const { instancesFrom, instancesMax } = this.model.services[service];
    for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++) {
      const slot = instance * ROLES + CHECK_ROLES.indexOf(role);
      if (this.#tickUs[slot] === Infinity) continue;
      this.#pending[slot] = 0;
      this.#failedInRow[slot] = 0;
      this.#join(slot, nowUs);
    }
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const values of this.#columns()) writer.array(values);
    writer.json(this.#settings);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const values of this.#columns()) reader.into(values);
    this.#settings.splice(0, Infinity, ...(reader.json() as (CheckSetting | null)[]));
  }

  #columns(): readonly (Int32Array | Float64Array)[] {
    return [
      this.inForce,
      this.succeeded,
      this.failures,
      this.#tickUs,
      this.#deadlineUs,
      this.#pending,
      this.#answer,
      this.#failedInRow,
      this.#wellInRow,
      this.#counter,
    ];
  }

  #everywhere({ index, service, role }: CheckModel): void {
    const { instancesFrom, instancesMax } = this.model.services[service];
    for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++)
      this.#declared[instance * ROLES + CHECK_ROLES.indexOf(role)] = index;
  }

  #checkOfService(service: number, role: CheckRole): CheckModel | undefined {
    if (this.inForce.length === 0) return undefined;
    const { instancesFrom, instancesMax } = this.model.services[service];
    for (let instance = instancesFrom; instance < instancesFrom + instancesMax; instance++) {
      const check = this.inForce[instance * ROLES + CHECK_ROLES.indexOf(role)];
      if (check >= 0) return this.model.checks[check];
    }
    return undefined;
  }

  #settingOf({ service, role, spec }: CheckModel): CheckSetting {
    const set = this.#settings[service * ROLES + CHECK_ROLES.indexOf(role)];
    return set ?? { depth: "declared", everyUs: spec.every, timeoutUs: spec.timeout, failures: spec.failures };
  }

  /** Does something to each slot of an instance that is checked. */
  #each(instance: number, nowUs: number, visit: (slot: number, check: CheckModel) => void): void {
    if (this.inForce.length === 0 || nowUs < this.times.startUs) return;
    for (let role = 0; role < ROLES; role++) {
      const slot = instance * ROLES + role;
      if (this.inForce[slot] >= 0) visit(slot, this.#checkOf(slot));
    }
  }

  #checkOf(slot: number): CheckModel {
    return this.model.checks[this.inForce[slot]];
  }

  /** Begins to check a process that has been running for a while, at moments of its own. */
  #join(slot: number, nowUs: number): void {
    if (this.inForce[slot] < 0 || this.state.instanceState[Math.floor(slot / ROLES)] !== INSTANCE_UP) return;
    const { everyUs } = this.#settingOf(this.#checkOf(slot));
    const phase = Math.floor(uniform(combine(combine(this.key, FOR_PHASE), slot)) * everyUs);
    this.#plan(slot, phase + Math.floor((nowUs - phase) / everyUs + 1) * everyUs);
  }

  #leave(slot: number): void {
    this.#tickUs[slot] = Infinity;
    this.#pending[slot] = 0;
    this.#failedInRow[slot] = 0;
    this.#wellInRow[slot] = 0;
    if (slot % ROLES === READINESS) this.state.withhold(Math.floor(slot / ROLES), WITHHELD_UNREADY, false);
  }

  #plan(slot: number, atUs: number): void {
    this.#tickUs[slot] = atUs >= this.times.stopUs ? AFTER_THE_END_US : atUs;
    if (this.#tickUs[slot] === atUs) this.heap.push(atUs, code(slot, TICK));
  }

  #tick(slot: number, nowUs: number): void {
    const check = this.#checkOf(slot);
    const { everyUs, timeoutUs, depth } = this.#settingOf(check);
    this.#plan(slot, nowUs + everyUs);
    const instance = Math.floor(slot / ROLES);
    const state = this.state.instanceState[instance];
    const isStarting = state === INSTANCE_STARTING;
    // One that is being stopped is not asked, and one that is being asked is not asked again.
    if ((state !== INSTANCE_UP && !isStarting) || this.#pending[slot] !== 0) return;
    const { says } = check.spec;
    const isShallow = depth === "shallow";
    const operation = isShallow ? check.shallow : check.operation;
    if (depth === "off") this.#result(slot, STATUS_OK, nowUs);
    else if (says !== undefined && !isShallow)
      this.#result(slot, says === "well" ? STATUS_OK : STATUS_INTERNAL_ERROR, nowUs);
    else if (isStarting || !this.world.takesConnections(instance)) this.#result(slot, STATUS_CONNECTION_REFUSED, nowUs);
    else if (operation < 0) this.#result(slot, STATUS_OK, nowUs);
    else this.#ask(slot, operation, timeoutUs, nowUs);
  }

  #ask(slot: number, operation: number, timeoutUs: number, nowUs: number): void {
    this.#counter[0]++;
    const token = this.#counter[0];
    this.#pending[slot] = token;
    this.#answer[slot] = NO_ANSWER;
    this.#deadlineUs[slot] = nowUs + timeoutUs;
    this.heap.push(this.#deadlineUs[slot], code(slot, DEADLINE));
    const results = this.succeeded[slot] + this.failures[slot];
    const key = combine(combine(combine(this.key, FOR_CHECK), slot), results);
    const instance = Math.floor(slot / ROLES);
    const { worker } = this.#checkOf(slot).spec;
    this.world.ask({ instance, operation, worker, slot, token, key }, nowUs);
  }

  #result(slot: number, status: number, nowUs: number): void {
    this.#pending[slot] = 0;
    const isWell = status === STATUS_OK;
    const instance = Math.floor(slot / ROLES);
    const check = this.#checkOf(slot);
    if (isWell) this.succeeded[slot]++;
    else this.failures[slot]++;
    this.#failedInRow[slot] = isWell ? 0 : this.#failedInRow[slot] + 1;
    this.#wellInRow[slot] = isWell ? this.#wellInRow[slot] + 1 : 0;
    if (!isWell) this.world.failed(instance, check, SPAN_STATUSES[status].errorType, nowUs);
    const isBeyond = this.#failedInRow[slot] >= this.#settingOf(check).failures;
    if (slot % ROLES === LIVENESS) {
      if (isBeyond) this.world.restart(instance, nowUs);
    } else if (isBeyond) {
      this.state.withhold(instance, WITHHELD_UNREADY, true);
    } else if (
      (this.state.withheld[instance] & WITHHELD_UNREADY) !== 0 &&
      this.#wellInRow[slot] >= check.spec.successes
    ) {
      this.state.withhold(instance, WITHHELD_UNREADY, false);
      this.world.ready(instance, nowUs);
    }
  }
}
