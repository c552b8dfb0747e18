/**
 * `npm run bench:query`: PromQL over HTTP beside a real Prometheus on the same series (4,000, two hours, every 5 s), where
 * `prometheus` and `promtool` are installed. The two take turns, so that whatever else runs slows both. Exit 1 when an
 * answer differs, or a budget is missed.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prometheusApi } from "../dist/server/apis/prometheus/prometheus.js";
import { QueryCache } from "../dist/server/query/promql/http-api.js";
import { BEGINS_MS, INSTANT_QUERY, RANGE_QUERIES, scrapes, STEP_MS, storeOf } from "./bench/query-data.mjs";

const ROWS = 1_440;
const RUNS = 9;
/** Between two scrapes: whether a range holds the sample at its very beginning changed with Prometheus 3. */
const END_SECONDS = (BEGINS_MS + (ROWS - 1) * STEP_MS) / 1_000 - 2;
const INSTANT_MS_WANTED = 10;
const SHARE_WANTED = 0.5;

const range = (query) =>
  `query_range?${new URLSearchParams({ query, start: END_SECONDS - 3_600, end: END_SECONDS, step: 15 })}`;
const instant = (query) => `query?${new URLSearchParams({ query, time: END_SECONDS })}`;
const QUESTIONS = [
  ...RANGE_QUERIES.map((text) => ({ text, path: range(text) })),
  { text: INSTANT_QUERY, path: instant(INSTANT_QUERY), atMostMs: INSTANT_MS_WANTED },
];

async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
}

/** The API as the server mounts it, over a store and nothing else. */
async function startOurs() {
  const metrics = storeOf(ROWS);
  const { samples, sampleBytes } = metrics.figures();
  console.log(`${samples} samples in ${(sampleBytes / samples).toFixed(2)} bytes each`);
  const world = { metrics, promql: new QueryCache(), model: { metricMetadata: [] }, nowUs: END_SECONDS * 1e6 };
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://localhost");
    const parameters = {};
    for (const [name, value] of url.searchParams) (parameters[name] ??= []).push(value);
    const asked = {
      method: "GET",
      path: url.pathname.slice(1),
      parameters,
      body: new Uint8Array(),
      contentType: "",
      accept: "",
      clockAheadMs: 0,
    };
    const { httpStatus, contentType, body } = prometheusApi.answer(asked, world);
    response.writeHead(httpStatus, { "content-type": contentType }).end(body);
  });
  return { base: `http://127.0.0.1:${await listen(server)}`, stop: () => server.close() };
}

const escaped = (labels) =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(",");

/** The same samples as OpenMetrics text. */
async function writeSamples(file) {
  const out = createWriteStream(file);
  let text = "";
  let waiting = [];
  scrapes(ROWS, (row, { series }, values) => {
    const seconds = (BEGINS_MS + row * STEP_MS) / 1_000;
    for (const [index, { name, labels }] of series.entries())
      text += `${name}{${escaped(labels)}} ${values[index]} ${seconds}\n`;
    if (text.length > 1 << 22) {
      waiting.push(text);
      text = "";
    }
  });
  for (const part of [...waiting, text, "# EOF\n"]) if (!out.write(part)) await once(out, "drain");
  waiting = [];
  out.end();
  await once(out, "finish");
}

async function startPrometheus() {
  const folder = mkdtempSync(join(tmpdir(), "bench-query-"));
  const data = join(folder, "data");
  await writeSamples(join(folder, "samples.txt"));
  const made = spawnSync("promtool", ["tsdb", "create-blocks-from", "openmetrics", join(folder, "samples.txt"), data]);
  if (made.status !== 0) throw new Error(`promtool: ${String(made.stderr)}`);
  writeFileSync(join(folder, "prometheus.yml"), "");
  const probe = createServer();
  const port = await listen(probe);
  probe.close();
  const child = spawn(
    "prometheus",
    [
      `--config.file=${join(folder, "prometheus.yml")}`,
      `--storage.tsdb.path=${data}`,
      "--storage.tsdb.retention.time=100y",
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=error",
    ],
    { stdio: "ignore" },
  );
  const base = `http://127.0.0.1:${port}`;
  await ready(`${base}/-/ready`);
  return {
    base,
    stop: async () => {
      child.kill();
      await once(child, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}

async function ready(url) {
  for (let attempt = 0; attempt < 300; attempt++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} did not get ready`);
}

async function ask(base, path) {
  const begun = performance.now();
  const answer = await fetch(`${base}/api/v1/${path}`);
  const text = await answer.text();
  return { ms: performance.now() - begun, text };
}

/** Points by series and time. */
function points(text) {
  const { status, data } = JSON.parse(text);
  if (status !== "success") throw new Error(text.slice(0, 300));
  const found = new Map();
  for (const { metric, value, values = [value] } of data.result) {
    const labels = JSON.stringify(Object.entries(metric).sort());
    for (const [time, number] of values) found.set(`${labels} ${time}`, Number(number));
  }
  return found;
}

/** Equal but for the order in which numbers were added up. */
function agree(left, right) {
  const [ours, theirs] = [points(left), points(right)];
  if (ours.size !== theirs.size) return false;
  return [...ours].every(([key, value]) => Math.abs(value - (theirs.get(key) ?? NaN)) <= 1e-9 * Math.abs(value));
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

/** Milliseconds of each server, which take turns. */
async function race(servers, path) {
  const times = servers.map(() => []);
  let answers = [];
  for (let run = 0; run < RUNS; run++) {
    const texts = [];
    for (const [index, { base }] of servers.entries()) {
      const { ms, text } = await ask(base, path);
      times[index].push(ms);
      texts.push(text);
    }
    answers = texts;
  }
  return { medians: times.map(median), answers };
}

async function main() {
  const installed = ["prometheus", "promtool"].every((tool) => spawnSync(tool, ["--version"]).status === 0);
  const servers = [await startOurs(), ...(installed ? [await startPrometheus()] : [])];
  if (!installed) console.log("prometheus is not installed: nothing to compare with");
  try {
    for (const { text, path, atMostMs } of QUESTIONS) {
      const { medians, answers } = await race(servers, path);
      const [ours, theirs] = medians;
      const beside =
        theirs === undefined ? "" : `, Prometheus ${theirs.toFixed(1)} ms (${(ours / theirs).toFixed(2)} of it)`;
      const same = answers.length < 2 || agree(answers[0], answers[1]);
      const slow =
        (theirs !== undefined && atMostMs === undefined && ours > theirs * SHARE_WANTED) ||
        ours > (atMostMs ?? Infinity);
      console.log(`${text}: ${ours.toFixed(1)} ms${beside}${same ? "" : " ANSWERS DIFFER"}${slow ? " MISSED" : ""}`);
      if (!same || slow) process.exitCode = 1;
    }
  } finally {
    for (const server of servers) await server.stop();
  }
}

await main();
