/**
 * The metrics of a world without what lies before its recent part: what alert rules read. The history arrives when it
 * is ready, which the wall clock decides; a rule that saw it sometimes would fire at different moments in equal worlds.
 */
import type {
  Exemplar,
  LabelMatcher,
  Labels,
  MetricReader,
  SampleWindow,
  SeriesRef,
} from "../telemetry/metric-reader.js";

export class RecentReader implements MetricReader {
  constructor(
    private readonly all: MetricReader,
    private readonly fromMs: () => number,
  ) {}

  get generation(): number {
    return this.all.generation;
  }

  select(matchers: readonly LabelMatcher[]): readonly SeriesRef[] {
    return this.all.select(matchers);
  }

  labels(ref: SeriesRef): Labels {
    return this.all.labels(ref);
  }

  window(ref: SeriesRef, startMs: number, endMs: number, into: SampleWindow): void {
    this.all.window(ref, Math.max(startMs, this.fromMs()), endMs, into);
  }

  labelNames(matchers: readonly LabelMatcher[]): readonly string[] {
    return this.all.labelNames(matchers);
  }

  labelValues(name: string, matchers: readonly LabelMatcher[]): readonly string[] {
    return this.all.labelValues(name, matchers);
  }

  exemplars(ref: SeriesRef, startMs: number, endMs: number): readonly Exemplar[] {
    return this.all.exemplars(ref, Math.max(startMs, this.fromMs()), endMs);
  }
}
