/** What Grafana's data source and Profiles Drilldown ask of a Pyroscope; the latter says no type for its JSON. */
import type { ClientRow, Times } from "./client-table.js";

const CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const SHOP = '{service_name="shop"}';
const QUERIER = "querier.v1.QuerierService";

export const pyroscopeRows = ({ ms }: Times): readonly ClientRow[] => {
  const call = (
    who: string,
    method: string,
    message: object,
    reads: ClientRow["reads"],
    more: Partial<ClientRow> = {},
  ): ClientRow => ({
    who,
    method: "POST",
    path: `${QUERIER}/${method}`,
    body: JSON.stringify({ ...ms, ...message }),
    contentType: "application/json",
    ...(reads === undefined ? {} : { reads }),
    ...more,
  });
  const selection = { profileTypeID: CPU, labelSelector: SHOP };
  const text = { contentType: "text/plain" };
  return [
    {
      who: "Grafana, Save & test",
      method: "POST",
      path: `${QUERIER}/ProfileTypes`,
      contentType: "application/proto",
      answers: "application/proto",
      says: /process_cpu:cpu:nanoseconds:cpu:nanoseconds/,
    },
    call(
      "Grafana, types",
      "ProfileTypes",
      {},
      { "profileTypes.[].ID": `=${CPU}`, "profileTypes.[].sampleType": "=cpu" },
    ),
    call("Grafana, labels", "LabelNames", { matchers: [`{__profile_type__="${CPU}"}`] }, { "names.[]": "string" }),
    call(
      "Grafana, values",
      "LabelValues",
      { name: "service_name", matchers: [`{__profile_type__="${CPU}"}`] },
      { "names.[]": "=edge" },
    ),
    call(
      "values, the type as a name",
      "LabelValues",
      { name: "service_name", matchers: [`${CPU}{}`] },
      { "names.[]": "=edge" },
    ),
    call(
      "Profiles Drilldown, services and their types",
      "Series",
      { labelNames: ["service_name", "__profile_type__"], matchers: [] },
      { "labelsSet.[].labels.[].name": "string", "labelsSet.[].labels.[].value": "string" },
      text,
    ),
    call(
      "Grafana, a flame graph",
      "SelectMergeStacktraces",
      { ...selection, maxNodes: 16384 },
      {
        "flamegraph.names.[]": "=total",
        "flamegraph.levels.[].values.[]": "digits",
        "flamegraph.total": "digits",
        "flamegraph.maxSelf": "digits",
      },
    ),
    call(
      "Grafana, a flame graph of a span",
      "SelectMergeSpanProfile",
      { ...selection, spanSelector: ["9a517183f26a089d"] },
      {},
    ),
    call(
      "Grafana, a series for each instance",
      "SelectSeries",
      { ...selection, step: 15, groupBy: ["instance"], limit: "1" },
      {
        "series.[].labels.[].name": "=instance",
        "series.[].points.[].value": "number",
        "series.[].points.[].timestamp": "digits",
      },
    ),
    call(
      "Profiles Drilldown, where a function stands",
      "SelectMergeProfile",
      {
        profile_typeID: CPU,
        label_selector: SHOP,
        stackTraceSelector: { call_site: [] },
        maxNodes: 500,
      },
      { "sample.[].value.[]": "string", "stringTable.[]": "string" },
      text,
    ),
    call(
      "Profiles Drilldown, is there anything",
      "GetProfileStats",
      {},
      { dataIngested: "boolean", oldestProfileTime: "digits" },
    ),
    call(
      "Profiles Drilldown, cost of a query",
      "AnalyzeQuery",
      { query: `${CPU}${SHOP}` },
      {
        "queryScopes.[].componentType": "string",
        "queryImpact.totalQueriedSeries": "digits",
      },
    ),
    {
      who: "Profiles Drilldown, a difference",
      path: "pyroscope/render-diff",
      parameters: {
        leftQuery: `${CPU}${SHOP}`,
        leftFrom: String(ms.start),
        leftUntil: String(ms.end),
        rightQuery: `${CPU}${SHOP}`,
        rightFrom: String(ms.start),
        rightUntil: String(ms.end),
        "max-nodes": "100",
      },
      reads: { "flamebearer.names.[]": "=total", leftTicks: "number", "metadata.format": "=double" },
    },
    {
      who: "Profiles Drilldown, a flame graph for its page",
      path: "pyroscope/render",
      parameters: { query: `${CPU}${SHOP}`, from: "now-2m", until: "now", "max-nodes": "64", format: "json" },
      reads: { "flamebearer.numTicks": "number", "metadata.units": "string", "timeline.startTime": "number" },
    },
    {
      who: "Profiles Drilldown, settings",
      method: "POST",
      path: "settings.v1.SettingsService/Get",
      body: "{}",
      reads: { settings: "array" },
    },
    { who: "applications", path: "api/apps", reads: { "[].name": "string" } },
    call(
      "a mistake",
      "SelectMergeStacktraces",
      { profileTypeID: "bad" },
      { code: "=invalid_argument", message: "string" },
      { status: 400 },
    ),
    call("no such method", "Nope", {}, { code: "=unimplemented" }, { status: 404 }),
    { who: "no such address", path: "nope", status: 404, answers: "text/plain" },
  ];
};
