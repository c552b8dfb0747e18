/** What a search found, as Tempo's search answers. Source: grafana/tempo/pkg/tempopb/tempo.proto, TraceSearchMetadata. */
import { MICROS_PER_MS } from "../../base/time.js";
import type { Value } from "../../query/traceql/ast.js";
import { fieldName, type FoundTrace, type SearchAnswer } from "../../query/traceql/search.js";
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
  readonly serviceStats: Readonly<Record<string, { readonly spanCount: number; readonly errorCount?: number }>>;
}

export interface SearchJson {
  readonly traces: readonly TraceJson[];
  readonly metrics: Readonly<Record<string, number | string>>;
}

/** Bytes of a span in the table, for the figure that clients show. */
const SPAN_BYTES = 32;

/** `aheadUs` is added to all times. */
export function searchAnswer(answer: SearchAnswer, spansPerSpanset: number, aheadUs = 0): SearchJson {
  const summaries = summarize(answer.traces);
  return {
    traces: answer.traces.map((trace) => traceJson(trace, summaries.get(trace), { spansPerSpanset, aheadUs })),
    metrics: {
      inspectedTraces: answer.tracesExamined,
      inspectedBytes: String(answer.spansExamined * SPAN_BYTES),
      completedJobs: 1,
      totalJobs: 1,
    },
  };
}

type Summary = Map<string, { spanCount: number; errorCount: number }>;

/** Spans and errors of each service, over all spans that are seen of the traces. */
function summarize(traces: readonly FoundTrace[]): ReadonlyMap<FoundTrace, Summary> {
  const summaries = new Map<FoundTrace, Summary>(traces.map((trace) => [trace, new Map()]));
  for (const context of new Set(traces.map((trace) => trace.context))) {
    const { columns } = context;
    const own = traces.filter((trace) => trace.context === context);
    const byTrace = new Map(own.map((trace) => [columns.trace(firstRow(trace)), summaries.get(trace)]));
    const from = columns.firstRowFrom(own.reduce((least, trace) => Math.min(least, extentOf(trace).fromUs), Infinity));
    const isWanted = new Uint8Array(columns.traces);
    for (const trace of byTrace.keys()) isWanted[trace] = 1;
    for (let row = from; row < columns.rows; row++) {
      const trace = columns.trace(row);
      if (isWanted[trace] === 0 || !columns.isSeen(row)) continue;
      const { service, status } = columns.shapeOf(columns.shape(row));
      const summary = byTrace.get(trace);
      const counts = summary?.get(service) ?? { spanCount: 0, errorCount: 0 };
      counts.spanCount++;
      if (status === "error") counts.errorCount++;
      summary?.set(service, counts);
    }
  }
  return summaries;
}

const firstRow = ({ spansets }: FoundTrace): number => spansets[0].rows[0];

function extentOf(trace: FoundTrace): { readonly fromUs: number; readonly toUs: number } {
  const { columns, facts } = trace.context;
  const number = columns.trace(firstRow(trace));
  return { fromUs: facts.extents.fromUs[number], toUs: facts.extents.toUs[number] };
}

interface Form {
  readonly spansPerSpanset: number;
  readonly aheadUs: number;
}

function traceJson(trace: FoundTrace, summary: Summary = new Map(), form: Form): TraceJson {
  const { columns, facts } = trace.context;
  const row = firstRow(trace);
  const { fromUs, toUs } = extentOf(trace);
  const spanSets = trace.spansets.map((spanset) => spansetJson(trace, spanset, form));
  const [spanSet] = spanSets;
  return {
    traceID: columns.traceId(row),
    rootServiceName: facts.rootService(row),
    rootTraceName: facts.rootName(row),
    startTimeUnixNano: nanosText(fromUs + form.aheadUs),
    durationMs: Math.floor((toUs - fromUs) / MICROS_PER_MS),
    spanSet,
    spanSets,
    serviceStats: Object.fromEntries(
      [...summary].map(([service, { spanCount, errorCount }]) => [
        service,
        errorCount === 0 ? { spanCount } : { spanCount, errorCount },
      ]),
    ),
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
