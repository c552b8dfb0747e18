/** The newest sample of a series at an instant, as an instant selector of PromQL finds it. */
import { emptyWindow } from "../../query/promql/samples.js";
import { STALE_MARKER, type MetricReader, type SeriesRef } from "../../telemetry/metric-reader.js";

/** How far back a sample may lie: Prometheus's default lookback. */
export const LOOKBACK_MS = 300_000;

export interface LatestSample {
  readonly timeMs: number;
  readonly value: number;
}

/** Reads one series after another without making a window for each. */
export class LatestSamples {
  readonly #window = emptyWindow();

  constructor(
    private readonly reader: MetricReader,
    private readonly nowMs: number,
  ) {}

  /** Undefined where the series has ended or has had no sample for too long. */
  of(ref: SeriesRef): LatestSample | undefined {
    const window = this.#window;
    this.reader.window(ref, this.nowMs - LOOKBACK_MS, this.nowMs, window);
    if (window.to <= window.from) return undefined;
    const value = window.values[window.to - 1];
    return value === STALE_MARKER ? undefined : { timeMs: window.timesMs[window.to - 1], value };
  }

  /** Newest value of the one series with these labels. */
  value(labels: Readonly<Record<string, string>>): LatestSample | undefined {
    const matchers = Object.entries(labels).map(([name, value]) => ({ name, operator: "=" as const, value }));
    const refs = this.reader.select(matchers);
    for (const ref of refs) {
      const sample = this.of(ref);
      if (sample !== undefined) return sample;
    }
    return undefined;
  }
}
