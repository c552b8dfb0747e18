/**
 * What a trace does not say by itself: stretches of a span that nothing below it explains, clocks that do not agree, and
 * calls whose other half was not kept. Pure.
 */
import type { TraceNode, TraceTree } from "./waterfall-tree.js";

/** A stretch of a span with children in which none of them ran. */
export interface Gap {
  readonly spanId: string;
  readonly fromUs: number;
  readonly toUs: number;
}

/** Of the trace; shorter ones are ordinary work between two calls. */
const GAP_SHARE_MIN = 0.05;
const GAP_US_MIN = 1_000;

/** Gaps by span, each ascending by time. Waiting at the start of a span is known and none. */
export function gapsOf(tree: TraceTree): ReadonlyMap<string, readonly Gap[]> {
  const leastUs = Math.max(GAP_US_MIN, (tree.endUs - tree.startUs) * GAP_SHARE_MIN);
  const gaps = new Map<string, readonly Gap[]>();
  for (const node of tree.byId.values()) {
    if (node.children.length === 0 || node.selfUs < leastUs) continue;
    const own = gapsWithin(node, leastUs);
    if (own.length > 0) gaps.set(node.span.spanId, own);
  }
  return gaps;
}

function gapsWithin(node: TraceNode, leastUs: number): Gap[] {
  const gaps: Gap[] = [];
  let reached = node.span.startUs + node.waitUs;
  const close = (atUs: number): void => {
    if (atUs - reached >= leastUs) gaps.push({ spanId: node.span.spanId, fromUs: reached, toUs: atUs });
  };
  for (const child of node.children) {
    close(Math.min(child.span.startUs, node.endUs));
    reached = Math.max(reached, child.endUs);
  }
  close(node.endUs);
  return gaps;
}

/** The clock of a process against that of its callers. */
export interface ClockSkew {
  readonly instance: string;
  /** Ahead of the caller's, negative for behind; the median over its calls. */
  readonly aheadUs: number;
  readonly calls: number;
}

/** Less is within what a network may do. */
const SKEW_US_MIN = 1_000;

/**
 * Processes whose spans stand outside of the calls that they answer. Method: Jaeger's clock skew adjuster, the middle of
 * the server's span is put on the middle of the client's.
 */
export function clockSkews(tree: TraceTree): readonly ClockSkew[] {
  const byInstance = new Map<string, number[]>();
  for (const { span, pair, endUs } of tree.byId.values()) {
    if (span.kind !== "server" || pair === undefined) continue;
    const isInside = span.startUs >= pair.span.startUs && endUs <= pair.endUs;
    // An answer that came too late outlives its caller without any skew.
    if (isInside || span.durationUs > pair.span.durationUs) continue;
    const offsets = byInstance.get(span.instance) ?? [];
    offsets.push((span.startUs + endUs - pair.span.startUs - pair.endUs) / 2);
    byInstance.set(span.instance, offsets);
  }
  return [...byInstance]
    .map(([instance, offsets]) => ({ instance, aheadUs: median(offsets), calls: offsets.length }))
    .filter(({ aheadUs }) => Math.abs(aheadUs) >= SKEW_US_MIN);
}

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** Attributes that name whom a client span calls, the best first. */
const PEER_ATTRIBUTES = ["peer.service", "server.address"] as const;

/** Client spans that call a service which emits spans, without that service's span: it was not kept, or has not ended. */
export function missingHalves(tree: TraceTree, services: ReadonlySet<string>): readonly TraceNode[] {
  return [...tree.byId.values()].filter(({ span, pair, children }) => {
    if (span.kind !== "client" || pair !== undefined || children.length > 0) return false;
    const peer = PEER_ATTRIBUTES.map((name) => span.attributes[name]).find((value) => value !== undefined);
    return typeof peer === "string" && services.has(peer);
  });
}
