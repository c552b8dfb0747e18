/**
 * Every address under `/api`, as a table: methods, path, who may ask, and the answer. The permission is checked in one
 * place before the answer is made, so a row without the right one is the only way to leak; a test walks the table.
 */
import type { PrometheusAnswer } from "../world/handle.js";
import { LEARNER } from "../sessions/authors.js";
import { checkInput } from "../sessions/input-check.js";
import { Refusal } from "../sessions/refusal.js";
import { actionSchema, asAction, windowSchema } from "../sessions/schemas.js";
import type { RunService } from "../sessions/run-service.js";
import type { WorldVariant } from "../sessions/live-run.js";
import {
  compareSchema,
  createRunSchema,
  eventsQuerySchema,
  logContextSchema,
  logFieldSeriesSchema,
  logHistogramSchema,
  logPatternsSchema,
  logqlSchema,
  logPageSchema,
  logsSchema,
  pageViewsSchema,
  profileTimelineSchema,
  profileTreeSchema,
  traceExploreSchema,
  traceqlSchema,
  traceSearchSchema,
  traceSetSchema,
} from "./schemas.js";
import { API_TITLES } from "../apis/api-table.js";
import type { CompareSet } from "../wire/compare.js";
import type { RunAccessAnswer } from "../wire/access.js";
import { defined } from "./defined.js";
import type { ExportService } from "../export/export-service.js";
import { exportOrderSchema, stopExportSchema } from "./export-schema.js";
import type { RunAccess } from "./run-access.js";

/** `anyone`: no run is concerned. `learner`: the run exists. `debriefed`: it does, and its answer may be seen. */
type Permission = "anyone" | "learner" | "debriefed";

export interface RouteRequest {
  readonly runs: RunService;
  readonly access: RunAccess;
  readonly exports: ExportService;
  /** Of the path; empty where the path has no `:runId`. */
  readonly runId: string;
  /** Another parameter of the path; segments of a wildcard joined by `/`. */
  readonly parameter: (name: string) => string;
  readonly search: URLSearchParams;
  /** The body as JSON. Throws Refusal when it is none. */
  readonly json: () => unknown;
  /** The body as a form; empty when there is none. */
  readonly form: () => URLSearchParams;
}

export type RouteAnswer =
  | { readonly kind: "json"; readonly httpStatus: number; readonly value: unknown }
  | { readonly kind: "markdown"; readonly text: string }
  | { readonly kind: "prometheus"; readonly answer: PrometheusAnswer };

export interface Route {
  readonly methods: readonly ("GET" | "POST")[];
  readonly path: string;
  readonly permission: Permission;
  /** Which client reads the errors: ours, or one that speaks to Prometheus. */
  readonly errors: "api" | "prometheus";
  answer(request: RouteRequest): Promise<RouteAnswer>;
}

/** Events that one answer brings at most; the client asks again from the last one. */
const EVENTS_PER_ANSWER_MAX = 2_000;

const json = (value: unknown, httpStatus = 200): RouteAnswer => ({ kind: "json", httpStatus, value });

type Answer = (request: RouteRequest) => unknown;

function get(path: string, permission: Permission, answer: Answer): Route {
  return { methods: ["GET"], path, permission, errors: "api", answer: async (request) => json(await answer(request)) };
}

function post(path: string, permission: Permission, answer: Answer, httpStatus = 200): Route {
  return {
    methods: ["POST"],
    path,
    permission,
    errors: "api",
    answer: async (request) => json(await answer(request), httpStatus),
  };
}

function prometheus(prefix: string, permission: Permission, variant: WorldVariant): Route {
  return {
    methods: ["GET", "POST"],
    path: `/api/runs/:runId${prefix}/prometheus/api/v1/*endpoint`,
    permission,
    errors: "prometheus",
    answer: async ({ runs, runId, parameter, search, form }) => {
      const parameters = parametersOf(search, form());
      const answer = await runs.ask(runId, variant, (queries) => queries.prometheus(parameter("endpoint"), parameters));
      return { kind: "prometheus", answer };
    },
  };
}

const PARAMETERS_MAX = 200;

/** Prometheus takes the parameters of the address and of the form together. */
function parametersOf(...sources: readonly URLSearchParams[]): Readonly<Record<string, readonly string[]>> {
  const pairs = sources.flatMap((source) => [...source]).slice(0, PARAMETERS_MAX);
  const names = [...new Set(pairs.map(([name]) => name))];
  return Object.fromEntries(
    names.map((name) => [name, pairs.filter(([other]) => other === name).map(([, value]) => value)]),
  );
}

async function health({ runs }: RouteRequest): Promise<unknown> {
  await runs.listRuns();
  return { status: "ok", openWorlds: runs.openWorlds };
}

async function createRun({ runs, json: body }: RouteRequest): Promise<unknown> {
  const { scenarioId } = checkInput(createRunSchema, body(), "request");
  const snapshot = await runs.createRun(scenarioId, LEARNER);
  return snapshot.run;
}

async function readEvents({ runs, runId, search }: RouteRequest): Promise<unknown> {
  const { after } = checkInput(eventsQuerySchema, { after: search.get("after") ?? undefined }, "address");
  return runs.readEvents(runId, after, EVENTS_PER_ANSWER_MAX);
}

/** How other programs read the run. */
function readAccess({ access, runId }: RouteRequest): RunAccessAnswer {
  const token = access.tokenOf(runId);
  return {
    token,
    tools: API_TITLES.map(({ name, title }) => ({
      name,
      title,
      path: `/run/${runId}/t/${token}/${name}`,
      wallPath: `/run/${runId}/t/${token}/wall/${name}`,
    })),
  };
}

async function readTrace({ runs, runId, parameter }: RouteRequest): Promise<unknown> {
  const trace = await runs.ask(runId, "mine", (queries) => queries.trace(parameter("traceId")));
  if (trace === undefined) {
    throw new Refusal(
      "not-found",
      "No trace with this id was kept.",
      "It may have been sampled away; search for another one.",
    );
  }
  return trace;
}

type CompareSetBody = ReturnType<typeof compareSchema.parse>["selection"];

const asCompareSet = ({ logs, ...set }: CompareSetBody): CompareSet => ({
  ...defined(set),
  ...(logs === undefined ? {} : { logs: defined(logs) }),
});

async function compareInRun({ runs, runId, json: body }: RouteRequest): Promise<unknown> {
  const request = checkInput(compareSchema, body(), "request");
  const sets = { selection: asCompareSet(request.selection), baseline: asCompareSet(request.baseline) };
  const answer = await runs.ask(runId, "mine", (queries) => queries.compare({ ...request, ...sets }));
  if (answer.kind === "compared") return answer;
  const { side, message, diagnostics } = answer;
  throw new Refusal("bad-query", `The query of the ${side} is wrong: ${message}`, "Correct it.", diagnostics);
}

async function readLogContext({ runs, runId, json: body }: RouteRequest): Promise<unknown> {
  const request = checkInput(logContextSchema, body(), "request");
  const context = await runs.ask(runId, "mine", (queries) => queries.logContext(request));
  if (context === undefined) {
    throw new Refusal("not-found", "There is no such line.", "It may not have been shipped; search for another one.");
  }
  return context;
}

/** Loki's own answers, for the page's editor and charts of LogQL. */
async function answerLoki({ runs, runId, parameter, search }: RouteRequest): Promise<unknown> {
  const request = {
    method: "GET" as const,
    path: `api/v1/${parameter("endpoint")}`,
    parameters: parametersOf(search),
    body: new Uint8Array(),
    contentType: "",
    accept: "",
  };
  const answer = await runs.ask(runId, "mine", (queries) => queries.api("loki", request, undefined));
  const text = answer === undefined || "order" in answer ? "" : Buffer.from(answer.body).toString("utf8");
  if (answer !== undefined && !("order" in answer) && answer.httpStatus === 200) return JSON.parse(text) as unknown;
  throw new Refusal("bad-query", text.trim(), "Mend the query, or narrow it.");
}

async function postmortem({ runs, runId }: RouteRequest): Promise<RouteAnswer> {
  const debrief = await runs.readDebrief(runId);
  return { kind: "markdown", text: debrief.postmortem };
}

export const routes: readonly Route[] = [
  get("/api/health", "anyone", health),
  get("/api/scenarios", "anyone", ({ runs }) => runs.listScenarios()),
  get("/api/taxonomy", "anyone", ({ runs }) => runs.taxonomy),
  get("/api/runs", "anyone", ({ runs }) => runs.listRuns()),
  post("/api/runs", "anyone", createRun, 201),
  get("/api/runs/:runId", "learner", async ({ runs, runId }) => (await runs.open(runId)).snapshot()),
  get("/api/runs/:runId/access", "learner", readAccess),
  get("/api/runs/:runId/events", "learner", readEvents),
  get("/api/runs/:runId/digest", "learner", async ({ runs, runId }) => (await runs.find(runId)).digest()),

  post("/api/runs/:runId/logs/search", "learner", ({ runs, runId, json: body }) => {
    const request = defined(checkInput(logPageSchema, body(), "request"));
    return runs.ask(runId, "mine", (queries) => queries.logs(request));
  }),
  post("/api/runs/:runId/logs/histogram", "learner", ({ runs, runId, json: body }) => {
    const request = defined(checkInput(logHistogramSchema, body(), "request"));
    return runs.ask(runId, "mine", (queries) => queries.logHistogram(request));
  }),
  post("/api/runs/:runId/logs/fields", "learner", ({ runs, runId, json: body }) => {
    const request = defined(checkInput(logsSchema, body(), "request"));
    return runs.ask(runId, "mine", (queries) => queries.logFields(request));
  }),
  post("/api/runs/:runId/logs/patterns", "learner", ({ runs, runId, json: body }) => {
    const request = defined(checkInput(logPatternsSchema, body(), "request"));
    return runs.ask(runId, "mine", (queries) => queries.logPatterns(request));
  }),
  post("/api/runs/:runId/logs/field-series", "learner", ({ runs, runId, json: body }) => {
    const request = defined(checkInput(logFieldSeriesSchema, body(), "request"));
    return runs.ask(runId, "mine", (queries) => queries.logFieldSeries(request));
  }),
  post("/api/runs/:runId/logs/context", "learner", readLogContext),
  post("/api/runs/:runId/logs/logql", "learner", ({ runs, runId, json: body }) => {
    const { text } = checkInput(logqlSchema, body(), "request");
    return runs.ask(runId, "mine", (queries) => queries.readLogql(text));
  }),
  get("/api/runs/:runId/loki/api/v1/*endpoint", "learner", answerLoki),
  post("/api/runs/:runId/traces/search", "learner", ({ runs, runId, json: body }) => {
    const request = defined(checkInput(traceSearchSchema, body(), "request"));
    return runs.ask(runId, "mine", (queries) => queries.traces(request));
  }),
  post("/api/runs/:runId/traces/explore", "learner", ({ runs, runId, json: body }) => {
    const request = defined(checkInput(traceExploreSchema, body(), "request"));
    return runs.ask(runId, "mine", (queries) => queries.exploreTraces(request));
  }),
  post("/api/runs/:runId/traces/set", "learner", ({ runs, runId, json: body }) => {
    const request = defined(checkInput(traceSetSchema, body(), "request"));
    return runs.ask(runId, "mine", (queries) => queries.traceSet(request));
  }),
  post("/api/runs/:runId/traces/check", "learner", ({ runs, runId, json: body }) => {
    const { query } = checkInput(traceqlSchema, body(), "request");
    return runs.ask(runId, "mine", (queries) => queries.checkTraceql(query));
  }),
  get("/api/runs/:runId/traces/:traceId", "learner", readTrace),
  get("/api/runs/:runId/traces-vocabulary", "learner", ({ runs, runId }) =>
    runs.ask(runId, "mine", (queries) => queries.traceVocabulary()),
  ),
  post("/api/runs/:runId/compare", "learner", compareInRun),
  post("/api/runs/:runId/map", "learner", ({ runs, runId, json: body }) => {
    const window = checkInput(windowSchema, body(), "request");
    return runs.ask(runId, "mine", (queries) => queries.map(window));
  }),
  post("/api/runs/:runId/ledger", "learner", ({ runs, runId, json: body }) => {
    const window = checkInput(windowSchema, body(), "request");
    return runs.ask(runId, "mine", (queries) => queries.ledger(window));
  }),
  post("/api/runs/:runId/profiles/tree", "learner", ({ runs, runId, json: body }) => {
    const { baseline, ...scope } = checkInput(profileTreeSchema, body(), "request");
    const request = { ...defined(scope), ...(baseline === undefined ? {} : { baseline: defined(baseline) }) };
    return runs.ask(runId, "mine", (queries) => queries.profileTree(request));
  }),
  post("/api/runs/:runId/profiles/timeline", "learner", ({ runs, runId, json: body }) => {
    const request = defined(checkInput(profileTimelineSchema, body(), "request"));
    return runs.ask(runId, "mine", (queries) => queries.profileTimeline(request));
  }),
  get("/api/runs/:runId/profiles/processes", "learner", ({ runs, runId }) =>
    runs.ask(runId, "mine", (queries) => queries.profiledProcesses()),
  ),
  post("/api/runs/:runId/page-views", "learner", ({ runs, runId, json: body }) => {
    const { filters, ...request } = checkInput(pageViewsSchema, body(), "request");
    return runs.ask(runId, "mine", (queries) => queries.pageViews({ ...request, filters: defined(filters) }));
  }),
  get("/api/runs/:runId/changes", "learner", ({ runs, runId }) =>
    runs.ask(runId, "mine", (queries) => queries.changes()),
  ),
  get("/api/runs/:runId/alerts", "learner", ({ runs, runId }) =>
    runs.ask(runId, "mine", (queries) => queries.alerts()),
  ),
  get("/api/runs/:runId/alertmanager", "learner", ({ runs, runId }) =>
    runs.ask(runId, "mine", (queries) => queries.alertmanager()),
  ),
  get("/api/runs/:runId/slos", "learner", ({ runs, runId }) => runs.ask(runId, "mine", (queries) => queries.slos())),
  get("/api/runs/:runId/slo-ledgers", "learner", ({ runs, runId }) =>
    runs.ask(runId, "mine", (queries) => queries.sloLedgers()),
  ),
  get("/api/runs/:runId/dashboards", "learner", ({ runs, runId }) =>
    runs.ask(runId, "mine", (queries) => queries.dashboards()),
  ),
  get("/api/runs/:runId/impact", "learner", ({ runs, runId }) =>
    runs.ask(runId, "mine", (queries) => queries.impact()),
  ),
  get("/api/runs/:runId/catalogue", "learner", ({ runs, runId }) =>
    runs.ask(runId, "mine", (queries) => queries.catalogue()),
  ),
  get(
    "/api/runs/:runId/page",
    "learner",
    async ({ runs, runId }) => (await runs.ask(runId, "mine", (queries) => queries.page())) ?? null,
  ),
  post("/api/runs/:runId/actions/plan", "learner", ({ runs, runId, json: body }) => {
    const action = asAction(checkInput(actionSchema, body(), "action"));
    return runs.ask(runId, "mine", (queries) => queries.plan(action));
  }),
  get("/api/runs/:runId/exports", "learner", ({ exports, runId }) => exports.list(runId)),
  post(
    "/api/runs/:runId/exports",
    "learner",
    ({ exports, runId, json: body }) => exports.start(runId, defined(checkInput(exportOrderSchema, body(), "export"))),
    201,
  ),
  post("/api/runs/:runId/exports/stop", "learner", ({ exports, runId, json: body }) =>
    exports.stop(runId, checkInput(stopExportSchema, body(), "request").id),
  ),
  prometheus("", "learner", "mine"),

  get("/api/runs/:runId/debrief", "debriefed", ({ runs, runId }) => runs.readDebrief(runId)),
  {
    methods: ["GET"],
    path: "/api/runs/:runId/postmortem.md",
    permission: "debriefed",
    errors: "api",
    answer: postmortem,
  },
  prometheus("/twin", "debriefed", "twin"),
  prometheus("/untouched", "debriefed", "untouched"),
];

/** The one check: throws Refusal when the route's answer may not be given now. */
export async function checkPermission(route: Route, runs: RunService, runId: string): Promise<void> {
  if (route.permission === "learner") await runs.find(runId);
  if (route.permission === "debriefed") await runs.checkDebriefed(runId);
}
