/** Each class alone on the small shop, against the healthy twin: what rises, where, and what stays. */
import { describe, expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import { FAULT_MECHANISMS } from "../../server/faults/mechanisms.js";
import { FAULT_PARAMETERS } from "../../server/faults/parameters.js";
import type { Engine } from "../../server/sim/engine.js";
import type { FaultSpec } from "../../server/sim/timeline.js";
import { FaultRefused } from "../../server/topology/effects.js";
import { smallShop } from "../fixtures/small-shop.js";
import { cell, spanRows } from "../fixtures/span-rows.js";
import { at, engine, fault, model } from "../fixtures/topology.js";

interface Figures {
  readonly count: number;
  readonly errorRatio: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Of the spans whose site reads like `name`, those that began in [60 s, 110 s). */
function figures(world: Engine, name: string): Figures {
  const spans = spanRows(world).filter(
    (span) => span.site === name && span.ended && span.startUs >= at(60) && span.startUs < at(110),
  );
  const durations = spans.map(({ durationUs }) => durationUs / 1_000).sort((a, b) => a - b);
  const errors = spans.filter(({ status }) => status !== 0).length;
  const quantile = (share: number): number => cell(durations, Math.floor(durations.length * share));
  return {
    count: durations.length,
    errorRatio: errors / durations.length,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
}

function pair(spec: Omit<FaultSpec, "id" | "shape" | "onset">): { readonly hurt: Engine; readonly twin: Engine } {
  const compiled = model(smallShop(), { faults: [fault({ ...spec, onset: at(50) })] });
  const hurt = engine(compiled);
  const twin = engine(compiled, { faultsOn: false });
  hurt.run(at(120));
  twin.run(at(120));
  return { hurt, twin };
}

describe("the table of mechanisms", () => {
  test("has exactly the classes that scenario files may ask for", () => {
    expect([...FAULT_MECHANISMS.keys()].sort()).toEqual([...FAULT_PARAMETERS.keys()].sort());
  });
});

describe("dependency/slow", () => {
  test("an external party: its callers time out, it itself says nothing", () => {
    const { hurt, twin } = pair({ class: "dependency/slow", target: "bank", parameters: { latencyUs: 2_000_000 } });
    expect(figures(twin, "edge server POST /checkout").p50Ms).toBeLessThan(120);
    expect(figures(hurt, "edge server POST /checkout").p50Ms).toBeGreaterThan(1_500);
    expect(figures(hurt, "order client POST /charges").errorRatio).toBeGreaterThan(0.95);
    expect(
      figures(hurt, "edge server GET /browse").p99Ms / figures(twin, "edge server GET /browse").p99Ms,
    ).toBeLessThan(1.1);
    for (let row = 0; row < hurt.logs.rows; row++) {
      expect(hurt.model.logTemplates[cell(hurt.logs.template, row)]?.component).not.toBe("bank");
    }
  });

  test.each(["cart", "orders", "products"])("%s answers three times as slowly, and without errors", (target) => {
    const { hurt, twin } = pair({ class: "dependency/slow", target, parameters: { factor: 3 } });
    const name =
      { cart: "cart server GET /cart", orders: "order client INSERT orders", products: "cart client GET product" }[
        target
      ] ?? "";
    const ratio = figures(hurt, name).p50Ms / figures(twin, name).p50Ms;
    expect(ratio).toBeGreaterThan(1.9);
    expect(ratio).toBeLessThan(3.2);
    expect(figures(hurt, name).errorRatio).toBeLessThan(0.01);
  });

  test("a ramp grows: half as strong in its middle", () => {
    const spec = {
      class: "dependency/slow",
      target: "bank",
      parameters: { factor: 5 },
      onset: at(20),
      shape: "ramp",
    } as const;
    const world = engine(model(smallShop(), { faults: [fault({ ...spec, rampTime: duration(170_000_000) })] }));
    world.run(at(120));
    // Strength runs from 0.24 to 0.53 over the window: a factor of about 2.5 in its middle.
    expect(figures(world, "order client POST /charges").p50Ms).toBeGreaterThan(50 * 2.2);
    expect(figures(world, "order client POST /charges").p50Ms).toBeLessThan(50 * 2.9);
  });
});

describe("dependency/errors", () => {
  test("the share of failing requests is the one that was asked for", () => {
    const { hurt } = pair({ class: "dependency/errors", target: "cart", parameters: { ratio: 0.2 } });
    expect(figures(hurt, "cart server GET /cart").errorRatio).toBeGreaterThan(0.17);
    expect(figures(hurt, "cart server GET /cart").errorRatio).toBeLessThan(0.23);
    expect(figures(hurt, "edge server GET /browse").errorRatio).toBeGreaterThan(0.17);
  });
});

describe("resource/cpu-stress", () => {
  test("the target computes more slowly and its callers feel it; others do not", () => {
    const { hurt, twin } = pair({ class: "resource/cpu-stress", target: "cart", parameters: { share: 0.9 } });
    expect(figures(hurt, "cart server GET /cart").p99Ms / figures(twin, "cart server GET /cart").p99Ms).toBeGreaterThan(
      2,
    );
    expect(
      figures(hurt, "edge server GET /browse").p99Ms / figures(twin, "edge server GET /browse").p99Ms,
    ).toBeGreaterThan(1.15);
    expect(
      figures(hurt, "order client POST /charges").p50Ms / figures(twin, "order client POST /charges").p50Ms,
    ).toBeCloseTo(1, 1);
  });
});

describe("traffic/surge", () => {
  test.each([3, 0.5])("a journey comes %f times as often, the usual requests stay who they were", (factor) => {
    const { hurt, twin } = pair({ class: "traffic/surge", target: "edge", parameters: { journey: "browse", factor } });
    const ratio = figures(hurt, "edge server GET /browse").count / figures(twin, "edge server GET /browse").count;
    expect(ratio).toBeGreaterThan(factor * 0.9);
    expect(ratio).toBeLessThan(factor * 1.1);
    expect(figures(hurt, "edge server POST /checkout").count).toBe(figures(twin, "edge server POST /checkout").count);
  });
});

describe("a fault that cannot be", () => {
  test.each([
    ["unknown class", { class: "network/gremlins", target: "cart", parameters: {} }, /no class network\/gremlins/],
    [
      "unknown query",
      { class: "database/n-plus-one", target: "cart", parameters: { query: "nothing" } },
      /no step that runs the query nothing/,
    ],
    [
      "both strengths",
      { class: "dependency/slow", target: "bank", parameters: { factor: 2, latencyUs: 5 } },
      /either a latency or a factor/,
    ],
    [
      "wrong kind",
      { class: "dependency/errors", target: "cart", parameters: { ratio: "much" } },
      /parameter ratio is "much"/,
    ],
    [
      "unknown journey",
      { class: "traffic/surge", target: "edge", parameters: { journey: "x", factor: 2 } },
      /no journey x/,
    ],
  ] as const)("%s is refused by name", (_name, spec, message) => {
    const compile = () => model(smallShop(), { faults: [fault({ ...spec, onset: at(0) })] });
    expect(compile).toThrow(FaultRefused);
    expect(compile).toThrow(message);
  });
});
