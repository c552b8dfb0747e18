/**
 * Where each series of a process has its number: a target's values are one slice, and the engine counts into it by
 * offsets that are resolved here, once. A histogram is a block: its buckets (counted one by one, made cumulative when
 * exposed), the sum and the count.
 */
import type { SeriesDescriptor, SeriesKind } from "../sim/metric-sink.js";

/** Upper bounds in µs. Source: OpenTelemetry semantic conventions, advice for http.*.request.duration. */
export const REQUEST_BOUNDS_US = bounds([0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]);
/** Source: the same, advice for db.client.operation.duration. */
export const DATABASE_BOUNDS_US = bounds([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]);

function bounds(seconds: readonly number[]): Float64Array {
  return Float64Array.from(seconds, (second) => Math.round(second * 1e6));
}

/** Series of a block: the bounds, +Inf, sum and count. */
export const blockLength = (boundsUs: Float64Array): number => boundsUs.length + 3;
export const REQUEST_BLOCK = blockLength(REQUEST_BOUNDS_US);
export const DATABASE_BLOCK = blockLength(DATABASE_BOUNDS_US);

type LabelSet = Readonly<Record<string, string>>;

export interface LayoutSeries {
  readonly name: string;
  readonly labels: LabelSet;
  readonly kind: SeriesKind;
}

/** The form of one kind of target; offsets count from the target's `valuesFrom`. */
export interface SeriesLayout {
  readonly series: readonly LayoutSeries[];
  /** Offset of each block, how many bounds it has, and whether it is exposed before the first count. */
  readonly histograms: readonly {
    readonly offset: number;
    readonly boundsUs: Float64Array;
    readonly fromStart: boolean;
  }[];
  readonly counters: readonly { readonly offset: number; readonly fromStart: boolean }[];
}

export class SeriesLayoutBuilder implements SeriesLayout {
  readonly series: LayoutSeries[] = [];
  readonly histograms: { offset: number; boundsUs: Float64Array; fromStart: boolean }[] = [];
  readonly counters: { offset: number; fromStart: boolean }[] = [];

  /** Returns the offset. */
  gauge(name: string, labels: LabelSet = {}): number {
    return this.series.push({ name, labels, kind: "gauge" }) - 1;
  }

  /** `fromStart`: exposed as 0 before the first count; otherwise the series appears with it. */
  counter(name: string, labels: LabelSet = {}, fromStart = true): number {
    const offset = this.series.push({ name, labels, kind: "counter" }) - 1;
    this.counters.push({ offset, fromStart });
    return offset;
  }

  /** Returns the offset of the first bucket. */
  histogram(name: string, labels: LabelSet, boundsUs: Float64Array, fromStart: boolean): number {
    const offset = this.series.length;
    for (const bound of boundsUs) this.#part(`${name}_bucket`, { ...labels, le: String(bound / 1e6) });
    this.#part(`${name}_bucket`, { ...labels, le: "+Inf" });
    this.#part(`${name}_sum`, labels);
    this.#part(`${name}_count`, labels);
    this.histograms.push({ offset, boundsUs, fromStart });
    return offset;
  }

  #part(name: string, labels: LabelSet): void {
    this.series.push({ name, labels, kind: "counter" });
  }
}

/** Descriptors of one target, made when somebody first asks: most instances that could exist never do. */
export class TargetSeries {
  #made: readonly SeriesDescriptor[] | undefined;

  constructor(
    readonly layout: SeriesLayout,
    readonly job: string,
    readonly instance: string,
  ) {}

  all(): readonly SeriesDescriptor[] {
    this.#made ??= this.layout.series.map(({ name, labels, kind }) => ({
      name,
      labels: { ...labels, instance: this.instance, job: this.job },
      kind,
    }));
    return this.#made;
  }
}
