/** Syntax tree of LogQL. Every node knows its place in the text, half open. Source: grafana/loki pkg/logql/syntax/ast.go. */
import type { LabelMatcher } from "../../telemetry/metric-reader.js";

export interface TextRange {
  readonly from: number;
  readonly to: number;
}

export type Expr = LogSelector | MetricExpr;

export type MetricExpr = RangeAggregation | VectorAggregation | Binary | Literal | VectorLiteral | LabelReplace;

/** `{app="cart"} |= "failed" | json`. */
export interface LogSelector extends TextRange {
  readonly kind: "log";
  readonly matchers: readonly LabelMatcher[];
  readonly stages: readonly Stage[];
}

export type Stage =
  LineFilter | FieldParser | LabelFilterStage | LineFormat | LabelFormat | Decolorize | DropOrKeep | Distinct;

export type LineFilterOperator = "|=" | "!=" | "|~" | "!~" | "|>" | "!>";

/** One text after a line filter, in quotes or in `ip("…")`. */
export interface LinePattern {
  readonly text: string;
  readonly isIp: boolean;
}

/** A line passes when one alternative matches; with a negative operator when none does. */
export interface LineFilter extends TextRange {
  readonly kind: "line-filter";
  readonly operator: LineFilterOperator;
  readonly alternatives: readonly LinePattern[];
}

/** `label="path"`; the path is the label's own name where none is written. */
export interface Extraction {
  readonly label: string;
  readonly path: string;
}

export type FieldParser =
  | ({ readonly kind: "json"; readonly extractions: readonly Extraction[] } & TextRange)
  | ({
      readonly kind: "logfmt";
      readonly strict: boolean;
      readonly keepEmpty: boolean;
      readonly extractions: readonly Extraction[];
    } & TextRange)
  | ({ readonly kind: "regexp" | "pattern"; readonly expression: string } & TextRange)
  | ({ readonly kind: "unpack" } & TextRange);

export interface LabelFilterStage extends TextRange {
  readonly kind: "label-filter";
  readonly filter: LabelFilter;
}

export type Comparison = "==" | "!=" | ">" | ">=" | "<" | "<=";

export type LabelFilter =
  | { readonly kind: "and" | "or"; readonly left: LabelFilter; readonly right: LabelFilter }
  | { readonly kind: "match"; readonly matcher: LabelMatcher }
  | { readonly kind: "ip"; readonly name: string; readonly negated: boolean; readonly pattern: string }
  /** `value`: a number, nanoseconds or bytes. */
  | {
      readonly kind: "number" | "duration" | "bytes";
      readonly name: string;
      readonly operator: Comparison;
      readonly value: number;
    };

export interface LineFormat extends TextRange {
  readonly kind: "line-format";
  readonly template: string;
}

export interface LabelFormatItem {
  readonly label: string;
  /** A template, or the label that is renamed. */
  readonly source: { readonly kind: "template" | "rename"; readonly text: string };
}

export interface LabelFormat extends TextRange {
  readonly kind: "label-format";
  readonly items: readonly LabelFormatItem[];
}

export interface Decolorize extends TextRange {
  readonly kind: "decolorize";
}

/** Labels by name, or by name where the value matches. */
export interface NamedLabel {
  readonly name: string;
  readonly matcher: LabelMatcher | undefined;
}

export interface DropOrKeep extends TextRange {
  readonly kind: "drop" | "keep";
  readonly labels: readonly NamedLabel[];
}

export interface Distinct extends TextRange {
  readonly kind: "distinct";
  readonly labels: readonly string[];
}

export type Conversion = "none" | "bytes" | "duration" | "duration_seconds";

export interface Unwrap extends TextRange {
  readonly label: string;
  readonly conversion: Conversion;
  readonly filters: readonly LabelFilter[];
}

export interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}

export interface LogRange extends TextRange {
  readonly selector: LogSelector;
  readonly rangeMs: number;
  readonly offsetMs: number;
  readonly unwrap: Unwrap | undefined;
}

export const RANGE_OPERATORS = [
  "count_over_time",
  "rate",
  "rate_counter",
  "bytes_over_time",
  "bytes_rate",
  "avg_over_time",
  "sum_over_time",
  "min_over_time",
  "max_over_time",
  "stdvar_over_time",
  "stddev_over_time",
  "quantile_over_time",
  "first_over_time",
  "last_over_time",
  "absent_over_time",
] as const;
export type RangeOperator = (typeof RANGE_OPERATORS)[number];

export const VECTOR_OPERATORS = [
  "sum",
  "avg",
  "count",
  "max",
  "min",
  "stddev",
  "stdvar",
  "bottomk",
  "topk",
  "sort",
  "sort_desc",
  "approx_topk",
] as const;
export type VectorOperator = (typeof VECTOR_OPERATORS)[number];

export interface RangeAggregation extends TextRange {
  readonly kind: "range-aggregation";
  readonly operator: RangeOperator;
  readonly range: LogRange;
  readonly parameter: number | undefined;
  readonly grouping: Grouping | undefined;
}

export interface VectorAggregation extends TextRange {
  readonly kind: "vector-aggregation";
  readonly operator: VectorOperator;
  readonly expr: MetricExpr;
  readonly parameter: number | undefined;
  readonly grouping: Grouping | undefined;
}

export type BinaryOperator =
  "or" | "and" | "unless" | "+" | "-" | "*" | "/" | "%" | "^" | "==" | "!=" | ">" | ">=" | "<" | "<=";

export interface VectorMatching {
  readonly cardinality: "one-to-one" | "many-to-one" | "one-to-many";
  readonly on: boolean;
  /** Undefined where neither `on` nor `ignoring` is written. */
  readonly labels: readonly string[] | undefined;
  readonly include: readonly string[];
}

export interface Binary extends TextRange {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: MetricExpr;
  readonly right: MetricExpr;
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
}

export interface Literal extends TextRange {
  readonly kind: "literal";
  readonly value: number;
}

export interface VectorLiteral extends TextRange {
  readonly kind: "vector";
  readonly value: number;
}

export interface LabelReplace extends TextRange {
  readonly kind: "label-replace";
  readonly expr: MetricExpr;
  readonly target: string;
  readonly replacement: string;
  readonly source: string;
  readonly regex: string;
}

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", ">", ">=", "<", "<="]);
const SET_OPERATORS: ReadonlySet<string> = new Set(["or", "and", "unless"]);

export const isComparison = (operator: string): operator is Comparison => COMPARISONS.has(operator);
export const isSetOperator = (operator: string): operator is "or" | "and" | "unless" => SET_OPERATORS.has(operator);
