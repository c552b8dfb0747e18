/**
 * What a run's plant has kept as a collector would have been sent it: ExportTraceServiceRequest and those of metrics and
 * logs, in JSON or, where that is what is accepted, in Protocol Buffers. Source: opentelemetry-proto, collector/…/v1;
 * OTLP/HTTP 1.x.
 */
import { METADATA_BY_NAME } from "../../alerting/scraped-metadata.js";
import { LimitError } from "../../base/limit-error.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { BadParameter, selectorsOf, timeMs } from "../../query/promql/http-parameters.js";
import { emptyWindow } from "../../query/promql/samples.js";
import { firstLineFrom } from "../../telemetry/log-search.js";
import { type Api, type ApiAnswer, type ApiRequest, jsonAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { encodeLogsData, logsData, type SeenLine } from "./logs.js";
import { encodeMetricsData, metricsData } from "./metrics.js";
import type { SeriesSamples } from "./series-samples.js";
import { encodeTracesData, type ResourceSpans, tracesData } from "./spans.js";
import { StartTimes } from "./start-times.js";

export const PROTOBUF_TYPE = "application/x-protobuf";
/** Time that is sent when no start is named. */
const BACK_MS = 60_000;
const SPANS_MAX = 50_000;
const SAMPLES_MAX = 200_000;
const LINES_MAX = 50_000;

/** Times of the world, the end not part of it. */
interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

const SIGNALS: Readonly<Record<string, (request: ApiRequest, world: ApiWorld, window: Window) => ApiAnswer>> = {
  "v1/traces": traces,
  "v1/metrics": metrics,
  "v1/logs": logs,
};

export const otlpApi: Api = {
  name: "otlp",
  title: "OpenTelemetry",
  methods: ["GET"],
  answer(request, world) {
    if (!Object.hasOwn(SIGNALS, request.path))
      return failed(404, `there is only ${Object.keys(SIGNALS).join(", ")} here`);
    try {
      return SIGNALS[request.path](request, world, windowOf(request, world));
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

/** From `start` up to before `end`, times as Prometheus takes them; never beyond now. */
function windowOf({ clockAheadMs, parameters }: ApiRequest, world: ApiWorld): Window {
  const nowMs = world.nowUs / MICROS_PER_MS;
  const endMs = timeMs(parameters, "end", nowMs + clockAheadMs) - clockAheadMs;
  const startMs = timeMs(parameters, "start", endMs + clockAheadMs - BACK_MS) - clockAheadMs;
  return { startMs, endMs: Math.min(endMs, nowMs) };
}

const wantsProtobuf = ({ accept }: ApiRequest): boolean => accept.includes(PROTOBUF_TYPE);

const protobufAnswer = (body: Uint8Array): ApiAnswer => ({ httpStatus: 200, contentType: PROTOBUF_TYPE, body });

function checkLimit(what: string, allowed: number, reached: number): void {
  if (reached > allowed) throw new LimitError(`${what} of an export`, allowed, reached, "Ask for less time.");
}

/** Spans that were kept and started in the window. */
function traces(request: ApiRequest, world: ApiWorld, { startMs, endMs }: Window): ApiAnswer {
  const resourceSpans: ResourceSpans[] = [];
  let spans = 0;
  for (const columns of world.traces.stretches()) {
    const rows: number[] = [];
    const to = Math.min(columns.rows, columns.firstRowFrom(endMs * MICROS_PER_MS));
    for (let row = columns.firstRowFrom(startMs * MICROS_PER_MS); row < to; row++) {
      if (!columns.isSeen(row)) continue;
      rows.push(row);
      checkLimit("spans", SPANS_MAX, ++spans);
    }
    for (const group of tracesData(columns, rows, request.clockAheadMs * MICROS_PER_MS).resourceSpans)
      resourceSpans.push(group);
  }
  if (!wantsProtobuf(request)) return jsonAnswer({ resourceSpans });
  return protobufAnswer(encodeTracesData({ resourceSpans }));
}

/** Samples of the window, of the series that any `match[]` selects; of all where there is none. */
function metrics(request: ApiRequest, world: ApiWorld, { startMs, endMs }: Window): ApiAnswer {
  const { metrics: reader, model, dataFromUs } = world;
  const selectors = selectorsOf(request.parameters);
  const chosen = selectors.length === 0 ? [EVERY_SERIES] : selectors;
  const batch: SeriesSamples[] = [];
  let samples = 0;
  for (const ref of new Set(chosen.flatMap((matchers) => [...reader.select(matchers)]))) {
    const window = emptyWindow();
    // The reader's window is open at its start and closed at its end, this one the other way round.
    reader.window(ref, startMs - 1, endMs - 1, window);
    if (window.to <= window.from) continue;
    samples += window.to - window.from;
    checkLimit("samples", SAMPLES_MAX, samples);
    batch.push({
      ref,
      labels: reader.labels(ref),
      timesMs: window.timesMs.slice(window.from, window.to),
      values: window.values.slice(window.from, window.to),
      exemplars: reader.exemplars(ref, startMs, endMs),
    });
  }
  const data = metricsData(batch, {
    model,
    descriptions: METADATA_BY_NAME,
    starts: new StartTimes(() => dataFromUs / MICROS_PER_MS),
    aheadMs: request.clockAheadMs,
  });
  return wantsProtobuf(request) ? protobufAnswer(encodeMetricsData(data)) : jsonAnswer(data);
}

export const EVERY_SERIES = [{ name: "__name__", operator: "!=", value: "" }] as const;

/** Lines that reached the log store and were written in the window. */
function logs(request: ApiRequest, { logs: store }: ApiWorld, { startMs, endMs }: Window): ApiAnswer {
  const lines: SeenLine[] = [];
  for (const source of store.sources) {
    const to = firstLineFrom(source, endMs * MICROS_PER_MS);
    for (let row = firstLineFrom(source, startMs * MICROS_PER_MS); row < to; row++) {
      if (source.shipping?.isShipped(row) === false) continue;
      checkLimit("lines", LINES_MAX, lines.length + 1);
      lines.push({ line: store.lineAt(source, row), observedUs: source.table.timeUs[row] });
    }
  }
  const data = logsData(lines, request.clockAheadMs * MICROS_PER_MS);
  return wantsProtobuf(request) ? protobufAnswer(encodeLogsData(data)) : jsonAnswer(data);
}
