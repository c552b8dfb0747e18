import { expect, test } from "vitest";
import { valueTicks } from "../../../client/charts/value-ticks.js";

test.each([
  { name: "a rate", low: 0, high: 6.8, unit: "/s", most: 4, ticks: [0, 2, 4, 6] },
  {
    name: "a ratio of less than a percent",
    low: 0,
    high: 0.0078,
    unit: "ratio",
    most: 4,
    ticks: [0, 0.002, 0.004, 0.006],
  },
  { name: "seconds stand at hours", low: 0, high: 150_000, unit: "s", most: 4, ticks: [0, 43_200, 86_400, 129_600] },
  { name: "seconds of less than one are decimal", low: 0, high: 0.48, unit: "s", most: 3, ticks: [0, 0.2, 0.4] },
  {
    name: "bytes stand at powers of two",
    low: 0,
    high: 800 * 1024 ** 2,
    unit: "By",
    most: 4,
    ticks: [0, 200, 400, 600, 800].map((mebi) => mebi * 1024 ** 2),
  },
  { name: "a small axis has one above zero", low: 0, high: 0.074, unit: "s", most: 1, ticks: [0, 0.05] },
  { name: "below zero", low: -3, high: 3, unit: "", most: 3, ticks: [-2, 0, 2] },
  { name: "no range", low: 1, high: 1, unit: "", most: 3, ticks: [1] },
])("$name", ({ low, high, unit, most, ticks }) => {
  expect(valueTicks(low, high, { unit, most })).toEqual(ticks);
});
