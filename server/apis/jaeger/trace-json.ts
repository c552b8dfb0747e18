/**
 * A trace as Jaeger's user interface reads it: spans with tags and logs, processes beside them.
 * Source: jaegertracing/jaeger, internal/uimodel, and its translation of OpenTelemetry's spans.
 */
import type { SpanColumns, SpanDetail, SpanShape } from "../../telemetry/span-reader.js";

interface Tag {
  readonly key: string;
  readonly type: "string" | "bool" | "int64" | "float64";
  readonly value: string | number | boolean;
}

interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly flags: number;
  readonly operationName: string;
  readonly references: readonly {
    readonly refType: "CHILD_OF" | "FOLLOWS_FROM";
    readonly traceID: string;
    readonly spanID: string;
  }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly Tag[];
  readonly logs: readonly { readonly timestamp: number; readonly fields: readonly Tag[] }[];
  readonly processID: string;
  readonly warnings: null;
}

interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: readonly Tag[];
}

export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, JaegerProcess>>;
  readonly warnings: null;
}

const SAMPLED = 1;

/** `rows` are all of one trace, and not none. */
export function jaegerTrace(columns: SpanColumns, rows: readonly number[], aheadUs: number): JaegerTrace {
  const ids = new Map<string, string>();
  const processes: Record<string, JaegerProcess> = {};
  const spans = rows.map((row) => {
    const detail = columns.detail(row);
    const key = JSON.stringify(detail.resource);
    let processID = ids.get(key);
    if (processID === undefined) {
      ids.set(key, (processID = `p${String(ids.size + 1)}`));
      processes[processID] = processOf(detail.resource);
    }
    return jaegerSpan(columns, row, detail, { processID, aheadUs });
  });
  return { traceID: columns.traceId(rows[0]), spans, processes, warnings: null };
}

function processOf({ "service.name": service = "", ...rest }: SpanDetail["resource"]): JaegerProcess {
  return { serviceName: String(service), tags: tagsOf(rest) };
}

function jaegerSpan(
  columns: SpanColumns,
  row: number,
  { span, events, instrumentation }: SpanDetail,
  { processID, aheadUs }: { readonly processID: string; readonly aheadUs: number },
): JaegerSpan {
  const shape = columns.shapeOf(columns.shape(row));
  const parent = columns.parent(row);
  const traceID = columns.traceId(row);
  return {
    traceID,
    spanID: columns.spanId(row),
    flags: SAMPLED,
    operationName: shape.name,
    references: parent < 0 ? [] : [{ refType: "CHILD_OF", traceID, spanID: columns.spanId(parent) }],
    startTime: columns.startUs(row) + aheadUs,
    duration: columns.durationUs(row),
    tags: [...tagsOf({ "otel.scope.name": instrumentation.name }), ...tagsOf(span), ...shapeTags(shape)],
    logs: events.map(({ name, timeUs, attributes }) => ({
      timestamp: timeUs + aheadUs,
      fields: tagsOf({ event: name, ...attributes }),
    })),
    processID,
    warnings: null,
  };
}

const tagsOf = (attributes: SpanDetail["span"]): readonly Tag[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, type: tagType(value), value }));

function tagType(value: string | number | boolean): Tag["type"] {
  if (typeof value === "string") return "string";
  if (typeof value === "boolean") return "bool";
  return Number.isInteger(value) ? "int64" : "float64";
}

/** What OpenTelemetry has beside the attributes, as tags. */
function shapeTags({ kind, status, statusMessage }: SpanShape): readonly Tag[] {
  return tagsOf({
    ...(kind === "unspecified" ? {} : { "span.kind": kind }),
    ...(status === "unset" ? {} : { "otel.status_code": status.toUpperCase() }),
    ...(status === "error" ? { error: true } : {}),
    ...(statusMessage === "" ? {} : { "otel.status_description": statusMessage }),
  });
}
