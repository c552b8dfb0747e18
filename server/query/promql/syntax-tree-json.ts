/** A syntax tree in the JSON of Prometheus's `parse_query`. Source: prometheus/web/api/v1/translate_ast.go. */
import { assert } from "../../base/assert.js";
import type { LabelMatcher } from "../../telemetry/metric-reader.js";
import type { AtModifier, Expr, VectorSelector } from "./ast.js";
import { typeOf } from "./check.js";
import { FUNCTION_SIGNATURES } from "./function-signatures.js";
import { formatValue } from "./literals.js";

export function jsonTree(expr: Expr): unknown {
  switch (expr.kind) {
    case "number":
      return { type: "numberLiteral", val: formatValue(expr.value) };
    case "string":
      return { type: "stringLiteral", val: expr.value };
    case "paren":
      return { type: "parenExpr", expr: jsonTree(expr.expr) };
    case "unary":
      return { type: "unaryExpr", op: expr.operator, expr: jsonTree(expr.expr) };
    case "vector-selector":
      return { type: "vectorSelector", ...selector(expr) };
    case "matrix-selector":
      return { type: "matrixSelector", range: expr.rangeMs, ...selector(expr.selector) };
    case "subquery":
      return {
        type: "subquery",
        expr: jsonTree(expr.expr),
        range: expr.rangeMs,
        step: expr.stepMs ?? 0,
        offset: expr.offsetMs,
        ...at(expr.at),
      };
    case "call":
      return { type: "call", func: signature(expr.name), args: expr.args.map(jsonTree) };
    case "aggregate":
      return {
        type: "aggregation",
        op: expr.operator,
        expr: jsonTree(expr.expr),
        param: expr.parameter === undefined ? null : jsonTree(expr.parameter),
        grouping: expr.grouping,
        without: expr.without,
      };
    case "binary": {
      const { cardinality, labels, on, include, fill } = expr.matching;
      const fillValues = { lhs: fill?.left ?? null, rhs: fill?.right ?? null };
      const vectors = typeOf(expr.left) === "vector" && typeOf(expr.right) === "vector";
      return {
        type: "binaryExpr",
        op: expr.operator,
        lhs: jsonTree(expr.left),
        rhs: jsonTree(expr.right),
        matching: vectors ? { card: cardinality, labels, on, include, fillValues } : null,
        bool: expr.returnBool,
      };
    }
  }
}

function selector({ name, matchers, offsetMs, at: modifier }: VectorSelector): object {
  return { name: name ?? "", matchers: matchers.map(matcher), offset: offsetMs, ...at(modifier) };
}

const matcher = ({ name, operator, value }: LabelMatcher): object => ({ name, type: operator, value });

function at(modifier: AtModifier | undefined): object {
  return {
    timestamp: modifier?.kind === "time" ? modifier.ms : null,
    startOrEnd: modifier === undefined || modifier.kind === "time" ? null : modifier.kind,
  };
}

function signature(name: string): object {
  const known = FUNCTION_SIGNATURES.get(name);
  assert(known !== undefined, `the checked call of ${name} has a signature`);
  return { name, argTypes: known.args, variadic: known.variadic, returnType: known.returns };
}
