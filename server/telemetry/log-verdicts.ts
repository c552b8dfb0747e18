/**
 * What can be said about a line without rendering it: by its template (level, service, fixed text) and by the site and
 * status of its span (attributes that these fix). Pure functions; log-filter.ts remembers the answers.
 */
import type { LogTemplate } from "../sim/log-table.js";
import type { FieldFilter, LogsRequest } from "../wire/telemetry.js";
import { compilePattern, termsOfPattern } from "./line-pattern.js";
import { isKnownAttribute, knownAttribute, knownValues } from "./known-attributes.js";
import type { SpanPlace } from "../topology/model-types.js";
import { parseTextQuery, type TextQuery } from "./text-query.js";

export const REFUSED = 0;
export const ACCEPTED = 1;
export const UNDECIDED = 2;

/** A request with its text parsed and its fields sorted by who can decide them. */
export interface LogConditions {
  readonly levels: readonly string[];
  readonly services: readonly string[];
  readonly text: TextQuery;
  readonly templateFields: readonly FieldFilter[];
  /** Attributes, and fields like `instance` that only the line knows. */
  readonly lineFields: readonly FieldFilter[];
  /** Patterns that the line has to be of, or must not be. */
  readonly patterns: readonly { readonly matches: (line: string) => boolean; readonly isWanted: boolean }[];
}

/** A field that no line has: the filter is a pattern. */
export const PATTERN_FIELD = "pattern";

export function conditionsOf({ levels = [], services = [], text = "", fields = [] }: LogsRequest): LogConditions {
  const patterns = fields.filter(({ name }) => name === PATTERN_FIELD);
  const { required, forbidden } = parseTextQuery(text);
  const terms = patterns.flatMap(({ operator, value }) => (operator === "=" ? termsOfPattern(value) : []));
  return {
    levels,
    services,
    text: { required: [...required, ...terms], forbidden },
    templateFields: fields.filter(({ name }) => isTemplateField(name)),
    lineFields: fields.filter(({ name }) => !isTemplateField(name) && name !== PATTERN_FIELD),
    patterns: patterns.map(({ operator, value }) => ({ matches: compilePattern(value), isWanted: operator === "=" })),
  };
}

/** Fields of every line that its template decides. */
const TEMPLATE_FIELDS: Readonly<Record<string, (template: LogTemplate) => string>> = {
  level: (template) => template.level,
  service: (template) => template.component,
};

const isTemplateField = (name: string): boolean => Object.hasOwn(TEMPLATE_FIELDS, name);

/** Whether `actual` passes; a line without the field differs from every value, as in LogQL. */
export function passesField({ operator, value }: FieldFilter, actual: string | undefined): boolean {
  return (actual === value) === (operator === "=");
}

export function judgeTemplate(conditions: LogConditions, template: LogTemplate): number {
  const { levels, services, templateFields, lineFields, patterns, text } = conditions;
  if (levels.length > 0 && !levels.includes(template.level)) return REFUSED;
  if (services.length > 0 && !services.includes(template.component)) return REFUSED;
  if (!templateFields.every((field) => passesField(field, TEMPLATE_FIELDS[field.name](template)))) return REFUSED;
  const verdict = judgeText(text, fixedTexts(template));
  return verdict === ACCEPTED && lineFields.length + patterns.length > 0 ? UNDECIDED : verdict;
}

/** For a line of a span whose template left the question open. */
export function judgeSpan(
  { lineFields, patterns, text }: LogConditions,
  template: LogTemplate,
  site: SpanPlace,
  status: number,
): number {
  const known = lineFields.filter(({ name }) => isKnownAttribute(site, name));
  if (!known.every((field) => passesField(field, knownAttribute(site, status, field.name)))) return REFUSED;
  const values = knownValues(site, status).map((value) => value.toLowerCase());
  const verdict = judgeText(text, [...fixedTexts(template), ...values]);
  return verdict === ACCEPTED && known.length < lineFields.length + patterns.length ? UNDECIDED : verdict;
}

const fixedTexts = (template: LogTemplate): readonly string[] => template.message.toLowerCase().split(/\{[^{}]+\}/);

/** Terms that occur in these texts, which every such line has, are decided; the others may be in what only the line has. */
function judgeText({ required, forbidden }: TextQuery, texts: readonly string[]): number {
  const occurs = (term: string): boolean => texts.some((text) => text.includes(term));
  if (forbidden.some(occurs)) return REFUSED;
  return forbidden.length === 0 && required.every(occurs) ? ACCEPTED : UNDECIDED;
}
