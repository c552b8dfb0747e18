/** Autoscalers: the published formula by table, and what follows from it in a world. */
import { describe, expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { wantedInstances } from "../../../server/sim/control/autoscaler.js";
import { Engine } from "../../../server/sim/engine.js";
import { type AutoscaleSpec, defaultAutoscale } from "../../../server/topology/autoscale-spec.js";
import type { Topology } from "../../../server/topology/types.js";
import { at, engine, fault, journey, model, ms, operation, service, topology } from "../../fixtures/topology.js";

test.each([
  // instances, of them ready, mean, target: wanted
  [4, 4, 1.6, 0.8, 8],
  [4, 4, 0.9, 0.8, 5],
  [4, 4, 0.87, 0.8, 4],
  [4, 4, 0.73, 0.8, 4],
  [4, 4, 0.4, 0.8, 2],
  [4, 4, 0.41, 0.8, 3],
  [10, 10, 0, 0.8, 0],
  // Those that are not ready count as idle on the way up, and as just right on the way down.
  [6, 3, 1.6, 0.8, 6],
  [6, 4, 1.6, 0.8, 8],
  [6, 3, 1, 0.8, 6],
  [6, 3, 0.4, 0.8, 5],
  [3, 0, 0, 0.8, 3],
])("of %i instances, %i ready, at %f for a target of %f there shall be %i", (current, ready, mean, target, wanted) => {
  expect(wantedInstances({ current, ready, mean }, target, 0.1)).toBe(wanted);
});

/** Two instances of one core each, 50 ms of processor time a request. */
function scaled(setting: Partial<AutoscaleSpec>, declared = true): Topology {
  return topology({
    rps: 20,
    services: [
      service({
        id: "web",
        kind: "edge",
        instances: 2,
        cores: 1,
        startup: duration(5_000_000),
        operations: [operation({ name: "GET /", steps: [{ kind: "cpu", time: ms(50) }] })],
        ...(declared
          ? { autoscale: { ...defaultAutoscale(2), min: 1, max: 6, stabilization: duration(60_000_000), ...setting } }
          : {}),
      }),
    ],
    journeys: [journey("all", "web", "GET /")],
  });
}

const surge = fault({ class: "traffic/surge", target: "web", onset: at(10), until: at(70), parameters: { factor: 2 } });
const desired = (world: Engine): number => world.desiredInstances(0);

describe("a service with an autoscaler", () => {
  test("follows its load up at once and down after the stabilisation time", () => {
    // 20 requests of 50 ms are one busy core: two instances at a half, as wanted.
    const world = engine(model(scaled({ target: 0.5 }), { faults: [surge] }));
    world.run(at(9));
    expect(desired(world)).toBe(2);
    world.run(at(60));
    expect(desired(world)).toBeGreaterThanOrEqual(4);
    expect(desired(world)).toBeLessThanOrEqual(5);
    const most = desired(world);
    world.run(at(100));
    expect(desired(world)).toBe(most);
    world.run(at(170));
    expect(desired(world)).toBeLessThanOrEqual(3);
  });

  test("by requests per worker", () => {
    const spec = scaled({ metric: "concurrency", target: 0.05 });
    const narrow = { ...spec, services: spec.services.map((one) => ({ ...one, workers: 4 })) };
    const world = engine(model(narrow, { faults: [surge] }));
    world.run(at(60));
    expect(desired(world)).toBe(6);
  });

  test("keeps what people have scaled to", () => {
    const world = engine(model(scaled({ target: 0.5, stabilization: duration(0) })));
    world.run(at(20));
    world.act("more", at(20), { kind: "scale", service: "web", instances: 5 });
    world.run(at(90));
    expect(desired(world)).toBe(5);
  });

  test("goes on from a checkpoint as it would have", () => {
    const made = (): Engine => engine(model(scaled({ target: 0.5 }), { faults: [surge] }));
    const whole = made();
    whole.run(at(170));
    const first = made();
    first.run(at(52));
    const resumed = Engine.restore(first.model, first.options, first.checkpoint(), first);
    resumed.run(at(170));
    expect(resumed.digest()).toBe(whole.digest());
    expect(desired(resumed)).toBe(desired(whole));
  });
});

test("platform/autoscaler: one that may have one instance only leaves the service with one until somebody scales it", () => {
  const wrong = fault({
    class: "platform/autoscaler",
    target: "web",
    onset: at(5),
    until: at(40),
    parameters: { min: 1, max: 1 },
  });
  const world = engine(model(scaled({}, false), { faults: [wrong] }));
  world.run(at(60));
  expect(desired(world)).toBe(1);
  world.act("back", at(60), { kind: "scale", service: "web", instances: 2 });
  world.run(at(90));
  expect(desired(world)).toBe(2);
});
