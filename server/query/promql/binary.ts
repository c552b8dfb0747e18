/**
 * Binary operators between scalars, vectors and both. Which series meet which is resolved once per pair of selections;
 * what is then left is arithmetic over rows. Source: prometheus/promql/engine.go, VectorBinop, VectorAnd, VectorOr,
 * VectorUnless, VectorscalarBinop, resultMetric.
 */
import {
  isComparison,
  type ArithmeticOperator,
  type Binary,
  type BinaryOperator,
  type ComparisonOperator,
  type VectorMatching,
} from "./ast.js";
import { QueryError } from "./errors.js";
import { ABSENT, absentBlock, type ScalarFrame, type VectorFrame } from "./frame.js";
import { compareLabelSets, METADATA_LABELS, type LabelSet } from "./label-set.js";

type Arithmetic = (left: number, right: number) => number;
type Comparison = (left: number, right: number) => boolean;

/** Go's Pow: 1 to any power and −1 to an infinite one are 1. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && (exponent === Infinity || exponent === -Infinity))) return 1;
  return base ** exponent;
}

const ARITHMETIC: Readonly<Record<ArithmeticOperator, Arithmetic>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "^": power,
  atan2: Math.atan2,
};

const COMPARISONS: Readonly<Record<ComparisonOperator, Comparison>> = {
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  ">": (left, right) => left > right,
  "<": (left, right) => left < right,
  ">=": (left, right) => left >= right,
  "<=": (left, right) => left <= right,
};

/** The operator as a function of two present values. A comparison without `bool` gives `kept` or ABSENT. */
function elementwise(operator: BinaryOperator, returnBool: boolean, keepRight: boolean): Arithmetic {
  if (isComparison(operator)) {
    const holds = COMPARISONS[operator];
    if (returnBool) return (left, right) => (holds(left, right) ? 1 : 0);
    return keepRight
      ? (left, right) => (holds(left, right) ? right : ABSENT)
      : (left, right) => (holds(left, right) ? left : ABSENT);
  }
  return ARITHMETIC[operator as ArithmeticOperator];
}

export function scalarBinary(expr: Binary, left: ScalarFrame, right: ScalarFrame): ScalarFrame {
  const compute = elementwise(expr.operator, expr.returnBool, false);
  return { kind: "scalar", values: left.values.map((value, step) => compute(value, right.values[step])) };
}

/** Whether the result is a new quantity, which does not bear the metric's name. */
export const dropsName = (expr: Binary): boolean => expr.returnBool || !isComparison(expr.operator);

/** A vector and a scalar; labels are left to the caller. `scalarLeft`: the scalar is the left operand. */
export function vectorScalar(
  expr: Binary,
  vector: Float64Array,
  scalar: Float64Array,
  scalarLeft: boolean,
): Float64Array {
  const compute = elementwise(expr.operator, expr.returnBool, scalarLeft);
  const steps = scalar.length;
  const out = new Float64Array(vector.length);
  for (let base = 0; base < vector.length; base += steps) {
    for (let step = 0; step < steps; step++) {
      const value = vector[base + step];
      out[base + step] =
        value === ABSENT ? ABSENT : scalarLeft ? compute(scalar[step], value) : compute(value, scalar[step]);
    }
  }
  return out;
}

/** Series of both sides with the same matching labels. */
export interface MatchGroup {
  readonly left: number[];
  readonly right: number[];
}

/** Which rows of two frames can meet; depends on labels alone. */
export interface MatchPlan {
  readonly groups: readonly MatchGroup[];
  /** Group of each right row, for set operators. */
  readonly groupOfRight: Int32Array;
  readonly groupOfLeft: Int32Array;
}

/** Labels that are compared (`on`), or left out of the comparison: the name and what describes the metric always are. */
const matchingNames = ({ on, labels }: VectorMatching): ReadonlySet<string> =>
  new Set(on ? labels : [...labels, ...METADATA_LABELS]);

export function planMatch(left: readonly LabelSet[], right: readonly LabelSet[], matching: VectorMatching): MatchPlan {
  const names = matchingNames(matching);
  const indexOf = new Map<string, number>();
  const groups: MatchGroup[] = [];
  const place = (labels: LabelSet): number => {
    const signature = (matching.on ? labels.keep(names) : labels.without(names)).key;
    let index = indexOf.get(signature);
    if (index === undefined) {
      index = groups.length;
      indexOf.set(signature, index);
      groups.push({ left: [], right: [] });
    }
    return index;
  };
  const assign = (labelSets: readonly LabelSet[], side: "left" | "right"): Int32Array => {
    const assigned = new Int32Array(labelSets.length);
    labelSets.forEach((labels, row) => {
      assigned[row] = place(labels);
      groups[assigned[row]][side].push(row);
    });
    return assigned;
  };
  return { groupOfLeft: assign(left, "left"), groupOfRight: assign(right, "right"), groups };
}

/** Rows under labels, joined where several rows bear the same labels at different steps. */
export class RowCollector {
  private readonly rowOf = new Map<string, number>();
  private readonly labelSets: LabelSet[] = [];
  private readonly rows: Float64Array[] = [];

  constructor(private readonly steps: number) {}

  /** The row of `labels`, to be written by the caller. */
  row(labels: LabelSet): Float64Array {
    const index = this.rowOf.get(labels.key);
    if (index !== undefined) return this.rows[index];
    const row = absentBlock(1, this.steps);
    this.rowOf.set(labels.key, this.rows.length);
    this.labelSets.push(labels);
    this.rows.push(row);
    return row;
  }

  frame(): VectorFrame {
    const values = new Float64Array(this.rows.length * this.steps);
    this.rows.forEach((row, index) => {
      values.set(row, index * this.steps);
    });
    return { kind: "vector", labelSets: this.labelSets, values };
  }
}

/** Arithmetic or comparison of two vectors. Errors: matches that are not unique on the side that has to be. */
export function vectorBinary(
  expr: Binary,
  left: VectorFrame,
  right: VectorFrame,
  steps: number,
  plan: MatchPlan,
  delayed: boolean,
): VectorFrame {
  // With group_right the right side is the many; the walk below always has the many first.
  const swapped = expr.matching.cardinality === "one-to-many";
  const many = swapped ? right : left;
  const one = swapped ? left : right;
  const compute = elementwise(expr.operator, expr.returnBool, false);
  const walk: MatchWalk = {
    expr,
    delayed,
    steps,
    many,
    one,
    swapped,
    // A step at which one side is empty matches nothing, and complains of nothing.
    manyPresent: expr.matching.fill === undefined ? presentSteps(many, steps) : new Uint8Array(steps).fill(1),
    compute: swapped ? (a, b) => compute(b, a) : compute,
    collector: new RowCollector(steps),
  };
  for (const group of plan.groups) {
    const manyRows = swapped ? group.right : group.left;
    const oneRows = swapped ? group.left : group.right;
    if (oneRows.length > 0 || expr.matching.fill !== undefined) matchGroup(walk, manyRows, oneRows);
  }
  return walk.collector.frame();
}

interface MatchWalk {
  readonly expr: Binary;
  /** The names of comparisons with `bool` go at the end of the query. */
  readonly delayed: boolean;
  readonly steps: number;
  readonly many: VectorFrame;
  readonly one: VectorFrame;
  readonly swapped: boolean;
  readonly manyPresent: Uint8Array;
  readonly compute: Arithmetic;
  readonly collector: RowCollector;
}

function presentSteps(frame: VectorFrame, steps: number): Uint8Array {
  const present = new Uint8Array(steps);
  for (let index = 0; index < frame.values.length; index++)
    if (frame.values[index] !== ABSENT) present[index % steps] = 1;
  return present;
}

/** One series of a side: its values over the steps. */
interface Row {
  readonly labels: LabelSet;
  readonly values: Float64Array;
}

const rowsOf = ({ labelSets, values }: VectorFrame, rows: readonly number[], steps: number): Row[] =>
  rows.map((row) => ({ labels: labelSets[row], values: values.subarray(row * steps, (row + 1) * steps) }));

function matchGroup(walk: MatchWalk, manyIndexes: readonly number[], oneIndexes: readonly number[]): void {
  if (oneIndexes.length > 1) checkOneSide(walk, oneIndexes);
  const manyRows = rowsOf(walk.many, manyIndexes, walk.steps);
  const oneRows = rowsOf(walk.one, oneIndexes, walk.steps);
  // `fill_left` means the side of many, whichever it is written on; both look at what is really there.
  const { left, right } = walk.expr.matching.fill ?? {};
  const fillers = { many: fillerOf(walk, left, manyRows, oneRows), one: fillerOf(walk, right, oneRows, manyRows) };
  if (fillers.many !== undefined) manyRows.push(fillers.many);
  if (fillers.one !== undefined) oneRows.push(fillers.one);
  const oneToOne = walk.expr.matching.cardinality === "one-to-one";
  const matchedAt = manyRows.length > 1 && oneToOne ? new Uint8Array(walk.steps) : undefined;
  const writtenAt = manyRows.length > 1 && !oneToOne ? new Map<Float64Array, Uint8Array>() : undefined;
  for (const manyRow of manyRows) {
    for (const oneRow of oneRows) {
      if (manyRow !== fillers.many || oneRow !== fillers.one) matchRows(walk, manyRow, oneRow, matchedAt, writtenAt);
    }
  }
}

/** The row that stands for a side at the steps at which only the other one is there. */
function fillerOf(
  { expr, steps }: MatchWalk,
  value: number | undefined,
  rows: readonly Row[],
  others: readonly Row[],
): Row | undefined {
  if (value === undefined || others.length === 0) return undefined;
  const there = (side: readonly Row[], step: number): boolean => side.some(({ values }) => values[step] !== ABSENT);
  const values = absentBlock(1, steps);
  for (let step = 0; step < steps; step++) if (!there(rows, step) && there(others, step)) values[step] = value;
  const names = matchingNames(expr.matching);
  const { labels } = others[0];
  return { labels: expr.matching.on ? labels.keep(names) : labels.without(names), values };
}

function matchRows(
  walk: MatchWalk,
  many: Row,
  one: Row,
  matchedAt: Uint8Array | undefined,
  writtenAt: Map<Float64Array, Uint8Array> | undefined,
): void {
  const { steps } = walk;
  let out: Float64Array | undefined;
  let written: Uint8Array | undefined;
  for (let step = 0; step < steps; step++) {
    const manyValue = many.values[step];
    const oneValue = one.values[step];
    if (manyValue === ABSENT || oneValue === ABSENT) continue;
    if (matchedAt !== undefined) {
      if (matchedAt[step] === 1) {
        throw new QueryError(
          "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
          walk.expr,
        );
      }
      matchedAt[step] = 1;
    }
    if (out === undefined) {
      out = walk.collector.row(resultLabels(walk, many.labels, one.labels));
      if (writtenAt !== undefined) {
        written = writtenAt.get(out) ?? new Uint8Array(steps);
        writtenAt.set(out, written);
      }
    }
    if (written !== undefined) {
      if (written[step] === 1) {
        throw new QueryError("multiple matches for labels: grouping labels must ensure unique matches", walk.expr);
      }
      written[step] = 1;
    }
    const value = walk.compute(manyValue, oneValue);
    if (value !== ABSENT) out[step] = value;
  }
}

/** The side of one may have one series of a group at a time. */
function checkOneSide(walk: MatchWalk, oneRows: readonly number[]): void {
  const { one, steps, expr } = walk;
  for (let step = 0; step < steps; step++) {
    if (walk.manyPresent[step] === 0) continue;
    const present = oneRows.filter((row) => one.values[row * steps + step] !== ABSENT);
    if (present.length < 2) continue;
    const [first, second] = present.map((row) => one.labelSets[row]).sort(compareLabelSets);
    const { matching } = expr;
    const names = matchingNames(matching);
    const group = matching.on ? first.keep(names) : first.without(names);
    throw new QueryError(
      `found duplicate series for the match group ${group.toString()} on the ${walk.swapped ? "left" : "right"} hand-side of the operation: ` +
        `[${first.toString()}, ${second.toString()}];many-to-many matching not allowed: matching labels must be unique on one side`,
      expr,
    );
  }
}

function resultLabels({ expr, delayed }: MatchWalk, many: LabelSet, one: LabelSet): LabelSet {
  const { matching } = expr;
  let labels = delayed && isComparison(expr.operator) ? many.losingName(expr.returnBool) : many;
  if (!delayed ? dropsName(expr) : !isComparison(expr.operator)) labels = many.withoutName();
  if (matching.cardinality === "one-to-one") {
    const names = new Set(matching.labels);
    labels = matching.on ? labels.keep(names) : labels.without(names);
  }
  if (matching.include.length === 0) return labels;
  return labels.with(Object.fromEntries(matching.include.map((name) => [name, one.get(name)])));
}

/** `and`, `or`, `unless`. */
export function setOperation(
  expr: Binary,
  left: VectorFrame,
  right: VectorFrame,
  steps: number,
  plan: MatchPlan,
): VectorFrame {
  const groups = plan.groups.length;
  if (expr.operator === "or") return union(left, right, steps, plan);
  const inRight = occupied(right, steps, plan.groupOfRight, groups);
  const wanted = expr.operator === "and" ? 1 : 0;
  const values = new Float64Array(left.values.length);
  for (let index = 0; index < values.length; index++) {
    const row = Math.floor(index / steps);
    const there = inRight[plan.groupOfLeft[row] * steps + (index - row * steps)];
    values[index] = there === wanted ? left.values[index] : ABSENT;
  }
  return { kind: "vector", labelSets: left.labelSets, values };
}

/** For each group and step whether a row of the group is present. */
function occupied(frame: VectorFrame, steps: number, groupOf: Int32Array, groups: number): Uint8Array {
  const there = new Uint8Array(groups * steps);
  for (let row = 0; row < groupOf.length; row++) {
    for (let step = 0; step < steps; step++) {
      if (frame.values[row * steps + step] !== ABSENT) there[groupOf[row] * steps + step] = 1;
    }
  }
  return there;
}

function union(left: VectorFrame, right: VectorFrame, steps: number, plan: MatchPlan): VectorFrame {
  const inLeft = occupied(left, steps, plan.groupOfLeft, plan.groups.length);
  const collector = new RowCollector(steps);
  left.labelSets.forEach((labels, row) => {
    collector.row(labels).set(left.values.subarray(row * steps, (row + 1) * steps));
  });
  right.labelSets.forEach((labels, row) => {
    const group = plan.groupOfRight[row];
    const out = collector.row(labels);
    for (let step = 0; step < steps; step++) {
      const value = right.values[row * steps + step];
      if (value !== ABSENT && inLeft[group * steps + step] === 0) out[step] = value;
    }
  });
  return collector.frame();
}
