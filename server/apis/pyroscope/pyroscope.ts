/**
 * Pyroscope's HTTP API: flame graphs for pages (`render`, `render-diff`), the querier service, and the profiles of one
 * service for `go tool pprof` at the paths where its own process would have them.
 */
import { MICROS_PER_MS, MICROS_PER_SECOND } from "../../base/time.js";
import { type Api, type ApiAnswer, type ApiRequest, firstParameter, jsonAnswer, textAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { encodeMessage } from "../protobuf/message.js";
import { FLAME_NODES_DEFAULT, FLAME_NODES_MAX, flameGraph, flameGraphDifference } from "./flame-graph.js";
import { PPROF, pprofOf } from "./pprof.js";
import {
  BadProfileQuery,
  PROFILE_LABELS,
  profileLabel,
  renderQuery,
  renderTimeUs,
  selectionOf,
  TYPE_LABEL,
} from "./profile-query.js";
import { PROFILE_TYPES, profileTypeId, type ProfileType } from "./profile-types.js";
import { answerQuerier, connectError, scaled } from "./querier.js";

const QUERIER = "querier.v1.QuerierService/";
const PPROF_PATH = /^service\/([^/]+)\/debug\/pprof\/([^/]+)$/;

/** Seconds of a pprof download that names none. */
const PPROF_SECONDS = 30;
/** Points of the timeline beside a flame graph. */
const TIMELINE_POINTS = 60;
/** Width of a window of the store, s. */
const WINDOW_SECONDS = 10;

type Handler = (request: ApiRequest, world: ApiWorld) => ApiAnswer;

const ENDPOINTS: Readonly<Record<string, Handler>> = {
  "pyroscope/render": render,
  "pyroscope/render-diff": renderDifference,
  "pyroscope/labels": () => jsonAnswer([TYPE_LABEL, ...Object.keys(PROFILE_LABELS)].sort()),
  "pyroscope/label-values": labelValues,
  "api/apps": apps,
  "api/v1/status/buildinfo": () => jsonAnswer({ status: "success", data: BUILD }),
  ready: () => textAnswer("ready\n"),
};

const BUILD = { version: "1.14.0", revision: "", branch: "", buildUser: "", buildDate: "", goVersion: "" };

/** Services beside the querier that pages ask when they open: nothing is set, nothing is switched. */
const SERVICES: Readonly<Record<string, unknown>> = {
  "settings.v1.SettingsService/Get": { settings: [] },
  "capabilities.v1.FeatureFlagsService/GetFeatureFlags": { featureFlags: [] },
  "version.v1.Version/Version": { QuerierAPI: "1" },
};

export const pyroscopeApi: Api = {
  name: "pyroscope",
  title: "Pyroscope",
  answer(request, world) {
    const { path } = request;
    if (Object.hasOwn(SERVICES, path) && request.method === "POST") return jsonAnswer(SERVICES[path]);
    if (path.startsWith(QUERIER)) return answerQuerier(path.slice(QUERIER.length), request, world);
    const pprof = PPROF_PATH.exec(path);
    const handler = Object.hasOwn(ENDPOINTS, path) ? ENDPOINTS[path] : undefined;
    try {
      if (pprof !== null) return download(pprof[1], pprof[2], request, world);
      return handler?.(request, world) ?? textAnswer("404 page not found\n", 404);
    } catch (error) {
      if (error instanceof BadProfileQuery) return textAnswer(`${error.message}\n`, 400);
      throw error;
    }
  },
  error: (httpStatus, message) => connectError(httpStatus, CODES[httpStatus] ?? "internal", message),
};

const CODES: Readonly<Partial<Record<number, string>>> = {
  400: "invalid_argument",
  401: "unauthenticated",
  403: "permission_denied",
  404: "not_found",
  429: "resource_exhausted",
  503: "unavailable",
};

function maxNodesOf(request: ApiRequest): number {
  const text = firstParameter(request, "maxNodes") ?? firstParameter(request, "max-nodes");
  if (text === undefined) return FLAME_NODES_DEFAULT;
  if (!/^[1-9]\d*$/.test(text)) throw new BadProfileQuery("maxNodes must be a number of 1 or more");
  return Math.min(Number(text), FLAME_NODES_MAX);
}

interface Looked {
  readonly type: ProfileType;
  readonly selection: ReturnType<typeof selectionOf>;
  readonly stacks: ReturnType<typeof scaled>;
}

function look(request: ApiRequest, world: ApiWorld, names: { query: string; from: string; until: string }): Looked {
  const { type, selector } = renderQuery(firstParameter(request, names.query) ?? "");
  const time = (name: string, fallback: string): number =>
    renderTimeUs(firstParameter(request, name) ?? fallback, world.nowUs, request.clockAheadMs);
  const window = { fromUs: time(names.from, "now-1h"), toUs: Math.min(time(names.until, "now"), world.nowUs) };
  const selection = selectionOf(type, selector, window, world.clockMs);
  return { type, selection, stacks: scaled(world.profiles.stacks(selection), type) };
}

function render(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const { type, selection, stacks } = look(request, world, { query: "query", from: "from", until: "until" });
  const format = firstParameter(request, "format") ?? "json";
  if (format !== "json") throw new BadProfileQuery(`format ${format} is not known here: use json`);
  const groupBy = (request.parameters["groupBy"] ?? []).filter((name) => name !== "");
  const { names, levels, total, maxSelf } = flameGraph(stacks, maxNodesOf(request));
  return jsonAnswer({
    version: 1,
    flamebearer: { names, levels, numTicks: total, maxSelf },
    metadata: metadataOf(type, "single"),
    timeline: timeline({ type, selection }, request, world, () => "").get("") ?? null,
    groups:
      groupBy.length === 0
        ? null
        : Object.fromEntries(
            timeline({ type, selection }, request, world, (labels) =>
              groupBy.map((name) => profileLabel(labels, name)).join(", "),
            ),
          ),
  });
}

function renderDifference(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const left = look(request, world, { query: "leftQuery", from: "leftFrom", until: "leftUntil" });
  const right = look(request, world, { query: "rightQuery", from: "rightFrom", until: "rightUntil" });
  if (left.type !== right.type) throw new BadProfileQuery("both sides must be of one profile type");
  const { names, levels, total, maxSelf, leftTicks, rightTicks } = flameGraphDifference(
    left.stacks,
    right.stacks,
    maxNodesOf(request),
  );
  return jsonAnswer({
    version: 1,
    flamebearer: { names, levels, numTicks: total, maxSelf },
    metadata: metadataOf(left.type, "double"),
    timeline: null,
    groups: null,
    leftTicks,
    rightTicks,
  });
}

/** Values of time are in ns: a rate of 10^9 a second lets a page show seconds. */
function metadataOf(type: ProfileType, format: "single" | "double"): unknown {
  const isTime = type.sampleUnit === "nanoseconds";
  return {
    format,
    spyName: "",
    sampleRate: isTime ? 1_000_000_000 : 100,
    units: isTime ? "samples" : "bytes",
    name: type.sampleType,
  };
}

function timeline(
  { type, selection }: Pick<Looked, "type" | "selection">,
  { clockAheadMs }: ApiRequest,
  world: ApiWorld,
  groupOf: Parameters<ApiWorld["profiles"]["series"]>[2],
): ReadonlyMap<string, unknown> {
  const seconds = (selection.toUs - selection.fromUs) / MICROS_PER_SECOND;
  const step = Math.max(1, Math.ceil(seconds / TIMELINE_POINTS / WINDOW_SECONDS)) * WINDOW_SECONDS;
  const points = world.profiles.series(selection, step * MICROS_PER_SECOND, groupOf);
  const length = Math.max(1, Math.ceil(seconds / step));
  const groups = new Map<string, number[]>();
  for (const { group, stepEndUs, value } of points) {
    let samples = groups.get(group);
    if (samples === undefined) groups.set(group, (samples = new Array<number>(length).fill(0)));
    const place = Math.round((stepEndUs - selection.fromUs) / MICROS_PER_SECOND / step) - 1;
    samples[place] = Math.round(value * type.unitsOfValue);
  }
  const startTime = Math.round((selection.fromUs / MICROS_PER_MS + clockAheadMs) / 1_000);
  return new Map(
    [...groups].map(([group, samples]) => [group, { startTime, samples, durationDelta: step, watermarks: null }]),
  );
}

/** An application for each service and type, as the API of Pyroscope's first version has them. */
function apps(_request: ApiRequest, world: ApiWorld): ApiAnswer {
  const services = new Set(world.profiles.labelSets(world.dataFromUs, world.nowUs).map(({ service }) => service));
  const names = [...services].sort().flatMap((service) => PROFILE_TYPES.map((type) => ({ service, type })));
  return jsonAnswer(
    names.map(({ service, type }) => ({
      name: `${service}.${type.name}`,
      spyName: "",
      sampleRate: 100,
      units: type.sampleUnit,
      aggregationType: "sum",
    })),
  );
}

function labelValues(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const name = firstParameter(request, "label");
  if (name === undefined) throw new BadProfileQuery("the parameter label is missing");
  if (name === TYPE_LABEL) return jsonAnswer(PROFILE_TYPES.map(profileTypeId).sort());
  const values = world.profiles.labelSets(world.dataFromUs, world.nowUs).map((labels) => profileLabel(labels, name));
  return jsonAnswer([...new Set(values)].filter((value) => value !== "").sort());
}

/** The last `seconds` of one service, as its own process would give them. */
function download(service: string, kind: string, request: ApiRequest, world: ApiWorld): ApiAnswer {
  const type = PROFILE_TYPES.find(({ pprof }) => pprof === kind);
  if (type === undefined) {
    const known = PROFILE_TYPES.map(({ pprof }) => pprof).join(", ");
    return textAnswer(`Unknown profile: there are ${known}\n`, 404);
  }
  if (!world.model.services.some(({ spec }) => spec.id === service)) return textAnswer(`Unknown service\n`, 404);
  const text = firstParameter(request, "seconds") ?? String(PPROF_SECONDS);
  if (!/^[1-9]\d*$/.test(text)) throw new BadProfileQuery("seconds must be a number of 1 or more");
  const window = { fromUs: world.nowUs - Number(text) * MICROS_PER_SECOND, toUs: world.nowUs };
  const selection = {
    kind: type.kind,
    ...window,
    accepts: (labels: { service: string }) => labels.service === service,
  };
  const ahead = request.clockAheadMs * MICROS_PER_MS;
  const profile = pprofOf(world.profiles.stacks(selection), type, service, {
    fromUs: window.fromUs + ahead,
    toUs: window.toUs + ahead,
  });
  return {
    httpStatus: 200,
    contentType: "application/octet-stream",
    body: encodeMessage(PPROF, profile),
    headers: { "Content-Disposition": `attachment; filename="${service}.${kind}.pb.gz"` },
    gzip: true,
  };
}
