/**
 * Turns the first break in a lezer tree into one sentence in Prometheus's manner: what was met, where in the language,
 * what would have been accepted, and a hint where a known mistake is behind it.
 */
import type { SyntaxNode, Tree } from "@lezer/common";
import { lineAndColumn, type Diagnostic } from "../../base/diagnostic.js";
import { FUNCTION_SIGNATURES, isAggregateOperator } from "./function-signatures.js";
import { describeToken, DURATION_WORDS, tokenize, type LexicalError, type Token } from "./tokens.js";

export interface Problem extends LexicalError {
  readonly expected?: string;
}

/** `problem` with line and column. */
export function diagnosticAt(text: string, problem: Problem): Diagnostic {
  return {
    severity: "error",
    message: problem.message,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    ...(problem.expected === undefined ? {} : { expected: problem.expected }),
    from: problem.from,
    to: problem.to,
    ...lineAndColumn(text, problem.from),
  };
}

/** What is wrong with a query whose words do not close or do not parse; undefined: nothing is. */
export function findSyntaxError(text: string, parse: (text: string) => Tree): Problem | undefined {
  if (text.replace(/#[^\n]*/g, "").trim() === "") {
    return { message: "no expression found in input", from: 0, to: text.length, expected: "an expression" };
  }
  const { tokens, error } = tokenize(text);
  const unknown = tokens.filter((_, index) => isUnknownCall(tokens, index));
  // The grammar knows functions by name; under the name of another one the rest of the query can be judged.
  const broken = firstErrorNode(parse(withKnownNames(text, unknown)));
  const fault = broken === undefined ? undefined : breakAt(tokens, broken);
  const first = error !== undefined && (fault === undefined || error.from <= fault.from) ? error : fault;
  return firstUnknown(tokens, unknown, first?.from ?? Infinity) ?? first;
}

function isUnknownCall(tokens: readonly Token[], index: number): boolean {
  const token = tokenAt(tokens, index);
  if (token?.kind !== "identifier" || tokenAt(tokens, index + 1)?.text !== "(") return false;
  if (/^fill(?:_left|_right)?$/.test(token.text) && index > 0 && !/^[(,]$/.test(tokens[index - 1].text)) return false;
  // The colon of a subquery is a word that names could begin with.
  return (
    /^[a-zA-Z_]/.test(token.text) &&
    !FUNCTION_SIGNATURES.has(token.text) &&
    !DURATION_WORDS.has(token.text.toLowerCase())
  );
}

/** By length; what is shorter than all of them becomes a parenthesis. */
const KNOWN_NAMES: Readonly<Record<number, string | undefined>> = { 1: " ", 2: "ln" };

function withKnownNames(text: string, unknown: readonly Token[]): string {
  let known = text;
  for (const { from, to } of unknown) {
    const empty = /^\(\s*\)/.exec(text.slice(to))?.[0];
    if (to - from === 1 && empty !== undefined) {
      // No function has a name that short, and empty parentheses are nothing.
      known = `${known.slice(0, from)}1${" ".repeat(empty.length)}${known.slice(to + empty.length)}`;
      continue;
    }
    const name = (KNOWN_NAMES[to - from] ?? "abs").padEnd(to - from);
    known = known.slice(0, from) + name + known.slice(to);
  }
  return known;
}

/** The unknown function whose call ends first, if it ends before the other thing that is wrong, at `before`. */
function firstUnknown(tokens: readonly Token[], unknown: readonly Token[], before: number): Problem | undefined {
  let first: Token | undefined;
  let firstEnd = before;
  for (const token of unknown) {
    const end = endOfCall(tokens, tokens.indexOf(token) + 1);
    if (end === undefined || end > firstEnd) continue;
    [first, firstEnd] = [token, end];
  }
  return first === undefined ? undefined : unknownFunction(first);
}

/** Where the parenthesis at `index` closes. */
function endOfCall(tokens: readonly Token[], index: number): number | undefined {
  let depth = 0;
  for (const { kind, text, to } of tokens.slice(index)) {
    if (kind !== "bracket") continue;
    depth += "([{".includes(text) ? 1 : -1;
    if (depth === 0) return to;
  }
  return undefined;
}

function firstErrorNode(tree: Tree): SyntaxNode | undefined {
  let first: SyntaxNode | undefined;
  tree.iterate({
    enter: (node) => {
      if (node.type.isError && (first === undefined || node.from < first.from)) first = node.node;
    },
  });
  return first;
}

function breakAt(tokens: readonly Token[], broken: SyntaxNode): Problem {
  const index = tokens.findIndex((token) => token.to > broken.from || token.kind === "end");
  const token = tokens[index] ?? { kind: "end", text: "", from: broken.from, to: broken.to };
  const context = contextOf(broken, tokenAt(tokens, index - 1));
  const place = context?.name === undefined ? "" : ` in ${context.name}`;
  const expected = context?.expected;
  const comma = tokenAt(tokens, index - 1);
  if (token.text === ")" && comma?.text === "," && (place === "" || context?.name === "aggregation")) {
    return { message: "trailing commas not allowed in function call args", from: comma.from, to: comma.to };
  }
  // Prometheus says what it expects in the places that have a name.
  const wanted = place === "" || expected === undefined ? "" : `, expected ${expected}`;
  return {
    message: `unexpected ${describeToken(token)}${place}${wanted}`,
    from: token.from,
    to: token.to,
    ...(expected === undefined ? {} : { expected }),
    ...hintFor(tokens, index, context?.name),
  };
}

/** The token at an index that may lie outside. */
function tokenAt(tokens: readonly Token[], index: number): Token | undefined {
  return index < 0 ? undefined : tokens.at(index);
}

function unknownFunction({ text, from, to }: Token): Problem {
  const near = nearestFunction(text);
  return {
    message: `unknown function with name "${text}"`,
    from,
    to,
    expected: "the name of a function",
    ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
  };
}

function nearestFunction(name: string): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.ceil(name.length / 4)) + 1;
  for (const known of FUNCTION_SIGNATURES.keys()) {
    const distance = editDistance(name.toLowerCase(), known);
    if (distance < bestDistance) [best, bestDistance] = [known, distance];
  }
  return best;
}

/** Edits between two short words: letters added, dropped, replaced or swapped with their neighbour (optimal string alignment). */
function editDistance(left: string, right: string): number {
  const table: number[][] = [Array.from({ length: right.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= left.length; i++) {
    const row = [i];
    for (let j = 1; j <= right.length; j++) {
      const replaced = table[i - 1][j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1);
      const swapped = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1] ? table[i - 2][j - 2] + 1 : Infinity;
      row.push(Math.min(replaced, swapped, table[i - 1][j] + 1, row[j - 1] + 1));
    }
    table.push(row);
  }
  return table[left.length][right.length];
}

interface Context {
  readonly name?: string;
  readonly expected?: string;
}

const DURATIONS = "number, duration, step(), or range()";

/** Place in the language and what is accepted there, by the node that broke. */
const CONTEXTS: Readonly<Record<string, ((broken: SyntaxNode, before: Token | undefined) => Context) | undefined>> = {
  GroupingLabels: (_broken, before) => {
    if (before?.text === "(" || before?.text === ",") return { name: "grouping opts", expected: "label" };
    return { name: "grouping opts", expected: before?.kind === "keyword" ? '"("' : '"," or ")"' };
  },
  MatchingModifierClause: (_broken, before) =>
    before?.kind === "keyword" ? { name: "grouping opts", expected: '"("' } : { expected: "expression" },
  AggregateModifier: () => ({ name: "grouping opts", expected: '"("' }),
  LabelMatchers: (broken) => {
    const previous = broken.prevSibling;
    const closes = previous !== null && previous.name.endsWith("LabelMatcher");
    return { name: "label matching", expected: closes ? '"," or "}"' : 'identifier or "}"' };
  },
  UnquotedLabelMatcher: (broken) => ({
    name: "label matching",
    expected: (broken.parent?.getChild("MatchOp") ?? null) === null ? "label matching operator" : "string",
  }),
  QuotedLabelMatcher: () => ({ name: "label matching", expected: "string" }),
  MatrixSelector: () => ({ name: "subquery or range selector", expected: '":" or "]"' }),
  SubqueryExpr: () => ({ name: "subquery selector", expected: 'duration or "]"' }),
  NumberDurationLiteralInDurationContext: () => ({
    name: "subquery or range selector",
    expected: DURATIONS,
  }),
  DurationExpr: () => ({ name: "subquery or range selector", expected: DURATIONS }),
  OffsetExpr: () => ({ name: "offset", expected: DURATIONS }),
  OffsetDurationExpr: () => ({ name: "offset", expected: DURATIONS }),
  StepInvariantExpr: () => ({ name: "@", expected: "timestamp" }),
  FunctionCallBody: () => ({ expected: 'expression, "," or ")"' }),
  BinaryExpr: () => ({ expected: "expression" }),
  UnaryExpr: () => ({ expected: "expression" }),
  ParenExpr: () => ({ expected: "expression" }),
};

function contextOf(broken: SyntaxNode, before: Token | undefined): Context | undefined {
  let direct: Context | undefined;
  for (let node = broken.parent; node !== null; node = node.parent) {
    if (node.type.isError) continue;
    direct ??= CONTEXTS[node.name]?.(broken, before) ?? {};
    if (direct.name !== undefined) return direct;
    // Nothing between here and an aggregation has a word for what is wrong.
    if (node.name === "AggregateExpr") return isInside(node, before) ? { name: "aggregation" } : {};
  }
  return direct;
}

/** Between the parentheses of an aggregation, or where they should be. */
function isInside(aggregation: SyntaxNode, before: Token | undefined): boolean {
  const body = aggregation.getChild("FunctionCallBody");
  return before?.kind !== "aggregator" && !(before?.text === ")" && before.to === body?.to);
}

function hintFor(tokens: readonly Token[], index: number, context: string | undefined): { readonly hint?: string } {
  const token = tokenAt(tokens, index);
  const previous = tokenAt(tokens, index - 1);
  if (token === undefined) return {};
  if (
    context === "label matching" &&
    token.kind === "identifier" &&
    previous !== undefined &&
    /^[=!]/.test(previous.text)
  ) {
    return { hint: `label values stand in quotes: "${token.text}"` };
  }
  if (token.text === "=" && context === undefined) return { hint: "equality of values is written ==" };
  if (token.kind === "keyword" && (token.text === "by" || token.text === "without")) {
    return { hint: `${token.text} belongs to an aggregation such as sum` };
  }
  if (previous?.kind === "aggregator" && token.kind !== "bracket") {
    return { hint: `write ${previous.text.toLowerCase()}(…) or ${previous.text.toLowerCase()} by (…) (…)` };
  }
  if (token.kind === "identifier" && isAggregateBefore(tokens, index)) {
    return { hint: "the argument of an aggregation stands in parentheses" };
  }
  if (token.kind === "identifier" && previous?.kind === "identifier")
    return { hint: "two metrics need an operator between them" };
  return {};
}

// `sum by (le) rate(…)`: the grouping just closed and no parenthesis follows.
function isAggregateBefore(tokens: readonly Token[], index: number): boolean {
  if (tokenAt(tokens, index - 1)?.text !== ")") return false;
  for (let at = index - 2; at >= 2; at--) {
    if (tokenAt(tokens, at)?.text === "(")
      return isAggregateOperator((tokenAt(tokens, at - 2)?.text ?? "").toLowerCase());
  }
  return false;
}
