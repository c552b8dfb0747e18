/**
 * What the log, trace and map stores read: the facts of one stretch of simulated time (a *segment*), and what the
 * compiled topology says about them. A world has up to two segments: the history, which arrives late, and the recent
 * part, which grows. Span rows count from 0 in each; a request has all its spans in one of them.
 */
import type { LifecycleRecord, LogTable, LogTemplate } from "../sim/log-table.js";
import type { SpanTable } from "../sim/span-table.js";
import type { SpanPlace } from "../topology/model-types.js";
import type { SpanSight } from "./span-sight.js";

/** 0 the history, 1 the recent part. */
export type SegmentNumber = 0 | 1;

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface InstanceInfo {
  readonly component: string;
  readonly name: string;
}

/** The parts of a compiled topology that telemetry reads. */
export interface TelemetryModel {
  /** Index n is the site with number n. What `SpanSource.attributes` adds has other names than a site's own. */
  readonly sites: readonly SpanPlace[];
  readonly instances: readonly InstanceInfo[];
  readonly logTemplates: readonly LogTemplate[];
}

/** What is known of the values of attributes that site and status do not fix. */
export interface AttributeWords {
  /** Changes when a value has become possible that was not. */
  readonly edition: number;
  /** Names of those that may have a text in them, both in lower case; `duration_ms` is how long the span took. */
  carriers(term: string): readonly string[];
}

export interface SpanSource {
  readonly segment: SegmentNumber;
  readonly table: SpanTable;
  /** Requests that arrived before this instant have no spans here. */
  readonly recordedFromUs: number;
  /** All attributes of a span that has ended, static ones included; `service.version` is the version that ran. */
  attributes(row: number): Attributes;
  /** One of them, without the others; undefined where the span has none of that name. */
  attribute?(row: number, name: string): string | number | boolean | undefined;
  /** Every name that `attribute` may know. */
  readonly attributeNames?: readonly string[];
  /** Which attributes a text can be in. */
  readonly words?: AttributeWords;
  /** What stands between the spans and the trace store; undefined for nothing but the head sampling of all traces. */
  readonly sight?: SpanSight;
}

/** What the log store has of the lines of a segment. */
export interface LineShipping {
  isShipped(row: number): boolean;
  fateOf(row: number): "on-its-way" | "shipped" | "lost" | "sampled-out";
  /** Lines before this one will not change any more. */
  readonly settled: number;
  /** Changes when lines that were there may have gone. */
  readonly edition?: number;
  /** By row: codes of sim/observability/fates for what became of it and how long it took; nothing from `rows` on. */
  readonly accounts?: { readonly fates: Uint8Array; readonly delays: Uint8Array; readonly rows: number } | undefined;
}

export interface LogSource {
  readonly segment: SegmentNumber;
  readonly table: LogTable;
  readonly lifecycle: readonly LifecycleRecord[];
  /** Where lines have to be shipped before they can be found. */
  readonly shipping?: LineShipping;
  /** Spans of the same segment. */
  readonly spans: SpanSource;
}

/** W3C ids and the numbers behind them. */
export interface SpanIdentity {
  traceId(request: number): string;
  /** The request whose trace this is; undefined for an id that no request of the world can have. */
  requestOf(traceId: string): number | undefined;
  spanId(segment: SegmentNumber, row: number): string;
}
