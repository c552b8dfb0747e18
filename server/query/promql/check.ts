/**
 * Types of a parsed query: each expression is a scalar, an instant vector, a range vector or a string, and each place
 * takes one of them. Messages are Prometheus's. Source: prometheus/promql/parser/parse.go, checkAST.
 */
import {
  isComparison,
  isSetOperator,
  type Aggregate,
  type Binary,
  type Call,
  type Expr,
  type ValueType,
  type VectorSelector,
} from "./ast.js";
import { AGGREGATE_PARAMETERS, EXPERIMENTAL_AGGREGATES, FUNCTION_SIGNATURES } from "./function-signatures.js";
import { isValidUtf8, quote } from "./literals.js";
import { compileMatcher, matchesEmpty } from "./matcher.js";
import type { Problem } from "./syntax-errors.js";

/** Everything that is wrong with the types in `expr`; empty when it can be evaluated. */
export function checkTypes(expr: Expr, experimental: boolean): Problem[] {
  const problems: Problem[] = [];
  const check = new Checker(problems, experimental);
  check.visit(expr);
  return problems;
}

/** Type of a checked expression. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "vector-selector":
    case "aggregate":
      return "vector";
    case "matrix-selector":
    case "subquery":
      return "matrix";
    case "call":
      return FUNCTION_SIGNATURES.get(expr.name)?.returns ?? "vector";
    case "binary":
      return typeOf(expr.left) === "scalar" && typeOf(expr.right) === "scalar" ? "scalar" : "vector";
    case "unary":
    case "paren":
      return typeOf(expr.expr);
  }
}

/** Prometheus's words for the types. */
const TYPE_NAMES: Readonly<Record<ValueType, string>> = {
  scalar: "scalar",
  vector: "instant vector",
  matrix: "range vector",
  string: "string",
};

class Checker {
  constructor(
    private readonly problems: Problem[],
    private readonly experimental: boolean,
  ) {}

  visit(expr: Expr): ValueType {
    switch (expr.kind) {
      case "paren":
        this.visit(expr.expr);
        break;
      case "vector-selector":
        this.selector(expr);
        break;
      case "matrix-selector":
        this.selector(expr.selector);
        break;
      case "subquery": {
        const type = this.visit(expr.expr);
        if (type !== "vector") this.report(expr, `subquery is only allowed on instant vector, got ${type} instead`);
        break;
      }
      case "unary": {
        const type = this.visit(expr.expr);
        if (type !== "scalar" && type !== "vector") {
          this.report(
            expr,
            `unary expression only allowed on expressions of type scalar or instant vector, got "${TYPE_NAMES[type]}"`,
          );
        }
        break;
      }
      case "binary":
        this.binary(expr);
        break;
      case "call":
        this.call(expr);
        break;
      case "aggregate":
        this.aggregate(expr);
        break;
      case "number":
      case "string":
        break;
    }
    return typeOf(expr);
  }

  private selector(expr: VectorSelector, mayMatchAll = false): void {
    for (const matcher of expr.matchers) {
      const compiled = compileMatcher(matcher);
      if (!compiled.ok) {
        this.report(expr, compiled.error, "regular expressions follow RE2: no look-around, no back-references");
        return;
      }
    }
    if (!mayMatchAll && expr.matchers.every(matchesEmpty)) {
      this.report(
        expr,
        "vector selector must contain at least one non-empty matcher",
        "give a metric name, or a label with a value",
      );
    }
  }

  private binary(expr: Binary): void {
    const left = this.visit(expr.left);
    const right = this.visit(expr.right);
    if (expr.returnBool && !isComparison(expr.operator)) {
      this.report(expr.operatorRange, "bool modifier can only be used on comparison operators");
    }
    if (isComparison(expr.operator) && !expr.returnBool && left === "scalar" && right === "scalar") {
      this.report(
        expr.operatorRange,
        "comparisons between scalars must use BOOL modifier",
        `write ${expr.operator} bool`,
      );
    }
    for (const side of [expr.left, expr.right]) {
      const type = typeOf(side);
      if (type === "matrix" || type === "string") {
        const hint = type === "matrix" ? "wrap the range vector in a function such as rate()" : undefined;
        this.report(side, "binary expression must contain only scalar and instant vector types", hint);
      }
    }
    this.matching(expr, left, right);
  }

  private matching(expr: Binary, left: ValueType, right: ValueType): void {
    const { matching } = expr;
    for (const label of matching.labels) {
      if (matching.on && matching.include.includes(label)) {
        this.report(expr.operatorRange, `label ${quote(label)} must not occur in ON and GROUP clause at once`);
      }
    }
    if (left === "vector" && right === "vector") return;
    if (matching.labels.length > 0) {
      this.report(expr, "vector matching only allowed between instant vectors");
    }
    if (isSetOperator(expr.operator) && (left === "scalar" || right === "scalar")) {
      this.report(
        expr,
        `set operator "${expr.operator}" not allowed in binary scalar expression`,
        "wrap the scalar in vector()",
      );
    }
  }

  private aggregate(expr: Aggregate): void {
    const wanted = AGGREGATE_PARAMETERS[expr.operator];
    if (EXPERIMENTAL_AGGREGATES.has(expr.operator)) this.refuseExperimental(expr, `${expr.operator}()`, expr.operator);
    this.expect(expr.expr, "vector", "aggregation expression");
    if (wanted !== undefined && expr.parameter !== undefined)
      this.expect(expr.parameter, wanted, "aggregation parameter");
    for (const label of expr.grouping) {
      if (label === "" || !isValidUtf8(label)) this.report(expr, `invalid label name ${quote(label)} in grouping`);
    }
  }

  private call(expr: Call): void {
    const signature = FUNCTION_SIGNATURES.get(expr.name);
    if (signature === undefined) {
      this.report(expr, `unknown function with name ${quote(expr.name)}`);
      return;
    }
    if (signature.missing !== undefined) {
      this.report(
        { from: expr.from, to: expr.from + expr.name.length },
        `function ${quote(expr.name)} is not supported`,
        signature.missing,
      );
      return;
    }
    if (signature.experimental === true) this.refuseExperimental(expr, `function ${quote(expr.name)}`, expr.name);
    this.argumentCount(expr, signature.args.length, signature.variadic);
    if (expr.name === "info") this.infoSelector(expr);
    expr.args.forEach((argument, index) => {
      const wanted = signature.args.at(Math.min(index, signature.args.length - 1));
      if (expr.name === "info" && index === 1 && argument.kind === "vector-selector") this.selector(argument, true);
      else if (wanted !== undefined) this.expect(argument, wanted, `call to function ${quote(expr.name)}`);
    });
  }

  private refuseExperimental(expr: Expr, what: string, name: string): void {
    if (this.experimental) return;
    this.report(
      { from: expr.from, to: expr.from + name.length },
      `${what} is experimental and must be enabled with --enable-feature=promql-experimental-functions`,
    );
  }

  /** The second argument of info() is no vector: its matchers say which info series and which of their labels are meant. */
  private infoSelector({ args }: Call): void {
    const selector = args.at(1);
    if (selector === undefined) return;
    if (selector.kind !== "vector-selector") {
      this.report(selector, "expected label selectors only");
    } else if (selector.name !== undefined) {
      this.report(selector, "expected label selectors only, got vector selector instead");
    }
  }

  private argumentCount(expr: Call, wanted: number, variadic: number): void {
    const got = expr.args.length;
    const say = (bound: string, count: number): void => {
      this.report(
        expr,
        `expected ${bound}${String(count)} argument(s) in call to ${quote(expr.name)}, got ${String(got)}`,
      );
    };
    if (variadic === 0) {
      if (got !== wanted) say("", wanted);
      return;
    }
    const least = wanted - 1;
    if (got < least) say("at least ", least);
    else if (variadic > 0 && got > least + variadic) say("at most ", least + variadic);
  }

  private expect(expr: Expr, wanted: ValueType, context: string): void {
    const before = this.problems.length;
    const type = this.visit(expr);
    // One wrong part makes its surroundings wrong too; the inner message is the useful one.
    if (type === wanted || this.problems.length > before) return;
    this.report(
      expr,
      `expected type ${TYPE_NAMES[wanted]} in ${context}, got ${TYPE_NAMES[type]}`,
      conversionHint(wanted, type),
    );
  }

  private report(range: { readonly from: number; readonly to: number }, message: string, hint?: string): void {
    this.problems.push({ message, from: range.from, to: range.to, ...(hint === undefined ? {} : { hint }) });
  }
}

function conversionHint(wanted: ValueType, got: ValueType): string | undefined {
  if (wanted === "matrix" && got === "vector")
    return "add a range such as [5m]; behind an expression a subquery such as [5m:]";
  if (wanted === "vector" && got === "matrix") return "wrap the range vector in a function such as rate()";
  if (wanted === "vector" && got === "scalar") return "vector() turns a scalar into a vector";
  if (wanted === "scalar" && got === "vector") return "scalar() turns a vector of one element into a scalar";
  return undefined;
}
