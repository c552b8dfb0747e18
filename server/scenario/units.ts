/**
 * Values as people write them in scenario files, and their engine units: durations and offsets to integer µs, sizes to
 * bytes, ratios to 0…1, instants to µs since the epoch. Each parser gives undefined for anything but its own form; the
 * schema says what was expected. Calendar arithmetic is days-from-civil (Howard Hinnant, chrono-compatible low-level
 * date algorithms), because the core knows no `Date`.
 */
import {
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_MS,
  MICROS_PER_SECOND,
  duration,
  simTime,
} from "../base/time.js";
import type { Duration, SimTime } from "../base/time.js";
import type { DurationSpec } from "../topology/types.js";

const MICROS_PER_UNIT: Readonly<Record<string, number>> = {
  us: 1,
  µs: 1,
  ms: MICROS_PER_MS,
  s: MICROS_PER_SECOND,
  m: MICROS_PER_MINUTE,
  h: MICROS_PER_HOUR,
  d: 24 * MICROS_PER_HOUR,
};

const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
};

/** Longest duration that a file may name: 400 days. */
const DURATION_MAX_US = 400 * 24 * MICROS_PER_HOUR;

export const DURATION_PATTERN = "^([0-9]+(\\.[0-9]+)?(us|µs|ms|s|m|h|d))+$";
export const OFFSET_PATTERN = "^([+-]([0-9]+(\\.[0-9]+)?(us|µs|ms|s|m|h|d))+|0)$";
export const SPREAD_DURATION_PATTERN =
  "^([0-9]+(\\.[0-9]+)?(us|µs|ms|s|m|h|d))+( *~ *([0-9]+(\\.[0-9]+)?|exponential))?$";
export const BYTES_PATTERN = "^[0-9]+(\\.[0-9]+)? *(B|KiB|MiB|GiB|KB|MB|GB)$";
export const INSTANT_PATTERN =
  "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})$";

/** `250ms`, `1m30s`, `1.5h` as µs; undefined for any other text, a negative or one over 400 days. */
export function parseDuration(text: string): Duration | undefined {
  const micros = parseMicros(text);
  return micros === undefined ? undefined : duration(Math.round(micros));
}

/** The same to a fraction of a µs, for what is multiplied by large numbers. */
export function parseMicros(text: string): number | undefined {
  if (!new RegExp(DURATION_PATTERN).test(text)) return undefined;
  let micros = 0;
  for (const [, amount, unit] of text.matchAll(/([0-9]+(?:\.[0-9]+)?)(us|µs|ms|s|m|h|d)/g)) {
    micros += Number(amount) * (MICROS_PER_UNIT[unit] ?? Number.NaN);
  }
  return micros <= DURATION_MAX_US ? micros : undefined;
}

/** `-10m`, `+5m` or `0`: time from the page, as signed µs. */
export function parseOffset(text: string): Duration | undefined {
  if (text === "0") return duration(0);
  const sign = text.startsWith("-") ? -1 : text.startsWith("+") ? 1 : 0;
  if (sign === 0) return undefined;
  const size = parseDuration(text.slice(1));
  return size === undefined ? undefined : duration(sign * size);
}

/**
 * `12ms ~0.5`: a lognormal with that median and that sigma of its logarithm; without `~` it is constant.
 * `12ms ~exponential`: an exponential with that mean.
 */
export function parseSpreadDuration(text: string): DurationSpec | undefined {
  const parts = text.split("~");
  const median = parseDuration((parts[0] ?? "").trim());
  if (median === undefined || parts.length > 2) return undefined;
  if (parts.length === 1) return { median, sigma: 0 };
  const sigmaText = (parts[1] ?? "").trim();
  if (sigmaText === "exponential")
    return { median: duration(Math.round(median * Math.LN2)), sigma: 0, law: "exponential" };
  if (!/^[0-9]+(\.[0-9]+)?$/.test(sigmaText)) return undefined;
  const sigma = Number(sigmaText);
  return sigma <= SIGMA_MAX ? { median, sigma } : undefined;
}

/** Above this a lognormal's mean lies e^8 over its median: surely a slip of the pen. */
const SIGMA_MAX = 4;

/** `512MiB` as bytes. */
export function parseBytes(text: string): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?) *(B|KiB|MiB|GiB|KB|MB|GB)$/.exec(text);
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * (BYTES_PER_UNIT[match[2]] ?? Number.NaN));
}

/** `0.005` or `0.5%` as a number from 0 to 1. */
export function parseRatio(value: string | number): number | undefined {
  const ratio = typeof value === "number" ? value : parsePercent(value);
  return ratio !== undefined && ratio >= 0 && ratio <= 1 ? ratio : undefined;
}

function parsePercent(text: string): number | undefined {
  const match = /^([0-9]+(?:\.[0-9]+)?) *%$/.exec(text);
  return match === null ? undefined : Number(match[1]) / 100;
}

/** An RFC 3339 instant, `2025-03-12T14:05:00Z`, as simulated time. */
export function parseInstant(text: string): SimTime | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?:Z|([+-])(\d{2}):(\d{2}))$/.exec(
    text,
  );
  if (match === null) return undefined;
  const [year, month, day, hour, minute] = match.slice(1, 6).map(Number) as [number, number, number, number, number];
  // Groups that did not take part are undefined, which the types do not say.
  const [secondText, zoneSign, zoneHours, zoneMinutesText] = match.slice(6) as (string | undefined)[];
  const second = Number(secondText ?? 0);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second >= 60) return undefined;
  const zoneMinutes = (zoneSign === "-" ? -1 : 1) * (Number(zoneHours ?? 0) * 60 + Number(zoneMinutesText ?? 0));
  const minutesOfDay = hour * 60 + minute - zoneMinutes;
  const micros = Math.round(second * MICROS_PER_SECOND);
  return simTime(daysFromCivil(year, month, day) * 24 * MICROS_PER_HOUR + minutesOfDay * MICROS_PER_MINUTE + micros);
}

function daysInMonth(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return leap ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** A duration as people would write it: `1m30s`, `250ms`; for messages. */
export function formatDuration(micros: number): string {
  const sign = micros < 0 ? "-" : "";
  let rest = Math.abs(micros);
  if (rest === 0) return "0s";
  let text = "";
  for (const unit of ["h", "m", "s", "ms", "us"]) {
    const size = MICROS_PER_UNIT[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) text += String(count) + unit;
    rest -= count * size;
  }
  return sign + text;
}
