/** Visits of open arrivals: some pages over some minutes by one user, whatever the load, from the request's number alone. */
import { expect, test } from "vitest";
import { RequestDraws } from "../../../server/sim/request-draws.js";
import { shop } from "../../fixtures/shop.js";

const SECONDS = 1_800;
const LONGEST_SECONDS = 1_800;

interface Visit {
  readonly users: Set<number>;
  readonly regions: Set<number>;
  readonly seconds: number[];
}

function visitsAt(rps: number): readonly Visit[] {
  const draws = new RequestDraws("visits", shop().load);
  const visits = new Map<string, Visit>();
  for (let second = 0; second < SECONDS; second++) {
    for (let rank = 0; rank < rps; rank++) {
      const request = draws.numbers.usual(second, rank);
      const session = draws.sessionOf(request);
      const visit = visits.get(session) ?? { users: new Set(), regions: new Set(), seconds: [] };
      visits.set(session, visit);
      visit.users.add(draws.userOf(request));
      visit.regions.add(draws.regionIndexOf(request));
      visit.seconds.push(second);
    }
  }
  return [...visits.values()];
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * sorted.length)] ?? NaN;
}

test.each([2, 20])("at %i requests a second a visit has a handful of requests within some minutes", (rps) => {
  const visits = visitsAt(rps);
  const counts = visits.map(({ seconds }) => seconds.length);
  const lengths = visits.map(({ seconds }) => Math.max(...seconds) - Math.min(...seconds));
  expect(quantile(counts, 0.5)).toBeGreaterThanOrEqual(3);
  expect(quantile(counts, 0.5)).toBeLessThanOrEqual(12);
  expect(quantile(counts, 0.99)).toBeLessThan(40);
  expect(quantile(lengths, 0.5)).toBeGreaterThan(40);
  expect(quantile(lengths, 0.5)).toBeLessThan(300);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(LONGEST_SECONDS);
});

test("a visit is one user's, from one place", () => {
  for (const { users, regions } of visitsAt(20)) {
    expect(users.size).toBe(1);
    expect(regions.size).toBe(1);
  }
});

test("nobody in the shop is busier than a person can be", () => {
  const byUser = new Map<number, number>();
  for (const { users, seconds } of visitsAt(50)) {
    for (const user of users) byUser.set(user, (byUser.get(user) ?? 0) + seconds.length);
  }
  expect(Math.max(...byUser.values()) / SECONDS).toBeLessThan(0.1);
  expect(byUser.size).toBeGreaterThan(5_000);
});
