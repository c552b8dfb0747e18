/**
 * `npm run test:clients`: promtool, amtool and a Prometheus of Debian's packages against a live run, and what Grafana asks
 * to test its data sources, each a row of a table. Installs them where it can. Exit 1 when a row failed, or when a program is not there.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRun, sendTo } from "./bench/server.mjs";
import { startServer } from "./start-server.mjs";
import { amtoolRows } from "./clients/amtool.mjs";
import { grafanaRows } from "./clients/grafana.mjs";
import { installed } from "./clients/program.mjs";
import {
  remoteReadRows,
  remoteWriteRows,
  startPrometheus,
  startReceiver,
  wallClockRows,
} from "./clients/prometheus.mjs";
import { promtoolRows } from "./clients/promtool.mjs";

const PROGRAMS = ["promtool", "prometheus", "amtool"];
const PACKAGES = ["prometheus", "prometheus-alertmanager"];
const TITLE_WIDTH = 130;

const folder = mkdtempSync(join(tmpdir(), "firedrill-clients-"));
const there = installed(PROGRAMS, PACKAGES);
// Its requests are made here: it need not be there itself.
there.add("grafana");
const server = await startServer(join(folder, "data"), "dist/server/main.js");
const failures = [];

async function row(program, [title, check]) {
  const begun = performance.now();
  let problem = there.has(program) ? undefined : "the program is not installed";
  if (problem === undefined) await check().catch((error) => (problem = String(error.message)));
  if (problem !== undefined) failures.push(title);
  const result = problem === undefined ? "ok" : "FAILED";
  const ms = (performance.now() - begun).toFixed(0).padStart(6);
  console.log(`${program.padEnd(10)} ${title.slice(0, TITLE_WIDTH).padEnd(TITLE_WIDTH)} ${result.padEnd(6)} ${ms} ms`);
  if (problem !== undefined) console.log(`           ${problem.slice(0, 500)}`);
}

async function withPrometheus(name, start, rowsOf) {
  if (!there.has("prometheus")) return row("prometheus", [name, () => undefined]);
  const prometheus = await start(name);
  try {
    for (const one of rowsOf(prometheus)) await row("prometheus", one);
  } finally {
    await prometheus.stop();
  }
}

try {
  const opened = await openRun(server.url);
  const { tools } = await (await fetch(`${server.url}/api/runs/${opened.runId}/access`)).json();
  const addressOf = (name, kind) => `${server.url}${tools.find((tool) => tool.name === name)?.[kind] ?? "/none"}`;
  const path = addressOf("prometheus", "path");
  const { activeTargets: targets } = (await (await fetch(`${path}/api/v1/targets`)).json()).data;
  // Half a minute before the page, and between the scrapes of whatever target.
  const endSeconds = Math.floor(opened.snapshot.startsAtUs / 1e6) - 31.737;
  const run = { path, wallPath: addressOf("prometheus", "wallPath"), folder, targets, endSeconds };
  await sendTo(server.url, opened.runId, { kind: "start" });
  for (const one of await grafanaRows(run)) await row("grafana", one);
  for (const one of promtoolRows(run)) await row("promtool", one);
  for (const one of amtoolRows({ wallPath: addressOf("alertmanager", "wallPath"), folder })) await row("amtool", one);
  await withPrometheus(
    "simulated",
    (name) => startPrometheus(run, run.path, name),
    (prometheus) => remoteReadRows(run, prometheus),
  );
  await withPrometheus(
    "written",
    (name) => startReceiver(run, name),
    (prometheus) => remoteWriteRows(run, prometheus),
  );
  await withPrometheus("wall", (name) => startPrometheus(run, run.wallPath, name), wallClockRows);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures.length === 0 ? "every client works" : `${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
