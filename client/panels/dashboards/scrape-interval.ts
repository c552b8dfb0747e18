/** How often the plant scrapes, as its own samples show: what `$__rate_interval` holds four of. */
import { instantQueries } from "../../net/instant-query.js";
import type { RunQueries } from "../../net/api.js";

/** While nothing is known: Prometheus's usual one. */
export const SCRAPE_SECONDS_DEFAULT = 15;

const LOOKBACK_SECONDS = 300;

/** Of the target that answered most often: a lost scrape of one does not make the interval longer. */
export async function askScrapeSeconds(
  queries: Pick<RunQueries, "prometheus">,
  nowUs: number,
  signal: AbortSignal,
): Promise<number> {
  const query = `max(count_over_time(up[${String(LOOKBACK_SECONDS)}s]))`;
  const { scrapes } = await instantQueries(queries, { scrapes: query }, nowUs, signal);
  const count = scrapes[0]?.value ?? 0;
  return count > 0 ? Math.max(1, Math.round(LOOKBACK_SECONDS / count)) : SCRAPE_SECONDS_DEFAULT;
}
