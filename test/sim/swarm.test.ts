/** A few of the random worlds of `npm run swarm`; more are played with the tests of processes. */
import { expect, test } from "vitest";
import { checkInSteps, checkWhole, expectSame } from "../fixtures/swarm.js";

test.each([1, 2, 3, 5, 8])("random world %i is the same in one step, in a thousand and over a checkpoint", (number) => {
  const whole = checkWhole(number);
  expect(whole.spans).toBeGreaterThan(0);
  expectSame("in 1,000 steps", whole, checkInSteps(number));
});
