/** Operators between series, and between series and numbers. Source: grafana/loki pkg/logql/evaluator.go, vectorBinop. */
import type { LabelSet } from "../promql/label-set.js";
import { combineNumbers, holds } from "./arithmetic.js";
import { isComparison, isSetOperator, type Binary, type VectorMatching } from "./ast.js";
import type { MetricFrame, Series } from "./frame.js";
import { QueryFailure } from "./problem.js";

export function binaryFrame(expr: Binary, left: MetricFrame, right: MetricFrame, steps: number): MetricFrame {
  if (left.kind === "vector" && right.kind === "vector") {
    const series = isSetOperator(expr.operator)
      ? setOperation(expr, left.series, right.series, steps)
      : matched(expr, left.series, right.series, steps);
    return { kind: "vector", series };
  }
  if (left.kind === "scalar" && right.kind === "scalar") {
    return { kind: "scalar", value: combineNumbers(expr.operator, left.value, right.value) };
  }
  if (left.kind === "vector" && right.kind === "scalar") return withNumber(expr, left.series, right.value, false);
  if (left.kind === "scalar" && right.kind === "vector") return withNumber(expr, right.series, left.value, true);
  return { kind: "vector", series: [] };
}

/** A comparison without `bool` keeps the value of the series where it holds. */
function withNumber(expr: Binary, series: readonly Series[], number: number, isNumberLeft: boolean): MetricFrame {
  const { operator, returnBool } = expr;
  const compute = (value: number): number | undefined => {
    const [left, right] = isNumberLeft ? [number, value] : [value, number];
    if (isComparison(operator) && !returnBool) return holds(operator, left, right) ? value : undefined;
    return combineNumbers(operator, left, right);
  };
  const mapped = series.map(({ labels, values }) => ({
    labels,
    values: values.map((value) => (value === undefined ? undefined : compute(value))),
  }));
  return { kind: "vector", series: mapped };
}

const signatureOf = (labels: LabelSet, { on, labels: names = [] }: VectorMatching): string =>
  (on ? labels.keep(new Set(names)) : labels.without(new Set(names))).key;

function bySignature(series: readonly Series[], matching: VectorMatching): Map<string, Series[]> {
  const groups = new Map<string, Series[]>();
  for (const each of series) {
    const signature = signatureOf(each.labels, matching);
    const group = groups.get(signature);
    if (group === undefined) groups.set(signature, [each]);
    else group.push(each);
  }
  return groups;
}

function setOperation(expr: Binary, left: readonly Series[], right: readonly Series[], steps: number): Series[] {
  const { operator, matching } = expr;
  const other = bySignature(operator === "or" ? left : right, matching);
  const isThere = (labels: LabelSet, step: number): boolean =>
    (other.get(signatureOf(labels, matching)) ?? []).some(({ values }) => values[step] !== undefined);
  const filtered = (series: readonly Series[], wanted: boolean): Series[] =>
    series.map(({ labels, values }) => ({
      labels,
      values: values.map((value, step) =>
        value !== undefined && isThere(labels, step) === wanted ? value : undefined,
      ),
    }));
  if (operator === "and") return filtered(left, true);
  if (operator === "unless") return filtered(left, false);
  return joined([...left, ...filtered(right, false)], steps);
}

/** One series of those with the same labels, of which one at most has a value at each instant. */
function joined(series: readonly Series[], steps: number): Series[] {
  const rows = new Map<string, Series>();
  for (const { labels, values } of series) {
    const row = rows.get(labels.key) ?? { labels, values: new Array<number | undefined>(steps).fill(undefined) };
    values.forEach((value, step) => (row.values[step] ??= value));
    rows.set(labels.key, row);
  }
  return [...rows.values()];
}

function matched(expr: Binary, left: readonly Series[], right: readonly Series[], steps: number): Series[] {
  const { matching } = expr;
  const isSwapped = matching.cardinality === "one-to-many";
  const many = bySignature(isSwapped ? right : left, matching);
  const one = bySignature(isSwapped ? left : right, matching);
  const rows = new Map<string, Series>();
  for (const [signature, manySeries] of many) {
    const oneSeries = one.get(signature);
    if (oneSeries !== undefined) matchGroup({ expr, isSwapped, steps, rows }, manySeries, oneSeries);
  }
  return [...rows.values()];
}

interface Match {
  readonly expr: Binary;
  readonly isSwapped: boolean;
  readonly steps: number;
  readonly rows: Map<string, Series>;
}

function matchGroup(match: Match, many: readonly Series[], one: readonly Series[]): void {
  const { expr, isSwapped, steps, rows } = match;
  for (let step = 0; step < steps; step++) {
    const single = one.filter(({ values }) => values[step] !== undefined);
    const others = many.filter(({ values }) => values[step] !== undefined);
    if (single.length === 0 || others.length === 0) continue;
    checkUnique(expr, single, others);
    for (const each of others) {
      const labels = resultLabels(expr, each.labels, single[0].labels);
      const [manyValue = NaN, oneValue = NaN] = [each.values[step], single[0].values[step]];
      const value = isSwapped ? compute(expr, oneValue, manyValue, true) : compute(expr, manyValue, oneValue, false);
      const row = rows.get(labels.key) ?? { labels, values: new Array<number | undefined>(steps).fill(undefined) };
      if (row.values[step] !== undefined) throw twice(expr);
      row.values[step] = value;
      rows.set(labels.key, row);
    }
  }
}

/** A comparison without `bool` keeps the value of the side of many. */
function compute(
  { operator, returnBool }: Binary,
  left: number,
  right: number,
  keepsRight: boolean,
): number | undefined {
  if (!isComparison(operator) || returnBool) return combineNumbers(operator, left, right);
  return holds(operator, left, right) ? (keepsRight ? right : left) : undefined;
}

function checkUnique(expr: Binary, single: readonly Series[], many: readonly Series[]): void {
  const { cardinality } = expr.matching;
  if (single.length > 1) {
    const side = cardinality === "one-to-many" ? "left" : "right";
    throw new QueryFailure(
      `found duplicate series on the ${side} hand-side;many-to-many matching not allowed: matching labels must be unique on one side`,
      expr,
    );
  }
  if (cardinality === "one-to-one" && many.length > 1) {
    const message = "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)";
    throw new QueryFailure(message, expr);
  }
}

function twice(expr: Binary): QueryFailure {
  return new QueryFailure("multiple matches for labels: grouping labels must ensure unique matches", expr);
}

function resultLabels({ matching }: Binary, many: LabelSet, one: LabelSet): LabelSet {
  const names = new Set(matching.labels ?? []);
  if (matching.cardinality === "one-to-one") return matching.on ? many.keep(names) : many.without(names);
  if (matching.include.length === 0) return many;
  return many.with(Object.fromEntries(matching.include.map((name) => [name, one.get(name)])));
}
