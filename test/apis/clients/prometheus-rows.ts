/** What Grafana's data source, its alerting pages, Metrics Drilldown and Prometheus's own pages ask of a Prometheus. */
import type { ClientRow, Times } from "./client-table.js";

const V1 = "api/v1";
const REQUESTS = "http_server_request_duration_seconds_count";

export const prometheusRows = ({ s }: Times): readonly ClientRow[] => [
  {
    who: "Grafana, Save & test",
    method: "POST",
    path: `${V1}/query`,
    parameters: { query: "1+1", time: "4", timeout: "60s" },
    reads: { status: "=success", "data.resultType": "=scalar", "data.result.1": "=2" },
  },
  {
    who: "Grafana, what it is connected to",
    path: `${V1}/status/buildinfo`,
    reads: { "data.version": "string", status: "=success" },
  },
  {
    who: "Grafana, a range",
    method: "POST",
    path: `${V1}/query_range`,
    parameters: { query: `sum by (job) (rate(${REQUESTS}[1m]))`, ...s, step: "15", timeout: "60s" },
    reads: {
      "data.resultType": "=matrix",
      "data.result.[].metric.job": "string",
      "data.result.[].values.[].0": "number",
      "data.result.[].values.[].1": "string",
    },
  },
  {
    who: "Grafana, exemplars",
    method: "POST",
    path: `${V1}/query_exemplars`,
    parameters: {
      query: "histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[1m])))",
      ...s,
    },
    reads: {
      "data.[].seriesLabels.__name__": "string",
      "data.[].exemplars.[].labels.trace_id": "hex",
      "data.[].exemplars.[].value": "string",
      "data.[].exemplars.[].timestamp": "number",
    },
  },
  {
    who: "Grafana, names of metrics",
    path: `${V1}/label/__name__/values`,
    parameters: { ...s, limit: "40000" },
    reads: { "data.[]": "string" },
  },
  {
    who: "Grafana, values of a label under its escape",
    path: `${V1}/label/U__job/values`,
    parameters: { "match[]": REQUESTS, ...s },
    reads: { "data.[]": "string" },
  },
  {
    who: "Grafana, labels by form",
    method: "POST",
    path: `${V1}/labels`,
    parameters: { ...s, limit: "40000", "match[]": REQUESTS },
    reads: { "data.[]": "=__name__" },
  },
  {
    who: "Grafana, series of everything",
    method: "POST",
    path: `${V1}/series`,
    parameters: { ...s, "match[]": '{__name__!=""}', limit: "5" },
    reads: { "data.[].__name__": "string", "warnings.[]": "string" },
  },
  {
    who: "Grafana, metadata",
    path: `${V1}/metadata`,
    reads: { [`data.${REQUESTS.replace("_count", "")}.[].type`]: "string" },
  },
  {
    who: "Grafana alerting, rules",
    path: `${V1}/rules`,
    reads: {
      "data.groups.[].name": "string",
      "data.groups.[].file": "string",
      "data.groups.[].interval": "number",
      "data.groups.[].evaluationTime": "number",
      "data.groups.[].lastEvaluation": "string",
      "data.groups.[].rules.[].query": "string",
      "data.groups.[].rules.[].health": "=ok",
      "data.groups.[].rules.[].evaluationTime": "number",
      "data.groups.[].rules.[].type": "string",
    },
  },
  { who: "Grafana alerting, ruler", path: "config/v1/rules", status: 404, answers: "text/plain" },
  { who: "its page, alerts", path: `${V1}/alerts`, reads: { "data.alerts": "array" } },
  {
    who: "its page, targets",
    path: `${V1}/targets`,
    parameters: { state: "active" },
    reads: { "data.activeTargets.[].scrapePool": "string", "data.activeTargets.[].health": "string" },
  },
  { who: "its page, pools", path: `${V1}/scrape_pools`, reads: { "data.scrapePools.[]": "string" } },
  {
    who: "its page, configuration of a pool",
    path: `${V1}/scrape_pools/config`,
    parameters: { scrapePool: "shop" },
    reads: { "data.yaml": "string" },
  },
  {
    who: "its page, relabelling",
    path: `${V1}/targets/relabel_steps`,
    parameters: { scrapePool: "shop", labels: "{}" },
    reads: { "data.steps": "array" },
  },
  {
    who: "its page, a pool that is not there",
    path: `${V1}/scrape_pools/config`,
    parameters: { scrapePool: "none" },
    status: 400,
    reads: { errorType: "=bad_data", error: '=scrape pool "none" not found' },
  },
  { who: "its page, blocks", path: `${V1}/status/tsdb/blocks`, reads: { "data.blocks": "array" } },
  { who: "its page, notifications", path: `${V1}/notifications`, reads: { data: "array" } },
  {
    who: "its page, its own metrics",
    path: `${V1}/status/self_metrics`,
    parameters: { metric_name_pattern: "prometheus_.*" },
    reads: { "data.[].name": "string", "data.[].type": "string", "data.[].metric.[]": "object" },
  },
  {
    who: "its page, orders that were not allowed",
    method: "POST",
    path: `${V1}/admin/tsdb/snapshot`,
    status: 503,
    reads: { errorType: "=unavailable", error: "=admin APIs disabled" },
  },
  {
    who: "another server that writes",
    method: "POST",
    path: `${V1}/write`,
    status: 404,
    answers: "text/plain",
    says: /remote write receiver needs to be enabled/,
  },
  {
    who: "a mistake",
    method: "POST",
    path: `${V1}/query`,
    parameters: { query: "sum(" },
    status: 400,
    reads: { status: "=error", errorType: "=bad_data", error: "string" },
  },
  { who: "no such address", path: `${V1}/nope`, status: 404, answers: "text/plain", says: /^404 page not found/ },
];
