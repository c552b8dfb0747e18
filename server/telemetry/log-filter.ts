/**
 * What a log search asks, in the order in which it is cheap to decide: by template (level, service, fixed text), by
 * column (trace), and only then by rendering the line (text in attributes, fields).
 */
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT } from "../sim/span-table.js";
import type { LogTemplate } from "../sim/log-table.js";
import type { FieldFilter, LogsRequest } from "../wire/telemetry.js";
import type { LogRenderer } from "./log-renderer.js";
import type { LogSource, SpanIdentity } from "./sources.js";
import { matchesText, parseTextQuery, type TextQuery } from "./text-query.js";

/** What a template alone says about its lines. */
const REFUSED = 0;
const ACCEPTED = 1;
const UNDECIDED = 2;

export class LogFilter {
  /** Whether every line matches. */
  readonly acceptsAll: boolean;
  /** By template: REFUSED, ACCEPTED or UNDECIDED. */
  readonly #verdicts: Uint8Array;
  /** Undefined: any; −1: none, the id is of another world. */
  readonly #request: number | undefined;
  readonly #text: TextQuery;
  /** Fields that are not decided by the template. */
  readonly #fields: readonly FieldFilter[];

  constructor(
    request: LogsRequest,
    readonly renderer: LogRenderer,
  ) {
    this.#text = parseTextQuery(request.text ?? "");
    this.#fields = (request.fields ?? []).filter(({ name }) => !isTemplateField(name));
    this.#request = requestNumber(request.traceId, renderer.identity);
    this.#verdicts = Uint8Array.from(renderer.model.logTemplates, (template) => this.#judge(template, request));
    this.acceptsAll = this.#request === undefined && this.#verdicts.every((verdict) => verdict === ACCEPTED);
  }

  /** Appends the matching rows of from ≤ row < to to `found`, ascending. `rendered` hears of each line that had to be rendered. */
  collect(source: LogSource, from: number, to: number, found: number[], rendered: () => void): void {
    const { template: templates, subject: subjects } = source.table;
    for (let row = from; row < to; row++) {
      const verdict = this.#verdicts[templates[row]];
      if (verdict === REFUSED) continue;
      if (this.#request !== undefined && !this.#isOfRequest(source, templates[row], subjects[row])) continue;
      if (verdict === UNDECIDED) {
        rendered();
        if (!this.#matchesRendered(source, row)) continue;
      }
      found.push(row);
    }
  }

  #judge(template: LogTemplate, request: LogsRequest): number {
    if (request.levels !== undefined && request.levels.length > 0 && !request.levels.includes(template.level))
      return REFUSED;
    if (request.services !== undefined && request.services.length > 0 && !request.services.includes(template.component))
      return REFUSED;
    if (request.fields?.some((field) => isTemplateField(field.name) && !holdsForTemplate(field, template)) === true)
      return REFUSED;
    const text = judgeText(this.#text, template);
    return text === ACCEPTED && this.#fields.length > 0 ? UNDECIDED : text;
  }

  #isOfRequest(source: LogSource, template: number, subject: number): boolean {
    if (!this.renderer.model.logTemplates[template].ofSpan) return false;
    return source.spans.table.chunks[subject >>> SPAN_CHUNK_SHIFT].request[subject & SPAN_CHUNK_MASK] === this.#request;
  }

  #matchesRendered(source: LogSource, row: number): boolean {
    const { message, attributes } = this.renderer.text(source, row);
    for (const { name, operator, value } of this.#fields) {
      const actual = Object.hasOwn(attributes, name)
        ? String(attributes[name])
        : this.renderer.field(source, row, name);
      // A line without the field differs from every value, as in LogQL.
      if ((actual === value) !== (operator === "=")) return false;
    }
    return matchesText(this.#text, message, attributeTexts(attributes));
  }
}

function* attributeTexts(attributes: Readonly<Record<string, string | number | boolean>>): Generator<string> {
  for (const name in attributes) yield String(attributes[name]);
}

function requestNumber(traceId: string | undefined, identity: SpanIdentity): number | undefined {
  if (traceId === undefined || traceId === "") return undefined;
  return identity.requestOf(traceId.toLowerCase()) ?? -1;
}

/** Fields of every line that its template decides. */
const TEMPLATE_FIELDS: Readonly<Record<string, (template: LogTemplate) => string>> = {
  level: (template) => template.level,
  service: (template) => template.component,
};

const isTemplateField = (name: string): boolean => Object.hasOwn(TEMPLATE_FIELDS, name);

function holdsForTemplate(field: FieldFilter, template: LogTemplate): boolean {
  return (TEMPLATE_FIELDS[field.name](template) === field.value) === (field.operator === "=");
}

/** Terms that the fixed text of the template holds need no rendering; the others may be in an attribute. */
function judgeText(query: TextQuery, template: LogTemplate): number {
  const fixed = template.message.toLowerCase().split(/\{[^{}]+\}/);
  const isFixed = (term: string): boolean => fixed.some((part) => part.includes(term));
  if (query.forbidden.some(isFixed)) return REFUSED;
  return query.forbidden.length === 0 && query.required.every(isFixed) ? ACCEPTED : UNDECIDED;
}
