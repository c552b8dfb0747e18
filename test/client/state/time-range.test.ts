import { describe, expect, test } from "vitest";
import {
  parseDurationUs,
  parseRangeText,
  parseTimeExpression,
  rangeProblem,
  resolveWindow,
} from "../../../client/state/time-range.js";

const NOW = Date.UTC(2026, 2, 3, 14, 2, 30) * 1_000;
const at = (hours: number, minutes: number, seconds = 0): number =>
  Date.UTC(2026, 2, 3, hours, minutes, seconds) * 1_000;

describe("parseTimeExpression", () => {
  test.each([
    ["now", NOW],
    ["now-15m", at(13, 47, 30)],
    ["now - 1h30m", at(12, 32, 30)],
    ["now+10s", at(14, 2, 40)],
    ["now-1h/h", at(13, 0)],
    ["now/m", at(14, 2)],
    ["13:50", at(13, 50)],
    ["13:50:07", at(13, 50, 7)],
    ["13:50:07.25", at(13, 50, 7) + 250_000],
    ["2026-03-03T13:50:00Z", at(13, 50)],
    ["2026-03-03 13:50", at(13, 50)],
    ["2026-03-03T15:50:00+02:00", at(13, 50)],
    [String(at(13, 50) / 1_000_000), at(13, 50)],
    [String(at(13, 50) / 1_000), at(13, 50)],
    [String(at(13, 50)), at(13, 50)],
  ])("reads %s", (text, expected) => {
    expect(parseTimeExpression(text, NOW)).toBe(expected);
  });

  test.each(["", "yesterday", "now-", "now-15", "25:00", "13:60", "2026-13-40", "12"])("refuses %j", (text) => {
    expect(parseTimeExpression(text, NOW)).toBeUndefined();
  });

  test("takes a clock time that lies ahead from the day before", () => {
    expect(parseTimeExpression("23:30", NOW)).toBe(at(23, 30) - 86_400_000_000);
  });
});

describe("parseRangeText", () => {
  test.each([
    ["30m", { from: "now-30m", to: "now" }],
    ["13:50-14:00", { from: "13:50", to: "14:00" }],
    ["now-1h to now-15m", { from: "now-1h", to: "now-15m" }],
    ["13:50 .. 14:00", { from: "13:50", to: "14:00" }],
    ["13:50", { from: "13:50", to: "now" }],
    ["13:50-14:20", { from: "13:50", to: String(at(14, 20)) }],
    ["23:30-00:10", { from: "23:30", to: "00:10" }],
    ["last 15 minutes", { from: "now-15m", to: "now" }],
    ["Past hour", { from: "now-1h", to: "now" }],
    ["last 1 hour 30 min", { from: "now-1h30m", to: "now" }],
    ["20 min ago to 5m ago", { from: "now-20m", to: "now-5m" }],
    ["13:50 ±5m", { from: String(at(13, 45)), to: String(at(13, 55)) }],
    ["now-20m +-2m", { from: String(at(13, 40, 30)), to: String(at(13, 44, 30)) }],
    ["2026-03-03T13:50:00Z to now", { from: "2026-03-03T13:50:00Z", to: "now" }],
  ])("reads %s", (text, expected) => {
    expect(parseRangeText(text, NOW)).toEqual(expected);
  });

  test.each(["", "14:00-13:50", "soon to later", "0m", "2026-03-04T00:00Z"])("refuses %j", (text) => {
    expect(parseRangeText(text, NOW)).toBeUndefined();
  });
});

test("says why a range is none", () => {
  expect(rangeProblem("14:00-13:50", NOW)).toBe("The range ends before it begins.");
  expect(rangeProblem("2026-03-04 to now", NOW)).toBe("The range ends before it begins.");
  expect(rangeProblem("soon", NOW)).toMatch(/^Not understood/);
});

test("a duration is a sum of its parts", () => {
  expect(parseDurationUs("1h30m")).toBe(5_400_000_000);
  expect(parseDurationUs("250ms")).toBe(250_000);
  expect(parseDurationUs("1.5s")).toBe(1_500_000);
  expect(parseDurationUs("10")).toBeUndefined();
});

describe("resolveWindow", () => {
  const url = (values: Readonly<Record<string, string>>): { get(name: string): string | undefined } => ({
    get: (name) => values[name],
  });

  test("shows the last 15 minutes where the URL says nothing", () => {
    expect(resolveWindow(url({}), NOW)).toEqual({ fromUs: at(13, 47, 30), toUs: NOW });
  });

  test("falls back to the default where the range is upside down or unreadable", () => {
    expect(resolveWindow(url({ from: "now", to: "now-5m" }), NOW)).toEqual({ fromUs: at(13, 47, 30), toUs: NOW });
    expect(resolveWindow(url({ from: "garbage" }), NOW)).toEqual({ fromUs: at(13, 47, 30), toUs: NOW });
  });
});
