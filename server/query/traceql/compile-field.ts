/**
 * Field expressions as functions of a row, made for each shape of span: what the shape decides (service, name, kind,
 * status, attributes that all such spans have alike) is computed once, and a condition that it decides alone costs
 * nothing for each span. Only what is left reads columns, and only what is left of that renders attributes.
 */
import type { SpanColumns, SpanDetail, SpanShape } from "../../telemetry/span-reader.js";
import type {
  AttributeField,
  BinaryField,
  ComparisonOperator,
  FieldExpression,
  Intrinsic,
  NamedField,
  Value,
} from "./ast.js";
import type { TraceqlBudget } from "./limits.js";
import { TraceFacts } from "./trace-facts.js";
import {
  calculate,
  COMPARE_NUMBERS,
  compareValues,
  compilePattern,
  FALSE,
  isComparison,
  isTrue,
  negate,
  NIL,
  numberOf,
  TRUE,
  valueOf,
} from "./values.js";
import { ARITHMETIC } from "./vocabulary.js";

/** Of one span there may be several values: of its events, of its links. */
type Values = Value | readonly Value[];

/** A constant, or a function of the row. */
type Compiled = { readonly constant: Values } | ((row: number) => Values);

/** Decided, or a function of the row. */
export type Test = boolean | ((row: number) => boolean);

const NS_PER_US = 1_000;

/** Rendered spans that are remembered: more than a trace has. */
const REMEMBERED_MAX = 4_096;

/** Spans of one stretch with what is computed and rendered of them for one query. */
export class SpanContext {
  readonly facts: TraceFacts;
  readonly #details = new Map<number, SpanDetail>();
  #lastRow = -1;

  constructor(
    readonly columns: SpanColumns,
    readonly budget: TraceqlBudget,
  ) {
    this.facts = new TraceFacts(columns);
  }

  detail(row: number): SpanDetail {
    let detail = this.#details.get(row);
    if (detail === undefined) {
      this.budget.addRendered();
      if (this.#details.size >= REMEMBERED_MAX) this.#details.clear();
      this.#details.set(row, (detail = this.columns.detail(row)));
    }
    return detail;
  }

  /** One attribute of a span whose others may not be asked for. */
  attribute(row: number, name: string, scope: AttributeField["scope"]): Value {
    if (row !== this.#lastRow) {
      this.budget.addRendered();
      this.#lastRow = row;
    }
    return valueOf(this.columns.attribute(row, name, scope === "span" || scope === "resource" ? scope : "either"));
  }

  /** The first of the values of a field, nil for none. */
  read(field: FieldExpression): (row: number) => Value {
    const byShape: (Compiled | undefined)[] = [];
    return (row) => {
      const shape = this.columns.shape(row);
      const compiled = (byShape[shape] ??= new ShapeCompiler(this, shape).field(field));
      const values = typeof compiled === "function" ? compiled(row) : compiled.constant;
      return isSeveral(values) ? (values.at(0) ?? NIL) : values;
    };
  }

  /** The value that a field has on all spans of a shape; undefined where it differs. */
  constantOf(shape: number, field: FieldExpression): Value | undefined {
    const compiled = new ShapeCompiler(this, shape).field(field);
    return typeof compiled === "function" || isSeveral(compiled.constant) ? undefined : compiled.constant;
  }

  /** A condition as a function of the row. */
  test(condition: FieldExpression): (row: number) => boolean {
    const byShape: (Test | undefined)[] = [];
    return (row) => {
      const shape = this.columns.shape(row);
      const test = (byShape[shape] ??= this.testFor(shape, condition));
      return typeof test === "boolean" ? test : test(row);
    };
  }

  testFor(shape: number, condition: FieldExpression): Test {
    return new ShapeCompiler(this, shape).test(condition);
  }
}

const isSeveral = (values: Values): values is readonly Value[] => Array.isArray(values);

class ShapeCompiler {
  readonly #shape: SpanShape;

  constructor(
    readonly context: SpanContext,
    shape: number,
  ) {
    this.#shape = context.columns.shapeOf(shape);
  }

  test(expression: FieldExpression): Test {
    if (expression.kind === "binary") {
      const { operator, left, right } = expression;
      if (operator === "&&") return both(this.test(left), this.test(right));
      if (operator === "||") return either(this.test(left), this.test(right));
      if (!ARITHMETIC.has(operator)) return this.#comparison(expression);
    }
    const compiled = this.field(expression);
    if (typeof compiled !== "function") return someOf(compiled.constant, isTrue);
    return (row) => someOf(compiled(row), isTrue);
  }

  field(expression: FieldExpression): Compiled {
    switch (expression.kind) {
      case "literal":
        return { constant: expression.value };
      case "attribute":
      case "intrinsic":
        return this.#named(expression);
      case "unary":
        return expression.operator === "-"
          ? map(this.field(expression.operand), negate)
          : this.#not(expression.operand);
      case "binary": {
        const { operator } = expression;
        if (!isArithmetic(operator)) return asValue(this.test(expression));
        return map2(this.field(expression.left), this.field(expression.right), (a, b) => calculate(operator, a, b));
      }
    }
  }

  /** What is not there is neither true nor false. */
  #not(operand: FieldExpression): Compiled {
    return map(this.field(operand), (value) => (value.type !== "boolean" ? NIL : value.value ? FALSE : TRUE));
  }

  #comparison({ operator, left, right }: BinaryField): Test {
    if (operator === "=~" || operator === "!~") {
      if (right.kind !== "literal" || right.value.type !== "string") return false;
      return some(this.field(left), compilePattern(operator, right.value.value));
    }
    if (!isComparison(operator)) return false;
    if (isNil(left) && isNil(right)) return false;
    if (isNil(right)) return this.#presence(operator, left);
    if (isNil(left)) return this.#presence(operator, right);
    return ownColumn(this.context, operator, left, right) ?? this.#generalComparison(operator, left, right);
  }

  #generalComparison(operator: ComparisonOperator, left: FieldExpression, right: FieldExpression): Test {
    const a = this.field(left);
    const b = this.field(right);
    if (typeof b !== "function")
      return some(a, (value) => someOf(b.constant, (other) => compareValues(operator, value, other)));
    if (typeof a !== "function")
      return some(b, (value) => someOf(a.constant, (other) => compareValues(operator, other, value)));
    return (row) => {
      const others = b(row);
      return someOf(a(row), (value) => someOf(others, (other) => compareValues(operator, value, other)));
    };
  }

  /** `= nil` and `!= nil`. */
  #presence(operator: ComparisonOperator, of: FieldExpression): Test {
    if (operator !== "=" && operator !== "!=") return false;
    const compiled = this.field(of);
    const holds = (values: Values): boolean => someOf(values, ({ type }) => type !== "nil") === (operator === "!=");
    return typeof compiled === "function" ? (row) => holds(compiled(row)) : holds(compiled.constant);
  }

  #named(field: NamedField): Compiled {
    if (field.ofParent) return this.#ofParent(field);
    return field.kind === "attribute" ? this.#attribute(field) : this.#intrinsic(field.intrinsic);
  }

  #ofParent(field: NamedField): Compiled {
    const { context } = this;
    const { columns } = context;
    const read = context.read({ ...field, ofParent: false });
    return (row) => {
      const parent = columns.parent(row);
      return parent >= 0 && columns.isSeen(parent) ? read(parent) : NIL;
    };
  }

  #attribute({ scope, name }: AttributeField): Compiled {
    const { context } = this;
    if (scope === "event") return (row) => context.detail(row).events.map(({ attributes }) => own(attributes, name));
    if (scope === "link") return (row) => context.detail(row).links.map(({ attributes }) => own(attributes, name));
    if (scope === "instrumentation") return (row) => own(context.detail(row).instrumentation.attributes, name);
    const ofSpan = scope === "resource" ? null : this.#shape.spanAttribute(name);
    if (ofSpan !== undefined && ofSpan !== null) return { constant: valueOf(ofSpan) };
    const ofResource = scope === "span" ? null : this.#shape.resourceAttribute(name);
    if (ofSpan === null && ofResource !== undefined) return { constant: valueOf(ofResource) };
    return (row) => context.attribute(row, name, scope);
  }

  #intrinsic(intrinsic: Intrinsic): Compiled {
    const constant = CONSTANT_INTRINSICS[intrinsic]?.(this.#shape);
    if (constant !== undefined) return { constant };
    const read = ROW_INTRINSICS[intrinsic];
    const { context } = this;
    return read === undefined ? { constant: NIL } : (row) => read(context, row);
  }
}

const own = (attributes: Readonly<Record<string, string | number | boolean>>, name: string): Value =>
  Object.hasOwn(attributes, name) ? valueOf(attributes[name]) : NIL;

/** Comparisons of the span's own duration, or of being a root, with a number need no values. */
function ownColumn(
  { columns }: SpanContext,
  operator: ComparisonOperator,
  left: FieldExpression,
  right: FieldExpression,
): Test | undefined {
  if (left.kind !== "intrinsic" || left.ofParent) return undefined;
  const bound = right.kind === "literal" ? numberOf(right.value) : negativeOf(right);
  if (Number.isNaN(bound)) return undefined;
  const holds = COMPARE_NUMBERS[operator];
  if (left.intrinsic === "duration") return (row) => holds(columns.durationUs(row) * NS_PER_US, bound);
  // A root has -1, every other span 1 or more: where they are compared with no more than 0, the number does not matter.
  if (left.intrinsic !== "nestedSetParent" || bound > 0) return undefined;
  const [ofRoots, ofOthers] = [holds(-1, bound), holds(1, bound)];
  return (row) => (columns.parent(row) < 0 ? ofRoots : ofOthers);
}

/** The value of `-1`, which is written as an operation. */
const negativeOf = (expression: FieldExpression): number =>
  expression.kind === "unary" && expression.operator === "-" && expression.operand.kind === "literal"
    ? -numberOf(expression.operand.value)
    : Number.NaN;

const text = (value: string): Value => ({ type: "string", value });
const count = (value: number): Value => ({ type: "int", value });
const duration = (us: number): Value => ({ type: "duration", value: us * NS_PER_US });

const CONSTANT_INTRINSICS: Readonly<Partial<Record<Intrinsic, (shape: SpanShape) => Value>>> = {
  name: ({ name }) => text(name),
  kind: ({ kind }) => ({ type: "kind", value: kind }),
  status: ({ status }) => ({ type: "status", value: status }),
  statusMessage: ({ statusMessage }) => text(statusMessage),
};

const ROW_INTRINSICS: Readonly<Partial<Record<Intrinsic, (context: SpanContext, row: number) => Values>>> = {
  duration: ({ columns }, row) => duration(columns.durationUs(row)),
  traceDuration: ({ facts }, row) => duration(facts.traceDurationUs(row)),
  rootName: ({ facts }, row) => text(facts.rootName(row)),
  rootServiceName: ({ facts }, row) => text(facts.rootService(row)),
  childCount: ({ facts }, row) => count(facts.childCount(row)),
  nestedSetLeft: ({ facts }, row) => count(facts.nested.left[row]),
  nestedSetRight: ({ facts }, row) => count(facts.nested.right[row]),
  nestedSetParent: ({ facts }, row) => count(facts.nestedParent(row)),
  parent: ({ columns }, row) => (columns.parent(row) < 0 ? NIL : TRUE),
  "trace:id": ({ columns }, row) => text(columns.traceId(row)),
  "span:id": ({ columns }, row) => text(columns.spanId(row)),
  "span:parentID": ({ columns }, row) => {
    const parent = columns.parent(row);
    return parent < 0 ? NIL : text(columns.spanId(parent));
  },
  "event:name": (context, row) => context.detail(row).events.map(({ name }) => text(name)),
  "event:timeSinceStart": (context, row) => {
    const startUs = context.columns.startUs(row);
    return context.detail(row).events.map(({ timeUs }) => duration(timeUs - startUs));
  },
  "link:traceID": (context, row) => context.detail(row).links.map(({ traceId }) => text(traceId)),
  "link:spanID": (context, row) => context.detail(row).links.map(({ spanId }) => text(spanId)),
  "instrumentation:name": (context, row) => text(context.detail(row).instrumentation.name),
  "instrumentation:version": (context, row) => text(context.detail(row).instrumentation.version),
};

const isArithmetic = (
  operator: BinaryField["operator"],
): operator is Extract<typeof operator, "+" | "-" | "*" | "/" | "%" | "^"> => ARITHMETIC.has(operator);

const isNil = (expression: FieldExpression): boolean =>
  expression.kind === "literal" && expression.value.type === "nil";

/** Whether one of the values fits. */
function someOf(values: Values, fits: (value: Value) => boolean): boolean {
  return isSeveral(values) ? values.some(fits) : fits(values);
}

const some = (compiled: Compiled, fits: (value: Value) => boolean): Test =>
  typeof compiled === "function" ? (row) => someOf(compiled(row), fits) : someOf(compiled.constant, fits);

function both(left: Test, right: Test): Test {
  if (left === false || right === false) return false;
  if (left === true) return right;
  return right === true ? left : (row) => left(row) && right(row);
}

function either(left: Test, right: Test): Test {
  if (left === true || right === true) return true;
  if (left === false) return right;
  return right === false ? left : (row) => left(row) || right(row);
}

const asValue = (test: Test): Compiled =>
  typeof test === "function" ? (row) => (test(row) ? TRUE : FALSE) : { constant: test ? TRUE : FALSE };

function mapValues(values: Values, change: (value: Value) => Value): Values {
  return isSeveral(values) ? values.map(change) : change(values);
}

const map = (compiled: Compiled, change: (value: Value) => Value): Compiled =>
  typeof compiled === "function"
    ? (row) => mapValues(compiled(row), change)
    : { constant: mapValues(compiled.constant, change) };

/** Of several values on the right the first counts. */
function map2(left: Compiled, right: Compiled, change: (a: Value, b: Value) => Value): Compiled {
  const first = (values: Values): Value => (isSeveral(values) ? (values.at(0) ?? NIL) : values);
  if (typeof left !== "function" && typeof right !== "function") {
    const b = first(right.constant);
    return { constant: mapValues(left.constant, (a) => change(a, b)) };
  }
  return (row) => {
    const b = first(typeof right === "function" ? right(row) : right.constant);
    return mapValues(typeof left === "function" ? left(row) : left.constant, (a) => change(a, b));
  };
}
