import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatDuration,
  parseBytes,
  parseDuration,
  parseInstant,
  parseOffset,
  parseRatio,
  parseSpreadDuration,
} from "../../server/scenario/units.js";

describe("durations", () => {
  test.each([
    ["250ms", 250_000],
    ["2s", 2_000_000],
    ["1m30s", 90_000_000],
    ["1.5h", 5_400_000_000],
    ["300us", 300],
    ["0s", 0],
    ["1d", 86_400_000_000],
  ])("%s is %d µs", (text, micros) => {
    expect(parseDuration(text)).toBe(micros);
  });

  test.each(["", "5", "5 s", "-5s", "s", "5x", "5s5", "401d", "1e3s", "5S"])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test("printing and reading give the same duration", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30_000_000_000_000 }), (micros) => {
        expect(parseDuration(formatDuration(micros))).toBe(micros);
      }),
    );
  });

  test("an offset has a sign, or is 0", () => {
    expect(parseOffset("-10m")).toBe(-600_000_000);
    expect(parseOffset("+1m5s")).toBe(65_000_000);
    expect(parseOffset("0")).toBe(0);
    expect(parseOffset("10m")).toBeUndefined();
    expect(parseOffset("--10m")).toBeUndefined();
  });

  test("a spread follows the median", () => {
    expect(parseSpreadDuration("12ms ~0.5")).toEqual({ median: 12_000, sigma: 0.5 });
    expect(parseSpreadDuration("12ms~0.5")).toEqual({ median: 12_000, sigma: 0.5 });
    expect(parseSpreadDuration("12ms")).toEqual({ median: 12_000, sigma: 0 });
    expect(parseSpreadDuration("10ms ~exponential")).toEqual({ median: 6_931, sigma: 0, law: "exponential" });
    expect(parseSpreadDuration("12ms ~50")).toBeUndefined();
    expect(parseSpreadDuration("12ms ~")).toBeUndefined();
    expect(parseSpreadDuration("~0.5")).toBeUndefined();
  });
});

test("sizes are binary or decimal as written", () => {
  expect(parseBytes("512MiB")).toBe(512 * 1024 * 1024);
  expect(parseBytes("1.5 GB")).toBe(1_500_000_000);
  expect(parseBytes("512M")).toBeUndefined();
});

test("ratios are numbers from 0 to 1 or percentages", () => {
  expect(parseRatio(0.005)).toBe(0.005);
  expect(parseRatio("0.5%")).toBe(0.005);
  expect(parseRatio("120%")).toBeUndefined();
  expect(parseRatio(1.2)).toBeUndefined();
  expect(parseRatio("0.5")).toBeUndefined();
});

describe("instants", () => {
  test.each([
    ["1970-01-01T00:00:00Z", 0],
    ["2025-11-12T14:06:00Z", Date.UTC(2025, 10, 12, 14, 6) * 1000],
    ["2024-02-29T23:59:59.5Z", Date.UTC(2024, 1, 29, 23, 59, 59, 500) * 1000],
    ["2025-11-12T14:06:00+02:00", Date.UTC(2025, 10, 12, 12, 6) * 1000],
    ["1969-12-31T23:59:59Z", -1_000_000],
  ])("%s", (text, micros) => {
    expect(parseInstant(text)).toBe(micros);
  });

  test.each([
    "2025-02-29T00:00:00Z",
    "2025-13-01T00:00:00Z",
    "2025-01-01",
    "2025-01-01T24:00:00Z",
    "2025-01-01T10:00:00",
  ])("%s is none", (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  test("agrees with the platform's calendar on any minute of four centuries", () => {
    fc.assert(
      fc.property(fc.integer({ min: -105_000_000, max: 105_000_000 }), (minute) => {
        const text = new Date(minute * 60_000).toISOString();
        fc.pre(/^\d{4}-/.test(text));
        expect(parseInstant(text)).toBe(minute * 60_000_000);
      }),
    );
  });
});
