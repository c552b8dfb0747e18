/** Conditions that other tools' searches come down to, as parts of this language. They have no place in any text. */
import type { FieldExpression, FieldOperator, Intrinsic, NamedField, SpansetFilter, Value } from "./ast.js";
import { INTRINSICS } from "./vocabulary.js";
import { TRUE } from "./values.js";

const NOWHERE = { from: 0, to: 0 };
const NS_PER_US = 1_000;

/** A filter for spans that meet all of them. */
export function filterOf(conditions: readonly FieldExpression[]): SpansetFilter {
  const [first = literal(TRUE), ...rest] = conditions;
  const condition = rest.reduce((left, right) => binary("&&", left, right), first);
  return { kind: "filter", condition, ...NOWHERE };
}

export const serviceIs = (service: string): FieldExpression =>
  binary("=", attribute("resource", "service.name"), literal({ type: "string", value: service }));

export const nameIs = (name: string): FieldExpression =>
  binary("=", intrinsic("name"), literal({ type: "string", value: name }));

export const kindIs = (kind: string): FieldExpression =>
  binary("=", intrinsic("kind"), literal({ type: "kind", value: kind } as Value));

export const statusIs = (value: "error" | "ok"): FieldExpression =>
  binary("=", intrinsic("status"), literal({ type: "status", value }));

export const durationIs = (
  operator: ">=" | "<=",
  us: number,
  of: "duration" | "traceDuration" = "duration",
): FieldExpression => binary(operator, intrinsic(of), literal({ type: "duration", value: us * NS_PER_US }));

export const hasAttribute = (name: string): FieldExpression =>
  binary("!=", attribute("none", name), literal({ type: "nil" }));

/** A tag as other tools have it, without a type: what looks like a number or a truth value may be either. */
export function tagIs(name: string, text: string): FieldExpression {
  if (name === "error") return text === "true" ? statusIs("error") : binary("!=", intrinsic("status"), errorStatus);
  if (name === "span.kind") return kindIs(text);
  const known = INTRINSICS.get(INTRINSIC_TAGS[name] ?? name);
  if (known === "status" || known === "kind") {
    return binary("=", intrinsic(known), literal({ type: known, value: text.toLowerCase() } as Value));
  }
  const named = known === undefined ? attribute("none", name) : intrinsic(known);
  return otherValues(text).reduce(
    (condition, value) => binary("||", condition, binary("=", named, literal(value))),
    binary("=", named, literal({ type: "string", value: text })),
  );
}

const INTRINSIC_TAGS: Readonly<Record<string, string | undefined>> = {
  "root.name": "rootName",
  "root.service.name": "rootServiceName",
  "status.code": "status",
  "otel.status_code": "status",
};

function otherValues(text: string): readonly Value[] {
  if (text === "true" || text === "false") return [{ type: "boolean", value: text === "true" }];
  return /^-?\d+(?:\.\d+)?$/.test(text) ? [{ type: "float", value: Number(text) }] : [];
}

const literal = (value: Value): FieldExpression => ({ kind: "literal", value, ...NOWHERE });
const errorStatus = literal({ type: "status", value: "error" });

const binary = (operator: FieldOperator, left: FieldExpression, right: FieldExpression): FieldExpression => ({
  kind: "binary",
  operator,
  left,
  right,
  ...NOWHERE,
});

export const intrinsic = (name: Intrinsic): NamedField => ({
  kind: "intrinsic",
  intrinsic: name,
  ofParent: false,
  ...NOWHERE,
});

export const attribute = (scope: "none" | "resource", name: string): NamedField => ({
  kind: "attribute",
  scope,
  ofParent: false,
  name,
  ...NOWHERE,
});
