/**
 * What the logs view asks beyond pages, histogram and fields: patterns against a baseline, one field over time, the lines
 * around a line, and what a query in LogQL means. Instants and durations are µs of the simulated calendar.
 */
import type { Diagnostic } from "../base/diagnostic.js";
import type { FieldFilter, LogLevel, LogLine, LogsRequest, TimeWindow } from "./telemetry.js";

export interface LogPatternsRequest extends LogsRequest {
  /** What the window is compared with. */
  readonly baseline: TimeWindow;
  /** Counts over time of each pattern; at most 200. */
  readonly buckets: number;
}

/** `new` and `gone`: only in the window, only in the baseline; `same` where chance may account for the difference. */
export type PatternChange = "new" | "gone" | "up" | "down" | "same";

export interface LogPattern {
  /** The words that all its lines have, `<_>` where they differ. */
  readonly text: string;
  readonly level: LogLevel;
  readonly services: readonly string[];
  /** Lines in the window and in the baseline. */
  readonly count: number;
  readonly baselineCount: number;
  /** Lines of the window in equal steps. */
  readonly counts: readonly number[];
  readonly change: PatternChange;
  /** Rate in the window by that in the baseline; undefined for new and gone ones, and without a baseline. */
  readonly factor?: number;
}

export interface LogPatterns {
  /** The most changed first. */
  readonly patterns: readonly LogPattern[];
  /** Lines in the window and in the baseline that were sorted in. */
  readonly lines: number;
  readonly baselineLines: number;
  /** The part of the baseline that there is telemetry of; undefined where there is none. */
  readonly baseline?: TimeWindow;
  readonly searched?: number;
}

export interface LogFieldSeriesRequest extends LogsRequest {
  readonly field: string;
  /** At most 200. */
  readonly buckets: number;
}

/** The most frequent values of a field over time; lines are looked at in equal distances over all that match. */
export interface LogFieldSeries {
  readonly stepUs: number;
  readonly total: number;
  readonly examined: number;
  readonly values: readonly { readonly value: string; readonly counts: readonly number[] }[];
  /** Different values of the lines that were looked at. */
  readonly distinct: number;
  /** Where its values are numbers: the median of each step; null where no line has it. */
  readonly medians?: readonly (number | null)[];
  readonly searched?: number;
}

export interface LogContextRequest {
  /** Of a line of this run. */
  readonly id: string;
  readonly before: number;
  readonly after: number;
}

/** Lines of the same process around a line, ascending; `lines[index]` is the line itself, whole. */
export interface LogContext {
  readonly lines: readonly LogLine[];
  readonly index: number;
  /** Whether there are more on either side. */
  readonly moreBefore: boolean;
  readonly moreAfter: boolean;
}

/** A query as the builder holds it. */
export interface LogFilterParts {
  readonly levels: readonly LogLevel[];
  readonly services: readonly string[];
  readonly text: string;
  readonly traceId?: string;
  readonly fields: readonly FieldFilter[];
}

/** A text that would take the place of `from`–`to`, and what that does, in words. */
export interface QueryFix {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What a query in LogQL is, as far as that can be told without running it. */
export type LogqlReading =
  | { readonly kind: "error"; readonly diagnostics: readonly (Diagnostic & { readonly fixes?: readonly QueryFix[] })[] }
  | {
      readonly kind: "lines";
      /** The same in the builder, where that can say it. */
      readonly parts?: LogFilterParts;
      /** Why not, otherwise. */
      readonly notInBuilder?: string;
      readonly pretty: string;
    }
  | { readonly kind: "metric"; readonly pretty: string };
