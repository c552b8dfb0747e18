/**
 * The lines of a world for the query language: streams by service, process and level, and over the fact tables a scan
 * that renders as little as the query lets it. A line carries as structured metadata what an OpenTelemetry collector
 * gives along: ids of trace and span, and the attributes of the span, with names that labels may have.
 */
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT } from "../sim/span-table.js";
import {
  ACCEPTED,
  REFUSED,
  UNDECIDED,
  type LineQuery,
  type LineSelection,
  type LineView,
  type LogReader,
  type RowDecider,
  type ScanCount,
  type Verdict,
} from "./log-reader.js";
import type { LogRenderer } from "./log-renderer.js";
import { firstLineAfter, firstLineFrom } from "./log-search.js";
import { DURATION_FIELD, type LogTexts } from "./log-text.js";
import { compileMatcher } from "./matcher.js";
import type { LabelMatcher, Labels } from "./metric-reader.js";
import type { Attributes, LogSource } from "./sources.js";

/** Lines between two calls of a scan's watch, less one: a power of two less one. */
const WATCH_MASK = 4_095;
/** Verdict that nobody has asked for yet. */
const UNKNOWN = 3;
/** Process of a line whose writer is no instance of a service. */
const NO_INSTANCE = -1;

export class LogLines implements LogReader {
  readonly #labels: Labels[] = [];
  /** Stream by template and process; −1 until a line of it is seen. */
  readonly #streamOf: Int32Array;
  readonly #streamsByKey = new Map<string, number>();
  readonly #instances: number;

  constructor(
    private readonly renderer: LogRenderer,
    private readonly sources: () => readonly LogSource[],
  ) {
    const { model } = renderer;
    this.#instances = model.instances.length + 1;
    this.#streamOf = new Int32Array(model.logTemplates.length * this.#instances).fill(-1);
  }

  streamLabels(stream: number): Labels {
    return this.#labels[stream];
  }

  streams(matchers: readonly LabelMatcher[], fromUs: number, toUs: number): readonly number[] {
    const chosen = new StreamChoice(matchers);
    const found = new Set<number>();
    for (const source of this.sources()) {
      const to = firstLineAfter(source, toUs);
      for (let row = firstLineFrom(source, fromUs); row < to; row++) {
        if (source.shipping?.isShipped(row) !== false) found.add(this.streamAt(source, row));
      }
    }
    return [...found].filter((stream) => chosen.has(stream, this.#labels[stream])).sort((a, b) => a - b);
  }

  scan(selection: LineSelection, visit: (line: LineView) => boolean, counted: ScanCount = { lines: 0 }): void {
    const filter = new RowFilter(this, this.renderer.texts, selection, counted);
    const cursors = this.sources().map((source) => new Cursor(source, filter, selection, this.#view(source)));
    // Segments overlap by the requests that were in flight between them, so they are merged.
    const sign = selection.newestFirst ? -1 : 1;
    for (;;) {
      let next: Cursor | undefined;
      for (const cursor of cursors) {
        if (cursor.row < 0) continue;
        if (next === undefined || (cursor.timeUs - next.timeUs) * sign < 0) next = cursor;
        else if (cursor.timeUs === next.timeUs && selection.newestFirst) next = cursor;
      }
      if (next === undefined) return;
      if (!visit(next.view())) return;
      next.advance();
    }
  }

  /** Decides rows by a query, for searches that remember what they have found. */
  decider(query: LineQuery): RowDecider {
    const { matchers, tests, hasStages } = query;
    const selection = { matchers, tests, fromUs: 0, toUs: 0, newestFirst: false };
    const filter = new RowFilter(this, this.renderer.texts, selection, { lines: 0 });
    return {
      acceptsAll: false,
      collect: (source, from, to, found, rendered) => {
        const view = this.#view(source);
        for (let row = from; row < to; row++) {
          if (!filter.accepts(source, row)) continue;
          if (hasStages) {
            rendered();
            if (!query.passes(view.at(row), this.#labels[view.stream])) continue;
          }
          found.push(row);
        }
      },
    };
  }

  /** What the stages of a query make of a line. */
  outcome(query: LineQuery, source: LogSource, row: number): ReturnType<LineQuery["outcome"]> {
    return query.outcome(this.#view(source).at(row), this.#labels[this.streamAt(source, row)]);
  }

  /** The stream of a line. */
  streamAt(source: LogSource, row: number): number {
    const { template: templates, subject: subjects } = source.table;
    const template = templates[row];
    const subject = subjects[row];
    const { ofSpan, writer } = this.renderer.model.logTemplates[template];
    const instance =
      writer !== undefined
        ? NO_INSTANCE
        : ofSpan
          ? source.spans.table.chunks[subject >>> SPAN_CHUNK_SHIFT].instance[subject & SPAN_CHUNK_MASK]
          : source.lifecycle[subject].instance;
    const place = template * this.#instances + instance + 1;
    if (this.#streamOf[place] < 0) this.#streamOf[place] = this.#newStream(template, instance);
    return this.#streamOf[place];
  }

  #newStream(template: number, instance: number): number {
    const { component, level, writer = "" } = this.renderer.model.logTemplates[template];
    const name = instance < 0 ? writer : this.renderer.model.instances[instance].name;
    const labels = { instance: name, job: component, level, service_name: component };
    const key = JSON.stringify(labels);
    const known = this.#streamsByKey.get(key);
    if (known !== undefined) return known;
    const stream = this.#labels.push(labels) - 1;
    this.#streamsByKey.set(key, stream);
    return stream;
  }

  #view(source: LogSource): RowView {
    return new RowView(this, this.renderer, source);
  }
}

/** Which streams the matchers choose; streams appear as their first lines are seen. */
class StreamChoice {
  readonly #tests: readonly { readonly name: string; readonly passes: (value: string) => boolean }[];
  readonly #chosen: (boolean | undefined)[] = [];

  constructor(matchers: readonly LabelMatcher[]) {
    this.#tests = matchers.map((matcher) => ({ name: matcher.name, passes: compileMatcher(matcher) }));
  }

  has(stream: number, labels: Labels): boolean {
    return (this.#chosen[stream] ??= this.#tests.every(({ name, passes }) =>
      passes(Object.hasOwn(labels, name) ? labels[name] : ""),
    ));
  }
}

/** Decides rows: by stream, then by the fixed texts of template, site and status, then by the text of the line. */
class RowFilter {
  readonly #streams: StreamChoice;
  readonly #byTemplate: Uint8Array;
  readonly #bySpan: Uint8Array;

  constructor(
    private readonly lines: LogLines,
    private readonly texts: LogTexts,
    private readonly selection: LineSelection,
    private readonly counted: ScanCount,
  ) {
    this.#streams = new StreamChoice(selection.matchers);
    this.#byTemplate = Uint8Array.from(texts.model.logTemplates, ({ index }) => this.#judge(texts.fixed(index)));
    this.#bySpan = new Uint8Array(texts.places).fill(UNKNOWN);
  }

  #judge(parts: readonly string[]): Verdict {
    let verdict: Verdict = ACCEPTED;
    for (const test of this.selection.tests) {
      const own = test.judge(parts);
      if (own === REFUSED) return REFUSED;
      if (own === UNDECIDED) verdict = UNDECIDED;
    }
    return verdict;
  }

  accepts(source: LogSource, row: number): boolean {
    if (source.shipping?.isShipped(row) === false) return false;
    const stream = this.lines.streamAt(source, row);
    if (!this.#streams.has(stream, this.lines.streamLabels(stream))) return false;
    if ((++this.counted.lines & WATCH_MASK) === 0) this.counted.watch?.();
    if (this.counted.bytes !== undefined) this.counted.bytes += this.texts.bytes(source, row);
    const template = source.table.template[row];
    let verdict = this.#byTemplate[template];
    if (verdict === UNDECIDED && this.texts.model.logTemplates[template].ofSpan) {
      verdict = this.#judgeSpan(source, template, source.table.subject[row]);
    }
    if (verdict !== UNDECIDED) return verdict === ACCEPTED;
    const text = this.texts.message(source, row);
    return this.selection.tests.every((test) => test.test(text));
  }

  #judgeSpan(source: LogSource, template: number, subject: number): number {
    const chunk = source.spans.table.chunks[subject >>> SPAN_CHUNK_SHIFT];
    const at = subject & SPAN_CHUNK_MASK;
    const place = this.texts.placeOf(template, chunk.site[at], chunk.status[at]);
    if (this.#bySpan[place] === UNKNOWN) {
      this.#bySpan[place] = this.#judge(this.texts.fixedOfSpan(template, chunk.site[at], chunk.status[at]));
    }
    return this.#bySpan[place];
  }
}

/** The next accepted row of a segment, forwards or backwards. */
class Cursor {
  /** −1 when there is none left. */
  row: number;
  #at: number;
  readonly #end: number;
  readonly #step: 1 | -1;

  constructor(
    private readonly source: LogSource,
    private readonly filter: RowFilter,
    { fromUs, toUs, newestFirst }: LineSelection,
    private readonly rowView: RowView,
  ) {
    const from = firstLineFrom(source, fromUs);
    const to = firstLineAfter(source, toUs);
    this.#step = newestFirst ? -1 : 1;
    this.#at = newestFirst ? to - 1 : from;
    this.#end = newestFirst ? from - 1 : Math.max(from, to);
    if (to <= from) this.#at = this.#end;
    this.row = -1;
    this.advance();
  }

  get timeUs(): number {
    return this.source.table.timeUs[this.row];
  }

  advance(): void {
    const step = this.#step;
    let at = this.#at;
    while (at !== this.#end && !this.filter.accepts(this.source, at)) at += step;
    this.row = at === this.#end ? -1 : at;
    this.#at = at === this.#end ? at : at + step;
  }

  view(): LineView {
    return this.rowView.at(this.row);
  }
}

/** A line of a segment in view; one object for all of them. */
class RowView implements LineView {
  #row = 0;
  #attributes: Attributes | undefined;
  readonly #names = new Map<string, readonly string[]>();

  constructor(
    private readonly lines: LogLines,
    private readonly renderer: LogRenderer,
    private readonly source: LogSource,
  ) {}

  at(row: number): this {
    this.#row = row;
    this.#attributes = undefined;
    return this;
  }

  get timeUs(): number {
    return this.source.table.timeUs[this.#row];
  }

  get stream(): number {
    return this.lines.streamAt(this.source, this.#row);
  }

  get order(): number {
    return this.source.segment * 2 ** 32 + this.#row;
  }

  line(): string {
    return this.renderer.texts.message(this.source, this.#row);
  }

  bytes(): number {
    return this.renderer.texts.bytes(this.source, this.#row);
  }

  metadata(name: string): string | undefined {
    if (name === DETECTED_LEVEL) return this.renderer.template(this.source, this.#row).level;
    if (name === "trace_id" || name === "span_id" || name === DURATION_FIELD) {
      return this.renderer.field(this.source, this.#row, name);
    }
    for (const attribute of this.#attributesNamed(name)) {
      const value = this.renderer.attribute(this.source, this.#row, attribute);
      if (value !== undefined) return String(value);
    }
    return undefined;
  }

  /** Names of attributes that the label may stand for. */
  #attributesNamed(label: string): readonly string[] {
    const { attributeNames } = this.source.spans;
    const { ofSpan } = this.renderer.template(this.source, this.#row);
    if (!ofSpan || attributeNames === undefined) return Object.keys(this.#all()).filter(stands(label));
    let names = this.#names.get(label);
    if (names === undefined) this.#names.set(label, (names = attributeNames.filter(stands(label))));
    return names;
  }

  allMetadata(): Labels {
    const metadata: Record<string, string> = {};
    const attributes = this.#all();
    for (const name in attributes) metadata[labelOfAttribute(name)] = String(attributes[name]);
    metadata[DETECTED_LEVEL] = this.renderer.template(this.source, this.#row).level;
    for (const name of ["trace_id", "span_id"]) {
      const id = this.renderer.field(this.source, this.#row, name);
      if (id !== undefined) metadata[name] = id;
    }
    return metadata;
  }

  #all(): Attributes {
    return (this.#attributes ??= this.renderer.attributes(
      this.source,
      this.#row,
      this.renderer.template(this.source, this.#row),
    ));
  }
}

const stands =
  (label: string) =>
  (attribute: string): boolean =>
    labelOfAttribute(attribute) === label;

/** What Loki calls the level that it finds in a line. */
const DETECTED_LEVEL = "detected_level";

const OF_STREAMS: ReadonlySet<string> = new Set(["instance", "job", "level", "service_name"]);

/** `http.route` is `http_route` among labels; a name that streams have gets a suffix, as in Loki. */
export function labelOfAttribute(name: string): string {
  const label = name.replace(/[^a-zA-Z0-9_]/g, "_");
  return OF_STREAMS.has(label) ? `${label}_extracted` : label;
}
