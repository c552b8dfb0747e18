/**
 * What type an expression has before any span is known, and which operators take which types.
 * Source: grafana/tempo/pkg/traceql/enum_statics.go, enum_operators.go.
 */
import type { FieldExpression, FieldOperator, Intrinsic, ScalarExpression, Value } from "./ast.js";
import { ARITHMETIC, COMPARISONS } from "./vocabulary.js";

/** `attribute`: known only when a span is there. `parent`: is there or not, and nothing else. */
export type Type = Value["type"] | "attribute" | "parent";

const OF_INTRINSICS: Readonly<Record<Intrinsic, Type>> = {
  duration: "duration",
  childCount: "int",
  name: "string",
  status: "status",
  statusMessage: "string",
  kind: "kind",
  parent: "parent",
  rootName: "string",
  rootServiceName: "string",
  traceDuration: "duration",
  nestedSetLeft: "int",
  nestedSetRight: "int",
  nestedSetParent: "int",
  "trace:id": "string",
  "span:id": "string",
  "span:parentID": "string",
  "event:name": "string",
  "event:timeSinceStart": "duration",
  "link:traceID": "string",
  "link:spanID": "string",
  "instrumentation:name": "string",
  "instrumentation:version": "string",
};

export function typeOf(expression: FieldExpression): Type {
  switch (expression.kind) {
    case "literal":
      return expression.value.type;
    case "attribute":
      return "attribute";
    case "intrinsic":
      return OF_INTRINSICS[expression.intrinsic];
    case "unary":
      return typeOf(expression.operand);
    case "binary": {
      if (!ARITHMETIC.has(expression.operator)) return "boolean";
      const left = typeOf(expression.left);
      return left === "attribute" ? typeOf(expression.right) : left;
    }
  }
}

export function scalarType(expression: ScalarExpression): Type {
  switch (expression.kind) {
    case "literal":
      return expression.value.type;
    case "aggregate":
      return expression.of === undefined ? "int" : typeOf(expression.of);
    case "scalar-pipeline":
      return scalarType(expression.aggregate);
    case "scalars": {
      const left = scalarType(expression.left);
      return left === "attribute" ? scalarType(expression.right) : left;
    }
  }
}

export const isNumeric = (type: Type): boolean => type === "int" || type === "float" || type === "duration";

/** Whether values of two types can stand on the two sides of any operator. */
export function areComparable(left: Type, right: Type): boolean {
  if (left === "attribute" || right === "attribute" || left === right) return true;
  return (isNumeric(left) && isNumeric(right)) || left === "nil" || right === "nil";
}

export function takes(operator: FieldOperator, type: Type): boolean {
  switch (type) {
    case "attribute":
      return true;
    case "boolean":
      return operator === "&&" || operator === "||" || isEquality(operator);
    case "int":
    case "float":
    case "duration":
      return ARITHMETIC.has(operator) || COMPARISONS.has(operator);
    case "string":
      return COMPARISONS.has(operator) || operator === "=~" || operator === "!~";
    case "nil":
    case "status":
    case "kind":
    case "parent":
      return isEquality(operator);
  }
}

const isEquality = (operator: FieldOperator): boolean => operator === "=" || operator === "!=";

/** Whether the value of an expression can differ from span to span. */
export function refersToSpan(expression: FieldExpression): boolean {
  switch (expression.kind) {
    case "literal":
      return false;
    case "attribute":
    case "intrinsic":
      return true;
    case "unary":
      return refersToSpan(expression.operand);
    case "binary":
      return refersToSpan(expression.left) || refersToSpan(expression.right);
  }
}
