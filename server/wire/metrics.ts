/** What the grid of metrics asks and gets: every metric in small, without a query. */
import type { TimeWindow } from "./telemetry.js";

/** What a sparkline shows of a metric: its events a second, its value, or the mean of what a histogram counted. */
export type MetricMeasure = "rate" | "value" | "mean";

export interface MetricChange {
  /** 0 to 10: how far the window lies off what is usual, in robust standard deviations, each instant cut at 10. */
  readonly score: number;
  readonly job: string;
  readonly measure: MetricMeasure;
  /** Medians: of the time before the window, and of the quarter of the window that differs most from it. */
  readonly before: number;
  readonly now: number;
}

export interface MetricSummary {
  readonly name: string;
  /** `recorded`: written by a rule or by the metrics server itself, so that nobody declared a type. */
  readonly type: "counter" | "gauge" | "histogram" | "recorded";
  readonly unit: string;
  readonly help: string;
  /** Of a histogram those of its buckets, sums and counts. */
  readonly series: number;
  readonly jobs: readonly string[];
  readonly measure: MetricMeasure;
  /** One value for each step of the window; null is a gap. Empty where the budget did not reach. */
  readonly values: readonly (number | null)[];
  /** Undefined where the time before is too short to say what is usual, and where the budget did not reach. */
  readonly change?: MetricChange;
}

export interface MetricOverview extends TimeWindow {
  readonly stepUs: number;
  /** Where what is usual was looked for: from here to the beginning of the window. */
  readonly baselineFromUs: number;
  readonly metrics: readonly MetricSummary[];
  readonly samplesRead: number;
  /** Metrics whose samples were left unread, because the budget was used up. */
  readonly unread: number;
}
