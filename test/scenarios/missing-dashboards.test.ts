import { beforeAll, describe, expect, test } from "vitest";
import type { WorldAction } from "../../server/sim/timeline.js";
import { loadScenario, PLAY_TIME_LIMIT_MS, Play, play } from "./play.js";

const missedOf = (ran: readonly number[]): number => ran.filter((value) => value === 0).length;

describe("a label with the customer's id", () => {
  let world: Play;
  let atPage: { readonly series: number; readonly ofCart: number; readonly upRatio: number };
  beforeAll(() => {
    world = play("missing-dashboards", { faultsOn: true, from: -15 }).run(0);
    atPage = {
      series: world.query("prometheus_tsdb_head_series") ?? 0,
      ofCart: world.query('sum(scrape_samples_scraped{job="cart"})') ?? 0,
      upRatio: world.query("sum(up) / count(up)") ?? 0,
    };
    world.run(22);
  }, PLAY_TIME_LIMIT_MS);

  test("pages about the metrics server before the learner begins, and about nothing that customers feel", () => {
    expect(world.fired()[0]).toBe("MetricsServerSeriesBudgetExceeded");
    expect(world.firedAt("MetricsServerSeriesBudgetExceeded")).toBeGreaterThan(-8);
    expect(world.firedAt("MetricsServerSeriesBudgetExceeded")).toBeLessThanOrEqual(-0.5);
    expect(world.shop("POST /cart/items", -11, 5).latencyMsP99).toBeLessThan(200);
    expect(world.shop("POST /checkout", -11, 7).failedRatio).toBeLessThan(0.01);
  });

  test("series go from some five thousand to many tens of thousands, nearly all of them of cart", () => {
    expect(atPage.series).toBeGreaterThan(60_000);
    expect(atPage.ofCart).toBeGreaterThan(60_000);
  });

  test("at the page sight is mostly there; ten minutes later scrapes time out and evaluations are missed", () => {
    expect(atPage.upRatio).toBeGreaterThan(0.9);
    expect(missedOf(world.engine.ruleIterations.ran)).toBeGreaterThan(8);
    expect(world.firedAt("MetricsServerRuleEvaluationsMissed")).toBeGreaterThan(0);
    const figures = new Map(world.engine.plant.figures(world.engine.model.plant.metrics, world.engine.now));
    expect(figures.get(world.engine.model.plant.metrics.scrapeTimeouts)).toBeGreaterThan(500);
  });

  test("when checkouts do fail later, the alert that should fire does not", () => {
    expect(world.shop("POST /checkout", 9, 21).failedRatio).toBeGreaterThan(0.1);
    expect(world.fired()).not.toContain("CheckoutErrorBudgetBurn");
  });
});

test.each(["1", "4"])(
  "with seed %s it stays blind for as long as orders fail",
  (seed) => {
    const world = new Play({ ...loadScenario("missing-dashboards"), seed }, { faultsOn: true, from: -15 }).run(22);
    expect(world.engine.plant.memoryBytes).toBe(1 << 30);
    expect(missedOf(world.engine.ruleIterations.ran.slice(-28))).toBeGreaterThan(24);
    expect(world.fired()).not.toContain("CheckoutErrorBudgetBurn");
  },
  PLAY_TIME_LIMIT_MS,
);

describe("what a responder can do about it", { timeout: PLAY_TIME_LIMIT_MS }, () => {
  const after = (action: WorldAction, toMinute = 22) =>
    play("missing-dashboards", { faultsOn: true, from: -13 }).run(5).act(action).run(toMinute);

  test.each<[string, WorldAction]>([
    ["rolling cart back", { kind: "rollback", change: "cart-2-10-0" }],
    ["dropping the label", { kind: "drop-label", metric: "http_server_request_duration_seconds", label: "user_id" }],
  ])("%s gives the sight back, and with it the alert", (_title, action) => {
    const world = after(action);
    expect(world.engine.plant.headSeries).toBeLessThan(10_000);
    expect(world.query("sum(up) / count(up)")).toBe(1);
    expect(world.fired()).toContain("CheckoutErrorBudgetBurn");
    expect(world.engine.ruleIterations.ran.slice(-10)).toEqual(Array(10).fill(1));
  });

  test("rolling another service back does not", () => {
    const world = after({ kind: "rollback", change: "recommendation-1-44-1" }, 11);
    expect(world.engine.plant.headSeries).toBeGreaterThan(60_000);
    expect(missedOf(world.engine.ruleIterations.ran.slice(-10))).toBeGreaterThan(3);
  });
});
