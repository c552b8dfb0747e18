/**
 * How much load there is at an instant: the curves of a day and of a week, those of single journeys, and campaigns.
 * Pure functions of the declaration and the clock.
 */
import { MICROS_PER_HOUR } from "../base/time.js";
import type { CampaignSpec, MomentSpec } from "../topology/load-spec.js";
import type { LoadSpec } from "../topology/types.js";

const DAY_US = 24 * MICROS_PER_HOUR;
/** The epoch was a Thursday; Monday is 0. */
const WEEKDAY_OF_EPOCH = 3;
/** After so many half-lives a campaign has ended: a thousandth is left. */
export const HALF_LIVES = 10;

/** Day of the week of an instant in UTC, Monday 0. */
export const weekdayOf = (atUs: number): number => (Math.floor(atUs / DAY_US) + WEEKDAY_OF_EPOCH) % 7;

/** Factors of 24 hours, joined linearly; 1 for a curve without any. */
export function curveAt(factors: readonly number[], atUs: number): number {
  if (factors.length === 0) return 1;
  const hours = (atUs / MICROS_PER_HOUR) % 24;
  const position = (hours / 24) * factors.length;
  const from = Math.floor(position) % factors.length;
  const to = (from + 1) % factors.length;
  const within = position - Math.floor(position);
  return factors[from] * (1 - within) + factors[to] * within;
}

/** The daily and the weekly factor together. */
export function calendarFactor({ dailyCurve, weeklyCurve }: LoadSpec, atUs: number): number {
  const daily = curveAt(dailyCurve, atUs);
  return weeklyCurve === undefined ? daily : daily * weeklyCurve[weekdayOf(atUs)];
}

/** Open arrivals per second over all journeys by the curves, campaigns left out. */
export const openRateAt = (load: LoadSpec, atUs: number): number =>
  load.dailyCurve.length === 0 && load.weeklyCurve === undefined ? load.rps : load.rps * calendarFactor(load, atUs);

/** The last moment at or before `atUs`, −Infinity when there was none (of a daily one: none on this day or the last). */
export function lastMomentUs(moment: MomentSpec, atUs: number): number {
  if ("at" in moment) return moment.at <= atUs ? moment.at : -Infinity;
  const today = Math.floor(atUs / DAY_US) * DAY_US;
  for (const midnight of [today, today - DAY_US]) {
    const begins = midnight + moment.timeOfDay;
    const counts = moment.days.length === 0 || moment.days.includes(weekdayOf(midnight));
    if (counts && begins <= atUs) return begins;
  }
  return -Infinity;
}

/** What a campaign adds to the usual arrivals, in multiples of them. */
export function campaignExcess({ start, factor, ramp, lasts, halfLife }: CampaignSpec, atUs: number): number {
  const elapsed = atUs - lastMomentUs(start, atUs);
  if (elapsed === Infinity) return 0;
  const height = factor - 1;
  if (elapsed < ramp) return (height * elapsed) / ramp;
  const after = elapsed - ramp - lasts;
  if (after <= 0) return height;
  return halfLife === 0 || after > HALF_LIVES * halfLife ? 0 : height * 2 ** (-after / halfLife);
}
