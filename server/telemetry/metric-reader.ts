/**
 * The read side of metrics, as the query languages see it. Times are epoch milliseconds, as Prometheus counts them.
 */

export type Labels = Readonly<Record<string, string>>;

export interface LabelMatcher {
  readonly name: string;
  readonly operator: "=" | "!=" | "=~" | "!~";
  readonly value: string;
}

/** Number of a series in its store; stays the same as the store grows. */
export type SeriesRef = number;

/** A view on the samples of one series: `timesMs[i]`, `values[i]` for from ≤ i < to. Arrays may be longer; do not write. */
export interface SampleWindow {
  timesMs: Float64Array;
  values: Float64Array;
  from: number;
  to: number;
  /** Belongs to the reader: an array that it writes what it has to unpack into, again and again. */
  room?: Float64Array;
}

export interface Exemplar {
  readonly labels: Labels;
  readonly timestampMs: number;
  readonly value: number;
}

export interface MetricReader {
  /** Rises when series were added; a selection stays valid while it is the same. */
  readonly generation: number;

  /** Series that match all matchers, ascending. At least one matcher must not match the empty string (checked by the caller). */
  select(matchers: readonly LabelMatcher[]): readonly SeriesRef[];

  /** With `__name__`. */
  labels(ref: SeriesRef): Labels;

  /** Samples with startMs < t ≤ endMs. Fills `into`, whose arrays stay valid until the next append and until it is filled again. A sample equal to STALE_MARKER ends the series there. */
  window(ref: SeriesRef, startMs: number, endMs: number, into: SampleWindow): void;

  labelNames(matchers: readonly LabelMatcher[]): readonly string[];
  labelValues(name: string, matchers: readonly LabelMatcher[]): readonly string[];

  /** Exemplars of the series with startMs ≤ t ≤ endMs, ascending. */
  exemplars(ref: SeriesRef, startMs: number, endMs: number): readonly Exemplar[];
}

/**
 * Staleness marker: "the series ended here". Prometheus uses a NaN with a payload, which JavaScript may lose when it
 * copies numbers; a finite value that no counter or gauge reaches survives every copy.
 */
export const STALE_MARKER = -1.797693134862315e308;
