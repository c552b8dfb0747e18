/**
 * Turns log facts into lines: the template's text with its `{attribute}` placeholders filled from the span (or the
 * lifecycle record), so that logs, traces and metrics cannot disagree.
 */
import { assert } from "../base/assert.js";
import type { LogTemplate } from "../sim/log-table.js";
import { SPAN_CHUNK_MASK } from "../sim/span-table.js";
import type { LogLine } from "../wire/telemetry.js";
import type { Attributes, LogSource, SpanIdentity, TelemetryModel } from "./sources.js";
import { traceIdOfSpan } from "./span-sight.js";
import { DURATION_FIELD, durationMs, LogTexts, valueText } from "./log-text.js";
import { TEXT_SEPARATOR } from "./text-query.js";

/** Text between placeholders and names within them, alternating; begins and ends with text. */
type MessageParts = readonly string[];

export class LogRenderer {
  readonly #parts: readonly MessageParts[];
  readonly texts: LogTexts;

  constructor(
    readonly model: TelemetryModel,
    readonly identity: SpanIdentity,
  ) {
    this.texts = new LogTexts(model);
    this.#parts = model.logTemplates.map(({ message }) => message.split(/\{([^{}]+)\}/));
  }

  template(source: LogSource, row: number): LogTemplate {
    const template = this.model.logTemplates[source.table.template[row]];
    assert(row < source.table.rows, `log row ${String(row)} of ${String(source.table.rows)}`);
    return template;
  }

  /** Attributes of the span or of the lifecycle record, as they are there. */
  subjectAttributes(source: LogSource, row: number, template: LogTemplate): Attributes {
    const subject = source.table.subject[row];
    return template.ofSpan ? source.spans.attributes(subject) : source.lifecycle[subject].attributes;
  }

  /** One of them, which is faster than all. */
  attribute(source: LogSource, row: number, name: string): string | number | boolean | undefined {
    const template = this.template(source, row);
    const subject = source.table.subject[row];
    if (template.ofSpan && source.spans.attribute !== undefined) return source.spans.attribute(subject, name);
    const attributes = this.subjectAttributes(source, row, template);
    return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  }

  /** The same, and how long the span took. */
  attributes(source: LogSource, row: number, template: LogTemplate): Attributes {
    const attributes = this.subjectAttributes(source, row, template);
    if (!template.ofSpan) return attributes;
    return { ...attributes, [DURATION_FIELD]: durationMs(source, row) };
  }

  /** The template's text with the attributes in their places; `{duration}` is that of the span with its unit. */
  message(source: LogSource, row: number, template: LogTemplate, attributes: Attributes): string {
    const parts = this.#parts[template.index];
    let message = parts[0];
    for (let i = 1; i < parts.length; i += 2) {
      const isDuration = parts[i] === "duration" && template.ofSpan;
      message +=
        (isDuration ? `${String(durationMs(source, row))} ms` : valueText(attributes, parts[i])) + parts[i + 1];
    }
    return message;
  }

  /** What a free text search looks through besides the attributes: the message and the duration. */
  searchText(source: LogSource, row: number, template: LogTemplate, attributes: Attributes): string {
    const message = this.message(source, row, template, attributes);
    return template.ofSpan ? message + TEXT_SEPARATOR + String(durationMs(source, row)) : message;
  }

  line(source: LogSource, row: number): LogLine {
    const template = this.template(source, row);
    const attributes = this.attributes(source, row, template);
    const subject = source.table.subject[row];
    return {
      id: `${String(source.segment)}-${String(row)}`,
      timeUs: this.#writtenUs(source, row, template),
      level: template.level,
      service: template.component,
      instance: this.instanceName(source, row, template),
      message: this.message(source, row, template, attributes),
      ...(template.ofSpan ? this.#ids(source, subject) : {}),
      attributes,
    };
  }

  /** What writes the line: its template, and the site and status of its span. */
  placeAt(source: LogSource, row: number): number {
    const { index, ofSpan } = this.template(source, row);
    if (!ofSpan) return -1 - index;
    const subject = source.table.subject[row];
    const chunk = source.spans.table.chunkAt(subject);
    const at = subject & SPAN_CHUNK_MASK;
    return this.texts.placeOf(index, chunk.site[at], chunk.status[at]);
  }

  /** A field that every line of its kind has, under the name by which logs know it. */
  field(source: LogSource, row: number, name: string): string | undefined {
    const template = this.template(source, row);
    if (name === "instance") return this.instanceName(source, row, template);
    if (!template.ofSpan) return undefined;
    if (name === DURATION_FIELD) return String(durationMs(source, row));
    const subject = source.table.subject[row];
    if (name === "trace_id") return traceIdOfSpan(source.spans, this.identity, subject);
    return name === "span_id" ? this.identity.spanId(source.segment, subject) : undefined;
  }

  instanceName(source: LogSource, row: number, template: LogTemplate): string {
    if (template.writer !== undefined) return template.writer;
    const subject = source.table.subject[row];
    const instance = template.ofSpan
      ? source.spans.table.chunkAt(subject).instance[subject & SPAN_CHUNK_MASK]
      : source.lifecycle[subject].instance;
    return this.model.instances[instance].name;
  }

  /** The time that the process wrote beside the line, by its own clock. */
  #writtenUs(source: LogSource, row: number, template: LogTemplate): number {
    const timeUs = source.table.timeUs[row];
    const { sight, table } = source.spans;
    if (sight === undefined) return timeUs;
    const subject = source.table.subject[row];
    const instance = template.ofSpan
      ? table.chunkAt(subject).instance[subject & SPAN_CHUNK_MASK]
      : source.lifecycle[subject].instance;
    return timeUs + sight.aheadUs(instance, timeUs);
  }

  #ids(source: LogSource, row: number): { readonly traceId: string; readonly spanId: string } {
    return {
      traceId: traceIdOfSpan(source.spans, this.identity, row),
      spanId: this.identity.spanId(source.segment, row),
    };
  }
}
