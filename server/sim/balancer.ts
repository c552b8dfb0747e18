/** Which instance of a service takes a request: at random over those that are up, of which callers learn at once. */
import { below, combine, type DrawKey } from "../base/draw.js";
import type { Model } from "../topology/model-types.js";
import type { WorldState } from "./world-state.js";

const FOR_INSTANCE = 11;

export class Balancer {
  readonly #instancesFrom: Int32Array;

  constructor(
    model: Model,
    readonly state: WorldState,
  ) {
    this.#instancesFrom = Int32Array.from(model.services, ({ instancesFrom }) => instancesFrom);
  }

  /** An instance of the service that takes requests, −1 when none does. */
  choose(service: number, key: DrawKey): number {
    const count = this.state.upCount[service];
    if (count === 0) return -1;
    const place = count === 1 ? 0 : below(combine(key, FOR_INSTANCE), count);
    return this.state.upInstances[this.#instancesFrom[service] + place];
  }
}
