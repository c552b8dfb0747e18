/** What a topology file says about deliveries and external parties, as the engine gets it. */
import { expect, test } from "vitest";
import { readTopology } from "../../server/scenario/read-scenario.js";
import type { Topology } from "../../server/topology/types.js";
import { smallFiles, TOPOLOGY_FILE } from "./small-files.js";

/** A shop that publishes events for a mailer, which asks a bank. */
function read(queue: string, external: string): Topology {
  const files = smallFiles(
    [
      TOPOLOGY_FILE,
      "          - query: db insert-order",
      "          - query: db insert-order\n          - publish: events",
    ],
    [
      TOPOLOGY_FILE,
      "stores:",
      `  mailer:
    title: Mailer
    kind: worker
    language: Go
    team: shop
    version: 1.0.0
    instances: 1
    workers: 4
    cores: 1
    memory: { limit: 256MiB, base: 64MiB, perRequest: 64KiB }
    startup: 10s
    dependencies: { bank: { pool: 8, timeout: 1s, callRate: { perSecond: 50 } } }
    operations:
      events process: { steps: [{ external: bank POST /x }] }
queues:
  events:
    title: Events
    engine: kafka
    capacity: 100
    publishLatency: 1ms
    consumer: { call: mailer events process, concurrency: 10 }
    ${queue}
externals:
  bank: { title: Bank, operations: { POST /x: { latency: 2ms } }, ${external} }
stores:`,
    ],
  );
  const { topology, diagnostics } = readTopology(files, TOPOLOGY_FILE);
  if (topology === undefined) throw new Error(JSON.stringify(diagnostics));
  return topology;
}

test("times in µs, what is left out by its default", () => {
  const { queues, externals, services } = read(
    `delivery: { visibilityTimeout: 30s, deadLetters: { redriveAfter: 5m } }
    partitions: { count: 8 }
    overflow: block
    retention: 1h`,
    "quota: { limit: 1200, per: 1m }, capacity: { concurrency: 20 }, maintenance: [{ at: 3h, for: 30m }]",
  );
  expect(queues[0]).toMatchObject({
    delivery: {
      attempts: 5,
      backoff: 1_000_000,
      multiplier: 2,
      visibilityTimeout: 30_000_000,
      prefetch: 0,
      idempotent: false,
      deadLetters: { capacity: 10_000, redriveAfter: 300_000_000, redrives: 10 },
    },
    partitions: {
      count: 8,
      key: "user",
      rebalancePause: 3_000_000,
      sessionTimeout: 10_000_000,
      maxPollInterval: 300_000_000,
    },
    overflow: "block",
    retention: 3_600_000_000,
  });
  expect(externals[0]).toMatchObject({
    quota: { limit: 1_200, per: 60_000_000, burst: 1_200 },
    capacity: { concurrency: 20, queue: 0 },
    maintenance: [{ at: 10_800_000_000, for: 1_800_000_000 }],
  });
  expect(services.find(({ id }) => id === "mailer")?.dependencies[0]?.policy).toEqual({
    callRate: { perSecond: 50, burst: 50 },
  });
});

test("a queue and a party that say nothing have nothing of it", () => {
  const { queues, externals } = read("", "");
  const { delivery, partitions, overflow, retention, confirmsPerSecond } = queues[0] ?? {};
  expect([delivery, partitions, overflow, retention, confirmsPerSecond]).toEqual(Array(5).fill(undefined));
  expect(Object.keys(externals[0] ?? {}).sort()).toEqual(["id", "operations", "title"]);
});
