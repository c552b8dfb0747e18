/**
 * Syntax tree of PromQL. Every node knows its half-open character range in the query, so that errors and annotations
 * can point. Modifiers (`offset`, `@`) sit on the selector or subquery they belong to, durations are whole milliseconds.
 */
import type { LabelMatcher } from "../../telemetry/metric-reader.js";

export interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** The instant that `@` names: a fixed time, or the first or last instant of the evaluation. */
export type AtModifier =
  { readonly kind: "time"; readonly ms: number } | { readonly kind: "start" } | { readonly kind: "end" };

export interface NumberLiteral extends TextRange {
  readonly kind: "number";
  readonly value: number;
}

export interface StringLiteral extends TextRange {
  readonly kind: "string";
  readonly value: string;
}

export interface VectorSelector extends TextRange {
  readonly kind: "vector-selector";
  /** The name as written before the braces, or quoted inside them. It is also among the matchers. */
  readonly name: string | undefined;
  readonly matchers: readonly LabelMatcher[];
  readonly offsetMs: number;
  readonly at: AtModifier | undefined;
  /** Samples beyond the range count too: up to the lookback before it, for `smoothed` behind it as well. */
  readonly extension?: RangeExtension;
}

export type RangeExtension = "anchored" | "smoothed";

export interface MatrixSelector extends TextRange {
  readonly kind: "matrix-selector";
  readonly selector: VectorSelector;
  readonly rangeMs: number;
}

export interface Subquery extends TextRange {
  readonly kind: "subquery";
  readonly expr: Expr;
  readonly rangeMs: number;
  /** Undefined: the default resolution of the evaluation. */
  readonly stepMs: number | undefined;
  readonly offsetMs: number;
  readonly at: AtModifier | undefined;
}

export interface Call extends TextRange {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Expr[];
}

export interface Aggregate extends TextRange {
  readonly kind: "aggregate";
  readonly operator: AggregateOperator;
  readonly parameter: Expr | undefined;
  readonly expr: Expr;
  readonly without: boolean;
  /** Labels of `by` or `without`, as written. */
  readonly grouping: readonly string[];
}

export interface Binary extends TextRange {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
  /** The operator with its modifiers, for what is said of them. */
  readonly operatorRange: TextRange;
}

export interface Unary extends TextRange {
  readonly kind: "unary";
  readonly operator: "+" | "-";
  readonly expr: Expr;
}

export interface Paren extends TextRange {
  readonly kind: "paren";
  readonly expr: Expr;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregate
  | Binary
  | Unary
  | Paren;

export type AggregateOperator =
  | "sum"
  | "avg"
  | "min"
  | "max"
  | "count"
  | "group"
  | "stddev"
  | "stdvar"
  | "topk"
  | "bottomk"
  | "quantile"
  | "count_values"
  | "limitk"
  | "limit_ratio";

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "^" | "atan2";
export type ComparisonOperator = "==" | "!=" | ">" | "<" | ">=" | "<=";
export type SetOperator = "and" | "or" | "unless";
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;

/** How the series of two sides find each other. Meaningless while a side is a scalar. */
export interface VectorMatching {
  readonly cardinality: "one-to-one" | "many-to-one" | "one-to-many" | "many-to-many";
  /** True for `on`, false for `ignoring` and for no clause. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels that `group_left` or `group_right` copies from the side of one. */
  readonly include: readonly string[];
  /** Values that stand for series without a partner; absent where there is no `fill`. */
  readonly fill?: FillValues;
}

/** What `fill`, `fill_left` and `fill_right` say. */
export interface FillValues {
  readonly left?: number;
  readonly right?: number;
}

export type ValueType = "scalar" | "vector" | "matrix" | "string";

const COMPARISON_OPERATORS: ReadonlySet<string> = new Set(["==", "!=", ">", "<", ">=", "<="]);
const SET_OPERATORS: ReadonlySet<string> = new Set(["and", "or", "unless"]);

export function isComparison(operator: BinaryOperator): operator is ComparisonOperator {
  return COMPARISON_OPERATORS.has(operator);
}

export function isSetOperator(operator: BinaryOperator): operator is SetOperator {
  return SET_OPERATORS.has(operator);
}

/** The expression inside any number of parentheses. */
export function withoutParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === "paren") inner = inner.expr;
  return inner;
}
