/**
 * The notation in which tests of rules write series: `up{job="a"}` and values such as `1 2x3 _ stale 0+10x5 5-1x4`.
 * Source: prometheus/promql/parser, series descriptions; Prometheus's documentation, unit testing for rules.
 */
import { failure, success, type Result } from "../../base/result.js";
import { unquote } from "../../query/promql/literals.js";
import { STALE_MARKER, type Labels } from "../../telemetry/metric-reader.js";

/** Values of one series. */
const VALUES_MAX = 1_000_000;

const METRIC = /^\s*([a-zA-Z_:][\w:]*)?\s*(?:\{([^]*)\})?\s*$/;
const PAIR = /\s*([a-zA-Z_]\w*|"(?:[^"\\]|\\.)*")\s*=\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)\s*(,|$)/y;

/** Labels of `name{a="b"}`, its name as `__name__`. */
export function parseMetric(text: string): Result<Labels, string> {
  const match: readonly (string | undefined)[] | null = METRIC.exec(text);
  if (match === null) return failure(`parse error: bad series ${JSON.stringify(text)}`);
  const [, name, body = ""] = match;
  const labels: Record<string, string> = name === undefined ? {} : { __name__: name };
  PAIR.lastIndex = 0;
  while (body.slice(PAIR.lastIndex).trim() !== "") {
    const at = PAIR.lastIndex;
    const pair = PAIR.exec(body);
    if (pair === null) return failure(`parse error: unexpected ${JSON.stringify(body.slice(at).trim())} inside braces`);
    const [, label, quoted] = pair;
    const key = label.startsWith('"') ? unquote(label) : success(label);
    const value = unquote(quoted);
    if (!key.ok) return key;
    if (!value.ok) return value;
    labels[key.value] = value.value;
  }
  return success(Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== "")));
}

/** Not hexadecimal: `0x10` is eleven zeros. */
const NUMBER = String.raw`[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[iI][nN][fF]|[nN][aA][nN])`;
const BLANKS = /^_(?:x(\d+))?$/;
const REPEATED = new RegExp(String.raw`^(${NUMBER}|stale)(?:x(\d+))?$`);
const STEPPED = new RegExp(String.raw`^(${NUMBER})([+-])(${NUMBER.slice(5)})x(\d+)$`);

/** Values in order; undefined where there is none. */
export function parseValues(text: string): Result<(number | undefined)[], string> {
  const values: (number | undefined)[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    const read = wordValues(word, values.length);
    if (!read.ok) return read;
    for (const value of read.value) values.push(value);
  }
  return success(values);
}

function wordValues(word: string, before: number): Result<readonly (number | undefined)[], string> {
  const blanks: readonly (string | undefined)[] | null = BLANKS.exec(word);
  if (blanks !== null) return repeated(undefined, Number(blanks[1] ?? 1), before);
  const repeats: readonly (string | undefined)[] | null = REPEATED.exec(word);
  if (repeats !== null) {
    const [, value = "", times = "0"] = repeats;
    return repeated(value === "stale" ? STALE_MARKER : numberOf(value), Number(times) + 1, before);
  }
  const steps = STEPPED.exec(word);
  if (steps === null) {
    const expected = word.startsWith("{{") ? "histograms are not known here" : 'expected number or "stale"';
    return failure(`parse error: unexpected ${JSON.stringify(word)} in series values, ${expected}`);
  }
  const [, first, sign, step, times] = steps;
  const count = Number(times) + 1;
  if (before + count > VALUES_MAX) return tooMany();
  const by = sign === "+" ? numberOf(step) : -numberOf(step);
  // Added up as the real one does, so that the last digits are the same.
  const values: number[] = [];
  for (let at = 0, value = numberOf(first); at < count; at++, value += by) values.push(value);
  return success(values);
}

function repeated(value: number | undefined, count: number, before: number): Result<(number | undefined)[], string> {
  return before + count > VALUES_MAX ? tooMany() : success(new Array<number | undefined>(count).fill(value));
}

const tooMany = (): Result<never, string> => failure(`a series may have ${String(VALUES_MAX)} values`);

function numberOf(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const bare = text.replace(/^[+-]/, "");
  if (/^inf$/i.test(bare)) return sign * Infinity;
  return /^nan$/i.test(bare) ? NaN : sign * Number(bare);
}
