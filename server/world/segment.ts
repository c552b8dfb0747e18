/** The two stretches of a world as the stores read them: sources over an engine's facts, live or handed over. */
import { levelPlaces } from "../topology/log-levels.js";
import type { Model } from "../topology/model-types.js";
import type { LifecycleRecord, LogTable } from "../sim/log-table.js";
import type { RequestDraws } from "../sim/request-draws.js";
import { attributeNames, attributeOf, attributesOf } from "../sim/span-attributes.js";
import { requestOfTraceId, spanIdOf, traceIdOf } from "../sim/span-ids.js";
import { SpanWords } from "../sim/span-words.js";
import { SPAN_CHUNK_MASK, SPAN_OPEN, type SpanTable } from "../sim/span-table.js";
import type { VersionHistory } from "../sim/version-history.js";
import type { ExemplarFacts } from "../telemetry/exemplar-log.js";
import { type SeenParts, SeenSpans } from "../sim/observability/seen-spans.js";
import { RetainedLines, type RetentionClock } from "../telemetry/retention-clock.js";
import { isSpanKept, traceIdOfSpan } from "../telemetry/span-sight.js";
import type { LineShipping, LogSource, SegmentNumber, SpanIdentity, SpanSource } from "../telemetry/sources.js";

/** Facts of one stretch, wherever they were simulated. */
export interface SegmentFacts {
  readonly spans: SpanTable;
  readonly logs: LogTable;
  readonly lifecycle: readonly LifecycleRecord[];
  readonly versions: VersionHistory;
  readonly seen: SeenParts;
  /** Where lines have to be shipped before they can be found. */
  readonly shipping: LineShipping | undefined;
}

export interface Segment {
  readonly spans: SpanSource;
  readonly logs: LogSource;
}

export function segmentOf(
  number: SegmentNumber,
  facts: SegmentFacts,
  world: {
    readonly model: Model;
    readonly draws: RequestDraws;
    readonly recordedFromUs: number;
    /** What is past its age is not shown; all is where this is left out. */
    readonly retention?: RetentionClock;
  },
): Segment {
  const { retention } = world;
  const retained = retention?.forgetsSpans === true ? retention.hasSpan.bind(retention) : undefined;
  const spans: SpanSource = {
    segment: number,
    table: facts.spans,
    recordedFromUs: world.recordedFromUs,
    sight: new SeenSpans(facts.spans, facts.seen, world.draws.keys, number, retained),
    attributes: (row) => attributesOf(world.model, world.draws, facts.spans, row, facts.versions),
    attributeNames: attributeNames(world.model),
    words: new SpanWords(world.model, world.draws, facts.versions),
    attribute: (row, name) => attributeOf(world.model, world.draws, facts.spans, row, name, facts.versions),
  };
  const shipping = shippingOf(facts, world);
  return {
    spans,
    logs: {
      segment: number,
      table: facts.logs,
      lifecycle: facts.lifecycle,
      spans,
      ...(shipping === undefined ? {} : { shipping }),
    },
  };
}

function shippingOf(
  { logs, shipping }: SegmentFacts,
  { model, retention }: { readonly model: Model; readonly retention?: RetentionClock },
): LineShipping | undefined {
  if (retention?.forgetsLines !== true) return shipping;
  const levels = levelPlaces(model.logTemplates);
  return new RetainedLines(logs, levels, retention, shipping);
}

export function identityOf({ keys }: RequestDraws): SpanIdentity {
  return {
    traceId: (request) => traceIdOf(keys, request),
    requestOf: (traceId) => requestOfTraceId(keys, traceId),
    spanId: (segment, row) => spanIdOf(keys, segment, row),
  };
}

/** What a span says as an exemplar; undefined while it is open or where the collector did not keep its trace. */
export function exemplarFacts(
  source: SpanSource,
  row: number,
  identity: SpanIdentity,
  sampleRatio: number,
): ExemplarFacts | undefined {
  if (row >= source.table.rows) return undefined;
  const chunk = source.table.chunkAt(row);
  const at = row & SPAN_CHUNK_MASK;
  const durationUs = chunk.durationUs[at];
  if (durationUs === SPAN_OPEN || !isSpanKept(source, row, sampleRatio)) return undefined;
  return {
    traceId: traceIdOfSpan(source, identity, row),
    spanId: identity.spanId(source.segment, row),
    valueSeconds: durationUs / 1e6,
    timeMs: (chunk.startUs[at] + durationUs) / 1e3,
  };
}
