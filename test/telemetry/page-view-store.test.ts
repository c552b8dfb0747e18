import { describe, expect, test } from "vitest";
import { PageViewStore } from "../../server/telemetry/page-view-store.js";
import type { RumRequest } from "../../server/wire/rum.js";
import { crowdedShop } from "../fixtures/crowded-shop.js";
import { at, engine, fault, model } from "../fixtures/topology.js";

const shop = crowdedShop();
const world = engine(
  model(shop, {
    faults: [fault({ class: "code/front-end", target: "web", onset: at(0), parameters: { errorRatio: 0.2 } })],
  }),
);
world.run(at(60));
const store = new PageViewStore({
  browser: shop.browser,
  draws: world.draws,
  table: () => world.pageViews,
  recordedFromUs: at(0),
  patienceUs: [500_000],
  traceId: (request) => `trace-${String(request)}`,
});
const request: RumRequest = { fromUs: at(0), toUs: at(60), by: "page", filters: {} };
const all = store.answer(request);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("page views", () => {
  test("are all counted, by whatever they are grouped, and over time", () => {
    expect(all.declared).toBe(true);
    expect(all.total.views).toBe(world.pageViews.rows);
    for (const by of ["page", "region", "device", "version", "locale"] as const) {
      const { groups } = store.answer({ ...request, by });
      expect(sum(groups.map(({ figures }) => figures.views))).toBe(all.total.views);
    }
    expect(sum(all.steps.map(({ figures }) => figures.views))).toBe(all.total.views);
  });

  test("are narrowed by filters and by time", () => {
    const [first] = store.answer({ ...request, by: "device" }).groups;
    const narrowed = store.answer({ ...request, filters: { device: first?.name ?? "" } });
    expect(narrowed.total.views).toBe(first?.figures.views);
    const early = store.answer({ ...request, toUs: at(30) }).total.views;
    const late = store.answer({ ...request, fromUs: at(30) + 1 }).total.views;
    expect(early + late).toBe(all.total.views);
  });

  test("have the 75th percentile of what was measured, and shares of good and poor", () => {
    const measured: number[] = [];
    for (let row = 0; row < world.pageViews.rows; row++) {
      const value = world.pageViews.chunkAt(row).lcpUs[world.pageViews.placeOf(row)] ?? 0;
      if (value > 0) measured.push(value);
    }
    measured.sort((one, other) => one - other);
    const { lcp } = all.total.vitals;
    expect(lcp?.measured).toBe(measured.length);
    expect(lcp?.p75).toBe(measured[Math.ceil(measured.length * 0.75) - 1]);
    expect(lcp?.good).toBeCloseTo(measured.filter((value) => value <= 2_500_000).length / measured.length, 10);
  });

  test("lead to the sessions in which something went wrong", () => {
    expect(all.sessionsTotal).toBeGreaterThan(0);
    expect(all.sessions.length).toBe(Math.min(50, all.sessionsTotal));
    for (const { failed, abandoned, slow, scriptErrors, views } of all.sessions) {
      expect(failed + abandoned + slow + scriptErrors).toBeGreaterThan(0);
      expect(views).toBeGreaterThan(0);
    }
    expect(all.sessions[0]?.traceId).toMatch(/^trace-\d+$/);
  });
});

test("a system whose pages report nothing says so", () => {
  const silent = new PageViewStore({
    browser: undefined,
    draws: world.draws,
    table: () => world.pageViews,
    recordedFromUs: 0,
    patienceUs: [],
    traceId: String,
  });
  expect(silent.answer(request)).toMatchObject({ declared: false, groups: [], sessions: [] });
});
