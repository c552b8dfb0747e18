/** The server's HTTP API, typed by `server/wire`. Every failure is an `ApiFailure` with a message for people. */
import type { TelemetryLedger } from "../../server/wire/ledger.js";
import type { RunAccessAnswer } from "../../server/wire/access.js";
import type { Action, ActionPlan, Catalogue } from "../../server/wire/actions.js";
import type { CompareAnswer, CompareRequest } from "../../server/wire/compare.js";
import type { AlertmanagerAnswer, SloLedgersAnswer } from "../../server/wire/alerting.js";
import type { DashboardFile } from "../../server/wire/dashboard.js";
import type { Debrief } from "../../server/wire/debrief.js";
import type { ApiError } from "../../server/wire/errors.js";
import type {
  ProfiledProcess,
  ProfileTimeline,
  ProfileTimelineRequest,
  ProfileTree,
  ProfileTreeRequest,
} from "../../server/wire/profile.js";
import type { RumAnswer, RumRequest } from "../../server/wire/rum.js";
import type { Page, RunSummary } from "../../server/wire/run.js";
import type { FaultClass, ScenarioList } from "../../server/wire/scenario.js";
import type {
  LogContext,
  LogContextRequest,
  LogFieldSeries,
  LogFieldSeriesRequest,
  LogPatterns,
  LogPatternsRequest,
  LogqlReading,
} from "../../server/wire/logs.js";
import type {
  AlertsAnswer,
  ChangeRecord,
  ImpactAnswer,
  LogFields,
  LogHistogram,
  LogHistogramRequest,
  LogPage,
  LogPageRequest,
  LogsRequest,
  ServiceMap,
  SloStatus,
  TimeWindow,
  Trace,
  TraceSearchAnswer,
  TraceSearchRequest,
  TraceVocabulary,
} from "../../server/wire/telemetry.js";
import type {
  QueryFinding,
  TraceExploreAnswer,
  TraceExploreRequest,
  TraceSetAnswer,
  TraceSetRequest,
} from "../../server/wire/traces.js";
import { pageInput } from "../state/input-frame.js";
import { readPrometheusBody } from "./prometheus.js";
import type { PrometheusAnswer } from "./prometheus.js";

export class ApiFailure extends Error {
  override readonly name = "ApiFailure";

  constructor(
    /** HTTP status; 0 when no answer came at all. */
    readonly status: number,
    readonly error: ApiError,
  ) {
    super(error.message);
  }
}

/** Whose world answers: the learner's, the healthy twin or the untouched one. The last two only after the debrief. */
export type WorldName = "mine" | "twin" | "untouched";

export type PrometheusParameters = Readonly<Record<string, string | number | readonly string[]>>;

/** What Loki answers; what `data` is depends on the endpoint. */
export interface LokiAnswer {
  readonly data?: unknown;
  readonly fields?: readonly { readonly label: string }[] | null;
  readonly values?: readonly string[] | null;
}

/** What Tempo answers; what is in it depends on the endpoint. */
export interface TempoAnswer {
  readonly tagValues?: readonly { readonly type: string; readonly value: string }[];
}

export interface RunQueries {
  logs(request: LogPageRequest, signal?: AbortSignal): Promise<LogPage>;
  logHistogram(request: LogHistogramRequest, signal?: AbortSignal): Promise<LogHistogram>;
  logFields(request: LogsRequest, signal?: AbortSignal): Promise<LogFields>;
  logPatterns(request: LogPatternsRequest, signal?: AbortSignal): Promise<LogPatterns>;
  logFieldSeries(request: LogFieldSeriesRequest, signal?: AbortSignal): Promise<LogFieldSeries>;
  logContext(request: LogContextRequest, signal?: AbortSignal): Promise<LogContext>;
  readLogql(text: string, signal?: AbortSignal): Promise<LogqlReading>;
  /** One endpoint of Loki's HTTP API; instants in seconds. */
  loki(endpoint: string, parameters: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<LokiAnswer>;
  traces(request: TraceSearchRequest, signal?: AbortSignal): Promise<TraceSearchAnswer>;
  trace(traceId: string, signal?: AbortSignal): Promise<Trace>;
  traceVocabulary(signal?: AbortSignal): Promise<TraceVocabulary>;
  /** One endpoint of Tempo's HTTP API. */
  tempo(endpoint: string, parameters: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<TempoAnswer>;
  compare(request: CompareRequest, signal?: AbortSignal): Promise<CompareAnswer>;
  exploreTraces(request: TraceExploreRequest, signal?: AbortSignal): Promise<TraceExploreAnswer>;
  traceSet(request: TraceSetRequest, signal?: AbortSignal): Promise<TraceSetAnswer>;
  /** What is wrong with a query that shall find traces. */
  checkTraceql(query: string, signal?: AbortSignal): Promise<readonly QueryFinding[]>;
  map(window: TimeWindow, signal?: AbortSignal): Promise<ServiceMap>;
  profileTree(request: ProfileTreeRequest, signal?: AbortSignal): Promise<ProfileTree>;
  profileTimeline(request: ProfileTimelineRequest, signal?: AbortSignal): Promise<ProfileTimeline>;
  profiledProcesses(signal?: AbortSignal): Promise<readonly ProfiledProcess[]>;
  pageViews(request: RumRequest, signal?: AbortSignal): Promise<RumAnswer>;
  changes(signal?: AbortSignal): Promise<readonly ChangeRecord[]>;
  alerts(signal?: AbortSignal): Promise<AlertsAnswer>;
  slos(signal?: AbortSignal): Promise<readonly SloStatus[]>;
  /** Messages, groups and silences. */
  alertmanager(signal?: AbortSignal): Promise<AlertmanagerAnswer>;
  /** The error budgets as accounts. */
  sloLedgers(signal?: AbortSignal): Promise<SloLedgersAnswer>;
  /** Files of the system, in Grafana's JSON model. */
  dashboards(signal?: AbortSignal): Promise<readonly DashboardFile[]>;
  impact(signal?: AbortSignal): Promise<ImpactAnswer>;
  /** What became of the telemetry of a time. */
  ledger(window: TimeWindow, signal?: AbortSignal): Promise<TelemetryLedger>;
  catalogue(signal?: AbortSignal): Promise<Catalogue>;
  plan(action: Action, signal?: AbortSignal): Promise<ActionPlan>;
  /** Addresses and token for other programs. */
  access(signal?: AbortSignal): Promise<RunAccessAnswer>;
  /** Undefined while the scenario's alert is not firing. */
  page(signal?: AbortSignal): Promise<Page | undefined>;
  /** One endpoint of Prometheus's HTTP API; instants and steps in its own units (seconds). */
  prometheus(
    endpoint: string,
    parameters: PrometheusParameters,
    signal?: AbortSignal,
    world?: WorldName,
  ): Promise<PrometheusAnswer>;
  debrief(signal?: AbortSignal): Promise<Debrief>;
  /** Markdown. */
  postmortem(signal?: AbortSignal): Promise<string>;
}

export const api = {
  listScenarios: (signal?: AbortSignal): Promise<ScenarioList> => getJson("/api/scenarios", signal),
  listRuns: (signal?: AbortSignal): Promise<readonly RunSummary[]> => getJson("/api/runs", signal),
  createRun: (scenarioId: string, signal?: AbortSignal): Promise<RunSummary> =>
    postJson("/api/runs", { scenarioId }, signal),
  taxonomy: (signal?: AbortSignal): Promise<readonly FaultClass[]> => getJson("/api/taxonomy", signal),
} as const;

export function createRunQueries(runId: string): RunQueries {
  const base = `/api/runs/${encodeURIComponent(runId)}`;
  return {
    logs: (request, signal) => postJson(`${base}/logs/search`, request, signal),
    logHistogram: (request, signal) => postJson(`${base}/logs/histogram`, request, signal),
    logFields: (request, signal) => postJson(`${base}/logs/fields`, request, signal),
    logPatterns: (request, signal) => postJson(`${base}/logs/patterns`, request, signal),
    logFieldSeries: (request, signal) => postJson(`${base}/logs/field-series`, request, signal),
    logContext: (request, signal) => postJson(`${base}/logs/context`, request, signal),
    readLogql: (text, signal) => postJson(`${base}/logs/logql`, { text }, signal),
    loki: (endpoint, parameters, signal) =>
      getJson(`${base}/loki/api/v1/${endpoint}?${new URLSearchParams(parameters).toString()}`, signal),
    traces: (request, signal) => postJson(`${base}/traces/search`, request, signal),
    trace: (traceId, signal) => getJson(`${base}/traces/${encodeURIComponent(traceId)}`, signal),
    traceVocabulary: (signal) => getJson(`${base}/traces-vocabulary`, signal),
    tempo: (endpoint, parameters, signal) =>
      getJson(`${base}/tempo/api/${endpoint}?${new URLSearchParams(parameters).toString()}`, signal),
    compare: (request, signal) => postJson(`${base}/compare`, request, signal),
    exploreTraces: (request, signal) => postJson(`${base}/traces/explore`, request, signal),
    traceSet: (request, signal) => postJson(`${base}/traces/set`, request, signal),
    checkTraceql: (query, signal) => postJson(`${base}/traces/check`, { query }, signal),
    map: (window, signal) => postJson(`${base}/map`, window, signal),
    profileTree: (request, signal) => postJson(`${base}/profiles/tree`, request, signal),
    profileTimeline: (request, signal) => postJson(`${base}/profiles/timeline`, request, signal),
    pageViews: (request, signal) => postJson(`${base}/page-views`, request, signal),
    profiledProcesses: (signal) => getJson(`${base}/profiles/processes`, signal),
    changes: (signal) => getJson(`${base}/changes`, signal),
    alerts: (signal) => getJson(`${base}/alerts`, signal),
    slos: (signal) => getJson(`${base}/slos`, signal),
    alertmanager: (signal) => getJson(`${base}/alertmanager`, signal),
    sloLedgers: (signal) => getJson(`${base}/slo-ledgers`, signal),
    dashboards: (signal) => getJson(`${base}/dashboards`, signal),
    impact: (signal) => getJson(`${base}/impact`, signal),
    ledger: (window, signal) => postJson(`${base}/ledger`, window, signal),
    catalogue: (signal) => getJson(`${base}/catalogue`, signal),
    plan: (action, signal) => postJson(`${base}/actions/plan`, action, signal),
    access: (signal) => getJson(`${base}/access`, signal),
    page: (signal) => getOptional(`${base}/page`, signal),
    prometheus: (endpoint, parameters, signal, world = "mine") =>
      askPrometheus(`${base}${world === "mine" ? "" : `/${world}`}/prometheus/api/v1/${endpoint}`, parameters, signal),
    debrief: (signal) => getJson(`${base}/debrief`, signal),
    postmortem: async (signal) => (await request(`${base}/postmortem.md`, signalOf(signal))).text(),
  };
}

async function getJson<Value>(path: string, signal: AbortSignal | undefined): Promise<Value> {
  const answer = await request(path, signalOf(signal));
  return (await answer.json()) as Value;
}

/** Undefined for an empty answer and for JSON `null`: how a server says that there is nothing yet. */
async function getOptional<Value>(path: string, signal: AbortSignal | undefined): Promise<Value | undefined> {
  const answer = await request(path, signalOf(signal));
  const text = answer.status === 204 ? "" : await answer.text();
  return text === "" ? undefined : ((JSON.parse(text) as Value | null) ?? undefined);
}

async function postJson<Value>(path: string, body: unknown, signal: AbortSignal | undefined): Promise<Value> {
  const answer = await request(path, {
    ...signalOf(signal),
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Value;
}

/** By POST, as Prometheus's own clients do: queries outgrow what a URL may hold. */
async function askPrometheus(
  path: string,
  parameters: PrometheusParameters,
  signal: AbortSignal | undefined,
): Promise<PrometheusAnswer> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value === "object") for (const item of value) form.append(name, item);
    else form.append(name, String(value));
  }
  const byGet = /metadata$|label\/[^/]+\/values$/.test(path);
  const answer = await fetchOrFail(byGet ? `${path}?${form.toString()}` : path, {
    ...signalOf(signal),
    ...(byGet ? {} : { method: "POST", body: form }),
  });
  const body: unknown = await answer.json().catch(() => undefined);
  const read = readPrometheusBody(body, answer.status);
  if (!read.ok) throw new ApiFailure(answer.status, read.error);
  return read.value;
}

async function request(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetchOrFail(path, init);
  if (!answer.ok)
    throw new ApiFailure(answer.status, errorOf(answer.status, await answer.json().catch(() => undefined)));
  return answer;
}

async function fetchOrFail(path: string, init: RequestInit): Promise<Response> {
  try {
    if (pageInput.drawn !== undefined) await pageInput.drawn;
    return await fetch(path, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiFailure(0, {
      code: "unavailable",
      message: "The server did not answer.",
      remedy: "See whether it is still running; the page goes on by itself when it is back.",
    });
  }
}

function errorOf(status: number, body: unknown): ApiError {
  if (typeof body === "object" && body !== null && "error" in body) return body.error as ApiError;
  return { code: "internal", message: `The server answered ${String(status)}.` };
}

const signalOf = (signal: AbortSignal | undefined): RequestInit => (signal === undefined ? {} : { signal });
