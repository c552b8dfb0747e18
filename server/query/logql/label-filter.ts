/**
 * Filters on labels. A quantity that cannot be read is an error of the line and lets it pass; a label that is not there
 * refuses it, except in comparisons of text, where it is empty. Source: grafana/loki pkg/logql/log/label_filter.go.
 */
import type { Result } from "../../base/result.js";
import { quote } from "../promql/literals.js";
import { compileMatcher } from "../promql/matcher.js";
import { holds } from "./arithmetic.js";
import type { LabelFilter, TextRange } from "./ast.js";
import { compileIpPattern } from "./ip-address.js";
import { ERROR_LABEL, type LineState } from "./line-state.js";
import { meaningless } from "./problem.js";
import { parseBytes, parseGoDuration, parseGoFloat } from "./units.js";

export type LinePredicate = (line: LineState) => boolean;

const READERS: Readonly<Record<"number" | "duration" | "bytes", (text: string) => Result<number, string>>> = {
  number: parseGoFloat,
  duration: parseGoDuration,
  bytes: parseBytes,
};

/** Throws ParseFailure for a pattern that is none. */
export function compileLabelFilter(filter: LabelFilter, place: TextRange): LinePredicate {
  switch (filter.kind) {
    case "and":
    case "or": {
      const left = compileLabelFilter(filter.left, place);
      const right = compileLabelFilter(filter.right, place);
      if (filter.kind === "or") return (line) => left(line) || right(line);
      return (line) => {
        // Both are asked, as each may find an error.
        const isLeft = left(line);
        return right(line) && isLeft;
      };
    }
    case "match": {
      const compiled = compileMatcher(filter.matcher);
      if (!compiled.ok) throw meaningless(compiled.error, place);
      const { name } = filter.matcher;
      const matches = compiled.value;
      if (name === ERROR_LABEL) return (line) => matches(line.error);
      return (line) => matches(line.get(name) ?? "");
    }
    case "ip":
      return compileIp(filter, place);
    default:
      return compileQuantity(filter);
  }
}

function compileIp({ name, negated, pattern }: Extract<LabelFilter, { kind: "ip" }>, place: TextRange): LinePredicate {
  const matches = compileIpPattern(pattern);
  if (matches === undefined) throw meaningless(`ip: invalid pattern: ${quote(pattern)}`, place);
  return (line) => {
    if (line.error !== "") return true;
    const value = line.get(name);
    return value !== undefined && matches(value) !== negated;
  };
}

function compileQuantity({
  kind,
  name,
  operator,
  value,
}: Extract<LabelFilter, { kind: "number" | "duration" | "bytes" }>): LinePredicate {
  const read = READERS[kind];
  return (line) => {
    const text = line.get(name);
    if (text === undefined) return false;
    const quantity = read(text);
    if (quantity.ok) return holds(operator, quantity.value, value);
    if (line.error === "") line.fail("LabelFilterErr", quantity.error);
    return true;
  };
}

/** Names of the labels that a filter asks for. */
export function labelsOfFilter(filter: LabelFilter): readonly string[] {
  if ("left" in filter) return [...labelsOfFilter(filter.left), ...labelsOfFilter(filter.right)];
  if (filter.kind === "match") return [filter.matcher.name];
  return [filter.name];
}
