import { describe, expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import { SPAN_STATUSES } from "../../server/sim/span-status.js";
import type { Engine } from "../../server/sim/engine.js";
import type { FaultSpec } from "../../server/sim/timeline.js";
import type { QuerySpec, StoreSpec, Topology } from "../../server/topology/types.js";
import { type SpanRow, spansOf } from "../fixtures/span-rows.js";
import {
  at,
  dependency,
  engine,
  fault,
  journey,
  model,
  ms,
  operation,
  query,
  service,
  store,
  topology,
} from "../fixtures/topology.js";

/** One service in front of a store with two tables. */
function shop(spec: { rps: number; store?: Partial<StoreSpec>; update?: Partial<QuerySpec> }): Topology {
  return topology({
    rps: spec.rps,
    services: [
      service({
        id: "front",
        kind: "edge",
        dependencies: [dependency("db", { timeout: duration(20_000_000) })],
        operations: [
          operation({
            name: "POST /update",
            steps: [{ kind: "query", store: "db", query: "update", repeat: 1, optional: false }],
          }),
          operation({
            name: "GET /read",
            steps: [{ kind: "query", store: "db", query: "read", repeat: 1, optional: false }],
          }),
        ],
      }),
    ],
    stores: [
      store({
        id: "db",
        queries: [
          query({ id: "update", operation: "UPDATE", table: "stock", cpu: ms(2), ...spec.update }),
          query({ id: "read", table: "orders", cpu: ms(2), io: ms(10) }),
        ],
        ...spec.store,
      }),
    ],
    journeys: [journey("update", "front", "POST /update", 0.5), journey("read", "front", "GET /read", 0.5)],
  });
}

const within = (spans: readonly SpanRow[], from: number, to: number): readonly SpanRow[] =>
  spans.filter(({ startUs, ended }) => ended && startUs >= at(from) && startUs < at(to));
const meanMs = (spans: readonly SpanRow[]): number =>
  spans.reduce((sum, { durationUs }) => sum + durationUs, 0) / spans.length / 1_000;
const named = (spans: readonly SpanRow[], name: string): number =>
  spans.filter(({ status }) => SPAN_STATUSES[status]?.name === name).length;

function run(spec: Topology, faults: readonly FaultSpec[], seconds: number): Engine {
  const world = engine(model(spec, { faults }));
  world.run(at(seconds));
  return world;
}

describe("locks", () => {
  test("statements on one hot row are a line with one server: M/D/1", () => {
    // 80 updates a second of 10 ms each (8 ms held beyond the 2 ms of work): load 0.8, mean wait ρ/(2(1−ρ)) · 10 ms.
    const hot = fault({
      class: "database/hot-partition",
      target: "db",
      onset: at(-60),
      parameters: { query: "update", ratio: 1, holdUs: 8_000 },
    });
    const world = run(shop({ rps: 160 }), [hot], 600);
    const waitMs = meanMs(within(spansOf(world, "client UPDATE stock"), 60, 595)) - 10;
    expect(waitMs).toBeGreaterThan(20 * 0.85);
    expect(waitMs).toBeLessThan(20 * 1.15);
    expect(meanMs(within(spansOf(world, "client SELECT orders"), 60, 595))).toBeCloseTo(12, 0);
  });

  test("a lock on a table stops every statement on it until it is released, and none on another", () => {
    const held = fault({
      class: "database/lock-contention",
      target: "db",
      onset: at(20),
      until: at(25),
      parameters: { table: "stock", by: "schema-change", durationUs: 1_000 },
    });
    const world = run(shop({ rps: 40 }), [held], 60);
    const stopped = within(spansOf(world, "client UPDATE stock"), 20.1, 25);
    expect(stopped.length).toBeGreaterThan(60);
    for (const span of stopped) expect(span.startUs + span.durationUs).toBeGreaterThanOrEqual(at(25));
    expect(
      Math.max(...within(spansOf(world, "client UPDATE stock"), 25.1, 58).map(({ durationUs }) => durationUs)),
    ).toBeLessThan(5_000);
    expect(meanMs(within(spansOf(world, "client SELECT orders"), 20, 25))).toBeCloseTo(12, 0);
  });

  test("ending the blocking sessions releases it", () => {
    const held = fault({
      class: "database/lock-contention",
      target: "db",
      onset: at(20),
      parameters: { table: "stock", by: "schema-change", durationUs: 1_000 },
    });
    const world = engine(model(shop({ rps: 40 }), { faults: [held] }));
    world.run(at(30));
    world.act("kill", at(30), { kind: "operate", operation: "kill-blocking-sessions", target: "db", values: {} });
    world.run(at(45));
    const ends = within(spansOf(world, "client UPDATE stock"), 21, 30).map(
      ({ startUs, durationUs }) => startUs + durationUs,
    );
    expect(Math.min(...ends)).toBeGreaterThanOrEqual(at(32));
    expect(Math.max(...ends)).toBeLessThan(at(32.5));
  });

  test("a lock time-out gives up who waits", () => {
    const held = fault({
      class: "database/lock-contention",
      target: "db",
      onset: at(20),
      parameters: { table: "stock", by: "schema-change", durationUs: 1_000 },
    });
    const world = run(
      shop({ rps: 40, store: { locks: { timeout: duration(500_000), deadlockTimeout: duration(1_000_000) } } }),
      [held],
      40,
    );
    const spans = within(spansOf(world, "client UPDATE stock"), 21, 38);
    expect(named(spans, "lock-timeout")).toBe(spans.length);
    expect(meanMs(spans)).toBeCloseTo(500, -1);
  });

  test("rows taken in no order lead to deadlocks, which are found and end", () => {
    const locks = { timeout: duration(3_000_000), deadlockTimeout: duration(1_000_000) };
    const spec = shop({ rps: 80, store: { locks }, update: { rows: 4, unordered: true, io: ms(25) } });
    const world = run(spec, [], 180);
    const spans = spansOf(world, "client UPDATE stock");
    const deadlocked = named(within(spans, 5, 175), "deadlock");
    expect(deadlocked).toBeGreaterThan(0);
    expect(deadlocked).toBe(within(spans, 5, 175).filter(({ status }) => status === 19).length);
    // Nobody waits for ever: what began ten seconds before the end has ended.
    expect(spans.filter(({ startUs, ended }) => !ended && startUs < at(165))).toEqual([]);
  });
});

describe("fail-over", () => {
  test("nobody is served while another primary is promoted; then memory is cold and warms up", () => {
    const lost = fault({
      class: "database/failover",
      target: "db",
      onset: at(30),
      parameters: { downUs: 10_000_000, coldFactor: 5, coldUs: 40_000_000 },
    });
    const world = run(shop({ rps: 40 }), [lost], 120);
    const reads = spansOf(world, "client SELECT orders");
    expect(named(within(reads, 30.1, 40), "connection-refused")).toBe(within(reads, 30.1, 40).length);
    expect(meanMs(within(reads, 40.1, 45))).toBeGreaterThan(40);
    expect(meanMs(within(reads, 58, 62))).toBeLessThan(40);
    expect(meanMs(within(reads, 82, 118))).toBeCloseTo(12, 0);
  });

  test("a promoted member that refuses writes does so until somebody fails over again", () => {
    const failed = fault({
      class: "database/failover",
      target: "db",
      onset: at(10),
      parameters: { downUs: 5_000_000, coldFactor: 1, coldUs: 1_000_000, outcome: "read-only" },
    });
    const world = engine(model(shop({ rps: 40 }), { faults: [failed] }));
    world.run(at(40));
    world.act("again", at(40), { kind: "operate", operation: "fail-over", target: "db", values: {} });
    world.run(at(80));
    const updates = spansOf(world, "client UPDATE stock");
    expect(named(within(updates, 16, 40), "read-only")).toBe(within(updates, 16, 40).length);
    expect(named(within(spansOf(world, "client SELECT orders"), 16, 40), "ok")).toBe(
      within(spansOf(world, "client SELECT orders"), 16, 40).length,
    );
    expect(named(within(updates, 62, 78), "ok")).toBe(within(updates, 62, 78).length);
  });
});

describe("replicas", () => {
  test("who reads what was just written does not find it while the replica is behind", () => {
    const spec = shop({ rps: 200 });
    const few = { ...spec, load: { ...spec.load, users: { count: 50, zipf: 0 } } };
    const lag = fault({
      class: "database/replication-lag",
      target: "db",
      onset: at(20),
      parameters: { query: "read", lagUs: 300_000 },
    });
    const world = run(few, [lag], 120);
    const reads = within(spansOf(world, "client SELECT orders"), 25, 118);
    // 100 writes a second by 50 users: the last write of a reader is less than 0.3 s old with 1 − exp(−2 · 0.3).
    expect(named(reads, "stale-read") / reads.length).toBeCloseTo(1 - Math.exp(-0.6), 1);
    expect(named(within(spansOf(world, "client SELECT orders"), 0, 20), "stale-read")).toBe(0);
  });

  test("they fall behind by what they cannot repeat in time", () => {
    const replicas = { count: 1, applyRowsPerSecond: 40, delay: duration(0) };
    const spec = shop({ rps: 100, store: { replicas } });
    const reading = {
      ...spec,
      stores: spec.stores.map((one) => ({
        ...one,
        queries: one.queries.map((q) => (q.id === "read" ? { ...q, readFrom: "replica" as const } : q)),
      })),
    };
    const world = run(reading, [], 100);
    // 50 writes a second against 40: a quarter of a second for each second.
    const lagSeconds = world.parts.walk.databases.statements.replicationLagUs(0, world.now) / 1e6;
    expect(lagSeconds).toBeGreaterThan(30);
    expect(lagSeconds).toBeLessThan(50);
  });
});

test("a missing index multiplies the work of its query, and building one ends that", () => {
  const missing = fault({
    class: "database/missing-index",
    target: "db",
    onset: at(10),
    parameters: { query: "read", factor: 9 },
  });
  const world = engine(model(shop({ rps: 20 }), { faults: [missing] }));
  world.run(at(40));
  world.act("index", at(40), { kind: "operate", operation: "add-index", target: "db", values: { query: "read" } });
  world.run(at(160));
  const reads = spansOf(world, "client SELECT orders");
  expect(meanMs(within(reads, 0, 10))).toBeCloseTo(12, 0);
  expect(meanMs(within(reads, 11, 40))).toBeCloseTo(9 * 2 + 10, 0);
  expect(meanMs(within(reads, 131, 158))).toBeCloseTo(12, 0);
  expect(meanMs(within(spansOf(world, "client UPDATE stock"), 11, 40))).toBeCloseTo(2, 0);
});

test("shards share the cores, and one key is one shard's", () => {
  const spec = shop({ rps: 100, store: { shards: 4, cores: 4 } });
  const world = run(spec, [], 60);
  const busy = [0, 1, 2, 3].map((shard) => world.state.processors.busyUs(world.state.storeCpu(0) + shard, world.now));
  const all = busy.reduce((sum, us) => sum + us, 0);
  expect(all).toBeCloseTo(world.state.storeBusyUs(0, world.now), 3);
  for (const us of busy) expect(us / all).toBeGreaterThan(0.1);
});
