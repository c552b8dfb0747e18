/** What the catalogue offers to do says nothing about the fault, and crosses a thread's border. */
import { expect, test } from "vitest";
import { catalogueOf } from "../../server/world/catalogue.js";
import { play, PLAY_TIME_LIMIT_MS } from "../scenarios/play.js";

const offered = (scenario: string, faultsOn: boolean) => {
  const { engine, store } = play(scenario, { faultsOn, from: -3 }).run(-1);
  return catalogueOf(engine, store).operations;
};

test.each(["checkout-errors", "slow-baskets"])(
  "%s offers the same operations, targets and choices with its fault as without",
  (scenario) => {
    const operations = offered(scenario, true);
    expect(operations.length).toBeGreaterThan(20);
    expect(operations).toEqual(offered(scenario, false));
    expect(structuredClone(operations)).toEqual(operations);
  },
  PLAY_TIME_LIMIT_MS,
);

test("each operation has something to be done to, and each choice something to be chosen", () => {
  const { engine, store } = play("checkout-errors", { faultsOn: false, from: -1 }).run(-1);
  for (const { name, targets, parameters } of catalogueOf(engine, store).operations) {
    expect(targets, name).not.toEqual([]);
    for (const { kind, choices } of parameters) {
      if (kind !== "choice") continue;
      expect(choices?.length, name).toBe(targets.length);
      expect(choices, name).not.toContainEqual([]);
    }
  }
});
