/**
 * The charts that tell what happened: one for each side of the truth that metrics show, chosen by what kind of part the
 * cause is and which edges were hurt most. Each is drawn for the run's world with the healthy twin laid over.
 */
import type { Topology } from "../topology/types.js";
import type { StoryChart, TroubleEdge, TruthCause } from "../wire/debrief.js";

/** Charts at most: more would be a dashboard and no story. */
const CHARTS_MAX = 6;

export function storyCharts(
  causes: readonly TruthCause[],
  trouble: readonly TroubleEdge[],
  topology: Topology,
): readonly StoryChart[] {
  const charts = [
    ...journeyCharts(topology),
    ...causes.flatMap((cause) => causeCharts(cause, trouble, topology)),
    ...trouble.slice(0, 3).flatMap((edge) => edgeCharts(edge, topology)),
  ];
  const seen = new Set<string>();
  return charts.filter((chart) => !seen.has(chart.query) && seen.add(chart.query)).slice(0, CHARTS_MAX);
}

/** What users felt, at the edge. */
function journeyCharts(topology: Topology): readonly StoryChart[] {
  const edge = topology.services.find((service) => service.kind === "edge");
  if (edge === undefined) return [];
  return [
    {
      title: "Failed requests at the edge",
      caption: "Share of requests answered with 5xx, by route.",
      query: `sum by (http_route) (rate(http_server_request_duration_seconds_count{job="${edge.id}",http_response_status_code=~"5.."}[2m])) / sum by (http_route) (rate(http_server_request_duration_seconds_count{job="${edge.id}"}[2m]))`,
      unit: "ratio",
    },
    {
      title: "Slowest one in a hundred at the edge",
      caption: "99th percentile of the time to answer, by route.",
      query: `histogram_quantile(0.99, sum by (le, http_route) (rate(http_server_request_duration_seconds_bucket{job="${edge.id}"}[2m])))`,
      unit: "seconds",
    },
  ];
}

function causeCharts(cause: TruthCause, trouble: readonly TroubleEdge[], topology: Topology): readonly StoryChart[] {
  if (cause.faultClass.startsWith("telemetry/")) return plantCharts(topology);
  if (topology.externals.some((external) => external.id === cause.component))
    return trouble.some((edge) => edge.to === cause.component)
      ? [] // The chart of that edge shows the same calls.
      : callCharts("http_client_request_duration_seconds", "server_address", cause.component);
  if (cause.faultClass.startsWith("database/")) {
    return [
      {
        title: `Queries per second of ${cause.component}`,
        caption: "How many statements the service sends, by statement.",
        query: `sum by (db_query_summary) (rate(db_client_operation_duration_seconds_count{job="${cause.component}"}[2m]))`,
        unit: "/s",
      },
      serverLatency(cause.component),
    ];
  }
  return [serverLatency(cause.component)];
}

function plantCharts(topology: Topology): readonly StoryChart[] {
  const server = topology.plant.metricsServer;
  return [
    {
      title: "Series in the metrics server",
      caption: "Active series; each distinct label value makes new ones.",
      query: `prometheus_tsdb_head_series{job="${server}"}`,
      unit: "series",
    },
    {
      title: "Time to scrape",
      caption: "The slowest scrape of all targets; at ten seconds a scrape is given up and its samples are lost.",
      query: "max(scrape_duration_seconds)",
      unit: "seconds",
    },
    {
      title: "Targets that could be scraped",
      caption: "Share of all targets whose last scrape went well: one is full sight, zero is blindness.",
      query: "sum(up) / count(up)",
      unit: "ratio",
    },
    {
      title: "Rule evaluations missed",
      caption: "Evaluations skipped because the one before was still running; no alert can fire in them.",
      query: `rate(prometheus_rule_group_iterations_missed_total{job="${server}"}[2m])`,
      unit: "/s",
    },
  ];
}

function edgeCharts(edge: TroubleEdge, topology: Topology): readonly StoryChart[] {
  if (topology.stores.some((store) => store.id === edge.to))
    return callCharts("db_client_operation_duration_seconds", "db_namespace", edge.to, edge.from);
  if (edge.from === topology.plant.metricsServer) return [];
  return callCharts("http_client_request_duration_seconds", "server_address", edge.to, edge.from);
}

function callCharts(metric: string, label: string, target: string, caller?: string): readonly StoryChart[] {
  const by = caller === undefined ? `${label}="${target}"` : `job="${caller}",${label}="${target}"`;
  return [
    {
      title: caller === undefined ? `Calls to ${target}` : `Calls from ${caller} to ${target}`,
      caption: "99th percentile as the caller sees it, waiting and time-outs included.",
      query: `histogram_quantile(0.99, sum by (le) (rate(${metric}_bucket{${by}}[2m])))`,
      unit: "seconds",
    },
  ];
}

function serverLatency(component: string): StoryChart {
  return {
    title: `Time to answer of ${component}`,
    caption: "99th percentile, by route.",
    query: `histogram_quantile(0.99, sum by (le, http_route) (rate(http_server_request_duration_seconds_bucket{job="${component}"}[2m])))`,
    unit: "seconds",
  };
}
