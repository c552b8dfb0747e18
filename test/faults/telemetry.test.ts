import { describe, expect, test } from "vitest";
import { SilenceBook } from "../../server/alerting/alertmanager/silence-book.js";
import { duration } from "../../server/base/time.js";
import type { Engine } from "../../server/sim/engine.js";
import { livingParts } from "../../server/sim/observability/seen-spans.js";
import type { Collector } from "../../server/sim/observability/collector.js";
import { isSpanKeptBy, SPAN_FATES } from "../../server/sim/observability/fates.js";
import type { ChangeSpec, FaultSpec, WorldAction } from "../../server/sim/timeline.js";
import { LogStore } from "../../server/telemetry/log-store.js";
import { MetricStore } from "../../server/telemetry/metric-store.js";
import { evaluateInstant, prepareQuery } from "../../server/query/promql/query.js";
import { TraceStore } from "../../server/telemetry/trace-store.js";
import type { ObservabilitySpec } from "../../server/topology/observability-spec.js";
import { identityOf, segmentOf } from "../../server/world/segment.js";
import { smallShop } from "../fixtures/small-shop.js";
import { spanRows } from "../fixtures/span-rows.js";
import { at, deploy, engine, fault, model } from "../fixtures/topology.js";

interface Story {
  readonly faults: readonly FaultSpec[];
  readonly changes?: readonly ChangeSpec[];
  readonly plant?: ObservabilitySpec & { readonly traceSampleRatio?: number };
}

class Watched {
  readonly metrics = new MetricStore({ exemplarOf: () => undefined });
  readonly engine: Engine;
  readonly traces: TraceStore;
  readonly logs: LogStore;

  constructor({ faults, changes = [], plant = {} }: Story, faultsOn = true) {
    const shop = smallShop();
    const compiled = model({ ...shop, plant: { ...shop.plant, ...plant } }, { faults, changes });
    this.engine = engine(compiled, { sink: this.metrics, faultsOn });
    const { spans, logs, lifecycle, versions, observability, draws } = this.engine;
    const facts = {
      spans,
      logs,
      lifecycle,
      versions,
      seen: livingParts(observability),
      shipping: observability.shipper,
    };
    const segment = segmentOf(1, facts, { model: compiled, draws, recordedFromUs: at(0) });
    const identity = identityOf(draws);
    this.traces = new TraceStore({ model: compiled, identity, recent: segment.spans, sampleRatio: 1 });
    this.logs = new LogStore({ model: compiled, identity, recent: segment.logs });
  }

  run(seconds: number): this {
    this.engine.run(at(seconds));
    return this;
  }

  act(id: string, seconds: number, action: WorldAction): this {
    this.engine.act(id, at(seconds), action);
    return this;
  }

  query(text: string, seconds: number): number | undefined {
    const prepared = prepareQuery(text);
    if (!prepared.ok) throw new Error(text);
    const result = evaluateInstant(prepared.value, this.metrics, at(seconds) / 1_000);
    return result.kind === "vector" ? result.samples[0]?.value : undefined;
  }

  search(from: number, to: number, limit = 1_000) {
    return this.traces.search({ fromUs: at(from), toUs: at(to), limit, order: "newest" });
  }
}

const operate = (
  operation: string,
  target: string,
  values: Readonly<Record<string, number | string>> = {},
): WorldAction => ({
  kind: "operate",
  operation,
  target,
  values,
});

const one = (spec: Omit<Parameters<typeof fault>[0], "onset">): readonly FaultSpec[] => [
  fault({ onset: at(30), ...spec }),
];

const COLLECTOR: ObservabilitySpec["collector"] = {
  id: "otel-collector",
  batchDelay: duration(1_000_000),
  batchSpansMax: 100_000,
  queueCapacity: 2_000,
  spansPerSecond: 2_000,
  memoryLimitSpans: 100_000,
};
const SHIPPER: ObservabilitySpec["logShipper"] = {
  flush: duration(1_000_000),
  linesPerSecond: 100,
  bufferLines: 500,
  infoRatio: 1,
  debugLines: 20,
};

describe("users feel nothing of", () => {
  test.each<[string, Story]>([
    [
      "head sampling",
      { faults: one({ class: "telemetry/head-sampling", target: "edge", parameters: { ratio: 0.01 } }) },
    ],
    [
      "an overloaded collector",
      {
        faults: one({ class: "telemetry/collector-overload", target: "edge", parameters: { factor: 0.1 } }),
        plant: { collector: COLLECTOR },
      },
    ],
    [
      "lost context",
      {
        faults: one({ class: "telemetry/broken-propagation", target: "edge", trigger: "deploy-edge", parameters: {} }),
        changes: [deploy("edge", at(20))],
      },
    ],
    [
      "skewed clocks",
      { faults: one({ class: "telemetry/clock-skewed-spans", target: "cart", parameters: { offsetUs: 90_000 } }) },
    ],
    [
      "counters that waver",
      { faults: one({ class: "telemetry/counter-reset", target: "edge", parameters: { periodUs: 30_000_000 } }) },
    ],
    [
      "log agents that lag",
      {
        faults: one({ class: "telemetry/log-loss", target: "edge", parameters: { factor: 0.05 } }),
        plant: { logShipper: SHIPPER },
      },
    ],
    [
      "a rule that fires for nothing",
      { faults: one({ class: "telemetry/alert-storm", target: "edge", parameters: { alert: "Down", threshold: 1 } }) },
    ],
  ])("%s: every span, line and count is that of the twin", (_title, story) => {
    const world = new Watched(story).run(120);
    const twin = new Watched(story, false).run(120);
    expect(world.engine.digest()).toBe(twin.engine.digest());
  });

  test.each<[string, Story]>([
    [
      "exporters that do not answer",
      { faults: one({ class: "telemetry/scrape-failure", target: "edge", parameters: { mode: "silence" } }) },
    ],
    [
      "a metric that is missing",
      {
        faults: one({ class: "telemetry/missing-metric", target: "cart", trigger: "deploy-cart", parameters: {} }),
        changes: [deploy("cart", at(20))],
      },
    ],
  ])("%s, but for the microseconds that an exposition costs", (_title, story) => {
    const outcome = (watched: Watched) =>
      spanRows(watched.engine).map(({ request, site, status, attempt }) => [request, site, status, attempt].join());
    const world = outcome(new Watched(story).run(120));
    const twin = outcome(new Watched(story, false).run(120));
    expect(world.sort()).toEqual(twin.sort());
  });
});

describe("what is left of the traces", () => {
  test("a small share at the head, of each trace all or nothing; an order to keep all brings them back", () => {
    const story = { faults: one({ class: "telemetry/head-sampling", target: "edge", parameters: { ratio: 0.05 } }) };
    const world = new Watched(story).run(90);
    const before = world.search(0, 29).total;
    const after = world.search(31, 60).total;
    expect(after / before).toBeGreaterThan(0.01);
    expect(after / before).toBeLessThan(0.12);
    const [first] = world.search(31, 60, 1).traces;
    const rows = spanRows(world.engine).filter(
      ({ request }) => identityOf(world.engine.draws).traceId(request) === first?.traceId,
    );
    expect(world.traces.trace(first?.traceId ?? "")?.spans).toHaveLength(rows.length);
    world.act("keep", 90, operate("set-sampling", "all journeys", { ratio: 1 })).run(150);
    expect(world.search(111, 140).total / before).toBeGreaterThan(0.8);
  });

  test("only a journey's traces are lost where the sampling is that journey's", () => {
    const world = new Watched({
      faults: one({ class: "telemetry/head-sampling", target: "edge", parameters: { ratio: 0, journey: "checkout" } }),
    }).run(60);
    const names = new Set(world.search(31, 55).traces.map(({ rootName }) => rootName));
    expect(names).toEqual(new Set(["GET /browse"]));
  });

  test("an overloaded collector keeps its rate over the arrivals and is late by its queue; less sampling relieves it", () => {
    const story: Story = {
      faults: one({ class: "telemetry/collector-overload", target: "edge", parameters: { factor: 0.05 } }),
      plant: { collector: COLLECTOR },
    };
    const world = new Watched(story).run(200);
    const { collector } = world.engine.observability;
    if (collector === undefined) throw new Error("a collector is declared");
    const arrivals = spanRows(world.engine).filter(({ startUs }) => startUs >= at(100) && startUs < at(130));
    const kept = arrivals.filter(({ row }) => isSpanKeptBy(collector.fates[row] ?? 0)).length;
    const rate = 2_000 * 0.05;
    expect(kept / arrivals.length).toBeGreaterThan((0.85 * rate * 30) / arrivals.length);
    expect(kept / arrivals.length).toBeLessThan((1.15 * rate * 30) / arrivals.length);
    // What is exported now has waited for queue ÷ rate.
    const latest = Math.max(
      ...spanRows(world.engine)
        .filter(({ row }) => isSpanKeptBy(collector.fates[row] ?? 0))
        .map(({ startUs }) => startUs),
    );
    expect((at(200) - latest) / 1e6).toBeGreaterThan((0.8 * 2_000) / rate);
    expect(world.query("otelcol_exporter_queue_size", 199)).toBeGreaterThan(1_900);
    expect(world.query("rate(otelcol_exporter_enqueue_failed_spans_total[1m])", 199)).toBeGreaterThan(100);
    world.act("less", 200, operate("set-sampling", "all journeys", { ratio: 0.2 })).run(300);
    expect(world.query("rate(otelcol_exporter_enqueue_failed_spans_total[30s])", 299)).toBe(0);
  });

  test("every span of the collector is somewhere: kept, lost, in its memory or not sent yet", () => {
    const tail = {
      decisionWait: duration(5_000_000),
      tracesMax: 300,
      errors: true,
      slowerThan: duration(80_000),
      ratio: 0.1,
    };
    const world = new Watched({
      faults: [],
      plant: {
        traceSampleRatio: 0.7,
        collector: {
          ...COLLECTOR,
          spansPerSecond: 150,
          queueCapacity: 300,
          memoryLimitSpans: 1_500,
          tailSampling: tail,
        },
      },
    }).run(90);
    const collector = world.engine.observability.collector as Collector;
    const { counts } = collector;
    const seen = collector.notSampled + collector.lostInProcess + counts.refusedByMemory + counts.accepted;
    const fates = { "on-its-way": 0, kept: 0, "sampled-out": 0, lost: 0 };
    for (let row = 0; row < world.engine.spans.rows; row++) fates[SPAN_FATES[collector.fates[row] ?? 0]!.kind]++;
    expect(counts.sent).toBe(fates.kept);
    expect(fates["sampled-out"] + fates.lost + fates.kept + collector.spansInMemory).toBe(seen);
    expect(counts.tracesKept).toBeGreaterThan(10);
    expect(counts.tracesDropped).toBeGreaterThan(counts.tracesKept);
    expect(collector.notSampled / seen).toBeGreaterThan(0.2);
    // Whatever failed is kept, as far as there was room.
    const failed = spanRows(world.engine).filter(({ status, row }) => status !== 0 && collector.fates[row] !== 0);
    expect(failed.filter(({ row }) => isSpanKeptBy(collector.fates[row] ?? 0)).length / failed.length).toBeGreaterThan(
      0.3,
    );
  });
});

describe("a service that drops the trace header", () => {
  const story: Story = {
    faults: one({ class: "telemetry/broken-propagation", target: "edge", trigger: "deploy-edge", parameters: {} }),
    changes: [deploy("edge", at(20))],
  };

  test("cuts traces in two: whoever it calls begins one of its own, with its own id; each span is in exactly one", () => {
    const world = new Watched(story).run(120);
    const roots = new Set(world.search(90, 110).traces.map(({ rootService }) => rootService));
    expect(roots.has("cart")).toBe(true);
    const whole = new Set(world.search(0, 15).traces.map(({ rootService }) => rootService));
    expect([...whole]).toEqual(["edge"]);
    const found = world.search(90, 110).traces;
    expect(new Set(found.map(({ traceId }) => traceId)).size).toBe(found.length);
    const shown = new Set<string>();
    for (const { traceId, spanCount } of found.slice(0, 200)) {
      const trace = world.traces.trace(traceId);
      expect(trace?.spans).toHaveLength(spanCount);
      expect(trace?.spans.filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(1);
      for (const { spanId } of trace?.spans ?? []) {
        expect(shown.has(spanId)).toBe(false);
        shown.add(spanId);
      }
    }
  });

  test("is cured by taking the version back, and by no other deploy", () => {
    const world = new Watched(story).run(100).act("back", 100, { kind: "rollback", change: "deploy-edge" }).run(240);
    const roots = new Set(world.search(200, 230).traces.map(({ rootService }) => rootService));
    expect([...roots]).toEqual(["edge"]);
  });
});

describe("clocks that are behind", () => {
  test("put children before their parents, by the offset and the drift; a time daemon sets them right", () => {
    const world = new Watched({
      faults: one({
        class: "telemetry/clock-skewed-spans",
        target: "cart",
        parameters: { offsetUs: 400_000, driftPpm: 1_000, direction: "behind" },
      }),
    }).run(90);
    const early = (from: number, to: number): number => {
      const [trace] = world.search(from, to, 1).traces;
      const spans = world.traces.trace(trace?.traceId ?? "")?.spans ?? [];
      const byId = new Map(spans.map((span) => [span.spanId, span]));
      const child = spans.find(({ service, kind }) => service === "cart" && kind === "server");
      return (child?.startUs ?? 0) - (byId.get(child?.parentSpanId ?? "")?.startUs ?? 0);
    };
    expect(early(0, 25)).toBeGreaterThan(0);
    // 400 ms behind, but for a millisecond a second and the way there.
    expect(early(60, 80)).toBeGreaterThan(-400_000);
    expect(early(60, 80)).toBeLessThan(-330_000);
    const line = world.logs.page({ fromUs: at(79), toUs: at(80), services: ["cart"], offset: 0, limit: 1 }).lines[0];
    expect(line?.timeUs).toBeLessThan(at(80) - 340_000);
    world.act("set", 90, operate("synchronize-clock", "cart")).run(130);
    expect(early(115, 128)).toBeGreaterThan(0);
  });
});

describe("metrics that mislead", () => {
  test.each(["refuse", "silence"])("an exporter that answers by %s is down, what it exports for is up", (mode) => {
    const story = { faults: one({ class: "telemetry/scrape-failure", target: "edge", parameters: { mode } }) };
    const world = new Watched(story).run(120);
    expect(world.query('sum(up{job="edge"})', 119)).toBe(0);
    expect(world.query('sum(up{job="cart"})', 119)).toBe(3);
    expect(world.query('rate(http_server_request_duration_seconds_count{job="edge"}[1m])', 119)).toBeUndefined();
    world.act("restart", 120, operate("restart-exporter", "edge")).run(160);
    expect(world.query('sum(up{job="edge"})', 159)).toBe(2);
  });

  test("a metric that the new version does not expose is gone after the deploy and back after the rollback", () => {
    const metric = 'count({__name__="http_server_request_duration_seconds_count",job="cart"})';
    const world = new Watched({
      faults: one({ class: "telemetry/missing-metric", target: "cart", trigger: "deploy-cart", parameters: {} }),
      changes: [deploy("cart", at(20))],
    }).run(200);
    expect(world.query(metric, 15)).toBeGreaterThan(0);
    expect(world.query(metric, 199)).toBeUndefined();
    expect(world.query('sum(up{job="cart"})', 199)).toBe(3);
    world.act("back", 200, { kind: "rollback", change: "deploy-cart" }).run(400);
    expect(world.query(metric, 399)).toBeGreaterThan(0);
  });

  test("counters that waver show traffic that is not there, by a large factor", () => {
    const rate = 'sum(rate(http_server_request_duration_seconds_count{job="edge"}[2m]))';
    const story = {
      faults: one({ class: "telemetry/counter-reset", target: "edge", parameters: { periodUs: 30_000_000 } }),
    };
    const world = new Watched(story).run(400);
    const twin = new Watched(story, false).run(400);
    expect((world.query(rate, 399) ?? 0) / (twin.query(rate, 399) ?? 1)).toBeGreaterThan(3);
    world.act("restart", 400, operate("restart-exporter", "edge")).run(600);
    twin.run(600);
    expect((world.query(rate, 599) ?? 0) / (twin.query(rate, 599) ?? 1)).toBeCloseTo(1, 2);
  });

  test("a dropped metric is read and not stored", () => {
    const world = new Watched({ faults: [] }).run(60);
    world.act("drop", 60, operate("drop-metric", "http_client_request_duration_seconds")).run(150);
    expect(world.query('count({__name__="http_client_request_duration_seconds_bucket"})', 149)).toBeUndefined();
    const scraped = world.query('scrape_samples_scraped{instance="edge-1:9464"}', 149) ?? 0;
    const kept = world.query('scrape_samples_post_metric_relabeling{instance="edge-1:9464"}', 149) ?? 0;
    expect(scraped - kept).toBeGreaterThan(30);
  });

  test("what is reached through an overloaded service is out of sight while that lasts", () => {
    const story = {
      faults: [
        fault({
          class: "telemetry/shared-fate",
          target: "edge",
          onset: at(30),
          until: at(150),
          parameters: { share: 0.985 },
        }),
      ],
    };
    const world = new Watched(story).run(140);
    expect(world.query("sum(up) / count(up)", 139)).toBeLessThan(0.5);
    world.run(400);
    expect(world.query("sum(up) / count(up)", 399)).toBe(1);
  });
});

describe("log lines", () => {
  test("come late and then not at all where an agent is too slow: b ÷ μ late, μ ÷ r arrive", () => {
    const story: Story = {
      faults: one({ class: "telemetry/log-loss", target: "edge", parameters: { factor: 0.1 } }),
      plant: { logShipper: { ...SHIPPER, bufferLines: 200 } },
    };
    const world = new Watched(story).run(200);
    const count = (watched: Watched, service: string, from: number, to: number): number =>
      watched.logs.page({ fromUs: at(from), toUs: at(to), services: [service], offset: 0, limit: 1 }).total;
    const twin = new Watched(story, false).run(200);
    const share = count(world, "edge", 100, 140) / count(twin, "edge", 100, 140);
    const expected = (2 * 10 * 40) / count(twin, "edge", 100, 140);
    expect(share / expected).toBeGreaterThan(0.8);
    expect(share / expected).toBeLessThan(1.2);
    expect(count(world, "edge", 185, 200)).toBe(0);
    expect(count(world, "cart", 100, 140)).toBe(count(twin, "cart", 100, 140));
    expect(world.query('fluentbit_output_dropped_records_total{service="edge"}', 199)).toBeGreaterThan(500);
    // What is found late is found by the same search that looked before.
    world.run(260);
    expect(count(world, "edge", 185, 200)).toBeGreaterThan(100);
  });

  test("of level debug drown the others until the level is set back", () => {
    const story: Story = {
      faults: one({ class: "telemetry/log-flood", target: "edge", parameters: {} }),
      plant: { logShipper: SHIPPER },
    };
    const world = new Watched(story).run(150);
    const lost = 'rate(fluentbit_output_dropped_records_total{service="edge"}[1m])';
    expect(world.query(lost, 149)).toBeGreaterThan(100);
    expect(world.query('sum(rate(log_lines_total{job="edge",level="debug"}[1m]))', 149)).toBeGreaterThan(500);
    world.act("level", 150, operate("set-log-level", "edge", { level: "info" })).run(300);
    expect(world.query(lost, 299)).toBe(0);
  });
});

describe("a checkpoint", () => {
  test("has all of the plant in it: a world goes on from it with the same fates", () => {
    const story: Story = {
      faults: [
        fault({
          id: "a",
          class: "telemetry/collector-overload",
          target: "edge",
          onset: at(10),
          parameters: { factor: 0.2 },
        }),
        fault({ id: "b", class: "telemetry/log-loss", target: "cart", onset: at(10), parameters: { factor: 0.1 } }),
        fault({
          id: "c",
          class: "telemetry/counter-reset",
          target: "cart",
          onset: at(10),
          parameters: { periodUs: 20_000_000, mode: "restart" },
        }),
        fault({
          id: "d",
          class: "telemetry/clock-skewed-spans",
          target: "cart",
          onset: at(10),
          parameters: { offsetUs: 1_000, driftPpm: 10 },
        }),
      ],
      plant: {
        collector: {
          ...COLLECTOR,
          tailSampling: { decisionWait: duration(3_000_000), tracesMax: 200, errors: true, ratio: 0.5 },
        },
        logShipper: SHIPPER,
      },
    };
    const world = new Watched(story).run(47);
    const Restored = world.engine.constructor as typeof Engine;
    const branch = Restored.restore(
      world.engine.model,
      { ...world.engine.options, sink: new MetricStore({ exemplarOf: () => undefined }) },
      world.engine.checkpoint(),
      world.engine,
    );
    world.run(90);
    branch.run(at(90));
    expect(branch.digest()).toBe(world.engine.digest());
    const fates = (of: Engine): readonly number[] => [
      ...(of.observability.collector?.fates.subarray(0, of.spans.rows) ?? []),
    ];
    expect(fates(branch)).toEqual(fates(world.engine));
    expect(branch.observability.shipper?.export().fates).toEqual(world.engine.observability.shipper?.export().fates);
    const target = world.engine.model.instances.find(({ component }) => component === "cart")?.target ?? 0;
    expect(branch.valuesOf(target)).toEqual(world.engine.valuesOf(target));
  });
});

test("a silence is for a time and for alerts that match", () => {
  const world = new Watched({ faults: [] }).run(10);
  world.act("hush", 10, operate("silence-alert", "Down", { duration: 60_000_000, service: "edge" })).run(20);
  const silences = new SilenceBook(() => world.engine.observability.silences);
  expect(silences.untilUs({ alertname: "Down", service: "edge" }, at(20))).toBeGreaterThan(at(70));
  expect(silences.untilUs({ alertname: "Down", service: "cart" }, at(20))).toBeUndefined();
  expect(silences.untilUs({ alertname: "Up", service: "edge" }, at(20))).toBeUndefined();
  expect(silences.untilUs({ alertname: "Down", service: "edge" }, at(90))).toBeUndefined();
});
