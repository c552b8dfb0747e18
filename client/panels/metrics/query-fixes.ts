/** What mends a query that the server refused, as edits that one click applies: read off its findings. Pure. */
import type { Diagnostic } from "../../../server/base/diagnostic.js";
import type { QueryFix } from "../../elements/query-fix.js";

type Rule = (diagnostic: Diagnostic, query: string) => QueryFix | undefined;

const DEFAULT_RANGE = "5m";

/** One row for each mistake that has one cure; the first that fits is taken. */
const RULES: readonly Rule[] = [
  ({ hint, from, to }, query) => {
    const name = /^did you mean (\S+)\?$/.exec(hint ?? "")?.[1];
    if (name === undefined) return undefined;
    return { title: `Replace ${query.slice(from, to)} with ${name}`, edits: [{ from, to, text: name }] };
  },
  ({ hint }, query) => {
    const closing = /^add ([)}\]])$/.exec(hint ?? "")?.[1];
    if (closing === undefined) return undefined;
    const end = query.trimEnd().length;
    return { title: `Add ${closing}`, edits: [{ from: end, to: end, text: closing }] };
  },
  ({ message, from, to }, query) => {
    if (!/^expected type range vector .*got instant vector$/.test(message)) return undefined;
    // Behind an expression that is no selector only a subquery can stand.
    const range = /^[\w:]*\s*(?:\{[^}]*\})?$/.test(query.slice(from, to))
      ? `[${DEFAULT_RANGE}]`
      : `[${DEFAULT_RANGE}:]`;
    return { title: `Add the range ${range}`, edits: [{ from: to, to, text: range }] };
  },
  ({ message, hint, from, to }, query) =>
    /^label values stand in quotes/.test(hint ?? "") && message.includes("label matching")
      ? { title: `Put it in quotes`, edits: [{ from, to, text: JSON.stringify(query.slice(from, to)) }] }
      : undefined,
  ({ message, from, to }, query) => {
    if (!/^unexpected (?:right parenthesis|right bracket|right brace)/.test(message)) return undefined;
    return { title: `Remove ${query.slice(from, to)}`, edits: [{ from, to, text: "" }] };
  },
  ({ message, from }, query) => {
    // `sum by job (up)`: the labels of a grouping stand in parentheses.
    if (!message.includes('in grouping opts, expected "("')) return undefined;
    const label = /^\w+(?:\s*,\s*\w+)*/.exec(query.slice(from))?.[0];
    return label === undefined
      ? undefined
      : { title: `Put ${label} in parentheses`, edits: [{ from, to: from + label.length, text: `(${label})` }] };
  },
  ({ message, from }, query) => {
    if (!message.startsWith("ranges only allowed for vector selectors")) return undefined;
    const range = /^\[[^\]:]+(?=\])/.exec(query.slice(from))?.[0];
    if (range === undefined) return undefined;
    const end = from + range.length;
    return { title: "Make it a subquery", edits: [{ from: end, to: end, text: ":" }] };
  },
  ({ message, from, to }, query) =>
    message.startsWith("unexpected character inside braces: '~'")
      ? { title: "Write =~", edits: [{ from, to: Math.max(to, from + 1), text: "=~" }] }
      : equality(message, from, query),
  ({ message, hint, from, to }, query) => {
    if (message !== "unterminated quoted string" || hint === undefined) return undefined;
    const quoteMark = query.charAt(from);
    const inside = query.slice(from + 1, to).replace(/[})\]]+$/, "");
    const end = from + 1 + inside.length;
    return { title: `Close the string with ${quoteMark}`, edits: [{ from: end, to: end, text: quoteMark }] };
  },
  ({ message }) =>
    message.includes('invalid expression type "range vector" for range query')
      ? { title: "Wrap it in rate()", edits: [] }
      : undefined,
  ({ hint, from, to }, query) => (hint === "wrap the scalar in vector()" ? wrapScalar(query, from, to) : undefined),
  ({ message, from, to }, query) => {
    const [, expected] =
      /^expected type (scalar|instant vector) in .*, got (?:instant vector|scalar)$/.exec(message) ?? [];
    if (expected === undefined) return undefined;
    const name = expected === "scalar" ? "scalar" : "vector";
    return { title: `Wrap it in ${name}()`, edits: [{ from, to, text: `${name}(${query.slice(from, to)})` }] };
  },
];

function equality(message: string, from: number, query: string): QueryFix | undefined {
  if (!message.startsWith("unexpected") || query.charAt(from) !== "=" || query.charAt(from + 1) === "=")
    return undefined;
  return { title: "Write ==", edits: [{ from, to: from + 1, text: "==" }] };
}

function wrapScalar(query: string, from: number, to: number): QueryFix | undefined {
  const part = query.slice(from, to);
  const scalar = /(?:^|\s)(\d+(?:\.\d+)?)$/.exec(part)?.[1];
  if (scalar === undefined) return undefined;
  const at = to - scalar.length;
  return { title: "Wrap the number in vector()", edits: [{ from: at, to, text: `vector(${scalar})` }] };
}

/** The cure of one finding; undefined where there is no single one. */
export function fixOf(diagnostic: Diagnostic, query: string): QueryFix | undefined {
  for (const rule of RULES) {
    const fix = rule(diagnostic, query);
    if (fix === undefined) continue;
    // A range vector alone is the whole query.
    return fix.edits.length > 0
      ? fix
      : { ...fix, edits: [{ from: 0, to: query.length, text: `rate(${query.trim()})` }] };
  }
  return undefined;
}
