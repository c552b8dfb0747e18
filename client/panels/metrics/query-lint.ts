/**
 * What is allowed and yet hardly ever meant: habits of PromQL that give wrong figures without an error, with the edit
 * that mends each. Known metrics tell counters from gauges. Pure.
 * Source: prometheus.io/docs/practices/histograms and /naming; pint's checks promql/rate and promql/counter.
 */
import { nearestName } from "../../../server/base/nearest-name.js";
import type { QueryFix } from "../../elements/query-fix.js";
import type { MetricEntry } from "./metric-list.js";

export interface QueryRemark {
  readonly message: string;
  /** Half-open, in characters of the query. */
  readonly from: number;
  readonly to: number;
  readonly fix?: QueryFix;
}

type Metadata = ReadonlyMap<string, MetricEntry["type"]>;
type Rule = (query: string, types: Metadata) => readonly QueryRemark[];

const RATES = "rate|irate|increase";
/** A rate needs two samples, and one scrape may fail: four of fifteen seconds. */
const RANGE_SECONDS_MIN = 60;

/** Every match of `pattern` in `query`. */
const matchesOf = (query: string, pattern: RegExp): readonly RegExpExecArray[] => [...query.matchAll(pattern)];

/** Type of a series name: `_bucket`, `_sum` and `_count` of a histogram are counters. */
function typeOf(name: string, types: Metadata): string | undefined {
  const family = name.replace(/_(?:bucket|sum|count)$/, "");
  return types.get(name) ?? (types.get(family) === "histogram" ? "counter" : undefined);
}

const rateOfGauge: Rule = (query, types) =>
  matchesOf(query, new RegExp(`\\b(${RATES})\\s*\\(\\s*([a-zA-Z_:][\\w:]*)`, "g")).flatMap((match) => {
    const [whole, call = "", name = ""] = match;
    if (typeOf(name, types) !== "gauge") return [];
    const replacement = call === "increase" ? "delta" : "deriv";
    return [
      {
        message: `${name} is a gauge, and ${call}() takes every fall for a restart.`,
        from: match.index,
        to: match.index + whole.length,
        fix: {
          title: `Use ${replacement}()`,
          edits: [{ from: match.index, to: match.index + call.length, text: replacement }],
        },
      },
    ];
  });

const bareCounter: Rule = (query, types) => {
  const match = /^\s*([a-zA-Z_:][\w:]*)(?:\s*\{[^}]*\})?\s*$/.exec(query);
  const name = match?.[1];
  if (name === undefined || typeOf(name, types) !== "counter") return [];
  const text = query.trim();
  return [
    {
      message: `${name} is a counter: it only rises, until a restart. What it rises by says more.`,
      from: 0,
      to: query.length,
      fix: { title: "Use rate()", edits: [{ from: 0, to: query.length, text: `rate(${text}[1m])` }] },
    },
  ];
};

const rateOfSum: Rule = (query) =>
  matchesOf(query, new RegExp(`\\b(${RATES})\\s*\\(\\s*\\(?\\s*(sum|avg|max|min)\\b`, "g")).map((match) => ({
    message: `${String(match[1])}() of a ${String(match[2])} cannot see the restart of one of its parts: take the rate first, then the ${String(match[2])}.`,
    from: match.index,
    to: match.index + match[0].length,
  }));

const quantileWithoutLe: Rule = (query) =>
  matchesOf(query, /histogram_quantile\s*\(\s*[^,]+,\s*sum\s*(by\s*\(([^)]*)\))?\s*\(/g).flatMap((match) => {
    const labels = match[2];
    if (labels !== undefined && /\ble\b/.test(labels)) return [];
    const from = match.index + match[0].indexOf("sum");
    const at = labels === undefined ? from + 3 : match.index + match[0].indexOf("(", match[0].indexOf("by")) + 1;
    const text = labels === undefined ? " by (le) " : labels.trim() === "" ? "le" : "le, ";
    return [
      {
        message: "Without the label le the buckets are added up, and no quantile is left to find.",
        from,
        to: match.index + match[0].length,
        fix: { title: "Keep le", edits: [{ from: at, to: at, text }] },
      },
    ];
  });

const shortRange: Rule = (query) =>
  matchesOf(query, new RegExp(`\\b(?:${RATES})\\s*\\([^()]*\\[\\s*(\\d+)(s|ms)\\s*\\]`, "g")).flatMap((match) => {
    const seconds = Number(match[1]) / (match[2] === "ms" ? 1_000 : 1);
    if (seconds >= RANGE_SECONDS_MIN) return [];
    const from = match.index + match[0].lastIndexOf("[");
    const to = match.index + match[0].length;
    return [
      {
        message: `A range of ${String(match[1])}${String(match[2])} holds too few scrapes: gaps where one is late or lost.`,
        from,
        to,
        fix: { title: "Use [1m]", edits: [{ from, to, text: "[1m]" }] },
      },
    ];
  });

const plainRegex: Rule = (query) =>
  matchesOf(query, /(=~|!~)\s*"([\w:/ -]*)"/g).map((match) => ({
    message: "A pattern without any pattern in it: equality is faster and says what is meant.",
    from: match.index,
    to: match.index + match[0].length,
    fix: {
      title: match[1] === "=~" ? "Use =" : "Use !=",
      edits: [{ from: match.index, to: match.index + 2, text: match[1] === "=~" ? "=" : "!=" }],
    },
  }));

/** Names of series that are there without a metric that is scraped. */
const OWN_NAMES = /^(?:ALERTS|ALERTS_FOR_STATE)$|:/;
/** Labels that are named beside a query's operators, texts and matchers: no names of metrics stand there. */
const NO_NAMES =
  /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)|\{[^}]*\}|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g;

/** A name that nothing has and that is nearly another one's: an answer without series would not say so. */
const unknownName: Rule = (query, types) => {
  if (types.size === 0) return [];
  const rest = query.replace(NO_NAMES, (found) => " ".repeat(found.length));
  return matchesOf(rest, /(?<![\w:.])[a-zA-Z_:][\w:]{4,}(?![\w:]|\s*\()/g).flatMap((match) => {
    const [name] = match;
    if (OWN_NAMES.test(name) || types.has(name) || typeOf(name, types) !== undefined) return [];
    const near = nearestName(
      name,
      [...types].flatMap(([known, type]) => seriesNames(known, type)),
    );
    if (near === undefined) return [];
    const [from, to] = [match.index, match.index + name.length];
    return [
      {
        message: `No metric is called ${name}.`,
        from,
        to,
        fix: { title: `Replace it with ${near}`, edits: [{ from, to, text: near }] },
      },
    ];
  });
};

const seriesNames = (name: string, type: string): readonly string[] =>
  type === "histogram" ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];

const RULES: readonly Rule[] = [
  unknownName,
  bareCounter,
  rateOfGauge,
  rateOfSum,
  quantileWithoutLe,
  shortRange,
  plainRegex,
];

/** From left to right. A query that does not parse may be given: what can be seen in it is said. */
export function remarksOn(query: string, metrics: readonly MetricEntry[]): readonly QueryRemark[] {
  const types: Metadata = new Map(metrics.map(({ name, type }) => [name, type]));
  return RULES.flatMap((rule) => rule(query, types)).sort((one, other) => one.from - other.from);
}
