/**
 * What a text in LogQL is, for an editor: its mistakes with ways to mend them, whether it gives lines or numbers, and the
 * same in the parts of a search form, where a form can say it.
 */
import type { LogFilterParts, LogqlReading } from "../../wire/logs.js";
import type { FieldFilter, LogLevel } from "../../wire/telemetry.js";
import { labelOfAttribute } from "../../telemetry/log-lines.js";
import type { LabelMatcher } from "../../telemetry/metric-reader.js";
import type { LineFilter, LogSelector, Stage } from "./ast.js";
import { fixesOf } from "./fixes.js";
import { parseLogql } from "./parse.js";
import { compileStages } from "./pipeline.js";
import { prettyLogql } from "./print.js";
import { diagnosticOf, ParseFailure } from "./problem.js";

const LEVELS: readonly LogLevel[] = ["error", "warn", "info", "debug"];

/** `attributeNames`: as spans have them; LogQL knows `http.route` as `http_route`. */
export function readLogql(text: string, attributeNames: readonly string[]): LogqlReading {
  const parsed = parseLogql(text);
  if (!parsed.ok) {
    const { diagnostic } = parsed.error;
    const fixes = fixesOf(text, diagnostic);
    const message = inPlainWords(diagnostic.message);
    return { kind: "error", diagnostics: [{ ...diagnostic, message, ...(fixes.length === 0 ? {} : { fixes }) }] };
  }
  const pretty = prettyLogql(parsed.value);
  if (parsed.value.kind !== "log") return { kind: "metric", pretty };
  try {
    compileStages(parsed.value.stages);
  } catch (error) {
    if (!(error instanceof ParseFailure)) throw error;
    return { kind: "error", diagnostics: [diagnosticOf(text, error.problem)] };
  }
  const parts = partsOf(parsed.value, attributeNames);
  return typeof parts === "string" ? { kind: "lines", pretty, notInBuilder: parts } : { kind: "lines", pretty, parts };
}

/** Loki's names for words, as people would say them. */
const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/^syntax error: /, ""],
  [/\$end/g, "end of the query"],
  [/\bIDENTIFIER\b/g, "name"],
  [/\bSTRING\b/g, "text in quotation marks"],
  [/\bRANGE\b/g, "range like [1m]"],
  [/\bDURATION\b/g, "duration"],
  [/\bNUMBER\b/g, "number"],
];

function inPlainWords(message: string): string {
  const text = PLAIN.reduce((said, [pattern, word]) => said.replace(pattern, word), message);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

interface Draft {
  levels: readonly LogLevel[];
  services: readonly string[];
  readonly words: string[];
  traceId: string | undefined;
  readonly fields: FieldFilter[];
}

/** The form, or why it cannot say this. */
function partsOf({ matchers, stages }: LogSelector, attributeNames: readonly string[]): LogFilterParts | string {
  const draft: Draft = { levels: [], services: [], words: [], traceId: undefined, fields: [] };
  for (const matcher of matchers) {
    const problem = addMatcher(draft, matcher);
    if (problem !== undefined) return problem;
  }
  for (const stage of stages) {
    const problem = addStage(draft, stage, attributeNames);
    if (problem !== undefined) return problem;
  }
  const { levels, services, words, traceId, fields } = draft;
  return { levels, services, text: words.join(" "), fields, ...(traceId === undefined ? {} : { traceId }) };
}

/** Names of a stream's labels as fields of a line. */
const FIELD_OF_LABEL: Readonly<Record<string, string>> = {
  service_name: "service",
  job: "service",
  level: "level",
  detected_level: "level",
  instance: "instance",
};

function addMatcher(draft: Draft, { name, operator, value }: LabelMatcher): string | undefined {
  const field = Object.hasOwn(FIELD_OF_LABEL, name) ? FIELD_OF_LABEL[name] : undefined;
  if (field === undefined) return `The builder has no label ${name}.`;
  if (operator === "=~" && (value === ".+" || value === ".*")) return undefined;
  const values = operator === "=~" ? alternatives(value) : [value];
  if (operator === "!~" || values === undefined)
    return `The builder has no regular expressions: ${name}${operator}"${value}".`;
  if (operator === "!=" || field === "instance") {
    if (values.length > 1) return "The builder takes one instance at a time.";
    draft.fields.push({ name: field, operator: operator === "!=" ? "!=" : "=", value: values[0] });
    return undefined;
  }
  if (field === "service") return once(draft, "services", values, "services");
  const levels = LEVELS.filter((level) => values.includes(level));
  if (levels.length < values.length) return `There is no level ${values.join(" or ")}.`;
  return once(draft, "levels", levels, "levels");
}

function once<Key extends "levels" | "services">(
  draft: Draft,
  key: Key,
  values: Draft[Key],
  title: string,
): string | undefined {
  if (draft[key].length > 0) return `The builder takes one list of ${title}.`;
  draft[key] = values;
  return undefined;
}

/** `a|b` without any other sign of an expression. */
function alternatives(pattern: string): readonly string[] | undefined {
  const values = pattern.split("|");
  return values.every((value) => /^[\w.-]+$/.test(value)) ? values : undefined;
}

function addStage(draft: Draft, stage: Stage, attributeNames: readonly string[]): string | undefined {
  if (stage.kind === "line-filter") return addLineFilter(draft, stage);
  if (stage.kind !== "label-filter") return `The builder has no stage for ${stage.kind.replace("-", "_")}.`;
  const { filter } = stage;
  if (filter.kind !== "match") return "The builder compares fields with one value, by = or !=.";
  const { name, operator, value } = filter.matcher;
  if (operator === "=~" || operator === "!~") return "The builder compares fields with one value, by = or !=.";
  if (name === "trace_id" && operator === "=" && draft.traceId === undefined) {
    draft.traceId = value;
    return undefined;
  }
  const field = fieldNamed(name, attributeNames);
  if (field === undefined) return `No line has a field ${name}; parsed ones are not in the builder.`;
  draft.fields.push({ name: field, operator, value });
  return undefined;
}

function fieldNamed(label: string, attributeNames: readonly string[]): string | undefined {
  if (Object.hasOwn(FIELD_OF_LABEL, label)) return FIELD_OF_LABEL[label];
  if (label === "trace_id" || label === "span_id" || label === "duration_ms") return label;
  return attributeNames.find((name) => labelOfAttribute(name) === label);
}

/** `|~ "(?i)text"`: what the form's words are in LogQL. */
const ANY_CASE = /^\(\?i\)((?:[^\\.+*?()|[\]{}^$]|\\[\\.+*?()|[\]{}^$])+)$/;

function addLineFilter(draft: Draft, { operator, alternatives: patterns }: LineFilter): string | undefined {
  const [{ text, isIp }] = patterns;
  if (patterns.length > 1 || isIp) return "The builder has no alternatives within a line filter.";
  if (operator === "|>" || operator === "!>") {
    draft.fields.push({ name: "pattern", operator: operator === "|>" ? "=" : "!=", value: text });
    return undefined;
  }
  const escaped = operator === "|~" || operator === "!~" ? ANY_CASE.exec(text)?.[1] : text;
  if (escaped === undefined) return "The builder has no regular expressions.";
  const word = escaped === text ? text : escaped.replace(/\\(.)/g, "$1");
  if (word.includes('"')) return "The builder's words hold no quotation mark.";
  draft.words.push(`${operator.startsWith("!") ? "-" : ""}${/^[^\s-]\S*$/.test(word) ? word : `"${word}"`}`);
  return undefined;
}
