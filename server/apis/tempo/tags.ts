/** Which tags there are and which values they have. Source: grafana/tempo/docs/sources/tempo/api_docs. */
import type { FieldExpression, NamedField, Value } from "../../query/traceql/ast.js";
import { SpanContext } from "../../query/traceql/compile-field.js";
import { TraceqlBudget } from "../../query/traceql/limits.js";
import { findRows } from "../../query/traceql/search.js";
import { keyOf, numberOf, textOf } from "../../query/traceql/values.js";
import { INTRINSICS } from "../../query/traceql/vocabulary.js";
import { isResourceAttribute } from "../../telemetry/stored-spans.js";
import type { ApiWorld } from "../api-world.js";
import type { Window } from "./parameters.js";

export interface TagScope {
  readonly name: string;
  readonly tags: readonly string[];
}

const EVENT_TAGS = ["exception.message", "exception.stacktrace", "exception.type", "retry.attempt"];

/** Attribute names by where they stand, and the fields that the language knows by itself. */
export function tagScopes(world: ApiWorld): readonly TagScope[] {
  const { attributes } = world.traces.vocabulary();
  const names = [...new Set([...attributes, "service.name", "service.instance.id"])].sort();
  return [
    { name: "resource", tags: names.filter(isResourceAttribute) },
    { name: "span", tags: names.filter((name) => !isResourceAttribute(name) && !EVENT_TAGS.includes(name)) },
    { name: "event", tags: EVENT_TAGS },
    { name: "intrinsic", tags: [...INTRINSICS.keys()].filter((name) => name !== "parent").sort() },
  ];
}

/** Newest spans that are read for the names of their attributes. */
const SPANS_NAMED_MAX = 2_000;

/** Of `scopes` the names that the newest spans of the window which meet the condition have; intrinsics stay. */
export function scopesOf(
  world: ApiWorld,
  scopes: readonly TagScope[],
  condition: FieldExpression,
  window: Window,
): readonly TagScope[] {
  const budget = new TraceqlBudget(undefined, world.clockMs);
  const seen = new Set<string>();
  let spans = 0;
  for (const columns of [...world.traces.stretches()].reverse()) {
    const rows = findRows(new SpanContext(columns, budget), [condition], window);
    for (let at = rows.length - 1; at >= 0 && spans < SPANS_NAMED_MAX; at--, spans++) {
      const { resource, span, events } = columns.detail(rows[at]);
      for (const attributes of [resource, span, ...events.map((event) => event.attributes)])
        for (const name in attributes) seen.add(name);
    }
  }
  return scopes
    .map(({ name, tags }) => ({ name, tags: name === "intrinsic" ? tags : tags.filter((tag) => seen.has(tag)) }))
    .filter(({ tags }) => tags.length > 0);
}

/** Spans whose attributes are rendered for one list of values; what is rarer than that is not in the list. */
const SPANS_RENDERED_MAX = 50_000;

/** How many values are wanted, and after how many spans without a new one nobody looks further. */
export interface TagLimits {
  readonly values: number;
  /** 0 looks at all. */
  readonly staleSpans: number;
}

/** Different values of a field on spans of the window that meet the condition, newest first. */
export function tagValues(
  world: ApiWorld,
  field: NamedField,
  condition: FieldExpression | undefined,
  window: Window,
  limits: TagLimits,
): readonly Value[] {
  const budget = new TraceqlBudget(undefined, world.clockMs);
  const values = new Map<string, Value>();
  const add = (value: Value): void => {
    if (value.type === "nil" || values.size >= limits.values || values.has(keyOf(value))) return;
    values.set(keyOf(value), value);
    stale = 0;
  };
  let stale = 0;
  const isDone = (): boolean => values.size >= limits.values || (limits.staleSpans > 0 && stale++ >= limits.staleSpans);
  let rendered = 0;
  for (const columns of [...world.traces.stretches()].reverse()) {
    const context = new SpanContext(columns, budget);
    const read = context.read(field);
    const constants: (Value | null | undefined)[] = [];
    const rows = findRows(context, condition === undefined ? undefined : [condition], window);
    for (let at = rows.length - 1; at >= 0 && !isDone(); at--) {
      const row = rows[at];
      const shape = columns.shape(row);
      if (constants[shape] === undefined) {
        const constant = context.constantOf(shape, field);
        constants[shape] = constant ?? null;
        if (constant !== undefined) add(constant);
      }
      if (constants[shape] === null && rendered++ < SPANS_RENDERED_MAX) add(read(row));
    }
  }
  return [...values.values()].sort(compareForLists);
}

/** Numbers by size, before texts by alphabet. */
function compareForLists(a: Value, b: Value): number {
  const difference = numberOf(a) - numberOf(b);
  if (!Number.isNaN(difference)) return difference;
  return textOf(a) < textOf(b) ? -1 : 1;
}

const TYPE_NAMES: Readonly<Partial<Record<Value["type"], string>>> = {
  boolean: "bool",
  status: "keyword",
  kind: "keyword",
};

export const typedValue = (value: Value): { readonly type: string; readonly value: string } => ({
  type: TYPE_NAMES[value.type] ?? value.type,
  value: textOf(value),
});
