/** Faults in who comes: each has its symptom, its cure ends it, and a wrong cure does not. */
import { expect, test } from "vitest";
import type { Engine } from "../../server/sim/engine.js";
import { planAction } from "../../server/sim/action-plan.js";
import type { FaultSpec, WorldAction } from "../../server/sim/timeline.js";
import { crowdedShop } from "../fixtures/crowded-shop.js";
import { type SpanRow, spanRows } from "../fixtures/span-rows.js";
import { at, engine, fault, model } from "../fixtures/topology.js";

const shop = crowdedShop();

function play(spec: FaultSpec, seconds: number, action?: WorldAction, on = true): Engine {
  const world = engine(model(shop, { faults: [spec] }), { faultsOn: on });
  if (action !== undefined) {
    world.run(at(10));
    const plan = planAction(world, action);
    expect(plan.ok ? "" : plan.error.message).toBe("");
    world.act("a", at(10), action);
  }
  world.run(at(seconds));
  return world;
}

const roots = (world: Engine, from = 0): readonly SpanRow[] =>
  spanRows(world).filter(({ parent, startUs }) => parent < 0 && startUs >= at(from));
const count = (world: Engine, from: number, is: (request: number, row: SpanRow) => boolean): number =>
  roots(world, from).filter((row) => is(row.request, row)).length;
const shareFailed = (world: Engine, from: number, is: (request: number) => boolean): number =>
  count(world, from, (request, { status }) => is(request) && status !== 0) / count(world, from, is);

const operate = (operation: string, target: string, values = {}): WorldAction => ({
  kind: "operate",
  operation,
  target,
  values,
});

const flood = fault({ class: "traffic/surge", target: "edge", onset: at(0), parameters: { factor: 4, bots: true } });

test("bots come beside the usual requests, with few identities, and are kept out by the edge", () => {
  const world = play(flood, 40);
  const twin = play(flood, 40, undefined, false);
  const isBot = (request: number): boolean => world.draws.isBot(request);
  const bots = count(world, 0, isBot);
  const people = count(world, 0, (request) => !isBot(request));
  expect(people).toBe(roots(twin).length);
  expect(bots / people).toBeGreaterThan(2.8);
  expect(bots / people).toBeLessThan(3.2);
  const names = new Set(roots(world).flatMap(({ request }) => (isBot(request) ? [world.draws.userOf(request)] : [])));
  expect(names.size).toBe(40);
  const cured = play(flood, 40, operate("block-bots", "edge"));
  expect(shareFailed(cured, 20, isBot)).toBe(1);
  expect(shareFailed(cured, 20, (request) => !isBot(request))).toBeLessThan(0.01);
});

test("a surge with a half-life dies away", () => {
  const surge = fault({
    class: "traffic/surge",
    target: "edge",
    onset: at(0),
    parameters: { factor: 5, halfLifeUs: 20_000_000 },
  });
  const world = play(surge, 100);
  const twin = play(surge, 100, undefined, false);
  const extra = (from: number, to: number): number => {
    const within = ({ startUs }: SpanRow): boolean => startUs < at(to);
    return roots(world, from).filter(within).length / roots(twin, from).filter(within).length - 1;
  };
  // 4 · 2^(−t/20), averaged over ten seconds each.
  expect(Math.abs(extra(0, 10) - 3.38)).toBeLessThan(0.5);
  expect(Math.abs(extra(40, 50) - 0.845)).toBeLessThan(0.3);
  expect(extra(90, 100)).toBeLessThan(0.35);
});

const hog = fault({
  class: "traffic/tenant-hogging",
  target: "edge",
  onset: at(0),
  parameters: { tenant: 4, factor: 50, items: 4, members: 3 },
});

test("a hogging tenant sends many times its load with larger baskets, and a limit for it spares the others", () => {
  const world = play(hog, 40);
  const twin = play(hog, 40, undefined, false);
  const isHog = (request: number): boolean => world.draws.tenantOf(request) === 3;
  const others = (request: number): boolean => !isHog(request);
  expect(count(world, 0, others)).toBe(count(twin, 0, others));
  const factor = count(world, 0, isHog) / count(twin, 0, isHog);
  expect(factor).toBeGreaterThan(25);
  expect(factor).toBeLessThan(100);
  const crowd = roots(world).filter(({ request }) => world.draws.numbers.crowdOf(request) === 0);
  expect(new Set(crowd.map(({ request }) => world.draws.userOf(request))).size).toBe(3);
  const items = crowd.reduce((sum, { request }) => sum + world.draws.basketOf(request), 0) / crowd.length;
  const usual = roots(twin).reduce((sum, { request }) => sum + twin.draws.basketOf(request), 0) / roots(twin).length;
  expect(items / usual).toBeGreaterThan(2);

  const served = (engine: Engine): number => count(engine, 20, (request, { status }) => isHog(request) && status === 0);
  const cured = play(hog, 40, operate("rate-limit-tenant", "acct-104", { perSecond: 2 }));
  // Two a second and one second's burst.
  expect(served(cured)).toBeLessThanOrEqual(2 * 20 + 2);
  expect(served(cured)).toBeGreaterThan(30);
  expect(shareFailed(cured, 20, others)).toBeLessThan(0.02);
  const blocked = play(hog, 40, operate("block-tenant", "acct-104"));
  expect(served(blocked)).toBe(0);
  const wrong = play(hog, 40, operate("rate-limit-tenant", "acct-105", { perSecond: 2 }));
  expect(served(wrong)).toBeGreaterThan(20 * served(cured));
});

test("an imbalance of journeys keeps the number of requests and shifts their kinds", () => {
  const shift = fault({
    class: "traffic/imbalance",
    target: "edge",
    onset: at(0),
    parameters: { journey: "checkout", share: 0.3 },
  });
  const world = play(shift, 60);
  const twin = play(shift, 60, undefined, false);
  const isCheckout = (_request: number, { site }: SpanRow): boolean => site === "edge server POST /checkout";
  const ratio = roots(world).length / roots(twin).length;
  expect(Math.abs(ratio - 1)).toBeLessThan(0.06);
  expect(Math.abs(count(world, 0, isCheckout) / roots(world).length - 0.3)).toBeLessThan(0.03);
});

test("a skew of the balancing loads one instance and leaves the number of requests", () => {
  const skew = fault({ class: "traffic/imbalance", target: "catalogue", onset: at(0), parameters: { skew: 0.7 } });
  const world = play(skew, 30);
  const handled = spanRows(world).filter(({ component, kind }) => component === "catalogue" && kind === "server");
  const byInstance = new Map<string, number>();
  const nameOf = (instance: number): string => world.model.instances[instance]?.name ?? "";
  for (const { instance } of handled) byInstance.set(nameOf(instance), (byInstance.get(nameOf(instance)) ?? 0) + 1);
  // 70 % and a third of the rest.
  expect((byInstance.get("catalogue-0") ?? 0) / handled.length).toBeGreaterThan(0.77);
  expect((byInstance.get("catalogue-0") ?? 0) / handled.length).toBeLessThan(0.83);
});

test("faults that the topology has no place for are refused", () => {
  const plain = { ...shop, load: { rps: 50, dailyCurve: [], users: shop.load.users, basket: shop.load.basket } };
  expect(() => model(plain, { faults: [hog] })).toThrow("the topology has no tenants");
  const { browser: _, ...blind } = shop;
  const defect = fault({ class: "code/front-end", target: "web", onset: at(0), parameters: {} });
  expect(() => model(blind, { faults: [defect] })).toThrow("the topology has no pages");
});
