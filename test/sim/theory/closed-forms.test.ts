/** The engine against closed forms; `npm run theory` prints the table. */
import { expect, test } from "vitest";
import { erlangB, erlangC, lossQueue, waitOfMG1, waitOfMMc } from "../../fixtures/queueing-formulas.js";
import { isRight, THEORY, type TheoryValue } from "../../fixtures/theory-cases.js";

test("the formulas give the values of the tables", () => {
  expect(erlangB(10, 5)).toBeCloseTo(0.018_385, 6);
  expect(erlangC(4, 3.2)).toBeCloseTo(0.596_4, 4);
  expect(waitOfMMc(1, 0.8, 1)).toBeCloseTo(4, 9);
  expect(waitOfMG1(0.8, 1, 1)).toBeCloseTo(4, 9);
  expect(lossQueue(3, 3, 2, 1).blocked).toBeCloseTo(erlangB(3, 2), 12);
  expect(lossQueue(2, 400, 1.4, 1).wait).toBeCloseTo(waitOfMMc(2, 1.4, 1), 9);
});

const told = ({ what, found, theory }: TheoryValue): string =>
  `${what}: ${found.mean.toPrecision(5)} ± ${found.halfWidth.toPrecision(2)}, theory ${theory.toPrecision(5)}`;

test.each(THEORY.map((system) => [system.title, system.formula, system] as const))(
  "%s: %s",
  (_title, _formula, system) => {
    for (const value of system.run(1)) expect(isRight(value), told(value)).toBe(true);
  },
);

test("a value that is off by more than 1 % and its interval is not right, nor one that is too wide to say", () => {
  const value = (mean: number, halfWidth: number): TheoryValue => ({ what: "", found: { mean, halfWidth }, theory: 1 });
  expect([value(1.009, 0), value(1.05, 0.06)].map(isRight)).toEqual([true, true]);
  expect([value(1.011, 0), value(0.95, 0.04), value(1, 0.08)].map(isRight)).toEqual([false, false, false]);
});
