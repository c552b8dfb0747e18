import { describe, expect, test } from "vitest";
import { bytesPerDay, flowParts, ledgerTable, settingText } from "../../../../client/panels/telemetry/account-text.js";
import { flowRects } from "../../../../client/panels/telemetry/flow-bars.js";
import { positionOf, retentionAxis } from "../../../../client/panels/telemetry/retention-axis.js";
import type { SignalLedger, TelemetryLedger } from "../../../../server/wire/ledger.js";

const MINUTE = 60_000_000;
const account: SignalLedger = {
  signal: "logs",
  unit: "lines",
  made: { reason: "made", count: 200, query: "sum(made)" },
  kept: { reason: "kept", count: 150 },
  inFlight: { reason: "on the way", count: 10 },
  sampledOut: 30,
  dropped: 10,
  sampledOutBy: [{ reason: "agent sampling", count: 30 }],
  droppedBy: [{ reason: "buffer full", count: 10, query: "sum(full)" }],
  keptBy: [],
  bytes: 1_000,
  tiers: [
    { tier: "hot", untilAgeUs: 60 * MINUTE, kept: 150, bytes: 1_000 },
    { tier: "warm", untilAgeUs: 3_600 * MINUTE, kept: 0, bytes: 0 },
  ],
  rules: [{ what: "level debug", untilAgeUs: 10 * MINUTE }],
  answerableFromUs: 0,
  buckets: [
    { fromUs: 0, kept: 40, sampledOut: 10, dropped: 0, inFlight: 0 },
    { fromUs: 1, kept: 60, sampledOut: 20, dropped: 20, inFlight: 0 },
  ],
};
const ledger: TelemetryLedger = {
  fromUs: 0,
  toUs: 10 * MINUTE,
  nowUs: 10 * MINUTE,
  dataFromUs: 0,
  stepUs: 1,
  signals: [account],
  settings: [],
};

describe("the account of a signal", () => {
  test("has parts whose shares are one", () => {
    expect(flowParts(account).map(({ kind, share }) => [kind, share])).toEqual([
      ["kept", 0.75],
      ["left-out", 0.15],
      ["waiting", 0.05],
      ["lost", 0.05],
    ]);
    expect(flowParts({ ...account, made: { reason: "made", count: 0 } })[0]?.share).toBe(0);
  });

  test("is a table with the series behind its figures", () => {
    expect(ledgerTable(ledger).rows).toEqual([
      ["logs", "made", "", 200, "lines", "sum(made)"],
      ["logs", "kept", "", 150, "lines", ""],
      ["logs", "on the way", "", 10, "lines", ""],
      ["logs", "left out by policy", "agent sampling", 30, "lines", ""],
      ["logs", "lost", "buffer full", 10, "lines", "sum(full)"],
    ]);
  });

  test("says what it takes a day, where the window is long enough", () => {
    expect(bytesPerDay(account, ledger)).toBe(144_000);
    expect(bytesPerDay(account, { ...ledger, toUs: MINUTE / 2 })).toBeUndefined();
  });

  test("stacks what became of each step, the tallest step to the top", () => {
    const rects = flowRects(account.buckets);
    expect(rects.map(({ kind, x, y, height }) => [kind, x, Math.round(y * 100), Math.round(height * 100)])).toEqual([
      ["kept", 0, 60, 40],
      ["left-out", 0, 50, 10],
      ["kept", 0.5, 40, 60],
      ["left-out", 0.5, 20, 20],
      ["lost", 0.5, 0, 20],
    ]);
  });
});

describe("the axis of ages", () => {
  test("goes from a minute to the longest retention, by the logarithm", () => {
    expect(
      [0, MINUTE, 60 * MINUTE, 3_600 * MINUTE, 9_999 * MINUTE].map((age) => positionOf(age, 3_600 * MINUTE)),
    ).toEqual([0, 0, 0.5, 1, 1]);
  });

  test("marks tiers, shorter ages of parts and where the run begins", () => {
    const { hotTo, warmTo, marks } = retentionAxis(account, 10 * MINUTE, 3_600 * MINUTE);
    expect([hotTo, warmTo]).toEqual([0.5, 1]);
    expect(marks.map(({ kind }) => kind)).toEqual(["tier", "tier", "rule", "data"]);
    expect(marks[2]?.text).toContain("level debug");
  });
});

test.each([
  [{ part: "", name: "", value: 0.25, unit: "ratio" } as const, "25 %"],
  [{ part: "", name: "", value: 15_000_000, unit: "µs" } as const, "15 s"],
  [{ part: "", name: "", value: "info", unit: "text" } as const, "info"],
  [{ part: "", name: "", value: 500, unit: "spans" } as const, "500 spans"],
])("a setting is written with its unit", (setting, text) => {
  expect(settingText(setting).replaceAll("\u202f", " ").replaceAll("\u00a0", " ")).toBe(text);
});
