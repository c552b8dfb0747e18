/**
 * Variables of a dashboard in its queries, as Grafana writes them in: `$name`, `${name:format}`, `[[name]]`, and those that
 * every dashboard has. Pure. Source: grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax.
 */
import type { DashboardVariable } from "./model.js";

/** Grafana's own value for all of them. */
export const ALL = "$__all";

/** What is chosen, by name of the variable; one value where only one can be. */
export type VariableValues = ReadonlyMap<string, readonly string[]>;

export interface QueryTimes {
  readonly stepSeconds: number;
  readonly rangeSeconds: number;
  readonly scrapeSeconds: number;
}

const VARIABLE = /\$\{(\w+)(?:\.[\w.]+)?(?::([\w-]+))?\}|\[\[(\w+)(?::([\w-]+))?\]\]|\$(\w+)/g;

/** Times as they stand in a query. `$__rate_interval` holds four scrapes, so that one may fail. */
function globals({ stepSeconds, rangeSeconds, scrapeSeconds }: QueryTimes): ReadonlyMap<string, string> {
  const rate = Math.max(stepSeconds + scrapeSeconds, 4 * scrapeSeconds);
  return new Map([
    ["__interval", `${String(stepSeconds)}s`],
    ["__interval_ms", String(stepSeconds * 1_000)],
    ["__rate_interval", `${String(rate)}s`],
    ["__range", `${String(rangeSeconds)}s`],
    ["__range_s", String(rangeSeconds)],
    ["__range_ms", String(rangeSeconds * 1_000)],
    ["__auto", `${String(rate)}s`],
    ["__auto_interval", `${String(stepSeconds)}s`],
  ]);
}

/** `template` with everything filled in; a variable that nobody knows stays as it stands. */
export function interpolate(template: string, values: VariableValues, times: QueryTimes): string {
  const known = globals(times);
  return template.replace(
    VARIABLE,
    (whole, braced?: string, format?: string, old?: string, oldFormat?: string, bare?: string) => {
      const name = braced ?? old ?? bare ?? "";
      const chosen = values.get(name);
      if (chosen === undefined) return known.get(name) ?? whole;
      return formatted(chosen, format ?? oldFormat);
    },
  );
}

/** Regular expressions' own signs in a value, escaped twice: once for the pattern, once for the string around it. */
const escaped = (value: string): string => value.replace(/[.*+?^${}()|[\]\\/]/g, "\\\\$&").replace(/"/g, '\\"');

const FORMATS: Readonly<Record<string, (values: readonly string[]) => string>> = {
  raw: (values) => values.join(","),
  text: (values) => values.join(" + "),
  csv: (values) => values.join(","),
  pipe: (values) => values.join("|"),
  json: (values) => JSON.stringify(values),
  doublequote: (values) => values.map((value) => JSON.stringify(value)).join(","),
  singlequote: (values) => values.map((value) => `'${value}'`).join(","),
  regex: (values) => grouped(values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))),
};

const grouped = (values: readonly string[]): string =>
  values.length === 1 ? (values[0] ?? "") : `(${values.join("|")})`;

/** One value as it is (quotes escaped), several as a pattern: Prometheus's own way. */
function formatted(values: readonly string[], format: string | undefined): string {
  const named = FORMATS[format ?? ""];
  if (named !== undefined) return named(values);
  const [only = ""] = values;
  return values.length > 1 ? grouped(values.map(escaped)) : only.replace(/["\\]/g, "\\$&");
}

/** `label_values(metric, label)` or `label_values(label)`: what a query variable asks. */
export function labelValuesQuery(
  query: string,
): { readonly label: string; readonly selector: string | undefined } | undefined {
  const match = /^\s*label_values\s*\(\s*(?:([\s\S]+),\s*)?([a-zA-Z_]\w*)\s*\)\s*$/.exec(query);
  return match?.[2] === undefined ? undefined : { label: match[2], selector: match[1]?.trim() };
}

/** `metrics(pattern)`: names of metrics. */
export const metricsQuery = (query: string): string | undefined => /^\s*metrics\s*\((.*)\)\s*$/.exec(query)?.[1];

/** Values of a list: `a,b : B,c` has names before the colon. */
export const listValues = (query: string): readonly string[] =>
  query
    .split(",")
    .map((item) => (item.includes(" : ") ? (item.split(" : ")[1] ?? "") : item).trim())
    .filter((item) => item !== "");

/** What of `values` the variable's pattern leaves; its first group, if it has one. A broken pattern leaves all. */
export function filtered(values: readonly string[], regex: string): readonly string[] {
  const pattern = /^\/(.*)\/[a-z]*$/s.exec(regex)?.[1] ?? regex;
  if (pattern === "") return values;
  try {
    const compiled = new RegExp(pattern);
    const found = values.flatMap((value) => {
      const match = compiled.exec(value);
      return match === null ? [] : [match[1] ?? value];
    });
    return [...new Set(found)];
  } catch {
    return values;
  }
}

/**
 * The values that stand for a choice: the choice itself where it is offered, else where the dashboard begins, else the
 * first that there is. All is every value, or the one that the dashboard has for it.
 */
export function chosenValues(
  variable: DashboardVariable,
  options: readonly string[],
  wanted: string | undefined,
): readonly string[] {
  const asked = wanted === undefined ? variable.initial : wanted.split(",");
  const all = variable.includeAll && (asked.length === 0 || asked.includes(ALL) || asked.includes("All"));
  if (all) return variable.allValue === "" ? (options.length === 0 ? [".*"] : options) : [variable.allValue];
  if (variable.type === "textbox") return [wanted ?? variable.query];
  const known = asked.filter((value) => options.includes(value) && value !== ALL);
  if (known.length > 0) return variable.multi ? known : known.slice(0, 1);
  // A choice that is no longer offered is still what the link asked for.
  const [first] = wanted !== undefined && wanted !== "" ? wanted.split(",") : options;
  return first === undefined ? [] : [first];
}

/** Names of metrics that a query reads, as far as its text tells. */
export function metricsIn(query: string): readonly string[] {
  const words = query
    .replace(/"(?:[^"\\]|\\.)*"/g, '""')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, "")
    .replace(/\{[^}]*\}/g, "{}")
    .replace(/\[[^\]]*\]/g, "");
  return [...words.matchAll(/(?<![\w:$])([a-zA-Z_:][\w:]*)\s*(?![\w:(]|\s*\()/g)]
    .map((match) => match[1] ?? "")
    .filter(
      (name) =>
        !/^(?:and|or|unless|by|without|on|ignoring|group_left|group_right|bool|offset|inf|nan|atan2)$/i.test(name),
    );
}
