/**
 * Text to a checked syntax tree, by recursive descent with precedences; errors in Loki's words. The pattern of each
 * method is the rule of the same name in Loki's grammar. Source: grafana/loki pkg/logql/syntax/syntax.y, parser.go, ast.go.
 */
import type { Diagnostic } from "../../base/diagnostic.js";
import { failure, success, type Result } from "../../base/result.js";
import { compileRegex } from "../promql/matcher.js";
import {
  isComparison,
  isSetOperator,
  RANGE_OPERATORS,
  VECTOR_OPERATORS,
  type BinaryOperator,
  type Expr,
  type Grouping,
  type LabelReplace,
  type LogRange,
  type LogSelector,
  type MetricExpr,
  type RangeAggregation,
  type RangeOperator,
  type Stage,
  type TextRange,
  type Unwrap,
  type VectorAggregation,
  type VectorMatching,
  type VectorOperator,
} from "./ast.js";
import { combineNumbers } from "./arithmetic.js";
import { parseLabelList, parseSelector, parseStages, parseUnwrap } from "./parse-stages.js";
import { diagnosticOf, lokiSentence, meaningless, ParseFailure } from "./problem.js";
import { compileStages } from "./pipeline.js";
import { tokenize, type Token } from "./tokens.js";
import { TokenReader } from "./token-reader.js";

/** Loki's own limit. */
const QUERY_LENGTH_MAX = 131_072;
/** Expressions may be nested this deep, and chained this long, so that no reader of the tree runs out of stack. */
const QUERY_DEPTH_MAX = 200;
const OPERATORS_MAX = 1_000;

export interface LogqlFailure {
  readonly diagnostic: Diagnostic;
  /** The sentence that Loki answers with. */
  readonly sentence: string;
}

/** The tree of `text`, or what is wrong with it. */
export function parseLogql(text: string): Result<Expr, LogqlFailure> {
  try {
    if (text.length > QUERY_LENGTH_MAX) {
      const message = `input size too long (${String(text.length)} > ${String(QUERY_LENGTH_MAX)})`;
      throw meaningless(message, { from: QUERY_LENGTH_MAX, to: text.length });
    }
    return success(new Parser(new TokenReader(tokenize(text))).root());
  } catch (error) {
    if (!(error instanceof ParseFailure)) throw error;
    return failure({ diagnostic: diagnosticOf(text, error.problem), sentence: lokiSentence(text, error.problem) });
  }
}

const PRECEDENCES: Readonly<Partial<Record<string, number>>> = {
  or: 1,
  and: 2,
  unless: 2,
  "==": 3,
  "!=": 3,
  "<": 3,
  "<=": 3,
  ">": 3,
  ">=": 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
  "^": 6,
};
const RIGHT_ASSOCIATIVE = "^";

const RANGE_NAMES: ReadonlyMap<string, RangeOperator> = new Map(
  RANGE_OPERATORS.map((operator) => [operator.toUpperCase(), operator]),
);
const VECTOR_NAMES: ReadonlyMap<string, VectorOperator> = new Map(
  VECTOR_OPERATORS.map((operator) => [operator.toUpperCase(), operator]),
);

class Parser {
  #depth = 0;
  #operators = 0;

  constructor(private readonly words: TokenReader) {}

  root(): Expr {
    const expr = this.expression(0);
    if (!this.words.sees("$end")) this.words.unexpected();
    return expr;
  }

  private expression(precedence: number): Expr {
    if (++this.#depth > QUERY_DEPTH_MAX) {
      throw meaningless(`expressions are nested more than ${String(QUERY_DEPTH_MAX)} deep`, this.words.current);
    }
    let left = this.operand();
    for (;;) {
      const name = this.words.current.name;
      const own = PRECEDENCES[name];
      if (own === undefined || own <= precedence) break;
      if (++this.#operators > OPERATORS_MAX) {
        throw meaningless(`more than ${String(OPERATORS_MAX)} binary operators`, this.words.current);
      }
      const operator = this.words.take().name as BinaryOperator;
      const { returnBool, matching } = this.modifiers();
      const right = this.expression(operator === RIGHT_ASSOCIATIVE ? own - 1 : own);
      left = combine({ operator, left, right, returnBool, matching });
    }
    this.#depth--;
    return left;
  }

  private operand(): Expr {
    const { name } = this.words.current;
    const range = RANGE_NAMES.get(name);
    if (range !== undefined) return this.rangeAggregation(range);
    const vector = VECTOR_NAMES.get(name);
    if (vector !== undefined) return this.vectorAggregation(vector);
    const read = this.operands[name];
    if (read === undefined) return this.words.unexpected();
    return read();
  }

  private readonly operands: Readonly<Partial<Record<string, () => Expr>>> = {
    "{": () => this.selector(),
    "(": () => this.parenthesized(),
    NUMBER: () => this.literal(),
    "+": () => this.literal(),
    "-": () => this.literal(),
    VECTOR: () => this.vectorLiteral(),
    label_replace: () => this.labelReplace(),
    variants: () => {
      throw meaningless("variants are disabled for this tenant", this.words.current);
    },
  };

  private selector(): LogSelector {
    const { from } = this.words.current;
    const matchers = parseSelector(this.words);
    return checkedSelector({ kind: "log", matchers, stages: parseStages(this.words), ...this.since(from) });
  }

  private parenthesized(): Expr {
    const { from } = this.words.take();
    const inner = this.expression(0);
    this.words.expect(")", ...(inner.kind === "log" ? [] : [")"]));
    return { ...inner, ...this.since(from) };
  }

  private literal(): MetricExpr {
    const { from } = this.words.current;
    const sign = this.words.sees("+", "-") ? this.words.take().name : "";
    const { value } = this.words.expect("NUMBER");
    return { kind: "literal", value: sign === "-" ? -value : value, ...this.since(from) };
  }

  private vectorLiteral(): MetricExpr {
    const { from } = this.words.take();
    this.words.expect("(");
    const { value } = this.words.expect("NUMBER");
    this.words.expect(")");
    return { kind: "vector", value, ...this.since(from) };
  }

  private labelReplace(): LabelReplace {
    const { from } = this.words.take();
    this.words.expect("(");
    const expr = this.metric();
    const texts: Token[] = [];
    for (let index = 0; index < 4; index++) {
      this.words.expect(",", ",");
      texts.push(this.words.expect("STRING"));
    }
    this.words.expect(")");
    const [target, replacement, source, regex] = texts.map(({ text }) => text);
    const compiled = compileRegex(`^(?:${regex})$`, regex);
    if (!compiled.ok) throw meaningless(`invalid regex in label_replace: ${compiled.error}`, texts[3]);
    return { kind: "label-replace", expr, target, replacement, source, regex, ...this.since(from) };
  }

  /** An expression that has to be a metric; what is none is unexpected where it ends, as in a grammar. */
  private metric(): MetricExpr {
    const expr = this.expression(0);
    if (expr.kind === "log") return this.words.unexpected();
    return expr;
  }

  private vectorAggregation(operator: VectorOperator): VectorAggregation {
    const { from } = this.words.take();
    const before = this.grouping();
    this.words.expect("(");
    const parameter = this.words.sees("NUMBER") && this.words.seesAfter(1, ",") ? this.words.take() : undefined;
    if (parameter !== undefined) this.words.expect(",");
    const expr = this.metric();
    this.words.expect(")");
    const grouping = before ?? this.grouping();
    return checkedVector({ kind: "vector-aggregation", operator, expr, grouping, ...this.since(from) }, parameter);
  }

  private grouping(): Grouping | undefined {
    if (!this.words.sees("by", "without")) return undefined;
    const without = this.words.take().name === "without";
    this.words.expect("(");
    return { without, labels: this.closedLabels() };
  }

  /** Names up to a closing parenthesis. */
  private closedLabels(): readonly string[] {
    if (this.words.takeIf(")")) return [];
    if (!this.words.sees("IDENTIFIER")) this.words.unexpected("IDENTIFIER", ")");
    const labels = parseLabelList(this.words);
    this.words.expect(")", ",", ")");
    return labels;
  }

  private rangeAggregation(operator: RangeOperator): RangeAggregation {
    const { from } = this.words.take();
    this.words.expect("(");
    const parameter = this.words.sees("NUMBER") ? this.words.take() : undefined;
    if (parameter !== undefined) this.words.expect(",");
    if (!this.words.sees("{", "(")) this.words.unexpected(...(parameter === undefined ? ["NUMBER"] : []), "{", "(");
    const range = this.logRange(0);
    this.words.expect(")");
    const grouping = this.grouping();
    return checkedRange({ kind: "range-aggregation", operator, range, grouping, ...this.since(from) }, parameter);
  }

  /** A selector with a range in it or behind it. */
  private logRange(depth: number): LogRange {
    const { from } = this.words.current;
    const part = this.rangePart(depth);
    if (part.rangeMs === undefined) return this.words.unexpected();
    const selector: LogSelector = checkedSelector({
      kind: "log",
      matchers: part.matchers,
      stages: part.stages,
      ...this.since(from),
    });
    const { rangeMs, offsetMs, unwrap } = part;
    return { selector, rangeMs, offsetMs, unwrap, ...this.since(from) };
  }

  private rangePart(depth: number): RangePart {
    if (depth > QUERY_DEPTH_MAX) {
      throw meaningless(`expressions are nested more than ${String(QUERY_DEPTH_MAX)} deep`, this.words.current);
    }
    const part = this.words.takeIf("(") ? this.rangeInParentheses(depth) : this.bareSelector();
    if (part.rangeMs !== undefined) return part;
    if (!this.words.sees("RANGE")) return part;
    part.rangeMs = this.words.take().value;
    part.offsetMs = this.offset();
    if (part.unwrap !== undefined) return part;
    if (part.stages.length === 0) part.stages = parseStages(this.words);
    part.unwrap = parseUnwrap(this.words);
    return part;
  }

  private bareSelector(): RangePart {
    const matchers = parseSelector(this.words);
    const stages = parseStages(this.words);
    return { matchers, stages, unwrap: parseUnwrap(this.words), rangeMs: undefined, offsetMs: 0 };
  }

  private rangeInParentheses(depth: number): RangePart {
    if (!this.words.sees("{", "(")) this.words.unexpected("{", "(");
    const part = this.rangePart(depth + 1);
    this.words.expect(")", ...(part.rangeMs === undefined ? [] : [")"]));
    return part;
  }

  private offset(): number {
    if (!this.words.takeIf("offset")) return 0;
    return this.words.expect("DURATION").value / 1e6;
  }

  private modifiers(): { readonly returnBool: boolean; readonly matching: VectorMatching } {
    const returnBool = this.words.takeIf("bool");
    if (!this.words.sees("on", "ignoring")) {
      return { returnBool, matching: { cardinality: "one-to-one", on: false, labels: undefined, include: [] } };
    }
    const on = this.words.take().name === "on";
    this.words.expect("(");
    const labels = this.closedLabels();
    if (!this.words.sees("group_left", "group_right")) {
      return { returnBool, matching: { cardinality: "one-to-one", on, labels, include: [] } };
    }
    const cardinality = this.words.take().name === "group_left" ? "many-to-one" : "one-to-many";
    const hasLabels = this.words.sees("(") && this.words.seesAfter(1, "IDENTIFIER", ")");
    if (hasLabels) this.words.take();
    return { returnBool, matching: { cardinality, on, labels, include: hasLabels ? this.closedLabels() : [] } };
  }

  private since(from: number): TextRange {
    const { from: next } = this.words.current;
    return { from, to: Math.max(from, next) };
  }
}

interface RangePart {
  readonly matchers: LogSelector["matchers"];
  stages: Stage[];
  unwrap: Unwrap | undefined;
  rangeMs: number | undefined;
  offsetMs: number;
}

/** Stages that cannot work, such as a malformed template, are errors of the query. */
function checkedSelector(selector: LogSelector): LogSelector {
  compileStages(selector.stages);
  return selector;
}

interface Operands {
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  readonly matching: VectorMatching;
}

/** Two numbers become one at once: Loki has no operation that knows no series. */
function combine({ operator, left, right, returnBool, matching }: Operands): MetricExpr {
  if (left.kind === "log") throw wrongLeg("left", operator, left);
  if (right.kind === "log") throw wrongLeg("right", operator, right);
  for (const [side, leg] of [
    ["left", left],
    ["right", right],
  ] as const) {
    if (leg.kind !== "literal" || !isSetOperator(operator)) continue;
    const message = `unexpected literal for ${side} leg of logical/set binary operation (${operator}): ${leg.value.toFixed(6)}`;
    throw meaningless(message, leg);
  }
  const range = { from: left.from, to: right.to };
  if (left.kind === "literal" && right.kind === "literal") {
    return { kind: "literal", value: combineNumbers(operator, left.value, right.value), ...range };
  }
  return {
    kind: "binary",
    operator,
    left,
    right,
    returnBool: returnBool && isComparison(operator),
    matching,
    ...range,
  };
}

function wrongLeg(side: string, operator: string, leg: LogSelector): ParseFailure {
  const type = leg.stages.length === 0 ? "MatchersExpr" : "PipelineExpr";
  return meaningless(`unexpected type for ${side} leg of binary operation (${operator}): *syntax.${type}`, leg);
}

const WITH_PARAMETER: ReadonlySet<string> = new Set(["topk", "bottomk", "approx_topk"]);

function checkedVector(node: Omit<VectorAggregation, "parameter">, parameter: Token | undefined): VectorAggregation {
  const { operator, grouping } = node;
  const written = parameter?.text ?? "";
  const refuse = (message: string): never => {
    throw meaningless(message, parameter ?? node);
  };
  if (!WITH_PARAMETER.has(operator)) {
    if (parameter !== undefined) refuse(`unsupported parameter for operation ${operator}(${written},`);
    if (operator.startsWith("sort") && grouping !== undefined && grouping.labels.length > 0)
      refuse("sort and sort_desc doesn't allow grouping by ");
    return { ...node, parameter: undefined };
  }
  if (parameter === undefined) return refuse(`parameter required for operation ${operator}`);
  if (!Number.isSafeInteger(parameter.value) || !/^\d+$/.test(written))
    refuse(`invalid parameter ${operator}(${written},`);
  if (parameter.value <= 0) refuse(`invalid parameter (must be greater than 0) ${operator}(${written}`);
  if (operator === "approx_topk" && grouping !== undefined) refuse(`grouping not allowed for ${operator} aggregation`);
  return { ...node, parameter: parameter.value };
}

const GROUPED: ReadonlySet<RangeOperator> = new Set([
  "avg_over_time",
  "stddev_over_time",
  "stdvar_over_time",
  "quantile_over_time",
  "max_over_time",
  "min_over_time",
  "first_over_time",
  "last_over_time",
]);
const NOT_UNWRAPPED: ReadonlySet<RangeOperator> = new Set(["count_over_time", "bytes_over_time", "bytes_rate"]);
const OF_LINES: ReadonlySet<RangeOperator> = new Set([...NOT_UNWRAPPED, "rate", "absent_over_time"]);

function checkedRange(node: Omit<RangeAggregation, "parameter">, parameter: Token | undefined): RangeAggregation {
  const { operator, grouping, range } = node;
  const refuse = (message: string): never => {
    throw meaningless(message, parameter ?? node);
  };
  const takesParameter = operator === "quantile_over_time";
  if (takesParameter && parameter === undefined) refuse(`parameter required for operation ${operator}`);
  if (!takesParameter && parameter !== undefined)
    refuse(`parameter ${parameter.text} not supported for operation ${operator}`);
  if (grouping !== undefined && !GROUPED.has(operator)) refuse(`grouping not allowed for ${operator} aggregation`);
  if (range.unwrap !== undefined && NOT_UNWRAPPED.has(operator)) refuse(`invalid aggregation ${operator} with unwrap`);
  if (range.unwrap === undefined && !OF_LINES.has(operator)) refuse(`invalid aggregation ${operator} without unwrap`);
  return { ...node, parameter: parameter?.value };
}
