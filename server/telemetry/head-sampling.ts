/**
 * Which traces the collector keeps: a share of them, decided at the head from the identity of the trace alone, so that
 * all spans of a trace meet the same fate whoever emits them (OpenTelemetry's TraceIdRatioBased sampler).
 */
import { mix } from "../base/draw.js";

/** Whether the trace of `request` is kept when `ratio` (0 to 1) of all traces are. */
export function isTraceKept(request: number, ratio: number): boolean {
  return ratio >= 1 || mix(request ^ 0x51ed_270b) >>> 0 < ratio * 4_294_967_296;
}
