import { expect, test } from "vitest";
import { RuleEvaluator } from "../../server/alerting/rule-evaluator.js";
import { rulesDue, ruleTurns } from "../../server/topology/rule-turns.js";
import type { RuleGroupSpec } from "../../server/topology/types.js";
import { memoryOf } from "../fixtures/metric-memory.js";

const group = (name: string, interval: string | undefined, rules: number): RuleGroupSpec => ({
  name,
  ...(interval === undefined ? {} : { interval }),
  rules: Array.from({ length: rules }, (_, index) => ({ record: `${name}_${String(index)}`, expr: "vector(1)" })),
});

test.each([
  ["each turn", [group("a", undefined, 3)], [3, 3, 3, 3, 3]],
  ["every second turn", [group("a", "1m", 2)], [2, 0, 2, 0, 2]],
  ["rounded up to whole turns", [group("a", "1m10s", 1)], [1, 0, 0, 1, 0]],
  ["several groups", [group("a", "15s", 1), group("b", "1m", 4), group("c", "0s", 2)], [7, 3, 7, 3, 7]],
  ["none", [], [0, 0, 0, 0, 0]],
])("what is due is what is evaluated: %s", (_, groups, expected) => {
  const turnMs = 30_000;
  const turns = ruleTurns(groups, turnMs * 1_000);
  let written = 0;
  const evaluator = new RuleEvaluator({ groups, reader: memoryOf("load 1m\n x 1"), append: () => written++ });
  const evaluated = expected.map((_rules, turn) => {
    written = 0;
    evaluator.iterate(turn * turnMs, true);
    return written;
  });
  expect(expected.map((_rules, turn) => rulesDue(turns, turn))).toEqual(expected);
  expect(evaluated).toEqual(expected);
});
