/** Zipkin's second HTTP API over the traces that were kept. Source: openzipkin/zipkin-api, zipkin2-api.yaml. */
import { MICROS_PER_HOUR, MICROS_PER_MS } from "../../base/time.js";
import type { FieldExpression } from "../../query/traceql/ast.js";
import {
  durationIs,
  filterOf,
  hasAttribute,
  nameIs,
  serviceIs,
  statusIs,
  tagIs,
} from "../../query/traceql/conditions.js";
import { rowsOfTraces, searchTraces } from "../../query/traceql/search.js";
import { type Api, type ApiAnswer, type ApiRequest, firstParameter, jsonAnswer, textAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { dependenciesOf } from "../trace-dependencies.js";
import { REMOTE_ATTRIBUTES, zipkinSpan } from "./span-json.js";

/** A parameter that cannot be used: Zipkin answers 400 and this sentence. */
class BadZipkinRequest extends Error {
  override readonly name = "BadZipkinRequest";
}

/** The version whose interface this is. */
const VERSION = "3.5.0";

const TRACES_DEFAULT = 10;
const TRACES_MAX = 1_000;
const LOOKBACK_DEFAULT_MS = (24 * MICROS_PER_HOUR) / MICROS_PER_MS;

type Handler = (request: ApiRequest, world: ApiWorld, found: string) => ApiAnswer;

const ROUTES: readonly (readonly [path: RegExp, handler: Handler])[] = [
  [/^api\/v2\/services$/, (_request, world) => jsonAnswer(names(world).map(({ service }) => service.toLowerCase()))],
  [/^api\/v2\/spans$/, spanNames],
  [/^api\/v2\/remoteServices$/, remoteServices],
  [/^api\/v2\/traces$/, traces],
  [/^api\/v2\/traceMany$/, traceMany],
  [/^api\/v2\/trace\/([^/]+)$/, trace],
  [/^api\/v2\/dependencies$/, dependencies],
  // Which tags are offered is configured in Zipkin; none is by default.
  [/^api\/v2\/autocompleteKeys$/, () => jsonAnswer([])],
  [/^api\/v2\/autocompleteValues$/, autocompleteValues],
  [/^health$/, () => jsonAnswer({ status: "UP", zipkin: { status: "UP", details: {} } })],
  [/^info$/, () => jsonAnswer({ zipkin: { version: VERSION } })],
];

export const zipkinApi: Api = {
  name: "zipkin",
  title: "Zipkin",
  // Spans come from the run alone.
  methods: ["GET"],
  answer(request, world) {
    for (const [pattern, handler] of ROUTES) {
      const match = pattern.exec(request.path);
      if (match === null) continue;
      try {
        return handler(request, world, match.at(1) ?? "");
      } catch (error) {
        if (error instanceof BadZipkinRequest) return textAnswer(error.message, 400);
        throw error;
      }
    }
    return textAnswer("404 Not Found", 404);
  },
  error: (httpStatus, message) => textAnswer(message, httpStatus),
};

const names = (world: ApiWorld): ReturnType<ApiWorld["traces"]["vocabulary"]>["services"] =>
  world.traces.vocabulary().services;

/** The service that a client calls so: Zipkin knows names in lower case only. */
const serviceNamed = (world: ApiWorld, name: string): ReturnType<typeof names>[number] | undefined =>
  names(world).find(({ service }) => service.toLowerCase() === name.toLowerCase());

function required(request: ApiRequest, name: string): string {
  const text = firstParameter(request, name);
  if (text === undefined) throw new BadZipkinRequest(`Required parameter '${name}' is not present.`);
  return text;
}

function wholeParameter(request: ApiRequest, name: string): number | undefined {
  const text = firstParameter(request, name);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new BadZipkinRequest(`invalid value for parameter '${name}': ${text}`);
  return Number(text);
}

const aheadUsOf = ({ clockAheadMs }: ApiRequest): number => clockAheadMs * MICROS_PER_MS;

function spanNames(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const operations = serviceNamed(world, required(request, "serviceName"))?.operations ?? [];
  return jsonAnswer([...new Set(operations.map((name) => name.toLowerCase()))].sort());
}

function remoteServices(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const found = serviceNamed(world, required(request, "serviceName"));
  const seen = new Set(found?.operations ?? []);
  const remotes = world.model.sites.flatMap(({ component, name, kind, attributes }) => {
    if (component !== found?.service || !seen.has(name) || kind === "server") return [];
    const attribute = REMOTE_ATTRIBUTES.find((one) => Object.hasOwn(attributes, one));
    return attribute === undefined ? [] : [attributes[attribute].toLowerCase()];
  });
  return jsonAnswer([...new Set(remotes)].sort());
}

interface Window {
  readonly fromUs: number;
  readonly toUs: number;
}

/** `endTs` and `lookback`, both in milliseconds. */
function windowOf(request: ApiRequest, world: ApiWorld): Window {
  const endMs = wholeParameter(request, "endTs");
  const lookbackMs = wholeParameter(request, "lookback") ?? LOOKBACK_DEFAULT_MS;
  const toUs = endMs === undefined ? world.nowUs : endMs * MICROS_PER_MS - aheadUsOf(request);
  return { fromUs: toUs - lookbackMs * MICROS_PER_MS, toUs: Math.min(toUs, world.nowUs) };
}

function traces(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const limit = Math.min(wholeParameter(request, "limit") ?? TRACES_DEFAULT, TRACES_MAX);
  const clock = world.clockMs === undefined ? {} : { clockMs: world.clockMs };
  const options = { ...windowOf(request, world), limit, ...clock };
  const found = searchTraces(world.traces, [filterOf(conditionsOf(request, world))], options).traces;
  const rows = rowsOfTraces(found);
  return jsonAnswer(
    found.map((one) => (rows.get(one) ?? []).map((row) => zipkinSpan(one.context.columns, row, aheadUsOf(request)))),
  );
}

function conditionsOf(request: ApiRequest, world: ApiWorld): readonly FieldExpression[] {
  const service = chosenName(request, "serviceName");
  const known = service === undefined ? undefined : serviceNamed(world, service);
  const spanName = chosenName(request, "spanName")?.toLowerCase();
  const least = wholeParameter(request, "minDuration");
  const most = wholeParameter(request, "maxDuration");
  if (most !== undefined && least === undefined)
    throw new BadZipkinRequest("maxDuration is only valid with minDuration");
  return [
    ...(service === undefined ? [] : [serviceIs(known?.service ?? service)]),
    ...(spanName === undefined ? [] : [nameIs(operationNamed(world, known?.operations, spanName))]),
    ...(firstParameter(request, "annotationQuery")?.split(" and ") ?? []).map((part) =>
      annotationCondition(part.trim()),
    ),
    ...(least === undefined ? [] : [durationIs(">=", least)]),
    ...(most === undefined ? [] : [durationIs("<=", most)]),
  ];
}

/** Undefined where every name will do. */
function chosenName(request: ApiRequest, parameter: string): string | undefined {
  const name = firstParameter(request, parameter);
  return name?.toLowerCase() === "all" ? undefined : name;
}

/** The name as the process writes it. */
function operationNamed(world: ApiWorld, operations: readonly string[] | undefined, lowered: string): string {
  const all = operations ?? names(world).flatMap((one) => one.operations);
  return all.find((name) => name.toLowerCase() === lowered) ?? lowered;
}

/** `name=value`, or the name of a tag that is there. */
function annotationCondition(text: string): FieldExpression {
  const equals = text.indexOf("=");
  if (equals >= 0) return tagIs(text.slice(0, equals), text.slice(equals + 1));
  return text === "error" ? statusIs("error") : hasAttribute(text);
}

const TRACE_ID = /^[0-9a-fA-F]{1,32}$/;

function spansOf(request: ApiRequest, world: ApiWorld, id: string): readonly unknown[] {
  if (!TRACE_ID.test(id)) throw new BadZipkinRequest(`${id} should be lower-hex encoded with no prefix`);
  const found = world.traces.rowsOfTrace(id.padStart(32, "0"));
  return found === undefined ? [] : found.rows.map((row) => zipkinSpan(found.columns, row, aheadUsOf(request)));
}

function trace(request: ApiRequest, world: ApiWorld, id: string): ApiAnswer {
  const spans = spansOf(request, world, id);
  return spans.length === 0 ? textAnswer(`${id} not found`, 404) : jsonAnswer(spans);
}

function traceMany(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const ids = required(request, "traceIds").split(",");
  if (ids.length < 2) throw new BadZipkinRequest("traceIds parameter has only one ID");
  return jsonAnswer(ids.map((id) => spansOf(request, world, id.trim())).filter((spans) => spans.length > 0));
}

function dependencies(request: ApiRequest, world: ApiWorld): ApiAnswer {
  required(request, "endTs");
  const { fromUs, toUs } = windowOf(request, world);
  const links = dependenciesOf(world.traces, fromUs, toUs, world.clockMs).map(({ errorCount, ...link }) =>
    errorCount === 0 ? link : { ...link, errorCount },
  );
  return jsonAnswer(links);
}

function autocompleteValues(request: ApiRequest): ApiAnswer {
  required(request, "key");
  return jsonAnswer([]);
}
