/** Words with a meaning: intrinsic fields by how they are written, constants, functions, operators and their ranks. */
import type { AggregateOperator, Intrinsic, Relation, Value } from "./ast.js";

/** Fields that the query engine knows by itself. Source: grafana/tempo/pkg/traceql/enum_attributes.go. */
export const INTRINSICS: ReadonlyMap<string, Intrinsic> = new Map<string, Intrinsic>([
  ["duration", "duration"],
  ["childCount", "childCount"],
  ["name", "name"],
  ["status", "status"],
  ["statusMessage", "statusMessage"],
  ["kind", "kind"],
  ["parent", "parent"],
  ["rootName", "rootName"],
  ["rootServiceName", "rootServiceName"],
  ["traceDuration", "traceDuration"],
  ["nestedSetLeft", "nestedSetLeft"],
  ["nestedSetRight", "nestedSetRight"],
  ["nestedSetParent", "nestedSetParent"],
  ["trace:duration", "traceDuration"],
  ["trace:rootName", "rootName"],
  ["trace:rootService", "rootServiceName"],
  ["trace:id", "trace:id"],
  ["span:duration", "duration"],
  ["span:name", "name"],
  ["span:kind", "kind"],
  ["span:status", "status"],
  ["span:statusMessage", "statusMessage"],
  ["span:childCount", "childCount"],
  ["span:id", "span:id"],
  ["span:parentID", "span:parentID"],
  ["event:name", "event:name"],
  ["event:timeSinceStart", "event:timeSinceStart"],
  ["link:traceID", "link:traceID"],
  ["link:spanID", "link:spanID"],
  ["instrumentation:name", "instrumentation:name"],
  ["instrumentation:version", "instrumentation:version"],
]);

export const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["true", { type: "boolean", value: true }],
  ["false", { type: "boolean", value: false }],
  ["nil", { type: "nil" }],
  ...(["ok", "error", "unset"] as const).map((value): [string, Value] => [value, { type: "status", value }]),
  ...(["unspecified", "internal", "server", "client", "producer", "consumer"] as const).map(
    (value): [string, Value] => [value, { type: "kind", value }],
  ),
]);

export const AGGREGATES: ReadonlyMap<string, AggregateOperator> = new Map(
  (["count", "max", "min", "avg", "sum"] as const).map((name) => [name, name]),
);

/** Ranks of operators, higher binds tighter, as in Tempo's grammar: `&&` and `||` are of one rank. */
export const RANK_AND = 1;
export const RANK_COMPARE = 2;
export const RANK_ADD = 3;
export const RANK_NOT = 4;
export const RANK_MULTIPLY = 5;
export const RANK_POWER = 6;

const RELATIONS: readonly Relation[] = [">", "<", ">>", "<<", "~"];

export const RELATION_OPERATORS: ReadonlySet<string> = new Set(
  RELATIONS.flatMap((relation) => [relation, `!${relation}`, `&${relation}`]),
);

export const SPANSET_OPERATORS: ReadonlySet<string> = new Set<string>(["&&", "||", ...RELATION_OPERATORS]);

export const COMPARISONS: ReadonlySet<string> = new Set(["=", "!=", "<", "<=", ">", ">="]);
export const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "^"]);

/** Of what stands between two operands; undefined for what is no operator. */
export function rankOf(symbol: string): number | undefined {
  if (symbol === "&&" || symbol === "||") return RANK_AND;
  if (COMPARISONS.has(symbol) || RELATION_OPERATORS.has(symbol) || symbol === "=~") return RANK_COMPARE;
  if (symbol === "+" || symbol === "-") return RANK_ADD;
  if (symbol === "*" || symbol === "/" || symbol === "%") return RANK_MULTIPLY;
  return symbol === "^" ? RANK_POWER : undefined;
}

/** What stands within braces; `!~` means no match there, and no sibling between spansets. */
export const FIELD_OPERATORS: ReadonlySet<string> = new Set([...COMPARISONS, ...ARITHMETIC, "=~", "!~", "&&", "||"]);
