import { describe, expect, test } from "vitest";
import { applyFix, limitOf, markedLine } from "../../../client/elements/query-fix.js";
import { LimitError } from "../../../server/base/limit-error.js";
import type { ApiError } from "../../../server/wire/errors.js";

describe("the place of a finding", () => {
  test.each([
    ["sum(rat(up))", { from: 4, to: 7 }, ["sum(", "rat", "(up))"]],
    ["sum(\n  rat(up)\n)", { from: 7, to: 10 }, ["  ", "rat", "(up)"]],
    ["sum(up", { from: 6, to: 6 }, ["sum(up", " ", ""]],
    ["", { from: 0, to: 0 }, ["", " ", ""]],
    ["a\nb", { from: 0, to: 3 }, ["", "a", ""]],
  ])("%j at %o", (query, place, [before, marked, after]) => {
    expect(markedLine(query, place)).toEqual({ before, marked, after });
  });

  test("a long line is shown around the place", () => {
    const { before, after } = markedLine("x".repeat(500), { from: 250, to: 251 });
    expect([before.length, after.length]).toEqual([61, 61]);
  });
});

test("edits are applied from the last to the first", () => {
  const edits = [
    { from: 0, to: 1, text: "AA" },
    { from: 2, to: 3, text: "" },
  ];
  expect(applyFix("abc", { title: "", edits })).toBe("AAb");
});

describe("a limit", () => {
  const errorOf = (limit: LimitError): ApiError => ({ code: "limit", message: limit.finding, remedy: limit.remedy });

  test.each([
    [new LimitError("samples per query", 50_000, 70_001, "Narrow it."), 50_000, 70_001],
    [new LimitError("series per query", 500, undefined, "Group."), 500, undefined],
  ])("%s: its name, its figures and what is cheaper", (limit, allowed, reached) => {
    const met = limitOf(errorOf(limit));
    expect(met).toMatchObject({ name: limit.limit, allowed, reached });
    expect(met?.cheaper.length).toBeGreaterThan(20);
  });

  test("as Prometheus's clients read it too, with its remedy behind", () => {
    const { message } = new LimitError("steps per query", 11_000, 20_000, "A longer step.");
    expect(limitOf({ code: "limit", message })?.allowed).toBe(11_000);
  });

  test("another failure is none", () => {
    expect(limitOf({ code: "internal", message: "limit of x exceeded: 2, allowed 1." })).toBeUndefined();
    expect(limitOf({ code: "limit", message: "The body is larger than the server takes." })).toBeUndefined();
  });
});
