/**
 * Answers of the trace view over the spans that the collector kept: search, one trace in full, and what searches can
 * name. Spans that have not ended are invisible, as no process exports them before.
 */
import { LimitError } from "../base/limit-error.js";
import type { Trace, TraceSearchAnswer, TraceSearchRequest, TraceVocabulary } from "../wire/telemetry.js";
import type { SpanIdentity, SpanSource, TelemetryModel } from "./sources.js";
import { SPANS_EXAMINED_LIMIT, SpanFilter } from "./span-filter.js";
import type { SpanColumns, SpanReader } from "./span-reader.js";
import { traceNamed } from "./span-sight.js";
import { StoredSpans } from "./stored-spans.js";
import { assembleTrace } from "./trace-assembly.js";
import { findTraces, summarize } from "./trace-search.js";
import { SourceVocabulary } from "./trace-vocabulary.js";

/** Traces of one answer. */
export const TRACE_SEARCH_LIMIT = 1_000;

export interface TraceStoreOptions {
  readonly model: TelemetryModel;
  readonly identity: SpanIdentity;
  readonly recent: SpanSource;
  /** Share of traces that the collector keeps, 0 to 1. */
  readonly sampleRatio: number;
  readonly examinedLimit?: number;
}

export class TraceStore implements SpanReader {
  readonly #options: TraceStoreOptions;
  #vocabularies: readonly SourceVocabulary[];
  #stored: readonly StoredSpans[];

  constructor(options: TraceStoreOptions) {
    this.#options = options;
    this.#vocabularies = [new SourceVocabulary(options.recent, options.model, options.sampleRatio)];
    this.#stored = [this.#spansOf(options.recent)];
  }

  attachHistory(history: SpanSource): void {
    const vocabulary = new SourceVocabulary(history, this.#options.model, this.#options.sampleRatio);
    this.#vocabularies = [vocabulary, ...this.#vocabularies];
    this.#stored = [this.#spansOf(history), ...this.#stored];
  }

  stretches(): readonly StoredSpans[] {
    return this.#stored;
  }

  /** Traces with a span that began in the window (both ends included) and meets every condition. Newest by that span's start; slowest by the root. */
  search(request: TraceSearchRequest): TraceSearchAnswer {
    if (request.limit > TRACE_SEARCH_LIMIT) {
      throw new LimitError("traces of one search", TRACE_SEARCH_LIMIT, request.limit, "Ask for less at a time.");
    }
    const { model, identity, sampleRatio, examinedLimit = SPANS_EXAMINED_LIMIT } = this.#options;
    const filter = new SpanFilter(request, model, examinedLimit);
    const answers = this.#sources.map((source) => findTraces(source, filter, request, sampleRatio));
    const best = answers.flatMap((answer) => answer.best).sort((a, b) => b.rank - a.rank);
    return {
      traces: summarize(best.slice(0, request.limit), model, identity, sampleRatio),
      total: answers.reduce((sum, { total }) => sum + total, 0),
      sampleRatio: this.sampleRatioAt(request.toUs),
    };
  }

  /** Share of the traces that began at an instant that their head sampling kept. */
  sampleRatioAt(atUs: number): number {
    return this.#options.recent.sight?.ratioAt(atUs) ?? this.#options.sampleRatio;
  }

  /** Undefined: no such trace, or the collector did not keep it, or none of its spans has ended. */
  trace(traceId: string): Trace | undefined {
    const { model, identity, sampleRatio } = this.#options;
    for (const source of this.#sources) {
      const named = traceNamed(source, identity, traceId.toLowerCase());
      if (named === undefined) continue;
      const trace = assembleTrace({ source, named, sampleRatio }, model, identity);
      if (trace !== undefined) return trace;
    }
    return undefined;
  }

  /** Where the seen spans of a trace are; undefined where there are none. */
  rowsOfTrace(traceId: string): { readonly columns: SpanColumns; readonly rows: readonly number[] } | undefined {
    for (const columns of this.#stored) {
      const rows = columns.rowsOfTrace(traceId.toLowerCase());
      if (rows.length > 0) return { columns, rows };
    }
    return undefined;
  }

  vocabulary(): TraceVocabulary {
    const operations = new Map<string, Set<string>>();
    const attributes = new Set<string>();
    for (const vocabulary of this.#vocabularies) {
      vocabulary.update();
      for (const name of vocabulary.attributes) attributes.add(name);
      for (const number of vocabulary.sites) addOperation(operations, this.#options.model.sites[number]);
    }
    const services = [...operations].sort(([a], [b]) => (a < b ? -1 : 1));
    return {
      services: services.map(([service, names]) => ({ service, operations: [...names].sort() })),
      attributes: [...attributes].sort(),
    };
  }

  #spansOf(source: SpanSource): StoredSpans {
    const { model, identity, sampleRatio } = this.#options;
    return new StoredSpans(source, model, identity, sampleRatio);
  }

  get #sources(): readonly SpanSource[] {
    return this.#vocabularies.map(({ source }) => source);
  }
}

function addOperation(
  operations: Map<string, Set<string>>,
  site: { readonly component: string; readonly name: string },
): void {
  const names = operations.get(site.component);
  if (names === undefined) operations.set(site.component, new Set([site.name]));
  else names.add(site.name);
}
