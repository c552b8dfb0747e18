import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bucketFraction,
  bucketQuantile,
  bucketsOf,
  parseBound,
  type Buckets,
} from "../../server/query/promql/histogram.js";

/** Cumulative buckets of plain values. */
function filled(values: readonly number[], bounds: readonly number[]): Buckets {
  const buckets = bucketsOf(bounds.length + 1);
  [...bounds, Infinity].forEach((bound, index) => {
    buckets.bounds[index] = bound;
    buckets.counts[index] = values.filter((value) => value <= bound).length;
  });
  buckets.size = bounds.length + 1;
  return buckets;
}

const values = fc.array(fc.double({ min: 0.001, max: 9.99, noNaN: true }), { minLength: 1, maxLength: 200 });
const bounds = [0.01, 0.1, 0.5, 1, 2, 5, 10];

describe("bucketQuantile", () => {
  it("lies in the bucket of the value at that rank", () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 1, noNaN: true }), (input, q) => {
        const outcome = { value: NaN, forced: false };
        bucketQuantile(q, filled(input, bounds), outcome);
        const sorted = input.toSorted((left, right) => left - right);
        const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? NaN;
        const upper = bounds.findIndex((bound) => exact <= bound);
        expect(outcome.forced).toBe(false);
        expect(outcome.value).toBeLessThanOrEqual((bounds[upper] ?? NaN) * (1 + 1e-9));
        expect(outcome.value).toBeGreaterThanOrEqual((bounds[upper - 1] ?? 0) * (1 - 1e-9));
      }),
    );
  });

  it("rises with q", () => {
    fc.assert(
      fc.property(values, (input) => {
        let last = -Infinity;
        for (let q = 0.05; q <= 1; q += 0.05) {
          const outcome = { value: NaN, forced: false };
          bucketQuantile(q, filled(input, bounds), outcome);
          expect(outcome.value).toBeGreaterThanOrEqual(last);
          last = outcome.value;
        }
      }),
    );
  });

  it("is undone by bucketFraction", () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (input, q) => {
        const outcome = { value: NaN, forced: false };
        bucketQuantile(q, filled(input, bounds), outcome);
        expect(bucketFraction(-Infinity, outcome.value, filled(input, bounds))).toBeCloseTo(q, 6);
      }),
    );
  });
});

describe("parseBound", () => {
  it.each([
    ["0.1", 0.1],
    ["+Inf", Infinity],
    ["1e-3", 0.001],
    [".5", 0.5],
    ["", undefined],
    ["fast", undefined],
    ["0x10", undefined],
  ])("%j is %s", (text, bound) => {
    expect(parseBound(text)).toBe(bound);
  });
});
