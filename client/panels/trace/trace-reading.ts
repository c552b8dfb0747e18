/** Everything that is read off a trace before it is drawn: its tree, its critical path, gaps, and clocks that are wrong. Pure. */
import type { Trace } from "../../../server/wire/telemetry.js";
import { alignClocks } from "../../charts/clock-align.js";
import { criticalPathOf } from "../../charts/critical-path.js";
import type { CriticalPath } from "../../charts/critical-path.js";
import { clockSkews, gapsOf } from "../../charts/waterfall-findings.js";
import type { ClockSkew, Gap } from "../../charts/waterfall-findings.js";
import { buildTraceTree } from "../../charts/waterfall-tree.js";
import type { TraceTree } from "../../charts/waterfall-tree.js";

export interface TraceReading {
  readonly trace: Trace;
  /** The clocks were to be put right. */
  readonly aligned: boolean;
  readonly tree: TraceTree;
  readonly path: CriticalPath;
  /** By span. */
  readonly gaps: ReadonlyMap<string, readonly Gap[]>;
  readonly skews: readonly ClockSkew[];
  /** By span: how far it is drawn from where its own clock puts it. */
  readonly movedUs: ReadonlyMap<string, number>;
}

const NOT_MOVED: ReadonlyMap<string, number> = new Map();
const NO_SPANS: ReadonlySet<string> = new Set();

export function readTrace(trace: Trace, { aligned }: { readonly aligned: boolean }): TraceReading {
  const asWritten = buildTraceTree(trace);
  const skews = clockSkews(asWritten);
  const { trace: shown, movedUs } =
    aligned && skews.length > 0 ? alignClocks(trace, asWritten, skews) : { trace, movedUs: NOT_MOVED };
  const tree = movedUs.size === 0 ? asWritten : buildTraceTree(shown);
  return { trace, aligned, tree, path: criticalPathOf(tree), gaps: gapsOf(tree), skews, movedUs };
}

/** Spans of processes whose clock is wrong, so that their rows can say so. */
export function skewedSpans({ tree, skews }: Pick<TraceReading, "tree" | "skews">): ReadonlySet<string> {
  const wrong = new Set(skews.map(({ instance }) => instance));
  if (wrong.size === 0) return NO_SPANS;
  const spans = [...tree.byId.values()].filter(({ span }) => wrong.has(span.instance));
  return new Set(spans.map(({ span }) => span.spanId));
}
