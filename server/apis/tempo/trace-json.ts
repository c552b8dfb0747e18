/**
 * One trace as Tempo answers it: in JSON with ids in base64 and enumerations by name, as the JSON mapping of Protocol
 * Buffers has them, or in Protocol Buffers. Source: grafana/tempo/pkg/tempopb/tempo.proto.
 */
import { ProtobufWriter } from "../protobuf/protobuf-writer.js";
import { bytesOfHex } from "../protobuf/message.js";
import {
  encodeTracesData,
  type OtlpSpan,
  SPAN_KINDS,
  STATUS_CODES,
  type TracesData,
  writeTracesData,
} from "../otlp/spans.js";

export type TraceVersion = 1 | 2;

export function traceJson(data: TracesData, version: TraceVersion): unknown {
  const resourceSpans = data.resourceSpans.map(({ resource, scopeSpans }) => ({
    resource,
    scopeSpans: scopeSpans.map(({ scope, spans }) => ({ scope, spans: spans.map(spanJson) })),
  }));
  return version === 1 ? { batches: resourceSpans } : { trace: { resourceSpans }, metrics: {} };
}

export function traceProtobuf(data: TracesData, version: TraceVersion): Uint8Array {
  if (version === 1) return encodeTracesData(data);
  const writer = new ProtobufWriter(64 * 1024);
  writer.message(1, () => writeTracesData(writer, data));
  writer.message(2, () => undefined);
  return writer.bytes();
}

function spanJson({ traceId, spanId, parentSpanId, kind, status, links, ...rest }: OtlpSpan): unknown {
  return {
    traceId: base64OfHex(traceId),
    spanId: base64OfHex(spanId),
    ...(parentSpanId === undefined ? {} : { parentSpanId: base64OfHex(parentSpanId) }),
    ...rest,
    kind: `SPAN_KIND_${SPAN_KINDS[kind].toUpperCase()}`,
    ...(links === undefined
      ? {}
      : {
          links: links.map((link) => ({
            ...link,
            traceId: base64OfHex(link.traceId),
            spanId: base64OfHex(link.spanId),
          })),
        }),
    status: {
      ...(status.message === undefined ? {} : { message: status.message }),
      ...(status.code === undefined ? {} : { code: `STATUS_CODE_${STATUS_CODES[status.code].toUpperCase()}` }),
    },
  };
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function base64OfHex(hex: string): string {
  const bytes = bytesOfHex(hex);
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const left = Math.min(3, bytes.length - at);
    const word = (bytes[at] << 16) | ((left > 1 ? bytes[at + 1] : 0) << 8) | (left > 2 ? bytes[at + 2] : 0);
    for (let digit = 0; digit < 4; digit++) {
      text += digit <= left ? ALPHABET[(word >>> (18 - 6 * digit)) & 63] : "=";
    }
  }
  return text;
}
