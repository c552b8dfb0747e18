import { describe, expect, test } from "vitest";
import { findingsOf, readSearch } from "../../../server/query/traceql/advice.js";
import type { QueryFinding } from "../../../server/wire/traces.js";

function findingOf(query: string): QueryFinding {
  const read = readSearch(query);
  const [finding] = read.ok ? [] : read.error;
  if (finding === undefined) throw new Error(`nothing is wrong with ${query}`);
  return finding;
}

/** The query with the fix applied. */
function mended(query: string): string | undefined {
  const { fix } = findingOf(query);
  return fix && query.slice(0, fix.from) + fix.insert + query.slice(fix.to);
}

describe("advice on TraceQL", () => {
  test.each([
    ["{ .a = 'x' }", '{ .a = "x" }'],
    ["{ status == error }", "{ status = error }"],
    ["{ status = error and duration > 1s }", "{ status = error && duration > 1s }"],
    ["status = error", "{ status = error }"],
    ["{ status = error", "{ status = error }"],
    ['{ resource.service.name = "cart', '{ resource.service.name = "cart" }'],
    ['{ service.name = "cart" }', '{ resource.service.name = "cart" }'],
    ['{ service = "cart" }', '{ resource.service.name = "cart" }'],
    ['{ http.route = "/cart" }', '{ .http.route = "/cart" }'],
    ["{ resource.service.name = cart }", '{ resource.service.name = "cart" }'],
    ['{ status = "error" }', "{ status = error }"],
    ["{ status = error && }", "{ status = error }"],
    ["{ status = eror }", "{ status = error }"],
    ["{ kind = sever && duration > 1s }", "{ kind = server && duration > 1s }"],
    ["{ duration > 1sec }", "{ duration > 1s }"],
    ["{ duration > 20 millis }", "{ duration > 20ms }"],
    ['service.name = "cart"', '{ resource.service.name = "cart" }'],
    ["{ status = error } | rate()", "{ status = error } "],
  ])("%s → %s", (query, expected) => {
    expect(mended(query)?.replace(/\s+/g, " ").trim()).toBe(expected.trim());
    expect(readSearch(mended(query) ?? "").ok).toBe(true);
    expect(findingOf(query).hint).toMatch(/\w/);
  });

  test("says where it is, and gives a hint where no change is sure", () => {
    const finding = findingOf("{ .a = 1 &&\n .b < }");
    expect(finding).toMatchObject({ line: 2, column: 7, from: 18 });
    expect(finding.hint).toMatch(/\w/);
  });

  test("a duration without a unit is right, and seldom meant", () => {
    const [finding] = findingsOf("{ traceDuration >= 250 && duration < 5ms }");
    expect(finding).toMatchObject({ severity: "warning", from: 19, to: 22, fix: { from: 22, to: 22, insert: "ms" } });
    expect(findingsOf("{ duration > 1.5s }")).toEqual([]);
  });

  test("nothing is wrong with nothing", () => {
    expect(readSearch(" ").ok).toBe(true);
  });
});
