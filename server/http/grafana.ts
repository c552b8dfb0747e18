/**
 * A file with which a Grafana sets up a run's tools as data sources, linked with one another: exemplars and lines lead to
 * traces, traces to their lines. Source: Grafana's documentation, provisioning and the pages of each data source.
 */
import { stringify } from "yaml";
import { API_TITLES } from "../apis/api-table.js";

interface Wanted {
  readonly runId: string;
  readonly token: string;
  /** Of this server as its client calls it: `http://127.0.0.1:4600`. */
  readonly origin: string;
  /** Times are those of Grafana's clock, so that its "last 15 minutes" end now; otherwise they are simulated. */
  readonly wall: boolean;
}

interface SourceKind {
  /** Grafana's name for the kind of data source. */
  readonly type: string;
  /** Its settings, by the name that data sources of the run have. */
  settings(uidOf: (name: string) => string): Readonly<Record<string, unknown>>;
}

const CPU_PROFILE = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

/** From a span to the lines of its trace that its service wrote, around its time. */
const linesOf = (uidOf: (name: string) => string): Readonly<Record<string, unknown>> => ({
  tracesToLogsV2: {
    datasourceUid: uidOf("loki"),
    filterByTraceID: true,
    spanStartTimeShift: "-1m",
    spanEndTimeShift: "1m",
    tags: [{ key: "service.name", value: "service_name" }],
  },
});

/** By the name of the API. */
const KINDS: ReadonlyMap<string, SourceKind> = new Map<string, SourceKind>([
  [
    "prometheus",
    {
      type: "prometheus",
      settings: (uidOf) => ({
        httpMethod: "POST",
        prometheusType: "Prometheus",
        exemplarTraceIdDestinations: [{ name: "trace_id", datasourceUid: uidOf("tempo") }],
      }),
    },
  ],
  [
    "loki",
    {
      type: "loki",
      settings: (uidOf) => ({
        // Rules are those of the run's Prometheus.
        manageAlerts: false,
        derivedFields: [
          {
            name: "trace_id",
            matcherType: "label",
            matcherRegex: "trace_id",
            // Grafana replaces ${NAME} by its environment while it reads the file, and $$ by a dollar.
            url: "$${__value.raw}",
            datasourceUid: uidOf("tempo"),
          },
        ],
      }),
    },
  ],
  [
    "tempo",
    {
      type: "tempo",
      settings: (uidOf) => ({
        ...linesOf(uidOf),
        tracesToProfiles: {
          datasourceUid: uidOf("pyroscope"),
          profileTypeId: CPU_PROFILE,
          tags: [{ key: "service.name", value: "service_name" }],
        },
        nodeGraph: { enabled: true },
      }),
    },
  ],
  ["jaeger", { type: "jaeger", settings: (uidOf) => ({ ...linesOf(uidOf), nodeGraph: { enabled: true } }) }],
  ["zipkin", { type: "zipkin", settings: (uidOf) => ({ ...linesOf(uidOf), nodeGraph: { enabled: true } }) }],
  ["pyroscope", { type: "grafana-pyroscope-datasource", settings: () => ({}) }],
  ["alertmanager", { type: "alertmanager", settings: () => ({ implementation: "prometheus" }) }],
]);

/** Characters of Grafana's identifiers. */
const UID_CHARACTERS = 40;

export function grafanaProvisioning({ runId, token, origin, wall }: Wanted): string {
  const uidOf = (name: string): string => `${name}-${runId}`.slice(0, UID_CHARACTERS);
  const clock = wall ? "wall/" : "";
  const datasources = API_TITLES.flatMap(({ name, title }) => {
    const kind = KINDS.get(name);
    if (kind === undefined) return [];
    return [
      {
        name: `${title}, run ${runId}`,
        uid: uidOf(name),
        type: kind.type,
        access: "proxy",
        url: `${origin}/run/${encodeURIComponent(runId)}/${clock}${name}`,
        editable: false,
        jsonData: { ...kind.settings(uidOf), httpHeaderName1: "Authorization" },
        secureJsonData: { httpHeaderValue1: `Bearer ${token}` },
      },
    ];
  });
  return stringify({ apiVersion: 1, datasources }, { lineWidth: 0 });
}
