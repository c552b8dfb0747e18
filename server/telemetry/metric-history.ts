/**
 * The hand-over of a stretch of samples from one store to another that goes on where the first one ended. The history
 * of a world is simulated in another thread and arrives when the recent part is already being read: its samples are
 * put before those of the recent part, series by series, and the counters of the recent part, whose engine began to
 * count at zero, are raised by what the history had counted. Gauges are left as they are.
 *
 * Recent samples are recorded anew behind those of the history by the same code that recorded them first, so that
 * restarts, gaps and disappearances have one meaning.
 */
import type { DenseSeries } from "./dense-series.js";
import type { ExportedExemplars } from "./exemplar-log.js";
import { STALE_MARKER, type SeriesRef } from "./metric-reader.js";
import type { SeriesCatalogue } from "./series-catalogue.js";
import { SparseSeries, type SparseChanges } from "./sparse-series.js";
import type { TargetSamples } from "./target-samples.js";

/** All samples of a store as plain arrays that can be posted to another thread. */
export interface ExportedMetrics {
  /** Label names and values by symbol. */
  readonly symbols: readonly string[];
  /** Pairs of (name, value) symbols by series. */
  readonly series: readonly Int32Array[];
  readonly targets: readonly ExportedTarget[];
  readonly recorded: readonly ExportedSeries[];
  readonly exemplars: ExportedExemplars;
  readonly digest: string;
}

/** Samples of one series: of its own times when recorded, else from `first` on in the times of its target. */
export interface ExportedSeries {
  /** Index into `ExportedMetrics.series`. */
  readonly series: number;
  readonly counter: boolean;
  readonly first: number;
  readonly timesMs: Float64Array | undefined;
  readonly values: Float64Array;
  /** What the counter stood at in the end; NaN when the series had ended. */
  readonly final: number;
}

export interface ExportedTarget {
  readonly job: string;
  readonly instance: string;
  readonly timesMs: Float64Array;
  readonly absent: Uint8Array;
  readonly dense: readonly ExportedSeries[];
  /** Series of the run-time slots, and their changes. */
  readonly sparse: { readonly series: readonly number[]; readonly changes: SparseChanges } | undefined;
}

/** Buffers of `exported` for the transfer list of a message: moved instead of copied. */
export function transferablesOf(exported: ExportedMetrics): ArrayBuffer[] {
  const arrays = [
    ...exported.series,
    ...exported.targets.flatMap(({ timesMs, absent, dense, sparse }) => [
      timesMs,
      absent,
      ...dense.map(({ values }) => values),
      ...(sparse === undefined
        ? []
        : Object.values(sparse.changes as unknown as Record<string, Int32Array | Float64Array>)),
    ]),
    ...exported.recorded.flatMap(({ timesMs, values }) => (timesMs === undefined ? [values] : [timesMs, values])),
    ...Object.values(exported.exemplars as unknown as Record<string, Int32Array | Float64Array>),
  ];
  return [...new Set(arrays.map((array) => array.buffer as ArrayBuffer))];
}

/** `liveValues`, where given, is the engine's array at the end: it holds what was counted after the last scrape too. */
export function exportTarget(target: TargetSamples, liveValues: Float64Array | undefined): ExportedTarget {
  const { times, sparse } = target;
  const live = liveValues === undefined ? new Map<SeriesRef, number>() : target.liveValues(liveValues);
  return {
    job: target.job,
    instance: target.instance,
    timesMs: times.timesMs.slice(0, times.length),
    absent: times.absent.slice(0, times.length),
    dense: [...target.dense].map(([ref, series]) => exportDense(ref, series, times.length, live.get(ref))),
    sparse: sparse === undefined ? undefined : { series: [...sparse.refs], changes: sparse.export() },
  };
}

function exportDense(ref: SeriesRef, series: DenseSeries, end: number, live: number | undefined): ExportedSeries {
  const { first, counter } = series;
  const last = series.isLive(end) ? series.last : NaN;
  return {
    series: ref,
    counter,
    first: Math.max(0, first),
    timesMs: undefined,
    values: series.samples(),
    final: live === undefined || Number.isNaN(live) ? last : live,
  };
}

/** Puts the history of a target before what it has. `pairsOf` gives the pairs of an exported series in our symbols. */
export function adoptTarget(
  target: TargetSamples,
  history: ExportedTarget,
  catalogue: SeriesCatalogue,
  pairsOf: (series: number) => Int32Array,
): void {
  const recent = new Map([...target.dense].map(([ref, series]) => [ref, recentOf(series)]));
  const recentLength = target.times.length;
  const added = target.times.prepend(history.timesMs, history.absent);
  const replay: Replay = { from: added, length: recentLength, restarts: new Set(target.restarts) };

  for (const { series, first, values } of recent.values()) series.replace(first + added, values);
  for (const exported of history.dense) {
    const placed = catalogue.densePairs(pairsOf(exported.series), target.times, exported.counter, target.columns);
    if (placed === undefined) continue;
    const known = recent.get(placed.ref);
    target.dense.set(placed.ref, placed.series);
    placed.series.replace(exported.first, exported.values.subarray(0, Math.max(0, added - exported.first)));
    if (exported.counter && !Number.isNaN(exported.final)) placed.series.continueFrom(exported.final);
    replayDense(placed.series, target, known, replay);
  }
  target.pack();
  adoptSparse(target, history, catalogue, pairsOf, added);
  target.relink(catalogue);
}

/** Recent scrapes of the target: where they stand now, and which of them (counted from 0) found it restarted. */
interface Replay {
  readonly from: number;
  readonly length: number;
  readonly restarts: ReadonlySet<number>;
}

interface RecentSamples {
  readonly series: DenseSeries;
  readonly first: number;
  readonly values: Float64Array;
}

function recentOf(series: DenseSeries): RecentSamples {
  return { series, first: Math.max(0, series.first), values: series.samples() };
}

function replayDense(
  series: DenseSeries,
  target: TargetSamples,
  recent: RecentSamples | undefined,
  replay: Replay,
): void {
  for (let i = 0; i < replay.length; i++) {
    const index = replay.from + i;
    if (replay.restarts.has(i)) series.forgetRaise();
    const at = recent === undefined ? -1 : i - recent.first;
    const raw = recent !== undefined && at >= 0 && at < recent.values.length ? recent.values[at] : STALE_MARKER;
    if (raw !== STALE_MARKER) series.record(index, raw);
    else if (target.times.absent[index] === 1) series.recordAbsent(index);
    else series.record(index, NaN);
  }
}

function adoptSparse(
  target: TargetSamples,
  history: ExportedTarget,
  catalogue: SeriesCatalogue,
  pairsOf: (series: number) => Int32Array,
  added: number,
): void {
  const recent = target.sparse;
  if (history.sparse === undefined && recent === undefined) return;
  const group = new SparseSeries(target.times, target.changeLimit);
  const place = (pairs: Int32Array): number => {
    const known = catalogue.index.find(pairs);
    if (known < 0) return catalogue.sparse(pairs, group);
    return catalogue.isDense(known) ? -1 : catalogue.moveSparse(known, group);
  };
  if (history.sparse !== undefined)
    importChanges(
      group,
      history.sparse.changes,
      history.sparse.series.map((series) => place(pairsOf(series))),
      added,
    );
  group.continueAll();
  const slots = recent?.refs.map((ref) => catalogue.moveSparse(ref, group)) ?? [];
  replaySparse(group, recent?.export(), slots, added, [...target.restarts, ...target.sparseEnds]);
  target.replaceSparse(group, (slot) => slots[slot]);
}

function importChanges(group: SparseSeries, changes: SparseChanges, slots: readonly number[], end: number): void {
  for (let i = 0; i < changes.index.length; i++) {
    const slot = slots[changes.slot[i]];
    if (slot >= 0 && changes.index[i] < end) group.import(slot, changes.index[i], changes.value[i]);
  }
}

function replaySparse(
  group: SparseSeries,
  changes: SparseChanges | undefined,
  slots: readonly number[],
  added: number,
  ends: readonly number[],
): void {
  const pending = [...ends].sort((a, b) => b - a);
  const endUpTo = (index: number): void => {
    while (pending.length > 0 && pending[pending.length - 1] <= index) group.endAll((pending.pop() ?? 0) + added);
  };
  for (let i = 0; changes !== undefined && i < changes.index.length; i++) {
    endUpTo(changes.index[i]);
    const value = changes.value[i];
    group.record(slots[changes.slot[i]], changes.index[i] + added, value === STALE_MARKER ? NaN : value);
  }
  endUpTo(Infinity);
}
