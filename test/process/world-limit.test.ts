/** A world past its limits ends with the figure and the simulated time; the server and other worlds live on. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { ServerProcess } from "../fixtures/server-process.js";
import { RULES_FILE, SCENARIO_FILE, smallFiles, TOPOLOGY_FILE } from "../scenario/small-files.js";

const FAULT = `  - id: slow-database
    class: dependency/slow
    target: db
    onset: -5m
    parameters: { latency: 250ms }`;
const FLOOD = `  - id: slow-database
    class: traffic/surge
    target: edge
    onset: -1m
    parameters: { factor: 100 }`;

/** Requests wait a minute for an answer, in processes that take any number of them; then a hundred times as many come. */
const flooded = (): ReadonlyMap<string, string> =>
  smallFiles(
    [TOPOLOGY_FILE, "rps: 10\n", "rps: 100\n"],
    [TOPOLOGY_FILE, "instances: 2\n    workers: 16\n    cores: 1", "instances: 200\n    workers: 5000\n    cores: 16"],
    [TOPOLOGY_FILE, "shop: { pool: 8, timeout: 1s }", "bank: { pool: 10000, timeout: 10m }"],
    [TOPOLOGY_FILE, "call: shop POST /orders", "external: bank POST /charges"],
    [
      TOPOLOGY_FILE,
      "flags:",
      "externals:\n  bank: { title: Bank, operations: { POST /charges: { latency: 60s } } }\nflags:",
    ],
    [SCENARIO_FILE, FAULT, FLOOD],
  );

function writeScenarios(folder: string): void {
  for (const [file, text] of flooded()) write(join(folder, file), text);
  const calm = smallFiles([SCENARIO_FILE, "./topologies/tiny.yaml", "./topologies/calm.yaml"]);
  write(join(folder, "calm.yaml"), calm.get(SCENARIO_FILE) ?? "");
  write(join(folder, "topologies/calm.yaml"), calm.get(TOPOLOGY_FILE) ?? "");
  write(join(folder, RULES_FILE), calm.get(RULES_FILE) ?? "");
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

async function createRun(url: string, scenarioId: string): Promise<string> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/api/runs`, { method: "POST", headers, body: JSON.stringify({ scenarioId }) });
  expect(answer.status, await answer.clone().text()).toBeLessThan(300);
  return ((await answer.json()) as { readonly id: string }).id;
}

test("a flooded world is refused with its figure and the time; another runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "firedrill-flood-"));
  writeScenarios(folder);
  const server = await ServerProcess.start(undefined, undefined, { FIREDRILL_SCENARIOS: folder });
  try {
    const run = await createRun(server.url, "buying");
    const answer = await fetch(`${server.url}/api/runs/${run}/alerts`);
    const text = await answer.text();
    expect(answer.status, text).toBe(422);
    expect(text).toMatch(
      /limit of requests in work of a world exceeded: \d+, allowed 262144, when the simulated clock stood at 14:04:1\d\.\d{3} UTC/,
    );

    const calm = await createRun(server.url, "calm");
    expect((await fetch(`${server.url}/api/runs/${calm}/alerts`)).status).toBe(200);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
