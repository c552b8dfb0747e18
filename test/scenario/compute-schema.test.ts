/** Machines and containers as a file says them: what is built, and what is refused where. */
import { expect, test } from "vitest";
import { assert } from "../../server/base/assert.js";
import { formatDiagnostic } from "../../server/base/diagnostic.js";
import { readTopology } from "../../server/scenario/read-scenario.js";
import { smallFiles, TOPOLOGY_FILE } from "./small-files.js";

const SHOP = "    instances: 2\n    workers: 8\n";
const MEMORY = "memory: { limit: 256MiB, base: 64MiB, perRequest: 64KiB }\n    startup: 10s";

function read(service: string, memory = "", rest = "", store = "") {
  const files = smallFiles(
    [TOPOLOGY_FILE, SHOP, `${SHOP}${service}`],
    [TOPOLOGY_FILE, MEMORY, MEMORY.replace("64KiB }", `64KiB${memory} }`)],
    [TOPOLOGY_FILE, "stores:\n", `${rest}stores:\n`],
    [TOPOLOGY_FILE, "    connections: 50\n", `    connections: 50\n${store}`],
  );
  const { topology, diagnostics } = readTopology(files, TOPOLOGY_FILE);
  return { topology, complaints: diagnostics.map(formatDiagnostic).join("\n") };
}

const NODES = "nodes: { pool: { count: 2, cores: 4 } }\n";

test("what is declared is built with its units and defaults", () => {
  const { topology, complaints } = read(
    [
      "    quota: { cores: 0.5, parallel: 2 }",
      "    descriptors: {}",
      "    volume: { size: 1GiB, bytesPerRequest: 4KiB }",
      "    queuePolicy: lifo",
      "    bulkheads: [{ operations: [POST /orders], workers: 8 }]",
      "    nodes: [pool]\n",
    ].join("\n"),
    ", allocation: { perCpuMs: 1MiB }",
    NODES,
    "    volume: { size: 2GiB, used: 1GiB, bytesPerWrite: 1KiB }\n",
  );
  expect(complaints).toBe("");
  assert(topology !== undefined, "it is right");
  expect(topology.services.find(({ id }) => id === "shop")?.compute).toEqual({
    quota: { cores: 0.5, period: 100_000, parallel: 2 },
    memory: {
      collector: "concurrent",
      allocationPerRequestBytes: 256 * 1024,
      allocationPerCpuMsBytes: 2 ** 20,
      heapBytes: Math.floor(0.95 * 256 * 2 ** 20),
    },
    descriptors: { limit: 1_024, base: 40 },
    volume: { sizeBytes: 2 ** 30, usedBytes: 0, bytesPerWrite: 4_096 },
    queuePolicy: "lifo",
    bulkheads: [{ operations: ["POST /orders"], workers: 8 }],
    nodes: ["pool"],
  });
  expect(topology.services.find(({ id }) => id === "edge")?.compute).toBeUndefined();
  expect(topology.stores[0]?.volume).toEqual({ sizeBytes: 2 ** 31, usedBytes: 2 ** 30, bytesPerWrite: 1_024 });
  expect(topology.nodes).toMatchObject([{ id: "pool", count: 2, cores: 4, zones: ["zone-a", "zone-b", "zone-c"] }]);
});

test.each([
  [
    "a group of nodes that is not there",
    "    nodes: [poll]\n",
    "",
    NODES,
    'unknown group of nodes "poll" (did you mean "pool"?)',
  ],
  ["nodes of a topology without any", "    nodes: [pool]\n", "", "", "the topology declares no nodes"],
  [
    "workers for an operation that is not there",
    "    bulkheads: [{ operations: [GET /x], workers: 2 }]\n",
    "",
    "",
    'unknown operation "GET /x"',
  ],
  [
    "more workers set apart than there are",
    "    bulkheads: [{ operations: [POST /orders], workers: 9 }]\n",
    "",
    "",
    "9 of 8 workers are set apart",
  ],
  [
    "an operation in two partitions",
    "    bulkheads: [{ operations: [POST /orders, POST /orders], workers: 2 }]\n",
    "",
    "",
    "has workers of its own already",
  ],
  [
    "a quota that cannot be used up",
    "    quota: { cores: 2, parallel: 1 }\n",
    "",
    "",
    "on 1 cores a quota of 2 can never be used up",
  ],
  [
    "a quota that the load needs twice over",
    "    quota: { cores: 0.02, parallel: 1 }\n",
    "",
    "",
    "the load cannot be served",
  ],
  ["a heap below what lives", "", ", heap: 32MiB", "", "the heap cannot hold what an idle process has"],
  ["no descriptor for anybody", "    descriptors: { limit: 50, base: 50 }\n", "", "", "has no descriptor left"],
  [
    "a volume that is full",
    "    volume: { size: 1GiB, used: 1GiB }\n",
    "",
    "",
    "the volume is full from the beginning",
  ],
  [
    "nodes without end",
    "",
    "",
    "nodes: { a: { count: 500, cores: 4 }, b: { count: 1, cores: 4 } }\n",
    "501 nodes, allowed 500",
  ],
])("%s is refused", (_title, service, memory, rest, complaint) => {
  const { topology, complaints } = read(service, memory, rest);
  expect(topology).toBeUndefined();
  expect(complaints).toContain(complaint);
});
