import { describe, expect, test } from "vitest";
import { cohensH, divergenceOf, superiorityOf, type Pair } from "../../../server/query/compare/divergence.js";
import { ThinnedSample } from "../../../server/query/compare/thinned-sample.js";

const CASES: readonly {
  readonly name: string;
  readonly pairs: readonly Pair[];
  readonly from: number;
  readonly to: number;
}[] = [
  { name: "two disjoint samples", pairs: [[500, 0], [0, 500]], from: 0.99, to: 1 }, // prettier-ignore
  { name: "equal shares", pairs: [[100, 1000], [300, 3000]], from: 0, to: 0 }, // prettier-ignore
  { name: "a difference that chance makes of ten things", pairs: [[6, 4], [4, 6]], from: 0, to: 0 }, // prettier-ignore
  { name: "the same difference of ten thousand", pairs: [[6000, 4000], [4000, 6000]], from: 0.02, to: 0.04 }, // prettier-ignore
  { name: "an empty sample", pairs: [[10, 0], [20, 0]], from: 0, to: 0 }, // prettier-ignore
  { name: "a small sample with a value of its own", pairs: [[20, 0], [2, 1000]], from: 0.7, to: 1 }, // prettier-ignore
];

describe("difference beyond chance", () => {
  test.each(CASES)("$name lies between $from and $to", ({ pairs, from, to }) => {
    const { difference } = divergenceOf(pairs);
    expect(difference).toBeGreaterThanOrEqual(from);
    expect(difference).toBeLessThanOrEqual(to);
  });

  test("ids that occur once each tell the samples apart and mean nothing", () => {
    const pairs = Array.from({ length: 400 }, (_, id): Pair => (id % 2 === 0 ? [1, 0] : [0, 1]));
    expect(divergenceOf(pairs)).toMatchObject({ difference: 0 });
    expect(divergenceOf(pairs).bits).toBeCloseTo(1);
  });

  test("is the same from either side", () => {
    const pairs: readonly Pair[] = [[40, 7], [3, 90], [12, 12]]; // prettier-ignore
    const turned = pairs.map(([a, b]): Pair => [b, a]);
    expect(divergenceOf(turned).difference).toBeCloseTo(divergenceOf(pairs).difference, 9);
  });
});

test("Cohen's h is positive where the first share is larger", () => {
  expect(cohensH(1, 0)).toBeCloseTo(Math.PI);
  expect(cohensH(0.2, 0.5)).toBeLessThan(0);
  expect(cohensH(0.4, 0.4)).toBe(0);
});

test("superiority counts ties as halves", () => {
  expect(superiorityOf([3, 4], [1, 2])).toBe(1);
  expect(superiorityOf([1, 2], [1, 2])).toBe(0.5);
  expect(superiorityOf([1, 5], [2])).toBe(0.5);
});

test.each([5, 20, 21, 1_000])("a thinned sample of %i things is spread evenly and keeps to its limit", (total) => {
  const sample = new ThinnedSample<number>(10);
  for (let thing = 0; thing < total; thing++) sample.offer(() => thing);
  const taken = sample.taken();
  expect(sample.total).toBe(total);
  expect(taken.length).toBe(Math.min(total, 10));
  const gaps = taken.slice(1).map((thing, index) => thing - (taken[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(Math.max(1, Math.ceil((2.5 * total) / 10)));
});
