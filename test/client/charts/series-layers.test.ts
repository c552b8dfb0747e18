import { describe, expect, test } from "vitest";
import { logarithmicRange } from "../../../client/charts/chart-data.js";
import type { ChartSeries } from "../../../client/charts/chart-data.js";
import { choiceText, hiddenNames, toggled } from "../../../client/charts/series-choice.js";
import {
  legendOrderText,
  parseLegendOrder,
  sortStatistics,
  statisticsOf,
} from "../../../client/charts/series-statistics.js";
import { sparkPath, sparkRange } from "../../../client/charts/sparkline.js";
import { BASE, stackSeries } from "../../../client/charts/stacked-series.js";

const line = (name: string, ...values: readonly number[]): ChartSeries => ({
  name,
  timesUs: Float64Array.from(values, (_, index) => index * 10),
  values: Float64Array.from(values),
});

describe("legend", () => {
  test("figures leave gaps out", () => {
    expect(statisticsOf(line("a", 2, Number.NaN, 4, Number.NaN))).toEqual({
      name: "a",
      min: 2,
      mean: 3,
      max: 4,
      last: 4,
    });
    expect(statisticsOf(line("b", Number.NaN)).max).toBeUndefined();
  });

  test("sorts by a column, what has no value last in either direction", () => {
    const rows = [statisticsOf(line("a", 1)), statisticsOf(line("none", Number.NaN)), statisticsOf(line("b", 3))];
    const names = (text: string) =>
      sortStatistics(rows, parseLegendOrder(text) ?? { column: "name", descending: true });
    expect(names("max.desc").map(({ name }) => name)).toEqual(["b", "a", "none"]);
    expect(names("max.asc").map(({ name }) => name)).toEqual(["a", "b", "none"]);
  });

  test("the order stands in the address and comes back", () => {
    expect(parseLegendOrder(legendOrderText({ column: "last", descending: true }))).toEqual({
      column: "last",
      descending: true,
    });
    expect(parseLegendOrder("nothing")).toBeUndefined();
  });
});

describe("which series are drawn", () => {
  const all = Array.from({ length: 100 }, (_, index) => `{instance="order-${String(index)}"}`);

  test.each([
    ["a few hidden", new Set(all.slice(0, 3)), /^not:/],
    ["all but a few hidden", new Set(all.slice(3)), /^only:/],
  ])("%s: the shorter list stands in the address, and says the same", (_, hidden, form) => {
    const text = choiceText(all, hidden);
    expect(text).toMatch(form);
    expect(text?.length).toBeLessThan(60);
    expect(hiddenNames(all, text)).toEqual(hidden);
  });

  test("nothing hidden is nothing to say; a choice among series that are gone hides nothing", () => {
    expect(choiceText(all, new Set())).toBeUndefined();
    expect(hiddenNames(["x", "y"], choiceText(all, new Set(all.slice(1)))).size).toBe(0);
  });

  test("alone, and all again", () => {
    const alone = toggled(["a", "b", "c"], new Set(), "b", true);
    expect([...alone]).toEqual(["a", "c"]);
    expect(toggled(["a", "b", "c"], alone, "b", true).size).toBe(0);
    expect([...toggled(["a", "b"], new Set(["a"]), "a", false)]).toEqual([]);
  });
});

describe("stack", () => {
  test("the upper edge is the sum; a missing value adds nothing; dashed lines stay", () => {
    const stacked = stackSeries([
      line("a", 1, 2, Number.NaN),
      line("b", 10, Number.NaN, Number.NaN),
      { ...line("c", 5), dashed: true },
    ]);
    expect(stacked.map(({ name, band }) => [name, band])).toEqual([
      ["a", BASE],
      ["b", "a"],
      ["c", undefined],
    ]);
    expect([...(stacked[1]?.values ?? [])]).toEqual([11, 2, Number.NaN]);
    expect([...(stacked[1]?.parts ?? [])]).toEqual([10, Number.NaN, Number.NaN]);
  });
});

describe("axes", () => {
  test.each([
    [[[0.5, 20, null, undefined, -3, 0]], [0.1, 100]],
    [[[10]], [10, 100]],
    [[[0, -1]], [0.1, 1]],
  ])("logarithmic range of %j is %j", (columns, range) => {
    expect(logarithmicRange(columns)).toEqual(range);
  });

  test("sparklines break at gaps, show a lone value, and stand on zero where that is near", () => {
    expect(sparkPath([1, 2, null, 3, null], { width: 40, height: 10 })).toMatch(/^M0\.0 \S+L10\.0 \S+M30\.0 \S+h0\.1$/);
    expect(sparkPath([null, null], { width: 40, height: 10 })).toBe("");
    expect(sparkRange([1, 10])).toEqual([0, 10]);
    expect(sparkRange([995, 1005])).toEqual([995, 1005]);
    expect(sparkRange([4, 4])).toEqual([2, 6]);
  });
});
