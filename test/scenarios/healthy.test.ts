import { beforeAll, describe, expect, test } from "vitest";
import { play, type Play } from "./play.js";

/** An hour around the page, with all the changes that the learner sees near it. */
const FROM = -45;
const TO = 15;

describe.each(["checkout-errors", "slow-baskets", "missing-dashboards"])("the healthy twin of %s", (id) => {
  let twin: Play;
  beforeAll(() => {
    twin = play(id, { faultsOn: false, from: FROM }).run(TO);
  });

  test("fires no alert in an hour", () => {
    expect(twin.fired()).toEqual([]);
    expect(twin.engine.ruleIterations.ran.every((ran) => ran === 1)).toBe(true);
  });

  test("serves what the shop is planned for", () => {
    const figures = twin.customers("POST /checkout", FROM, TO);
    expect(figures.perSecond).toBeCloseTo(2, 0);
    expect(figures.latencyMsP50).toBeGreaterThan(230);
    expect(figures.latencyMsP50).toBeLessThan(270);
    expect(figures.latencyMsP99).toBeLessThan(500);
    expect(figures.failedRatio).toBeLessThan(0.005);
    const browse = twin.customers("GET /products/{id}", FROM, TO);
    expect(browse.latencyMsP50).toBeGreaterThan(60);
    expect(browse.latencyMsP50).toBeLessThan(120);
  });

  test("makes at most a dozen spans a request", () => {
    const roots = twin.spans(FROM, TO, ({ kind, component }) => kind === "server" && component === "edge").length;
    expect(twin.engine.spans.rows / roots).toBeLessThan(12);
  });
});
