/** Whether the parts of a query fit together, in Tempo's words. Source: grafana/tempo/pkg/traceql/ast_validate.go. */
import { RE2JS } from "re2js";
import type {
  Aggregate,
  BinaryField,
  FieldExpression,
  MetricsExpression,
  MetricsFunction,
  Query,
  ScalarExpression,
  SpansetFilter,
  Stage,
  TextRange,
  UnaryField,
} from "./ast.js";
import { TraceqlError } from "./errors.js";
import { printField, printScalar, printStage } from "./print.js";
import { areComparable, isNumeric, refersToSpan, scalarType, takes, typeOf } from "./types.js";

/** Throws the first TraceqlError. */
export function checkQuery(query: Query, text: string): void {
  const checker = new Checker(text);
  if (query.kind === "search") checker.stages(query.stages);
  else checker.metrics(query.metrics);
}

class Checker {
  constructor(readonly text: string) {}

  stages(stages: readonly Stage[]): void {
    for (const stage of stages) this.#stage(stage);
  }

  metrics(expression: MetricsExpression): void {
    if (expression.kind === "metrics-operation") {
      this.metrics(expression.left);
      this.metrics(expression.right);
    } else {
      this.stages(expression.stages);
      this.#function(expression.function, expression);
    }
    for (const stage of expression.then) {
      if (stage.kind !== "compare-value" && stage.count <= 0) {
        throw this.#error(`${stage.kind} limit must be greater than 0`, expression);
      }
    }
  }

  #function(call: MetricsFunction, range: TextRange): void {
    if (call.kind === "compare") {
      this.#filter(call.selection);
      if (call.topN <= 0) throw this.#error("compare() top number of values must be integer greater than 0", range);
      if (call.fromNs !== undefined && call.toNs !== undefined && call.toNs <= call.fromNs) {
        throw this.#error("compare() timestamps must be in unix nanoseconds and start must be before end", range);
      }
    } else if ("of" in call) {
      const type = typeOf(call.of);
      if (type !== "attribute" && !isNumeric(type)) {
        throw this.#error(`${call.kind} attribute must be numeric: ${printField(call.of)}`, call.of);
      }
    }
    if (call.kind === "quantile_over_time" && call.quantiles.some((quantile) => quantile < 0 || quantile > 1)) {
      throw this.#error("quantile must be between 0 and 1", range);
    }
  }

  #stage(stage: Stage): void {
    switch (stage.kind) {
      case "filter":
        this.#filter(stage);
        return;
      case "spansets":
        this.#stage(stage.left);
        this.#stage(stage.right);
        return;
      case "pipeline":
        this.stages(stage.stages);
        return;
      case "scalar-filter":
        this.#scalar(stage.left);
        this.#scalar(stage.right);
        this.#sides(stage, scalarType(stage.left), scalarType(stage.right), () => printStage(stage));
        return;
      case "by":
        if (!refersToSpan(stage.by)) {
          throw this.#error(`grouping field expressions must reference the span: ${printStage(stage)}`, stage.by);
        }
        this.#field(stage.by);
        return;
      case "select":
      case "coalesce":
        return;
    }
  }

  #filter(filter: SpansetFilter): void {
    this.#field(filter.condition);
    const type = typeOf(filter.condition);
    if (type !== "attribute" && type !== "boolean") {
      const message = "span filter field expressions must resolve to a boolean";
      throw this.#error(`${message}: ${printStage(filter)}`, filter.condition);
    }
  }

  #scalar(expression: ScalarExpression): void {
    if (expression.kind === "aggregate") this.#aggregate(expression);
    else if (expression.kind === "scalar-pipeline") {
      this.stages(expression.stages);
      this.#aggregate(expression.aggregate);
    } else if (expression.kind === "scalars") {
      this.#scalar(expression.left);
      this.#scalar(expression.right);
      this.#sides(expression, scalarType(expression.left), scalarType(expression.right), () => printScalar(expression));
    }
  }

  #aggregate(aggregate: Aggregate): void {
    const { of } = aggregate;
    if (of === undefined) return;
    this.#field(of);
    const type = typeOf(of);
    if (type !== "attribute" && !isNumeric(type)) {
      const message = "aggregate field expressions must resolve to a number type";
      throw this.#error(`${message}: ${printScalar(aggregate)}`, of);
    }
    if (!refersToSpan(of)) {
      throw this.#error(`aggregate field expressions must reference the span: ${printScalar(aggregate)}`, of);
    }
  }

  #field(expression: FieldExpression): void {
    if (expression.kind === "unary") this.#unary(expression);
    else if (expression.kind === "binary") this.#binary(expression);
  }

  #unary(expression: UnaryField): void {
    this.#field(expression.operand);
    const type = typeOf(expression.operand);
    if (type === "attribute") return;
    const fits = expression.operator === "-" ? isNumeric(type) : type === "boolean";
    if (!fits) throw this.#error(`illegal operation for the given type: ${printField(expression)}`, expression);
  }

  #binary(expression: BinaryField): void {
    this.#field(expression.left);
    this.#field(expression.right);
    const { operator, right } = expression;
    this.#sides(expression, typeOf(expression.left), typeOf(right), () => printField(expression));
    if (operator !== "=~" && operator !== "!~") return;
    const pattern = right.kind === "literal" && right.value.type === "string" ? right.value.value : undefined;
    if (pattern === undefined || !isPattern(pattern)) throw this.#error(`invalid regex: ${printField(right)}`, right);
  }

  #sides(
    expression: TextRange & { readonly operator: BinaryField["operator"] },
    left: ReturnType<typeof typeOf>,
    right: ReturnType<typeof typeOf>,
    print: () => string,
  ): void {
    if (!areComparable(left, right)) {
      throw this.#error(`binary operations must operate on the same type: ${print()}`, expression);
    }
    if (!takes(expression.operator, left) || !takes(expression.operator, right)) {
      throw this.#error(`illegal operation for the given types: ${print()}`, expression);
    }
  }

  #error(message: string, range: TextRange): TraceqlError {
    return new TraceqlError(message, this.text, { from: range.from, to: range.to }, "types");
  }
}

function isPattern(pattern: string): boolean {
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}
