/**
 * Syntax tree to text in Loki's own spelling, on one line; and, for people, over several lines where one would be too
 * long. Printed text parses to the same tree. Source: grafana/loki pkg/logql/syntax/ast.go (String), prettier.go.
 */
import type { LabelMatcher } from "../../telemetry/metric-reader.js";
import { formatDurationMs, quote } from "../promql/literals.js";
import type {
  Binary,
  Expr,
  Extraction,
  Grouping,
  LabelFilter,
  LineFilter,
  LogRange,
  LogSelector,
  MetricExpr,
  NamedLabel,
  RangeAggregation,
  Stage,
  Unwrap,
  VectorAggregation,
} from "./ast.js";
import { formatBytes, formatGoDuration } from "./units.js";

/** The canonical text, on one line. */
export function printLogql(expr: Expr): string {
  switch (expr.kind) {
    case "log":
      return printSelector(expr);
    case "literal":
      return printNumber(expr.value);
    case "vector":
      return `vector(${fixed(expr.value)})`;
    case "label-replace": {
      const texts = [expr.target, expr.replacement, expr.source, expr.regex].map(quote);
      return `label_replace(${[printLogql(expr.expr), ...texts].join(",")})`;
    }
    case "binary":
      return `(${printLogql(expr.left)} ${printOperator(expr)} ${printLogql(expr.right)})`;
    case "range-aggregation":
      return printRange(expr, printLogRange(expr.range));
    case "vector-aggregation":
      return printVector(expr, printLogql(expr.expr));
  }
}

/** Numbers have no exponent in Loki's words for a vector; six digits where they are enough. */
function fixed(value: number): string {
  const text = value.toFixed(6);
  return Number(text) === value ? text : String(value);
}

/** The language has no word for what is not finite, but operations that give it. */
function printNumber(value: number): string {
  if (Number.isNaN(value)) return "(0 / 0)";
  if (value === Infinity) return "(1e308 * 10)";
  if (value === -Infinity) return "(-1e308 * 10)";
  return String(value);
}

function printSelector({ matchers, stages }: LogSelector): string {
  return [`{${matchers.map(printMatcher).join(", ")}}`, ...stages.map(printStage)].join(" ");
}

const printMatcher = ({ name, operator, value }: LabelMatcher): string => `${name}${operator}${quote(value)}`;

/** One stage with its pipe. */
export function printStage(stage: Stage): string {
  switch (stage.kind) {
    case "line-filter":
      return printLineFilter(stage);
    case "label-filter":
      return `| ${printLabelFilter(stage.filter)}`;
    case "line-format":
      return `| line_format ${quote(stage.template)}`;
    case "label-format": {
      const items = stage.items.map(
        ({ label, source }) => `${label}=${source.kind === "rename" ? source.text : quote(source.text)}`,
      );
      return `| label_format ${items.join(",")}`;
    }
    case "drop":
    case "keep":
      return `| ${stage.kind} ${stage.labels.map(printNamed).join(",")}`;
    case "distinct":
      return `| distinct ${stage.labels.join(",")}`;
    case "json":
      return `| json${printExtractions(stage.extractions)}`;
    case "logfmt": {
      const flags = `${stage.strict ? " --strict" : ""}${stage.keepEmpty ? " --keep-empty" : ""}`;
      return `| logfmt${flags}${printExtractions(stage.extractions)}`;
    }
    case "regexp":
    case "pattern":
      return `| ${stage.kind} ${quote(stage.expression)}`;
    case "decolorize":
    case "unpack":
      return `| ${stage.kind}`;
  }
}

function printLineFilter({ operator, alternatives }: LineFilter): string {
  return `${operator} ${alternatives.map(({ text, isIp }) => (isIp ? `ip(${quote(text)})` : quote(text))).join(" or ")}`;
}

const printNamed = ({ name, matcher }: NamedLabel): string => (matcher === undefined ? name : printMatcher(matcher));

function printExtractions(extractions: readonly Extraction[]): string {
  if (extractions.length === 0) return "";
  return ` ${extractions.map(({ label, path }) => `${label}=${quote(path)}`).join(",")}`;
}

function printLabelFilter(filter: LabelFilter): string {
  switch (filter.kind) {
    case "and":
      return `( ${printLabelFilter(filter.left)} , ${printLabelFilter(filter.right)} )`;
    case "or":
      return `( ${printLabelFilter(filter.left)} or ${printLabelFilter(filter.right)} )`;
    case "match":
      return printMatcher(filter.matcher);
    case "ip":
      return `${filter.name}${filter.negated ? "!=" : "="}ip(${quote(filter.pattern)})`;
    case "number":
      return `${filter.name}${filter.operator}${String(filter.value)}`;
    case "duration":
      return `${filter.name}${filter.operator}${formatGoDuration(filter.value)}`;
    case "bytes":
      return `${filter.name}${filter.operator}${formatBytes(filter.value)}`;
  }
}

function printUnwrap({ label, conversion, filters }: Unwrap): string {
  const what = conversion === "none" ? label : `${conversion}(${label})`;
  return ` | unwrap ${what}${filters.map((filter) => ` | ${printLabelFilter(filter)}`).join("")}`;
}

function printLogRange(range: LogRange): string {
  return `${printSelector(range.selector)}${printRangeTail(range)}`;
}

function printRangeTail({ rangeMs, offsetMs, unwrap }: LogRange): string {
  const offset = offsetMs === 0 ? "" : ` offset ${formatGoDuration(offsetMs * 1e6)}`;
  return `${unwrap === undefined ? "" : printUnwrap(unwrap)}[${formatDurationMs(rangeMs)}]${offset}`;
}

const printGrouping = ({ without, labels }: Grouping): string => ` ${without ? "without" : "by"} (${labels.join(",")})`;

function printRange({ operator, parameter, grouping }: RangeAggregation, inside: string): string {
  const first = parameter === undefined ? "" : `${String(parameter)},`;
  return `${operator}(${first}${inside})${grouping === undefined ? "" : printGrouping(grouping)}`;
}

/** Sums by nothing are written without a grouping. */
function printVector({ operator, parameter, grouping }: VectorAggregation, inside: string): string {
  const groups =
    grouping === undefined || (!grouping.without && grouping.labels.length === 0) ? "" : printGrouping(grouping);
  const first = parameter === undefined ? "" : `${String(parameter)},`;
  return `${operator}${groups}(${first}${inside})`;
}

function printOperator({ operator, returnBool, matching }: Binary): string {
  const { cardinality, on, labels, include } = matching;
  let text = returnBool ? `${operator} bool` : operator;
  if (labels === undefined) return text;
  text += ` ${on ? "on" : "ignoring"} (${labels.join(",")})`;
  if (cardinality === "one-to-one") return text;
  text += cardinality === "many-to-one" ? " group_left" : " group_right";
  return include.length === 0 ? `${text} ()` : `${text} (${include.join(",")})`;
}

/** Characters of a line that is not broken up. */
const LINE_MAX = 100;

/** The text for people: broken up where it is long. */
export function prettyLogql(expr: Expr, level = 0): string {
  const pad = "  ".repeat(level);
  const line = printLogql(expr);
  if (line.length + pad.length <= LINE_MAX) return pad + line;
  switch (expr.kind) {
    case "log":
      return prettySelector(expr, level);
    case "range-aggregation": {
      const { range } = expr;
      const inside = `${prettySelector(range.selector, level + 1)}${printRangeTail(range)}`;
      return pad + printRange(expr, `\n${inside}\n${pad}`);
    }
    case "vector-aggregation":
      return pad + printVector(expr, `\n${prettyLogql(expr.expr, level + 1)}\n${pad}`);
    case "binary":
      return prettyBinary(expr, level);
    default:
      return pad + line;
  }
}

function prettyBinary(expr: Binary, level: number): string {
  const pad = "  ".repeat(level);
  const leg = (inner: MetricExpr): string => prettyLogql(inner, level + 1);
  return `${pad}(\n${leg(expr.left)}\n${pad}${printOperator(expr)}\n${leg(expr.right)}\n${pad})`;
}

function prettySelector(selector: LogSelector, level: number): string {
  const pad = "  ".repeat(level);
  const lines = selector.stages.map((stage) => `${pad}  ${printStage(stage)}`);
  return [pad + printSelector({ ...selector, stages: [] }), ...lines].join("\n");
}
