/** The smallest scenario that is right: one edge, one service, one store; tests break it in one place at a time. */

const SMALL_TOPOLOGY = `name: tiny
load:
  rps: 10
  dailyCurve: [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]
  users: { count: 100, zipf: 0.5 }
  basket: { median: 2, sigma: 0.5, max: 10 }
network: { latency: 300us ~0.3 }
journeys:
  buy: { title: Buy, share: 100%, call: edge POST /buy, patience: 2s }
services:
  edge:
    title: Edge
    kind: edge
    language: C++
    team: platform
    version: 1.0.0
    instances: 2
    workers: 16
    cores: 1
    memory: { limit: 256MiB, base: 64MiB, perRequest: 64KiB }
    startup: 5s
    dependencies:
      shop: { pool: 8, timeout: 1s }
    operations:
      POST /buy:
        steps:
          - cpu: 1ms ~0.3
          - call: shop POST /orders
  shop:
    title: Shop
    language: Go
    team: shop
    version: 2.0.0
    instances: 2
    workers: 8
    cores: 1
    memory: { limit: 256MiB, base: 64MiB, perRequest: 64KiB }
    startup: 10s
    dependencies:
      db: { pool: 8, timeout: 1s, retry: { attempts: 2 } }
    operations:
      POST /orders:
        steps:
          - cpu: 5ms ~0.3
          - query: db insert-order
stores:
  db:
    title: Database
    engine: postgresql
    cores: 2
    connections: 50
    memory: 1GiB
    queries:
      insert-order: { statement: "INSERT INTO orders VALUES ($1)", table: orders, rows: basket, cpu: 1ms, io: 4ms ~0.3 }
flags:
  shop.sale: { title: Sale, owner: shop, initial: false, description: Prices go down. }
plant:
  metricsServer: prometheus
  scrapeInterval: 15s
  scrapeTimeout: 10s
  ruleInterval: 30s
  memory: { limit: 1GiB, base: 200MiB, perSeries: 8KiB }
  samplesPerSecond: 50000
  ruleCostPerSeries: 1us
  traceSampleRatio: 1
  logLevel: info
  retention: 15d
rules: [../rules/tiny.yaml]
`;

const SMALL_RULES = `groups:
  - name: customers
    rules:
      - alert: BuyFails
        expr: up == 0
        for: 1m
`;

const SMALL_SCENARIO = `title: Buying is slow
summary: Something is slow.
difficulty: introductory
minutes: 20
skills: [traces]
severity: SEV-3
topology: ./topologies/tiny.yaml
starts: 2025-03-12T14:05:00Z
page: { alert: BuyFails, runbook: Look at it. }
changes:
  - id: shop-2-0-1
    kind: deploy
    target: shop
    at: -12m
    author: Ada
    title: shop 2.0.1
    description: A patch.
    version: { from: 2.0.0, to: 2.0.1 }
    diff: "+ one line"
faults:
  - id: slow-database
    class: dependency/slow
    target: db
    onset: -5m
    parameters: { latency: 250ms }
grading:
  alertingComponent: edge
  explanation: The database was slow.
  reference:
    - after: 4m
      action: { kind: restart, service: shop }
  followUps:
    - question: Why?
      strong: [Because]
      redFlags: [Whatever]
`;

export const SCENARIO_FILE = "buying.yaml";
export const TOPOLOGY_FILE = "topologies/tiny.yaml";
export const RULES_FILE = "rules/tiny.yaml";

/** The three files; `edits` replaces a piece of text in one of them, which must be there. */
export function smallFiles(
  ...edits: readonly (readonly [file: string, piece: string, replacement: string])[]
): ReadonlyMap<string, string> {
  const files = new Map([
    [SCENARIO_FILE, SMALL_SCENARIO],
    [TOPOLOGY_FILE, SMALL_TOPOLOGY],
    [RULES_FILE, SMALL_RULES],
  ]);
  for (const [file, piece, replacement] of edits) {
    const text = files.get(file) ?? "";
    if (!text.includes(piece)) throw new Error(`${file} has no ${JSON.stringify(piece)}`);
    files.set(
      file,
      text.replace(piece, () => replacement),
    );
  }
  return files;
}
