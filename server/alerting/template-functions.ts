/**
 * What templates of rules can call: Prometheus's own functions, and those that every Go template has. Source:
 * prometheus/template/template.go, Go text/template/funcs.go.
 */
import { isTrue, showValue, TEMPLATE_FUNCTIONS, type TemplateValue } from "../query/logql/template-functions.js";
import { TemplateFault } from "../query/logql/template-syntax.js";
import { parseDurationMs } from "../query/promql/literals.js";
import { compileRegex } from "../query/promql/matcher.js";
import type { Labels } from "../telemetry/metric-reader.js";
import { humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp } from "./humanize.js";

/** One sample of a query within a template. */
export interface TemplateSample {
  readonly labels: Labels;
  readonly value: number;
}

/** What a template can ask of where it stands. */
export interface TemplateScene {
  /** Answers a query at the instant of the evaluation; throws where it has none. */
  readonly query: (expression: string) => readonly TemplateSample[];
  /** Of the metrics server. */
  readonly externalUrl: string;
  readonly atMs: number;
}

export type RuleTemplateFunction = (args: readonly TemplateValue[], scene: TemplateScene) => TemplateValue;

interface Definition {
  readonly least: number;
  readonly most: number;
  readonly call: RuleTemplateFunction;
}

/** Of the functions that every template has, those that LogQL's already give their meaning. */
const COMMON = ["eq", "ne", "lt", "le", "gt", "ge", "not", "and", "or", "len", "slice", "html", "js"].concat([
  "urlquery",
  "println",
  "printf",
]);
const NOTHING = { line: () => "", timeUs: 0 };

const exactly = (count: number, call: RuleTemplateFunction): Definition => ({ least: count, most: count, call });
const ofNumber = (write: (value: number) => string): Definition => exactly(1, ([value]) => write(numberOf(value)));
const ofText = (write: (text: string) => string): Definition => exactly(1, ([value]) => write(textOf(value)));

/** Numbers, and texts that are one. */
function numberOf(value: TemplateValue): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string") throw new TemplateFault(`can't convert ${showValue(value)} to float`);
  const number = /^[+-]?(?:inf|infinity)$/i.test(value)
    ? value.startsWith("-")
      ? -Infinity
      : Infinity
    : Number(value.trim() === "" ? "x" : value);
  if (Number.isNaN(number) && value.toLowerCase() !== "nan")
    throw new TemplateFault(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`);
  return number;
}

function textOf(value: TemplateValue): string {
  if (typeof value === "string") return value;
  throw new TemplateFault(
    `wrong type for value; expected string; got ${typeof value === "number" ? "float64" : typeof value}`,
  );
}

interface Sample {
  readonly Labels: Labels;
  readonly Value: number;
}

function sampleOf(value: TemplateValue, name: string): Sample {
  if (typeof value === "object" && "Labels" in value) return value as unknown as Sample;
  throw new TemplateFault(`wrong type for value; expected *template.sample in ${name}`);
}

function samplesOf(value: TemplateValue, name: string): readonly TemplateValue[] {
  if (Array.isArray(value)) return value as readonly TemplateValue[];
  throw new TemplateFault(`wrong type for value; expected template.queryResult in ${name}`);
}

const labelOf = (labels: Labels, name: string): string => (Object.hasOwn(labels, name) ? labels[name] : "");

const QUERIES: Readonly<Record<string, Definition>> = {
  query: exactly(1, ([text], { query }) =>
    query(textOf(text)).map(({ labels, value }) => ({ Labels: { ...labels }, Value: value })),
  ),
  first: exactly(1, ([samples]) => {
    const [first] = samplesOf(samples, "first");
    if (first === undefined) throw new TemplateFault("error calling first: first() called on vector with no elements");
    return first;
  }),
  label: exactly(2, ([name, sample]) => labelOf(sampleOf(sample, "label").Labels, textOf(name))),
  value: exactly(1, ([sample]) => sampleOf(sample, "value").Value),
  strvalue: exactly(1, ([sample]) => labelOf(sampleOf(sample, "strvalue").Labels, "__value__")),
  sortByLabel: exactly(2, ([name, samples]) => {
    const of = (sample: TemplateValue): string => labelOf(sampleOf(sample, "sortByLabel").Labels, textOf(name));
    return [...samplesOf(samples, "sortByLabel")].sort((one, other) =>
      of(one) < of(other) ? -1 : of(one) > of(other) ? 1 : 0,
    );
  }),
};

const TEXTS: Readonly<Record<string, Definition>> = {
  title: ofText((text) =>
    text.replace(
      /(^|[^\p{L}\p{Nd}_'])(\p{Ll})/gu,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    ),
  ),
  toUpper: ofText((text) => text.toUpperCase()),
  toLower: ofText((text) => text.toLowerCase()),
  stripPort: ofText((text) => text.replace(/^\[?([^\]]*?)\]?:\d+$/, "$1")),
  stripDomain: ofText(stripDomain),
  safeHtml: ofText((text) => text),
  reReplaceAll: exactly(3, ([pattern, replacement, text]) =>
    replaceAll(textOf(pattern), textOf(replacement), textOf(text)),
  ),
  match: exactly(2, ([pattern, text]) => expression(textOf(pattern)).matcher(textOf(text)).find()),
  graphLink: exactly(1, ([query]) => `/graph?g0.expr=${queryEscape(textOf(query))}&g0.tab=0`),
  tableLink: exactly(1, ([query]) => `/graph?g0.expr=${queryEscape(textOf(query))}&g0.tab=1`),
  urlQueryEscape: ofText(queryEscape),
  externalURL: exactly(0, (_, { externalUrl }) => externalUrl),
  pathPrefix: exactly(0, (_, { externalUrl }) => externalUrl.replace(/^[a-z]+:\/\/[^/]*/, "")),
};

const NUMBERS: Readonly<Record<string, Definition>> = {
  humanize: ofNumber(humanize),
  humanize1024: ofNumber(humanize1024),
  humanizeDuration: ofNumber(humanizeDuration),
  humanizePercentage: ofNumber(humanizePercentage),
  humanizeTimestamp: ofNumber(humanizeTimestamp),
  toTime: ofNumber(humanizeTimestamp),
  toDuration: ofNumber(goDuration),
  now: exactly(0, (_, { atMs }) => atMs / 1_000),
  parseDuration: exactly(1, ([text]) => {
    const ms = parseDurationMs(textOf(text));
    if (ms === undefined) throw new TemplateFault(`not a valid duration string: ${JSON.stringify(text)}`);
    return ms / 1_000;
  }),
};

const MAPS: Readonly<Record<string, Definition>> = {
  // A space stands between two values neither of which is a text.
  print: {
    least: 0,
    most: 50,
    call: (args) =>
      args
        .map((value, index) =>
          index > 0 && typeof value !== "string" && typeof args[index - 1] !== "string"
            ? ` ${showValue(value)}`
            : showValue(value),
        )
        .join(""),
  },
  // A label that is not there is empty.
  index: { least: 1, most: 20, call: (args) => TEMPLATE_FUNCTIONS.get("index")?.(args, NOTHING) ?? "" },
  args: {
    least: 0,
    most: 20,
    call: (args) => Object.fromEntries(args.map((value, index) => [`arg${String(index)}`, value])),
  },
};

const DEFINITIONS: ReadonlyMap<string, Definition> = new Map([
  ...COMMON.map((name): [string, Definition] => [
    name,
    {
      least: 1,
      most: 50,
      call: (args) => TEMPLATE_FUNCTIONS.get(name)?.(args, NOTHING),
    },
  ]),
  ...Object.entries({ ...QUERIES, ...TEXTS, ...NUMBERS, ...MAPS }),
]);

export const isRuleFunction = (name: string): boolean => DEFINITIONS.has(name);

/** Arguments of `and` and `or` are looked at one after the other, and the rest not at all once it is decided. */
export function callLazily(name: string, args: readonly (() => TemplateValue)[]): TemplateValue {
  let value: TemplateValue;
  for (const argument of args) {
    value = argument();
    if (isTrue(value) === (name === "or")) return value;
  }
  return value;
}

export function callRuleFunction(name: string, args: readonly TemplateValue[], scene: TemplateScene): TemplateValue {
  const definition = DEFINITIONS.get(name);
  if (definition === undefined) throw new TemplateFault(`function "${name}" not defined`);
  const { least, most, call } = definition;
  if (args.length < least || args.length > most)
    throw new TemplateFault(`wrong number of args for ${name}: want ${String(least)} got ${String(args.length)}`);
  return call(args, scene);
}

function expression(pattern: string) {
  const compiled = compileRegex(`(?-s)${pattern}`, pattern);
  if (!compiled.ok) throw new TemplateFault(compiled.error);
  return compiled.value;
}

const replaceAll = (pattern: string, replacement: string, text: string): string =>
  expression(pattern).matcher(text).replaceAll(replacement);

/** The first part of a host's name; addresses stay, and the port. */
function stripDomain(hostPort: string): string {
  const [, host = hostPort, port = ""] = /^(.*?)(:\d+)?$/.exec(hostPort) ?? [];
  if (/^[\d.]+$/.test(host) || host.includes(":")) return hostPort;
  return (host.split(".")[0] ?? "") + port;
}

/** As Go's url.QueryEscape writes it. */
export function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replace(/%20/g, "+")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Seconds as Go prints a time.Duration: `1h2m3.5s`. */
function goDuration(seconds: number): string {
  if (seconds === 0) return "0s";
  const sign = seconds < 0 ? "-" : "";
  const rest = Math.abs(seconds);
  for (const [below, scale, unit] of [
    [1e-6, 1e9, "ns"],
    [1e-3, 1e6, "µs"],
    [1, 1e3, "ms"],
  ] as const)
    if (rest < below) return `${sign}${String(Number((rest * scale).toPrecision(12)))}${unit}`;
  const hours = Math.floor(rest / 3_600);
  const minutes = Math.floor((rest % 3_600) / 60);
  const tail = `${String(Number((rest % 60).toPrecision(12)))}s`;
  if (hours > 0) return `${sign}${String(hours)}h${String(minutes)}m${tail}`;
  return minutes > 0 ? `${sign}${String(minutes)}m${tail}` : `${sign}${tail}`;
}
