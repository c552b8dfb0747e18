/**
 * The read side of traces that the query language uses: spans by row, in order of their start, with what can be had by
 * column apart from what has to be rendered. A row is a span; spans of one trace share a number.
 */
import type { Attributes } from "./sources.js";

/** What spans of one shape have in common. */
export interface SpanShape {
  readonly service: string;
  readonly name: string;
  readonly kind: "unspecified" | "internal" | "client" | "server" | "producer" | "consumer";
  readonly status: "ok" | "error" | "unset";
  readonly statusMessage: string;
  /** The value of an attribute of the span that all of the shape have alike: undefined where it is not known from the shape, null where none has it. */
  spanAttribute(name: string): string | number | boolean | undefined | null;
  /** The same of an attribute of the resource. */
  resourceAttribute(name: string): string | number | boolean | undefined | null;
}

export interface ReadEvent {
  readonly name: string;
  readonly timeUs: number;
  readonly attributes: Attributes;
}

export interface ReadLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

/** All that has to be rendered of a span. */
export interface SpanDetail {
  readonly span: Attributes;
  readonly resource: Attributes;
  readonly events: readonly ReadEvent[];
  readonly links: readonly ReadLink[];
  readonly instrumentation: { readonly name: string; readonly version: string; readonly attributes: Attributes };
}

/** One stretch of time. Rows and traces count from 0 in each; a trace lies in one stretch. */
export interface SpanColumns {
  /** Rows of now; what is asked about later ones is not answered. */
  readonly rows: number;
  /** Traces have numbers below this one. */
  readonly traces: number;
  /** First row that started at `timeUs` or later. */
  firstRowFrom(timeUs: number): number;
  /** Whether the span has ended and was kept: whether a query may see it. */
  isSeen(row: number): boolean;
  /** µs that `startUs` may be away from the order of the rows, for rows of up to an instant; 0 where it is left out. */
  aheadUsMax?(untilUs: number): number;
  /** µs since the epoch, by the clock of the process. */
  startUs(row: number): number;
  durationUs(row: number): number;
  /** Row of the parent, which is a lower one; −1 where the trace begins. */
  parent(row: number): number;
  trace(row: number): number;
  /** Traces that have their first row before `row`: those with lower numbers. */
  tracesBefore(row: number): number;
  shape(row: number): number;
  shapeOf(shape: number): SpanShape;
  detail(row: number): SpanDetail;
  /** One attribute of `detail`; of the span before that of the resource where it may be either. */
  attribute(row: number, name: string, of: "span" | "resource" | "either"): string | number | boolean | undefined;
  traceId(row: number): string;
  spanId(row: number): string;
}

export interface SpanReader {
  /** In order of time. */
  stretches(): readonly SpanColumns[];
}
