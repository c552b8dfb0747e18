/** The words of a query in order, with Loki's sentences for a word that does not fit. */
import { ParseFailure } from "./problem.js";
import type { Token } from "./tokens.js";

const NAME = /^[\p{L}_]/u;

export class TokenReader {
  #at = 0;

  constructor(readonly tokens: readonly Token[]) {}

  get current(): Token {
    return this.tokens[this.#at];
  }

  /** Whether the next word has one of these names. */
  sees(...names: readonly string[]): boolean {
    return names.includes(this.current.name);
  }

  seesAfter(distance: number, ...names: readonly string[]): boolean {
    return names.includes(this.tokens[Math.min(this.#at + distance, this.tokens.length - 1)].name);
  }

  take(): Token {
    const token = this.current;
    if (this.#at < this.tokens.length - 1) this.#at++;
    return token;
  }

  /** Takes the next word if it has this name. */
  takeIf(name: string): boolean {
    if (!this.sees(name)) return false;
    this.take();
    return true;
  }

  /** The next word, which has to be `name`; the error says what else could have stood there. */
  expect(name: string, ...expecting: readonly string[]): Token {
    if (!this.sees(name)) this.unexpected(...(expecting.length > 0 ? expecting : [name]));
    return this.take();
  }

  /** The name of a label. */
  label(...expecting: readonly string[]): Token {
    const token = this.expect("IDENTIFIER", ...expecting);
    if (!NAME.test(token.text)) throw this.#failure(token, []);
    return token;
  }

  /** As yacc does, more than four alternatives are not named; pass none for those. */
  unexpected(...expecting: readonly string[]): never {
    throw this.#failure(this.current, expecting);
  }

  #failure({ name, from, to, knowsLine }: Token, expecting: readonly string[]): ParseFailure {
    const wanted = expecting.length === 0 ? "" : `, expecting ${expecting.join(" or ")}`;
    return new ParseFailure({
      message: `syntax error: unexpected ${name}${wanted}`,
      from,
      to,
      place: knowsLine ? "line-and-column" : "column",
    });
  }
}
