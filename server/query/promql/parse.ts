/**
 * Text to syntax tree: @prometheus-io/lezer-promql parses, this module reads its tree into ours. Where that grammar, made
 * for editors, is looser than Prometheus's, the difference is settled here: `-1^2` is −(1²), postfix modifiers bind to
 * the nearest selector (`1 + foo[5m]`), and escapes in strings are resolved.
 */
import type { SyntaxNode, Tree } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import type { Diagnostic } from "../../base/diagnostic.js";
import { failure, success, type Result } from "../../base/result.js";
import type { LabelMatcher } from "../../telemetry/metric-reader.js";
import type {
  AggregateOperator,
  AtModifier,
  Binary,
  BinaryOperator,
  Expr,
  FillValues,
  MatrixSelector,
  NumberLiteral,
  RangeExtension,
  Subquery,
  TextRange,
  Unary,
  VectorMatching,
  VectorSelector,
} from "./ast.js";
import { isSetOperator } from "./ast.js";
import { checkTypes } from "./check.js";
import { formatValue, parseNumber, quote, unquote } from "./literals.js";
import { diagnosticAt, findSyntaxError, type Problem } from "./syntax-errors.js";

/** A query may be this long; a longer one is refused before it is parsed. */
export const QUERY_LENGTH_MAX = 50_000;

/** Expressions may be nested this deep, so that no reader of the tree runs out of stack. */
export const QUERY_DEPTH_MAX = 200;

export interface ParseOptions {
  /** Whether what Prometheus calls experimental is part of the language. */
  readonly experimental?: boolean;
  /** What `step()` and `range()` stand for in durations; one second as long as nobody has said. */
  readonly durations?: QueryDurations;
}

/** Step of a range query, and from its first instant to its last; 0 for an instant query. */
export interface QueryDurations {
  readonly stepSeconds: number;
  readonly rangeSeconds: number;
}

export interface ParsedQuery {
  readonly expr: Expr;
  /** Some duration depends on `step()` or `range()`: the text has to be parsed again for each of them. */
  readonly movingDurations: boolean;
}

/** The checked syntax tree of `text`, or everything that is wrong with it, first place first. */
export function parsePromql(text: string, options: ParseOptions = {}): Result<Expr, Diagnostic[]> {
  const parsed = parseQuery(text, options);
  return parsed.ok ? success(parsed.value.expr) : parsed;
}

/** As parsePromql, with what an evaluation has to know besides. */
export function parseQuery(text: string, options: ParseOptions): Result<ParsedQuery, Diagnostic[]> {
  const problems: Problem[] = [];
  const parsed = parseTree(text, problems, options);
  if (parsed !== undefined && problems.length === 0)
    problems.push(...checkTypes(parsed.expr, options.experimental === true));
  if (parsed !== undefined && problems.length === 0) return success(parsed);
  return failure(
    problems.toSorted((left, right) => left.from - right.from).map((problem) => diagnosticAt(text, problem)),
  );
}

function parseTree(text: string, problems: Problem[], options: ParseOptions): ParsedQuery | undefined {
  if (text.length > QUERY_LENGTH_MAX) {
    const message = `query of ${String(text.length)} characters is longer than ${String(QUERY_LENGTH_MAX)}`;
    problems.push({ message, from: QUERY_LENGTH_MAX, to: text.length });
    return undefined;
  }
  let tree: Tree | undefined;
  const broken = findSyntaxError(text, (query) => (tree = parser.parse(readableByGrammar(query))));
  const root = tree?.topNode.firstChild ?? null;
  if (broken !== undefined || root === null) {
    problems.push(broken ?? { message: "no expression found in input", from: 0, to: text.length });
    return undefined;
  }
  const reader = new TreeReader(text, problems, options);
  const expr = reader.expression(root, 0);
  return problems.length === 0 ? { expr, movingDurations: reader.movingDurations } : undefined;
}

const WORDS =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|#[^\n]*|[a-zA-Z_:][\w:]*|\d*\.\d+|\d+\.(?![\d.eE])|[[\]]/gi;

/** What a duration behind `offset` can begin with. */
const IN_OFFSET = /\boffset\s*[-+(\s]*$/i;

/**
 * The text as the grammar can read it, every position the same. What it does not know: `2.` is a number, `offset{…}` a
 * metric, `STEP()` in a duration is `step()`, and `min_of` and `max_of` are functions outside of durations too.
 */
function readableByGrammar(text: string): string {
  if (!/\d\.(?!\d)|offset\s*\{|min_of|max_of|step|range/i.test(text)) return text;
  let brackets = 0;
  return text.replace(WORDS, (word: string, at: number) => {
    if (word === "[") brackets++;
    else if (word === "]") brackets--;
    if (/^\d+\.$/.test(word)) return `${word.slice(0, -1)} `;
    if (/^offset$/i.test(word) && /^\s*\{/.test(text.slice(at + word.length))) return "metric";
    if (/^(?:step|range)$/i.test(word)) return word.toLowerCase();
    // A function with a name as long, which the grammar knows.
    if (/^m(?:in|ax)_of$/.test(word) && brackets === 0 && !IN_OFFSET.test(text.slice(0, at))) return "minute";
    return word;
  });
}

type Modify = (target: Expr) => Expr;

/** Reads one lezer tree. Problems that do not stop the reading are collected. */
class TreeReader {
  movingDurations = false;

  constructor(
    private readonly text: string,
    private readonly problems: Problem[],
    private readonly options: ParseOptions,
  ) {}

  expression(node: SyntaxNode, depth: number): Expr {
    const range = { from: node.from, to: node.to };
    if (depth > QUERY_DEPTH_MAX) {
      if (this.problems.length === 0)
        this.report(node, `expressions are nested more than ${String(QUERY_DEPTH_MAX)} deep`);
      return { kind: "number", value: NaN, ...range };
    }
    const read = this.readers[node.name];
    if (read !== undefined) return read(node, range, depth + 1);
    this.report(node, `${node.name} is not supported`);
    return { kind: "number", value: NaN, ...range };
  }

  private readonly readers: Readonly<
    Record<string, ((node: SyntaxNode, range: TextRange, depth: number) => Expr) | undefined>
  > = {
    NumberDurationLiteral: (node, range) => ({ kind: "number", value: this.number(node), ...range }),
    StringLiteral: (node, range) => ({ kind: "string", value: this.string(node), ...range }),
    ParenExpr: (node, range, depth) => ({ kind: "paren", expr: this.child(node, depth), ...range }),
    VectorSelector: (node, range) => this.vectorSelector(node, range),
    MatrixSelector: (node, _range, depth) => this.rangeSelector(node, depth),
    SubqueryExpr: (node, _range, depth) => this.subquery(node, depth),
    OffsetExpr: (node, _range, depth) => this.offset(node, depth),
    StepInvariantExpr: (node, _range, depth) => this.at(node, depth),
    UnaryExpr: (node, range, depth) => this.unary(node, range, depth),
    BinaryExpr: (node, range, depth) => this.binary(node, range, depth),
    FunctionCall: (node, range, depth) => ({
      kind: "call",
      name: this.slice(node.getChild("FunctionIdentifier") ?? node),
      args: this.arguments(node, depth),
      ...range,
    }),
    AggregateExpr: (node, range, depth) => this.aggregate(node, range, depth),
    AnchoredExpr: (node, _range, depth) => this.extended(node, "anchored", depth),
    SmoothedExpr: (node, _range, depth) => this.extended(node, "smoothed", depth),
  };

  private child(node: SyntaxNode, depth: number): Expr {
    return this.expression(node.getChild("Expr") ?? node, depth);
  }

  private arguments(node: SyntaxNode, depth: number): Expr[] {
    const body = node.getChild("FunctionCallBody");
    return body === null ? [] : body.getChildren("Expr").map((argument) => this.expression(argument, depth));
  }

  private vectorSelector(node: SyntaxNode, range: TextRange): VectorSelector {
    const identifier = node.getChild("Identifier");
    let name = identifier === null ? undefined : this.slice(identifier);
    const matchers: LabelMatcher[] = [];
    for (const matcher of children(node.getChild("LabelMatchers"))) {
      if (matcher.name !== "QuotedLabelName") {
        const read = this.labelMatcher(matcher);
        if (read?.name === "__name__" && identifier !== null && name !== undefined) {
          this.report(node, `metric name must not be set twice: ${quote(name)} or ${quote(read.value)}`);
        }
        if (read !== undefined) matchers.push(read);
        continue;
      }
      const quoted = this.string(matcher);
      if (identifier !== null)
        this.report(node, `metric name must not be set twice: ${quote(name ?? "")} or ${quote(quoted)}`);
      // Of several names in the braces all have to fit.
      if (name === undefined) name = quoted;
      else matchers.push({ name: "__name__", operator: "=", value: quoted });
    }
    if (name !== undefined) matchers.unshift({ name: "__name__", operator: "=", value: name });
    return { kind: "vector-selector", name, matchers, offsetMs: 0, at: undefined, ...range };
  }

  private labelMatcher(node: SyntaxNode): LabelMatcher | undefined {
    const name = node.getChild("LabelName");
    const quoted = node.getChild("QuotedLabelName");
    const operator = node.getChild("MatchOp");
    const value = node.getChild("StringLiteral");
    const label = name !== null ? this.slice(name) : quoted !== null ? this.string(quoted) : undefined;
    if (label === undefined || operator === null || value === null) return undefined;
    return { name: label, operator: this.slice(operator) as LabelMatcher["operator"], value: this.string(value) };
  }

  /** Applies a postfix to the operand that it binds to: the last one of a chain of operators. */
  private bind(target: Expr, to: number, modify: Modify): Expr {
    if (target.kind === "unary") return { ...target, expr: this.bind(target.expr, to, modify), to };
    if (target.kind === "binary") return { ...target, right: this.bind(target.right, to, modify), to };
    return modify(target);
  }

  private rangeSelector(node: SyntaxNode, depth: number): Expr {
    const duration = node.getChild("DurationExpr");
    const rangeMs = this.durationMs(duration);
    const bracket = { from: this.text.lastIndexOf("[", duration?.from ?? node.to), to: node.to };
    return this.bind(this.child(node, depth), node.to, (target): MatrixSelector => {
      const range = { from: target.from, to: node.to };
      if (target.kind === "vector-selector") {
        if (target.offsetMs !== 0) this.report(bracket, "no offset modifiers allowed before range");
        else if (target.at !== undefined) this.report(bracket, "no @ modifiers allowed before range");
        return { kind: "matrix-selector", selector: target, rangeMs, ...range };
      }
      this.report(
        bracket,
        "ranges only allowed for vector selectors",
        "a subquery takes the range of an expression: (…)[5m:]",
      );
      const selector: VectorSelector = {
        kind: "vector-selector",
        name: undefined,
        matchers: [],
        offsetMs: 0,
        at: undefined,
        ...range,
      };
      return { kind: "matrix-selector", selector, rangeMs, ...range };
    });
  }

  private subquery(node: SyntaxNode, depth: number): Expr {
    const durations = node.getChildren("DurationExpr");
    const range = durations.at(0);
    const step = durations.at(1);
    const rangeMs = this.durationMs(range ?? null);
    const stepMs = step === undefined ? undefined : this.durationMs(step);
    return this.bind(this.child(node, depth), node.to, (expr): Subquery => {
      return { kind: "subquery", expr, rangeMs, stepMs, offsetMs: 0, at: undefined, from: expr.from, to: node.to };
    });
  }

  private offset(node: SyntaxNode, depth: number): Expr {
    const offsetMs = this.offsetMs(node.getChild("OffsetDurationExpr"));
    return this.bind(this.child(node, depth), node.to, (target) => this.withOffset(target, offsetMs, node));
  }

  private withOffset(target: Expr, offsetMs: number, node: SyntaxNode): Expr {
    if (target.kind === "matrix-selector") {
      if (target.selector.offsetMs !== 0) this.report(node, "offset may not be set multiple times");
      return { ...target, selector: { ...target.selector, offsetMs }, to: node.to };
    }
    if (target.kind === "vector-selector" || target.kind === "subquery") {
      if (target.offsetMs !== 0) this.report(node, "offset may not be set multiple times");
      return { ...target, offsetMs, to: node.to };
    }
    this.report(
      target,
      "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
    );
    return target;
  }

  private at(node: SyntaxNode, depth: number): Expr {
    return this.bind(this.child(node, depth), node.to, (target) =>
      this.withAt(target, this.atModifier(node, target), node),
    );
  }

  private extended(node: SyntaxNode, extension: RangeExtension, depth: number): Expr {
    return this.bind(this.child(node, depth), node.to, (target) => this.withExtension(target, extension, node));
  }

  private withExtension(target: Expr, extension: RangeExtension, node: SyntaxNode): Expr {
    const selector = target.kind === "matrix-selector" ? target.selector : target;
    const wrong = this.extensionProblem(selector, target, extension);
    if (wrong !== undefined || selector.kind !== "vector-selector") {
      this.report(target, wrong ?? `${extension} modifier not implemented`);
      return target;
    }
    const extended: VectorSelector = { ...selector, extension };
    if (target.kind === "matrix-selector") return { ...target, selector: extended, to: node.to };
    return { ...extended, to: node.to };
  }

  private extensionProblem(selector: Expr, target: Expr, extension: RangeExtension): string | undefined {
    if (this.options.experimental !== true) return `${extension} modifier is experimental and not enabled`;
    if (target.kind === "subquery") return `${extension} modifier is not supported for subqueries`;
    if (selector.kind !== "vector-selector") return `${extension} modifier not implemented`;
    if (extension === "anchored" && target.kind === "vector-selector")
      return "anchored modifier can only be used with range vectors";
    if (selector.extension !== undefined && selector.extension !== extension)
      return "anchored and smoothed modifiers cannot be used together";
    return undefined;
  }

  private withAt(target: Expr, at: AtModifier, node: SyntaxNode): Expr {
    if (target.kind === "matrix-selector") {
      if (target.selector.at !== undefined) this.report(node, "@ <timestamp> may not be set multiple times");
      return { ...target, selector: { ...target.selector, at }, to: node.to };
    }
    if (target.kind === "vector-selector" || target.kind === "subquery") {
      if (target.at !== undefined) this.report(node, "@ <timestamp> may not be set multiple times");
      return { ...target, at, to: node.to };
    }
    this.report(
      target,
      "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery",
    );
    return target;
  }

  private atModifier(node: SyntaxNode, target: Expr): AtModifier {
    const preprocessor = node.getChild("AtModifierPreprocessors");
    if (preprocessor !== null) return { kind: this.slice(preprocessor).toLowerCase() === "start" ? "start" : "end" };
    const literal = node.lastChild;
    const seconds = literal === null ? NaN : this.number(literal);
    // Beyond ±2^53 ms the millisecond is lost, and with it what "at" would mean.
    if (!Number.isFinite(seconds) || Math.abs(seconds) > Number.MAX_SAFE_INTEGER / 1000) {
      this.report(target, `timestamp out of bounds for @ modifier: ${formatFixed(seconds)}`);
    }
    return { kind: "time", ms: Math.round(seconds * 1000) };
  }

  private unary(node: SyntaxNode, range: TextRange, depth: number): Expr {
    const operator = this.slice(node.getChild("UnaryOp") ?? node) === "-" ? "-" : "+";
    const expr = this.child(node, depth);
    if (expr.kind === "number") return { kind: "number", value: operator === "-" ? -expr.value : expr.value, ...range };
    return { kind: "unary", operator, expr, ...range };
  }

  private binary(node: SyntaxNode, range: TextRange, depth: number): Expr {
    const operands = node.getChildren("Expr");
    const leftNode = operands.at(0);
    const rightNode = operands.at(1);
    const left = this.expression(leftNode ?? node, depth);
    const right = this.expression(rightNode ?? node, depth);
    const operator = this.operator(node);
    if (operator === undefined) return left;
    const from = children(node).find((child) => OPERATOR_NODES.has(child.name))?.from ?? node.from;
    const binary: Binary = {
      operatorRange: { from, to: Math.max(from, right.from) },
      kind: "binary",
      operator,
      left,
      right,
      returnBool: node.getChild("BoolModifier") !== null,
      matching: this.matching(node, operator),
      ...range,
    };
    return operator === "^" && left.kind === "number" ? this.signOutsidePower(binary, left) : binary;
  }

  /** The sign of the base belongs to the power: −1^2 is −(1^2). */
  private signOutsidePower(power: Binary, base: NumberLiteral): Expr {
    const sign = this.text[base.from];
    if (sign !== "-" && sign !== "+") return power;
    const unsigned: NumberLiteral = { ...base, value: sign === "-" ? -base.value : base.value, from: base.from + 1 };
    const negated: Unary = {
      kind: "unary",
      operator: sign,
      expr: { ...power, left: unsigned, from: unsigned.from },
      from: power.from,
      to: power.to,
    };
    return negated;
  }

  private operator(node: SyntaxNode): BinaryOperator | undefined {
    const word = children(node).find((child) => OPERATOR_NODES.has(child.name));
    if (word !== undefined) return this.slice(word).toLowerCase() as BinaryOperator;
    this.unsupported(node, "the histogram trim operator", "it works on native histograms, which are not stored here");
    return undefined;
  }

  private matching(node: SyntaxNode, operator: BinaryOperator): VectorMatching {
    const clause = node.getChild("MatchingModifierClause");
    const fill = this.fill(node, operator);
    const cardinality = isSetOperator(operator) ? "many-to-many" : "one-to-one";
    if (clause === null) return { cardinality, on: false, labels: [], include: [], ...fill };
    const groupings = clause.getChildren("GroupingLabels");
    const labels = groupings.at(0);
    const include = groupings.at(1);
    const left = clause.getChild("GroupLeft");
    const right = clause.getChild("GroupRight");
    if (isSetOperator(operator) && (left ?? right) !== null)
      this.report(node, `no grouping allowed for "${operator}" operation`);
    return {
      cardinality: left !== null ? "many-to-one" : right !== null ? "one-to-many" : cardinality,
      on: clause.getChild("On") !== null,
      labels: this.labels(labels),
      include: this.labels(include),
      ...fill,
    };
  }

  private fill(node: SyntaxNode, operator: BinaryOperator): { readonly fill?: FillValues } {
    const modifier = node.getChild("FillModifier");
    if (modifier === null) return {};
    if (this.options.experimental !== true)
      this.report(modifier, "binop fill modifiers are experimental and not enabled");
    else if (isSetOperator(operator)) this.report(modifier, "filling in missing series not allowed for set operators");
    const valueOf = (name: string): number | undefined => {
      const literal = modifier.getChild(name)?.getChild("NumberDurationLiteral") ?? null;
      return literal === null ? undefined : this.number(literal);
    };
    const both = valueOf("FillClause");
    const left = both ?? valueOf("FillLeftClause");
    const right = both ?? valueOf("FillRightClause");
    return { fill: { ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) } };
  }

  private aggregate(node: SyntaxNode, range: TextRange, depth: number): Expr {
    const operator = this.slice(node.getChild("AggregateOp") ?? node).toLowerCase() as AggregateOperator;
    const modifier = node.getChild("AggregateModifier");
    const args = this.arguments(node, depth);
    const expr = args.at(-1);
    const wanted = PARAMETRIC.has(operator) ? 2 : 1;
    if (expr === undefined) this.report(node, "no arguments for aggregate expression provided");
    else if (args.length !== wanted) {
      this.report(
        node,
        `wrong number of arguments for aggregate expression provided, expected ${String(wanted)}, got ${String(args.length)}`,
      );
    }
    return {
      kind: "aggregate",
      operator,
      parameter: wanted === 2 ? args[0] : undefined,
      expr: expr ?? { kind: "number", value: NaN, ...range },
      without: modifier !== null && modifier.getChild("Without") !== null,
      grouping: this.labels(modifier?.getChild("GroupingLabels") ?? undefined),
      ...range,
    };
  }

  private labels(node: SyntaxNode | undefined): string[] {
    if (node === undefined) return [];
    return children(node)
      .filter((child) => child.name === "LabelName" || child.name === "QuotedLabelName")
      .map((child) => (child.name === "LabelName" ? this.slice(child) : this.string(child)));
  }

  private durationMs(node: SyntaxNode | null): number {
    const seconds = node === null ? NaN : this.durationSeconds(node);
    const ms = Math.round(seconds * 1000);
    const settled = !this.movingDurations || this.options.durations !== undefined;
    if (node !== null && !(ms > 0) && settled && this.problems.length === 0)
      this.report(node, "duration must be greater than 0");
    else if (node !== null && ms > DURATION_SECONDS_MAX * 1000 && this.problems.length === 0)
      this.report(node, "duration out of range");
    return ms;
  }

  private offsetMs(node: SyntaxNode | null): number {
    const seconds = node === null ? NaN : this.durationSeconds(node);
    if (node !== null && !(Math.abs(seconds) <= DURATION_SECONDS_MAX) && this.problems.length === 0)
      this.report(node, "duration out of range");
    return Math.round(seconds * 1000);
  }

  /** Value of a duration: a literal, or arithmetic over literals. */
  private durationSeconds(node: SyntaxNode): number {
    const operands = children(node).filter((child) => DURATION_NODES.has(child.name));
    const left = operands.at(0);
    const right = operands.at(1);
    if (left === undefined) {
      if (node.name === "NumberDurationLiteralInDurationContext") return this.number(node);
      return this.movingSeconds(node);
    }
    const sign = node.getChild("UnaryOp");
    if (sign !== null) return this.slice(sign) === "-" ? -this.durationSeconds(left) : this.durationSeconds(left);
    if (right === undefined) return this.durationSeconds(left);
    const operator = children(node).find((child) => DURATION_OPERATORS[child.name] !== undefined);
    const compute = DURATION_OPERATORS[operator?.name ?? ""];
    if (operator === undefined || compute === undefined) return NaN;
    const divisor = this.durationSeconds(right);
    const divides = DIVISIONS[operator.name];
    if (divides !== undefined && divisor === 0) this.report(operator, `${divides} by zero`);
    return compute(this.durationSeconds(left), divisor);
  }

  /** `step()` or `range()`. */
  private movingSeconds(node: SyntaxNode): number {
    if (this.options.experimental !== true) {
      this.report(
        node,
        "step() and range() in durations are experimental and must be enabled with --enable-feature=promql-duration-expr",
      );
      return NaN;
    }
    this.movingDurations = true;
    const { stepSeconds, rangeSeconds } = this.options.durations ?? { stepSeconds: 1, rangeSeconds: 1 };
    return /^\s*\(*\s*range/i.test(this.slice(node)) ? rangeSeconds : stepSeconds;
  }

  private number(node: SyntaxNode): number {
    const text = this.slice(node).trim();
    const value = parseNumber(text);
    if (value === undefined) this.report(node, `bad number or duration syntax: ${quote(text)}`);
    return value ?? NaN;
  }

  private string(node: SyntaxNode): string {
    const read = unquote(this.slice(node));
    if (!read.ok) {
      this.report(node, read.error);
      return "";
    }
    return read.value;
  }

  private slice(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  private unsupported(node: SyntaxNode, what: string, why: string): Expr {
    this.report(node, `${what} is not supported`, why);
    return { kind: "number", value: NaN, from: node.from, to: node.to };
  }

  private report(range: TextRange, message: string, hint?: string): void {
    this.problems.push({ message, from: range.from, to: range.to, ...(hint === undefined ? {} : { hint }) });
  }
}

/** What Go's durations hold: 292 years. */
const DURATION_SECONDS_MAX = 9_223_372_036;

const PARAMETRIC: ReadonlySet<AggregateOperator> = new Set([
  "topk",
  "bottomk",
  "quantile",
  "count_values",
  "limitk",
  "limit_ratio",
]);

const OPERATOR_NODES: ReadonlySet<string> = new Set([
  "Pow",
  "Mul",
  "Div",
  "Mod",
  "Atan2",
  "Add",
  "Sub",
  "Eql",
  "Gte",
  "Gtr",
  "Lte",
  "Lss",
  "Neq",
  "And",
  "Unless",
  "Or",
]);

const DURATION_NODES: ReadonlySet<string> = new Set([
  "DurationExpr",
  "OffsetDurationExpr",
  "NumberDurationLiteralInDurationContext",
]);

const DURATION_OPERATORS: Readonly<Record<string, ((left: number, right: number) => number) | undefined>> = {
  Add: (left, right) => left + right,
  Sub: (left, right) => left - right,
  Mul: (left, right) => left * right,
  Div: (left, right) => left / right,
  Mod: (left, right) => left % right,
  Pow: (left, right) => left ** right,
  DurationMinOf: Math.min,
  DurationMaxOf: Math.max,
};

const DIVISIONS: Readonly<Record<string, string | undefined>> = { Div: "division", Mod: "modulo" };

/** As Go's %f. */
function formatFixed(value: number): string {
  if (!Number.isFinite(value)) return formatValue(value);
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${String(BigInt(value))}.000000`;
}

function children(node: SyntaxNode | null): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node?.firstChild ?? null; child !== null; child = child.nextSibling) found.push(child);
  return found;
}
