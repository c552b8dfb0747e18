/** Samples of one series on their way out. */
import type { Exemplar, Labels, SeriesRef } from "../../telemetry/metric-reader.js";

export interface SeriesSamples {
  readonly ref: SeriesRef;
  /** With `__name__`. */
  readonly labels: Labels;
  /** Ascending; STALE_MARKER among the values ends the series there. */
  readonly timesMs: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly exemplars: readonly Exemplar[];
}

/** What is known of a metric by its name. */
export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly help: string;
}
