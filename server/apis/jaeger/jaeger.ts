/**
 * Jaeger's HTTP APIs over the traces that were kept: the one that its user interface uses, and version 3.
 * Source: jaegertracing/jaeger, cmd/jaeger/internal/extension/jaegerquery/internal/http_handler.go and apiv3.
 */
import { MICROS_PER_HOUR, MICROS_PER_MS } from "../../base/time.js";
import { filterOf } from "../../query/traceql/conditions.js";
import { type FoundTrace, rowsOfTraces, searchTraces } from "../../query/traceql/search.js";
import { type Api, type ApiAnswer, type ApiRequest, firstParameter, jsonAnswer, textAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { nanosText } from "../otlp/any-value.js";
import { tracesData } from "../otlp/spans.js";
import { dependenciesOf } from "../trace-dependencies.js";
import { type Figure, monitorFamily, STEP_MIN_MS } from "./monitor.js";
import {
  aheadUsOf,
  BadJaegerRequest,
  instant3,
  legacySearch,
  parameter3,
  search3,
  type TraceSearch,
  wholeParameter,
} from "./parameters.js";
import { type JaegerTrace, jaegerTrace } from "./trace-json.js";

type Handler = (request: ApiRequest, world: ApiWorld, found: string) => ApiAnswer;

const ROUTES: readonly (readonly [path: RegExp, handler: Handler])[] = [
  [/^api\/services$/, (_request, world) => dataAnswer(services(world))],
  [/^api\/services\/(.+)\/operations$/, (_request, world, service) => dataAnswer(operationNames(world, service))],
  [/^api\/operations$/, legacyOperations],
  [/^api\/traces$/, legacyTraces],
  [/^api\/traces\/([^/]+)$/, (request, world, id) => legacyTracesById(request, world, [id])],
  [/^api\/dependencies$/, dependencies],
  [/^api\/metrics\/minstep$/, () => dataAnswer(STEP_MIN_MS)],
  [
    /^api\/metrics\/(latencies|calls|errors)$/,
    (request, world, figure) => jsonAnswer(monitorFamily(request, world, figure as Figure)),
  ],
  [/^api\/v3\/services$/, (_request, world) => jsonAnswer({ services: services(world) })],
  [/^api\/v3\/operations$/, operations3],
  [/^api\/v3\/traces$/, traces3],
  [/^api\/v3\/traces\/([^/]+)$/, trace3],
  [/^api\/v3\/trace-summaries$/, summaries3],
  [/^api\/v3\/dependencies$/, dependencies3],
];

export const jaegerApi: Api = {
  name: "jaeger",
  title: "Jaeger",
  methods: ["GET"],
  answer(request, world) {
    for (const [pattern, handler] of ROUTES) {
      const match = pattern.exec(request.path);
      if (match !== null) return answered(request, () => handler(request, world, match.at(1) ?? ""));
    }
    return textAnswer("404 page not found\n", 404);
  },
  error: legacyError,
};

function answered(request: ApiRequest, handle: () => ApiAnswer): ApiAnswer {
  try {
    return handle();
  } catch (error) {
    if (!(error instanceof BadJaegerRequest)) throw error;
    return request.path.startsWith("api/v3/") ? error3(400, error.message) : legacyError(400, error.message);
  }
}

/* The API of the user interface: every answer has one frame. */

function dataAnswer(data: unknown): ApiAnswer {
  return jsonAnswer({ data, total: Array.isArray(data) ? data.length : 0, limit: 0, offset: 0, errors: null });
}

function legacyError(httpStatus: number, message: string): ApiAnswer {
  const errors = [{ code: httpStatus, msg: message }];
  return jsonAnswer({ data: null, total: 0, limit: 0, offset: 0, errors }, httpStatus);
}

const services = (world: ApiWorld): readonly string[] =>
  world.traces.vocabulary().services.map(({ service }) => service);

const operationNames = (world: ApiWorld, service: string): readonly string[] =>
  world.traces.vocabulary().services.find((one) => one.service === service)?.operations ?? [];

/** Operations of a service with the kinds of their spans. */
function operationsWithKinds(
  world: ApiWorld,
  service: string,
  kind: string | undefined,
): readonly { readonly name: string; readonly spanKind: string }[] {
  const seen = new Set(operationNames(world, service));
  const sites = world.model.sites.filter((site) => site.component === service && seen.has(site.name));
  const kinds = new Map(sites.map((site) => [`${site.name} ${site.kind}`, { name: site.name, spanKind: site.kind }]));
  return [...kinds.values()]
    .filter(({ spanKind }) => kind === undefined || spanKind === kind)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function legacyOperations(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const service = firstParameter(request, "service");
  if (service === undefined) throw new BadJaegerRequest("parameter 'service' is required");
  return dataAnswer(operationsWithKinds(world, service, firstParameter(request, "spanKind")));
}

function find(search: TraceSearch, world: ApiWorld): readonly FoundTrace[] {
  const { conditions, ...window } = search;
  const clock = world.clockMs === undefined ? {} : { clockMs: world.clockMs };
  return searchTraces(world.traces, [filterOf(conditions)], { ...window, ...clock }).traces;
}

function legacyTraces(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const ids = ((request.parameters["traceID"] as readonly string[] | undefined) ?? []).filter((id) => id !== "");
  if (ids.length > 0) return legacyTracesById(request, world, ids);
  const found = find(legacySearch(request, world), world);
  const rows = rowsOfTraces(found);
  return dataAnswer(
    found.map((trace) => jaegerTrace(trace.context.columns, rows.get(trace) ?? [], aheadUsOf(request))),
  );
}

const TRACE_ID = /^[0-9a-fA-F]{1,32}$/;

function legacyTracesById(request: ApiRequest, world: ApiWorld, ids: readonly string[]): ApiAnswer {
  const bad = ids.find((id) => !TRACE_ID.test(id));
  if (bad !== undefined) {
    throw new BadJaegerRequest(
      `error parsing traceID: strconv.ParseUint: parsing ${JSON.stringify(bad)}: invalid syntax`,
    );
  }
  const traces = ids.flatMap((id): readonly JaegerTrace[] => {
    const found = world.traces.rowsOfTrace(id.padStart(32, "0"));
    return found === undefined ? [] : [jaegerTrace(found.columns, found.rows, aheadUsOf(request))];
  });
  return traces.length === 0 ? legacyError(404, "trace not found") : dataAnswer(traces);
}

function dependencies(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const endMs = wholeParameter(request, "endTs");
  const lookbackMs = wholeParameter(request, "lookback");
  const toUs = endMs === undefined ? world.nowUs : endMs * MICROS_PER_MS - aheadUsOf(request);
  const fromUs = toUs - (lookbackMs === undefined ? 24 * MICROS_PER_HOUR : lookbackMs * MICROS_PER_MS);
  const found = dependenciesOf(world.traces, fromUs, Math.min(toUs, world.nowUs), world.clockMs);
  return dataAnswer(found.map(({ parent, child, callCount }) => ({ parent, child, callCount })));
}

/* Version 3: spans as OpenTelemetry has them. */

function error3(httpCode: number, message: string): ApiAnswer {
  return jsonAnswer({ error: { httpCode, message } }, httpCode);
}

function operations3(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const service = firstParameter(request, "service");
  if (service === undefined) return error3(400, "malformed parameter service: is required");
  const kind = parameter3(request, "spanKind")?.toLowerCase();
  return jsonAnswer({ operations: operationsWithKinds(world, service, kind) });
}

function dependencies3(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const toUs = Math.min(instant3(request, "endTime") ?? world.nowUs, world.nowUs);
  const fromUs = instant3(request, "startTime") ?? toUs - 24 * MICROS_PER_HOUR;
  const found = dependenciesOf(world.traces, fromUs, toUs, world.clockMs);
  // Numbers of 64 bits are texts in the JSON form of messages.
  const counted = found.map(({ parent, child, callCount }) => ({ parent, child, callCount: String(callCount) }));
  return jsonAnswer({ dependencies: counted });
}

function traces3(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const found = find(search3(request, world), world);
  if (found.length === 0) return error3(404, "No traces found");
  const rows = rowsOfTraces(found);
  const aheadUs = aheadUsOf(request);
  const resourceSpans = found.flatMap(
    (trace) => tracesData(trace.context.columns, rows.get(trace) ?? [], aheadUs).resourceSpans,
  );
  return jsonAnswer({ result: { resourceSpans } });
}

function trace3(request: ApiRequest, world: ApiWorld, id: string): ApiAnswer {
  if (!TRACE_ID.test(id)) return error3(400, `malformed parameter trace_id: invalid trace ID ${JSON.stringify(id)}`);
  const found = world.traces.rowsOfTrace(id.padStart(32, "0"));
  if (found === undefined) return error3(404, "No traces found");
  return jsonAnswer({ result: tracesData(found.columns, found.rows, aheadUsOf(request)) });
}

function summaries3(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const found = find(search3(request, world), world);
  const rows = rowsOfTraces(found);
  return jsonAnswer({ summaries: found.map((trace) => summaryOf(trace, rows.get(trace) ?? [], aheadUsOf(request))) });
}

function summaryOf({ context: { columns, facts } }: FoundTrace, rows: readonly number[], aheadUs: number): unknown {
  const counts = new Map<string, { readonly name: string; spanCount: number; errorSpanCount: number }>();
  let fromUs = Infinity;
  let toUs = -Infinity;
  let orphanSpanCount = 0;
  for (const row of rows) {
    if (columns.parent(row) >= 0 && !columns.isSeen(columns.parent(row))) orphanSpanCount++;
    const { service, status } = columns.shapeOf(columns.shape(row));
    const count = counts.get(service) ?? { name: service, spanCount: 0, errorSpanCount: 0 };
    count.spanCount++;
    if (status === "error") count.errorSpanCount++;
    counts.set(service, count);
    fromUs = Math.min(fromUs, columns.startUs(row));
    toUs = Math.max(toUs, columns.startUs(row) + columns.durationUs(row));
  }
  const byService = [...counts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    traceId: columns.traceId(rows[0]),
    rootServiceName: facts.rootService(rows[0]),
    rootOperationName: facts.rootName(rows[0]),
    minStartTimeUnixNano: nanosText(fromUs + aheadUs),
    maxEndTimeUnixNano: nanosText(toUs + aheadUs),
    spanCount: rows.length,
    orphanSpanCount,
    errorSpanCount: byService.reduce((sum, { errorSpanCount }) => sum + errorSpanCount, 0),
    services: byService,
  };
}
