import { expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import type { Engine } from "../../server/sim/engine.js";
import {
  STATUS_CLIENT_TIMEOUT,
  STATUS_DEPENDENCY_TIMEOUT,
  STATUS_OK,
  STATUS_OVERLOADED,
  STATUS_POOL_TIMEOUT,
  STATUS_TOO_MANY_CLIENTS,
} from "../../server/sim/span-status.js";
import type { Topology } from "../../server/topology/types.js";
import { frontAndBack } from "../fixtures/front-and-back.js";
import { spansOf } from "../fixtures/span-rows.js";
import {
  at,
  dependency,
  engine,
  external,
  journey,
  model,
  ms,
  operation,
  query,
  service,
  store,
  topology,
} from "../fixtures/topology.js";

function run(spec: Topology, seconds: number): Engine {
  const world = engine(model(spec));
  world.run(at(seconds));
  return world;
}

test("a call takes both ways of the network and the work; children lie within their parents", () => {
  const world = run(frontAndBack({ rps: 5 }), 10);
  for (const { durationUs, status } of spansOf(world, "server GET /work")) {
    expect(durationUs).toBe(20_000);
    expect(status).toBe(STATUS_OK);
  }
  const calls = spansOf(world, "client GET /work");
  expect(calls.length).toBeGreaterThan(20);
  for (const { durationUs } of calls) expect(durationUs).toBe(22_000);
});

test("a caller that times out tries again and gives up; the server goes on working and its late answer means nothing", () => {
  const policy = {
    timeout: duration(10_000),
    retry: { attempts: 3, backoff: duration(5_000), multiplier: 2, jitter: 0 },
  };
  const world = run(frontAndBack({ rps: 2, call: policy }), 20);
  const roots = spansOf(world, "front server GET /");
  expect(roots.length).toBeGreaterThan(10);
  for (const root of roots) {
    // Three tries of 10 ms, waits of 5 and 10 ms between them.
    expect(root.durationUs).toBe(45_000);
    expect(root.status).toBe(STATUS_DEPENDENCY_TIMEOUT);
  }
  const tries = spansOf(world, "client GET /work");
  expect(tries.length).toBe(roots.length * 3);
  expect(new Set(tries.map(({ status }) => status))).toEqual(new Set([STATUS_CLIENT_TIMEOUT]));
  expect(tries.filter(({ attempt }) => attempt === 2).length).toBe(roots.length);
  const works = spansOf(world, "server GET /work").filter(({ ended }) => ended);
  for (const { status, durationUs } of works) expect([status, durationUs]).toEqual([STATUS_OK, 20_000]);
  expect(world.state.frames.inUse).toBeLessThan(5);
});

test("a pool bounds the calls under way; who waits too long for a connection fails with pool-timeout", () => {
  const policy = { poolSize: 2, acquireTimeout: duration(50_000) };
  const world = run(frontAndBack({ rps: 200, call: policy, work: ms(18) }), 10);
  const calls = spansOf(world, "client GET /work").filter(({ ended }) => ended);
  const failed = calls.filter(({ status }) => status === STATUS_POOL_TIMEOUT);
  const served = calls.filter(({ status }) => status === STATUS_OK);
  expect(failed.length).toBeGreaterThan(100);
  for (const { durationUs } of failed) expect(durationUs).toBe(50_000);
  // Two connections of 20 ms each serve 100 calls a second, no more.
  expect(served.length / 10).toBeGreaterThan(97);
  expect(served.length / 10).toBeLessThanOrEqual(100.5);
  expect(Math.max(...served.map(({ waitUs }) => waitUs))).toBeLessThanOrEqual(50_000);
});

test("a full queue answers 503 at once", () => {
  const world = run(frontAndBack({ rps: 200, back: { workers: 1, queueCapacity: 5 } }), 10);
  const handled = spansOf(world, "server GET /work");
  const refused = handled.filter(({ status }) => status === STATUS_OVERLOADED);
  expect(refused.length).toBeGreaterThan(1_000);
  for (const { durationUs } of refused) expect(durationUs).toBe(0);
  for (const { waitUs } of handled) expect(waitUs).toBeLessThanOrEqual(5 * 20_000);
});

test("an optional step that fails lets the request go on", () => {
  const front = service({
    id: "front",
    kind: "edge",
    operations: [
      operation({
        name: "GET /",
        steps: [{ kind: "external", external: "bank", operation: "POST /charges", optional: true }],
      }),
    ],
  });
  const world = run(
    topology({
      rps: 20,
      services: [front],
      externals: [external("bank", ms(5), 1)],
      journeys: [journey("all", "front", "GET /")],
    }),
    5,
  );
  expect(spansOf(world, "client POST").every(({ status }) => status !== STATUS_OK)).toBe(true);
  expect(spansOf(world, "server GET /").every(({ status }) => status === STATUS_OK)).toBe(true);
});

test("a store refuses connections over its limit", () => {
  const front = service({
    id: "front",
    kind: "edge",
    operations: [
      operation({ name: "GET /", steps: [{ kind: "query", store: "db", query: "rows", repeat: 1, optional: false }] }),
    ],
    dependencies: [dependency("db", { poolSize: 50 })],
  });
  const db = store({ id: "db", connectionLimit: 3, queries: [query({ id: "rows", cpu: ms(1), io: ms(100) })] });
  const world = run(
    topology({ rps: 100, services: [front], stores: [db], journeys: [journey("all", "front", "GET /")] }),
    5,
  );
  expect(world.state.storeConnections[0]).toBe(3);
  expect(spansOf(world, "client SELECT").some(({ status }) => status === STATUS_TOO_MANY_CLIENTS)).toBe(true);
});

test("branches run side by side and the step ends with the slowest", () => {
  const branch = (name: string) =>
    [{ kind: "external", external: name, operation: "POST /charges", optional: false }] as const;
  const front = service({
    id: "front",
    kind: "edge",
    operations: [operation({ name: "GET /", steps: [{ kind: "parallel", branches: [branch("a"), branch("b")] }] })],
  });
  const world = run(
    topology({
      rps: 20,
      services: [front],
      externals: [external("a", ms(30)), external("b", ms(70))],
      journeys: [journey("all", "front", "GET /")],
    }),
    5,
  );
  const ended = spansOf(world, "server GET /").filter(({ ended }) => ended);
  expect(ended.length).toBeGreaterThan(50);
  for (const { durationUs } of ended) expect(durationUs).toBe(70_000);
});
