/** The random worlds of the swarm have in them what can be declared, what can break and what can be done about it. */
import { beforeAll, expect, test } from "vitest";
import { FAULT_PARAMETERS } from "../../server/faults/parameters.js";
import { ACTIONS } from "../../server/sim/actions/action-table.js";
import { drawableDeclarations } from "../fixtures/random-topology.js";
import { type RandomWorld, randomWorld } from "../fixtures/random-world.js";
import { givenOrders } from "../fixtures/swarm.js";

const WORLDS = 140;
let worlds: readonly RandomWorld[] = [];

beforeAll(() => {
  worlds = Array.from({ length: WORLDS }, (_, number) => randomWorld(number));
}, 60_000);

const missing = (all: Iterable<string>, found: Iterable<string>): readonly string[] => {
  const there = new Set(found);
  return [...all].filter((one) => !there.has(one));
};

test("every declaration that a topology file may leave out", () => {
  const all = drawableDeclarations();
  expect(all.length).toBeGreaterThan(30);
  expect(
    missing(
      all,
      worlds.flatMap(({ declarations }) => declarations),
    ),
  ).toEqual([]);
});

test("every class of fault that can be injected", () => {
  const found = worlds.flatMap(({ faults }) => faults.map((fault) => fault.class));
  expect(missing(FAULT_PARAMETERS.keys(), found)).toEqual([]);
});

test("every action", { timeout: 60_000 }, () => {
  const found = worlds.flatMap((world) => givenOrders(world));
  expect(missing(ACTIONS.keys(), found)).toEqual([]);
});
