/**
 * What stands between a process and the metrics server besides the network: metrics that a version does not expose any
 * more or that relabelling drops, exporters that do not answer, counters that an exporter starts anew or mixes up. Applied
 * to the values of a target when it is scraped; the counts themselves are never touched.
 *
 * A counter that falls is read as one that was reset: `rate` takes the whole new value for an increase. So an exporter
 * that adds up processes, and loses one of them and finds it again, shows traffic that is as large as all the counter had
 * counted (Prometheus documentation, `rate`; extrapolation after resets).
 */
import type { Checkpointed, StateReader, StateWriter } from "../../base/state-stream.js";
import type { Model } from "../../topology/model-types.js";

/** How the exporter of a process answers. */
export const EXPORTER_UP = 0;
export const EXPORTER_REFUSES = 1;
export const EXPORTER_SILENT = 2;

/** Counters of a process as its exporter shows them. */
export const COUNTERS_WHOLE = 0;
/** From nothing at every period. */
export const COUNTERS_RESTART = 1;
/** A part of what they are in every other period. */
export const COUNTERS_WAVER = 2;

/** Share of a counter that an exporter shows which has lost sight of some of what it adds up. */
const PART_IN_SIGHT = 0.6;

export class ScrapeFilter implements Checkpointed {
  /** By target, moved by effects. */
  readonly exporter: Uint8Array;
  readonly counters: Uint8Array;
  readonly periodUs: Float64Array;
  /** By target: metrics that the process does not expose. */
  readonly missing: string[][];
  /** Metrics that relabelling drops, of all targets. */
  readonly #dropped: string[] = [];
  /** By value, empty until a counter starts anew: what it had when it did. By target: in which period that was. */
  #base = new Float64Array(0);
  #last = new Float64Array(0);
  readonly #period: Float64Array;
  /** Offsets of the series of a layout by what they are, made when somebody asks. */
  readonly #counterOffsets = new Map<number, readonly number[]>();
  #active = false;

  constructor(readonly model: Model) {
    const targets = model.targets.length;
    this.exporter = new Uint8Array(targets);
    this.counters = new Uint8Array(targets);
    this.periodUs = new Float64Array(targets);
    this.missing = model.targets.map(() => []);
    this.#period = new Float64Array(targets).fill(-1);
  }

  get droppedMetrics(): readonly string[] {
    return this.#dropped;
  }

  /** Puts back what effects move. */
  reset(): void {
    this.exporter.fill(EXPORTER_UP);
    this.counters.fill(COUNTERS_WHOLE);
    for (const names of this.missing) names.length = 0;
  }

  /** After effects or orders have changed something. */
  refresh(): void {
    this.#active =
      this.#dropped.length > 0 ||
      this.counters.some((mode) => mode !== COUNTERS_WHOLE) ||
      this.missing.some(({ length }) => length > 0);
  }

  dropMetric(metric: string): void {
    if (!this.#dropped.includes(metric)) this.#dropped.push(metric);
    this.refresh();
  }

  /** Changes the values of a target as a scrape gets them; answers with how many samples have gone, and of these how many the server still had to read. */
  apply(target: number, values: Float64Array, nowUs: number): { readonly gone: number; readonly read: number } {
    if (!this.#active) return NOTHING;
    const { valuesFrom } = this.model.targets[target];
    const hidden = this.#hide(target, valuesFrom, values, this.missing[target]);
    const read = this.#hide(target, valuesFrom, values, this.#dropped);
    if (this.counters[target] !== COUNTERS_WHOLE) this.#disturb(target, valuesFrom, values, nowUs);
    else this.#period[target] = -1;
    return { gone: hidden + read, read };
  }

  #hide(target: number, from: number, values: Float64Array, metrics: readonly string[]): number {
    if (metrics.length === 0) return 0;
    let hidden = 0;
    this.model.layouts[target].series.forEach(({ name }, offset) => {
      if (Number.isNaN(values[from + offset]) || !metrics.some((metric) => isOf(name, metric))) return;
      values[from + offset] = NaN;
      hidden++;
    });
    return hidden;
  }

  #disturb(target: number, from: number, values: Float64Array, nowUs: number): void {
    const period = Math.floor(nowUs / this.periodUs[target]);
    const restarts = this.counters[target] === COUNTERS_RESTART;
    if (restarts && this.#base.length === 0) {
      this.#base = new Float64Array(this.model.valueCount);
      this.#last = new Float64Array(this.model.valueCount);
    }
    const begins = this.#period[target] === -1;
    const isNew = !begins && period !== this.#period[target];
    for (const offset of this.#countersOf(target)) {
      const place = from + offset;
      const value = values[place];
      if (Number.isNaN(value)) continue;
      if (restarts) {
        if (begins) this.#base[place] = 0;
        else if (isNew) this.#base[place] = this.#last[place];
        this.#last[place] = value;
        values[place] = Math.max(0, value - this.#base[place]);
      } else if (period % 2 === 1) {
        values[place] = value * PART_IN_SIGHT;
      }
    }
    this.#period[target] = period;
  }

  #countersOf(target: number): readonly number[] {
    let offsets = this.#counterOffsets.get(target);
    if (offsets === undefined) {
      offsets = this.model.layouts[target].series.flatMap(({ kind }, offset) => (kind === "counter" ? [offset] : []));
      this.#counterOffsets.set(target, offsets);
    }
    return offsets;
  }

  save(writer: StateWriter): void {
    writer.section();
    writer.array(this.exporter);
    writer.array(this.counters);
    writer.array(this.periodUs);
    writer.array(this.#period);
    const disturbed = this.#period.some((period) => period !== -1);
    writer.array(this.#base, disturbed ? this.#base.length : 0);
    writer.array(this.#last, disturbed ? this.#last.length : 0);
    writer.json([this.missing, this.#dropped]);
  }

  restore(reader: StateReader): void {
    reader.section();
    reader.into(this.exporter);
    reader.into(this.counters);
    reader.into(this.periodUs);
    reader.into(this.#period);
    this.#base = reader.doubles();
    this.#last = reader.doubles();
    const [missing, dropped] = reader.json() as [string[][], string[]];
    missing.forEach((names, target) => (this.missing[target] = names));
    this.#dropped.splice(0, Infinity, ...dropped);
    this.refresh();
  }
}

const NOTHING = { gone: 0, read: 0 };

const HISTOGRAM_PARTS: readonly string[] = ["_bucket", "_sum", "_count"];

/** Whether the series belongs to the metric: by its name, or as a part of the histogram. */
function isOf(series: string, metric: string): boolean {
  return series === metric || (series.startsWith(metric) && HISTOGRAM_PARTS.includes(series.slice(metric.length)));
}
