/**
 * Two sets of things side by side: what a learner has selected and what it is held against. The answer ranks the
 * attributes by how much their distributions differ beyond what chance would make of samples of that size.
 */
import type { Diagnostic } from "../base/diagnostic.js";
import type { LogLevel, TimeWindow, FieldFilter } from "./telemetry.js";

export type CompareSignal = "traces" | "spans" | "logs" | "metrics";

/** A filter as the log view has it, for sets that were never written as a query. */
export interface CompareLogFilter {
  readonly levels?: readonly LogLevel[];
  readonly services?: readonly string[];
  readonly text?: string;
  readonly traceId?: string;
  readonly fields?: readonly FieldFilter[];
}

/** One set: a query, a time and, where the things have a size, a band of it. */
export interface CompareSet {
  readonly window: TimeWindow;
  /** TraceQL without metrics, LogQL without metrics, or PromQL; empty is everything (not for metrics). */
  readonly query: string;
  /** Both inclusive. Of traces the duration of the root, of spans their own, in µs; of metrics the value, or a bucket's upper bound. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of traces and spans: the largest alone, from this quantile of the set's durations on; 0 to 1. */
  readonly fromQuantile?: number;
  /** Instead of `query`, for logs. */
  readonly logs?: CompareLogFilter;
}

export interface CompareRequest {
  /** `traces` are compared by their roots and all that happened below; `spans` by the spans that match and what happened below them. */
  readonly signal: CompareSignal;
  readonly selection: CompareSet;
  /** What is in the selection is taken out of it. */
  readonly baseline: CompareSet;
  /** Things that are looked at of each set, evenly spread; at most 4,000. */
  readonly sample: number;
}

/** Where an attribute comes from, which is also what a query can say about it. */
export type AttributeOrigin =
  /** A field of the thing itself: of a span, of a process, of a line, a label. */
  | {
      readonly kind: "field";
      readonly scope: "span" | "resource" | "intrinsic" | "log" | "label";
      readonly name: string;
    }
  /** The process that served the trace at `service`: its version, its instance, its zone. */
  | { readonly kind: "served-by"; readonly service: string; readonly name: string }
  /** How many spans of an operation there are below the thing. */
  | { readonly kind: "calls"; readonly service: string; readonly operation: string }
  /** Time that an operation spent itself, without what it waited for. */
  | { readonly kind: "own-time"; readonly service: string; readonly operation: string }
  /** Where a failure below the thing began: the spans that failed although nothing below them did. */
  | { readonly kind: "failure" }
  /** The shape of a log line. */
  | { readonly kind: "pattern" }
  /** The value of a sample. */
  | { readonly kind: "value" };

/** Count of one value, or of one range of numbers. Weights are counts, or sums of a metric's values. */
export interface ComparedBin {
  /** As shown: the value, or `12 – 40`; `(none)` where a thing does not have the attribute. */
  readonly label: string;
  /** Exact value for a filter; undefined for a range, for the rest and for none. */
  readonly value?: string;
  readonly fromNumber?: number;
  readonly toNumber?: number;
  readonly selection: number;
  readonly baseline: number;
}

export interface QuantileFigures {
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

export interface ComparedAttribute {
  readonly id: string;
  readonly origin: AttributeOrigin;
  readonly title: string;
  readonly unit?: "us" | "ms" | "count";
  /**
   * 0 to 1: Jensen–Shannon divergence in bits, less what chance gives samples of this size (mean and three standard
   * deviations), over what is left to reach. 0 is no difference that can be told from chance.
   */
  readonly difference: number;
  /** The divergence before that. */
  readonly divergence: number;
  /** The things were chosen by this, so that it has to differ. */
  readonly byDefinition: boolean;
  /** Values that differ most come first; of numbers in their order. The rest is one bin at the end. */
  readonly bins: readonly ComparedBin[];
  /** Distinct values, of values. */
  readonly distinct: number;
  /** Of numbers: quantiles of both, and the chance that one of the selection is larger than one of the baseline, halves for ties. */
  readonly numbers?: {
    readonly selection: QuantileFigures | undefined;
    readonly baseline: QuantileFigures | undefined;
    readonly superiority: number;
  };
  /**
   * Of values: the one that the selection has more of by most, else or where that is twice as much the one it has less
   * of, with Cohen's h of the two shares.
   */
  readonly strongest?: { readonly label: string; readonly value?: string; readonly cohensH: number };
}

export interface ComparedCount {
  /** Things of the set. */
  readonly total: number;
  /** Things that were looked at. */
  readonly examined: number;
}

export interface CompareAnswer {
  readonly kind: "compared";
  readonly things: "traces" | "spans" | "lines" | "samples";
  readonly selection: ComparedCount;
  readonly baseline: ComparedCount;
  /** Those that differ most first; attributes without a difference are left out beyond a few. */
  readonly attributes: readonly ComparedAttribute[];
  /** Attributes that were looked at. */
  readonly attributesExamined: number;
  /** Where `fromQuantile` of the selection lies, µs. */
  readonly threshold?: number;
  /** What was compared, where it is not what was asked for: the parts of an aggregate. */
  readonly comparedQuery?: string;
}

/** One of the queries is wrong. */
export interface CompareRefusal {
  readonly kind: "refused";
  readonly side: "selection" | "baseline";
  readonly message: string;
  readonly diagnostics: readonly Diagnostic[];
}
