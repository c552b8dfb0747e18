/**
 * Groups of rules that look further back than the recent part of a world goes: an hour's burn rate, and all that is made
 * of it. They can be evaluated rightly only once the history is there.
 */
import type { Labels } from "../telemetry/metric-reader.js";
import type { RuleGroupSpec } from "../topology/types.js";
import { RuleQueries } from "./rule-queries.js";
import { maySelect, queryOffsetMs, seriesReadIn, seriesWrittenBy } from "./rule-series.js";

/** Names of the groups that need samples from more than `spanMs` ago. */
export function longGroups(
  groups: readonly RuleGroupSpec[],
  spanMs: number,
  queries = new RuleQueries(),
): ReadonlySet<string> {
  const long = new Set<string>();
  const written: Labels[] = [];
  const waiting = groups.map((group) => ({
    group,
    reads: group.rules.flatMap((rule) => {
      const query = queries.of(rule);
      return query.ok ? seriesReadIn(query.value.expr, queryOffsetMs(group)) : [];
    }),
  }));
  // A group may read what a later one writes: until nothing new is found.
  for (let before = -1; before < long.size;) {
    before = long.size;
    for (const { group, reads } of waiting) {
      if (long.has(group.name)) continue;
      if (!reads.some((read) => read.reachMs > spanMs || written.some((known) => maySelect(read, known)))) continue;
      long.add(group.name);
      written.push(...group.rules.flatMap((rule) => seriesWrittenBy(rule, group)));
    }
  }
  return long;
}
