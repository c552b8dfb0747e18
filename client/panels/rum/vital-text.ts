/** Web Vitals in words: their bands, their values with units. Pure. */
import { formatDurationUs, formatNumber } from "../../charts/format.js";
import type { RumDimension, RumFigures, RumRequest, VitalFigures, VitalInfo } from "../../../server/wire/rum.js";
import { VITALS } from "../../../server/wire/rum.js";
import type { TimeWindow } from "../../../server/wire/telemetry.js";
import type { ReadParameter } from "../logs/logs-query.js";

export type Band = "good" | "fair" | "poor";

export const BAND_WORDS: Readonly<Record<Band, string>> = {
  good: "good",
  fair: "needs improvement",
  poor: "poor",
};

export function bandOf(value: number, { good, poor }: VitalInfo): Band {
  if (value <= good) return "good";
  return value > poor ? "poor" : "fair";
}

export const vitalText = (value: number, { name }: VitalInfo): string =>
  name === "cls" ? formatNumber(value / 1_000_000, 2) : formatDurationUs(value);

export const DIMENSIONS: readonly (readonly [name: RumDimension, title: string])[] = [
  ["page", "Page"],
  ["region", "Region"],
  ["device", "Device"],
  ["version", "Version"],
  ["locale", "Language"],
];

export const dimensionOf = (text: string | undefined): RumDimension =>
  DIMENSIONS.find(([name]) => name === text)?.[0] ?? "page";

/** `by`, and a filter for each dimension under its own name. */
export function rumRequestOf(read: ReadParameter, window: TimeWindow): RumRequest {
  const filters = DIMENSIONS.flatMap(([name]) => {
    const value = read(name);
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  return { ...window, by: dimensionOf(read("by")), filters: Object.fromEntries(filters) };
}

/** Share of page views that went wrong in some way; undefined where there are none. */
export function troubleShare({ views, failed, abandoned, slow, scriptErrors }: RumFigures): number | undefined {
  return views === 0 ? undefined : Math.min(1, (failed + abandoned + slow + scriptErrors) / views);
}

/** What counts as trouble in the browser, and why it is more than what the session bar counts. */
export const TROUBLE_HELP =
  "Failed, left before the first byte, kept waiting for it longer than users put up with, or with script errors. " +
  "The wait has the user's own network in it; users hurt, in the session bar, counts what the edge itself answered too late or not at all.";

/** For screen readers: `LCP: 75 in 100 within 2.1 s, good; 80 % good, 5 % poor`. */
export function vitalSentence(info: VitalInfo, figures: VitalFigures | undefined): string {
  if (figures === undefined) return `${info.title}: not measured`;
  const percent = (share: number): string => `${String(Math.round(share * 100))} %`;
  const band = BAND_WORDS[bandOf(figures.p75, info)];
  return `${info.title}: 75 in 100 within ${vitalText(figures.p75, info)}, ${band}; ${percent(figures.good)} good, ${percent(figures.poor)} poor`;
}

export const worstVital = (figures: RumFigures): VitalInfo | undefined =>
  VITALS.find((info) => {
    const value = figures.vitals[info.name];
    return value !== undefined && bandOf(value.p75, info) === "poor";
  });
