/** One field of the lines that match, over time: lines are looked at in equal distances, so that all of the window is seen. */
import type { LogFieldSeries, LogFieldSeriesRequest } from "../../wire/logs.js";
import { searchedOf, stepOf, type LogStore } from "../../telemetry/log-store.js";
import { totalOf } from "../../telemetry/log-positions.js";
import type { LogSource } from "../../telemetry/sources.js";

/** Lines that are looked at. */
const LINES_MAX = 60_000;
const VALUES_MAX = 6;
const NUMBER = /^-?\d+(?:\.\d+)?$/;

export function fieldSeriesOf(logs: LogStore, request: LogFieldSeriesRequest): LogFieldSeries {
  const matches = logs.matches(request);
  const total = totalOf(matches.ranges);
  const stride = Math.max(1, Math.ceil(total / LINES_MAX));
  const stepUs = stepOf(request, request.buckets);
  const steps = new StepCounts(request.buckets);
  let examined = 0;
  for (const range of matches.ranges) {
    const { source, count } = range;
    for (let at = 0; at < count; at += stride) {
      examined++;
      const row = range.rowAt(at);
      const value = valueAt(logs, source, row, request.field);
      if (value !== undefined) steps.add(value, Math.floor((source.table.timeUs[row] - request.fromUs) / stepUs));
    }
  }
  return { stepUs, total, examined, ...steps.answer(), ...searchedOf(matches) };
}

const valueAt = (logs: LogStore, source: LogSource, row: number, field: string): string | undefined =>
  logs.fieldOf(source, row, field);

class StepCounts {
  readonly #values = new Map<string, number[]>();
  readonly #numbers: number[][];
  #isNumeric = true;

  constructor(private readonly buckets: number) {
    this.#numbers = Array.from({ length: buckets }, () => []);
  }

  add(value: string, step: number): void {
    let counts = this.#values.get(value);
    if (counts === undefined) this.#values.set(value, (counts = new Array<number>(this.buckets).fill(0)));
    counts[step]++;
    this.#isNumeric &&= NUMBER.test(value);
    if (this.#isNumeric) this.#numbers[step].push(Number(value));
  }

  answer(): Pick<LogFieldSeries, "values" | "distinct" | "medians"> {
    const sums = [...this.#values].map(([value, counts]) => ({
      value,
      counts,
      sum: counts.reduce((sum, count) => sum + count, 0),
    }));
    sums.sort((a, b) => b.sum - a.sum || (a.value < b.value ? -1 : 1));
    const values = sums.slice(0, VALUES_MAX).map(({ value, counts }) => ({ value, counts }));
    const isMeasure = this.#isNumeric && this.#values.size > 2 * VALUES_MAX;
    const distinct = sums.length;
    return isMeasure ? { values, distinct, medians: this.#numbers.map(medianOf) } : { values, distinct };
  }
}

function medianOf(numbers: number[]): number | null {
  if (numbers.length === 0) return null;
  numbers.sort((a, b) => a - b);
  return numbers[Math.floor(numbers.length / 2)];
}
