/**
 * Text to tree. Recursive descent with operator ranks over the words of `tokens.ts`. What stands in parentheses may be
 * spansets, a pipeline, a value for each spanset or a metrics query; each is parsed as what it turns out to be, and the
 * operators around it say if it fits. Source of the grammar: grafana/tempo/pkg/traceql/expr.y.
 */
import { failure, type Result, success } from "../../base/result.js";
import type {
  Aggregate,
  ArithmeticOperator,
  ComparisonOperator,
  Hint,
  MetricsExpression,
  Query,
  ScalarExpression,
  ScalarFilter,
  SpansetExpression,
  SpansetOperator,
  Stage,
  TextRange,
} from "./ast.js";
import { checkQuery } from "./check.js";
import { TraceqlError } from "./errors.js";
import { literalValue, parseField, parseNamedField } from "./parse-field.js";
import { isMetricsFunction, parseMetricsFunction, parseSecondStages } from "./parse-metrics.js";
import { TokenReader } from "./token-reader.js";
import {
  AGGREGATES,
  ARITHMETIC,
  COMPARISONS,
  RANK_AND,
  RANK_COMPARE,
  RANK_POWER,
  rankOf,
  SPANSET_OPERATORS,
} from "./vocabulary.js";

/** Characters of a query. */
const QUERY_CHARACTERS_MAX = 128 * 1024;

/** What a part of a query turned out to be. */
type Part =
  | { readonly kind: "spansets"; readonly expression: SpansetExpression }
  /** Pipelines in parentheses, alone or combined: they combine among themselves only. */
  | { readonly kind: "pipelines"; readonly expression: SpansetExpression }
  | { readonly kind: "scalar"; readonly expression: ScalarExpression }
  | { readonly kind: "scalar-pipelines"; readonly expression: ScalarExpression }
  | { readonly kind: "filter"; readonly expression: ScalarFilter }
  | { readonly kind: "pipelines-filter"; readonly expression: ScalarFilter }
  | { readonly kind: "metrics"; readonly expression: MetricsExpression };

type FirstPart = Part | { readonly kind: "stage"; readonly stage: Stage };

/** A query whose types fit as well, or what is wrong with it. */
export function parseTraceql(query: string): Result<Query, TraceqlError> {
  try {
    const parsed = parseQuery(query);
    checkQuery(parsed, query);
    return success(parsed);
  } catch (error) {
    if (error instanceof TraceqlError) return failure(error);
    throw error;
  }
}

function parseQuery(query: string): Query {
  if (query.length > QUERY_CHARACTERS_MAX) {
    const range = { from: QUERY_CHARACTERS_MAX, to: query.length };
    throw new TraceqlError(`query has more than ${String(QUERY_CHARACTERS_MAX)} characters`, query, range, "syntax");
  }
  const reader = new TokenReader(query);
  const parser = new Parser(reader);
  const body = parser.parseBody();
  const hints = parseHints(reader);
  if (reader.token.kind !== "end") throw reader.unexpected("with");
  if (body.kind === "metrics") return { kind: "range", metrics: body.expression, hints };
  return { kind: "search", stages: body.stages, hints };
}

type Body =
  | { readonly kind: "stages"; readonly stages: readonly Stage[] }
  | { readonly kind: "scalar"; readonly stages: readonly Stage[]; readonly aggregate: Aggregate }
  | { readonly kind: "metrics"; readonly expression: MetricsExpression };

class Parser {
  constructor(readonly reader: TokenReader) {}

  /** The whole of a query, without its hints. */
  parseBody(): Exclude<Body, { kind: "scalar" }> {
    const { reader } = this;
    const { from } = reader.token;
    const first = this.#firstPart();
    if (first.kind === "metrics") return first;
    const body = this.#pipelineFrom(first, from);
    if (body.kind === "scalar") throw reader.unexpected();
    return body;
  }

  /** The first stage; `by` and `select` may be it, `coalesce` may not. */
  #firstPart(): FirstPart {
    const stage = this.reader.is("coalesce") ? undefined : this.#namedStage();
    return stage === undefined ? this.#parts(RANK_AND) : { kind: "stage", stage };
  }

  #pipelineFrom(first: FirstPart, from: number): Body {
    const { reader } = this;
    const stages: Stage[] = [this.#stageOf(first)];
    const alone = first.kind === "pipelines" || first.kind === "pipelines-filter";
    while (!alone && reader.take("|")) {
      if (isMetricsFunction(reader)) {
        const metrics = parseMetricsFunction(reader, stages, from, () => this.#filter());
        return { kind: "metrics", expression: metrics };
      }
      const named = this.#namedStage();
      if (named !== undefined) {
        stages.push(named);
        continue;
      }
      const part = this.#parts(RANK_AND);
      if (part.kind === "scalar" && part.expression.kind === "aggregate" && reader.is(")")) {
        return { kind: "scalar", stages, aggregate: part.expression };
      }
      if (part.kind !== "spansets" && part.kind !== "filter") throw reader.unexpected();
      stages.push(part.expression);
    }
    return { kind: "stages", stages };
  }

  #stageOf(part: FirstPart): Stage {
    if (part.kind === "stage") return part.stage;
    if (part.kind === "scalar" || part.kind === "scalar-pipelines" || part.kind === "metrics") {
      throw this.reader.unexpected();
    }
    return part.expression;
  }

  /** `by(…)`, `coalesce()` and `select(…)`; undefined and nothing read where there is none. */
  #namedStage(): Stage | undefined {
    const { reader } = this;
    const { token } = reader;
    if (token.kind !== "word") return undefined;
    if (reader.take("by")) {
      reader.expect("(");
      const by = parseField(reader);
      reader.close(")");
      return { kind: "by", by, from: token.from, to: reader.lastTo };
    }
    if (reader.take("coalesce")) {
      reader.expect("(");
      reader.expect(")");
      return { kind: "coalesce", from: token.from, to: reader.lastTo };
    }
    if (!reader.take("select")) return undefined;
    reader.expect("(");
    const fields = [parseNamedField(reader)];
    while (reader.take(",")) fields.push(parseNamedField(reader));
    reader.closeList();
    return { kind: "select", fields, from: token.from, to: reader.lastTo };
  }

  /** `beside`: what stands on the other side of an operator, and so must stand here. */
  #parts(rankMin: number, beside?: Part["kind"]): Part {
    const { reader } = this;
    return reader.nested(() => {
      let left = this.#operand(beside);
      for (;;) {
        const { token } = reader;
        const rank = token.kind === "symbol" ? rankOf(token.text) : undefined;
        if (rank === undefined || rank < rankMin || token.text === "=~") return left;
        const combined = this.#combine(left, token.text, rank);
        if (combined === undefined) return left;
        left = combined;
      }
    });
  }

  /** Undefined: the operator cannot follow such a part, and was not read. */
  #combine(left: Part, symbol: string, rank: number): Part | undefined {
    const { reader } = this;
    const operator = reader.token;
    if (!mayFollow(left, symbol)) {
      if (isWhole(left)) return undefined;
      throw reader.unexpected();
    }
    reader.next();
    const at = reader.token;
    const right =
      left.kind === "scalar-pipelines" && COMPARISONS.has(symbol) && literalValue(at) !== undefined
        ? this.#literalPart()
        : this.#parts(rank === RANK_POWER ? rank : rank + 1, left.kind);
    const range = { from: left.expression.from, to: right.expression.to };
    const combined = combineParts(left, symbol, right, range);
    if (combined === undefined) throw reader.error(mismatch(symbol), operator);
    return combined;
  }

  #literalPart(): Part {
    const token = this.reader.next();
    const value = literalValue(token) ?? { type: "nil" };
    return { kind: "scalar", expression: { kind: "literal", value, from: token.from, to: token.to } };
  }

  #operand(beside?: Part["kind"]): Part {
    const { reader } = this;
    const { token } = reader;
    if (reader.is("(")) return this.#parenthesized(beside);
    if (beside === "pipelines") throw reader.unexpected("(");
    if (reader.is("{")) return { kind: "spansets", expression: this.#filter() };
    if (beside === "spansets") throw reader.unexpected("{ or (");
    if (token.kind === "integer" || token.kind === "float" || token.kind === "duration") return this.#literalPart();
    if (reader.is("-")) return this.#negative();
    const operator = token.kind === "word" ? AGGREGATES.get(token.text) : undefined;
    if (operator === undefined) throw reader.unexpected();
    reader.next();
    reader.expect("(");
    const of = operator === "count" ? undefined : parseField(reader);
    if (of === undefined) reader.expect(")");
    else reader.close(")");
    return { kind: "scalar", expression: { kind: "aggregate", operator, of, from: token.from, to: reader.lastTo } };
  }

  #negative(): Part {
    const { from } = this.reader.next();
    const { token } = this.reader;
    if (token.kind !== "integer" && token.kind !== "float" && token.kind !== "duration") throw this.reader.unexpected();
    this.reader.next();
    const value = { type: token.kind === "integer" ? ("int" as const) : token.kind, value: -token.value };
    return { kind: "scalar", expression: { kind: "literal", value, from, to: token.to } };
  }

  #filter(): Extract<SpansetExpression, { kind: "filter" }> {
    const { reader } = this;
    const { from } = reader.token;
    reader.expect("{");
    if (reader.take("}")) {
      const condition = { kind: "literal" as const, value: { type: "boolean" as const, value: true }, from, to: from };
      return { kind: "filter", condition, from, to: reader.lastTo };
    }
    const condition = parseField(reader);
    reader.close("}");
    return { kind: "filter", condition, from, to: reader.lastTo };
  }

  /** Whatever stands in parentheses at the level of spansets. */
  #parenthesized(beside?: Part["kind"]): Part {
    const { reader } = this;
    const { from } = reader.next();
    const first = beside === "spansets" ? this.#parts(RANK_AND, beside) : this.#firstPart();
    if (first.kind !== "stage" && first.kind !== "spansets" && first.kind !== "filter")
      return this.#closed(first, from);
    if (first.kind === "spansets" && (beside === "spansets" || (beside !== "pipelines" && reader.is(")"))))
      return this.#closed(first, from);
    const body = this.#pipelineFrom(first, first.kind === "stage" ? first.stage.from : first.expression.from);
    if (!reader.take(")")) throw reader.unexpected(") or |");
    const range = { from, to: reader.lastTo };
    if (body.kind === "metrics")
      return this.#withSecondStages({ kind: "metrics", expression: { ...body.expression, ...range } });
    if (body.kind === "stages") {
      return { kind: "pipelines", expression: { kind: "pipeline", stages: body.stages, ...range } };
    }
    const expression = { kind: "scalar-pipeline" as const, stages: body.stages, aggregate: body.aggregate, ...range };
    return { kind: "scalar-pipelines", expression };
  }

  #closed(part: Part, from: number): Part {
    this.reader.close(")");
    return this.#withSecondStages(withRange(part, { from, to: this.reader.lastTo }));
  }

  /** `(…) | topk(3)` over a metrics query in parentheses. */
  #withSecondStages(part: Part): Part {
    if (part.kind !== "metrics") return part;
    const then = parseSecondStages(this.reader);
    return { kind: "metrics", expression: { ...part.expression, then: [...part.expression.then, ...then] } };
  }
}

/** The same part over the range of its parentheses. The spread keeps the kind of node. */
const withRange = (part: Part, range: TextRange): Part =>
  ({ ...part, expression: { ...part.expression, ...range } }) as Part;

/** Which operators can follow which part. */
function mayFollow(left: Part, symbol: string): boolean {
  switch (left.kind) {
    case "spansets":
    case "pipelines":
      return SPANSET_OPERATORS.has(symbol);
    case "scalar":
    case "scalar-pipelines":
      return ARITHMETIC.has(symbol) || COMPARISONS.has(symbol);
    case "metrics":
      return METRICS_OPERATORS.has(symbol);
    case "filter":
    case "pipelines-filter":
      return false;
  }
}

/** Whether a query may end with it. */
const isWhole = ({ kind }: Part): boolean => kind !== "scalar" && kind !== "scalar-pipelines";

const METRICS_OPERATORS: ReadonlySet<string> = new Set(["+", "-", "*", "/"]);

const mismatch = (symbol: string): string => `syntax error: unexpected ${symbol}`;

function combineParts(left: Part, symbol: string, right: Part, range: TextRange): Part | undefined {
  if ((left.kind === "spansets" || left.kind === "pipelines") && right.kind === left.kind) {
    const operator = symbol as SpansetOperator;
    const expression = {
      kind: "spansets" as const,
      operator,
      left: left.expression,
      right: right.expression,
      ...range,
    };
    return { kind: left.kind, expression };
  }
  if (left.kind === "metrics" && right.kind === "metrics") {
    const operator = symbol as "+" | "-" | "*" | "/";
    const sides = { left: left.expression, right: right.expression };
    return { kind: "metrics", expression: { kind: "metrics-operation", operator, ...sides, then: [], ...range } };
  }
  return combineScalars(left, symbol, right, range);
}

function combineScalars(left: Part, symbol: string, right: Part, range: TextRange): Part | undefined {
  if (left.kind !== "scalar" && left.kind !== "scalar-pipelines") return undefined;
  if (right.kind !== "scalar" && right.kind !== "scalar-pipelines") return undefined;
  const sides = { left: left.expression, right: right.expression, ...range };
  const isPipelines = left.kind === "scalar-pipelines";
  if (rankOf(symbol) === RANK_COMPARE) {
    if (!isPipelines && right.kind !== "scalar") return undefined;
    // A pipeline's value is compared with another's, or with a single literal.
    if (isPipelines && right.kind === "scalar" && right.expression.kind !== "literal") return undefined;
    const operator = symbol as ComparisonOperator;
    const expression: ScalarFilter = { kind: "scalar-filter", operator, ...sides };
    return { kind: isPipelines ? "pipelines-filter" : "filter", expression };
  }
  if (left.kind !== right.kind) return undefined;
  const operator = symbol as ArithmeticOperator;
  return { kind: left.kind, expression: { kind: "scalars", operator, ...sides } };
}

/** `with(name=value, …)`. Source: grafana/tempo/pkg/traceql/enum_hints.go. */
function parseHints(reader: TokenReader): readonly Hint[] {
  if (!reader.take("with")) return [];
  reader.expect("(");
  const hints = [parseHint(reader)];
  while (reader.take(",")) hints.push(parseHint(reader));
  reader.closeList();
  return hints;
}

function parseHint(reader: TokenReader): Hint {
  const name = reader.token;
  if (name.kind !== "word") throw reader.unexpected("IDENTIFIER");
  reader.next();
  reader.expect("=");
  const value = literalValue(reader.token);
  if (value === undefined) throw reader.unexpected();
  reader.next();
  return { name: name.text, value };
}
