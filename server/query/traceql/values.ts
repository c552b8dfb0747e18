/** Values at work: comparison, arithmetic, order and text. Source: grafana/tempo/pkg/traceql/ast_execute.go, ast.go. */
import { formatShortest } from "../../base/go-format.js";
import { compileMatcher } from "../../telemetry/matcher.js";
import type { ArithmeticOperator, ComparisonOperator, FieldOperator, Value } from "./ast.js";
import { formatDurationNs } from "./duration-text.js";

export const NIL: Value = { type: "nil" };
export const TRUE: Value = { type: "boolean", value: true };
export const FALSE: Value = { type: "boolean", value: false };

/** An attribute's value as one of the language's; undefined and null are nil. */
export function valueOf(attribute: string | number | boolean | undefined | null): Value {
  if (attribute === undefined || attribute === null) return NIL;
  if (typeof attribute === "string") return { type: "string", value: attribute };
  if (typeof attribute === "boolean") return attribute ? TRUE : FALSE;
  return { type: Number.isInteger(attribute) ? "int" : "float", value: attribute };
}

export const isTrue = (value: Value): boolean => value.type === "boolean" && value.value;

/** The number that a value is; NaN for what is none. */
export const numberOf = (value: Value): number =>
  value.type === "int" || value.type === "float" || value.type === "duration" ? value.value : Number.NaN;

/** Values of different types are neither equal nor unequal; a missing one neither, except with `nil` itself. */
export function compareValues(operator: ComparisonOperator, left: Value, right: Value): boolean {
  if (left.type === "nil" || right.type === "nil") return false;
  const a = numberOf(left);
  const b = numberOf(right);
  if (!Number.isNaN(a) || !Number.isNaN(b))
    return COMPARE_NUMBERS[operator](a, b) && !Number.isNaN(a) && !Number.isNaN(b);
  if (left.type !== right.type) return false;
  const isEqual = left.value === right.value;
  if (operator === "=") return isEqual;
  if (operator === "!=") return !isEqual;
  if (left.type !== "string" || right.type !== "string") return false;
  const order = left.value < right.value ? -1 : isEqual ? 0 : 1;
  return COMPARE_NUMBERS[operator](order, 0);
}

export const COMPARE_NUMBERS: Readonly<Record<ComparisonOperator, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

/** Whole numbers stay whole, everything else becomes a float; what is no number gives nil. */
export function calculate(operator: ArithmeticOperator, left: Value, right: Value): Value {
  const a = numberOf(left);
  const b = numberOf(right);
  if (Number.isNaN(a) || Number.isNaN(b)) return NIL;
  const result = CALCULATE[operator](a, b);
  if (left.type !== "int" || right.type !== "int") return { type: "float", value: result };
  if (!Number.isFinite(result)) return NIL;
  return { type: "int", value: Math.trunc(result) };
}

const CALCULATE: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "^": (a, b) => a ** b,
};

export function negate(value: Value): Value {
  return value.type === "int" || value.type === "float" || value.type === "duration"
    ? { type: value.type, value: -value.value }
    : NIL;
}

/** `=~` and `!~` with a pattern that must match the whole text. */
export function compilePattern(operator: "=~" | "!~", pattern: string): (value: Value) => boolean {
  const matches = compileMatcher({ name: "", operator, value: pattern });
  return (value) => value.type === "string" && matches(value.value);
}

export const isComparison = (operator: FieldOperator): operator is ComparisonOperator =>
  Object.hasOwn(COMPARE_NUMBERS, operator);

/** Equal for equal values of one type, and for no others. */
export const keyOf = (value: Value): string => (value.type === "nil" ? "nil" : `${value.type}:${String(value.value)}`);

/** As it stands in labels. */
export function textOf(value: Value): string {
  if (value.type === "nil") return "nil";
  if (value.type === "duration") return formatDurationNs(value.value);
  if (value.type !== "float") return String(value.value);
  const text = formatShortest(value.value);
  return /[e.]/.test(text) ? text : `${text}.0`;
}
