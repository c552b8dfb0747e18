/** How far users are from the edge: one way between a region and the edge, drawn for each message. */
import { combine, type DrawKey } from "../base/draw.js";
import { quantileAt, QuantileTables } from "../base/quantile-tables.js";
import type { DurationSpec } from "../topology/types.js";

export class UserDistances {
  readonly #medians: Float64Array;
  readonly #offsets: Int32Array;
  readonly #tables: Float64Array;

  /** @param latencies one way, by region; none: everybody is at the edge */
  constructor(latencies: readonly DurationSpec[]) {
    const tables = new QuantileTables();
    this.#medians = Float64Array.from(latencies, ({ median }) => median);
    this.#offsets = Int32Array.from(latencies, ({ law, sigma }) => tables.offsetOf(law ?? "lognormal", sigma));
    this.#tables = tables.build();
  }

  /** µs of one way for the message with this key and purpose. */
  oneWayUs(region: number, key: DrawKey, purpose: number): number {
    if (this.#medians.length === 0) return 0;
    const quantile = quantileAt(this.#tables, this.#offsets[region], combine(key, purpose));
    return Math.round(this.#medians[region] * quantile);
  }
}
