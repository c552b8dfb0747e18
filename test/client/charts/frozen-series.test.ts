import { describe, expect, test } from "vitest";
import { frozenSeries } from "../../../client/charts/frozen-series.js";

const MINUTE = 60_000_000;
const series = (times: readonly number[], values: readonly number[], stepUs?: number) => ({
  name: "a",
  timesUs: Float64Array.from(times, (minute) => minute * MINUTE),
  values: Float64Array.from(values),
  ...(stepUs === undefined ? {} : { stepUs }),
});

function pointsOf(one: ReturnType<typeof series>) {
  const frozen = frozenSeries([one], "s");
  return frozen.kind === "series" ? (frozen.series[0]?.points ?? []) : [];
}

describe("a pinned chart", () => {
  test("keeps its gaps: samples that are missing, and those that are no number", () => {
    expect(
      pointsOf(series([0, 1, 5, 6], [1, 2, 3, Number.NaN], MINUTE)).map(([atUs, value]) => [atUs / MINUTE, value]),
    ).toEqual([
      [0, 1],
      [1, 2],
      [2, null],
      [5, 3],
      [6, null],
    ]);
  });

  test("is thinned, and is JSON", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => index);
    const points = pointsOf(series(many, many, MINUTE));
    expect(points.length).toBeLessThanOrEqual(120);
    expect(points.every(([, value]) => value !== null)).toBe(true);
  });
});
