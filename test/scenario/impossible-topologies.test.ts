/**
 * Topologies that cannot be, one mistake each: refused with file, line, column and reason. Each position is
 * that of what is wrong: a value, or a key where the key is.
 */
import { expect, test } from "vitest";
import { formatDiagnostic } from "../../server/base/diagnostic.js";
import { readTopology } from "../../server/scenario/read-scenario.js";
import { smallFiles, TOPOLOGY_FILE } from "./small-files.js";

type Edit = readonly [piece: string, replacement: string];

function complaints(edits: readonly Edit[]): readonly string[] {
  const files = smallFiles(...edits.map(([piece, replacement]) => [TOPOLOGY_FILE, piece, replacement] as const));
  return readTopology(files, TOPOLOGY_FILE).diagnostics.map(formatDiagnostic);
}

const QUERY = "query: db insert-order";
const DEPENDENCY = "db: { pool: 8, timeout: 1s, retry: { attempts: 2 } }";

/** A worker that takes messages which the shop publishes, and then does `step`. */
const withQueue = (step: string, concurrency = "4"): readonly Edit[] => [
  [`          - ${QUERY}`, `          - ${QUERY}\n          - publish: events`],
  [
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
    operations:
      events process: { steps: [{ ${step} }] }
queues:
  events:
    title: Events
    engine: rabbitmq
    capacity: 100
    publishLatency: 1ms
    consumer: { call: mailer events process, concurrency: ${concurrency} }
stores:`,
  ],
];

const REFUSED: readonly (readonly [title: string, edits: readonly Edit[], complaint: string])[] = [
  [
    "an unknown service",
    [["call: shop POST /orders", "call: shup POST /orders"]],
    'topologies/tiny.yaml:28:19: services.edge.operations["POST /buy"].steps[1].call: unknown service "shup" (did you mean "shop"?)',
  ],
  [
    "an unknown operation",
    [["call: shop POST /orders", "call: shop PUT /orders"]],
    'topologies/tiny.yaml:28:19: services.edge.operations["POST /buy"].steps[1].call: unknown operation of shop "PUT /orders" (did you mean "POST /orders"?)',
  ],
  [
    "an unknown store",
    [[QUERY, "query: bd insert-order"]],
    'topologies/tiny.yaml:45:20: services.shop.operations["POST /orders"].steps[1].query: unknown store "bd" (did you mean "db"?)',
  ],
  [
    "an unknown query",
    [[QUERY, "query: db insert"]],
    'topologies/tiny.yaml:45:20: services.shop.operations["POST /orders"].steps[1].query: unknown query of db "insert" (known: "insert-order")',
  ],
  [
    "an unknown cache",
    [[QUERY, "cache: redis things"]],
    'topologies/tiny.yaml:45:20: services.shop.operations["POST /orders"].steps[1].cache: unknown cache "redis"',
  ],
  [
    "an unknown queue",
    [[QUERY, "publish: events"]],
    'topologies/tiny.yaml:45:22: services.shop.operations["POST /orders"].steps[1].publish: unknown queue "events"',
  ],
  [
    "an unknown external party",
    [[QUERY, "external: bank POST /charges"]],
    'topologies/tiny.yaml:45:23: services.shop.operations["POST /orders"].steps[1].external: unknown external party "bank"',
  ],
  [
    "an unknown flag",
    [[`- ${QUERY}`, `- { ${QUERY}, when: shop.sail }`]],
    'topologies/tiny.yaml:45:45: services.shop.operations["POST /orders"].steps[1].when: unknown flag "shop.sail" (did you mean "shop.sale"?)',
  ],
  [
    "an unknown component in a dependency",
    [[DEPENDENCY, `${DEPENDENCY}\n      cash: { pool: 8, timeout: 1s }`]],
    'topologies/tiny.yaml:41:7: services.shop.dependencies.cash: unknown component "cash" (known: "edge", "shop", "db")',
  ],
  [
    "an unknown journey's operation",
    [["call: edge POST /buy", "call: edge POST /by"]],
    'topologies/tiny.yaml:9:41: journeys.buy.call: unknown operation of edge "POST /by" (did you mean "POST /buy"?)',
  ],
  [
    "an unknown service of a link",
    [["network: { latency: 300us ~0.3 }", "network: { latency: 300us, links: [{ from: edg, to: shop }] }"]],
    'topologies/tiny.yaml:7:44: network.links[0].from: unknown service "edg" (did you mean "edge"?)',
  ],
  [
    "a link that nobody uses",
    [["network: { latency: 300us ~0.3 }", "network: { latency: 300us, links: [{ from: edge, to: db }] }"]],
    'topologies/tiny.yaml:7:54: network.links[0].to: edge declares no dependency on db (known: "shop")',
  ],
  [
    "an unknown consumer",
    [...withQueue("cpu: 1ms"), ["mailer events process", "mailer event process"]],
    'topologies/tiny.yaml:66:23: queues.events.consumer.call: unknown operation of mailer "event process" (did you mean "events process"?)',
  ],
  [
    "a consumer that is no worker",
    [...withQueue("cpu: 1ms"), ["kind: worker", "kind: service"]],
    "topologies/tiny.yaml:66:23: queues.events.consumer.call: mailer takes messages from a queue but is no worker (set services.mailer.kind: worker)",
  ],
  [
    "a journey that enters inside",
    [["call: edge POST /buy", "call: shop POST /orders"]],
    "topologies/tiny.yaml:9:41: journeys.buy.call: journeys enter at an edge service; shop is none (set services.shop.kind: edge)",
  ],
  [
    "calls in a circle of two",
    [[QUERY, "call: edge POST /buy"]],
    'topologies/tiny.yaml:45:19: services.shop.operations["POST /orders"].steps[1].call: calls run in a circle without end: edge POST /buy → shop POST /orders → edge POST /buy',
  ],
  [
    "an operation that calls itself",
    [[QUERY, "call: shop POST /orders"]],
    'topologies/tiny.yaml:45:19: services.shop.operations["POST /orders"].steps[1].call: calls run in a circle without end: shop POST /orders → shop POST /orders',
  ],
  [
    "a circle inside of branches",
    [[`- ${QUERY}`, "- parallel: [[{ cpu: 1ms }], [{ call: edge POST /buy }]]"]],
    'topologies/tiny.yaml:45:49: services.shop.operations["POST /orders"].steps[1].parallel[1][0].call: calls run in a circle without end: edge POST /buy → shop POST /orders → edge POST /buy',
  ],
  [
    "messages in a circle",
    withQueue("publish: events"),
    'topologies/tiny.yaml:59:44: services.mailer.operations["events process"].steps[0].publish: calls run in a circle without end: mailer events process → mailer events process',
  ],
  [
    "a message that leads back over a call",
    withQueue("call: shop POST /orders"),
    'topologies/tiny.yaml:59:41: services.mailer.operations["events process"].steps[0].call: calls run in a circle without end: shop POST /orders → mailer events process → shop POST /orders',
  ],
  [
    "a pool of none",
    [["shop: { pool: 8", "shop: { pool: 0"]],
    "topologies/tiny.yaml:23:21: services.edge.dependencies.shop.pool: must be a whole number from 1 to 10000, not 0",
  ],
  [
    "no workers",
    [["workers: 8", "workers: 0"]],
    "topologies/tiny.yaml:35:14: services.shop.workers: must be a whole number from 1 to 5000, not 0",
  ],
  [
    "no instances",
    [["instances: 2\n    workers: 8", "instances: 0\n    workers: 8"]],
    "topologies/tiny.yaml:34:16: services.shop.instances: must be a whole number from 1 to 200, not 0",
  ],
  [
    "half an instance",
    [["instances: 2\n    workers: 8", "instances: 1.5\n    workers: 8"]],
    "topologies/tiny.yaml:34:16: services.shop.instances: must be a whole number from 1 to 200, not 1.5",
  ],
  [
    "no cores",
    [["cores: 2", "cores: 0"]],
    "topologies/tiny.yaml:50:12: stores.db.cores: must be a number from 0.1 to 512, not 0",
  ],
  [
    "no connections",
    [["connections: 50", "connections: 0"]],
    "topologies/tiny.yaml:51:18: stores.db.connections: must be a whole number from 1 to 20000, not 0",
  ],
  [
    "consumers that are none",
    withQueue("cpu: 1ms", "0"),
    "topologies/tiny.yaml:66:59: queues.events.consumer.concurrency: must be a whole number from 1 to 10000, not 0",
  ],
  [
    "a time-out of nothing",
    [["shop: { pool: 8, timeout: 1s }", "shop: { pool: 8, timeout: 0s }"]],
    'topologies/tiny.yaml:23:33: services.edge.dependencies.shop.timeout: must be a duration above zero with a unit (us, ms, s, m, h, d), such as 250ms or 1m30s, not "0s"',
  ],
  [
    "a negative time",
    [["startup: 5s", "startup: -5s"]],
    'topologies/tiny.yaml:21:14: services.edge.startup: must be a duration above zero with a unit (us, ms, s, m, h, d), such as 250ms or 1m30s, not "-5s"',
  ],
  [
    "no load",
    [["rps: 10", "rps: 0"]],
    "topologies/tiny.yaml:3:8: load.rps: nobody comes: the rate is 0 and there are no populations",
  ],
  [
    "a day of 23 hours",
    [["dailyCurve: [1,1,", "dailyCurve: [1,"]],
    "topologies/tiny.yaml:4:15: load.dailyCurve: must have 24 factors, one an hour (UTC)",
  ],
  [
    "a basket that is smaller than its median",
    [["median: 2, sigma: 0.5, max: 10", "median: 4, sigma: 0.5, max: 3"]],
    "topologies/tiny.yaml:6:41: load.basket.max: must not be below the median",
  ],
  [
    "shares over 100 %",
    [["share: 100%", "share: 101%"]],
    'topologies/tiny.yaml:9:29: journeys.buy.share: must be a ratio from 0 to 1, or a percentage, such as 0.005 or 0.5%, not "101%"',
  ],
  [
    "shares under 100 %",
    [["share: 100%", "share: 99%"]],
    "topologies/tiny.yaml:8:1: journeys: shares sum to 99 %, not 100 %",
  ],
  [
    "more retries than anybody wants",
    [["attempts: 2", "attempts: 11"]],
    "topologies/tiny.yaml:40:54: services.shop.dependencies.db.retry.attempts: must be a whole number from 1 to 10, not 11",
  ],
  [
    "a process that does not fit its memory",
    [["limit: 256MiB, base: 64MiB", "limit: 64MiB, base: 64MiB"]],
    "topologies/tiny.yaml:20:35: services.edge.memory.base: must be below the limit",
  ],
  [
    "a scrape that may take longer than its interval",
    [["scrapeTimeout: 10s", "scrapeTimeout: 20s"]],
    "topologies/tiny.yaml:60:18: plant.scrapeTimeout: must not be longer than scrapeInterval",
  ],
  [
    "one id for two things",
    [["flags:", "caches:\n  db: { title: DB, engine: redis, latency: 1ms, keyspaces: {} }\nflags:"]],
    'topologies/tiny.yaml:56:3: caches.db: "db" already names one of stores (ids are unique over all components)',
  ],
  [
    "a service that depends on itself",
    [[DEPENDENCY, `${DEPENDENCY}\n      shop: { pool: 8, timeout: 1s }`]],
    "topologies/tiny.yaml:41:7: services.shop.dependencies.shop: a service does not depend on itself",
  ],
  [
    "a call without a policy",
    [["shop: { pool: 8, timeout: 1s }", "{}"]],
    'topologies/tiny.yaml:28:19: services.edge.operations["POST /buy"].steps[1].call: edge has no dependency "shop" (add services.edge.dependencies.shop with pool and timeout)',
  ],
  [
    "a step that says nothing",
    [[`- ${QUERY}`, "- { optional: true }"]],
    'topologies/tiny.yaml:45:13: services.shop.operations["POST /orders"].steps[1]: a step does exactly one thing; this one says none (allowed: cpu, call, query, cache, external, publish, parallel)',
  ],
  [
    "an operation without steps",
    [[`          - cpu: 5ms ~0.3\n          - ${QUERY}`, "          []"]],
    'topologies/tiny.yaml:44:11: services.shop.operations["POST /orders"].steps: must have at least one step',
  ],
  [
    "flags that exclude each other",
    [[`- ${QUERY}`, `- { ${QUERY}, when: shop.sale, unless: shop.sale }`]],
    'topologies/tiny.yaml:45:56: services.shop.operations["POST /orders"].steps[1].unless: "when" and "unless" exclude each other',
  ],
  [
    "workers that cannot serve the load",
    [["rps: 10", "rps: 2000"]],
    "topologies/tiny.yaml:35:14: services.shop.workers: the workers of shop would be 138 % busy at the daily peak of 2000 requests/s without any fault (the load cannot be served; add instances or shorten the work)",
  ],
  [
    "processors that cannot serve the load",
    [["cpu: 5ms ~0.3", "cpu: 400ms"]],
    "topologies/tiny.yaml:36:12: services.shop.cores: the cores of shop would be 200 % busy at the daily peak of 10 requests/s without any fault (the load cannot be served; add instances or shorten the work)",
  ],
  [
    "a pool that cannot serve the load",
    [
      ["shop: { pool: 8", "shop: { pool: 1"],
      ["io: 4ms ~0.3", "io: 250ms"],
    ],
    "topologies/tiny.yaml:23:21: services.edge.dependencies.shop.pool: the pool of edge to shop would be 129 % busy at the daily peak of 10 requests/s without any fault (the load cannot be served; add instances or shorten the work)",
  ],
  [
    "a store that cannot serve the load",
    [["cpu: 1ms, io", "cpu: 300ms, io"]],
    "topologies/tiny.yaml:50:12: stores.db.cores: the cores of db would be 150 % busy at the daily peak of 10 requests/s without any fault (the load cannot be served; add instances or shorten the work)",
  ],
  [
    "connections that cannot serve the load",
    [
      ["connections: 50", "connections: 1"],
      ["io: 4ms ~0.3", "io: 150ms"],
    ],
    "topologies/tiny.yaml:51:18: stores.db.connections: the connections of db would be 152 % busy at the daily peak of 10 requests/s without any fault (the load cannot be served; add instances or shorten the work)",
  ],
  [
    "consumers that cannot keep up",
    withQueue("external: bank POST /x", "1").concat([
      ["queues:", "externals:\n  bank: { title: Bank, operations: { POST /x: { latency: 200ms } } }\nqueues:"],
      [
        "    operations:\n      events process",
        "    dependencies: { bank: { pool: 8, timeout: 1s } }\n    operations:\n      events process",
      ],
    ]),
    "topologies/tiny.yaml:69:59: queues.events.consumer.concurrency: the consumers of events would be 201 % busy at the daily peak of 10 requests/s without any fault (the load cannot be served; add instances or shorten the work)",
  ],
  [
    "a quota below what is asked",
    withQueue("external: bank POST /x").concat([
      [
        "queues:",
        "externals:\n  bank: { title: Bank, quota: { limit: 300, per: 1m }, operations: { POST /x: { latency: 2ms } } }\nqueues:",
      ],
      [
        "    operations:\n      events process",
        "    dependencies: { bank: { pool: 8, timeout: 1s } }\n    operations:\n      events process",
      ],
    ]),
    "topologies/tiny.yaml:62:40: externals.bank.quota.limit: the quota of bank would be 200 % busy at the daily peak of 10 requests/s without any fault (the load cannot be served; add instances or shorten the work)",
  ],
  [
    "a broker that confirms fewer messages than are published",
    withQueue("cpu: 1ms").concat([["    capacity: 100", "    capacity: 100\n    confirmsPerSecond: 10"]]),
    "topologies/tiny.yaml:65:24: queues.events.confirmsPerSecond: the confirmations of events would be 100 % busy at the daily peak of 10 requests/s without any fault (the load cannot be served; add instances or shorten the work)",
  ],
  [
    "consumers that have less time than they need",
    withQueue("cpu: 80ms").concat([
      ["    capacity: 100", "    capacity: 100\n    delivery: { visibilityTimeout: 100ms }"],
    ]),
    "topologies/tiny.yaml:65:36: queues.events.delivery.visibilityTimeout: processing a message takes 80 ms on average: most are taken back before they are done (give the consumers several times as long)",
  ],
];

test.each(REFUSED)("%s", (_, edits, complaint) => {
  expect(complaints(edits)).toContain(complaint);
});

test("none of them comes out as a topology", () => {
  expect(REFUSED.length).toBeGreaterThanOrEqual(30);
  for (const [, edits] of REFUSED) {
    const files = smallFiles(...edits.map(([piece, replacement]) => [TOPOLOGY_FILE, piece, replacement] as const));
    expect(readTopology(files, TOPOLOGY_FILE).topology).toBeUndefined();
  }
});

test("a topology whose messages end is taken", () => {
  expect(complaints(withQueue("cpu: 1ms"))).toEqual([]);
});

test("what a mistake keeps out is not complained about again where it is used", () => {
  expect(complaints([["shop: { pool: 8", "shop: { pool: 0"]])).toHaveLength(1);
  expect(complaints([["share: 100%", "share: 101%"]])).toHaveLength(1);
});
