/**
 * The spans of a run as a collector would have been sent them: ExportTraceServiceRequest in JSON, or in protobuf where
 * that is what is accepted. Source: opentelemetry-proto, collector/trace/v1; OTLP/HTTP 1.x.
 */
import { LimitError } from "../../base/limit-error.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { BadParameter, timeMs } from "../../query/promql/http-parameters.js";
import { type Api, type ApiAnswer, type ApiRequest, jsonAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { encodeTracesData, type ResourceSpans, tracesData } from "./spans.js";

const PROTOBUF_TYPE = "application/x-protobuf";
/** Time that is sent when no start is named. */
const BACK_MS = 300_000;
const SPANS_MAX = 50_000;

export const otlpApi: Api = {
  name: "otlp",
  title: "OpenTelemetry",
  answer(request, world) {
    if (request.path !== "v1/traces") return failed(404, "there is only v1/traces here");
    try {
      return traces(request, world);
    } catch (error) {
      if (error instanceof BadParameter) return failed(400, error.message);
      throw error;
    }
  },
  error: failed,
};

/** The message Status, as OTLP answers what went wrong. */
function failed(httpStatus: number, message: string): ApiAnswer {
  return jsonAnswer({ message }, httpStatus);
}

/** Spans that were kept and started from `start` up to before `end`, times as Prometheus takes them. */
function traces(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const { clockAheadMs, parameters, accept } = request;
  const nowMs = world.nowUs / MICROS_PER_MS;
  const endMs = timeMs(parameters, "end", nowMs + clockAheadMs) - clockAheadMs;
  const startMs = timeMs(parameters, "start", endMs + clockAheadMs - BACK_MS) - clockAheadMs;
  const resourceSpans: ResourceSpans[] = [];
  let spans = 0;
  for (const columns of world.traces.stretches()) {
    const rows: number[] = [];
    const to = Math.min(columns.rows, columns.firstRowFrom(endMs * MICROS_PER_MS));
    for (let row = columns.firstRowFrom(startMs * MICROS_PER_MS); row < to; row++)
      if (columns.isSeen(row)) rows.push(row);
    spans += rows.length;
    if (spans > SPANS_MAX) throw new LimitError("spans of an export", SPANS_MAX, spans, "Ask for less time.");
    for (const group of tracesData(columns, rows, clockAheadMs * MICROS_PER_MS).resourceSpans)
      resourceSpans.push(group);
  }
  if (!accept.includes(PROTOBUF_TYPE)) return jsonAnswer({ resourceSpans });
  return { httpStatus: 200, contentType: PROTOBUF_TYPE, body: encodeTracesData({ resourceSpans }) };
}
