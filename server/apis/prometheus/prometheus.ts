/**
 * Prometheus's HTTP API. Queries are answered by the query engine's own table of endpoints; what is about rules, targets
 * and the server itself stands in the table here. Source: prometheus/web/api/v1/api.go and its OpenAPI description.
 */
import { SCRAPED_METADATA } from "../../alerting/scraped-metadata.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { answerPrometheus } from "../../query/promql/http-api.js";
import { BadParameter } from "../../query/promql/http-parameters.js";
import { type Api, type ApiAnswer, type ApiRequest, jsonAnswer, textAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { clientData, simulatedParameters } from "./clock.js";
import { exposition, federate } from "./federation.js";
import { openMetricsDump } from "./openmetrics-dump.js";
import { remoteRead } from "./remote-read.js";
import { alerts, rules } from "./rules.js";
import { blocks, notifications, REFUSED, relabelSteps, scrapePoolConfig, selfMetrics } from "./server-pages.js";
import { alertmanagers, buildInfo, config, features, flags, runtimeInfo, tsdb, walReplay } from "./status.js";
import { scrapePools, targetMetadata, targets } from "./targets.js";

const VERSIONED = "api/v1/";

/** Data of endpoints that have no query. */
const DATA: Readonly<Record<string, (request: ApiRequest, world: ApiWorld) => unknown>> = {
  rules,
  alerts,
  alertmanagers,
  targets,
  "targets/metadata": targetMetadata,
  scrape_pools: scrapePools,
  "scrape_pools/config": scrapePoolConfig,
  "targets/relabel_steps": relabelSteps,
  "status/config": config,
  "status/flags": flags,
  "status/buildinfo": buildInfo,
  "status/runtimeinfo": runtimeInfo,
  "status/tsdb": tsdb,
  "status/tsdb/blocks": blocks,
  "status/walreplay": walReplay,
  "status/self_metrics": selfMetrics,
  notifications,
  features,
};

/** Addresses that answer no JSON. */
const PLAIN: Readonly<Record<string, (request: ApiRequest, world: ApiWorld) => ApiAnswer>> = {
  "-/healthy": () => textAnswer("Prometheus Server is Healthy.\n"),
  "-/ready": () => textAnswer("Prometheus Server is Ready.\n"),
  federate,
  // Not of Prometheus.
  openmetrics: openMetricsDump,
  "api/v1/read": remoteRead,
  metrics: (request, world) => {
    const { metricsServer } = world.model.topology.plant;
    const own = world.model.targets.find(({ job }) => job === metricsServer);
    return exposition(metricsServer, own?.instance ?? "", request, world);
  },
};

/** What a process exposes, under the labels that its target has. */
const EXPOSITION = /^targets\/([^/]+)\/([^/]+)\/metrics$/;

export const prometheusApi: Api = {
  name: "prometheus",
  title: "Prometheus",
  answer(request, world) {
    const { path } = request;
    const process = EXPOSITION.exec(path);
    try {
      if (process !== null) return exposition(process[1], process[2], request, world);
      if (Object.hasOwn(PLAIN, path)) return PLAIN[path](request, world);
      if (!path.startsWith(VERSIONED)) return notFound();
      const endpoint = path.slice(VERSIONED.length);
      const refused = REFUSED.get(endpoint);
      if (refused !== undefined) return refused();
      if (Object.hasOwn(DATA, endpoint)) return jsonAnswer({ status: "success", data: DATA[endpoint](request, world) });
      return queryAnswer(endpoint, request, world);
    } catch (error) {
      if (error instanceof BadParameter) return failed(400, error.message);
      throw error;
    }
  },
  error: failed,
};

const notFound = (): ApiAnswer => textAnswer("404 page not found\n", 404);

function queryAnswer(endpoint: string, { parameters, clockAheadMs }: ApiRequest, world: ApiWorld): ApiAnswer {
  const { httpStatus, body } = answerPrometheus(
    {
      reader: world.metrics,
      metadata: SCRAPED_METADATA,
      nowMs: world.nowUs / MICROS_PER_MS,
      queries: world.promql,
      ...(world.clockMs === undefined ? {} : { clockMs: world.clockMs }),
    },
    endpoint,
    simulatedParameters(parameters, clockAheadMs),
  );
  // An address that is none of the API's is answered by the server itself, in text.
  if (httpStatus === 404) return notFound();
  if (typeof body !== "object" || body === null || !("data" in body)) return jsonAnswer(body, httpStatus);
  return jsonAnswer({ ...body, data: clientData(body.data, clockAheadMs) }, httpStatus);
}

function failed(httpStatus: number, message: string): ApiAnswer {
  return jsonAnswer({ status: "error", errorType: ERROR_TYPES[httpStatus] ?? "internal", error: message }, httpStatus);
}

const ERROR_TYPES: Readonly<Partial<Record<number, string>>> = {
  400: "bad_data",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  422: "execution",
  429: "unavailable",
  503: "unavailable",
};
