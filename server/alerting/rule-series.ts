/**
 * Which series the rules of a metrics server read and write, as far as their text tells: for each selector of an expression
 * how far back it reaches, and for each rule the labels that its series bear whatever its expression gives. Read from
 * the syntax tree, so names in strings, in matchers and in regular expressions are what they are.
 */
import type { Expr, VectorSelector } from "../query/promql/ast.js";
import { parseDurationMs } from "../query/promql/literals.js";
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

/** All selectors of an expression, in the order of its text; `aroundMs` is how far back it is evaluated itself. */
export function seriesReadIn(expr: Expr, aroundMs = 0): readonly SeriesRead[] {
  switch (expr.kind) {
    case "number":
    case "string":
      return [];
    case "vector-selector":
      return [readOf(expr, aroundMs)];
    case "matrix-selector":
      return [readOf(expr.selector, aroundMs + expr.rangeMs)];
    case "subquery":
      return seriesReadIn(expr.expr, begins(expr, aroundMs + expr.rangeMs));
    case "call":
      return expr.args.flatMap((argument) => seriesReadIn(argument, aroundMs));
    case "aggregate":
      return [
        ...(expr.parameter === undefined ? [] : seriesReadIn(expr.parameter, aroundMs)),
        ...seriesReadIn(expr.expr, aroundMs),
      ];
    case "binary":
      return [...seriesReadIn(expr.left, aroundMs), ...seriesReadIn(expr.right, aroundMs)];
    case "unary":
    case "paren":
      return seriesReadIn(expr.expr, aroundMs);
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
export function maySelect({ matchers }: SeriesRead, known: Labels): boolean {
  // Names first: they decide most, and an expression of another label need not be compiled.
  const isName = ({ name }: LabelMatcher): boolean => name === "__name__";
  const fits = (matcher: LabelMatcher): boolean => {
    const value = Object.hasOwn(known, matcher.name) ? known[matcher.name] : undefined;
    return value === undefined || compileMatcher(matcher)(value);
  };
  return matchers.filter(isName).every(fits) && matchers.every((matcher) => isName(matcher) || fits(matcher));
}

/** By how much the rules of a group look at the past of their evaluation. */
export const queryOffsetMs = ({ query_offset: offset }: RuleGroupSpec): number => parseDurationMs(offset ?? "0s") ?? 0;
