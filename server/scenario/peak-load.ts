/**
 * The load of a topology at its worst by declaration: the hour of the week with most arrivals, users who wait, campaigns
 * at their height. Means, like capacity.ts, which says what they do to the resources.
 */
import { MICROS_PER_HOUR, MICROS_PER_SECOND } from "../base/time.js";
import { calendarFactor, curveAt } from "../sim/load-curves.js";
import { meanUs } from "../sim/load-sources.js";
import type { ShareSpec } from "../topology/load-spec.js";
import type { Topology } from "../topology/types.js";
import { meanResponseUs, type ResourceUse, resourceUses } from "./capacity.js";
import type { Report } from "./report.js";

/** From here on queues are long; at 1 and above the load cannot be served. */
export const UTILISATION_WARNING = 0.75;
const HOURS_OF_WEEK = 168;
/** A Monday, 00:00 UTC. */
const MONDAY_US = 4 * 24 * MICROS_PER_HOUR;

/** Requests a second by journey. */
export type JourneyRates = readonly number[];

export const totalOf = (rates: JourneyRates): number => rates.reduce((sum, rate) => sum + rate, 0);

/** Open arrivals in the hour of the week that has most of them, campaigns left out. */
export function openPeak({ load, journeys }: Topology): JourneyRates {
  let peak: JourneyRates = journeys.map(() => 0);
  for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
    const atUs = MONDAY_US + hour * MICROS_PER_HOUR;
    const base = load.rps * calendarFactor(load, atUs);
    const rates = journeys.map(({ id, share }) => base * share * curveAt(load.journeyCurves?.[id] ?? [], atUs));
    if (totalOf(rates) > totalOf(peak)) peak = rates;
  }
  return peak;
}

/** Requests of users who wait when nobody is in anybody's way: N / (R + Z). */
export function waitingPeak(topology: Topology): JourneyRates {
  const { load, journeys } = topology;
  const responseUs = meanResponseUs(topology);
  let rate = 0;
  for (const { users, growth, think } of load.populations ?? [])
    rate += (Math.max(users, growth?.users ?? 0) * MICROS_PER_SECOND) / Math.max(1, meanUs(think) + responseUs);
  return journeys.map(({ share }) => rate * share);
}

/** Warns of resources that users who wait, or campaigns, would overload although usual arrivals do not. */
export function reportExtraLoad(topology: Topology, report: Report): void {
  const open = openPeak(topology);
  const known = new Set(tense(topology, open).map(nameOf));
  const waiting = waitingPeak(topology);
  const both = open.map((rate, index) => rate + waiting[index]);
  for (const use of totalOf(waiting) === 0 ? [] : tense(topology, both)) {
    if (known.has(nameOf(use))) continue;
    known.add(nameOf(use));
    report(["load", "populations"], {
      message: `${useName(use)} would be ${percentOf(use)} % busy with ${rateOf(both)} requests/s of users who wait and others`,
      hint: "users will wait for each other even without any fault",
      severity: "warning",
      part: "key",
    });
  }
  for (const { id, factor, journeys } of topology.load.campaigns ?? []) {
    const rates = both.map((rate, index) => rate + totalOf(open) * (factor - 1) * mixOf(topology, journeys)[index]);
    for (const use of tense(topology, rates)) {
      if (known.has(nameOf(use))) continue;
      report(["load", "campaigns", id, "factor"], {
        message: `${useName(use)} would be ${percentOf(use)} % busy at the height of the campaign, with ${rateOf(rates)} requests/s`,
        hint: use.utilisation >= 1 ? "the campaign cannot be served even without any fault" : "queues will be long",
        severity: "warning",
      });
    }
  }
}

export function useName(use: ResourceUse): string {
  if (use.resource === "pool") return `the pool of ${use.component} to ${use.target ?? ""}`;
  return `the ${use.resource} of ${use.component}`;
}

const tense = (topology: Topology, rates: JourneyRates): readonly ResourceUse[] =>
  resourceUses(topology, rates).filter(({ utilisation }) => utilisation >= UTILISATION_WARNING);

const nameOf = ({ path }: ResourceUse): string => path.join("/");
const percentOf = ({ utilisation }: ResourceUse): string => String(Math.round(utilisation * 100));
const rateOf = (rates: JourneyRates): string => String(Math.round(totalOf(rates)));

const mixOf = ({ journeys }: Topology, mix: readonly ShareSpec[]): readonly number[] =>
  journeys.map(({ id, share }) => (mix.length === 0 ? share : (mix.find(({ name }) => name === id)?.share ?? 0)));
