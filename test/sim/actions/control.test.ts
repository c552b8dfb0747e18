/** Actions on processes and on those who look after them: planned, carried out, taken back. */
import { describe, expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { planAction } from "../../../server/sim/action-plan.js";
import type { Engine } from "../../../server/sim/engine.js";
import { STATUS_OK } from "../../../server/sim/span-status.js";
import type { WorldAction } from "../../../server/sim/timeline.js";
import type { ServiceSpec, Topology } from "../../../server/topology/types.js";
import { smallShop } from "../../fixtures/small-shop.js";
import { spansOf } from "../../fixtures/span-rows.js";
import { at, deploy, engine, fault, model } from "../../fixtures/topology.js";

type Values = Extract<WorldAction, { kind: "operate" }>["values"];

function order(world: Engine, seconds: number, operation: string, target: string, values: Values = {}): WorldAction {
  const action: WorldAction = { kind: "operate", operation, target, values };
  const plan = planAction(world, action);
  if (!plan.ok) throw new Error(plan.error.message);
  world.act(`${operation} at ${String(seconds)}`, at(seconds), action);
  world.run(at(seconds + Math.ceil(plan.value.durationUs / 1e6) + 1));
  return plan.value.undo ?? action;
}

const refused = (world: Engine, operation: string, target: string, values: Values = {}): string => {
  const plan = planAction(world, { kind: "operate", operation, target, values });
  return plan.ok ? "" : plan.error.message;
};

const shop = (extra: Partial<ServiceSpec> = {}, rest: Partial<Topology> = {}): Topology => {
  const spec = smallShop();
  return { ...spec, ...rest, services: spec.services.map((one) => (one.id === "cart" ? { ...one, ...extra } : one)) };
};

const callsOf = (world: Engine, site: string, instance: string, from: number): number => {
  const index = world.model.instances.findIndex(({ name }) => name === instance);
  return spansOf(world, site).filter((span) => span.instance === index && span.startUs >= at(from)).length;
};

describe("out of balancing", () => {
  test("an instance gets no requests, its process stays, and the undo brings it back", () => {
    const world = engine(model(shop()));
    world.run(at(5));
    const undo = order(world, 5, "drain-instance", "cart-1", { out: true });
    world.run(at(30));
    expect(callsOf(world, "cart server", "cart-1", 11)).toBe(0);
    expect(world.instanceStates().filter(({ service, phase }) => service === "cart" && phase === "up")).toHaveLength(3);
    expect(refused(world, "drain-instance", "cart-1", { out: true })).toContain("already");
    world.act("undo", at(30), undo);
    world.run(at(60));
    expect(callsOf(world, "cart server", "cart-1", 36)).toBeGreaterThan(0);
    expect(spansOf(world, "cart server").every(({ status }) => status === STATUS_OK)).toBe(true);
  });

  test("of a zone no instance does", () => {
    const world = engine(model(shop()));
    world.run(at(5));
    order(world, 5, "drain-zone", "zone-b", { out: true });
    world.run(at(30));
    expect(callsOf(world, "cart server", "cart-1", 11)).toBe(0);
    expect(callsOf(world, "cart server", "cart-0", 11)).toBeGreaterThan(0);
  });
});

test("a node is left by all that runs on it", () => {
  const group = { cores: 16, memoryBytes: 2 ** 36, diskBytes: 2 ** 38, zones: ["a", "b"] };
  const world = engine(model(shop({}, { nodes: [{ id: "pool", count: 3, ...group }] })));
  world.run(at(5));
  const on = (node: number): number =>
    world.instanceStates().filter(({ instance }) => world.state.compute.cpus.nodeOf[instance] === node).length;
  expect(on(1)).toBeGreaterThan(0);
  const before = world.instanceStates().length;
  order(world, 5, "drain-node", "pool-1");
  world.run(at(60));
  expect(on(1)).toBe(0);
  expect(world.instanceStates().filter(({ phase }) => phase === "up")).toHaveLength(before);
  expect(refused(world, "drain-node", "pool-1")).toContain("nothing runs");
});

test("a canary that is watched goes on when somebody says so, and stops when somebody says that", () => {
  const canary = {
    strategy: "canary",
    maxUnavailable: 1,
    maxSurge: 0,
    pause: duration(1_000_000),
    canaryShare: 0.3,
    canaryTime: duration(600_000_000),
  } as const;
  const world = engine(model(shop({ deploy: canary }), { changes: [deploy("cart", at(5))] }));
  const fresh = (): number =>
    world.instanceStates().filter(({ service, version }) => service === "cart" && version === "1.1.0").length;
  expect(refused(world, "steer-roll-out", "cart")).toContain("no roll-out");
  world.run(at(40));
  expect(fresh()).toBe(1);
  order(world, 40, "steer-roll-out", "cart", { paused: false });
  order(world, 47, "steer-roll-out", "cart", { paused: true });
  world.run(at(90));
  expect(fresh()).toBe(2);
  order(world, 90, "steer-roll-out", "cart", { paused: false });
  world.run(at(140));
  expect(fresh()).toBe(3);
  expect(world.changeRecords[0]?.state).toBe("live");
});

test("an autoscaler has other bounds from its next look on", () => {
  const autoscale = {
    metric: "cpu",
    target: 0.5,
    min: 3,
    max: 6,
    every: duration(5_000_000),
    stabilization: duration(0),
    tolerance: 0.1,
  } as const;
  const world = engine(model(shop({ autoscale })));
  world.run(at(5));
  const { index } = world.model.services.find(({ spec }) => spec.id === "cart") ?? { index: -1 };
  expect(world.desiredInstances(index)).toBe(3);
  const undo = order(world, 5, "set-autoscaler", "cart", { min: 5, max: 6, paused: false });
  world.run(at(30));
  expect(world.desiredInstances(index)).toBe(5);
  world.act("undo", at(30), undo);
  world.run(at(60));
  expect(world.desiredInstances(index)).toBe(3);
  expect(refused(world, "set-autoscaler", "order", { min: 1, max: 2 })).toContain("no autoscaler");
});

test("a check that asks a slow database is made shallow: nobody is killed any more", () => {
  const cascade = fault({
    class: "dependency/health-check-cascade",
    target: "order",
    onset: at(5),
    parameters: { dependency: "orders-db", latencyUs: 1_500_000, everyUs: 2_000_000, failures: 2 },
  });
  const spec = smallShop();
  const store = spec.stores[0]?.id ?? "";
  const world = engine(
    model(spec, { faults: [{ ...cascade, parameters: { ...cascade.parameters, dependency: store } }] }),
  );
  world.run(at(30));
  const restarts = (): number => world.parts.control?.processes.restarts.reduce((sum, one) => sum + one, 0) ?? NaN;
  const before = restarts();
  expect(before).toBeGreaterThan(2);
  order(world, 30, "set-health-check", "order liveness", {
    depth: "shallow",
    every: 2_000_000,
    timeout: 1_000_000,
    failures: 2,
  });
  const then = restarts();
  world.run(at(120));
  expect(restarts()).toBe(then);
  expect(refused(world, "set-health-check", "cart liveness")).toContain("no liveness check");
});

test("who owns a component mends in their time what the file says they can, and nothing else", () => {
  const slow = fault({
    class: "dependency/slow",
    target: "orders",
    onset: at(5),
    ownerFixesAfter: duration(30_000_000),
    parameters: { latencyUs: 900_000 },
  });
  const { ownerFixesAfter: _, ...lasting } = { ...slow, id: "lasting", target: "cart" };
  const world = engine(model(smallShop(), { faults: [slow, lasting] }));
  const median = (from: number, to: number, site: string): number => {
    const times = spansOf(world, site)
      .filter(({ startUs, ended }) => ended && startUs >= at(from) && startUs < at(to))
      .map(({ durationUs }) => durationUs)
      .sort((a, b) => a - b);
    return times[times.length >> 1] ?? NaN;
  };
  world.run(at(10));
  for (const target of ["orders", "cart"]) {
    const action: WorldAction = { kind: "operate", operation: "page-owner", target, values: {} };
    expect(planAction(world, action).ok).toBe(true);
    world.act(target, at(10), action);
  }
  world.run(at(80));
  expect(median(15, 38, "order client SELECT stock")).toBeGreaterThan(500_000);
  expect(median(45, 75, "order client SELECT stock")).toBeLessThan(500_000);
  expect(median(45, 75, "cart server")).toBeGreaterThan(400_000);
});

test("a new certificate lets connections be opened again", () => {
  const expired = fault({ class: "security/certificate-expired", target: "cart", onset: at(5), parameters: {} });
  const world = engine(model(smallShop(), { faults: [expired] }));
  world.run(at(10));
  const { setup } = world.parts.walk.network;
  const [link = -1] = setup.linksTo("cart");
  expect([setup.certificateExpired[link], setup.certificateRenewed[link]]).toEqual([1, 0]);
  order(world, 10, "rotate-certificate", "cart");
  expect(setup.certificateRenewed[link]).toBe(1);
});
