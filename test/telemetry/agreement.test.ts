import { describe, expect, it, test } from "vitest";
import type { SeriesDescriptor } from "../../server/sim/metric-sink.js";
import { SPAN_CHUNK_MASK } from "../../server/sim/span-table.js";
import { ImpactMeter } from "../../server/telemetry/impact.js";
import { LogStore } from "../../server/telemetry/log-store.js";
import { MetricStore } from "../../server/telemetry/metric-store.js";
import { ServiceMapper } from "../../server/telemetry/service-map.js";
import { TraceStore } from "../../server/telemetry/trace-store.js";
import { agreementOf } from "../fixtures/agreement.js";
import { NO_EXEMPLARS, samplesOf, scrapeOf, target } from "./scrape-script.js";
import { CART, EDGE, IDENTITY, MODEL, buildWorld } from "./synthetic-world.js";

/**
 * One world, told by every signal. The counters are counted here from the rows, second by second, as an engine would
 * have done; everything else comes out of the stores.
 */
describe("metrics, logs, traces, map and impact of one world", () => {
  const requests = 2_000;
  const world = buildWorld({ requests });
  const { table } = world.spans;
  const untilUs = 1_000_000 + requests * 20_000;
  const metrics = new MetricStore({ exemplarOf: () => undefined });
  const COUNT: readonly SeriesDescriptor[] = ["200", "500"].map((code) => ({
    name: "http_server_request_duration_seconds_count",
    labels: { http_route: "/price", http_response_status_code: code },
    kind: "counter",
  }));
  for (const instance of [0, 1]) {
    const cart = target(COUNT, { index: instance });
    for (let atUs = 1_000_000; atUs <= untilUs + 5_000_000; atUs += 5_000_000) {
      const [ok, failed] = countServed(1 + instance, atUs);
      metrics.scrape(scrapeOf(cart, atUs / 1_000), Float64Array.of(ok || NaN, failed || NaN), NO_EXEMPLARS, undefined);
    }
  }

  /** Cart requests that this instance had served by then: [ok, failed]. */
  function countServed(instance: number, byUs: number): [number, number] {
    const counts: [number, number] = [0, 0];
    for (let row = 0; row < table.rows; row++) {
      const chunk = table.chunkAt(row);
      const at = row & SPAN_CHUNK_MASK;
      if (chunk.site[at] !== CART || chunk.instance[at] !== instance) continue;
      if ((chunk.startUs[at] ?? 0) + (chunk.durationUs[at] ?? 0) <= byUs) counts[chunk.status[at] === 0 ? 0 : 1]++;
    }
    return counts;
  }

  function counted(instance: number, code: string): number {
    const labels = {
      job: "cart",
      instance: `cart-${String(instance)}:9464`,
      http_route: "/price",
      http_response_status_code: code,
    };
    return samplesOf(metrics, { __name__: "http_server_request_duration_seconds_count", ...labels }).at(-1)?.[1] ?? 0;
  }

  const window = { fromUs: 0, toUs: untilUs };
  const logs = new LogStore({ model: MODEL, identity: IDENTITY, recent: world.logs });
  const traces = new TraceStore({ model: MODEL, identity: IDENTITY, recent: world.spans, sampleRatio: 1 });
  const served = counted(0, "200") + counted(1, "200");
  const failed = counted(0, "500") + counted(1, "500");

  it("tell the same number of requests of each instance", () => {
    expect([counted(0, "200") + counted(0, "500"), counted(1, "200") + counted(1, "500")]).toEqual(
      world.counts.requestsByCart,
    );
    expect(served + failed).toBe(requests);
  });

  it("tell the same failures in counters, lines and spans", () => {
    expect(failed).toBeGreaterThan(0);
    const search = { ...window, service: "cart", operation: "POST /price", limit: 0, order: "newest" as const };
    expect(traces.search({ ...search, status: "error" }).total).toBe(failed);
    expect(traces.search({ ...search, status: "ok" }).total).toBe(served);
    expect(logs.page({ ...window, services: ["cart"], levels: ["warn"], offset: 0, limit: 0 }).total).toBe(failed);
    const impact = new ImpactMeter({
      patience: new Map([[EDGE, { patienceUs: 1e9, weight: 1 }]]),
      isPerson: () => true,
      recent: world.spans,
      nowUs: () => untilUs,
    });
    const hurt = impact.impact().minutes.reduce((sum, minute) => sum + minute.hurt, 0);
    expect(hurt).toBe(failed);
  });

  it("tell the same number of lines by level, and a server span for each access line", () => {
    const { buckets } = logs.histogram({ ...window, buckets: 30 });
    for (const level of ["debug", "info", "warn", "error"] as const) {
      expect(buckets.reduce((sum, { counts }) => sum + counts[level], 0)).toBe(world.counts.linesByLevel[level]);
    }
    const access = logs.page({
      ...window,
      services: ["edge", "cart"],
      levels: ["info", "warn", "error"],
      offset: 0,
      limit: 0,
    }).total;
    expect(access).toBe(world.counts.serverSpans);
  });

  it("tell the same rate and error ratio on the map", () => {
    const map = new ServiceMapper({
      model: MODEL,
      components: [{ id: "cart", title: "Cart", kind: "service" }],
      sampleRatio: 1,
      recent: world.spans,
    });
    const now = map.map({ fromUs: 1_000_000, toUs: untilUs - 1 }).nodes[0]?.now;
    expect(now?.requestsPerSecond).toBeCloseTo((served + failed) / (requests * 0.02), 6);
    expect(now?.errorRatio).toBeCloseTo(failed / requests, 9);
  });
});

/** A few of the worlds of `npm run agreement`: clocks that are wrong, a collector, browsers, an agent for lines. */
test.each([1, 2, 4, 6])("every signal of random world %i says the same", (number) => {
  const { problems, compared } = agreementOf(number);
  expect(problems).toEqual([]);
  expect(Object.keys(Object.fromEntries(compared))).toEqual(
    expect.arrayContaining(["lines", "spans", "requests", "durations"]),
  );
});
