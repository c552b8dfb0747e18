/** Prometheus's HTTP answers as the client reads them. Shapes: prometheus.io/docs/prometheus/latest/querying/api. */
import type { Diagnostic } from "../../server/base/diagnostic.js";
import { failure, success } from "../../server/base/result.js";
import type { Result } from "../../server/base/result.js";
import type { ApiError } from "../../server/wire/errors.js";

export type Labels = Readonly<Record<string, string>>;

/** Unix seconds and the value as text (`NaN`, `+Inf`). */
export type PrometheusSample = readonly [number, string];

export interface MatrixSeries {
  readonly metric: Labels;
  readonly values: readonly PrometheusSample[];
}

export interface VectorSample {
  readonly metric: Labels;
  readonly value: PrometheusSample;
}

export type PrometheusResult =
  | { readonly resultType: "matrix"; readonly result: readonly MatrixSeries[] }
  | { readonly resultType: "vector"; readonly result: readonly VectorSample[] }
  | { readonly resultType: "scalar"; readonly result: PrometheusSample }
  | { readonly resultType: "string"; readonly result: PrometheusSample };

export interface ExemplarSeries {
  readonly seriesLabels: Labels;
  readonly exemplars: readonly { readonly labels: Labels; readonly value: string; readonly timestamp: number }[];
}

/** A successful answer; what `data` is depends on the endpoint, so callers name it with `dataOf`. */
export interface PrometheusAnswer {
  readonly data: unknown;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
}

/** `data` of `query` and `query_range`. */
export const resultOf = (answer: PrometheusAnswer): PrometheusResult => answer.data as PrometheusResult;

/** `data` of `query_exemplars`. */
export const exemplarsOf = (answer: PrometheusAnswer): readonly ExemplarSeries[] =>
  answer.data as readonly ExemplarSeries[];

/** A sample's value; `NaN`, `+Inf` and `-Inf` as in Prometheus. */
export function valueOf(text: string): number {
  if (text === "+Inf") return Infinity;
  return text === "-Inf" ? -Infinity : Number(text);
}

/** Prometheus's error types (web/api/v1, errorType) as ours. */
const ERROR_CODES: Readonly<Record<string, ApiError["code"]>> = {
  bad_data: "bad-query",
  execution: "limit",
  timeout: "limit",
  not_found: "not-found",
  forbidden: "forbidden",
  unavailable: "unavailable",
};

/** Reads a body of either form. The server puts `diagnostics` beside Prometheus's own error text. */
export function readPrometheusBody(body: unknown, status: number): Result<PrometheusAnswer, ApiError> {
  if (typeof body !== "object" || body === null) {
    return failure({ code: "internal", message: `The server answered ${String(status)} without a readable body.` });
  }
  const fields = body as Readonly<Record<string, unknown>>;
  if (fields["status"] === "success") {
    return success({ data: fields["data"], warnings: textsOf(fields["warnings"]), infos: textsOf(fields["infos"]) });
  }
  if (typeof fields["error"] === "object" && fields["error"] !== null) return failure(fields["error"] as ApiError);
  const message = typeof fields["error"] === "string" ? fields["error"] : `The query failed (${String(status)}).`;
  const diagnostics = Array.isArray(fields["diagnostics"])
    ? (fields["diagnostics"] as readonly Diagnostic[])
    : undefined;
  return failure({
    code: ERROR_CODES[String(fields["errorType"])] ?? "internal",
    message,
    ...(diagnostics === undefined ? {} : { diagnostics }),
  });
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
