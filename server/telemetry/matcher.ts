/**
 * Label matchers as predicates on one label value. Regular expressions have RE2's syntax and are anchored at both ends
 * with `.` matching line breaks, as in Prometheus 3 (model/labels/regexp.go); the shapes that dashboards use most
 * (alternations of literals, prefix, suffix, substring) are recognised and answered without the engine.
 */
import { RE2JS } from "re2js";
import type { LabelMatcher } from "./metric-reader.js";

export type ValuePredicate = (value: string) => boolean;

/** Whether a value satisfies `matcher`; an absent label has the value "". Throws what RE2 says about a malformed expression. */
export function compileMatcher(matcher: LabelMatcher): ValuePredicate {
  return OPERATORS[matcher.operator](matcher.value);
}

const OPERATORS: Readonly<Record<LabelMatcher["operator"], (operand: string) => ValuePredicate>> = {
  "=": (operand) => (value) => value === operand,
  "!=": (operand) => (value) => value !== operand,
  "=~": compileAnchored,
  "!~": (operand) => {
    const matches = compileAnchored(operand);
    return (value) => !matches(value);
  },
};

function compileAnchored(pattern: string): ValuePredicate {
  return literalAlternation(pattern) ?? wildcardShape(pattern) ?? compileRe2(pattern);
}

function compileRe2(pattern: string): ValuePredicate {
  const expression = RE2JS.compile(pattern, RE2JS.DOTALL);
  return (value) => expression.matches(value);
}

const META = /[\\.+*?()|[\]{}^$]/;

/** `a|b|c`, with or without one pair of parentheses around the whole. */
function literalAlternation(pattern: string): ValuePredicate | undefined {
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(pattern)?.[1] ?? pattern;
  const alternatives = inner.split("|");
  if (alternatives.some((alternative) => META.test(alternative))) return undefined;
  const allowed = new Set(alternatives);
  return (value) => allowed.has(value);
}

/** `.*`, `.+`, `literal.*`, `.*literal`, `.*literal.*`, and the same with `.+`. */
function wildcardShape(pattern: string): ValuePredicate | undefined {
  const parts = /^(\.[*+])?([^\\.+*?()|[\]{}^$]*)(\.[*+])?$/.exec(pattern);
  if (parts === null) return undefined;
  const [, before = "", literal = "", after = ""] = parts;
  if (literal === "") return before !== "" && after === "" ? anyValue(before) : undefined;
  // `.+` asks for one character at least on its side. It is a UTF-16 unit here: one more is one more in either count.
  const least = (before === ".+" ? 1 : 0) + (after === ".+" ? 1 : 0) + literal.length;
  if (before === "") return (value) => value.length >= least && value.startsWith(literal);
  if (after === "") return (value) => value.length >= least && value.endsWith(literal);
  const from = before === ".+" ? 1 : 0;
  const keep = after === ".+" ? 1 : 0;
  return (value) => {
    const at = value.indexOf(literal, from);
    return at >= 0 && at + literal.length + keep <= value.length;
  };
}

const anyValue =
  (wildcard: string): ValuePredicate =>
  (value) =>
    wildcard === ".*" || value !== "";
