/**
 * Turns the first break in a lezer tree into one sentence in Prometheus's manner: what was met, where in the language,
 * what would have been accepted, and a hint where a known mistake is behind it.
 */
import type { SyntaxNode, Tree } from "@lezer/common";
import { lineAndColumn, type Diagnostic } from "../../base/diagnostic.js";
import { FUNCTION_SIGNATURES, isAggregateOperator } from "./function-signatures.js";
import { describeToken, tokenize, type LexicalError, type Token } from "./tokens.js";

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

/** What is wrong with a query whose tree has error nodes, or whose words do not close; undefined: nothing is. */
export function findSyntaxError(text: string, tree: Tree): Problem | undefined {
  if (text.replace(/#[^\n]*/g, "").trim() === "") {
    return { message: "no expression found in input", from: 0, to: text.length, expected: "an expression" };
  }
  const { tokens, error } = tokenize(text);
  const broken = firstErrorNode(tree);
  const fault = broken === undefined ? undefined : breakAt(tokens, broken);
  if (error !== undefined && (fault === undefined || error.from <= fault.from)) return error;
  // Unknown functions and unclosed brackets upset the tree before the place that matters.
  return fault ?? error;
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
  const special = unknownFunction(tokens, index) ?? badDuration(tokens, index);
  if (special !== undefined) return special;
  const context = contextOf(broken);
  const place = context?.name === undefined ? "" : ` in ${context.name}`;
  const expected = context?.expected;
  return {
    message: `unexpected ${describeToken(token)}${place}${expected === undefined ? "" : `, expected ${expected}`}`,
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

function unknownFunction(tokens: readonly Token[], index: number): Problem | undefined {
  for (const at of [index - 1, index]) {
    const token = tokenAt(tokens, at);
    if (token?.kind !== "identifier" || tokenAt(tokens, at + 1)?.text !== "(") continue;
    if (FUNCTION_SIGNATURES.has(token.text)) continue;
    const near = nearestFunction(token.text);
    return {
      message: `unknown function with name "${token.text}"`,
      from: token.from,
      to: token.to,
      expected: "the name of a function",
      ...(near === undefined ? {} : { hint: `did you mean ${near}?` }),
    };
  }
  return undefined;
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

function badDuration(tokens: readonly Token[], index: number): Problem | undefined {
  const number = tokenAt(tokens, index - 1);
  const unit = tokenAt(tokens, index);
  if (number?.kind !== "number" || unit?.kind !== "identifier" || unit.from !== number.to) return undefined;
  return {
    message: `bad number or duration syntax: "${number.text}${unit.text}"`,
    from: number.from,
    to: unit.to,
    expected: "a number or a duration",
    hint: "durations have the units ms, s, m, h, d, w, y, largest first, for example 1h30m",
  };
}

interface Context {
  readonly name?: string;
  readonly expected?: string;
}

/** Place in the language and what is accepted there, by the node that broke. */
const CONTEXTS: Readonly<Record<string, ((broken: SyntaxNode) => Context) | undefined>> = {
  GroupingLabels: (broken) => {
    const previous = broken.prevSibling;
    if (previous !== null && !previous.type.isError) return { name: "grouping opts", expected: '"," or ")"' };
    return { name: "grouping opts", expected: 'label or ")"' };
  },
  MatchingModifierClause: () => ({ name: "grouping opts", expected: '"("' }),
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
    expected: "number or duration",
  }),
  DurationExpr: () => ({ name: "subquery or range selector", expected: "number or duration" }),
  OffsetExpr: () => ({ name: "offset", expected: "number or duration" }),
  OffsetDurationExpr: () => ({ name: "offset", expected: "number or duration" }),
  StepInvariantExpr: () => ({ name: "@", expected: "timestamp, start() or end()" }),
  AggregateExpr: () => ({ name: "aggregation" }),
  FunctionCallBody: () => ({ expected: 'expression, "," or ")"' }),
  BinaryExpr: () => ({ expected: "expression" }),
  UnaryExpr: () => ({ expected: "expression" }),
  ParenExpr: () => ({ expected: "expression" }),
};

function contextOf(broken: SyntaxNode): Context | undefined {
  for (let node = broken.parent; node !== null; node = node.parent) {
    const context = CONTEXTS[node.name];
    if (context !== undefined) return context(broken);
    if (!node.type.isError) return undefined;
  }
  return undefined;
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
