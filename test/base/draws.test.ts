import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { below, combine, mix, seedKeys, uniform, unmix } from "../../server/base/draw.js";
import { poisson } from "../../server/base/poisson.js";
import { normalQuantile, quantileAt, QuantileTables } from "../../server/base/quantile-tables.js";
import { ZipfTable } from "../../server/base/zipf.js";
import { cell } from "../fixtures/span-rows.js";

describe("keyed draws", () => {
  test("mixing can be undone", () => {
    fc.assert(fc.property(fc.integer(), (key) => unmix(mix(key)) === key));
  });

  test("uniform draws stay inside (0, 1) and `below` inside its range", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1 << 20 }), (key, count) => {
        const u = uniform(key);
        return u > 0 && u < 1 && below(key, count) >= 0 && below(key, count) < count;
      }),
    );
  });

  test("consecutive values of one key are uniform: 100 cells, chi-square below its 99.9 % point", () => {
    const cells = new Float64Array(100);
    for (let value = 0; value < 100_000; value++) {
      const place = Math.floor(uniform(combine(7, value)) * 100);
      cells[place] = cell(cells, place) + 1;
    }
    const chiSquare = cells.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
    expect(chiSquare).toBeLessThan(148.2);
  });

  test("the keys of a seed differ from each other and from those of another seed", () => {
    const keys = ["a", "b"].flatMap((seed): number[] => {
      const { requests, arrivals, content, identityHigh, identityLow } = seedKeys(seed);
      return [requests, arrivals, content, identityHigh, identityLow];
    });
    expect(new Set(keys).size).toBe(keys.length);
    expect(seedKeys("a")).toEqual(seedKeys("a"));
  });
});

describe("quantile tables", () => {
  test("the normal quantile knows its tabulated points", () => {
    expect(normalQuantile(0.5)).toBeCloseTo(0, 8);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959_963_985, 7);
    expect(normalQuantile(0.0001)).toBeCloseTo(-3.719_016_485, 6);
  });

  test.each([
    ["lognormal", 0.6, Math.exp(0.18)],
    ["lognormal", 0, 1],
    ["exponential", 0, 1 / Math.LN2],
  ] as const)("%s with sigma %f has its mean and its tail", (law, sigma, mean) => {
    const tables = new QuantileTables();
    const offset = tables.offsetOf(law, sigma);
    const values = tables.build();
    const drawn = Float64Array.from({ length: 400_000 }, (_, index) =>
      quantileAt(values, offset, combine(3, index)),
    ).sort();
    const sum = drawn.reduce((total, value) => total + value, 0);
    expect(sum / drawn.length / mean).toBeGreaterThan(0.99);
    expect(sum / drawn.length / mean).toBeLessThan(1.01);
    const expected = law === "exponential" ? Math.log2(10_000) : Math.exp(sigma * 3.719);
    expect(cell(drawn, Math.floor(drawn.length * 0.9999)) / expected).toBeGreaterThan(0.9);
    expect(cell(drawn, Math.floor(drawn.length * 0.9999)) / expected).toBeLessThan(1.1);
  });

  test("equal shapes share a table", () => {
    const tables = new QuantileTables();
    expect(tables.offsetOf("lognormal", 0.3)).toBe(tables.offsetOf("lognormal", 0.3));
    expect(tables.offsetOf("lognormal", 0.4)).not.toBe(tables.offsetOf("lognormal", 0.3));
  });
});

describe("Zipf", () => {
  test("finds the rank that a search through the shares finds", () => {
    const table = new ZipfTable(500, 0.9);
    const slow = (u: number): number => {
      let sum = 0;
      for (let rank = 0; rank < 499; rank++) {
        sum += table.shareOf(rank);
        if (u <= sum) return rank;
      }
      return 499;
    };
    fc.assert(
      fc.property(
        fc.double({ min: 0.0001, max: 0.9999, noNaN: true }),
        (u) => Math.abs(table.rankAt(u) - slow(u)) <= 1,
      ),
    );
    expect(table.shareOf(0) / table.shareOf(9)).toBeCloseTo(Math.pow(10, 0.9), 6);
  });
});

describe("Poisson", () => {
  test.each([0.3, 4, 50, 900])("mean and variance are %f", (mean) => {
    const counts = Array.from({ length: 20_000 }, (_, index) => poisson(mean, combine(11, index)));
    const average = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - average) ** 2, 0) / counts.length;
    expect(Math.abs(average - mean)).toBeLessThan(4 * Math.sqrt(mean / counts.length));
    expect(variance / mean).toBeGreaterThan(0.94);
    expect(variance / mean).toBeLessThan(1.06);
  });
});
