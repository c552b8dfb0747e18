/** A whole world, history included, whose plant loses and delays what it carries. */
import { beforeAll, describe, expect, test } from "vitest";
import { duration, minutes, simTime } from "../../server/base/time.js";
import type { Scenario } from "../../server/scenario/types.js";
import type { FaultSpec } from "../../server/sim/timeline.js";
import { HistoryBuilder, recentFrom } from "../../server/world/history.js";
import { World } from "../../server/world/world.js";
import { loadScenario, PLAY_TIME_LIMIT_MS } from "../scenarios/play.js";

const base = loadScenario("slow-baskets");
const SECOND = 1_000_000;

const faultAt = (spec: Omit<FaultSpec, "id" | "shape" | "onset"> & { readonly seconds: number }): FaultSpec => {
  const { seconds, ...rest } = spec;
  return { id: rest.class, shape: "step", onset: simTime(base.startsAt + seconds * SECOND), ...rest };
};

/** The shop with a collector and log agents, a short time before the page, and no other faults. */
const scenario: Scenario = {
  ...base,
  history: minutes(3),
  recent: minutes(2),
  changes: [],
  faults: [
    faultAt({ class: "telemetry/collector-overload", target: "edge", seconds: 0, parameters: { factor: 0.01 } }),
    faultAt({
      class: "telemetry/clock-skewed-spans",
      target: "order",
      seconds: -30,
      parameters: { offsetUs: 2_000_000 },
    }),
    faultAt({
      class: "telemetry/alert-storm",
      target: "edge",
      seconds: 0,
      parameters: { alert: "CheckoutLatencyHigh", threshold: 0.0001 },
    }),
  ],
  topology: {
    ...base.topology,
    plant: {
      ...base.topology.plant,
      retention: duration(150 * SECOND),
      clocks: [{ service: "cart", offsetUs: 500_000, driftPpm: 0 }],
      collector: {
        id: "otel-collector",
        batchDelay: duration(2 * SECOND),
        batchSpansMax: 50_000,
        queueCapacity: 20_000,
        spansPerSecond: 5_000,
        memoryLimitSpans: 100_000,
      },
      logShipper: {
        flush: duration(SECOND),
        linesPerSecond: 5_000,
        bufferLines: 50_000,
        infoRatio: 0.5,
        debugLines: 0,
      },
    },
  },
};

describe("a world with a collector", () => {
  let world: World;
  const now = base.startsAt;
  beforeAll(() => {
    world = World.create(scenario, { seed: "plant", actions: [], faults: true });
    world.advance(now);
    const history = new HistoryBuilder(scenario, "plant");
    while (!history.done) history.step();
    world.attachHistory(structuredClone(history.export()));
  }, PLAY_TIME_LIMIT_MS);

  const search = (from: number, to: number, limit = 1_000) =>
    world.queries.traces({ fromUs: now + from * SECOND, toUs: now + to * SECOND, limit, order: "newest" });

  test("keeps all traces of the history and of the recent part, but for what is still on its way", () => {
    const cut = (recentFrom(scenario) - now) / SECOND;
    expect(search(cut - 30, cut - 10).total / search(cut + 10, cut + 30).total).toBeCloseTo(1, 0);
    expect(search(-1, 0).total).toBe(0);
    expect(search(-10, -8).total).toBeGreaterThan(50);
  });

  test("shows the clocks of its processes in both parts", () => {
    const cut = (recentFrom(scenario) - now) / SECOND;
    const ahead = (from: number, to: number, service: string): number[] => {
      const { traces } = search(from, to, 60);
      return traces.flatMap(({ traceId }) => {
        const spans = world.queries.trace(traceId)?.spans ?? [];
        const child = spans.find((span) => span.service === service && span.kind === "server");
        const parent = spans.find(({ spanId }) => spanId === child?.parentSpanId);
        return child === undefined || parent === undefined ? [] : [(child.startUs - parent.startUs) / SECOND];
      });
    };
    for (const offset of [...ahead(cut - 30, cut - 10, "cart"), ...ahead(cut + 10, cut + 30, "cart")]) {
      expect(offset).toBeGreaterThan(0.49);
      expect(offset).toBeLessThan(0.7);
    }
    expect(Math.max(...ahead(-20, -10, "order"))).toBeLessThan(-1.5);
  });

  test("samples half of the lines that are not warnings", () => {
    const lines = world.queries.logHistogram({
      fromUs: now - 100 * SECOND,
      toUs: now - 5 * SECOND,
      buckets: 1,
    }).buckets;
    const found = lines.reduce((sum, { counts }) => sum + counts.info, 0);
    const answer = world.queries.prometheus("query", {
      query: ['sum(increase(log_lines_total{level="info"}[95s]))'],
      time: [String((now - 5 * SECOND) / 1e6)],
    });
    const body = answer.body as { data: { result: { value: [number, string] }[] } };
    expect(found / Number(body.data.result[0]?.value[1])).toBeGreaterThan(0.45);
    expect(found / Number(body.data.result[0]?.value[1])).toBeLessThan(0.55);
  });

  test("answers no metric that is older than its retention", () => {
    const at = (minute: number): number => {
      const answer = world.queries.prometheus("query", {
        query: ["count(up)"],
        time: [String((now + minute * 60 * SECOND) / 1e6)],
      });
      return (answer.body as { data: { result: unknown[] } }).data.result.length;
    };
    expect(at(-2.3)).toBe(1);
    expect(at(-2.6)).toBe(0);
  });

  test("head series do not step at the cut", () => {
    const answer = world.queries.prometheus("query_range", {
      query: ["prometheus_tsdb_head_series"],
      start: [String((recentFrom(scenario) - 60 * SECOND) / 1e6)],
      end: [String((recentFrom(scenario) + 60 * SECOND) / 1e6)],
      step: ["3"],
    });
    const body = answer.body as { data: { result: { values: [number, string][] }[] } };
    const values = (body.data.result[0]?.values ?? []).map(([, value]) => Number(value));
    expect(values.length).toBeGreaterThan(20);
    expect(Math.max(...values) / Math.min(...values)).toBeLessThan(1.1);
  });

  test(
    "a collector that falls behind hides what is new; a changed threshold fires; users are as in the twin",
    () => {
      expect(search(-40, -20).total).toBeGreaterThan(500);
      world.advance(simTime(now + 180 * SECOND));
      const shown = search(150, 180).total;
      expect(shown).toBeLessThan(100);
      // What is older than the retention is gone.
      expect(search(-40, -20).total).toBe(0);
      const alert = world.queries.alerts().rules.find(({ name }) => name === "CheckoutLatencyHigh");
      expect(alert?.expr).toMatch(/0\.0001$/);
      expect(alert?.state).not.toBe("inactive");
      const twin = World.create(scenario, { seed: "plant", actions: [], faults: false });
      twin.advance(simTime(now + 180 * SECOND));
      expect(twin.queries.alerts().rules.find(({ name }) => name === "CheckoutLatencyHigh")?.state).toBe("inactive");
      const hurt = (of: World): number =>
        of.queries
          .impact()
          .minutes.slice(-5)
          .reduce((sum, minute) => sum + minute.hurt, 0);
      expect(hurt(world)).toBe(hurt(twin));
      expect(world.spans.rows).toBe(twin.spans.rows);
      world.act(
        "hush",
        { kind: "operate", operation: "silence-alert", target: "CheckoutLatencyHigh", values: {} },
        world.nowUs,
      );
      world.advance(simTime(now + 200 * SECOND));
      const hushed = world.queries.alerts().rules.find(({ name }) => name === "CheckoutLatencyHigh")?.alerts ?? [];
      expect(hushed.every(({ silencedUntilUs }) => (silencedUntilUs ?? 0) > world.nowUs)).toBe(true);
      expect(hushed.length).toBeGreaterThan(0);
      const profile = world.queries.profile({
        kind: "cpu",
        service: "cart",
        fromUs: now - 240 * SECOND,
        toUs: world.nowUs,
      });
      expect(profile.length).toBeGreaterThan(2);
    },
    PLAY_TIME_LIMIT_MS,
  );
});
