/**
 * How fast a budget may burn before somebody is called: the multi-window pairs of the Site Reliability Workbook
 * (chapter 5, "Alerting on SLOs"). A rate of 1 uses the budget up exactly at the end of its window. Pure.
 */

export interface BurnThreshold {
  readonly rate: number;
  readonly meaning: string;
}

const PAGE: BurnThreshold = { rate: 14.4, meaning: "pages: 2 % of a 30-day budget in one hour" };
const PAGE_SLOW: BurnThreshold = { rate: 6, meaning: "pages: 5 % of a 30-day budget in six hours" };

const THRESHOLDS: Readonly<Record<string, BurnThreshold>> = {
  "5m": PAGE,
  "1h": PAGE,
  "30m": PAGE_SLOW,
  "6h": PAGE_SLOW,
};

export const burnThreshold = (window: string): BurnThreshold => THRESHOLDS[window] ?? PAGE_SLOW;

export type BurnLevel = "ok" | "warning" | "critical";

/** `critical` above the threshold of the window, `warning` where the budget will not last. */
export function burnLevel(window: string, rate: number): BurnLevel {
  if (rate >= burnThreshold(window).rate) return "critical";
  return rate > 1 ? "warning" : "ok";
}

/** Bars share a logarithmic scale from 0.1 to 100, so that 1 and 14.4 can both be seen: 0 to 1. */
export function burnPosition(rate: number): number {
  if (rate <= 0.1) return 0;
  return Math.min(1, (Math.log10(rate) + 1) / 3);
}
