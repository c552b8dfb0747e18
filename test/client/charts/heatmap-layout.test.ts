import { describe, expect, test } from "vitest";
import { cellAt, cellBox, heatmapOf, heatmapSelection, shade } from "../../../client/charts/heatmap-layout.js";
import type { BucketSeries, HeatmapPlane } from "../../../client/charts/heatmap-layout.js";

const STEP = 10;
const bucket = (bound: number, ...values: readonly number[]): BucketSeries => ({
  bound,
  timesUs: Float64Array.from(values, (_, index) => (index + 1) * STEP),
  values: Float64Array.from(values),
});

/** Three columns; in the first 4 under 0.1, 1 to 0.5, 0 above; and so on. */
const HEATMAP = heatmapOf([bucket(0.1, 4, 0, 2), bucket(Infinity, 5, 3, 9), bucket(0.5, 5, 3, 2)], STEP);
const PLANE: HeatmapPlane = {
  heatmap: HEATMAP,
  window: { fromUs: 0, toUs: 30 },
  box: { left: 100, top: 0, width: 300, height: 90 },
};

describe("heatmap", () => {
  test("takes cumulative buckets apart, in order of their bounds", () => {
    expect(HEATMAP.bands).toEqual([
      { low: 0, high: 0.1 },
      { low: 0.1, high: 0.5 },
      { low: 0.5, high: Infinity },
    ]);
    expect(HEATMAP.counts.map((cells) => [...cells])).toEqual([
      [4, 1, 0],
      [0, 3, 0],
      [2, 0, 7],
    ]);
    expect(HEATMAP.countMax).toBe(7);
  });

  test("adds several histograms up and leaves bands out that nothing fell into", () => {
    const two = heatmapOf([bucket(1, 0), bucket(2, 0), bucket(4, 3), bucket(4, 2), bucket(8, 5), bucket(16, 5)], STEP);
    expect(two.bands.map(({ high }) => high)).toEqual([2, 4, 8]);
    expect([...(two.counts[0] ?? [])]).toEqual([0, 5, 0]);
  });

  test("a rate that falls from one bound to the next is no negative count; a missing sample stays missing", () => {
    const torn = heatmapOf([bucket(1, 5, Number.NaN), bucket(2, 4.5, Number.NaN), bucket(4, 6, Number.NaN)], STEP);
    expect([...(torn.counts[0] ?? [])]).toEqual([5, 0, 1]);
    expect([...(torn.counts[1] ?? [])].every(Number.isNaN)).toBe(true);
  });

  test("what is under a pixel is what is drawn there", () => {
    HEATMAP.counts.forEach((cells, column) => {
      cells.forEach((_, band) => {
        const { x, y, width, height } = cellBox(PLANE, column, band);
        expect(cellAt(PLANE, x + width / 2, y + height / 2)).toEqual({ column, band });
      });
    });
    expect(cellAt(PLANE, 50, 10)).toBeUndefined();
  });

  test("a box holds whole bands and counts what it touches", () => {
    expect(heatmapSelection(PLANE, { x0: 210, y0: 5, x1: 390, y1: 50 })).toEqual({
      fromUs: 11,
      toUs: 29,
      low: 0.1,
      high: Infinity,
      count: 10,
    });
    expect(heatmapSelection(PLANE, { x0: 500, y0: 0, x1: 600, y1: 10 })).toBeUndefined();
  });

  test("the darkest cell is the fullest, and one event can be seen among ten thousand", () => {
    expect(shade(10_000, 10_000)).toBe(1);
    expect(shade(1, 10_000)).toBeGreaterThanOrEqual(0.2);
    expect(shade(100, 10_000)).toBeGreaterThan(shade(1, 10_000));
    expect([shade(0, 5), shade(Number.NaN, 5), shade(0, 0)]).toEqual([0, 0, 0]);
  });
});
