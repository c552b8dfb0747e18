/**
 * Remote read: another Prometheus asks for the samples of series in a time, and evaluates over them itself. Answers in
 * samples; the streamed form is optional. Source: prometheus/prompb/remote.proto, types.proto; storage/remote/codec.go.
 */
import { LimitError } from "../../base/limit-error.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { emptyWindow } from "../../query/promql/samples.js";
import type { LabelMatcher } from "../../telemetry/metric-reader.js";
import { type ApiAnswer, type ApiRequest, textAnswer } from "../api.js";
import { compressSnappy, uncompressSnappy } from "../snappy.js";
import type { ApiWorld } from "../api-world.js";
import { decodeMessage, type MessageDescription } from "../protobuf/message.js";
import { ProtobufError } from "../protobuf/protobuf-reader.js";
import { ProtobufWriter } from "../protobuf/protobuf-writer.js";
import { writeTimeSeries } from "./write-request.js";

const REQUEST: MessageDescription = {
  queries: {
    number: 1,
    repeated: true,
    type: {
      startTimestampMs: { number: 1, type: "int64" },
      endTimestampMs: { number: 2, type: "int64" },
      matchers: {
        number: 3,
        repeated: true,
        type: {
          type: { number: 1, type: "int32" },
          name: { number: 2, type: "string" },
          value: { number: 3, type: "string" },
        },
      },
    },
  },
};

interface ReadQuery {
  readonly startTimestampMs?: string;
  readonly endTimestampMs?: string;
  readonly matchers?: readonly { readonly type?: number; readonly name?: string; readonly value?: string }[];
}

const OPERATORS: readonly LabelMatcher["operator"][] = ["=", "!=", "=~", "!~"];

/** Bytes of a question when it is unpacked. */
const QUESTION_BYTES_MAX = 1024 * 1024;
/** Samples of one answer: what Prometheus's `storage.remote.read-sample-limit` bounds, lower. */
const SAMPLES_MAX = 5_000_000;

/** Fields of ReadResponse and QueryResult. */
const FIELD = { result: 1, series: 1 } as const;

export function remoteRead(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const queries = readQuestion(request.body);
  if (typeof queries === "string") return textAnswer(`${queries}\n`, 400);
  const writer = new ProtobufWriter(64 * 1024);
  let samples = 0;
  for (const query of queries) {
    writer.message(FIELD.result, () => {
      samples = writeResult(writer, query, request, world, samples);
    });
  }
  return {
    httpStatus: 200,
    contentType: "application/x-protobuf",
    headers: { "Content-Encoding": "snappy" },
    body: compressSnappy(writer.bytes()),
  };
}

/** The queries, or what is wrong with the bytes. */
function readQuestion(body: Uint8Array): readonly ReadQuery[] | string {
  let bytes: Uint8Array;
  try {
    bytes = uncompressSnappy(body, QUESTION_BYTES_MAX);
  } catch (error) {
    return `the body is not compressed by Snappy: ${error instanceof Error ? error.message : String(error)}`;
  }
  try {
    return (decodeMessage(REQUEST, bytes)["queries"] ?? []) as readonly ReadQuery[];
  } catch (error) {
    if (error instanceof ProtobufError) return `the body is no ReadRequest: ${error.message}`;
    throw error;
  }
}

/** Writes the series of one query; answers with the samples of the whole answer so far. */
function writeResult(
  writer: ProtobufWriter,
  query: ReadQuery,
  { clockAheadMs }: ApiRequest,
  { metrics, nowUs }: ApiWorld,
  samplesBefore: number,
): number {
  const matchers = (query.matchers ?? []).map(({ type = 0, name = "", value = "" }) => ({
    name,
    operator: OPERATORS[type] ?? "=",
    value,
  }));
  const startMs = Number(query.startTimestampMs ?? 0) - clockAheadMs;
  const endMs = Math.min(Number(query.endTimestampMs ?? 0) - clockAheadMs, nowUs / MICROS_PER_MS);
  const window = emptyWindow();
  let samples = samplesBefore;
  for (const ref of metrics.select(matchers)) {
    // The window is open at its start, the question's is not.
    metrics.window(ref, startMs - 1, endMs, window);
    if (window.to <= window.from) continue;
    samples += window.to - window.from;
    if (samples > SAMPLES_MAX)
      throw new LimitError("samples of a remote read", SAMPLES_MAX, samples, "Ask for less time or fewer series.");
    writer.message(FIELD.series, () => {
      const { from, to, timesMs, values } = window;
      writeTimeSeries(writer, { labels: metrics.labels(ref), timesMs, values }, { from, to, aheadMs: clockAheadMs });
    });
  }
  return samples;
}
