import { describe, expect, test } from "vitest";
import {
  barOf,
  clampZoom,
  moveInRows,
  revealing,
  visibleRows,
  zoomAround,
} from "../../../client/charts/waterfall-rows.js";
import type { RowMove } from "../../../client/charts/waterfall-rows.js";
import { buildTraceTree } from "../../../client/charts/waterfall-tree.js";
import { TRACE_START_US, traceOf } from "./trace-builder.js";

const TREE = buildTraceTree(
  traceOf(`
a/root server 0+100
  a/left client 10+20
    b/deep server 12+10
  a/right client 50+40
`),
);

const names = (collapsed: string[]): string[] => visibleRows(TREE, new Set(collapsed)).map(({ span }) => span.name);

describe("rows", () => {
  test("are in depth-first order", () => {
    expect(names([])).toEqual(["root", "left", "deep", "right"]);
  });

  test("leave out what is below a collapsed span", () => {
    expect(names(["2"])).toEqual(["root", "left", "right"]);
    expect(names(["1"])).toEqual(["root"]);
  });

  test("are opened above a span that is linked to", () => {
    expect([...revealing(TREE, new Set(["1", "2", "4"]), "3")]).toEqual(["4"]);
  });
});

describe("keys", () => {
  const move = (selected: string | undefined, key: RowMove, collapsed: string[] = []): unknown => {
    const closed = new Set(collapsed);
    return moveInRows(visibleRows(TREE, closed), closed, selected, key);
  };

  test("without a selection the first row is taken", () => {
    expect(move(undefined, "down")).toEqual({ selected: "1" });
  });

  test("right enters an open span and opens a closed one", () => {
    expect(move("2", "in")).toEqual({ selected: "3" });
    expect(move("2", "in", ["2"])).toEqual({ selected: "2", expand: "2" });
    expect(move("3", "in")).toEqual({ selected: "3" });
  });

  test("left closes an open span, and leaves a leaf or a closed one", () => {
    expect(move("2", "out")).toEqual({ selected: "2", collapse: "2" });
    expect(move("3", "out")).toEqual({ selected: "2" });
    expect(move("2", "out", ["2"])).toEqual({ selected: "1" });
  });

  test("up and down stop at the ends", () => {
    expect([move("1", "up"), move("4", "down"), move("1", "last"), move("4", "page-up")]).toEqual([
      { selected: "1" },
      { selected: "4" },
      { selected: "4" },
      { selected: "1" },
    ]);
  });
});

describe("zoom", () => {
  test("a bar is given in shares of the width and cut at its edges", () => {
    const zoom = { fromUs: 20_000, toUs: 60_000 };
    const at = (from: number, to: number): unknown =>
      barOf(TREE, zoom, TRACE_START_US + from * 1_000, TRACE_START_US + to * 1_000);
    expect(at(30, 40)).toEqual({ left: 0.25, width: 0.25 });
    expect(at(10, 40)).toEqual({ left: 0, width: 0.5 });
    expect(at(0, 10)).toBeUndefined();
    expect(at(70, 90)).toBeUndefined();
  });

  test("keeps the instant under the pointer where it is", () => {
    expect(zoomAround(TREE, { fromUs: 0, toUs: 100_000 }, 0.5, 0.25)).toEqual({ fromUs: 12_500, toUs: 62_500 });
  });

  test("stays within the trace and not below 20 µs", () => {
    expect(clampZoom(TREE, { fromUs: 90_000, toUs: 140_000 })).toEqual({ fromUs: 50_000, toUs: 100_000 });
    expect(clampZoom(TREE, { fromUs: 50, toUs: 51 })).toEqual({ fromUs: 50, toUs: 70 });
  });
});
