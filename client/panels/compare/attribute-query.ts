/**
 * A compared value as a condition of the query it came from, so that a click includes or excludes it. Not every
 * attribute can be one: a range of own times is no field of a span.
 */
import type { AttributeOrigin, ComparedBin, CompareSignal, CompareLogFilter } from "../../../server/wire/compare.js";
import { quote } from "../../state/compare-url.js";

export interface Narrowed {
  readonly query: string;
  readonly logs?: CompareLogFilter;
}

/** Undefined where the language cannot say it. */
export function narrow(
  signal: CompareSignal,
  { query, logs }: Narrowed,
  {
    origin,
    bin,
    operator,
  }: { readonly origin: AttributeOrigin; readonly bin: ComparedBin; readonly operator: "=" | "!=" },
): Narrowed | undefined {
  if (signal === "metrics") {
    const matcher =
      origin.kind === "field" && bin.value !== undefined ? `${origin.name}${operator}${quote(bin.value)}` : undefined;
    const narrowed = matcher === undefined ? undefined : withMatcher(query, matcher);
    return narrowed === undefined ? undefined : { query: narrowed };
  }
  if (signal === "logs") return narrowLogs({ query, ...(logs !== undefined && { logs }) }, origin, bin, operator);
  const condition = spanCondition(origin, bin, operator);
  if (condition !== undefined) return { query: withCondition(query, condition) };
  return origin.kind === "served-by" && bin.value !== undefined && operator === "="
    ? {
        query: `${query.trim() === "" ? "{ }" : query} >> { resource.service.name = ${quote(origin.service)} && resource.${origin.name} = ${quote(bin.value)} }`,
      }
    : undefined;
}

const INTRINSIC_WORDS: ReadonlySet<string> = new Set(["kind", "status"]);

function spanCondition(origin: AttributeOrigin, bin: ComparedBin, operator: "=" | "!="): string | undefined {
  if (origin.kind !== "field") return undefined;
  const field = origin.scope === "intrinsic" ? origin.name : `${origin.scope}.${origin.name}`;
  const unit = origin.name === "duration" ? "us" : "";
  if (bin.value !== undefined) {
    const isBare =
      INTRINSIC_WORDS.has(origin.name) ||
      bin.fromNumber !== undefined ||
      /^(true|false)$/.test(bin.value) ||
      isCode(origin.name, bin.value);
    return `${field} ${operator} ${isBare ? bin.value + unit : quote(bin.value)}`;
  }
  if (bin.fromNumber === undefined || bin.toNumber === undefined) return undefined;
  const [least, most] = [`${plain(bin.fromNumber)}${unit}`, `${plain(bin.toNumber)}${unit}`];
  return operator === "="
    ? `${field} >= ${least} && ${field} <= ${most}`
    : `(${field} < ${least} || ${field} > ${most})`;
}

/** Codes are numbers, although they are compared as values. */
const isCode = (name: string, value: string): boolean => /(?:status_code|port)$/.test(name) && /^\d+$/.test(value);

const plain = (number: number): string => String(Math.round(number * 1_000) / 1_000);

/** Into the first braces of a TraceQL query. */
function withCondition(query: string, condition: string): string {
  const filter = /^\s*\{([^{}]*)\}/.exec(query);
  if (query.trim() === "") return `{ ${condition} }`;
  if (filter === null) return `${query} && { ${condition} }`;
  const inner = (filter[1] ?? "").trim();
  const merged = inner === "" || inner === "true" ? condition : `${inner} && ${condition}`;
  return `{ ${merged} }${query.slice(filter[0].length)}`;
}

/** Into the first selector of a PromQL query. */
function withMatcher(query: string, matcher: string): string | undefined {
  const braces = /\{([^{}]*)\}/.exec(query);
  if (braces !== null) {
    const inner = (braces[1] ?? "").trim().replace(/,$/, "");
    return `${query.slice(0, braces.index)}{${inner === "" ? "" : `${inner},`}${matcher}}${query.slice(braces.index + braces[0].length)}`;
  }
  const range = /[A-Za-z_:][\w:]*(?=\s*\[)/.exec(query) ?? /^\s*[A-Za-z_:][\w:]*(?=\s*$)/.exec(query);
  if (range === null) return undefined;
  const end = range.index + range[0].length;
  return `${query.slice(0, end)}{${matcher}}${query.slice(end)}`;
}

function narrowLogs(
  held: Narrowed,
  origin: AttributeOrigin,
  bin: ComparedBin,
  operator: "=" | "!=",
): Narrowed | undefined {
  if (bin.value === undefined) return undefined;
  if (held.query.trim() !== "") {
    if (origin.kind === "pattern") {
      return { query: `${held.query} ${operator === "=" ? "|>" : "!>"} ${quote(bin.value)}` };
    }
    if (origin.kind !== "field") return undefined;
    return { query: `${held.query} | ${origin.name.replace(/[^\w]/g, "_")}${operator}${quote(bin.value)}` };
  }
  const logs = held.logs ?? {};
  if (origin.kind !== "field") return undefined;
  if (origin.name === "service" && operator === "=") return { query: "", logs: { ...logs, services: [bin.value] } };
  const fields = [...(logs.fields ?? []), { name: origin.name, operator, value: bin.value }];
  return { query: "", logs: { ...logs, fields } };
}
