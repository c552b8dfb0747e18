/**
 * One running world as the rest of the server sees it: asynchronous, because it lives in a worker thread. Times are
 * µs of the simulated calendar. Every method rejects with a WorldFailure when the world has stopped.
 */
import type { TelemetryLedger } from "../wire/ledger.js";
import type { ApiAnswer, ApiOrder, ApiRequest } from "../apis/api.js";
import type { Action, ActionPlan, Catalogue } from "../wire/actions.js";
import type { AlertmanagerAnswer, SloLedgersAnswer } from "../wire/alerting.js";
import type { CompareAnswer, CompareRefusal, CompareRequest } from "../wire/compare.js";
import type { Page, RunEvent, Submission } from "../wire/run.js";
import type {
  FoldedStack,
  ProfiledProcess,
  ProfileRequest,
  ProfileTimeline,
  ProfileTimelineRequest,
  ProfileTree,
  ProfileTreeRequest,
  StackDifference,
} from "../wire/profile.js";
import type { RumAnswer, RumRequest } from "../wire/rum.js";
import type { DashboardFile } from "../wire/dashboard.js";
import type { Debrief } from "../wire/debrief.js";
import type {
  LogContext,
  LogContextRequest,
  LogFieldSeries,
  LogFieldSeriesRequest,
  LogPatterns,
  LogPatternsRequest,
  LogqlReading,
} from "../wire/logs.js";
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
} from "../wire/telemetry.js";
import type {
  QueryFinding,
  TraceExploreAnswer,
  TraceExploreRequest,
  TraceSetAnswer,
  TraceSetRequest,
} from "../wire/traces.js";

/** Questions about what the observability plant of a world has kept. All are read-only and see nothing later than now. */
export interface WorldQueries {
  logs(request: LogPageRequest): LogPage;
  logHistogram(request: LogHistogramRequest): LogHistogram;
  logFields(request: LogsRequest): LogFields;
  logPatterns(request: LogPatternsRequest): LogPatterns;
  logFieldSeries(request: LogFieldSeriesRequest): LogFieldSeries;
  /** Undefined: there is no such line. */
  logContext(request: LogContextRequest): LogContext | undefined;
  /** What a text in LogQL is; nothing is run. */
  readLogql(text: string): LogqlReading;
  traces(request: TraceSearchRequest): TraceSearchAnswer;
  /** Undefined: no such trace was kept. */
  trace(traceId: string): Trace | undefined;
  traceVocabulary(): TraceVocabulary;
  /** By TraceQL: a page of traces, with figures and a heatmap over all that match. */
  exploreTraces(request: TraceExploreRequest): TraceExploreAnswer;
  /** What a set of traces spends its time on. */
  traceSet(request: TraceSetRequest): TraceSetAnswer;
  /** What is wrong with a query that shall find traces; empty for one that is right. */
  checkTraceql(query: string): readonly QueryFinding[];
  /** What a service, a version or a process spent in a time, by stack; most first. */
  profile(request: ProfileRequest): readonly FoldedStack[];
  /** What changed from one time to another, by stack and per second. */
  profileDifference(before: ProfileRequest, after: ProfileRequest): readonly StackDifference[];
  /** For flame graphs: stacks as one tree, beside a baseline where asked. */
  profileTree(request: ProfileTreeRequest): ProfileTree;
  profileTimeline(request: ProfileTimelineRequest): ProfileTimeline;
  profiledProcesses(): readonly ProfiledProcess[];
  /** A set of things against another, by their attributes. */
  compare(request: CompareRequest): CompareAnswer | CompareRefusal;
  /** What browsers of users have reported. */
  pageViews(request: RumRequest): RumAnswer;
  map(window: TimeWindow): ServiceMap;
  changes(): readonly ChangeRecord[];
  alerts(): AlertsAnswer;
  /** Messages that Alertmanager has sent, what it groups, what is silenced. */
  alertmanager(): AlertmanagerAnswer;
  slos(): readonly SloStatus[];
  /** The error budgets as accounts: spent when, by whom, gone when. */
  sloLedgers(): SloLedgersAnswer;
  dashboards(): readonly DashboardFile[];
  impact(): ImpactAnswer;
  /** What became of the telemetry of a time, by signal. */
  ledger(window: TimeWindow): TelemetryLedger;
  catalogue(): Catalogue;
  /** The page that on-call got; undefined while the alert of the scenario is not firing. */
  page(): Page | undefined;
  /** What `action` would do now. Throws ActionRefused with the reason when it cannot be done. */
  plan(action: Action): ActionPlan;
  /**
   * One endpoint of Prometheus's HTTP API (`query`, `query_range`, `query_exemplars`, `series`, `labels`,
   * `label/<name>/values`, `metadata`), parameters as in its URL. Answers with Prometheus's own body.
   */
  prometheus(endpoint: string, parameters: Readonly<Record<string, readonly string[]>>): PrometheusAnswer;
  /**
   * One request to the tool `name` of `server/apis`. Undefined: there is no such tool.
   * @param wallMs where the client's own clock stands, if its times are that clock's
   */
  api(
    name: string,
    request: Omit<ApiRequest, "clockAheadMs">,
    wallMs: number | undefined,
  ): ApiAnswer | ApiOrder | undefined;
}

export interface PrometheusAnswer {
  readonly httpStatus: number;
  readonly body: unknown;
}

/** WorldQueries across a thread: the same questions, answers promised. */
export type AsyncWorldQueries = {
  readonly [Name in keyof WorldQueries]: (
    ...parameters: Parameters<WorldQueries[Name]>
  ) => Promise<ReturnType<WorldQueries[Name]>>;
};

export interface ActedAnswer {
  readonly plan: ActionPlan;
  readonly completesAtUs: number;
}

/** What of an AbortSignal is listened to. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options: { readonly once: true }): void;
}

export interface WorldHandle {
  readonly queries: AsyncWorldQueries;
  /** The same questions, which end soon with QueryCancelled when the signal says so; where a world can do that. */
  cancellable?(signal: CancelSignal): AsyncWorldQueries;
  /** Simulates up to `toUs`; answers with the new now. Earlier than now is not an error and does nothing. */
  advance(toUs: number): Promise<number>;
  /** Simulates to the next alert or change after now, or to `limitUs` where none comes before; answers with the new now. */
  advanceToNextEvent(limitUs: number): Promise<number>;
  /** Orders `action` at `atUs`, which must not be before now. The plan is the one that `plan` would give at that moment. */
  act(actionId: string, action: Action, atUs: number): Promise<ActedAnswer>;
  /** Hash over all facts and samples since `recent` began; equal for equal (scenario, seed, actions, now). */
  digest(): Promise<string>;
  /** Resolves when the whole history is there. */
  readonly historyReady: Promise<void>;
  close(): Promise<void>;
}

export interface WorldStart {
  readonly scenarioId: string;
  readonly seed: string;
  /** Actions that were taken before, in order, for a world that is rebuilt from its run's log. */
  readonly actions: readonly { readonly id: string; readonly action: Action; readonly atUs: number }[];
  /** False: the healthy twin. */
  readonly faults: boolean;
  /** Where its clock shall stand when it is handed over; the scenario's start for a new run. */
  readonly nowUs: number;
}

export interface GradeInput {
  readonly runId: string;
  readonly start: WorldStart;
  readonly events: readonly RunEvent[];
  readonly submission: Submission;
}

/** Where worlds come from. The server has one that starts worker threads; tests may have one that does not. */
export interface WorldFactory {
  /** Resolves when the recent part can be explored. `onHistory` hears the share of history that is there, 0 to 1. */
  start(start: WorldStart, onHistory: (fraction: number) => void): Promise<WorldHandle>;
  /** Simulates what grading needs (twin, untouched, par) and grades. Minutes of simulated time: seconds of work. */
  grade(input: GradeInput, onProgress: (fraction: number) => void): Promise<Debrief>;
}

/** The order cannot be carried out; `message` says why and `remedy` what to do instead. Nothing was changed. */
export class ActionRefused extends Error {
  override readonly name = "ActionRefused";

  constructor(
    message: string,
    readonly remedy: string,
  ) {
    super(message);
  }
}

/** A query means nothing; nothing was run. */
export class QueryRefused extends Error {
  override readonly name = "QueryRefused";
}

/** Whoever asked has gone away; the question was not answered to its end. */
export class QueryCancelled extends Error {
  override readonly name = "QueryCancelled";

  constructor() {
    super("nobody waits for the answer any more");
  }
}

/** The world stopped: a limit was met or an assumption broke. Says where and with which seed. */
export class WorldFailure extends Error {
  override readonly name = "WorldFailure";
}
