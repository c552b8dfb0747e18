/** Draws of durations: the world's median now, times a quantile of the shape that the duration was declared with. */
import type { DrawKey } from "../base/draw.js";
import { quantileAt } from "../base/quantile-tables.js";
import type { Model } from "../topology/model-types.js";
import type { WorldState } from "./world-state.js";

export class Sampler {
  readonly #medians: Float64Array;
  readonly #tables: Float64Array;
  readonly #shapes: Int32Array;

  constructor(model: Model, state: WorldState) {
    this.#medians = state.medians;
    this.#tables = model.durations.tables;
    this.#shapes = model.durations.shapes;
  }

  /** µs, not rounded. */
  sample(duration: number, key: DrawKey): number {
    return this.#medians[duration] * quantileAt(this.#tables, this.#shapes[duration], key);
  }
}
