/** What Grafana's data source, its alerting pages and Karma ask of an Alertmanager; amtool itself is run elsewhere. */
import type { ClientRow, Times } from "./client-table.js";

const V2 = "api/v2";

export const alertmanagerRows = ({ ms }: Times): readonly ClientRow[] => [
  {
    who: "Grafana, Save & test: not one of Mimir",
    path: "alertmanager/api/v2/status",
    status: 404,
    answers: "text/plain",
  },
  { who: "Grafana, which it is", path: "api/v1/status/buildinfo", status: 404, answers: "text/plain" },
  {
    who: "Grafana, Save & test",
    path: `${V2}/status`,
    reads: {
      "cluster.status": "string",
      "config.original": "string",
      uptime: "string",
      "versionInfo.version": "string",
    },
  },
  { who: "Grafana, receivers", path: `${V2}/receivers`, reads: { "[].name": "string" } },
  {
    who: "Grafana, alerts by filters",
    path: `${V2}/alerts`,
    parameters: {
      filter: ['alertname=~".+"', 'severity!="none"'],
      active: "true",
      silenced: "false",
      inhibited: "false",
    },
  },
  { who: "Grafana, groups", path: `${V2}/alerts/groups`, parameters: { receiver: ".*" } },
  { who: "Grafana, silences", path: `${V2}/silences` },
  {
    who: "a silence without matchers",
    method: "POST",
    path: `${V2}/silences`,
    contentType: "application/json",
    body: JSON.stringify({ startsAt: new Date(ms.start).toISOString(), endsAt: new Date(ms.end).toISOString() }),
    status: 422,
    reads: { code: "number", message: "string" },
  },
  { who: "a mistake, told as a JSON text", path: `${V2}/alerts`, parameters: { filter: "bad{" }, status: 400 },
  { who: "no such address", path: `${V2}/nope`, status: 404, reads: { code: "number", message: "string" } },
];
