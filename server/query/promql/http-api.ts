/**
 * Prometheus's HTTP API over a MetricReader: parameters in, status and body out, both as Prometheus gives them, so that
 * Grafana, promtool and the CodeMirror extension work unchanged. Nothing later than simulated now is ever seen. Error
 * bodies bear one field more than Prometheus's, `diagnostics`: range, expected and hint of each problem in the query.
 * Source: prometheus/web/api/v1/api.go.
 */
import { lineAndColumn, type Diagnostic } from "../../base/diagnostic.js";
import { LimitError } from "../../base/limit-error.js";
import { pulseOf } from "../../base/pulse.js";
import type { LabelMatcher, MetricReader, SeriesRef } from "../../telemetry/metric-reader.js";
import { withoutParens, type Expr } from "./ast.js";
import { QueryCancelledError, QueryError } from "./errors.js";
import { explainQuery } from "./explain.js";
import {
  BadParameter,
  badQuery,
  durationMs,
  first,
  limitOf,
  requiredTimeMs,
  selectorsOf,
  stepMs,
  timeMs,
  type HttpParameters,
} from "./http-parameters.js";
import { LabelSet } from "./label-set.js";
import { metricOverview } from "./metric-overview.js";
import { DEFAULT_QUERY_LIMITS, TIME_LIMIT, type QueryLimits } from "./limits.js";
import { formatValue, isValidUtf8, quote } from "./literals.js";
import { parsePromql } from "./parse.js";
import { prettyExpr } from "./pretty.js";
import {
  evaluateInstant,
  evaluateRange,
  prepareQuery,
  type LanguageOptions,
  type PreparedQuery,
  type QueryOptions,
  type QueryResult,
} from "./query.js";
import { emptyWindow } from "./samples.js";
import { jsonTree } from "./syntax-tree-json.js";

/** Type, help and unit of a metric family. */
export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

export interface PrometheusAnswer {
  readonly httpStatus: number;
  readonly body: unknown;
}

export interface PrometheusSource {
  readonly reader: MetricReader;
  readonly metadata: readonly MetricDescription[];
  /** Simulated now: the default of `time`, and the end of what can be seen. */
  readonly nowMs: number;
  readonly limits?: QueryLimits;
  /** A clock that only rises, for the limit on time. */
  readonly clockMs?: () => number;
  /** Keeps prepared queries from one question to the next. */
  readonly queries?: QueryCache;
}

/** Prepared queries by text; the least recently used go first. */
export class QueryCache {
  private readonly held = new Map<string, PreparedQuery>();

  constructor(
    private readonly language: LanguageOptions = {},
    private readonly capacity = 200,
  ) {}

  prepare(text: string): ReturnType<typeof prepareQuery> {
    const held = this.held.get(text);
    if (held !== undefined) {
      this.held.delete(text);
      this.held.set(text, held);
      return { ok: true, value: held };
    }
    const prepared = prepareQuery(text, this.language);
    if (!prepared.ok) return prepared;
    this.held.set(text, prepared.value);
    const oldest = this.held.keys().next();
    if (this.held.size > this.capacity && oldest.done !== true) this.held.delete(oldest.value);
    return prepared;
  }
}

/** Where an answer without a start begins to look. */
const BEGINNING_MS = -8_640_000_000_000_000;

interface Request {
  readonly source: PrometheusSource;
  readonly parameters: HttpParameters;
  /** The name in `label/<name>/values`. */
  readonly labelName: string;
}

/** Data, and what rides beside it. */
export interface ResultData {
  readonly data: unknown;
  readonly warnings?: readonly string[];
  readonly infos?: readonly string[];
}

/**
 * Answers one request.
 * @param endpoint path behind `/api/v1/`: query, query_range, query_explain, metric_overview, query_exemplars, series, labels, label/<name>/values,
 *   metadata, parse_query, format_query
 */
export function answerPrometheus(
  source: PrometheusSource,
  endpoint: string,
  parameters: HttpParameters,
): PrometheusAnswer {
  const label = /^label\/(.+)\/values$/.exec(endpoint);
  const handler = label === null ? ENDPOINTS[endpoint] : labelValues;
  if (handler === undefined) return failed(404, "not_found", `no endpoint ${quote(endpoint)}`, []);
  try {
    const {
      data,
      warnings = [],
      infos = [],
    } = handler({ source, parameters, labelName: decodeLabelName(label?.[1] ?? "") });
    const remarks = { ...(warnings.length > 0 ? { warnings } : {}), ...(infos.length > 0 ? { infos } : {}) };
    return { httpStatus: 200, body: { status: "success", data, ...remarks } };
  } catch (error) {
    return answerError(error, first(parameters, "query") ?? "");
  }
}

function answerError(error: unknown, query: string): PrometheusAnswer {
  if (error instanceof BadParameter) return failed(400, "bad_data", error.message, error.diagnostics);
  if (error instanceof QueryError)
    return failed(422, "execution", error.message, error.range === undefined ? [] : [diagnose(query, error)]);
  if (error instanceof LimitError) {
    return error.limit === TIME_LIMIT
      ? failed(503, "timeout", error.message, [])
      : failed(422, "execution", error.message, []);
  }
  if (error instanceof QueryCancelledError) return failed(503, "canceled", error.message, []);
  throw error;
}

function diagnose(query: string, { message, range }: Pick<QueryError, "message" | "range">): Diagnostic {
  const { from, to } = range ?? { from: 0, to: query.length };
  return { severity: "error", message, from, to, ...lineAndColumn(query, from) };
}

function failed(
  httpStatus: number,
  errorType: string,
  error: string,
  diagnostics: readonly Diagnostic[],
): PrometheusAnswer {
  return {
    httpStatus,
    body: { status: "error", errorType, error, ...(diagnostics.length > 0 ? { diagnostics } : {}) },
  };
}

const ENDPOINTS: Readonly<Record<string, ((request: Request) => ResultData) | undefined>> = {
  query: instantQuery,
  query_range: rangeQuery,
  query_explain: explain,
  metric_overview: overview,
  query_exemplars: exemplars,
  series,
  labels: labelNames,
  metadata,
  parse_query: parseQuery,
  format_query: formatQuery,
};

function prepared({ source, parameters }: Request): PreparedQuery {
  const text = first(parameters, "query") ?? "";
  const result = source.queries?.prepare(text) ?? prepareQuery(text);
  if (!result.ok) throw badQuery("query", result.error);
  return result.value;
}

function limitsOf({ source, parameters }: Request): QueryLimits {
  const limits = source.limits ?? DEFAULT_QUERY_LIMITS;
  const lookback = first(parameters, "lookback_delta");
  const timeout = first(parameters, "timeout");
  return {
    ...limits,
    ...(lookback === undefined ? {} : { lookbackMs: durationMs("lookback_delta", lookback) }),
    // A client may ask for less time than it could have, and not for more.
    ...(timeout === undefined ? {} : { timeMsMax: Math.min(limits.timeMsMax, durationMs("timeout", timeout)) }),
  };
}

function optionsOf(request: Request): QueryOptions {
  const { clockMs } = request.source;
  return { ...limitsOf(request), ...(clockMs === undefined ? {} : { clockMs }) };
}

function instantQuery(request: Request): ResultData {
  const { nowMs, reader } = request.source;
  const atMs = Math.min(nowMs, timeMs(request.parameters, "time", nowMs));
  return measured(request, (query) => evaluateInstant(query, reader, atMs, optionsOf(request)));
}

function rangeQuery(request: Request): ResultData {
  const { source } = request;
  const asked = rangeOf(request);
  if (asked.endMs < asked.startMs) return { data: { resultType: "matrix", result: [] } };
  const { query, startMs, endMs, step } = asked;
  const options = optionsOf(request);
  return measured(request, () => evaluateRange(query, source.reader, startMs, endMs, step, options));
}

/** The result, and with `stats` what it took: seconds by the clock of the machine, samples. */
function measured(request: Request, evaluate: (query: PreparedQuery) => QueryResult): ResultData {
  const { source, parameters } = request;
  const clockMs = source.clockMs ?? ((): number => 0);
  const begunMs = clockMs();
  const query = prepared(request);
  const preparedMs = clockMs();
  const result = evaluate(query);
  const evaluatedMs = clockMs();
  const answer = resultData(result, limitOf(parameters));
  if (first(parameters, "stats") === undefined) return answer;
  const seconds = (fromMs: number, toMs: number): number => Math.max(0, toMs - fromMs) / 1_000;
  const stats = {
    timings: {
      evalTotalTime: seconds(preparedMs, evaluatedMs),
      // Series are sorted as they are evaluated, and nothing waits for its turn here.
      resultSortTime: 0,
      queryPreparationTime: seconds(begunMs, preparedMs),
      innerEvalTime: seconds(preparedMs, evaluatedMs),
      execQueueTime: 0,
      execTotalTime: seconds(begunMs, evaluatedMs),
    },
    samples: { totalQueryableSamples: result.samplesRead, peakSamples: result.samplesPeak },
  };
  return { ...answer, data: { ...(answer.data as object), stats } };
}

interface AskedRange {
  readonly query: PreparedQuery;
  readonly startMs: number;
  /** Not later than now. */
  readonly endMs: number;
  readonly step: number;
}

function rangeOf(request: Request): AskedRange {
  const { parameters, source } = request;
  const startMs = requiredTimeMs(parameters, "start");
  const wantedEndMs = requiredTimeMs(parameters, "end");
  if (wantedEndMs < startMs)
    throw new BadParameter('invalid parameter "end": end timestamp must not be before start time');
  const step = stepMs(parameters);
  const limits = limitsOf(request);
  if (Math.floor((wantedEndMs - startMs) / step) > limits.stepsMax) {
    const points = String(limits.stepsMax).replace(/\B(?=(\d{3})+$)/g, ",");
    throw new BadParameter(
      `exceeded maximum resolution of ${points} points per timeseries. Try decreasing the query resolution (?step=XX)`,
    );
  }
  const query = prepared(request);
  if (query.type === "matrix" || query.type === "string") {
    const name = query.type === "matrix" ? "range vector" : "string";
    const message = `invalid expression type "${name}" for range query, must be Scalar or instant Vector`;
    const finding = diagnose(first(parameters, "query") ?? "", { message, range: query.expr });
    throw new BadParameter(`invalid parameter "query": ${message}`, [finding]);
  }
  return { query, startMs, endMs: Math.min(source.nowMs, wantedEndMs), step };
}

/** Not of Prometheus: what each part of a query costs, at an instant or, with `start`, over a range. */
function explain(request: Request): ResultData {
  const { nowMs, reader, clockMs } = request.source;
  const limits = limitsOf(request);
  const clock = clockMs ?? ((): number => 0);
  if (first(request.parameters, "start") === undefined) {
    const atMs = Math.min(nowMs, timeMs(request.parameters, "time", nowMs));
    return { data: explainQuery(prepared(request), reader, { atMs }, limits, clock) };
  }
  const { query, startMs, endMs, step } = rangeOf(request);
  const times = { startMs, endMs: Math.max(startMs, endMs), stepMs: step };
  return { data: explainQuery(query, reader, times, limits, clock) };
}

/** Not of Prometheus: every metric in small, over a time and against the time before; `job` for one job alone. */
function overview(request: Request): ResultData {
  const { parameters, source } = request;
  const job = first(parameters, "job");
  const fromMs = requiredTimeMs(parameters, "start");
  const toMs = Math.min(source.nowMs, requiredTimeMs(parameters, "end"));
  if (toMs <= fromMs) throw new BadParameter('invalid parameter "end": there is nothing between start and end');
  return {
    data: metricOverview(source.reader, source.metadata, { fromMs, toMs, ...(job === undefined ? {} : { job }) }),
  };
}

/** Prometheus writes times in seconds and values as text. */
const point = (ms: number, value: number): readonly [number, string] => [ms / 1000, formatValue(value)];

/** A result as the API writes it, at most `limit` series of it. */
export function resultData(result: QueryResult, limit?: number): ResultData {
  const { warnings, infos } = result;
  switch (result.kind) {
    case "scalar":
      return { data: { resultType: "scalar", result: point(result.timeMs, result.value) }, warnings, infos };
    case "string":
      return { data: { resultType: "string", result: [result.timeMs / 1000, result.value] }, warnings, infos };
    case "vector": {
      const rows = result.samples.map(({ labels, value }) => ({
        metric: labels.toLabels(),
        value: point(result.timeMs, value),
      }));
      return truncated({ resultType: "vector", result: rows }, limit, warnings, infos);
    }
    case "matrix": {
      const rows = result.series.map(({ labels, timesMs, values }) => ({
        metric: labels.toLabels(),
        values: Array.from(timesMs, (ms, index) => point(ms, values[index])),
      }));
      return truncated({ resultType: "matrix", result: rows }, limit, warnings, infos);
    }
  }
}

function truncated(
  data: { readonly resultType: string; readonly result: readonly unknown[] },
  limit: number | undefined,
  warnings: readonly string[],
  infos: readonly string[],
): ResultData {
  if (limit === undefined || data.result.length <= limit) return { data, warnings, infos };
  return {
    data: { ...data, result: data.result.slice(0, limit) },
    warnings: [...warnings, "results truncated due to limit"],
    infos,
  };
}

/** Limits a list of metadata as Prometheus does. */
function limited(items: readonly unknown[], { parameters }: Request): ResultData {
  const limit = limitOf(parameters);
  if (limit === undefined || items.length <= limit) return { data: items };
  return { data: items.slice(0, limit), warnings: ["results truncated due to limit"] };
}

interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

function intervalOf({ parameters, source }: Request): Interval {
  const startMs = timeMs(parameters, "start", BEGINNING_MS);
  return { startMs, endMs: Math.min(source.nowMs, timeMs(parameters, "end", source.nowMs)) };
}

function hasSamples(reader: MetricReader, ref: SeriesRef, { startMs, endMs }: Interval): boolean {
  const window = emptyWindow();
  reader.window(ref, startMs - 1, endMs, window);
  return window.to > window.from;
}

/** Series of any of the selectors with samples in the interval, ascending. */
function refsOf(request: Request, selectors: readonly (readonly LabelMatcher[])[]): SeriesRef[] {
  const { reader } = request.source;
  const interval = intervalOf(request);
  const refs = new Set(selectors.flatMap((matchers) => [...reader.select(matchers)]));
  return [...refs].filter((ref) => hasSamples(reader, ref, interval)).sort((left, right) => left - right);
}

function series(request: Request): ResultData {
  const selectors = selectorsOf(request.parameters);
  if (selectors.length === 0) throw new BadParameter("no match[] parameter provided");
  const { reader, limits = DEFAULT_QUERY_LIMITS } = request.source;
  const refs = refsOf(request, selectors);
  if (refs.length > limits.seriesMax) {
    throw new LimitError("series per query", limits.seriesMax, refs.length, "Add label matchers to match[].");
  }
  const pulse = pulseOf(request.source.clockMs);
  const labelSets = refs
    .map((ref) => {
      pulse();
      return LabelSet.of(reader.labels(ref));
    })
    .sort((left, right) => (left.key < right.key ? -1 : 1));
  return limited(
    labelSets.map((labels) => labels.toLabels()),
    request,
  );
}

function labelNames(request: Request): ResultData {
  const selectors = selectorsOf(request.parameters);
  const { reader } = request.source;
  const names =
    selectors.length === 0 ? reader.labelNames([]) : selectors.flatMap((matchers) => [...reader.labelNames(matchers)]);
  return limited([...new Set(names)].sort(), request);
}

/** `U__` and what follows is Prometheus's escape for names that do not fit into a path. */
function decodeLabelName(path: string): string {
  if (!path.startsWith("U__")) return path;
  return path.slice(3).replace(/__|_([0-9a-fA-F]{1,6})_/g, (whole, code: string | undefined) => {
    return code === undefined ? whole.slice(1) : String.fromCodePoint(Number.parseInt(code, 16));
  });
}

function labelValues(request: Request): ResultData {
  const { labelName, parameters, source } = request;
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(labelName) && !(isValidUtf8(labelName) && /[^\w]/.test(labelName))) {
    throw new BadParameter(`invalid label name: ${quote(labelName)}`);
  }
  const selectors = selectorsOf(parameters);
  const { reader } = source;
  const values =
    selectors.length === 0
      ? reader.labelValues(labelName, [])
      : selectors.flatMap((matchers) => [...reader.labelValues(labelName, matchers)]);
  return limited([...new Set(values)].sort(), request);
}

function metadata(request: Request): ResultData {
  const wanted = first(request.parameters, "metric");
  const limit = limitOf(request.parameters) ?? Infinity;
  const entries = request.source.metadata
    .filter(({ name }) => wanted === undefined || name === wanted)
    .slice(0, limit)
    .map(({ name, type, help, unit }) => [name, [{ type, help, unit }]] as const);
  return { data: Object.fromEntries(entries) };
}

function exemplars(request: Request): ResultData {
  const { reader } = request.source;
  const { startMs, endMs } = intervalOf(request);
  const selectors = selectorsIn(prepared(request).expr);
  const refs = [...new Set(selectors.flatMap((matchers) => [...reader.select(matchers)]))].sort(
    (left, right) => left - right,
  );
  const pulse = pulseOf(request.source.clockMs);
  const data = refs
    .map((ref) => {
      pulse();
      return { ref, found: reader.exemplars(ref, startMs, endMs) };
    })
    .filter(({ found }) => found.length > 0)
    .map(({ ref, found }) => ({
      seriesLabels: reader.labels(ref),
      exemplars: found.map(({ labels, timestampMs, value }) => ({
        labels,
        value: formatValue(value),
        timestamp: timestampMs / 1000,
      })),
    }));
  return { data };
}

/** Matchers of every selector in an expression. */
function selectorsIn(expr: Expr): (readonly LabelMatcher[])[] {
  const inner = withoutParens(expr);
  switch (inner.kind) {
    case "vector-selector":
      return [inner.matchers];
    case "matrix-selector":
      return [inner.selector.matchers];
    case "binary":
      return [...selectorsIn(inner.left), ...selectorsIn(inner.right)];
    case "call":
      return inner.args.flatMap(selectorsIn);
    case "aggregate":
    case "unary":
    case "subquery":
      return selectorsIn(inner.expr);
    default:
      return [];
  }
}

function parseQuery(request: Request): ResultData {
  const parsed = parsePromql(first(request.parameters, "query") ?? "");
  if (!parsed.ok) throw badQuery("query", parsed.error);
  return { data: jsonTree(parsed.value) };
}

function formatQuery(request: Request): ResultData {
  const parsed = parsePromql(first(request.parameters, "query") ?? "");
  if (!parsed.ok) throw badQuery("query", parsed.error);
  return { data: prettyExpr(parsed.value) };
}
