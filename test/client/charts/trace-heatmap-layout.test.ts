import { describe, expect, test } from "vitest";
import { durationAt, pointAt, timeAt, xOf, yOf } from "../../../client/charts/duration-plane.js";
import {
  boxOfCells,
  boxOfPixels,
  cellPixels,
  cellRange,
  durationBands,
  heatOf,
  layoutHeatmap,
  pixelsOfBox,
  placeAt,
} from "../../../client/charts/trace-heatmap-layout.js";
import { linearTicks, logTicks, timeTicks } from "../../../client/charts/scatter-axis.js";
import type { TraceSummary } from "../../../server/wire/telemetry.js";

const BOX = { left: 50, top: 0, width: 100, height: 80 };
const WINDOW = { fromUs: 0, toUs: 1_000_000 };

/** Ten columns of 100 ms, of which half the first lies before the window; four rows of a decade each. */
const PLANE = layoutHeatmap(
  {
    fromUs: -50_000,
    stepUs: 100_000,
    columns: 11,
    rows: 4,
    durationUsMin: 1_000,
    ratio: 10,
    cells: [0, 0, 5, 0, 3, 1, 40, 4, 3, 2, 1, 1],
    most: 40,
  },
  WINDOW,
  BOX,
);

describe("plane of durations", () => {
  test("pixels and values are inverse to each other", () => {
    expect(timeAt(PLANE, xOf(PLANE, 250_000))).toBe(250_000);
    expect(durationAt(PLANE, yOf(PLANE, 20_000))).toBe(20_000);
    expect(timeAt(PLANE, -500)).toBe(0);
    expect(durationAt(PLANE, 900)).toBe(1_000);
  });

  test("finds the nearest point within the radius, of equals the one on top", () => {
    const point = (traceId: string, x: number, y: number) => ({ trace: { traceId } as TraceSummary, x, y });
    const points = [point("under", 10, 10), point("over", 10, 10), point("far", 40, 10)];
    expect(pointAt(points, { x: 12, y: 12 }, 8)?.trace.traceId).toBe("over");
    expect(pointAt(points, { x: 34, y: 10 }, 8)?.trace.traceId).toBe("far");
    expect(pointAt(points, { x: 25, y: 10 }, 8)).toBeUndefined();
  });
});

describe("heatmap", () => {
  test("a cell stands for a time and whole durations, and its pixels are cut to the plot", () => {
    expect(cellRange(PLANE, 3, 1)).toEqual({
      fromUs: 250_000,
      toUs: 350_000,
      minDurationUs: 10_000,
      maxDurationUs: 99_999,
    });
    expect(cellPixels(PLANE, 0, 0)).toEqual({ left: 50, top: 60, width: 5, height: 20 });
    expect(cellPixels(PLANE, 3, 1)).toEqual({ left: 75, top: 40, width: 10, height: 20 });
  });

  test("the cell under a pixel is the one that is drawn there", () => {
    for (const { column, row } of PLANE.cells) {
      const { left, top, width, height } = cellPixels(PLANE, column, row);
      expect(placeAt(PLANE, left + width / 2, top + height / 2)).toEqual({ column, row });
    }
    expect(placeAt(PLANE, 900, -900)).toEqual({ column: 10, row: 3 });
  });

  test("a box of pixels and the pixels of a box are the same", () => {
    const range = boxOfPixels(PLANE, { x0: 120, y0: 60, x1: 80, y1: 20 });
    expect(range).toEqual({ fromUs: 300_000, toUs: 700_000, minDurationUs: 10_000, maxDurationUs: 1_000_000 });
    const { left, top, width, height } = pixelsOfBox(PLANE, range);
    expect([left, top, width, height].map(Math.round)).toEqual([80, 20, 40, 40]);
  });

  test("cells from one to another, in any direction, are a box that ends where the next cell begins", () => {
    expect(boxOfCells(PLANE, { column: 4, row: 2 }, { column: 3, row: 1 })).toEqual({
      fromUs: 250_000,
      toUs: 449_999,
      minDurationUs: 10_000,
      maxDurationUs: 999_999,
    });
  });

  test("a lone trace is seen beside many", () => {
    expect(heatOf(1, 5_000)).toBeGreaterThan(0.1);
    expect(heatOf(5_000, 5_000)).toBe(1);
    expect(heatOf(70, 5_000)).toBeGreaterThan(heatOf(7, 5_000));
  });

  test("the table has the durations that occur, longest first", () => {
    expect(durationBands(PLANE)).toEqual([
      { minDurationUs: 100_000, maxDurationUs: 999_999, count: 1, failed: 1 },
      { minDurationUs: 10_000, maxDurationUs: 99_999, count: 40, failed: 4 },
      { minDurationUs: 1_000, maxDurationUs: 9_999, count: 5, failed: 0 },
    ]);
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
