/** What Grafana's data source, Logs Drilldown and logcli ask of a Loki. */
import type { ClientRow, Times } from "./client-table.js";

const SHOP = '{service_name="shop"}';
const EVERY = '{service_name=~".+"}';
const V1 = "loki/api/v1";
const CATEGORIES = "categorize-labels";

export const lokiRows = ({ ns, iso, s }: Times): readonly ClientRow[] => [
  {
    who: "Grafana, Save & test",
    path: `${V1}/query`,
    parameters: { direction: "backward", query: "vector(1)+vector(1)", time: "4000000000" },
    reads: { status: "=success", "data.resultType": "=vector", "data.result.[].value.1": "=2" },
  },
  {
    who: "Grafana, a range of lines",
    path: `${V1}/query_range`,
    parameters: { query: SHOP, direction: "backward", limit: "10", step: "500ms", ...ns },
    encodingFlags: CATEGORIES,
    reads: {
      "data.resultType": "=streams",
      "data.encodingFlags.[]": `=${CATEGORIES}`,
      "data.result.[].stream.service_name": "=shop",
      "data.result.[].values.[].0": "digits",
      "data.result.[].values.[].1": "string",
      "data.result.[].values.[].2.structuredMetadata.detected_level": "string",
      "data.stats.summary.bytesProcessedPerSecond": "number",
      "data.stats.summary.totalBytesProcessed": "number",
      "data.stats.summary.execTime": "number",
    },
  },
  {
    who: "Grafana, volume of lines by level",
    path: `${V1}/query_range`,
    parameters: {
      query: `sum by (level, detected_level) (count_over_time(${SHOP} | drop __error__[30s]))`,
      step: "30000ms",
      direction: "backward",
      ...ns,
    },
    reads: {
      "data.resultType": "=matrix",
      "data.result.[].metric.detected_level": "string",
      "data.result.[].values.[].0": "number",
      "data.result.[].values.[].1": "digits",
    },
  },
  {
    who: "Grafana, from a span to its lines",
    path: `${V1}/query_range`,
    parameters: {
      query: `{service_name="shop"} | label_format log_line_contains_trace_id=\`{{ contains "ab" __line__ }}\` | log_line_contains_trace_id="true" OR trace_id="ab"`,
      ...ns,
    },
    reads: { "data.resultType": "=streams" },
  },
  { who: "Grafana, labels", path: `${V1}/labels`, parameters: ns, reads: { "data.[]": "=instance" } },
  {
    who: "Grafana, labels of a selector",
    path: `${V1}/labels`,
    parameters: { ...ns, query: SHOP },
    reads: { "data.[]": "string" },
  },
  {
    who: "Grafana, values",
    path: `${V1}/label/service_name/values`,
    parameters: { ...ns, query: SHOP },
    reads: { "data.[]": "=shop" },
  },
  {
    who: "Grafana, series",
    path: `${V1}/series`,
    parameters: { "match[]": EVERY, ...ns },
    reads: { "data.[].service_name": "string" },
  },
  {
    who: "Grafana, how much a query would read",
    path: `${V1}/index/stats`,
    parameters: { query: SHOP, ...ns },
    reads: { streams: "number", chunks: "number", bytes: "number", entries: "number" },
  },
  {
    who: "Grafana, format",
    path: `${V1}/format_query`,
    parameters: { query: `${SHOP}|="a"` },
    reads: { data: "string" },
  },
  { who: "Grafana, build", path: `${V1}/status/buildinfo`, reads: { version: "string" } },
  {
    who: "Grafana, detected labels, empty query",
    path: `${V1}/detected_labels`,
    parameters: { query: "", ...iso },
    reads: { "detectedLabels.[].label": "string", "detectedLabels.[].cardinality": "number" },
  },
  {
    who: "Grafana, values of a field",
    path: `${V1}/detected_field/detected_level/values`,
    parameters: { query: SHOP, limit: "1000", ...ns },
    reads: { "values.[]": "string" },
  },
  { who: "Grafana alerting, rules", path: "prometheus/api/v1/rules", reads: { "data.groups": "array" } },
  { who: "Grafana alerting, ruler", path: `${V1}/rules`, status: 404, answers: "text/plain", says: /no rule groups/ },
  {
    who: "Logs Drilldown, limits",
    path: `${V1}/drilldown-limits`,
    reads: {
      "limits.max_entries_limit_per_query": "number",
      "limits.retention_period": "string",
      "limits.volume_enabled": "boolean",
      "limits.discover_service_name.[]": "=service_name",
      pattern_ingester_enabled: "boolean",
      version: "string",
    },
  },
  {
    who: "Logs Drilldown, services by volume",
    path: `${V1}/index/volume`,
    parameters: { query: EVERY, limit: "5000", ...iso },
    reads: { "data.result.[].metric.service_name": "string", "data.result.[].value.1": "digits" },
  },
  {
    who: "Logs Drilldown, volume over time of a label",
    path: `${V1}/index/volume_range`,
    parameters: { query: EVERY, targetLabels: "service_name", aggregateBy: "labels", step: "30s", ...ns },
    reads: { "data.resultType": "=matrix", "data.result.[].metric.service_name": "=service_name" },
  },
  {
    who: "Logs Drilldown, fields",
    path: `${V1}/detected_fields`,
    parameters: { query: SHOP, ...iso },
    reads: { "fields.[].label": "string", "fields.[].type": "string", "fields.[].cardinality": "number" },
  },
  {
    who: "Logs Drilldown, patterns",
    path: `${V1}/patterns`,
    parameters: { query: SHOP, step: "10s", ...iso },
    reads: { "data.[].pattern": "string", "data.[].level": "string", "data.[].samples.[].0": "number" },
  },
  {
    who: "Logs Drilldown, shards of a label",
    path: `${V1}/label/__stream_shard__/values`,
    parameters: { query: SHOP },
    reads: { status: "=success" },
  },
  {
    who: "Logs Drilldown, average of a field",
    path: `${V1}/query_range`,
    parameters: {
      query: `avg_over_time(${SHOP} | logfmt | json | drop __error__, __error_details__ | duration_ms!="" | unwrap duration_ms | __error__="" [30s]) by ()`,
      step: "30s",
      ...ns,
    },
    reads: { "data.result.[].values.[].1": "string" },
  },
  {
    who: "shards of an index",
    path: `${V1}/index/shards`,
    parameters: { query: SHOP, targetBytesPerShard: "100MB", ...ns },
    reads: { "shards.[].bounds.max": "digits", "shards.[].stats.bytes": "number" },
  },
  {
    who: "logcli, instant",
    path: `${V1}/query`,
    parameters: { query: `sum(count_over_time(${SHOP}[1m]))`, limit: "30", time: ns.end, direction: "BACKWARD" },
    reads: { "data.result.[].value.1": "digits" },
  },
  {
    who: "logcli, range with a step in seconds",
    path: `${V1}/query_range`,
    parameters: { query: SHOP, limit: "30", direction: "FORWARD", interval: "1.000000", step: "30.000000", ...ns },
    reads: { "data.result.[].values.[].0": "digits" },
  },
  {
    who: "logcli, series",
    path: `${V1}/series`,
    parameters: { match: [SHOP], ...ns },
    reads: { "data.[].job": "=shop" },
  },
  { who: "times in seconds with a fraction", path: `${V1}/labels`, parameters: { start: `${s.start}.5`, end: s.end } },
  {
    who: "a mistake, told as text",
    path: `${V1}/query_range`,
    parameters: { query: "{" },
    status: 400,
    answers: "text/plain",
    says: /^parse error at line 1, col 2/,
  },
  { who: "no such address", path: `${V1}/nope`, status: 404, answers: "text/plain", says: /^404 page not found/ },
  { who: "a probe", path: "ready", answers: "text/plain", says: /^ready/ },
  { who: "its configuration", path: "config", answers: "text/plain", says: /max_query_series: 500/ },
];
