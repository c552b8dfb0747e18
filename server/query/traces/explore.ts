/** The traces view's question: a page of the traces that a query finds, and figures over all of them. */
import { LimitError } from "../../base/limit-error.js";
import { MICROS_PER_SECOND } from "../../base/time.js";
import type { SpanColumns, SpanReader } from "../../telemetry/span-reader.js";
import type {
  TraceExploreAnswer,
  TraceExploreRequest,
  TraceFigures,
  TraceOrder,
  TraceSketch,
} from "../../wire/traces.js";
import { readSearch } from "../traceql/advice.js";
import { heatmapOf } from "./trace-heatmap.js";
import { evenly, findTraceSet, rowsOfTraces, type TracePart, type TraceSet } from "./trace-set.js";

const TRACES_MAX = 1_000;

/** Spans of a sketch: more would be lines upon lines at its size. */
const SKETCH_SPANS_MAX = 14;

export interface ExploreContext {
  readonly sampleRatio: number;
  readonly clockMs?: () => number;
}

export function exploreTraces(
  reader: SpanReader,
  request: TraceExploreRequest,
  { sampleRatio, clockMs }: ExploreContext,
): TraceExploreAnswer {
  if (request.limit > TRACES_MAX) {
    throw new LimitError("traces of one search", TRACES_MAX, request.limit, "Ask for less at a time.");
  }
  const search = readSearch(request.query);
  if (!search.ok) return { kind: "wrong", findings: search.error };
  const set = findTraceSet(reader, search.value, { ...request, ...(clockMs === undefined ? {} : { clockMs }) });
  return {
    kind: "found",
    traces: sketches(set, pageOf(set, request)),
    figures: figuresOf(set, request),
    heatmap: heatmapOf(set, request),
    sampleRatio,
    spansExamined: set.spansExamined,
  };
}

/** A trace of the set: its part and its place there. */
interface Place {
  readonly part: TracePart;
  readonly at: number;
}

/** What the order goes by, larger first; `spread` has an order of its own. */
const RANKS: Readonly<Record<Exclude<TraceOrder, "spread">, (part: TracePart, at: number) => number>> = {
  newest: (part, at) => part.startUs[at],
  oldest: (part, at) => -part.startUs[at],
  slowest: (part, at) => part.durationUs[at],
  fastest: (part, at) => -part.durationUs[at],
  spans: (part, at) => part.spans[at],
  errors: (part, at) => part.errors[at],
};

function pageOf(set: TraceSet, { order, limit }: TraceExploreRequest): readonly Place[] {
  const ends: number[] = [];
  for (const { count } of set.parts) ends.push((ends.at(-1) ?? 0) + count);
  const placeOf = (index: number): Place => {
    const number = ends.findIndex((end) => index < end);
    const part = set.parts[number];
    return { part, at: index - (ends[number] - part.count) };
  };
  if (order === "spread") return evenly(set.total, limit).map(placeOf);
  const rankOf = RANKS[order];
  const ranks = new Float64Array(set.total);
  let index = 0;
  for (const part of set.parts) for (let at = 0; at < part.count; at++) ranks[index++] = rankOf(part, at);
  return best(ranks, limit).map(placeOf);
}

/** Indexes of the largest, largest first; of equals the later one. */
function best(ranks: Float64Array, limit: number): number[] {
  const least = ranks.length <= limit ? -Infinity : (Float64Array.from(ranks).sort().at(-limit) ?? -Infinity);
  const indexes: number[] = [];
  ranks.forEach((rank, index) => {
    if (rank >= least) indexes.push(index);
  });
  return indexes.sort((a, b) => ranks[b] - ranks[a] || b - a).slice(0, limit);
}

function figuresOf(set: TraceSet, { fromUs, toUs }: TraceExploreRequest): TraceFigures {
  const durations = new Float64Array(set.total);
  let failed = 0;
  let filled = 0;
  for (const part of set.parts) {
    durations.set(part.durationUs, filled);
    filled += part.count;
    for (const errors of part.errors) if (errors > 0) failed++;
  }
  durations.sort();
  const quantile = (share: number): number =>
    durations.length === 0 ? 0 : durations[Math.min(durations.length - 1, Math.floor(share * durations.length))];
  return {
    total: set.total,
    failed,
    perSecond: toUs > fromUs ? (set.total * MICROS_PER_SECOND) / (toUs - fromUs) : 0,
    durationUsP50: quantile(0.5),
    durationUsP95: quantile(0.95),
    durationUsP99: quantile(0.99),
    durationUsMax: durations.at(-1) ?? 0,
  };
}

function sketches(set: TraceSet, places: readonly Place[]): readonly TraceSketch[] {
  const rows = new Map(
    set.parts.map((part) => [
      part,
      rowsOfTraces(
        part,
        places.filter((place) => place.part === part).map(({ at }) => at),
      ),
    ]),
  );
  return places.map(({ part, at }) => sketchOf(part, at, rows.get(part)?.get(at) ?? []));
}

function sketchOf(part: TracePart, at: number, rows: readonly number[]): TraceSketch {
  const { columns } = part;
  const root = columns.shapeOf(columns.shape(part.rootRow[at]));
  const services = [...new Set(rows.map((row) => columns.shapeOf(columns.shape(row)).service))];
  return {
    traceId: columns.traceId(part.rootRow[at]),
    rootService: root.service,
    rootName: root.name,
    startUs: part.startUs[at],
    durationUs: part.durationUs[at],
    spanCount: part.spans[at],
    errorCount: part.errors[at],
    services,
    sketch: linesOf(columns, rows, { services, fromUs: part.startUs[at], toUs: part.endUs[at] }),
  };
}

function linesOf(
  columns: SpanColumns,
  rows: readonly number[],
  { services, fromUs, toUs }: { readonly services: readonly string[]; readonly fromUs: number; readonly toUs: number },
): readonly number[] {
  const perThousand = 1_000 / Math.max(1, toUs - fromUs);
  const longest = [...rows].sort((a, b) => columns.durationUs(b) - columns.durationUs(a)).slice(0, SKETCH_SPANS_MAX);
  return longest
    .sort((a, b) => columns.startUs(a) - columns.startUs(b) || a - b)
    .flatMap((row) => {
      const { service, status } = columns.shapeOf(columns.shape(row));
      return [
        Math.round((columns.startUs(row) - fromUs) * perThousand),
        Math.round(columns.durationUs(row) * perThousand),
        services.indexOf(service),
        status === "error" ? 1 : 0,
      ];
    });
}
