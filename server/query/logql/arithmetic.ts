/** Operators between two numbers. Source: grafana/loki pkg/logql/syntax/ast.go, MergeBinOp: what is divided by zero is not a number. */
import type { BinaryOperator, Comparison } from "./ast.js";

type Arithmetic = (left: number, right: number) => number;

const ARITHMETIC: Readonly<Record<Exclude<BinaryOperator, Comparison | "or" | "and" | "unless">, Arithmetic>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => (right === 0 ? NaN : left / right),
  "%": (left, right) => (right === 0 ? NaN : left % right),
  "^": (left, right) => (left === 1 ? 1 : left ** right),
};

const COMPARISONS: Readonly<Record<Comparison, (left: number, right: number) => boolean>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  ">": (left, right) => left > right,
  "<": (left, right) => left < right,
  ">=": (left, right) => left >= right,
  "<=": (left, right) => left <= right,
};

/** Whether a comparison holds. */
export const holds = (operator: Comparison, left: number, right: number): boolean => COMPARISONS[operator](left, right);

/** The value of an operation; a comparison gives 0 or 1. */
export function combineNumbers(operator: BinaryOperator, left: number, right: number): number {
  if (operator in COMPARISONS) return COMPARISONS[operator as Comparison](left, right) ? 1 : 0;
  return ARITHMETIC[operator as keyof typeof ARITHMETIC](left, right);
}
