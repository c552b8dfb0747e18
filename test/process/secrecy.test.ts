/**
 * What a learner could get at before the submission: every route, every socket event, every file of the client, on the
 * real server with the real scenarios. None of it may hold a piece of the answer.
 */
import { readFileSync } from "node:fs";
import { io, type Socket } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { QUERY_CHECKS } from "../../server/cli/expressions.js";
import type { Scenario } from "../../server/scenario/types.js";
import { readScenarioDirectory } from "../../server/sessions/scenario-directory.js";
import { ServerProcess } from "../fixtures/server-process.js";

const scenarios = (await readScenarioDirectory("scenarios", QUERY_CHECKS)).flatMap(({ scenario }) =>
  scenario === undefined ? [] : [scenario],
);

/** Sentences and names that only the author and the debrief know. */
function secretsOf({ faults, grading }: Scenario): readonly string[] {
  const prose = [
    grading.explanation,
    ...grading.followUps.flatMap(({ question, strong, redFlags }) => [question, ...strong, ...redFlags]),
  ];
  const sentences = prose
    .flatMap((text) => text.replace(/[*`]/g, "").split(/(?<=[.?:;])\s+/))
    .map((text) => text.replace(/\s+/g, " ").trim());
  return [
    ...faults.flatMap((fault) => [fault.id, fault.class]),
    ...sentences.filter((text) => text.length > 30),
    "alertingComponent",
    "rampTime",
  ];
}

/** Without emphasis and line breaks, as secrets are compared. */
const folded = (text: string): string => text.replace(/[*`]/g, "").replace(/\\n/g, " ").replace(/\s+/g, " ");

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start();
});

afterAll(async () => {
  await server.stop();
});

async function ask(path: string, body?: unknown): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`${server.url}${path}`, {
    ...(body === undefined
      ? {}
      : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
}

/** Joins the run and starts it; answers with all that the socket said meanwhile. */
async function overSocket(runId: string): Promise<string> {
  const socket: Socket = io(server.url, { transports: ["websocket"] });
  const heard: unknown[] = [];
  socket.onAny((...event: unknown[]) => heard.push(event));
  const emit = (event: string, message: unknown): Promise<unknown> =>
    socket.timeout(10_000).emitWithAck(event, message) as Promise<unknown>;
  heard.push(await emit("run:join", { runId }));
  heard.push(await emit("run:command", { runId, commandId: "c1", command: { kind: "start" } }));
  heard.push(await emit("run:command", { runId, commandId: "c2", command: { kind: "next-event" } }));
  heard.push(await emit("run:command", { runId, commandId: "c3", command: { kind: "reveal" } }));
  socket.close();
  return JSON.stringify(heard);
}

/** Addresses of every tool that a run can be read with; each is asked once with the simulated time of the page. */
const TOOL_PATHS: readonly string[] = [
  "alertmanager/api/v2/alerts",
  "alertmanager/api/v2/alerts/groups",
  "alertmanager/api/v2/silences",
  "alertmanager/api/v2/receivers",
  "alertmanager/api/v2/status",
  "alertmanager/metrics",
  "prometheus/api/v1/rules",
  "prometheus/api/v1/alerts",
  "prometheus/api/v1/targets",
  "prometheus/api/v1/targets/metadata",
  "prometheus/api/v1/status/config",
  "prometheus/api/v1/status/flags",
  "prometheus/api/v1/status/tsdb?limit=1000",
  "prometheus/api/v1/status/runtimeinfo",
  "prometheus/federate?match[]={job=~%22.%2B%22}",
  "loki/loki/api/v1/labels",
  "loki/loki/api/v1/series?match[]={service_name=~%22.%2B%22}",
  "loki/loki/api/v1/query_range?query={service_name=~%22.%2B%22}&limit=1000",
  "loki/loki/api/v1/patterns?query={service_name=~%22.%2B%22}",
  "loki/loki/api/v1/detected_fields?query={service_name=~%22.%2B%22}",
  "tempo/api/search?q={}&limit=100",
  "tempo/api/v2/search/tags",
  "tempo/api/v2/search/tag/name/values",
  "jaeger/api/services",
  "jaeger/api/traces?service=edge&limit=50",
  "jaeger/api/dependencies?endTs=0",
  "zipkin/api/v2/services",
  "zipkin/api/v2/traces?limit=50",
  "pyroscope/pyroscope/render?query=process_cpu:cpu:nanoseconds:cpu:nanoseconds{}&from=now-15m",
  "pyroscope/pyroscope/label-values?label=service_name",
  "otlp/v1/traces",
  "otlp/v1/logs",
  "otlp/v1/metrics?match[]={__name__=~%22up|target_info|ALERTS%22}",
  "export/storage",
  "export/next?session=whole&format=otlp-json&signals=metrics&history=false",
];

describe.each(scenarios.map((scenario) => ({ title: scenario.title, scenario })))("$title", ({ scenario }) => {
  test("no route and no socket event tells the answer before the submission", async () => {
    const { id: runId } = JSON.parse((await ask("/api/runs", { scenarioId: scenario.id })).text) as {
      readonly id: string;
    };
    const run = `/api/runs/${runId}`;
    const answers: Record<string, string> = { socket: await overSocket(runId) };
    const window = { fromUs: scenario.startsAt - 900_000_000, toUs: scenario.startsAt };
    const posts: Readonly<Record<string, unknown>> = {
      "logs/search": { ...window, offset: 0, limit: 1_000 },
      "logs/fields": window,
      "logs/histogram": { ...window, buckets: 60 },
      "logs/patterns": { ...window, baseline: { fromUs: 0, toUs: window.fromUs }, buckets: 30 },
      "logs/field-series": { ...window, field: "error.type", buckets: 30 },
      "logs/context": { id: "1-1000", before: 100, after: 100 },
      "logs/logql": { text: '{level="error"' },
      "traces/search": { ...window, limit: 100, order: "slowest" },
      "traces/explore": { ...window, query: "{}", limit: 100, order: "slowest", columns: 60, rows: 20 },
      "traces/set": { ...window, query: "{}" },
      "traces/check": { query: "{ status = }" },
      map: window,
      ledger: window,
      "profiles/tree": {
        ...window,
        kind: "cpu",
        service: scenario.topology.services[0]?.id,
        baseline: window,
        nodesMax: 1_000,
        slices: 60,
      },
      "page-views": { ...window, by: "page", filters: {} },
      "profiles/timeline": {
        ...window,
        kind: "wall",
        service: scenario.topology.services[0]?.id,
        groupBy: "version",
      },
      compare: {
        signal: "traces",
        selection: { window, query: "", minimum: 500_000 },
        baseline: { window, query: "" },
        sample: 500,
      },
      "actions/plan": { kind: "restart", service: scenario.topology.services[0]?.id },
    };
    for (const [path, body] of Object.entries(posts)) answers[path] = (await ask(`${run}/${path}`, body)).text;
    for (const path of [
      "",
      "/events",
      "/alerts",
      "/alertmanager",
      "/slos",
      "/slo-ledgers",
      "/dashboards",
      "/changes",
      "/catalogue",
      "/impact",
      "/page",
      "/traces-vocabulary",
      "/profiles/processes",
      "/digest",
    ]) {
      answers[`GET ${path}`] = (await ask(`${run}${path}`)).text;
    }
    for (const path of ["metadata", "labels", 'series?match[]={__name__=~".%2B"}', "label/__name__/values"]) {
      answers[path] = (await ask(`${run}/prometheus/api/v1/${path}`)).text;
    }
    const { token } = JSON.parse((await ask(`${run}/access`)).text) as { readonly token: string };
    const silence = await ask(`/run/${runId}/t/${token}/alertmanager/api/v2/silences`, {
      matchers: [{ name: "alertname", value: "Nothing.+", isRegex: true, isEqual: true }],
      startsAt: new Date(scenario.startsAt / 1_000).toISOString(),
      endsAt: new Date(scenario.startsAt / 1_000 + 3_600_000).toISOString(),
      createdBy: "learner",
      comment: "so that there is one",
    });
    expect(silence.status, silence.text).toBe(200);
    for (const path of TOOL_PATHS) {
      const { status, text } = await ask(`/run/${runId}/t/${token}/${path}`);
      expect(status, `${path}: ${text.slice(0, 200)}`).toBe(200);
      expect(text.length, path).toBeGreaterThan(2);
      answers[path] = text;
      expect((await ask(`/run/${runId}/${path}`)).status, `${path} without the token`).toBe(401);
    }
    const { traces } = JSON.parse(answers["traces/search"] ?? "{}") as {
      readonly traces: readonly { readonly traceId: string }[];
    };
    answers["trace"] = (await ask(`${run}/traces/${traces[0]?.traceId ?? ""}`)).text;
    answers["scenarios"] = (await ask("/api/scenarios")).text;
    answers["page"] = (await ask(`/run/${runId}/debrief`)).text;

    for (const path of [
      "/debrief",
      "/postmortem.md",
      "/twin/prometheus/api/v1/query?query=up",
      "/untouched/prometheus/api/v1/query?query=up",
    ]) {
      const { status, text } = await ask(`${run}${path}`);
      expect(status, path).toBe(403);
      answers[path] = text;
    }
    for (const path of [
      `/scenarios/${scenario.id}.yaml`,
      `/${scenario.id}.yaml`,
      "/dist/server/main.js",
      "/assets/../../scenarios",
    ]) {
      answers[path] = (await ask(path)).text;
    }

    const secrets = secretsOf(scenario).map(folded);
    expect(secrets.length).toBeGreaterThan(10);
    for (const [where, text] of Object.entries(answers)) {
      const plain = folded(text);
      for (const secret of secrets) expect(plain.includes(secret), `“${secret}” in ${where}`).toBe(false);
    }
  });
});

test("no file of the client holds an answer, and no source map is served", async () => {
  const index = (await ask("/")).text;
  const seen = new Set<string>();
  const queue = [...index.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path ?? "");
  const secrets = scenarios.flatMap((scenario) =>
    secretsOf(scenario).filter((secret) => secret.length > 30 || scenario.faults.some(({ id }) => id === secret)),
  );
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const { status, text } = await ask(path);
    expect(status, path).toBe(200);
    for (const secret of secrets) expect(text.includes(secret), `“${secret}” in ${path}`).toBe(false);
    expect(text).not.toContain("sourceMappingURL");
    const map = await ask(`${path}.map`);
    expect(map.text.startsWith('{"version"')).toBe(false);
    for (const [, file] of text.matchAll(/["'`]\.?\/?((?:assets\/)?[\w-]+\.js)["'`]/g)) {
      queue.push(`/assets/${(file ?? "").replace(/^assets\//, "")}`);
    }
  }
  expect(seen.size).toBeGreaterThan(10);
  expect(readFileSync("dist/client/index.html", "utf8")).toBe(index);
});
