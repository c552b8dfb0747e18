/**
 * Every metric in small: a sparkline and how much it changed against the time before, so that what is worth a look can
 * be found without a query. All series of a job are added up on a grid of instants (of durations and ratios the mean is
 * taken: their sum says nothing); a job's change is the distance of
 * its instants from the median of the time before, in units of the median absolute deviation (Hampel 1974), with what
 * chance alone gives a counter (Poisson) as its floor. One wild instant counts no more than ten deviations.
 */
import type { MetricReader, SampleWindow, SeriesRef } from "../../telemetry/metric-reader.js";
import { STALE_MARKER } from "../../telemetry/metric-reader.js";
import type { MetricChange, MetricMeasure, MetricOverview, MetricSummary } from "../../wire/metrics.js";
import { shiftOf } from "./robust-shift.js";
import { emptyWindow } from "./samples.js";

export interface DescribedMetric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

export interface OverviewTimes {
  readonly fromMs: number;
  readonly toMs: number;
  readonly job?: string;
}

/** Instants of a sparkline. */
const STEPS = 40;
/** The time before is as long as this many windows, or as the data goes back. */
const BASELINE_WINDOWS = 3;
/** A gauge's value holds this long without a new sample: four missed scrapes of fifteen seconds. */
const HOLD_MS = 60_000;
/** Samples that one overview reads, about. */
const SAMPLES_READ_MAX = 4_000_000;
/** Series by which the samples of a metric are estimated. */
const SERIES_PROBED = 16;
/** Of a metric that is too large every n-th series is read: fewer than this say nothing of the others. */
const SERIES_READ_MIN = 100;

/** What a recorded ratio is called. */
const RATIO = /(?:^|[:_])ratio(?:_|$)/;
/** Gauges that are durations or ratios. */
const AVERAGED = /(?:_seconds|_ratio|(?:^|[:_])ratio(?:_rate\w+)?)$/;

/** Units in which one is not one event, so that chance cannot be counted. */
const CONTINUOUS = /_(?:bytes|seconds)(?:_total)?$/;

interface Family {
  readonly name: string;
  readonly type: MetricSummary["type"];
  readonly unit: string;
  readonly help: string;
}

/** Answers for the metrics that `reader` has, most changed first. About `samplesMax` samples are read for it. */
export function metricOverview(
  reader: MetricReader,
  metadata: readonly DescribedMetric[],
  { fromMs, toMs, job }: OverviewTimes,
  samplesMax = SAMPLES_READ_MAX,
): MetricOverview {
  const stepMs = Math.max(1_000, Math.ceil((toMs - fromMs) / STEPS / 1_000) * 1_000);
  const steps = Math.max(1, Math.ceil((toMs - fromMs) / stepMs));
  // Steps end at multiples of their length, so that a window that moves on keeps its figures.
  const endMs = Math.floor(toMs / stepMs) * stepMs;
  const grid: Grid = { endMs, stepMs, steps, before: steps * BASELINE_WINDOWS };
  const work = new Overview(reader, grid, job, samplesMax);
  const families = familiesOf(reader, metadata)
    .map((family) => ({ family, refs: work.seriesOf(family) }))
    .filter(({ refs }) => refs.length > 0)
    .sort((one, other) => one.refs.length - other.refs.length || (one.family.name < other.family.name ? -1 : 1));
  const metrics = families.map(({ family, refs }) => work.summary(family, refs));
  const score = ({ change }: MetricSummary): number => change?.score ?? -1;
  return {
    fromUs: (endMs - steps * stepMs) * 1_000,
    toUs: endMs * 1_000,
    stepUs: stepMs * 1_000,
    baselineFromUs: Math.round(work.baselineFromMs * 1_000),
    metrics: metrics.sort((one, other) => score(other) - score(one) || (one.name < other.name ? -1 : 1)),
    samplesRead: work.samplesRead,
    unread: work.unread,
  };
}

/** Declared families that there are samples of, then the names that nobody declared. */
function familiesOf(reader: MetricReader, metadata: readonly DescribedMetric[]): readonly Family[] {
  const present = new Set(reader.labelValues("__name__", []));
  const declared = metadata.map(({ name, type, unit, help }): Family => ({ name, unit, help, type: typeOf(type) }));
  const covered = new Set(
    declared.flatMap(({ name, type }) =>
      type === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  const others = [...present].filter((name) => !covered.has(name));
  return [
    ...declared.filter(({ name, type }) => present.has(type === "histogram" ? `${name}_count` : name)),
    ...others.map((name): Family => ({
      name,
      type: "recorded",
      unit: RATIO.test(name) && !name.includes("burn_rate") ? "ratio" : "",
      help: "",
    })),
  ];
}

const TYPES: Readonly<Record<string, MetricSummary["type"] | undefined>> = {
  counter: "counter",
  histogram: "histogram",
  gauge: "gauge",
};

const typeOf = (type: string): MetricSummary["type"] => TYPES[type] ?? "recorded";

/** Instants end at `endMs` and lie `stepMs` apart: `before` of the time before the window, then `steps` of it. */
interface Grid {
  readonly endMs: number;
  readonly stepMs: number;
  readonly steps: number;
  readonly before: number;
}

/** One job's values on the grid, NaN where it has none. */
type Line = Float64Array;

class Overview {
  samplesRead = 0;
  unread = 0;
  /** Time of the first sample that was met. */
  private firstMs = Number.POSITIVE_INFINITY;
  private readonly window: SampleWindow = emptyWindow();
  private readonly startMs: number;
  private readonly instants: number;

  constructor(
    private readonly reader: MetricReader,
    private readonly grid: Grid,
    private readonly job: string | undefined,
    private readonly samplesMax: number,
  ) {
    this.instants = grid.steps + grid.before;
    this.startMs = grid.endMs - this.instants * grid.stepMs;
  }

  /** Where the time before begins: as far back as its windows go, or the data. */
  get baselineFromMs(): number {
    const windowFromMs = this.startMs + this.grid.before * this.grid.stepMs;
    return Math.min(windowFromMs, Math.max(this.startMs, this.firstMs));
  }

  seriesOf({ name, type }: Family): readonly SeriesRef[] {
    return this.select(type === "histogram" ? `${name}_count` : name);
  }

  private select(name: string): readonly SeriesRef[] {
    const jobs = this.job === undefined ? [] : [{ name: "job", operator: "=" as const, value: this.job }];
    return this.reader.select([{ name: "__name__", operator: "=", value: name }, ...jobs]);
  }

  summary(family: Family, refs: readonly SeriesRef[]): MetricSummary {
    const jobs = [...new Set(refs.map((ref) => this.reader.labels(ref)["job"] ?? ""))].sort();
    const measure = measureOf(family);
    const base = { ...family, series: this.seriesCount(family, refs), jobs, measure };
    const every = this.thinning(family, refs);
    // A part of the series has the mean of all, but neither their sum nor a change of it.
    if (every === undefined || (every > 1 && measure !== "mean")) {
      this.unread += 1;
      return { ...base, values: [] };
    }
    const read = this.linesOf(family, refs, every);
    const lines = every === 1 ? read.lines : read.lines.filter((line) => line.measure === "mean");
    const change = mostChanged(lines.flatMap((line) => this.changeOf(line)));
    const total = read.mean ?? addUp(lines.filter((line) => line.measure === measure).map(({ values }) => values));
    const values = [...total.subarray(this.grid.before)].map((value) =>
      Number.isFinite(value) ? Number(value.toPrecision(6)) : null,
    );
    return { ...base, values, ...(change === undefined ? {} : { change }) };
  }

  private seriesCount({ name, type }: Family, refs: readonly SeriesRef[]): number {
    if (type !== "histogram") return refs.length;
    return refs.length + this.select(`${name}_sum`).length + this.select(`${name}_bucket`).length;
  }

  /** 1: all series are read; n: every n-th, which is what the samples left allow; undefined: too few. */
  private thinning({ type }: Family, refs: readonly SeriesRef[]): number | undefined {
    const left = this.samplesMax - this.samplesRead;
    if (left <= 0) return undefined;
    const apart = Math.max(1, Math.floor(refs.length / SERIES_PROBED));
    const probed = refs.filter((_, index) => index % apart === 0);
    const samples = probed.reduce((sum, ref) => sum + this.samplesOf(ref), 0) / probed.length;
    const every = Math.max(1, Math.ceil((samples * refs.length * (type === "histogram" ? 2 : 1)) / left));
    return every === 1 || refs.length / every >= SERIES_READ_MIN ? every : undefined;
  }

  private samplesOf(ref: SeriesRef): number {
    const { window } = this;
    this.reader.window(ref, this.startMs - HOLD_MS, this.grid.endMs, window);
    return window.to - window.from;
  }

  /** A histogram has two lines a job: how many and how much each. `mean` is that of all jobs, where one is measured. */
  private linesOf(
    family: Family,
    refs: readonly SeriesRef[],
    every: number,
  ): { readonly lines: readonly MeasuredLine[]; readonly mean?: Line | undefined } {
    const continuous = CONTINUOUS.test(family.name);
    if (family.type === "counter")
      return { lines: measured(this.perJob(refs, this.increases, every), "rate", !continuous) };
    if (family.type !== "histogram") {
      const totals = this.perJob(refs, this.levels, every);
      if (measureOf(family) === "value") return { lines: measured(totals, "value", false) };
      return meansOf(totals, this.perJob(refs, this.presence, every));
    }
    const counts = this.perJob(refs, this.increases, every);
    const sums = this.perJob(this.select(`${family.name}_sum`), this.increases, every);
    const { lines, mean } = meansOf(sums, counts);
    return { lines: [...measured(counts, "rate", true), ...lines], mean };
  }

  private perJob(
    refs: readonly SeriesRef[],
    read: (ref: SeriesRef, into: Line) => void,
    every: number,
  ): ReadonlyMap<string, Line> {
    const lines = new Map<string, Line>();
    for (let at = 0; at < refs.length; at += every) {
      const ref = refs[at];
      const job = this.reader.labels(ref)["job"] ?? "";
      const line = lines.get(job) ?? new Float64Array(this.instants).fill(Number.NaN);
      lines.set(job, line);
      read(ref, line);
    }
    return lines;
  }

  private open(ref: SeriesRef, startMs: number): SampleWindow {
    const { window } = this;
    this.reader.window(ref, startMs, this.grid.endMs, window);
    this.samplesRead += window.to - window.from;
    if (window.to > window.from) this.firstMs = Math.min(this.firstMs, window.timesMs[window.from]);
    return window;
  }

  /**
   * Adds what the counter rose in each step, a second; nothing where it had no two samples. Behind the last sample it
   * is taken to go on as before until the next one is due, so that a line does not fall where it is only not known yet.
   */
  private readonly increases = (ref: SeriesRef, into: Line): void => {
    const { stepMs, endMs } = this.grid;
    const { timesMs, values, from, to } = this.open(ref, this.startMs - HOLD_MS);
    for (let at = from + 1; at < to; at += 1) {
      const [before, value] = [values[at - 1], values[at]];
      const missed = timesMs[at] - timesMs[at - 1] > Math.max(HOLD_MS, 2 * stepMs);
      if (before === STALE_MARKER || value === STALE_MARKER || missed || timesMs[at] <= this.startMs) continue;
      const rise = value < before ? value : value - before;
      this.spread(rise, timesMs[at - 1], timesMs[at], into);
      const sinceMs = endMs - timesMs[at];
      const apartMs = timesMs[at] - timesMs[at - 1];
      if (at === to - 1 && sinceMs > 0 && sinceMs <= apartMs)
        this.spread((rise * sinceMs) / apartMs, timesMs[at], endMs, into);
    }
  };

  /** Over the steps between two samples, by the time that they share: steps and scrapes have lengths of their own. */
  private spread(rise: number, fromMs: number, toMs: number, into: Line): void {
    const { stepMs } = this.grid;
    const perMs = rise / (toMs - fromMs);
    const last = Math.min(this.instants - 1, Math.ceil((toMs - this.startMs) / stepMs) - 1);
    for (let step = Math.max(0, Math.floor((fromMs - this.startMs) / stepMs)); step <= last; step += 1) {
      const beginMs = Math.max(fromMs, this.startMs + step * stepMs);
      const endMs = Math.min(toMs, this.startMs + (step + 1) * stepMs);
      if (endMs <= beginMs) continue;
      into[step] = (Number.isNaN(into[step]) ? 0 : into[step]) + (perMs * (endMs - beginMs) * 1_000) / stepMs;
    }
  }

  /** Adds the value at the end of each step, if a sample is not too old. */
  private readonly levels = (ref: SeriesRef, into: Line): void => {
    this.eachLevel(ref, into, (value) => value);
  };

  /** Adds one at each step at which the series has a value. */
  private readonly presence = (ref: SeriesRef, into: Line): void => {
    this.eachLevel(ref, into, () => 1);
  };

  private eachLevel(ref: SeriesRef, into: Line, countOf: (value: number) => number): void {
    const { stepMs } = this.grid;
    const { timesMs, values, from, to } = this.open(ref, this.startMs - HOLD_MS);
    let at = from;
    for (let step = 0; step < this.instants; step += 1) {
      const endMs = this.startMs + (step + 1) * stepMs;
      while (at < to && timesMs[at] <= endMs) at += 1;
      if (at === from) continue;
      const value = values[at - 1];
      if (value === STALE_MARKER || endMs - timesMs[at - 1] > HOLD_MS || Number.isNaN(value)) continue;
      into[step] = (Number.isNaN(into[step]) ? 0 : into[step]) + countOf(value);
    }
  }

  private changeOf({ job, measure, values, counted }: MeasuredLine): readonly MetricChange[] {
    const { before, stepMs } = this.grid;
    const shift = shiftOf(values.subarray(0, before), values.subarray(before), (usual) =>
      counted ? Math.sqrt(Math.max(1, (usual * stepMs) / 1_000)) / (stepMs / 1_000) : 0,
    );
    return shift === undefined ? [] : [{ ...shift, job, measure }];
  }
}

interface MeasuredLine {
  readonly job: string;
  readonly measure: MetricMeasure;
  readonly values: Line;
  /** One is one event. */
  readonly counted: boolean;
}

const MEASURES: Readonly<Record<MetricSummary["type"], MetricMeasure>> = {
  counter: "rate",
  histogram: "mean",
  gauge: "value",
  recorded: "value",
};

const measureOf = ({ type, name }: Family): MetricMeasure =>
  MEASURES[type] === "value" && AVERAGED.test(name) ? "mean" : MEASURES[type];

const measured = (
  lines: ReadonlyMap<string, Line>,
  measure: MetricMeasure,
  counted: boolean,
): readonly MeasuredLine[] => [...lines].map(([job, values]) => ({ job, measure, values, counted }));

const pairOf = (job: string, line: Line | undefined): readonly (readonly [string, Line])[] =>
  line === undefined ? [] : [[job, line]];

/** What each of them was, of each job and of all. */
function meansOf(
  totals: ReadonlyMap<string, Line>,
  counts: ReadonlyMap<string, Line>,
): { readonly lines: readonly MeasuredLine[]; readonly mean: Line | undefined } {
  const means = new Map([...counts].flatMap(([job, count]) => pairOf(job, ratio(totals.get(job), count))));
  return {
    lines: measured(means, "mean", false),
    mean: ratio(addUp([...totals.values()]), addUp([...counts.values()])),
  };
}

/** Sum of what is there; NaN where nothing is. */
function addUp(lines: readonly Line[]): Line {
  const sum = new Float64Array(lines.at(0)?.length ?? 0).fill(Number.NaN);
  for (const line of lines) {
    line.forEach((value, step) => {
      if (!Number.isNaN(value)) sum[step] = (Number.isNaN(sum[step]) ? 0 : sum[step]) + value;
    });
  }
  return sum;
}

/** What each event took; NaN where there was none. */
function ratio(sums: Line | undefined, counts: Line): Line | undefined {
  if (sums === undefined) return undefined;
  return counts.map((count, step) => (count > 0 ? sums[step] / count : Number.NaN));
}

/** A job that has less than this share of what the largest job has matters that much less. */
const SMALL_SHARE = 0.01;
/** Of the best score: jobs that have as much have changed for certain, and the one that moved farthest is named. */
const CERTAIN_SHARE = 0.25;

/** Its score is the best of all jobs; its job is the one among those for certain whose figure moved farthest. */
function mostChanged(changes: readonly MetricChange[]): MetricChange | undefined {
  const sizes = new Map<MetricMeasure, number>();
  const size = ({ before, now }: MetricChange): number => Math.max(Math.abs(before), Math.abs(now));
  for (const change of changes) sizes.set(change.measure, Math.max(sizes.get(change.measure) ?? 0, size(change)));
  const shareOf = (measure: MetricMeasure, part: number): number =>
    part / Math.max(sizes.get(measure) ?? 0, Number.MIN_VALUE);
  const scored = changes.map((change) => ({
    ...change,
    score: change.score * Math.min(1, shareOf(change.measure, size(change)) / SMALL_SHARE),
    moved: shareOf(change.measure, Math.abs(change.now - change.before)),
  }));
  const best = Math.max(...scored.map(({ score }) => score));
  const named = scored
    .filter(({ score }) => score >= best * CERTAIN_SHARE)
    .sort((one, other) => other.moved - one.moved || other.score - one.score)
    .at(0);
  if (named === undefined) return undefined;
  const { job, measure, before, now } = named;
  return { job, measure, score: Number(best.toFixed(3)), before: figure(before), now: figure(now) };
}

const figure = (value: number): number => Number(value.toPrecision(6));
