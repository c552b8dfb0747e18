/** Several PromQL expressions at one instant, asked together: what tables of figures are made of. */
import type { RunQueries } from "./api.js";
import { resultOf, valueOf } from "./prometheus.js";
import type { Labels, MatrixSeries } from "./prometheus.js";

export interface InstantSample {
  readonly labels: Labels;
  readonly value: number;
}

/** By name of the expression: its samples. One that fails rejects all. */
export async function instantQueries<Name extends string>(
  queries: Pick<RunQueries, "prometheus">,
  expressions: Readonly<Record<Name, string>>,
  atUs: number,
  signal: AbortSignal,
): Promise<Readonly<Record<Name, readonly InstantSample[]>>> {
  const names = Object.keys(expressions) as Name[];
  const answers = await Promise.all(
    names.map(async (name) => {
      const answer = await queries.prometheus("query", { query: expressions[name], time: atUs / 1_000_000 }, signal);
      const result = resultOf(answer);
      const samples =
        result.resultType === "vector"
          ? result.result.map(({ metric, value }): InstantSample => ({ labels: metric, value: valueOf(value[1]) }))
          : [];
      return [name, samples] as const;
    }),
  );
  return Object.fromEntries(answers) as unknown as Record<Name, readonly InstantSample[]>;
}

/** The series of an expression over a window, with their labels. */
export async function labelledRange(
  queries: RunQueries,
  query: string,
  range: { readonly fromUs: number; readonly toUs: number; readonly stepSeconds: number },
  signal: AbortSignal,
): Promise<readonly MatrixSeries[]> {
  const start = Math.ceil(range.fromUs / 1_000_000 / range.stepSeconds) * range.stepSeconds;
  const end = Math.floor(range.toUs / 1_000_000);
  if (end < start) return [];
  const parameters = { query, start, end, step: range.stepSeconds };
  const result = resultOf(await queries.prometheus("query_range", parameters, signal));
  return result.resultType === "matrix" ? result.result : [];
}
