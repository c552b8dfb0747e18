import { describe, expect, test } from "vitest";
import { Engine } from "../../server/sim/engine.js";
import { PROFILE_WINDOW_US } from "../../server/sim/profiler.js";
import { ProfileStore } from "../../server/telemetry/profile-store.js";
import { profileSource } from "../../server/world/profiles.js";
import { smallShop } from "../fixtures/small-shop.js";
import { spansOf } from "../fixtures/span-rows.js";
import { at, deploy, engine, fault, model, silentSink } from "../fixtures/topology.js";

const storeOf = (world: Engine): ProfileStore =>
  new ProfileStore(profileSource(world.model, world.versions, () => world.profiles));
const sum = (stacks: readonly { readonly value: number }[]): number =>
  stacks.reduce((total, { value }) => total + value, 0);

describe("profiles", () => {
  test("add up to the processor time that each process used", () => {
    const world = engine(model(smallShop()));
    world.run(at(0));
    const busyUs = (instance: number): number => world.state.processors.busyUs(instance, world.now);
    const before = world.model.instances.map(({ index }) => busyUs(index));
    world.run(at(300));
    const profiles = storeOf(world);
    for (const { index, component, name } of world.model.instances) {
      const used = busyUs(index) - (before[index] ?? 0);
      if (used === 0) continue;
      const cpu = sum(
        profiles.profile({ kind: "cpu", service: component, instance: name, fromUs: at(0), toUs: at(300) }),
      );
      // Jobs that are under way at the ends, of some milliseconds each.
      expect(Math.abs(cpu - used)).toBeLessThan(30_000 + used * 0.001);
    }
  });

  test("wall time of a client's step is that of its spans; what waits for a connection is in the locks", () => {
    const world = engine(model(smallShop()));
    world.run(at(310));
    const wall = storeOf(world).profile({ kind: "wall", service: "order", fromUs: at(10), toUs: at(300) });
    const bank = wall.filter(({ stack }) => stack.includes("http.client.send"));
    const spans = spansOf(world, "order client POST /charges").filter(
      ({ startUs, durationUs }) => startUs + durationUs > at(10) && startUs + durationUs <= at(300),
    );
    const expected = spans.reduce((total, { durationUs }) => total + durationUs, 0);
    expect(sum(bank) / expected).toBeGreaterThan(0.999);
    expect(sum(bank) / expected).toBeLessThan(1.001);
  });

  test("show the frame that a version has brought, and the difference of two versions names it first", () => {
    const changes = [deploy("cart", at(60))];
    const faults = [
      fault({
        class: "code/slow-method",
        target: "cart",
        onset: at(60),
        trigger: "deploy-cart",
        parameters: { addedUs: 20_000, spends: "cpu" },
      }),
    ];
    const world = engine(model(smallShop(), { faults, changes }));
    world.run(at(300));
    const profiles = storeOf(world);
    const request = { kind: "cpu", service: "cart", version: "1.0.0", fromUs: at(0), toUs: at(60) } as const;
    const later = { ...request, version: "1.1.0", fromUs: at(200), toUs: at(300) };
    expect(profiles.profile(request).some(({ stack }) => /check$/i.test(stack))).toBe(false);
    const [largest] = profiles.difference(request, later);
    expect(largest?.stack).toMatch(/check$/i);
    expect(largest?.before).toBe(0);
    expect(largest?.after).toBeGreaterThan(20_000);
    expect(profiles.profile({ ...later, version: "1.0.0" })).toEqual([]);
    // Two times together are one.
    const whole = sum(profiles.profile({ kind: "cpu", service: "cart", fromUs: at(0), toUs: at(300) }));
    const parts = [0, 100, 200].map((from) =>
      sum(profiles.profile({ kind: "cpu", service: "cart", fromUs: at(from), toUs: at(from + 100) })),
    );
    expect(parts.reduce((total, part) => total + part, 0)).toBeCloseTo(whole, 3);
  });

  test("queries for each item are a place of the new code", () => {
    const changes = [deploy("cart", at(30))];
    const faults = [
      fault({
        class: "database/n-plus-one",
        target: "cart",
        onset: at(30),
        trigger: "deploy-cart",
        parameters: { query: "product" },
      }),
    ];
    const world = engine(model(smallShop(), { faults, changes }));
    world.run(at(200));
    const ask = (fromUs: number, toUs: number) =>
      storeOf(world)
        .profile({ kind: "wall", service: "cart", fromUs, toUs })
        .some(({ stack }) => stack.includes("for_each_item") || stack.includes("ForEachItem"));
    expect(ask(at(0), at(30))).toBe(false);
    expect(ask(at(150), at(200))).toBe(true);
  });

  test("a branch goes on in the profiles of its trunk", () => {
    const compiled = model(smallShop());
    const world = engine(compiled);
    world.run(at(57));
    const branch = Engine.restore(compiled, { ...world.options, sink: silentSink }, world.checkpoint(), world);
    world.run(at(120));
    branch.run(at(120));
    expect(branch.profiles.rows).toBe(world.profiles.rows);
    const request = { kind: "cpu", service: "order", fromUs: at(0), toUs: at(120) } as const;
    expect(storeOf(branch).profile(request)).toEqual(storeOf(world).profile(request));
    expect(PROFILE_WINDOW_US).toBe(10_000_000);
  });
});
