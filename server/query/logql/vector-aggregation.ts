/** Aggregations over series at each instant. Source: grafana/loki pkg/logql/evaluator.go, vectorAggEvaluator. */
import type { LabelSet } from "../promql/label-set.js";
import { compareLabelSets } from "../promql/label-set.js";
import type { Grouping, VectorAggregation, VectorOperator } from "./ast.js";
import type { Series } from "./frame.js";

type Fold = (values: readonly number[]) => number;

function mean(values: readonly number[]): number {
  let average = 0;
  values.forEach((value, index) => (average += (value - average) / (index + 1)));
  return average;
}

function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

const better =
  (isBetter: (value: number, best: number) => boolean): Fold =>
  (values) =>
    values.reduce((best, value) => (Number.isNaN(best) || isBetter(value, best) ? value : best));

const FOLDS: Readonly<Partial<Record<VectorOperator, Fold>>> = {
  sum: (values) => values.reduce((total, value) => total + value, 0),
  avg: mean,
  count: (values) => values.length,
  max: better((value, best) => value > best),
  min: better((value, best) => value < best),
  stddev: (values) => Math.sqrt(variance(values)),
  stdvar: variance,
};

export function groupLabels(labels: LabelSet, grouping: Grouping | undefined): LabelSet {
  const names = new Set(grouping?.labels ?? []);
  return grouping?.without === true ? labels.without(names) : labels.keep(names);
}

/** Series of the result. Sorted ones keep their order where the query has one instant. */
export function aggregateSeries(expr: VectorAggregation, series: readonly Series[], steps: number): Series[] {
  const { operator, grouping, parameter = 0 } = expr;
  if (operator === "sort" || operator === "sort_desc") return sorted(series, operator === "sort" ? 1 : -1, steps);
  const groups = new Map<string, { readonly labels: LabelSet; readonly members: Series[] }>();
  for (const each of series) {
    const labels = groupLabels(each.labels, grouping);
    const group = groups.get(labels.key) ?? { labels, members: [] };
    group.members.push(each);
    groups.set(labels.key, group);
  }
  const fold = FOLDS[operator];
  if (fold !== undefined) {
    return [...groups.values()].map(({ labels, members }) => ({ labels, values: folded(members, fold, steps) }));
  }
  const sign = operator === "bottomk" ? 1 : -1;
  return [...groups.values()].flatMap(({ members }) => chosen(members, parameter, sign, steps));
}

function folded(members: readonly Series[], fold: Fold, steps: number): (number | undefined)[] {
  return Array.from({ length: steps }, (_, step) => {
    const values = members.flatMap(({ values: row }) => row[step] ?? []);
    return values.length === 0 ? undefined : fold(values);
  });
}

/** The k greatest (or smallest) at each instant; what is not a number comes last. Ties go to the first by labels. */
function chosen(members: readonly Series[], count: number, sign: 1 | -1, steps: number): Series[] {
  const ordered = [...members].sort((left, right) => compareLabelSets(left.labels, right.labels));
  const out = ordered.map(({ labels }) => ({ labels, values: new Array<number | undefined>(steps).fill(undefined) }));
  const ranks: { readonly index: number; readonly value: number }[] = [];
  for (let step = 0; step < steps; step++) {
    const present = ordered.flatMap(({ values }, index) => {
      const value = values[step];
      return value === undefined ? [] : [{ index, value }];
    });
    present.sort((left, right) => compareValues(left.value, right.value, sign) || left.index - right.index);
    const kept = present.slice(0, count);
    for (const { index, value } of kept) out[index].values[step] = value;
    if (steps === 1) ranks.push(...kept);
  }
  return steps === 1 ? ranks.map(({ index }) => out[index]) : out;
}

function compareValues(left: number, right: number, sign: 1 | -1): number {
  if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
  return left === right ? 0 : left < right ? -sign : sign;
}

function sorted(series: readonly Series[], sign: 1 | -1, steps: number): Series[] {
  if (steps !== 1) return [...series];
  const present = series.filter(({ values }) => values[0] !== undefined);
  return present.sort((left, right) => compareValues(left.values[0] ?? NaN, right.values[0] ?? NaN, sign));
}
