/**
 * Reads JSON and says where it breaks. `JSON.parse` words its errors differently from engine to engine and often
 * without a position; this finds the first character that no JSON document could have there (RFC 8259).
 */
import { lineAndColumn, type Diagnostic } from "../base/diagnostic.js";
import { Refusal } from "../sessions/refusal.js";

/** Deeper documents are refused: nothing that this server takes comes near. */
const DEPTH_MAX = 64;

/** The value. Throws Refusal `bad-request` with the position of what is wrong. */
export function parseJson(text: string): unknown {
  const wrong = findSyntaxError(text);
  if (wrong === undefined) return JSON.parse(text) as unknown;
  const place = { from: wrong.at, to: Math.min(wrong.at + 1, text.length), ...lineAndColumn(text, wrong.at) };
  const diagnostic: Diagnostic = {
    severity: "error",
    message: `expected ${wrong.expected}`,
    expected: wrong.expected,
    ...place,
  };
  const position = `line ${String(place.line)}, column ${String(place.column)}`;
  throw new Refusal(
    "bad-request",
    `The body is not JSON: ${position}: expected ${wrong.expected}.`,
    "Send one JSON value in UTF-8.",
    [diagnostic],
  );
}

interface SyntaxErrorAt {
  readonly at: number;
  readonly expected: string;
}

function findSyntaxError(text: string): SyntaxErrorAt | undefined {
  const scanner = new JsonScanner(text);
  return scanner.scan();
}

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

class JsonScanner {
  #at = 0;

  constructor(private readonly text: string) {}

  scan(): SyntaxErrorAt | undefined {
    try {
      this.#value(0);
      this.#space();
      if (this.#at < this.text.length) this.#fail("the end");
      return undefined;
    } catch (error) {
      if (error instanceof Unexpected) return { at: error.at, expected: error.expected };
      throw error;
    }
  }

  #value(depth: number): void {
    if (depth > DEPTH_MAX) this.#fail(`at most ${String(DEPTH_MAX)} levels`);
    this.#space();
    const next = this.text[this.#at];
    if (next === "{")
      this.#list("}", "a property name or '}'", () => {
        this.#property(depth);
      });
    else if (next === "[")
      this.#list("]", "a value or ']'", () => {
        this.#value(depth + 1);
      });
    else if (!this.#skip(STRING) && !this.#skip(NUMBER) && !this.#skip(WORD))
      this.#fail(next === '"' ? "a complete string" : "a value");
  }

  #property(depth: number): void {
    this.#space();
    if (!this.#skip(STRING)) this.#fail("a property name in double quotes");
    this.#space();
    if (this.text[this.#at] !== ":") this.#fail("':'");
    this.#at += 1;
    this.#value(depth + 1);
  }

  #list(close: string, expectedFirst: string, item: () => void): void {
    this.#at += 1;
    this.#space();
    if (this.text[this.#at] === close) {
      this.#at += 1;
      return;
    }
    if (this.#at >= this.text.length) this.#fail(expectedFirst);
    for (;;) {
      item();
      this.#space();
      const next = this.text[this.#at];
      if (next !== "," && next !== close) this.#fail(`',' or '${close}'`);
      this.#at += 1;
      if (next === close) return;
    }
  }

  #space(): void {
    this.#skip(SPACE);
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.test(this.text);
    if (found) this.#at = pattern.lastIndex;
    pattern.lastIndex = 0;
    return found;
  }

  #fail(expected: string): never {
    throw new Unexpected(this.#at, expected);
  }
}

class Unexpected extends Error {
  constructor(
    readonly at: number,
    readonly expected: string,
  ) {
    super(expected);
  }
}
