/** What Grafana's data source and Traces Drilldown ask of a Tempo. */
import type { ClientRow, Times } from "./client-table.js";

const PROTOBUF = "application/protobuf";
const JSON_TYPE = "application/json";

export const tempoRows = ({ s, traceId }: Times): readonly ClientRow[] => [
  { who: "Grafana, Save & test", path: "api/echo", answers: "text/plain", says: /^echo$/ },
  { who: "Grafana, build", path: "api/status/buildinfo", reads: { version: "string" } },
  {
    who: "Grafana, search",
    path: "api/search",
    parameters: { q: '{resource.service.name="shop" && kind=server}', limit: "20", spss: "3", ...s },
    reads: {
      "traces.[].traceID": "hex",
      "traces.[].rootServiceName": "string",
      "traces.[].rootTraceName": "string",
      "traces.[].startTimeUnixNano": "digits",
      "traces.[].durationMs": "number",
      "traces.[].spanSets.[].matched": "number",
      "traces.[].spanSets.[].spans.[].spanID": "hex",
      "traces.[].spanSets.[].spans.[].startTimeUnixNano": "digits",
      "traces.[].spanSets.[].spans.[].durationNanos": "digits",
      "traces.[].spanSets.[].spans.[].attributes.[].value.stringValue": "string",
      "metrics.totalJobs": "number",
    },
  },
  {
    who: "Traces Drilldown, the structure of errors",
    path: "api/search",
    parameters: {
      q: "{nestedSetParent<0} &>> { kind = server } | select(status, resource.service.name, name, nestedSetParent, nestedSetLeft, nestedSetRight)",
      limit: "20",
      spss: "20",
      ...s,
    },
    reads: { "traces.[].spanSets.[].spans.[].attributes.[].key": "string" },
  },
  {
    who: "Traces Drilldown, newest first",
    path: "api/search",
    parameters: { q: "{nestedSetParent<0} with (most_recent=true)", limit: "5", ...s },
    reads: { "traces.[].traceID": "hex" },
  },
  { who: "Grafana, a trace", path: `api/v2/traces/${traceId}`, parameters: s, accept: PROTOBUF, answers: PROTOBUF },
  { who: "Grafana, a trace of version 1", path: `api/traces/${traceId}`, accept: PROTOBUF, answers: PROTOBUF },
  {
    who: "a trace in JSON",
    path: `api/v2/traces/${traceId}`,
    accept: JSON_TYPE,
    reads: { "trace.resourceSpans.[].scopeSpans.[].spans.[].traceId": "string" },
  },
  {
    who: "Grafana, a trace that is not there",
    path: "api/traces/0",
    accept: PROTOBUF,
    status: 404,
    answers: "text/plain",
    says: /^trace not found/,
  },
  {
    who: "Grafana, tags by scope",
    path: "api/v2/search/tags",
    parameters: { limit: "5000", ...s },
    reads: { "scopes.[].name": "=resource", "scopes.[].tags.[]": "string" },
  },
  {
    who: "Grafana, tags of a query's spans",
    path: "api/v2/search/tags",
    parameters: { q: '{resource.service.name="shop"}', scope: "span", ...s },
    reads: { "scopes.[].name": "=span", "scopes.[].tags.[]": "string" },
  },
  {
    who: "Grafana, values of an intrinsic",
    path: "api/v2/search/tag/status/values",
    parameters: { limit: "1000", ...s },
    reads: { "tagValues.[].type": "=keyword", "tagValues.[].value": "string" },
  },
  {
    who: "Grafana, values of a tag that it escaped twice",
    path: "api/v2/search/tag/resource%2Eservice%2Ename/values",
    parameters: { q: "{}", limit: "1000", ...s },
    reads: { "tagValues.[].type": "=string", "tagValues.[].value": "string" },
  },
  { who: "Grafana, tags of version 1", path: "api/search/tags", reads: { "tagNames.[]": "string" } },
  {
    who: "Traces Drilldown, rate",
    path: "api/metrics/query_range",
    parameters: {
      q: "{nestedSetParent<0 && true} | rate() by (resource.service.name)",
      step: "30s",
      exemplars: "2",
      ...s,
    },
    accept: JSON_TYPE,
    reads: {
      "series.[].labels.[].key": "=resource.service.name",
      "series.[].labels.[].value.stringValue": "string",
      "series.[].promLabels": "string",
      "series.[].samples.[].timestampMs": "digits",
      "series.[].samples.[].value": "number",
      "series.[].exemplars.[].labels.[].key": "=trace:id",
      "series.[].exemplars.[].timestampMs": "digits",
    },
  },
  {
    who: "Traces Drilldown, comparison",
    path: "api/metrics/query_range",
    parameters: { q: "{nestedSetParent<0 && true} | compare({status = error})", step: "60s", ...s },
    reads: { "series.[].labels.[].key": "=__meta_type" },
  },
  {
    who: "Grafana, an instant of a metric",
    path: "api/metrics/query",
    parameters: { q: "{} | count_over_time() by (kind)", ...s },
    reads: { "series.[].value": "number", "series.[].promLabels": "string" },
  },
  {
    who: "a mistake",
    path: "api/search",
    parameters: { q: "{ foo" },
    status: 400,
    answers: "text/plain",
    says: /^invalid TraceQL query: parse error at line 1, col 3/,
  },
  { who: "no such address", path: "api/nope", status: 404, answers: "text/plain", says: /^404 page not found/ },
];
