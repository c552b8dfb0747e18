/**
 * What templates can call: the functions that Loki documents, with the meaning that Go and the sprig library give them.
 * Source: grafana/loki pkg/logql/log/fmt.go, Masterminds/sprig, Go text/template/funcs.go.
 */
import { formatPrintf, formatShortest } from "../../base/go-format.js";
import { decodeBase64, encodeBase64, percentDecode, percentEncode } from "./text-codes.js";
import type { RE2JS } from "re2js";
import { compileRegex } from "../promql/matcher.js";
import {
  addDecimals,
  decimalOf,
  multiplyDecimals,
  numberOfDecimal,
  quotient,
  subtractDecimals,
  type Decimal,
} from "./decimal.js";
import { formatGoTime, parseGoTime } from "./go-time.js";
import { expandGroups, replaceMatches } from "./regex-expand.js";
import { TemplateFault } from "./template-syntax.js";
import { parseBytes, parseGoDuration, parseGoFloat } from "./units.js";

/** An instant, in µs since the epoch. */
export class TemplateTime {
  constructor(readonly timeUs: number) {}
}

/** A fraction that happens to be whole and is so large that Go prints it otherwise than a whole number: 3e+06. */
export class TemplateFloat {
  readonly #value: number;

  constructor(value: number) {
    this.#value = value;
  }

  get value(): number {
    return this.#value;
  }
}

const FLOAT_MIN = 1e6;

const floatOf = (value: number): number | TemplateFloat =>
  Number.isInteger(value) && Math.abs(value) >= FLOAT_MIN ? new TemplateFloat(value) : value;

const plain = (value: TemplateValue): TemplateValue => (value instanceof TemplateFloat ? value.value : value);

export type TemplateValue =
  | string
  | number
  | boolean
  | undefined
  | TemplateTime
  | TemplateFloat
  | readonly TemplateValue[]
  | { readonly [name: string]: TemplateValue };

/** What a template stands in. */
export interface TemplateScene {
  readonly line: () => string;
  readonly timeUs: number;
}

export type TemplateFunction = (args: readonly TemplateValue[], scene: TemplateScene) => TemplateValue;

/** As Go prints a value. */
export function showValue(value: TemplateValue): string {
  if (value === undefined) return "<no value>";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : formatShortest(value);
  if (value instanceof TemplateFloat) return formatShortest(value.value);
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (value instanceof TemplateTime) return formatGoTime(value.timeUs, "2006-01-02 15:04:05.999999999 -0700 MST");
  if (Array.isArray(value)) return `[${(value as readonly TemplateValue[]).map(showValue).join(" ")}]`;
  const entries = Object.entries(value as Readonly<Record<string, TemplateValue>>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([name, each]) => `${name}:${showValue(each)}`).join(" ")}]`;
}

/** Whether a value counts as true: it is not the zero of its kind. */
export function isTrue(value: TemplateValue): boolean {
  if (value === undefined || value === "" || value === 0 || value === false) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof TemplateFloat) return true;
  if (typeof value === "object" && !(value instanceof TemplateTime)) return Object.keys(value).length > 0;
  return true;
}

function text(args: readonly TemplateValue[], index: number): string {
  if (index >= args.length)
    throw new TemplateFault(`wrong number of args: want at least ${String(index + 1)} got ${String(args.length)}`);
  const value = args[index];
  if (typeof value === "string") return value;
  throw new TemplateFault(`wrong type for value; expected string; got ${kindOf(value)}`);
}

function kindOf(value: TemplateValue): string {
  if (value === undefined) return "nil";
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  if (typeof value === "boolean") return "bool";
  if (value instanceof TemplateTime) return "time.Time";
  if (value instanceof TemplateFloat) return "float64";
  return Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}

/** Sprig makes numbers of texts, and zero of what is none. */
function numberOf(value: TemplateValue): number {
  if (typeof value === "number") return value;
  if (value instanceof TemplateFloat) return value.value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string") return 0;
  const parsed = parseGoFloat(value);
  return parsed.ok ? parsed.value : 0;
}

function numeric(args: readonly TemplateValue[], index: number): number {
  if (index >= args.length)
    throw new TemplateFault(`wrong number of args: want at least ${String(index + 1)} got ${String(args.length)}`);
  return numberOf(args[index]);
}

const whole = (args: readonly TemplateValue[], index: number): number => Math.trunc(numeric(args, index));
const fold =
  (
    combine: (left: number, right: number) => number,
    read: (args: readonly TemplateValue[], index: number) => number,
  ): ((args: readonly TemplateValue[]) => number) =>
  (args) =>
    args.map((_, index) => read(args, index)).reduce((left, right) => combine(left, right));

/** Fractions are added as they are written, not as binary numbers: 0.1 and 0.2 are 0.3. */
const float =
  (compute: (args: readonly TemplateValue[]) => number): TemplateFunction =>
  (args) =>
    floatOf(compute(args));

const decimals =
  (combine: (left: Decimal, right: Decimal) => Decimal): TemplateFunction =>
  (args) => {
    const values = args.map((_, index) => numeric(args, index));
    if (values.some((value) => !Number.isFinite(value))) throw new TemplateFault("error calling: not a finite number");
    return floatOf(numberOfDecimal(values.map(decimalOf).reduce((left, right) => combine(left, right))));
  };

function divideDecimals(left: Decimal, right: Decimal): Decimal {
  if (right.digits === 0n) throw new TemplateFault("error calling divf: decimal division by 0");
  return quotient(left, right);
}

/** As Go's Print: a space between two values of which none is a text. */
function spaceBefore(args: readonly TemplateValue[], index: number): string {
  return index > 0 && typeof args[index] !== "string" && typeof args[index - 1] !== "string" ? " " : "";
}

function divide(left: number, right: number): number {
  if (right === 0) throw new TemplateFault("error calling div: runtime error: integer divide by zero");
  return Math.trunc(left / right);
}

function remainder(left: number, right: number): number {
  if (right === 0) throw new TemplateFault("error calling mod: runtime error: integer divide by zero");
  return left % right;
}

function expression(source: string): RE2JS {
  const compiled = compileRegex(`(?-s)${source}`, source);
  if (!compiled.ok) throw new TemplateFault(compiled.error);
  return compiled.value;
}

function quantity(parsed: ReturnType<typeof parseBytes>): number {
  if (!parsed.ok) throw new TemplateFault(parsed.error);
  return parsed.value;
}

function replaceAll(args: readonly TemplateValue[]): string {
  const replacement = text(args, 2);
  return replaceMatches(expression(text(args, 0)), text(args, 1), (match) => expandGroups(replacement, match));
}

function replaceLiteral(args: readonly TemplateValue[]): string {
  const replacement = text(args, 2);
  return replaceMatches(expression(text(args, 0)), text(args, 1), () => replacement);
}

function countMatches(args: readonly TemplateValue[]): number {
  const matcher = expression(text(args, 0)).matcher(text(args, 1));
  let count = 0;
  while (matcher.find()) count++;
  return count;
}

const LETTER_START = /(^|[^\p{L}\p{Nd}_'])(\p{Ll})/gu;

function trimEnds(value: string, cutset: string, start: boolean, end: boolean): string {
  const characters = Array.from(value);
  const cut = new Set(cutset);
  let [from, to] = [0, characters.length];
  while (start && from < to && cut.has(characters[from])) from++;
  while (end && to > from && cut.has(characters[to - 1])) to--;
  return characters.slice(from, to).join("");
}

function truncate(count: number, value: string): string {
  const characters = Array.from(value);
  if (count < 0) return characters.length + count > 0 ? characters.slice(count).join("") : value;
  return characters.slice(0, count).join("");
}

function substring(start: number, end: number, value: string): string {
  const characters = Array.from(value);
  if (start < 0) return end < 0 ? "" : characters.slice(0, end).join("");
  return end < 0 ? characters.slice(start).join("") : characters.slice(start, Math.max(start, end)).join("");
}

function replaceCount(value: string, old: string, fresh: string, count: number): string {
  if (count < 0) return value.replaceAll(old, () => fresh);
  const parts = value.split(old);
  const head = parts.slice(0, count + 1).join(fresh);
  return parts.length > count + 1 ? `${head}${old}${parts.slice(count + 1).join(old)}` : head;
}

const REPEAT_MAX = 1_000_000;

function repeat(count: number, value: string): string {
  if (count < 0 || count * value.length > REPEAT_MAX) throw new TemplateFault("error calling repeat: too long");
  return value.repeat(count);
}

const indent = (spaces: number, value: string): string => {
  const pad = repeat(spaces, " ");
  return pad + value.replaceAll("\n", `\n${pad}`);
};

/** `roundOn`: from which fraction on it goes up. */
function round(value: number, places: number, roundOn: number): number {
  const scale = 10 ** places;
  const scaled = value * scale;
  return (scaled - Math.trunc(scaled) >= roundOn ? Math.ceil(scaled) : Math.floor(scaled)) / scale;
}

function timeOf(value: TemplateValue): TemplateTime {
  if (value instanceof TemplateTime) return value;
  if (typeof value === "number") return new TemplateTime(value * 1e6);
  throw new TemplateFault(`wrong type for value; expected time.Time; got ${kindOf(value)}`);
}

function parseTime(layout: string, value: string): TemplateTime {
  return new TemplateTime(parseGoTime(layout, value) ?? 0);
}

function equals(left: TemplateValue, right: TemplateValue): boolean {
  const [a, b] = [plain(left), plain(right)];
  if (typeof a !== typeof b) throw new TemplateFault("error calling eq: incompatible types for comparison");
  return a === b;
}

function compares(args: readonly TemplateValue[], test: (order: number) => boolean): boolean {
  const [left, right] = args.map(plain);
  if (typeof left === "number" && typeof right === "number") return test(left - right);
  if (typeof left === "string" && typeof right === "string") return test(left < right ? -1 : left > right ? 1 : 0);
  throw new TemplateFault("incompatible types for comparison");
}

function fromJson(value: string): TemplateValue {
  try {
    return JSON.parse(value, (_, each: TemplateValue) =>
      typeof each === "number" ? floatOf(each) : each,
    ) as TemplateValue;
  } catch {
    return undefined;
  }
}

function sizeOf(value: TemplateValue): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (typeof value === "object" && !(value instanceof TemplateTime)) return Object.keys(value).length;
  throw new TemplateFault(`error calling len: len of type ${kindOf(value)}`);
}

function indexOf([value, ...keys]: readonly TemplateValue[]): TemplateValue {
  return keys.reduce((inner, key) => {
    if (Array.isArray(inner)) return (inner as readonly TemplateValue[])[numberOf(key)];
    if (typeof inner === "object" && !(inner instanceof TemplateTime)) {
      const record = inner as Readonly<Record<string, TemplateValue>>;
      return typeof key === "string" && Object.hasOwn(record, key) ? record[key] : undefined;
    }
    throw new TemplateFault(`error calling index: can't index item of type ${kindOf(inner)}`);
  }, value);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&#34;",
  "'": "&#39;",
};

const VERB = /%[+#0 -]*\d*(?:\.\d+)?([a-zA-Z%])/g;

/** Whole numbers are whole here, where the formatting of alerts knows only fractions: `%d` prints their text. */
function print(args: readonly TemplateValue[]): string {
  const values = args.slice(1).map((value) => {
    const number = plain(value);
    return typeof number === "number" ? number : showValue(value);
  });
  let next = 0;
  const format = text(args, 0).replace(VERB, (verb, letter: string) => {
    if (letter === "%") return verb;
    const index = next++;
    const value = values.at(index);
    const isFloat = args.at(index + 1) instanceof TemplateFloat;
    if (typeof value !== "number" || !Number.isInteger(value) || !(letter === "v" || (letter === "d" && !isFloat)))
      return verb;
    values[index] = isFloat ? formatShortest(value) : String(value);
    return `${verb.slice(0, -1)}s`;
  });
  return formatPrintf(format, values);
}

export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ["__line__", (_, { line }) => line()],
  ["__timestamp__", (_, { timeUs }) => new TemplateTime(timeUs)],
  // Simulated now is what a query sees as its present; a line cannot know it, so it is the line's own instant.
  ["now", (_, { timeUs }) => new TemplateTime(timeUs)],
  ["ToLower", (args) => text(args, 0).toLowerCase()],
  ["ToUpper", (args) => text(args, 0).toUpperCase()],
  ["lower", (args) => text(args, 0).toLowerCase()],
  ["upper", (args) => text(args, 0).toUpperCase()],
  [
    "title",
    (args) => text(args, 0).replace(LETTER_START, (_, before: string, letter: string) => before + letter.toUpperCase()),
  ],
  ["Replace", (args) => replaceCount(text(args, 0), text(args, 1), text(args, 2), whole(args, 3))],
  ["replace", (args) => text(args, 2).replaceAll(text(args, 0), () => text(args, 1))],
  ["Trim", (args) => trimEnds(text(args, 0), text(args, 1), true, true)],
  ["TrimLeft", (args) => trimEnds(text(args, 0), text(args, 1), true, false)],
  ["TrimRight", (args) => trimEnds(text(args, 0), text(args, 1), false, true)],
  ["trimAll", (args) => trimEnds(text(args, 1), text(args, 0), true, true)],
  ["TrimPrefix", (args) => withoutPrefix(text(args, 0), text(args, 1))],
  ["TrimSuffix", (args) => withoutSuffix(text(args, 0), text(args, 1))],
  ["trimPrefix", (args) => withoutPrefix(text(args, 1), text(args, 0))],
  ["trimSuffix", (args) => withoutSuffix(text(args, 1), text(args, 0))],
  ["TrimSpace", (args) => text(args, 0).trim()],
  ["trim", (args) => text(args, 0).trim()],
  ["trunc", (args) => truncate(whole(args, 0), text(args, 1))],
  ["substr", (args) => substring(whole(args, 0), whole(args, 1), text(args, 2))],
  ["alignLeft", (args) => truncate(whole(args, 0), text(args, 1)).padEnd(whole(args, 0))],
  ["alignRight", (args) => truncate(-whole(args, 0), text(args, 1)).padStart(whole(args, 0))],
  ["contains", (args) => text(args, 1).includes(text(args, 0))],
  ["hasPrefix", (args) => text(args, 1).startsWith(text(args, 0))],
  ["hasSuffix", (args) => text(args, 1).endsWith(text(args, 0))],
  ["indent", (args) => indent(whole(args, 0), text(args, 1))],
  ["nindent", (args) => `\n${indent(whole(args, 0), text(args, 1))}`],
  ["repeat", (args) => repeat(whole(args, 0), text(args, 1))],
  ["default", (args) => (isTrue(args.at(1)) ? args.at(1) : args.at(0))],
  ["b64enc", (args) => encodeBase64(text(args, 0))],
  ["b64dec", (args) => decodeBase64(text(args, 0))],
  ["urlencode", (args) => percentEncode(text(args, 0))],
  ["urlquery", (args) => percentEncode(args.map(showValue).join(""))],
  ["urldecode", (args) => percentDecode(text(args, 0))],
  ["regexReplaceAll", replaceAll],
  ["regexReplaceAllLiteral", replaceLiteral],
  ["count", countMatches],
  ["int", (args) => whole(args, 0)],
  ["float64", float((args) => numeric(args, 0))],
  ["add", fold((left, right) => left + right, whole)],
  ["sub", fold((left, right) => left - right, whole)],
  ["mul", fold((left, right) => left * right, whole)],
  ["div", (args) => divide(whole(args, 0), whole(args, 1))],
  ["mod", (args) => remainder(whole(args, 0), whole(args, 1))],
  ["max", fold(Math.max, whole)],
  ["min", fold(Math.min, whole)],
  ["addf", decimals(addDecimals)],
  ["subf", decimals(subtractDecimals)],
  ["mulf", decimals(multiplyDecimals)],
  ["divf", decimals(divideDecimals)],
  ["maxf", float(fold(Math.max, numeric))],
  ["minf", float(fold(Math.min, numeric))],
  ["ceil", float((args) => Math.ceil(numeric(args, 0)))],
  ["floor", float((args) => Math.floor(numeric(args, 0)))],
  ["round", float((args) => round(numeric(args, 0), whole(args, 1), args.length > 2 ? numeric(args, 2) : 0.5))],
  ["bytes", float((args) => quantity(parseBytes(text(args, 0))))],
  ["duration", float((args) => quantity(parseGoDuration(text(args, 0))) / 1e9)],
  ["duration_seconds", float((args) => quantity(parseGoDuration(text(args, 0))) / 1e9)],
  ["fromJson", (args) => fromJson(text(args, 0))],
  ["date", (args) => formatGoTime(timeOf(args.at(1)).timeUs, text(args, 0))],
  ["toDate", (args) => parseTime(text(args, 0), text(args, 1))],
  ["toDateInZone", (args) => parseTime(text(args, 0), text(args, 2))],
  ["unixEpoch", (args) => String(Math.floor(timeOf(args.at(0)).timeUs / 1e6))],
  ["unixEpochMillis", (args) => String(Math.floor(timeOf(args.at(0)).timeUs / 1e3))],
  ["unixEpochNanos", (args) => `${String(Math.floor(timeOf(args.at(0)).timeUs))}000`],
  ["unixToTime", (args) => new TemplateTime(microsOf(text(args, 0)))],
  ["eq", ([left, ...rest]) => rest.some((right) => equals(left, right))],
  ["ne", ([left, right]) => !equals(left, right)],
  ["lt", (args) => compares(args, (order) => order < 0)],
  ["le", (args) => compares(args, (order) => order <= 0)],
  ["gt", (args) => compares(args, (order) => order > 0)],
  ["ge", (args) => compares(args, (order) => order >= 0)],
  ["not", ([value]) => !isTrue(value)],
  ["and", (args) => args.find((value) => !isTrue(value)) ?? args.at(-1)],
  ["or", (args) => args.find((value) => isTrue(value)) ?? args.at(-1)],
  ["len", ([value]) => sizeOf(value)],
  ["index", indexOf],
  ["slice", (args) => text(args, 0).slice(whole(args, 1), args.length > 2 ? whole(args, 2) : undefined)],
  ["print", (args) => args.map((value, index) => spaceBefore(args, index) + showValue(value)).join("")],
  ["println", (args) => `${args.map(showValue).join(" ")}\n`],
  ["printf", print],
  [
    "html",
    (args) =>
      args
        .map(showValue)
        .join("")
        .replace(/[<>&"']/g, (character) => ESCAPES[character]),
  ],
  ["js", (args) => JSON.stringify(args.map(showValue).join("")).slice(1, -1)],
]);

const withoutPrefix = (value: string, prefix: string): string =>
  prefix !== "" && value.startsWith(prefix) ? value.slice(prefix.length) : value;
const withoutSuffix = (value: string, suffix: string): string =>
  suffix !== "" && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value;

/** µs of a Unix time in days, seconds, milliseconds, microseconds or nanoseconds, told apart by its digits. */
function microsOf(digits: string): number {
  const scale: Readonly<Partial<Record<number, number>>> = { 5: 86_400e6, 10: 1e6, 13: 1e3, 16: 1, 19: 1e-3 };
  const factor = scale[digits.length];
  if (factor === undefined || !/^\d+$/.test(digits)) throw new TemplateFault(`unable to parse time '${digits}'`);
  return Number(digits) * factor;
}
