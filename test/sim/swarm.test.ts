/**
 * Random worlds over every mechanism: the same bytes in one step, in a thousand and over a checkpoint; books that
 * balance as they run. `npm run swarm -- --seed N` repeats the one that a failure names.
 */
import { expect, test } from "vitest";
import { checkWorld } from "../fixtures/swarm.js";

const WORLDS = 200;
const WORLDS_A_TEST = 20;

test.each(Array.from({ length: WORLDS / WORLDS_A_TEST }, (_, index) => index * WORLDS_A_TEST))(
  "random worlds from %i on",
  { timeout: 60_000 },
  (from) => {
    for (let number = from; number < from + WORLDS_A_TEST; number++) {
      try {
        expect(checkWorld(number).spans).toBeGreaterThan(0);
      } catch (error) {
        throw new Error(`npm run swarm -- --seed ${String(number)}`, { cause: error });
      }
    }
  },
);
