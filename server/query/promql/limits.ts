/** What one query may cost. Each figure has its own error, a LimitError that names it. */
import { LimitError } from "../../base/limit-error.js";
import { QueryCancelledError } from "./errors.js";

/** The name of the limit on time. */
export const TIME_LIMIT = "milliseconds per query";

/** Samples that are read before somebody looks at the clock again: a millisecond or so of work. */
const SAMPLES_BETWEEN_CHECKS = 50_000;

export interface QueryLimits {
  /** Samples that are read or held, over the whole query. */
  readonly samplesMax: number;
  /** Series that its selectors choose, in sum. */
  readonly seriesMax: number;
  /** Steps of a range query; a subquery may have ten times as many, as its points are read by one function. */
  readonly stepsMax: number;
  /** How far back an instant value may lie. */
  readonly lookbackMs: number;
  /** Resolution of a subquery that gives none. */
  readonly subqueryStepMs: number;
  /** Of the clock that the caller hands over; without one, time is not limited. */
  readonly timeMsMax: number;
}

/** How one evaluation is to be watched. */
export interface QueryWatch {
  /** A clock that only rises. */
  readonly clockMs?: () => number;
  /** Asked again and again while the query runs; true ends it. */
  readonly cancelled?: () => boolean;
}

/** Prometheus's own defaults, and a limit on series that it does not have. */
export const DEFAULT_QUERY_LIMITS: QueryLimits = {
  samplesMax: 50_000_000,
  seriesMax: 100_000,
  stepsMax: 11_000,
  lookbackMs: 300_000,
  subqueryStepMs: 60_000,
  timeMsMax: 120_000,
};

/** What a query has used so far. Throws LimitError when it goes over. */
export class QueryBudget {
  samplesRead = 0;
  seriesRead = 0;
  /** The most samples that one part of the query held at once. */
  samplesPeak = 0;

  private readonly startedMs: number;
  private unchecked = 0;

  constructor(
    readonly limits: QueryLimits,
    readonly watch: QueryWatch = {},
  ) {
    this.startedMs = watch.clockMs?.() ?? 0;
    this.checkTime();
  }

  addSamples(count: number): void {
    this.samplesRead += count;
    if (count > this.samplesPeak) this.samplesPeak = count;
    this.unchecked += count + 1;
    if (this.unchecked > SAMPLES_BETWEEN_CHECKS) this.checkTime();
    if (this.samplesRead > this.limits.samplesMax) {
      const remedy =
        "Query processing would load too many samples into memory; select fewer series or a shorter range.";
      throw new LimitError("samples per query", this.limits.samplesMax, this.samplesRead, remedy);
    }
  }

  addSeries(count: number): void {
    this.seriesRead += count;
    if (this.seriesRead > this.limits.seriesMax) {
      throw new LimitError(
        "series per query",
        this.limits.seriesMax,
        this.seriesRead,
        "Add label matchers to the selectors.",
      );
    }
  }

  /** Ends the query when its time is over or nobody wants it any more. */
  checkTime(): void {
    this.unchecked = 0;
    const { cancelled, clockMs } = this.watch;
    if (cancelled?.() === true) throw new QueryCancelledError();
    if (clockMs === undefined) return;
    const elapsedMs = Math.round(clockMs() - this.startedMs);
    if (elapsedMs > this.limits.timeMsMax) {
      const remedy = "Query timed out in expression evaluation; select fewer series or a shorter range.";
      throw new LimitError(TIME_LIMIT, this.limits.timeMsMax, elapsedMs, remedy);
    }
  }

  checkSubquerySteps(steps: number): void {
    this.checkSteps(steps, this.limits.stepsMax * 10);
  }

  checkSteps(steps: number, allowed = this.limits.stepsMax): void {
    if (steps <= allowed) return;
    const remedy =
      "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)".replace(
        "11,000",
        withThousands(allowed),
      );
    throw new LimitError("steps per query", allowed, steps, remedy);
  }
}

const withThousands = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
