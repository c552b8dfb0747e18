/** What jaeger-ui (both of its interfaces) and Grafana's data source ask of a Jaeger. */
import type { ClientRow, Times } from "./client-table.js";

const DAY_MS = "86400000";

export const jaegerRows = ({ us, iso, ms, traceId }: Times): readonly ClientRow[] => {
  const monitor = {
    service: "shop",
    endTs: String(ms.end),
    lookback: "120000",
    step: "30000",
    ratePer: "600000",
    spanKind: "server",
    groupByOperation: "true",
    quantile: "0.95",
  };
  const during3 = { "query.start_time_min": iso.start, "query.start_time_max": iso.end };
  return [
    { who: "Grafana, Save & test", path: "api/services", reads: { "data.[]": "string", errors: "null" } },
    { who: "jaeger-ui, operations", path: "api/services/shop/operations", reads: { "data.[]": "string" } },
    {
      who: "jaeger-ui, operations of servers",
      path: "api/operations",
      parameters: { service: "shop", spanKind: "server" },
      reads: { "data.[].name": "string", "data.[].spanKind": "=server" },
    },
    {
      who: "jaeger-ui, search",
      path: "api/traces",
      parameters: {
        service: "shop",
        limit: "20",
        lookback: "1h",
        ...us,
        minDuration: "1us",
        maxDuration: "",
        tags: '{"span.kind":"server"}',
      },
      reads: {
        "data.[].traceID": "hex",
        "data.[].spans.[].spanID": "hex",
        "data.[].spans.[].operationName": "string",
        "data.[].spans.[].references": "array",
        "data.[].spans.[].startTime": "number",
        "data.[].spans.[].duration": "number",
        "data.[].spans.[].tags.[].key": "string",
        "data.[].spans.[].tags.[].type": "string",
        "data.[].spans.[].logs": "array",
        "data.[].spans.[].processID": "=p1",
        "data.[].processes.p1.serviceName": "string",
        "data.[].processes.p1.tags": "array",
      },
    },
    { who: "jaeger-ui, a trace", path: `api/traces/${traceId}`, reads: { "data.[].traceID": `=${traceId}` } },
    {
      who: "jaeger-ui, several traces",
      path: "api/traces",
      parameters: { traceID: [traceId, traceId] },
      reads: { "data.[].traceID": `=${traceId}` },
    },
    {
      who: "jaeger-ui, dependencies",
      path: "api/dependencies",
      parameters: { endTs: String(ms.end), lookback: DAY_MS },
      reads: { "data.[].parent": "string", "data.[].child": "string", "data.[].callCount": "number" },
    },
    ...["latencies", "calls", "errors"].map((figure): ClientRow => ({
      who: `jaeger-ui, monitor: ${figure}`,
      path: `api/metrics/${figure}`,
      parameters: monitor,
      reads: {
        name: "string",
        "metrics.[].labels.[].name": "string",
        "metrics.[].metricPoints.[].gaugeValue.doubleValue": "number",
        "metrics.[].metricPoints.[].timestamp": "string",
      },
    })),
    { who: "jaeger-ui, least step", path: "api/metrics/minstep", reads: { data: "number" } },
    { who: "version 3, services", path: "api/v3/services", reads: { "services.[]": "string" } },
    {
      who: "version 3, operations",
      path: "api/v3/operations",
      parameters: { service: "shop" },
      reads: { "operations.[].name": "string", "operations.[].spanKind": "string" },
    },
    {
      who: "version 3, summaries",
      path: "api/v3/trace-summaries",
      parameters: { "query.service_name": "shop", "query.num_traces": "5", ...during3 },
      reads: {
        "summaries.[].traceId": "hex",
        "summaries.[].rootServiceName": "string",
        "summaries.[].minStartTimeUnixNano": "digits",
        "summaries.[].maxEndTimeUnixNano": "digits",
        "summaries.[].spanCount": "number",
        "summaries.[].errorSpanCount": "number",
        "summaries.[].orphanSpanCount": "number",
        "summaries.[].services.[].name": "string",
      },
    },
    {
      who: "version 3, traces",
      path: "api/v3/traces",
      parameters: {
        "query.service_name": "shop",
        "query.search_depth": "2",
        "query.duration_min": "0.000001s",
        ...during3,
      },
      reads: {
        "result.resourceSpans.[].resource.attributes.[].value.stringValue": "string",
        "result.resourceSpans.[].scopeSpans.[].spans.[].traceId": "hex",
        "result.resourceSpans.[].scopeSpans.[].spans.[].kind": "number",
        "result.resourceSpans.[].scopeSpans.[].spans.[].startTimeUnixNano": "digits",
      },
    },
    {
      who: "version 3, a trace",
      path: `api/v3/traces/${traceId}`,
      parameters: { start_time: iso.start, end_time: iso.end },
      reads: { "result.resourceSpans.[].scopeSpans.[].spans.[].spanId": "hex" },
    },
    {
      who: "version 3, dependencies",
      path: "api/v3/dependencies",
      parameters: { start_time: iso.start, end_time: iso.end },
      reads: { "dependencies.[].parent": "string", "dependencies.[].callCount": "digits" },
    },
    {
      who: "a mistake",
      path: "api/traces",
      parameters: { service: "shop", start: "abc" },
      status: 400,
      reads: { data: "null", "errors.[].code": "number", "errors.[].msg": "string" },
    },
    {
      who: "a mistake in version 3",
      path: "api/v3/traces",
      status: 400,
      reads: { "error.httpCode": "number", "error.message": "string" },
    },
    {
      who: "a trace that is not there",
      path: `api/traces/${"0".repeat(31)}1`,
      status: 404,
      reads: { "errors.[].msg": "=trace not found" },
    },
    { who: "no such address", path: "api/nope", status: 404, answers: "text/plain" },
  ];
};
