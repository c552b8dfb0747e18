/**
 * Aggregation operators over column blocks. Groups are resolved once per selection; each operator then runs over whole
 * rows. Source: prometheus/promql/engine.go, aggregation and aggregationK.
 */
import type { Aggregate, AggregateOperator, Expr } from "./ast.js";
import type { Annotations } from "./annotations.js";
import { QueryError } from "./errors.js";
import { ABSENT, absentBlock, type VectorFrame } from "./frame.js";
import { LabelSet } from "./label-set.js";
import { formatNumber, formatValue, isLabelName, quote } from "./literals.js";
import { compareNanFirst, isInfinite, meanOf, quantileOf } from "./summation.js";

/** Which rows belong together. */
export interface Groups {
  readonly labelSets: readonly LabelSet[];
  /** Rows of each group, ascending. */
  readonly rows: readonly (readonly number[])[];
}

/** The groups of `by` or `without`; the metric name goes unless `by` names it. */
export function groupRows(labelSets: readonly LabelSet[], grouping: readonly string[], without: boolean): Groups {
  const names = new Set(without ? [...grouping, "__name__"] : grouping);
  const groupOf = new Map<string, number>();
  const grouped: LabelSet[] = [];
  const rows: number[][] = [];
  labelSets.forEach((labels, row) => {
    const reduced = without ? labels.without(names) : names.size === 0 ? LabelSet.EMPTY : labels.keep(names);
    let group = groupOf.get(reduced.key);
    if (group === undefined) {
      group = grouped.length;
      groupOf.set(reduced.key, group);
      grouped.push(reduced);
      rows.push([]);
    }
    rows[group].push(row);
    // A group with one member whose name is to go has no name either.
    if (labels.losesName) grouped[group] = grouped[group].losingName(true);
  });
  return { labelSets: grouped, rows };
}

/** What an operator works on: one group of a block. */
interface GroupInput {
  readonly values: Float64Array;
  readonly steps: number;
  readonly rows: readonly number[];
}

/** Writes the result of one group, one value a step, from `offset` of `out`, which holds ABSENT. */
type Fold = (input: GroupInput, out: Float64Array, offset: number) => void;

const foldSum: Fold = ({ values, steps, rows }, out, offset) => {
  const compensation = new Float64Array(steps);
  for (const row of rows) {
    const base = row * steps;
    for (let step = 0; step < steps; step++) {
      const value = values[base + step];
      if (value === ABSENT) continue;
      const sum = out[offset + step];
      if (sum === ABSENT) {
        out[offset + step] = value;
        continue;
      }
      const total = sum + value;
      if (total === Infinity || total === -Infinity) compensation[step] = 0;
      else if (Math.abs(sum) >= Math.abs(value)) compensation[step] += sum - total + value;
      else compensation[step] += value - total + sum;
      out[offset + step] = total;
    }
  }
  for (let step = 0; step < steps; step++) {
    const sum = out[offset + step];
    if (sum !== ABSENT && !isInfinite(sum)) out[offset + step] = sum + compensation[step];
  }
};

const foldPairs =
  (combine: (held: number, value: number) => number, start: (value: number) => number): Fold =>
  ({ values, steps, rows }, out, offset) => {
    for (const row of rows) {
      const base = row * steps;
      for (let step = 0; step < steps; step++) {
        const value = values[base + step];
        if (value === ABSENT) continue;
        const held = out[offset + step];
        out[offset + step] = held === ABSENT ? start(value) : combine(held, value);
      }
    }
  };

/** An operator that needs all values of a step at once. `values` is scratch; its first `count` entries are used. */
const foldSteps =
  (compute: (values: Float64Array, count: number) => number): Fold =>
  ({ values, steps, rows }, out, offset) => {
    const scratch = new Float64Array(rows.length);
    for (let step = 0; step < steps; step++) {
      const count = gather(values, steps, rows, step, scratch);
      if (count > 0) out[offset + step] = compute(scratch, count);
    }
  };

function gather(
  values: Float64Array,
  steps: number,
  rows: readonly number[],
  step: number,
  into: Float64Array,
): number {
  let count = 0;
  for (const row of rows) {
    const value = values[row * steps + step];
    if (value !== ABSENT) into[count++] = value;
  }
  return count;
}

function variance(values: Float64Array, count: number): number {
  let mean = 0;
  let squares = 0;
  for (let index = 0; index < count; index++) {
    const delta = values[index] - mean;
    mean += delta / (index + 1);
    squares += delta * (values[index] - mean);
  }
  // One infinite value alone leaves no difference, and still has no variance.
  return isInfinite(mean) ? NaN : squares / count;
}

const FOLDS: Partial<Readonly<Record<AggregateOperator, Fold>>> = {
  sum: foldSum,
  avg: foldSteps((values, count) => meanOf(values, 0, count)),
  min: foldPairs(
    (held, value) => (held > value || Number.isNaN(held) ? value : held),
    (value) => value,
  ),
  max: foldPairs(
    (held, value) => (held < value || Number.isNaN(held) ? value : held),
    (value) => value,
  ),
  count: foldPairs(
    (held) => held + 1,
    () => 1,
  ),
  group: foldPairs(
    (held) => held,
    () => 1,
  ),
  stdvar: foldSteps(variance),
  stddev: foldSteps((values, count) => Math.sqrt(variance(values, count))),
};

export interface AggregationInput {
  readonly expr: Aggregate;
  readonly frame: VectorFrame;
  readonly steps: number;
  readonly groups: Groups;
  /** Value of the scalar parameter at each step. */
  readonly parameter: Float64Array | undefined;
  /** Label of count_values. */
  readonly label: string | undefined;
  readonly annotations: Annotations;
  /** Announces samples of the result that are more than the operand had. */
  readonly hold: (samples: number) => void;
}

/** The result of an aggregation. Errors: a parameter of topk and its like that is NaN, an invalid label of count_values. */
export function aggregate(input: AggregationInput): VectorFrame {
  const fold = FOLDS[input.expr.operator];
  if (fold !== undefined) return foldGroups(input, fold);
  return SPECIAL[input.expr.operator]?.(input) ?? foldGroups(input, foldSum);
}

function foldGroups({ frame, steps, groups }: AggregationInput, fold: Fold): VectorFrame {
  const out = absentBlock(groups.rows.length, steps);
  groups.rows.forEach((rows, group) => {
    fold({ values: frame.values, steps, rows }, out, group * steps);
  });
  return { kind: "vector", labelSets: groups.labelSets, values: out };
}

type Special = (input: AggregationInput) => VectorFrame;

const SPECIAL: Partial<Readonly<Record<AggregateOperator, Special>>> = {
  topk: (input) => selectRows(input, (values) => ranked(values, -1)),
  bottomk: (input) => selectRows(input, (values) => ranked(values, 1)),
  limitk: (input) => selectRows(input, (values) => values.map((_, index) => index)),
  limit_ratio: limitRatio,
  quantile: quantiles,
  count_values: countValues,
};

/** Indexes by value, NaN last; of equal ones the first stays first. */
function ranked(values: readonly number[], sign: 1 | -1): number[] {
  const order = values.map((_, index) => index);
  return order.sort((left, right) => {
    const [a, b] = [values[left], values[right]];
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1;
    return compareNanFirst(a, b) * sign;
  });
}

const parameterAt = ({ expr }: AggregationInput): Expr => expr.parameter ?? expr;

const INT64_MAX = 2 ** 63;

/** Numbers of rows have to be integers of 64 bits, unless no row is wanted anyway. */
function checkCounts(counts: Float64Array, at: Expr): void {
  const most = counts.reduce((held, k) => Math.max(held, k), -Infinity);
  const least = counts.reduce((held, k) => Math.min(held, k), Infinity);
  if (Number.isNaN(most)) throw new QueryError("Parameter value is NaN", at);
  if (most < 1) return;
  if (least <= -INT64_MAX) throw new QueryError(`Scalar value ${formatNumber(least)} underflows int64`, at);
  if (most >= INT64_MAX) throw new QueryError(`Scalar value ${formatNumber(most)} overflows int64`, at);
}

/** Keeps k rows of each group at each step: the first k of what `order` gives. */
function selectRows(input: AggregationInput, order: (values: readonly number[]) => number[]): VectorFrame {
  const { frame, steps, groups } = input;
  const parameter = input.parameter ?? new Float64Array(steps);
  checkCounts(parameter, parameterAt(input));
  const kept = absentBlock(frame.labelSets.length, steps);
  const picked: number[] = [];
  const isPicked = new Set<number>();
  for (const rows of groups.rows) {
    for (let step = 0; step < steps; step++) {
      const present = rows.filter((row) => frame.values[row * steps + step] !== ABSENT);
      const chosen = order(present.map((row) => frame.values[row * steps + step])).slice(
        0,
        Math.max(0, Math.trunc(parameter[step])),
      );
      for (const index of chosen) {
        const row = present[index];
        kept[row * steps + step] = frame.values[row * steps + step];
        if (!isPicked.has(row)) picked.push(row);
        isPicked.add(row);
      }
    }
  }
  return takeRows({ kind: "vector", labelSets: frame.labelSets, values: kept }, picked, steps);
}

/** The rows of a frame in another order. */
export function takeRows(frame: VectorFrame, rows: readonly number[], steps: number): VectorFrame {
  const values = new Float64Array(rows.length * steps);
  rows.forEach((row, index) => {
    values.set(frame.values.subarray(row * steps, (row + 1) * steps), index * steps);
  });
  return { kind: "vector", labelSets: rows.map((row) => frame.labelSets[row]), values };
}

function limitRatio(input: AggregationInput): VectorFrame {
  const { frame, steps, annotations } = input;
  const parameter = input.parameter ?? new Float64Array(steps);
  const out = absentBlock(frame.labelSets.length, steps);
  const shares = frame.labelSets.map((labels) => hashShare(labels.key));
  for (let step = 0; step < steps; step++) {
    const ratio = parameter[step];
    if (Number.isNaN(ratio)) throw new QueryError("Ratio value is NaN", parameterAt(input));
    const capped = Math.max(-1, Math.min(1, ratio));
    if (capped !== ratio) annotations.invalidRatio(ratio, capped, parameterAt(input));
    shares.forEach((share, row) => {
      const taken = capped >= 0 ? share < capped : share >= 1 + capped;
      if (taken) out[row * steps + step] = frame.values[row * steps + step];
    });
  }
  return { kind: "vector", labelSets: frame.labelSets, values: out };
}

/** FNV-1a of a text as a share of 1. Prometheus hashes with xxHash, so that it samples other series. */
function hashShare(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

function quantiles(input: AggregationInput): VectorFrame {
  const { frame, steps, groups, annotations } = input;
  const parameter = input.parameter ?? new Float64Array(steps);
  for (const q of parameter) if (!(q >= 0 && q <= 1)) annotations.invalidQuantile(q, parameterAt(input));
  const out = absentBlock(groups.rows.length, steps);
  groups.rows.forEach((rows, group) => {
    const scratch = new Float64Array(rows.length);
    for (let step = 0; step < steps; step++) {
      const count = gather(frame.values, steps, rows, step, scratch);
      if (count > 0) out[group * steps + step] = quantileOf(parameter[step], scratch.subarray(0, count));
    }
  });
  return { kind: "vector", labelSets: groups.labelSets, values: out };
}

function countValues(input: AggregationInput): VectorFrame {
  const { frame, steps, groups, label = "" } = input;
  if (!isLabelName(label)) throw new QueryError(`invalid label name ${quote(label)}`, parameterAt(input));
  const found = new Map<string, { readonly labels: LabelSet; readonly counts: Float64Array }>();
  groups.rows.forEach((rows, group) => {
    for (const row of rows) {
      for (let step = 0; step < steps; step++) {
        const value = frame.values[row * steps + step];
        if (value === ABSENT) continue;
        const labels = groups.labelSets[group].with({ [label]: formatValue(value) });
        let entry = found.get(labels.key);
        if (entry === undefined) {
          // Each value may be another one, and each has a row of its own.
          input.hold(steps);
          found.set(labels.key, (entry = { labels, counts: absentBlock(1, steps) }));
        }
        entry.counts[step] = entry.counts[step] === ABSENT ? 1 : entry.counts[step] + 1;
      }
    }
  });
  const entries = [...found.values()];
  const values = new Float64Array(entries.length * steps);
  entries.forEach((entry, row) => {
    values.set(entry.counts, row * steps);
  });
  return { kind: "vector", labelSets: entries.map((entry) => entry.labels), values };
}
