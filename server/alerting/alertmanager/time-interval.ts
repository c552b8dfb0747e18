/**
 * Times of day, week, month and year in which a route speaks or is silent.
 * Source: alertmanager/timeinterval/timeinterval.go.
 */
import { failure, success, type Result } from "../../base/result.js";
import { civilTime, daysFromCivil, daysInMonth, type CivilTime } from "../../query/promql/calendar.js";
import type { NumberRange, TimeIntervalRule } from "../../topology/alertmanager-spec.js";

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];

interface RangeRule {
  readonly least: number;
  readonly most: number;
  /** Number of a word. */
  readonly read: (text: string) => number | undefined;
  readonly what: string;
}

const whole = (text: string): number | undefined => (/^-?\d+$/.test(text) ? Number(text) : undefined);
const named =
  (names: readonly string[], first: number) =>
  (text: string): number | undefined => {
    const index = names.indexOf(text.toLowerCase());
    return index < 0 ? undefined : index + first;
  };

const WEEKDAY: RangeRule = { least: 0, most: 6, read: named(WEEKDAYS, 0), what: "weekday" };
const DAY_OF_MONTH: RangeRule = { least: -31, most: 31, read: whole, what: "day of the month" };
const MONTH: RangeRule = { least: 1, most: 12, read: (text) => named(MONTHS, 1)(text) ?? whole(text), what: "month" };
const YEAR: RangeRule = { least: 0, most: 9_999, read: whole, what: "year" };

export interface WrittenTimeInterval {
  readonly times?: readonly { readonly start_time: string; readonly end_time: string }[] | undefined;
  readonly weekdays?: readonly string[] | undefined;
  readonly days_of_month?: readonly string[] | undefined;
  readonly months?: readonly string[] | undefined;
  readonly years?: readonly string[] | undefined;
  readonly location?: string | undefined;
}

/** The rule that a file means, or what is wrong with it. */
export function readTimeInterval(written: WrittenTimeInterval): Result<TimeIntervalRule, string> {
  const lists = [
    [written.weekdays, WEEKDAY],
    [written.days_of_month, DAY_OF_MONTH],
    [written.months, MONTH],
    [written.years, YEAR],
  ] as const;
  const ranges: NumberRange[][] = [];
  for (const [texts, rule] of lists) {
    const read = all(texts ?? [], (text) => readRange(text, rule));
    if (!read.ok) return read;
    ranges.push(read.value);
  }
  const times = all(written.times ?? [], readTimes);
  if (!times.ok) return times;
  const location = written.location ?? "UTC";
  if (zoneFormat(location) === undefined) return failure(`unknown time zone ${location}`);
  const [weekdays, daysOfMonth, months, years] = ranges;
  return success({ times: times.value, weekdays, daysOfMonth, months, years, location });
}

function all<Written, Read>(
  items: readonly Written[],
  read: (item: Written) => Result<Read, string>,
): Result<Read[], string> {
  const values: Read[] = [];
  for (const item of items) {
    const one = read(item);
    if (!one.ok) return one;
    values.push(one.value);
  }
  return success(values);
}

/** `monday:friday`, `-3:-1`, `may`. */
function readRange(text: string, { least, most, read, what }: RangeRule): Result<NumberRange, string> {
  const [first = "", last = first, ...rest] = text.trim().split(":");
  const from = read(first.trim());
  const to = read(last.trim());
  if (from === undefined || to === undefined || rest.length > 0) return failure(`${text} is not a valid ${what}`);
  if ([from, to].some((value) => value < least || value > most || (least < 0 && value === 0)))
    return failure(`${text} is not a valid ${what}: out of range`);
  if (from < 0 && to > 0) return failure("end day must be negative if start day is negative");
  if (Math.sign(from) === Math.sign(to) && from > to) return failure("start day cannot be before end day");
  return success({ from, to });
}

const CLOCK = /^(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))$/;

function readTimes({
  start_time: start,
  end_time: end,
}: {
  readonly start_time: string;
  readonly end_time: string;
}): Result<NumberRange, string> {
  const from = minuteOfDay(start);
  const to = minuteOfDay(end);
  if (from === undefined) return failure(`couldn't parse timestamp ${start}, invalid format`);
  if (to === undefined) return failure(`couldn't parse timestamp ${end}, invalid format`);
  return from >= to ? failure("start time cannot be equal or greater than end time") : success({ from, to });
}

function minuteOfDay(text: string): number | undefined {
  const match = CLOCK.exec(text);
  if (match === null) return undefined;
  return Number(match.at(1) ?? match[3]) * 60 + Number(match.at(2) ?? match[4]);
}

/** Whether the instant lies in one of the rules. */
export function inTimeInterval(rules: readonly TimeIntervalRule[], atMs: number): boolean {
  return rules.some((rule) => inRule(rule, localTime(rule.location, atMs)));
}

function inRule({ times, weekdays, daysOfMonth, months, years }: TimeIntervalRule, local: CivilTime): boolean {
  const minute = local.hour * 60 + local.minute;
  if (times.length > 0 && !times.some(({ from, to }) => minute >= from && minute < to)) return false;
  if (!within(weekdays, local.dayOfWeek) || !within(months, local.month) || !within(years, local.year)) return false;
  const days = daysInMonth(local.year, local.month);
  const fromStart = (day: number): number => (day < 0 ? days + day + 1 : day);
  const clamped = daysOfMonth
    .map(({ from, to }) => ({ from: Math.max(1, fromStart(from)), to: Math.min(days, fromStart(to)) }))
    .filter(({ from }) => from <= days);
  return daysOfMonth.length === 0 || clamped.some(({ from, to }) => local.day >= from && local.day <= to);
}

const within = (ranges: readonly NumberRange[], value: number): boolean =>
  ranges.length === 0 || ranges.some(({ from, to }) => value >= from && value <= to);

function zoneFormat(location: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: location,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
  } catch {
    return undefined;
  }
}

function localTime(location: string, atMs: number): CivilTime {
  const format = location === "UTC" ? undefined : zoneFormat(location);
  if (format === undefined) return civilTime(atMs / 1000);
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const days = daysFromCivil(part("year"), part("month"), part("day"));
  return civilTime(days * 86_400 + part("hour") * 3_600 + part("minute") * 60);
}
