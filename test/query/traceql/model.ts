/** TraceQL by the book: every span on its own, every pair of spans looked at, nothing remembered. */
import type {
  Aggregate,
  FieldExpression,
  Intrinsic,
  NamedField,
  Relation,
  ScalarExpression,
  SpansetExpression,
  Stage,
} from "../../../server/query/traceql/ast.js";
import type { SpanColumns } from "../../../server/telemetry/span-reader.js";

/** A typed value; numbers are whole, other, or nanoseconds. */
interface Plain {
  readonly type: string;
  readonly value: string | number | boolean;
}
type Found = Plain | null;

const NUMBERS = new Set(["int", "float", "duration"]);

const plain = (value: string | number | boolean | undefined): Found => {
  if (value === undefined) return null;
  if (typeof value === "number") return { type: Number.isInteger(value) ? "int" : "float", value };
  return { type: typeof value === "string" ? "string" : "boolean", value };
};

export class Model {
  readonly rows: readonly number[];

  constructor(readonly columns: SpanColumns) {
    this.rows = Array.from({ length: columns.rows }, (_, row) => row).filter((row) => columns.isSeen(row));
  }

  /** Rows of each spanset, newest trace first. */
  search(stages: readonly Stage[]): readonly (readonly number[])[] {
    const traces = [...new Set(this.rows.map((row) => this.columns.trace(row)))].sort((a, b) => b - a);
    return traces.flatMap((trace) => this.#stages(stages, [this.#rowsOf(trace)]));
  }

  #rowsOf(trace: number): readonly number[] {
    return this.rows.filter((row) => this.columns.trace(row) === trace);
  }

  #stages(stages: readonly Stage[], input: readonly (readonly number[])[]): readonly (readonly number[])[] {
    let sets = input;
    for (const stage of stages) {
      if (stage.kind === "coalesce") sets = [sorted(sets.flat())];
      else if (stage.kind !== "select") sets = sets.flatMap((set) => this.#stage(stage, set));
      sets = sets.filter((set) => set.length > 0);
      if (sets.length === 0) return [];
    }
    return sets;
  }

  #stage(stage: Stage, set: readonly number[]): readonly (readonly number[])[] {
    switch (stage.kind) {
      case "filter":
        return [set.filter((row) => this.#holds(stage.condition, row))];
      case "pipeline":
        return this.#stages(stage.stages, [set]);
      case "spansets":
        return [this.#operation(stage.operator, this.#all(stage.left, set), this.#all(stage.right, set))];
      case "by":
        return this.#groups(stage.by, set);
      case "scalar-filter": {
        const [left, right] = [this.#scalar(stage.left, set), this.#scalar(stage.right, set)];
        if (!compare(stage.operator, left.value, right.value)) return [];
        const own = [...left.rows, ...right.rows];
        return [own.length === 0 ? set : sorted(own)];
      }
      default:
        return [set];
    }
  }

  #all(expression: SpansetExpression, set: readonly number[]): readonly number[] {
    return sorted(this.#stage(expression, set).flat());
  }

  #operation(operator: string, left: readonly number[], right: readonly number[]): readonly number[] {
    if (operator === "||") return sorted([...left, ...right]);
    if (operator === "&&") return left.length > 0 && right.length > 0 ? sorted([...left, ...right]) : [];
    const relation = operator.replace(/^[!&](?=.)/, "") as Relation;
    const related = right.filter((b) => left.some((a) => this.#relates(relation, a, b)));
    if (operator.startsWith("!")) return right.filter((b) => !related.includes(b));
    if (!operator.startsWith("&")) return related;
    return sorted([...related, ...left.filter((a) => right.some((b) => this.#relates(relation, a, b)))]);
  }

  #relates(relation: Relation, a: number, b: number): boolean {
    const { columns } = this;
    const isAbove = (upper: number, lower: number): boolean => {
      for (let at = columns.parent(lower); at >= 0; at = columns.parent(at)) if (at === upper) return true;
      return false;
    };
    if (relation === ">") return columns.parent(b) === a;
    if (relation === "<") return columns.parent(a) === b;
    if (relation === ">>") return isAbove(a, b);
    if (relation === "<<") return isAbove(b, a);
    return a !== b && columns.parent(a) >= 0 && columns.parent(a) === columns.parent(b);
  }

  #groups(by: FieldExpression, set: readonly number[]): readonly (readonly number[])[] {
    const keys = set.map((row) => JSON.stringify(this.#one(by, row)));
    return [...new Set(keys)].map((key) => set.filter((_, at) => keys[at] === key));
  }

  #scalar(
    scalar: ScalarExpression,
    set: readonly number[],
  ): { readonly value: Found; readonly rows: readonly number[] } {
    switch (scalar.kind) {
      case "literal":
        return { value: literal(scalar), rows: [] };
      case "aggregate":
        return { value: this.#aggregate(scalar, set), rows: [] };
      case "scalar-pipeline": {
        const rows = sorted(this.#stages(scalar.stages, [set]).flat());
        return { value: this.#aggregate(scalar.aggregate, rows), rows };
      }
      case "scalars": {
        const [left, right] = [this.#scalar(scalar.left, set), this.#scalar(scalar.right, set)];
        return { value: calculate(scalar.operator, left.value, right.value), rows: [...left.rows, ...right.rows] };
      }
    }
  }

  #aggregate({ operator, of }: Aggregate, set: readonly number[]): Found {
    if (of === undefined) return { type: "int", value: set.length };
    const found = set.map((row) => this.#one(of, row)).filter((value) => value !== null && NUMBERS.has(value.type));
    if (found.length === 0) return null;
    const numbers = found.map((value) => Number(value?.value));
    const sum = numbers.reduce((total, number) => total + number, 0);
    const value = {
      count: numbers.length,
      sum,
      avg: sum / numbers.length,
      max: Math.max(...numbers),
      min: Math.min(...numbers),
    }[operator];
    const areWhole = found.every((one) => one?.type === "int") && operator !== "avg";
    return { type: areWhole ? "int" : "float", value };
  }

  #holds(expression: FieldExpression, row: number): boolean {
    return this.#values(expression, row).some((value) => value?.type === "boolean" && value.value === true);
  }

  #one(expression: FieldExpression, row: number): Found {
    return this.#values(expression, row)[0] ?? null;
  }

  /** One value, but of events as many as there are. */
  #values(expression: FieldExpression, row: number): readonly Found[] {
    switch (expression.kind) {
      case "literal":
        return [literal(expression)];
      case "attribute":
      case "intrinsic":
        return this.#field(expression, row);
      case "unary":
        return this.#values(expression.operand, row).map((value) => {
          if (expression.operator === "!") return value?.type === "boolean" ? plain(value.value === false) : null;
          return value !== null && NUMBERS.has(value.type) ? { type: value.type, value: -Number(value.value) } : null;
        });
      case "binary": {
        const { operator, left, right } = expression;
        if (operator === "&&") return [plain(this.#holds(left, row) && this.#holds(right, row))];
        if (operator === "||") return [plain(this.#holds(left, row) || this.#holds(right, row))];
        const lefts = this.#values(left, row);
        const rights = this.#values(right, row);
        if ("+-*/%^".includes(operator)) return lefts.map((value) => calculate(operator, value, rights[0] ?? null));
        if (isNil(right) || isNil(left)) {
          const isThere = (isNil(right) ? lefts : rights).some((value) => value !== null);
          return [plain(operator === "=" ? !isThere : operator === "!=" && isThere)];
        }
        return [plain(lefts.some((a) => rights.some((b) => compare(operator, a, b))))];
      }
    }
  }

  #field(field: NamedField, row: number): readonly Found[] {
    if (field.ofParent) {
      const parent = this.columns.parent(row);
      return parent >= 0 && this.columns.isSeen(parent) ? this.#field({ ...field, ofParent: false }, parent) : [null];
    }
    const { span, resource, events } = this.columns.detail(row);
    if (field.kind === "intrinsic") return this.#intrinsic(field.intrinsic, row);
    if (field.scope === "event") return events.map(({ attributes }) => plain(attributes[field.name]));
    if (field.scope === "span") return [plain(span[field.name])];
    if (field.scope === "resource") return [plain(resource[field.name])];
    return [plain(span[field.name] ?? resource[field.name])];
  }

  #intrinsic(intrinsic: Intrinsic, row: number): readonly Found[] {
    const { columns } = this;
    const shape = columns.shapeOf(columns.shape(row));
    const trace = this.#rowsOf(columns.trace(row));
    const rootRow = trace.find((one) => columns.parent(one) < 0);
    const root = rootRow === undefined ? undefined : columns.shapeOf(columns.shape(rootRow));
    switch (intrinsic) {
      case "name":
      case "statusMessage":
        return [plain(shape[intrinsic])];
      case "status":
      case "kind":
        return [{ type: intrinsic, value: shape[intrinsic] }];
      case "duration":
        return [{ type: "duration", value: columns.durationUs(row) * 1_000 }];
      case "traceDuration": {
        const ends = trace.map((one) => columns.startUs(one) + columns.durationUs(one));
        const us = Math.max(...ends) - Math.min(...trace.map((one) => columns.startUs(one)));
        return [{ type: "duration", value: us * 1_000 }];
      }
      case "rootName":
        return [plain(root?.name ?? "<root span not yet received>")];
      case "rootServiceName":
        return [plain(root?.service ?? "<root span not yet received>")];
      case "childCount":
        return [plain(this.rows.filter((one) => columns.parent(one) === row).length)];
      case "nestedSetParent":
        return [plain(columns.parent(row) < 0 ? -1 : this.#left(columns.parent(row)))];
      case "parent":
        return [columns.parent(row) < 0 ? null : plain(true)];
      case "span:id":
        return [plain(columns.spanId(row))];
      case "event:name":
        return columns.detail(row).events.map(({ name }) => plain(name));
      default:
        throw new Error(`the model does not know ${intrinsic}`);
    }
  }

  /** Number of a span in a walk around the tree: two for each span that was entered and left before it. */
  #left(row: number): number {
    const { columns } = this;
    const parent = columns.parent(row);
    if (parent < 0) return 1;
    const siblings = Array.from({ length: row }, (_, at) => at).filter((at) => columns.parent(at) === parent);
    const below = (at: number): number =>
      1 +
      Array.from({ length: columns.rows }, (_, one) => one)
        .filter((one) => columns.parent(one) === at)
        .reduce((sum, one) => sum + below(one), 0);
    return this.#left(parent) + 1 + 2 * siblings.reduce((sum, at) => sum + below(at), 0);
  }
}

const sorted = (rows: readonly number[]): readonly number[] => [...new Set(rows)].sort((a, b) => a - b);

const isNil = (expression: FieldExpression): boolean =>
  expression.kind === "literal" && expression.value.type === "nil";

const literal = ({ value }: Extract<FieldExpression, { kind: "literal" }>): Found =>
  value.type === "nil" ? null : value;

function compare(operator: string, a: Found, b: Found): boolean {
  if (a === null || b === null) return false;
  if (operator === "=~" || operator === "!~") {
    if (a.type !== "string") return false;
    return new RegExp(`^(?:${String(b.value)})$`, "s").test(String(a.value)) === (operator === "=~");
  }
  if (a.type !== b.type && !(NUMBERS.has(a.type) && NUMBERS.has(b.type))) return false;
  if (Number.isNaN(a.value) || Number.isNaN(b.value)) return false;
  if (operator === "=") return a.value === b.value;
  if (operator === "!=") return a.value !== b.value;
  if (a.type !== "string" && !NUMBERS.has(a.type)) return false;
  return (
    { "<": a.value < b.value, "<=": a.value <= b.value, ">": a.value > b.value, ">=": a.value >= b.value }[operator] ??
    false
  );
}

function calculate(operator: string, a: Found, b: Found): Found {
  if (a === null || b === null || !NUMBERS.has(a.type) || !NUMBERS.has(b.type)) return null;
  const [x, y] = [Number(a.value), Number(b.value)];
  if (Number.isNaN(x) || Number.isNaN(y)) return null;
  const value = { "+": x + y, "-": x - y, "*": x * y, "/": x / y, "%": x % y, "^": x ** y }[operator] ?? NaN;
  if (a.type !== "int" || b.type !== "int") return { type: "float", value };
  return Number.isFinite(value) ? { type: "int", value: Math.trunc(value) } : null;
}
