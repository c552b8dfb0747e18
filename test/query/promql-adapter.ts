/**
 * PromQL as a plain module, for whoever wants to run other scripts against it: `npm run adapters` compiles it to
 * `dist/adapters/promql-adapter.js`.
 *
 *     const store = createStore();
 *     store.append({ __name__: "up", job: "cart" }, 0, 1);
 *     store.append({ __name__: "up", job: "cart" }, 60_000, 0, { stale: true });
 *     store.instant("sum(up)", 30_000); // { data: { resultType: "vector", result: […] }, warnings: [], infos: [] }
 *     store.range("up", 0, 60_000, 15_000);
 *
 * `data` is what Prometheus's HTTP API answers. A query that is wrong, or has no answer, throws an Error with
 * Prometheus's sentence. Experimental functions and delayed name removal are on, as in Prometheus's own script runner;
 * `createStore({ experimental: false, delayedNameRemoval: false })` is the language as a server speaks it.
 */
import { badQuery } from "../../server/query/promql/http-parameters.js";
import { QueryCache, resultData, type ResultData } from "../../server/query/promql/http-api.js";
import { evaluateInstant, evaluateRange, type PreparedQuery } from "../../server/query/promql/query.js";
import type { LanguageOptions } from "../../server/query/promql/query.js";
import { STALE_MARKER, type Labels } from "../../server/telemetry/metric-reader.js";
import { MetricMemory } from "../fixtures/metric-memory.js";

export interface PromqlStore {
  /** Samples of one series come in order of time; `stale` ends the series at `tMs`, whatever the value. */
  append(labels: Labels, tMs: number, value: number, options?: { readonly stale?: boolean }): void;
  instant(expr: string, tMs: number): Required<ResultData>;
  range(expr: string, startMs: number, endMs: number, stepMs: number): Required<ResultData>;
}

export function createStore(language: LanguageOptions = { experimental: true, delayedNameRemoval: true }): PromqlStore {
  const memory = new MetricMemory();
  const queries = new QueryCache(language);
  const prepare = (expr: string): PreparedQuery => {
    const prepared = queries.prepare(expr);
    if (prepared.ok) return prepared.value;
    throw new Error(badQuery("query", prepared.error).message.replace(/^invalid parameter "query": /, ""));
  };
  return {
    append: (labels, tMs, value, { stale = false } = {}) => {
      memory.append(labels, tMs, stale ? STALE_MARKER : value);
    },
    instant: (expr, tMs) => complete(resultData(evaluateInstant(prepare(expr), memory, tMs))),
    range: (expr, startMs, endMs, stepMs) =>
      complete(resultData(evaluateRange(prepare(expr), memory, startMs, endMs, stepMs))),
  };
}

const complete = ({ data, warnings = [], infos = [] }: ResultData): Required<ResultData> => ({ data, warnings, infos });
