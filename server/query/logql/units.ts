/**
 * Durations and sizes as Go programs write them. Source: Go time.ParseDuration and Duration.String, dustin/go-humanize
 * ParseBytes and Bytes, strconv.ParseFloat.
 */
import { failure, success, type Result } from "../../base/result.js";
import { quote } from "../promql/literals.js";

const NANOS: Readonly<Record<string, number | undefined>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
};

/** Nanoseconds of `1h15m30.918s`; the error is Go's. */
export function parseGoDuration(text: string): Result<number, string> {
  const signed = /^([+-]?)(.*)$/s.exec(text);
  const body = signed?.[2] ?? "";
  if (body === "0") return success(0);
  if (body === "") return failure(`time: invalid duration ${quote(text)}`);
  let nanos = 0;
  let at = 0;
  const part = /(\d+\.?\d*|\.\d+)([^\d.]*)/y;
  while (at < body.length) {
    part.lastIndex = at;
    const match = part.exec(body);
    if (match === null) return failure(`time: invalid duration ${quote(text)}`);
    const [whole, count, unit] = match;
    if (unit === "") return failure(`time: missing unit in duration ${quote(text)}`);
    const size = NANOS[unit];
    if (size === undefined) return failure(`time: unknown unit ${quote(unit)} in duration ${quote(text)}`);
    nanos += Number(count) * size;
    at += whole.length;
  }
  return success(Math.round(signed?.[1] === "-" ? -nanos : nanos));
}

/** `1h15m30.918s`, as Go prints it. */
export function formatGoDuration(nanos: number): string {
  if (nanos === 0) return "0s";
  const sign = nanos < 0 ? "-" : "";
  const size = Math.abs(nanos);
  if (size < 1e3) return `${sign}${String(size)}ns`;
  if (size < 1e6) return `${sign}${String(size / 1e3)}µs`;
  if (size < 1e9) return `${sign}${String(size / 1e6)}ms`;
  const hours = Math.floor(size / 3.6e12);
  const minutes = Math.floor((size - hours * 3.6e12) / 6e10);
  const seconds = `${String((size - hours * 3.6e12 - minutes * 6e10) / 1e9)}s`;
  if (hours > 0) return `${sign}${String(hours)}h${String(minutes)}m${seconds}`;
  return minutes > 0 ? `${sign}${String(minutes)}m${seconds}` : sign + seconds;
}

const UNIT_BYTES: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["b", 1],
  ...["k", "m", "g", "t", "p", "e"].flatMap((letter, index): [string, number][] => [
    [letter, 1000 ** (index + 1)],
    [`${letter}b`, 1000 ** (index + 1)],
    [`${letter}i`, 1024 ** (index + 1)],
    [`${letter}ib`, 1024 ** (index + 1)],
  ]),
]);

/** Bytes of `1.5 MiB`; the error is that of the library that Loki uses. */
export function parseBytes(text: string): Result<number, string> {
  const [, count = "", rest = ""] = /^([\d.,]*)(.*)$/s.exec(text) ?? [];
  const digits = count.replaceAll(",", "");
  if (!isDecimal(digits)) return failure(`strconv.ParseFloat: parsing ${quote(digits)}: invalid syntax`);
  const unit = UNIT_BYTES.get(rest.trim().toLowerCase());
  if (unit === undefined) return failure(`unhandled size name: ${rest.trim().toLowerCase()}`);
  return success(Math.floor(Number(digits) * unit));
}

const isDecimal = (text: string): boolean => /^(\d+\.?\d*|\.\d+)$/.test(text);

const SIZE_NAMES = ["B", "kB", "MB", "GB", "TB", "PB", "EB"] as const;

/** A size that `parseBytes` reads back: in a larger unit where nothing is lost by it. */
export function formatBytes(bytes: number): string {
  let power = 0;
  while (power < SIZE_NAMES.length - 1 && bytes >= 1000 ** (power + 1)) power++;
  const text = String(bytes / 1000 ** power);
  return text.length <= 4 ? text + SIZE_NAMES[power] : `${String(bytes)}B`;
}

/** Go's strconv.ParseFloat; the error is Go's. */
export function parseGoFloat(text: string): Result<number, string> {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return success(Number(text));
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (word === null) return failure(`strconv.ParseFloat: parsing ${quote(text)}: invalid syntax`);
  if (word[2].toLowerCase() === "nan") return success(NaN);
  return success(word[1] === "-" ? -Infinity : Infinity);
}
