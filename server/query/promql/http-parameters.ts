/**
 * Parameters of Prometheus's HTTP API as text to values. Source: prometheus/web/api/v1/api.go, parseTime, parseDuration,
 * parseMatchersParam.
 */
import type { Diagnostic } from "../../base/diagnostic.js";
import type { LabelMatcher } from "../../telemetry/metric-reader.js";
import { parseRfc3339Ms } from "./calendar.js";
import { parseDurationMs, quote } from "./literals.js";
import { parsePromql } from "./parse.js";

export type HttpParameters = Readonly<Record<string, readonly string[] | undefined>>;

/** A parameter that cannot be used: Prometheus's `bad_data`. */
export class BadParameter extends Error {
  override readonly name = "BadParameter";

  constructor(
    message: string,
    readonly diagnostics: readonly Diagnostic[] = [],
  ) {
    super(message);
  }
}

const SECONDS = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** First value of a parameter; undefined when it is missing or empty. */
export function first(parameters: HttpParameters, name: string): string | undefined {
  const value = parameters[name]?.at(0);
  return value === undefined || value === "" ? undefined : value;
}

/** Milliseconds of a time in Unix seconds or RFC 3339; `fallbackMs` when the parameter is missing. */
export function timeMs(parameters: HttpParameters, name: string, fallbackMs: number): number {
  const text = first(parameters, name);
  return text === undefined ? fallbackMs : readTimeMs(name, text);
}

export function requiredTimeMs(parameters: HttpParameters, name: string): number {
  return readTimeMs(name, first(parameters, name) ?? "");
}

function readTimeMs(name: string, text: string): number {
  const ms = SECONDS.test(text) ? Math.round(Number(text) * 1000) : parseRfc3339Ms(text);
  if (ms === undefined || !Number.isSafeInteger(ms)) {
    throw new BadParameter(`invalid parameter "${name}": cannot parse ${quote(text)} to a valid timestamp`);
  }
  return ms;
}

/** Milliseconds of a duration, in seconds or with units. */
export function durationMs(name: string, text: string): number {
  const ms = SECONDS.test(text) ? Number(text) * 1000 : parseDurationMs(text);
  if (ms === undefined || !Number.isFinite(ms)) {
    throw new BadParameter(`invalid parameter "${name}": cannot parse ${quote(text)} to a valid duration`);
  }
  return ms;
}

/** Milliseconds of a step, in seconds or as a duration. */
export function stepMs(parameters: HttpParameters): number {
  const ms = durationMs("step", first(parameters, "step") ?? "");
  if (ms <= 0) {
    throw new BadParameter(
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  }
  // Below one millisecond steps would fall on each other.
  return Math.max(1, Math.round(ms));
}

/** `limit`: how many entries to give at most; undefined for all. */
export function limitOf(parameters: HttpParameters): number | undefined {
  const text = first(parameters, "limit");
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text))
    throw new BadParameter(`invalid parameter "limit": cannot parse ${quote(text)} to a non-negative integer`);
  return Number(text) === 0 ? undefined : Number(text);
}

/** The matchers of each `match[]`. */
export function selectorsOf(parameters: HttpParameters): readonly (readonly LabelMatcher[])[] {
  return (parameters["match[]"] ?? parameters["match"] ?? []).map((text) => {
    const parsed = parsePromql(text);
    if (!parsed.ok) throw badQuery("match[]", parsed.error);
    if (parsed.value.kind !== "vector-selector") {
      throw new BadParameter(`invalid parameter "match[]": 1:1: parse error: ${quote(text)} is not a series selector`);
    }
    return parsed.value.matchers;
  });
}

/** Prometheus's sentence for a query that does not parse, with all that we know of it beside. */
export function badQuery(name: string, diagnostics: readonly Diagnostic[]): BadParameter {
  const worst = diagnostics.at(0);
  const place = worst === undefined ? "1:1" : `${String(worst.line)}:${String(worst.column)}`;
  return new BadParameter(
    `invalid parameter "${name}": ${place}: parse error: ${worst?.message ?? "unknown"}`,
    diagnostics,
  );
}
