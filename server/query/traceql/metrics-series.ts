/** Series of metrics queries, and what is done with them after they are there: arithmetic, filters, top and bottom. */
import type { MetricsOperation, SecondStage, Value } from "./ast.js";
import { COMPARE_NUMBERS, keyOf } from "./values.js";

export type Labels = readonly (readonly [name: string, value: Value])[];

export interface Exemplar {
  readonly traceId: string;
  readonly timeUs: number;
  readonly value: number;
}

export interface MetricsSeries {
  readonly labels: Labels;
  /** By step; NaN where there is nothing. */
  readonly values: Float64Array;
  readonly exemplars: readonly Exemplar[];
}

export const NAME_LABEL = "__name__";

/** Equal for the same labels in the same order. */
export const labelsKey = (labels: Labels): string =>
  JSON.stringify(labels.map(([name, value]) => [name, keyOf(value)]));

export function applySecondStages(
  series: readonly MetricsSeries[],
  stages: readonly SecondStage[],
): readonly MetricsSeries[] {
  return stages.reduce(applySecondStage, series);
}

function applySecondStage(series: readonly MetricsSeries[], stage: SecondStage): readonly MetricsSeries[] {
  if (stage.kind === "compare-value") {
    const holds = COMPARE_NUMBERS[stage.operator];
    return keep(series, (_, value) => holds(value, stage.value));
  }
  const chosen = chooseByStep(series, stage.kind === "topk" ? -1 : 1, stage.count);
  return keep(series, (at, _value, step) => chosen[step].has(at));
}

/** Values for which `holds` says so; series that have none left are gone. */
function keep(
  series: readonly MetricsSeries[],
  holds: (series: number, value: number, step: number) => boolean,
): readonly MetricsSeries[] {
  return series
    .map(({ values, ...rest }, at) => ({
      ...rest,
      values: values.map((value, step) => (!Number.isNaN(value) && holds(at, value, step) ? value : Number.NaN)),
    }))
    .filter(({ values }) => values.some((value) => !Number.isNaN(value)));
}

/** By step: the places of the `count` series that come first; equal ones by their labels. */
function chooseByStep(series: readonly MetricsSeries[], sign: 1 | -1, count: number): readonly ReadonlySet<number>[] {
  const keys = series.map(({ labels }) => labelsKey(labels));
  const steps = series.at(0)?.values.length ?? 0;
  return Array.from({ length: steps }, (_, step) => {
    const present = series.flatMap(({ values }, at) => (Number.isNaN(values[step]) ? [] : [at]));
    present.sort((a, b) => {
      const order = sign * (series[a].values[step] - series[b].values[step]);
      return order !== 0 ? order : keys[a] < keys[b] ? -1 : 1;
    });
    return new Set(present.slice(0, count));
  });
}

/**
 * Series of equal labels are combined; one without labels of its own goes with every other. What is missing counts as 0,
 * and nothing is divided by 0. Source: grafana/tempo/pkg/traceql/ast_metrics_math.go.
 */
export function combineSeries(
  operator: MetricsOperation["operator"],
  left: readonly MetricsSeries[],
  right: readonly MetricsSeries[],
): readonly MetricsSeries[] {
  const lefts = new Map(left.map((series) => [groupKey(series), series]));
  const rights = new Map(right.map((series) => [groupKey(series), series]));
  const keys = rights.has(NO_GROUP) ? lefts.keys() : rights.keys();
  return [...keys].flatMap((key) => {
    const a = lefts.get(key) ?? lefts.get(NO_GROUP);
    const b = rights.get(key) ?? rights.get(NO_GROUP);
    return a === undefined || b === undefined ? [] : [combineTwo(operator, a, b)];
  });
}

const groupLabels = ({ labels }: MetricsSeries): Labels => labels.filter(([name]) => name !== NAME_LABEL);
const groupKey = (series: MetricsSeries): string => labelsKey(groupLabels(series));
const NO_GROUP = labelsKey([]);

function combineTwo(operator: MetricsOperation["operator"], a: MetricsSeries, b: MetricsSeries): MetricsSeries {
  const labels = groupLabels(a).length > 0 ? groupLabels(a) : groupLabels(b);
  const name = combinedName(operator, a, b);
  return {
    labels: name === undefined ? labels : [[NAME_LABEL, { type: "string", value: name }], ...labels],
    values: a.values.map((value, step) => CALCULATE[operator](orZero(value), orZero(b.values[step]))),
    exemplars: [...a.exemplars, ...b.exemplars],
  };
}

function combinedName(operator: string, a: MetricsSeries, b: MetricsSeries): string | undefined {
  const [left, right] = [a, b].map(({ labels }) => labels.find(([name]) => name === NAME_LABEL)?.[1]);
  if (left?.type !== "string" || right?.type !== "string") return undefined;
  return `(${left.value} ${operator} ${right.value})`;
}

const orZero = (value: number): number => (Number.isNaN(value) ? 0 : value);

const CALCULATE: Readonly<Record<MetricsOperation["operator"], (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => (b === 0 ? Number.NaN : a / b),
};
