/** What a query took, in the words of each tool; by a clock that goes on with every look at it. */
import { beforeAll, expect, test } from "vitest";
import type { World } from "../../server/world/world.js";
import { answerPrometheus } from "../../server/query/promql/http-api.js";
import { askApi, jsonOf, smallWorld } from "../fixtures/small-world.js";

let world: World;
beforeAll(() => {
  world = smallWorld(-540);
});

const json = (api: string, path: string, parameters: Readonly<Record<string, string>>): unknown =>
  jsonOf(askApi(world, api, path, { parameters }));

test("Prometheus tells samples and timings when it is asked to", () => {
  const query = "sum(rate(http_server_request_duration_seconds_count[1m]))";
  expect(json("prometheus", "api/v1/query", { query })).not.toHaveProperty("data.stats");
  const { data } = json("prometheus", "api/v1/query", { query, stats: "all" }) as {
    data: { stats: { samples: { totalQueryableSamples: number; peakSamples: number }; timings: object } };
  };
  expect(data.stats.samples.totalQueryableSamples).toBeGreaterThan(4);
  expect(data.stats.samples.peakSamples).toBeGreaterThan(0);
  expect(data.stats.samples.peakSamples).toBeLessThanOrEqual(data.stats.samples.totalQueryableSamples);
  expect(Object.keys(data.stats.timings)).toContain("execTotalTime");
});

test("its timings are those of the clock", () => {
  let nowMs = 0;
  const source = {
    reader: {
      generation: 0,
      select: () => [],
      labels: () => ({}),
      window: () => undefined,
      labelNames: () => [],
      labelValues: () => [],
      exemplars: () => [],
    },
    metadata: [],
    nowMs: 1_000,
    clockMs: () => (nowMs += 250),
  };
  const { body } = answerPrometheus(source, "query", { query: ["up"], stats: ["1"] });
  const { timings } = (body as { data: { stats: { timings: Record<string, number> } } }).data.stats;
  expect(timings["queryPreparationTime"]).toBe(0.25);
  expect(timings["execTotalTime"]).toBeCloseTo((timings["evalTotalTime"] ?? 0) + 0.25, 9);
});

test("Loki tells lines that were looked at, that passed and that are returned", () => {
  const window = { start: String(world.nowUs / 1e6 - 60), end: String(world.nowUs / 1e6 + 1) };
  const summaryOf = (query: string, more: Readonly<Record<string, string>> = {}) =>
    (
      json("loki", "loki/api/v1/query_range", { query, ...window, ...more }) as {
        data: { stats: { summary: Record<string, number> } };
      }
    ).data.stats.summary;
  const all = summaryOf('{service_name="shop"}', { limit: "5000" });
  expect(all["totalEntriesReturned"]).toBeGreaterThan(50);
  expect(all["totalLinesProcessed"]).toBe(all["totalEntriesReturned"]);
  const some = summaryOf('{service_name="shop"} |= "no line says this"');
  expect(some).toMatchObject({
    totalEntriesReturned: 0,
    totalPostFilterLines: 0,
    totalLinesProcessed: all["totalLinesProcessed"],
  });
  expect(all["totalBytesProcessed"]).toBeGreaterThan(10 * (all["totalLinesProcessed"] ?? 0));
  const counted = summaryOf('sum(count_over_time({service_name="shop"}[1m]))', { step: "60" });
  expect(counted["totalPostFilterLines"]).toBeGreaterThan(0);
});

test("Tempo's tag values stop at a limit, and where nothing new comes", () => {
  const values = (parameters: Readonly<Record<string, string>>) =>
    (json("tempo", "api/v2/search/tag/span.user.id/values", parameters) as { tagValues: unknown[] }).tagValues.length;
  expect(values({})).toBeGreaterThan(20);
  expect(values({ limit: "7" })).toBe(7);
  const stale = values({ maxStaleValues: "3" });
  expect(stale).toBeGreaterThan(0);
  expect(stale).toBeLessThan(values({}));
});
