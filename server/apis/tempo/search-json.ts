/** What a search found, as Tempo's search answers. Source: grafana/tempo/pkg/tempopb/tempo.proto, TraceSearchMetadata. */
import { MICROS_PER_MS } from "../../base/time.js";
import type { Value } from "../../query/traceql/ast.js";
import { fieldName, type FoundTrace, rowsOfTraces, type SearchAnswer } from "../../query/traceql/search.js";
import type { Spanset } from "../../query/traceql/spansets.js";
import { textOf } from "../../query/traceql/values.js";
import { type AnyValue, nanosText } from "../otlp/any-value.js";

interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}

interface SpansetJson {
  readonly spans: readonly {
    readonly spanID: string;
    readonly name: string;
    readonly startTimeUnixNano: string;
    readonly durationNanos: string;
    readonly attributes?: readonly KeyValue[];
  }[];
  /** Spans in all; `spans` are the first of them. */
  readonly matched: number;
  readonly attributes?: readonly KeyValue[];
}

export interface TraceJson {
  readonly traceID: string;
  readonly rootServiceName: string;
  readonly rootTraceName: string;
  readonly startTimeUnixNano: string;
  readonly durationMs: number;
  readonly spanSet?: SpansetJson;
  readonly spanSets: readonly SpansetJson[];
  readonly serviceStats: Summary;
}

export interface SearchJson {
  readonly traces: readonly TraceJson[];
  readonly metrics: Readonly<Record<string, number | string>>;
}

/** Bytes of a span in the table, for the figure that clients show. */
const SPAN_BYTES = 32;

/** `aheadUs` is added to all times. */
export function searchAnswer(answer: SearchAnswer, spansPerSpanset: number, aheadUs = 0): SearchJson {
  const rows = rowsOfTraces(answer.traces);
  return {
    traces: answer.traces.map((trace) => traceJson(trace, rows.get(trace) ?? [], { spansPerSpanset, aheadUs })),
    metrics: {
      inspectedTraces: answer.tracesExamined,
      inspectedBytes: String(answer.spansExamined * SPAN_BYTES),
      completedJobs: 1,
      totalJobs: 1,
    },
  };
}

type Summary = Readonly<Record<string, { spanCount: number; errorCount?: number }>>;

/** Spans and errors of each service. */
function statsOf({ context: { columns } }: FoundTrace, rows: readonly number[]): Summary {
  const stats: Record<string, { spanCount: number; errorCount?: number }> = {};
  for (const row of rows) {
    const { service, status } = columns.shapeOf(columns.shape(row));
    const counts = (stats[service] ??= { spanCount: 0 });
    counts.spanCount++;
    if (status === "error") counts.errorCount = (counts.errorCount ?? 0) + 1;
  }
  return stats;
}

interface Form {
  readonly spansPerSpanset: number;
  readonly aheadUs: number;
}

function traceJson(trace: FoundTrace, rows: readonly number[], form: Form): TraceJson {
  const { columns, facts } = trace.context;
  const fromUs = rows.reduce((least, row) => Math.min(least, columns.startUs(row)), Infinity);
  const toUs = rows.reduce((most, row) => Math.max(most, columns.startUs(row) + columns.durationUs(row)), 0);
  const spanSets = trace.spansets.map((spanset) => spansetJson(trace, spanset, form));
  const [spanSet] = spanSets;
  return {
    traceID: columns.traceId(rows[0]),
    rootServiceName: facts.rootService(rows[0]),
    rootTraceName: facts.rootName(rows[0]),
    startTimeUnixNano: nanosText(fromUs + form.aheadUs),
    durationMs: Math.floor((toUs - fromUs) / MICROS_PER_MS),
    spanSet,
    spanSets,
    serviceStats: statsOf(trace, rows),
  };
}

/** Fields that stand elsewhere in the answer. */
const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set(["name", "duration", "trace:id", "span:id"]);

function spansetJson(
  { context, fields }: FoundTrace,
  spanset: Spanset,
  { spansPerSpanset, aheadUs }: Form,
): SpansetJson {
  const { columns } = context;
  const shown = spansPerSpanset === 0 ? spanset.rows : spanset.rows.slice(0, spansPerSpanset);
  return {
    spans: shown.map((row) => {
      const attributes = fields.flatMap(({ field, read }) => {
        const name = fieldName(field);
        if (field.kind === "intrinsic" && SHOWN_ELSEWHERE.has(name)) return [];
        const value = read(row);
        return value.type === "nil" ? [] : [{ key: name, value: anyValueOf(value) }];
      });
      return {
        spanID: columns.spanId(row),
        name: columns.shapeOf(columns.shape(row)).name,
        startTimeUnixNano: nanosText(columns.startUs(row) + aheadUs),
        durationNanos: nanosText(columns.durationUs(row)),
        ...(attributes.length === 0 ? {} : { attributes }),
      };
    }),
    matched: spanset.rows.length,
    ...(spanset.attributes.length === 0
      ? {}
      : { attributes: spanset.attributes.map(([key, value]) => ({ key, value: anyValueOf(value) })) }),
  };
}

/** A value of the language as OpenTelemetry's AnyValue; status, kind and durations are texts. */
export function anyValueOf(value: Value): AnyValue {
  switch (value.type) {
    case "int":
      return { intValue: BigInt(value.value).toString() };
    case "float":
      return { doubleValue: value.value };
    case "boolean":
      return { boolValue: value.value };
    default:
      return { stringValue: textOf(value) };
  }
}
