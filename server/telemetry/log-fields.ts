/** Values of fields counted over lines: the most frequent, how many there are, and of numbers how they spread. */
import type { LogField, NumberSummary } from "../wire/telemetry.js";

/** Values that are listed of each field. */
const LOG_FIELD_VALUES = 12;
/** Steps in which numbers are drawn. */
const NUMBER_BARS = 24;

export class FieldTally {
  readonly #fields = new Map<string, Map<string, number>>();

  add(name: string, value: string): void {
    let values = this.#fields.get(name);
    if (values === undefined) this.#fields.set(name, (values = new Map<string, number>()));
    values.set(value, (values.get(value) ?? 0) + 1);
  }

  /** Fields by how many lines have them. */
  fields(): readonly LogField[] {
    return [...this.#fields].map(fieldOf).sort((a, b) => b.lines - a.lines || byText(a.name, b.name));
  }
}

function fieldOf([name, tally]: [string, Map<string, number>]): LogField {
  const values = [...tally].map(([value, count]) => ({ value, count }));
  values.sort((a, b) => b.count - a.count || byText(a.value, b.value));
  const lines = values.reduce((sum, value) => sum + value.count, 0);
  const numbers = isCategory(name) ? undefined : summaryOf(values);
  return {
    name,
    lines,
    values: values.slice(0, LOG_FIELD_VALUES),
    unique: values.length,
    ...(numbers === undefined ? {} : { numbers }),
  };
}

/** Numbers that stand for kinds, whose middle means nothing. */
const isCategory = (name: string): boolean => /status_code$|error\.type$|port$|(?:^|[._])id$/.test(name);

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/;

type Counted = readonly { readonly value: string; readonly count: number }[];

/** Undefined where not all values are numbers, or all are one. */
function summaryOf(values: Counted): NumberSummary | undefined {
  if (values.length < 2 || !values.every(({ value }) => NUMBER.test(value))) return undefined;
  const sorted = values
    .map(({ value, count }) => ({ number: Number(value), count }))
    .sort((a, b) => a.number - b.number);
  const lines = sorted.reduce((sum, { count }) => sum + count, 0);
  const quantile = (share: number): number => {
    let below = 0;
    for (const { number, count } of sorted) if ((below += count) >= share * lines) return number;
    return sorted[sorted.length - 1].number;
  };
  const [min, max] = [sorted[0].number, sorted[sorted.length - 1].number];
  const bars = new Array<number>(NUMBER_BARS).fill(0);
  for (const { number, count } of sorted) {
    bars[Math.min(NUMBER_BARS - 1, Math.floor(((number - min) / (max - min)) * NUMBER_BARS))] += count;
  }
  return { min, p50: quantile(0.5), p95: quantile(0.95), max, bars };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
