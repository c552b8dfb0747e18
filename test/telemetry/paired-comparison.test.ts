import { describe, expect, test } from "vitest";
import { compareWorlds } from "../../server/telemetry/paired-comparison.js";
import type { FaultSpec } from "../../server/sim/timeline.js";
import { smallShop } from "../fixtures/small-shop.js";
import { at, engine, fault, model } from "../fixtures/topology.js";

function compare(faults: readonly FaultSpec[], seconds = 120) {
  const compiled = model(smallShop({ rps: 40 }), { faults });
  const world = engine(compiled);
  const twin = engine(compiled, { faultsOn: false });
  world.run(at(seconds));
  twin.run(at(seconds));
  return {
    world,
    twin,
    result: compareWorlds(compiled, world.spans, twin.spans, { fromUs: at(0), toUs: at(seconds) }),
  };
}

const slowBank = (spec: Partial<FaultSpec> = {}): FaultSpec =>
  fault({
    class: "dependency/slow",
    target: "bank",
    onset: at(30),
    until: at(60),
    parameters: { latencyUs: 900_000 },
    ...spec,
  });

describe("two courses of one world", () => {
  test("a fault that never fires leaves the world equal to its twin, byte for byte", () => {
    const { world, twin, result } = compare([slowBank({ onset: at(500), until: at(600) })], 60);
    expect(world.digest()).toBe(twin.digest());
    expect(result.sameRatio).toBe(1);
    expect(result.firstDifferenceUs).toBeUndefined();
    expect(result.meetUs).toBe(at(0));
  });

  test("they differ from the onset on and meet again after the fault has passed", () => {
    const { result } = compare([slowBank()]);
    expect(result.firstDifferenceUs).toBeGreaterThan(at(29));
    expect(result.sameRatio).toBeLessThan(0.999);
    expect(result.sameRatio).toBeGreaterThan(0.7);
    // What was still waiting at the end of the fault takes a few seconds.
    expect(result.meetUs).toBeGreaterThan(at(55));
    expect(result.meetUs).toBeLessThan(at(75));
  });

  test("the trouble is measured where it is and along the calls by which it travelled", () => {
    const { result } = compare([slowBank()]);
    const edge = (from: string, to: string) => result.edges.find((one) => one.from === from && one.to === to);
    const bank = edge("order", "bank");
    expect(bank?.extraUs).toBeGreaterThan(0);
    // The caller inherits what the call took longer, and nothing that it did not: the cart is not touched by it.
    expect(edge("edge", "order")?.extraUs).toBeGreaterThan((bank?.extraUs ?? 0) * 0.8);
    expect(Math.abs(edge("edge", "cart")?.extraUs ?? 0)).toBeLessThan((bank?.extraUs ?? 0) * 0.02);
    expect(result.nodes.find(({ component }) => component === "order")?.ownExtraUs).toBeLessThan(
      (bank?.extraUs ?? 0) * 0.05,
    );
    const checkout = result.journeys.find(({ journey }) => journey === "checkout");
    expect(checkout?.hurt).toBeGreaterThan(50);
    expect(checkout?.slowerUsP50).toBeGreaterThan(600_000);
    expect(result.journeys.find(({ journey }) => journey === "browse")?.hurt).toBeLessThan(5);
  });

  test("calls that only one of the two made are counted as extra", () => {
    const failing = fault({ class: "dependency/errors", target: "order", onset: at(20), parameters: { ratio: 0.6 } });
    const { result } = compare([failing], 60);
    const edge = result.edges.find(({ from, to }) => from === "edge" && to === "order");
    expect(edge?.extraCalls).toBeGreaterThan(100);
    expect(edge?.extraFailures).toBeGreaterThan(200);
  });
});
