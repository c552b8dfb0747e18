/** Other courses of a world by name: its healthy twin, without an order, with another fault, or simply once more. */
import { assert } from "../base/assert.js";
import { simTime, type SimTime } from "../base/time.js";
import { FAULT_MECHANISMS } from "../faults/mechanisms.js";
import type { Scenario } from "../scenario/types.js";
import { type BranchChange, type CheckpointLine, simulateBranch } from "../sim/branch.js";
import type { Engine } from "../sim/engine.js";
import type { FaultSpec, TimedAction } from "../sim/timeline.js";
import { compileModel } from "../topology/model.js";

export class WhatIf {
  constructor(
    readonly scenario: Scenario,
    readonly engine: Engine,
    readonly checkpoints: CheckpointLine,
    /** Orders that the world has carried out, in order of time. */
    readonly actions: readonly TimedAction[],
  ) {}

  /** The world once more from `at` on: equal to it, byte for byte. */
  branch(at: SimTime, until: SimTime = this.engine.now): Engine {
    return this.#simulate({ fromUs: at, actions: this.actions }, until);
  }

  /** The world without any fault. */
  twin(until: SimTime = this.engine.now): Engine {
    const onset = Math.min(...this.engine.model.faults.map((fault) => this.#onsetOf(fault.spec)), Infinity);
    return this.#simulate({ fromUs: onset, options: { faultsOn: false }, actions: this.actions }, until);
  }

  /** The world without one order of its learner. */
  without(actionId: string, until: SimTime = this.engine.now): Engine {
    const left = this.actions.find(({ id }) => id === actionId);
    assert(left !== undefined, `order ${actionId}`);
    const actions = this.actions.filter(({ id }) => id !== actionId);
    return this.#simulate({ fromUs: left.at, actions }, until);
  }

  /** The world with one more fault. Throws FaultRefused when its topology cannot have it. */
  with(fault: FaultSpec, until: SimTime = this.engine.now): Engine {
    const { topology, changes, faults } = this.scenario;
    const model = compileModel(topology, { faults: [...faults, fault], changes, mechanisms: FAULT_MECHANISMS });
    const on = this.engine.options.faults;
    const options = on === undefined ? {} : { faults: new Set([...on, fault.id]) };
    return this.#simulate({ fromUs: this.#onsetOf(fault), model, options, actions: this.actions }, until);
  }

  /** When a fault can first make a difference: what a deploy brings, when the deploy begins. */
  #onsetOf({ onset, trigger }: FaultSpec): number {
    const change = this.scenario.changes.find(({ id }) => id === trigger);
    return Math.min(onset, change?.at ?? Infinity);
  }

  #simulate(change: BranchChange, until: SimTime): Engine {
    return simulateBranch(this.engine, this.checkpoints, change, simTime(until));
  }
}
