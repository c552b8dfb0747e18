/**
 * Text to words. Words that read alike are told apart as Loki does: `rate` is a function before a parenthesis or a
 * grouping and a name elsewhere; `5m` is a duration, `5MB` a size. Source: grafana/loki pkg/logql/syntax/lex.go and Go's
 * text/scanner, on which it stands.
 */
import { parseDurationMs, unquote } from "../promql/literals.js";
import { RANGE_OPERATORS, VECTOR_OPERATORS } from "./ast.js";
import { ParseFailure } from "./problem.js";
import { parseBytes, parseGoDuration } from "./units.js";

/** The names by which Loki speaks of words: `IDENTIFIER`, `STRING`, or the word itself. */
export interface Token {
  readonly name: string;
  /** As written; of a string what it means. */
  readonly text: string;
  /** Of a duration nanoseconds, of a range milliseconds, of a size bytes. */
  readonly value: number;
  readonly from: number;
  readonly to: number;
  /** Whether Loki knows the line of such a word. */
  readonly knowsLine: boolean;
}

const CONVERSIONS = ["bytes", "duration", "duration_seconds"] as const;

const CONVERSION_NAMES: Readonly<Record<string, string>> = {
  bytes: "BYTES_CONV",
  duration: "DURATION_CONV",
  duration_seconds: "DURATION_SECONDS_CONV",
};

/** Words that are functions only where one is called, with Loki's names for them. */
const FUNCTIONS: ReadonlyMap<string, string> = new Map<string, string>([
  ...[...RANGE_OPERATORS, ...VECTOR_OPERATORS, "vector"].map((word): [string, string] => [word, word.toUpperCase()]),
  ...CONVERSIONS.map((word): [string, string] => [word, CONVERSION_NAMES[word]]),
  ["label_replace", "label_replace"],
  ["ip", "ip"],
]);

const KEYWORDS: ReadonlySet<string> = new Set([
  "unwrap",
  "by",
  "without",
  "bool",
  "offset",
  "on",
  "ignoring",
  "group_left",
  "group_right",
  "or",
  "and",
  "unless",
  "json",
  "regexp",
  "logfmt",
  "unpack",
  "pattern",
  "label_format",
  "line_format",
  "decolorize",
  "drop",
  "keep",
  "distinct",
  "variants",
  "of",
]);

const SYMBOLS = /\|=|\|~|\|>|!=|!~|!>|=~|==|>=|<=|[,.{}()|=<>+\-*/%^]/y;
const SPACE = /(?:\s|#[^\n]*)+/y;
const NUMBER = /0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const DURATION_TAIL = /[\dnuµmshdwy.]+/y;
const BYTES_TAIL = /[\dBikKMGTP.]+/y;
const IDENTIFIER = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const CALL = /\s*(?:\(|(?:by|without)\s*\()/iy;
const FLAG = /--[a-z-]+/y;
const FLAGS: ReadonlySet<string> = new Set(["--strict", "--keep-empty"]);
const QUOTED = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'/y;

/** All words of a text, closed by `$end`. Throws ParseFailure for what cannot be a word. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += matchAt(SPACE, text, at).length;
    if (at >= text.length) break;
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.to;
  }
  const end = text.length;
  tokens.push({ name: "$end", text: "", value: 0, from: end, to: end, knowsLine: true });
  return tokens;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

function tokenAt(text: string, at: number): Token {
  const character = text[at];
  if (character === '"' || character === "`" || character === "'") return quoted(text, at);
  if (character === "[") return range(text, at);
  if (character === "-") return minus(text, at);
  const number = matchAt(NUMBER, text, at);
  if (number !== "" && /[\d.]/.test(character)) return numeric(text, at, number);
  const identifier = matchAt(IDENTIFIER, text, at);
  if (identifier !== "") return word(text, at, identifier);
  const symbol = matchAt(SYMBOLS, text, at);
  if (symbol !== "") return plain(symbol, symbol, at, symbol.length === 1);
  // Loki takes any other character for a name; the parser refuses it where a name has to be one.
  return plain("IDENTIFIER", String.fromCodePoint(text.codePointAt(at) ?? 0), at);
}

function plain(name: string, text: string, from: number, knowsLine = true, value = 0): Token {
  return { name, text, value, from, to: from + text.length, knowsLine };
}

function quoted(text: string, at: number): Token {
  const literal = matchAt(QUOTED, text, at);
  const to = at + literal.length;
  if (literal === "") {
    throw new ParseFailure({
      message: "literal not terminated",
      from: at,
      to: text.length,
      place: "line-and-column",
    });
  }
  if (literal.startsWith("'")) {
    if (Array.from(literal).length === 3) return plain("IDENTIFIER", literal, at);
    throw new ParseFailure({ message: "invalid char literal", from: at, to, place: "line-and-column" });
  }
  const meant = unquote(literal);
  if (!meant.ok) {
    const message = meant.error === "unknown escape sequence" ? "invalid char escape" : meant.error;
    throw new ParseFailure({ message, from: at, to, place: "line-and-column" });
  }
  return { name: "STRING", text: meant.value, value: 0, from: at, to, knowsLine: true };
}

function range(text: string, at: number): Token {
  const close = text.indexOf("]", at);
  const fail = (message: string): never => {
    throw new ParseFailure({ message, from: at, to: close < 0 ? text.length : close + 1, place: "column" });
  };
  if (close < 0) return fail("missing closing ']' in duration");
  const inside = text.slice(at + 1, close);
  if (inside === "") return fail("empty duration string");
  const ms = inside === "0" ? 0 : parseDurationMs(inside);
  if (ms === undefined) return fail(`not a valid duration string: "${inside}"`);
  return { name: "RANGE", text: text.slice(at, close + 1), value: ms, from: at, to: close + 1, knowsLine: false };
}

/** A minus: of a flag, of a negative duration, or an operator. */
function minus(text: string, at: number): Token {
  const flag = matchAt(FLAG, text, at);
  if (FLAGS.has(flag)) return plain("PARSER_FLAG", flag, at, false);
  const tail = matchAt(DURATION_TAIL, text, at + 1);
  const nanos = tail === "" ? undefined : durationNanos(`-${tail}`);
  return nanos === undefined ? plain("-", "-", at) : plain("DURATION", `-${tail}`, at, false, nanos);
}

function numeric(text: string, at: number, number: string): Token {
  const after = at + number.length;
  const durationTail = matchAt(DURATION_TAIL, text, after);
  if (durationTail !== "") {
    const nanos = durationNanos(number + durationTail);
    if (nanos !== undefined) return plain("DURATION", number + durationTail, at, false, nanos);
  }
  const bytesTail = matchAt(BYTES_TAIL, text, after);
  if (bytesTail !== "") {
    const bytes = parseBytes(number + bytesTail);
    if (bytes.ok) return plain("BYTES", number + bytesTail, at, false, bytes.value);
  }
  if (!Number.isFinite(Number(number))) {
    throw new ParseFailure({
      message: `unable to parse literal as a float: strconv.ParseFloat: parsing "${number}": value out of range`,
      from: at,
      to: after,
      place: "none",
    });
  }
  return plain("NUMBER", number, at, true, Number(number));
}

/** First as Prometheus writes durations, then as Go does. */
function durationNanos(text: string): number | undefined {
  const ms = parseDurationMs(text);
  if (ms !== undefined) return ms * 1e6;
  const parsed = parseGoDuration(text);
  return parsed.ok ? parsed.value : undefined;
}

function word(text: string, at: number, identifier: string): Token {
  const lower = identifier.toLowerCase();
  const called = FUNCTIONS.get(lower);
  if (called !== undefined) {
    const isCall = matchAt(CALL, text, at + identifier.length) !== "";
    return plain(isCall ? called : "IDENTIFIER", identifier, at);
  }
  return plain(KEYWORDS.has(lower) ? lower : "IDENTIFIER", identifier, at);
}
