import { describe, expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import { evaluateInstant, prepareQuery } from "../../server/query/promql/query.js";
import { delayCode, delayUsOf } from "../../server/sim/observability/fates.js";
import { livingParts } from "../../server/sim/observability/seen-spans.js";
import { delayQuantileUs } from "../../server/telemetry/fate-tally.js";
import { LogStore } from "../../server/telemetry/log-store.js";
import { MetricStore } from "../../server/telemetry/metric-store.js";
import { ScrapeTally } from "../../server/telemetry/scrape-tally.js";
import { TraceStore } from "../../server/telemetry/trace-store.js";
import type { PlantSpec } from "../../server/topology/types.js";
import { identityOf, segmentOf } from "../../server/world/segment.js";
import { ledgerOf, ledgerProblems, signalOf, type AccountedWorld } from "../fixtures/ledger-agreement.js";
import { smallShop } from "../fixtures/small-shop.js";
import { at, engine, model } from "../fixtures/topology.js";

interface Played extends AccountedWorld {
  readonly query: (text: string) => number;
}

/** A small shop of which the plant has these limits, for so many seconds. */
function play(plant: Partial<PlantSpec>, seconds: number): Played {
  const shop = smallShop();
  const compiled = model({ ...shop, plant: { ...shop.plant, ...plant } }, { faults: [], changes: [] });
  const metrics = new MetricStore({ exemplarOf: () => undefined });
  const scrapes = new ScrapeTally();
  const world = engine(compiled, {
    sink: {
      scrape: (result, ...values) => {
        scrapes.hear(result);
        metrics.scrape(result, ...values);
      },
      scrapeMissed: (...missed) => {
        scrapes.missed(...missed);
      },
      targetRemoved: (...removed) => {
        metrics.targetRemoved(...removed);
      },
    },
  });
  world.run(at(seconds));
  const { spans, logs, lifecycle, versions, observability, draws } = world;
  const facts = { spans, logs, lifecycle, versions, seen: livingParts(observability), shipping: observability.shipper };
  const segment = segmentOf(1, facts, { model: compiled, draws, recordedFromUs: at(0) });
  const identity = identityOf(draws);
  const sampleRatio = compiled.topology.plant.traceSampleRatio;
  return {
    engine: world,
    logs: new LogStore({ model: compiled, identity, recent: segment.logs }),
    traces: new TraceStore({ model: compiled, identity, recent: segment.spans, sampleRatio }),
    lines: segment.logs,
    spans: segment.spans,
    scrapes: scrapes.tally,
    query: (text) => {
      const prepared = prepareQuery(text);
      if (!prepared.ok) throw new Error(text);
      const result = evaluateInstant(prepared.value, metrics, at(seconds) / 1_000);
      return result.kind === "vector" ? (result.samples[0]?.value ?? 0) : NaN;
    },
  };
}

const COLLECTOR: NonNullable<PlantSpec["collector"]> = {
  id: "otel-collector",
  batchDelay: duration(1_000_000),
  batchSpansMax: 400,
  queueCapacity: 150,
  spansPerSecond: 400,
  memoryLimitSpans: 900,
};
const SHIPPER: NonNullable<PlantSpec["logShipper"]> = {
  flush: duration(1_000_000),
  linesPerSecond: 30,
  bufferLines: 60,
  infoRatio: 0.5,
  debugLines: 0,
};

describe("a plant with every limit", () => {
  const world = play(
    {
      traceSampleRatio: 0.9,
      logLevel: "debug",
      sampleLimit: 60,
      targetLimit: 2,
      collector: {
        ...COLLECTOR,
        tailSampling: {
          decisionWait: duration(3_000_000),
          tracesMax: 10_000,
          errors: true,
          slowerThan: duration(50_000),
          ratio: 0.2,
        },
        store: { perSecond: 60, burst: 100 },
      },
      logShipper: {
        ...SHIPPER,
        debugLines: 3,
        store: {
          bytesPerSecond: 9_000,
          burstBytes: 9_000,
          lineBytesMax: 100_000,
          maxAge: duration(1_500_000),
          streamsMax: 4,
        },
      },
      profileStore: { perSecond: 0.3, burst: 4 },
    },
    42,
  );
  const ledger = ledgerOf(world, at(0), at(42));

  test("made is what was left out, lost, is on its way or kept, as the mechanisms have counted", () => {
    expect(ledgerProblems(world, at(0))).toEqual([]);
  });

  test.each([
    ["logs", ["too old", "buffer full", "rate limited", "stream limit"]],
    ["traces", ["rate limited", "memory limit"]],
    ["metrics", ["sample limit"]],
    ["profiles", ["rate limited"]],
  ] as const)("tells what each limit took of %s", (signal, reasons) => {
    const { droppedBy } = signalOf(ledger, signal);
    for (const reason of reasons)
      expect(droppedBy.find((figure) => figure.reason === reason)?.count, `${signal} ${reason}`).toBeGreaterThan(0);
  });

  test("the series of the plant say the same", () => {
    const by = (signal: "logs" | "traces" | "profiles", reason: string): number => {
      const { droppedBy, sampledOutBy } = signalOf(ledger, signal);
      return [...droppedBy, ...sampledOutBy].find((figure) => figure.reason === reason)?.count ?? 0;
    };
    // Scraped a moment before the end: the difference is what happened in between.
    const near = (query: string, count: number): void => {
      const told = world.query(query);
      expect(told, query).toBeLessThanOrEqual(count);
      expect(told, query).toBeGreaterThan(count * 0.7);
    };
    near('sum(loki_discarded_samples_total{reason="rate_limited"})', by("logs", "rate limited"));
    near('sum(loki_discarded_samples_total{reason="stream_limit"})', by("logs", "stream limit"));
    near('sum(loki_discarded_samples_total{reason="greater_than_max_sample_age"})', by("logs", "too old"));
    near("sum(fluentbit_filter_drop_records_total)", by("logs", "agent sampling"));
    near("sum(tempo_discarded_spans_total)", by("traces", "rate limited"));
    near("sum(otelcol_exporter_send_failed_spans_total)", by("traces", "rate limited"));
    near("sum(otelcol_processor_dropped_spans_total)", by("traces", "tail sampling"));
    // Processes were profiled before anything was recorded.
    const before = signalOf(ledgerOf(world, at(-60), at(42)), "profiles").dropped;
    near("sum(pyroscope_discarded_profiles_total)", before);
  });

  test("says by which policy traces were kept, and how late spans and lines came", () => {
    const { keptBy, delay } = signalOf(ledger, "traces");
    expect(keptBy.map(({ reason }) => reason).sort()).toEqual(["latency", "probabilistic"]);
    expect(delay?.medianUs).toBeGreaterThan(3_000_000);
    expect(delay?.p99Us).toBeGreaterThanOrEqual(delay?.medianUs ?? Infinity);
    expect(signalOf(ledger, "logs").delay?.medianUs).toBeLessThan(1_600_000);
  });
});

describe("retention", () => {
  const tiers = {
    metrics: { hot: 10_000_000, warm: 20_000_000 },
    logs: { warm: 30_000_000, levels: { info: 10_000_000 } },
    traces: { warm: 20_000_000 },
    profiles: { warm: 10_000_000 },
  };
  const world = play({ tiers }, 60);
  const ledger = ledgerOf(world, at(0), at(60));

  test("what is older is lost to it, and what is not is in one of the tiers", () => {
    for (const { signal, kept, droppedBy, tiers: parts } of ledger.signals) {
      expect(droppedBy.find(({ reason }) => reason === "past retention")?.count, signal).toBeGreaterThan(0);
      expect(parts.reduce((sum, tier) => sum + tier.kept, 0)).toBe(kept.count);
    }
    const { tiers: parts, answerableFromUs, rules } = signalOf(ledger, "metrics");
    expect(parts.map(({ kept }) => kept > 0)).toEqual([true, true]);
    expect([answerableFromUs, rules]).toEqual([at(40), []]);
    expect(signalOf(ledger, "logs").rules).toEqual([{ what: "level info", untilAgeUs: 10_000_000 }]);
  });
});

test("a job over its limit of targets loses its scrapes and is counted once", () => {
  const { scrapes, query, ...world } = play({ targetLimit: 1 }, 40);
  const { droppedBy } = signalOf(ledgerOf({ ...world, scrapes }, at(0), at(40)), "metrics");
  // Nothing was ever read of them, so nobody knows how much it was.
  expect(droppedBy.find(({ reason }) => reason === "target limit")?.count).toBeGreaterThan(0);
  expect(query('sum(up{job="edge"})')).toBe(0);
  expect(query('sum(up{job="prometheus"})')).toBe(1);
  expect(query("prometheus_target_scrape_pool_exceeded_target_limit_total")).toBeGreaterThan(0);
});

test("promtail has its own names", () => {
  const { query } = play({ logShipper: { ...SHIPPER, agent: "promtail" } }, 40);
  expect(query("sum(promtail_sent_entries_total)")).toBeGreaterThan(0);
  expect(query('sum(promtail_dropped_entries_total{reason="queue_full"})')).toBeGreaterThanOrEqual(0);
  expect(query("sum(fluentbit_output_proc_records_total)")).toBe(0);
});

test("delays are kept to 4 %", () => {
  for (const delayUs of [2_000_000, 17_300_000, 600_000_000])
    expect(Math.abs(delayUsOf(delayCode(delayUs)) / delayUs - 1)).toBeLessThan(0.04);
  const delays = new Uint32Array(256);
  for (let second = 1; second <= 100; second++) delays[delayCode(second * 1_000_000)]! += 1;
  expect(delayQuantileUs(delays, 0.5) / 50_000_000).toBeCloseTo(1, 1);
  expect(delayQuantileUs(delays, 0.99) / 99_000_000).toBeCloseTo(1, 1);
});
