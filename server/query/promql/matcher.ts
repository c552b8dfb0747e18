/**
 * Label matchers and regular expressions as the language sees them: the store's own predicates, with errors as results in
 * Prometheus's words. Source: prometheus/model/labels/matcher.go.
 */
import { RE2JS } from "re2js";
import { failure, success, type Result } from "../../base/result.js";
import { compileMatcher as compilePredicate, type ValuePredicate } from "../../telemetry/matcher.js";
import type { LabelMatcher } from "../../telemetry/metric-reader.js";

/** The test that a label's value has to pass; the absent label has the value "". */
export function compileMatcher(matcher: LabelMatcher): Result<ValuePredicate, string> {
  return attempt(() => compilePredicate(matcher), matcher.value);
}

/** A regular expression in RE2's syntax; `.` matches line breaks. Errors show `shown`, the part that the user wrote. */
export function compileRegex(source: string, shown: string): Result<RE2JS, string> {
  return attempt(() => RE2JS.compile(source, RE2JS.DOTALL), shown);
}

function attempt<Value>(compile: () => Value, shown: string): Result<Value, string> {
  try {
    return success(compile());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // The library quotes a part that is wrong, or all that it compiled, with our anchors around it.
    const quoted = /: `([^]+)`$/.exec(reason)?.[1];
    const cause = reason.replace(/^error parsing regexp: /, "").replace(/: `[^]*`$/, "");
    const part = quoted !== undefined && shown.includes(quoted) ? quoted : shown;
    return failure(`error parsing regexp: ${cause}: \`${part}\``);
  }
}

/** Whether a series without the label passes. A selector in which every matcher does would select everything. */
export function matchesEmpty(matcher: LabelMatcher): boolean {
  const compiled = compileMatcher(matcher);
  return compiled.ok && compiled.value("");
}
