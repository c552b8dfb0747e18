/**
 * Finding traces: one scan over the columns of the spans in the window, newest first, without an object per row. What
 * the scan keeps is one matching row per trace; summaries are made for the traces of the page alone.
 */
import { SPAN_STATUSES } from "../sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT, SPAN_OPEN, type SpanChunk, type SpanTable } from "../sim/span-table.js";
import type { TraceSearchRequest, TraceSummary } from "../wire/telemetry.js";
import { RequestSet } from "./request-set.js";
import type { SpanIdentity, SpanSource, TelemetryModel } from "./sources.js";
import type { SpanFilter } from "./span-filter.js";
import { eachChunk, eachChunkBackwards, firstRowFrom } from "./span-rows.js";
import { isSpanKept, traceIdOfSpan, traceKeyOf, traceRootOf } from "./span-sight.js";

/** A trace that matches: what names it in its segment, its root, and what the order goes by (larger first). */
export interface FoundTrace {
  readonly source: SpanSource;
  readonly key: number;
  readonly rootRow: number;
  readonly rank: number;
}

/** Requests have a set of their own that is faster; traces that begin elsewhere have larger numbers. */
interface NumberSet {
  readonly size: number;
  has(value: number): boolean;
  add(value: number): unknown;
}

/** The best `limit` traces of one segment, best first, and how many match in all. */
export function findTraces(
  source: SpanSource,
  filter: SpanFilter,
  request: TraceSearchRequest,
  sampleRatio: number,
): { readonly best: readonly FoundTrace[]; readonly total: number } {
  const { table } = source;
  const met: NumberSet = source.sight?.isWhole === false ? new Set<number>() : new RequestSet();
  const best = new BestTraces(request.limit);
  const rankOf = request.order === "slowest" ? rootDurationUs : rowStartUs;
  const visit = (chunk: SpanChunk, from: number, to: number, base: number): void => {
    for (let at = to - 1; at >= from; at--) {
      if (!filter.matchesColumns(source, chunk, at, base + at)) continue;
      const key = traceKeyOf(source, base + at);
      if (met.has(key) || !isSpanKept(source, base + at, sampleRatio)) continue;
      if (!filter.matchesAttributes(source, chunk, at, base + at)) continue;
      met.add(key);
      best.offer(source, key, base + at, rankOf(source, base + at));
    }
  };
  eachChunkBackwards(table, firstRowFrom(table, request.fromUs), firstRowFrom(table, request.toUs + 1), visit);
  return { best: best.sorted(), total: met.size };
}

const rowStartUs = ({ table }: SpanSource, row: number): number =>
  table.chunks[row >>> SPAN_CHUNK_SHIFT].startUs[row & SPAN_CHUNK_MASK];

/** µs that the root took; a root that is open ranks by nothing. */
function rootDurationUs(source: SpanSource, row: number): number {
  const { table } = source;
  const root = traceRootOf(source, row);
  const durationUs = table.chunks[root >>> SPAN_CHUNK_SHIFT].durationUs[root & SPAN_CHUNK_MASK];
  return durationUs === SPAN_OPEN ? 0 : durationUs;
}

/** Keeps the `limit` highest ranks in a binary heap whose root is the lowest of them. */
class BestTraces {
  readonly #heap: FoundTrace[] = [];

  constructor(readonly limit: number) {}

  offer(source: SpanSource, key: number, row: number, rank: number): void {
    if (this.#heap.length >= this.limit && (this.limit === 0 || rank <= this.#heap[0].rank)) return;
    const found = { source, key, rootRow: traceRootOf(source, row), rank };
    if (this.#heap.length < this.limit) this.#raise(this.#heap.push(found) - 1);
    else {
      this.#heap[0] = found;
      this.#lower();
    }
  }

  sorted(): readonly FoundTrace[] {
    return [...this.#heap].sort((a, b) => b.rank - a.rank || b.rootRow - a.rootRow);
  }

  #raise(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if (this.#heap[parent].rank <= this.#heap[at].rank) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #lower(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= this.#heap.length) return;
      const least = left + 1 < this.#heap.length && this.#heap[left + 1].rank < this.#heap[left].rank ? left + 1 : left;
      if (this.#heap[at].rank <= this.#heap[least].rank) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b], this.#heap[a]];
  }
}

const requestAt = (table: SpanTable, row: number): number =>
  table.chunks[row >>> SPAN_CHUNK_SHIFT].request[row & SPAN_CHUNK_MASK];

/** Figures of one trace while its spans are gathered. Written by `gather` alone. */
interface Gathered {
  rootSite: number;
  startUs: number;
  endUs: number;
  rootDurationUs: number;
  spanCount: number;
  errorCount: number;
  readonly services: Set<string>;
}

/** Summaries of these traces, in their order. One pass per segment over the rows since the earliest of the roots. */
export function summarize(
  found: readonly FoundTrace[],
  model: TelemetryModel,
  identity: SpanIdentity,
  sampleRatio: number,
): TraceSummary[] {
  const gathered = new Map<FoundTrace, Gathered>();
  for (const source of new Set(found.map((trace) => trace.source))) {
    gather(
      source,
      found.filter((trace) => trace.source === source),
      { model, sampleRatio },
      gathered,
    );
  }
  return found.flatMap((trace) => {
    const figures = gathered.get(trace);
    return figures === undefined ? [] : [summaryOf(trace, figures, model, identity)];
  });
}

function gather(
  source: SpanSource,
  found: readonly FoundTrace[],
  { model, sampleRatio }: { readonly model: TelemetryModel; readonly sampleRatio: number },
  gathered: Map<FoundTrace, Gathered>,
): void {
  const { table } = source;
  const traceOf = new Map(found.map((trace) => [trace.key, trace]));
  const wanted = new RequestSet();
  for (const { rootRow } of found) wanted.add(requestAt(table, rootRow));
  const from = found.reduce((least, { rootRow }) => Math.min(least, rootRow), table.rows);
  eachChunk(table, from, table.rows, (chunk, first, end, base) => {
    for (let at = first; at < end; at++) {
      if (!wanted.has(chunk.request[at]) || chunk.durationUs[at] === SPAN_OPEN) continue;
      const trace = traceOf.get(traceKeyOf(source, base + at));
      if (trace !== undefined && isSpanKept(source, base + at, sampleRatio)) addSpan(gathered, trace, base + at, model);
    }
  });
}

function addSpan(gathered: Map<FoundTrace, Gathered>, trace: FoundTrace, row: number, model: TelemetryModel): void {
  const { table, sight } = trace.source;
  const chunk = table.chunks[row >>> SPAN_CHUNK_SHIFT];
  const at = row & SPAN_CHUNK_MASK;
  const startUs = chunk.startUs[at] + (sight?.aheadUs(chunk.instance[at], chunk.startUs[at]) ?? 0);
  let figures = gathered.get(trace);
  if (figures === undefined) {
    // Rows ascend by start: the first that has ended is the root, or stands for it while the root is open.
    const rootDuration = row === trace.rootRow ? chunk.durationUs[at] : -1;
    figures = {
      rootSite: chunk.site[at],
      startUs,
      endUs: startUs,
      rootDurationUs: rootDuration,
      spanCount: 0,
      errorCount: 0,
      services: new Set(),
    };
    gathered.set(trace, figures);
  }
  figures.spanCount++;
  figures.endUs = Math.max(figures.endUs, startUs + chunk.durationUs[at]);
  if (SPAN_STATUSES[chunk.status[at]].failed) figures.errorCount++;
  figures.services.add(model.sites[chunk.site[at]].component);
}

function summaryOf(trace: FoundTrace, figures: Gathered, model: TelemetryModel, identity: SpanIdentity): TraceSummary {
  const root = model.sites[figures.rootSite];
  return {
    traceId: traceIdOfSpan(trace.source, identity, trace.rootRow),
    rootService: root.component,
    rootName: root.name,
    startUs: figures.startUs,
    // The root is what the user waited for; a message that is consumed seconds later does not make the trace slow.
    durationUs: figures.rootDurationUs >= 0 ? figures.rootDurationUs : figures.endUs - figures.startUs,
    spanCount: figures.spanCount,
    errorCount: figures.errorCount,
    services: [...figures.services],
  };
}
