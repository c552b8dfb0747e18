/** The flame form of a trace, and two traces as one tree. */
import { describe, expect, test } from "vitest";
import { spanFlame } from "../../../client/charts/span-flame.js";
import { differenceCounts, traceDifference } from "../../../client/charts/trace-difference.js";
import { buildTraceTree } from "../../../client/charts/waterfall-tree.js";
import type { TraceTree } from "../../../client/charts/waterfall-tree.js";
import { traceOf } from "./trace-builder.js";

const treeOf = (text: string): TraceTree => buildTraceTree(traceOf(text));

describe("flame form", () => {
  test("a span lies below its parent; siblings at the same time take the next free line", () => {
    const { rows } = spanFlame(
      treeOf(`
a/root server 0+100
  a/first client 10+40
    b/serve server 15+10
  a/beside client 20+40
  a/after client 70+10
`),
    );
    expect(
      rows.map((row) =>
        row.map(({ name, start, width }) => `${name} ${String(start / 1_000)}+${String(width / 1_000)}`),
      ),
    ).toEqual([["a root 0+100"], ["a first 10+40", "a after 70+10"], ["b serve 15+10"], ["a beside 20+40"]]);
  });

  test("frames of a line never overlap", () => {
    const spans = Array.from(
      { length: 300 },
      (_, at) => `  a/x client ${String((at * 37) % 90)}+${String(1 + (at % 9))}`,
    );
    for (const row of spanFlame(treeOf(`a/root server 0+100\n${spans.join("\n")}`)).rows) {
      row.forEach((frame, at) => {
        const next = row[at + 1];
        if (next !== undefined) expect(frame.start + frame.width).toBeLessThanOrEqual(next.start);
      });
    }
  });
});

describe("two traces", () => {
  const ONE = treeOf(`
a/root server 0+100
  a/price client 10+20
    b/price server 12+15
  a/stock client 40+20
  a/stock client 62+20
`);
  const states = (text: string): string[] =>
    traceDifference(ONE, treeOf(text)).map(
      ({ one, other, state, depth }) => `${"  ".repeat(depth)}${(one ?? other)?.span.name ?? ""} ${state}`,
    );

  test("are alike where nothing changed, however their clocks stand", () => {
    expect(new Set(traceDifference(ONE, ONE).map(({ state }) => state))).toEqual(new Set(["same"]));
  });

  test("what was added, is missing, became slower or faster, in its place", () => {
    expect(
      states(`
a/root server 0+180
  a/retry client 5+3
  a/price client 10+100
    b/price server 12+95
    b/lookup client 20+50
  a/stock client 120+4
`),
    ).toEqual([
      "root slower",
      "  retry added",
      "  price slower",
      "    price slower",
      "    lookup added",
      "  stock faster",
      "  stock missing",
    ]);
  });

  test("a small change is none; a failure in one alone is told", () => {
    const rows = traceDifference(
      ONE,
      treeOf("a/root server 0+101\n  a/price client 10+22 !\n    b/price server 12+15"),
    );
    expect(rows.slice(0, 3).map(({ state, failureChanged }) => [state, failureChanged])).toEqual([
      ["same", false],
      ["same", true],
      ["same", false],
    ]);
    expect(differenceCounts(rows)).toEqual({ added: 0, missing: 2, slower: 0, faster: 0, same: 3 });
  });
});
