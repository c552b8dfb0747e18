/**
 * A setting of several subjects that faults move and learners order: what was ordered holds, else what a fault makes of
 * it, else what is declared.
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";

export class OrderedSetting implements Checkpointed {
  readonly #byFault: Float64Array;
  readonly #byOrder: Float64Array;

  constructor(readonly declared: Float64Array) {
    this.#byFault = new Float64Array(declared.length).fill(NaN);
    this.#byOrder = new Float64Array(declared.length).fill(NaN);
  }

  /** Puts back what faults have moved. */
  reset(): void {
    this.#byFault.fill(NaN);
  }

  move(subject: number, value: number): void {
    this.#byFault[subject] = value;
  }

  order(subject: number, value: number): void {
    this.#byOrder[subject] = value;
  }

  value(subject: number): number {
    const ordered = this.#byOrder[subject];
    if (!Number.isNaN(ordered)) return ordered;
    const moved = this.#byFault[subject];
    return Number.isNaN(moved) ? this.declared[subject] : moved;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.#byFault);
    writer.array(this.#byOrder);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.#byFault);
    reader.into(this.#byOrder);
  }
}
