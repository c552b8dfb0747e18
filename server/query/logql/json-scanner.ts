/**
 * A reader of JSON text that visits fields in order and keeps what numbers look like. What comes before a fault has been
 * visited by then, as in Loki, whose parser reads as it goes. Source: buger/jsonparser, for the sentences.
 */

export type JsonKind = "string" | "number" | "boolean" | "null" | "object" | "array";

/** Visits a value; `raw` is its text, unescaped where it is a string. Answers whether to go on. */
export type JsonVisit = (path: readonly (string | number)[], kind: JsonKind, raw: string) => boolean;

class JsonFault extends Error {
  override readonly name = "JsonFault";
}

class Stopped extends Error {
  override readonly name = "Stopped";
}

const OBJECT_FAULT = "Value looks like object, but can't find closing '}' symbol";
const ARRAY_FAULT = "Value is array, but can't find closing ']' symbol";
const STRING_FAULT = "Value is string, but can't find closing '\"' symbol";
const DEPTH_MAX = 200;

/** Visits every value in an object, containers before what is in them. Answers with the fault of the text, if it has one. */
export function scanJsonObject(text: string, visit: JsonVisit): string | undefined {
  try {
    const scanner = new Scanner(text, visit);
    scanner.begin();
    return undefined;
  } catch (error) {
    if (error instanceof Stopped) return undefined;
    if (error instanceof JsonFault) return error.message;
    throw error;
  }
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /"((?:[^"\\]|\\[^])*)"/y;
const SCALAR = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

class Scanner {
  #at = 0;
  readonly #path: (string | number)[] = [];

  constructor(
    private readonly text: string,
    private readonly visit: JsonVisit,
  ) {}

  begin(): void {
    this.#space();
    if (this.text[this.#at] !== "{") throw new JsonFault(OBJECT_FAULT);
    this.#object(0);
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.text);
    this.#at = SPACE.lastIndex;
  }

  #object(depth: number): void {
    if (depth > DEPTH_MAX) throw new JsonFault(OBJECT_FAULT);
    this.#at++;
    this.#space();
    if (this.#ends("}")) return;
    for (;;) {
      this.#space();
      const key = this.#string(OBJECT_FAULT);
      this.#space();
      if (this.text[this.#at++] !== ":") throw new JsonFault(OBJECT_FAULT);
      this.#path.push(key);
      this.#value(depth);
      this.#path.pop();
      this.#space();
      if (this.#ends("}")) return;
      if (this.text[this.#at++] !== ",") throw new JsonFault(OBJECT_FAULT);
    }
  }

  #array(depth: number): void {
    if (depth > DEPTH_MAX) throw new JsonFault(ARRAY_FAULT);
    this.#at++;
    this.#space();
    if (this.#ends("]")) return;
    for (let index = 0; ; index++) {
      this.#path.push(index);
      this.#value(depth);
      this.#path.pop();
      this.#space();
      if (this.#ends("]")) return;
      if (this.text[this.#at++] !== ",") throw new JsonFault(ARRAY_FAULT);
    }
  }

  #ends(bracket: string): boolean {
    if (this.text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #value(depth: number): void {
    this.#space();
    const character = this.text[this.#at];
    if (character === "{" || character === "[") this.#container(character, depth);
    else if (character === '"') this.#tell("string", this.#string(STRING_FAULT));
    else this.#scalar();
  }

  #scalar(): void {
    SCALAR.lastIndex = this.#at;
    const raw = SCALAR.exec(this.text)?.[0];
    if (raw === undefined) throw new JsonFault("Unknown value type");
    this.#at += raw.length;
    this.#tell(raw === "null" ? "null" : raw === "true" || raw === "false" ? "boolean" : "number", raw);
  }

  #container(bracket: string, depth: number): void {
    const start = this.#at;
    // What is inside is read only when the whole is well formed, so that its text is known when it is visited.
    const end = endOfContainer(this.text, start);
    if (end === undefined) throw new JsonFault(bracket === "{" ? OBJECT_FAULT : ARRAY_FAULT);
    this.#tell(bracket === "{" ? "object" : "array", this.text.slice(start, end));
    if (bracket === "{") this.#object(depth + 1);
    else this.#array(depth + 1);
  }

  #tell(kind: JsonKind, raw: string): void {
    if (!this.visit(this.#path, kind, raw)) throw new Stopped();
  }

  #string(fault: string): string {
    STRING.lastIndex = this.#at;
    const match = STRING.exec(this.text);
    if (match === null) throw new JsonFault(fault);
    this.#at += match[0].length;
    return match[1].includes("\\") ? unescapeJson(match[1]) : match[1];
  }
}

/** Behind the bracket that closes the one at `start`. */
function endOfContainer(text: string, start: number): number | undefined {
  let open = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      STRING.lastIndex = at;
      if (!STRING.test(text)) return undefined;
      at = STRING.lastIndex - 1;
    } else if (character === "{" || character === "[") open++;
    else if ((character === "}" || character === "]") && --open === 0) return at + 1;
  }
  return undefined;
}

function unescapeJson(body: string): string {
  try {
    return String(JSON.parse(`"${body}"`));
  } catch {
    return "";
  }
}
