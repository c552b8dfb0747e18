/**
 * Evaluation of a checked expression over a grid of instants. Every node yields one column block for the whole grid; what
 * depends on labels alone (selections, groups, matches, renamed sets) is kept with the prepared query and reused while the
 * selection behind it is the same. Source of the semantics: prometheus/promql/engine.go and functions.go (3.x).
 */
import { assert } from "../../base/assert.js";
import type { MetricReader, SeriesRef } from "../../telemetry/metric-reader.js";
import { aggregate, groupRows, takeRows, type Groups } from "./aggregation.js";
import type { Annotations } from "./annotations.js";
import {
  withoutParens,
  isSetOperator,
  type Aggregate,
  type AtModifier,
  type Binary,
  type Call,
  type Expr,
  type MatrixSelector,
  type Subquery,
  type VectorSelector,
} from "./ast.js";
import {
  dropsName,
  planMatch,
  scalarBinary,
  setOperation,
  vectorBinary,
  vectorScalar,
  type MatchPlan,
} from "./binary.js";
import { QueryError } from "./errors.js";
import { extendedFunction, extendPlan, loadExtended, smoothedValues } from "./extended-range.js";
import type { ExplainRecorder } from "./explain-recorder.js";
import { ABSENT, absentBlock, type Frame, type Grid, type ScalarFrame, type VectorFrame } from "./frame.js";
import { histogramFraction, histogramQuantile, planHistograms, type HistogramPlan } from "./histogram-functions.js";
import { infoRequest, infoSelector, joinInfo } from "./info-function.js";
import { labelJoin, labelReplace, type LabelChange } from "./label-functions.js";
import { compareLabelSets, LabelSet, METRIC_NAME } from "./label-set.js";
import { formatValue, isLabelName, quote } from "./literals.js";
import type { QueryBudget } from "./limits.js";
import {
  COUNTER_FUNCTIONS,
  NAME_KEEPING_RANGE_FUNCTIONS,
  RANGE_FUNCTIONS,
  type RangeFunction,
  type RangeView,
} from "./range-functions.js";
import {
  emptyView,
  emptyWindow,
  instantValues,
  loadWindow,
  planWindows,
  prepareRange,
  slideWindows,
  type RangeCall,
} from "./samples.js";
import { compareNanFirst } from "./summation.js";
import { VALUE_FUNCTIONS } from "./value-functions.js";

interface Selection {
  readonly generation: number;
  readonly refs: readonly SeriesRef[];
  readonly labelSets: readonly LabelSet[];
}

/** How rows go on under other labels; `joined` when several rows come to bear the same ones. */
interface Relabelling {
  readonly labelSets: readonly LabelSet[];
  readonly rowOf: Int32Array;
  readonly joined: boolean;
}

/** What a prepared query remembers between evaluations on one reader. */
export class QueryMemory {
  private reader: MetricReader | undefined;
  private readonly selections = new Map<VectorSelector, Selection>();
  private readonly derived = new Map<Expr, { readonly inputs: readonly unknown[]; readonly output: unknown }>();

  selection(reader: MetricReader, selector: VectorSelector): Selection {
    if (this.reader !== reader) {
      this.reader = reader;
      this.selections.clear();
      this.derived.clear();
    }
    const held = this.selections.get(selector);
    if (held?.generation === reader.generation) return held;
    const refs = reader.select(selector.matchers);
    const unchanged =
      held !== undefined && held.refs.length === refs.length && refs.every((ref, index) => ref === held.refs[index]);
    const labelSets = unchanged ? held.labelSets : refs.map((ref) => LabelSet.of(reader.labels(ref)));
    const selection = { generation: reader.generation, refs, labelSets };
    this.selections.set(selector, selection);
    return selection;
  }

  /** `compute()`, or what it gave the last time for the same inputs (compared by identity). */
  derive<Output>(expr: Expr, inputs: readonly unknown[], compute: () => Output): Output {
    const held = this.derived.get(expr);
    if (held !== undefined && held.inputs.every((input, index) => input === inputs[index]))
      return held.output as Output;
    const output = compute();
    this.derived.set(expr, { inputs, output });
    return output;
  }
}

export interface EvaluationContext {
  readonly reader: MetricReader;
  readonly memory: QueryMemory;
  readonly budget: QueryBudget;
  readonly annotations: Annotations;
  /** First and last instant of the whole query, for `@ start()` and `@ end()`. */
  readonly queryStartMs: number;
  readonly queryEndMs: number;
  /** 0 for an instant query. */
  readonly queryStepMs: number;
  /** Names that go stay visible to the operators above, and go at the end (Prometheus's promql-delayed-name-removal). */
  readonly delayedNameRemoval: boolean;
  /** Notes what each node gave and cost. */
  readonly explain: ExplainRecorder | undefined;
}

/** Samples of a range vector: either stored series or the points of a subquery. */
interface RangeSource {
  readonly labelSets: readonly LabelSet[];
  /** Brings all samples of a row into `view`; false when there are none. */
  load(row: number, view: RangeView): boolean;
  readonly call: Omit<RangeCall, "compute" | "parameters">;
}

export class Evaluator {
  constructor(
    private readonly context: EvaluationContext,
    private readonly grid: Grid,
  ) {}

  evaluate(expr: Expr): Frame {
    const { budget, explain } = this.context;
    budget.checkTime();
    if (explain === undefined) return this.value(expr);
    return explain.node(expr, budget, () => this.value(expr), seriesOf);
  }

  private value(expr: Expr): Frame {
    switch (expr.kind) {
      case "number":
        return { kind: "scalar", values: new Float64Array(this.grid.steps).fill(expr.value) };
      case "string":
        return { kind: "string", value: expr.value };
      case "paren":
        return this.evaluate(expr.expr);
      case "vector-selector":
        return this.select(expr, false);
      case "unary":
        return this.unary(expr.operator, expr.expr, expr);
      case "binary":
        return this.binary(expr);
      case "aggregate":
        return this.aggregate(expr);
      case "call":
        return this.call(expr);
      case "matrix-selector":
      case "subquery":
        throw new QueryError("a range vector is a value only at the top of an instant query", expr);
    }
  }

  private readonly checkTime = (): void => {
    this.context.budget.checkTime();
  };

  /* Selectors */

  private atMs(at: AtModifier | undefined): number | undefined {
    if (at === undefined) return undefined;
    if (at.kind === "time") return at.ms;
    return at.kind === "start" ? this.context.queryStartMs : this.context.queryEndMs;
  }

  private select(selector: VectorSelector, wantTimes: boolean): VectorFrame {
    const { reader, memory, budget } = this.context;
    const { steps } = this.grid;
    const { refs, labelSets } = memory.selection(reader, selector);
    budget.addSeries(refs.length);
    budget.addSamples(refs.length * steps);
    const plan = planWindows(this.grid, selector, this.atMs(selector.at), budget.limits.lookbackMs);
    const window = emptyWindow();
    const values = new Float64Array(refs.length * steps);
    if (selector.extension === "smoothed") {
      refs.forEach((ref, row) => {
        smoothedValues(loadExtended(reader, ref, plan, steps, plan.lengthMs), plan, steps, values, row * steps);
      });
      return { kind: "vector", labelSets, values };
    }
    refs.forEach((ref, row) => {
      const read = loadWindow(reader, ref, plan, this.grid, window);
      if (read === 0) values.fill(ABSENT, row * steps, (row + 1) * steps);
      else instantValues(window, plan, steps, wantTimes, values, row * steps);
    });
    return { kind: "vector", labelSets, values };
  }

  private rangeSource(expr: MatrixSelector | Subquery): RangeSource {
    const read = (): RangeSource =>
      expr.kind === "matrix-selector" ? this.storedRange(expr) : this.subqueryRange(expr);
    const { budget, explain } = this.context;
    if (explain === undefined) return read();
    const source = explain.node(expr, budget, read, ({ labelSets }) => labelSets.length);
    // Samples are read while the function above runs; they are what this node costs.
    const load = explain.attributed(budget, (row: number, view: RangeView) => source.load(row, view));
    return { ...source, load };
  }

  private storedRange(expr: MatrixSelector): RangeSource {
    const { reader, memory, budget } = this.context;
    const { selector } = expr;
    const { refs, labelSets } = memory.selection(reader, selector);
    budget.addSeries(refs.length);
    budget.addSamples(refs.length * this.grid.steps);
    const plan = planWindows(this.grid, selector, this.atMs(selector.at), expr.rangeMs);
    const call = { plan, grid: this.grid, checkTime: this.checkTime };
    if (selector.extension !== undefined) {
      const wide = extendPlan(plan, selector.extension, budget.limits.lookbackMs);
      const load = (row: number, view: RangeView): boolean => {
        const window = loadExtended(reader, refs[row], wide, this.grid.steps, wide.aheadMs);
        budget.addSamples(window.to - window.from);
        prepareRange(window, view);
        return view.to > view.from;
      };
      return { labelSets, load, call: { ...call, extension: wide } };
    }
    const window = emptyWindow();
    const load = (row: number, view: RangeView): boolean => {
      const read = loadWindow(reader, refs[row], plan, this.grid, window);
      budget.addSamples(read);
      if (read > 0) prepareRange(window, view);
      return read > 0;
    };
    return { labelSets, load, call };
  }

  private subqueryRange(expr: Subquery): RangeSource {
    const { budget } = this.context;
    const stepMs = expr.stepMs ?? budget.limits.subqueryStepMs;
    const plan = planWindows(this.grid, expr, this.atMs(expr.at), expr.rangeMs);
    const lowMs = plan.firstEndMs - plan.lengthMs;
    const highMs = plan.firstEndMs + (this.grid.steps - 1) * plan.strideMs;
    // Points lie on multiples of the step, whatever the instant of evaluation.
    let startMs = Math.floor(lowMs / stepMs) * stepMs;
    if (startMs <= lowMs) startMs += stepMs;
    const steps = Math.max(0, Math.floor((highMs - startMs) / stepMs) + 1);
    budget.checkSubquerySteps(Math.ceil(expr.rangeMs / stepMs));
    const call = { plan, grid: this.grid, checkTime: this.checkTime };
    if (steps === 0) return { labelSets: [], load: () => false, call };
    budget.addSamples(steps);
    const inner = new Evaluator(this.context, { startMs, stepMs, steps }).vector(expr.expr);
    budget.addSamples(inner.values.length);
    const times = Float64Array.from({ length: steps }, (_, step) => startMs + step * stepMs);
    const load = (row: number, view: RangeView): boolean => {
      const values = inner.values.subarray(row * steps, (row + 1) * steps);
      prepareRange({ timesMs: times, values, from: 0, to: steps }, view);
      return view.to > view.from;
    };
    return { labelSets: inner.labelSets, load, call };
  }

  /* Operators */

  private vector(expr: Expr): VectorFrame {
    const frame = this.evaluate(expr);
    assert(frame.kind === "vector", "a checked query gave a vector where one is needed");
    return frame;
  }

  private scalar(expr: Expr): Float64Array {
    const frame = this.evaluate(expr);
    assert(frame.kind === "scalar", "a checked query gave a scalar where one is needed");
    return frame.values;
  }

  private text(expr: Expr): string {
    const frame = this.evaluate(expr);
    assert(frame.kind === "string", "a checked query gave a string where one is needed");
    return frame.value;
  }

  private unary(operator: "+" | "-", operand: Expr, expr: Expr): Frame {
    const frame = this.evaluate(operand);
    if (operator === "+" || frame.kind === "string") return frame;
    if (frame.kind === "scalar") return { kind: "scalar", values: frame.values.map((value) => -value) };
    const values = frame.values.map((value) => (value === ABSENT ? ABSENT : -value));
    return this.renamed(expr, frame.labelSets, values);
  }

  private binary(expr: Binary): Frame {
    const left = this.evaluate(expr.left);
    const right = this.evaluate(expr.right);
    if (left.kind === "scalar" && right.kind === "scalar") return scalarBinary(expr, left, right);
    if (left.kind === "vector" && right.kind === "scalar") return this.withScalar(expr, left, right, false);
    if (left.kind === "scalar" && right.kind === "vector") return this.withScalar(expr, right, left, true);
    assert(left.kind === "vector" && right.kind === "vector", "a checked query has no strings in operators");
    const { steps } = this.grid;
    const plan = this.context.memory.derive(expr, [left.labelSets, right.labelSets], (): MatchPlan => {
      return planMatch(left.labelSets, right.labelSets, expr.matching);
    });
    if (isSetOperator(expr.operator)) return setOperation(expr, left, right, steps, plan);
    return vectorBinary(expr, left, right, steps, plan, this.context.delayedNameRemoval);
  }

  private withScalar(expr: Binary, vector: VectorFrame, scalar: ScalarFrame, scalarLeft: boolean): VectorFrame {
    const values = vectorScalar(expr, vector.values, scalar.values, scalarLeft);
    return dropsName(expr) ? this.renamed(expr, vector.labelSets, values) : { ...vector, values };
  }

  private aggregate(expr: Aggregate): VectorFrame {
    const { annotations, memory, budget } = this.context;
    const wanted = expr.parameter === undefined ? undefined : this.evaluate(expr.parameter);
    const frame = this.vector(expr.expr);
    const groups = memory.derive(expr, [frame.labelSets], (): Groups =>
      groupRows(frame.labelSets, expr.grouping, expr.without),
    );
    return aggregate({
      expr,
      frame,
      steps: this.grid.steps,
      groups,
      parameter: wanted?.kind === "scalar" ? wanted.values : undefined,
      label: wanted?.kind === "string" ? wanted.value : undefined,
      annotations,
      hold: (samples) => {
        budget.addSamples(samples);
      },
    });
  }

  /* Functions */

  private call(expr: Call): Frame {
    const special = this.specials[expr.name];
    if (special !== undefined) return special(expr);
    const range = RANGE_FUNCTIONS.get(expr.name);
    if (range !== undefined) return this.overRange(expr, range);
    const compute = VALUE_FUNCTIONS.get(expr.name);
    assert(compute !== undefined, `function ${expr.name} has a signature and no implementation`);
    return this.elementwise(expr, compute);
  }

  private elementwise(expr: Call, compute: (value: number, parameters: readonly number[]) => number): VectorFrame {
    const [operand, ...rest] = expr.args;
    const frame = expr.args.length === 0 ? this.timeVector() : this.vector(operand);
    const scalars = rest.map((argument) => this.scalar(argument));
    const { steps } = this.grid;
    const values = new Float64Array(frame.values.length);
    const parameters: number[] = [];
    for (let step = 0; step < steps; step++) {
      scalars.forEach((scalar, index) => (parameters[index] = scalar[step]));
      const impossible = expr.name === "clamp" && parameters[0] > parameters[1];
      for (let at = step; at < values.length; at += steps) {
        const value = frame.values[at];
        values[at] = value === ABSENT || impossible ? ABSENT : compute(value, parameters);
      }
    }
    return this.renamed(expr, frame.labelSets, values);
  }

  private overRange(expr: Call, compute: RangeFunction): VectorFrame {
    const argument = expr.args.findIndex((candidate) => isRange(withoutParens(candidate)));
    const operand = withoutParens(expr.args[argument]);
    assert(isRange(operand), "a checked query has a range where one is needed");
    const extension = operand.kind === "matrix-selector" ? operand.selector.extension : undefined;
    const computed = extension === undefined ? compute : extendedFunction(expr, extension, compute);
    const source = this.rangeSource(operand);
    const scalars = expr.args.filter((_, index) => index !== argument).map((scalar) => this.scalar(scalar));
    if (expr.name === "quantile_over_time") this.checkQuantiles(scalars[0], expr.args[0]);
    if (expr.name === "double_exponential_smoothing") checkSmoothing(scalars, expr);
    const { steps } = this.grid;
    const call: RangeCall = { ...source.call, compute: computed, parameters: parametersByStep(scalars, steps) };
    const values = new Float64Array(source.labelSets.length * steps);
    const view = emptyView();
    let checked = "";
    const isCounterFunction = COUNTER_FUNCTIONS.has(expr.name);
    for (let row = 0; row < source.labelSets.length; row++) {
      if (!source.load(row, view)) {
        values.fill(ABSENT, row * steps, (row + 1) * steps);
        continue;
      }
      if (isCounterFunction) {
        const name = source.labelSets[row].get(METRIC_NAME);
        // Rows of one metric stand together, and are looked at once.
        if (name !== checked) this.checkCounterName(name, expr.args[argument]);
        checked = name;
      }
      slideWindows(call, view, values, row * steps);
    }
    if (NAME_KEEPING_RANGE_FUNCTIONS.has(expr.name)) return { kind: "vector", labelSets: source.labelSets, values };
    return this.renamed(expr, source.labelSets, values);
  }

  private checkCounterName(name: string, at: Expr): void {
    if (name !== "" && !/_(?:total|sum|count|bucket)$/.test(name))
      this.context.annotations.possibleNonCounter(name, at);
  }

  private checkQuantiles(quantiles: Float64Array, at: Expr): void {
    for (const q of quantiles) if (!(q >= 0 && q <= 1)) this.context.annotations.invalidQuantile(q, at);
  }

  private readonly specials: Readonly<Record<string, ((expr: Call) => Frame) | undefined>> = {
    time: () => ({ kind: "scalar", values: this.times() }),
    pi: () => this.constant(Math.PI),
    vector: (expr) => ({ kind: "vector", labelSets: ONE_EMPTY, values: this.scalar(expr.args[0]) }),
    scalar: (expr) => ({ kind: "scalar", values: this.onlyValue(this.vector(expr.args[0])) }),
    timestamp: (expr) => this.timestamp(expr),
    absent: (expr) => this.absence(expr.args[0], this.vector(expr.args[0])),
    absent_over_time: (expr) => this.absentOverTime(expr),
    info: (expr) => this.withInfo(expr),
    min_of: (expr) => this.ofTwo(expr, Math.min),
    max_of: (expr) => this.ofTwo(expr, Math.max),
    start: () => this.constant(this.context.queryStartMs / 1000),
    end: () => this.constant(this.context.queryEndMs / 1000),
    step: () => this.constant(this.context.queryStepMs / 1000),
    range: () => this.constant((this.context.queryEndMs - this.context.queryStartMs) / 1000),
    histogram_quantile: (expr) => this.histogramQuantile(expr),
    histogram_quantiles: (expr) => this.histogramQuantiles(expr),
    histogram_fraction: (expr) => this.histogramFraction(expr),
    label_replace: (expr) => this.relabelled(expr, labelReplace),
    label_join: (expr) => this.relabelled(expr, labelJoin),
    sort: (expr) => this.sorted(this.vector(expr.args[0]), 1),
    sort_desc: (expr) => this.sorted(this.vector(expr.args[0]), -1),
    sort_by_label: (expr) => this.sortedByLabel(expr, 1),
    sort_by_label_desc: (expr) => this.sortedByLabel(expr, -1),
  };

  private ofTwo(expr: Call, choose: (left: number, right: number) => number): ScalarFrame {
    const [left, right] = expr.args.map((argument) => this.scalar(argument));
    return { kind: "scalar", values: left.map((value, step) => choose(value, right[step])) };
  }

  private constant(value: number): ScalarFrame {
    return { kind: "scalar", values: new Float64Array(this.grid.steps).fill(value) };
  }

  private times(): Float64Array {
    return Float64Array.from(
      { length: this.grid.steps },
      (_, step) => (this.grid.startMs + step * this.grid.stepMs) / 1000,
    );
  }

  private timeVector(): VectorFrame {
    return { kind: "vector", labelSets: ONE_EMPTY, values: this.times() };
  }

  private timestamp(expr: Call): VectorFrame {
    const operand = withoutParens(expr.args[0]);
    if (operand.kind === "vector-selector") {
      const frame = this.select(operand, true);
      return this.renamed(expr, frame.labelSets, frame.values);
    }
    const frame = this.vector(operand);
    const times = this.times();
    const values = frame.values.map((value, index) => (value === ABSENT ? ABSENT : times[index % this.grid.steps]));
    return this.renamed(expr, frame.labelSets, values);
  }

  private onlyValue({ values }: VectorFrame): Float64Array {
    const { steps } = this.grid;
    const out = new Float64Array(steps).fill(NaN);
    for (let step = 0; step < steps; step++) {
      let count = 0;
      for (let at = step; at < values.length; at += steps) {
        if (values[at] === ABSENT) continue;
        out[step] = values[at];
        count++;
      }
      if (count !== 1) out[step] = NaN;
    }
    return out;
  }

  private absence(argument: Expr, frame: VectorFrame): VectorFrame {
    const { steps } = this.grid;
    const values = new Float64Array(steps).fill(1);
    for (let at = 0; at < frame.values.length; at++) if (frame.values[at] !== ABSENT) values[at % steps] = ABSENT;
    return { kind: "vector", labelSets: [labelsOfAbsence(argument)], values };
  }

  private absentOverTime(expr: Call): VectorFrame {
    const present = RANGE_FUNCTIONS.get("present_over_time");
    assert(present !== undefined, "present_over_time is in the table");
    // Presence is asked of the same range without joining series under one name.
    const operand = withoutParens(expr.args[0]);
    assert(isRange(operand), "a checked query has a range where one is needed");
    const source = this.rangeSource(operand);
    const call: RangeCall = { ...source.call, compute: present, parameters: [[]] };
    const { steps } = this.grid;
    const values = absentBlock(source.labelSets.length, steps);
    const view = emptyView();
    source.labelSets.forEach((_, row) => {
      if (source.load(row, view)) slideWindows(call, view, values, row * steps);
    });
    return this.absence(expr.args[0], { kind: "vector", labelSets: source.labelSets, values });
  }

  private histogramQuantile(expr: Call): VectorFrame {
    const quantiles = this.scalar(expr.args[0]);
    this.checkQuantiles(quantiles, expr.args[0]);
    const { frame, plan } = this.bucketFrame(expr, expr.args[1]);
    const forced = (metric: string): void => {
      this.context.annotations.forcedMonotonicity(metric, expr.args[1]);
    };
    const values = histogramQuantile(plan, frame.values, this.grid.steps, quantiles, forced);
    return this.joined(plan.result, values, expr);
  }

  /** Several quantiles of each histogram, told apart by a label. */
  private histogramQuantiles(expr: Call): VectorFrame {
    const { steps } = this.grid;
    const [operand, labelArgument, ...quantileArguments] = expr.args;
    const label = this.text(labelArgument);
    if (!isLabelName(label)) throw new QueryError(`invalid label name ${quote(label)}`, labelArgument);
    const { frame, plan } = this.bucketFrame(expr, operand);
    const forced = (metric: string): void => {
      this.context.annotations.forcedMonotonicity(metric, operand);
    };
    const labelSets: LabelSet[] = [];
    const values = new Float64Array(quantileArguments.length * plan.labelSets.length * steps);
    quantileArguments.forEach((argument, index) => {
      const quantiles = this.scalar(argument);
      this.checkQuantiles(quantiles, argument);
      const text = formatQuantile(quantiles[0]);
      labelSets.push(...plan.labelSets.map((labels) => labels.with({ [label]: text })));
      const rows = histogramQuantile(plan, frame.values, steps, quantiles, forced);
      values.set(rows, index * rows.length);
    });
    return this.joined(relabel(labelSets, this.dropName), values, expr);
  }

  private histogramFraction(expr: Call): VectorFrame {
    const lower = this.scalar(expr.args[0]);
    const upper = this.scalar(expr.args[1]);
    const { frame, plan } = this.bucketFrame(expr, expr.args[2]);
    return this.joined(plan.result, histogramFraction(plan, frame.values, this.grid.steps, lower, upper), expr);
  }

  private bucketFrame(expr: Call, operand: Expr): { readonly frame: VectorFrame; readonly plan: ResultPlan } {
    const frame = this.vector(operand);
    const plan = this.context.memory.derive(expr, [frame.labelSets], (): ResultPlan => {
      const histogram = planHistograms(frame.labelSets);
      return { ...histogram, result: relabel(histogram.labelSets, this.dropName) };
    });
    for (const { row, le } of plan.malformed) {
      if (rowPresent(frame, row, this.grid.steps)) {
        this.context.annotations.badBucketLabel(frame.labelSets[row].get("__name__"), le, operand);
      }
    }
    return { frame, plan };
  }

  private relabelled(expr: Call, prepare: (expr: Call, texts: readonly string[]) => LabelChange): VectorFrame {
    const frame = this.vector(expr.args[0]);
    const texts = expr.args.slice(1).map((argument) => this.text(argument));
    const plan = this.context.memory.derive(expr, [frame.labelSets], (): Relabelling =>
      relabel(frame.labelSets, prepare(expr, texts)),
    );
    return this.joined(plan, frame.values, expr);
  }

  private sorted(frame: VectorFrame, sign: 1 | -1): VectorFrame {
    // Order means something for one instant only; a matrix is sorted by labels.
    if (this.grid.steps !== 1) return frame;
    const rows = frame.labelSets.map((_, row) => row);
    rows.sort((left, right) => {
      const [a, b] = [frame.values[left], frame.values[right]];
      if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : -1;
      return compareNanFirst(a, b) * sign;
    });
    return takeRows(frame, rows, 1);
  }

  private sortedByLabel(expr: Call, sign: 1 | -1): VectorFrame {
    const frame = this.vector(expr.args[0]);
    const names = expr.args.slice(1).map((argument) => this.text(argument));
    if (this.grid.steps !== 1) return frame;
    const collator = (left: string, right: string): number => compareNatural(left, right) * sign;
    const rows = frame.labelSets.map((_, row) => row);
    rows.sort((left, right) => {
      const [a, b] = [frame.labelSets[left], frame.labelSets[right]];
      for (const name of names) {
        const order = collator(a.get(name), b.get(name));
        if (order !== 0) return order;
      }
      return compareLabelSets(a, b) * sign;
    });
    return takeRows(frame, rows, 1);
  }

  /* Labels */

  private readonly dropName = (labels: LabelSet): LabelSet =>
    this.context.delayedNameRemoval ? labels.losingName(true) : labels.withoutName();

  /** What comes out of the whole query: names that were to go are gone. */
  finished(expr: Expr): Frame {
    const frame = this.evaluate(expr);
    if (frame.kind !== "vector" || !frame.labelSets.some((labels) => labels.losesName)) return frame;
    const plan = relabel(frame.labelSets, (labels) => (labels.losesName ? labels.withoutName() : labels));
    return this.joined(plan, frame.values, expr);
  }

  /** Series with labels of the info series that describe the same target. */
  private withInfo(expr: Call): VectorFrame {
    const [operand, argument] = expr.args.map(withoutParens);
    const base = this.vector(operand);
    const selector = expr.args.length > 1 && argument.kind === "vector-selector" ? argument : undefined;
    const wanted = infoRequest(selector?.matchers ?? []);
    const source = this.context.memory.derive(expr, [wanted.key], () => ({ ...infoSelector(expr, wanted) }));
    // What matters of an info sample is when it was taken: of two that tell different things, the newer one holds.
    return joinInfo({ expr, base, info: this.select(source, true), wanted, steps: this.grid.steps });
  }

  /** The block under its labels without the metric name. */
  private renamed(expr: Expr, labelSets: readonly LabelSet[], values: Float64Array): VectorFrame {
    const plan = this.context.memory.derive(expr, [labelSets], (): Relabelling => relabel(labelSets, this.dropName));
    return this.joined(plan, values, expr);
  }

  /** Rows that bear the same labels become one, which they may when they do not meet at a step. */
  private joined(plan: Relabelling, values: Float64Array, expr: Expr): VectorFrame {
    if (!plan.joined) return { kind: "vector", labelSets: plan.labelSets, values };
    const { steps } = this.grid;
    const out = absentBlock(plan.labelSets.length, steps);
    plan.rowOf.forEach((target, row) => {
      for (let step = 0; step < steps; step++) {
        const value = values[row * steps + step];
        if (value === ABSENT) continue;
        if (out[target * steps + step] !== ABSENT)
          throw new QueryError("vector cannot contain metrics with the same labelset", expr);
        out[target * steps + step] = value;
      }
    });
    return { kind: "vector", labelSets: plan.labelSets, values: out };
  }
}

interface ResultPlan extends HistogramPlan {
  /** The rows of the result, the metric name gone. */
  readonly result: Relabelling;
}

function seriesOf(frame: Frame): number {
  return frame.kind === "vector" ? frame.labelSets.length : 1;
}

const ONE_EMPTY: readonly LabelSet[] = [LabelSet.EMPTY];

function isRange(expr: Expr): expr is MatrixSelector | Subquery {
  return expr.kind === "matrix-selector" || expr.kind === "subquery";
}

function relabel(labelSets: readonly LabelSet[], change: (labels: LabelSet) => LabelSet): Relabelling {
  const indexOf = new Map<string, number>();
  const changed: LabelSet[] = [];
  const rowOf = new Int32Array(labelSets.length);
  labelSets.forEach((labels, row) => {
    const next = change(labels);
    let index = indexOf.get(next.key);
    if (index === undefined) {
      index = changed.length;
      indexOf.set(next.key, index);
      changed.push(next);
    }
    rowOf[row] = index;
  });
  return { labelSets: changed, rowOf, joined: changed.length < labelSets.length };
}

function rowPresent(frame: VectorFrame, row: number, steps: number): boolean {
  for (let step = 0; step < steps; step++) if (frame.values[row * steps + step] !== ABSENT) return true;
  return false;
}

/** A quantile as a label value in OpenMetrics' form: 1.0 rather than 1. */
function formatQuantile(q: number): string {
  return Number.isInteger(q) ? q.toFixed(1) : formatValue(q);
}

/** One entry when no argument changes over the steps, else one for each step. */
function parametersByStep(scalars: readonly Float64Array[], steps: number): readonly (readonly number[])[] {
  const constant = scalars.every((scalar) => scalar.every((value) => Object.is(value, scalar[0])));
  const count = constant ? 1 : steps;
  return Array.from({ length: count }, (_, step) => scalars.map((scalar) => scalar[step]));
}

function checkSmoothing([smoothing, trend]: readonly Float64Array[], expr: Call): void {
  const check = (name: string, values: Float64Array, at: Expr): void => {
    const bad = values.find((value) => !(value >= 0 && value <= 1));
    if (bad !== undefined)
      throw new QueryError(
        `invalid ${name} factor. Expected: 0 <= ${name === "smoothing" ? "sf" : "tf"} <= 1, got: ${String(bad)}`,
        at,
      );
  };
  check("smoothing", smoothing, expr.args[1]);
  check("trend", trend, expr.args[2]);
}

/** Labels that the missing series would have had: those that the selector fixes. */
function labelsOfAbsence(argument: Expr): LabelSet {
  const inner = withoutParens(argument);
  const selector =
    inner.kind === "vector-selector" ? inner : inner.kind === "matrix-selector" ? inner.selector : undefined;
  const values = new Map<string, string>();
  const dropped = new Set<string>(["__name__"]);
  for (const matcher of selector?.matchers ?? []) {
    if (matcher.operator !== "=" || values.has(matcher.name)) dropped.add(matcher.name);
    else values.set(matcher.name, matcher.value);
  }
  return LabelSet.of(Object.fromEntries([...values].filter(([name]) => !dropped.has(name))));
}

/** `a2` before `a10`. */
function compareNatural(left: string, right: string): number {
  const split = (text: string): string[] => text.match(/\d+|\D+/g) ?? [];
  const [a, b] = [split(left), split(right)];
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const [x, y] = [a[index], b[index]];
    if (x === y) continue;
    if (/^\d/.test(x) && /^\d/.test(y) && Number(x) !== Number(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}
