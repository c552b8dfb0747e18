/**
 * The search by tags that Tempo had before its language: `tags` in logfmt, and bounds of the duration, as a condition of
 * the language. Source: grafana/tempo/pkg/api/http.go, docs/sources/tempo/api_docs.
 */
import type { FieldExpression, FieldOperator, NamedField, Stage, Value } from "../../query/traceql/ast.js";
import { TRUE } from "../../query/traceql/values.js";
import { INTRINSICS } from "../../query/traceql/vocabulary.js";
import { BadTempoRequest } from "./parameters.js";

const NOWHERE = { from: 0, to: 0 };
const NS_PER_US = 1_000;

const INTRINSIC_TAGS: Readonly<Record<string, string | undefined>> = {
  "root.name": "rootName",
  "root.service.name": "rootServiceName",
  "status.code": "status",
};

export function tagStages(
  tags: string,
  minDurationUs: number | undefined,
  maxDurationUs: number | undefined,
): readonly Stage[] {
  const conditions = parseTags(tags).map(([name, value]) => tagCondition(name, value));
  if (minDurationUs !== undefined) conditions.push(traceDuration(">=", minDurationUs));
  if (maxDurationUs !== undefined) conditions.push(traceDuration("<=", maxDurationUs));
  const condition = conditions.reduce((left, right) => binary("&&", left, right), literal(TRUE));
  return [{ kind: "filter", condition, ...NOWHERE }];
}

/** `a=b c="d e"`: pairs in logfmt. */
function parseTags(text: string): readonly (readonly [name: string, value: string])[] {
  const pairs: [string, string][] = [];
  const pattern = /\s*([^\s="]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?=\s|$)/y;
  let at = 0;
  while (text.slice(at).trim() !== "") {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null)
      throw new BadTempoRequest(`invalid tags: logfmt syntax error at pos ${String(at + 1)} on line 1`);
    const [, name, quoted, plain] = match as unknown as [string, string, string | undefined, string | undefined];
    pairs.push([name, quoted === undefined ? (plain ?? "") : quoted.replace(/\\(.)/g, "$1")]);
    at = pattern.lastIndex;
  }
  return pairs;
}

function tagCondition(name: string, text: string): FieldExpression {
  const intrinsic = INTRINSICS.get(INTRINSIC_TAGS[name] ?? name);
  if (name === "error") return binary("=", field({ intrinsic: "status" }), literal(status(text === "true")));
  if (intrinsic === "status" || intrinsic === "kind") {
    return binary("=", field({ intrinsic }), literal({ type: intrinsic, value: text } as Value));
  }
  const named = intrinsic === undefined ? attribute(name) : field({ intrinsic });
  // A tag has no type: what looks like a number or a truth value may be either.
  return otherValues(text).reduce(
    (condition, value) => binary("||", condition, binary("=", named, literal(value))),
    binary("=", named, literal({ type: "string", value: text })),
  );
}

const status = (isError: boolean): Value => ({ type: "status", value: isError ? "error" : "ok" });

function otherValues(text: string): readonly Value[] {
  if (text === "true" || text === "false") return [{ type: "boolean", value: text === "true" }];
  return /^-?\d+(?:\.\d+)?$/.test(text) ? [{ type: "float", value: Number(text) }] : [];
}

const traceDuration = (operator: FieldOperator, us: number): FieldExpression =>
  binary(operator, field({ intrinsic: "traceDuration" }), literal({ type: "duration", value: us * NS_PER_US }));

const literal = (value: Value): FieldExpression => ({ kind: "literal", value, ...NOWHERE });

const binary = (operator: FieldOperator, left: FieldExpression, right: FieldExpression): FieldExpression => ({
  kind: "binary",
  operator,
  left,
  right,
  ...NOWHERE,
});

const field = ({ intrinsic }: Pick<Extract<NamedField, { kind: "intrinsic" }>, "intrinsic">): NamedField => ({
  kind: "intrinsic",
  intrinsic,
  ofParent: false,
  ...NOWHERE,
});

const attribute = (name: string): NamedField => ({
  kind: "attribute",
  scope: "none",
  ofParent: false,
  name,
  ...NOWHERE,
});
