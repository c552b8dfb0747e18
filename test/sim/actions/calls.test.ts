/** Actions on calls and on how services guard themselves: each is planned, takes place and can be taken back. */
import { describe, expect, test } from "vitest";
import { planAction } from "../../../server/sim/action-plan.js";
import type { Engine } from "../../../server/sim/engine.js";
import { STATUS_CIRCUIT_OPEN, STATUS_INSTANCE_STOPPED, STATUS_RATE_LIMITED } from "../../../server/sim/span-status.js";
import type { WorldAction } from "../../../server/sim/timeline.js";
import { shop } from "../../fixtures/shop.js";
import { spanRows } from "../../fixtures/span-rows.js";
import { at, engine, fault, model } from "../../fixtures/topology.js";

type Operate = Extract<WorldAction, { kind: "operate" }>;

const operate = (operation: string, target: string, values: Operate["values"]): Operate => ({
  kind: "operate",
  operation,
  target,
  values,
});

/** What the settings of the world are, as text. */
function settingsOf(world: Engine): string {
  const policies = world.model.dependencies.map(({ index }) => world.policies.policyOf(index));
  const limits = world.model.operations.map(({ index }) => world.guards.rateLimitOf(index) ?? null);
  const shedding = world.model.services.map(({ index }) => world.guards.sheddingOf(index) ?? null);
  return JSON.stringify([policies, limits, shedding]);
}

const ACTIONS: readonly Operate[] = [
  operate("set-breaker", "order → payment", { on: true, failureRatio: 0.3, window: 20, openFor: 5_000_000, probes: 2 }),
  operate("set-retry-budget", "payment → payment-provider", { on: true, ratio: 0.05, minPerSecond: 0 }),
  operate("limit-calls", "payment → payment-provider", { on: true, perSecond: 3 }),
  operate("set-balancing", "web → api-gateway", { kind: "round-robin" }),
  operate("set-hedging", "web → api-gateway", { on: true, after: 100_000, extra: 1 }),
  operate("shed-load", "catalogue", { on: true, queueAbove: 0.1, runnableAbove: 3 }),
  operate("rate-limit-route", "edge GET /search", { on: true, perSecond: 2 }),
];

describe.each(ACTIONS)("$operation", (action) => {
  test("is planned, takes place after a few seconds and is taken back by its undo", () => {
    const world = engine(model(shop(10)));
    world.run(at(1));
    const before = settingsOf(world);
    const plan = planAction(world, action);
    if (!plan.ok) throw new Error(plan.error.message);
    expect(plan.value.summary).toContain(action.target);
    expect(plan.value.watchQuery).toContain("rate(");
    world.act("do", at(1), action);
    world.run(at(3));
    expect(settingsOf(world)).toBe(before);
    world.run(at(7));
    expect(settingsOf(world)).not.toBe(before);
    const { undo } = plan.value;
    if (undo === undefined) throw new Error("no undo");
    expect(planAction(world, undo).ok).toBe(true);
    world.act("undo", at(7), undo);
    world.run(at(14));
    if (action.operation !== "set-balancing") expect(settingsOf(world)).toBe(before);
  });
});

test("a breaker that is set during an incident spares the callers the wait and the target the calls", () => {
  const down = fault({ class: "dependency/errors", target: "payment", onset: at(10), parameters: { ratio: 1 } });
  const world = engine(model(shop(100), { faults: [down] }));
  world.act("breaker", at(20), operate("set-breaker", "order → payment", { window: 20, openFor: 20_000_000 }));
  world.run(at(80));
  const calls = spanRows(world).filter(
    ({ site, startUs }) => site === "order client POST /payments" && startUs > at(40),
  );
  const refused = calls.filter(({ status }) => status === STATUS_CIRCUIT_OPEN);
  expect(refused.length / calls.length).toBeGreaterThan(0.6);
  expect(refused.every(({ durationUs }) => durationUs === 0)).toBe(true);
  const lines = world.lifecycle.filter(({ attributes }) => attributes["breaker"] === "payment");
  expect(lines[0]?.attributes).toMatchObject({ from: "CLOSED", to: "OPEN" });
});

test("a limit on one route refuses that route and leaves the others alone", () => {
  const world = engine(model(shop(100)));
  world.act("limit", at(5), operate("rate-limit-route", "edge GET /search", { perSecond: 1 }));
  world.run(at(40));
  const late = spanRows(world).filter(({ startUs, component }) => component === "edge" && startUs > at(15));
  const refused = late.filter(({ status }) => status === STATUS_RATE_LIMITED);
  expect(new Set(refused.map(({ site }) => site))).toEqual(new Set(["edge server GET /search"]));
  const searches = late.filter(({ site }) => site === "edge server GET /search");
  // Three instances of one a second each.
  expect(searches.length - refused.length).toBeLessThanOrEqual(25 * 3 + 3);
});

test("closing idle connections sooner than the other side does ends the resets", () => {
  const short = fault({
    class: "network/keep-alive-mismatch",
    target: "web",
    onset: at(10),
    parameters: { keepAliveUs: 150_000, noticeUs: 8_000 },
  });
  const resets = (world: Engine): number =>
    spanRows(world).filter(
      ({ status, site, startUs }) =>
        status === STATUS_INSTANCE_STOPPED && site.startsWith("edge client") && startUs > at(50),
    ).length;
  const hurt = engine(model(shop(60), { faults: [short] }));
  hurt.run(at(150));
  const cured = engine(model(shop(60), { faults: [short] }));
  cured.act("idle", at(40), operate("set-connection-idle", "edge → web", { idleTimeout: 100_000 }));
  cured.run(at(150));
  expect(resets(hurt)).toBeGreaterThan(5);
  expect(resets(cured)).toBe(0);
});
