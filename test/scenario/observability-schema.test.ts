import { expect, test } from "vitest";
import { formatDiagnostic } from "../../server/base/diagnostic.js";
import { readTopology } from "../../server/scenario/read-scenario.js";
import { smallFiles, TOPOLOGY_FILE } from "./small-files.js";

const read = (plant: string) =>
  readTopology(smallFiles([TOPOLOGY_FILE, "  retention: 15d", `  retention: 15d\n${plant}`]), TOPOLOGY_FILE);

test("a plant with everything that can be declared", () => {
  const { topology, diagnostics } = read(`  headCompaction: 10m
  outOfMemory: { restart: 30s, replayPerSeries: 50us }
  collector:
    id: otel-gateway
    batchDelay: 2s
    queue: 5000
    spansPerSecond: 8000
    tailSampling: { decisionWait: 8s, slowerThan: 750ms, ratio: 10% }
  logShipper: { linesPerSecond: 900, infoRatio: 25%, debugLines: 12 }
  clocks:
    - { service: shop, instance: shop-1, offset: -350ms, drift: 40 }`);
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  expect(topology?.plant).toMatchObject({
    headCompaction: 600_000_000,
    outOfMemory: { restart: 30_000_000, replayPerSeries: 50 },
    collector: {
      id: "otel-gateway",
      batchDelay: 2_000_000,
      batchSpansMax: 20_000,
      queueCapacity: 5_000,
      spansPerSecond: 8_000,
      memoryLimitSpans: 1_000_000,
      tailSampling: { decisionWait: 8_000_000, tracesMax: 50_000, errors: true, slowerThan: 750_000, ratio: 0.1 },
    },
    logShipper: { flush: 1_000_000, linesPerSecond: 900, bufferLines: 50_000, infoRatio: 0.25, debugLines: 12 },
    clocks: [{ service: "shop", instance: "shop-1", offsetUs: -350_000, driftPpm: 40 }],
  });
});

test("what is not declared is not there", () => {
  const { topology } = readTopology(smallFiles(), TOPOLOGY_FILE);
  for (const name of ["headCompaction", "outOfMemory", "collector", "logShipper", "clocks"])
    expect(topology?.plant).not.toHaveProperty(name);
});

test.each<[string, string, RegExp]>([
  ["the clock of a service that is not there", "  clocks: [{ service: shpo, offset: +1s }]", /shpo/],
  [
    "the clock of another service's process",
    "  clocks: [{ service: shop, instance: db-1, offset: +1s }]",
    /no process db-1/,
  ],
  [
    "a collector with the id of the metrics server",
    "  collector: { id: prometheus }",
    /prometheus is the metrics server's id/,
  ],
  ["a queue without room", "  collector: { queue: 0 }", /whole number from 1/],
])("refuses %s", (_title, plant, reason) => {
  const { diagnostics, topology } = read(plant);
  expect(topology).toBeUndefined();
  expect(diagnostics.map(formatDiagnostic).join("\n")).toMatch(reason);
});
