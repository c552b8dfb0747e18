/**
 * Tempo's HTTP API over the traces that were kept. Source: grafana/tempo/docs/sources/tempo/api_docs,
 * grafana/tempo/pkg/api/http.go.
 */
import type { FieldExpression, NamedField, Query, Stage } from "../../query/traceql/ast.js";
import { evaluateMetrics, type MetricsAnswer } from "../../query/traceql/metrics.js";
import { parseTraceql } from "../../query/traceql/parse.js";
import { searchTraces } from "../../query/traceql/search.js";
import { textOf } from "../../query/traceql/values.js";
import { type Api, type ApiAnswer, type ApiRequest, firstParameter, jsonAnswer, textAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { tracesData } from "../otlp/spans.js";
import { instantAnswer, seriesAnswer } from "./metrics-json.js";
import {
  aheadUsOf,
  BadTempoRequest,
  countParameter,
  durationParameterUs,
  metricsWindow,
  searchWindow,
  stepUs,
} from "./parameters.js";
import { searchAnswer } from "./search-json.js";
import { tagStages } from "./tag-search.js";
import { scopesOf, type TagLimits, tagScopes, tagValues, typedValue } from "./tags.js";
import { traceJson, traceProtobuf, type TraceVersion } from "./trace-json.js";

const PROTOBUF_TYPE = "application/protobuf";

const TRACES_DEFAULT = 20;
const TRACES_MAX = 1_000;
const SPANS_PER_SPANSET_DEFAULT = 3;
const TAG_VALUES_MAX = 1_000;
const EXEMPLARS_DEFAULT = 100;

type Handler = (request: ApiRequest, world: ApiWorld, ...found: readonly string[]) => ApiAnswer;

const ROUTES: readonly (readonly [path: RegExp, handler: Handler])[] = [
  [/^api\/echo$/, () => textAnswer("echo")],
  [/^ready$/, () => textAnswer("ready\n")],
  [/^(?:api\/)?status\/buildinfo$/, () => jsonAnswer(BUILD)],
  [/^api\/search$/, search],
  [/^api\/traces\/([^/]+)$/, (request, world, id) => trace(request, world, id, 1)],
  [/^api\/v2\/traces\/([^/]+)$/, (request, world, id) => trace(request, world, id, 2)],
  [/^api\/search\/tags$/, tags],
  [/^api\/v2\/search\/tags$/, scopedTags],
  [/^api\/search\/tag\/(.+)\/values$/, values],
  [/^api\/v2\/search\/tag\/(.+)\/values$/, typedValues],
  [/^api\/metrics\/query_range$/, metricsRange],
  [/^api\/metrics\/query$/, metricsInstant],
];

/** Clients choose by the version what they ask for. */
const BUILD = { version: "2.9.0", revision: "", branch: "", buildUser: "", buildDate: "", goVersion: "" };

export const tempoApi: Api = {
  name: "tempo",
  title: "Tempo",
  methods: ["GET"],
  answer(request, world) {
    for (const [pattern, handler] of ROUTES) {
      const match = pattern.exec(request.path);
      if (match !== null) return answered(() => handler(request, world, ...match.slice(1)));
    }
    return textAnswer("404 page not found\n", 404);
  },
  error: (httpStatus, message) => textAnswer(message, httpStatus),
};

function answered(handle: () => ApiAnswer): ApiAnswer {
  try {
    return handle();
  } catch (error) {
    if (error instanceof BadTempoRequest) return textAnswer(error.message, 400);
    throw error;
  }
}

function readQuery(text: string): Query {
  const parsed = parseTraceql(text);
  if (!parsed.ok) throw new BadTempoRequest(`invalid TraceQL query: ${parsed.error.message}`);
  return parsed.value;
}

function searchStages(text: string): readonly Stage[] {
  const query = readQuery(text);
  if (query.kind === "range")
    throw new BadTempoRequest("invalid TraceQL query: a metrics query finds no traces; ask /api/metrics/query_range");
  return query.stages;
}

function search(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const text = firstParameter(request, "q");
  const stages =
    text === undefined
      ? tagStages(
          firstParameter(request, "tags") ?? "",
          durationParameterUs(request, "minDuration"),
          durationParameterUs(request, "maxDuration"),
        )
      : searchStages(text);
  const limit = Math.min(countParameter(request, "limit", TRACES_DEFAULT, 1), TRACES_MAX);
  const spansPerSpanset = countParameter(request, "spss", SPANS_PER_SPANSET_DEFAULT, 0);
  const found = searchTraces(world.traces, stages, { ...searchWindow(request, world), limit, ...clockOf(world) });
  return jsonAnswer(searchAnswer(found, spansPerSpanset, aheadUsOf(request)));
}

const clockOf = ({ clockMs }: ApiWorld): { readonly clockMs?: () => number } =>
  clockMs === undefined ? {} : { clockMs };

function trace(request: ApiRequest, world: ApiWorld, id: string, version: TraceVersion): ApiAnswer {
  if (!/^[0-9a-fA-F]{1,32}$/.test(id)) {
    return textAnswer("trace IDs can only contain hex characters: invalid character", 400);
  }
  const found = world.traces.rowsOfTrace(id.padStart(32, "0"));
  if (found === undefined) return textAnswer("trace not found", 404);
  const data = tracesData(found.columns, found.rows, aheadUsOf(request));
  if (request.accept.includes(PROTOBUF_TYPE)) {
    return { httpStatus: 200, contentType: PROTOBUF_TYPE, body: traceProtobuf(data, version) };
  }
  return jsonAnswer(traceJson(data, version));
}

function tags(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const scope = firstParameter(request, "scope") ?? "none";
  const scopes = chosenScopes(world, scope).filter(({ name }) => name !== "intrinsic" || scope === "intrinsic");
  return jsonAnswer({ tagNames: [...new Set(scopes.flatMap((one) => one.tags))].sort(), metrics: {} });
}

function scopedTags(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const scopes = chosenScopes(world, firstParameter(request, "scope") ?? "none");
  const condition = EVERY_SPAN.test(firstParameter(request, "q") ?? "") ? undefined : conditionOf(request);
  const found = condition === undefined ? scopes : scopesOf(world, scopes, condition, searchWindow(request, world));
  const most = countParameter(request, "maxTagsPerScope", 0, 0) || Infinity;
  return jsonAnswer({ scopes: found.map(({ name, tags: all }) => ({ name, tags: all.slice(0, most) })), metrics: {} });
}

/** A query that chooses nothing. */
const EVERY_SPAN = /^\s*(?:\{\s*\}\s*)?$/;

const SCOPES: ReadonlySet<string> = new Set([
  "none",
  "resource",
  "span",
  "event",
  "link",
  "instrumentation",
  "intrinsic",
]);

function chosenScopes(world: ApiWorld, scope: string): ReturnType<typeof tagScopes> {
  if (!SCOPES.has(scope)) throw new BadTempoRequest(`invalid scope: ${scope}`);
  return tagScopes(world).filter(({ name }) => scope === "none" || name === scope);
}

/** Of an attribute by its bare name, wherever it stands. */
function values(request: ApiRequest, world: ApiWorld, written: string): ApiAnswer {
  const tag = unescapedTwice(written);
  const field = readField(/^[\w:]+$/.test(tag) && !tag.includes(".") ? tag : `.${tag}`) ?? readField(`.${tag}`);
  const found =
    field === undefined ? [] : tagValues(world, field, undefined, searchWindow(request, world), tagLimits(request));
  return jsonAnswer({ tagValues: found.map(textOf), metrics: {} });
}

function typedValues(request: ApiRequest, world: ApiWorld, written: string): ApiAnswer {
  const tag = unescapedTwice(written);
  const field = readField(tag);
  if (field === undefined) {
    throw new BadTempoRequest(`tag name is not valid intrinsic or scoped attribute: ${tag}`);
  }
  const found = tagValues(world, field, conditionOf(request), searchWindow(request, world), tagLimits(request));
  return jsonAnswer({ tagValues: found.map(typedValue), metrics: {} });
}

/** Grafana escapes names twice, and Tempo undoes it twice. */
function unescapedTwice(tag: string): string {
  try {
    return decodeURIComponent(tag);
  } catch {
    return tag;
  }
}

function tagLimits(request: ApiRequest): TagLimits {
  const values = countParameter(request, "limit", TAG_VALUES_MAX, 0) || TAG_VALUES_MAX;
  return { values: Math.min(values, TAG_VALUES_MAX), staleSpans: countParameter(request, "maxStaleValues", 0, 0) };
}

/** The only filter of `q`; a query that is not finished yet, as editors send it, has none. */
function conditionOf(request: ApiRequest): FieldExpression | undefined {
  const parsed = parseTraceql(firstParameter(request, "q") ?? "{}");
  if (!parsed.ok || parsed.value.kind !== "search") return undefined;
  const [first] = parsed.value.stages;
  return first.kind === "filter" ? first.condition : undefined;
}

function readField(text: string): NamedField | undefined {
  const parsed = parseTraceql(`select(${text})`);
  if (!parsed.ok || parsed.value.kind !== "search") return undefined;
  const [stage] = parsed.value.stages;
  return stage.kind === "select" && stage.fields.length === 1 ? stage.fields[0] : undefined;
}

function metricsRange(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const window = metricsWindow(request, world);
  const step = stepUs(request, window);
  // Steps stand on whole multiples of their length, so that two queries agree where they overlap.
  const aheadUs = aheadUsOf(request);
  const fromUs = Math.floor((window.fromUs + aheadUs) / step) * step - aheadUs;
  const toUs = Math.ceil((window.toUs + aheadUs) / step) * step - aheadUs;
  const exemplars = countParameter(request, "exemplars", EXEMPLARS_DEFAULT, 0);
  return jsonAnswer(seriesAnswer(metricsOf(request, world, { fromUs, toUs, stepUs: step, exemplars }), aheadUs));
}

function metricsInstant(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const { fromUs, toUs } = metricsWindow(request, world);
  return jsonAnswer(instantAnswer(metricsOf(request, world, { fromUs, toUs, stepUs: toUs - fromUs })));
}

function metricsOf(
  request: ApiRequest,
  world: ApiWorld,
  options: Omit<Parameters<typeof evaluateMetrics>[2], "clockMs">,
): MetricsAnswer {
  const text = firstParameter(request, "q") ?? firstParameter(request, "query");
  if (text === undefined) throw new BadTempoRequest("missing query");
  const query = readQuery(text);
  if (query.kind !== "range") throw new BadTempoRequest("not a metrics query");
  return evaluateMetrics(world.traces, query.metrics, { ...options, ...clockOf(world) });
}
