/** Parameters of Jaeger's HTTP APIs as text to values. Source: jaegertracing/jaeger, query_parser.go and apiv3. */
import { MICROS_PER_HOUR, MICROS_PER_MS } from "../../base/time.js";
import { parseRfc3339Ms } from "../../query/promql/calendar.js";
import type { FieldExpression } from "../../query/traceql/ast.js";
import { durationIs, kindIs, nameIs, serviceIs, tagIs } from "../../query/traceql/conditions.js";
import { parseDurationNs } from "../../query/traceql/duration-text.js";
import { type ApiRequest, firstParameter } from "../api.js";
import type { ApiWorld } from "../api-world.js";

/** A parameter that cannot be used. */
export class BadJaegerRequest extends Error {
  override readonly name = "BadJaegerRequest";
}

const NS_PER_US = 1_000;
const TRACES_DEFAULT = 100;
const TRACES_MAX = 1_500;
const LOOKBACK_DEFAULT_US = 48 * MICROS_PER_HOUR;

export const aheadUsOf = ({ clockAheadMs }: ApiRequest): number => clockAheadMs * MICROS_PER_MS;

const unparsable = (name: string, text: string): BadJaegerRequest =>
  new BadJaegerRequest(
    `unable to parse param '${name}': strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
  );

export function wholeParameter(request: ApiRequest, name: string): number | undefined {
  const text = firstParameter(request, name);
  if (text === undefined) return undefined;
  if (!/^-?\d+$/.test(text)) throw unparsable(name, text);
  return Number(text);
}

export function durationUs(request: ApiRequest, name: string): number | undefined {
  const text = firstParameter(request, name);
  if (text === undefined) return undefined;
  const ns = parseDurationNs(text);
  if (ns === undefined) {
    const reason = `time: invalid duration ${JSON.stringify(text)}`;
    throw new BadJaegerRequest(`unable to parse param '${name}': ${reason}`);
  }
  return ns / NS_PER_US;
}

export interface TraceSearch {
  readonly conditions: readonly FieldExpression[];
  readonly fromUs: number;
  readonly toUs: number;
  readonly limit: number;
}

/** The search of `/api/traces`. */
export function legacySearch(request: ApiRequest, world: ApiWorld): TraceSearch {
  const service = firstParameter(request, "service");
  if (service === undefined) throw new BadJaegerRequest("parameter 'service' is required");
  const operation = firstParameter(request, "operation");
  const least = durationUs(request, "minDuration");
  const most = durationUs(request, "maxDuration");
  if (least !== undefined && most !== undefined && most < least)
    throw new BadJaegerRequest("'maxDuration' should be greater than 'minDuration'");
  const aheadUs = aheadUsOf(request);
  const endUs = wholeParameter(request, "end");
  const startUs = wholeParameter(request, "start");
  const toUs = Math.min(endUs === undefined ? world.nowUs : endUs - aheadUs, world.nowUs);
  return {
    conditions: [
      serviceIs(service),
      ...(operation === undefined || operation === "all" ? [] : [nameIs(operation)]),
      ...tagsOf(request).map(([name, value]) => tagIs(name, value)),
      ...(least === undefined ? [] : [durationIs(">=", least)]),
      ...(most === undefined ? [] : [durationIs("<=", most)]),
    ],
    fromUs: startUs === undefined ? toUs - LOOKBACK_DEFAULT_US : startUs - aheadUs,
    toUs,
    limit: limitOf(request, "limit"),
  };
}

function limitOf(request: ApiRequest, name: string): number {
  return Math.max(0, Math.min(wholeParameter(request, name) ?? TRACES_DEFAULT, TRACES_MAX));
}

/** `tag=name:value`, many of them, and `tags={"name":"value"}`. */
function tagsOf({ parameters }: ApiRequest): readonly (readonly [name: string, value: string])[] {
  const single = (parameters["tag"] as readonly string[] | undefined) ?? [];
  const several = (parameters["tags"] as readonly string[] | undefined) ?? [];
  return [...single.map(readTag), ...several.filter((text) => text !== "").flatMap(readTags)];
}

function readTag(text: string): readonly [string, string] {
  const colon = text.indexOf(":");
  if (colon < 0) throw new BadJaegerRequest(`malformed 'tag' parameter, expecting key:value, received: ${text}`);
  return [text.slice(0, colon), text.slice(colon + 1)];
}

function readTags(text: string): readonly (readonly [string, string])[] {
  const malformed = new BadJaegerRequest(
    `malformed 'tags' parameter, cannot unmarshal JSON: expecting an object of texts, received: ${text}`,
  );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed;
  return Object.entries(value).map(([name, one]) => {
    if (typeof one === "string" || typeof one === "number" || typeof one === "boolean") return [name, String(one)];
    throw malformed;
  });
}

/** Parameters of version 3 go by two names: `query.serviceName` and, before that, `query.service_name`. */
export function parameter3(request: ApiRequest, name: string): string | undefined {
  const older = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return firstParameter(request, name) ?? firstParameter(request, older);
}

/** The search of `/api/v3/traces` and `/api/v3/trace-summaries`. */
export function search3(request: ApiRequest, world: ApiWorld): TraceSearch {
  const fromUs = instant3(request, "query.startTimeMin");
  const toUs = instant3(request, "query.startTimeMax");
  if (fromUs === undefined || toUs === undefined)
    throw new BadJaegerRequest("query.startTimeMin and query.startTimeMax are required");
  const service = parameter3(request, "query.serviceName");
  const operation = parameter3(request, "query.operationName") ?? parameter3(request, "query.spanName");
  const least = duration3(request, "query.durationMin");
  const most = duration3(request, "query.durationMax");
  const depth = parameter3(request, "query.searchDepth") ?? firstParameter(request, "query.num_traces");
  if (depth !== undefined && !/^\d+$/.test(depth)) {
    throw new BadJaegerRequest(
      `malformed parameter query.searchDepth: strconv.Atoi: parsing ${JSON.stringify(depth)}: invalid syntax`,
    );
  }
  const attributes = parameter3(request, "query.attributes");
  return {
    conditions: [
      ...(service === undefined ? [] : [serviceIs(service)]),
      ...(operation === undefined ? [] : [nameIs(operation)]),
      ...(attributes === undefined ? [] : readTags(attributes).map(([name, value]) => tagIs(name, value))),
      ...(least === undefined ? [] : [durationIs(">=", least)]),
      ...(most === undefined ? [] : [durationIs("<=", most)]),
    ],
    fromUs,
    toUs: Math.min(toUs, world.nowUs),
    limit: depth === undefined ? TRACES_DEFAULT : Math.min(Number(depth), TRACES_MAX),
  };
}

export function instant3(request: ApiRequest, name: string): number | undefined {
  const text = parameter3(request, name);
  if (text === undefined) return undefined;
  const ms = parseRfc3339Ms(text);
  if (ms === undefined)
    throw new BadJaegerRequest(
      `malformed parameter ${name}: parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05.999999999Z07:00"`,
    );
  return ms * MICROS_PER_MS - aheadUsOf(request);
}

function duration3(request: ApiRequest, name: string): number | undefined {
  const text = parameter3(request, name);
  if (text === undefined) return undefined;
  const ns = parseDurationNs(text);
  if (ns === undefined)
    throw new BadJaegerRequest(`malformed parameter ${name}: time: invalid duration ${JSON.stringify(text)}`);
  return ns / NS_PER_US;
}

export const spanKindCondition = (kind: string): FieldExpression =>
  kindIs(kind.replace(/^SPAN_KIND_/i, "").toLowerCase());
