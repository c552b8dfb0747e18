/** Selectors and the stages behind them. Source: grafana/loki pkg/logql/syntax/syntax.y. */
import type { LabelMatcher } from "../../telemetry/metric-reader.js";
import { compileMatcher } from "../promql/matcher.js";
import type {
  Comparison,
  Extraction,
  LabelFilter,
  LabelFormatItem,
  LineFilter,
  LineFilterOperator,
  LinePattern,
  NamedLabel,
  Stage,
  Unwrap,
  Conversion,
} from "./ast.js";
import { meaningless } from "./problem.js";
import type { TokenReader } from "./token-reader.js";

const MATCH_OPERATORS = ["=", "=~", "!~", "!="] as const;
const LINE_OPERATORS: readonly string[] = ["|=", "|~", "|>", "!=", "!~", "!>"];
const FILTER_OPERATORS: readonly string[] = ["=", "=~", "!~", "!=", "==", ">", ">=", "<", "<="];

/** Filters may be nested this deep. */
const FILTER_DEPTH_MAX = 200;

export function parseSelector(words: TokenReader): LabelMatcher[] {
  const open = words.expect("{");
  const matchers: LabelMatcher[] = [];
  if (words.takeIf("}")) {
    throw meaningless(EMPTY_SELECTOR, { from: open.from, to: open.from + 1 });
  }
  do {
    const name = words.label(...(matchers.length === 0 ? ["IDENTIFIER", "}"] : ["IDENTIFIER"]));
    matchers.push(parseMatcher(words, name.text));
  } while (words.takeIf(","));
  const close = words.expect("}", "}", ",");
  if (matchers.every((matcher) => compileMatcher(matcher).ok && matchesEmpty(matcher))) {
    throw meaningless(EMPTY_SELECTOR, { from: open.from, to: close.to });
  }
  return matchers;
}

const EMPTY_SELECTOR =
  'queries require at least one regexp or equality matcher that does not have an empty-compatible value. For instance, app=~".*" does not meet this requirement, but app=~".+" will';

function matchesEmpty(matcher: LabelMatcher): boolean {
  const compiled = compileMatcher(matcher);
  return compiled.ok && compiled.value("");
}

/** What follows the name of a label in a selector. */
function parseMatcher(words: TokenReader, name: string): LabelMatcher {
  if (!words.sees(...MATCH_OPERATORS)) words.unexpected(...MATCH_OPERATORS);
  const operator = words.take().name as LabelMatcher["operator"];
  const value = words.expect("STRING");
  return checkedMatcher({ name, operator, value: value.text }, value);
}

function checkedMatcher(matcher: LabelMatcher, place: { readonly from: number; readonly to: number }): LabelMatcher {
  const compiled = compileMatcher(matcher);
  if (!compiled.ok) throw meaningless(compiled.error, place);
  return matcher;
}

/** Stages up to the first word that begins none; `unwrap` is left to the caller. */
export function parseStages(words: TokenReader): Stage[] {
  const stages: Stage[] = [];
  for (;;) {
    if (words.sees(...LINE_OPERATORS)) stages.push(parseLineFilter(words));
    else if (words.sees("|") && !words.seesAfter(1, "unwrap")) {
      const { from } = words.take();
      stages.push(parsePipeStage(words, from));
    } else return stages;
  }
}

function parseLineFilter(words: TokenReader): LineFilter {
  const { name, from } = words.take();
  const alternatives: LinePattern[] = [parsePattern(words)];
  while (words.takeIf("or")) alternatives.push(parsePattern(words));
  const to = words.current.from;
  return { kind: "line-filter", operator: name as LineFilterOperator, alternatives, from, to };
}

function parsePattern(words: TokenReader): LinePattern {
  if (!words.takeIf("ip")) return { text: words.expect("STRING", "STRING", "ip").text, isIp: false };
  words.expect("(");
  const { text } = words.expect("STRING");
  words.expect(")");
  return { text, isIp: true };
}

type StageReader = (words: TokenReader, from: number) => Stage;

/** Stages by the word behind the pipe. */
const STAGES: ReadonlyMap<string, StageReader> = new Map<string, StageReader>([
  ["json", (words, from) => ({ kind: "json", extractions: parseExtractions(words), ...span(words, from) })],
  ["logfmt", parseLogfmt],
  ["regexp", (words, from) => ({ kind: "regexp", expression: words.expect("STRING").text, ...span(words, from) })],
  ["pattern", (words, from) => ({ kind: "pattern", expression: words.expect("STRING").text, ...span(words, from) })],
  ["unpack", (words, from) => ({ kind: "unpack", ...span(words, from) })],
  [
    "line_format",
    (words, from) => ({ kind: "line-format", template: words.expect("STRING").text, ...span(words, from) }),
  ],
  ["label_format", (words, from) => ({ kind: "label-format", items: parseFormats(words), ...span(words, from) })],
  ["decolorize", (words, from) => ({ kind: "decolorize", ...span(words, from) })],
  ["drop", (words, from) => ({ kind: "drop", labels: parseNamedLabels(words), ...span(words, from) })],
  ["keep", (words, from) => ({ kind: "keep", labels: parseNamedLabels(words), ...span(words, from) })],
  ["distinct", (words, from) => ({ kind: "distinct", labels: parseLabelList(words), ...span(words, from) })],
]);

const span = (words: TokenReader, from: number): { readonly from: number; readonly to: number } => ({
  from,
  to: words.current.from,
});

function parsePipeStage(words: TokenReader, from: number): Stage {
  const read = STAGES.get(words.current.name);
  if (read !== undefined) {
    words.take();
    return read(words, from);
  }
  if (!words.sees("IDENTIFIER", "(")) words.unexpected();
  const filter = parseLabelFilter(words, 0);
  return { kind: "label-filter", filter, ...span(words, from) };
}

function parseLogfmt(words: TokenReader, from: number): Stage {
  const flags = new Set<string>();
  while (words.sees("PARSER_FLAG")) flags.add(words.take().text);
  return {
    kind: "logfmt",
    strict: flags.has("--strict"),
    keepEmpty: flags.has("--keep-empty"),
    extractions: parseExtractions(words),
    ...span(words, from),
  };
}

function parseExtractions(words: TokenReader): Extraction[] {
  const extractions: Extraction[] = [];
  if (!words.sees("IDENTIFIER")) return extractions;
  do {
    const label = words.label("IDENTIFIER").text;
    extractions.push({ label, path: words.takeIf("=") ? words.expect("STRING").text : label });
  } while (words.takeIf(","));
  return extractions;
}

function parseFormats(words: TokenReader): LabelFormatItem[] {
  const items: LabelFormatItem[] = [];
  do {
    const place = words.label("IDENTIFIER");
    words.expect("=");
    if (!words.sees("IDENTIFIER", "STRING")) words.unexpected("IDENTIFIER", "STRING");
    const { name, text } = words.take();
    if (place.text === "__error__") throw meaningless("__error__ cannot be formatted", place);
    if (items.some(({ label }) => label === place.text)) {
      throw meaningless(`multiple label name '${place.text}' not allowed in a single format operation`, place);
    }
    items.push({ label: place.text, source: { kind: name === "STRING" ? "template" : "rename", text } });
  } while (words.takeIf(","));
  return items;
}

function parseNamedLabels(words: TokenReader): NamedLabel[] {
  const labels: NamedLabel[] = [];
  do {
    const { text: name } = words.label("IDENTIFIER");
    labels.push({ name, matcher: words.sees(...MATCH_OPERATORS) ? parseMatcher(words, name) : undefined });
  } while (words.takeIf(","));
  return labels;
}

/** Names separated by commas. */
export function parseLabelList(words: TokenReader): string[] {
  const labels = [words.label("IDENTIFIER").text];
  while (words.takeIf(",")) labels.push(words.label("IDENTIFIER").text);
  return labels;
}

/**
 * `and` binds closer than `or`. A comma, or nothing at all, between two filters means `and` and takes everything behind
 * it, as in Loki's grammar, where neither has a precedence.
 */
export function parseLabelFilter(words: TokenReader, depth: number): LabelFilter {
  let left = parseConjunction(words, depth);
  while (words.takeIf("or")) {
    mustBeginFilter(words);
    left = { kind: "or", left, right: parseConjunction(words, depth) };
  }
  return left;
}

function parseConjunction(words: TokenReader, depth: number): LabelFilter {
  let left = parseJuxtaposed(words, depth);
  while (words.takeIf("and")) {
    mustBeginFilter(words);
    left = { kind: "and", left, right: parseJuxtaposed(words, depth) };
  }
  return left;
}

function parseJuxtaposed(words: TokenReader, depth: number): LabelFilter {
  const left = parseOneFilter(words, depth);
  const comma = words.takeIf(",");
  if (comma) mustBeginFilter(words);
  else if (!words.sees("IDENTIFIER", "(")) return left;
  return { kind: "and", left, right: parseLabelFilter(words, depth + 1) };
}

function mustBeginFilter(words: TokenReader): void {
  if (!words.sees("IDENTIFIER", "(")) words.unexpected("IDENTIFIER", "(");
}

function parseOneFilter(words: TokenReader, depth: number): LabelFilter {
  if (depth > FILTER_DEPTH_MAX) {
    throw meaningless(`filters are nested more than ${String(FILTER_DEPTH_MAX)} deep`, words.current);
  }
  if (words.takeIf("(")) {
    mustBeginFilter(words);
    const inner = parseLabelFilter(words, depth + 1);
    words.expect(")", ...[]);
    return inner;
  }
  const { text: name } = words.label("IDENTIFIER");
  if (!words.sees(...FILTER_OPERATORS)) words.unexpected();
  const operator = words.take().name;
  const isEquality = operator === "=" || operator === "!=";
  if (operator === "=~" || operator === "!~") {
    const value = words.expect("STRING");
    return { kind: "match", matcher: checkedMatcher({ name, operator, value: value.text }, value) };
  }
  if (isEquality && words.sees("STRING")) {
    return { kind: "match", matcher: { name, operator, value: words.take().text } };
  }
  if (isEquality && words.sees("ip")) {
    return { kind: "ip", name, negated: operator === "!=", pattern: parsePattern(words).text };
  }
  return parseQuantity(words, name, operator === "=" ? "==" : (operator as Comparison));
}

function parseQuantity(words: TokenReader, name: string, operator: Comparison): LabelFilter {
  if (words.sees("DURATION")) return { kind: "duration", name, operator, value: words.take().value };
  if (words.sees("BYTES")) return { kind: "bytes", name, operator, value: words.take().value };
  const sign = words.sees("+", "-") ? words.take().name : "";
  if (!words.sees("NUMBER")) words.unexpected(...(sign === "" ? [] : ["NUMBER"]));
  const value = words.take().value;
  return { kind: "number", name, operator, value: sign === "-" ? -value : value };
}

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  BYTES_CONV: "bytes",
  DURATION_CONV: "duration",
  DURATION_SECONDS_CONV: "duration_seconds",
};

/** `| unwrap duration(latency) | __error__=""`; undefined where none begins. */
export function parseUnwrap(words: TokenReader): Unwrap | undefined {
  if (!words.sees("|") || !words.seesAfter(1, "unwrap")) return undefined;
  const { from } = words.take();
  words.take();
  const isConverted = words.sees(...Object.keys(CONVERSIONS));
  const conversion = isConverted ? CONVERSIONS[words.take().name] : "none";
  if (isConverted) words.expect("(");
  const { text: label } = words.label(...(isConverted ? ["IDENTIFIER"] : []));
  if (isConverted) words.expect(")");
  const filters: LabelFilter[] = [];
  while (words.takeIf("|")) {
    mustBeginFilter(words);
    filters.push(parseLabelFilter(words, 0));
  }
  return { label, conversion, filters, ...span(words, from) };
}
