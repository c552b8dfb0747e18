/** Faults of how calls are made, on the shop: what they do, and what ends them. */
import { describe, expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import type { Engine } from "../../server/sim/engine.js";
import {
  STATUS_CLIENT_TIMEOUT,
  STATUS_INSTANCE_STOPPED,
  STATUS_OK,
  STATUS_POOL_TIMEOUT,
} from "../../server/sim/span-status.js";
import type { WorldAction } from "../../server/sim/timeline.js";
import type { Topology } from "../../server/topology/types.js";
import { shop, withCallsOf } from "../fixtures/shop.js";
import { spanRows } from "../fixtures/span-rows.js";
import { at, deploy, engine, fault, model } from "../fixtures/topology.js";

interface Share {
  readonly count: number;
  readonly failed: number;
  readonly p50Ms: number;
  with(status: number): number;
}

/** Spans of one site that began in a stretch of seconds after noon. */
function share(world: Engine, site: string, from: number, to: number): Share {
  const rows = spanRows(world).filter(
    (row) => row.site === site && row.ended && row.startUs >= at(from) && row.startUs < at(to),
  );
  const times = rows.map(({ durationUs }) => durationUs / 1_000).sort((left, right) => left - right);
  return {
    count: rows.length,
    failed: rows.filter(({ status }) => status !== STATUS_OK).length / rows.length,
    p50Ms: times[Math.floor(rows.length / 2)] ?? NaN,
    with: (status) => rows.filter((row) => row.status === status).length / rows.length,
  };
}

describe("dependency/retry-storm", () => {
  /** A shop with more catalogue traffic than usual, whose callers give up early and try again at once. */
  const eager = (budget: boolean): Topology =>
    withCallsOf(shop(100), "catalogue", {
      timeout: duration(400_000),
      retry: { attempts: 6, backoff: duration(10_000), multiplier: 1, jitter: 0.2 },
      ...(budget ? { policy: { retryBudget: { ratio: 0.1, minPerSecond: 0, burst: 10 } } } : {}),
    });
  const storm = fault({
    class: "dependency/retry-storm",
    target: "catalogue",
    onset: at(30),
    until: at(60),
    parameters: { trigger: "capacity", share: 0.85 },
  });
  const play = (budget: boolean): Engine => {
    const world = engine(model(eager(budget), { faults: [storm] }));
    world.run(at(150));
    return world;
  };
  const site = "catalogue server GET /products/{id}";
  const edge = "edge server GET /products/{id}";

  test("without a budget the overload outlives its trigger, with one it does not", () => {
    const without = play(false);
    const withBudget = play(true);
    for (const world of [without, withBudget]) {
      expect(share(world, edge, 5, 28).failed).toBeLessThan(0.01);
      expect(share(world, edge, 40, 60).failed).toBeGreaterThan(0.3);
    }
    expect(share(without, edge, 110, 140).failed).toBeGreaterThan(0.9);
    expect(share(withBudget, edge, 110, 140).failed).toBeLessThan(0.01);
    expect(share(without, site, 110, 140).count).toBeGreaterThan(3 * share(withBudget, site, 110, 140).count);
  });

  test("calls out are at most 1 + budget times calls in, burst aside", () => {
    const world = play(true);
    const tries = spanRows(world).filter(
      (row) => row.component === "api-gateway" && row.site.includes("client GET /products"),
    );
    const retries = tries.filter(({ attempt }) => attempt > 0).length;
    expect(retries).toBeGreaterThan(50);
    // Each of the three gateways has a bucket of ten besides.
    expect(retries).toBeLessThanOrEqual(0.1 * (tries.length - retries) + 3 * 10);
  });

  test("taking the retries away ends it, another replica alone does not", () => {
    const cure = (action: WorldAction): Engine => {
      const world = engine(model(eager(false), { faults: [storm] }));
      world.act("cure", at(80), action);
      world.run(at(150));
      return world;
    };
    const none = { attempts: 1, backoff: duration(0), multiplier: 1, jitter: 0 };
    const ended = cure({ kind: "set-retry", service: "api-gateway", target: "catalogue", retry: none });
    expect(share(ended, edge, 120, 145).failed).toBeLessThan(0.02);
    const other = cure({ kind: "scale", service: "recommendation", instances: 4 });
    expect(share(other, edge, 120, 145).failed).toBeGreaterThan(0.9);
  });
});

describe("dependency/timeout-misconfigured", () => {
  const wrong = fault({
    class: "dependency/timeout-misconfigured",
    target: "order",
    onset: at(30),
    until: at(90),
    parameters: { peer: "payment", timeoutUs: 60_000 },
  });

  test("the caller gives up while the work goes on; the right time-out ends it, and so does the end of the fault", () => {
    const world = engine(model(shop(), { faults: [wrong] }));
    world.run(at(120));
    const client = "order client POST /payments";
    expect(share(world, client, 5, 28).failed).toBeLessThan(0.02);
    expect(share(world, client, 40, 85).with(STATUS_CLIENT_TIMEOUT)).toBeGreaterThan(0.9);
    expect(share(world, "payment server POST /payments", 40, 85).failed).toBeLessThan(0.02);
    expect(share(world, client, 100, 115).failed).toBeLessThan(0.02);
    const cured = engine(model(shop(), { faults: [wrong] }));
    cured.act("cure", at(50), {
      kind: "set-timeout",
      service: "order",
      target: "payment",
      timeout: duration(2_500_000),
    });
    cured.run(at(120));
    expect(share(cured, client, 60, 85).failed).toBeLessThan(0.02);
    const dependency = cured.model.dependencies.findIndex(
      ({ target, service }) => target === "payment" && cured.model.services[service]?.spec.id === "order",
    );
    expect(cured.state.timeoutUs[dependency]).toBe(2_500_000);
  });
});

describe("database/pool-exhaustion", () => {
  test("calls wait for a connection and give up; the store is well; a larger pool ends it", () => {
    const small = fault({
      class: "database/pool-exhaustion",
      target: "api-gateway",
      onset: at(30),
      parameters: { peer: "catalogue", poolSize: 1 },
    });
    const play = (cure: boolean): Engine => {
      const world = engine(model(shop(200), { faults: [small] }));
      if (cure)
        world.act("cure", at(60), { kind: "set-pool", service: "api-gateway", target: "catalogue", poolSize: 48 });
      world.run(at(100));
      return world;
    };
    const client = "api-gateway client GET /products/{id}";
    const hurt = play(false);
    expect(share(hurt, client, 5, 28).with(STATUS_POOL_TIMEOUT)).toBe(0);
    expect(share(hurt, client, 70, 98).with(STATUS_POOL_TIMEOUT)).toBeGreaterThan(0.05);
    expect(share(hurt, "catalogue server GET /products/{id}", 70, 98).p50Ms).toBeLessThan(40);
    expect(share(play(true), client, 75, 98).with(STATUS_POOL_TIMEOUT)).toBe(0);
  });
});

describe("database/connection-leak", () => {
  const leak = fault({
    class: "database/connection-leak",
    target: "user",
    onset: at(10),
    trigger: "deploy-user",
    parameters: { peer: "orders-db", ratio: 0.5 },
  });
  const play = (action?: WorldAction): Engine => {
    const change = deploy("user", at(10), { versionFrom: "3.7.1", versionTo: "3.8.0" });
    const world = engine(model(shop(250), { faults: [leak], changes: [change] }));
    if (action !== undefined) world.act("cure", at(140), action);
    world.run(at(220));
    return world;
  };

  test("connections run out with the calls that were made; going back ends it", () => {
    const client = "user client SELECT sessions";
    const hurt = play();
    expect(share(hurt, client, 0, 9).failed).toBeLessThan(0.01);
    expect(share(hurt, client, 190, 215).with(STATUS_POOL_TIMEOUT)).toBeGreaterThan(0.9);
    const back = play({ kind: "rollback", change: "deploy-user" });
    expect(share(back, client, 190, 215).failed).toBeLessThan(0.01);
  });
});

describe("network/keep-alive-mismatch", () => {
  test("now and then a call meets a closed connection and the edge answers 502; closing earlier ends it", () => {
    const short = fault({
      class: "network/keep-alive-mismatch",
      target: "web",
      onset: at(20),
      parameters: { keepAliveUs: 150_000, noticeUs: 8_000 },
    });
    const world = engine(model(shop(60), { faults: [short] }));
    world.run(at(140));
    const twin = engine(model(shop(60), { faults: [short] }), { faultsOn: false });
    twin.run(at(140));
    const client = "edge client GET /products/{id}";
    const resets = share(world, client, 25, 140).with(STATUS_INSTANCE_STOPPED);
    expect(share(twin, client, 0, 140).failed).toBeLessThan(0.005);
    expect(resets).toBeGreaterThan(0.002);
    expect(resets).toBeLessThan(0.1);
    const edge = "edge server GET /products/{id}";
    expect(share(world, edge, 25, 140).p50Ms / share(twin, edge, 25, 140).p50Ms).toBeLessThan(1.02);
    const declared = {
      connections: {
        idleTimeout: duration(100_000),
        maxLifetime: duration(0),
        notice: duration(8_000),
        balance: "request",
      },
    } as const;
    const right = engine(model(withCallsOf(shop(60), "web", { policy: declared }), { faults: [short] }));
    right.run(at(140));
    expect(share(right, client, 25, 140).with(STATUS_INSTANCE_STOPPED)).toBe(0);
  });
});
