import { describe, expect, it } from "vitest";
import { SpanTable } from "../../server/sim/span-table.js";
import { ImpactMeter, hurtSeries } from "../../server/telemetry/impact.js";
import { CART, EDGE, addSpan, spanSource } from "./synthetic-world.js";

const PATIENCE = new Map([[EDGE, { patienceUs: 1_000_000, weight: 3 }]]);
const SECOND = 1_000_000;

function table(): SpanTable {
  const spans = new SpanTable(100);
  const journey = (startSecond: number, row: { durationUs?: number; status?: number }): number =>
    addSpan(spans, { startUs: startSecond * SECOND, request: startSecond, site: EDGE, ...row });
  journey(61, { durationUs: 200_000 });
  journey(62, { durationUs: 200_000, status: 1 });
  const root = journey(63, { durationUs: 1_000_001 });
  addSpan(spans, { startUs: 63 * SECOND, durationUs: 5, request: 63, site: CART, parent: root, status: 1 });
  journey(130, { durationUs: 1_000_000 });
  journey(131, {});
  return spans;
}

describe("the impact meter", () => {
  it("counts journeys that failed or outlasted patience by the minute of their start", () => {
    let nowUs = 131_500_000;
    const spans = table();
    const meter = new ImpactMeter({
      patience: PATIENCE,
      isPerson: () => true,
      recent: spanSource(spans),
      nowUs: () => nowUs,
    });
    expect(meter.impact()).toEqual({
      lastMinuteRatio: 0,
      minutes: [
        { fromUs: 60 * SECOND, requests: 3, hurt: 2 },
        { fromUs: 120 * SECOND, requests: 1, hurt: 0 },
      ],
    });
    // Who waits longer than patience is hurt before the answer comes, and once.
    nowUs = 133 * SECOND;
    expect(meter.impact().minutes[1]).toEqual({ fromUs: 120 * SECOND, requests: 2, hurt: 1 });
    spans.chunkAt(5).durationUs[5] = 5 * SECOND;
    nowUs = 250 * SECOND;
    expect(meter.impact().minutes.slice(1)).toEqual([
      { fromUs: 120 * SECOND, requests: 2, hurt: 1 },
      { fromUs: 180 * SECOND, requests: 0, hurt: 0 },
      { fromUs: 240 * SECOND, requests: 0, hurt: 0 },
    ]);
  });

  it("joins the history", () => {
    const history = new SpanTable(10);
    addSpan(history, { startUs: 5 * SECOND, durationUs: 10, request: 1, site: EDGE, status: 1 });
    const meter = new ImpactMeter({
      patience: PATIENCE,
      isPerson: () => true,
      recent: spanSource(table()),
      nowUs: () => 119 * SECOND,
    });
    meter.attachHistory(spanSource(history, 0));
    expect(meter.impact().minutes[0]).toEqual({ fromUs: 0, requests: 1, hurt: 1 });
  });

  it("is empty in an empty world", () => {
    const meter = new ImpactMeter({
      patience: PATIENCE,
      isPerson: () => true,
      recent: spanSource(new SpanTable(1)),
      nowUs: () => 5,
    });
    expect(meter.impact()).toEqual({ lastMinuteRatio: 0, minutes: [] });
  });
});

describe("the weighted series for grading", () => {
  it("leaves out what is open and still patient", () => {
    const series = hurtSeries(table(), PATIENCE, { fromUs: 60 * SECOND, toUs: 131_500_000, stepUs: 60 * SECOND });
    expect([...series.requests]).toEqual([9, 3]);
    expect([...series.hurt]).toEqual([6, 0]);
  });
});
