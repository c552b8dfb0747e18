/**
 * Time as people type it: `now`, `now-15m`, `now-1h/h`, `14:02`, ISO 8601, epoch seconds, milliseconds or microseconds;
 * and ranges of it: `30m`, `14:02-14:20`, `now-1h to now`. All of it is the simulated calendar, in UTC.
 */
import type { TimeWindow } from "../../server/wire/telemetry.js";
import { withoutWords } from "./range-words.js";

const UNIT_US: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

const DAY_US = 86_400_000_000;

/** What a view shows when the URL names no range. */
export const DEFAULT_RANGE: TimeRangeText = { from: "now-15m", to: "now" };

/** The narrowest window that is drawn: below it axes and rates say nothing. */
const NARROWEST_US = 1_000;

export interface TimeRangeText {
  readonly from: string;
  readonly to: string;
}

/** Length of `1h30m`, `250ms`, `90s` in µs; undefined when `text` is not a duration. */
export function parseDurationUs(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^(?:\d+(?:\.\d+)?(?:us|µs|ms|s|m|h|d))+$/.test(trimmed)) return undefined;
  let total = 0;
  for (const part of trimmed.matchAll(/(\d+(?:\.\d+)?)(us|µs|ms|s|m|h|d)/g)) {
    total += Number(part[1]) * (UNIT_US[part[2] === "µs" ? "us" : (part[2] ?? "")] ?? 0);
  }
  return Math.round(total);
}

/** The instant that `text` names, µs; undefined when it names none. Sources: Grafana's `now-1h/h`, RFC 3339. */
export function parseTimeExpression(text: string, nowUs: number): number | undefined {
  const trimmed = text.trim();
  return parseRelative(trimmed, nowUs) ?? parseEpoch(trimmed) ?? parseClock(trimmed, nowUs) ?? parseIso(trimmed);
}

/**
 * The two expressions of a typed range: `30m`, `last 15 minutes`, `14:02-14:20`, `14:10 ±5m`, `now-1h to now`,
 * `<from> / <to>`.
 */
export function parseRangeText(text: string, nowUs: number): TimeRangeText | undefined {
  const trimmed = withoutWords(text);
  const around = rangeAround(trimmed, nowUs);
  if (around !== undefined) return around;
  const length = parseDurationUs(trimmed);
  if (length !== undefined) return length > 0 ? { from: `now-${trimmed}`, to: "now" } : undefined;
  const halves = splitRange(trimmed);
  if (halves === undefined) {
    const fromUs = parseTimeExpression(trimmed, nowUs);
    return fromUs === undefined || fromUs >= nowUs ? undefined : { from: trimmed, to: "now" };
  }
  const [from, to] = halves;
  const fromUs = parseTimeExpression(from, nowUs);
  const toUs = parseTimeExpression(to, nowUs);
  if (fromUs === undefined || toUs === undefined) return undefined;
  if (fromUs < toUs) return { from, to };
  // `14:02-14:20` at 14:12: the end lies ahead, not on the day before.
  const wasMoved = isClock(to) && toUs < Math.floor(nowUs / DAY_US) * DAY_US;
  return wasMoved && fromUs < toUs + DAY_US ? { from, to: String(toUs + DAY_US) } : undefined;
}

/** `14:10 ±5m`, `now-20m +- 2m`. */
function rangeAround(text: string, nowUs: number): TimeRangeText | undefined {
  const [, middle, length] = /^(.+?)\s*(?:±|\+-|\+\/-)\s*(\S+)$/.exec(text) ?? [];
  const atUs = middle === undefined ? undefined : parseTimeExpression(middle, nowUs);
  const reachUs = length === undefined ? undefined : parseDurationUs(length);
  if (atUs === undefined || reachUs === undefined || reachUs === 0) return undefined;
  return { from: String(atUs - reachUs), to: String(atUs + reachUs) };
}

/** Why `parseRangeText` reads no range off `text`, for the one who types it. */
export function rangeProblem(text: string, nowUs: number): string {
  const plain = withoutWords(text);
  const [from, to] = splitRange(plain) ?? [plain, "now"];
  const fromUs = parseTimeExpression(from, nowUs);
  const toUs = parseTimeExpression(to, nowUs);
  if (fromUs !== undefined && toUs !== undefined && fromUs >= toUs) return "The range ends before it begins.";
  return "Not understood. Examples: 30m, 14:02-14:20, now-1h to now.";
}

/** Whether the window moves on with the clock. */
export const isRelative = (expression: string): boolean => expression.trim().startsWith("now");

/**
 * The window that the URL names, half-open, whole µs. Expressions that cannot be read, or that leave nothing between
 * them, give the default range.
 */
export function resolveWindow(
  url: { get(name: string): string | undefined },
  nowUs: number,
  defaults: TimeRangeText = DEFAULT_RANGE,
): TimeWindow {
  const named = windowOf({ from: url.get("from") ?? defaults.from, to: url.get("to") ?? defaults.to }, nowUs);
  return named ?? windowOf(defaults, nowUs) ?? { fromUs: nowUs - 15 * 60_000_000, toUs: nowUs };
}

function windowOf(range: TimeRangeText, nowUs: number): TimeWindow | undefined {
  const fromUs = parseTimeExpression(range.from, nowUs);
  const toUs = parseTimeExpression(range.to, nowUs);
  if (fromUs === undefined || toUs === undefined || toUs - fromUs < NARROWEST_US) return undefined;
  return { fromUs: Math.round(fromUs), toUs: Math.round(toUs) };
}

function parseRelative(text: string, nowUs: number): number | undefined {
  const match = /^now(?:\s*([+-])\s*([0-9.a-zµ]+))?(?:\/([smhd]))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, length, unit] = match;
  let atUs = nowUs;
  if (length !== undefined) {
    const by = parseDurationUs(length);
    if (by === undefined) return undefined;
    atUs += sign === "-" ? -by : by;
  }
  const unitUs = unit === undefined ? undefined : UNIT_US[unit];
  return unitUs === undefined ? atUs : Math.floor(atUs / unitUs) * unitUs;
}

/** Digits alone: seconds below 10^11, milliseconds below 10^14, µs above; each covers the years 1973 to 5138. */
function parseEpoch(text: string): number | undefined {
  if (!/^\d{9,17}$/.test(text)) return undefined;
  const value = Number(text);
  if (value < 1e11) return value * 1_000_000;
  return value < 1e14 ? value * 1_000 : value;
}

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?$/;

const isClock = (text: string): boolean => CLOCK.test(text.trim());

/** A time of the simulated day; one that lies ahead of now by more than a minute is taken from the day before. */
function parseClock(text: string, nowUs: number): number | undefined {
  const match = CLOCK.exec(text);
  if (match === null) return undefined;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const fraction = Math.round(Number(`0${match[4] ?? ""}`) * 1_000_000);
  const ofDay = (hours * 3600 + minutes * 60 + seconds) * 1_000_000 + fraction;
  const atUs = Math.floor(nowUs / DAY_US) * DAY_US + ofDay;
  return atUs > nowUs + 60_000_000 ? atUs - DAY_US : atUs;
}

function parseIso(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined;
  const withTime = text.replace(" ", "T");
  const zoned = /T/.test(withTime) && !/(?:Z|[+-]\d{2}:?\d{2})$/i.test(withTime) ? `${withTime}Z` : withTime;
  const ms = Date.parse(zoned);
  return Number.isNaN(ms) ? undefined : ms * 1_000;
}

function splitRange(text: string): readonly [string, string] | undefined {
  return splitInTwo(text, /\s+to\s+|\s*\.\.\s*|\s*–\s*|\s+\/\s+|\s+-\s+/) ?? splitInTwo(text, /(?<=\d)-(?=\d{1,2}:)/);
}

function splitInTwo(text: string, by: RegExp): readonly [string, string] | undefined {
  const parts = text.split(by);
  const [from, to] = parts;
  return parts.length !== 2 || from === undefined || to === undefined || from === "" || to === ""
    ? undefined
    : [from, to];
}
