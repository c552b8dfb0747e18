/**
 * Since when a counter has been counting: since its process started, where the process says so; else since the sample
 * before which it fell, or since the beginning of the data. Source: OpenTelemetry, 'Prometheus and OpenMetrics
 * compatibility', start time; Collector, prometheusreceiver, metricsadjuster.
 */
import { STALE_MARKER } from "../../telemetry/metric-reader.js";
import type { SeriesSamples } from "./series-samples.js";

const PROCESS_START = "process_start_time_seconds";

interface Counting {
  value: number;
  timeMs: number;
  startMs: number;
}

export class StartTimes {
  readonly #counting = new Map<number, Counting>();
  /** By target and instant of the batch. */
  #processStarts = new Map<string, Map<number, number>>();

  constructor(readonly dataFromMs: () => number) {}

  /** Learns from the samples of a batch when processes started; before any of its counters is asked about. */
  learn(batch: readonly SeriesSamples[]): void {
    this.#processStarts = new Map();
    for (const { labels, timesMs, values } of batch) {
      if (labels["__name__"] !== PROCESS_START) continue;
      const starts = new Map<number, number>();
      for (let at = 0; at < timesMs.length; at++)
        if (values[at] !== STALE_MARKER) starts.set(timesMs[at], Math.round(values[at] * 1_000));
      this.#processStarts.set(targetKey(labels), starts);
    }
  }

  /** Milliseconds; asked for the samples of a series in order of time. */
  of({ ref, labels }: SeriesSamples, timeMs: number, value: number): number {
    const known = this.#processStarts.get(targetKey(labels))?.get(timeMs);
    if (known !== undefined && known <= timeMs) return known;
    const before = this.#counting.get(ref);
    const startMs =
      before === undefined
        ? Math.min(timeMs, this.dataFromMs())
        : value < before.value
          ? before.timeMs
          : before.startMs;
    this.#counting.set(ref, { value, timeMs, startMs });
    return startMs;
  }
}

const targetKey = ({ job = "", instance = "" }: Readonly<Partial<Record<string, string>>>): string =>
  `${job}\n${instance}`;
