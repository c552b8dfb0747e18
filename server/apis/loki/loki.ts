/**
 * Loki's HTTP API, so that Grafana, Logs Drilldown and logcli read a run. Mistakes are answered in plain text with status
 * 400, as Loki does. Source: grafana/loki docs, reference/loki-http-api; pkg/loghttp.
 */
import { LimitError } from "../../base/limit-error.js";
import {
  evaluateInstant,
  evaluateLines,
  evaluateRange,
  isMetric,
  type LogqlAnswer,
} from "../../query/logql/evaluate.js";
import { prettyLogql } from "../../query/logql/print.js";
import { ParseFailure, QueryFailure } from "../../query/logql/problem.js";
import { valueJson } from "../../query/logql/value-json.js";
import { formatDurationMs } from "../../query/promql/literals.js";
import { retentionOf } from "../../topology/retention.js";
import { type Api, type ApiAnswer, type ApiRequest, firstParameter, jsonAnswer, textAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { detectedFieldValues, detectedFields, patterns } from "./loki-fields.js";
import {
  detectedLabels,
  indexStats,
  indexVolume,
  indexVolumeRange,
  labelNames,
  labelValues,
  series,
  success,
} from "./loki-index.js";
import { limitsOf } from "./loki-limits.js";
import { buildInfo, configText, drilldownLimits, indexShards, noRuleGroups, noRules } from "./loki-server.js";
import { queryStatistics } from "./loki-statistics.js";
import { tail } from "./loki-tail.js";
import {
  aheadUsOf,
  BadLokiRequest,
  isNewestFirst,
  limitOf,
  parsedQuery,
  queryOf,
  stepMsOf,
  timeUs,
  windowOf,
} from "./loki-parameters.js";

type Handler = (request: ApiRequest, world: ApiWorld, name: string) => ApiAnswer;

const ENDPOINTS: Readonly<Record<string, Handler>> = {
  query: instantQuery,
  query_range: rangeQuery,
  labels: labelNames,
  label: labelNames,
  series,
  "index/stats": indexStats,
  "index/volume": indexVolume,
  "index/volume_range": indexVolumeRange,
  patterns,
  detected_labels: detectedLabels,
  detected_fields: detectedFields,
  tail,
  format_query: formatQuery,
  "index/shards": indexShards,
  "drilldown-limits": drilldownLimits,
  "status/buildinfo": buildInfo,
  rules: noRules,
};

/** Endpoints with a name in their path. */
const NAMED: readonly (readonly [pattern: RegExp, handler: Handler])[] = [
  [/^label\/(.+)\/values$/, labelValues],
  [/^detected_field\/(.+)\/values$/, detectedFieldValues],
];

/** Addresses outside of the API. */
const PLAIN: Readonly<Record<string, (world: ApiWorld) => ApiAnswer>> = {
  ready: () => textAnswer("ready\n"),
  config: configText,
  "prometheus/api/v1/rules": noRuleGroups,
};

export const lokiApi: Api = {
  name: "loki",
  title: "Loki",
  answer(request, world) {
    const path = request.path.replace(/^loki\//, "");
    if (Object.hasOwn(PLAIN, path)) return PLAIN[path](world);
    if (!path.startsWith("api/v1/")) return textAnswer("404 page not found\n", 404);
    return answerEndpoint(path.slice("api/v1/".length), request, world);
  },
  error: (httpStatus, message) => textAnswer(`${message}\n`, httpStatus),
};

function answerEndpoint(endpoint: string, request: ApiRequest, world: ApiWorld): ApiAnswer {
  try {
    if (Object.hasOwn(ENDPOINTS, endpoint)) return ENDPOINTS[endpoint](request, world, "");
    for (const [pattern, handler] of NAMED) {
      const name = pattern.exec(endpoint)?.[1];
      if (name !== undefined) return handler(request, world, name);
    }
    return textAnswer("404 page not found\n", 404);
  } catch (error) {
    if (error instanceof BadLokiRequest || error instanceof QueryFailure || error instanceof ParseFailure) {
      return textAnswer(error.message, 400);
    }
    if (error instanceof LimitError) return textAnswer(error.message, 400);
    throw error;
  }
}

/** What Loki says of a range that lies behind its retention; the answer to it is empty. Source: pkg/querier/querier.go. */
function tooOld({ model, nowUs }: ApiWorld, toUs: number): readonly string[] {
  const { warmUs } = retentionOf(model.topology.plant, "logs");
  if (toUs >= nowUs - warmUs) return [];
  const limit = formatDurationMs(warmUs / 1e3);
  return [`this data is no longer available, it is past now - max_query_lookback (${limit})`];
}

function instantQuery(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const expr = queryOf(request);
  if (!isMetric(expr)) {
    throw new BadLokiRequest(
      "log queries are not supported as an instant query type, please change your query to a range query type",
    );
  }
  const atUs = Math.min(timeUs(request, "time") ?? world.nowUs, world.nowUs);
  const answer = evaluateInstant(expr, world.logs.reader, atUs / 1e3, limitsOf(world));
  return queryAnswer(request, answer, tooOld(world, atUs));
}

function rangeQuery(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const expr = queryOf(request);
  const window = windowOf(request, world);
  const { fromUs, toUs } = window;
  if (!isMetric(expr)) {
    const [limit, newestFirst] = [limitOf(request), isNewestFirst(request)];
    return queryAnswer(
      request,
      evaluateLines(expr, world.logs.reader, { fromUs, toUs, limit, newestFirst }, limitsOf(world)),
      tooOld(world, toUs),
    );
  }
  const stepMs = stepMsOf(request, window);
  const endUs = Math.min(toUs, world.nowUs);
  const range = { startMs: fromUs / 1e3, endMs: Math.max(fromUs, endUs) / 1e3, stepMs };
  return queryAnswer(request, evaluateRange(expr, world.logs.reader, range, limitsOf(world)), tooOld(world, toUs));
}

/** Grafana asks for the kinds of labels apart. */
const CATEGORIZED = "categorize-labels";

function queryAnswer(request: ApiRequest, answer: LogqlAnswer, warnings: readonly string[]): ApiAnswer {
  const { value } = answer;
  const categorized = request.encodingFlags?.includes(CATEGORIZED) === true;
  const { resultType, result } = valueJson(value, { aheadUs: aheadUsOf(request), categorized });
  const flags = categorized && value.kind === "streams" ? { encodingFlags: [CATEGORIZED] } : {};
  const data = { resultType, result, ...flags, stats: queryStatistics(answer) };
  return warnings.length === 0 ? success(data) : jsonAnswer({ status: "success", warnings, data });
}

function formatQuery(request: ApiRequest): ApiAnswer {
  try {
    return success(prettyLogql(parsedQuery(firstParameter(request, "query") ?? "")));
  } catch (error) {
    if (error instanceof BadLokiRequest) return jsonAnswer({ status: "invalid-query", error: error.message }, 400);
    throw error;
  }
}
