/**
 * Words of a query. An attribute is one word whose characters may be nearly everything (`span.http-route/2`), so it is
 * read here, with its scope. Source: grafana/tempo/pkg/traceql/lexer.go; strings and numbers are those of Go.
 */
import type { TextRange } from "./ast.js";
import { TraceqlError } from "./errors.js";
import { parseDurationNs } from "./duration-text.js";

export type Token = TextRange &
  (
    | { readonly kind: "word" | "symbol" | "end"; readonly text: string }
    /** `scope` as it was written: empty, `span`, `resource`, `parent`, `parent.span` … */
    | { readonly kind: "attribute"; readonly text: string; readonly scope: string; readonly name: string }
    | { readonly kind: "string"; readonly text: string; readonly value: string }
    | { readonly kind: "integer" | "float" | "duration"; readonly text: string; readonly value: number }
  );

/** Longest first, so that the first that fits is the right one. */
const SYMBOLS = [
  ..."!>>,!<<,&>>,&<<".split(","),
  ..."!=,=~,!~,>=,<=,&&,||,>>,<<,!>,!<,&~,&>,&<".split(","),
  ..."{ } ( ) = > < + - / % * ^ ! | ~ ,".split(" "),
];

const SCOPES: ReadonlySet<string> = new Set(["parent", "span", "resource", "event", "link", "instrumentation"]);
const SCOPED_INTRINSICS: ReadonlySet<string> = new Set(["span", "trace", "event", "link", "instrumentation"]);

const SPACE = /(?:\s+|\/\/[^\n]*|\/\*[^]*?\*\/)+/y;
const WORD = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const DURATION_REST = /[\p{N}nsumhµdwy.]+/uy;
const ATTRIBUTE_CHARACTER = /[^\s{}()=~!<>&|^,]/u;

export function tokenize(query: string): readonly Token[] {
  const scanner = new Scanner(query);
  const tokens: Token[] = [];
  for (;;) {
    const token = scanner.next();
    tokens.push(token);
    if (token.kind === "end") return tokens;
  }
}

class Scanner {
  #at = 0;

  constructor(readonly query: string) {}

  next(): Token {
    this.#match(SPACE);
    const from = this.#at;
    if (from >= this.query.length) return { kind: "end", text: "$end", from, to: from };
    const character = this.query[from];
    if (character === '"' || character === "`") return this.#string(character);
    if (/[0-9]/.test(character) || /^\.[0-9]/.test(this.query.slice(from, from + 2))) return this.#number();
    if (character === ".") {
      this.#at++;
      return this.#attribute("", from);
    }
    const word = this.#match(WORD);
    if (word !== undefined) return this.#word(word, from);
    return this.#symbol(from);
  }

  /** What `pattern` finds here, passed over. */
  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.query)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #word(word: string, from: number): Token {
    const next = this.query[this.#at];
    if (next === "." && SCOPES.has(word)) {
      this.#at++;
      if (word !== "parent") return this.#attribute(word, from);
      const second = /^(?:span|resource)\./.exec(this.query.slice(this.#at, this.#at + 9))?.[0] ?? "";
      this.#at += second.length;
      return this.#attribute(second === "" ? "parent" : `parent.${second.slice(0, -1)}`, from);
    }
    if (next === ":" && SCOPED_INTRINSICS.has(word)) {
      this.#at++;
      this.#match(SPACE);
      const name = this.#match(WORD) ?? "";
      return { kind: "word", text: `${word}:${name}`, from, to: this.#at };
    }
    return { kind: "word", text: word, from, to: this.#at };
  }

  #attribute(scope: string, from: number): Token {
    let name = "";
    while (this.#at < this.query.length) {
      const character = String.fromCodePoint(this.query.codePointAt(this.#at) ?? 0);
      if (character === '"') name += this.#quotedPart();
      else if (ATTRIBUTE_CHARACTER.test(character)) {
        name += character;
        this.#at += character.length;
      } else break;
    }
    const text = this.query.slice(from, this.#at);
    // Tempo ends an attribute with a word of its own; one that ends before it began is that word's fault.
    if (text.endsWith(".") && name === "") {
      const expected = scope === "parent" ? "IDENTIFIER or resource. or span." : "IDENTIFIER";
      const reason = `syntax error: unexpected END_ATTRIBUTE, expecting ${expected}`;
      throw new TraceqlError(reason, this.query, { from, to: this.#at }, "syntax", scope !== "");
    }
    return { kind: "attribute", text, scope, name, from, to: this.#at };
  }

  #quotedPart(): string {
    const from = this.#at++;
    let text = "";
    while (this.#at < this.query.length) {
      const character = this.query[this.#at++];
      if (character === '"') return text;
      if (character !== "\\") text += character;
      else {
        const escaped = this.query.charAt(this.#at++);
        if (escaped !== '"' && escaped !== "\\") throw this.#error("invalid escape sequence", from, this.#at);
        text += escaped;
      }
    }
    throw this.#error('unexpected EOF, expecting "', from, this.#at);
  }

  #number(): Token {
    const from = this.#at;
    const text = this.#match(NUMBER) ?? "";
    const rest = this.#match(DURATION_REST);
    if (rest !== undefined) {
      const ns = parseDurationNs(text + rest);
      if (ns !== undefined) return { kind: "duration", text: text + rest, value: ns, from, to: this.#at };
      this.#at = from + text.length;
    }
    const kind = /^\d+$/.test(text) ? "integer" : "float";
    const value = Number(text);
    if (kind === "integer" && (value > 2 ** 63 || (text.length > 1 && text.startsWith("0x")))) {
      throw this.#error(`strconv.Atoi: parsing "${text}": value out of range`, from, this.#at);
    }
    if (!Number.isFinite(value))
      throw this.#error(`strconv.ParseFloat: parsing "${text}": value out of range`, from, this.#at);
    return { kind, text, value, from, to: this.#at };
  }

  #string(quote: string): Token {
    const from = this.#at;
    const pattern = quote === "`" ? /`[^`]*`/y : /"(?:[^"\\\n]|\\[^\n])*"/y;
    const text = this.#match(pattern);
    if (text === undefined) throw this.#error("literal not terminated", from, this.query.length);
    const value = quote === "`" ? text.slice(1, -1) : unquote(text.slice(1, -1));
    if (value === undefined) throw this.#error("invalid syntax", from, this.#at);
    return { kind: "string", text, value, from, to: this.#at };
  }

  #symbol(from: number): Token {
    const symbol = SYMBOLS.find((candidate) => this.query.startsWith(candidate, from));
    const text = symbol ?? String.fromCodePoint(this.query.codePointAt(from) ?? 0);
    this.#at += text.length;
    // A sign without meaning is an identifier to Tempo, and refused where it stands.
    return { kind: symbol === undefined ? "word" : "symbol", text, from, to: this.#at };
  }

  #error(reason: string, from: number, to: number): TraceqlError {
    return new TraceqlError(reason, this.query, { from, to }, "syntax");
  }
}

const ESCAPES: Readonly<Record<string, string | undefined>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  '"': '"',
};

/** Text of a Go string literal, without its quotes; undefined for an escape that Go does not know. */
function unquote(text: string): string | undefined {
  const bad: string[] = [];
  const value = text.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([^]))/g,
    (_all, hex?: string, short?: string, long?: string, octal?: string, single?: string) => {
      if (single !== undefined) {
        if (ESCAPES[single] === undefined) bad.push(single);
        return ESCAPES[single] ?? "";
      }
      const point = octal === undefined ? Number.parseInt(hex ?? short ?? long ?? "", 16) : Number.parseInt(octal, 8);
      if (point <= 0x10_ffff) return String.fromCodePoint(point);
      bad.push(String(point));
      return "";
    },
  );
  return bad.length === 0 ? value : undefined;
}

/** Whether a name can stand in a query without quotes. */
export const isPlainAttributeName = (name: string): boolean =>
  name !== "" && !/[\s{}()=~!<>&|^,"\\]/u.test(name) && !/^(?:\d|span\.|resource\.)/.test(name);
