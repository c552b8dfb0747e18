/**
 * TraceQL as a plain module, for whoever wants to run other queries against it: `npm run adapters` compiles it to
 * `dist/adapters/traceql-adapter.js`.
 *
 *     const store = createStore();
 *     store.push({
 *       traceId: "0af7", spanId: "b7ad", parentSpanId: "00f0", name: "GET /cart", startUs: 1_000_000, durationUs: 2_500,
 *       kind: "server", status: "error", statusMessage: "internal error",
 *       attributes: { "http.response.status_code": 500 }, resource: { "service.name": "cart" },
 *       events: [{ name: "exception", timeUs: 1_002_000, attributes: {} }], links: [], instrumentation: { name: "http" },
 *     });
 *     store.parse("{ status = error }"); // { ok: true, printed: "{ status = error }" } or { ok: false, error, line, column }
 *     store.query("{ status = error } | count() > 0", { startUs: 0, endUs: 2_000_000, limit: 20, spansPerSpanset: 3 });
 *     // { traces: [{ traceID, rootServiceName, rootTraceName, startTimeUnixNano, durationMs, spanSets }], metrics }
 *     store.metrics("{} | rate() by (name)", { startUs: 0, endUs: 60_000_000, stepUs: 15_000_000 });
 *     // { series: [{ labels, promLabels, samples: [{ timestampMs, value }] }] }
 *
 * Everything of a span but its ids, name, start and duration may be left out. Answers are what Tempo's HTTP API gives for
 * a search and for a metrics query. A query that is wrong throws an Error with Tempo's sentence and its position
 * (`line`, `column`); times and limits may be left out.
 */
import { searchAnswer } from "../../server/apis/tempo/search-json.js";
import { seriesAnswer } from "../../server/apis/tempo/metrics-json.js";
import type { Query } from "../../server/query/traceql/ast.js";
import { evaluateMetrics } from "../../server/query/traceql/metrics.js";
import { parseTraceql } from "../../server/query/traceql/parse.js";
import { printQuery } from "../../server/query/traceql/print.js";
import { searchTraces } from "../../server/query/traceql/search.js";
import { type MemorySpan, SpanMemory } from "../fixtures/span-memory.js";

export interface TraceqlStore {
  push(...spans: readonly MemorySpan[]): void;
  parse(
    text: string,
  ):
    | { readonly ok: true; readonly printed: string }
    | { readonly ok: false; readonly error: string; readonly line: number; readonly column: number };
  query(
    text: string,
    options?: { startUs?: number; endUs?: number; limit?: number; spansPerSpanset?: number },
  ): ReturnType<typeof searchAnswer>;
  metrics(text: string, options: { startUs: number; endUs: number; stepUs: number }): ReturnType<typeof seriesAnswer>;
}

export function createStore(): TraceqlStore {
  const memory = new SpanMemory();
  const read = (text: string): Query => {
    const parsed = parseTraceql(text);
    if (!parsed.ok) throw parsed.error;
    return parsed.value;
  };
  return {
    push: (...spans) => {
      memory.push(...spans);
    },
    parse: (text) => {
      const parsed = parseTraceql(text);
      if (parsed.ok) return { ok: true, printed: printQuery(parsed.value) };
      const { message: error, line, column } = parsed.error;
      return { ok: false, error, line, column };
    },
    query: (text, { startUs = 0, endUs = Number.MAX_SAFE_INTEGER, limit = 20, spansPerSpanset = 3 } = {}) => {
      const query = read(text);
      if (query.kind !== "search") throw new Error("a metrics query finds no traces");
      const answer = searchTraces(memory, query.stages, { fromUs: startUs, toUs: endUs, limit });
      return searchAnswer(answer, spansPerSpanset);
    },
    metrics: (text, { startUs, endUs, stepUs }) => {
      const query = read(text);
      if (query.kind !== "range") throw new Error("a query without a metrics function has no series");
      return seriesAnswer(evaluateMetrics(memory, query.metrics, { fromUs: startUs, toUs: endUs, stepUs }));
    },
  };
}
