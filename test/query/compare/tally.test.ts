/** What is told of an attribute: the value that differs most, and ranges of numbers. */
import { expect, test } from "vitest";
import { Tally, type AttributeSeed, type Side, type TalliedValue } from "../../../server/query/compare/tally.js";
import type { ComparedAttribute } from "../../../server/wire/compare.js";

function rankedOf(values: Readonly<Record<Side, readonly TalliedValue[]>>): ComparedAttribute | undefined {
  const seed: AttributeSeed = {
    id: "a",
    origin: { kind: "field", scope: "span", name: "a" },
    title: "a",
    absent: "none",
  };
  const tally = new Tally();
  for (const side of ["selection", "baseline"] as const) for (const value of values[side]) tally.add(side, seed, value);
  const things = { selection: values.selection.length, baseline: values.baseline.length };
  return tally.ranked({ weights: things, things }, () => false)[0];
}

/** So many of each. */
const many = <Value>(counts: readonly (readonly [Value, number])[]): readonly Value[] =>
  counts.flatMap(([value, count]) => new Array<Value>(count).fill(value));

test("what the selection lacks is named where nothing that it has more of differs half as much", () => {
  const lacks = rankedOf({
    selection: many([["user", 62], ["cart", 8], ["order", 930]]),
    baseline: many([["user", 56], ["cart", 34], ["order", 910]]),
  }); // prettier-ignore
  expect(lacks?.strongest).toMatchObject({ label: "cart" });
  const has = rankedOf({
    selection: many([["user", 80], ["cart", 8], ["order", 912]]),
    baseline: many([["user", 50], ["cart", 34], ["order", 916]]),
  }); // prettier-ignore
  expect(has?.strongest).toMatchObject({ label: "user" });
});

test("ranges of whole numbers share no border, and hold every number once", () => {
  const selection = Array.from({ length: 200 }, (_, at) => Math.floor(at ** 2 / 400));
  const bins = rankedOf({ selection, baseline: selection })?.bins ?? [];
  expect(bins[0]).toMatchObject({ label: "0", value: "0" });
  bins.forEach(({ fromNumber = Number.NaN, toNumber = Number.NaN, selection: count }, index) => {
    expect(bins[index + 1]?.fromNumber ?? toNumber + 1).toBe(toNumber + 1);
    expect(count).toBe(selection.filter((value) => value >= fromNumber && value <= toNumber).length);
  });
  expect(bins.reduce((sum, bin) => sum + bin.selection, 0)).toBe(selection.length);
});
