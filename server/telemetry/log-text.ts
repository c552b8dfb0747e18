/**
 * The texts of lines as far as they are known: by the template, then by site and status of the span, then whole. What a
 * filter decides from fixed texts alone need not be rendered, and what has to be rendered asks for those attributes only
 * that its template names.
 */
import { MICROS_PER_MS } from "../base/time.js";
import { utf8Length } from "../base/utf8.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT } from "../sim/span-table.js";
import { isKnownAttribute, knownAttribute } from "./known-attributes.js";
import type { Attributes, LogSource, TelemetryModel } from "./sources.js";

/** How long the span of a line took, in ms. */
export const DURATION_FIELD = "duration_ms";

/** Text between placeholders and names within them, alternating; begins and ends with text. */
type MessageParts = readonly string[];

/** How long the span took, with its unit. */
const DURATION = "duration";

export class LogTexts {
  readonly #parts: readonly MessageParts[];
  /** By template, site and status: the same with what these fix in its place. */
  readonly #ofSpans: (MessageParts | undefined)[];
  /** Bytes of the fixed texts of each; −1 until somebody asks. */
  readonly #fixedBytes: Int32Array;

  constructor(readonly model: TelemetryModel) {
    this.#parts = model.logTemplates.map(({ message }) => message.split(/\{([^{}]+)\}/));
    this.#ofSpans = new Array<MessageParts | undefined>(
      model.logTemplates.length * model.sites.length * SPAN_STATUSES.length,
    );
    this.#fixedBytes = new Int32Array(this.#ofSpans.length).fill(-1);
  }

  /** Texts that every line of the template has, in order. */
  fixed(template: number): readonly string[] {
    return texts(this.#parts[template]);
  }

  /** Whether the line says how long its span took. */
  hasDuration(template: number): boolean {
    return this.#parts[template].some((name, index) => index % 2 === 1 && name === DURATION);
  }

  /** Number of a template, site and status together, for remembering what was decided of them. */
  placeOf(template: number, site: number, status: number): number {
    return (template * this.model.sites.length + site) * SPAN_STATUSES.length + status;
  }

  get places(): number {
    return this.#ofSpans.length;
  }

  /** Texts that every line of the template has whose span has this site and status. */
  fixedOfSpan(template: number, site: number, status: number): readonly string[] {
    return texts(this.#partsOfSpan(template, site, status));
  }

  #partsOfSpan(template: number, site: number, status: number): MessageParts {
    const place = this.placeOf(template, site, status);
    return (this.#ofSpans[place] ??= filled(this.#parts[template], (name) => {
      const info = this.model.sites[site];
      if (name === DURATION || !isKnownAttribute(info, name)) return undefined;
      return knownAttribute(info, status, name) ?? "-";
    }));
  }

  /** The whole text of a line. */
  message(source: LogSource, row: number): string {
    const { template: templates, subject: subjects } = source.table;
    const template = templates[row];
    const subject = subjects[row];
    if (!this.model.logTemplates[template].ofSpan) {
      const { attributes } = source.lifecycle[subject];
      return joined(this.#parts[template], (name) => valueText(attributes, name));
    }
    const chunk = source.spans.table.chunks[subject >>> SPAN_CHUNK_SHIFT];
    const at = subject & SPAN_CHUNK_MASK;
    const parts = this.#partsOfSpan(template, chunk.site[at], chunk.status[at]);
    return joined(parts, (name) => valueOfSpan(source, row, name));
  }

  /** Bytes of the text of a line, exactly; only what is not fixed in it is rendered. */
  bytes(source: LogSource, row: number): number {
    const { template: templates, subject: subjects } = source.table;
    const template = templates[row];
    if (!this.model.logTemplates[template].ofSpan) return utf8Length(this.message(source, row));
    const subject = subjects[row];
    const chunk = source.spans.table.chunks[subject >>> SPAN_CHUNK_SHIFT];
    const [site, status] = [chunk.site[subject & SPAN_CHUNK_MASK], chunk.status[subject & SPAN_CHUNK_MASK]];
    const parts = this.#partsOfSpan(template, site, status);
    const place = this.placeOf(template, site, status);
    let bytes = this.#fixedBytes[place];
    if (bytes < 0) bytes = this.#fixedBytes[place] = texts(parts).reduce((sum, text) => sum + utf8Length(text), 0);
    for (let index = 1; index < parts.length; index += 2) bytes += utf8Length(valueOfSpan(source, row, parts[index]));
    return bytes;
  }
}

/** What stands in the place of a name in the line of a span, where site and status do not say it. */
function valueOfSpan(source: LogSource, row: number, name: string): string {
  if (name === DURATION) return `${String(durationMs(source, row))} ms`;
  const { spans, table } = source;
  const subject = table.subject[row];
  if (spans.attribute === undefined) return valueText(spans.attributes(subject), name);
  return String(spans.attribute(subject, name) ?? "-");
}

const texts = (parts: MessageParts): readonly string[] => parts.filter((_, index) => index % 2 === 0);

function joined(parts: MessageParts, valueOf: (name: string) => string): string {
  let text = parts[0];
  for (let index = 1; index < parts.length; index += 2) text += valueOf(parts[index]) + parts[index + 1];
  return text;
}

/** Puts the values that are known into their places. */
function filled(parts: MessageParts, valueOf: (name: string) => string | undefined): MessageParts {
  const out = [parts[0]];
  for (let index = 1; index < parts.length; index += 2) {
    const value = valueOf(parts[index]);
    if (value === undefined) out.push(parts[index], parts[index + 1]);
    else out[out.length - 1] += value + parts[index + 1];
  }
  return out;
}

/** What stands in the place of `{name}`: a dash where there is no such attribute. */
export function valueText(attributes: Attributes, name: string): string {
  return Object.hasOwn(attributes, name) ? String(attributes[name]) : "-";
}

export function durationMs(source: LogSource, row: number): number {
  const span = source.table.subject[row];
  return source.spans.table.chunkAt(span).durationUs[span & SPAN_CHUNK_MASK] / MICROS_PER_MS;
}
