import { describe, expect, test } from "vitest";
import type { RumFigures, VitalInfo } from "../../../server/wire/rum.js";
import { VITALS } from "../../../server/wire/rum.js";
import type { InstantSample } from "../../../client/net/instant-query.js";
import {
  bandOf,
  dimensionOf,
  rumRequestOf,
  troubleShare,
  vitalSentence,
  vitalText,
  worstVital,
} from "../../../client/panels/rum/vital-text.js";
import {
  probeExpressions,
  probeStates,
  probeVerdict,
  rangeText,
} from "../../../client/panels/synthetics/probe-model.js";
import type { ProbeSamples } from "../../../client/panels/synthetics/probe-model.js";

const sample = (value: number, labels: Readonly<Record<string, string>> = {}): InstantSample => ({
  value,
  labels: { probe: "home", region: "frankfurt", ...labels },
});
const none = Object.fromEntries(
  Object.keys(probeExpressions("1m")).map((name) => [name, []]),
) as unknown as ProbeSamples;

describe("a probe", () => {
  test("is put together by journey and region, its phases in the order in which they happen", () => {
    const [state, other] = probeStates({
      ...none,
      success: [sample(1)],
      share: [sample(0.97), sample(1, { region: "virginia" })],
      duration: [sample(0.2)],
      status: [sample(200)],
      phases: [sample(0.1, { phase: "processing" }), sample(0.02, { phase: "resolve" })],
    });
    expect(state).toMatchObject({
      probe: "home",
      region: "frankfurt",
      success: true,
      status: 200,
      durationUs: 200_000,
    });
    expect(state?.phases).toEqual([
      { title: "DNS", durationUs: 20_000 },
      { title: "First byte", durationUs: 100_000 },
    ]);
    expect(other).toMatchObject({ region: "virginia", success: undefined, durationUs: undefined, phases: [] });
  });

  test.each([
    [1, 1, "ok"],
    [1, 0.99, "warning"],
    [1, 0.9, "critical"],
    [0, 1, "critical"],
  ])("that now says %d and was well for %d of the window is %s", (success, share, verdict) => {
    const [state] = probeStates({ ...none, success: [sample(success)], share: [sample(share)] });
    expect(state && probeVerdict(state)).toBe(verdict);
  });

  test("of a window is asked about as long as it is", () => {
    expect(rangeText({ fromUs: 0, toUs: 900_000_000 })).toBe("900s");
    expect(rangeText({ fromUs: 0, toUs: 1 })).toBe("30s");
  });
});

const vital = (name: string): VitalInfo => {
  const found = VITALS.find((info) => info.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

describe("web vitals", () => {
  test.each([
    ["lcp", 2_500_000, "good", "2.5 s"],
    ["lcp", 3_000_000, "fair", "3 s"],
    ["inp", 501_000, "poor", "501 ms"],
    ["cls", 100_000, "good", "0.1"],
    ["ttfb", 1_900_000, "poor", "1.9 s"],
  ])("%s of %d is %s", (name, value, band, text) => {
    expect(bandOf(value, vital(name))).toBe(band);
    expect(vitalText(value, vital(name))).toBe(text);
  });

  const figures: RumFigures = {
    views: 10,
    failed: 1,
    abandoned: 1,
    slow: 1,
    scriptErrors: 0,
    vitals: { lcp: { p75: 4_500_000, good: 0.5, poor: 0.25, measured: 8 } },
  };

  test("are told in a sentence", () => {
    expect(vitalSentence(vital("lcp"), figures.vitals.lcp)).toBe(
      "LCP: 75 in 100 within 4.5 s, poor; 50 % good, 25 % poor",
    );
    expect(vitalSentence(vital("inp"), undefined)).toBe("INP: not measured");
    expect(worstVital(figures)?.name).toBe("lcp");
  });

  test("stand beside the share of page views that went wrong", () => {
    expect(troubleShare(figures)).toBeCloseTo(0.3, 10);
    expect(troubleShare({ ...figures, views: 0 })).toBeUndefined();
  });
});

test("what is asked of page views stands in the address", () => {
  const values: Readonly<Record<string, string>> = { by: "device", region: "us-east", page: "" };
  expect(rumRequestOf((name) => values[name], { fromUs: 1, toUs: 2 })).toEqual({
    fromUs: 1,
    toUs: 2,
    by: "device",
    filters: { region: "us-east" },
  });
  expect(dimensionOf("nonsense")).toBe("page");
});
