import { describe, expect, test } from "vitest";
import { linearTicks, logTicks, timeTicks } from "../../../client/charts/scatter-axis.js";
import {
  durationAt,
  layoutScatter,
  pointAt,
  selectionOf,
  timeAt,
  xOf,
  yOf,
} from "../../../client/charts/scatter-layout.js";
import type { TraceSummary } from "../../../server/wire/telemetry.js";

const BOX = { left: 50, top: 0, width: 100, height: 80 };
const WINDOW = { fromUs: 0, toUs: 1_000_000 };

const trace = (startUs: number, durationUs: number): TraceSummary => ({
  traceId: `${String(startUs)}-${String(durationUs)}`,
  rootService: "edge",
  rootName: "GET /",
  startUs,
  durationUs,
  spanCount: 1,
  errorCount: 0,
  services: ["edge"],
});

describe("scatter", () => {
  const layout = layoutScatter(
    [trace(0, 2_000), trace(500_000, 20_000), trace(500_000, 200_000), trace(2_000_000, 5)],
    WINDOW,
    BOX,
  );

  test("bounds are whole halves of decades around the data; traces outside the window are left out", () => {
    expect(layout.points.length).toBe(3);
    expect(layout.durationUsMin).toBeCloseTo(1_000, 6);
    expect(layout.durationUsMax).toBeCloseTo(316_227.77, 1);
  });

  test("pixels and values are inverse to each other", () => {
    expect(timeAt(layout, xOf(layout, 250_000))).toBe(250_000);
    expect(durationAt(layout, yOf(layout, 20_000))).toBe(20_000);
    expect(timeAt(layout, -500)).toBe(0);
    expect(durationAt(layout, 900)).toBe(1_000);
  });

  test("finds the nearest point within the radius", () => {
    const x = xOf(layout, 500_000);
    expect(pointAt(layout, x + 2, yOf(layout, 200_000) + 2, 8)?.trace.durationUs).toBe(200_000);
    expect(pointAt(layout, x + 20, yOf(layout, 200_000), 8)).toBeUndefined();
  });

  test("a box stands for a window and a range of durations, dragged in any direction", () => {
    const rectangle = { x0: 140, y0: yOf(layout, 10_000), x1: 80, y1: -5 };
    expect(selectionOf(layout, rectangle)).toEqual({
      fromUs: 300_000,
      toUs: 900_000,
      minDurationUs: 10_000,
      maxDurationUs: 316_228,
      count: 2,
    });
  });

  test("nothing to show still has an axis", () => {
    const empty = layoutScatter([], WINDOW, BOX);
    expect([empty.durationUsMin, empty.durationUsMax]).toEqual([1_000, 1_000_000]);
  });
});

describe("ticks", () => {
  test("of time are at round instants", () => {
    const minute = 60_000_000;
    expect(timeTicks(minute * 0.5, minute * 15.5, 5)).toEqual([5, 10, 15].map((count) => count * minute));
    expect(timeTicks(5, 5, 5)).toEqual([]);
  });

  test("of logarithms get sparser with the range", () => {
    expect(logTicks(1, 10, 6)).toEqual([1, 2, 5, 10]);
    expect(logTicks(1, 1_000, 6)).toEqual([1, 10, 100, 1_000]);
    expect(logTicks(1, 1e9, 5)).toEqual([1, 100, 10_000, 1_000_000, 100_000_000]);
    expect(logTicks(0, 10, 5)).toEqual([]);
  });

  test("of offsets are 1, 2 or 5 times a power of ten", () => {
    expect(linearTicks(0, 1_000, 5)).toEqual([0, 200, 400, 600, 800, 1_000]);
    expect(linearTicks(30, 100, 4)).toEqual([40, 60, 80, 100]);
  });
});
