/** What stands above the lines, which window is read, and what an exhibit keeps of a list. */
import { describe, expect, it } from "vitest";
import { linesExhibit, linesHere } from "../../../../client/panels/logs/logs-export.js";
import { ReadingWindow } from "../../../../client/panels/logs/reading-window.js";
import { countText, newestText } from "../../../../client/panels/logs/status-text.js";
import type { LogLine } from "../../../../server/wire/telemetry.js";

const line = (id: string): LogLine => ({
  id,
  timeUs: 5,
  level: "error",
  service: "cart",
  instance: "cart-0",
  message: `message ${id}`,
  attributes: { route: "/cart" },
});

describe("the count", () => {
  it.each([
    [undefined, undefined, "Searching …"],
    [0, undefined, "0 lines"],
    [1, undefined, "1 line"],
    [12_345, undefined, "12\u202f345 lines"],
    [12_345, 17, "17 rows of 12\u202f345 lines"],
    [250_000, 17, "17 rows of the first 100\u202f000 of 250\u202f000 lines"],
  ])("of %s lines in %s rows is '%s'", (lines, rows, text) => {
    expect(countText(lines, rows)).toBe(text);
  });
});

describe("the way to the newest line", () => {
  it.each([
    [{ tailing: false, waiting: 3 }, "Bring up to now"],
    [{ tailing: true, waiting: 0 }, "Tail is held while you read"],
    [{ tailing: true, waiting: 1 }, "1 new line: to the newest"],
    [{ tailing: true, waiting: 1_200 }, "1\u202f200 new lines: to the newest"],
  ])("%j says '%s'", (state, text) => {
    expect(newestText(state)).toBe(text);
  });
});

describe("the window that is read", () => {
  const timeOf = (from: string, toUs: number) => ({
    range: { from, to: "now" },
    window: () => ({ fromUs: 0, toUs }),
  });

  it("stands still while the clock goes on, and moves with the range", () => {
    const reading = new ReadingWindow();
    reading.take(timeOf("now-1h", 10));
    reading.take(timeOf("now-1h", 20));
    expect(reading.current).toEqual({ fromUs: 0, toUs: 10 });
    reading.take(timeOf("now-5m", 30));
    expect(reading.current).toEqual({ fromUs: 0, toUs: 30 });
  });

  it("keeps its length when it follows, or its beginning", () => {
    const reading = new ReadingWindow();
    reading.current = { fromUs: 10, toUs: 20 };
    reading.follow(25, { keepsBeginning: false });
    expect(reading.current).toEqual({ fromUs: 15, toUs: 25 });
    reading.follow(40, { keepsBeginning: true });
    expect(reading.current).toEqual({ fromUs: 15, toUs: 40 });
  });
});

describe("a list that goes out", () => {
  const lines = [line("a"), line("b")];
  const pages = { total: 90, line: (index: number) => lines[index] };

  it("has the lines that are here", () => {
    expect(linesHere(pages)).toEqual(lines);
    expect(linesHere(undefined)).toEqual([]);
  });

  it("is an exhibit named by what was asked", () => {
    const read = (name: string) => ({ level: "error", q: "refused" })[name];
    expect(linesExhibit(read, pages)).toMatchObject({
      title: "Logs: error · refused",
      frozen: { kind: "lines", total: 90, lines: [{ message: "message a" }, { message: "message b" }] },
    });
    expect(linesExhibit(() => undefined, pages)?.title).toBe("Logs");
    expect(linesExhibit(read, { ...pages, total: undefined })).toBeUndefined();
  });
});
