/**
 * Groups of rules that look further back than the recent part of a world goes: an hour's burn rate, and all that is made
 * of it. They can be evaluated rightly only once the history is there. Read from the text of the expressions: ranges and
 * offsets, and the names of what such groups record.
 */
import { parseDurationMs } from "../query/promql/literals.js";
import type { RuleGroupSpec } from "../topology/types.js";

const RANGE = /\[([0-9a-z]+)[\]:]|\boffset\s+([0-9a-z]+)/g;

/** Names of the groups that need samples from more than `spanMs` ago. */
export function longGroups(groups: readonly RuleGroupSpec[], spanMs: number): ReadonlySet<string> {
  const long = new Set<string>();
  const recorded = new Set<string>();
  const isLong = ({ rules }: RuleGroupSpec): boolean =>
    rules.some(({ expr }) => reachMs(expr) > spanMs || [...recorded].some((name) => expr.includes(name)));
  // A group may read what a later one records: until nothing new is found.
  for (let before = -1; before < long.size;) {
    before = long.size;
    for (const group of groups) {
      if (long.has(group.name) || !isLong(group)) continue;
      long.add(group.name);
      for (const { record } of group.rules) if (record !== undefined) recorded.add(record);
    }
  }
  return long;
}

function reachMs(expression: string): number {
  let most = 0;
  for (const [, range = "", offset = ""] of expression.matchAll(RANGE))
    most = Math.max(most, parseDurationMs(range) ?? 0, parseDurationMs(offset) ?? 0);
  return most;
}
