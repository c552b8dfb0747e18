/**
 * The wire APIs of a run on HTTP: `/run/<id>/<tool>/…` with the run's token as bearer or as password of basic
 * authentication, or `/run/<id>/t/<token>/<tool>/…` for clients that can send no header. With `wall/` before the tool,
 * times are those of the client's own clock: now is now. What tools answer is decided on the world's thread
 * (`server/apis`); here are rights, budgets, bodies and bytes.
 */
import type { IncomingMessage } from "node:http";
import { gzip } from "node:zlib";
import { promisify } from "node:util";
import type { Request, RequestHandler, Response } from "express";
import { type Api, type ApiAnswer, type ApiMethod, type ApiOrder, type ApiRequest, textAnswer } from "../apis/api.js";
import { API_TITLES, findApi } from "../apis/api-table.js";
import { Refusal } from "../sessions/refusal.js";
import { LEARNER } from "../sessions/authors.js";
import type { RunService } from "../sessions/run-service.js";
import { mapError, type ErrorReporter } from "./errors.js";
import { signalOf } from "./gone.js";
import { grafanaProvisioning } from "./grafana.js";
import type { OriginGuard } from "./origin.js";
import { BodyTooLarge, readBody, UnknownEncoding } from "./request-body.js";
import { type RequestBudget, TooManyRequests } from "./request-budget.js";
import type { RunAccess } from "./run-access.js";

/** Below this an answer is sent as it is. */
const COMPRESSED_FROM_BYTES = 1_024;
const PARAMETERS_MAX = 1_000;

const FORM_TYPE = "application/x-www-form-urlencoded";

interface RunApisOptions {
  readonly runs: RunService;
  readonly access: RunAccess;
  readonly budget: RequestBudget;
  readonly guard: OriginGuard;
  /** Origins of pages that may read runs; none unless whoever runs the server names some. */
  readonly corsOrigins: ReadonlySet<string>;
  readonly nowMs: () => number;
  readonly report: ErrorReporter;
}

/** What an address under `/run/` asks for. */
export interface Address {
  readonly runId: string;
  readonly token: string | undefined;
  /** Times are those of the client's clock. */
  readonly wall: boolean;
  readonly api: Pick<Api, "name" | "error" | "methods">;
  readonly path: string;
}

/** What is no tool of the run but about all of them; answered here, for only here the server's own address is known. */
const GRAFANA: Address["api"] = {
  name: "grafana",
  error: (httpStatus, message) => textAnswer(`${message}\n`, httpStatus),
};
const PROVISIONING = "provisioning.yaml";

const compress = promisify(gzip);

/** Answers what is asked of a run's tools, and leaves every other address to those behind. */
export function serveRunApis(options: RunApisOptions): RequestHandler {
  return async (request, response, next) => {
    const address = readAddress(request.path);
    if (address === undefined) {
      // A token in the path is no page's: whoever sends it is a program that expects no page.
      if (TOKEN_PATH.test(request.path)) throw unknownTool(request.path);
      next();
      return;
    }
    response.set("Cache-Control", "no-store");
    const { api } = address;
    let answer: ApiAnswer;
    try {
      if (crossOrigin(request, response, options)) return;
      if (request.method === "OPTIONS") answer = { ...EMPTY, headers: { Allow: allowedBy(api) } };
      else if (authorised(request, address, options.access))
        answer = await options.runs.within(signalOf(response), () => answerWithin(request, address, options));
      else answer = unauthorised(response, api);
    } catch (error) {
      const { httpStatus, error: told, ours } = mapError(error);
      if (ours) options.report(error);
      const own = OWN_STATUS.find(([kind]) => error instanceof kind);
      if (error instanceof TooManyRequests) response.set("Retry-After", "1");
      answer = api.error(own?.[1] ?? httpStatus, [told.message, told.remedy ?? ""].join(" ").trim());
    }
    await send(request, response, answer);
  };
}

const EMPTY: ApiAnswer = { httpStatus: 204, contentType: "text/plain; charset=utf-8", body: "" };

/** Methods that the tool takes, as the header `Allow` says them. */
const allowedBy = ({ methods = READING }: Address["api"]): string => {
  const named = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return [...named, "OPTIONS"].join(", ");
};

/** Of a tool that says nothing else. */
const READING: readonly ApiMethod[] = ["GET", "POST"];

/** What HTTP has a status of its own for. */
const OWN_STATUS = [
  [TooManyRequests, 429],
  [BodyTooLarge, 413],
  [UnknownEncoding, 415],
] as const;

const TOKEN_PATH = /^\/run\/[^/]+\/t\/[^/]*/;

const unknownTool = (path: string): Refusal =>
  new Refusal(
    "not-found",
    `There is no tool at ${path.replace(TOKEN_PATH, "…")}.`,
    `Tools are ${API_TITLES.map(({ name }) => name).join(", ")}.`,
  );

/** Undefined: the address is none of a tool. Slashes too many, as addresses have that were put together, do not count. */
export function readAddress(path: string): Address | undefined {
  const [root, runId, ...parts] = path.split("/").slice(1);
  if (root !== "run" || runId === undefined) return undefined;
  const token = parts[0] === "t" ? parts.splice(0, 2)[1] : undefined;
  const wall = parts[0] === "wall";
  if (wall) parts.shift();
  const [name, ...rest] = parts;
  const api = name === GRAFANA.name ? GRAFANA : findApi(name ?? "");
  const decoded = decodedPath(rest.filter((part) => part !== ""));
  if (api === undefined || decoded === undefined) return undefined;
  return { runId, token, wall, api, path: decoded };
}

function decodedPath(parts: readonly string[]): string | undefined {
  try {
    return parts.map(decodeURIComponent).join("/");
  } catch {
    return undefined;
  }
}

/** What pages of the tools' own clients send along. */
const CLIENT_HEADERS = [
  "Authorization",
  "Content-Type",
  "Accept",
  "Connect-Protocol-Version",
  "Connect-Timeout-Ms",
  "X-Loki-Response-Encoding-Flags",
  "X-Query-Tags",
  "X-Scope-OrgID",
];

/** Sets what a page of another origin needs to read the answer; true when the question was whether it may ask at all. */
function crossOrigin(request: Request, response: Response, { guard, corsOrigins }: RunApisOptions): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !corsOrigins.has(origin)) {
    guard.check(request);
    return false;
  }
  guard.checkName(request);
  response.vary("Origin");
  response.set({
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Headers": CLIENT_HEADERS.join(", "),
    "Access-Control-Allow-Methods": "GET, HEAD, POST, DELETE",
    "Access-Control-Max-Age": "600",
    "Cross-Origin-Resource-Policy": "cross-origin",
  });
  if (request.method !== "OPTIONS") return false;
  response.status(204).end();
  return true;
}

export function authorised(
  { headers }: Pick<IncomingMessage, "headers">,
  { runId, token }: Address,
  access: RunAccess,
): boolean {
  const given = token ?? credential(headers.authorization ?? "");
  return given !== undefined && access.isToken(runId, given);
}

/** The token in a header: of a bearer, or the password of whatever user. */
function credential(header: string): string | undefined {
  const [scheme, value] = header.split(" ");
  if (scheme === undefined || value === undefined) return undefined;
  if (scheme.toLowerCase() === "bearer") return value;
  if (scheme.toLowerCase() !== "basic") return undefined;
  const pair = Buffer.from(value, "base64").toString("utf8");
  return pair.includes(":") ? pair.slice(pair.indexOf(":") + 1) : undefined;
}

function unauthorised(response: Response, api: Address["api"]): ApiAnswer {
  response.set("WWW-Authenticate", 'Basic realm="Firedrill run", Bearer realm="Firedrill run"');
  return api.error(401, "The run's token is needed: as bearer, as password, or as /t/<token>/ in the path.");
}

async function answerWithin(request: Request, address: Address, options: RunApisOptions): Promise<ApiAnswer> {
  const method = METHODS[request.method];
  if (method === undefined || !(address.api.methods ?? READING).includes(method)) {
    const refused = address.api.error(405, `This address does not take ${request.method}.`);
    return { ...refused, headers: { ...refused.headers, Allow: allowedBy(address.api) } };
  }
  const leave = options.budget.enter(address.runId);
  try {
    if (address.api === GRAFANA) return await answerGrafana(request, address, options);
    const apiRequest = await readRequest(request, { method, path: address.path });
    const wallMs = address.wall ? options.nowMs() : undefined;
    const answer = await options.runs.ask(address.runId, "mine", (queries) =>
      queries.api(address.api.name, apiRequest, wallMs),
    );
    if (answer === undefined) return address.api.error(404, "There is no such API.");
    return "order" in answer ? await carryOut(answer, address, options) : answer;
  } finally {
    leave();
  }
}

/** Grafana goes by the wall clock unless the address says `?clock=simulated`. */
async function answerGrafana(
  request: Request,
  { runId, path }: Address,
  { runs, access }: RunApisOptions,
): Promise<ApiAnswer> {
  await runs.find(runId);
  if (path !== PROVISIONING || request.method === "POST")
    return GRAFANA.error(404, `There is only GET ${GRAFANA.name}/${PROVISIONING} here.`);
  const { searchParams, origin } = new URL(request.originalUrl, `${request.protocol}://${request.headers.host ?? ""}`);
  const wall = searchParams.get("clock") !== "simulated";
  const body = grafanaProvisioning({ runId, token: access.tokenOf(runId), origin, wall });
  return { httpStatus: 200, contentType: "application/yaml; charset=utf-8", body };
}

const METHODS: Readonly<Partial<Record<string, ApiMethod>>> = {
  GET: "GET",
  HEAD: "GET",
  POST: "POST",
  PUT: "PUT",
  DELETE: "DELETE",
};

async function carryOut({ order, answer }: ApiOrder, { runId }: Address, { runs }: RunApisOptions): Promise<ApiAnswer> {
  await runs.command({
    runId,
    commandId: `api-${crypto.randomUUID()}`,
    command: { kind: "act", action: order },
    author: LEARNER,
  });
  return answer;
}

async function readRequest(
  request: Request,
  { method, path }: Pick<ApiRequest, "method" | "path">,
): Promise<Omit<ApiRequest, "clockAheadMs">> {
  const body = await readBody(request);
  const contentType = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const isForm = contentType === FORM_TYPE;
  const url = request.originalUrl;
  const search = new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?") + 1) : "");
  const form = new URLSearchParams(isForm ? body.toString("utf8") : "");
  return {
    method,
    path,
    parameters: parametersOf([...search, ...form]),
    // A copy of its own: the buffer may be a piece of a larger one, and all of that would cross to the thread.
    body: isForm ? new Uint8Array() : new Uint8Array(body),
    contentType,
    accept: request.headers.accept ?? "",
    encodingFlags: request.get("X-Loki-Response-Encoding-Flags") ?? "",
  };
}

export function parametersOf(
  pairs: readonly (readonly [string, string])[],
): Readonly<Record<string, readonly string[]>> {
  const lists = new Map<string, string[]>();
  for (const [name, value] of pairs.slice(0, PARAMETERS_MAX)) {
    const list = lists.get(name);
    if (list === undefined) lists.set(name, [value]);
    else list.push(value);
  }
  return Object.fromEntries(lists);
}

async function send(request: Request, response: Response, answer: ApiAnswer): Promise<void> {
  const { httpStatus, contentType, headers = {}, gzip: always = false } = answer;
  const body = Buffer.from(answer.body);
  const accepts = body.length >= COMPRESSED_FROM_BYTES && request.acceptsEncodings(["gzip"]) === "gzip";
  response.status(httpStatus).set({ ...headers, "Content-Type": contentType });
  if (accepts && !always) response.set("Content-Encoding", "gzip").vary("Accept-Encoding");
  const sent = accepts || always ? await compress(body) : body;
  // Also where only the head is asked for.
  if (httpStatus !== 204) response.set("Content-Length", String(sent.length));
  response.end(sent);
}
