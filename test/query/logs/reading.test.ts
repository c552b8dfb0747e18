/** LogQL for an editor: mistakes with fixes, and queries that a search form can say. */
import { describe, expect, it } from "vitest";
import { parseLogql } from "../../../server/query/logql/parse.js";
import { readLogql } from "../../../server/query/logql/reading.js";

const NAMES = ["http.route", "user.id"];

describe("a mistake in LogQL", () => {
  it.each([
    ["{level=error}", '{level="error"}'],
    ['{level="error"', '{level="error"}'],
    ['sum(count_over_time({level="error"}[1m])', 'sum(count_over_time({level="error"}[1m]))'],
    ["connection refused", '{service_name=~".+"} |= `connection refused`'],
    ['|= "refused"', '{service_name=~".+"} |= "refused"'],
    ['{} |= "refused"', '{service_name=~".+"} |= "refused"'],
    ["{level='error'}", '{level="error"}'],
    ['{level="error"} | http.route="/cart"', '{level="error"} | http_route="/cart"'],
    ['{level="error"} |= "refused', '{level="error"} |= "refused"'],
    ['{level="error', '{level="error"}'],
    ['rate({level="error}[1m])', 'rate({level="error"}[1m])'],
    ['{level="error"} | jsn', '{level="error"} | json'],
    ['sum by level (rate({job="a"}[1m]))', 'sum by (level) (rate({job="a"}[1m]))'],
    ['count_over_time({level="error"})', 'count_over_time({level="error"} [1m])'],
  ])("%s is mended to %s", (text, wanted) => {
    const reading = readLogql(text, NAMES);
    if (reading.kind !== "error") throw new Error("it parses");
    const fixes = reading.diagnostics.flatMap(({ fixes: each = [] }) => each);
    expect(fixes.map((fix) => text.slice(0, fix.from) + fix.text + text.slice(fix.to))).toContain(wanted);
    expect(parseLogql(wanted).ok).toBe(true);
  });

  it("has its place", () => {
    expect(readLogql('{level="error"} | ', NAMES)).toMatchObject({
      kind: "error",
      diagnostics: [{ from: 18, line: 1 }],
    });
  });
});

describe("a query as a search form", () => {
  it.each([
    ['{service_name=~".+"}', {}],
    ['{service_name="cart", level=~"error|warn"}', { services: ["cart"], levels: ["error", "warn"] }],
    ['{job="cart"} |~ "(?i)timed out"', { services: ["cart"], text: '"timed out"' }],
    ['{job="cart"} |~ "(?i)a\\\\.b" !~ "(?i)x"', { services: ["cart"], text: "a.b -x" }],
    ['{job="cart"} | http_route="/cart"', { services: ["cart"], fields: [["http.route", "=", "/cart"]] }],
    [
      '{job=~".+", level!="info"} | user_id!="u-1"',
      {
        fields: [
          ["level", "!=", "info"],
          ["user.id", "!=", "u-1"],
        ],
      },
    ],
    ['{job="cart"} | trace_id="abc"', { services: ["cart"], traceId: "abc" }],
    ['{job="cart"} |> "sent <_> mails"', { services: ["cart"], fields: [["pattern", "=", "sent <_> mails"]] }],
  ])("%s", (text, wanted: object) => {
    const pairs = "fields" in wanted ? (wanted.fields as readonly (readonly string[])[]) : [];
    const fields = pairs.map(([name, operator, value]) => ({ name, operator, value }));
    expect(readLogql(text, NAMES)).toMatchObject({
      kind: "lines",
      parts: { services: [], levels: [], text: "", ...wanted, fields },
    });
  });

  it.each([
    '{job=~"c.*t"}',
    '{job="cart"} | json',
    '{job="cart"} |~ "a|b"',
    '{job="cart"} | duration_ms > 5',
    '{job="cart"} | unknown="x"',
  ])("cannot be said: %s", (text) => {
    expect(readLogql(text, NAMES)).toHaveProperty("notInBuilder");
  });

  it("is none where numbers come out", () => {
    expect(readLogql('sum(rate({job="cart"}[1m]))', NAMES).kind).toBe("metric");
  });
});
