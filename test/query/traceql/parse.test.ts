import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTraceql } from "../../../server/query/traceql/parse.js";
import { printQuery } from "../../../server/query/traceql/print.js";
import { FAULTY, ILL_TYPED, VALID } from "./examples.js";
import { query, stripRanges } from "./random-query.js";

const parsed = (text: string): unknown => {
  const result = parseTraceql(text);
  if (!result.ok) throw result.error;
  return stripRanges(result.value);
};

describe("a query that Tempo accepts", () => {
  it.each(VALID)("%s", (text) => {
    const result = parseTraceql(text);
    expect(result.ok ? "" : result.error.message).toBe("");
    if (!result.ok) return;
    const printed = printQuery(result.value);
    expect(parsed(printed), printed).toEqual(stripRanges(result.value));
  });
});

describe("a query that does not parse says where", () => {
  it.each(FAULTY)("%s", (text) => {
    const result = parseTraceql(text);
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.error.message).toMatch(/^parse error at line 1, col \d+: \S/);
    expect(result.error.range.from).toBeLessThanOrEqual(text.length);
  });

  it.each([
    ["{ .a < }", "parse error at line 1, col 8: syntax error: unexpected }"],
    ["{ .a", "parse error at line 1, col 5: syntax error: unexpected $end, expecting }"],
    ["{ true } |\n  foo", "parse error at line 2, col 3: syntax error: unexpected IDENTIFIER"],
    ['{ span."a }', 'parse error at line 1, col 8: unexpected EOF, expecting "'],
    ["{ . }", "parse error at line 1, col 4: syntax error: unexpected END_ATTRIBUTE, expecting IDENTIFIER"],
  ])("%s", (text, message) => {
    const result = parseTraceql(text);
    expect(result.ok ? "" : result.error.message).toBe(message);
  });
});

describe("a query whose types do not fit", () => {
  it.each(ILL_TYPED)("%s", (text) => {
    const result = parseTraceql(text);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.error.message).not.toMatch(/^parse error/);
  });

  it.each([
    ["{ 1 + 1 }", "span filter field expressions must resolve to a boolean: { 1 + 1 }", 2],
    ['{ .b || 1 = "foo" }', 'binary operations must operate on the same type: 1 = "foo"', 8],
    ["{ status > ok }", "illegal operation for the given types: status > ok", 2],
    ['{ span.foo =~ "[" }', 'invalid regex: "["', 14],
    ["{ true } | by(1)", "grouping field expressions must reference the span: by(1)", 14],
  ])("%s", (text, message, from) => {
    const result = parseTraceql(text);
    expect(result.ok ? undefined : [result.error.message, result.error.range.from]).toEqual([message, from]);
  });
});

it("a query that was printed parses to the same tree", () => {
  fc.assert(
    fc.property(query, (text) => {
      const result = parseTraceql(text);
      if (!result.ok) return;
      expect(parsed(printQuery(result.value))).toEqual(stripRanges(result.value));
    }),
    { numRuns: 300 },
  );
});

it("a mutated query parses or is refused with a position", () => {
  const pieces = fc.constantFrom(
    "{",
    "}",
    "(",
    ")",
    "|",
    "!",
    ">>",
    "&&",
    "by(",
    '"',
    "`",
    ".",
    "span.",
    "1h",
    "=~",
    " ",
    "rate()",
    "\\",
    "µ",
  );
  fc.assert(
    fc.property(query, fc.nat(), fc.nat(8), pieces, (text, place, length, piece) => {
      const at = place % (text.length + 1);
      const mutated = text.slice(0, at) + piece + text.slice(at + length);
      const result = parseTraceql(mutated);
      if (result.ok) return;
      expect(result.error.line).toBeGreaterThan(0);
      expect(result.error.range.from).toBeLessThanOrEqual(mutated.length);
    }),
    { numRuns: 500 },
  );
});

it("what is nested too deeply is refused", () => {
  const result = parseTraceql(`{ ${"(".repeat(5_000)}true${")".repeat(5_000)} }`);
  expect(result.ok ? "" : result.error.message).toMatch(/nested more than 250 deep/);
});
