/** Tree to text, fully parenthesized, as Tempo prints: what is printed parses to the same tree. */
import type {
  FieldExpression,
  Hint,
  MetricsExpression,
  MetricsFunction,
  Query,
  ScalarExpression,
  SecondStage,
  Stage,
  Value,
} from "./ast.js";
import { formatDurationNs } from "./duration-text.js";
import { isPlainAttributeName } from "./tokens.js";

export function printQuery(query: Query): string {
  const body = query.kind === "search" ? printStages(query.stages) : printMetrics(query.metrics);
  return query.hints.length === 0 ? body : `${body} with(${query.hints.map(printHint).join(", ")})`;
}

const printHint = ({ name, value }: Hint): string => `${name}=${printValue(value)}`;

const printStages = (stages: readonly Stage[]): string => stages.map(printStage).join(" | ");

export function printStage(stage: Stage): string {
  switch (stage.kind) {
    case "filter":
      return `{ ${printField(stage.condition)} }`;
    case "spansets":
      return `${printOperand(stage.left)} ${stage.operator} ${printOperand(stage.right)}`;
    case "pipeline":
      return `(${printStages(stage.stages)})`;
    case "scalar-filter":
      return `${wrapScalar(stage.left)} ${stage.operator} ${wrapScalar(stage.right)}`;
    case "by":
      return `by(${printField(stage.by)})`;
    case "coalesce":
      return "coalesce()";
    case "select":
      return `select(${stage.fields.map(printField).join(", ")})`;
  }
}

const printOperand = (stage: Stage): string =>
  stage.kind === "spansets" ? `(${printStage(stage)})` : printStage(stage);

export function printScalar(expression: ScalarExpression): string {
  switch (expression.kind) {
    case "literal":
      return printValue(expression.value);
    case "aggregate":
      return `${expression.operator}(${expression.of === undefined ? "" : printField(expression.of)})`;
    case "scalars":
      return `${wrapScalar(expression.left)} ${expression.operator} ${wrapScalar(expression.right)}`;
    case "scalar-pipeline":
      return `(${printStages(expression.stages)} | ${printScalar(expression.aggregate)})`;
  }
}

const wrapScalar = (expression: ScalarExpression): string =>
  expression.kind === "scalars" ? `(${printScalar(expression)})` : printScalar(expression);

export function printField(expression: FieldExpression): string {
  switch (expression.kind) {
    case "literal":
      return printValue(expression.value);
    case "attribute":
      return `${expression.ofParent ? "parent." : ""}${SCOPE_TEXTS[expression.scope](expression.ofParent)}${attributeName(expression.name)}`;
    case "intrinsic":
      return `${expression.ofParent ? "parent." : ""}${expression.intrinsic}`;
    case "unary":
      return `${expression.operator}${wrapField(expression.operand)}`;
    case "binary":
      return `${wrapField(expression.left)} ${expression.operator} ${wrapField(expression.right)}`;
  }
}

const scope =
  (name: string) =>
  (_ofParent: boolean): string =>
    `${name}.`;

const SCOPE_TEXTS = {
  none: (ofParent: boolean): string => (ofParent ? "" : "."),
  span: scope("span"),
  resource: scope("resource"),
  event: scope("event"),
  link: scope("link"),
  instrumentation: scope("instrumentation"),
} as const;

const attributeName = (name: string): string =>
  isPlainAttributeName(name) ? name : `"${name.replace(/[\\"]/g, "\\$&")}"`;

const wrapField = (expression: FieldExpression): string =>
  expression.kind === "unary" || expression.kind === "binary" ? `(${printField(expression)})` : printField(expression);

export function printValue(value: Value): string {
  switch (value.type) {
    case "nil":
      return "nil";
    case "string":
      return quote(value.value);
    case "duration":
      return formatDurationNs(value.value);
    case "float":
      return /[.e]/.test(String(value.value)) ? String(value.value) : `${String(value.value)}.0`;
    case "int":
      return BigInt(value.value).toString();
    default:
      return String(value.value);
  }
}

/** As a Go string literal. */
const quote = (text: string): string =>
  `"${text.replace(/[\\"]/g, "\\$&").replace(/[\u0000-\u001f\u007f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;

export function printMetrics(expression: MetricsExpression): string {
  const then = expression.then.map(printSecondStage).join("");
  if (expression.kind === "metrics-operation") {
    const body = `(${printMetrics(expression.left)}) ${expression.operator} (${printMetrics(expression.right)})`;
    return then === "" ? body : `(${body})${then}`;
  }
  const by = expression.by.length === 0 ? "" : ` by (${expression.by.map(printField).join(", ")})`;
  return `${printStages(expression.stages)} | ${printFunction(expression.function)}${by}${then}`;
}

function printFunction(call: MetricsFunction): string {
  switch (call.kind) {
    case "rate":
    case "count_over_time":
      return `${call.kind}()`;
    case "quantile_over_time":
      return `${call.kind}(${[printField(call.of), ...call.quantiles.map(printNumber)].join(", ")})`;
    case "compare": {
      const times = call.fromNs === undefined || call.toNs === undefined ? [] : [call.fromNs, call.toNs];
      return `compare(${[printStage(call.selection), call.topN, ...times].map(String).join(", ")})`;
    }
    default:
      return `${call.kind}(${printField(call.of)})`;
  }
}

/** More digits than a whole number may have are those of a float. */
const printNumber = (value: number): string => {
  const text = String(value);
  return Number.isSafeInteger(value) || /[.e]/.test(text) ? text : `${text}.0`;
};

const printSecondStage = (stage: SecondStage): string =>
  stage.kind === "compare-value"
    ? ` ${stage.operator} ${printNumber(stage.value)}`
    : ` | ${stage.kind}(${String(stage.count)})`;
