/** Faults of caches and what ends them: hit rates, the load behind the cache, who waits for whom. */
import { describe, expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import type { Engine } from "../../server/sim/engine.js";
import { planAction } from "../../server/sim/action-plan.js";
import {
  STATUS_CLIENT_TIMEOUT,
  STATUS_CONNECTION_REFUSED,
  STATUS_DEPENDENCY_TIMEOUT,
  STATUS_OK,
} from "../../server/sim/span-status.js";
import type { FaultSpec, WorldAction } from "../../server/sim/timeline.js";
import type { KeyspaceSpec, Topology } from "../../server/topology/types.js";
import { smallShop } from "../fixtures/small-shop.js";
import { spansBegun } from "../fixtures/span-rows.js";
import {
  at,
  cache,
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

const queries = (world: Engine, from: number, to: number): number =>
  spansBegun(world, "client SELECT products", from, to).length;

function world(spec: Topology, faults: readonly FaultSpec[], options: { faultsOn?: boolean } = {}): Engine {
  return engine(model(spec, { faults }), options);
}

const operate = (
  operation: string,
  target: string,
  values: Record<string, number | string | boolean>,
): WorldAction => ({
  kind: "operate",
  operation,
  target,
  values,
});

/** One page with a few popular items behind a cache; building one takes 400 ms. */
function popularPage(keyspace: Partial<KeyspaceSpec> = {}): Topology {
  const item: KeyspaceSpec = { id: "item", keys: 5, zipf: 1, timeToLive: duration(20_000_000), ...keyspace };
  const page = service({
    id: "page",
    kind: "edge",
    instances: 2,
    dependencies: [dependency("items", { timeout: duration(250_000) }), dependency("db")],
    operations: [
      operation({
        name: "GET /",
        steps: [
          {
            kind: "cache",
            cache: "items",
            keyspace: "item",
            onMiss: [{ kind: "query", store: "db", query: "item", repeat: 1, optional: false }],
          },
        ],
      }),
    ],
  });
  return topology({
    rps: 150,
    services: [page],
    stores: [store({ id: "db", queries: [query({ id: "item", table: "products", io: ms(400, 0.2) })] })],
    caches: [cache({ id: "items", keyspaces: [item] })],
    journeys: [journey("all", "page", "GET /")],
  });
}

describe("cache/stampede", () => {
  const stampede = fault({
    class: "cache/stampede",
    target: "items",
    onset: at(60),
    parameters: { everyUs: 10_000_000 },
  });

  test("without single flight a popular entry that ends is rebuilt by everybody; with it about once", () => {
    const count = (keyspace: Partial<KeyspaceSpec>): number => {
      const page = world(popularPage(keyspace), [stampede]);
      page.run(at(120));
      for (const { status } of spansBegun(page, "edge", 60, 119)) expect(status).toBe(STATUS_OK);
      return queries(page, 60, 120);
    };
    const alone = count({});
    const perProcess = count({ singleFlight: "process" });
    const shared = count({ singleFlight: "shared" });
    expect(alone / perProcess).toBeGreaterThan(4);
    expect(alone / shared).toBeGreaterThan(9);
    // Six rounds, five entries, one query each; never more than one at a time for an entry.
    expect(shared).toBeLessThanOrEqual(7 * 5);
  });

  test("the blow falls once at the onset; a healthy twin knows nothing of it", () => {
    const once = fault({ class: "cache/stampede", target: "items", onset: at(60), parameters: { keyspace: "item" } });
    const hurt = world(popularPage({ timeToLive: duration(3_600_000_000) }), [once]);
    const twin = world(popularPage({ timeToLive: duration(3_600_000_000) }), [once], { faultsOn: false });
    hurt.run(at(120));
    twin.run(at(120));
    expect(queries(hurt, 60, 62)).toBeGreaterThan(40);
    expect(queries(hurt, 70, 120)).toBe(0);
    expect(queries(twin, 60, 120)).toBe(0);
  });

  test("an order for single flight ends it while the entries go on ending together", () => {
    const page = world(popularPage(), [stampede]);
    const order = operate("set-single-flight", "items", { keyspace: "item", scope: "shared" });
    expect(planAction(page, order).ok).toBe(true);
    page.run(at(90));
    page.act("single-flight", at(90), order);
    page.run(at(150));
    expect(queries(page, 65, 95) / queries(page, 105, 135)).toBeGreaterThan(5);
  });

  test("when the one who rebuilds fails, all who wait for it fail with it, and the next request tries anew", () => {
    const spec = popularPage({ singleFlight: "shared", timeToLive: duration(2_000_000) });
    const slow = {
      ...spec,
      stores: [store({ id: "db", queries: [query({ id: "item", table: "products", io: ms(90_000) })] })],
    };
    const impatient = {
      ...slow,
      services: slow.services.map((one) => ({
        ...one,
        dependencies: [dependency("items"), dependency("db", { timeout: duration(300_000) })],
      })),
    };
    const page = world(impatient, []);
    page.run(at(30));
    const tries = spansBegun(page, "client SELECT products", 0, 29);
    expect(new Set(tries.map(({ status }) => status))).toEqual(new Set([STATUS_CLIENT_TIMEOUT]));
    // Five keys, one try of 300 ms at a time each.
    expect(tries.length).toBeLessThanOrEqual(5 * Math.ceil(29 / 0.3));
    expect(tries.length).toBeGreaterThan(100);
    const pages = spansBegun(page, "server GET /", 5, 28);
    expect(pages.length).toBeGreaterThan(3_000);
    for (const { status, durationUs } of pages) {
      expect(status).toBe(STATUS_DEPENDENCY_TIMEOUT);
      expect(durationUs).toBeLessThan(310_000);
    }
  });

  test("a process that is killed while it rebuilds leaves nobody waiting", () => {
    const page = world(popularPage({ singleFlight: "shared", timeToLive: duration(1_000_000) }), []);
    page.run(at(20));
    page.act("restart", at(20), { kind: "restart", service: "page" });
    page.run(at(140));
    const answered = spansBegun(page, "server", 100, 139);
    expect(answered.filter(({ status }) => status === STATUS_OK).length).toBeGreaterThan(5_000);
    expect(page.state.frames.inUse).toBeLessThan(400);
  });
});

describe("cache/cache-disabled", () => {
  test.each([
    ["refuse", STATUS_CONNECTION_REFUSED],
    ["silence", STATUS_CLIENT_TIMEOUT],
    ["bypass", STATUS_OK],
  ] as const)("%s: all look-ups go to the database, and back when it is over", (mode, status) => {
    const spec = fault({
      class: "cache/cache-disabled",
      target: "products",
      onset: at(50),
      until: at(90),
      parameters: { mode },
    });
    const hurt = world(smallShop(), [spec]);
    const twin = world(smallShop(), [spec], { faultsOn: false });
    hurt.run(at(200));
    twin.run(at(200));
    if (mode !== "silence") {
      expect(queries(hurt, 50, 90) / queries(twin, 50, 90)).toBeGreaterThan(2);
      expect(new Set(spansBegun(hurt, "client GET product", 55, 85).map((span) => span.status))).toEqual(
        new Set([status]),
      );
    } else {
      expect(spansBegun(hurt, "client GET product", 55, 85).every((span) => span.durationUs >= 1_000_000)).toBe(true);
    }
    expect(queries(hurt, 150, 200) / queries(twin, 150, 200)).toBeLessThan(1.2);
  });
});

describe("cache/eviction", () => {
  const shrunk = fault({
    class: "cache/eviction",
    target: "products",
    onset: at(50),
    until: at(130),
    parameters: { share: 0.02 },
  });

  test("less room lowers the hit rate; the database gets what is missed; it ends with its cause", () => {
    const spec = smallShop({
      caches: [
        cache({
          id: "products",
          capacity: 4_000,
          keyspaces: [{ id: "product", keys: 5_000, zipf: 0.9, timeToLive: duration(600_000_000) }],
        }),
      ],
    });
    const hurt = world(spec, [shrunk]);
    const twin = world(spec, [shrunk], { faultsOn: false });
    hurt.run(at(120));
    twin.run(at(120));
    expect(queries(hurt, 60, 120) / queries(twin, 60, 120)).toBeGreaterThan(2);
    const gauge = (engineOf: Engine, name: string): number => {
      const target = engineOf.model.caches[0]!.target;
      const series = engineOf.model.layouts[target]!.series.findIndex((candidate) => candidate.name === name);
      return engineOf.valuesOf(target)[series]!;
    };
    expect(gauge(hurt, "redis_db_keys")).toBe(80);
    expect(gauge(hurt, "redis_memory_used_bytes")).toBe(80 * 1_024);
    expect(gauge(hurt, "redis_evicted_keys_total") / gauge(twin, "redis_evicted_keys_total")).toBeGreaterThan(5);
    hurt.run(at(400));
    twin.run(at(400));
    expect(queries(hurt, 300, 400) / queries(twin, 300, 400)).toBeLessThan(1.5);
  });

  test("a cache without a declared limit is shrunk by what it holds; another capacity does not help, a warm one does", () => {
    const hurt = world(smallShop(), [shrunk]);
    hurt.run(at(60));
    expect(hurt.parts.caches.isLimited(0)).toBe(true);
    hurt.run(at(140));
    expect(hurt.parts.caches.isLimited(0)).toBe(false);
  });
});

describe("orders", () => {
  test("purging costs one miss a key; warming prevents it", () => {
    const purge = operate("purge-cache", "products", { keyspace: "all" });
    const cold = world(smallShop(), []);
    const warm = world(smallShop(), []);
    for (const one of [cold, warm]) one.act("purge", at(60), purge);
    warm.act("warm", at(62), operate("warm-cache", "products", { keyspace: "product", entries: 5_000 }));
    for (const one of [cold, warm]) one.run(at(120));
    expect(queries(cold, 66, 80) / queries(warm, 66, 80)).toBeGreaterThan(3);
  });

  test("a shorter life is missed more often; a capacity that is there already is refused", () => {
    const one = world(smallShop(), []);
    const order = operate("set-cache-capacity", "products", { entries: 500 });
    one.act("ttl", at(20), operate("set-cache-ttl", "products", { keyspace: "all", timeToLive: 1_000_000 }));
    one.act("room", at(100), order);
    one.run(at(120));
    expect(queries(one, 80, 100) / queries(one, 0, 20)).toBeGreaterThan(1.5);
    expect(planAction(one, order).ok).toBe(false);
    expect(planAction(one, operate("purge-cache", "nobody", {})).ok).toBe(false);
  });
});
