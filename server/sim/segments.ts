/** Properties that divide users: each user has one value of a list, drawn by the shares and the user's own key. */
import { combine, type DrawKey, uniform } from "../base/draw.js";
import type { ShareSpec } from "../topology/load-spec.js";

export class Segments {
  readonly names: readonly string[];
  readonly #bounds: Float64Array;

  constructor(
    shares: readonly ShareSpec[],
    /** Of the property: users draw each property by itself. */
    readonly purpose: number,
  ) {
    this.names = shares.map(({ name }) => name);
    let sum = 0;
    this.#bounds = Float64Array.from(shares, ({ share }) => (sum += share));
  }

  /** Place of the value in the list. */
  of(userKey: DrawKey): number {
    return this.at(uniform(combine(userKey, this.purpose)));
  }

  /** The place that `u` in (0, 1) picks; the last one takes what rounding leaves. */
  at(u: number): number {
    let place = 0;
    while (place < this.#bounds.length - 1 && this.#bounds[place] <= u) place++;
    return place;
  }
}
