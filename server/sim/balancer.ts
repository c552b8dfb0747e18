/**
 * Which instance of a service takes a request: at random over those that are up, of which callers learn at once.
 * `skew` sends a share of the requests to one of them.
 */
import { below, combine, type DrawKey, uniform } from "../base/draw.js";
import type { Model } from "../topology/model-types.js";
import { type Links, MAINLAND } from "./links.js";
import type { WorldState } from "./world-state.js";

const FOR_INSTANCE = 11;
const FOR_SKEW = 20;

export class Balancer {
  readonly #instancesFrom: Int32Array;
  /** By service: share of requests that goes to its first instance that is up. Written by effects. */
  readonly skew: Float64Array;

  constructor(
    model: Model,
    readonly state: WorldState,
    readonly links: Links,
  ) {
    this.#instancesFrom = Int32Array.from(model.services, ({ instancesFrom }) => instancesFrom);
    this.skew = new Float64Array(model.services.length);
  }

  /** An instance of the service that takes requests, −1 when none does. */
  choose(service: number, key: DrawKey): number {
    const count = this.state.upCount[service];
    if (count === 0) return -1;
    const skew = this.skew[service];
    if (skew > 0 && uniform(combine(key, FOR_SKEW)) < skew) return this.state.upInstances[this.#instancesFrom[service]];
    const place = count === 1 ? 0 : below(combine(key, FOR_INSTANCE), count);
    return this.state.upInstances[this.#instancesFrom[service] + place];
  }

  /** An instance of the edge for a user: whoever sends users there knows which instances can be reached. */
  chooseForUsers(service: number, key: DrawKey): number {
    const chosen = this.choose(service, key);
    if (this.links.plain || chosen < 0 || this.links.island[chosen] === MAINLAND) return chosen;
    const from = this.#instancesFrom[service];
    const reachable = this.state.upInstances
      .subarray(from, from + this.state.upCount[service])
      .filter((instance) => this.links.island[instance] === MAINLAND);
    return reachable.length === 0 ? -1 : reachable[below(combine(key, FOR_INSTANCE), reachable.length)];
  }
}
