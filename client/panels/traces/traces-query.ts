/**
 * What the traces view asks for, as it stands in the URL: `service`, `operation`, `min` and `max` durations, `status`,
 * `f` attribute filters, `order`, `limit`.
 */
import type {
  TimeWindow,
  TraceSearchAnswer,
  TraceSearchRequest,
  TraceSummary,
} from "../../../server/wire/telemetry.js";
import type { ReadParameter } from "../logs/logs-query.js";
import { parseFilters } from "../logs/field-filters.js";
import { parseDurationUs } from "../../state/time-range.js";

export const TRACE_LIMITS: readonly number[] = [100, 300, 1_000];
export const TRACE_LIMIT_DEFAULT = 300;

export interface FormProblem {
  readonly field: "min" | "max" | "f";
  readonly message: string;
}

/** The search for the window. Fields that do not parse are left out and listed by `formProblems`. */
export function traceRequestOf(read: ReadParameter, window: TimeWindow): TraceSearchRequest {
  const service = read("service");
  const operation = read("operation");
  const minDurationUs = parseDurationUs(read("min") ?? "");
  const maxDurationUs = parseDurationUs(read("max") ?? "");
  const status = read("status");
  const parsed = parseFilters(read("f") ?? "");
  return {
    fromUs: window.fromUs,
    toUs: window.toUs,
    ...(service !== undefined && service !== "" && { service }),
    ...(operation !== undefined && operation !== "" && { operation }),
    ...(minDurationUs !== undefined && { minDurationUs }),
    ...(maxDurationUs !== undefined && { maxDurationUs }),
    ...((status === "ok" || status === "error") && { status }),
    ...(parsed.ok && parsed.filters.length > 0 && { attributes: parsed.filters }),
    limit: limitOf(read("limit")),
    order: read("order") === "slowest" ? "slowest" : "newest",
  };
}

function limitOf(text: string | undefined): number {
  const limit = Number(text);
  return TRACE_LIMITS.includes(limit) ? limit : TRACE_LIMIT_DEFAULT;
}

/** What is wrong with the form's texts, each with the field it belongs to. */
export function formProblems(read: ReadParameter): readonly FormProblem[] {
  const problems: FormProblem[] = [];
  for (const field of ["min", "max"] as const) {
    const text = read(field) ?? "";
    if (text !== "" && parseDurationUs(text) === undefined) {
      problems.push({ field, message: `“${text}” is not a duration. Write a number and a unit: 250ms, 1.5s, 800us.` });
    }
  }
  const parsed = parseFilters(read("f") ?? "");
  if (!parsed.ok) problems.push({ field: "f", message: parsed.message });
  return problems;
}

/** Parts of the window that the scatter samples, and traces of each. */
const SPREAD_SLICES = 24;
const SPREAD_LIMIT = 16;

/**
 * Searches that fill the scatter where the newest traces reach back only a little: the newest few of each equal part of
 * the window. None when all that match are there, or when the slowest were asked for, which come from everywhere.
 */
export function spreadRequests(request: TraceSearchRequest, answer: TraceSearchAnswer): readonly TraceSearchRequest[] {
  if (answer.total <= answer.traces.length || request.order === "slowest") return [];
  const stepUs = (request.toUs - request.fromUs) / SPREAD_SLICES;
  return Array.from({ length: SPREAD_SLICES }, (_, index) => ({
    ...request,
    fromUs: Math.round(request.fromUs + index * stepUs),
    toUs: Math.round(request.fromUs + (index + 1) * stepUs),
    limit: SPREAD_LIMIT,
  }));
}

/** Each trace once, in order of first appearance. */
export function mergeTraces(answers: readonly TraceSearchAnswer[]): readonly TraceSummary[] {
  const byId = new Map<string, TraceSummary>();
  for (const { traces } of answers) for (const trace of traces) byId.set(trace.traceId, trace);
  return [...byId.values()];
}
