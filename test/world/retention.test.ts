/** What is past its age is not answered any more, and each API says so in its own way. */
import { describe, expect, test } from "vitest";
import { askApi, jsonOf, smallWorld } from "../fixtures/small-world.js";
import { TOPOLOGY_FILE } from "../scenario/small-files.js";

const SECOND_US = 1_000_000;
// The recent part begins ten minutes before the page: a minute and a half of it has been simulated.
const TIERS = `tiers:
    metrics: { warm: 40s }
    logs: { warm: 60s, levels: { info: 30s } }
    traces: { hot: 10s, warm: 30s }
    profiles: { warm: 40s }`;
const world = smallWorld(-510, [TOPOLOGY_FILE, "retention: 15d", `retention: 15d\n  ${TIERS}`]);
const now = world.nowUs;
const window = { fromUs: now - 120 * SECOND_US, toUs: now };
const seconds = (ago: number): string => String(Math.floor((now - ago * SECOND_US) / 1e6));
const nanoseconds = (ago: number): string => `${seconds(ago)}000000000`;

test("no view shows what is older than its retention", () => {
  const { lines } = world.queries.logs({ ...window, offset: 0, limit: 1_000, order: "oldest" });
  const oldest = (level: string): number =>
    Math.min(...lines.filter((line) => line.level === level).map(({ timeUs }) => now - timeUs)) / SECOND_US;
  expect(lines.length).toBeGreaterThan(20);
  const ages = lines.filter(({ level }) => level === "info").map(({ timeUs }) => (now - timeUs) / SECOND_US);
  expect(Math.max(...ages)).toBeLessThanOrEqual(40);
  expect(oldest("info")).toBeLessThan(5);
  const { traces } = world.queries.traces({ ...window, limit: 1_000, order: "newest" });
  expect(traces.length).toBeGreaterThan(10);
  expect(Math.max(...traces.map(({ startUs }) => now - startUs))).toBeLessThanOrEqual(40 * SECOND_US);
});

describe("each tool says so", () => {
  test("Prometheus has no samples, and tells its retention", () => {
    const at = (ago: number): number =>
      (
        jsonOf(askApi(world, "prometheus", "api/v1/query", { parameters: { query: "up", time: seconds(ago) } })) as {
          readonly data: { readonly result: readonly unknown[] };
        }
      ).data.result.length;
    expect([at(20) > 0, at(80)]).toEqual([true, 0]);
    expect(jsonOf(askApi(world, "prometheus", "api/v1/status/runtimeinfo"))).toMatchObject({
      data: { storageRetention: "40s" },
    });
    const lowest = jsonOf(
      askApi(world, "prometheus", "api/v1/query", {
        parameters: { query: "time() - prometheus_tsdb_lowest_timestamp_seconds" },
      }),
    ) as { readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] } };
    expect(Number(lowest.data.result[0]?.value[1])).toBeGreaterThanOrEqual(40);
    expect(Number(lowest.data.result[0]?.value[1])).toBeLessThan(80);
  });

  test("Loki answers with nothing, and why", () => {
    const range = (from: number, to: number): unknown =>
      jsonOf(
        askApi(world, "loki", "loki/api/v1/query_range", {
          parameters: { query: '{service_name=~".+"}', start: nanoseconds(from), end: nanoseconds(to) },
        }),
      );
    expect(range(110, 80)).toMatchObject({
      status: "success",
      warnings: ["this data is no longer available, it is past now - max_query_lookback (1m)"],
      data: { result: [] },
    });
    expect(range(20, 0)).not.toHaveProperty("warnings");
  });

  test("Tempo knows no such trace", () => {
    const { traces } = world.queries.traces({ ...window, limit: 1_000, order: "newest" });
    const { traceId } = traces.at(-1) ?? { traceId: "" };
    expect(askApi(world, "tempo", `api/traces/${traceId}`).httpStatus).toBe(200);
    world.advance((now + 60 * SECOND_US) as typeof now);
    expect(askApi(world, "tempo", `api/traces/${traceId}`).httpStatus).toBe(404);
  });
});

test("profiles are of what is kept", () => {
  const later = world.nowUs;
  const of = (from: number, to: number): number =>
    world.queries.profile({
      service: "shop",
      kind: "cpu",
      fromUs: later - from * SECOND_US,
      toUs: later - to * SECOND_US,
    }).length;
  expect(of(40, 0)).toBeGreaterThan(0);
  expect(of(120, 50)).toBe(0);
});
