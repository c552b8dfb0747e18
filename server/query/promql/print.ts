/** Syntax tree to text, on one line, in Prometheus's own spelling. Printed text parses to the same tree. */
import {
  isComparison,
  type Aggregate,
  type AtModifier,
  type Binary,
  type Expr,
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
      return `${printSelector(expr)}${printModifiers(expr)}`;
    case "matrix-selector":
      return `${printSelector(expr.selector)}[${formatDurationMs(expr.rangeMs)}]${printModifiers(expr.selector)}`;
    case "subquery": {
      const step = expr.stepMs === undefined ? "" : formatDurationMs(expr.stepMs);
      return `${printExpr(expr.expr)}[${formatDurationMs(expr.rangeMs)}:${step}]${printModifiers(expr)}`;
    }
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
  const outside = name !== undefined && isPlainMetricName(name) ? name : "";
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

function printModifiers(target: { readonly offsetMs: number; readonly at: AtModifier | undefined }): string {
  const { at, offsetMs } = target;
  const atText = at === undefined ? "" : at.kind === "time" ? ` @ ${(at.ms / 1000).toFixed(3)}` : ` @ ${at.kind}()`;
  return `${atText}${offsetMs === 0 ? "" : ` offset ${formatDurationMs(offsetMs)}`}`;
}

function printAggregate(expr: Aggregate): string {
  const args = expr.parameter === undefined ? [expr.expr] : [expr.parameter, expr.expr];
  const body = `(${args.map(printExpr).join(", ")})`;
  if (expr.without) return `${expr.operator} without ${printLabels(expr.grouping)} ${body}`;
  return expr.grouping.length === 0
    ? `${expr.operator}${body}`
    : `${expr.operator} by ${printLabels(expr.grouping)} ${body}`;
}

/** Before a power the sign of +Inf would become an operator. */
function printLeft({ left, operator }: Binary): string {
  return operator === "^" && left.kind === "number" && left.value === Infinity ? "Inf" : printExpr(left);
}

function printBinary(expr: Binary): string {
  const bool = expr.returnBool && isComparison(expr.operator) ? " bool" : "";
  return `${printLeft(expr)} ${expr.operator}${bool}${printMatching(expr.matching)} ${printExpr(expr.right)}`;
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
