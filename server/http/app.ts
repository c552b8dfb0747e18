/** The express application: guards first, then the table of routes, then the client, then one error handler. */
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from "express";
import { Refusal } from "../sessions/refusal.js";
import type { WallClock } from "../sessions/wall-clock.js";
import type { RunService } from "../sessions/run-service.js";
import type { ErrorBody } from "../wire/errors.js";
import { mapError, type ErrorReporter } from "./errors.js";
import { signalOf } from "./gone.js";
import { parseJson } from "./json-text.js";
import type { OriginGuard } from "./origin.js";
import { checkPermission, routes, type Route, type RouteAnswer, type RouteRequest } from "./routes.js";
import { RequestBudget } from "./request-budget.js";
import type { ExportService } from "../export/export-service.js";
import type { RunAccess } from "./run-access.js";
import { serveRunApis } from "./run-apis.js";
import { securityHeaders } from "./security-headers.js";
import { serveClient } from "./static-client.js";

/** Queries and forms are small; exhibits travel by socket. */
const BODY_BYTES_MAX = 64 * 1024;

interface AppOptions {
  readonly runs: RunService;
  readonly guard: OriginGuard;
  readonly access: RunAccess;
  readonly exports: ExportService;
  /** Origins of pages that may read the APIs of runs. */
  readonly corsOrigins: ReadonlySet<string>;
  readonly clock: Pick<WallClock, "nowMs">;
  /** Directory of the built client. */
  readonly clientDirectory: string;
  readonly report: ErrorReporter;
}

export function createApp(options: AppOptions): Express {
  const { runs, guard, access, exports, clientDirectory, report } = options;
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", false);
  app.use(securityHeaders);
  const nowMs = (): number => options.clock.nowMs();
  app.use(serveRunApis({ ...options, budget: new RequestBudget(nowMs), nowMs }));
  app.use((request, _response, next) => {
    guard.check(request);
    next();
  });
  app.use("/api", noStore, express.raw({ type: () => true, limit: BODY_BYTES_MAX }));
  for (const [path, ofPath] of groupByPath()) addPath({ app, path, ofPath, runs, access, exports });
  app.use("/api", (request) => {
    throw new Refusal(
      "not-found",
      `There is nothing at ${request.baseUrl}${request.path}.`,
      "See the list of routes in server/http/README.md.",
    );
  });
  app.use(serveClient(clientDirectory));
  app.use((request) => {
    throw new Refusal("not-found", `There is nothing at ${request.path}.`, "Go to the start page.");
  });
  app.use(errorHandler(report));
  return app;
}

const noStore: RequestHandler = (_request, response, next) => {
  response.set("Cache-Control", "no-store");
  next();
};

function groupByPath(): ReadonlyMap<string, readonly Route[]> {
  const paths = [...new Set(routes.map(({ path }) => path))];
  return new Map(paths.map((path) => [path, routes.filter((route) => route.path === path)]));
}

function addPath(options: {
  readonly app: Express;
  readonly path: string;
  readonly ofPath: readonly Route[];
  readonly runs: RunService;
  readonly access: RunAccess;
  readonly exports: ExportService;
}): void {
  const { app, path, ofPath, runs, access, exports } = options;
  const allowed = ofPath.flatMap(({ methods }) => methods);
  app.all(path, async (request, response) => {
    const asked = request.method === "HEAD" ? "GET" : request.method;
    const route = ofPath.find(({ methods }) => methods.some((method) => method === asked));
    response.locals["route"] = route;
    if (route === undefined) {
      response.set("Allow", allowed.join(", "));
      throw new WrongMethod(request.method, allowed);
    }
    const routeRequest = readRequest(request, { runs, access, exports });
    await checkPermission(route, runs, routeRequest.runId);
    send(response, await runs.within(signalOf(response), () => route.answer(routeRequest)));
  });
}

/** A known address that takes other methods. Its own class, because its status is its own. */
class WrongMethod extends Refusal {
  constructor(method: string, allowed: readonly string[]) {
    super("bad-request", `This address does not take ${method}.`, `Use ${allowed.join(" or ")}.`);
  }
}

function readRequest(request: Request, server: Pick<RouteRequest, "runs" | "access" | "exports">): RouteRequest {
  return {
    ...server,
    runId: pathParameter(request, "runId"),
    parameter: (name) => pathParameter(request, name),
    search: new URLSearchParams(searchPart(request.originalUrl)),
    json: () => {
      needType(request, "application/json");
      return parseJson(bodyText(request));
    },
    form: () => {
      const text = bodyText(request);
      if (text === "") return new URLSearchParams();
      needType(request, "application/x-www-form-urlencoded");
      return new URLSearchParams(text);
    },
  };
}

function pathParameter({ params }: Request, name: string): string {
  const value: string | string[] | undefined = params[name];
  return Array.isArray(value) ? value.join("/") : (value ?? "");
}

const searchPart = (url: string): string => (url.includes("?") ? url.slice(url.indexOf("?") + 1) : "");

function needType(request: Request, type: string): void {
  if (request.is(type) === type) return;
  throw new Refusal("bad-request", `The body must be ${type}.`, `Set the header Content-Type: ${type}.`);
}

function bodyText({ body }: Request): string {
  if (!Buffer.isBuffer(body)) return "";
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new Refusal("bad-request", "The body is not UTF-8.", "Send text in UTF-8.");
  }
}

function send(response: Response, answer: RouteAnswer): void {
  switch (answer.kind) {
    case "json":
      response.status(answer.httpStatus).json(answer.value);
      return;
    case "markdown":
      response.type("text/markdown").send(answer.text);
      return;
    case "prometheus":
      response.status(answer.answer.httpStatus).json(answer.answer.body);
  }
}

/** Four parameters make it an error handler for express. */
function errorHandler(report: ErrorReporter): ErrorRequestHandler {
  return (thrown: unknown, _request, response, next) => {
    const mapped = mapError(thrown);
    if (mapped.ours) report(thrown);
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const { error } = mapped;
    const httpStatus = thrown instanceof WrongMethod ? 405 : mapped.httpStatus;
    const route = response.locals["route"] as Route | undefined;
    const body = route?.errors === "prometheus" ? prometheusError(error) : ({ error } satisfies ErrorBody);
    response.status(httpStatus).json(body);
  };
}

/** The form that clients of Prometheus read. */
function prometheusError(error: ErrorBody["error"]): unknown {
  const text = error.remedy === undefined ? error.message : `${error.message} ${error.remedy}`;
  return { status: "error", errorType: prometheusTypes[error.code] ?? "internal", error: text };
}

const prometheusTypes: Readonly<Partial<Record<ErrorBody["error"]["code"], string>>> = {
  "bad-request": "bad_data",
  "bad-query": "bad_data",
  limit: "execution",
  "not-found": "not_found",
  forbidden: "forbidden",
  conflict: "unavailable",
  unavailable: "unavailable",
  storage: "unavailable",
};
