/** What one query may cost. Each figure has its own error, a LimitError that names it. */
import { LimitError } from "../../base/limit-error.js";

export interface TraceqlLimits {
  /** Spans that are looked at by column. */
  readonly spansMax: number;
  /** Spans whose attributes are rendered; some 3 µs each. */
  readonly spansRenderedMax: number;
  /** Series of a metrics query, before the largest or smallest are picked. */
  readonly seriesMax: number;
  readonly stepsMax: number;
  /** Of the clock that the caller hands over; without one, time is not limited. */
  readonly timeMsMax: number;
}

export const DEFAULT_TRACEQL_LIMITS: TraceqlLimits = {
  spansMax: 100_000_000,
  spansRenderedMax: 1_000_000,
  seriesMax: 10_000,
  stepsMax: 11_000,
  timeMsMax: 30_000,
};

/** Units of work between two looks at the clock. */
const WORK_BETWEEN_CHECKS = 20_000;

/** What a query has used so far. Throws LimitError when it goes over. */
export class TraceqlBudget {
  spans = 0;
  rendered = 0;
  readonly #startedMs: number;
  #work = 0;

  constructor(
    readonly limits: TraceqlLimits = DEFAULT_TRACEQL_LIMITS,
    readonly clockMs?: () => number,
  ) {
    this.#startedMs = clockMs?.() ?? 0;
  }

  addSpans(count: number): void {
    this.spans += count;
    if (this.spans > this.limits.spansMax) {
      throw new LimitError("spans per query", this.limits.spansMax, this.spans, "Narrow the time range.");
    }
    this.work(count);
  }

  addRendered(): void {
    if (++this.rendered > this.limits.spansRenderedMax) {
      const remedy = "Narrow the time range, or add a condition on service, name, kind, status or duration.";
      throw new LimitError("spans examined by their attributes", this.limits.spansRenderedMax, undefined, remedy);
    }
    this.work(10);
  }

  addSeries(count: number): void {
    if (count > this.limits.seriesMax) {
      throw new LimitError("series per query", this.limits.seriesMax, undefined, "Group by fewer attributes.");
    }
  }

  checkSteps(steps: number): void {
    if (steps > this.limits.stepsMax) {
      throw new LimitError("steps per query", this.limits.stepsMax, steps, "Ask for a longer step or a shorter range.");
    }
  }

  /** Ends the query when its time is over. */
  work(amount: number): void {
    this.#work += amount;
    if (this.#work < WORK_BETWEEN_CHECKS || this.clockMs === undefined) return;
    this.#work = 0;
    const elapsedMs = Math.round(this.clockMs() - this.#startedMs);
    if (elapsedMs > this.limits.timeMsMax) {
      throw new LimitError("milliseconds per query", this.limits.timeMsMax, elapsedMs, "Narrow the time range.");
    }
  }
}
