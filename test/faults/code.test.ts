import { describe, expect, test } from "vitest";
import { compareWorlds, type PairedComparison } from "../../server/telemetry/paired-comparison.js";
import { SPAN_STATUSES } from "../../server/sim/span-status.js";
import type { ChangeSpec, FaultSpec } from "../../server/sim/timeline.js";
import { smallShop } from "../fixtures/small-shop.js";
import { spansOf } from "../fixtures/span-rows.js";
import { at, deploy, engine, fault, model } from "../fixtures/topology.js";

function compare(faults: readonly FaultSpec[], changes: readonly ChangeSpec[] = []) {
  const compiled = model(smallShop({ rps: 60 }), { faults, changes });
  const world = engine(compiled);
  const twin = engine(compiled, { faultsOn: false });
  world.run(at(90));
  twin.run(at(90));
  const window = { fromUs: at(0), toUs: at(85) };
  return { world, result: compareWorlds(compiled, world.spans, twin.spans, window) };
}

const journey = (result: PairedComparison, name: string) => {
  const found = result.journeys.find(({ journey: id }) => id === name);
  if (found === undefined) throw new Error(`no journey ${name}`);
  return found;
};

describe("defects in what an operation does", () => {
  test("an exception fails its share of the operation and of the journey above it, and nothing else", () => {
    const { result } = compare([
      fault({
        class: "code/exception",
        target: "order",
        onset: at(0),
        parameters: { operation: "POST /orders", ratio: 0.3 },
      }),
    ]);
    const checkout = journey(result, "checkout");
    // The edge tries twice: both tries fail for 0.3² of the requests.
    expect(checkout.failed / checkout.requests).toBeGreaterThan(0.06);
    expect(checkout.failed / checkout.requests).toBeLessThan(0.13);
    expect(journey(result, "browse").failed).toBe(journey(result, "browse").failedTwin);
  });

  test("latency in a method at least doubles the service's p99 and raises its caller's by a third", () => {
    const { world, result } = compare([
      fault({
        class: "code/slow-method",
        target: "cart",
        onset: at(0),
        parameters: { addedUs: 60_000, spends: "time" },
      }),
    ]);
    const p99 = (text: string): number => {
      const durations = spansOf(world, text)
        .map(({ durationUs }) => durationUs)
        .sort((a, b) => a - b);
      return durations[Math.floor(durations.length * 0.99)] ?? 0;
    };
    expect(p99("cart server")).toBeGreaterThan(60_000);
    const browse = journey(result, "browse");
    expect(browse.durationUsP99 / browse.durationUsP99Twin).toBeGreaterThan(1.3);
  });

  test("a defect for some products hits the same products every time", () => {
    const { world } = compare([
      fault({ class: "code/segment-failure", target: "cart", onset: at(0), parameters: { products: 0.2, ratio: 1 } }),
    ]);
    const outcomes = new Map<number, Set<boolean>>();
    for (const { request, status } of spansOf(world, "cart server")) {
      const product = world.draws.productOf(request);
      const failed = SPAN_STATUSES[status]?.failed ?? false;
      outcomes.set(product, (outcomes.get(product) ?? new Set()).add(failed));
    }
    const mixed = [...outcomes.values()].filter((seen) => seen.size > 1).length;
    const failing = [...outcomes.values()].filter((seen) => seen.has(true)).length;
    expect(mixed).toBe(0);
    expect(failing / outcomes.size).toBeGreaterThan(0.12);
    expect(failing / outcomes.size).toBeLessThan(0.3);
  });

  test("a defect that came with a deploy is where the new version runs, and a rollback ends it", () => {
    const compiled = model(smallShop({ rps: 60 }), {
      changes: [deploy("cart", at(10))],
      faults: [
        fault({
          class: "code/exception",
          target: "cart",
          onset: at(10),
          trigger: "deploy-cart",
          parameters: { ratio: 1 },
        }),
      ],
    });
    const world = engine(compiled);
    world.run(at(60));
    const order = world.act("back", at(60), { kind: "rollback", change: "deploy-cart" });
    world.run(at(160));
    const failedBetween = (from: number, to: number): number => {
      const spans = spansOf(world, "cart server").filter(({ startUs }) => startUs >= from && startUs < to);
      return spans.filter(({ status }) => status === 1).length / spans.length;
    };
    expect(failedBetween(at(0), at(10))).toBe(0);
    expect(failedBetween(at(50), at(60))).toBeGreaterThan(0.9);
    expect(failedBetween(order.completesAt, at(160))).toBe(0);
  });

  test("a flag switches its defect on and off", () => {
    const compiled = model(smallShop({ rps: 60 }), {
      faults: [
        fault({
          class: "deploy/feature-flag",
          target: "cart",
          onset: at(0),
          parameters: { flag: "recommendations", value: true, ratio: 0.5 },
        }),
      ],
    });
    const world = engine(compiled);
    world.run(at(20));
    world.act("off", at(20), { kind: "set-flag", flag: "recommendations", value: false });
    world.run(at(40));
    const failed = (from: number, to: number): number =>
      spansOf(world, "cart server").filter(({ startUs, status }) => startUs >= from && startUs < to && status === 1)
        .length;
    expect(failed(at(0), at(20))).toBeGreaterThan(100);
    expect(failed(at(23), at(40))).toBe(0);
  });

  test("calls to a wrong address are refused, all of them and no others", () => {
    const { world, result } = compare([
      fault({ class: "deploy/wrong-setting", target: "order", onset: at(30), parameters: { dependency: "bank" } }),
    ]);
    const calls = spansOf(world, "order client POST /charges").filter(({ startUs }) => startUs > at(31));
    expect(calls.length).toBeGreaterThan(100);
    expect(calls.every(({ status }) => SPAN_STATUSES[status]?.name === "connection-refused")).toBe(true);
    expect(journey(result, "checkout").failed).toBeGreaterThan(journey(result, "checkout").failedTwin + 300);
  });

  test("one old instance among new ones hurts its share of the requests", () => {
    const { result } = compare([
      fault({
        class: "deploy/mixed-versions",
        target: "cart",
        onset: at(0),
        scope: { names: ["cart-1"] },
        parameters: { ratio: 1 },
      }),
    ]);
    const { failed, requests } = journey(result, "browse");
    expect(failed / requests).toBeGreaterThan(0.2);
    expect(failed / requests).toBeLessThan(0.8);
  });
});
