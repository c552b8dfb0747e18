/** Syntax tree to text, on one line, in Prometheus's own spelling. Printed text parses to the same tree. */
import {
  isComparison,
  type Aggregate,
  type AtModifier,
  type Binary,
  type Expr,
  type Subquery,
  type VectorMatching,
  type VectorSelector,
} from "./ast.js";
import { formatDurationMs, formatNumber, isPlainLabelName, isPlainMetricName, quote } from "./literals.js";
import type { LabelMatcher } from "../../telemetry/metric-reader.js";

/** The canonical text of `expr`. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case "number":
      return formatNumber(expr.value);
    case "string":
      return quote(expr.value);
    case "paren":
      return `(${printExpr(expr.expr)})`;
    case "unary":
      return `${expr.operator}${printExpr(expr.expr)}`;
    case "vector-selector":
      return `${printSelector(expr)}${printExtension(expr)}${printModifiers(expr)}`;
    case "matrix-selector":
      return `${printSelector(expr.selector)}[${formatDurationMs(expr.rangeMs)}]${printExtension(expr.selector)}${printModifiers(expr.selector)}`;
    case "subquery":
      return `${printExpr(expr.expr)}${printSubqueryRange(expr)}`;
    case "call":
      return `${expr.name}(${expr.args.map(printExpr).join(", ")})`;
    case "aggregate":
      return printAggregate(expr);
    case "binary":
      return printBinary(expr);
  }
}

function printSelector(selector: VectorSelector): string {
  const { name } = selector;
  // Beside a name in front of the braces there can be no other one in them.
  const alone = selector.matchers.filter((matcher) => matcher.name === "__name__").length < 2;
  const outside = name !== undefined && alone && isPlainMetricName(name) ? name : "";
  const inside: string[] = name !== undefined && outside === "" ? [quote(name)] : [];
  // The first matcher is the name again.
  for (const matcher of name === undefined ? selector.matchers : selector.matchers.slice(1))
    inside.push(printMatcher(matcher));
  return inside.length === 0 && outside !== "" ? outside : `${outside}{${inside.join(",")}}`;
}

const printMatcher = (matcher: LabelMatcher): string =>
  `${printLabel(matcher.name)}${matcher.operator}${quote(matcher.value)}`;
const printLabel = (name: string): string => (isPlainLabelName(name) ? name : quote(name));
const printLabels = (names: readonly string[]): string => `(${names.map(printLabel).join(", ")})`;

/** What stands behind the expression of a subquery. */
export function printSubqueryRange(expr: Subquery): string {
  const step = expr.stepMs === undefined ? "" : formatDurationMs(expr.stepMs);
  return `[${formatDurationMs(expr.rangeMs)}:${step}]${printModifiers(expr)}`;
}

const printExtension = ({ extension }: VectorSelector): string => (extension === undefined ? "" : ` ${extension}`);

function printModifiers(target: { readonly offsetMs: number; readonly at: AtModifier | undefined }): string {
  const { at, offsetMs } = target;
  const atText = at === undefined ? "" : at.kind === "time" ? ` @ ${(at.ms / 1000).toFixed(3)}` : ` @ ${at.kind}()`;
  return `${atText}${offsetMs === 0 ? "" : ` offset ${formatDurationMs(offsetMs)}`}`;
}

function printAggregate(expr: Aggregate): string {
  const args = expr.parameter === undefined ? [expr.expr] : [expr.parameter, expr.expr];
  return `${printAggregateHead(expr)}(${args.map(printExpr).join(", ")})`;
}

/** What stands before the parentheses of an aggregation. */
export function printAggregateHead({ operator, without, grouping }: Aggregate): string {
  if (without) return `${operator} without ${printLabels(grouping)} `;
  return grouping.length === 0 ? operator : `${operator} by ${printLabels(grouping)} `;
}

/** An operator with `bool` and its matching. */
export function printOperator({ operator, returnBool, matching }: Binary): string {
  return `${operator}${returnBool && isComparison(operator) ? " bool" : ""}${printMatching(matching)}${printFill(matching)}`;
}

function printFill({ fill }: VectorMatching): string {
  const { left, right } = fill ?? {};
  const say = (word: string, value: number | undefined): string =>
    value === undefined ? "" : ` ${word} (${formatNumber(value)})`;
  if (Object.is(left, right)) return say("fill", left);
  return say("fill_left", left) + say("fill_right", right);
}

/** Before a power the sign of +Inf would become an operator. */
function printLeft({ left, operator }: Binary): string {
  return operator === "^" && left.kind === "number" && left.value === Infinity ? "Inf" : printExpr(left);
}

function printBinary(expr: Binary): string {
  return `${printLeft(expr)} ${printOperator(expr)} ${printExpr(expr.right)}`;
}

function printMatching(matching: VectorMatching): string {
  const grouped =
    matching.cardinality === "many-to-one"
      ? "group_left"
      : matching.cardinality === "one-to-many"
        ? "group_right"
        : undefined;
  if (!matching.on && matching.labels.length === 0 && grouped === undefined) return "";
  const clause = ` ${matching.on ? "on" : "ignoring"} ${printLabels(matching.labels)}`;
  return grouped === undefined ? clause : `${clause} ${grouped} ${printLabels(matching.include)}`;
}
