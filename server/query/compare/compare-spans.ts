/** Traces or spans against others. */
import type { Result } from "../../base/result.js";
import { failure, success } from "../../base/result.js";
import type { SpanReader } from "../../telemetry/span-reader.js";
import type { CompareAnswer, CompareRefusal, CompareRequest, CompareSet } from "../../wire/compare.js";
import { lineAndColumn } from "../../base/diagnostic.js";
import type { Stage } from "../traceql/ast.js";
import { eachStage, namedFields } from "../traceql/fields.js";
import { parseTraceql } from "../traceql/parse.js";
import { fieldName } from "../traceql/search.js";
import { SpanAttributes } from "./span-attributes.js";
import { quantileOf } from "./divergence.js";
import { findSpanSets, without, type RowSet } from "./span-sets.js";
import { Tally, type AttributeSeed, type Side } from "./tally.js";
import { spread } from "./thinned-sample.js";

/** Spans whose attributes one comparison renders, some 3 µs each: traces of hundreds of spans are sampled more thinly. */
const RENDERED_MAX = 150_000;
/** Rows are handed over in such portions between two looks at what was rendered. */
const PORTION = 100;
const EVERYTHING = /^\s*(?:\{\s*(?:true)?\s*\})?\s*$/;

export function compareSpans(
  reader: SpanReader,
  request: CompareRequest,
  clockMs: (() => number) | undefined,
): CompareAnswer | CompareRefusal {
  const unit = request.signal === "spans" ? "spans" : "traces";
  const selectionStages = stagesOf(request.selection, "selection");
  if (!selectionStages.ok) return selectionStages.error;
  const baselineStages = stagesOf(request.baseline, "baseline");
  if (!baselineStages.ok) return baselineStages.error;
  const clock = clockMs === undefined ? {} : { clockMs };
  const found = findSpanSets(reader, request.selection, { stages: selectionStages.value, unit, ...clock });
  const threshold = thresholdOf(found, request.selection.fromQuantile);
  const selection = threshold === undefined ? found : longest(found, threshold);
  const others = findSpanSets(reader, request.baseline, { stages: baselineStages.value, unit, ...clock });
  const baseline = without(others, selection);
  const tally = new Tally();
  const attributes = new SpanAttributes(tally);
  const looked = {
    selection: examine(attributes, "selection", selection, request.sample),
    baseline: examine(attributes, "baseline", baseline, request.sample),
  };
  const examined = { selection: looked.selection.things, baseline: looked.baseline.things };
  const independent = { selection: looked.selection.traces, baseline: looked.baseline.traces };
  const sizes = { weights: examined, things: examined, independent };
  const chosenBy = choosers(request, selectionStages.value, baselineStages.value);
  return {
    kind: "compared",
    things: unit,
    selection: { total: totalOf(selection), examined: examined.selection },
    baseline: { total: totalOf(baseline), examined: examined.baseline },
    attributes: tally.ranked(sizes, (seed) => isChoice(seed, chosenBy)),
    attributesExamined: tally.size,
    ...(threshold === undefined ? {} : { threshold }),
  };
}

/** Undefined: everything. */
function stagesOf(
  { query }: CompareSet,
  side: CompareRefusal["side"],
): Result<readonly Stage[] | undefined, CompareRefusal> {
  if (EVERYTHING.test(query)) return success(undefined);
  const refused = (message: string, from: number, to: number): Result<never, CompareRefusal> =>
    failure({
      kind: "refused",
      side,
      message,
      diagnostics: [{ severity: "error", message, from, to, ...lineAndColumn(query, from) }],
    });
  const parsed = parseTraceql(query);
  if (!parsed.ok) return refused(parsed.error.reason, parsed.error.range.from, parsed.error.range.to);
  if (parsed.value.kind !== "search") return refused("a metrics query selects no spans", 0, query.length);
  return success(parsed.value.stages);
}

/** Duration at a quantile of the sets. */
function thresholdOf(sets: readonly RowSet[], quantile: number | undefined): number | undefined {
  if (quantile === undefined) return undefined;
  const durations = sets.flatMap(({ columns, rows }) => [...rows].map((row) => columns.durationUs(row)));
  return durations.length === 0
    ? undefined
    : quantileOf(
        durations.sort((one, other) => one - other),
        quantile,
      );
}

const longest = (sets: readonly RowSet[], threshold: number): readonly RowSet[] =>
  sets.map(({ columns, rows }) => ({ columns, rows: rows.filter((row) => columns.durationUs(row) >= threshold) }));

const totalOf = (sets: readonly RowSet[]): number => sets.reduce((sum, { rows }) => sum + rows.length, 0);

interface Examined {
  readonly things: number;
  /** Spans of one trace are alike and count once for what chance could do. */
  readonly traces: number;
}

/** Adds an evenly spread sample of the sets. */
function examine(attributes: SpanAttributes, side: Side, sets: readonly RowSet[], sample: number): Examined {
  const total = totalOf(sets);
  let things = 0;
  const traces = new Set<string>();
  const end = attributes.rendered + RENDERED_MAX;
  for (const [stretch, { columns, rows }] of sets.entries()) {
    const share = Math.min(rows.length, Math.ceil((rows.length / Math.max(1, total)) * sample));
    // Portions are spread over the whole set, so that a budget that runs out leaves a thinner sample and not an earlier one.
    const chosen = spread(rows, share);
    const portions = Math.ceil(chosen.length / PORTION);
    for (let portion = 0; portion < portions && attributes.rendered < end; portion++) {
      const part = Int32Array.from(chosen.filter((_, index) => index % portions === portion));
      attributes.addAll(side, { columns, rows: part });
      things += part.length;
      for (const row of part) traces.add(`${String(stretch)} ${String(columns.trace(row))}`);
    }
  }
  return { things, traces: traces.size };
}

/** Names of what the sets were chosen by and not alike. */
function choosers(
  { selection, baseline }: CompareRequest,
  selectionStages: readonly Stage[] | undefined,
  baselineStages: readonly Stage[] | undefined,
): ReadonlySet<string> {
  const names = new Set<string>();
  if (selection.query.trim() !== baseline.query.trim()) {
    eachStage([...(selectionStages ?? []), ...(baselineStages ?? [])], (stage) => {
      for (const field of namedFields(stage)) names.add(fieldName(field));
    });
  }
  const isBanded = selection.minimum !== baseline.minimum || selection.maximum !== baseline.maximum;
  if (isBanded || selection.fromQuantile !== undefined) names.add("duration");
  return names;
}

/** What a span says of its own status. */
const OF_STATUS: ReadonlySet<string> = new Set([
  "statusMessage",
  "error.type",
  "error.message",
  "http.response.status_code",
]);

function isChoice({ origin }: AttributeSeed, chosenBy: ReadonlySet<string>): boolean {
  if (origin.kind !== "field") return false;
  return chosenBy.has(origin.name) || (chosenBy.has("status") && OF_STATUS.has(origin.name));
}
