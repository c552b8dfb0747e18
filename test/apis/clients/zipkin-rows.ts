/** What Zipkin's own page and Grafana's data source ask of a Zipkin. */
import type { ClientRow, Times } from "./client-table.js";

const V2 = "api/v2";

export const zipkinRows = ({ ms, traceId }: Times): readonly ClientRow[] => [
  { who: "Grafana, Save & test", path: `${V2}/services`, reads: { "[]": "string" } },
  { who: "names of spans", path: `${V2}/spans`, parameters: { serviceName: "shop" }, reads: { "[]": "string" } },
  {
    who: "whom it calls",
    path: `${V2}/remoteServices`,
    parameters: { serviceName: "edge" },
    reads: { "[]": "string" },
  },
  {
    who: "search for whatever name",
    path: `${V2}/traces`,
    parameters: { serviceName: "shop", spanName: "all", limit: "10", lookback: "120000", endTs: String(ms.end) },
    reads: {
      "[].[].traceId": "hex",
      "[].[].id": "hex",
      "[].[].name": "string",
      "[].[].timestamp": "number",
      "[].[].duration": "number",
      "[].[].localEndpoint.serviceName": "string",
      "[].[].tags": "object",
    },
  },
  { who: "Grafana, a trace", path: `${V2}/trace/${traceId}`, reads: { "[].traceId": `=${traceId}` } },
  {
    who: "dependencies",
    path: `${V2}/dependencies`,
    parameters: { endTs: String(ms.end), lookback: "120000" },
    reads: { "[].parent": "string", "[].child": "string", "[].callCount": "number" },
  },
  { who: "keys to complete", path: `${V2}/autocompleteKeys` },
  { who: "a probe", path: "health", reads: { status: "=UP" } },
  { who: "its version", path: "info", reads: { "zipkin.version": "string" } },
  { who: "a trace that is not there", path: `${V2}/trace/000000000000000a`, status: 404, answers: "text/plain" },
  { who: "a mistake", path: `${V2}/spans`, status: 400, answers: "text/plain", says: /serviceName/ },
];
