/** Collects the durations of a topology and shares the tables of equal shapes. */
import { QuantileTables } from "../base/quantile-tables.js";
import type { DurationTables } from "./model-types.js";
import type { DurationSpec } from "./types.js";

export class DurationRegistry {
  readonly #medians: number[] = [];
  readonly #shapes: number[] = [];
  readonly #tables = new QuantileTables();

  /** Every call makes a new index, so that a fault can change one duration and leave its equals alone. */
  indexOf(spec: DurationSpec): number {
    this.#shapes.push(this.#tables.offsetOf(spec.law ?? "lognormal", spec.sigma));
    return this.#medians.push(spec.median) - 1;
  }

  build(): DurationTables {
    return {
      medians: Float64Array.from(this.#medians),
      shapes: Int32Array.from(this.#shapes),
      tables: this.#tables.build(),
    };
  }
}
