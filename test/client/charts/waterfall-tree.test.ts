import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { criticalPathOf } from "../../../client/charts/critical-path.js";
import { operationStatistics } from "../../../client/charts/waterfall-statistics.js";
import { buildTraceTree } from "../../../client/charts/waterfall-tree.js";
import type { TraceTree } from "../../../client/charts/waterfall-tree.js";
import type { Trace, TraceSpan } from "../../../server/wire/telemetry.js";
import { TRACE_START_US, traceOf } from "./trace-builder.js";

const CHECKOUT = `
edge/checkout server 0+100
  edge/cart client 5+20
    cart/get server 6+18 wait=4
  edge/pay client 30+60 !
    payment/pay server 31+58 !
      payment/select client 35+10
      payment/charge client 40+45
`;

const figures = (tree: TraceTree): unknown[] =>
  [...tree.byId.values()].map(({ span, depth, selfUs, descendantCount, errorsBelow, pair }) => [
    span.name,
    depth,
    selfUs / 1_000,
    descendantCount,
    errorsBelow,
    pair?.span.service,
  ]);

describe("trace tree", () => {
  test("self time leaves out what children cover, overlapping children once", () => {
    expect(figures(buildTraceTree(traceOf(CHECKOUT)))).toEqual([
      ["checkout", 0, 20, 6, 2, undefined],
      ["cart", 1, 2, 1, 0, "cart"],
      ["get", 2, 18, 0, 0, "edge"],
      ["pay", 1, 2, 3, 1, "payment"],
      ["pay", 2, 8, 2, 0, "edge"],
      ["select", 3, 10, 0, 0, undefined],
      ["charge", 3, 45, 0, 0, undefined],
    ]);
  });

  test("a span without its parent becomes a root that is marked", () => {
    const trace = traceOf(CHECKOUT);
    const tree = buildTraceTree({ ...trace, spans: trace.spans.slice(1), complete: false });
    expect(tree.roots.map(({ span, orphan }) => [span.name, orphan])).toEqual([
      ["cart", true],
      ["pay", true],
    ]);
    expect([tree.orphanCount, tree.complete, tree.startUs - TRACE_START_US]).toEqual([2, false, 5_000]);
  });

  test("an empty trace is an empty tree", () => {
    const tree = buildTraceTree({ traceId: "x", spans: [], complete: true });
    expect([tree.roots.length, tree.spanCount, criticalPathOf(tree).sections.length]).toEqual([0, 0, 0]);
  });

  test("waiting comes from the wait attributes and is never longer than the span", () => {
    const tree = buildTraceTree(traceOf("a/x server 0+10 wait=4\n  a/y client 0+3 wait=9"));
    expect([...tree.byId.values()].map((node) => node.waitUs)).toEqual([4_000, 3_000]);
  });
});

const path = (text: string): string[] => {
  const tree = buildTraceTree(traceOf(text));
  return criticalPathOf(tree).sections.map(
    ({ spanId, fromUs, toUs }) =>
      `${tree.byId.get(spanId)?.span.name ?? "?"} ${String((fromUs - TRACE_START_US) / 1_000)}-${String((toUs - TRACE_START_US) / 1_000)}`,
  );
};

describe("critical path", () => {
  test("goes back from the end by the child that finished last", () => {
    expect(path(CHECKOUT)).toEqual([
      "checkout 0-5",
      "cart 5-6",
      "get 6-24",
      "cart 24-25",
      "checkout 25-30",
      "pay 30-31",
      "pay 31-40",
      "charge 40-85",
      "pay 85-89",
      "pay 89-90",
      "checkout 90-100",
    ]);
  });

  test("of two parallel calls only the longer one is on it", () => {
    expect(path("a/root server 0+50\n  a/short client 5+10\n  a/long client 5+40")).toEqual([
      "root 0-5",
      "long 5-45",
      "root 45-50",
    ]);
  });

  test("a consumer that runs on after the answer is not", () => {
    expect(path("a/root server 0+20\n  a/send producer 5+5\n    b/take consumer 8+900")).toEqual([
      "root 0-5",
      "send 5-10",
      "root 10-20",
    ]);
  });

  test("a server that answers after its client gave up counts until then", () => {
    expect(path("a/root server 0+20\n  a/call client 2+10 !\n    b/late server 3+500")).toEqual([
      "root 0-2",
      "call 2-3",
      "late 3-12",
      "root 12-20",
    ]);
  });

  test("covers the root without gap or overlap, whatever the trace", () => {
    fc.assert(
      fc.property(randomTrace(), (trace) => {
        const tree = buildTraceTree(trace);
        const { sections, totalUs } = criticalPathOf(tree);
        let reached = tree.roots[0]?.span.startUs ?? 0;
        for (const { fromUs, toUs } of sections) {
          expect(fromUs).toBe(reached);
          expect(toUs).toBeGreaterThan(fromUs);
          reached = toUs;
        }
        expect(sections.reduce((sum, { fromUs, toUs }) => sum + toUs - fromUs, 0)).toBe(totalUs);
      }),
      { numRuns: 200 },
    );
  });

  test("self times of a trace whose children do not overlap sum to the root", () => {
    const tree = buildTraceTree(traceOf("a/r server 0+50\n  a/x client 5+10\n  b/y client 20+20\n    c/z server 25+5"));
    expect([...tree.byId.values()].reduce((sum, { selfUs }) => sum + selfUs, 0)).toBe(50_000);
  });
});

/** Any tree of spans; children may start before, outlive or miss their parent. */
function randomTrace(): fc.Arbitrary<Trace> {
  const span = fc.record({ parent: fc.nat(), start: fc.nat(200), length: fc.nat(100), consumer: fc.boolean() });
  return fc.array(span, { minLength: 1, maxLength: 30 }).map((drafts) => ({
    traceId: "t",
    complete: true,
    spans: drafts.map(({ parent, start, length, consumer }, index): TraceSpan => ({
      spanId: String(index),
      ...(index > 0 && { parentSpanId: String(parent % index) }),
      service: "s",
      instance: "s-0",
      version: "1",
      name: "n",
      kind: consumer ? "consumer" : "client",
      startUs: index === 0 ? 0 : start,
      durationUs: index === 0 ? 150 : length,
      status: "ok",
      attributes: {},
      events: [],
    })),
  }));
}

test("statistics group by service, operation and kind, most of the critical path first", () => {
  const tree = buildTraceTree(
    traceOf(`
inventory/reserve server 0+100
  inventory/select client 10+20
  inventory/select client 30+25 !
  inventory/select client 60+30
  inventory/audit client 10+5
`),
  );
  const rows = operationStatistics(tree, criticalPathOf(tree));
  expect(rows.map((row) => [row.name, row.spanCount, row.errorCount, row.totalUs, row.criticalRatio])).toEqual([
    ["select", 3, 1, 75_000, 0.75],
    ["reserve", 1, 0, 100_000, 0.25],
    ["audit", 1, 0, 5_000, 0],
  ]);
  expect(rows[0]?.longestSpanId).toBe("4");
});

test("the median of two spans is the quicker one", () => {
  const tree = buildTraceTree(
    traceOf(`
inventory/reserve server 0+100
  inventory/select client 10+20
  inventory/select client 40+50
`),
  );
  const select = operationStatistics(tree, criticalPathOf(tree)).find(({ name }) => name === "select");
  expect([select?.durationUsP50, select?.durationUsP95]).toEqual([20_000, 50_000]);
});

test("a producer's own time is its own, whoever consumes meanwhile", () => {
  const tree = buildTraceTree(
    traceOf(`
order/publish producer 0+10
  mail/process consumer 2+100
`),
  );
  expect(tree.byId.get("1")?.selfUs).toBe(10_000);
});
