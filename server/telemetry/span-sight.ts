/**
 * What the trace store has of the spans of a segment, and as what it shows them: kept or not, in which trace, at which
 * time by the clock of the process. Where nothing stands between, a span is shown as it was.
 */
import { isTraceKept } from "../sim/observability/head-sampling.js";
import { SPAN_CHUNK_MASK, SPAN_CHUNK_SHIFT } from "../sim/span-table.js";
import type { SpanIdentity, SpanSource } from "./sources.js";
import { rootRowOf } from "./span-rows.js";

export interface SpanSight {
  /** Whether the trace store has the span by now. */
  isKept(row: number): boolean;
  /** Whether it has been decided if the trace store gets the span. */
  isSettled(row: number): boolean;
  /** What became of a span that has ended, and how long it took: codes of sim/observability/fates. */
  fateCodeOf?(row: number): number;
  delayCodeOf?(row: number): number;
  /** Share of the traces that began at an instant that was kept. */
  ratioAt(atUs: number): number;
  /** Whether all spans of a request are one trace. */
  readonly isWhole: boolean;
  /** Row of the span with which the trace of `row` begins. */
  rootOf(row: number): number;
  /** Id of a trace that begins at a span which was reached without its context, and back. */
  brokenTraceId(rootRow: number): string;
  rootOfBrokenTrace(traceId: string): number | undefined;
  /** µs that any clock may be ahead or behind at most, up to an instant. */
  aheadUsMax(untilUs: number): number;
  /** µs by which the clock of a process is ahead. */
  aheadUs(instance: number, atUs: number): number;
}

export function isSpanKept({ sight, table }: SpanSource, row: number, sampleRatio: number): boolean {
  if (sight !== undefined) return sight.isKept(row);
  return isTraceKept(table.chunks[row >>> SPAN_CHUNK_SHIFT].request[row & SPAN_CHUNK_MASK], sampleRatio);
}

export const traceRootOf = ({ sight, table }: SpanSource, row: number): number =>
  sight === undefined || sight.isWhole ? rootRowOf(table, row) : sight.rootOf(row);

/** Whether the span is the first of its trace, as its process saw it. */
export function beginsTrace({ sight, table }: SpanSource, row: number): boolean {
  const isFirst = table.chunks[row >>> SPAN_CHUNK_SHIFT].parent[row & SPAN_CHUNK_MASK] < 0;
  return isFirst || (sight?.isWhole === false && sight.rootOf(row) === row);
}

/** Whether a row begins a trace without being the first of its request. */
const isBrokenRoot = ({ table }: SpanSource, row: number): boolean =>
  table.chunks[row >>> SPAN_CHUNK_SHIFT].parent[row & SPAN_CHUNK_MASK] >= 0;

/** A number that spans of one trace share and other spans of the segment do not. */
export function traceKeyOf(source: SpanSource, row: number): number {
  const { sight, table } = source;
  const request = table.chunks[row >>> SPAN_CHUNK_SHIFT].request[row & SPAN_CHUNK_MASK];
  if (sight === undefined || sight.isWhole) return request;
  const root = sight.rootOf(row);
  // Requests are unsigned 32-bit numbers; what begins at a span lies above them.
  return isBrokenRoot(source, root) ? BEYOND_REQUESTS + root : request;
}

const BEYOND_REQUESTS = 2 ** 32;

/** Id of the trace in which the span is shown. */
export function traceIdOfSpan(source: SpanSource, identity: SpanIdentity, row: number): string {
  const { sight, table } = source;
  if (sight !== undefined && !sight.isWhole) {
    const root = sight.rootOf(row);
    if (isBrokenRoot(source, root)) return sight.brokenTraceId(root);
  }
  return identity.traceId(table.chunks[row >>> SPAN_CHUNK_SHIFT].request[row & SPAN_CHUNK_MASK]);
}

/** The request that a trace id stands for, and the row at which the trace begins if that is not the request's first. */
export interface NamedTrace {
  readonly request: number;
  readonly brokenRoot: number | undefined;
}

/** Undefined for an id that no trace of the segment can have. */
export function traceNamed(source: SpanSource, identity: SpanIdentity, traceId: string): NamedTrace | undefined {
  const request = identity.requestOf(traceId);
  if (request !== undefined) return { request, brokenRoot: undefined };
  const { sight, table } = source;
  if (sight === undefined || sight.isWhole) return undefined;
  const root = sight.rootOfBrokenTrace(traceId);
  if (root === undefined || root >= table.rows || sight.rootOf(root) !== root || !isBrokenRoot(source, root))
    return undefined;
  return {
    request: table.chunks[root >>> SPAN_CHUNK_SHIFT].request[root & SPAN_CHUNK_MASK],
    brokenRoot: root,
  };
}

/** Whether a span of the request is shown in this trace of it. */
export function isInTrace(source: SpanSource, row: number, { brokenRoot }: NamedTrace): boolean {
  const { sight } = source;
  if (sight === undefined || sight.isWhole) return true;
  const root = sight.rootOf(row);
  return brokenRoot === undefined ? !isBrokenRoot(source, root) : root === brokenRoot;
}
