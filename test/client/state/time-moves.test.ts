import { describe, expect, test } from "vitest";
import { movedWindow, widerWindow } from "../../../client/state/time-moves.js";

const BOUNDS = { fromUs: 0, toUs: 3_600_000_000 };
const MINUTE = 60_000_000;

describe("moved by a half", () => {
  test.each([
    ["back", 20, 30, -0.5, 15, 25],
    ["on", 20, 30, 0.5, 25, 35],
    ["back no further than the history", 2, 12, -0.5, 0, 10],
    ["on no further than now", 48, 58, 0.5, 50, 60],
    ["on from beyond now: not at all", 58, 68, 0.5, 58, 68],
    ["back from beyond now", 58, 68, -0.5, 50, 60],
  ])("%s", (_, from, to, share, movedFrom, movedTo) => {
    const moved = movedWindow({ fromUs: from * MINUTE, toUs: to * MINUTE }, share, BOUNDS);
    expect([moved.fromUs / MINUTE, moved.toUs / MINUTE]).toEqual([movedFrom, movedTo]);
  });
});

describe("twice as wide", () => {
  test.each([
    ["what follows the clock follows it", { from: "now-15m", to: "now" }, 45, 60, { from: "now-30m", to: "now" }],
    ["but not beyond the history", { from: "now-45m", to: "now" }, 15, 60, { from: "now-1h", to: "now" }],
    ["around the middle", { from: "20:20", to: "x" }, 20, 30, { from: String(15 * MINUTE), to: String(35 * MINUTE) }],
    ["within what there is", { from: "x", to: "y" }, 0, 50, { from: "0", to: String(60 * MINUTE) }],
  ])("%s", (_, range, from, to, wider) => {
    expect(widerWindow(range, { fromUs: from * MINUTE, toUs: to * MINUTE }, BOUNDS)).toEqual(wider);
  });
});
