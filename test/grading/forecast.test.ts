import { describe, expect, it } from "vitest";
import { gradeForecast } from "../../server/grading/forecast.js";

describe("forecast", () => {
  it("is worth nothing at a confidence of zero, right or wrong", () => {
    expect(gradeForecast(0, true).points).toBe(0);
    expect(gradeForecast(0, false).points).toBeCloseTo(0, 12);
  });

  it("is strictly proper: the best expected score is had by stating what one believes", () => {
    const expected = (belief: number, stated: number): number =>
      belief * gradeForecast(stated, true).points + (1 - belief) * gradeForecast(stated, false).points;
    for (const belief of [0.1, 0.35, 0.6, 0.9]) {
      for (const other of [0, 0.2, 0.5, 0.75, 1]) {
        if (Math.abs(other - belief) > 0.01) expect(expected(belief, belief)).toBeGreaterThan(expected(belief, other));
      }
    }
  });

  it("punishes certainty about a wrong answer with ten points", () => {
    expect(gradeForecast(1, false).points).toBe(-10);
  });
});
