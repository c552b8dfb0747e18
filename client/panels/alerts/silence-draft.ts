/** A silence while it is written: matchers as text, what they would keep quiet now. Pure. */
import type { AlertMatcher } from "../../../server/wire/alerting.js";
import { parseDurationUs } from "../../state/time-range.js";

export type Labels = Readonly<Record<string, string>>;

export const MATCH_OPERATORS = ["=", "!=", "=~", "!~"] as const;
export type MatchOperator = (typeof MATCH_OPERATORS)[number];

export const operatorOf = ({ isRegex, isEqual }: AlertMatcher): MatchOperator =>
  isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=";

export const withOperator = (matcher: AlertMatcher, operator: MatchOperator): AlertMatcher => ({
  ...matcher,
  isRegex: operator.endsWith("~"),
  isEqual: operator.startsWith("="),
});

/** One matcher for each label of an alert: the narrowest silence there is. */
export const matchersFor = (labels: Labels): readonly AlertMatcher[] =>
  Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));

/** A label that is not there is the empty text; patterns match whole values, as Alertmanager's do. */
export function matches(matcher: AlertMatcher, labels: Labels): boolean {
  const value = labels[matcher.name] ?? "";
  if (!matcher.isRegex) return (value === matcher.value) === matcher.isEqual;
  try {
    return new RegExp(`^(?:${matcher.value})$`).test(value) === matcher.isEqual;
  } catch {
    return false;
  }
}

/** Those of `alerts` that all matchers fit; none without a matcher. */
export const silenced = <Alert extends { readonly labels: Labels }>(
  matchers: readonly AlertMatcher[],
  alerts: readonly Alert[],
): readonly Alert[] =>
  matchers.length === 0 ? [] : alerts.filter(({ labels }) => matchers.every((matcher) => matches(matcher, labels)));

export interface SilenceDraft {
  readonly matchers: readonly AlertMatcher[];
  readonly duration: string;
  readonly comment: string;
}

/** Why it cannot be set; undefined where it can. Alertmanager refuses the same. */
export function draftProblem({ matchers, duration, comment }: SilenceDraft): string | undefined {
  const used = matchers.filter(({ name }) => name !== "");
  if (used.length === 0) return "At least one matcher says which alerts are meant.";
  if (used.every((matcher) => matches(matcher, {}))) return "At least one matcher must not fit the empty text.";
  const broken = used.find(({ isRegex, value }) => isRegex && !isPattern(value));
  if (broken !== undefined) return `“${broken.value}” is no pattern.`;
  if ((parseDurationUs(duration) ?? 0) <= 0) return "Write how long, for example 30m or 2h.";
  return comment.trim() === "" ? "A comment tells the others why." : undefined;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== "";
  } catch {
    return false;
  }
}
