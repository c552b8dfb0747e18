/**
 * What a quantile of a histogram stands for: buckets say how many values lie between two bounds and not where, so that
 * `histogram_quantile` draws a straight line from one to the other, and may answer with more than any request took.
 */
import { formatUnit } from "../../charts/format.js";
import type { RunQueries } from "../../net/api.js";
import { instantQueries } from "../../net/instant-query.js";
import { exemplarSelector } from "./metric-list.js";

/** Selector of the buckets whose quantile `query` answers; undefined where it asks for none. */
export const quantileSelector = (query: string): string | undefined =>
  /\bhistogram_quantile\s*\(/.test(query) ? exemplarSelector(query) : undefined;

/** Upper bounds of the buckets, ascending, the infinite one last. */
export async function askBounds(
  queries: Pick<RunQueries, "prometheus">,
  selector: string,
  atUs: number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const { buckets } = await instantQueries(queries, { buckets: `group by (le) (${selector})` }, atUs, signal);
  return buckets
    .map(({ labels }) => (labels["le"] === "+Inf" ? Infinity : Number(labels["le"])))
    .sort((one, other) => one - other);
}

/** `between 1 s and 2.5 s`; undefined of what lies in no bucket. The last finite bound is all that is told of what is beyond it. */
export function bucketText(bounds: readonly number[], value: number, unit: string): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const at = bounds.findIndex((bound) => bound >= value);
  const high = bounds[at];
  if (high === undefined || high === Infinity) return undefined;
  if (high === value && bounds[at + 1] === Infinity) return `at ${formatUnit(value, unit)} or more`;
  const low = bounds[at - 1];
  return low === undefined
    ? `below ${formatUnit(high, unit)}`
    : `between ${formatUnit(low, unit)} and ${formatUnit(high, unit)}`;
}
