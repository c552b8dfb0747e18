import { beforeAll, describe, expect, test } from "vitest";
import { PLAY_TIME_LIMIT_MS, type Play, play } from "./play.js";
import type { SpanView } from "../../server/cli/simulation.js";

const CHECKOUT = "POST /checkout";

/** Mean duration in ms of checkouts by basket size, and the share of it that inventory spends on queries. */
function byBasket(world: Play, from: number, to: number, fits: (items: number) => boolean) {
  const roots = world
    .spans(from, to, ({ component, kind, name }) => component === "edge" && kind === "server" && name === CHECKOUT)
    .filter((span) => fits(world.basketOf(span)));
  const requests = new Map(roots.map((span) => [span.request, span]));
  const queries = world
    .spans(
      from,
      to + 0.1,
      ({ component, kind, peer }) => component === "inventory" && kind === "client" && peer === "catalogue-db",
    )
    .filter(({ request }) => requests.has(request));
  const total = (spans: readonly SpanView[]) => spans.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return {
    count: roots.length,
    meanMs: total(roots) / roots.length,
    queriesMs: total(queries) / roots.length,
    perRequest: queries.length / roots.length,
  };
}

describe("one query for each item", { timeout: PLAY_TIME_LIMIT_MS }, () => {
  let world: Play;
  beforeAll(() => {
    world = play("slow-baskets", { faultsOn: true, from: -15 }).run(6);
  }, PLAY_TIME_LIMIT_MS);

  test("pages on p99 before the learner begins, and on nothing else", () => {
    expect(world.fired()).toEqual(["CheckoutLatencyHigh"]);
    expect(world.firedAt("CheckoutLatencyHigh")).toBeGreaterThan(-9);
    expect(world.firedAt("CheckoutLatencyHigh")).toBeLessThanOrEqual(-0.5);
  });

  test("p99 is up, p50 hardly, nothing fails", () => {
    const before = world.shop(CHECKOUT, -15, -9);
    const after = world.shop(CHECKOUT, -7, 6);
    expect(before.latencyMsP99).toBeLessThan(450);
    expect(after.latencyMsP99).toBeGreaterThan(1_200);
    expect(after.latencyMsP50 / before.latencyMsP50).toBeLessThan(1.15);
    expect(after.failedRatio).toBeLessThan(0.01);
  });

  test("a basket of about forty goes from 250 ms to about 1,240, of which inventory's queries are about 85 %", () => {
    const large = (items: number) => items >= 36 && items <= 44;
    const before = byBasket(world, -15, -9.1, (items) => items >= 20);
    const after = byBasket(world, -7, 6, large);
    expect(before.meanMs).toBeGreaterThan(220);
    expect(before.meanMs).toBeLessThan(320);
    expect(before.perRequest).toBeCloseTo(2, 1);
    expect(after.meanMs).toBeGreaterThan(1_120);
    expect(after.meanMs).toBeLessThan(1_380);
    expect(after.queriesMs / after.meanMs).toBeGreaterThan(0.78);
    expect(after.queriesMs / after.meanMs).toBeLessThan(0.9);
    expect(after.perRequest).toBeGreaterThan(36);
  });

  test("small baskets are fine", () => {
    const small = (items: number) => items === 1;
    expect(byBasket(world, -7, 6, small).meanMs / byBasket(world, -15, -9.1, small).meanMs).toBeLessThan(1.1);
  });

  test("the database answers more queries and is not busy", () => {
    const operations = 'sum(rate(postgresql_operations_total{job="catalogue-db",table="stock"}[4m]))';
    const cores =
      'sum(rate(postgresql_cpu_seconds_total{job="catalogue-db"}[4m])) / sum(postgresql_cpu_cores{job="catalogue-db"})';
    const earlier = play("slow-baskets", { faultsOn: true, from: -15 }).run(-9.5);
    expect((world.query(operations) ?? 0) / (earlier.query(operations) ?? 1)).toBeGreaterThan(3);
    expect(world.query(cores)).toBeLessThan(0.1);
  });

  test("rolling inventory back ends it, rolling payment back does not", () => {
    const after = (change: string) =>
      play("slow-baskets", { faultsOn: true, from: -10 })
        .run(3)
        .act({ kind: "rollback", change })
        .run(12)
        .shop(CHECKOUT, 6, 12);
    expect(after("inventory-3-22-0").latencyMsP99).toBeLessThan(450);
    expect(after("payment-6-1-3").latencyMsP99).toBeGreaterThan(1_200);
  });
});
