import { describe, expect, test } from "vitest";
import { fittingText, markAt } from "../../../client/charts/bar-marks.js";
import { flameMarks, frameAt, layoutFlame, moveInFlame } from "../../../client/charts/flame-layout.js";
import type { FlameFrame, FlameView } from "../../../client/charts/flame-layout.js";

/** `id depth start+width`. */
const frames = (text: string): FlameFrame[] =>
  text
    .trim()
    .split("\n")
    .map((line) => {
      const [id = "", depth, times = ""] = line.trim().split(" ");
      const [start, width] = times.split("+").map(Number);
      return { id, name: id, depth: Number(depth), start: start ?? 0, width: width ?? 0, color: "red" };
    });

const LAYOUT = layoutFlame(
  frames(`
    root 0 0+100
    right 1 60+30
    left 1 10+40
    deep 2 20+10
  `),
);
const VIEW: FlameView = { from: 0, to: 100, widthPx: 200, heightPx: 100, rowPx: 20, topPx: 0 };

const drawn = (view: Partial<FlameView>): unknown =>
  flameMarks(LAYOUT, { ...VIEW, ...view }).map(({ id, x, y }) => `${String(id)} ${String(x)},${String(y)}`);

describe("marks of a flame graph", () => {
  test("lie in their row and at their place, rows in order of start", () => {
    expect(drawn({})).toEqual(["root 0,0", "left 20,20", "right 120,20", "deep 40,40"]);
  });

  test("leave out what is beside, above and below the view", () => {
    expect(drawn({ from: 55, to: 95 })).toEqual(["root 0,0", "right 25,20"]);
    expect(drawn({ topPx: 20, heightPx: 15 })).toEqual(["left 20,0", "right 120,0"]);
  });

  test("join neighbours that are too narrow to be told apart", () => {
    const many = layoutFlame(
      frames(Array.from({ length: 100 }, (_, at) => `f${String(at)} 0 ${String(at)}+1`).join("\n")),
    );
    const marks = flameMarks(many, { ...VIEW, widthPx: 50 });
    expect(marks).toHaveLength(1);
    expect(marks[0]).toMatchObject({ look: "sliver", x: 0, width: 50 });
    const found = flameMarks(many, { ...VIEW, widthPx: 50, found: new Set(["f50"]) });
    expect(found.map(({ id }) => id)).toEqual([undefined, "f50", undefined]);
  });

  test("dim what a search has not found", () => {
    const marks = flameMarks(LAYOUT, { ...VIEW, found: new Set(["deep"]) });
    expect(marks.map(({ dim }) => dim)).toEqual([true, true, true, false]);
  });
});

describe("what is under the pointer", () => {
  test.each([
    [100, 10, "root"],
    [40, 30, "left"],
    [110, 30, undefined],
    [150, 30, "right"],
    [150, 50, undefined],
    [10, 90, undefined],
  ])("at %i, %i", (x, y, id) => {
    expect(frameAt(LAYOUT, VIEW, x, y)?.id).toBe(id);
  });

  test("a mark of one pixel is hit from beside it, and the topmost of two wins", () => {
    const bar = { y: 0, height: 10, color: "red", look: "solid" } as const;
    const marks = [
      { ...bar, x: 0, width: 50, id: "wide" },
      { ...bar, x: 20, width: 1, id: "event" },
      { ...bar, x: 80, width: 1, id: "far" },
    ];
    expect([20, 10, 78, 70].map((x) => markAt(marks, x, 5)?.id)).toEqual(["event", "wide", "far", undefined]);
  });
});

test("arrow keys walk along a row, and to what lies above and below", () => {
  const walk = (from: string | undefined, ...moves: Parameters<typeof moveInFlame>[2][]): string | undefined =>
    moves.reduce((at, move) => moveInFlame(LAYOUT, at, move), from);
  expect(walk(undefined, "down")).toBe("root");
  expect(walk("root", "down", "right")).toBe("right");
  expect(walk("root", "down", "down", "down")).toBe("deep");
  expect(walk("deep", "up", "up")).toBe("root");
  expect(walk("right", "left", "left")).toBe("left");
});

test("a label is cut to the bar, and left out where nothing of it would be read", () => {
  expect(fittingText({ label: "checkout", width: 80 }, 7)).toBe("checkout");
  expect(fittingText({ label: "checkout", width: 50 }, 7)).toBe("check…");
  expect(fittingText({ label: "checkout", width: 20 }, 7)).toBe("");
});
