import { expect, it } from "vitest";
import { uncoveredUs } from "../../server/base/critical-path.js";

it("counts as an interval's own what only those cover for which it does not wait", () => {
  const interval = (fromUs: number, toUs: number, detached = false) => ({ fromUs, toUs, detached });
  const intervals = [interval(0, 100), interval(10, 30), interval(20, 200, true)];
  expect(uncoveredUs({ intervals, children: [[1, 2], [], []] }, 0)).toBe(80);
});
