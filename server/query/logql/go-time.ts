/** Instants by a layout that shows the second of January 2006, in UTC. Source: Go time.Format and time.Parse. */
import { civilTime, daysFromCivil } from "../promql/calendar.js";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const FIELDS =
  /January|Jan|Monday|Mon|MST|2006|[.,](?:0+|9+)(?!\d)|002|01|02|03|04|05|06|15|_2|-07:00|-0700|-07|Z07:00|Z0700|PM|pm|1|2|3|4|5/g;

const two = (value: number): string => String(value).padStart(2, "0");

interface Moment extends ReturnType<typeof civilTime> {
  /** Of the second. */
  readonly nanos: number;
}

type Writer = (moment: Moment) => string;

const WRITERS: Readonly<Partial<Record<string, Writer>>> = {
  "2006": ({ year }) => String(year).padStart(4, "0"),
  "06": ({ year }) => two(year % 100),
  January: ({ month }) => MONTHS[month - 1],
  Jan: ({ month }) => MONTHS[month - 1].slice(0, 3),
  "01": ({ month }) => two(month),
  "1": ({ month }) => String(month),
  Monday: ({ dayOfWeek }) => DAYS[dayOfWeek],
  Mon: ({ dayOfWeek }) => DAYS[dayOfWeek].slice(0, 3),
  "02": ({ day }) => two(day),
  _2: ({ day }) => String(day).padStart(2, " "),
  "2": ({ day }) => String(day),
  "002": ({ dayOfYear }) => String(dayOfYear).padStart(3, "0"),
  "15": ({ hour }) => two(hour),
  "03": ({ hour }) => two(hour % 12 === 0 ? 12 : hour % 12),
  "3": ({ hour }) => String(hour % 12 === 0 ? 12 : hour % 12),
  "04": ({ minute }) => two(minute),
  "4": ({ minute }) => String(minute),
  "05": ({ second }) => two(second),
  "5": ({ second }) => String(second),
  PM: ({ hour }) => (hour < 12 ? "AM" : "PM"),
  pm: ({ hour }) => (hour < 12 ? "am" : "pm"),
  MST: () => "UTC",
  "-0700": () => "+0000",
  "-07:00": () => "+00:00",
  "-07": () => "+00",
  "Z07:00": () => "Z",
  Z0700: () => "Z",
};

/** The text of an instant. */
export function formatGoTime(timeUs: number, layout: string): string {
  const seconds = Math.floor(timeUs / 1e6);
  const moment = { ...civilTime(seconds), nanos: Math.round((timeUs - seconds * 1e6) * 1e3) };
  return layout.replace(FIELDS, (field) => WRITERS[field]?.(moment) ?? fraction(field, moment.nanos));
}

/** `.000` keeps its zeros, `.999` does not. */
function fraction(field: string, nanos: number): string {
  const digits = String(nanos)
    .padStart(9, "0")
    .slice(0, field.length - 1);
  if (field.endsWith("0")) return field.charAt(0) + digits;
  const short = digits.replace(/0+$/, "");
  return short === "" ? "" : field.charAt(0) + short;
}

interface ReadParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  fraction: number;
  offsetMinutes: number;
  isAfternoon: boolean | undefined;
}

type Reader = readonly [pattern: string, take: (parts: ReadParts, text: string) => void];

const monthOf = (text: string): number =>
  MONTHS.findIndex((month) => month.toLowerCase().startsWith(text.toLowerCase().slice(0, 3))) + 1;

function takeOffset(parts: ReadParts, text: string): void {
  const [, sign = "", hours = "0", minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(text) ?? [];
  if (sign !== "") parts.offsetMinutes = (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

const READERS: Readonly<Partial<Record<string, Reader>>> = {
  "2006": ["\\d{4}", (parts, text) => (parts.year = Number(text))],
  "06": ["\\d\\d", (parts, text) => (parts.year = Number(text) + (Number(text) >= 69 ? 1900 : 2000))],
  January: ["[A-Za-z]+", (parts, text) => (parts.month = monthOf(text))],
  Jan: ["[A-Za-z]{3}", (parts, text) => (parts.month = monthOf(text))],
  "01": ["\\d\\d", (parts, text) => (parts.month = Number(text))],
  "1": ["\\d\\d?", (parts, text) => (parts.month = Number(text))],
  "02": ["\\d\\d", (parts, text) => (parts.day = Number(text))],
  "2": ["\\d\\d?", (parts, text) => (parts.day = Number(text))],
  _2: [" ?\\d\\d?", (parts, text) => (parts.day = Number(text))],
  "15": ["\\d\\d", (parts, text) => (parts.hour = Number(text))],
  "03": ["\\d\\d", (parts, text) => (parts.hour = Number(text))],
  "3": ["\\d\\d?", (parts, text) => (parts.hour = Number(text))],
  "04": ["\\d\\d", (parts, text) => (parts.minute = Number(text))],
  "4": ["\\d\\d?", (parts, text) => (parts.minute = Number(text))],
  "05": ["\\d\\d", (parts, text) => (parts.second = Number(text))],
  "5": ["\\d\\d?", (parts, text) => (parts.second = Number(text))],
  PM: ["[AP]M", (parts, text) => (parts.isAfternoon = text === "PM")],
  pm: ["[ap]m", (parts, text) => (parts.isAfternoon = text === "pm")],
  "-0700": ["[+-]\\d{4}", takeOffset],
  "-07:00": ["[+-]\\d\\d:\\d\\d", takeOffset],
  "-07": ["[+-]\\d\\d", takeOffset],
  "Z07:00": ["Z|[+-]\\d\\d:\\d\\d", takeOffset],
  Z0700: ["Z|[+-]\\d{4}", takeOffset],
};

/** µs of the instant that a text names; undefined for one that does not fit the layout. */
export function parseGoTime(layout: string, text: string): number | undefined {
  const readers: ((parts: ReadParts, found: string) => void)[] = [];
  let at = 0;
  let source = "";
  for (const match of layout.matchAll(FIELDS)) {
    source += escaped(layout.slice(at, match.index));
    at = match.index + match[0].length;
    const [pattern, take] = READERS[match[0]] ?? other(match[0]);
    source += `(${pattern})`;
    readers.push(take);
  }
  const found = new RegExp(`^${source}${escaped(layout.slice(at))}$`).exec(text);
  if (found === null) return undefined;
  const parts: ReadParts = {
    year: 0,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    fraction: 0,
    offsetMinutes: 0,
    isAfternoon: undefined,
  };
  readers.forEach((take, index) => take(parts, found[index + 1]));
  return instantOf(parts);
}

function instantOf(parts: ReadParts): number {
  const hour = parts.isAfternoon === undefined ? parts.hour : (parts.hour % 12) + (parts.isAfternoon ? 12 : 0);
  const days = daysFromCivil(parts.year, parts.month, parts.day);
  const seconds = ((days * 24 + hour) * 60 + parts.minute - parts.offsetMinutes) * 60 + parts.second;
  return seconds * 1e6 + parts.fraction * 1e6;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A fraction of a second, or a name that says nothing here. */
function other(field: string): Reader {
  if (/^[.,]/.test(field)) return ["[.,]\\d+", (parts, text) => (parts.fraction = Number(`0.${text.slice(1)}`))];
  return ["[A-Za-z0-9]+", () => undefined];
}
