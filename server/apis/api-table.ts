/** The tools that a run can be read with, by the first part of their path. */
import type { Api } from "./api.js";
import { alertmanagerApi } from "./alertmanager/alertmanager.js";
import { exportApi } from "./export/export.js";
import { jaegerApi } from "./jaeger/jaeger.js";
import { lokiApi } from "./loki/loki.js";
import { otlpApi } from "./otlp/otlp.js";
import { prometheusApi } from "./prometheus/prometheus.js";
import { pyroscopeApi } from "./pyroscope/pyroscope.js";
import { tempoApi } from "./tempo/tempo.js";
import { zipkinApi } from "./zipkin/zipkin.js";

const APIS: readonly Api[] = [
  prometheusApi,
  alertmanagerApi,
  lokiApi,
  tempoApi,
  jaegerApi,
  zipkinApi,
  pyroscopeApi,
  otlpApi,
  exportApi,
];

export function findApi(name: string): Api | undefined {
  return APIS.find((api) => api.name === name);
}

/** Their names and what clients call them. */
export const API_TITLES: readonly { readonly name: string; readonly title: string }[] = APIS.map(({ name, title }) => ({
  name,
  title,
}));
