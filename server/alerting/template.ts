/**
 * Templates in the labels and annotations of alert rules: the part of Go's text/template that rules use. Actions are one
 * pipeline each, `{{ $labels.job | toUpper }}` or `{{ printf "%.2f" $value }}`; conditions, loops and queries from within
 * a template are refused by name when the rules are checked.
 * Source: prometheus/template/template.go, Go text/template.
 */
import { failure, success, type Result } from "../base/result.js";
import { unquote } from "../query/promql/literals.js";
import { compileRegex } from "../query/promql/matcher.js";
import type { Labels } from "../telemetry/metric-reader.js";
import { formatPrintf, formatShortest } from "../base/go-format.js";
import { humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp } from "./humanize.js";

/** What a template can speak of. */
export interface TemplateData {
  readonly labels: Labels;
  readonly externalLabels: Labels;
  readonly value: number;
}

type Value = string | number | Labels;
type Operand = (data: TemplateData) => Value;

/** A template that was read once and is rendered for each alert. */
export type Template = (data: TemplateData) => string;

export interface TemplateProblem {
  readonly message: string;
  readonly from: number;
  readonly to: number;
}

const ACTION = /\{\{-?([\s\S]*?)-?\}\}/g;

/** Reads `text`, or says which action in it cannot be read. */
export function parseTemplate(text: string): Result<Template, TemplateProblem> {
  const parts: (string | Operand)[] = [];
  let at = 0;
  for (const match of text.matchAll(ACTION)) {
    const before = text.slice(at, match.index);
    at = match.index + match[0].length;
    parts.push(match[0].startsWith("{{-") ? before.trimEnd() : before);
    if (match[0].endsWith("-}}")) at += text.slice(at).length - text.slice(at).trimStart().length;
    const body = match[1].trim();
    if (body.startsWith("/*")) continue;
    const action = parsePipeline(body);
    if (!action.ok) return failure({ message: action.error, from: match.index, to: match.index + match[0].length });
    parts.push(action.value);
  }
  const rest = text.slice(at);
  const open = rest.indexOf("{{");
  if (open >= 0) return failure({ message: "unclosed action: {{ without }}", from: at + open, to: text.length });
  parts.push(rest);
  return success((data) => parts.map((part) => (typeof part === "string" ? part : display(part(data)))).join(""));
}

function display(value: Value): string {
  if (typeof value === "number") return formatShortest(value);
  if (typeof value === "string") return value;
  return `map[${Object.entries(value)
    .map(([name, text]) => `${name}:${text}`)
    .join(" ")}]`;
}

const WORD =
  /\s*(?:(?<bar>\|)|(?<string>"(?:[^"\\]|\\.)*"|`[^`]*`)|(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<path>[$.][\w.]*)|(?<name>[a-zA-Z_]\w*))/y;

interface Word {
  readonly kind: "bar" | "string" | "number" | "path" | "name";
  readonly text: string;
}

function words(body: string): Result<Word[], string> {
  const found: Word[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < body.length) {
    const start = WORD.lastIndex;
    const match = WORD.exec(body);
    if (match === null)
      return failure(`unexpected ${JSON.stringify(body.slice(start).trim().slice(0, 20))} in {{ ${body} }}`);
    const [kind, text] =
      Object.entries<string | undefined>(match.groups ?? {}).find(([, group]) => group !== undefined) ?? [];
    found.push({ kind: kind as Word["kind"], text: text ?? "" });
  }
  return success(found);
}

function parsePipeline(body: string): Result<Operand, string> {
  const read = words(body);
  if (!read.ok) return read;
  const commands: Word[][] = [[]];
  for (const word of read.value) {
    if (word.kind === "bar") commands.push([]);
    else commands.at(-1)?.push(word);
  }
  let piped: Operand | undefined;
  for (const command of commands) {
    const parsed = parseCommand(command, piped, body);
    if (!parsed.ok) return parsed;
    piped = parsed.value;
  }
  return piped === undefined ? failure("missing value for command") : success(piped);
}

const CONTROL: ReadonlySet<string> = new Set([
  "if",
  "else",
  "end",
  "range",
  "with",
  "define",
  "template",
  "block",
  "query",
  "first",
  "value",
]);

function parseCommand(command: readonly Word[], piped: Operand | undefined, body: string): Result<Operand, string> {
  const head = command.at(0);
  const rest = command.slice(1);
  if (head === undefined) return failure(`missing value for command in {{ ${body} }}`);
  if (head.kind !== "name") {
    if (rest.length > 0 || piped !== undefined) return failure(`can't give argument to non-function ${head.text}`);
    return parseOperand(head);
  }
  if (CONTROL.has(head.text)) return failure(`{{ ${head.text} }} is not supported in templates here`);
  const apply = TEMPLATE_FUNCTIONS.get(head.text);
  if (apply === undefined) return failure(`function "${head.text}" not defined`);
  const operands: Operand[] = [];
  for (const word of rest) {
    const operand = parseOperand(word);
    if (!operand.ok) return operand;
    operands.push(operand.value);
  }
  if (piped !== undefined) operands.push(piped);
  const { least, most } = apply;
  if (operands.length < least || operands.length > most) {
    return failure(`wrong number of args for ${head.text}: want ${String(least)} got ${String(operands.length)}`);
  }
  return success((data) => apply.call(operands.map((operand) => operand(data))));
}

function parseOperand(word: Word): Result<Operand, string> {
  if (word.kind === "number") {
    const number = Number(word.text);
    return success(() => number);
  }
  if (word.kind === "string") {
    const text = unquote(word.text);
    return text.ok ? success(() => text.value) : failure(text.error);
  }
  if (word.kind === "name") return failure(`function "${word.text}" cannot stand as an argument`);
  return parsePath(word.text);
}

/** `$value`, `$labels.job`, and their forms without variables, `.Value` and `.Labels.job`. */
function parsePath(text: string): Result<Operand, string> {
  const match: readonly (string | undefined)[] | null =
    /^(?:\$(value|labels|externalLabels)|\.(Value|Labels|ExternalLabels))(?:\.(\w+))?$/.exec(text);
  const root = (match?.[1] ?? match?.[2])?.toLowerCase();
  if (root === undefined) return failure(`undefined variable "${text}"`);
  const label = match?.[3];
  if (root === "value")
    return label === undefined ? success((data) => data.value) : failure(`can't evaluate field ${label} in a number`);
  const source =
    root === "labels"
      ? (data: TemplateData): Labels => data.labels
      : (data: TemplateData): Labels => data.externalLabels;
  return success(label === undefined ? source : (data) => source(data)[label] ?? "");
}

interface TemplateFunction {
  readonly least: number;
  readonly most: number;
  readonly call: (args: readonly Value[]) => Value;
}

const numeric = (value: Value): number =>
  typeof value === "number" ? value : typeof value === "string" ? Number(value) : NaN;
const ofNumber = (write: (value: number) => string): TemplateFunction => ({
  least: 1,
  most: 1,
  call: ([value]) => write(numeric(value)),
});
const ofText = (write: (text: string) => string): TemplateFunction => ({
  least: 1,
  most: 1,
  call: ([value]) => write(display(value)),
});

const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["humanize", ofNumber(humanize)],
  ["humanize1024", ofNumber(humanize1024)],
  ["humanizeDuration", ofNumber(humanizeDuration)],
  ["humanizePercentage", ofNumber(humanizePercentage)],
  ["humanizeTimestamp", ofNumber(humanizeTimestamp)],
  ["toUpper", ofText((text) => text.toUpperCase())],
  ["toLower", ofText((text) => text.toLowerCase())],
  [
    "title",
    ofText((text) => text.replace(/(^|\s)(\S)/g, (_, before: string, letter: string) => before + letter.toUpperCase())),
  ],
  ["stripPort", ofText((text) => text.replace(/^\[?([^\]]*?)\]?:\d+$/, "$1"))],
  [
    "printf",
    {
      least: 1,
      most: 20,
      call: ([format, ...args]) =>
        formatPrintf(
          display(format),
          args.map((arg) => (typeof arg === "number" ? arg : display(arg))),
        ),
    },
  ],
  ["print", { least: 0, most: 20, call: (args) => args.map(display).join("") }],
  [
    "len",
    {
      least: 1,
      most: 1,
      call: ([value]) => (typeof value === "object" ? Object.keys(value).length : display(value).length),
    },
  ],
  ["index", { least: 2, most: 2, call: ([map, key]) => (typeof map === "object" ? (map[display(key)] ?? "") : "") }],
  [
    "reReplaceAll",
    {
      least: 3,
      most: 3,
      call: ([pattern, replacement, text]) => replaceAll(display(pattern), display(replacement), display(text)),
    },
  ],
  ["match", { least: 2, most: 2, call: ([pattern, text]) => String(matches(display(pattern), display(text))) }],
]);

/** An expression that does not compile leaves the text as it is: the alert matters more than its wording. */
function replaceAll(pattern: string, replacement: string, text: string): string {
  const regex = compileRegex(pattern, pattern);
  return regex.ok ? regex.value.matcher(text).replaceAll(replacement) : text;
}

function matches(pattern: string, text: string): boolean {
  const regex = compileRegex(pattern, pattern);
  return regex.ok && regex.value.matcher(text).find();
}
