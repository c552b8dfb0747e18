/**
 * LogQL over a store of one's own, for test suites of other projects. Compiled to a plain module by
 * `npx tsc -b && node dist/…`; the shape:
 *
 *   const store = createStore();
 *   store.push([{ stream: { app: "cart" } | '{app="cart"}',
 *                 values: [[nanosecondsAsText, line, { structured: "metadata" }?], …] }, …]);
 *   store.query({ query, start, end, step?, limit?, direction? })   a range query
 *   store.query({ query, time })                                     an instant query
 *   store.format(query)                                              the canonical text
 *
 * Times are nanoseconds since the epoch, as text, bigint or number; `step` is seconds. `limit` is 100 and `direction`
 * "backward" unless said. Answers are Loki's `data` objects: { resultType: "streams" | "matrix" | "vector" | "scalar",
 * result }. What Loki answers with status 400 is thrown as an Error with its text, and with `diagnostic` (range, line,
 * column) where a place can be named.
 */
import { LimitError } from "../../server/base/limit-error.js";
import { evaluateInstant, evaluateLines, evaluateRange, isMetric } from "../../server/query/logql/evaluate.js";
import { valueJson } from "../../server/query/logql/value-json.js";
import { parseLogql } from "../../server/query/logql/parse.js";
import { printLogql } from "../../server/query/logql/print.js";
import type { Expr } from "../../server/query/logql/ast.js";
import type { Labels } from "../../server/telemetry/metric-reader.js";
import { MemoryLogs } from "./memory-logs.js";

type Nanos = string | number | bigint;

export interface PushedStream {
  readonly stream: Labels | string;
  readonly values: readonly (readonly [time: Nanos, line: string, metadata?: Labels])[];
}

export interface LogqlQuery {
  readonly query: string;
  readonly time?: Nanos;
  readonly start?: Nanos;
  readonly end?: Nanos;
  readonly step?: number;
  readonly limit?: number;
  readonly direction?: "forward" | "backward";
}

const microsOf = (time: Nanos): number => Number(BigInt(time) / 1000n) + Number(BigInt(time) % 1000n) / 1000;

function parsed(query: string): Expr {
  const result = parseLogql(query);
  if (result.ok) return result.value;
  throw Object.assign(new Error(result.error.sentence), { diagnostic: result.error.diagnostic });
}

function labelsOf(stream: Labels | string): Labels {
  if (typeof stream !== "string") return stream;
  const expr = parsed(stream);
  if (expr.kind !== "log") throw new Error(`no labels: ${stream}`);
  return Object.fromEntries(expr.matchers.map(({ name, value }) => [name, value]));
}

export function createStore() {
  const logs = new MemoryLogs();
  return {
    push(streams: readonly PushedStream[]): void {
      for (const { stream, values } of streams) {
        const entries = values.map(([time, line, metadata = {}]) => ({ timeUs: microsOf(time), line, metadata }));
        logs.push(labelsOf(stream), entries);
      }
    },
    query({ query, time, start, end, step = 1, limit = 100, direction = "backward" }: LogqlQuery): unknown {
      const expr = parsed(query);
      try {
        if (isMetric(expr)) {
          if (time !== undefined) return valueJson(evaluateInstant(expr, logs, microsOf(time) / 1e3).value);
          const [startMs, endMs] = [microsOf(start ?? 0) / 1e3, microsOf(end ?? 0) / 1e3];
          return valueJson(evaluateRange(expr, logs, { startMs, endMs, stepMs: step * 1e3 }).value);
        }
        const fromUs = microsOf(start ?? 0);
        const toUs = microsOf(end ?? time ?? 0);
        return valueJson(
          evaluateLines(expr, logs, { fromUs, toUs, limit, newestFirst: direction === "backward" }).value,
        );
      } catch (error) {
        if (error instanceof LimitError) throw new Error(error.message);
        throw error;
      }
    },
    format: (query: string): string => printLogql(parsed(query)),
  };
}
