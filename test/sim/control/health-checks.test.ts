/** Health checks: what they see, what follows, and what they cost. */
import { describe, expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { Engine } from "../../../server/sim/engine.js";
import { STATUS_OK } from "../../../server/sim/span-status.js";
import type { HealthCheckSpec, HealthSpec } from "../../../server/topology/health-spec.js";
import type { ServiceSpec, Topology } from "../../../server/topology/types.js";
import { spansOf } from "../../fixtures/span-rows.js";
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
} from "../../fixtures/topology.js";

const check = (spec: Partial<HealthCheckSpec> = {}): HealthCheckSpec => ({
  kind: "request",
  every: duration(2_000_000),
  timeout: duration(500_000),
  failures: 3,
  successes: 1,
  worker: true,
  cpu: ms(0.2),
  asks: [],
  ...spec,
});

/** Two instances that ask a database; its answers take `io`. */
function pair(health: Partial<HealthSpec>, spec: Partial<ServiceSpec> = {}): Topology {
  return topology({
    rps: 20,
    services: [
      service({
        id: "web",
        kind: "edge",
        instances: 2,
        startup: duration(5_000_000),
        dependencies: [dependency("db")],
        operations: [
          operation({
            name: "GET /",
            steps: [
              { kind: "cpu", time: ms(1) },
              { kind: "query", store: "db", query: "read", repeat: 1, optional: false },
            ],
          }),
        ],
        health: { panicShare: 0, ...health },
        ...spec,
      }),
    ],
    stores: [store({ id: "db", queries: [query({ id: "read", io: ms(20) })] })],
    journeys: [journey("all", "web", "GET /")],
  });
}

const slowDatabase = fault({
  class: "dependency/slow",
  target: "db",
  onset: at(10),
  until: at(40),
  parameters: { latencyUs: 800_000 },
});

const restarts = (world: Engine): number =>
  world.lifecycle.filter(({ template }) => world.model.logTemplates[template]?.message.startsWith("process ended"))
    .length;
const failedShare = (world: Engine, from: number, to: number): number => {
  const rows = spansOf(world, "web server").filter(({ startUs }) => startUs >= at(from) && startUs < at(to));
  return rows.filter(({ status }) => status !== STATUS_OK).length / rows.length;
};
const ready = (world: Engine): number => world.state.upCount[0] ?? NaN;

describe("liveness", () => {
  test("that asks a slow database ends every process again and again; one that asks nobody ends none", () => {
    const deep = engine(model(pair({ liveness: check({ asks: ["db"] }) }), { faults: [slowDatabase] }));
    const shallow = engine(model(pair({ liveness: check() }), { faults: [slowDatabase] }));
    for (const world of [deep, shallow]) world.run(at(40));
    expect(restarts(deep)).toBeGreaterThanOrEqual(4);
    expect(failedShare(deep, 15, 40)).toBeGreaterThan(0.3);
    expect(restarts(shallow)).toBe(0);
    expect(failedShare(shallow, 15, 40)).toBe(0);
    deep.run(at(110));
    expect(failedShare(deep, 100, 110)).toBe(0);
  });

  test("waits in the line for workers, unless it has a thread of its own", () => {
    // 20 requests a second of 150 ms at two instances with one worker each: three times what they can do.
    const slow = fault({
      class: "dependency/slow",
      target: "db",
      onset: at(0),
      parameters: { latencyUs: 300_000 },
    });
    const run = (worker: boolean): Engine => {
      const world = engine(
        model(pair({ liveness: check({ worker }) }, { workers: 1, queueCapacity: 20 }), { faults: [slow] }),
      );
      world.run(at(30));
      return world;
    };
    expect(restarts(run(true))).toBeGreaterThan(0);
    expect(restarts(run(false))).toBe(0);
  });

  test("that begins before a process can have started never lets it start", () => {
    const kill = fault({ class: "platform/instance-killed", target: "web", onset: at(5), parameters: {} });
    const early = check({ initialDelay: duration(500_000), every: duration(1_000_000) });
    const world = engine(model(pair({ liveness: early }), { faults: [kill] }));
    world.run(at(70));
    expect(ready(world)).toBe(0);
    // At once, then after 10, 20, 40 s and so on.
    expect(restarts(world)).toBeLessThan(12);
    const patient = engine(model(pair({ liveness: check() }), { faults: [kill] }));
    patient.run(at(70));
    expect(ready(patient)).toBe(2);
  });
});

describe("readiness", () => {
  test("takes a process out of balancing and puts it back; fresh ones get requests when they have said so", () => {
    const world = engine(model(pair({ readiness: check({ asks: ["db"] }) }), { faults: [slowDatabase] }));
    world.run(at(9));
    expect(ready(world)).toBe(2);
    world.run(at(20));
    expect(ready(world)).toBe(0);
    expect(restarts(world)).toBe(0);
    world.run(at(45));
    expect(ready(world)).toBe(2);
  });

  test("below the panic share all get requests all the same", () => {
    const world = engine(
      model(pair({ readiness: check({ asks: ["db"] }), panicShare: 0.6 }), { faults: [slowDatabase] }),
    );
    world.run(at(20));
    expect(ready(world)).toBe(2);
    expect(world.state.withheld[0]).toBe(1);
  });
});

test("a check leaves neither spans nor counts of requests, and takes its time at the database", () => {
  const quiet = engine(
    model({ ...pair({ readiness: check({ asks: ["db"], every: duration(100_000) }) }), journeys: [] }),
  );
  quiet.run(at(10));
  expect(quiet.spans.rows).toBe(0);
  expect(restarts(quiet)).toBe(0);
  // Twice ten checks a second for seventy seconds of one millisecond each.
  expect(quiet.state.storeBusyUs(0, at(10)) / 1e6).toBeCloseTo(1.4, 1);
});

test("a world with checks goes on from a checkpoint as it would have", () => {
  const timeline = { faults: [slowDatabase] };
  const made = (): Engine =>
    engine(model(pair({ liveness: check({ asks: ["db"] }), readiness: check({ asks: ["db"] }) }), timeline));
  const whole = made();
  whole.run(at(60));
  const first = made();
  first.run(at(23.4));
  const resumed = Engine.restore(first.model, first.options, first.checkpoint(), first);
  resumed.run(at(60));
  expect(resumed.digest()).toBe(whole.digest());
});
