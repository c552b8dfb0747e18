import { beforeAll, describe, expect, test } from "vitest";
import { PLAY_TIME_LIMIT_MS, play, type Play } from "./play.js";

/** The page, with all the changes that the learner sees near it; a whole hour for the first, half of one for the others. */
describe.each([
  ["checkout-errors", -45, 15],
  ["slow-baskets", -25, 5],
  ["missing-dashboards", -25, 5],
])("the healthy twin of %s", (id, from, to) => {
  let twin: Play;
  beforeAll(() => {
    twin = play(id, { faultsOn: false, from }).run(to);
  }, PLAY_TIME_LIMIT_MS);

  test("fires no alert", () => {
    expect(twin.fired()).toEqual([]);
    expect(twin.engine.ruleIterations.ran.every((ran) => ran === 1)).toBe(true);
  });

  test("serves what the shop is planned for", () => {
    const figures = twin.shop("POST /checkout", from, to);
    expect(figures.count / ((to - from) * 60)).toBeCloseTo(2, 0);
    expect(figures.latencyMsP50).toBeGreaterThan(230);
    expect(figures.latencyMsP50).toBeLessThan(270);
    expect(figures.latencyMsP99).toBeLessThan(500);
    expect(figures.failedRatio).toBeLessThan(0.005);
    const browse = twin.shop("GET /products/{id}", from, to);
    expect(browse.latencyMsP50).toBeGreaterThan(60);
    expect(browse.latencyMsP50).toBeLessThan(120);
  });

  test("makes at most a dozen spans a request", () => {
    const roots = twin.spans(from, to, ({ kind, component }) => kind === "server" && component === "edge").length;
    expect(twin.engine.spans.rows / roots).toBeLessThan(12);
  });
});
