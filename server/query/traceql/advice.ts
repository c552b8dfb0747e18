/**
 * What is wrong with a query, and what would mend it, for people who write one. Fixes are tried before they are offered:
 * each of them, applied, gives a query that is right.
 */
import { lineAndColumn } from "../../base/diagnostic.js";
import { nearestName } from "../../base/nearest-name.js";
import { failure, type Result, success } from "../../base/result.js";
import type { QueryFinding, QueryFix } from "../../wire/traces.js";
import type { Stage } from "./ast.js";
import { TraceqlError } from "./errors.js";
import { parseTraceql } from "./parse.js";
import { INTRINSICS } from "./vocabulary.js";

/** The stages of a query that finds traces, or what is wrong with it. Nothing at all is the query for all traces. */
export function readSearch(query: string): Result<readonly Stage[], readonly QueryFinding[]> {
  const parsed = parseTraceql(query.trim() === "" ? "{}" : query);
  if (!parsed.ok) return failure([findingOf(query, parsed.error)]);
  if (parsed.value.kind === "search") return success(parsed.value.stages);
  return failure([findingOf(query, metricsQuery(query))]);
}

const PLAIN_DURATION = /uration\s*(?:[<>]=?|!?=)\s*(\d+(?:\.\d+)?)(?![\w.])/g;

/** What an editor shows: what is wrong, or what is right and probably not meant. */
export function findingsOf(query: string): readonly QueryFinding[] {
  const read = readSearch(query);
  if (!read.ok) return read.error;
  return [...query.matchAll(PLAIN_DURATION)].map((match) => {
    const [whole, figure] = match;
    const to = match.index + whole.length;
    const from = to - figure.length;
    return {
      severity: "warning",
      message: `A duration without a unit is read as nanoseconds: ${figure} ns.`,
      hint: "Write a unit: 100ms, 1.5s.",
      from,
      to,
      ...lineAndColumn(query, from),
      fix: { title: `Write ${figure}ms`, from: to, to, insert: "ms" },
    };
  });
}

function metricsQuery(query: string): TraceqlError {
  const pipe = query.lastIndexOf("|");
  const from = Math.max(0, pipe);
  return new TraceqlError("a metrics query gives series, no traces", query, { from, to: query.length }, "types");
}

function findingOf(query: string, error: TraceqlError): QueryFinding {
  const { from, to } = error.range;
  const advice = adviceFor(query, error);
  const expected = /, expecting (.+)$/.exec(error.reason)?.[1];
  return {
    severity: "error",
    message: error.reason,
    from,
    to: Math.max(to, Math.min(from + 1, query.length)),
    line: error.line,
    column: error.column,
    ...(expected === undefined ? {} : { expected }),
    ...(advice === undefined ? {} : { hint: advice.hint }),
    ...(advice?.fix === undefined ? {} : { fix: advice.fix }),
  };
}

interface Advice {
  readonly hint: string;
  readonly fix?: QueryFix;
}

/** What people who come from other languages write, most particular first. `find` answers with the text to change. */
interface Habit {
  readonly hint: string;
  readonly find: (query: string, error: TraceqlError) => Iterable<QueryFix>;
}

function adviceFor(query: string, error: TraceqlError): Advice | undefined {
  for (const { hint, find } of HABITS) {
    for (const fix of find(query, error)) if (mends(query, fix)) return { hint, fix };
  }
  return HINTS.find(({ when }) => when.test(error.reason))?.advice;
}

function mends(query: string, { from, to, insert }: QueryFix): boolean {
  const parsed = parseTraceql(query.slice(0, from) + insert + query.slice(to));
  return parsed.ok && parsed.value.kind === "search";
}

/** Replaces every match of a pattern at once; none where it does not occur. */
function replaced(query: string, pattern: RegExp, by: string, title: string): readonly QueryFix[] {
  const insert = query.replace(pattern, by);
  return insert === query ? [] : [{ title, from: 0, to: query.length, insert }];
}

const HABITS: readonly Habit[] = [
  {
    hint: "Only the part before the | finds traces; charts of rates are in Metrics.",
    find: (query, { reason, range }) =>
      /metrics query/.test(reason)
        ? [{ title: "Take the metrics part away", from: range.from, to: query.length, insert: "" }]
        : [],
  },
  {
    hint: "Texts stand in double quotes.",
    find: (query) => replaced(query, /'([^'"]*)'/g, '"$1"', "Use double quotes"),
  },
  { hint: "Equality is a single =.", find: (query) => replaced(query, /==/g, "=", "Write = for ==") },
  {
    hint: "Conditions are joined by && and ||.",
    find: (query) => [
      ...replaced(query.replace(/\bor\b/gi, "||"), /\band\b/gi, "&&", "Write && for and"),
      ...replaced(query, /\bor\b/gi, "||", "Write || for or"),
      ...replaced(query, /,(?=[^{}()]*\})/g, " &&", "Write && for the comma"),
    ],
  },
  {
    hint: "Conditions on a span stand in braces.",
    find: (query) => [
      { title: "Put it in braces", from: 0, to: query.length, insert: `{ ${query.trim()} }` },
      { title: "Close the brace", from: query.length, to: query.length, insert: " }" },
      { title: "Close the parenthesis and the brace", from: query.length, to: query.length, insert: ") }" },
      { title: "Close the quotes and the brace", from: query.length, to: query.length, insert: '" }' },
    ],
  },
  {
    hint: "Status and kind take words without quotes.",
    find: (query) => replaced(query, /\b((?:span:)?(?:status|kind)\s*!?=\s*)"(\w+)"/g, "$1$2", "Take the quotes away"),
  },
  { hint: "Status is error, ok or unset; kind is server, client, internal, producer or consumer.", find: wordFixes },
  {
    hint: "A duration has one of the units ns, us, ms, s, m and h.",
    find: (query) => [
      ...replaced(query, /\b(\d+(?:\.\d+)?)\s*(?:seconds?|secs?)\b/g, "$1s", "Write s for seconds"),
      ...replaced(query, /\b(\d+(?:\.\d+)?)\s*(?:milliseconds?|millis|msecs?)\b/g, "$1ms", "Write ms for milliseconds"),
      ...replaced(query, /\b(\d+(?:\.\d+)?)\s*(?:minutes?|mins?)\b/g, "$1m", "Write m for minutes"),
    ],
  },
  { hint: "A text stands in double quotes.", find: quotedFixes },
  { hint: "An attribute begins with a dot, span. or resource.", find: scopedFixes },
  {
    hint: "Conditions on a span stand in braces, and an attribute begins with a dot, span. or resource.",
    find: (query, error) =>
      [...scopedFixes(query, error)].map(({ title, from, to, insert }) => ({
        title: `${title}, in braces`,
        from: 0,
        to: query.length,
        insert: `{ ${query.slice(0, from)}${insert}${query.slice(to)} }`,
      })),
  },
  {
    hint: "An operator must have something on its right.",
    find: (query) => replaced(query, /\s*(?:&&|\|\||\|)\s*(\}?)\s*$/, " $1", "Take the last operator away"),
  },
];

/** `service.name = …` wants a scope; a word that is no field of the language may be an attribute. */
function* scopedFixes(query: string, { range }: TraceqlError): Iterable<QueryFix> {
  for (const { word, from, isValue } of wordsAt(query, range.from)) {
    if (isValue || INTRINSICS.has(word)) continue;
    const name = word === "service" ? "service.name" : word;
    const scope = name.startsWith("service.") || name.startsWith("k8s.") ? "resource." : ".";
    yield { title: `Write ${scope}${name}`, from, to: from + word.length, insert: `${scope}${name}` };
  }
}

const STATUS_WORDS: readonly string[] = ["error", "ok", "unset"];
const KIND_WORDS: readonly string[] = ["server", "client", "internal", "producer", "consumer", "unspecified"];

/** `status = eror`: a word that is nearly one of those that the field takes. */
function* wordFixes(query: string): Iterable<QueryFix> {
  for (const { 0: whole, 1: field, 2: word, index } of query.matchAll(/\b(status|kind)\s*!?=\s*([a-z]+)/gi)) {
    const words = field === "kind" ? KIND_WORDS : STATUS_WORDS;
    const name = words.includes(word) ? undefined : nearestName(word, words);
    const to = index + whole.length;
    if (name !== undefined) yield { title: `Write ${name} for ${word}`, from: to - word.length, to, insert: name };
  }
}

function* quotedFixes(query: string, { range }: TraceqlError): Iterable<QueryFix> {
  for (const { word, from, isValue } of wordsAt(query, range.from)) {
    if (isValue) yield { title: `Write "${word}"`, from, to: from + word.length, insert: `"${word}"` };
  }
}

/** The words at the error and just before it, as a parser often notices one too late; with whether they are compared with. */
function wordsAt(
  query: string,
  at: number,
): readonly { readonly word: string; readonly from: number; readonly isValue: boolean }[] {
  const words = [...query.matchAll(/[\p{L}_][\p{L}\p{Nd}_.\-/]*/gu)].filter(({ index }) => index <= at);
  return words
    .slice(-2)
    .reverse()
    .map(({ 0: word, index }) => ({ word, from: index, isValue: /[=~<>]\s*$/.test(query.slice(0, index)) }));
}

/** Where no change is sure to be what was meant. */
const HINTS: readonly { readonly when: RegExp; readonly advice: Advice }[] = [
  {
    when: /unexpected \$end/,
    advice: { hint: "Something is missing at the end: a value, a closing brace, or a stage after |." },
  },
  {
    when: /not comparable|types|must resolve to a boolean|comparison/,
    advice: { hint: "Both sides of a comparison must be of one type: text in quotes, numbers, durations with a unit." },
  },
  {
    when: /literal not terminated|expecting "/,
    advice: { hint: "A text begins and ends with a double quote." },
  },
  {
    when: /syntax error/,
    advice: { hint: 'A query is like { resource.service.name = "cart" && status = error && duration > 100ms }.' },
  },
];
