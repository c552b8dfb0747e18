/** Browsers and probes: trouble of the services shows to users by mechanism, front-end trouble shows nowhere else. */
import { expect, test } from "vitest";
import { Engine } from "../../../server/sim/engine.js";
import { attributesOf } from "../../../server/sim/span-attributes.js";
import { PAGE_ABANDONED, PAGE_ANSWERED, PAGE_FAILED, type PageViewChunk } from "../../../server/sim/page-view-table.js";
import { slowStartRounds } from "../../../server/sim/web-vitals.js";
import { crowdedShop } from "../../fixtures/crowded-shop.js";
import { cell, spanRows } from "../../fixtures/span-rows.js";
import { at, engine, fault, model } from "../../fixtures/topology.js";
import type { FaultSpec } from "../../../server/sim/timeline.js";

const shop = crowdedShop();
const PRODUCT = 0;

function play(faults: readonly FaultSpec[], seconds = 60): Engine {
  const world = engine(model(shop, { faults }));
  world.run(at(seconds));
  return world;
}

interface View {
  readonly request: number;
  readonly page: number;
  readonly outcome: number;
  readonly ttfbUs: number;
  readonly lcpUs: number;
  readonly cls: number;
}

function viewsOf(world: Engine): readonly View[] {
  const { pageViews } = world;
  return Array.from({ length: pageViews.rows }, (_, row) => {
    const chunk: PageViewChunk = pageViews.chunkAt(row);
    const place = pageViews.placeOf(row);
    return {
      request: cell(chunk.request, place),
      page: cell(chunk.page, place),
      outcome: cell(chunk.outcome, place),
      ttfbUs: cell(chunk.ttfbUs, place),
      lcpUs: cell(chunk.lcpUs, place),
      cls: cell(chunk.clsMillionths, place) / 1e6,
    };
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * sorted.length)] ?? NaN;
}

const product = (world: Engine): readonly View[] => viewsOf(world).filter(({ page }) => page === PRODUCT);

/** Sum over devices of a counter or of the count of a histogram on the browsers' target. */
function counted(world: Engine, name: string, page: string): number {
  const target = world.model.browser?.target ?? -1;
  const values = world.valuesOf(target);
  return (world.model.targets[target]?.series ?? []).reduce(
    (sum, series, index) => (series.name === name && series.labels.page === page ? sum + (values[index] ?? 0) : sum),
    0,
  );
}

test("slow start takes a round for each doubling of ten segments", () => {
  expect([14_600, 14_601, 43_800, 350_000].map(slowStartRounds)).toEqual([1, 2, 2, 5]);
});

test("the time to the first byte has the server's time of the same request in it, and a round trip", () => {
  const world = play([]);
  const roots = new Map(
    spanRows(world)
      .map((span) => [span.request, span] as const)
      .reverse(),
  );
  const views = product(world);
  expect(views.length).toBeGreaterThan(1_000);
  for (const { request, ttfbUs, lcpUs, outcome } of views) {
    const root = roots.get(request);
    expect(ttfbUs).toBeGreaterThan(root?.durationUs ?? Infinity);
    if (outcome === PAGE_ANSWERED) expect(lcpUs).toBeGreaterThan(ttfbUs);
  }
});

test("a plain page lies where page loads of the field lie: LCP good for most, worse on phones and slow networks", () => {
  const views = product(play([])).filter(({ outcome }) => outcome === PAGE_ANSWERED);
  const lcp = views.map(({ lcpUs }) => lcpUs / 1e6);
  expect(quantile(lcp, 0.5)).toBeGreaterThan(0.8);
  expect(quantile(lcp, 0.5)).toBeLessThan(2.2);
  expect(quantile(lcp, 0.75)).toBeGreaterThan(1.5);
  expect(quantile(lcp, 0.75)).toBeLessThan(4);
  expect(
    quantile(
      views.map(({ cls }) => cls),
      0.75,
    ),
  ).toBeLessThan(0.1);
});

test("counts agree with rows, and every page view is one answer of the edge", () => {
  const world = play([]);
  const views = product(world);
  expect(counted(world, "browser_page_views_total", "product")).toBe(views.length);
  expect(counted(world, "browser_web_vitals_lcp_seconds_count", "product")).toBe(
    views.filter(({ outcome }) => (outcome & 3) === PAGE_ANSWERED).length,
  );
  const answers = spanRows(world).filter(
    ({ parent, ended, site, request }) =>
      parent < 0 && ended && site === "edge server GET /products/{id}" && world.draws.isPerson(request),
  );
  expect(views.length).toBe(answers.length);
});

test("a slow service shows in TTFB and LCP by as much as it is slower", () => {
  const slow = fault({
    class: "dependency/slow",
    target: "catalogue",
    onset: at(0),
    parameters: { latencyUs: 500_000 },
  });
  const before = product(play([]));
  const after = product(play([slow]));
  const median = (views: readonly View[]): number =>
    quantile(
      views.map(({ ttfbUs }) => ttfbUs),
      0.5,
    ) / 1e6;
  expect(median(after) - median(before)).toBeGreaterThan(0.35);
  expect(median(after) - median(before)).toBeLessThan(0.7);
});

test("an answer that failed is a page that failed, with an error of its scripts", () => {
  const errors = fault({ class: "code/exception", target: "web", onset: at(0), parameters: { ratio: 0.2 } });
  const world = play([errors]);
  const views = product(world);
  const failed = views.filter(({ outcome }) => (outcome & 3) === PAGE_FAILED).length;
  expect(failed / views.length).toBeGreaterThan(0.16);
  expect(failed / views.length).toBeLessThan(0.24);
  expect(counted(world, "browser_page_failures_total", "product")).toBe(failed);
  const scriptErrors = counted(world, "browser_script_errors_total", "product");
  expect(scriptErrors).toBe(views.filter(({ outcome }) => outcome > 3).length);
  expect(scriptErrors).toBeGreaterThanOrEqual(failed);
});

test("of those whose patience of three seconds is over, one in seventeen leaves with each further second", () => {
  const slow = fault({ class: "dependency/slow", target: "web", onset: at(0), parameters: { latencyUs: 6_000_000 } });
  const views = product(play([slow], 60));
  const abandoned = views.filter(({ outcome }) => (outcome & 3) === PAGE_ABANDONED);
  const expected = views.reduce((sum, { ttfbUs }) => sum + 1 - 0.942 ** Math.max(0, ttfbUs / 1e6 - 3), 0);
  expect(expected / views.length).toBeGreaterThan(0.1);
  expect(Math.abs(abandoned.length - expected)).toBeLessThan(4 * Math.sqrt(expected));
  expect(Math.min(...abandoned.map(({ ttfbUs }) => ttfbUs))).toBeGreaterThan(3_000_000);
  expect(abandoned.every(({ lcpUs }) => lcpUs === 0)).toBe(true);
});

test("a front-end defect is seen by browsers on its devices and by no server", () => {
  const defect = fault({
    class: "code/front-end",
    target: "web",
    onset: at(0),
    parameters: { page: "product", device: "phone", weight: 6, work: 3, shift: 0.3, errorRatio: 0.25 },
  });
  const healthy = play([]);
  const world = play([defect]);
  expect(spanRows(world)).toEqual(spanRows(healthy));
  const deviceOf = (request: number): number => world.draws.propertyOf("device", request);
  const lcp = (views: readonly View[], device: number): number =>
    quantile(
      views.filter(({ request }) => deviceOf(request) === device).map(({ lcpUs }) => lcpUs),
      0.5,
    );
  const [before, after] = [product(healthy), product(world)];
  expect(lcp(after, 0) / lcp(before, 0)).toBeGreaterThan(2);
  expect(lcp(after, 1)).toBe(lcp(before, 1));
  const phones = after.filter(({ request, outcome }) => deviceOf(request) === 0 && (outcome & 3) === PAGE_ANSWERED);
  const broken = phones.filter(({ outcome }) => outcome > 3).length / phones.length;
  expect(broken).toBeGreaterThan(0.2);
  expect(broken).toBeLessThan(0.3);
  expect(phones.every(({ cls }) => cls > 0.3)).toBe(true);
});

test("page views survive a checkpoint", () => {
  const compiled = model(shop);
  const whole = engine(compiled);
  whole.run(at(30));
  const origin = engine(compiled);
  origin.run(at(12.5));
  const checkpoint = origin.checkpoint();
  origin.run(at(20));
  const restored = Engine.restore(compiled, origin.options, checkpoint, origin);
  restored.run(at(30));
  expect(restored.digest()).toBe(whole.digest());
  expect(viewsOf(restored)).toEqual(viewsOf(whole));
});

const probeValues = (world: Engine, name: string): readonly number[] => {
  const target = world.model.probes?.target ?? -1;
  const values = world.valuesOf(target);
  const series = world.model.targets[target]?.series ?? [];
  return series.flatMap((one, index) => (one.name === name ? [values[index] ?? NaN] : []));
};

test("probes succeed while all is well; what they take is the way, three round trips of set-up and the answer", () => {
  const world = play([], 120);
  expect(probeValues(world, "probe_success")).toEqual([1, 1]);
  expect(probeValues(world, "probe_http_status_code")).toEqual([200, 200]);
  const [near = NaN, far = NaN] = probeValues(world, "probe_duration_seconds");
  // Four round trips of 10 and of 90 ms, and an answer of some tens.
  expect(near).toBeGreaterThan(0.04);
  expect(near).toBeLessThan(0.35);
  expect(far - near).toBeGreaterThan(0.15);
  const probes = spanRows(world).filter(
    ({ parent, request }) => parent < 0 && world.draws.numbers.probeOf(request) >= 0,
  );
  expect(probes.length).toBe(24);
  const [first] = probes;
  const attributes = attributesOf(world.model, world.draws, world.spans, first?.row ?? -1);
  expect(attributes).toMatchObject({
    "user_agent.synthetic.type": "test",
    "app.cart.items": world.draws.basketOf(first?.request ?? -1),
    "app.product.id": expect.stringMatching(/^sku-\d+$/) as unknown,
  });
  for (const name of ["user.id", "session.id", "app.region", "tenant.id"]) expect(attributes).not.toHaveProperty(name);
});

test("probes fail when the edge fails, and time out when it takes too long", () => {
  const errors = fault({ class: "code/exception", target: "web", onset: at(0), parameters: { ratio: 1 } });
  const failing = play([errors], 40);
  expect(probeValues(failing, "probe_success")).toEqual([0, 0]);
  expect(probeValues(failing, "probe_http_status_code").every((code) => code >= 500)).toBe(true);
  const slow = fault({ class: "dependency/slow", target: "web", onset: at(0), parameters: { latencyUs: 9_000_000 } });
  const hanging = play([slow], 40);
  expect(probeValues(hanging, "probe_success")).toEqual([0, 0]);
  expect(probeValues(hanging, "probe_http_status_code")).toEqual([0, 0]);
  expect(probeValues(hanging, "probe_duration_seconds")).toEqual([4, 4]);
});
