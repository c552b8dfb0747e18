/** Open arrivals against what a Poisson process of the declared rate must be, and against a slow obvious model. */
import { expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { Arrivals } from "../../../server/sim/arrivals.js";
import { campaignExcess, curveAt, lastMomentUs, weekdayOf } from "../../../server/sim/load-curves.js";
import { drawsFor } from "../../../server/sim/load-sources.js";
import type { CampaignSpec } from "../../../server/topology/load-spec.js";
import type { LoadSpec } from "../../../server/topology/types.js";
import { smallShop } from "../../fixtures/small-shop.js";
import { at, model, NOON } from "../../fixtures/topology.js";

const NOON_SECOND = NOON / 1e6;

function arrivals(load: Partial<LoadSpec>, seed = "arrivals"): Arrivals {
  const shop = smallShop();
  const compiled = model({ ...shop, load: { ...shop.load, ...load } });
  return new Arrivals(compiled, drawsFor(compiled, seed, undefined));
}

/** Instants in seconds after noon, with the journey of each. */
function drawn(source: Arrivals, seconds: number, from = 0): { at: number[]; journey: number[]; request: number[] } {
  const found = { at: [] as number[], journey: [] as number[], request: [] as number[] };
  for (let second = from; second < from + seconds; second++) {
    source.draw(NOON_SECOND + second);
    for (let index = 0; index < source.count; index++) {
      found.at.push(((source.atUs[index] ?? NaN) - NOON) / 1e6);
      found.journey.push(source.journey[index] ?? NaN);
      found.request.push(source.request[index] ?? NaN);
    }
  }
  return found;
}

/** Kolmogorov's distance between values and the exponential law of a rate. */
function distanceToExponential(values: readonly number[], rate: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.reduce((most, value, index) => {
    const theory = 1 - Math.exp(-rate * value);
    return Math.max(most, Math.abs(theory - index / sorted.length), Math.abs(theory - (index + 1) / sorted.length));
  }, 0);
}

/** Half the width of the band that a Poisson count leaves in one of 100,000 cases. */
const band = (mean: number): number => 4.42 * Math.sqrt(mean);

test("counts lie in the Poisson band, and times between arrivals are exponential", () => {
  const { at: instants } = drawn(arrivals({ rps: 40 }), 2_000);
  expect(Math.abs(instants.length - 80_000)).toBeLessThan(band(80_000));
  const gaps = instants.slice(1).map((instant, index) => instant - (instants[index] ?? NaN));
  // 1.95 / √n is Kolmogorov's critical value at 0.1 %.
  expect(distanceToExponential(gaps, 40)).toBeLessThan(1.95 / Math.sqrt(gaps.length));
});

test("the week multiplies the day: a Tuesday and a Saturday", () => {
  expect(weekdayOf(NOON)).toBe(1);
  const weeklyCurve = [1, 0.5, 1, 1, 1, 3, 1];
  const source = arrivals({ rps: 40, weeklyCurve });
  expect(source.rateAt(NOON)).toBe(20);
  expect(source.rateAt(at(4 * 86_400))).toBe(120);
  expect(Math.abs(drawn(source, 1_000).at.length - 20_000)).toBeLessThan(band(20_000));
});

test("the curve of a journey moves this journey and no other", () => {
  const noonPeak = Array.from({ length: 24 }, (_, hour) => (hour === 12 || hour === 13 ? 3 : 0.5));
  const usual = drawn(arrivals({ rps: 40 }), 1_000);
  const curved = drawn(arrivals({ rps: 40, journeyCurves: { checkout: noonPeak } }), 1_000);
  const of = (found: { journey: number[] }, journey: number): number =>
    found.journey.filter((one) => one === journey).length;
  expect(Math.abs(of(curved, 0) - of(usual, 0))).toBeLessThan(2 * band(28_000));
  expect(Math.abs(of(curved, 1) - 36_000)).toBeLessThan(band(36_000));
});

const campaign: CampaignSpec = {
  id: "mail",
  start: { at: at(100) },
  factor: 3,
  ramp: duration(60_000_000),
  lasts: duration(120_000_000),
  halfLife: duration(60_000_000),
  journeys: [{ name: "checkout", share: 1 }],
};

test("a campaign rises, stays and halves", () => {
  const excess = (second: number): number => campaignExcess(campaign, at(second));
  expect([99, 100, 130, 160, 280, 340, 400].map(excess)).toEqual([0, 0, 1, 2, 2, 1, 0.5]);
  expect(excess(280 + 601)).toBe(0);
});

test("a campaign adds what it declares, of its own journeys, and leaves every usual arrival where it was", () => {
  const usual = drawn(arrivals({ rps: 40 }), 600);
  const source = arrivals({ rps: 40, campaigns: [campaign] });
  const more = drawn(source, 600);
  const key = (found: typeof usual, index: number): string =>
    [found.at[index], found.journey[index], found.request[index]].join(" ");
  const keys = new Set(more.at.map((_, index) => key(more, index)));
  expect(usual.at.every((_, index) => keys.has(key(usual, index)))).toBe(true);
  // Half of the ramp, the stay, and 60 s / ln 2 of dying away until the end of the window, at 80 a second.
  const expected = 80 * (30 + 120 + (60 / Math.LN2) * (1 - 2 ** (-320 / 60)));
  const added = more.at.length - usual.at.length;
  expect(Math.abs(added - expected)).toBeLessThan(band(expected));
  expect(new Set(more.request).size).toBe(more.request.length);
  expect(more.journey.filter((one) => one === 1).length - usual.journey.filter((one) => one === 1).length).toBe(added);
});

test("a slow model by thinning agrees in distribution", () => {
  const dailyCurve = Array.from({ length: 24 }, (_, hour) => 1 + hour / 24);
  const source = arrivals({ rps: 30, dailyCurve, campaigns: [campaign] });
  const counts = Array.from({ length: 40 }, (_, bin) => drawn(source, 15, bin * 15).at.length);
  // Lewis and Shedler: candidates at the highest rate, each kept with the share of the rate of its instant.
  const random = lehmer(12_345);
  const rateAt = (second: number): number =>
    30 * curveAt(dailyCurve, at(second)) * (1 + campaignExcess(campaign, at(second)));
  const highest = 30 * 2 * 3;
  const slow = new Array<number>(40).fill(0);
  const ROUNDS = 30;
  for (let round = 0; round < ROUNDS; round++) {
    for (let second = 0; ;) {
      second += -Math.log(random()) / highest;
      if (second >= 600) break;
      const bin = Math.floor(second / 15);
      if (random() < rateAt(second) / highest) slow[bin] = (slow[bin] ?? 0) + 1 / ROUNDS;
    }
  }
  // Both are Poisson: the squared differences over the variance sum to χ² with 40 degrees of freedom (0.1 %: 73.4).
  const chiSquare = counts.reduce((sum, count, bin) => {
    const mean = slow[bin] ?? NaN;
    return sum + (count - mean) ** 2 / (mean * (1 + 1 / ROUNDS));
  }, 0);
  expect(chiSquare).toBeLessThan(73.4);
  expect(chiSquare).toBeGreaterThan(17.9);
});

/** Park and Miller's generator: something that shares nothing with the engine's draws. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

test("a daily moment: today when it has come, else yesterday, only on its days", () => {
  const daily = (hour: number, days: readonly number[]): number =>
    (lastMomentUs({ timeOfDay: duration(hour * 3_600_000_000), days }, NOON) - NOON) / 3_600_000_000;
  expect(daily(11, [])).toBe(-1);
  expect(daily(13, [])).toBe(-23);
  expect(daily(11, [0])).toBe(-25);
  expect(daily(11, [4])).toBe(-Infinity);
});
