import { describe, expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import { planAction } from "../../server/sim/action-plan.js";
import type { MetricSink, ScrapeResult } from "../../server/sim/metric-sink.js";
import { smallShop } from "../fixtures/small-shop.js";
import { cell, spanRows } from "../fixtures/span-rows.js";
import { at, deploy, engine, fault, model } from "../fixtures/topology.js";

class KeptScrapes implements MetricSink {
  readonly results: ScrapeResult[] = [];
  readonly latest = new Map<string, number>();
  dynamicSeries = 0;
  scrape(
    result: ScrapeResult,
    values: Float64Array,
    exemplarRows: Int32Array,
    dynamic: { readonly count: number } | undefined,
  ): void {
    this.results.push(result);
    expect(exemplarRows.length).toBe(values.length);
    this.dynamicSeries = Math.max(this.dynamicSeries, dynamic?.count ?? 0);
    if (!result.ok) return;
    result.target.series.forEach(({ name, labels }, index) => {
      const value = cell(values, result.target.valuesFrom + index);
      if (!Number.isNaN(value)) this.latest.set(`${name}${JSON.stringify(labels)}`, value);
    });
  }
  targetRemoved(): void {
    // Nothing is kept by target.
  }
  sum(name: string, ...parts: string[]): number {
    let sum = 0;
    for (const [series, value] of this.latest)
      if (series.startsWith(`${name}{`) && parts.every((part) => series.includes(part))) sum += value;
    return sum;
  }
}

describe("scrapes", () => {
  test("come at the interval, spread over it, on one grid of the calendar", () => {
    const sink = new KeptScrapes();
    const world = engine(model(smallShop()), { sink });
    world.run(at(60));
    const times = sink.results.filter(({ target }) => target.instance === "cart-1:9464").map(({ atUs }) => atUs);
    expect(times).toHaveLength(4);
    times.slice(1).forEach((time, index) => {
      expect(time - cell(times, index)).toBe(15_000_000);
    });
    const later = new KeptScrapes();
    engine(model(smallShop()), { sink: later, startAt: at(0), recordFrom: at(30) }).run(at(60));
    const shared = later.results.filter(({ target }) => target.instance === "cart-1:9464").map(({ atUs }) => atUs);
    expect(times).toEqual(expect.arrayContaining(shared));
  });

  test("counts agree with spans and logs", () => {
    const sink = new KeptScrapes();
    const world = engine(model(smallShop()), { sink, stopArrivalsAt: at(100) });
    world.run(at(110));
    // Nothing is scraped after the arrivals have stopped: read the counts as they stand.
    const counted = { servers: 0, lines: 0 };
    for (const { target } of world.model.instances) {
      const values = world.valuesOf(target);
      world.model.targets[target]?.series.forEach(({ name }, index) => {
        const value = Number.isNaN(values[index]) ? 0 : cell(values, index);
        if (/^(http_server_request|messaging_process)_duration_seconds_count$/.test(name)) counted.servers += value;
        if (name === "log_lines_total") counted.lines += value;
      });
    }
    const spans = spanRows(world);
    expect(spans.every(({ ended }) => ended)).toBe(true);
    expect(counted.servers).toBe(spans.filter(({ kind }) => kind === "server" || kind === "consumer").length);
    expect(counted.lines).toBe(world.logs.rows);
  });

  test("a segment and the one that goes on from it count every request once", () => {
    const compiled = model(smallShop());
    const first = new KeptScrapes();
    const history = engine(compiled, { sink: first, stopArrivalsAt: at(67) });
    history.run(at(90));
    history.closeSegment();
    const second = new KeptScrapes();
    const recent = engine(compiled, { sink: second, startAt: at(7), recordFrom: at(67), stopArrivalsAt: at(130) });
    recent.run(at(160));
    recent.closeSegment();
    const whole = new KeptScrapes();
    const uncut = engine(compiled, { sink: whole, stopArrivalsAt: at(130) });
    uncut.run(at(160));
    uncut.closeSegment();
    const name = "http_server_request_duration_seconds_count";
    expect(first.sum(name) + second.sum(name)).toBe(whole.sum(name));
    expect(whole.sum(name)).toBe(spanRows(uncut).filter(({ kind }) => kind === "server").length);
  });

  test("processor time is what the work needed", () => {
    const sink = new KeptScrapes();
    const world = engine(model(smallShop()), { sink });
    world.run(at(120));
    const spent = sink.sum("process_cpu_seconds_total", '"job":"notifier"');
    const processed = sink.sum("messaging_process_duration_seconds_count", '"job":"notifier"');
    // Lognormal of median 5 ms and sigma 0.4: mean 5.42 ms. The rest is exposition.
    expect(spent / processed).toBeGreaterThan(0.005);
    expect(spent / processed).toBeLessThan(0.0064);
  });
});

describe("label cardinality", () => {
  const shop = smallShop({ rps: 60 });
  // A metrics server that is sized for a few thousand series.
  const plant = {
    ...shop.plant,
    memoryBaseBytes: 100_000_000,
    memoryLimitBytes: 300_000_000,
    samplesPerSecond: 20_000,
    ruleCostPerSeries: duration(1_500),
  };
  const compiled = model(
    { ...shop, plant },
    {
      changes: [deploy("cart", at(60))],
      faults: [
        fault({
          class: "telemetry/label-cardinality",
          target: "cart",
          onset: at(60),
          trigger: "deploy-cart",
          parameters: {},
        }),
      ],
    },
  );

  test("fills the head block until scrapes fail and evaluations are missed; users feel nothing", () => {
    const sink = new KeptScrapes();
    const world = engine(compiled, { sink });
    world.run(at(55));
    const before = world.plant.headSeries;
    expect(sink.results.every(({ ok }) => ok)).toBe(true);
    world.run(at(900));
    expect(world.plant.headSeries).toBeGreaterThan(before * 5);
    expect(world.plant.speed).toBeLessThan(0.7);
    expect(sink.results.filter(({ error }) => error === "context deadline exceeded").length).toBeGreaterThan(20);
    expect(world.ruleIterations.ran.filter((ran) => ran === 0).length).toBeGreaterThan(2);
    expect(spanRows(world).filter(({ status }) => status > 1).length / world.spans.rows).toBeLessThan(0.001);
  });

  test.each([
    ["a rollback", { kind: "rollback", change: "deploy-cart" }],
    ["dropping the label", { kind: "drop-label", metric: "http_server_request_duration_seconds", label: "user_id" }],
  ] as const)("%s gives sight back once the head has been compacted", (_name, action) => {
    const sink = new KeptScrapes();
    const world = engine(compiled, { sink });
    world.run(at(600));
    expect(planAction(world, action).ok).toBe(true);
    world.act("cure", at(600), action);
    world.run(at(1_800));
    const late = sink.results.filter(({ atUs }) => atUs > at(1_500));
    expect(late.filter(({ ok }) => !ok)).toHaveLength(0);
    expect(world.plant.speed).toBe(1);
  });

  test("does nothing in the twin", () => {
    const sink = new KeptScrapes();
    const world = engine(compiled, { sink, faultsOn: false });
    world.run(at(600));
    expect(sink.dynamicSeries).toBe(0);
    expect(world.plant.speed).toBe(1);
  });
});

describe("the head block", () => {
  test("goes on where the history ended: its series are there from the first scrape on", () => {
    const world = engine(model(smallShop()));
    world.run(at(1));
    const early = world.plant.headSeries;
    world.run(at(20));
    expect(early).toBeGreaterThan(0);
    expect(Math.abs(world.plant.headSeries - early)).toBeLessThan(early * 0.25);
  });

  test("kills the server at the limit where that is declared, again and again, until the label is gone", () => {
    const shop = smallShop();
    const plant = {
      ...shop.plant,
      memoryBaseBytes: 0,
      memoryPerSeriesBytes: 1_000,
      memoryLimitBytes: 6_000_000,
      outOfMemory: { restart: duration(20_000_000), replayPerSeries: 1_000 },
    };
    const deployed = deploy("cart", at(60));
    const label = fault({
      class: "telemetry/label-cardinality",
      target: "cart",
      onset: at(60),
      trigger: deployed.id,
      parameters: {},
    });
    const sink = new KeptScrapes();
    const world = engine(model({ ...shop, plant }, { faults: [label], changes: [deployed] }), { sink });
    world.run(at(900));
    expect(world.plant.kills).toBeGreaterThan(2);
    const down = 20 + 6_000 * 0.001;
    const times = [...new Set(sink.results.map(({ atUs }) => atUs))].sort((a, b) => a - b);
    const gaps = times.slice(1).filter((time, index) => time - cell(times, index) > down * 1e6);
    expect(gaps.length).toBeGreaterThanOrEqual(world.plant.kills - 1);
    world.act("a", at(900), { kind: "drop-label", metric: "http_server_request_duration_seconds", label: "user_id" });
    world.run(at(2_200));
    const kills = world.plant.kills;
    world.run(at(2_600));
    expect(world.plant.kills).toBe(kills);
    expect(world.ruleIterations.ran.slice(-10)).toEqual(Array(10).fill(1));
  });
});
