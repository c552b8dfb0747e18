/** Asks several queries at once: one that fails leaves the others their answers. */
import { MICROS_PER_HOUR } from "../../../server/base/time.js";
import type { ApiError } from "../../../server/wire/errors.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import type { ChartSeries } from "../../charts/chart-data.js";
import { errorOf } from "../../controllers/query-controller.js";
import type { RunQueries } from "../../net/api.js";
import { resultOf } from "../../net/prometheus.js";
import type { PrometheusResult } from "../../net/prometheus.js";
import { movedSeries, rangeQuery } from "../../net/range-query.js";
import { parseDurationUs } from "../../state/time-range.js";
import type { QueryLetter, QueryRow } from "./query-set.js";

const BEFORE_SUFFIX = " (1 h before)";

interface Answered<Value> {
  readonly letter: QueryLetter;
  readonly value: Value | undefined;
  readonly error: ApiError | undefined;
}

export interface RowSeries {
  readonly series: readonly ChartSeries[];
  /** The same an hour earlier, moved to now; empty where it was not asked for. */
  readonly before: readonly ChartSeries[];
  /** Where what was an hour earlier begins, moved to now, if that is within the window. */
  readonly beforeFromUs?: number;
  readonly warnings: readonly string[];
  readonly stepSeconds: number;
}

export type GraphAnswers = readonly Answered<RowSeries>[];
export type TableAnswers = readonly Answered<PrometheusResult>[];

async function answered<Value>(
  letter: QueryLetter,
  work: Promise<Value>,
  signal: AbortSignal,
): Promise<Answered<Value>> {
  try {
    return { letter, value: await work, error: undefined };
  } catch (cause) {
    // A question that is no longer wanted is nobody's error.
    if (signal.aborted) throw cause;
    return { letter, value: undefined, error: errorOf(cause) };
  }
}

/**
 * The series of each row; names begin with the row's letter where there are several rows.
 * @param dataFromUs where the data begin
 */
export function askGraph(
  queries: RunQueries,
  rows: readonly QueryRow[],
  window: TimeWindow,
  { withBefore, dataFromUs }: { readonly withBefore: boolean; readonly dataFromUs: number },
  signal: AbortSignal,
): Promise<GraphAnswers> {
  const prefix = (letter: QueryLetter): string => (rows.length > 1 ? `${letter} ` : "");
  const earlier = { fromUs: window.fromUs - MICROS_PER_HOUR, toUs: window.toUs - MICROS_PER_HOUR };
  const askRow = async ({ letter, text: query }: QueryRow): Promise<RowSeries> => {
    const [now, before] = await Promise.all([
      rangeQuery(queries, { query, window }, signal),
      withBefore ? rangeQuery(queries, { query, window: earlier }, signal) : undefined,
    ]);
    const named = (series: readonly ChartSeries[]): readonly ChartSeries[] =>
      series.map((one) => ({ ...one, name: `${prefix(letter)}${one.name}` }));
    const beforeFromUs = dataFromUs + rangeUsOf(query) + MICROS_PER_HOUR;
    return {
      series: named(now.series),
      before: seriesFrom(movedSeries(named(before?.series ?? []), MICROS_PER_HOUR, BEFORE_SUFFIX), beforeFromUs),
      ...(withBefore && beforeFromUs > window.fromUs ? { beforeFromUs } : {}),
      warnings: now.warnings,
      stepSeconds: now.stepSeconds,
    };
  };
  return Promise.all(rows.map((row) => answered(row.letter, askRow(row), signal)));
}

/** How far the query looks back for one value: its longest range, such as `[5m]`, within its longest subquery. */
export function rangeUsOf(query: string): number {
  const plain = query.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "");
  const longest = (form: RegExp): number =>
    Math.max(0, ...[...plain.matchAll(form)].map(([, text = ""]) => parseDurationUs(text) ?? 0));
  return longest(/\[\s*(\w+)\s*\]/g) + longest(/\[\s*(\w+)\s*:/g);
}

/** Without what is earlier: where data begin, ranges are filled in part and a rate would rise from nothing. */
export const seriesFrom = (series: readonly ChartSeries[], fromUs: number): readonly ChartSeries[] =>
  series.flatMap((one) => {
    const first = one.timesUs.findIndex((atUs) => atUs >= fromUs);
    return first < 0 ? [] : [{ ...one, timesUs: one.timesUs.slice(first), values: one.values.slice(first) }];
  });

/** Each row's answer at one instant. */
export function askTable(
  queries: RunQueries,
  rows: readonly QueryRow[],
  atUs: number,
  signal: AbortSignal,
): Promise<TableAnswers> {
  const askRow = async ({ text: query }: QueryRow): Promise<PrometheusResult> =>
    resultOf(await queries.prometheus("query", { query, time: atUs / 1_000_000 }, signal));
  return Promise.all(rows.map((row) => answered(row.letter, askRow(row), signal)));
}

/** Where nine of ten values that the series `name` had in the hour before lie; undefined of fewer than ten. */
export function usualBand(
  before: readonly ChartSeries[],
  name: string,
): { readonly low: number; readonly high: number } | undefined {
  const values = before
    .filter((series) => series.name === `${name}${BEFORE_SUFFIX}`)
    .flatMap((series) => [...series.values])
    .filter((value) => Number.isFinite(value))
    .sort((one, other) => one - other);
  if (values.length < 10) return undefined;
  const at = (share: number): number => values[Math.round(share * (values.length - 1))] ?? Number.NaN;
  return { low: at(0.05), high: at(0.95) };
}
