/** Prometheus's HTTP API. Source: prometheus/web/api/v1/api.go and its OpenAPI description. */
import { MICROS_PER_MS } from "../../base/time.js";
import { answerPrometheus } from "../../query/promql/http-api.js";
import { type Api, jsonAnswer, textAnswer } from "../api.js";

const VERSIONED = "api/v1/";

export const prometheusApi: Api = {
  name: "prometheus",
  title: "Prometheus",
  answer({ path, parameters }, world) {
    if (!path.startsWith(VERSIONED)) return textAnswer("404 page not found\n", 404);
    const { httpStatus, body } = answerPrometheus(
      {
        reader: world.metrics,
        metadata: world.model.metricMetadata,
        nowMs: world.nowUs / MICROS_PER_MS,
        queries: world.promql,
        ...(world.clockMs === undefined ? {} : { clockMs: world.clockMs }),
      },
      path.slice(VERSIONED.length),
      parameters,
    );
    return jsonAnswer(body, httpStatus);
  },
  error: (httpStatus, message) =>
    jsonAnswer({ status: "error", errorType: ERROR_TYPES[httpStatus] ?? "internal", error: message }, httpStatus),
};

const ERROR_TYPES: Readonly<Partial<Record<number, string>>> = {
  400: "bad_data",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  422: "execution",
  429: "unavailable",
  503: "unavailable",
};
