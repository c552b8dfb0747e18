import { describe, expect, test } from "vitest";
import { seriesColor, seriesColors } from "../../../client/charts/colors.js";
import {
  formatBytes,
  formatClock,
  formatClockTick,
  formatCount,
  formatDateTime,
  formatDays,
  formatDurationUs,
  formatNumber,
  formatRatio,
  formatShare,
  formatTicks,
  formatUnit,
} from "../../../client/charts/format.js";

test.each([
  [0, "0"],
  [0.01234, "0.0123"],
  [1.5, "1.5"],
  [99.96, "100"],
  [1234, "1\u202f234"],
  [1_234_567, "1\u202f234\u202f567"],
  [-3, "−3"],
  [0.0000123, "1.23e−5"],
  [Number.NaN, "–"],
  [Infinity, "∞"],
])("number %d is %s", (value, expected) => {
  expect(formatNumber(value)).toBe(expected);
});

test.each([
  [0, "0 s"],
  [85, "85 µs"],
  [12_400, "12.4 ms"],
  [1_240_000, "1.24 s"],
  [999.6, "1 ms"],
  [999_600, "1 s"],
  [200_000_000, "3 m 20 s"],
  [7_500_000_000, "2 h 5 m"],
  [-5_000_000, "−5 s"],
  [5 * 86_400_000_000, "5 d"],
])("%d µs is %s", (value, expected) => {
  expect(formatDurationUs(value)).toBe(expected);
});

test.each([
  [0, "0 %", "0.0 %"],
  [0.00000733, "< 0.01 %", "< 0.1 %"],
  [0.000342, "0.03 %", "< 0.1 %"],
  [0.03214, "3.21 %", "3.2 %"],
  [0.98764, "98.8 %", "98.8 %"],
  [0.9992, "99.92 %", "> 99.9 %"],
  [0.99998, "> 99.99 %", "> 99.9 %"],
  [1, "100 %", "100.0 %"],
  [Number.NaN, "–", "–"],
])("ratio %d is %s, at a glance %s", (ratio, exact, glance) => {
  expect(formatRatio(ratio)).toBe(exact);
  expect(formatShare(ratio)).toBe(glance);
});

test("ticks of a narrow axis of ratios differ from each other", () => {
  expect(formatTicks([0, 0.00002, 0.00004], "ratio")).toEqual(["0 %", "0.002 %", "0.004 %"]);
  expect(formatTicks([0.1 + 0.2], "ratio")).toEqual(["30 %"]);
  expect(formatTicks([0, 20], "/s")).toEqual(["0 /s", "20 /s"]);
});

describe("units", () => {
  test.each([
    [0.25, "s", "250 ms"],
    [0.0123, "ratio", "1.23 %"],
    [2048, "By", "2 KiB"],
    [12.5, "/s", "12.5 /s"],
    [15_000, "", "15 k"],
    [3, "{request}", "3 {request}"],
    [Number.NaN, "s", "–"],
  ])("%d in %s is %s", (value, unit, expected) => {
    expect(formatUnit(value, unit)).toBe(expected);
  });

  test("bytes, counts and ratios", () => {
    expect([formatBytes(0), formatBytes(512 * 1024 ** 2), formatCount(1_200_000), formatRatio(1)]).toEqual([
      "0 B",
      "512 MiB",
      "1.2 M",
      "100 %",
    ]);
  });
});

test("clock and date are UTC, with the digits that were asked", () => {
  const atUs = Date.UTC(2026, 2, 3, 4, 5, 6) * 1_000 + 78_009;
  expect([formatClock(atUs), formatClock(atUs, 3), formatClock(atUs, 6), formatDateTime(atUs)]).toEqual([
    "04:05:06",
    "04:05:06.078",
    "04:05:06.078009",
    "2026-03-03 04:05:06",
  ]);
});

test("ticks of a time axis have seconds only where they say something", () => {
  const atUs = Date.UTC(2026, 2, 3, 4, 5) * 1_000;
  expect([formatClockTick(atUs), formatClockTick(atUs + 30_000_000)]).toEqual(["04:05", "04:05:30"]);
});

describe("colours", () => {
  test("a name has the same colour every time", () => {
    expect(seriesColor("order")).toBe(seriesColor("order"));
    expect(seriesColor("order")).toMatch(/^var\(--series-\d+\)$/);
  });

  test("the twelve services of the shop have twelve colours", () => {
    const services =
      "edge web api-gateway user catalogue recommendation cart order payment settlement inventory notification";
    expect(new Set(services.split(" ").map(seriesColor)).size).toBe(12);
  });

  test("up to twelve series of one chart never share", () => {
    const names = [
      "edge",
      "web",
      "api-gateway",
      "user",
      "catalogue",
      "cart",
      "order",
      "payment",
      "inventory",
      "notification",
      "cache",
      "db",
    ];
    expect(new Set(seriesColors(names).values()).size).toBe(12);
  });

  test.each([
    ["recommendation", ["alertmanager", "api-gateway", "prometheus"]],
    ["api-gateway", ["alertmanager", "prometheus"]],
    ["edge", ["alertmanager", "api-gateway", "prometheus"]],
    ["cart-0:9464", []],
  ])("%s keeps the colour that it has alone, beside %j", (name, company) => {
    expect(seriesColors([name, ...company]).get(name)).toBe(seriesColor(name.replace(/:.*/, "")));
  });
});

test("the days of a time, for axes without them", () => {
  const noonUs = Date.UTC(2026, 2, 2, 12) * 1_000;
  expect(formatDays(noonUs, noonUs + 3_600e6)).toBe("2026-03-02 UTC");
  expect(formatDays(noonUs, noonUs + 13 * 3_600e6)).toBe("2026-03-02 – 2026-03-03 UTC");
});
