/**
 * Label matchers: compiled once, anchored at both ends, with RE2's semantics. Common shapes of regular expressions (plain
 * words, alternations of them, prefixes) are answered without the regular expression machine.
 * Source: prometheus/model/labels/matcher.go, regexp.go.
 */
import { RE2JS } from "re2js";
import { failure, success, type Result } from "../../base/result.js";
import type { LabelMatcher } from "../../telemetry/metric-reader.js";

export type CompiledMatcher = (value: string) => boolean;

/** The test that a label's value has to pass; the absent label has the value "". The error is Prometheus's sentence. */
export function compileMatcher(matcher: LabelMatcher): Result<CompiledMatcher, string> {
  const wanted = matcher.value;
  if (matcher.operator === "=") return success((value) => value === wanted);
  if (matcher.operator === "!=") return success((value) => value !== wanted);
  const test = compileAnchored(wanted);
  if (!test.ok) return test;
  const matches = test.value;
  return matcher.operator === "=~" ? test : success((value) => !matches(value));
}

const PLAIN_WORDS = /^[\w :@/,%&=<>!~;'"#-]*(?:\|[\w :@/,%&=<>!~;'"#-]*)*$/;

/** A whole-string test for a regular expression in RE2's syntax. `.` matches line breaks too, as in Prometheus. */
export function compileAnchored(pattern: string): Result<CompiledMatcher, string> {
  if (pattern === ".*") return success(() => true);
  if (pattern === ".+") return success((value) => value !== "");
  if (PLAIN_WORDS.test(pattern)) {
    const words = new Set(pattern.split("|"));
    return success((value) => words.has(value));
  }
  const compiled = compileRegex(`^(?:${pattern})$`, pattern);
  if (!compiled.ok) return compiled;
  const regex = compiled.value;
  return success((value) => regex.test(value));
}

/** Compiles `source`; errors name `shown`, the part that the user wrote. */
export function compileRegex(source: string, shown: string): Result<RE2JS, string> {
  try {
    return success(RE2JS.compile(source, RE2JS.DOTALL));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failure(`error parsing regexp: ${reason.replace(/^error parsing regexp: /, "")}: \`${shown}\``);
  }
}

/** Whether a series without the label passes. A selector in which every matcher does would select everything. */
export function matchesEmpty(matcher: LabelMatcher): boolean {
  const compiled = compileMatcher(matcher);
  return compiled.ok && compiled.value("");
}
