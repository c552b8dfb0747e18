/**
 * Conditions on a span as chips, and the TraceQL that they are. What stands in the URL is the chips' own short text; a
 * query that is no more than chips can be read back into them, any other is the editor's alone. Pure.
 */

export type ConditionOperator = "=" | "!=" | "=~" | "!~" | ">" | ">=" | "<" | "<=";

export const CONDITION_OPERATORS: readonly ConditionOperator[] = ["=", "!=", "=~", "!~", ">", ">=", "<", "<="];

/** One attribute of the span or of its process. */
export interface TagCondition {
  readonly name: string;
  readonly operator: ConditionOperator;
  /** As typed: what looks like a number or a truth value is one, unless it stands in double quotes. */
  readonly value: string;
}

/** All of them hold on one and the same span of a trace. Durations are texts with a unit. */
export interface SpanConditions {
  readonly service?: string;
  readonly operation?: string;
  readonly status?: "ok" | "error";
  readonly minDuration?: string;
  readonly maxDuration?: string;
  readonly tags: readonly TagCondition[];
}

const NAME = /^[A-Za-z_][\w.\-/]*/;
const OPERATOR = /^\s*(!=|=~|!~|>=|<=|=|>|<)\s*/;
const VALUE = /^(?:"((?:[^"\\]|\\.)*)"|([^\s"\\]+))(?=\s|$)/;

export type TagParse =
  | { readonly ok: true; readonly tags: readonly TagCondition[] }
  | { readonly ok: false; readonly offset: number; readonly message: string };

/** Reads `http.route=/cart app.retries>2 db.system!="a b"`. */
export function parseTags(text: string): TagParse {
  const tags: TagCondition[] = [];
  let at = 0;
  const rest = (): string => text.slice(at);
  for (;;) {
    at += /^\s*/.exec(rest())?.[0].length ?? 0;
    if (at >= text.length) return { ok: true, tags };
    const start = at;
    const name = NAME.exec(rest())?.[0] ?? "";
    at += name.length;
    const operator = OPERATOR.exec(rest());
    at += operator?.[0].length ?? 0;
    const value = VALUE.exec(rest());
    if (name === "" || operator === null || value === null) {
      const message = `Expected name=value, name!="a value" or name>5 at character ${String(start + 1)}: ${text.slice(start, start + 24)}`;
      return { ok: false, offset: start, message };
    }
    at += value[0].length;
    const quoted = value[1]?.replace(/\\(.)/g, "$1");
    const keepsQuotes = quoted !== undefined && isTyped(quoted);
    tags.push({
      name,
      operator: operator[1] as ConditionOperator,
      value: keepsQuotes ? `"${quoted}"` : (quoted ?? value[2] ?? ""),
    });
  }
}

export function printTags(tags: readonly TagCondition[]): string {
  return tags
    .map(({ name, operator, value }) => {
      // What begins like an operator would be read as part of one.
      const bare = /^[^\s"\\=~<>!][^\s"\\]*$/.test(value) || /^"[^"\\]*"$/.test(value);
      return `${name}${operator}${bare ? value : `"${value.replace(/["\\]/g, "\\$&")}"`}`;
    })
    .join(" ");
}

/** The tags with one more, in place of its opposite. */
export function withTag(tags: readonly TagCondition[], tag: TagCondition): readonly TagCondition[] {
  return [...tags.filter(({ name, value }) => name !== tag.name || value !== tag.value), tag];
}

/** Whether a text is a number, a truth value or a duration to the language. */
const isTyped = (text: string): boolean => /^(?:-?\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h)?|true|false)$/.test(text);

/** Attributes with these beginnings are of the process, the others of the span. */
const OF_RESOURCE = /^(?:service|k8s|host|cloud|deployment|container|process|telemetry|os)\./;

/** The name with its scope, as a query needs it. */
export function scopedName(name: string): string {
  const scope = OF_RESOURCE.test(name) ? "resource" : "span";
  return /[\s{}()=~!<>&|^,"\\]/.test(name) ? `${scope}.${quote(name)}` : `${scope}.${name}`;
}

const quote = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

function tagText({ name, operator, value }: TagCondition): string {
  const inner = /^"(.*)"$/s.exec(value)?.[1];
  const isPattern = operator === "=~" || operator === "!~";
  // Truth has no order.
  const isPlain = isTyped(value) && !isPattern && (!/^(?:true|false)$/.test(value) || /^!?=$/.test(operator));
  const text = inner !== undefined ? quote(inner) : isPlain ? value : quote(value);
  return `${scopedName(name)} ${operator} ${text}`;
}

/** One spanset filter with all conditions; `{}` for none. */
export function traceqlOf(conditions: SpanConditions): string {
  const { service, operation, status, minDuration, maxDuration, tags } = conditions;
  const parts = [
    ...(service === undefined ? [] : [`resource.service.name = ${quote(service)}`]),
    ...(operation === undefined ? [] : [`name = ${quote(operation)}`]),
    ...(status === undefined ? [] : [`status = ${status}`]),
    ...(minDuration === undefined ? [] : [`duration >= ${minDuration}`]),
    ...(maxDuration === undefined ? [] : [`duration <= ${maxDuration}`]),
    ...tags.map(tagText),
  ];
  return parts.length === 0 ? "{}" : `{ ${parts.join(" && ")} }`;
}

const PART =
  /^\s*((?:span|resource|)\.[\w.\-/]+|[A-Za-z]+)\s*(!=|=~|!~|>=|<=|=|>|<)\s*("(?:[^"\\]|\\.)*"|[\w.µ-]+)\s*(?:&&|$)/;

type Draft = { -readonly [Key in keyof SpanConditions]: SpanConditions[Key] } & { tags: TagCondition[] };

/** The chips that a query is; undefined where it is more than chips can say. */
export function conditionsOf(query: string): SpanConditions | undefined {
  const inner = /^\s*\{([^{}]*)\}\s*$/.exec(query)?.[1];
  if (inner === undefined) return undefined;
  const draft: Draft = { tags: [] };
  let rest = inner.trim();
  while (rest !== "") {
    const match = PART.exec(rest);
    if (match === null) return undefined;
    const [whole, field = "", operator, value = ""] = match;
    if (!takePart(draft, { field, operator: operator as ConditionOperator, value })) return undefined;
    const after = rest.slice(whole.length).trim();
    // An operator with nothing behind it is not finished.
    if (after === "" && whole.trimEnd().endsWith("&&")) return undefined;
    rest = after;
  }
  return draft;
}

interface Part {
  readonly field: string;
  readonly operator: ConditionOperator;
  readonly value: string;
}

function takePart(draft: Draft, part: Part): boolean {
  const { field, operator, value } = part;
  const text = /^"(.*)"$/s.exec(value)?.[1]?.replace(/\\(.)/g, "$1");
  const take = FIELDS[`${field} ${operator}`];
  if (take !== undefined) return take(draft, text ?? value, text !== undefined);
  const name = /^(?:span|resource)\.(.+)$/.exec(field)?.[1];
  // A chip has no scope: it has to be the one that the name gets by itself.
  if (name === undefined || scopedName(name) !== field) return false;
  draft.tags.push({ name, operator, value: text === undefined ? value : isTyped(text) ? `"${text}"` : text });
  return true;
}

/** False: it is there already, or of the wrong kind. */
type Take = (draft: Draft, value: string, quoted: boolean) => boolean;

const once =
  (key: "service" | "operation" | "minDuration" | "maxDuration", isQuoted: boolean): Take =>
  (draft, value, quoted) => {
    if (draft[key] !== undefined || quoted !== isQuoted) return false;
    draft[key] = value;
    return true;
  };

const FIELDS: Readonly<Record<string, Take>> = {
  "resource.service.name =": once("service", true),
  "name =": once("operation", true),
  "duration >=": once("minDuration", false),
  "duration <=": once("maxDuration", false),
  "status =": (draft, value, quoted) => {
    if (draft.status !== undefined || quoted || (value !== "ok" && value !== "error")) return false;
    draft.status = value;
    return true;
  },
};
