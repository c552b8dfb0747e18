/**
 * Matchers as Alertmanager writes them: `severity="page"`, `team=~db|storage`, `{env!="dev", job!~"test.*"}`.
 * Source: alertmanager/pkg/labels/parse.go and matcher.go.
 */
import { failure, success, type Result } from "../../base/result.js";
import { isPlainLabelName, isValidUtf8, quote, unquote } from "../../query/promql/literals.js";
import { compileMatcher } from "../../query/promql/matcher.js";
import type { Labels } from "../../telemetry/metric-reader.js";
import type { AlertMatcher } from "../../topology/alertmanager-spec.js";

const MATCHER = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*|"(?:[^"\\]|\\.)*")\s*(=~|=|!=|!~)\s*([^]*?)\s*$/;

/** One or several matchers, with commas between them and braces around them or not. */
export function parseMatchers(text: string): Result<AlertMatcher[], string> {
  const trimmed = text.trim();
  const braced = /^\{([^]*)\}$/.exec(trimmed);
  if (braced === null && /^\{/.test(trimmed)) return failure(`bad matcher format: ${text}`);
  const body = braced?.[1] ?? trimmed;
  if (body.trim() === "") return success([]);
  const parts = splitAtCommas(body);
  if (parts === undefined) return failure(`matcher value contains unescaped double quote: ${text}`);
  const found: AlertMatcher[] = [];
  for (const part of parts) {
    const parsed = parseMatcher(part);
    if (!parsed.ok) return parsed;
    found.push(parsed.value);
  }
  return success(found);
}

/** Parts between commas outside of quotes, without an empty one at the end; undefined where a quote is not closed. */
function splitAtCommas(text: string): string[] | undefined {
  const parts: string[] = [];
  let part = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\" && quoted) {
      part += character + text.charAt(++at);
      continue;
    }
    if (character === '"') quoted = !quoted;
    if (character === "," && !quoted) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  if (quoted) return undefined;
  if (part.trim() !== "") parts.push(part);
  return parts;
}

function parseMatcher(text: string): Result<AlertMatcher, string> {
  const match = MATCHER.exec(text);
  if (match === null) return failure(`bad matcher format: ${text}`);
  const [, writtenName, operator, written] = match;
  const name = writtenName.startsWith('"') ? unquote(writtenName) : success(writtenName);
  if (!name.ok) return name;
  const value = matcherValue(written);
  if (!value.ok) return value;
  return makeMatcher({
    name: name.value,
    value: value.value,
    isRegex: operator.endsWith("~"),
    isEqual: operator.startsWith("="),
  });
}

/** With its escapes resolved, quoted or not. An unknown escape stays as it is, as the backslash of a regex does. */
function matcherValue(written: string): Result<string, string> {
  const quoted = /^"([^]*)"$/.exec(written);
  const body = quoted?.[1] ?? written;
  if (/(?:^|[^\\])(?:\\\\)*"/.test(body)) return failure(`matcher value contains unescaped double quote: ${written}`);
  return success(body.replace(/\\([\\"n])/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped)));
}

/** The matcher, or what is wrong with its name or its expression. */
export function makeMatcher(matcher: AlertMatcher): Result<AlertMatcher, string> {
  if (matcher.name === "" || !isValidUtf8(matcher.name)) return failure(`invalid label name: ${quote(matcher.name)}`);
  if (!isValidUtf8(matcher.value)) return failure(`invalid label value: ${quote(matcher.value)}`);
  const compiled = compileMatcher(promqlMatcher(matcher));
  return compiled.ok ? success(matcher) : failure(compiled.error);
}

const promqlMatcher = ({ name, value, isRegex, isEqual }: AlertMatcher): Parameters<typeof compileMatcher>[0] => ({
  name,
  value,
  operator: isRegex ? (isEqual ? "=~" : "!~") : isEqual ? "=" : "!=",
});

/** A test of labels; one that is not there has the value "". */
export type LabelTest = (labels: Labels) => boolean;

/** Whether all matchers match. They have passed makeMatcher. */
export function labelTest(matchers: readonly AlertMatcher[]): LabelTest {
  const tests = matchers.map((matcher) => {
    const compiled = compileMatcher(promqlMatcher(matcher));
    const { name } = matcher;
    const test = compiled.ok ? compiled.value : (): boolean => false;
    return (labels: Labels): boolean => test(Object.hasOwn(labels, name) ? labels[name] : "");
  });
  return (labels) => tests.every((test) => test(labels));
}

export function printMatcher(matcher: AlertMatcher): string {
  const { operator, name, value } = promqlMatcher(matcher);
  const plain = isPlainLabelName(name.replaceAll(":", "_")) ? name : quote(name);
  return `${plain}${operator}"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

/** `{env!~"dev|test",service!="checkout"}`. */
export const printMatchers = (matchers: readonly AlertMatcher[]): string => `{${matchers.map(printMatcher).join(",")}}`;

const KIND_ORDER = ["=", "!=", "=~", "!~"];

/** Order by name, value and operator, as Alertmanager sorts the matchers of a route. */
export function compareMatchers(left: AlertMatcher, right: AlertMatcher): number {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  const rank = (matcher: AlertMatcher): number => KIND_ORDER.indexOf(promqlMatcher(matcher).operator);
  return rank(left) - rank(right);
}
