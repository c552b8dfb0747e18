/**
 * Words of a query, for explaining what is wrong with one that does not parse. The grammar proper is
 * @prometheus-io/lezer-promql; its trees say where a parse broke but not in words.
 * Source of the wording: prometheus/promql/parser/lex.go, Item.desc.
 */
import { isAggregateOperator } from "./function-signatures.js";
import { parseDurationMs, quote, quoteCharacter } from "./literals.js";

export interface Token {
  readonly kind: "identifier" | "number" | "string" | "keyword" | "aggregator" | "operator" | "bracket" | "end";
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export interface LexicalError {
  readonly message: string;
  readonly from: number;
  readonly to: number;
  readonly hint?: string;
}

const KEYWORDS: ReadonlySet<string> = new Set([
  "by",
  "without",
  "on",
  "ignoring",
  "group_left",
  "group_right",
  "bool",
  "offset",
  "and",
  "or",
  "unless",
  "atan2",
]);

const PATTERN =
  /(?<space>\s+|#[^\n]*)|(?<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|(?<number>0x[0-9a-fA-F]+|(?:\d+(?:y|w|d|h|ms|m|s)(?![a-zA-Z_]))+|(?:\d+(?:y|w|d|h|ms|m|s))+(?![a-zA-Z_])|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<identifier>[a-zA-Z_:][a-zA-Z0-9_:]*)|(?<operator>=~|!~|==|!=|<=|>=|[-+*/%^=<>@,:])|(?<bracket>[()[\]{}])/y;

/** In braces names have no colon, and in brackets none begins with one. */
const PATTERNS: Readonly<Record<string, RegExp | undefined>> = {
  "{": new RegExp(PATTERN.source.replace("[a-zA-Z_:][a-zA-Z0-9_:]*", "[a-zA-Z_][a-zA-Z0-9_]*").replace("|==", ""), "y"),
  "[": new RegExp(PATTERN.source.replace("[a-zA-Z_:][a-zA-Z0-9_:]*", "[a-zA-Z_][a-zA-Z0-9_]*"), "y"),
};

const CLOSING: Readonly<Record<string, string | undefined>> = { "(": ")", "[": "]", "{": "}" };
const BRACKET_NAMES: Readonly<Record<string, string | undefined>> = {
  "(": "left parenthesis",
  ")": "right parenthesis",
  "[": "left bracket",
  "]": "right bracket",
  "{": "left brace",
  "}": "right brace",
};

/** The words of `text`, closed by one of kind `end`, and the first thing that cannot be a word or does not close. */
export function tokenize(text: string): {
  readonly tokens: readonly Token[];
  readonly error: LexicalError | undefined;
} {
  const tokens: Token[] = [];
  const open: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const inside = open.at(-1)?.text;
    const inBraces = inside === "{";
    const pattern = PATTERNS[inside ?? ""] ?? PATTERN;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    const misplaced =
      stringFault(text, at) ??
      (match === null ? badCharacter(text, at, inBraces) : misplacedWord(text, at, match, inBraces));
    if (match === null || misplaced !== undefined) return { tokens: closed(tokens, text), error: misplaced };
    const to = at + match[0].length;
    const token = tokenOf(match, at, to, inBraces);
    const foreign = inside === "[" && token !== undefined ? foreignToDurations(token, tokens.at(-1)) : undefined;
    if (foreign !== undefined) return { tokens: closed(tokens, text), error: { ...foreign, to: text.length } };
    at = to;
    if (token === undefined) continue;
    const mismatch = token.kind === "bracket" ? follow(open, token) : undefined;
    if (mismatch !== undefined) return { tokens: closed(tokens, text), error: mismatch };
    tokens.push(token);
  }
  return { tokens: closed(tokens, text), error: unclosed(open, text) };
}

/** The functions of durations. */
export const DURATION_WORDS: ReadonlySet<string> = new Set(["step", "range", "min_of", "max_of"]);

/** What neither a duration nor the step of a subquery can contain. */
function foreignToDurations(token: Token, before: Token | undefined): LexicalError | undefined {
  const isWord = token.kind === "identifier" || token.kind === "keyword" || token.kind === "aggregator";
  if (!isWord && token.kind !== "string") return undefined;
  if (isWord && DURATION_WORDS.has(token.text.toLowerCase())) return undefined;
  const { from, to } = token;
  const what = quoteCharacter(token.text.charAt(0));
  if (isWord && before?.text !== "[" && before?.kind !== "operator")
    return { message: `unexpected character: ${what}, expected ':'`, from, to };
  return { message: `unexpected character in duration expression: ${what}`, from, to };
}

/** The first escape that no string can have, or that the text ends in. */
function stringFault(text: string, from: number): LexicalError | undefined {
  const mark = text.charAt(from);
  if (mark !== '"' && mark !== "'") return undefined;
  for (let at = from + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === mark || character === "\n") return undefined;
    if (character !== "\\") continue;
    const message = escapeFault(text.slice(at + 1), mark);
    if (message !== undefined) return { message, from, to: text.length };
    at++;
  }
  return undefined;
}

/** Escapes of a fixed length: how many digits of which kind. */
const CODED: Readonly<Record<string, readonly [length: number, digit: RegExp] | undefined>> = {
  x: [2, /[0-9a-fA-F]/],
  u: [4, /[0-9a-fA-F]/],
  U: [8, /[0-9a-fA-F]/],
};

function escapeFault(rest: string, mark: string): string | undefined {
  if (rest === "") return "escape sequence not terminated";
  const letter = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  if ("abfnrtv\\".includes(letter) || letter === mark) return undefined;
  const octal = /[0-7]/.test(letter);
  const [length, digit] = octal ? ([3, /[0-7]/] as const) : (CODED[letter] ?? [0, /$^/]);
  if (length === 0) return `unknown escape sequence ${codePoint(letter)}`;
  for (const character of rest.slice(octal ? 0 : 1).slice(0, length)) {
    if (!digit.test(character)) return `illegal character ${codePoint(character)} in escape sequence`;
  }
  return undefined;
}

/** As Go's %#U. */
function codePoint(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `U+${code} '${character}'`;
}

/** A word that cannot stand where it does, as Prometheus's lexer finds it. */
function misplacedWord(text: string, at: number, match: RegExpExecArray, inBraces: boolean): LexicalError | undefined {
  const word = match[0];
  const groups: Readonly<Record<string, string | undefined>> = match.groups ?? {};
  if (inBraces) {
    if (word === "{")
      return { message: "unexpected left brace '{'", from: at, to: at + 1, hint: "close the braces first" };
    const fits = /^[,=}]$|^=~$|^!~$|^!=$/.test(word) || !(groups["operator"] ?? groups["bracket"] ?? groups["number"]);
    return fits ? undefined : badCharacter(text, at, inBraces);
  }
  if (word === "=~" || word === "!~") {
    return { message: `unexpected character after '${word.charAt(0)}': '~'`, from: at, to: at + 2 };
  }
  return groups["number"] === undefined ? undefined : badNumber(text, at, word);
}

/** A number that a letter, a digit or a point touches, or units that are not in order. */
function badNumber(text: string, at: number, word: string): LexicalError | undefined {
  if (/^(?:\d+(?:ms|[smhdwy])){2,}$/.test(word) && parseDurationMs(word) === undefined)
    return { message: `not a valid duration string: ${quote(word)}`, from: at, to: at + word.length };
  if (!/^[a-zA-Z0-9_.]/.test(text.slice(at + word.length))) return undefined;
  const begun = /^(?:\d+(?:ms|[smhdwy]))+/.exec(text.slice(at))?.[0] ?? word;
  const shown = text.slice(at, at + begun.length + 1);
  return {
    message: `bad number or duration syntax: ${quote(shown)}`,
    from: at,
    to: at + shown.length,
    hint: "durations have the units ms, s, m, h, d, w, y, largest first, for example 1h30m",
  };
}

function tokenOf(match: RegExpExecArray, from: number, to: number, inBraces: boolean): Token | undefined {
  const groups: Readonly<Record<string, string | undefined>> = match.groups ?? {};
  const text = match[0];
  if (groups["space"] !== undefined) return undefined;
  if (groups["string"] !== undefined) return { kind: "string", text, from, to };
  if (groups["number"] !== undefined) return { kind: "number", text, from, to };
  if (groups["operator"] !== undefined) return { kind: "operator", text, from, to };
  if (groups["bracket"] !== undefined) return { kind: "bracket", text, from, to };
  const lower = text.toLowerCase();
  if (inBraces) return { kind: "identifier", text, from, to };
  if (KEYWORDS.has(lower)) return { kind: "keyword", text, from, to };
  return { kind: isAggregateOperator(lower) ? "aggregator" : "identifier", text, from, to };
}

function closed(tokens: readonly Token[], text: string): readonly Token[] {
  return [...tokens, { kind: "end", text: "", from: text.length, to: text.length }];
}

function badCharacter(text: string, at: number, inBraces: boolean): LexicalError {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (character === '"' || character === "'" || character === "`") {
    return {
      message: character === "`" ? "unterminated raw string" : "unterminated quoted string",
      from: at,
      to: text.length,
      hint: character === "`" ? "close it with a backquote" : `close it with ${character} on the same line`,
    };
  }
  const next = text.slice(at + character.length, at + character.length + 1);
  const known: Readonly<Record<string, string | undefined>> = {
    "&": "the set operator is written `and`",
    "|": "the set operator is written `or`",
    "!": "not equal is written `!=`, no match `!~`",
    ";": "a query is one expression",
    $: "dashboard variables are not known here; write the value",
  };
  const hint = known[character];
  const where = inBraces ? " inside braces" : "";
  return {
    message:
      character === "!" && next !== ""
        ? `unexpected character after '!'${where}: ${quoteCharacter(next)}`
        : `unexpected character${where}: ${quoteCharacter(character)}`,
    from: at,
    to: at + character.length,
    ...(hint === undefined ? {} : { hint }),
  };
}

function follow(open: Token[], token: Token): LexicalError | undefined {
  if (CLOSING[token.text] !== undefined) {
    open.push(token);
    return undefined;
  }
  const last = open.pop();
  if (last !== undefined && CLOSING[last.text] === token.text) return undefined;
  const hint = last === undefined ? "remove it, or open it before" : `close the ${nameOf(last)} before it`;
  const name = token.text === "}" ? "character:" : nameOf(token);
  return { message: `unexpected ${name} '${token.text}'`, from: token.from, to: token.to, hint };
}

function unclosed(open: readonly Token[], text: string): LexicalError | undefined {
  const last = open.at(-1);
  if (last === undefined) return undefined;
  // Prometheus points at the end of the input, not at the bracket.
  const ends: Readonly<Record<string, string | undefined>> = {
    "{": "unexpected end of input inside braces",
    "[": "unexpected end of input in duration expression",
  };
  return {
    message: ends[last.text] ?? `unclosed ${nameOf(last)}`,
    from: text.length,
    to: text.length,
    hint: `add ${CLOSING[last.text] ?? ""}`,
  };
}

const nameOf = (token: Token): string => BRACKET_NAMES[token.text] ?? token.text;

/** The beginning of a long word. */
const shortened = (text: string): string => (text.length > 10 ? `${quote(text.slice(0, 10))}...` : quote(text));

/** A word as Prometheus names it in "unexpected …". */
export function describeToken(token: Token): string {
  switch (token.kind) {
    case "end":
      return "end of input";
    case "identifier":
      return `${token.text.includes(":") ? "metric identifier" : "identifier"} "${token.text}"`;
    case "number":
      return `${/^\d+(?:ms|[smhdwy])/.test(token.text) ? "duration" : "number"} ${shortened(token.text)}`;
    case "string":
      return `string ${shortened(token.text)}`;
    case "keyword":
      return `<${token.text}>`;
    case "aggregator":
      return `<aggr:${token.text}>`;
    case "operator":
      return /^[,:=]$|^=~$|^!~$/.test(token.text) ? `"${token.text}"` : `<op:${token.text}>`;
    case "bracket":
      return `"${token.text}"`;
  }
}
