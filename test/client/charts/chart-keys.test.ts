import { describe, expect, test } from "vitest";
import { chartCaption, extentText, valuesAt } from "../../../client/charts/chart-caption.js";
import { cursorAfter, selectionOf } from "../../../client/charts/chart-keys.js";
import type { ChartCursor } from "../../../client/charts/chart-keys.js";

const SECOND = 1_000_000;
const window = { fromUs: 0, toUs: 600 * SECOND };
/** A sample every 15 s; the chart's own step would be 10 s. */
const timesUs = Array.from({ length: 41 }, (_, index) => index * 15 * SECOND);

/** Seconds where the crosshair and the selection are after each of the keys; `S-` is Shift. */
function after(keys: string, times: readonly number[] = timesUs): string {
  let cursor: ChartCursor | undefined;
  for (const text of keys.split(" ")) {
    const [shift, name = shift] = text.split("-");
    const key = { l: "ArrowLeft", r: "ArrowRight", u: "PageUp", d: "PageDown", h: "Home", e: "End" }[name ?? ""] ?? "a";
    cursor = cursorAfter(cursor, { key, shiftKey: text.startsWith("S-") }, window, times) ?? cursor;
  }
  const selection = selectionOf(cursor);
  const at = cursor === undefined ? "nowhere" : String(cursor.atUs / SECOND);
  return selection === undefined
    ? at
    : `${at} of ${String(selection.fromUs / SECOND)}..${String(selection.toUs / SECOND)}`;
}

describe("keys of a chart", () => {
  test.each([
    ["l", "585", "begins at the end, at a sample"],
    ["l l", "570", "one sample further"],
    ["l r", "600", "and back"],
    ["e r", "600", "not past the end"],
    ["h l", "0", "not before the beginning"],
    ["e u", "495", "a tenth and more at once, to a sample"],
    ["h S-r S-r", "30 of 0..30", "Shift draws a selection out"],
    ["h S-r S-r l", "15", "an arrow alone lets go of it"],
    ["e S-h", "0 of 0..600", "as far as the end"],
    ["h S-r S-l", "0", "what comes back to where it began is none"],
    ["x", "nowhere", "another key is none of these"],
  ])("%s leads to %s: %s", (keys, expected) => {
    expect(after(keys)).toBe(expected);
  });

  test("a chart without samples moves by a sixtieth of its width", () => {
    expect(after("l l", [])).toBe("580");
  });
});

const series = (name: string, values: readonly number[]) => ({
  name,
  timesUs: Float64Array.from(values, (_, index) => index * SECOND),
  values: Float64Array.from(values),
});

describe("what a chart says", () => {
  test.each([
    ["Requests by service", "/s", "Requests by service, per second, 00:00:00 to 00:10:00 UTC"],
    ["p99 of checkout.", "s", "p99 of checkout, in seconds, 00:00:00 to 00:10:00 UTC"],
    ["", "", "Values over time, 00:00:00 to 00:10:00 UTC"],
  ])("its caption “%s” has unit and window", (what, unit, expected) => {
    expect(chartCaption(what, unit, window)).toBe(expected);
  });

  test("the values at an instant stand highest first, a gap is not a zero", () => {
    const all = [series("cart", [1, 2, Number.NaN]), series("order", [5, 6, 7])];
    expect(valuesAt(all, 2 * SECOND, { unit: "", reachUs: SECOND })).toBe("00:00:02. order 7");
    expect(valuesAt(all, SECOND, { unit: "", reachUs: SECOND })).toBe("00:00:01. order 6, cart 2");
    expect(valuesAt([], 0, { unit: "", reachUs: SECOND })).toBe("00:00:00. No sample");
  });

  test("a chart too small for a table says its extent", () => {
    expect(extentText([series("", [3, 1, 2])], "")).toBe("last 2, lowest 1, highest 3");
    expect(extentText([series("", [Number.NaN])], "")).toBe("No samples");
  });
});
