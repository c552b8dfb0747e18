/**
 * Which series the rules of a metrics server read and write, as far as their text tells: for each selector of an expression
 * how far back it reaches, and for each rule the labels that its series bear whatever its expression gives. Read from
 * the syntax tree, so names in strings, in matchers and in regular expressions are what they are.
 */
import type { Expr, VectorSelector } from "../query/promql/ast.js";
import { parseDurationMs } from "../query/promql/literals.js";
import { parsePromql } from "../query/promql/parse.js";
import { compileMatcher } from "../telemetry/matcher.js";
import type { LabelMatcher, Labels } from "../telemetry/metric-reader.js";
import type { RuleGroupSpec, RuleSpec } from "../topology/types.js";

/** What one selector of an expression looks at. */
export interface SeriesRead {
  readonly matchers: readonly LabelMatcher[];
  /**
   * From the evaluation to the beginning of its window: ranges, offsets and the subqueries around it together. The lookback
   * of an instant value is left out. Infinity where `@` names a time of its own.
   */
  readonly reachMs: number;
}

/** All selectors of an expression, in the order of its text; none where it cannot be read. `offsetMs` is that of the group. */
export function seriesReadBy(expression: string, offsetMs = 0): readonly SeriesRead[] {
  const parsed = parsePromql(expression);
  return parsed.ok ? readsIn(parsed.value, offsetMs) : [];
}

function readsIn(expr: Expr, aroundMs: number): readonly SeriesRead[] {
  switch (expr.kind) {
    case "number":
    case "string":
      return [];
    case "vector-selector":
      return [readOf(expr, aroundMs)];
    case "matrix-selector":
      return [readOf(expr.selector, aroundMs + expr.rangeMs)];
    case "subquery":
      return readsIn(expr.expr, begins(expr, aroundMs + expr.rangeMs));
    case "call":
      return expr.args.flatMap((argument) => readsIn(argument, aroundMs));
    case "aggregate":
      return [
        ...(expr.parameter === undefined ? [] : readsIn(expr.parameter, aroundMs)),
        ...readsIn(expr.expr, aroundMs),
      ];
    case "binary":
      return [...readsIn(expr.left, aroundMs), ...readsIn(expr.right, aroundMs)];
    case "unary":
    case "paren":
      return readsIn(expr.expr, aroundMs);
  }
}

const readOf = (selector: VectorSelector, backMs: number): SeriesRead => ({
  matchers: selector.matchers,
  reachMs: Math.max(0, begins(selector, backMs)),
});

/** `@ start()` and `@ end()` are the instant of the evaluation. */
const begins = ({ at, offsetMs }: Pick<VectorSelector, "at" | "offsetMs">, backMs: number): number =>
  at?.kind === "time" ? Infinity : backMs + offsetMs;

/** Series that a rule writes, each by the labels that are known beforehand; what templates give is not. */
export function seriesWrittenBy({ record, alert, labels }: RuleSpec, group: RuleGroupSpec): readonly Labels[] {
  const plain = Object.entries({ ...group.labels, ...labels }).filter(([, text]) => !text.includes("{{"));
  const own = Object.fromEntries(plain);
  if (record !== undefined) return [{ ...own, __name__: record }];
  return ["ALERTS", "ALERTS_FOR_STATE"].map((name) => ({ ...own, alertname: alert ?? "", __name__: name }));
}

/** Whether the selector can find a series of which these labels are known; it may bear any others. */
export const maySelect = ({ matchers }: SeriesRead, known: Labels): boolean =>
  matchers.every((matcher) => {
    const value = Object.hasOwn(known, matcher.name) ? known[matcher.name] : undefined;
    return value === undefined || compileMatcher(matcher)(value);
  });

/** By how much the rules of a group look at the past of their evaluation. */
export const queryOffsetMs = ({ query_offset: offset }: RuleGroupSpec): number => parseDurationMs(offset ?? "0s") ?? 0;
