/**
 * A trace with the clocks of its processes put right: each span moves by what its process's clock is ahead of its
 * callers', and they of theirs. Lengths and what was measured stay; only where a span is drawn changes. Pure.
 * Method: Jaeger's clock skew adjuster, by process instead of by span, so that all spans of a process move alike.
 */
import type { Trace } from "../../server/wire/telemetry.js";
import type { ClockSkew } from "./waterfall-findings.js";
import type { TraceNode, TraceTree } from "./waterfall-tree.js";

export interface AlignedTrace {
  readonly trace: Trace;
  /** By span: µs by which it is drawn later than its own clock says, negative for earlier. Spans that stay are left out. */
  readonly movedUs: ReadonlyMap<string, number>;
}

export function alignClocks(trace: Trace, tree: TraceTree, skews: readonly ClockSkew[]): AlignedTrace {
  const aheadUs = new Map(skews.map((skew) => [skew.instance, skew.aheadUs]));
  const movedUs = new Map<string, number>();
  const stack: { readonly node: TraceNode; readonly callerUs: number; readonly caller: string }[] = tree.roots.map(
    (node) => ({ node, callerUs: 0, caller: node.span.instance }),
  );
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { instance, spanId } = next.node.span;
    // A process moves with its caller, whose clock its own was measured by.
    const own = instance === next.caller ? 0 : (aheadUs.get(instance) ?? 0);
    const moved = next.callerUs - own;
    if (moved !== 0) movedUs.set(spanId, moved);
    for (const node of next.node.children) stack.push({ node, callerUs: moved, caller: instance });
  }
  const spans = trace.spans.map((span) => {
    const moved = movedUs.get(span.spanId);
    if (moved === undefined) return span;
    const events = span.events.map((event) => ({ ...event, timeUs: event.timeUs + moved }));
    return { ...span, startUs: span.startUs + moved, events };
  });
  return { trace: { ...trace, spans }, movedUs };
}
