/**
 * What the traces view asks by TraceQL, and gets: a page of traces with figures over all that match, and figures of a set
 * of traces by operation. The *duration* of a trace is that of its root where the root is there, which is what a user
 * waited for; else it is the time from its first start to its last end. Instants and durations are µs.
 */
import type { Diagnostic } from "../base/diagnostic.js";
import type { TimeWindow, TraceSummary } from "./telemetry.js";

/** A set of traces: with spans that began in the window and match the query, and with a duration within the bounds. */
export interface TraceSetRequest extends TimeWindow {
  /** TraceQL that finds traces; `{}` is all. */
  readonly query: string;
  /** Both included. */
  readonly minDurationUs?: number;
  readonly maxDurationUs?: number;
}

/** `spread` takes traces evenly over the order of time. */
export type TraceOrder = "newest" | "oldest" | "slowest" | "fastest" | "spans" | "errors" | "spread";

export interface TraceExploreRequest extends TraceSetRequest {
  readonly order: TraceOrder;
  /** At most 1,000. */
  readonly limit: number;
  /** Cells of the heatmap at most, across and up. */
  readonly columns: number;
  readonly rows: number;
}

/** A trace of the list. */
export interface TraceSketch extends TraceSummary {
  /**
   * The longest spans in order of their start, four numbers each: start and length in thousandths of the trace from its
   * first start to its last end, index into `services`, 1 for failed.
   */
  readonly sketch: readonly number[];
}

/** Traces by start and duration. Cell (c, r) is `[fromUs + c·stepUs, …)` by `[durationUsMin·ratio^r, …)`. */
export interface TraceHeatmap {
  readonly fromUs: number;
  readonly stepUs: number;
  readonly columns: number;
  readonly rows: number;
  readonly durationUsMin: number;
  /** From one row to the next. */
  readonly ratio: number;
  /** Four numbers for each cell that is not empty: column, row, traces, and those of them with a failed span. */
  readonly cells: readonly number[];
  /** Traces in the fullest cell. */
  readonly most: number;
}

export interface TraceFigures {
  readonly total: number;
  /** Traces with a failed span. */
  readonly failed: number;
  readonly perSecond: number;
  readonly durationUsP50: number;
  readonly durationUsP95: number;
  readonly durationUsP99: number;
  readonly durationUsMax: number;
}

export interface TracesFound {
  readonly kind: "found";
  readonly traces: readonly TraceSketch[];
  readonly figures: TraceFigures;
  readonly heatmap: TraceHeatmap;
  /** Share of traces that is kept at their head at the end of the window. */
  readonly sampleRatio: number;
  readonly spansExamined: number;
}

/** A change of the text that would mend it. */
export interface QueryFix {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

export interface QueryFinding extends Diagnostic {
  readonly fix?: QueryFix;
}

/** The query cannot be read. */
export interface QueryWrong {
  readonly kind: "wrong";
  readonly findings: readonly QueryFinding[];
}

export type TraceExploreAnswer = TracesFound | QueryWrong;

/** One operation over a set of traces. */
export interface OperationShare {
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  /** Traces in which it occurs. */
  readonly traces: number;
  readonly spans: number;
  readonly errors: number;
  /** Of all its spans together. */
  readonly selfUs: number;
  readonly criticalUs: number;
  readonly durationUsP50: number;
  readonly durationUsP95: number;
  /** Mean and variance of ln(1 + self time in µs) of its spans, for effect sizes. */
  readonly logSelfMean: number;
  readonly logSelfVariance: number;
  /** The trace in which it has most of the critical path. */
  readonly exampleTraceId: string;
  readonly exampleSpanId: string;
}

export interface TraceSetFigures {
  readonly kind: "found";
  /** In the set, and those of them that were looked at: evenly, where there are too many. */
  readonly total: number;
  readonly examined: number;
  /** Length of all critical paths together. */
  readonly criticalUs: number;
  /** The largest share of the critical paths first. */
  readonly operations: readonly OperationShare[];
}

export type TraceSetAnswer = TraceSetFigures | QueryWrong;
