/**
 * One station against closed forms. If these hold, waits, refusals and sojourns in scenarios are what theory says.
 * Closed systems (machine repair) are not here: load is open, there is no user who waits for an answer before the next.
 */
import { expect, test } from "vitest";
import { batchMeans, expectTheory } from "../../fixtures/batch-means.js";
import { erlangB, erlangC, lossQueue, waitOfMG1, waitOfMMc } from "../../fixtures/queueing-formulas.js";
import { SERVICE_MS, station, timesAt, turnedAway } from "../../fixtures/station.js";
import { exponentialMs, ms } from "../../fixtures/topology.js";

const exponential = exponentialMs(SERVICE_MS);
const constant = ms(SERVICE_MS);
/** A lognormal time of mean SERVICE_MS. Its squared coefficient of variation is e^(σ²) − 1. */
const lognormal = (sigma: number) => ms(SERVICE_MS * Math.exp((-sigma * sigma) / 2), sigma);

test("the formulas give the values of the tables", () => {
  expect(erlangB(10, 5)).toBeCloseTo(0.018_385, 6);
  expect(erlangC(4, 3.2)).toBeCloseTo(0.596_4, 4);
  expect(waitOfMMc(1, 0.8, 1)).toBeCloseTo(4, 9);
  expect(waitOfMG1(0.8, 1, 1)).toBeCloseTo(4, 9);
  expect(lossQueue(3, 3, 2, 1).blocked).toBeCloseTo(erlangB(3, 2), 12);
  expect(lossQueue(2, 400, 1.4, 1).wait).toBeCloseTo(waitOfMMc(2, 1.4, 1), 9);
});

test("M/M/1 at load 0.7: wait ρ/(µ−λ), sojourn 1/(µ−λ), nobody waits in 1−ρ", () => {
  const world = station({ erlangs: 0.7, time: exponential, requests: 400_000, service: { workers: 1, cores: 1 } });
  const { waitMs, sojournMs } = timesAt(world, "only");
  expectTheory("wait", batchMeans(waitMs), waitOfMMc(1, 0.7, SERVICE_MS));
  expectTheory("sojourn", batchMeans(sojournMs), SERVICE_MS / (1 - 0.7));
  expectTheory("share that waits", batchMeans(waitMs.map((wait) => (wait > 0 ? 1 : 0))), 0.7);
});

test("M/M/4 at load 0.7: share that waits and mean wait by Erlang C", () => {
  const world = station({ erlangs: 2.8, time: exponential, requests: 400_000, service: { workers: 4, cores: 4 } });
  const { waitMs } = timesAt(world, "only");
  expectTheory("wait", batchMeans(waitMs), waitOfMMc(4, 2.8, SERVICE_MS));
  expectTheory("share that waits", batchMeans(waitMs.map((wait) => (wait > 0 ? 1 : 0))), erlangC(4, 2.8));
});

test.each([
  ["constant", constant, 0],
  ["lognormal σ 0.8", lognormal(0.8), Math.exp(0.64) - 1],
])("M/G/1 at load 0.7 with %s times: wait by Pollaczek–Khinchine", (_, time, variation) => {
  const world = station({ erlangs: 0.7, time, requests: 300_000, service: { workers: 1, cores: 1 } });
  expectTheory("wait", batchMeans(timesAt(world, "only").waitMs), waitOfMG1(0.7, SERVICE_MS, variation));
});

test.each([
  ["constant", constant],
  ["exponential", exponential],
  ["lognormal σ 1", lognormal(1)],
])("M/G/1-PS at load 0.7 with %s times: sojourn E[S]/(1−ρ), whatever the distribution", (_, time) => {
  const world = station({ erlangs: 0.7, time, requests: 200_000, service: { workers: 100_000, cores: 1 } });
  expectTheory("sojourn", batchMeans(timesAt(world, "only").sojournMs), SERVICE_MS / (1 - 0.7));
});

test("M/M/3 with 5 places to wait at load 1: share turned away, and the wait of the rest", () => {
  const { blocked, wait } = lossQueue(3, 8, 3, SERVICE_MS);
  const service = { workers: 3, cores: 3, queueCapacity: 5 };
  const world = station({ erlangs: 3, time: exponential, requests: 250_000, service });
  expectTheory("turned away", batchMeans(turnedAway(world, "only")), blocked);
  expectTheory("wait", batchMeans(timesAt(world, "only").waitMs), wait);
});

test.each([
  ["exponential", exponential],
  ["lognormal σ 1", lognormal(1)],
])("Erlang B: 10 workers, 8 erlangs of %s times and no place to wait", (_, time) => {
  const service = { workers: 10, cores: 10, queueCapacity: 0 };
  const world = station({ erlangs: 8, time, requests: 250_000, service });
  expectTheory("turned away", batchMeans(turnedAway(world, "only")), erlangB(10, 8));
});
