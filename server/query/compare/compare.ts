/** The door of comparisons: which signal is compared how. Runs on the world's thread and sees nothing later than now. */
import type { LogStore } from "../../telemetry/log-store.js";
import type { MetricReader } from "../../telemetry/metric-reader.js";
import type { SpanReader } from "../../telemetry/span-reader.js";
import type { CompareAnswer, CompareRefusal, CompareRequest, CompareSignal } from "../../wire/compare.js";
import { compareLines } from "./compare-lines.js";
import { compareSamples } from "./compare-samples.js";
import { compareSpans } from "./compare-spans.js";

export interface CompareSource {
  readonly traces: SpanReader;
  readonly logs: LogStore;
  readonly metrics: MetricReader;
  readonly nowUs: number;
  /** A clock that only rises, for limits on time. */
  readonly clockMs?: () => number;
}

/** Attributes without a difference that an answer lists all the same, so that it can be said that there is none. */
const EQUAL_LISTED = 12;

type Compare = (source: CompareSource, request: CompareRequest) => CompareAnswer | CompareRefusal;

const SIGNALS: Readonly<Record<CompareSignal, Compare>> = {
  traces: ({ traces, clockMs }, request) => compareSpans(traces, request, clockMs),
  spans: ({ traces, clockMs }, request) => compareSpans(traces, request, clockMs),
  logs: ({ logs, clockMs }, request) => compareLines(logs, request, clockMs),
  metrics: ({ metrics, clockMs }, request) => compareSamples(metrics, request, clockMs),
};

export function compareSets(source: CompareSource, request: CompareRequest): CompareAnswer | CompareRefusal {
  const answer = SIGNALS[request.signal](source, upToNow(request, source.nowUs));
  if (answer.kind === "refused") return answer;
  let equal = 0;
  const attributes = answer.attributes.filter(({ difference }) => difference > 0 || equal++ < EQUAL_LISTED);
  return { ...answer, attributes };
}

function upToNow(request: CompareRequest, nowUs: number): CompareRequest {
  const clamped = ({ fromUs, toUs }: CompareRequest["selection"]["window"]): CompareRequest["selection"]["window"] => ({
    fromUs,
    toUs: Math.min(toUs, nowUs),
  });
  const { selection, baseline } = request;
  return {
    ...request,
    selection: { ...selection, window: clamped(selection.window) },
    baseline: { ...baseline, window: clamped(baseline.window) },
  };
}
