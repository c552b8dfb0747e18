/**
 * Syntax tree of TraceQL. Every node knows its half-open character range in the query, so that errors can point.
 * Durations are nanoseconds, as everywhere in Tempo.
 */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

export type StatusName = "error" | "ok" | "unset";
export type KindName = "unspecified" | "internal" | "client" | "server" | "producer" | "consumer";

/** A value with its type: of a literal, of an attribute, of an expression. */
export type Value =
  | { readonly type: "nil" }
  | { readonly type: "int" | "float" | "duration"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "status"; readonly value: StatusName }
  | { readonly type: "kind"; readonly value: KindName };

export type Scope = "none" | "span" | "resource" | "event" | "link" | "instrumentation";

export type Intrinsic =
  | "duration"
  | "childCount"
  | "name"
  | "status"
  | "statusMessage"
  | "kind"
  | "parent"
  | "rootName"
  | "rootServiceName"
  | "traceDuration"
  | "nestedSetLeft"
  | "nestedSetRight"
  | "nestedSetParent"
  | "trace:id"
  | "span:id"
  | "span:parentID"
  | "event:name"
  | "event:timeSinceStart"
  | "link:traceID"
  | "link:spanID"
  | "instrumentation:name"
  | "instrumentation:version";

export interface Literal extends TextRange {
  readonly kind: "literal";
  readonly value: Value;
}

export interface AttributeField extends TextRange {
  readonly kind: "attribute";
  readonly scope: Scope;
  /** Of the parent span. */
  readonly ofParent: boolean;
  readonly name: string;
}

export interface IntrinsicField extends TextRange {
  readonly kind: "intrinsic";
  readonly intrinsic: Intrinsic;
  readonly ofParent: boolean;
}

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "^";
export type ComparisonOperator = "=" | "!=" | "<" | "<=" | ">" | ">=";
export type FieldOperator = ArithmeticOperator | ComparisonOperator | "=~" | "!~" | "&&" | "||";

export interface UnaryField extends TextRange {
  readonly kind: "unary";
  readonly operator: "-" | "!";
  readonly operand: FieldExpression;
}

export interface BinaryField extends TextRange {
  readonly kind: "binary";
  readonly operator: FieldOperator;
  readonly left: FieldExpression;
  readonly right: FieldExpression;
}

export type NamedField = AttributeField | IntrinsicField;
export type FieldExpression = Literal | NamedField | UnaryField | BinaryField;

/* Spansets */

/** `>` and its kin by what they say of the right side's spans: child, parent, descendant, ancestor, sibling of the left's. */
export type Relation = ">" | "<" | ">>" | "<<" | "~";
export type SpansetOperator = "&&" | "||" | Relation | `!${Relation}` | `&${Relation}`;

export interface SpansetFilter extends TextRange {
  readonly kind: "filter";
  readonly condition: FieldExpression;
}

export interface SpansetOperation extends TextRange {
  readonly kind: "spansets";
  readonly operator: SpansetOperator;
  readonly left: SpansetExpression;
  readonly right: SpansetExpression;
}

export interface SpansetPipeline extends TextRange {
  readonly kind: "pipeline";
  readonly stages: readonly Stage[];
}

export type SpansetExpression = SpansetFilter | SpansetOperation | SpansetPipeline;

/* Scalars: one value for each spanset */

export type AggregateOperator = "count" | "max" | "min" | "avg" | "sum";

export interface Aggregate extends TextRange {
  readonly kind: "aggregate";
  readonly operator: AggregateOperator;
  /** Undefined for `count()` alone. */
  readonly of: FieldExpression | undefined;
}

export interface ScalarOperation extends TextRange {
  readonly kind: "scalars";
  readonly operator: ArithmeticOperator;
  readonly left: ScalarExpression;
  readonly right: ScalarExpression;
}

/** A pipeline of its own that ends in an aggregate. */
export interface ScalarPipeline extends TextRange {
  readonly kind: "scalar-pipeline";
  readonly stages: readonly Stage[];
  readonly aggregate: Aggregate;
}

export type ScalarExpression = Literal | Aggregate | ScalarOperation | ScalarPipeline;

export interface ScalarFilter extends TextRange {
  readonly kind: "scalar-filter";
  readonly operator: ComparisonOperator;
  readonly left: ScalarExpression;
  readonly right: ScalarExpression;
}

/* Pipelines */

export interface GroupStage extends TextRange {
  readonly kind: "by";
  readonly by: FieldExpression;
}

export interface CoalesceStage extends TextRange {
  readonly kind: "coalesce";
}

export interface SelectStage extends TextRange {
  readonly kind: "select";
  readonly fields: readonly NamedField[];
}

export type Stage = SpansetExpression | ScalarFilter | GroupStage | CoalesceStage | SelectStage;

/* Metrics */

export type OverTime = "min_over_time" | "max_over_time" | "avg_over_time" | "sum_over_time";

export type MetricsFunction =
  | { readonly kind: "rate" | "count_over_time" }
  | { readonly kind: OverTime | "histogram_over_time"; readonly of: NamedField }
  | { readonly kind: "quantile_over_time"; readonly of: NamedField; readonly quantiles: readonly number[] }
  | {
      readonly kind: "compare";
      readonly selection: SpansetFilter;
      readonly topN: number;
      /** Nanoseconds since the epoch; undefined for the whole range of the query. */
      readonly fromNs: number | undefined;
      readonly toNs: number | undefined;
    };

export type SecondStage =
  | { readonly kind: "topk" | "bottomk"; readonly count: number }
  | { readonly kind: "compare-value"; readonly operator: ComparisonOperator; readonly value: number };

export interface MetricsQuery extends TextRange {
  readonly kind: "metrics";
  readonly stages: readonly Stage[];
  readonly function: MetricsFunction;
  readonly by: readonly NamedField[];
  readonly then: readonly SecondStage[];
}

/** Arithmetic between two metrics queries, series by series. */
export interface MetricsOperation extends TextRange {
  readonly kind: "metrics-operation";
  readonly operator: "+" | "-" | "*" | "/";
  readonly left: MetricsExpression;
  readonly right: MetricsExpression;
  readonly then: readonly SecondStage[];
}

export type MetricsExpression = MetricsQuery | MetricsOperation;

export interface Hint {
  readonly name: string;
  readonly value: Value;
}

export type Query =
  | { readonly kind: "search"; readonly stages: readonly Stage[]; readonly hints: readonly Hint[] }
  | { readonly kind: "range"; readonly metrics: MetricsExpression; readonly hints: readonly Hint[] };
