import { describe, expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import { planAction } from "../../server/sim/action-plan.js";
import type { Engine } from "../../server/sim/engine.js";
import type { WorldAction } from "../../server/sim/timeline.js";
import { smallShop } from "../fixtures/small-shop.js";
import { spanRows, spansOf } from "../fixtures/span-rows.js";
import { at, deploy, engine, fault, model } from "../fixtures/topology.js";

const versions = (world: Engine, service: string): string[] =>
  world
    .instanceStates()
    .filter((status) => status.service === service)
    .map(({ version, phase }) => `${version} ${phase}`);

/** Spans that began in the window, of sites that read like `name`. */
function count(world: Engine, name: string, from: number, to: number): number {
  return spansOf(world, name).filter(({ startUs }) => startUs >= at(from) && startUs < at(to)).length;
}

describe("a deploy", () => {
  // Each instance: 5 s of drain, 10 s of start, then a pause of 2 s.
  const changes = [deploy("cart", at(10))];

  test("replaces instances one by one", () => {
    const world = engine(model(smallShop(), { changes }));
    world.run(at(9));
    expect(versions(world, "cart")).toEqual(["1.0.0 up", "1.0.0 up", "1.0.0 up"]);
    world.run(at(12));
    expect(versions(world, "cart")).toEqual(["1.0.0 draining", "1.0.0 up", "1.0.0 up"]);
    world.run(at(16));
    expect(versions(world, "cart")).toEqual(["1.1.0 starting", "1.0.0 up", "1.0.0 up"]);
    world.run(at(26));
    expect(versions(world, "cart")).toEqual(["1.1.0 up", "1.0.0 up", "1.0.0 up"]);
    world.run(at(60));
    expect(versions(world, "cart")).toEqual(["1.1.0 up", "1.1.0 up", "1.1.0 up"]);
    expect(world.changeRecords[0]?.state).toBe("live");
    expect(world.changeRecords[0]?.completedUs).toBe(at(10 + 3 * 15 + 2 * 2));
    expect(world.lifecycle.map(({ template }) => world.model.logTemplates[template]?.message.split(",")[0])).toEqual(
      Array.from({ length: 3 }, () => ["stopping", "starting version {version}", "ready to serve"]).flat(),
    );
  });

  test("is in the middle of itself in a world that begins there", () => {
    const world = engine(model(smallShop(), { changes }), { startAt: at(30), recordFrom: at(30) });
    expect(versions(world, "cart")).toEqual(["1.1.0 up", "1.0.0 draining", "1.0.0 up"]);
    world.run(at(60));
    expect(versions(world, "cart")).toEqual(["1.1.0 up", "1.1.0 up", "1.1.0 up"]);
  });

  test("fails no request while others can take them", () => {
    const world = engine(model(smallShop(), { changes }));
    world.run(at(60));
    expect(spanRows(world).filter(({ status }) => status >= 7)).toHaveLength(0);
  });
});

describe("N+1", () => {
  const timeline = {
    changes: [deploy("order", at(0))],
    faults: [
      fault({
        class: "database/n-plus-one",
        target: "order",
        onset: at(0),
        trigger: "deploy-order",
        parameters: { query: "stock", perItemQuery: "stock-item" },
      }),
    ],
  };

  test("runs a query for each basket item where the new version runs, and one again after the rollback", () => {
    const world = engine(model(smallShop(), timeline));
    world.run(at(120));
    const orders = count(world, "order server POST /orders", 60, 120);
    const queries = count(world, "order client SELECT stock", 60, 120);
    expect(queries / orders).toBeGreaterThan(3);
    world.act("undo", at(120), { kind: "rollback", change: "deploy-order" });
    world.run(at(240));
    expect(world.changeRecords[0]?.state).toBe("rolled-back");
    const after = count(world, "order server POST /orders", 180, 240);
    expect(Math.abs(count(world, "order client SELECT stock", 180, 240) - after)).toBeLessThan(3);
  });

  test("does nothing in the twin, which deploys all the same", () => {
    const world = engine(model(smallShop(), timeline), { faultsOn: false });
    world.run(at(120));
    expect(versions(world, "order")).toEqual(["1.1.0 up", "1.1.0 up", "1.1.0 up"]);
    const orders = count(world, "order server POST /orders", 60, 120);
    expect(Math.abs(count(world, "order client SELECT stock", 60, 120) - orders)).toBeLessThan(3);
  });
});

describe("orders", () => {
  const world = (): Engine => {
    const made = engine(model(smallShop()));
    made.run(at(5));
    return made;
  };

  function complete(engineNow: Engine, action: WorldAction): Engine {
    const plan = planAction(engineNow, action);
    expect(plan.ok ? "" : plan.error.message).toBe("");
    const { completesAt } = engineNow.act("a", at(5), action);
    if (plan.ok) expect(completesAt - at(5) - 1).toBe(plan.value.durationUs);
    engineNow.run(at(60));
    return engineNow;
  }

  test("scale out: new instances start, then take their share; undo takes them away", () => {
    const scaled = complete(world(), { kind: "scale", service: "cart", instances: 5 });
    expect(versions(scaled, "cart")).toHaveLength(5);
    expect(new Set(spansOf(scaled, "cart server").map(({ instance }) => instance)).size).toBe(5);
    scaled.act("b", at(60), { kind: "scale", service: "cart", instances: 3 });
    scaled.run(at(80));
    expect(versions(scaled, "cart")).toHaveLength(3);
  });

  test("settings apply to calls that begin afterwards", () => {
    const set = complete(world(), { kind: "set-timeout", service: "order", target: "bank", timeout: duration(20_000) });
    const failing = count(set, "order client POST /charges", 15, 55) / count(set, "order server POST /orders", 15, 55);
    expect(failing).toBeGreaterThan(1.8);
  });

  test("flags, pools and retries change what later requests meet", () => {
    const changed = world();
    changed.act("a", at(5), { kind: "set-flag", flag: "recommendations", value: false });
    changed.act("b", at(5), { kind: "set-pool", service: "order", target: "orders", poolSize: 3 });
    changed.act("c", at(5), {
      kind: "set-retry",
      service: "order",
      target: "bank",
      retry: { attempts: 1, backoff: duration(0), multiplier: 1, jitter: 0 },
    });
    changed.run(at(20));
    expect(changed.state.flags[0]).toBe(0);
    const order = changed.model.services.find(({ spec }) => spec.id === "order")?.index;
    const dependency = changed.model.dependencies.find(
      ({ target, service }) => target === "orders" && service === order,
    );
    expect(changed.state.poolSize[dependency?.index ?? -1]).toBe(3);
    expect(changed.state.retry.some(({ attempts, backoff }) => attempts === 1 && backoff === 0)).toBe(true);
  });

  test("a restart of the only instance refuses its callers meanwhile", () => {
    const shop = smallShop();
    const alone = engine(
      model({
        ...shop,
        services: shop.services.map((spec) => (spec.id === "order" ? { ...spec, instances: 1 } : spec)),
      }),
    );
    alone.act("a", at(5), { kind: "restart", service: "order" });
    alone.run(at(15));
    expect(spanRows(alone).filter(({ status }) => status === 7).length).toBeGreaterThan(20);
  });

  test.each<[string, WorldAction, RegExp]>([
    ["unknown service", { kind: "restart", service: "crat" }, /no service crat/],
    ["unknown instance", { kind: "restart", service: "cart", instance: 9 }, /no instance cart-9/],
    ["too many instances", { kind: "scale", service: "cart", instances: 10 }, /cannot have 10/],
    ["unknown change", { kind: "rollback", change: "x" }, /no change x/],
    ["flag as it is", { kind: "set-flag", flag: "recommendations", value: true }, /is on already/],
    ["unknown target", { kind: "set-pool", service: "cart", target: "bank", poolSize: 5 }, /does not call bank/],
    [
      "impossible time-out",
      { kind: "set-timeout", service: "cart", target: "orders", timeout: duration(-1) },
      /cannot be set/,
    ],
    ["unknown label", { kind: "drop-label", metric: "up", label: "x" }, /no label x/],
  ])("%s is refused with a remedy", (_name, action, message) => {
    const plan = planAction(world(), action);
    expect(plan.ok).toBe(false);
    if (!plan.ok) {
      expect(plan.error.message).toMatch(message);
      expect(plan.error.remedy).not.toBe("");
    }
  });
});
