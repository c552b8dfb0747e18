/** label_replace and label_join: from one set of labels to another. Source: prometheus/promql/functions.go. */
import type { Matcher } from "re2js";
import type { Call } from "./ast.js";
import { QueryError } from "./errors.js";
import { METRIC_NAME, type LabelSet } from "./label-set.js";
import { isLabelName, quote } from "./literals.js";
import { compileRegex } from "./matcher.js";

export type LabelChange = (labels: LabelSet) => LabelSet;

/** texts: destination, replacement, source, regular expression. */
export function labelReplace(expr: Call, texts: readonly string[]): LabelChange {
  const [destination, replacement, source, pattern] = texts;
  const compiled = compileRegex(`^(?s:${pattern})$`, pattern);
  if (!compiled.ok) throw new QueryError(`invalid regular expression in label_replace(): ${pattern}`, expr.args[4]);
  if (!isLabelName(destination)) {
    throw new QueryError(`invalid destination label name in label_replace(): ${quote(destination)}`, expr.args[1]);
  }
  const regex = compiled.value;
  return (labels) => {
    const match = regex.matcher(labels.get(source));
    return match.matches() ? changed(labels, destination, expand(replacement, match)) : labels;
  };
}

/** Go's Regexp.Expand: $1, ${1}, $name, ${name}; $$ is a dollar sign; unknown groups are empty. */
function expand(template: string, match: Matcher): string {
  return template.replace(
    /\$(?:(\$)|(\w+)|\{(\w+)\})/g,
    (_, dollar: string | undefined, bare: string | undefined, braced: string | undefined) => {
      if (dollar !== undefined) return "$";
      const name = bare ?? braced ?? "";
      if (/^\d+$/.test(name)) return Number(name) <= match.patternGroupCount ? (match.group(Number(name)) ?? "") : "";
      return Object.hasOwn(match.namedGroups, name) ? (match.group(name) ?? "") : "";
    },
  );
}

/** texts: destination, separator, sources. */
export function labelJoin(expr: Call, texts: readonly string[]): LabelChange {
  const [destination, separator, ...sources] = texts;
  if (!isLabelName(destination)) {
    throw new QueryError(`invalid destination label name in label_join(): ${quote(destination)}`, expr.args[1]);
  }
  sources.forEach((source, index) => {
    if (!isLabelName(source))
      throw new QueryError(`invalid source label name in label_join(): ${quote(source)}`, expr.args[index + 3]);
  });
  return (labels) => changed(labels, destination, sources.map((source) => labels.get(source)).join(separator));
}

/** A name that is written on purpose stays. */
function changed(labels: LabelSet, destination: string, value: string): LabelSet {
  const next = labels.with({ [destination]: value });
  return destination === METRIC_NAME ? next.losingName(false) : next;
}
