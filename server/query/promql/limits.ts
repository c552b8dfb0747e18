/** What one query may cost. Each figure has its own error, a LimitError that names it. */
import { LimitError } from "../../base/limit-error.js";

export interface QueryLimits {
  /** Samples that are read or held, over the whole query. */
  readonly samplesMax: number;
  /** Series that its selectors choose, in sum. */
  readonly seriesMax: number;
  /** Steps of a range query, and of each subquery. */
  readonly stepsMax: number;
  /** How far back an instant value may lie. */
  readonly lookbackMs: number;
  /** Resolution of a subquery that gives none. */
  readonly subqueryStepMs: number;
}

/** Prometheus's own defaults, and a limit on series that it does not have. */
export const DEFAULT_QUERY_LIMITS: QueryLimits = {
  samplesMax: 50_000_000,
  seriesMax: 100_000,
  stepsMax: 11_000,
  lookbackMs: 300_000,
  subqueryStepMs: 60_000,
};

/** What a query has used so far. Throws LimitError when it goes over. */
export class QueryBudget {
  samplesRead = 0;
  seriesRead = 0;

  constructor(readonly limits: QueryLimits) {}

  addSamples(count: number): void {
    this.samplesRead += count;
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

  checkSteps(steps: number): void {
    if (steps <= this.limits.stepsMax) return;
    const remedy =
      "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)".replace(
        "11,000",
        withThousands(this.limits.stepsMax),
      );
    throw new LimitError("steps per query", this.limits.stepsMax, steps, remedy);
  }
}

const withThousands = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
