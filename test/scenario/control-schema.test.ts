/** Deploys, health checks and autoscalers as a file says them: what is built, shown and refused. */
import { expect, test } from "vitest";
import { assert } from "../../server/base/assert.js";
import { formatDiagnostic } from "../../server/base/diagnostic.js";
import { readTopology } from "../../server/scenario/read-scenario.js";
import { at, engine, model } from "../fixtures/topology.js";
import { smallFiles, TOPOLOGY_FILE } from "./small-files.js";

const SHOP = "    instances: 2\n    workers: 8\n";

function read(...lines: readonly string[]) {
  const written = lines.map((line) => `    ${line}\n`).join("");
  const { topology, diagnostics } = readTopology(smallFiles([TOPOLOGY_FILE, SHOP, `${SHOP}${written}`]), TOPOLOGY_FILE);
  return { topology, complaints: diagnostics.map(formatDiagnostic).join("\n") };
}

const DECLARED = [
  "deploy: { maxSurge: 1 }",
  "health: { liveness: {}, readiness: { kind: connect, every: 2s }, panicShare: 50% }",
  "autoscale: { target: 0.5, max: 6 }",
  "warmUp: { factor: 3, time: 30s }",
];

test("what is declared is built with its units and defaults", () => {
  const { topology, complaints } = read(...DECLARED);
  expect(complaints).toBe("");
  const shop = topology?.services.find(({ id }) => id === "shop");
  expect(shop?.deploy).toMatchObject({ strategy: "rolling", maxUnavailable: 1, maxSurge: 1, pause: 2_000_000 });
  const liveness = { kind: "request", every: 10_000_000, timeout: 1_000_000, failures: 3, successes: 1, worker: true };
  expect(shop?.health).toMatchObject({ liveness, readiness: { kind: "connect", every: 2_000_000 }, panicShare: 0.5 });
  expect(shop?.autoscale).toEqual({
    metric: "cpu",
    target: 0.5,
    min: 2,
    max: 6,
    every: 15_000_000,
    stabilization: 300_000_000,
    tolerance: 0.1,
  });
  expect(shop?.warmUp).toEqual({ factor: 3, time: 30_000_000 });
  expect(topology?.services.find(({ id }) => id === "edge")?.health).toBeUndefined();
});

test("the orchestrator shows what it does, and a world without one shows nothing", () => {
  const { topology } = read(...DECLARED);
  assert(topology !== undefined, "it is right");
  const world = engine(model(topology));
  world.run(at(20));
  const { orchestrator } = world.model;
  assert(orchestrator !== undefined, "it has an orchestrator");
  const values = world.valuesOf(orchestrator.target);
  const shown = orchestrator.metrics.layout.series.flatMap(({ name, labels }, index) => {
    const value = values[index] ?? NaN;
    return Number.isNaN(value) ? [] : [[`${name} ${Object.values(labels).join(" ")}`, value] as const];
  });
  const value = (text: string): number | undefined => shown.find(([series]) => series === text)?.[1];
  expect(value("kube_deployment_spec_replicas shop")).toBe(2);
  expect(value("kube_deployment_status_replicas_available shop")).toBe(2);
  expect(value("kube_horizontalpodautoscaler_spec_max_replicas shop")).toBe(6);
  expect(value("kube_pod_status_ready shop-1 shop true")).toBe(1);
  expect(value("kube_pod_status_ready shop-5 shop true")).toBeUndefined();
  // Eighty seconds of one check in ten, and of one in two.
  expect(value("prober_probe_total shop-0 shop Liveness successful")).toBe(8);
  expect(value("prober_probe_total shop-0 shop Readiness successful")).toBe(40);
  const { topology: plain } = read();
  assert(plain !== undefined, "it is right");
  expect(model(plain).orchestrator).toBeUndefined();
});

test.each([
  ["deploy: { maxUnavailable: 0 }", "nothing can be replaced"],
  ["health: { readiness: { asks: [nobody] } }", 'shop has no dependency "nobody" that could be asked'],
  ["autoscale: { min: 5, max: 3 }", "at least 5 instances and at most 3"],
  ["autoscale: { min: 3, max: 5 }", "the service begins with 2 instances"],
])("refuses %s", (line, message) => {
  const { topology, complaints } = read(line);
  expect(topology).toBeUndefined();
  expect(complaints).toContain(message);
});
