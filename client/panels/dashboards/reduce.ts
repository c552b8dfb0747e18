/** Many values as one, by Grafana's names of calculations. Pure. */

const present = (values: ArrayLike<number>): readonly number[] =>
  Array.from(values).filter((value) => Number.isFinite(value));

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const CALCULATIONS: Readonly<Record<string, (values: readonly number[]) => number | undefined>> = {
  lastNotNull: (values) => values.at(-1),
  last: (values) => values.at(-1),
  current: (values) => values.at(-1),
  firstNotNull: (values) => values.at(0),
  first: (values) => values.at(0),
  min: (values) => (values.length === 0 ? undefined : Math.min(...values)),
  max: (values) => (values.length === 0 ? undefined : Math.max(...values)),
  mean: (values) => (values.length === 0 ? undefined : sumOf(values) / values.length),
  avg: (values) => (values.length === 0 ? undefined : sumOf(values) / values.length),
  sum: (values) => (values.length === 0 ? undefined : sumOf(values)),
  total: (values) => (values.length === 0 ? undefined : sumOf(values)),
  count: (values) => values.length,
  range: (values) => (values.length === 0 ? undefined : Math.max(...values) - Math.min(...values)),
  diff: (values) => (values.length === 0 ? undefined : (values.at(-1) ?? 0) - (values[0] ?? 0)),
};

/** Undefined where there is no value; the last one for a calculation that is not known. */
export const reduceValues = (values: ArrayLike<number>, calculation: string): number | undefined =>
  (CALCULATIONS[calculation] ?? CALCULATIONS["lastNotNull"])?.(present(values));
