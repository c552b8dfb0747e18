/** Over HTTP and sockets, as a browser asks: ten queries of the dashboards over the hour, and commands until they are durable. */
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { io } from "socket.io-client";
import { startServer } from "../start-server.mjs";

const ROUNDS = { small: 1, large: 10 };
const COMMANDS = { small: 5, large: 50 };
const SERVER = "http_server_request_duration_seconds";
const CLIENT = "http_client_request_duration_seconds";
const DATABASE = "db_client_operation_duration_seconds";
const quantile = (q, metric, by, where) =>
  `histogram_quantile(${q}, sum by (le${by}) (rate(${metric}_bucket{${where}}[1m])))`;

/** Of the boards `services`, `order` and `monitoring`. */
const QUERIES = [
  `sum by (job) (rate(${SERVER}_count[1m]))`,
  `sum by (job) (rate(${SERVER}_count{http_response_status_code=~"5.."}[1m])) / sum by (job) (rate(${SERVER}_count[1m]))`,
  quantile(0.99, SERVER, ", job", ""),
  quantile(0.99, SERVER, ", http_route", 'job="edge"'),
  quantile(0.99, CLIENT, ", server_address", 'job="order"'),
  quantile(0.99, DATABASE, ", db_query_summary", 'job="inventory"'),
  "max by (job) (worker_pool_usage / worker_pool_limit)",
  "max by (job) (rate(process_cpu_seconds_total[1m]) / process_cpu_cores)",
  'sum by (job) (rate(log_lines_total{level=~"warn|error"}[1m]))',
  "avg by (job) (up)",
];

/** Nearest rank. */
const percentile = (values, share) => values.sort((a, b) => a - b)[Math.ceil(values.length * share) - 1];

export async function openRun(url) {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ scenarioId: "checkout-errors" });
  const run = await (await fetch(`${url}/api/runs`, { method: "POST", headers, body })).json();
  for (let attempt = 0; attempt < 300; attempt++) {
    const snapshot = await (await fetch(`${url}/api/runs/${run.id}`)).json();
    if (attempt === 0) await fetch(`${url}/api/runs/${run.id}/alerts`);
    if (snapshot.historyProgress === 1) return { runId: run.id, snapshot };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the history was not there after 30 s");
}

async function timeQueries(url, { runId, snapshot }, rounds) {
  const times = [];
  const hash = createHash("sha256");
  const end = Math.floor(snapshot.startsAtUs / 1e6);
  for (let round = 0; round < rounds; round++) {
    for (const query of QUERIES) {
      const parameters = new URLSearchParams({ query, start: String(end - 3_600), end: String(end), step: "15" });
      const begun = performance.now();
      const answer = await fetch(`${url}/api/runs/${runId}/prometheus/api/v1/query_range?${parameters}`);
      const text = await answer.text();
      times.push(performance.now() - begun);
      if (!answer.ok) throw new Error(`${query}: ${text}`);
      if (round === 0) hash.update(text);
    }
  }
  return { times, checksum: hash.digest("hex").slice(0, 16) };
}

/** Sends one command on a socket of its own. */
export async function sendTo(url, runId, command) {
  const socket = io(url, { transports: ["websocket"] });
  await send(socket, runId, command);
  socket.close();
}

const send = (socket, runId, command) =>
  new Promise((resolve, reject) => {
    socket.emit("run:command", { runId, commandId: randomUUID(), command }, (answer) =>
      answer.ok ? resolve() : reject(new Error(answer.error.message)),
    );
  });

async function timeCommands(url, { runId }, count) {
  const socket = io(url, { transports: ["websocket"] });
  await send(socket, runId, { kind: "start" });
  const times = [];
  for (let index = 0; index < count; index++) {
    const begun = performance.now();
    await send(socket, runId, { kind: "set-speed", speed: index % 2 === 0 ? 2 : 1 });
    times.push(performance.now() - begun);
    // The server takes twenty messages a second from one socket.
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  socket.close();
  return times;
}

export async function benchServer(size) {
  const dataFolder = mkdtempSync(join(tmpdir(), "firedrill-bench-"));
  const { url, stop } = await startServer(dataFolder, "dist/server/main.js");
  try {
    const run = await openRun(url);
    const { times, checksum } = await timeQueries(url, run, ROUNDS[size]);
    const commands = await timeCommands(url, run, COMMANDS[size]);
    const wanted = size === "large" ? { wanted: { atMost: 150 } } : {};
    return [
      {
        figure: "ten dashboard queries over the hour, p95",
        value: percentile(times, 0.95),
        unit: "ms",
        checksum,
        ...wanted,
      },
      { figure: "ten dashboard queries over the hour, p50", value: percentile(times, 0.5), unit: "ms" },
      { figure: "command until acknowledged and durable, p95", value: percentile(commands, 0.95), unit: "ms" },
    ];
  } finally {
    await stop();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}
