/**
 * Spans as OpenTelemetry's protocol carries them (ExportTraceServiceRequest and TracesData have one form), from the
 * columns: as the JSON of OTLP/HTTP, and as Protocol Buffers. Source: opentelemetry-proto, trace.proto, and the section
 * on JSON of the protocol's specification: ids are hex, enumerations numbers, 64-bit integers texts.
 */
import type { SpanColumns, SpanDetail, SpanShape } from "../../telemetry/span-reader.js";
import { bytesOfHex } from "../protobuf/message.js";
import { ProtobufWriter } from "../protobuf/protobuf-writer.js";
import { type AnyValue, type KeyValue, keyValues, nanosText } from "./any-value.js";

export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly events?: readonly {
    readonly timeUnixNano: string;
    readonly name: string;
    readonly attributes: readonly KeyValue[];
  }[];
  readonly links?: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes: readonly KeyValue[];
  }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

export interface ScopeSpans {
  readonly scope: { readonly name: string; readonly version?: string };
  readonly spans: readonly OtlpSpan[];
}

export interface ResourceSpans {
  readonly resource: { readonly attributes: readonly KeyValue[] };
  readonly scopeSpans: readonly ScopeSpans[];
}

export interface TracesData {
  readonly resourceSpans: readonly ResourceSpans[];
}

export const SPAN_KINDS: readonly SpanShape["kind"][] = [
  "unspecified",
  "internal",
  "server",
  "client",
  "producer",
  "consumer",
];

export const STATUS_CODES: readonly SpanShape["status"][] = ["unset", "ok", "error"];

/** Spans by the process that sent them, in the order in which they come. `aheadUs` is added to all times. */
export function tracesData(columns: SpanColumns, rows: Iterable<number>, aheadUs = 0): TracesData {
  const groups = new Map<string, { readonly detail: SpanDetail; readonly spans: OtlpSpan[] }>();
  for (const row of rows) {
    const detail = columns.detail(row);
    const key = JSON.stringify([detail.resource, detail.instrumentation]);
    let group = groups.get(key);
    if (group === undefined) groups.set(key, (group = { detail, spans: [] }));
    group.spans.push(otlpSpan(columns, row, detail, aheadUs));
  }
  const resourceSpans = [...groups.values()].map(({ detail: { resource, instrumentation }, spans }) => {
    const { name, version } = instrumentation;
    const scope = version === "" ? { name } : { name, version };
    return { resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope, spans }] };
  });
  return { resourceSpans };
}

function otlpSpan(columns: SpanColumns, row: number, detail: SpanDetail, aheadUs: number): OtlpSpan {
  const shape = columns.shapeOf(columns.shape(row));
  const parent = columns.parent(row);
  const startUs = columns.startUs(row) + aheadUs;
  const { events, links } = detail;
  return {
    traceId: columns.traceId(row),
    spanId: columns.spanId(row),
    ...(parent < 0 ? {} : { parentSpanId: columns.spanId(parent) }),
    name: shape.name,
    kind: SPAN_KINDS.indexOf(shape.kind),
    startTimeUnixNano: nanosText(startUs),
    endTimeUnixNano: nanosText(startUs + columns.durationUs(row)),
    attributes: keyValues(detail.span),
    ...(events.length === 0 ? {} : { events: events.map((event) => otlpEvent(event, aheadUs)) }),
    ...(links.length === 0
      ? {}
      : { links: links.map((link) => ({ ...link, attributes: keyValues(link.attributes) })) }),
    status: {
      ...(shape.status === "unset" ? {} : { code: STATUS_CODES.indexOf(shape.status) }),
      ...(shape.statusMessage === "" ? {} : { message: shape.statusMessage }),
    },
  };
}

const otlpEvent = ({ name, timeUs, attributes }: SpanDetail["events"][number], aheadUs: number) => ({
  timeUnixNano: nanosText(timeUs + aheadUs),
  name,
  attributes: keyValues(attributes),
});

/* Protocol Buffers: the numbers are those of the fields in trace.proto, common.proto and resource.proto. */

export function encodeTracesData(data: TracesData): Uint8Array {
  const writer = new ProtobufWriter(64 * 1024);
  writeTracesData(writer, data);
  return writer.bytes();
}

/** Its fields, into a message that is already open. */
export function writeTracesData(writer: ProtobufWriter, { resourceSpans }: TracesData): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    writer.message(1, () => {
      writer.message(1, () => writeAttributes(writer, 1, resource.attributes));
      for (const { scope, spans } of scopeSpans) {
        writer.message(2, () => {
          writer.message(1, () => {
            writer.string(1, scope.name);
            if (scope.version !== undefined) writer.string(2, scope.version);
          });
          for (const span of spans) writer.message(2, () => writeSpan(writer, span));
        });
      }
    });
  }
}

function writeSpan(writer: ProtobufWriter, span: OtlpSpan): void {
  writer.raw(1, bytesOfHex(span.traceId));
  writer.raw(2, bytesOfHex(span.spanId));
  if (span.parentSpanId !== undefined) writer.raw(4, bytesOfHex(span.parentSpanId));
  writer.string(5, span.name);
  writer.varint(6, span.kind);
  writer.fixed64(7, BigInt(span.startTimeUnixNano));
  writer.fixed64(8, BigInt(span.endTimeUnixNano));
  writeAttributes(writer, 9, span.attributes);
  for (const { timeUnixNano, name, attributes } of span.events ?? []) {
    writer.message(11, () => {
      writer.fixed64(1, BigInt(timeUnixNano));
      writer.string(2, name);
      writeAttributes(writer, 3, attributes);
    });
  }
  for (const { traceId, spanId, attributes } of span.links ?? []) {
    writer.message(13, () => {
      writer.raw(1, bytesOfHex(traceId));
      writer.raw(2, bytesOfHex(spanId));
      writeAttributes(writer, 4, attributes);
    });
  }
  writer.message(15, () => {
    if (span.status.message !== undefined) writer.string(2, span.status.message);
    if (span.status.code !== undefined) writer.varint(3, span.status.code);
  });
}

function writeAttributes(writer: ProtobufWriter, field: number, attributes: readonly KeyValue[]): void {
  for (const { key, value } of attributes) {
    writer.message(field, () => {
      writer.string(1, key);
      writer.message(2, () => writeAnyValue(writer, value));
    });
  }
}

function writeAnyValue(writer: ProtobufWriter, value: AnyValue): void {
  if ("stringValue" in value) writer.string(1, value.stringValue);
  else if ("boolValue" in value) writer.bool(2, value.boolValue);
  else if ("intValue" in value) writer.varint(3, BigInt(value.intValue));
  else writer.double(4, value.doubleValue);
}
