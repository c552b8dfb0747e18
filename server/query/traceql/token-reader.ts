/** The words of a query one after another, with the errors that users of Tempo know. */
import { TraceqlError } from "./errors.js";
import { type Token, tokenize } from "./tokens.js";

/** Nesting of brackets and of operators without them; deeper would be a query nobody has written by hand. */
const DEPTH_MAX = 250;

export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(readonly query: string) {
    this.#tokens = tokenize(query);
  }

  get token(): Token {
    return this.#tokens[this.#at];
  }

  get following(): Token {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)];
  }

  /** End of the word before this one. */
  get lastTo(): number {
    return this.#at === 0 ? 0 : this.#tokens[this.#at - 1].to;
  }

  next(): Token {
    const token = this.token;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  is(text: string): boolean {
    return (this.token.kind === "symbol" || this.token.kind === "word") && this.token.text === text;
  }

  take(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at++;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.unexpected(text);
  }

  /** After an expression, where so many operators could follow that Tempo lists nothing. */
  close(text: string): void {
    if (!this.take(text)) throw this.unexpected();
  }

  /** After an element of a list. */
  closeList(): void {
    if (!this.take(")")) throw this.unexpected(") or ,");
  }

  /** Reads something nested; a query that is nested too deeply is refused where it goes too far. */
  nested<Node>(read: () => Node): Node {
    if (++this.#depth > DEPTH_MAX) throw this.error(`the query is nested more than ${String(DEPTH_MAX)} deep`);
    const node = read();
    this.#depth--;
    return node;
  }

  unexpected(expected?: string): TraceqlError {
    const wanted = expected === undefined ? "" : `, expecting ${expected}`;
    return this.error(`syntax error: unexpected ${describe(this.token)}${wanted}`);
  }

  error(reason: string, token: Token = this.token): TraceqlError {
    return new TraceqlError(reason, this.query, { from: token.from, to: token.to }, "syntax", isJoined(token));
  }
}

/** Whether Tempo's lexer reads on after the first word of it. */
function isJoined(token: Token): boolean {
  if (token.kind === "attribute") return token.scope !== "";
  return token.kind === "duration" || (token.kind === "symbol" && token.text.length > 1);
}

const SCOPE_NAMES: Readonly<Record<string, string | undefined>> = { "": ".", parent: "parent." };

/** As the tables of Tempo's parser name a word. */
function describe(token: Token): string {
  switch (token.kind) {
    case "end":
      return "$end";
    case "attribute":
      return SCOPE_NAMES[token.scope] ?? `${token.scope.split(".")[0]}.`;
    case "string":
      return "STRING";
    case "integer":
      return "INTEGER";
    case "float":
      return "FLOAT";
    case "duration":
      return "DURATION";
    case "symbol":
      return token.text;
    case "word":
      return KEYWORD.test(token.text) ? token.text : "IDENTIFIER";
  }
}

const KEYWORD =
  /^(?:true|false|nil|ok|error|unset|unspecified|internal|server|client|producer|consumer|duration|childCount|name|status|statusMessage|kind|rootName|rootServiceName|traceDuration|nestedSet(?:Left|Right|Parent)|parent|count|avg|max|min|sum|by|coalesce|select|rate|compare|with|topk|bottomk|\w+_over_time)$/;
