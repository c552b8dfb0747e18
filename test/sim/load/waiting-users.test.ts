/** Users who wait: the same in every world but for when, given up and tried again, and kept by a checkpoint. */
import { expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { Engine } from "../../../server/sim/engine.js";
import type { PopulationSpec } from "../../../server/topology/load-spec.js";
import type { Topology } from "../../../server/topology/types.js";
import { closedStation, population, startsAndResponses } from "../../fixtures/machine-repair.js";
import { smallShop } from "../../fixtures/small-shop.js";
import { type SpanRow, spanRows } from "../../fixtures/span-rows.js";
import { at, engine, exponentialMs, fault, model, ms } from "../../fixtures/topology.js";

function shopWith(people: PopulationSpec): Topology {
  const shop = smallShop({ rps: 5 });
  return { ...shop, load: { ...shop.load, populations: [people] } };
}

const roots = (world: Engine): readonly SpanRow[] => spanRows(world).filter(({ parent }) => parent < 0);

const waitingOnly = (world: Engine): readonly SpanRow[] =>
  roots(world).filter(({ request }) => world.draws.numbers.waitingUserOf(request) >= 0);

const slow = fault({ class: "dependency/slow", target: "bank", onset: at(0), parameters: { latencyUs: 900_000 } });

test("a slow world has the same cycles of the same users, only fewer", () => {
  const compiled = model(shopWith(population(60, ms(1_000, 0.5))), { faults: [slow] });
  const world = engine(compiled);
  const twin = engine(compiled, { faultsOn: false });
  for (const one of [world, twin]) one.run(at(60));
  const journeys = new Map(waitingOnly(twin).map(({ request, site }) => [request, site]));
  const mine = waitingOnly(world);
  expect(mine.length).toBeLessThan(journeys.size * 0.95);
  expect(mine.length).toBeGreaterThan(journeys.size * 0.5);
  // Users in the middle of a cycle at the end make the two differ by one cycle each at most.
  const paired = mine.filter(({ request, site }) => journeys.get(request) === site).length;
  expect(paired / mine.length).toBe(1);
});

test("requests of waiting users and open arrivals have numbers of their own, each once", () => {
  const world = engine(model(shopWith(population(200, ms(400, 0.5)))));
  world.run(at(40));
  const requests = roots(world).map(({ request }) => request);
  expect(new Set(requests).size).toBe(requests.length);
  const { numbers, userOf } = {
    numbers: world.draws.numbers,
    userOf: (request: number) => world.draws.userOf(request),
  };
  const users = new Set(waitingOnly(world).map(({ request }) => numbers.waitingUserOf(request)));
  expect(users.size).toBe(200);
  for (const { request } of waitingOnly(world)) expect(userOf(request)).toBe(1_000 + numbers.waitingUserOf(request));
});

test("who has waited too long tries again as often as declared, and then goes on", () => {
  const people = population(40, exponentialMs(1_000), {
    patience: duration(15_000),
    reload: { share: 1, times: 2, pause: duration(100_000) },
  });
  const world = engine(model(closedStation(1, people)));
  world.run(at(60));
  const tries = new Map<string, number>();
  for (const { request } of waitingOnly(world)) {
    const { numbers } = world.draws;
    const cycle = `${String(numbers.waitingUserOf(request))} ${String(numbers.cycleOf(request))}`;
    tries.set(cycle, (tries.get(cycle) ?? 0) + 1);
  }
  const counts = [...tries.values()];
  expect(Math.max(...counts)).toBe(3);
  // With patience of 1.5 service times many give up, and those whose answer came in time have made one try.
  expect(counts.filter((count) => count === 1).length).toBeGreaterThan(100);
  expect(counts.filter((count) => count > 1).length).toBeGreaterThan(100);
});

test("answers in time end patience: nobody tries again", () => {
  const people = population(10, exponentialMs(500), {
    patience: duration(5_000_000),
    reload: { share: 1, times: 2, pause: duration(100_000) },
  });
  const world = engine(model(closedStation(10, people)));
  world.run(at(60));
  const { numbers } = world.draws;
  const cycles = waitingOnly(world).map(
    ({ request }) => `${String(numbers.waitingUserOf(request))} ${String(numbers.cycleOf(request))}`,
  );
  expect(cycles.length).toBeGreaterThan(1_000);
  expect(new Set(cycles).size).toBe(cycles.length);
});

test("the journey that follows is drawn from the row of the last one", () => {
  const people = population(50, ms(300, 0.3), {
    next: [
      { journey: "browse", shares: [{ name: "checkout", share: 1 }] },
      { journey: "checkout", shares: [{ name: "browse", share: 1 }] },
    ],
  });
  const world = engine(model(shopWith(people)));
  world.run(at(30));
  const last = new Map<number, string>();
  let turns = 0;
  for (const { request, site } of waitingOnly(world)) {
    const user = world.draws.numbers.waitingUserOf(request);
    if (last.has(user)) expect(site).not.toBe(last.get(user));
    last.set(user, site);
    turns++;
  }
  expect(turns).toBeGreaterThan(2_000);
});

test("a population grows over its time", () => {
  const growth = { users: 80, start: { at: at(20) }, over: duration(20_000_000) };
  const world = engine(model(closedStation(100, population(20, exponentialMs(400), { growth }))));
  world.run(at(60));
  const { perSecond } = startsAndResponses(world, 60);
  const mean = (from: number, to: number): number =>
    perSecond.slice(from, to).reduce((sum, count) => sum + count, 0) / (to - from);
  // 20 and 80 users, each 1 / 0.41 times a second.
  expect(mean(5, 20)).toBeGreaterThan(44);
  expect(mean(5, 20)).toBeLessThan(54);
  expect(mean(42, 60)).toBeGreaterThan(185);
  expect(mean(42, 60)).toBeLessThan(206);
});

test("cut, restored from a checkpoint, or whole: the same bytes", () => {
  const people = population(60, ms(700, 0.5), {
    patience: duration(80_000),
    reload: { share: 0.5, times: 1, pause: duration(50_000) },
  });
  const compiled = model(shopWith(people), { faults: [slow] });
  const whole = engine(compiled);
  whole.run(at(30));
  const cut = engine(compiled);
  for (let step = 1; step <= 300; step++) cut.run(at(step / 10));
  const origin = engine(compiled);
  origin.run(at(13.37));
  const restored = Engine.restore(compiled, origin.options, origin.checkpoint(), origin);
  restored.run(at(30));
  expect(cut.digest()).toBe(whole.digest());
  expect(restored.digest()).toBe(whole.digest());
});
