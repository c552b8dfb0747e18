/** A query evaluated for the sake of its cost: the tree of its parts beside the figures of the whole. */
import { assert } from "../../base/assert.js";
import type { MetricReader } from "../../telemetry/metric-reader.js";
import { ExplainRecorder, type ExplainNode } from "./explain-recorder.js";
import type { QueryLimits } from "./limits.js";
import { evaluateInstant, evaluateRange, type PreparedQuery } from "./query.js";

/** An instant, or a range with its step. */
export type ExplainedTimes =
  { readonly atMs: number } | { readonly startMs: number; readonly endMs: number; readonly stepMs: number };

export interface Explanation {
  readonly root: ExplainNode;
  readonly seriesRead: number;
  readonly samplesRead: number;
  readonly steps: number;
}

/** Evaluates a query and says what each of its nodes gave and cost. Throws as an evaluation does. */
export function explainQuery(
  query: PreparedQuery,
  reader: MetricReader,
  times: ExplainedTimes,
  limits: QueryLimits,
  clockMs: () => number,
): Explanation {
  const explain = new ExplainRecorder(query.text, clockMs);
  const options = { ...limits, clockMs, explain };
  const instant = "atMs" in times;
  const result = instant
    ? evaluateInstant(query, reader, times.atMs, options)
    : evaluateRange(query, reader, times.startMs, times.endMs, times.stepMs, options);
  const steps = instant ? 1 : Math.floor((times.endMs - times.startMs) / times.stepMs) + 1;
  return {
    root: explain.root ?? storedRange(query, result.seriesRead, result.samplesRead),
    seriesRead: result.seriesRead,
    samplesRead: result.samplesRead,
    steps,
  };
}

/** A range selector alone is read without an evaluator. */
function storedRange({ expr, text }: PreparedQuery, series: number, samples: number): ExplainNode {
  assert(expr.kind === "matrix-selector" || expr.kind === "paren", "every other query has nodes that are evaluated");
  const { kind, from, to } = expr;
  return { kind, text: text.slice(from, to), from, to, series, samples, timeMs: 0, children: [] };
}
