/** Folding, findings and marks of a waterfall. */
import { describe, expect, test } from "vitest";
import { criticalPathOf } from "../../../client/charts/critical-path.js";
import { alignClocks } from "../../../client/charts/clock-align.js";
import { spanLinks } from "../../../client/panels/trace/span-links.js";
import { clockSkews, gapsOf, missingHalves } from "../../../client/charts/waterfall-findings.js";
import { depthOf, foldedSpans, nextFound, nextInRange, stepDepth } from "../../../client/charts/waterfall-folds.js";
import { minimapLines, rowMarks } from "../../../client/charts/waterfall-marks.js";
import { barText } from "../../../client/charts/waterfall-row.js";
import { visibleRows } from "../../../client/charts/waterfall-rows.js";
import { buildTraceTree } from "../../../client/charts/waterfall-tree.js";
import type { TraceTree } from "../../../client/charts/waterfall-tree.js";
import { TRACE_START_US, traceOf } from "./trace-builder.js";

const treeOf = (text: string): TraceTree => buildTraceTree(traceOf(text));

const TREE = treeOf(`
a/root server 0+100
  a/left client 10+20
    b/deep server 12+10 !
      b/query client 13+5
  a/right client 50+40
`);
const NONE: ReadonlySet<string> = new Set();
const names = (folds: Partial<Parameters<typeof foldedSpans>[1]>): string =>
  visibleRows(TREE, foldedSpans(TREE, { depth: undefined, service: undefined, toggled: NONE, ...folds }))
    .map(({ span }) => span.name)
    .join(" ");

describe("folds", () => {
  test.each([
    [{}, "root left deep query right"],
    [{ depth: 1 }, "root"],
    [{ depth: 2 }, "root left right"],
    [{ depth: 2, toggled: new Set(["2"]) }, "root left deep right"],
    [{ depth: 3 }, "root left deep right"],
    [{ service: "b" }, "root left deep right"],
    [{ service: "b", toggled: new Set(["3", "2"]) }, "root left right"],
  ])("%j", (folds, rows) => {
    expect(names(folds)).toBe(rows);
  });

  test("a level more than is shown, until all are", () => {
    const shown = (depth: number | undefined) =>
      visibleRows(TREE, foldedSpans(TREE, { depth, service: undefined, toggled: NONE }));
    expect(depthOf(TREE)).toBe(4);
    expect([stepDepth(shown(2), TREE, 1), stepDepth(shown(3), TREE, 1)]).toEqual([3, undefined]);
    expect([stepDepth(shown(undefined), TREE, -1), stepDepth(shown(1), TREE, -1)]).toEqual([3, 1]);
  });

  test("the next row in the zoom range, and the next that was found, around the end", () => {
    const rows = visibleRows(TREE, NONE);
    const range = { fromUs: TRACE_START_US + 60_000, toUs: TRACE_START_US + 70_000 };
    expect([nextInRange(rows, "1", range, 1), nextInRange(rows, "5", range, -1)]).toEqual(["5", "1"]);
    expect(nextInRange(rows, "5", range, 1)).toBeUndefined();
    const found = new Set(["2", "4"]);
    expect([undefined, "2", "4", "3"].map((at) => nextFound(TREE, found, at, 1))).toEqual(["2", "4", "2", "4"]);
    expect(["2", "5"].map((at) => nextFound(TREE, found, at, -1))).toEqual(["4", "4"]);
    expect(nextFound(TREE, NONE, "1", 1)).toBeUndefined();
  });
});

describe("findings", () => {
  test("gaps are stretches of a span with children in which none ran; waiting at the start is none", () => {
    const tree = treeOf(`
a/root server 0+100 wait=20
  a/one client 30+10
  a/two client 42+20
`);
    const gaps = [...(gapsOf(tree).get("1") ?? [])].map(({ fromUs, toUs }) =>
      [fromUs, toUs].map((at) => (at - TRACE_START_US) / 1_000),
    );
    expect(gaps).toEqual([
      [20, 30],
      [62, 100],
    ]);
  });

  test("a process whose spans stand outside of the calls it answers has another clock", () => {
    const tree = treeOf(`
a/root server 0+100
  a/call client 10+20
    b/serve server 42+16
  a/call client 50+20
    b/serve server 82+16
  a/late client 80+5
    c/serve server 81+15
`);
    expect(clockSkews(tree)).toEqual([{ instance: "b-0", aheadUs: 30_000, calls: 2 }]);
    expect(clockSkews(TREE)).toEqual([]);
  });

  test("aligned, the spans of a process move together and with their callers, and keep their lengths", () => {
    const skewed = traceOf(`
a/root server 0+100
  a/one client 10+20
    b/work server 42+16
      b/call client 45+8
        c/deep server 46+6
  a/two client 50+20
    b/work server 82+16
`);
    const tree = buildTraceTree(skewed);
    const { trace, movedUs } = alignClocks(skewed, tree, clockSkews(tree));
    expect(Object.fromEntries(movedUs)).toEqual({ 3: -30_000, 4: -30_000, 5: -30_000, 7: -30_000 });
    const startsMs = trace.spans.map(({ startUs }) => (startUs - TRACE_START_US) / 1_000);
    expect(startsMs).toEqual([0, 10, 12, 15, 16, 50, 52]);
    expect(trace.spans.map(({ durationUs }) => durationUs)).toEqual(skewed.spans.map(({ durationUs }) => durationUs));
    expect(clockSkews(buildTraceTree(trace))).toEqual([]);
    expect(alignClocks(skewed, tree, []).movedUs.size).toBe(0);
  });

  test("the other signals of a span are asked for around it", () => {
    const [span] = TREE.byId.values();
    if (span === undefined) throw new Error("the trace is empty");
    const links = spanLinks(span.span, "abc");
    expect(links.map(({ view }) => view)).toEqual(["logs", "logs", "profiles", "dashboards"]);
    expect(links[0]?.values).toMatchObject({ trace: "abc", services: "a", from: String(TRACE_START_US - 1_000_000) });
    expect(links[2]?.values).toMatchObject({
      service: "a",
      instance: "a-0",
      from: String(TRACE_START_US - 60_000_000),
    });
  });

  test("a call of a service that emits spans, without one of it, has lost its other half", () => {
    const trace = traceOf("a/root server 0+9\n  a/call client 1+5\n  a/db client 6+1");
    const spans = trace.spans.map((span) =>
      span.name === "root"
        ? span
        : { ...span, attributes: { "server.address": span.name === "db" ? "store" : "cart" } },
    );
    const lost = missingHalves(buildTraceTree({ ...trace, spans }), new Set(["a", "cart"]));
    expect(lost.map(({ span }) => span.name)).toEqual(["call"]);
  });
});

describe("marks", () => {
  const view = {
    tree: TREE,
    path: criticalPathOf(TREE),
    zoom: { fromUs: 0, toUs: 100_000 },
    scalePx: 1_000,
    gaps: new Map(),
    found: undefined,
  };
  const marksOf = (id: string, changes = {}) => {
    const node = TREE.byId.get(id);
    if (node === undefined) throw new Error(id);
    const { bars, length } = rowMarks(node, 48, { ...view, ...changes });
    return { bars: bars.map((bar) => ({ ...bar, x: Math.round(bar.x), width: Math.round(bar.width) })), length };
  };

  test("the bar lies at its time, a call hollow around its server's half, a failure outlined", () => {
    expect(marksOf("2").bars[0]).toMatchObject({ x: 100, width: 200, y: 53, look: "hollow" });
    expect(marksOf("3").bars[0]).toMatchObject({ x: 120, look: "solid", outline: "var(--severity-critical)" });
  });

  test("the critical path is a line below, only where the span itself held up the trace", () => {
    const lines = marksOf("1").bars.filter(({ height }) => height === 3);
    expect(lines.map(({ x, width }) => [x, width])).toEqual([
      [0, 100],
      [300, 200],
      [900, 100],
    ]);
  });

  test.each([
    ["in the middle", "2", {}, 306],
    ["that fills the row", "1", {}, 1_006],
    ["cut at the edge", "1", { zoom: { fromUs: 0, toUs: 50_000 } }, 1_006],
    ["outside", "5", { zoom: { fromUs: 0, toUs: 10_000 } }, 1_006],
  ])("the length stands behind a bar %s, never over it", (_, id, changes, x) => {
    expect(marksOf(id, changes).length.x).toBeCloseTo(x);
  });

  test("what a search has not found is dimmed; what is outside the zoom has its length alone", () => {
    expect(marksOf("2", { found: new Set(["3"]) }).bars[0]).toMatchObject({ dim: true });
    expect(marksOf("5", { zoom: { fromUs: 0, toUs: 10_000 } }).bars).toEqual([]);
  });

  test("the minimap has a line for each span of a small trace and far fewer than spans of a large one", () => {
    expect(minimapLines(TREE, 200, 40)).toHaveLength(5);
    const large = treeOf(
      `a/root server 0+1000\n${Array.from({ length: 5_000 }, (_, at) => `  a/x client ${String(at % 100)}+1`).join("\n")}`,
    );
    expect(minimapLines(large, 200, 40).length).toBeLessThan(1_500);
  });
});

test.each([
  ["root", "100 ms from +0 s, 80 ms on the critical path, 30 ms that no span below explains"],
  ["right", "40 ms from +50 ms"],
])("the bar of %s in words", (name, text) => {
  const node = visibleRows(TREE, NONE).find(({ span }) => span.name === name);
  const stretch = (fromMs: number, toMs: number) => ({ spanId: "1", fromUs: fromMs * 1_000, toUs: toMs * 1_000 });
  const look = {
    tree: TREE,
    path: { ...criticalPathOf(TREE), bySpan: new Map([["1", [stretch(0, 50), stretch(70, 100)]]]) },
    gaps: new Map([["1", [stretch(10, 40)]]]),
  };
  expect(node && barText(node, look)).toBe(text);
});
