import { describe, expect, test } from "vitest";
import { DEFAULT_PREFERENCES, readPreferences } from "../../../../client/state/preferences.js";
import {
  copiedRange,
  pastedRange,
  rangeLabel,
  rangePresets,
  rangeText,
} from "../../../../client/panels/shell/time-presets.js";
import type { PresetMoments } from "../../../../client/panels/shell/time-presets.js";
import { groupLetters, groupMarkers, leadOf } from "../../../../client/charts/marker-groups.js";
import type { ChartMarker, MarkerKind } from "../../../../client/charts/markers.js";

describe("time range", () => {
  const NOW = Date.UTC(2026, 2, 3, 14, 30) * 1_000;

  test("a range is called by what it is", () => {
    expect(rangeLabel({ from: "now-15m", to: "now" }, NOW)).toBe("Last 15 m");
    expect(rangeLabel({ from: "now-1h30m", to: "now" }, NOW)).toBe("Last 1 h 30 m");
    expect(rangeLabel({ from: String(NOW - 60_000_000), to: String(NOW) }, NOW)).toBe("14:29:00 – 14:30:00");
  });

  test("the alert's and the deploy's ranges are offered once there is one", () => {
    const moments = { nowUs: NOW, historyFromUs: NOW - 3_600_000_000, firingSinceUs: undefined, lastDeploy: undefined };
    const titles = (more: Partial<PresetMoments>): readonly string[] =>
      rangePresets({ ...moments, ...more }).map(({ title }) => title);
    expect(titles({})).toHaveLength(5);
    expect(titles({ firingSinceUs: NOW - 1 })).toContain("Alert ±15 minutes");
    expect(titles({ firingSinceUs: NOW + 1 })).toHaveLength(5);
    expect(titles({ lastDeploy: { title: "cart", atUs: NOW - 60_000_000 } })).toContain(
      "Since the last deploy (cart, 14:29:00)",
    );
  });

  test("a copied range is pasted as it was; Grafana's is read; other texts are left alone", () => {
    const window = { fromUs: NOW - 600_000_000, toUs: NOW - 60_000_000 };
    const instants = { from: String(window.fromUs), to: String(window.toUs) };
    expect(pastedRange(copiedRange(window), NOW)).toEqual(instants);
    expect(pastedRange('{"from":"now-1h","to":"now"}', NOW)).toEqual({ from: "now-1h", to: "now" });
    expect(pastedRange("14:20 to 14:29", NOW)).toEqual(instants);
    expect(pastedRange("the cart deploy of 14:02 looks odd", NOW)).toBeUndefined();
  });

  test("the range is edited as it would be typed", () => {
    expect(rangeText({ from: "now-15m", to: "now" }, NOW)).toBe("15m");
    expect(rangeText({ from: String(NOW - 60_000_000), to: "now" }, NOW)).toBe("14:29:00 to now");
  });
});

test("marks that would lie on each other share a place", () => {
  const marker = (
    atUs: number,
  ): { readonly atUs: number; readonly kind: "deploy"; readonly title: string; readonly id: string } => ({
    atUs,
    kind: "deploy",
    title: "",
    id: String(atUs),
  });
  const marks = groupMarkers([marker(50), marker(10), marker(11), marker(200)], { fromUs: 0, toUs: 100 }, 0.05);
  expect(marks.map(({ position, markers }) => [position, markers.length])).toEqual([
    [0.1, 2],
    [0.5, 1],
  ]);
  expect(marks.map(groupLetters)).toEqual(["D+1", "D"]);
});

test("a mark that several share shows the alert among them", () => {
  const at = (atUs: number, kind: MarkerKind): ChartMarker => ({ atUs, kind, title: "", id: kind });
  const markers = [at(10, "setting"), at(11, "alert"), at(12, "deploy")];
  const [shared] = groupMarkers(markers, { fromUs: 0, toUs: 100 }, 0.05);
  expect(shared && [groupLetters(shared), leadOf(shared)?.id]).toEqual(["!+2", "alert"]);
});

test.each([
  [
    "one's own action before an alert",
    [
      [10, "alert"],
      [12, "action"],
    ],
    [["A+1", 0.12]],
  ],
  [
    "groups whose shown marks are too near",
    [
      [10, "setting"],
      [14, "alert"],
      [16, "deploy"],
    ],
    [["!+2", 0.14]],
  ],
  [
    "groups that are apart",
    [
      [10, "setting"],
      [14, "alert"],
      [20, "deploy"],
    ],
    [
      ["!+1", 0.14],
      ["D", 0.2],
    ],
  ],
] as const)("a shared mark stands where what it shows does: %s", (_, markers, shown) => {
  const all = markers.map(([atUs, kind]): ChartMarker => ({ atUs, kind, title: "", id: kind }));
  const groups = groupMarkers(all, { fromUs: 0, toUs: 100 }, 0.05);
  expect(groups.map((group) => [groupLetters(group), group.position])).toEqual(shown);
});

test("unreadable preferences are the defaults", () => {
  const stored = (text: string | null): { getItem(): string | null } => ({ getItem: () => text });
  expect(readPreferences(stored(null))).toEqual(DEFAULT_PREFERENCES);
  expect(readPreferences(stored("{"))).toEqual(DEFAULT_PREFERENCES);
  expect(readPreferences(stored('{"theme":"dark","density":"huge"}'))).toEqual({
    ...DEFAULT_PREFERENCES,
    theme: "dark",
  });
});
