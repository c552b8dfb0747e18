/** Syntax tree to text over several lines, where one would be too long. Source: prometheus/promql/parser/prettier.go. */
import type { Expr } from "./ast.js";
import { printAggregateHead, printExpr, printOperator, printSubqueryRange } from "./print.js";

/** Characters that a part may have and stay on one line. */
const LINE_LENGTH = 100;

/** The text of `expr`, long parts broken and indented. It parses to the same tree. */
export function prettyExpr(expr: Expr): string {
  return pretty(expr, 0);
}

const indent = (level: number): string => "  ".repeat(level);

function pretty(expr: Expr, level: number): string {
  const line = printExpr(expr);
  return line.length <= LINE_LENGTH ? indent(level) + line : broken(expr, level, line);
}

function broken(expr: Expr, level: number, line: string): string {
  const inside = (parts: readonly Expr[]): string =>
    `(\n${parts.map((part) => pretty(part, level + 1)).join(",\n")}\n${indent(level)})`;
  switch (expr.kind) {
    case "aggregate":
      return `${indent(level)}${printAggregateHead(expr)}${inside(
        expr.parameter === undefined ? [expr.expr] : [expr.parameter, expr.expr],
      )}`;
    case "binary":
      return `${pretty(expr.left, level + 1)}\n${indent(level)}${printOperator(expr)}\n${pretty(expr.right, level + 1)}`;
    case "call":
      return expr.args.length === 0 ? indent(level) + line : `${indent(level)}${expr.name}${inside(expr.args)}`;
    case "paren":
      return `${indent(level)}${inside([expr.expr])}`;
    case "subquery":
      return `${pretty(expr.expr, level)}${printSubqueryRange(expr)}`;
    case "unary":
      return `${indent(level)}${expr.operator}${pretty(expr.expr, level).trim()}`;
    default:
      return indent(level) + line;
  }
}
