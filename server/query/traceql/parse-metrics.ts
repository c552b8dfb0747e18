/** What turns spans into series: `| rate() by (…)`, and what may follow: `| topk(5)`, `> 10`. */
import type {
  ComparisonOperator,
  MetricsFunction,
  MetricsQuery,
  NamedField,
  SecondStage,
  SpansetFilter,
  Stage,
} from "./ast.js";
import { parseNamedField } from "./parse-field.js";
import type { TokenReader } from "./token-reader.js";
import { COMPARISONS } from "./vocabulary.js";

type ReadFilter = () => SpansetFilter;

/** Reads what stands within the brackets. */
type ReadArguments = (reader: TokenReader, readFilter: ReadFilter) => MetricsFunction;

const nothing =
  (kind: "rate" | "count_over_time"): ReadArguments =>
  () => ({ kind });

const field =
  (
    kind: "min_over_time" | "max_over_time" | "avg_over_time" | "sum_over_time" | "histogram_over_time",
  ): ReadArguments =>
  (reader) => ({ kind, of: parseNamedField(reader) });

const FUNCTIONS: ReadonlyMap<string, ReadArguments> = new Map<string, ReadArguments>([
  ["rate", nothing("rate")],
  ["count_over_time", nothing("count_over_time")],
  ["min_over_time", field("min_over_time")],
  ["max_over_time", field("max_over_time")],
  ["avg_over_time", field("avg_over_time")],
  ["sum_over_time", field("sum_over_time")],
  ["histogram_over_time", field("histogram_over_time")],
  ["quantile_over_time", readQuantiles],
  ["compare", readCompare],
]);

/** Those whose brackets may hold more. */
const LISTS: ReadonlySet<string> = new Set(["quantile_over_time", "compare"]);

const COMPARE_TOP_N = 10;

export const isMetricsFunction = ({ token }: TokenReader): boolean =>
  token.kind === "word" && FUNCTIONS.has(token.text);

export function parseMetricsFunction(
  reader: TokenReader,
  stages: readonly Stage[],
  from: number,
  readFilter: ReadFilter,
): MetricsQuery {
  const { text } = reader.next();
  const read = FUNCTIONS.get(text);
  if (read === undefined) throw reader.unexpected();
  reader.expect("(");
  const metricsFunction = read(reader, readFilter);
  if (LISTS.has(text)) reader.closeList();
  else reader.expect(")");
  const by = metricsFunction.kind !== "compare" && reader.take("by") ? parseBy(reader) : [];
  const then = parseSecondStages(reader);
  return { kind: "metrics", stages, function: metricsFunction, by, then, from, to: reader.lastTo };
}

function parseBy(reader: TokenReader): readonly NamedField[] {
  reader.expect("(");
  const fields = [parseNamedField(reader)];
  while (reader.take(",")) fields.push(parseNamedField(reader));
  reader.closeList();
  return fields;
}

export function parseSecondStages(reader: TokenReader): readonly SecondStage[] {
  const stages: SecondStage[] = [];
  for (;;) {
    if (reader.token.kind === "symbol" && COMPARISONS.has(reader.token.text)) {
      const operator = reader.next().text as ComparisonOperator;
      stages.push({ kind: "compare-value", operator, value: readNumber(reader) });
    } else if (reader.is("|") && isRanking(reader.following.text)) {
      reader.next();
      const kind = reader.next().text === "topk" ? "topk" : "bottomk";
      reader.expect("(");
      const { token } = reader;
      if (token.kind !== "integer") throw reader.unexpected("INTEGER");
      reader.next();
      reader.expect(")");
      stages.push({ kind, count: token.value });
    } else {
      return stages;
    }
  }
}

const isRanking = (text: string): boolean => text === "topk" || text === "bottomk";

function readNumber(reader: TokenReader): number {
  const sign = reader.take("-") ? -1 : 1;
  const { token } = reader;
  if (token.kind === "duration") {
    reader.next();
    return (sign * token.value) / 1e9;
  }
  if (token.kind !== "integer" && token.kind !== "float") throw reader.unexpected();
  reader.next();
  return sign * token.value;
}

function readQuantiles(reader: TokenReader): MetricsFunction {
  const of = parseNamedField(reader);
  const quantiles: number[] = [];
  reader.expect(",");
  do quantiles.push(readNumber(reader));
  while (reader.take(","));
  return { kind: "quantile_over_time", of, quantiles };
}

function readCompare(reader: TokenReader, readFilter: ReadFilter): MetricsFunction {
  const selection = readFilter();
  const numbers: number[] = [];
  while (reader.take(",")) {
    const { token } = reader;
    if (token.kind !== "integer" || numbers.length === 3) throw reader.unexpected();
    reader.next();
    numbers.push(token.value);
  }
  // A time without its end is no time.
  if (numbers.length === 2) throw reader.unexpected(",");
  return {
    kind: "compare",
    selection,
    topN: numbers.at(0) ?? COMPARE_TOP_N,
    fromNs: numbers.at(1),
    toNs: numbers.at(2),
  };
}
