/** A reader of `key=value key="quoted value"` text. Source: grafana/loki pkg/logql/log/logfmt/decode.go. */
import { unquote } from "../promql/literals.js";

const GAP = /[\x00-\x20]*/y;
const KEY = /[^\x00-\x20="]+/y;
const BARE = /[^\x00-\x20="]*/y;
const QUOTED = /"(?:[^"\\]|\\[^])*"/y;
const REST = /[^\x00-\x20]*/y;

/**
 * Visits keys and values in order until `visit` answers false. A malformed pair is left out; with `strict` it ends the
 * reading. Answers with the last fault of the text, if it has one.
 */
export function scanLogfmt(
  text: string,
  strict: boolean,
  visit: (key: string, value: string) => boolean,
): string | undefined {
  let fault: string | undefined;
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  const fail = (message: string): void => {
    fault = `logfmt syntax error at pos ${String(at + 1)} : ${message}`;
    take(REST);
  };
  for (;;) {
    take(GAP);
    if (at >= text.length) return fault;
    const before = fault;
    const pair = readPair();
    if (pair === undefined && fault !== before && strict) return fault;
    if (pair !== undefined && !visit(pair[0], pair[1])) return fault;
  }

  function readPair(): readonly [string, string] | undefined {
    const key = take(KEY);
    const next = text.charAt(at);
    if (next === '"' || (next === "=" && key === "")) {
      fail(`unexpected '${next}'`);
      return undefined;
    }
    if (key.includes("\ufffd")) {
      fail("invalid key");
      return undefined;
    }
    if (next !== "=") return [key, ""];
    at++;
    return text[at] === '"' ? readQuoted(key) : readBare(key);
  }

  function readBare(key: string): readonly [string, string] | undefined {
    const value = take(BARE);
    const next = text.charAt(at);
    if (next !== "=" && next !== '"') return [key, value];
    fail(`unexpected '${next}'`);
    return undefined;
  }

  function readQuoted(key: string): readonly [string, string] | undefined {
    const literal = take(QUOTED);
    if (literal === "") {
      at = text.length;
      fail("unterminated quoted value");
      return undefined;
    }
    if (!literal.includes("\\")) return [key, literal.slice(1, -1)];
    const value = unquote(literal);
    if (value.ok) return [key, value.value];
    fail("invalid quoted value");
    return undefined;
  }
}
