import { describe, expect, test } from "vitest";
import { chartCaption, mapCaption, traceCaption } from "../../../client/charts/chart-caption.js";
import { buildTraceTree } from "../../../client/charts/waterfall-tree.js";
import type { MapNode, ServiceMap } from "../../../server/wire/telemetry.js";
import { traceOf } from "./trace-builder.js";

const HOUR_US = 3_600_000_000;

test.each([
  ["Requests", "/s", "Requests, per second, 01:00:00 to 02:00:00 UTC"],
  ["Requests a second, by route", "/s", "Requests a second, by route, 01:00:00 to 02:00:00 UTC"],
  ["Hurt users", "/min", "Hurt users, per minute, 01:00:00 to 02:00:00 UTC"],
  ["Requests by service.", "", "Requests by service, 01:00:00 to 02:00:00 UTC"],
  ["", "By", "Values over time, in bytes, 01:00:00 to 02:00:00 UTC"],
])("a chart of %j in %j", (what, unit, caption) => {
  expect(chartCaption(what, unit, { fromUs: HOUR_US, toUs: 2 * HOUR_US })).toBe(caption);
});

describe("a trace", () => {
  test("is told by its first span, its size and what failed", () => {
    const tree = buildTraceTree(traceOf("edge/checkout server 0+300\n  order/place server 10+200 !"));
    expect(traceCaption(tree)).toBe("Spans of edge checkout: 2 in 2 services over 300 ms, 1 failed");
  });

  test("of which no span has ended is a trace", () => {
    expect(traceCaption(buildTraceTree(traceOf("")))).toMatch(/^Spans of the trace: 0 in 0 services/);
  });
});

describe("a map", () => {
  const figures = { requestsPerSecond: 10, errorRatio: 0, latencyMsP50: 10, latencyMsP99: 20 };
  const node = (id: string, errorRatio: number): MapNode => ({
    id,
    title: id,
    kind: "service",
    now: { ...figures, errorRatio },
    before: figures,
  });
  const map = (nodes: readonly MapNode[]): ServiceMap => ({ nodes, edges: [{ from: "cart", to: "payment" }] });

  test("names the parts that are much worse", () => {
    expect(mapCaption(map([node("cart", 0), node("payment", 0.5)]))).toBe(
      "Service map: 2 parts and 1 call; much worse than before: payment",
    );
  });

  test("says that nothing is worse", () => {
    expect(mapCaption(map([node("cart", 0)]))).toBe("Service map: 1 part and 1 call; nothing is worse than before");
  });
});
