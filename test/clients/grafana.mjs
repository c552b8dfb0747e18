/**
 * Grafana's "Save & test" of each data source in the file that the server makes for a run: the requests of its backend
 * and pages, with the headers of the file, and what they have to find; and a long query whose connection is closed.
 */
import { request } from "node:http";
import { parse } from "yaml";

/** By type: `[path, options, check of the answer]`. */
const CHECKS = {
  prometheus: [
    [
      "/api/v1/query",
      { form: { query: "1+1", time: "4" } },
      ({ json }) => json.status === "success" && json.data.result[1] === "2",
    ],
    ["/api/v1/status/buildinfo", {}, ({ json }) => /^\d+\.\d+/.test(json.data.version)],
    ["/api/v1/rules", {}, ({ json }) => json.data.groups.length > 0],
    ["/api/v1/query", { form: { query: "count(up)" } }, ({ json }) => Number(json.data.result[0].value[1]) > 5],
  ],
  loki: [
    [
      "/loki/api/v1/query?direction=backward&query=vector(1)%2Bvector(1)&time=4000000000",
      {},
      ({ json }) => json.data.result[0].value[1] === "2",
    ],
    ["/loki/api/v1/drilldown-limits", {}, ({ json }) => json.limits.volume_enabled],
    [
      () => `/loki/api/v1/labels?start=${Date.now() - 600_000}000000&end=${Date.now()}000000`,
      {},
      ({ json }) => json.data.includes("service_name"),
    ],
  ],
  tempo: [
    ["/api/echo", {}, ({ text }) => text === "echo"],
    [
      () => `/api/search?q=%7B%7D&limit=5&start=${seconds() - 900}&end=${seconds()}`,
      {},
      ({ json }) => json.traces.length > 0,
    ],
    [
      "/api/traces/0",
      { headers: { accept: "application/protobuf" }, status: 404 },
      ({ text }) => /not found/.test(text),
    ],
  ],
  jaeger: [["/api/services", {}, ({ json }) => json.data.length > 0]],
  zipkin: [["/api/v2/services", {}, ({ json }) => json.length > 0]],
  "grafana-pyroscope-datasource": [
    [
      "/querier.v1.QuerierService/ProfileTypes",
      { body: "", headers: { "content-type": "application/proto", "connect-protocol-version": "1" } },
      ({ text }) => text.includes("process_cpu:cpu:nanoseconds"),
    ],
  ],
  alertmanager: [
    // One that answers here is taken for Mimir's.
    ["/alertmanager/api/v2/status", { status: 404 }, () => true],
    ["/api/v2/status", {}, ({ json }) => json.versionInfo.version !== ""],
  ],
};

const seconds = () => Math.floor(Date.now() / 1_000);

/** Rows `[title, run]`; `path` is the address of one of the run's tools with the token in it. */
export async function grafanaRows({ path }) {
  const file = path.replace(/\/prometheus$/, "/grafana/provisioning.yaml");
  const { datasources } = parse(await (await fetch(file)).text());
  const rows = datasources.flatMap(({ name, type, url, jsonData, secureJsonData }) => {
    const headers = { [jsonData.httpHeaderName1]: secureJsonData.httpHeaderValue1 };
    return (CHECKS[type] ?? []).map(([wanted, options, check]) => [
      `${name}: ${typeof wanted === "string" ? wanted : wanted().split("?")[0]}`,
      () => ask(`${url}${typeof wanted === "string" ? wanted : wanted()}`, headers, options, check),
    ]);
  });
  const kinds = new Set(datasources.map(({ type }) => type));
  const unchecked = [...kinds].filter((type) => CHECKS[type] === undefined);
  return [
    ...rows,
    ["every kind of data source in the file is one of these", () => expectNone(unchecked)],
    ["a long query whose connection is closed makes room for the next", () => closeInTheMidst(path)],
  ];
}

async function expectNone(list) {
  if (list.length > 0) throw new Error(`not checked: ${list.join(", ")}`);
}

async function ask(url, ownHeaders, { form, body, headers = {}, status = 200 }, check) {
  const sent = form === undefined ? body : new URLSearchParams(form);
  const answer = await fetch(url, {
    headers: { ...ownHeaders, ...headers },
    ...(sent === undefined ? {} : { method: "POST", body: sent }),
  });
  const text = await answer.text();
  if (answer.status !== status) throw new Error(`${answer.status}: ${text.slice(0, 200)}`);
  const found = { text, json: /json/.test(answer.headers.get("content-type") ?? "") ? JSON.parse(text) : undefined };
  if (!check(found)) throw new Error(`unexpected: ${text.slice(0, 300)}`);
}

/** Of every span by every attribute: tens of seconds. */
const LONG = "/api/metrics/query_range?q=%7B%7D%20%7C%20compare(%7Bstatus%3Derror%7D)&since=1h";

async function closeInTheMidst(path) {
  const long = request(path.replace(/\/prometheus$/, "/tempo") + LONG);
  long.on("error", () => undefined);
  const closed = new Promise((resolve) => long.once("close", resolve));
  long.once("response", () => long.destroy(new Error("it was answered at once")));
  long.end();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const waiting = fetch(`${path}/api/v1/query?query=1`).then((answer) => answer.status);
  long.destroy();
  await closed;
  const begun = performance.now();
  if ((await waiting) !== 200) throw new Error("the next query failed");
  const ms = performance.now() - begun;
  if (ms > 1_000) throw new Error(`the next query waited ${ms.toFixed(0)} ms`);
}
