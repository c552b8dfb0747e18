/**
 * What happens to the world besides its load: deploys and their roll-out, flags, faults beginning and ending, orders of
 * the learner. A short timeline of plain records, apart from the event list of the requests, so that a fault or an
 * order does not shift anything in the world that it does not touch. Its own instants are known when it is planned
 * (a drain has a fixed length), so a world can begin in the middle of a roll-out.
 */
import type { Checkpointed, StateReader, StateWriter } from "../base/state-stream.js";
import { assert } from "../base/assert.js";
import { combine } from "../base/draw.js";
import type { Effect } from "../topology/effects.js";
import type { CheckModel, FaultModel, Model } from "../topology/model-types.js";
import type { Arrivals } from "./arrivals.js";
import { ACTIONS } from "./actions/action-table.js";
import { withDefaults } from "./actions/action-values.js";
import type { EffectScope } from "./effects/effect-handler.js";
import { applyEffect, commitEffects, resetEffects, turnEffect } from "./effects/effect-table.js";
import { isInScope } from "./fault-scope.js";
import { nextChangeUs, strengthAt } from "./fault-shape.js";
import type { Parts } from "./parts.js";
import { FLAG_US, RELABEL_US, rollOutUs, SETTING_US } from "./roll-out-schedule.js";
import type { ChangeSpec, WorldAction } from "./timeline.js";
import { UserLabelSeries } from "./user-label-series.js";
import { Autoscaler } from "./control/autoscaler.js";
import { HealthChecks } from "./control/health-checks.js";
import { Processes } from "./control/processes.js";
import { Replicas } from "./control/replicas.js";
import { RollOuts } from "./control/roll-outs.js";
import { type Step, TimelineEntries } from "./control/timeline-entries.js";
import type { WorldState } from "./world-state.js";

const FOR_FAULTS = 400;
const FOR_CHECKS = 399;
/** Fields that JSON leaves out. */
const NOT_STARTED = { startedUs: undefined, completedUs: undefined, rolledBackUs: undefined };
const NO_DEPLOY = { versionTo: undefined, target: undefined };

/** What became of a change that people made. */
export interface ChangeProgress {
  readonly change: ChangeSpec;
  state: "pending" | "rolling-out" | "live" | "rolled-back";
  startedUs: number | undefined;
  completedUs: number | undefined;
  rolledBackUs: number | undefined;
}

/** What became of an order of the learner. */
export interface ActionProgress {
  readonly id: string;
  readonly action: WorldAction;
  readonly atUs: number;
  readonly completesAtUs: number;
}

/** What the control plane has done to processes and asks the engine to do with the rest. */
export interface ControlEffects {
  /** The process is killed, with what it was working on. */
  kill(instance: number, nowUs: number): void;
  /** A fresh process: its counts begin at nothing. */
  fresh(instance: number, nowUs: number): void;
  lifecycle(instance: number, event: "stopping" | "started" | "ready", nowUs: number): void;
  crashed(instance: number, reason: string, delayUs: number, nowUs: number): void;
  /** The orchestrator has seen a check of the process fail. */
  checkFailed(instance: number, check: CheckModel, reason: string, nowUs: number): void;
  /** More connections than before: those who wait may have one. */
  poolGrown(dependency: number, nowUs: number): void;
  /** Consumers may be there again. */
  consumersUp(service: number, nowUs: number): void;
  dropLabel(metric: string, label: string): void;
}

export class ControlPlane implements Checkpointed {
  readonly changes: ChangeProgress[];
  readonly actions: ActionProgress[] = [];
  readonly processes: Processes;
  readonly rollOuts: RollOuts;
  readonly replicas: Replicas;
  readonly checks: HealthChecks;
  readonly autoscaler: Autoscaler;
  readonly #timeline = new TimelineEntries();
  readonly #active: Uint8Array;
  readonly #endedByRollback: Uint8Array;
  /** By fault: whether its effects are there, as they were told. */
  readonly #turnedOn: Uint8Array;
  /** How many faults of the model this world has planned for. */
  readonly #knownFaults: Int32Array;
  /** When faults were last brought up to date. */
  #appliedUs = 0;

  readonly model: Model;
  readonly state: WorldState;
  readonly arrivals: Arrivals;

  constructor(
    readonly parts: Parts,
    readonly effects: ControlEffects,
    readonly options: {
      readonly isOn: (fault: string) => boolean;
      readonly startUs: number;
      readonly stopUs: number;
    },
  ) {
    const { model } = parts;
    this.model = model;
    this.state = parts.state;
    this.arrivals = parts.arrivals;
    this.changes = model.changes.map(({ spec }) => ({
      change: spec,
      state: "pending",
      startedUs: undefined,
      completedUs: undefined,
      rolledBackUs: undefined,
    }));
    const { state } = parts;
    this.processes = new Processes(model, state, this.#timeline, {
      ...effects,
      kill: (instance, nowUs) => {
        this.checks.ended(instance);
        effects.kill(instance, nowUs);
      },
      loadCode: (instance, nowUs) => {
        this.#loadCode(instance, nowUs);
      },
      fresh: (instance, nowUs) => {
        effects.fresh(instance, nowUs);
        this.checks.starts(instance, nowUs);
      },
      ready: (instance, nowUs) => {
        state.warmUp.begin(instance, nowUs);
        if (!this.checks.started(instance, nowUs)) this.serves(instance, nowUs);
      },
      removed: (instance, nowUs) => {
        this.rollOuts.removed(instance, nowUs);
      },
    });
    this.replicas = new Replicas(model, state, this.#timeline, this.processes);
    this.rollOuts = new RollOuts(model, state, this.#timeline, this.processes, this.replicas, (purpose, nowUs) => {
      for (const change of purpose.live) this.#changeLive(change, nowUs);
      for (const change of purpose.back) this.#rolledBack(change, nowUs);
    });
    this.checks = this.#makeChecks();
    this.autoscaler = new Autoscaler(model, state, this.replicas, options);
    this.#active = new Uint8Array(model.faults.length);
    this.#endedByRollback = new Uint8Array(model.faults.length);
    this.#turnedOn = new Uint8Array(model.faults.length);
    parts.endFaults = (matches, nowUs) => {
      this.#endFaults(matches, nowUs);
    };
    this.#knownFaults = Int32Array.of(model.faults.length);
    this.processes.boot(options.startUs);
    parts.control = this;
    for (const change of model.changes) this.#plan(change.spec.at, { kind: "change", change: change.index });
    for (const fault of model.faults) if (this.#isOn(fault)) this.#planFault(fault);
  }

  /** Instant of the next entry, Infinity when there is none. */
  get nextUs(): number {
    return this.#timeline.nextUs;
  }

  /** Does the next entry. */
  step(): void {
    const { atUs, step } = this.#timeline.take();
    this.#do(step, atUs);
  }

  /** Instances that the service shall have. */
  desiredInstances(service: number): number {
    return this.replicas.desired[service];
  }

  /** Orders an action that has been checked; it begins just after `atUs`. The instant at which it is complete. */
  order(id: string, action: WorldAction, atUs: number): number {
    // Everything of the instant `atUs` itself happens first, whether or not it was simulated before the order came.
    const completesAtUs = this.#carryOut(action, atUs + 1);
    this.actions.push({ id, action, atUs, completesAtUs });
    return completesAtUs;
  }

  save(writer: StateWriter): void {
    writer.section();
    for (const owner of this.#owners()) owner.save(writer);
    writer.json(this.actions);
    writer.json(this.changes.map(({ change: _, ...progress }) => progress));
    for (const values of this.#columns()) writer.array(values);
    writer.double(this.#appliedUs);
  }

  restore(reader: StateReader): void {
    reader.section();
    for (const owner of this.#owners()) owner.restore(reader);
    this.actions.splice(0, Infinity, ...(reader.json() as ActionProgress[]));
    const progress = reader.json() as Omit<ChangeProgress, "change">[];
    progress.forEach((one, index) => Object.assign(this.changes[index], NOT_STARTED, one));
    for (const values of this.#columns()) reader.into(values);
    this.#appliedUs = reader.double();
    this.#forgetOthers();
    // What has not begun yet does not begin because somebody looks at it.
    this.#applyEnvironment(this.#appliedUs, false);
  }

  /** In a world that is restored with other faults: what is not on does not come, what is on in addition does. */
  #forgetOthers(): void {
    this.#timeline.keep((step) => !("fault" in step) || this.#isOn(this.model.faults[step.fault]));
    for (const fault of this.model.faults) {
      if (!this.#isOn(fault)) this.#active[fault.index] = 0;
      else if (fault.index >= this.#knownFaults[0]) this.#planFault(fault);
    }
    this.#knownFaults[0] = this.model.faults.length;
  }

  #owners(): readonly Checkpointed[] {
    return [this.#timeline, this.processes, this.replicas, this.rollOuts, this.checks, this.autoscaler];
  }

  #columns(): readonly (Int32Array | Uint8Array)[] {
    return [this.#active, this.#endedByRollback, this.#turnedOn, this.#knownFaults];
  }

  #makeChecks(): HealthChecks {
    const { model, heap, state, draws, walk } = this.parts;
    const { descriptors } = state.compute;
    return new HealthChecks(
      model,
      heap,
      state,
      combine(draws.keys.content, FOR_CHECKS),
      {
        ask: (question, nowUs) => {
          walk.handlings.check(question, nowUs);
        },
        takesConnections: (instance) => descriptors.closed[instance] === 0,
        restart: (instance, nowUs) => {
          this.processes.crash(instance, "Unhealthy", nowUs);
        },
        ready: (instance, nowUs) => {
          this.serves(instance, nowUs);
        },
        failed: (instance, check, reason, nowUs) => {
          this.effects.checkFailed(instance, check, reason, nowUs);
        },
      },
      this.options,
    );
  }

  /** The instance takes requests (again). */
  serves(instance: number, nowUs: number): void {
    this.rollOuts.serves(instance, nowUs);
    this.effects.consumersUp(this.model.instances[instance].service, nowUs);
  }

  /** Who owns the component has been called: in their time they mend what is theirs to mend. */
  ownerPaged(component: string, nowUs: number): void {
    for (const { index, spec } of this.model.faults) {
      if (spec.target === component && spec.ownerFixesAfter !== undefined)
        this.#plan(nowUs + spec.ownerFixesAfter, { kind: "owner-fixes", fault: index });
    }
  }

  // The timeline.

  #plan(atUs: number, step: Step): void {
    this.#timeline.plan(atUs, step);
  }

  #planFault(fault: FaultModel): void {
    // What came with a deploy is where that version runs, whatever the time.
    if (this.#deployOf(fault) >= 0) {
      this.#active[fault.index] = 1;
      return;
    }
    this.#plan(fault.spec.onset, { kind: "fault-on", fault: fault.index });
    if (fault.spec.until !== undefined) this.#plan(fault.spec.until, { kind: "fault-off", fault: fault.index });
  }

  /** False in a world that is without the fault: the healthy twin, or a rival story. */
  #isOn(fault: FaultModel): boolean {
    return this.options.isOn(fault.spec.id);
  }

  /** The deploy of the fault's own target that brings it, or −1: such a fault is where the new version runs. */
  #deployOf({ trigger, spec }: FaultModel): number {
    if (trigger < 0) return -1;
    const change = this.model.changes[trigger];
    return change.service >= 0 && change.spec.target === spec.target ? trigger : -1;
  }

  #do(step: Step, nowUs: number): void {
    switch (step.kind) {
      case "change":
        this.#startChange(step.change, nowUs);
        return;
      case "change-live":
        this.#changeLive(step.change, nowUs);
        return;
      case "roll-back-done":
        this.#rolledBack(step.change, nowUs);
        return;
      case "roll-on":
        this.rollOuts.rollOn(step.service, step.rollOut, nowUs);
        return;
      case "drain":
        this.processes.drain(step.instance, step.then, nowUs);
        return;
      case "stop":
        this.processes.stop(step, nowUs);
        return;
      case "start":
        this.processes.start(step.instance, nowUs, step.token);
        return;
      case "ready":
        this.processes.ready(step, nowUs);
        return;
      case "crash":
        this.processes.crash(step.instance, step.reason, nowUs, step.token);
        return;
      case "fault-on":
        this.#faultOn(this.model.faults[step.fault], nowUs);
        return;
      case "fault-off":
        this.#faultOff(this.model.faults[step.fault], nowUs);
        return;
      case "owner-fixes":
        this.#endFault(this.model.faults[step.fault], nowUs);
        return;
      case "ramp":
        this.#ramp(this.model.faults[step.fault], nowUs);
        return;
      case "set-flag":
        this.state.flags[step.flag] = step.value ? 1 : 0;
        return;
      case "set-timeout":
        this.state.setTimeout(step.dependency, step.timeoutUs);
        return;
      case "set-retry":
        this.state.retry[step.dependency] = step.action.retry;
        return;
      case "set-pool":
        this.state.poolSize[step.dependency] = step.size;
        this.effects.poolGrown(step.dependency, nowUs);
        return;
      case "drop-label":
        this.effects.dropLabel(step.metric, step.label);
        return;
      case "operate":
        this.#operate(step.order, step.step, nowUs);
        return;
    }
  }

  // Changes.

  #startChange(index: number, nowUs: number): void {
    const { service, flag, spec } = this.model.changes[index];
    const progress = this.changes[index];
    progress.state = "rolling-out";
    progress.startedUs = nowUs;
    if (service >= 0) {
      // How it is rolled out can be what is wrong with it.
      if (this.model.faults.some(({ trigger }) => trigger === index)) this.#applyEnvironment(nowUs);
      this.rollOuts.begin(service, spec.versionTo, { live: [index], back: [] }, nowUs);
    } else if (flag >= 0 && spec.flag !== undefined) {
      this.#plan(nowUs, { kind: "set-flag", flag, value: spec.flag.value });
      this.#plan(nowUs + FLAG_US, { kind: "change-live", change: index });
    } else {
      this.#plan(nowUs + SETTING_US, { kind: "change-live", change: index });
    }
  }

  #changeLive(index: number, nowUs: number): void {
    if (this.changes[index].state !== "rolling-out") return;
    this.changes[index].state = "live";
    this.changes[index].completedUs = nowUs;
  }

  #rolledBack(index: number, nowUs: number): void {
    this.changes[index].state = "rolled-back";
    this.changes[index].rolledBackUs = nowUs;
    for (const fault of this.model.faults) {
      if (fault.trigger === index) {
        this.#endedByRollback[fault.index] = 1;
        this.#faultOff(fault, nowUs);
      }
    }
  }

  // Code.

  /** What the instance's version has in its code: the program variant, and the label that its metric gains. */
  #loadCode(instance: number, nowUs: number): void {
    const { service } = this.model.instances[instance];
    let variant = 0;
    let label: string | undefined;
    for (const fault of this.model.faults) {
      if (fault.codeService !== service || !this.#isInCode(fault, instance)) continue;
      variant |= fault.variantBit;
      label ??= fault.userLabel;
    }
    this.state.instanceVariant[instance] = variant;
    this.#setLabel(instance, label);
    if (this.model.faults.length > 0) this.#applyEnvironment(nowUs);
  }

  #isInCode(fault: FaultModel, instance: number): boolean {
    if (!this.#isOn(fault)) return false;
    const deploy = this.#deployOf(fault);
    if (deploy < 0) return this.#active[fault.index] === 1;
    return this.model.changes[deploy].spec.versionTo === this.state.instanceVersion[instance];
  }

  #setLabel(instance: number, label: string | undefined): void {
    const { service, component, scrapeInstance } = this.model.instances[instance];
    const before = this.state.userLabels[instance];
    if (label === undefined) this.state.userLabels[instance] = undefined;
    else if (before?.label === label) before.reset();
    else
      this.state.userLabels[instance] = new UserLabelSeries(
        this.model.services[service],
        label,
        component,
        scrapeInstance,
      );
  }

  // Faults.

  #faultOn(fault: FaultModel, nowUs: number): void {
    if (this.#endedByRollback[fault.index] === 1) return;
    this.#active[fault.index] = 1;
    if (fault.codeService >= 0) this.#reload(fault.codeService, nowUs);
    this.#ramp(fault, nowUs);
  }

  #faultOff(fault: FaultModel, nowUs: number): void {
    if (this.#active[fault.index] === 0) return;
    this.#active[fault.index] = 0;
    if (fault.codeService >= 0) this.#reload(fault.codeService, nowUs);
    this.#applyEnvironment(nowUs);
  }

  /** A fault in the code that no deploy brought is in every process at once. */
  #reload(service: number, nowUs: number): void {
    for (const instance of this.processes.present(service)) this.#loadCode(instance, nowUs);
  }

  #ramp(fault: FaultModel, nowUs: number): void {
    this.#applyEnvironment(nowUs);
    if (this.#active[fault.index] === 0) return;
    const nextUs = nextChangeUs(fault.spec, nowUs);
    if (nextUs !== Infinity) this.#plan(nextUs, { kind: "ramp", fault: fault.index });
  }

  /** Sets every parameter that faults move to what the active ones make of it. */
  #applyEnvironment(nowUs: number, begins = true): void {
    this.#appliedUs = nowUs;
    resetEffects(this.parts, nowUs);
    for (const fault of this.model.faults) {
      if (this.#active[fault.index] === 0) continue;
      const scope = this.#scopeOf(fault, nowUs);
      for (const effect of fault.effects) applyEffect(this.parts, effect, scope);
    }
    commitEffects(this.parts, nowUs);
    for (const fault of this.model.faults) this.#turn(fault, begins, nowUs);
  }

  #scopeOf(fault: FaultModel, nowUs: number): EffectScope {
    const active = this.#active[fault.index] === 1;
    return {
      strength: !active ? 0 : this.#deployOf(fault) >= 0 ? 1 : strengthAt(fault.spec, nowUs),
      nowUs,
      key: combine(this.parts.draws.keys.content, FOR_FAULTS + fault.index),
      affects: (instance) => this.#affects(fault, instance),
    };
  }

  /** Tells the effects of a fault that has begun or ceased since the last time. */
  #turn(fault: FaultModel, begins: boolean, nowUs: number): void {
    const scope = this.#scopeOf(fault, nowUs);
    const on = scope.strength > 0;
    if (on === (this.#turnedOn[fault.index] === 1) || (on && !begins)) return;
    this.#turnedOn[fault.index] = on ? 1 : 0;
    for (const effect of fault.effects) turnEffect(this.parts, effect, on, scope);
  }

  /** Ends the faults one of whose effects matches: somebody has removed their cause. */
  #endFaults(matches: (effect: Effect) => boolean, nowUs: number): void {
    for (const fault of this.model.faults) {
      if (fault.effects.some(matches)) this.#endFault(fault, nowUs);
    }
  }

  #endFault(fault: FaultModel, nowUs: number): void {
    this.#endedByRollback[fault.index] = 1;
    this.#faultOff(fault, nowUs);
  }

  /** Whether the instance is one that the fault touches: by its version where a deploy brought it, and by its scope. */
  #affects(fault: FaultModel, instance: number): boolean {
    const deploy = this.#deployOf(fault);
    const { versionTo, target } = deploy < 0 ? NO_DEPLOY : this.model.changes[deploy].spec;
    const { component } = this.model.instances[instance];
    if (deploy >= 0 && component === target && versionTo !== this.state.instanceVersion[instance]) return false;
    return isInScope(this.model, fault.spec.scope, instance);
  }

  // Orders.

  #carryOut(action: WorldAction, nowUs: number): number {
    switch (action.kind) {
      case "rollback":
        return this.#rollBack(
          this.model.changes.findIndex(({ spec }) => spec.id === action.change),
          nowUs,
        );
      case "restart":
        return this.#restart(this.#service(action.service), action.instance, nowUs);
      case "scale": {
        const service = this.#service(action.service);
        this.autoscaler.scaled(service, action.instances, this.replicas.desired[service]);
        return this.replicas.scale(service, action.instances, nowUs);
      }
      case "set-flag": {
        const flag = this.model.flags.findIndex(({ name }) => name === action.flag);
        return this.#setting({ kind: "set-flag", flag, value: action.value }, nowUs + FLAG_US);
      }
      case "set-timeout": {
        const dependency = this.#dependency(action.service, action.target);
        return this.#setting({ kind: "set-timeout", dependency, timeoutUs: action.timeout }, nowUs + SETTING_US);
      }
      case "set-retry":
        return this.#setting(
          { kind: "set-retry", dependency: this.#dependency(action.service, action.target), action },
          nowUs + SETTING_US,
        );
      case "set-pool": {
        const dependency = this.#dependency(action.service, action.target);
        return this.#setting({ kind: "set-pool", dependency, size: action.poolSize }, nowUs + SETTING_US);
      }
      case "drop-label":
        return this.#setting({ kind: "drop-label", metric: action.metric, label: action.label }, nowUs + RELABEL_US);
      case "post-silence":
        this.#silence(action, nowUs - 1);
        return nowUs - 1;
      case "expire-silence":
        this.parts.observability.silences.expire(action.silence, nowUs - 1);
        return nowUs - 1;
      case "operate":
        return this.#planOperation(action, nowUs);
    }
  }

  /** Silences are there at once: whoever made one sees it. */
  #silence(action: Extract<WorldAction, { kind: "post-silence" }>, nowUs: number): void {
    const { silences } = this.parts.observability;
    const { id, matchers, startsAt, endsAt, createdBy, comment, replaces } = action;
    const before = silences.find(id);
    const fromUs = before !== undefined && before.fromUs <= nowUs ? before.fromUs : Math.max(startsAt, nowUs);
    if (replaces !== undefined) silences.expire(replaces, nowUs);
    silences.put({ id, matchers, fromUs, untilUs: endsAt, createdBy, comment, updatedUs: nowUs });
  }

  /** Plans the steps of a row of the table of actions; the order that is being recorded is the next of `actions`. */
  #planOperation({ operation, target, values }: Extract<WorldAction, { kind: "operate" }>, nowUs: number): number {
    const definition = ACTIONS.get(operation);
    assert(definition !== undefined, `action ${operation}`);
    const delays = definition.schedule(this.parts, target, withDefaults(definition, values));
    delays.forEach((delayUs, step) => {
      this.#plan(nowUs + delayUs, { kind: "operate", order: this.actions.length, step });
    });
    return nowUs + Math.max(0, ...delays);
  }

  #operate(order: number, step: number, nowUs: number): void {
    const { action } = this.actions[order];
    assert(action.kind === "operate", `order ${String(order)} is no operation`);
    const definition = ACTIONS.get(action.operation);
    assert(definition !== undefined, `action ${action.operation}`);
    definition.step(this.parts, action.target, withDefaults(definition, action.values), step, nowUs);
  }

  #setting(step: Step, atUs: number): number {
    this.#plan(atUs, step);
    return atUs;
  }

  #rollBack(change: number, nowUs: number): number {
    const { service, flag, spec } = this.model.changes[change];
    if (service >= 0) return this.rollOuts.begin(service, spec.versionFrom, { live: [], back: [change] }, nowUs);
    let done = nowUs + SETTING_US;
    if (flag >= 0 && spec.flag !== undefined) {
      done = this.#setting({ kind: "set-flag", flag, value: !spec.flag.value }, nowUs + FLAG_US);
    }
    this.#plan(done, { kind: "roll-back-done", change });
    return done;
  }

  /** Replaces all instances one after the other, or one of them. */
  #restart(service: number, only: number | undefined, nowUs: number): number {
    if (only === undefined) return this.rollOuts.begin(service, undefined, { live: [], back: [] }, nowUs);
    const { instancesFrom, spec } = this.model.services[service];
    this.#plan(nowUs, { kind: "drain", instance: instancesFrom + only, then: "restart" });
    return nowUs + rollOutUs(1, spec.startup);
  }

  #service(id: string): number {
    const service = this.model.services.findIndex(({ spec }) => spec.id === id);
    assert(service >= 0, `service ${id}`);
    return service;
  }

  #dependency(service: string, target: string): number {
    const index = this.#service(service);
    const found = this.model.dependencies.findIndex(
      (dependency) => dependency.service === index && dependency.target === target,
    );
    assert(found >= 0, `dependency of ${service} on ${target}`);
    return found;
  }
}
