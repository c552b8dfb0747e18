import { describe, expect, test } from "vitest";
import {
  alignSeries,
  highestSeries,
  endedAtUs,
  lastValue,
  tableRows,
  valueAt,
  valueRange,
  nearestExemplar,
} from "../../../client/charts/chart-data.js";
import type { ChartSeries } from "../../../client/charts/chart-data.js";
import { frozenSeries } from "../../../client/charts/frozen-series.js";
import { markerView, markersOf } from "../../../client/charts/markers.js";

const line = (name: string, ...points: readonly (readonly [number, number])[]): ChartSeries => ({
  name,
  timesUs: Float64Array.from(points, ([seconds]) => seconds * 1e6),
  values: Float64Array.from(points, ([, value]) => value),
});

describe("alignSeries", () => {
  test("series with one grid lie side by side", () => {
    expect(alignSeries([line("a", [0, 1], [5, 2]), line("b", [0, 3], [5, 4])])).toEqual([
      [0, 5],
      [1, 2],
      [3, 4],
    ]);
  });

  test("a missing sample breaks the line, an instant of another series does not", () => {
    const [axis, a, b] = alignSeries([line("a", [0, 1], [5, 2], [15, 3], [20, 4]), line("b", [0, 9], [7, 9], [14, 9])]);
    expect(axis).toEqual([0, 5, 7, 10, 14, 15, 20]);
    expect(a).toEqual([1, 2, undefined, null, null, 3, 4]);
    expect(b).toEqual([9, undefined, 9, undefined, 9, undefined, undefined]);
  });

  test("a line of few samples breaks where its known step says that some are missing", () => {
    expect(alignSeries([{ ...line("a", [0, 1], [60, 2]), stepUs: 5e6 }])[1]).toEqual([1, null, 2]);
    expect(alignSeries([line("a", [0, 1], [60, 2])])[1]).toEqual([1, 2]);
  });

  test("NaN is a gap", () => {
    expect(alignSeries([line("a", [0, 1], [5, Number.NaN], [10, 2])])[1]).toEqual([1, null, 2]);
  });
});

test("the axis of what is never negative begins at zero", () => {
  expect(valueRange([[5, null, 10]])[0]).toBe(0);
  expect(valueRange([[-5, undefined, 5]])[0]).toBe(-5);
  expect(valueRange([[]])).toEqual([0, 1]);
  expect(valueRange([[0, 0]])).toEqual([0, 1.06]);
});

test("the value under the pointer is the newest before it, within reach", () => {
  const series = line("a", [0, 1], [5, 2]);
  expect([
    valueAt(series, 4e6, 10e6),
    valueAt(series, 7e6, 10e6),
    valueAt(series, 60e6, 10e6),
    valueAt(series, -1, 10e6),
  ]).toEqual([1, 2, undefined, undefined]);
  expect(lastValue(line("b", [0, 1], [5, Number.NaN]))).toBe(1);
});

test("a series that ended a while ago has no value of now, of no more than what was asked for", () => {
  const ended = { ...line("a", [0, 1], [60, 2], [120, Number.NaN]), askedToUs: 200e6 };
  expect(endedAtUs(ended, 300e6, 10e6)).toBe(60e6);
  expect(endedAtUs(ended, 300e6, 150e6)).toBeUndefined();
  expect(endedAtUs(ended, 110e6, 10e6)).toBeUndefined();
  expect(endedAtUs({ ...ended, askedToUs: 100e6 }, 300e6, 10e6)).toBeUndefined();
  expect(endedAtUs(line("a", [0, 1]), 300e6, 10e6)).toBeUndefined();
  expect(endedAtUs({ ...line("a"), askedToUs: 200e6 }, 300e6, 10e6)).toBeUndefined();
});

test("the table has the newest first, thinned evenly", () => {
  const series = line("a", ...Array.from({ length: 10 }, (_, index) => [index, index] as const));
  const rows = tableRows([series], { fromUs: 0, toUs: 9e6 }, 5);
  expect(rows.map(({ atUs }) => atUs / 1e6)).toEqual([9, 7, 5, 3, 1]);
});

test("a frozen chart stays far below what an exhibit may hold", () => {
  const series = Array.from({ length: 40 }, (_, number) =>
    line(
      `series ${String(number)}`,
      ...Array.from({ length: 2_000 }, (__, index) => [index * 5, Math.sin(index) * Math.PI] as const),
    ),
  );
  expect(JSON.stringify(frozenSeries(series, "s")).length).toBeLessThan(64_000);
});

test("markers ascend and know their view", () => {
  const change = {
    id: "c1",
    kind: "deploy",
    target: "cart",
    atUs: 20,
    author: "",
    title: "4.1",
    description: "",
    diff: "",
    canRollBack: true,
    state: "live",
  } as const;
  const rule = {
    name: "Slow",
    history: [
      { atUs: 5, state: "pending" },
      { atUs: 10, state: "firing" },
    ],
  } as const;
  const markers = markersOf([change], { rules: [rule as never] }, []);
  expect(markers.map(({ kind, atUs }) => [kind, atUs])).toEqual([
    ["alert", 10],
    ["deploy", 20],
  ]);
  expect(markers.map(markerView)).toEqual([
    { view: "alerts", values: { rule: "Slow" } },
    { view: "changes", values: { change: "c1" } },
  ]);
});

test("what the learner did stands there once, as the action and not as the change that it made", () => {
  const change = { id: "c9", kind: "setting", target: "cart", atUs: 30, author: "you", title: "cart: timeout" };
  const action = { id: "a1", atUs: 30, plan: { summary: "Set a timeout" } };
  const kinds = markersOf([change as never], undefined, [action as never]).map(({ kind }) => kind);
  expect(kinds).toEqual(["action"]);
});

test("a short legend names the highest series, in their order", () => {
  const series = [
    line("low", [0, 1], [5, 2]),
    line("gap", [0, Number.NaN], [5, 9]),
    line("deep", [0, -20]),
    line("none", [0, Number.NaN]),
  ];
  expect(highestSeries(series, 2).map(({ name }) => name)).toEqual(["gap", "deep"]);
  expect(highestSeries(series, 4)).toBe(series);
});

test.each([
  [95, 20, "b"],
  [106, 20, "c"],
  [50, 20, undefined],
])("the marked request at %i µs, at most %i µs away", (atUs, reachUs, traceId) => {
  const exemplars = [
    { atUs: 10, value: 1, traceId: "a" },
    { atUs: 100, value: 1, traceId: "b" },
    { atUs: 110, value: 1, traceId: "c" },
  ];
  expect(nearestExemplar(exemplars, atUs, reachUs)?.traceId).toBe(traceId);
});
