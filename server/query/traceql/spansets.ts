/**
 * Pipelines over the spans of one trace: filters, structure, groups, aggregates. A spanset is a list of rows, ascending.
 * Source of the semantics: grafana/tempo/pkg/traceql/ast_execute.go and its structural operators in storage.go.
 */
import type { SpanColumns } from "../../telemetry/span-reader.js";
import type {
  Aggregate,
  AggregateOperator,
  FieldExpression,
  Relation,
  ScalarExpression,
  ScalarFilter,
  SpansetExpression,
  SpansetOperation,
  Stage,
  Value,
} from "./ast.js";
import type { SpanContext } from "./compile-field.js";
import { printScalar, printStage } from "./print.js";
import { calculate, compareValues, keyOf, NIL, numberOf } from "./values.js";

export interface Spanset {
  readonly rows: readonly number[];
  /** What aggregates and groups said of it, as Tempo shows them: `avg(duration)`, `by(name)`. */
  readonly attributes: readonly (readonly [name: string, value: Value])[];
}

/** Filters that all spans of a pipeline's spansets have passed one of; undefined for a pipeline that begins with all spans. */
export function firstConditions(stages: readonly Stage[]): readonly FieldExpression[] | undefined {
  const first = stages.at(0);
  return first === undefined ? undefined : conditionsOf(first);
}

function conditionsOf(stage: Stage): readonly FieldExpression[] | undefined {
  switch (stage.kind) {
    case "filter":
      return [stage.condition];
    case "pipeline":
      return firstConditions(stage.stages);
    case "spansets":
      return joined(conditionsOf(stage.left), conditionsOf(stage.right));
    case "scalar-filter":
      return joined(scalarConditions(stage.left), scalarConditions(stage.right));
    default:
      return undefined;
  }
}

/** A literal needs no spans. */
function scalarConditions(scalar: ScalarExpression): readonly FieldExpression[] | undefined {
  if (scalar.kind === "literal") return [];
  if (scalar.kind === "aggregate") return undefined;
  if (scalar.kind === "scalar-pipeline") return firstConditions(scalar.stages);
  return joined(scalarConditions(scalar.left), scalarConditions(scalar.right));
}

const joined = (
  left: readonly FieldExpression[] | undefined,
  right: readonly FieldExpression[] | undefined,
): readonly FieldExpression[] | undefined =>
  left === undefined || right === undefined ? undefined : [...left, ...right];

/** Evaluates stages trace by trace. What was compiled for one trace serves the next. */
export class PipelineEvaluator {
  readonly #tests = new Map<FieldExpression, (row: number) => boolean>();
  readonly #readers = new Map<FieldExpression, (row: number) => Value>();

  constructor(readonly context: SpanContext) {}

  run(stages: readonly Stage[], input: readonly Spanset[]): readonly Spanset[] {
    let spansets = input;
    for (const stage of stages) {
      spansets = this.#stage(stage, spansets);
      if (spansets.length === 0) return spansets;
    }
    return spansets;
  }

  #stage(stage: Stage, input: readonly Spanset[]): readonly Spanset[] {
    switch (stage.kind) {
      case "filter":
      case "spansets":
      case "pipeline":
        return input.flatMap((spanset) => this.#spansets(stage, spanset));
      case "scalar-filter":
        return input.flatMap((spanset) => this.#scalarFilter(stage, spanset));
      case "by":
        return input.flatMap((spanset) => this.#group(stage.by, printStage(stage), spanset));
      case "coalesce":
        return [{ rows: unionOf(input), attributes: [] }];
      case "select":
        return input;
    }
  }

  #spansets(expression: SpansetExpression, spanset: Spanset): readonly Spanset[] {
    if (expression.kind === "pipeline") return this.run(expression.stages, [spanset]);
    if (expression.kind === "spansets") return this.#operation(expression, spanset);
    const test = this.#test(expression.condition);
    const rows = spanset.rows.filter(test);
    return rows.length === 0 ? [] : [{ ...spanset, rows }];
  }

  #operation({ operator, left, right }: SpansetOperation, spanset: Spanset): readonly Spanset[] {
    this.context.budget.work(spanset.rows.length);
    const lefts = this.#spansets(left, spanset);
    if (operator === "&&" && lefts.length === 0) return [];
    const rights = this.#spansets(right, spanset);
    const rows = this.#combine(operator, lefts, rights);
    return rows.length === 0 ? [] : [{ rows, attributes: spanset.attributes }];
  }

  #combine(
    operator: SpansetOperation["operator"],
    lefts: readonly Spanset[],
    rights: readonly Spanset[],
  ): readonly number[] {
    if (operator === "&&") return rights.length === 0 ? [] : unionOf([...lefts, ...rights]);
    if (operator === "||") return unionOf([...lefts, ...rights]);
    const left = unionOf(lefts);
    const right = unionOf(rights);
    const { columns } = this.context;
    const negated = operator.startsWith("!");
    const united = operator.startsWith("&");
    const relation = (negated || united ? operator.slice(1) : operator) as Relation;
    const related = relatedRows(columns, relation, left, right);
    if (negated) return right.filter((row) => !related.has(row));
    const found = right.filter((row) => related.has(row));
    if (!united) return found;
    const others = relatedRows(columns, CONVERSES[relation], right, left);
    return unionOf([{ rows: left.filter((row) => others.has(row)) }, { rows: found }]);
  }

  #scalarFilter(filter: ScalarFilter, spanset: Spanset): readonly Spanset[] {
    const left = this.#scalar(filter.left, spanset);
    const right = this.#scalar(filter.right, spanset);
    if (!compareValues(filter.operator, left.value, right.value)) return [];
    const ofPipelines = [...left.rows, ...right.rows];
    const rows = ofPipelines.length === 0 ? spanset.rows : unionOf(ofPipelines.map((piped) => ({ rows: piped })));
    return [{ rows, attributes: [...spanset.attributes, ...left.attributes, ...right.attributes] }];
  }

  #scalar(expression: ScalarExpression, spanset: Spanset): ScalarResult {
    switch (expression.kind) {
      case "literal":
        return { value: expression.value, attributes: [], rows: [] };
      case "aggregate": {
        const value = this.#aggregate(expression, spanset.rows);
        return { value, attributes: [[printScalar(expression), value]], rows: [] };
      }
      case "scalar-pipeline": {
        const rows = unionOf(this.run(expression.stages, [spanset]));
        const value = this.#aggregate(expression.aggregate, rows);
        return {
          value,
          attributes: [[printScalar(expression.aggregate), value]],
          rows: rows.length === 0 ? [] : [rows],
        };
      }
      case "scalars": {
        const left = this.#scalar(expression.left, spanset);
        const right = this.#scalar(expression.right, spanset);
        return {
          value: calculate(expression.operator, left.value, right.value),
          attributes: [...left.attributes, ...right.attributes],
          rows: [...left.rows, ...right.rows],
        };
      }
    }
  }

  #aggregate({ operator, of }: Aggregate, rows: readonly number[]): Value {
    if (of === undefined) return { type: "int", value: rows.length };
    const values = rows.map(this.read(of)).filter((value) => !Number.isNaN(numberOf(value)));
    const first = values.at(0);
    if (first === undefined) return NIL;
    const value = AGGREGATE[operator](values.map(numberOf));
    const isOneType = values.every(({ type }) => type === first.type);
    const type =
      isOneType && (first.type === "duration" || (first.type === "int" && operator !== "avg")) ? first.type : "float";
    return { type, value };
  }

  /** Spans without the value form a group of their own. */
  #group(by: FieldExpression, name: string, { rows, attributes }: Spanset): readonly Spanset[] {
    const read = this.read(by);
    const groups = new Map<string, { readonly value: Value; readonly rows: number[] }>();
    for (const row of rows) {
      const value = read(row);
      const key = keyOf(value);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { value, rows: [row] });
      else group.rows.push(row);
    }
    return [...groups.values()].map((group) => ({
      rows: group.rows,
      attributes: [...attributes, [name, group.value]],
    }));
  }

  #test(condition: FieldExpression): (row: number) => boolean {
    let test = this.#tests.get(condition);
    if (test === undefined) this.#tests.set(condition, (test = this.context.test(condition)));
    return test;
  }

  read(field: FieldExpression): (row: number) => Value {
    let read = this.#readers.get(field);
    if (read === undefined) this.#readers.set(field, (read = this.context.read(field)));
    return read;
  }
}

interface ScalarResult {
  readonly value: Value;
  readonly attributes: Spanset["attributes"];
  /** Of pipelines within the expression: what they found. */
  readonly rows: readonly (readonly number[])[];
}

const AGGREGATE: Readonly<Record<AggregateOperator, (values: readonly number[]) => number>> = {
  count: (values) => values.length,
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
  avg: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  max: (values) => values.reduce((most, value) => Math.max(most, value), -Infinity),
  min: (values) => values.reduce((least, value) => Math.min(least, value), Infinity),
};

/** Rows of all of them, each once, ascending. */
function unionOf(spansets: readonly Pick<Spanset, "rows">[]): readonly number[] {
  const [only] = spansets;
  if (spansets.length === 1) return only.rows;
  return [...new Set(spansets.flatMap(({ rows }) => rows))].sort((a, b) => a - b);
}

const CONVERSES: Readonly<Record<Relation, Relation>> = { ">": "<", "<": ">", ">>": "<<", "<<": ">>", "~": "~" };

/** Those of `right` that stand in the relation to one of `left`: with `>` its children, with `<<` its ancestors. */
function relatedRows(
  columns: SpanColumns,
  relation: Relation,
  left: readonly number[],
  right: readonly number[],
): ReadonlySet<number> {
  const related = new Set<number>();
  if (left.length > 0) RELATED[relation](columns, left, right, related);
  return related;
}

type Relate = (columns: SpanColumns, left: readonly number[], right: readonly number[], related: Set<number>) => void;

const RELATED: Readonly<Record<Relation, Relate>> = {
  ">": (columns, left, right, related) => {
    const parents = new Set(left);
    for (const row of right) if (parents.has(columns.parent(row))) related.add(row);
  },
  "<": (columns, left, _right, related) => {
    for (const row of left) related.add(columns.parent(row));
  },
  ">>": (columns, left, right, related) => {
    const ancestors = new Set(left);
    for (const row of right) {
      for (let at = columns.parent(row); at >= 0; at = columns.parent(at)) {
        if (!ancestors.has(at) && !related.has(at)) continue;
        related.add(row);
        break;
      }
    }
  },
  "<<": (columns, left, _right, related) => {
    // A path that joins one that was walked has been walked.
    for (const row of left) {
      for (let at = columns.parent(row); at >= 0 && !related.has(at); at = columns.parent(at)) related.add(at);
    }
  },
  "~": (columns, left, right, related) => {
    const count = new Map<number, number>();
    for (const row of left) {
      const parent = columns.parent(row);
      if (parent >= 0) count.set(parent, (count.get(parent) ?? 0) + 1);
    }
    const own = new Set(left);
    for (const row of right) {
      const siblings = count.get(columns.parent(row)) ?? 0;
      if (siblings > (own.has(row) ? 1 : 0)) related.add(row);
    }
  },
};
