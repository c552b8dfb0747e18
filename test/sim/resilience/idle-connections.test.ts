import { describe, expect, test } from "vitest";
import type { Engine } from "../../../server/sim/engine.js";
import type { Topology } from "../../../server/topology/types.js";
import {
  at,
  dependency,
  engine,
  journey,
  model,
  ms,
  operation,
  query,
  service,
  store,
  topology,
} from "../../fixtures/topology.js";

/** A service that asks its database for half a second at a time, with a load that is there or not. */
function asking(rps: number): Topology {
  return topology({
    rps,
    services: [
      service({
        id: "front",
        kind: "edge",
        dependencies: [dependency("db", { poolSize: 50 })],
        operations: [
          operation({
            name: "GET /",
            steps: [{ kind: "query", store: "db", query: "read", repeat: 1, optional: false }],
          }),
        ],
      }),
    ],
    stores: [store({ id: "db", queries: [query({ id: "read", io: ms(500) })] })],
    journeys: [journey("all", "front", "GET /")],
  });
}

const open = (world: Engine): number => world.state.poolOpen[0] ?? -1;

describe("idle connections", () => {
  test("stay open while the housekeeper has not come twice, and are closed then", () => {
    const world = engine(model(asking(30)), { stopArrivalsAt: at(29) });
    world.run(at(29.9));
    const busy = open(world);
    expect(busy).toBeGreaterThan(15);
    expect(world.state.storeConnections[0]).toBe(busy);
    world.run(at(59));
    expect(open(world)).toBeGreaterThan(15);
    world.run(at(91));
    expect(open(world)).toBe(0);
    expect(world.state.storeConnections[0]).toBe(0);
  });

  test("that are used stay", () => {
    const world = engine(model(asking(30)));
    for (const second of [60, 90, 120]) {
      world.run(at(second));
      expect(open(world)).toBeGreaterThan(15);
      expect(open(world)).toBeGreaterThanOrEqual(world.state.poolUsed[0] ?? Infinity);
    }
  });

  test("a pool is as large after a minute as after ten", () => {
    const young = engine(model(asking(30)), { startAt: at(540), recordFrom: at(540) });
    const old = engine(model(asking(30)));
    for (const world of [young, old]) world.run(at(605));
    expect(open(young)).toBe(open(old));
  });
});
