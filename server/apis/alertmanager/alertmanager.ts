/**
 * Alertmanager's second API, so that amtool, Grafana and Karma read a run, and a learner can silence with them. Alerts
 * come from the run's own metrics server only. Source: alertmanager/api/v2/api.go and openapi.yaml.
 */
import {
  alertmanagerSamples,
  ALERTMANAGER_METADATA,
  ALERTMANAGER_VERSION,
} from "../../alerting/alertmanager/metrics.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { type Api, type ApiAnswer, type ApiOrder, type ApiRequest, jsonAnswer, textAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { expositionText, TEXT_TYPE } from "../prometheus/exposition-text.js";
import { alertGroups, alerts } from "./alerts.js";
import { BadRequest, codedAnswer, instantText } from "./parameters.js";
import { deleteSilence, getSilence, listSilences, postSilence } from "./silences.js";

type Handler = (request: ApiRequest, world: ApiWorld, id: string) => ApiAnswer | ApiOrder;

const VERSIONED = "api/v2/";

/** By path below the version, then by method; a path that ends with a slash has an id behind it. */
const ENDPOINTS: Readonly<Record<string, Readonly<Partial<Record<ApiRequest["method"], Handler>>>>> = {
  status: { GET: status },
  receivers: { GET: receivers },
  alerts: { GET: alerts, POST: refuseAlerts },
  "alerts/groups": { GET: alertGroups },
  silences: { GET: listSilences, POST: postSilence },
  "silence/": { GET: getSilence, DELETE: deleteSilence },
};

/** Addresses that answer no JSON. */
const PLAIN: Readonly<Record<string, (request: ApiRequest, world: ApiWorld) => ApiAnswer>> = {
  "-/healthy": () => textAnswer("OK"),
  "-/ready": () => textAnswer("OK"),
  metrics: (_request, { alertmanager, silences, nowUs }) => ({
    httpStatus: 200,
    contentType: TEXT_TYPE,
    body: expositionText(
      alertmanagerSamples(alertmanager, silences, Math.floor(nowUs / MICROS_PER_MS)),
      ALERTMANAGER_METADATA,
      "text",
    ),
  }),
};

export const alertmanagerApi: Api = {
  name: "alertmanager",
  title: "Alertmanager",
  methods: ["GET", "POST", "DELETE"],
  answer(request, world) {
    const { path, method } = request;
    if (Object.hasOwn(PLAIN, path)) return PLAIN[path](request, world);
    if (!path.startsWith(VERSIONED)) return textAnswer("404 page not found\n", 404);
    const [, endpoint, id] = /^(silence\/(?=.)|.*)(.*)$/.exec(path.slice(VERSIONED.length)) ?? ["", "", ""];
    if (!Object.hasOwn(ENDPOINTS, endpoint)) return codedAnswer(404, 404, `path /${path} was not found`);
    const handlers: Partial<Record<string, Handler>> = ENDPOINTS[endpoint];
    const handler = handlers[method];
    if (handler === undefined) {
      const allowed = Object.keys(handlers).join(",");
      return codedAnswer(405, 405, `method ${method} is not allowed, but [${allowed}] are`);
    }
    try {
      return handler(request, world, id);
    } catch (error) {
      if (error instanceof BadRequest) return error.answer;
      throw error;
    }
  },
  error: (httpStatus, message) => codedAnswer(httpStatus, httpStatus, message),
};

function status(request: ApiRequest, { alertmanager: { spec, startMs } }: ApiWorld): ApiAnswer {
  return jsonAnswer({
    cluster: { peers: [], status: "disabled" },
    config: { original: spec.original },
    uptime: instantText(startMs, request),
    versionInfo: {
      branch: "main",
      buildDate: "",
      buildUser: "",
      goVersion: "",
      revision: "simulated",
      version: ALERTMANAGER_VERSION,
    },
  });
}

function receivers(_request: ApiRequest, { alertmanager }: ApiWorld): ApiAnswer {
  return jsonAnswer(alertmanager.spec.receivers.map(({ name }) => ({ name })));
}

function refuseAlerts(): ApiAnswer {
  return jsonAnswer("this Alertmanager takes alerts from the metrics server of its run only", 400);
}
