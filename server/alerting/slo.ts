/**
 * Service level objectives: how fast their error budget burns, and what is left of it.
 * A burn rate of 1 uses up the budget in exactly the objective's window.
 * Source: The Site Reliability Workbook (Google, 2018), chapter 5, "Multiwindow, Multi-Burn-Rate Alerts".
 */
import type { Diagnostic } from "../base/diagnostic.js";
import { MICROS_PER_MS } from "../base/time.js";
import { formatDurationMs, parseDurationMs } from "../query/promql/literals.js";
import { evaluateInstant, prepareQuery, type PreparedQuery } from "../query/promql/query.js";
import type { MetricReader } from "../telemetry/metric-reader.js";
import { errorRatioQuery } from "../topology/slo-rules.js";
import type { SloSpec } from "../topology/types.js";
import type { SloStatus } from "../wire/telemetry.js";

/** Windows over which burn rates are shown, as far as the data reach. */
const BURN_WINDOWS = ["5m", "30m", "1h", "6h"] as const;

const MS_PER_DAY = 86_400_000;
const MS_PER_MINUTE = 60_000;

/** `query` with its `$window` filled in. */
const over = (query: string, window: string): string => query.replaceAll("$window", window);

/** Measures objectives on one reader. Its queries are prepared once. */
export class SloMeter {
  private readonly prepared = new Map<string, PreparedQuery | undefined>();

  /**
   * @param slos whose queries parse with a range in place of `$window`
   * @param reader of the metrics
   */
  constructor(
    private readonly slos: readonly SloSpec[],
    private readonly reader: MetricReader,
  ) {}

  /** @param dataFromMs where the samples begin; windows that reach further back have no burn rate */
  statuses(nowMs: number, dataFromMs: number): SloStatus[] {
    return this.slos.map((slo) => this.status(slo, nowMs, dataFromMs));
  }

  private status(slo: SloSpec, nowMs: number, dataFromMs: number): SloStatus {
    const knownMs = nowMs - dataFromMs;
    const burnRates = BURN_WINDOWS.map((window) => {
      const reaches = (parseDurationMs(window) ?? Infinity) <= knownMs;
      return { window, rate: reaches ? this.burnRate(slo, window, nowMs) : undefined };
    });
    const windowMs = slo.window / MICROS_PER_MS;
    const budgetLeft = 1 - slo.budgetUsedBefore - this.budgetUsed(slo, nowMs, knownMs, windowMs);
    const recent = burnRates.findLast(({ window, rate }) => window !== "6h" && rate !== undefined)?.rate;
    const exhaustedAtMs = exhaustion(budgetLeft, recent, nowMs, windowMs);
    return {
      id: slo.id,
      title: slo.title,
      objective: slo.objective,
      windowDays: windowMs / MS_PER_DAY,
      budgetLeft,
      burnRates,
      ...(exhaustedAtMs === undefined ? {} : { exhaustedAtUs: Math.round(exhaustedAtMs) * MICROS_PER_MS }),
      errorRatioQuery: errorRatioQuery(slo, "5m"),
    };
  }

  /** Share of the budget that was used since the samples begin. */
  private budgetUsed(slo: SloSpec, nowMs: number, knownMs: number, windowMs: number): number {
    // Whole minutes, so that the queries of one minute are one prepared query.
    const spanMs = Math.floor(knownMs / MS_PER_MINUTE) * MS_PER_MINUTE;
    if (spanMs <= 0) return 0;
    return ((this.burnRate(slo, formatDurationMs(spanMs), nowMs) ?? 0) * spanMs) / windowMs;
  }

  /** Undefined when nothing was asked of the service in the window. */
  private burnRate(slo: SloSpec, window: string, nowMs: number): number | undefined {
    const errors = this.sum(over(slo.errorQuery, window), nowMs) ?? 0;
    const total = this.sum(over(slo.totalQuery, window), nowMs);
    if (total === undefined || !(total > 0)) return undefined;
    return errors / total / (1 - slo.objective);
  }

  private sum(text: string, atMs: number): number | undefined {
    const query = this.query(text);
    if (query === undefined) return undefined;
    const result = evaluateInstant(query, this.reader, atMs);
    if (result.kind === "scalar") return result.value;
    if (result.kind !== "vector" || result.samples.length === 0) return undefined;
    return result.samples.reduce((sum, { value }) => sum + value, 0);
  }

  private query(text: string): PreparedQuery | undefined {
    if (this.prepared.has(text)) return this.prepared.get(text);
    // Spans of whole minutes come and go; nothing is lost when all are forgotten once in a while.
    if (this.prepared.size > PREPARED_MAX) this.prepared.clear();
    const prepared = prepareQuery(text);
    const query = prepared.ok ? prepared.value : undefined;
    this.prepared.set(text, query);
    return query;
  }
}

const PREPARED_MAX = 200;

/** What is wrong with the queries of objectives, with their path (`slos[0].errorQuery`). Empty when a SloMeter takes them. */
export function checkSlos(slos: readonly SloSpec[]): Diagnostic[] {
  return slos.flatMap((slo, index) =>
    (["errorQuery", "totalQuery"] as const).flatMap((field): Diagnostic[] => {
      const path = `slos[${String(index)}].${field}`;
      const start = { from: 0, to: slo[field].length, line: 1, column: 1 };
      if (!slo[field].includes("$window")) {
        return [{ severity: "error", message: "the query has no $window for the range of its rates", path, ...start }];
      }
      const prepared = prepareQuery(over(slo[field], "5m"));
      if (!prepared.ok) return prepared.error.map((diagnostic) => ({ ...diagnostic, path }));
      const fits = prepared.value.type === "vector" || prepared.value.type === "scalar";
      return fits
        ? []
        : [{ severity: "error", message: "the query must be an instant vector or a scalar", path, ...start }];
    }),
  );
}

/**
 * When the budget is gone at this burn rate. In a rolling window use from its beginning drops out again as time goes on,
 * so that a rate of 1 or less never ends it.
 */
export function exhaustion(
  budgetLeft: number,
  burnRate: number | undefined,
  nowMs: number,
  windowMs: number,
): number | undefined {
  if (budgetLeft <= 0) return nowMs;
  if (burnRate === undefined || !(burnRate > 1)) return undefined;
  return nowMs + (budgetLeft * windowMs) / burnRate;
}
