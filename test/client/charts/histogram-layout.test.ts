import { expect, test } from "vitest";
import { barAt, layoutHistogram, outlineOf } from "../../../client/charts/histogram-layout.js";
import { countsText, histogramCaption, histogramTable } from "../../../client/charts/histogram-texts.js";
import type { LogHistogram } from "../../../server/wire/telemetry.js";

const HISTOGRAM: LogHistogram = {
  stepUs: 10,
  buckets: [
    { fromUs: 0, counts: { debug: 0, info: 50, warn: 0, error: 50 } },
    { fromUs: 10, counts: { debug: 10, info: 999, warn: 0, error: 1 } },
    { fromUs: 20, counts: { debug: 0, info: 0, warn: 0, error: 0 } },
  ],
};
const layout = layoutHistogram(HISTOGRAM, { fromUs: 0, toUs: 30 }, { width: 300, height: 101 });

test("errors are at the bottom and heights in proportion", () => {
  expect(layout.bars[0]?.parts).toEqual([
    { level: "error", y: 96, height: 5 },
    { level: "info", y: 91, height: 5 },
  ]);
});

test("one error among a thousand lines is still two pixels high, and the stack stays in the plane", () => {
  const parts = layout.bars[1]?.parts ?? [];
  expect(parts[0]).toEqual({ level: "error", y: 99, height: 2 });
  expect(parts.every((part) => part.y >= 0)).toBe(true);
  expect(layout.bars[2]?.parts).toEqual([]);
});

test("totals are by level over all bars", () => {
  expect(layout.totals).toEqual({ debug: 10, info: 1_049, warn: 0, error: 51 });
  expect(layout.countMax).toBe(1_010);
});

test("a pixel belongs to the bar whose time it stands for", () => {
  expect([barAt(layout, 0), barAt(layout, 99.5), barAt(layout, 100), barAt(layout, 299), barAt(layout, 400)]).toEqual([
    0,
    0,
    1,
    2,
    undefined,
  ]);
});

test("a bucket that begins before the window is cut at its edge", () => {
  const cut = layoutHistogram(HISTOGRAM, { fromUs: 5, toUs: 30 }, { width: 250, height: 100 });
  expect([cut.bars[0]?.x, cut.bars[0]?.width]).toEqual([0, 49]);
});

test("a bar in words and as a row of the table", () => {
  expect(countsText(layout.totals)).toBe("51 error, 0 warn, 1049 info, 10 debug");
  expect(histogramTable({ bars: layout.bars.slice(1, 2) })).toEqual({
    columns: ["from", "error", "warn", "info", "debug"],
    rows: [["00:00:00", 1, 0, 999, 10]],
  });
  expect(histogramCaption(undefined, { fromUs: 0, toUs: 30 })).toMatch(/^Log lines by level over time: loading/);
});

test("the outline of a level is its parts, one after the other", () => {
  expect(outlineOf(layout, "error")).toBe("M0 96h99v5h-99zM100 99h99v2h-99z");
  expect(outlineOf(layout, "warn")).toBe("");
});
