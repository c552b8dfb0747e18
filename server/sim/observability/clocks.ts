/**
 * Clocks of processes that are wrong: what a process writes down is `offset + drift · elapsed` away from the truth. Only
 * what is shown of spans and log lines is shifted; tables keep the true times, and durations are measured by a monotonic
 * clock, which is right but for the drift (parts in a million, neglected).
 *
 * Source: D. Mills, 'Internet time synchronization', IEEE Trans. Communications 39 (1991): a clock as offset and frequency.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";
import { type Step, StepHistory } from "./step-history.js";

const MILLION = 1e6;

export interface ClocksExport {
  readonly offsets: readonly (readonly Step[])[];
  readonly drifts: readonly (readonly Step[])[];
}

export class Clocks implements Checkpointed {
  /** By process: µs ahead at the instant of the step. */
  readonly offsets: StepHistory;
  /** By process: parts in a million that it gains from the instant of the step on. */
  readonly drifts: StepHistory;
  readonly #declared: readonly { readonly offsetUs: number; readonly driftPpm: number }[];
  readonly #anyDeclared: boolean;

  constructor(
    readonly model: Model,
    /** From when on declared clocks drift. */
    readonly fromUs: number,
    exported?: ClocksExport,
  ) {
    this.#declared = model.instances.map(({ component, name }) => {
      const mine = (model.topology.plant.clocks ?? []).filter(
        ({ service, instance }) => service === component && (instance === undefined || instance === name),
      );
      return {
        offsetUs: mine.reduce((sum, { offsetUs }) => sum + offsetUs, 0),
        driftPpm: mine.reduce((sum, { driftPpm }) => sum + driftPpm, 0),
      };
    });
    this.#anyDeclared = this.#declared.some(({ offsetUs, driftPpm }) => offsetUs !== 0 || driftPpm !== 0);
    this.offsets = new StepHistory(model.instances.length, () => 0, exported?.offsets);
    this.drifts = new StepHistory(model.instances.length, () => 0, exported?.drifts);
  }

  get areRight(): boolean {
    return !this.#anyDeclared && this.offsets.unmoved && this.drifts.unmoved;
  }

  /** µs that any clock may have been away from the truth at most, up to an instant. */
  aheadUsMax(untilUs: number): number {
    const elapsed = Math.max(0, untilUs - this.fromUs) / MILLION;
    const declared = this.#declared.map(({ offsetUs, driftPpm }) => Math.abs(offsetUs) + Math.abs(driftPpm) * elapsed);
    return Math.ceil(largest(declared) + this.offsets.magnitudeMax + this.drifts.magnitudeMax * elapsed);
  }

  /** µs by which the process is ahead at an instant; whole µs. */
  aheadUs(instance: number, atUs: number): number {
    const { offsetUs, driftPpm } = this.#declared[instance];
    const declared = offsetUs + (driftPpm * (atUs - this.fromUs)) / MILLION;
    const drifted =
      (this.drifts.at(instance, atUs) * Math.max(0, atUs - this.#driftingSinceUs(instance, atUs))) / MILLION;
    return Math.round(declared + this.offsets.at(instance, atUs) + drifted);
  }

  #driftingSinceUs(instance: number, atUs: number): number {
    return this.drifts.since(instance, atUs) ?? atUs;
  }

  export(): ClocksExport {
    return { offsets: this.offsets.export(), drifts: this.drifts.export() };
  }

  save(writer: StateWriter): void {
    this.offsets.save(writer);
    this.drifts.save(writer);
  }

  restore(reader: StateReader): void {
    this.offsets.restore(reader);
    this.drifts.restore(reader);
  }
}

const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);
