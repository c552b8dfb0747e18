/**
 * TraceQL for the editor: words to colours, and what can follow where the cursor stands. Names and values come from what
 * the run has kept. The grammar itself is the server's: mistakes are found there.
 */
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { StreamLanguage } from "@codemirror/language";
import { scopedName } from "./trace-conditions.js";

const INTRINSICS: readonly (readonly [string, string])[] = [
  ["duration", "how long the span took"],
  ["name", "operation of the span"],
  ["status", "ok, error or unset"],
  ["kind", "server, client, producer, consumer, internal"],
  ["statusMessage", "why it failed"],
  ["traceDuration", "from the first start to the last end of the trace"],
  ["rootName", "operation of the root"],
  ["rootServiceName", "service of the root"],
  ["childCount", "spans directly below"],
  ["nestedSetParent", "< 0 for the root of a trace"],
];
const FUNCTIONS = ["count", "avg", "max", "min", "sum", "by", "coalesce", "select"];
const VALUES = ["error", "ok", "unset", "server", "client", "producer", "consumer", "internal", "true", "false", "nil"];
const KEYWORDS = new Set(FUNCTIONS);
const LITERALS = new Set(VALUES);
const FIELDS = new Set(INTRINSICS.map(([name]) => name));

type Rule = readonly [pattern: RegExp, token: string | ((word: string) => string | null) | null];

const RULES: readonly Rule[] = [
  [/^\/\/.*/, "comment"],
  [/^"(?:[^"\\]|\\.)*"?/, "string"],
  [/^`[^`]*`?/, "string"],
  [/^\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h)*/, "number"],
  [/^(?:parent\.)?(?:span|resource|event|link|instrumentation)?\.[^\s{}()=~!<>&|^,]+/, "labelName"],
  [
    /^[A-Za-z_][\w:]*/,
    (word) => (KEYWORDS.has(word) ? "keyword" : LITERALS.has(word) ? "literal" : FIELDS.has(word) ? "labelName" : null),
  ],
  [/^(?:&&|\|\||[!&]?(?:>>|<<|~)|[<>!]=?|=~?|[-+*/%^|])/, "operator"],
  [/^[{}()]/, "brace"],
];

export const traceqlLanguage = StreamLanguage.define({
  name: "traceql",
  token(stream) {
    if (stream.eatSpace()) return null;
    for (const [pattern, token] of RULES) {
      const match = stream.match(pattern);
      if (match === null || match === false || match === true) continue;
      return typeof token === "function" ? token(match[0]) : token;
    }
    stream.next();
    return null;
  },
});

/** What the run knows of its traces. */
export interface TraceqlKnowledge {
  /** Names without scope. */
  attributes(): Promise<readonly string[]>;
  /** Texts as a query has them: strings in quotes, words without. `field` with its scope. */
  values(field: string): Promise<readonly string[]>;
}

/** Where the cursor stands: after an operator a value is wanted, else a field. Pure. */
export type Wanted =
  | { readonly kind: "value"; readonly field: string; readonly from: number }
  | { readonly kind: "field"; readonly from: number }
  | { readonly kind: "stage"; readonly from: number }
  | { readonly kind: "nothing" };

const VALUE_WANTED = /([\w.:\-/]*[\w])\s*(?:!=|=~|!~|>=|<=|=|>|<)\s*("(?:[^"\\]|\\.)*|[\w.\-/]*)$/;
const FIELD_WANTED = /(?:^|[{(]|&&|\|\||\bby\s*\(|,)\s*!?\s*([\w.:\-/]*)$/;
const STAGE_WANTED = /\}\s*\|\s*(\w*)$|\)\s*\|\s*(\w*)$/;

export function wantedAt(before: string): Wanted {
  const value = VALUE_WANTED.exec(before);
  if (value !== null) {
    return { kind: "value", field: value[1] ?? "", from: before.length - (value[2]?.length ?? 0) };
  }
  const stage = STAGE_WANTED.exec(before);
  if (stage !== null) return { kind: "stage", from: before.length - (stage[1] ?? stage[2] ?? "").length };
  const field = FIELD_WANTED.exec(before);
  const isInside =
    before.lastIndexOf("{") > before.lastIndexOf("}") || /\b(?:by|select|avg|max|min|sum)\s*\([^)]*$/.test(before);
  if (field !== null && isInside) return { kind: "field", from: before.length - (field[1]?.length ?? 0) };
  return { kind: "nothing" };
}

const stageOptions: readonly Completion[] = [
  { label: "count() > 1", type: "function", detail: "spans that match in the trace" },
  { label: "avg(duration) > 100ms", type: "function" },
  { label: "max(duration) > 1s", type: "function" },
  { label: "by(resource.service.name)", type: "function", detail: "a spanset for each" },
  { label: "select(span.http.route)", type: "function", detail: "shown with the spans" },
];

/** Completions of names and values; nothing where a question fails. */
export function completeTraceql(
  knowledge: () => TraceqlKnowledge | undefined,
): (context: CompletionContext) => Promise<CompletionResult | null> {
  return async (context) => {
    const wanted = wantedAt(context.state.sliceDoc(0, context.pos));
    const known = knowledge();
    if (wanted.kind === "nothing" || known === undefined) return null;
    if (wanted.kind === "stage") return { from: wanted.from, options: [...stageOptions] };
    if (wanted.kind === "field")
      return { from: wanted.from, options: fieldOptions(await known.attributes()), validFor: /^[\w.:\-/]*$/ };
    const values = await known.values(wanted.field);
    const options = values.map((label): Completion => ({ label, type: "constant" }));
    return options.length === 0 ? null : { from: wanted.from, options, validFor: /^"?[^"]*$/ };
  };
}

function fieldOptions(attributes: readonly string[]): Completion[] {
  return [
    ...INTRINSICS.map(([label, detail]): Completion => ({ label, detail, type: "property", boost: 2 })),
    { label: "resource.service.name", type: "variable", boost: 3 },
    ...attributes
      .filter((name) => name !== "service.name")
      .map((name): Completion => ({ label: scopedName(name), type: "variable" })),
  ];
}
