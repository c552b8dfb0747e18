/** The spans of a segment as queries read them: columns as they are, attributes as `SpanSource` renders them. */
import { failureOf } from "../sim/failure-words.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN } from "../sim/span-table.js";
import { isKnownAttribute, knownAttribute } from "./known-attributes.js";
import type { SpanPlace } from "../topology/model-types.js";
import type { Attributes, SpanIdentity, SpanSource, TelemetryModel } from "./sources.js";
import type { ReadEvent, SpanColumns, SpanDetail, SpanShape } from "./span-reader.js";
import { eachChunk, firstRowFrom } from "./span-rows.js";
import { beginsTrace, isInTrace, isSpanKept, traceIdOfSpan, traceKeyOf, traceNamed } from "./span-sight.js";

/** What the instrumentation of every simulated process calls itself. */
const INSTRUMENTATION = { name: "firedrill", version: "", attributes: {} } as const;

const BLOCK_SHIFT = 14;
const BLOCK_MASK = (1 << BLOCK_SHIFT) - 1;

/** Attributes with these beginnings are of the process, the others of the span. */
const OF_RESOURCE = /^(?:service|k8s|host|cloud|deployment|container|process|telemetry|os)\./;

/** By the name of an attribute. */
export const isResourceAttribute = (name: string): boolean => OF_RESOURCE.test(name);

/** Of an exception: lines have it as a field of theirs, spans in an event. */
const isEventAttribute = (name: string): boolean => name.startsWith("exception.");

/** Attributes of a row as its span has them. */
export const withoutEventAttributes = (attributes: Attributes): Attributes =>
  "exception.type" in attributes
    ? Object.fromEntries(Object.entries(attributes).filter(([name]) => !isEventAttribute(name)))
    : attributes;

export class StoredSpans implements SpanColumns {
  /** By row: the trace. Numbers are given as traces begin, so they ascend by time. */
  #traceOfRow = new Uint32Array(0);
  #indexed = 0;
  #traces = 0;
  /** Traces that did not begin with the row before, by key. */
  readonly #traceOfKey = new Map<number, number>();
  readonly #shapes: (SpanShape | undefined)[] = [];
  /** Traces that there were before every so many rows. */
  readonly #tracesAtBlock: number[] = [];
  /** A span has ended before it is rendered, so what was rendered stays. */
  #rendered: Attributes = {};
  #renderedRow = -1;

  constructor(
    readonly source: SpanSource,
    readonly model: TelemetryModel,
    readonly identity: SpanIdentity,
    readonly sampleRatio: number,
  ) {}

  get rows(): number {
    return this.source.table.rows;
  }

  get traces(): number {
    this.#index();
    return this.#traces;
  }

  firstRowFrom(timeUs: number): number {
    return firstRowFrom(this.source.table, timeUs);
  }

  isSeen(row: number): boolean {
    const { source } = this;
    const durationUs = source.table.chunks[row >>> SPAN_CHUNK_SHIFT].durationUs[row & SPAN_CHUNK_MASK];
    return durationUs !== SPAN_OPEN && isSpanKept(source, row, this.sampleRatio);
  }

  /** Whether `isSeen` will not change any more: the span was kept or lost, or its stretch is over. */
  isSettled(row: number): boolean {
    const { table, segment, sight } = this.source;
    if (segment === 0) return true;
    const durationUs = table.chunks[row >>> SPAN_CHUNK_SHIFT].durationUs[row & SPAN_CHUNK_MASK];
    return durationUs !== SPAN_OPEN && sight?.isSettled(row) !== false;
  }

  startUs(row: number): number {
    const { table, sight } = this.source;
    const chunk = table.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    const startUs = chunk.startUs[at];
    return sight === undefined ? startUs : startUs + sight.aheadUs(chunk.instance[at], startUs);
  }

  aheadUsMax(untilUs: number): number {
    return this.source.sight?.aheadUsMax(untilUs) ?? 0;
  }

  durationUs(row: number): number {
    return this.source.table.chunks[row >>> SPAN_CHUNK_SHIFT].durationUs[row & SPAN_CHUNK_MASK];
  }

  parent(row: number): number {
    const { source } = this;
    const parent = source.table.chunks[row >>> SPAN_CHUNK_SHIFT].parent[row & SPAN_CHUNK_MASK];
    return parent >= 0 && source.sight?.isWhole === false && beginsTrace(source, row) ? -1 : parent;
  }

  trace(row: number): number {
    if (row >= this.#indexed) this.#index();
    return this.#traceOfRow[row];
  }

  shape(row: number): number {
    const chunk = this.source.table.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    return chunk.site[at] * SPAN_STATUSES.length + chunk.status[at];
  }

  shapeOf(shape: number): SpanShape {
    return (this.#shapes[shape] ??= this.#makeShape(shape));
  }

  detail(row: number): SpanDetail {
    const { source } = this;
    const span: Record<string, string | number | boolean> = {};
    const resource: Record<string, string | number | boolean> = {
      "service.name": this.shapeOf(this.shape(row)).service,
      "service.instance.id": this.#instance(row),
    };
    const attributes = withoutEventAttributes(source.attributes(row));
    for (const name in attributes) (isResourceAttribute(name) ? resource : span)[name] = attributes[name];
    return { span, resource, events: this.#events(row), links: [], instrumentation: INSTRUMENTATION };
  }

  attribute(row: number, name: string, of: "span" | "resource" | "either"): string | number | boolean | undefined {
    if (of !== "either" && isResourceAttribute(name) !== (of === "resource")) return undefined;
    if (name === "service.name") return this.shapeOf(this.shape(row)).service;
    if (row !== this.#renderedRow) {
      this.#rendered = withoutEventAttributes(this.source.attributes(row));
      this.#renderedRow = row;
    }
    if (Object.hasOwn(this.#rendered, name)) return this.#rendered[name];
    return name === "service.instance.id" ? this.#instance(row) : undefined;
  }

  tracesBefore(row: number): number {
    this.#index();
    if (row >= this.#indexed) return this.#traces;
    let traces = this.#tracesAtBlock[row >>> BLOCK_SHIFT];
    for (let at = row & ~BLOCK_MASK; at < row; at++) traces = Math.max(traces, this.#traceOfRow[at] + 1);
    return traces;
  }

  traceId(row: number): string {
    return traceIdOfSpan(this.source, this.identity, row);
  }

  spanId(row: number): string {
    return this.identity.spanId(this.source.segment, row);
  }

  /** Rows of the trace that are seen, ascending; none where the id is of no trace here. */
  rowsOfTrace(traceId: string): readonly number[] {
    const { source } = this;
    const named = traceNamed(source, this.identity, traceId);
    if (named === undefined) return [];
    const rows: number[] = [];
    const { table } = source;
    // Messages of the request may be consumed at any later time, so the scan goes to the end of the table.
    eachChunk(table, 0, table.rows, ({ request }, from, to, base) => {
      for (let at = from; at < to; at++) {
        if (request[at] !== named.request || !isInTrace(source, base + at, named)) continue;
        if (this.isSeen(base + at)) rows.push(base + at);
      }
    });
    return rows;
  }

  #instance(row: number): string {
    const chunk = this.source.table.chunks[row >>> SPAN_CHUNK_SHIFT];
    return this.model.instances[chunk.instance[row & SPAN_CHUNK_MASK]].name;
  }

  #events(row: number): readonly ReadEvent[] {
    const { table } = this.source;
    const chunk = table.chunks[row >>> SPAN_CHUNK_SHIFT];
    const at = row & SPAN_CHUNK_MASK;
    const site = this.model.sites[chunk.site[at]];
    return eventsOfSpan(site, chunk.attempt[at], chunk.status[at], this.startUs(row), chunk.durationUs[at]);
  }

  #makeShape(shape: number): SpanShape {
    const site = this.model.sites[Math.floor(shape / SPAN_STATUSES.length)];
    const code = shape % SPAN_STATUSES.length;
    const status = SPAN_STATUSES[code];
    const known = (name: string): string | undefined | null =>
      isKnownAttribute(site, name) ? (knownAttribute(site, code, name) ?? null) : undefined;
    return {
      service: site.component,
      name: site.name,
      kind: site.kind,
      status: status.failed ? "error" : "ok",
      statusMessage: status.failed ? failureOf(site, status).message : "",
      spanAttribute: (name) => (isResourceAttribute(name) || isEventAttribute(name) ? null : known(name)),
      resourceAttribute: (name) => {
        if (name === "service.name") return site.component;
        return isResourceAttribute(name) ? known(name) : null;
      },
    };
  }

  /** Finds the traces of rows that came since. A row below its parent is of its trace, so only first rows are looked up. */
  #index(): void {
    const { source } = this;
    const { rows, chunks } = source.table;
    if (rows > this.#traceOfRow.length) {
      const grown = new Uint32Array(Math.max(rows, 2 * this.#traceOfRow.length));
      grown.set(this.#traceOfRow);
      this.#traceOfRow = grown;
    }
    const isWhole = source.sight === undefined || source.sight.isWhole;
    for (let row = this.#indexed; row < rows; row++) {
      if ((row & BLOCK_MASK) === 0) this.#tracesAtBlock.push(this.#traces);
      const parent = chunks[row >>> SPAN_CHUNK_SHIFT].parent[row & SPAN_CHUNK_MASK];
      this.#traceOfRow[row] =
        parent >= 0 && (isWhole || !beginsTrace(source, row)) ? this.#traceOfRow[parent] : this.#traceThatBegins(row);
    }
    this.#indexed = rows;
  }

  /** Several rows may begin one trace: the calls of a page. */
  #traceThatBegins(row: number): number {
    const key = traceKeyOf(this.source, row);
    let trace = this.#traceOfKey.get(key);
    if (trace === undefined) this.#traceOfKey.set(key, (trace = this.#traces++));
    return trace;
  }
}

/** A retry is marked where it starts, a failure where it ends (semantic conventions for exceptions on spans). */
export function eventsOfSpan(
  site: SpanPlace,
  attempt: number,
  status: number,
  startUs: number,
  durationUs: number,
): ReadEvent[] {
  const events: ReadEvent[] = [];
  if (attempt > 0) events.push({ timeUs: startUs, name: "retry", attributes: { "retry.attempt": attempt } });
  const failure = SPAN_STATUSES[status].failed ? failureOf(site, SPAN_STATUSES[status]) : undefined;
  if (failure?.thrown === true) {
    const { type, message, stacktrace } = failure;
    const attributes = {
      "exception.type": type,
      "exception.message": message,
      ...(stacktrace === undefined ? {} : { "exception.stacktrace": stacktrace }),
    };
    events.push({ timeUs: startUs + durationUs, name: "exception", attributes });
  }
  return events;
}
