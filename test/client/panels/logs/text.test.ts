/** How lines and patterns are put into words, and long ones into pieces. */
import { describe, expect, it } from "vitest";
import { beginningOf } from "../../../../client/charts/readable-text.js";
import { blocksOf, prettyJson } from "../../../../client/panels/logs/line-text.js";
import { linesTable, metricRequest, requestsOf } from "../../../../client/panels/logs/logs-export.js";
import { missingText } from "../../../../client/panels/logs/missing-text.js";
import { changeText } from "../../../../client/panels/logs/pattern-text.js";
import { baselineOf } from "../../../../client/panels/logs/logs-query.js";
import { exampleText, seriesOf } from "../../../../client/panels/logs/field-series.js";

describe("a long text", () => {
  it("is the same in blocks, and no emoji is cut", () => {
    const text = `${"x".repeat(7_999)}🔥${"שלום ".repeat(4_000)}`;
    const blocks = blocksOf(text);
    expect(blocks.join("")).toBe(text);
    expect(blocks.length).toBeGreaterThan(2);
    for (const block of blocks) expect(block).not.toMatch(/[\uD800-\uDBFF]$/);
    expect(beginningOf(text, 8_000)).toBe("x".repeat(7_999));
  });

  it("of ten megabytes is cut in no time", () => {
    const text = "0123456789".repeat(1_000_000);
    expect(beginningOf(text, 4_000)).toHaveLength(4_000);
    expect(blocksOf(text)).toHaveLength(1_250);
  });
});

it.each([
  ['{"a":1}', '{\n  "a": 1\n}'],
  ['took {"ms":[1]}', 'took {\n  "ms": [\n    1\n  ]\n}'],
  ["GET /products/{id} 200", undefined],
  ["plain", undefined],
])("%s as JSON is %j", (text, wanted) => {
  expect(prettyJson(text)).toBe(wanted);
});

it.each([
  [undefined, undefined],
  [{ dropped: 0, sampledOut: 0, delayed: 0 }, undefined],
  [{ dropped: 1_204, sampledOut: 0, delayed: 0 }, "the shipper dropped 1 204 lines"],
  [{ dropped: 0, sampledOut: 5, delayed: 1 }, "its sampling left out 5 lines, 1 line is still on the way"],
])("of missing lines %j one says %s", (missing, wanted) => {
  const text = missingText(missing)?.replace(/\s/g, " ");
  if (wanted === undefined) expect(text).toBeUndefined();
  else expect(text).toBe(`Not all lines of this window are here: ${wanted}.`);
});

it.each([
  [{ change: "new" as const }, "✱ new"],
  [{ change: "up" as const, factor: 7.52 }, "▲ up ×7.5"],
  [{ change: "down" as const, factor: 0.05 }, "▼ down ÷20"],
  [{ change: "same" as const, factor: 1.1 }, "same"],
])("the change %j is %s", (pattern, wanted) => {
  expect(changeText(pattern)).toBe(wanted);
});

it.each([
  [undefined, { fromUs: 6_400e6, toUs: 9_999_999_999 }],
  ["same", { fromUs: 9_900e6, toUs: 9_999_999_999 }],
  ["100-200", { fromUs: 100, toUs: 200 }],
])("the baseline %s", (base, wanted) => {
  expect(baselineOf((name) => (name === "base" ? base : undefined), { fromUs: 10_000e6, toUs: 10_100e6 })).toEqual(
    wanted,
  );
});

it("counts of some lines over time are raised to all", () => {
  const [series] = seriesOf(
    { stepUs: 10, total: 100, examined: 50, values: [{ value: "a", counts: [1, 2] }], distinct: 1 },
    "field",
    1_000,
  );
  expect(series?.timesUs).toEqual(Float64Array.of(1_000, 1_010));
  expect(series?.values).toEqual(Float64Array.of(2, 4));
});

it.each([
  [{ total: 80, examined: 80, distinct: 2 }, "Lines by value, of all 80 lines"],
  [{ total: 80, examined: 80, distinct: 11 }, "Lines by value, 2 of 11 values, of all 80 lines"],
  [
    { total: 80, examined: 40, distinct: 11 },
    "Lines by value, 2 of at least 11 values: ≈ counts, estimated from 40 of 80 lines, evenly spread",
  ],
  [{ total: 80, examined: 40, distinct: 40, medians: [1] }, "Median from 40 of 80 lines, evenly spread"],
])("%o over time is told as %s", (counts, text) => {
  const values = ["a", "b"].map((value) => ({ value, counts: [1] }));
  expect(exampleText({ stepUs: 10, values, ...counts })).toBe(text);
});

it("gives lines out with a column for each field", () => {
  const line = { id: "1-1", timeUs: 1e15, level: "info" as const, service: "a", instance: "a-0", message: "m" };
  const table = linesTable([
    { ...line, attributes: { route: "/x" } },
    { ...line, attributes: { code: 5 } },
  ]);
  expect(table.columns.slice(-2)).toEqual(["code", "route"]);
  expect(table.rows.map((row) => row.slice(-2))).toEqual([
    [null, "/x"],
    [5, null],
  ]);
});

it("asks Loki's API for the very lines, where it can say them", () => {
  const ask = (values: Readonly<Record<string, string>>) =>
    requestsOf((name) => values[name], { fromUs: 1, toUs: 2 }).map((request) =>
      "own" in request ? request : request.parameters["query"],
    );
  expect(ask({ level: "error" })).toEqual(['{level="error"}']);
  expect(ask({ logql: '{job="a"}' })).toEqual(['{job="a"}']);
  const json = { fromUs: 1, toUs: 2, text: "anywhere", offset: 0, limit: 1_000 };
  expect(ask({ q: "anywhere" })).toEqual([{ own: "logs/search", json }]);
});

it("asks Loki's API for numbers at the very instants of the chart", () => {
  const { path, parameters } = metricRequest('rate({a="b"}[1m])', { fromUs: 7_500_000, toUs: 607_500_000 });
  expect(path).toBe("loki/api/v1/query_range");
  expect(parameters).toMatchObject({ start: "10.0", end: "607.500000", step: "5" });
});
