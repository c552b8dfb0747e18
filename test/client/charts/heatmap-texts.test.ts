/** A heatmap in words and as a table. */
import { expect, test } from "vitest";
import type { Heatmap } from "../../../client/charts/heatmap-layout.js";
import { bandText, cellText, heatmapSummary, heatmapTable } from "../../../client/charts/heatmap-texts.js";

const MINUTE_US = 60_000_000;
const HEATMAP: Heatmap = {
  bands: [
    { low: 0, high: 0.5 },
    { low: 0.5, high: Infinity },
  ],
  timesUs: [MINUTE_US, 2 * MINUTE_US],
  stepUs: MINUTE_US,
  counts: [Float64Array.of(4, 1.26), Float64Array.of(2, Number.NaN)],
  countMax: 4,
};

test.each([
  [{ low: 0, high: 0.5 }, "0 to 500 ms"],
  [{ low: 0.5, high: 1 }, "500 ms to 1 s"],
  [{ low: 2, high: Infinity }, "over 2 s"],
])("the band %j", (band, text) => {
  expect(bandText(band, "s")).toBe(text);
});

test.each([
  [{ column: 0, band: 0 }, "0 to 500 ms: 4 events, 00:00:00 to 00:01:00"],
  [{ column: 0, band: 1 }, "over 500 ms: 1.3 events, 00:00:00 to 00:01:00"],
  [{ column: 1, band: 1 }, "over 500 ms: no sample, 00:01:00 to 00:02:00"],
  [{ column: 2, band: 0 }, ""],
])("the cell %j", (cell, text) => {
  expect(cellText(HEATMAP, cell, "s")).toBe(text);
});

test("the whole counts what there is, and says where there is nothing", () => {
  expect(heatmapSummary(HEATMAP, "s")).toMatch(/^7\S* events in 2 bands from 0 to ∞\./);
  expect(heatmapSummary({ ...HEATMAP, countMax: 0 }, "s")).toBe("No samples.");
  expect(heatmapSummary(undefined, "s")).toBe("No samples.");
});

test("the table has the highest band first, and no more columns than can be read", () => {
  expect(heatmapTable(HEATMAP, "s")).toEqual({
    columns: ["Band", "00:01:00", "00:02:00"],
    rows: [
      ["over 500 ms", "1.26", "–"],
      ["0 to 500 ms", "4", "2"],
    ],
  });
  const timesUs = Array.from({ length: 100 }, (_, column) => column * MINUTE_US);
  expect(heatmapTable({ ...HEATMAP, timesUs }, "s").columns.length).toBe(21);
});
