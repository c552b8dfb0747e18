/**
 * Numbers, durations and strings as PromQL writes them, read and printed.
 * Source: prometheus/promql/parser/lex.go and strutil/quote.go, prometheus/common/model/time.go.
 */
import { failure, success, type Result } from "../../base/result.js";

const UNIT_MS: Readonly<Record<string, number | undefined>> = {
  y: 31_536_000_000,
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS_IN_ORDER = ["y", "w", "d", "h", "m", "s", "ms"] as const;
const DECIMAL = /^(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[+-]?\d+(?:_\d+)*)?$/i;

/** Milliseconds of `1h30m`; undefined when `text` is not a duration with units. */
export function parseDurationMs(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null || text === "") return undefined;
  let sumMs = 0;
  UNITS_IN_ORDER.forEach((unit, index) => {
    const count = match.at(index + 1);
    if (count !== undefined) sumMs += Number(count) * (UNIT_MS[unit] ?? 0);
  });
  return sumMs;
}

/** `1h30m` of milliseconds, in the largest units that divide it, as Prometheus prints durations. */
export function formatDurationMs(ms: number): string {
  if (ms === 0) return "0s";
  let rest = Math.abs(Math.round(ms));
  let text = ms < 0 ? "-" : "";
  for (const unit of UNITS_IN_ORDER) {
    const unitMs = UNIT_MS[unit] ?? 1;
    // Years and weeks only where they come out even, as 90d is easier to read than 12w6d.
    if ((unit === "y" || unit === "w") && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${String(count)}${unit}`;
    rest -= count * unitMs;
  }
  return text;
}

/** Value of an unsigned or signed number, a hexadecimal or octal one, `Inf`, `NaN` or a duration (in seconds); else undefined. */
export function parseNumber(text: string): number | undefined {
  const signed = /^([+-])\s*(.*)$/s.exec(text);
  if (signed !== null) {
    const value = parseNumber(signed[2]);
    return value === undefined ? undefined : signed[1] === "-" ? -value : value;
  }
  const lower = text.toLowerCase();
  if (lower === "inf") return Infinity;
  if (lower === "nan") return NaN;
  if (/^0x[0-9a-f]+$/.test(lower)) return Number(lower);
  if (/^0[0-7]+$/.test(lower)) return Number.parseInt(lower, 8);
  if (DECIMAL.test(text)) return Number(text.replaceAll("_", ""));
  const ms = parseDurationMs(text);
  return ms === undefined ? undefined : ms / 1000;
}

/** A sample value as Prometheus writes it in answers and annotations: shortest exact decimal, `+Inf`, `-Inf`, `NaN`. */
export function formatValue(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  if (Object.is(value, -0)) return "-0";
  return expandExponent(String(value));
}

/** A number in a printed query, as Go's %v: with an exponent where it is very small or large. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || value === 0 || (size >= 1e-4 && size < 1e21)) return formatValue(value);
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

// Prometheus prints with strconv 'f', which has no exponent.
function expandExponent(text: string): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (match === null) return text;
  const sign = match[1];
  const digits = match[2] + (match.at(3) ?? "");
  const point = 1 + Number(match[4]);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, "0")}`;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string | undefined>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

/** A byte that is not part of valid UTF-8 is kept as a lone surrogate, U+DC80 to U+DCFF, as Python's surrogateescape does. */
const LONE_BYTE = 0xdc00;

/**
 * The text between the quotes of a string literal (quotes included in `literal`), escapes resolved as Go does.
 * The error is what is wrong with it.
 */
export function unquote(literal: string): Result<string, string> {
  const quote = literal[0];
  if (literal.length < 2 || literal.at(-1) !== quote) return failure("unterminated quoted string");
  const body = literal.slice(1, -1);
  if (quote === "`") return success(body);
  let out = "";
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length > 0) out += decodeUtf8(bytes);
    bytes = [];
  };
  for (let at = 0; at < body.length; at++) {
    const character = body.charAt(at);
    if (character !== "\\") {
      flush();
      out += character;
      continue;
    }
    const escape = /^(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([abfnrtv\\'"]))/.exec(
      body.slice(at + 1),
    );
    if (escape === null) return failure("unknown escape sequence");
    at += escape[0].length;
    const [hexadecimal, octal, short, long, simple] = escape.slice(1) as (string | undefined)[];
    const byte =
      hexadecimal !== undefined
        ? Number.parseInt(hexadecimal, 16)
        : octal !== undefined
          ? Number.parseInt(octal, 8)
          : undefined;
    if (byte !== undefined) {
      if (byte > 255) return failure("octal escape value > 255");
      bytes.push(byte);
      continue;
    }
    flush();
    const point = short ?? long;
    if (point !== undefined) {
      const code = Number.parseInt(point, 16);
      if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return failure("escape sequence is an invalid Unicode code point");
      out += String.fromCodePoint(code);
    } else out += SIMPLE_ESCAPES[simple ?? ""] ?? "";
  }
  flush();
  return success(out);
}

function decodeUtf8(bytes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const lead = bytes[at] ?? 0;
    const length =
      lead < 0x80
        ? 1
        : lead >= 0xc2 && lead < 0xe0
          ? 2
          : lead >= 0xe0 && lead < 0xf0
            ? 3
            : lead >= 0xf0 && lead < 0xf5
              ? 4
              : 0;
    const tail = bytes.slice(at + 1, at + length);
    if (length === 0 || tail.length < length - 1 || tail.some((byte) => (byte & 0xc0) !== 0x80)) {
      text += String.fromCharCode(LONE_BYTE + lead);
      at++;
      continue;
    }
    const head = length === 1 ? lead : lead & (0xff >> (length + 1));
    text += String.fromCodePoint(tail.reduce((code, byte) => (code << 6) | (byte & 0x3f), head));
    at += length;
  }
  return text;
}

/** Escapes that Go writes with a letter. */
const LETTERS: Readonly<Record<string, string | undefined>> = {
  "\x07": "a",
  "\b": "b",
  "\f": "f",
  "\n": "n",
  "\r": "r",
  "\t": "t",
  "\v": "v",
};

/** What Go shows as it is: letters, marks, numbers, punctuation, symbols and the space. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** One character in single quotes, as Go's %q. */
export function quoteCharacter(character: string): string {
  const body = character === '"' ? character : quote(character).slice(1, -1);
  return character === "'" ? "'\\''" : `'${body}'`;
}

/** `text` in double quotes, escaped as Go's %q, which PromQL reads back to the same text. */
export function quote(text: string): string {
  let out = '"';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === "\\") out += `\\${character}`;
    else if (LETTERS[character] !== undefined) out += `\\${LETTERS[character]}`;
    else if (code >= LONE_BYTE + 0x80 && code <= LONE_BYTE + 0xff) out += `\\x${(code - LONE_BYTE).toString(16)}`;
    else if (PRINTABLE.test(character)) out += character;
    else if (code < 0x80) out += `\\x${code.toString(16).padStart(2, "0")}`;
    else if (code < 0x10000) out += `\\u${code.toString(16).padStart(4, "0")}`;
    else out += `\\U${code.toString(16).padStart(8, "0")}`;
  }
  return `${out}"`;
}

/** Whether the text is valid UTF-8, the condition on label names and values. */
export function isValidUtf8(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Whether a label can bear `name`, in quotes if need be. */
export const isLabelName = (name: string): boolean => name !== "" && isValidUtf8(name);

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Names that need no quotes in a query. */
export const isPlainMetricName = (name: string): boolean => METRIC_NAME.test(name);
export const isPlainLabelName = (name: string): boolean => LABEL_NAME.test(name);
