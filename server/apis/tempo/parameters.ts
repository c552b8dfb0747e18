/** Parameters of Tempo's HTTP API as text to values. Source: grafana/tempo/pkg/api/http.go. */
import { MICROS_PER_HOUR, MICROS_PER_MS, MICROS_PER_SECOND } from "../../base/time.js";
import { parseRfc3339Ms } from "../../query/promql/calendar.js";
import { parseDurationNs } from "../../query/traceql/duration-text.js";
import { type ApiRequest, firstParameter } from "../api.js";
import type { ApiWorld } from "../api-world.js";

/** A parameter that cannot be used: Tempo answers 400 and this sentence. */
export class BadTempoRequest extends Error {
  override readonly name = "BadTempoRequest";
}

const NS_PER_US = 1_000;

export const aheadUsOf = ({ clockAheadMs }: ApiRequest): number => clockAheadMs * MICROS_PER_MS;

/** Whole number of at least `least`; `fallback` where the parameter is missing. */
export function countParameter(request: ApiRequest, name: string, fallback: number, least: number): number {
  const text = firstParameter(request, name);
  if (text === undefined) return fallback;
  if (!/^[+-]?\d+$/.test(text)) {
    throw new BadTempoRequest(`invalid ${name}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  if (Number(text) < least)
    throw new BadTempoRequest(`invalid ${name}: must be a ${least > 0 ? "positive" : "non-negative"} number`);
  return Number(text);
}

/** µs of a duration with units; undefined where the parameter is missing. */
export function durationParameterUs(request: ApiRequest, name: string): number | undefined {
  const text = firstParameter(request, name);
  if (text === undefined) return undefined;
  const ns = parseDurationNs(text);
  if (ns === undefined) throw new BadTempoRequest(`invalid ${name}: time: invalid duration ${JSON.stringify(text)}`);
  return ns / NS_PER_US;
}

/** The instant that a text names, in µs of the simulated clock: Unix seconds, nanoseconds, or RFC 3339. */
function instantUs(request: ApiRequest, name: string): number | undefined {
  const text = firstParameter(request, name);
  if (text === undefined) return undefined;
  const us = /^\d+(?:\.\d*)?$/.test(text) ? unixUs(text) : rfc3339Us(text);
  if (us === undefined || !Number.isFinite(us)) {
    throw new BadTempoRequest(`invalid ${name}: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  return us - aheadUsOf(request);
}

/** More digits than seconds have are milliseconds, microseconds or nanoseconds. */
function unixUs(text: string): number {
  const digits = text.split(".")[0].length;
  if (digits > 17) return Number(text) / NS_PER_US;
  if (digits > 14) return Number(text);
  return digits > 11 ? Number(text) * MICROS_PER_MS : Number(text) * MICROS_PER_SECOND;
}

function rfc3339Us(text: string): number | undefined {
  const ms = parseRfc3339Ms(text);
  return ms === undefined ? undefined : ms * MICROS_PER_MS;
}

export interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** `start` and `end`, or all that there is; never beyond now. */
export function searchWindow(request: ApiRequest, world: ApiWorld): Window {
  const fromUs = instantUs(request, "start");
  const toUs = instantUs(request, "end");
  if (fromUs !== undefined && toUs !== undefined && toUs < fromUs) {
    throw new BadTempoRequest(
      "http parameter start must be before end. received start=" +
        textOf(request, "start") +
        " end=" +
        textOf(request, "end"),
    );
  }
  return { fromUs: fromUs ?? world.dataFromUs, toUs: Math.min(toUs ?? world.nowUs, world.nowUs) };
}

const textOf = (request: ApiRequest, name: string): string => firstParameter(request, name) ?? "";

/** Like `searchWindow`, but the last hour where nothing is said; `since` goes back from the end. */
export function metricsWindow(request: ApiRequest, world: ApiWorld): Window {
  const toUs = Math.min(instantUs(request, "end") ?? world.nowUs, world.nowUs);
  const sinceUs = durationParameterUs(request, "since") ?? MICROS_PER_HOUR;
  const fromUs = instantUs(request, "start") ?? toUs - sinceUs;
  if (toUs <= fromUs) throw new BadTempoRequest("end must be greater than start");
  return { fromUs, toUs };
}

/** `step` as a duration or in seconds; else some hundred and twenty steps, none below a second. */
export function stepUs(request: ApiRequest, { fromUs, toUs }: Window): number {
  const text = firstParameter(request, "step");
  if (text === undefined) {
    const wanted = (toUs - fromUs) / 120;
    return Math.max(1, Math.round(wanted / MICROS_PER_SECOND)) * MICROS_PER_SECOND;
  }
  const us = /^\d+(?:\.\d+)?$/.test(text)
    ? Number(text) * MICROS_PER_SECOND
    : (parseDurationNs(text) ?? NaN) / NS_PER_US;
  if (!Number.isFinite(us) || us < MICROS_PER_MS) {
    throw new BadTempoRequest(`invalid step: time: invalid duration ${JSON.stringify(text)}`);
  }
  return Math.round(us);
}
