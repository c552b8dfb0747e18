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
    expect(result.error.message).toMatch(/^parse error (?:at line [01], col \d+)?: \S/);
    expect(result.error.range.from).toBeLessThanOrEqual(text.length);
  });

  it.each([
    ["{ .a < }", "parse error at line 1, col 8: syntax error: unexpected }"],
    ["", "parse error : syntax error: unexpected $end"],
    ["{ .a", "parse error at line 1, col 5: syntax error: unexpected $end"],
    ["{ .a | .c", "parse error at line 1, col 6: syntax error: unexpected |"],
    ["{ (.a } )", "parse error at line 1, col 7: syntax error: unexpected }"],
    ["{ .a .c }", "parse error at line 1, col 6: syntax error: unexpected ."],
    ["{ .a span.c }", "parse error at line 0, col 6: syntax error: unexpected span."],
    ["{ .a 5s }", "parse error at line 0, col 6: syntax error: unexpected DURATION"],
    ["{ .a } name", "parse error at line 1, col 8: syntax error: unexpected name, expecting with"],
    ["{ .a } ||", "parse error at line 1, col 10: syntax error: unexpected $end, expecting { or ("],
    ["{ .a } || count()", "parse error at line 1, col 11: syntax error: unexpected count, expecting { or ("],
    ["{ .a } >> ({ .c } | { .d })", "parse error at line 1, col 19: syntax error: unexpected |"],
    ["({ .a } | { .c }) ~ { .d }", "parse error at line 1, col 21: syntax error: unexpected {, expecting ("],
    ["({ .a } | { .c }", "parse error at line 1, col 17: syntax error: unexpected $end, expecting ) or |"],
    ["({ .a } name", "parse error at line 1, col 9: syntax error: unexpected name, expecting ) or |"],
    ["by(.a) >> { .c }", "parse error at line 0, col 8: syntax error: unexpected >>, expecting with"],
    ["select(.a .c)", "parse error at line 1, col 11: syntax error: unexpected ., expecting ) or ,"],
    ["{} | rate() by(name kind)", "parse error at line 1, col 21: syntax error: unexpected kind, expecting ) or ,"],
    ["{} | rate() with(5=3)", "parse error at line 1, col 18: syntax error: unexpected INTEGER, expecting IDENTIFIER"],
    ["{ true } |\n  foo", "parse error at line 2, col 3: syntax error: unexpected IDENTIFIER"],
    ['{ span."a }', 'parse error at line 1, col 8: unexpected EOF, expecting "'],
    ["{ . }", "parse error at line 1, col 3: syntax error: unexpected END_ATTRIBUTE, expecting IDENTIFIER"],
    ["{ event. }", "parse error at line 0, col 3: syntax error: unexpected END_ATTRIBUTE, expecting IDENTIFIER"],
    [
      "{ parent. }",
      "parse error at line 0, col 3: syntax error: unexpected END_ATTRIBUTE, expecting IDENTIFIER or resource. or span.",
    ],
  ])("%s", (text, message) => {
    const result = parseTraceql(text);
    expect(result.ok ? "" : result.error.message).toBe(message);
  });
});

it("the place of an error is known where Tempo gives line 0", () => {
  const result = parseTraceql("{ .a }\n&& && { .c }");
  expect(result.ok ? undefined : result.error).toMatchObject({ line: 2, column: 4, range: { from: 10, to: 12 } });
});

it("a pipeline of one stage stands beside longer ones", () => {
  expect(parseTraceql("({ .a } | { .c }) && ({ .d })").ok).toBe(true);
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
