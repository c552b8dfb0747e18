/**
 * A trace as a tree with the figures that a waterfall shows: depth, self time, waiting, which client span belongs to
 * which server span, and what is missing. Plain functions over wire data; drawing is elsewhere. Self time follows
 * Jaeger's trace statistics: the part of a span that none of its children covers.
 */
import { uncoveredUs } from "../../server/base/critical-path.js";
import type { Trace, TraceSpan } from "../../server/wire/telemetry.js";
import { spanIntervals } from "./span-intervals.js";

/** One span with its place in the tree. All instants are µs of the simulated calendar. */
export interface TraceNode {
  readonly span: TraceSpan;
  readonly endUs: number;
  readonly depth: number;
  readonly parent: TraceNode | undefined;
  /** Ascending by start. */
  readonly children: readonly TraceNode[];
  /** Time in the span that no child covers; children that outlive it count up to its end. */
  readonly selfUs: number;
  /** Time at the start of the span spent waiting for a worker (server) or a connection (client). */
  readonly waitUs: number;
  /** Spans below this one, and how many of those failed. */
  readonly descendantCount: number;
  readonly errorsBelow: number;
  /** Its parent is named but was not kept or has not ended yet. */
  readonly orphan: boolean;
  /** The other half of a call: the server span of a client span and the reverse. */
  readonly pair: TraceNode | undefined;
}

export interface TraceTree {
  readonly traceId: string;
  readonly complete: boolean;
  /** Ascending by start; more than one when parents are missing. */
  readonly roots: readonly TraceNode[];
  readonly byId: ReadonlyMap<string, TraceNode>;
  readonly startUs: number;
  readonly endUs: number;
  readonly spanCount: number;
  readonly errorCount: number;
  readonly orphanCount: number;
}

/** Attributes that carry waiting time, and how many µs one of their units is. */
const WAIT_ATTRIBUTES: ReadonlyMap<string, number> = new Map([
  ["app.worker.wait_ms", 1_000],
  ["app.pool.wait_ms", 1_000],
]);

/** µs that the span waited before its work began, at most its duration; 0 where nothing says so. */
export function waitOf(span: TraceSpan): number {
  let waitUs = 0;
  for (const [name, microsPerUnit] of WAIT_ATTRIBUTES) {
    const value = span.attributes[name];
    if (typeof value === "number" && value > 0) waitUs += value * microsPerUnit;
  }
  return Math.min(span.durationUs, Math.round(waitUs));
}

type Draft = { -readonly [Key in keyof TraceNode]: TraceNode[Key] } & { children: Draft[]; parent: Draft | undefined };

/** The tree of a trace. Spans may come in any order; a span whose parent is absent becomes a root marked `orphan`. */
export function buildTraceTree(trace: Trace): TraceTree {
  const drafts = trace.spans.map(draftOf).sort(byStart);
  const byId = new Map(drafts.map((draft) => [draft.span.spanId, draft]));
  const roots: Draft[] = [];
  for (const draft of drafts) attach(draft, byId, roots);
  const ordered = spanIntervals(roots);
  ordered.nodes.forEach((draft, index) => {
    draft.depth = draft.parent === undefined ? 0 : draft.parent.depth + 1;
    draft.selfUs = uncoveredUs(ordered, index);
  });
  for (const draft of ordered.nodes.toReversed()) countBelow(draft);
  return {
    traceId: trace.traceId,
    complete: trace.complete,
    roots,
    byId,
    startUs: drafts.reduce((least, draft) => Math.min(least, draft.span.startUs), Infinity),
    endUs: drafts.reduce((most, draft) => Math.max(most, draft.endUs), -Infinity),
    spanCount: drafts.length,
    errorCount: drafts.filter((draft) => draft.span.status === "error").length,
    orphanCount: drafts.filter((draft) => draft.orphan).length,
  };
}

function draftOf(span: TraceSpan): Draft {
  return {
    span,
    endUs: span.startUs + span.durationUs,
    depth: 0,
    parent: undefined,
    children: [],
    selfUs: span.durationUs,
    waitUs: waitOf(span),
    descendantCount: 0,
    errorsBelow: 0,
    orphan: false,
    pair: undefined,
  };
}

const byStart = (one: TraceNode, other: TraceNode): number =>
  one.span.startUs - other.span.startUs || other.span.durationUs - one.span.durationUs;

function attach(draft: Draft, byId: ReadonlyMap<string, Draft>, roots: Draft[]): void {
  const parentId = draft.span.parentSpanId;
  const parent = parentId === undefined ? undefined : byId.get(parentId);
  if (parent === undefined || parent === draft) {
    draft.orphan = parentId !== undefined;
    roots.push(draft);
    return;
  }
  draft.parent = parent;
  parent.children.push(draft);
  if (draft.span.kind === "server" && parent.span.kind === "client" && parent.pair === undefined) {
    draft.pair = parent;
    parent.pair = draft;
  }
}

/** Sums over the children; they must be done already. */
function countBelow(draft: Draft): void {
  for (const child of draft.children) {
    draft.descendantCount += 1 + child.descendantCount;
    draft.errorsBelow += child.errorsBelow + (child.span.status === "error" ? 1 : 0);
  }
}
