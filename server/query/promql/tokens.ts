/**
 * Words of a query, for explaining what is wrong with one that does not parse. The grammar proper is
 * @prometheus-io/lezer-promql; its trees say where a parse broke but not in words.
 * Source of the wording: prometheus/promql/parser/lex.go, Item.desc.
 */
import { isAggregateOperator } from "./function-signatures.js";
import { quote, quoteCharacter } from "./literals.js";

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
    const inBraces = open.at(-1)?.text === "{";
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(text);
    const misplaced = match === null ? badCharacter(text, at, inBraces) : misplacedWord(text, at, match, inBraces);
    if (match === null || misplaced !== undefined) return { tokens: closed(tokens, text), error: misplaced };
    const to = at + match[0].length;
    const token = tokenOf(match, at, to, inBraces);
    at = to;
    if (token === undefined) continue;
    const mismatch = token.kind === "bracket" ? follow(open, token) : undefined;
    if (mismatch !== undefined) return { tokens: closed(tokens, text), error: mismatch };
    tokens.push(token);
  }
  return { tokens: closed(tokens, text), error: unclosed(open, text) };
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

/** A number that a letter or a digit touches. */
function badNumber(text: string, at: number, word: string): LexicalError | undefined {
  if (!/^[a-zA-Z0-9_]/.test(text.slice(at + word.length))) return undefined;
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
  return {
    message: last.text === "{" ? "unexpected end of input inside braces" : `unclosed ${nameOf(last)}`,
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
