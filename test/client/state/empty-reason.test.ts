import { describe, expect, test } from "vitest";
import { emptyReason, isOutsideData, type EmptyPlace } from "../../../client/state/empty-reason.js";

const MINUTE = 60_000_000;
const place = (changes: Partial<EmptyPlace>): EmptyPlace => ({
  window: { fromUs: 90 * MINUTE, toUs: 100 * MINUTE },
  nowUs: 100 * MINUTE,
  dataFromUs: 40 * MINUTE,
  filters: [],
  ...changes,
});
const titles = (changes: Partial<EmptyPlace>): readonly string[] =>
  emptyReason(place(changes)).steps.map(({ title }) => title);

describe("why an answer is empty, and the next click", () => {
  test("not yet: the window lies behind simulated now", () => {
    const { text, steps } = emptyReason(place({ window: { fromUs: 101 * MINUTE, toUs: 110 * MINUTE } }));
    expect(text).toBe("This time has not come yet: simulated now is 01:40:00.");
    expect(steps[0]?.values).toEqual({ from: "now-15m", to: "now" });
  });

  test("nothing is kept from then: to where data begins, as long as was looked at", () => {
    const { text, steps } = emptyReason(place({ window: { fromUs: 10 * MINUTE, toUs: 20 * MINUTE } }));
    expect(text).toContain("before 00:40:00");
    expect(steps[0]?.window).toEqual({ fromUs: 40 * MINUTE, toUs: 50 * MINUTE });
  });

  test("nothing is known of a time that touches none of the data; a part of it is enough", () => {
    const outside = (fromMinutes: number, toMinutes: number) => {
      const changes = place({ window: { fromUs: fromMinutes * MINUTE, toUs: toMinutes * MINUTE } });
      expect(emptyReason(changes).isOutside).toBe(isOutsideData(changes));
      return isOutsideData(changes);
    };
    expect([outside(10, 40), outside(100, 110), outside(10, 41), outside(99, 110)]).toEqual([true, true, false, false]);
  });

  test("filters: the last one first, then all of them, then more time", () => {
    const filters = [["service", "edge"] as const, ["status", "error"] as const];
    expect(titles({ filters })).toEqual(["Drop the last filter: error", "Drop all filters", "Look at all of the time"]);
    const [last, all] = emptyReason(place({ filters })).steps;
    expect([last?.values, all?.values]).toEqual([{ status: undefined }, { service: undefined, status: undefined }]);
    expect(titles({ filters: filters.slice(0, 1) })).toEqual(["Drop the last filter: edge", "Look at all of the time"]);
  });

  test("no filter: more time, and where all of it is shown the last minutes", () => {
    expect(titles({})).toEqual(["Look at all of the time"]);
    expect(titles({ window: { fromUs: 40 * MINUTE, toUs: 100 * MINUTE } })).toEqual(["Go to the last 15 minutes"]);
  });
});
