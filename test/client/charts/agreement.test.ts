/** What a chart shows is what the same query answers: figures at the crosshair and cells of a heatmap, in whatever window. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { valueAt } from "../../../client/charts/chart-data.js";
import type { PrometheusParameters, RunQueries } from "../../../client/net/api.js";
import { readPrometheusBody, resultOf, valueOf } from "../../../client/net/prometheus.js";
import { columnSecondsOf, heatmapRange, rangeQuery } from "../../../client/net/range-query.js";
import { heatmapQuery } from "../../../client/panels/metrics/metric-list.js";
import { smallWorld } from "../../fixtures/small-world.js";

const world = smallWorld(60);
const signal = new AbortController().signal;

const queries = {
  prometheus: (endpoint: string, parameters: PrometheusParameters) => {
    const lists = Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === "object" ? value : [String(value)],
    ]);
    const { body, httpStatus } = world.queries.prometheus(
      endpoint,
      Object.fromEntries(lists) as Readonly<Record<string, readonly string[]>>,
    );
    const read = readPrometheusBody(body, httpStatus);
    if (!read.ok) throw new Error(read.error.message);
    return Promise.resolve(read.value);
  },
} as unknown as RunQueries;

/** The sum of an instant answer's values; NaN of none. */
async function instant(query: string, atUs: number): Promise<number> {
  const result = resultOf(await queries.prometheus("query", { query, time: atUs / 1_000_000 }));
  return result.resultType === "vector" ? valueOf(result.result[0]?.value[1] ?? "NaN") : Number.NaN;
}

/** Windows of the last six minutes, in whole seconds before now. */
const windows = fc
  .tuple(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 60, max: 240 }))
  .map(([afterS, lengthS]) => ({
    fromUs: world.nowUs - (afterS + lengthS) * 1_000_000,
    toUs: world.nowUs - afterS * 1_000_000,
  }));

const COUNT = "http_server_request_duration_seconds_count";

test("the value at the crosshair is the query's at the instant of its point", async () => {
  const query = `sum(rate(${COUNT}[1m]))`;
  await fc.assert(
    fc.asyncProperty(windows, fc.double({ min: 0, max: 1, noNaN: true }), async (window, share) => {
      const { series, stepSeconds } = await rangeQuery(queries, { query, window }, signal);
      const [line] = series;
      expect(line?.values.length).toBeGreaterThan(0);
      if (line === undefined) return;
      const index = Math.floor(share * (line.timesUs.length - 1));
      const atUs = (line.timesUs[index] ?? 0) + 1_000;
      const shown = valueAt(line, atUs, stepSeconds * 1_000_000);
      expect(shown).toBeCloseTo(await instant(query, line.timesUs[index] ?? 0), 9);
    }),
    { numRuns: 12 },
  );
});

test("a column of a heatmap holds as many events as the histogram counted in it", async () => {
  const query = heatmapQuery("http_server_request_duration_seconds_bucket", 10) ?? "";
  await fc.assert(
    fc.asyncProperty(windows, async (window) => {
      const heatmap = await heatmapRange(queries, query, window, signal);
      const column = heatmap.counts.length - 1;
      const cells = heatmap.counts[column]?.reduce((sum, count) => sum + count, 0);
      const counted = await instant(`sum(rate(${COUNT}[60s])) * 10`, heatmap.timesUs[column] ?? 0);
      expect(columnSecondsOf(window)).toBe(10);
      expect(cells).toBeCloseTo(counted, 6);
    }),
    { numRuns: 8 },
  );
});
