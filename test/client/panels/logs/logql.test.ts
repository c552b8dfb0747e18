/** The search form in LogQL and back, what can be completed where, and filters behind a query. */
import { describe, expect, it } from "vitest";
import { completionPlace } from "../../../../client/panels/logs/logql-context.js";
import { logqlOf, withFilter } from "../../../../client/panels/logs/logql-parts.js";
import { readLogql } from "../../../../server/query/logql/reading.js";
import type { LogFilterParts } from "../../../../server/wire/logs.js";

const EMPTY: LogFilterParts = { levels: [], services: [], text: "", fields: [] };

describe("a search form", () => {
  it.each<readonly [Partial<LogFilterParts>, string]>([
    [{}, '{service_name=~".+"}'],
    [{ services: ["cart"], levels: ["error", "warn"] }, '{service_name="cart", level=~"error|warn"}'],
    [{ services: ["a", "b"] }, '{service_name=~"a|b"}'],
    [
      { text: 'refused "two words" -health.z' },
      '{service_name=~".+"} |~ `(?i)refused` |~ `(?i)two words` !~ `(?i)health\\.z`',
    ],
    [{ fields: [{ name: "http.route", operator: "=", value: '/a"b' }] }, '{service_name=~".+"} | http_route="/a\\"b"'],
    [{ fields: [{ name: "level", operator: "!=", value: "info" }] }, '{service_name=~".+", level!="info"}'],
    [{ fields: [{ name: "pattern", operator: "!=", value: "sent <_>" }] }, '{service_name=~".+"} !> `sent <_>`'],
    [{ traceId: "abc" }, '{service_name=~".+"} | trace_id="abc"'],
  ])("%j is LogQL and comes back", (parts, query) => {
    const form = { ...EMPTY, ...parts };
    expect(logqlOf(form)).toBe(query);
    expect(readLogql(query, ["http.route"])).toMatchObject({ kind: "lines", parts: form });
  });
});

describe("a filter behind a query", () => {
  const filter = { name: "http.route", operator: "=" as const, value: "/cart" };

  it("is a stage, and goes away again", () => {
    const query = withFilter('{job="cart"} |= "x"', filter);
    expect(query).toBe('{job="cart"} |= "x" | http_route="/cart"');
    expect(withFilter(query, filter)).toBe('{job="cart"} |= "x"');
  });
});

describe("completion", () => {
  it.each([
    ["", "function", 0],
    ["co", "function", 0],
    ["sum(ra", "function", 4],
    ["{", "label", 1],
    ["{serv", "label", 1],
    ['{job="cart", lev', "label", 13],
    ['{job="ca', "value", 6],
    ['{level=~"err', "value", 9],
    ['{job="cart"} | ', "stage", 15],
    ['{job="cart"} | js', "stage", 15],
    ['{job="cart"} | http_route="/c', "value", 27],
    ['rate({job="cart"}[', "range", 18],
    ["sum by (lev", "label", 8],
  ])("of %s asks for a %s", (before, kind, from) => {
    expect(completionPlace(before)).toMatchObject({ kind, from });
  });

  it.each(['{job="cart"} |= "some', '{job="cart"} ', "{job=`a"])("of %s asks for nothing", (before) => {
    expect(completionPlace(before)).toBeUndefined();
  });
});
