/** What one query may cost. Each figure has its own error, a LimitError that names it. */
import { LimitError } from "../../base/limit-error.js";
import type { ScanCount } from "../../telemetry/log-reader.js";

/** Rendered lines between two looks at the clock, less one: a power of two less one. */
const WATCH_MASK = 1_023;

export interface LogqlLimits {
  /** Lines that are looked at: of the chosen streams, in the time. */
  readonly linesMax: number;
  /** Lines whose text or fields had to be rendered. */
  readonly renderedMax: number;
  /** Samples that are held, over the whole query. */
  readonly samplesMax: number;
  /** Series of one result. */
  readonly seriesMax: number;
  readonly stepsMax: number;
  /** Series times steps, of each part of the query. */
  readonly pointsMax: number;
  /** By the clock that the caller hands over; without one, time is not limited. */
  readonly timeMsMax: number;
  /** A clock that only rises. */
  readonly clockMs?: () => number;
}

/** Series and steps as Loki has them out of the box; the others keep a query under some ten seconds. */
export const DEFAULT_LOGQL_LIMITS: LogqlLimits = {
  linesMax: 20_000_000,
  renderedMax: 3_000_000,
  samplesMax: 5_000_000,
  seriesMax: 500,
  stepsMax: 11_000,
  pointsMax: 2_000_000,
  timeMsMax: 60_000,
};

/** What a query has used so far; throws LimitError when that is too much. */
export class LogqlBudget {
  lines = 0;
  rendered = 0;
  samples = 0;
  readonly #scans: ScanCount[] = [];
  readonly #startedMs: number;

  constructor(readonly limits: LogqlLimits) {
    this.#startedMs = limits.clockMs?.() ?? 0;
  }

  get elapsedMs(): number {
    return (this.limits.clockMs?.() ?? 0) - this.#startedMs;
  }

  /** What a scan counts into; it looks at the clock as it goes. */
  scanCount(): ScanCount {
    const count: ScanCount = {
      lines: 0,
      bytes: 0,
      watch: () => {
        this.checkTime();
      },
    };
    this.#scans.push(count);
    return count;
  }

  /** Of the texts of the lines that all scans have looked at. */
  get bytes(): number {
    return this.#scans.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  }

  checkTime(): void {
    const { clockMs, timeMsMax } = this.limits;
    if (clockMs === undefined) return;
    const elapsedMs = Math.round(clockMs() - this.#startedMs);
    if (elapsedMs > timeMsMax) throw new LimitError("milliseconds of one query", timeMsMax, elapsedMs, NARROWER);
  }

  addLine(): void {
    if ((this.rendered & WATCH_MASK) === 0) this.checkTime();
    if (++this.rendered > this.limits.renderedMax) {
      throw new LimitError("log lines rendered by one query", this.limits.renderedMax, undefined, NARROWER);
    }
  }

  addLines(count: number): void {
    this.lines += count;
    if (this.lines > this.limits.linesMax) {
      throw new LimitError("log lines examined by one query", this.limits.linesMax, this.lines, NARROWER);
    }
  }

  addSample(): void {
    if (++this.samples > this.limits.samplesMax) {
      throw new LimitError("samples per query", this.limits.samplesMax, undefined, NARROWER);
    }
  }

  checkSeries(count: number, steps: number): void {
    if (count > this.limits.seriesMax) {
      const remedy = `maximum number of series (${String(this.limits.seriesMax)}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum(), count() or topk()`;
      throw new LimitError("series per query", this.limits.seriesMax, undefined, remedy);
    }
    this.checkPoints(count, steps);
  }

  checkPoints(count: number, steps: number): void {
    if (count * steps > this.limits.pointsMax) {
      throw new LimitError(
        "points of one result",
        this.limits.pointsMax,
        count * steps,
        "Ask for fewer steps, or aggregate.",
      );
    }
  }

  checkSteps(steps: number): void {
    if (steps <= this.limits.stepsMax) return;
    const remedy =
      "exceeded maximum resolution of 11,000 points per time series. Try increasing the value of the step parameter";
    throw new LimitError("steps per query", this.limits.stepsMax, steps, remedy);
  }
}

const NARROWER = "Narrow the time range, or add matchers or line filters to the selector.";
