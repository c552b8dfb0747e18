/**
 * A trace out of indented text, for tests. A line is `name kind start+duration [!] [wait=ms]`, times in ms, the
 * indentation says whose child it is: two spaces a level. Names are `service/operation`; ids are line numbers.
 */
import type { Trace, TraceSpan } from "../../../server/wire/telemetry.js";

const LINE = /^(\s*)(\S+)\/(\S+) (server|client|producer|consumer|internal) (\d+)\+(\d+)( !)?(?: wait=(\d+))?$/;

export const TRACE_START_US = 1_700_000_000_000_000;

export function traceOf(text: string): Trace {
  const spans: TraceSpan[] = [];
  const path: string[] = [];
  for (const line of text.split("\n").filter((candidate) => candidate.trim() !== "")) {
    const match = LINE.exec(line);
    if (match === null) throw new Error(`not a span: ${line}`);
    const [, indent = "", service = "", name = "", kind, start, length, failed, wait] = match;
    const depth = indent.length / 2;
    const spanId = String(spans.length + 1);
    const parentSpanId = depth === 0 ? undefined : path[depth - 1];
    path[depth] = spanId;
    spans.push({
      spanId,
      ...(parentSpanId !== undefined && { parentSpanId }),
      service,
      instance: `${service}-0`,
      version: "1.0.0",
      name,
      kind: kind as TraceSpan["kind"],
      startUs: TRACE_START_US + Number(start) * 1_000,
      durationUs: Number(length) * 1_000,
      status: failed === undefined ? "ok" : "error",
      attributes: wait === undefined ? {} : { "app.worker.wait_ms": Number(wait) },
      events: [],
    });
  }
  return { traceId: "0af7651916cd43dd8448eb211c80319c", spans, complete: true };
}
