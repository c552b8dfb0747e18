/** One trace in full: every span of a request with its attributes, events and W3C ids. */
import { failureOf } from "../sim/failure-words.js";
import { SPAN_STATUSES } from "../sim/span-status.js";
import { SPAN_CHUNK_MASK, SPAN_OPEN } from "../sim/span-table.js";
import type { Trace, TraceSpan } from "../wire/telemetry.js";
import type { SpanIdentity, SpanSource, TelemetryModel } from "./sources.js";
import { eachChunk } from "./span-rows.js";
import { eventsOfSpan, withoutEventAttributes } from "./stored-spans.js";
import { beginsTrace, isInTrace, isSpanKept, type NamedTrace, traceIdOfSpan } from "./span-sight.js";

/** The attribute that becomes `TraceSpan.version`. */
const VERSION_ATTRIBUTE = "service.version";

export interface AskedTrace {
  readonly source: SpanSource;
  readonly named: NamedTrace;
  /** Share of traces that is kept where nothing else says so. */
  readonly sampleRatio: number;
}

/** Undefined: no span of the request has ended yet, or it is of another segment. */
export function assembleTrace(
  { source, named, sampleRatio }: AskedTrace,
  model: TelemetryModel,
  identity: SpanIdentity,
): Trace | undefined {
  const rows: number[] = [];
  let complete = true;
  // Messages of the request may be consumed at any later time, so the scan goes to the end of the table.
  eachChunk(source.table, 0, source.table.rows, ({ request: requests, durationUs }, from, to, base) => {
    for (let at = from; at < to; at++) {
      if (requests[at] !== named.request || !isInTrace(source, base + at, named)) continue;
      if (durationUs[at] === SPAN_OPEN) complete = false;
      else if (isSpanKept(source, base + at, sampleRatio)) rows.push(base + at);
    }
  });
  if (rows.length === 0) return undefined;
  return {
    traceId: traceIdOfSpan(source, identity, rows[0]),
    spans: rows.map((row) => renderSpan(source, row, model, identity)),
    complete,
  };
}

function renderSpan(source: SpanSource, row: number, model: TelemetryModel, identity: SpanIdentity): TraceSpan {
  const chunk = source.table.chunkAt(row);
  const at = row & SPAN_CHUNK_MASK;
  const site = model.sites[chunk.site[at]];
  const status = SPAN_STATUSES[chunk.status[at]];
  const parent = beginsTrace(source, row) ? -1 : chunk.parent[at];
  const aheadUs = source.sight?.aheadUs(chunk.instance[at], chunk.startUs[at]) ?? 0;
  const { [VERSION_ATTRIBUTE]: version = "", ...attributes } = source.attributes(row);
  return {
    spanId: identity.spanId(source.segment, row),
    ...(parent < 0 ? {} : { parentSpanId: identity.spanId(source.segment, parent) }),
    service: site.component,
    instance: model.instances[chunk.instance[at]].name,
    version: String(version),
    name: site.name,
    kind: site.kind,
    startUs: chunk.startUs[at] + aheadUs,
    durationUs: chunk.durationUs[at],
    status: status.failed ? "error" : "ok",
    ...(status.failed ? { statusMessage: failureOf(site, status).message } : {}),
    attributes: withoutEventAttributes(attributes),
    events: eventsOfSpan(site, chunk.attempt[at], chunk.status[at], chunk.startUs[at] + aheadUs, chunk.durationUs[at]),
  };
}
