/** The answers of small charts of one part, in the part's own colour. */
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import type { ChartSeries } from "../../charts/chart-data.js";
import { seriesColor } from "../../charts/colors.js";
import type { RunQueries } from "../../net/api.js";
import { rangeQuery } from "../../net/range-query.js";
import type { SparkQuery } from "./traffic-queries.js";

/** The lines of each query, in their order. */
export function askSparks(
  queries: RunQueries,
  sparks: readonly SparkQuery[],
  { component, window }: { readonly component: string; readonly window: TimeWindow },
  signal: AbortSignal,
): Promise<readonly (readonly ChartSeries[])[]> {
  const color = seriesColor(component);
  return Promise.all(
    sparks.map(async ({ query, title }) => {
      const { series } = await rangeQuery(queries, { query, legend: title, window }, signal);
      return series.map((one) => ({ ...one, color }));
    }),
  );
}
