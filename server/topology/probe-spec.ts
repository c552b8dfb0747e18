/** Synthetic checks: requests of a journey that are sent from outside at a fixed interval, whatever users do. */
import type { Duration } from "../base/time.js";
import type { DurationSpec } from "./types.js";

export interface ProbeSpec {
  readonly id: string;
  readonly journey: string;
  readonly interval: Duration;
  readonly timeout: Duration;
  /** Where it is sent from: name and one way to the edge. */
  readonly regions: readonly { readonly name: string; readonly latency: DurationSpec }[];
}
