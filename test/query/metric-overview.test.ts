import { describe, expect, test } from "vitest";
import { metricOverview } from "../../server/query/promql/metric-overview.js";
import { medianOf, shiftOf } from "../../server/query/promql/robust-shift.js";
import { memoryOf } from "../fixtures/metric-memory.js";

const METADATA = [
  { name: "requests_total", type: "counter", help: "Requests.", unit: "" },
  { name: "latency_seconds", type: "histogram", help: "Time.", unit: "s" },
  { name: "pool_used", type: "gauge", help: "Connections.", unit: "" },
  { name: "never_there", type: "gauge", help: "Nobody scrapes it.", unit: "" },
];

/** Forty minutes at a sample a minute; `order` doubles its pool in the last ten, `cart` never changes. */
const READER = memoryOf(`
load 60s
  requests_total{job="order",instance="a"} 0+60x40
  requests_total{job="cart"} 0+30x40
  latency_seconds_count{job="order"} 0+60x40
  latency_seconds_sum{job="order"} 0+6x30 240+60x9
  latency_seconds_bucket{job="order",le="1"} 0+60x40
  pool_used{job="order"} 10x30 20x9
  pool_used{job="cart"} 5x40
  job:errors:ratio{job="order"} 0x40
`);

const TIMES = { fromMs: 30 * 60_000, toMs: 40 * 60_000 };

describe("overview of metrics", () => {
  const { metrics, unread } = metricOverview(READER, METADATA, TIMES);
  const named = (name: string) => metrics.find((metric) => metric.name === name);

  test("names what there are samples of, families once, names without a type as recorded", () => {
    expect(metrics.map(({ name }) => name).sort()).toEqual([
      "job:errors:ratio",
      "latency_seconds",
      "pool_used",
      "requests_total",
    ]);
    expect(named("job:errors:ratio")?.type).toBe("recorded");
    expect(named("latency_seconds")).toMatchObject({ type: "histogram", unit: "s", measure: "mean", series: 3 });
    expect(unread).toBe(0);
  });

  test("what changed stands first and says where, from what and to what", () => {
    expect(
      metrics
        .slice(0, 2)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["latency_seconds", "pool_used"]);
    expect(named("pool_used")?.change).toMatchObject({ job: "order", measure: "value", before: 10, now: 20 });
    expect(named("latency_seconds")?.change).toMatchObject({ measure: "mean", before: 0.1, now: 1 });
    expect(named("requests_total")?.change?.score).toBeLessThan(1);
  });

  test("names the job that moved farthest among those that changed for certain", () => {
    const two = memoryOf(`load 60s
  pool_used{job="early"} 100x29 30x10
  pool_used{job="late"} 10x33 900x6`);
    const [pool] = metricOverview(two, METADATA, TIMES).metrics;
    expect(pool?.change).toMatchObject({ job: "late", before: 10, now: 900 });
    expect(pool?.change?.score).toBeGreaterThan(7);
  });

  test("of durations and ratios it takes the mean of the series, whose sum says nothing", () => {
    const reader = memoryOf(`load 60s
  scrape_duration_seconds{job="a",instance="1"} 2x40
  scrape_duration_seconds{job="a",instance="2"} 4x40
  scrape_duration_seconds{job="b"} 6x40`);
    const [scrape] = metricOverview(
      reader,
      [{ name: "scrape_duration_seconds", type: "gauge", help: "", unit: "s" }],
      TIMES,
    ).metrics;
    expect(scrape).toMatchObject({ measure: "mean" });
    expect(scrape?.values.at(-1)).toBe(4);
  });

  test("behind the last sample a counter is taken to go on until the next one is due", () => {
    // Half a minute after the last sample; steps of fifteen seconds.
    const late = metricOverview(READER, METADATA, { fromMs: 29.5 * 60_000, toMs: 39.5 * 60_000 });
    const values = late.metrics.find(({ name }) => name === "requests_total")?.values ?? [];
    expect(values.slice(-4)).toEqual([1.5, 1.5, 1.5, 1.5]);
    const gone = metricOverview(READER, METADATA, { fromMs: 34 * 60_000, toMs: 44 * 60_000 });
    expect(gone.metrics.find(({ name }) => name === "requests_total")?.values.at(-1)).toBeNull();
  });

  test("a job alone, whose series are all that is added up", () => {
    const cart = metricOverview(READER, METADATA, { ...TIMES, job: "cart" });
    expect(cart.metrics.map(({ name, values }) => [name, values.at(-1)])).toEqual(
      expect.arrayContaining([["pool_used", 5]]),
    );
    expect(cart.metrics.some(({ name }) => name === "latency_seconds")).toBe(false);
  });

  test("of a great many series all are added up; where the samples do not suffice, nothing but a mean is told", () => {
    const many = Array.from({ length: 900 }, (_, at) => String(at));
    const reader = memoryOf(`load 60s
${many.map((at) => `  requests_total{job="cart",user="${at}"} 0+60x40`).join("\n")}
${many.map((at) => `  waited_ratio{job="cart",user="${at}"} 2x40`).join("\n")}`);
    const [requests] = metricOverview(reader, METADATA, TIMES).metrics;
    expect(requests).toMatchObject({ name: "requests_total", series: 900, change: { before: 900, now: 900 } });
    expect(requests?.values.at(-1)).toBe(900);
    const thinned = metricOverview(reader, METADATA, TIMES, 10_000);
    expect(thinned.unread).toBe(1);
    const named = (name: string) => thinned.metrics.find((metric) => metric.name === name);
    expect(named("requests_total")).toMatchObject({ series: 900, values: [] });
    expect(named("requests_total")).not.toHaveProperty("change");
    expect(named("waited_ratio")?.values.at(-1)).toBe(2);
  });

  test("the time before begins with the data", () => {
    expect(metricOverview(READER, METADATA, TIMES).baselineFromUs).toBe(0);
    const young = memoryOf('load 60s\n  pool_used{job="order"} _x20 1x20');
    expect(metricOverview(young, METADATA, TIMES).baselineFromUs).toBe(20 * 60_000_000);
  });

  test("a gap is null", () => {
    const gap = memoryOf('load 60s\n  pool_used{job="order"} 1x30 _x5 1x4');
    const [pool] = metricOverview(gap, METADATA, TIMES).metrics;
    expect(pool?.values).toContain(null);
    expect(pool?.values.at(-1)).toBe(1);
  });
});

describe("robust shift", () => {
  test.each([
    { name: "no change", before: [1, 1, 1, 1, 1, 1], now: [1, 1, 1], atMost: 0.01 },
    { name: "one wild value of many", before: [1, 1, 1, 1, 1, 1], now: [1, 1, 1, 1, 1, 1, 1, 1, 1, 90], atMost: 1 },
    { name: "noise", before: [1, 2, 3, 1, 2, 3, 1, 2, 3], now: [3, 1, 2, 2, 1, 3], atMost: 1 },
  ])("$name", ({ before, now, atMost }) => {
    expect(shiftOf(before, now)?.score).toBeLessThanOrEqual(atMost);
  });

  test("a new level late in the stretch is found, with the level", () => {
    expect(shiftOf([1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 8, 8])).toMatchObject({ score: 2.5, before: 1, now: 8 });
  });

  test("chance is no change: a counter that counted 4 and then 7", () => {
    const floor = (usual: number) => Math.sqrt(usual);
    expect(shiftOf([4, 4, 4, 4, 4, 4], [7, 7], floor)?.score).toBeCloseTo(1.5);
    expect(shiftOf([4, 4, 4, 4, 4, 4], [7, 7])?.score).toBe(10);
  });

  test("too little of before says nothing", () => {
    expect(shiftOf([1, Number.NaN, 1], [5])).toBeUndefined();
    expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  });
});
