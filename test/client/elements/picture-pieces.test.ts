/** What of the page's texts and boxes is painted into a picture of a chart. */
import { describe, expect, test } from "vitest";
import { boxOf, linesOf, overlap, textOf } from "../../../client/elements/picture-pieces.js";
import type { BoxStyle, TextStyle } from "../../../client/elements/picture-pieces.js";

const SIGHT = { left: 0, top: 0, right: 100, bottom: 50 };
const FONT: TextStyle = { fontWeight: "400", fontSize: "12px", fontFamily: "Inter", color: "black" };

const at = (left: number, top: number, width = 10, height = 12) => ({ left, top, width, height });

describe("words of a text", () => {
  test("that stand on one line are one piece, as wide as from the first to the last", () => {
    const words = [
      { text: "p99", bounds: at(5, 10, 20) },
      { text: "of", bounds: at(30, 11, 8) },
      { text: "cart", bounds: at(5, 26, 24) },
    ];
    expect(linesOf(words)).toEqual([
      { text: "p99 of", bounds: at(5, 10, 33) },
      { text: "cart", bounds: at(5, 26, 24) },
    ]);
  });

  test("may have bounds whose figures are not their own", () => {
    class Rect {
      readonly #left: number;
      constructor(left: number) {
        this.#left = left;
      }
      get left() {
        return this.#left;
      }
      get top() {
        return 0;
      }
      get width() {
        return 10;
      }
      get height() {
        return 12;
      }
    }
    const words = [0, 15, 30].map((left) => ({ text: "a", bounds: new Rect(left) }));
    expect(linesOf(words)).toEqual([{ text: "a a a", bounds: at(0, 0, 40) }]);
  });

  test.each([
    ["in sight", at(10, 10, 40), { left: 10, middle: 16, width: 40 }],
    ["that goes out of sight is cut there", at(80, 10, 40), { left: 80, middle: 16, width: 20 }],
    ["that begins left of it", at(-5, 10, 40), undefined],
    ["that begins right of it", at(101, 10, 40), undefined],
    ["that is half below it", at(10, 45, 40), undefined],
    ["that is scrolled out above", at(10, -8, 40), undefined],
    ["without a width", at(10, 10, 0), undefined],
  ])("a line %s", (_, bounds, expected) => {
    const piece = textOf({ text: "checkout", bounds }, FONT, SIGHT);
    expect(piece).toEqual(
      expected === undefined ? undefined : { text: "checkout", font: "400 12px Inter", color: "black", ...expected },
    );
  });
});

const PLAIN: BoxStyle = {
  backgroundColor: "rgba(0, 0, 0, 0)",
  borderTopColor: "red",
  borderTopStyle: "none",
  borderTopWidth: "0px",
};
const LINED: BoxStyle = { ...PLAIN, borderTopStyle: "solid", borderTopWidth: "2px" };
const FILLED: BoxStyle = { ...PLAIN, backgroundColor: "blue" };

test.each<[string, ReturnType<typeof at>, BoxStyle, object | undefined]>([
  ["a swatch with a color", at(10, 10, 12, 12), FILLED, { height: 12, fill: "blue", stroke: "" }],
  ["a flag with a frame", at(10, 10, 12, 12), LINED, { height: 12, fill: "", stroke: "red" }],
  [
    "a frame around a color",
    at(10, 10, 12, 12),
    { ...LINED, backgroundColor: "blue" },
    { fill: "blue", stroke: "red" },
  ],
  ["a swatch that is a line", at(10, 10, 12, 0), LINED, { height: 2, fill: "red", stroke: "" }],
  ["a surface of the page", at(10, 10, 31, 12), FILLED, undefined],
  ["nothing to be seen", at(10, 10, 12, 12), PLAIN, undefined],
  ["a clear color", at(10, 10, 12, 12), { ...PLAIN, backgroundColor: "color(srgb 0 0 0 / 0)" }, undefined],
  ["a clear frame", at(10, 10, 12, 12), { ...LINED, borderTopColor: "transparent" }, undefined],
  ["out of sight", at(10, 60, 12, 12), FILLED, undefined],
])("a box: %s", (_, bounds, style, expected) => {
  const box = boxOf(bounds, style, SIGHT);
  if (expected === undefined) expect(box).toBeUndefined();
  else expect(box).toMatchObject(expected);
});

test("what scrolls is in sight where both it and what holds it are", () => {
  expect(overlap(SIGHT, { left: 20, top: -10, right: 120, bottom: 30 })).toEqual({
    left: 20,
    top: 0,
    right: 100,
    bottom: 30,
  });
});
