/**
 * What a log search asks, in the order in which it is cheap to decide: by template, by column (trace), by the site and
 * status of the span, and only then by rendering the line (text in attributes, fields of the line).
 */
import { SPAN_STATUSES } from "../sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, type SpanChunk } from "../sim/span-table.js";
import type { LogsRequest } from "../wire/telemetry.js";
import type { RowDecider } from "./log-reader.js";
import type { LogRenderer } from "./log-renderer.js";
import {
  ACCEPTED,
  REFUSED,
  UNDECIDED,
  conditionsOf,
  judgeSpan,
  judgeTemplate,
  passesField,
  type LogConditions,
} from "./log-verdicts.js";
import type { AttributeWords, LogSource } from "./sources.js";
import { isInTrace, type NamedTrace, traceNamed } from "./span-sight.js";
import { matchesPlan, planText, type TextPlan } from "./text-plan.js";
import { matchesText } from "./text-query.js";

/** No verdict has been asked for yet. */
const UNKNOWN = 3;
/** A number that no request has. */
const NO_REQUEST = -1;

export class LogFilter implements RowDecider {
  /** Whether every line matches. */
  readonly acceptsAll: boolean;
  readonly #conditions: LogConditions;
  readonly #hasText: boolean;
  /** Undefined: lines of any trace. */
  readonly #traceId: string | undefined;
  /** By template; then by template, site and status, for those that the template leaves open. */
  readonly #verdicts: Uint8Array;
  readonly #spanVerdicts: Uint8Array;
  /** How terms are looked for, by template, site and status; for one edition of the attributes' words. */
  #plans: (TextPlan | undefined)[] = [];
  #planned: AttributeWords | undefined;
  #edition = -1;

  constructor(
    request: LogsRequest,
    readonly renderer: LogRenderer,
  ) {
    const { sites, logTemplates } = renderer.model;
    const conditions = conditionsOf(request);
    this.#conditions = conditions;
    this.#hasText = conditions.text.required.length + conditions.text.forbidden.length > 0;
    this.#traceId = request.traceId === "" ? undefined : request.traceId?.toLowerCase();
    this.#verdicts = Uint8Array.from(logTemplates, (template) => judgeTemplate(conditions, template));
    this.#spanVerdicts = new Uint8Array(logTemplates.length * sites.length * SPAN_STATUSES.length).fill(UNKNOWN);
    this.acceptsAll = this.#traceId === undefined && this.#verdicts.every((verdict) => verdict === ACCEPTED);
  }

  /** Appends the matching rows of from ≤ row < to to `found`, ascending. `rendered` hears of each line that had to be rendered. */
  collect(source: LogSource, from: number, to: number, found: number[], rendered: () => void): void {
    const { template: templates, subject: subjects } = source.table;
    const { shipping } = source;
    const trace = this.#traceId === undefined ? undefined : this.#traceIn(source, this.#traceId);
    for (let row = from; row < to; row++) {
      const template = templates[row];
      let verdict = this.#verdicts[template];
      if (verdict === REFUSED || shipping?.isShipped(row) === false) continue;
      if (verdict === UNDECIDED || trace !== undefined) {
        verdict = this.#judgeSubject(source, { template, subject: subjects[row], trace }, verdict);
        if (verdict === REFUSED) continue;
      }
      if (verdict === UNDECIDED) {
        rendered();
        if (!this.#matches(source, row)) continue;
      }
      found.push(row);
    }
  }

  /** What the columns of the span say, where the line has a span. */
  #judgeSubject(
    source: LogSource,
    {
      template,
      subject,
      trace,
    }: { readonly template: number; readonly subject: number; readonly trace: NamedTrace | undefined },
    verdict: number,
  ): number {
    if (!this.renderer.model.logTemplates[template].ofSpan) return trace === undefined ? verdict : REFUSED;
    const chunk = source.spans.table.chunks[subject >>> SPAN_CHUNK_SHIFT];
    const at = subject & SPAN_CHUNK_MASK;
    if (trace !== undefined && (chunk.request[at] !== trace.request || !isInTrace(source.spans, subject, trace))) {
      return REFUSED;
    }
    return verdict === UNDECIDED ? this.#spanVerdict(template, chunk, at) : verdict;
  }

  /** An id of another world or segment stands for no line. */
  #traceIn({ spans }: LogSource, traceId: string): NamedTrace {
    return traceNamed(spans, this.renderer.identity, traceId) ?? { request: NO_REQUEST, brokenRoot: undefined };
  }

  #spanVerdict(template: number, chunk: SpanChunk, at: number): number {
    const { sites, logTemplates } = this.renderer.model;
    const place = (template * sites.length + chunk.site[at]) * SPAN_STATUSES.length + chunk.status[at];
    if (this.#spanVerdicts[place] === UNKNOWN) {
      this.#spanVerdicts[place] = judgeSpan(
        this.#conditions,
        logTemplates[template],
        sites[chunk.site[at]],
        chunk.status[at],
      );
    }
    return this.#spanVerdicts[place];
  }

  /** Where the words of attributes are known, terms are looked for where they can be; otherwise in the whole line. */
  #matches(source: LogSource, row: number): boolean {
    const plan = this.#planOf(source, row);
    if (plan !== undefined && !matchesPlan(plan, this.renderer.texts, source, row)) return false;
    const { lineFields, patterns } = this.#conditions;
    if (!lineFields.every((field) => passesField(field, this.#fieldText(source, row, field.name)))) return false;
    if (patterns.length > 0) {
      const line = this.renderer.texts.message(source, row);
      if (!patterns.every(({ matches, isWanted }) => matches(line) === isWanted)) return false;
    }
    return plan !== undefined || this.#matchesRendered(source, row);
  }

  /** How the terms are looked for in a line; undefined where that is not known. */
  #planOf({ table, spans }: LogSource, row: number): TextPlan | undefined {
    const template = table.template[row];
    if (spans.words === undefined || !this.renderer.model.logTemplates[template].ofSpan) return undefined;
    if (spans.words.edition !== this.#edition || this.#planned !== spans.words) {
      [this.#plans, this.#edition, this.#planned] = [[], spans.words.edition, spans.words];
    }
    const subject = table.subject[row];
    const chunk = spans.table.chunks[subject >>> SPAN_CHUNK_SHIFT];
    const at = subject & SPAN_CHUNK_MASK;
    const [site, status] = [chunk.site[at], chunk.status[at]];
    const { texts } = this.renderer;
    const place = texts.placeOf(template, site, status);
    return (this.#plans[place] ??= planText(this.#conditions.text, texts, spans.words, { template, site, status }));
  }

  #fieldText(source: LogSource, row: number, name: string): string | undefined {
    const actual = this.renderer.attribute(source, row, name);
    return actual === undefined ? this.renderer.field(source, row, name) : String(actual);
  }

  #matchesRendered(source: LogSource, row: number): boolean {
    if (!this.#hasText) return true;
    const template = this.renderer.template(source, row);
    const attributes = this.renderer.subjectAttributes(source, row, template);
    const { text } = this.#conditions;
    return matchesText(text, this.renderer.searchText(source, row, template, attributes), attributes);
  }
}
