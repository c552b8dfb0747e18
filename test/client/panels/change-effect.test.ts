import { expect, test } from "vitest";
import type { Catalogue } from "../../../server/wire/actions.js";
import type { ChangeRecord } from "../../../server/wire/telemetry.js";
import { beforeAfter, effectText, failuresOf } from "../../../client/panels/changes/before-after.js";
import { kindOfTarget, scopeOf } from "../../../client/panels/changes/change-scope.js";

const MINUTE = 60_000_000;
const change: ChangeRecord = {
  id: "cart-2",
  kind: "deploy",
  target: "cart",
  atUs: 10 * MINUTE,
  completedUs: 12 * MINUTE,
  author: "A",
  title: "cart 2",
  description: "",
  diff: "",
  versionFrom: "1",
  versionTo: "2",
  canRollBack: true,
  state: "live",
};

/** A value for each minute from 0 on. */
const series = (values: readonly number[]) => [
  { name: "p99", timesUs: Float64Array.from(values, (_, at) => at * MINUTE), values: Float64Array.from(values) },
];

test("means of five minutes on both sides, without the roll-out", () => {
  const values = [9, 9, 9, 9, 9, 9, 1, 1, 1, 1, 1, 99, 99, 4, 4, 4, Number.NaN, 4, 50];
  expect(beforeAfter(series(values), change)).toEqual({ before: 1, after: 4 });
  expect(beforeAfter([], change)).toEqual({ before: undefined, after: undefined });
});

test.each([
  [{ before: 0.1, after: 1.2 }, "100 ms → 1.2 s (×12)", true],
  [{ before: 0.1, after: 0.11 }, "100 ms → 110 ms (+10 %)", false],
  [{ before: 0.1, after: 0.05 }, "100 ms → 50 ms (−50 %)", true],
  [{ before: 0, after: 0.05 }, "0 s → 50 ms (new)", true],
  [{ before: 0.1, after: undefined }, "100 ms → –", false],
])("%j is %s", (sides, text, notable) => {
  expect(effectText(sides, "s")).toEqual({ text, notable });
});

test("a share of few failures is no effect; of many it is", () => {
  const share = { before: 0.0017, after: 0 };
  expect(failuresOf({ before: 2, after: 2 }, share)).toBeCloseTo(1.02);
  expect(effectText(share, "ratio", 1.02)).toEqual({ text: "0.17 % → 0 % (too few to tell)", notable: false });
  expect(effectText(share, "ratio", failuresOf({ before: 50, after: 50 }, share))).toEqual({
    text: "0.17 % → 0 % (−100 %)",
    notable: true,
  });
  expect(effectText({ before: 0, after: 0 }, "ratio", 0)).toEqual({ text: "0 % → 0 %", notable: false });
});

const catalogue: Catalogue = {
  components: [
    { id: "cart", title: "Cart", kind: "service", team: "basket", operations: ["GET /cart"] },
    { id: "orders-db", title: "Orders", kind: "store", operations: [] },
  ],
  services: [
    {
      id: "cart",
      workers: 1,
      instancesMax: 3,
      dependencies: [],
      instances: [
        { name: "cart-0", version: "2", state: "up" },
        { name: "cart-1", version: "1", state: "starting" },
        { name: "cart-2", version: "1", state: "stopped" },
      ],
    },
    {
      id: "web",
      workers: 1,
      instancesMax: 1,
      instances: [],
      dependencies: [
        {
          target: "cart",
          timeout: 1,
          poolSize: 1,
          retry: { attempts: 1, backoff: 0, multiplier: 1, jitter: 0 },
        },
      ],
    },
  ],
  flags: [],
  operations: [],
  droppableLabels: [],
  metrics: [],
};

test("the scope of a deploy says how far it has come and whom it reaches", () => {
  expect(scopeOf(catalogue, change)).toEqual([
    "1 of 2 processes run 2 now",
    "operations GET /cart",
    "called by web",
    "owned by basket",
  ]);
  expect(scopeOf(catalogue, { ...change, kind: "setting" })[0]).toBe("all 2 processes");
  expect(scopeOf(catalogue, { ...change, target: "elsewhere" })).toEqual([]);
  expect(scopeOf(undefined, change)).toEqual([]);
  expect(kindOfTarget(catalogue, "orders-db")).toBe("store");
});
