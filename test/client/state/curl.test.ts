import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { flameTree } from "../../../client/charts/flame-tree.js";
import { seriesTable } from "../../../client/charts/chart-export.js";
import { alertsTable, ALERT_REQUESTS } from "../../../client/panels/alerts/alerts-export.js";
import { changesTable, CHANGE_REQUESTS } from "../../../client/panels/changes/changes-export.js";
import { processesTable } from "../../../client/panels/health/health-export.js";
import { HEALTH_EXPRESSIONS, processHealths } from "../../../client/panels/health/health-model.js";
import { requestsOf } from "../../../client/panels/logs/logs-export.js";
import { mapRequests, mapTable } from "../../../client/panels/map/map-export.js";
import { metricsRequests } from "../../../client/panels/metrics/metrics-export.js";
import { functionsTable, profileRequests } from "../../../client/panels/profiles/profile-export.js";
import { ledgersTable } from "../../../client/panels/slo/slo-export.js";
import { probesTable } from "../../../client/panels/synthetics/probes-export.js";
import { spansTable } from "../../../client/panels/trace/trace-export.js";
import { tracesRequest, tracesTable } from "../../../client/panels/traces/traces-export.js";
import { buildTraceTree } from "../../../client/charts/waterfall-tree.js";
import { tempoTrace, toCurl, type CurlRequest, type ExportTable } from "../../../client/state/export-text.js";
import { askApi, smallWorld } from "../../fixtures/small-world.js";

const world = smallWorld(60);
const window = { fromUs: world.nowUs - 60_000_000, toUs: world.nowUs };
const nothing = (): undefined => undefined;

interface Command {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Reads a command as curl would: quoted words, `-G` with its pairs, headers, a body. */
function readCommand(text: string): Command {
  const words = [...text.replaceAll("\\\n", " ").matchAll(/'((?:[^']|'\\'')*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single?.replaceAll(`'\\''`, "'") ?? double ?? plain ?? "",
  );
  const after = (option: string): readonly string[] =>
    words.flatMap((word, index) => (word === option ? [words[index + 1] ?? ""] : []));
  const pairs = after("--data-urlencode").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  const address = words.find((word) => word.startsWith("http")) ?? "";
  const search = new URLSearchParams(pairs).toString();
  return {
    address: search === "" ? address : `${address}?${search}`,
    headers: Object.fromEntries(after("-H").map((header) => header.split(": ") as [string, string])),
    body: after("--data")[0],
  };
}

/** What a run's tools and its own interface answer, over HTTP. */
let server: Server;
let origin = "";

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}

beforeAll(async () => {
  const own: Readonly<Record<string, (body: string) => unknown>> = {
    map: (body) => world.queries.map(JSON.parse(body) as typeof window),
    changes: () => world.queries.changes(),
  };
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const url = new URL(request.url ?? "", "http://run");
      const [, tool = "", path = ""] = /^\/run\/r1\/(\w+)\/(.+)$/.exec(url.pathname) ?? [];
      if (tool === "") {
        response.end(JSON.stringify(own[url.pathname.replace("/api/runs/r1/", "")]?.(body)));
        return;
      }
      expect(request.headers.authorization).toBe("Bearer t0");
      const parameters = Object.fromEntries(
        [...url.searchParams.keys()].map((key) => [key, url.searchParams.getAll(key)]),
      );
      const answer = askApi(world, tool, path, { parameters });
      response.statusCode = answer.httpStatus;
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${String(typeof address === "object" ? address?.port : "")}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function run<Answer>(request: CurlRequest | undefined): Promise<Answer> {
  if (request === undefined) throw new Error("there is no command");
  const { address, headers, body } = readCommand(toCurl(request, { origin, runId: "r1", token: "t0" }));
  const answer = await fetch(address, body === undefined ? { headers } : { headers, body, method: "POST" });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
}

function expectFilled({ columns, rows }: ExportTable): void {
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row).toHaveLength(columns.length);
}

describe("a copied command, run as it is, answers what the view shows", () => {
  test("metrics: as many series and points as the chart has", async () => {
    const query = 'sum by (job) (rate(http_server_request_duration_seconds_count{http_route!="it\'s"}[1m]))';
    const [request] = metricsRequests("graph", [{ letter: "A", text: query, shown: true }], "", window);
    const answer = await run<{ data: { result: readonly { values: readonly [number, string][] }[] } }>(request);
    const start = request?.parameters["start"] ?? "";
    const shown = world.queries.prometheus("query_range", {
      query: [query],
      start: [start],
      end: [String(Math.ceil(window.toUs / 1e6))],
      step: ["5"],
    }).body as typeof answer;
    expect(answer.data.result.length).toBeGreaterThan(0);
    expect(answer.data.result).toEqual(shown.data.result);
    expectFilled(
      seriesTable(
        answer.data.result.map(({ values }, index) => ({
          name: String(index),
          timesUs: Float64Array.from(values, ([at]) => at * 1e6),
          values: Float64Array.from(values, ([, value]) => Number(value)),
        })),
        () => "",
      ),
    );
  });

  test("logs", async () => {
    const read = (name: string): string | undefined => (name === "level" ? "info" : undefined);
    const [request] = requestsOf(read, window);
    const answer = await run<{ data: { result: readonly { values: readonly unknown[] }[] } }>(request);
    const { total } = world.queries.logs({ ...window, levels: ["info"], offset: 0, limit: 1 });
    expect(answer.data.result.flatMap(({ values }) => values)).toHaveLength(Math.min(5_000, total));
  });

  test("traces, and one of them", async () => {
    const found = world.queries.traces({ ...window, limit: 300, order: "newest" });
    const answer = await run<{ traces: readonly { traceID: string }[] }>(tracesRequest(nothing, window, 300));
    expect(answer.traces).toHaveLength(Math.min(300, found.total));
    const trace = world.queries.trace(found.traces[0]?.traceId ?? "");
    if (trace === undefined) throw new Error("the trace is gone");
    const spans = await run<{ batches: readonly { scopeSpans: readonly { spans: readonly unknown[] }[] }[] }>(
      tempoTrace(trace.traceId),
    );
    expect(spans.batches.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))).toHaveLength(
      trace.spans.length,
    );
    expect(spansTable(buildTraceTree(trace)).rows).toHaveLength(trace.spans.length);
    expectFilled(tracesTable(found.traces.map((one) => ({ ...one, sketch: [] }))));
  });

  test("the map: the same parts and calls; Jaeger counts the same pairs of services", async () => {
    const [own, jaeger] = mapRequests(window);
    const shown = world.queries.map(window);
    const map = await run<typeof shown>(own);
    expect([map.nodes.length, map.edges.length]).toEqual([shown.nodes.length, shown.edges.length]);
    expectFilled(mapTable(map));
    const { data } = await run<{ data: readonly { parent: string; child: string }[] }>(jaeger);
    const calls = new Set(shown.edges.map(({ from, to }) => `${from}>${to}`));
    expect(data.length).toBeGreaterThan(0);
    expect(data.filter(({ parent, child }) => !calls.has(`${parent}>${child}`))).toEqual([]);
  });

  test("profiles: the same total", async () => {
    const request = { kind: "cpu" as const, service: "shop", ...window, nodesMax: 1_000, slices: 0 };
    const tree = flameTree(world.queries.profileTree(request));
    const answer = await run<{ flamebearer: { numTicks: number } }>(profileRequests(request)[0]);
    expect(answer.flamebearer.numTicks / 1_000).toBeCloseTo(tree.sum, -3);
    expectFilled(functionsTable(tree, "cpu"));
  });

  test("alerts and changes", async () => {
    const { rules } = world.queries.alerts();
    const answer = await run<{ data: { groups: readonly { rules: readonly unknown[] }[] } }>(ALERT_REQUESTS[0]);
    expect(answer.data.groups.flatMap((group) => group.rules)).toHaveLength(rules.length);
    expect(await run<readonly unknown[]>(ALERT_REQUESTS[1])).toHaveLength(
      rules.flatMap(({ alerts }) => alerts).filter(({ state }) => state === "firing").length,
    );
    expectFilled(alertsTable(rules));
    const changes = world.queries.changes();
    expect(await run<readonly unknown[]>(CHANGE_REQUESTS[0])).toHaveLength(changes.length);
    expectFilled(changesTable(changes));
  });
});

test("tables of figures have a cell for each column", () => {
  const samples = Object.fromEntries(Object.keys(HEALTH_EXPRESSIONS).map((name) => [name, []]));
  expectFilled(processesTable(processHealths(world.queries.catalogue(), samples as never)));
  expectFilled(
    probesTable([
      {
        ...{ probe: "buy", region: "eu", success: true, status: 200, durationUs: 1, successShare: 1 },
        ...{ usualUs: undefined, slowestUs: 3, phases: [{ title: "DNS", durationUs: 2_000 }] },
      },
    ]),
  );
  expect(ledgersTable(world.queries.sloLedgers().ledgers).columns.length).toBeGreaterThan(0);
});
