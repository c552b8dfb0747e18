/** Parameters of Loki's HTTP API as text to values. Source: grafana/loki pkg/loghttp/params.go, query.go. */
import { MICROS_PER_HOUR, MICROS_PER_SECOND } from "../../base/time.js";
import { parseRfc3339Ms } from "../../query/promql/calendar.js";
import { parseDurationMs } from "../../query/promql/literals.js";
import type { Expr, LogSelector } from "../../query/logql/ast.js";
import { parseLogql } from "../../query/logql/parse.js";
import { type ApiRequest, firstParameter } from "../api.js";
import type { ApiWorld } from "../api-world.js";

/** What Loki answers with status 400 and plain text. */
export class BadLokiRequest extends Error {
  override readonly name = "BadLokiRequest";
}

/** Lines of one answer unless the client says how many, and at most. */
const LINES_DEFAULT = 100;
export const LINES_MAX = 5_000;
/** Rows of one volume at most. */
export const VOLUMES_MAX = 5_000;
/** Points of a range query that names no step. */
const POINTS_DEFAULT = 250;

export interface LokiWindow {
  /** Simulated times. */
  readonly fromUs: number;
  readonly toUs: number;
}

export const aheadUsOf = ({ clockAheadMs }: ApiRequest): number => clockAheadMs * 1e3;

/** The simulated instant of a parameter; undefined when it is missing. */
export function timeUs(request: ApiRequest, name: string): number | undefined {
  const text = firstParameter(request, name);
  if (text === undefined) return undefined;
  const us = readTime(text);
  if (us === undefined) {
    throw new BadLokiRequest(
      `could not parse '${name}' parameter: cannot parse ${JSON.stringify(text)} to a valid timestamp`,
    );
  }
  return us - aheadUsOf(request);
}

/** Seconds with a fraction, whole seconds of at most ten digits, nanoseconds, or RFC 3339. */
function readTime(text: string): number | undefined {
  if (/^-?\d+$/.test(text)) {
    return text.replace("-", "").length <= 10 ? Number(text) * MICROS_PER_SECOND : Number(BigInt(text) / 1000n);
  }
  if (/^-?\d*\.\d*(?:e[+-]?\d+)?$/i.test(text) && /\d/.test(text)) return Number(text) * MICROS_PER_SECOND;
  const ms = parseRfc3339Ms(text);
  return ms === undefined ? undefined : ms * 1e3;
}

/** `start` and `end`, or the last `since`; never later than simulated now. */
export function windowOf(request: ApiRequest, world: ApiWorld, sinceUs = MICROS_PER_HOUR): LokiWindow {
  const toUs = timeUs(request, "end") ?? world.nowUs;
  const since = firstParameter(request, "since");
  const sinceMs = since === undefined ? undefined : parseDurationMs(since);
  if (since !== undefined && sinceMs === undefined) {
    throw new BadLokiRequest(`could not parse 'since' parameter: not a valid duration string: "${since}"`);
  }
  const fromUs = timeUs(request, "start") ?? toUs - (sinceMs === undefined ? sinceUs : sinceMs * 1e3);
  if (toUs < fromUs) throw new BadLokiRequest("end timestamp must not be before or equal to start time");
  // Microseconds are whole, and the end of lines is not part of them: now itself can be seen.
  return { fromUs, toUs: Math.min(toUs, world.nowUs + 1) };
}

export function stepMsOf(request: ApiRequest, { fromUs, toUs }: LokiWindow): number {
  const text = firstParameter(request, "step");
  if (text === undefined) return Math.max(Math.floor((toUs - fromUs) / 1e6 / POINTS_DEFAULT), 1) * 1e3;
  const ms = /^-?\d*\.?\d+(?:e[+-]?\d+)?$/i.test(text) ? Number(text) * 1e3 : parseDurationMs(text);
  if (ms === undefined) throw new BadLokiRequest(`cannot parse ${JSON.stringify(text)} to a valid duration`);
  if (ms <= 0) {
    throw new BadLokiRequest("zero or negative query resolution step widths are not accepted. Try a positive integer");
  }
  return Math.max(1, ms);
}

export function limitOf(request: ApiRequest, fallback = LINES_DEFAULT, max = LINES_MAX): number {
  const text = firstParameter(request, "limit");
  if (text === undefined) return fallback;
  if (!/^-?\d+$/.test(text)) throw new BadLokiRequest(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const limit = Number(text);
  if (limit <= 0) throw new BadLokiRequest("limit must be a positive value");
  if (limit > max) {
    throw new BadLokiRequest(
      `max entries limit per query exceeded, limit > max_entries_limit_per_query (${String(limit)} > ${String(max)})`,
    );
  }
  return limit;
}

export function isNewestFirst(request: ApiRequest): boolean {
  const direction = firstParameter(request, "direction") ?? "backward";
  if (!/^(forward|backward)$/i.test(direction)) throw new BadLokiRequest(`invalid direction '${direction}'`);
  return direction.toLowerCase() === "backward";
}

export function parsedQuery(text: string): Expr {
  const parsed = parseLogql(text);
  if (!parsed.ok) throw new BadLokiRequest(parsed.error.sentence);
  return parsed.value;
}

export const queryOf = (request: ApiRequest): Expr => parsedQuery(firstParameter(request, "query") ?? "");

/** A query that has to be for lines; `{}`, `""` and nothing at all stand for every line where `all` is allowed. */
export function selectorOf(request: ApiRequest, all = false): LogSelector {
  const text = firstParameter(request, "query") ?? "";
  if (all && /^\s*(?:\{\s*\})?\s*$/.test(text)) return EVERY_LINE;
  const expr = parsedQuery(text);
  if (expr.kind !== "log") throw new BadLokiRequest("only log selector is supported");
  return expr;
}

export const EVERY_LINE: LogSelector = { kind: "log", matchers: [], stages: [], from: 0, to: 0 };
