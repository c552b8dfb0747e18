/** Faults inside databases and what ends them. */
import { describe, expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import type { Engine } from "../../server/sim/engine.js";
import {
  STATUS_CONNECTION_REFUSED,
  STATUS_DEADLOCK,
  STATUS_INSTANCE_STOPPED,
  STATUS_LOCK_TIMEOUT,
  STATUS_STALE_READ,
  STATUS_OK,
  STATUS_STATEMENT_CANCELLED,
  STATUS_TOO_MANY_CLIENTS,
} from "../../server/sim/span-status.js";
import type { FaultSpec, WorldAction } from "../../server/sim/timeline.js";
import { FaultRefused } from "../../server/topology/effects.js";
import type { QuerySpec, StoreSpec, Topology } from "../../server/topology/types.js";
import { smallShop } from "../fixtures/small-shop.js";
import { spansBegun } from "../fixtures/span-rows.js";
import {
  at,
  dependency,
  engine,
  fault,
  journey,
  model,
  ms,
  operation,
  query,
  service,
  store,
  topology,
} from "../fixtures/topology.js";

const medianMs = (world: Engine, site: string, from: number, to: number): number => {
  const sorted = spansBegun(world, site, from, to)
    .map(({ durationUs }) => durationUs)
    .sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]! / 1_000;
};
const failures = (world: Engine, site: string, from: number, to: number): number =>
  spansBegun(world, site, from, to).filter(({ status }) => status !== STATUS_OK).length /
  spansBegun(world, site, from, to).length;

function pair(
  spec: Topology,
  faults: readonly FaultSpec[],
  orders: readonly (readonly [number, WorldAction])[] = [],
  until = 120,
): { readonly hurt: Engine; readonly twin: Engine } {
  const compiled = model(spec, { faults });
  const hurt = engine(compiled);
  const twin = engine(compiled, { faultsOn: false });
  for (const [seconds, order] of orders) hurt.act(`order-${String(seconds)}`, at(seconds), order);
  hurt.run(at(until));
  twin.run(at(until));
  return { hurt, twin };
}

const operate = (operation: string, target: string, values: Record<string, string | boolean> = {}): WorldAction => ({
  kind: "operate",
  operation,
  target,
  values,
});

/** One service over one store, one query a request. */
function overStore(queries: readonly QuerySpec[], spec: Partial<StoreSpec> = {}, rps = 50): Topology {
  return topology({
    rps,
    services: [
      service({
        id: "api",
        kind: "edge",
        dependencies: [dependency("db", { poolSize: 400, timeout: duration(30_000_000) })],
        operations: queries.map(({ id }) =>
          operation({
            name: `GET /${id}`,
            steps: [{ kind: "query", store: "db", query: id, repeat: 1, optional: false }],
          }),
        ),
      }),
    ],
    stores: [store({ id: "db", cores: 4, queries, ...spec })],
    journeys: queries.map(({ id }) => journey(id, "api", `GET /${id}`, 1 / queries.length)),
  });
}

const gauge = (world: Engine, name: string, labels: Record<string, string> = {}): number => {
  const { target } = world.model.stores[0]!;
  const series = world.model.layouts[target]!.series.findIndex(
    (candidate) =>
      candidate.name === name && Object.entries(labels).every(([label, value]) => candidate.labels[label] === value),
  );
  expect(series, name).toBeGreaterThanOrEqual(0);
  return world.valuesOf(target)[series]!;
};

const linesOf = (world: Engine, text: string): number =>
  world.lifecycle.filter(({ template }) => world.model.logTemplates[template]!.message.includes(text)).length;

describe("a store in detail", () => {
  test("answers as a plain one does where nothing of it is in short supply", () => {
    const queries = [query({ id: "read", io: ms(3, 0.4), cpu: ms(2, 0.3) })];
    const plain = engine(model(overStore(queries)));
    const detailed = engine(
      model(overStore(queries, { locks: { timeout: duration(0), deadlockTimeout: duration(1_000_000) } })),
    );
    for (const world of [plain, detailed]) world.run(at(60));
    const durations = (world: Engine): readonly number[] =>
      spansBegun(world, "client SELECT", 0, 60).map(({ durationUs }) => durationUs);
    expect(durations(detailed)).toEqual(durations(plain));
  });

  test("the last connection is refused with the database's own words", () => {
    const world = engine(model(overStore([query({ id: "read", io: ms(1_000) })], { connectionLimit: 20 })));
    world.run(at(20));
    const statuses = new Set(spansBegun(world, "client SELECT", 5, 19).map(({ status }) => status));
    expect(statuses).toEqual(new Set([STATUS_OK, STATUS_TOO_MANY_CLIENTS]));
  });

  test("a statement that runs for too long is cancelled and logged", () => {
    const world = engine(
      model(
        overStore([query({ id: "read", io: ms(400, 1) })], {
          statementTimeout: duration(500_000),
          slowStatement: duration(300_000),
        }),
      ),
    );
    world.run(at(30));
    const calls = spansBegun(world, "client SELECT", 0, 29);
    expect(Math.max(...calls.map(({ durationUs }) => durationUs))).toBeLessThanOrEqual(500_000);
    const cancelled = calls.filter(({ status }) => status === STATUS_STATEMENT_CANCELLED);
    expect(cancelled.length / calls.length).toBeGreaterThan(0.3);
    for (const { durationUs } of cancelled) expect(durationUs).toBe(500_000);
    expect(linesOf(world, "duration:")).toBeGreaterThan(50);
    expect(linesOf(world, "canceling")).toBeGreaterThan(50);
    expect(world.state.storeActive[0]).toBeLessThan(60);
    expect(world.state.storeActive[0]).toBeGreaterThanOrEqual(0);
  });
});

describe("database/missing-index", () => {
  const scan = fault({
    class: "database/missing-index",
    target: "orders",
    onset: at(30),
    parameters: { query: "stock", rows: 400_000 },
  });

  test("one query reads many rows: it is slow, the processor is busy, and other tables are as they were", () => {
    const { hurt, twin } = pair(smallShop(), [scan]);
    // 400,000 rows at 10 million a second are 40 ms.
    expect(
      medianMs(hurt, "client SELECT stock", 40, 110) - medianMs(twin, "client SELECT stock", 40, 110),
    ).toBeGreaterThan(38);
    expect(
      medianMs(hurt, "client SELECT products", 40, 110) / medianMs(twin, "client SELECT products", 40, 110),
    ).toBeLessThan(1.1);
    const rows = (world: Engine): number => gauge(world, "postgresql_rows_total", { table: "stock" });
    expect(rows(hurt) / rows(twin)).toBeGreaterThan(10_000);
  });

  test("an index ends it when it is built; killing queries does not", () => {
    const { hurt, twin } = pair(
      smallShop(),
      [scan],
      [
        [50, operate("kill-query", "orders")],
        [60, operate("add-index", "orders", { query: "stock" })],
      ],
    );
    expect(medianMs(hurt, "client SELECT stock", 52, 85)).toBeGreaterThan(35);
    expect(
      medianMs(hurt, "client SELECT stock", 95, 118) / medianMs(twin, "client SELECT stock", 95, 118),
    ).toBeLessThan(1.05);
  });
});

describe("database/lock-contention", () => {
  const locking = query({ id: "reserve", operation: "UPDATE", table: "stock", cpu: ms(1), io: ms(5) });
  const reading = query({ id: "list", table: "stock", cpu: ms(1), io: ms(5) });
  const declared = { locks: { timeout: duration(0), deadlockTimeout: duration(1_000_000) } };
  const held = (by: string, until?: number): FaultSpec =>
    fault({
      class: "database/lock-contention",
      target: "db",
      onset: at(30),
      ...(until === undefined ? {} : { until: at(until) }),
      parameters: { table: "stock", by, rows: 50 },
    });

  test("an open transaction over popular rows: who writes them waits until it ends, who reads does not", () => {
    const { hurt, twin } = pair(overStore([locking, reading], declared), [held("open-transaction", 60)]);
    const waited = spansBegun(hurt, "client UPDATE", 30, 59).filter(({ durationUs }) => durationUs > 100_000);
    expect(waited.length).toBeGreaterThan(100);
    // All of them end when the transaction does.
    for (const { startUs, durationUs } of waited) {
      if (startUs + durationUs < at(60)) expect(durationUs).toBeGreaterThanOrEqual(30_000_000);
    }
    expect(medianMs(hurt, "client SELECT", 30, 60)).toBe(medianMs(twin, "client SELECT", 30, 60));
    expect(medianMs(hurt, "client UPDATE", 65, 110)).toBe(medianMs(twin, "client UPDATE", 65, 110));
    expect(linesOf(hurt, "still waiting")).toBeGreaterThan(50);
  });

  test("the exporter shows who holds and who waits; terminating the holder ends it for good", () => {
    const compiled = model(overStore([locking, reading], declared), { faults: [held("open-transaction")] });
    const world = engine(compiled);
    world.run(at(50));
    expect(gauge(world, "pg_stat_activity_count", { wait_event_type: "Lock" })).toBeGreaterThan(20);
    expect(gauge(world, "pg_stat_activity_count", { state: "idle in transaction" })).toBe(1);
    expect(gauge(world, "pg_stat_activity_max_tx_duration_seconds", { state: "idle in transaction" })).toBe(20);
    expect(gauge(world, "pg_locks_count", { mode: "exclusivelock" })).toBeGreaterThanOrEqual(50);
    world.act("terminate", at(50), operate("kill-blocking-sessions", "db"));
    world.run(at(100));
    expect(gauge(world, "pg_stat_activity_count", { wait_event_type: "Lock" })).toBeLessThan(3);
    expect(gauge(world, "pg_stat_activity_count", { state: "idle in transaction" })).toBe(0);
    expect(medianMs(world, "client UPDATE", 60, 95)).toBeLessThan(10);
  });

  test("a change of the table waits behind an open transaction and stops everybody; it takes its time once it has its lock", () => {
    const { hurt } = pair(
      overStore([locking, reading], declared, 8),
      [held("schema-change")],
      [[50, operate("kill-blocking-sessions", "db")]],
    );
    // From 30 s until the reader is terminated at 52 s and the change of 20 s is done.
    const slow = [...spansBegun(hurt, "client UPDATE", 31, 70), ...spansBegun(hurt, "client SELECT", 31, 70)];
    expect(slow.length).toBeGreaterThan(200);
    for (const { startUs, durationUs } of slow) {
      if (durationUs < 29_000_000) expect(startUs + durationUs).toBeGreaterThan(at(72));
    }
    expect(medianMs(hurt, "client SELECT", 80, 110)).toBeLessThan(10);
  });

  test("it needs no declaration", () => {
    const spec = smallShop();
    const locked = fault({
      class: "database/lock-contention",
      target: "orders",
      onset: at(40),
      until: at(70),
      parameters: { table: "stock", by: "schema-change" },
    });
    const { hurt, twin } = pair(spec, [locked]);
    expect(failures(hurt, "client SELECT stock", 42, 68)).toBeGreaterThan(0.9);
    expect(failures(hurt, "client SELECT products", 42, 68)).toBe(failures(twin, "client SELECT products", 42, 68));
    expect(failures(hurt, "client SELECT stock", 90, 118)).toBeLessThan(0.02);
    expect(hurt.parts.walk.databases.statements.detailed[0]).toBe(0);
  });

  test("who waits for longer than the time-out of locks fails", () => {
    const impatient = { locks: { timeout: duration(2_000_000), deadlockTimeout: duration(1_000_000) } };
    const { hurt } = pair(overStore([locking], impatient), [held("open-transaction")]);
    const failed = spansBegun(hurt, "client UPDATE", 35, 110).filter(({ status }) => status !== STATUS_OK);
    expect(failed.length).toBeGreaterThan(100);
    for (const { status, durationUs } of failed) {
      expect(status).toBe(STATUS_LOCK_TIMEOUT);
      expect(durationUs).toBe(2_000_000);
    }
  });

  test("rows that are locked in any order deadlock now and then, in the order of their keys never", () => {
    const many = query({ id: "reserve", operation: "UPDATE", table: "stock", rows: 8, cpu: ms(1), io: ms(60) });
    const blocker = fault({
      class: "database/hot-partition",
      target: "db",
      onset: at(-60),
      parameters: { ratio: 0 },
    });
    const count = (unordered: boolean): { readonly found: number; readonly failed: number } => {
      const { hurt } = pair(overStore([{ ...many, unordered }], declared, 40), [blocker], [], 60);
      const failed = spansBegun(hurt, "client UPDATE", 0, 55).filter(({ status }) => status === STATUS_DEADLOCK).length;
      return { found: gauge(hurt, "pg_stat_database_deadlocks_total"), failed };
    };
    expect(count(false)).toEqual({ found: 0, failed: 0 });
    const any = count(true);
    expect(any.failed).toBeGreaterThan(0);
    expect(any.found).toBeGreaterThanOrEqual(any.failed);
  });
});

describe("database/hot-partition", () => {
  test("one key takes a share of the requests: its part of the store is full while the others idle", () => {
    const spec = overStore([query({ id: "read", cpu: ms(30), io: ms(1) })], { shards: 4, cores: 4 }, 80);
    const hot = fault({ class: "database/hot-partition", target: "db", onset: at(30), parameters: { ratio: 0.7 } });
    const { hurt, twin } = pair(spec, [hot]);
    expect(medianMs(hurt, "client SELECT", 60, 90) / medianMs(twin, "client SELECT", 60, 90)).toBeGreaterThan(3);
    expect(medianMs(twin, "client SELECT", 60, 90)).toBeLessThan(150);
  });

  test("without parts or locks there is nothing to be hot", () => {
    const hot = fault({ class: "database/hot-partition", target: "orders", onset: at(30), parameters: { ratio: 0.7 } });
    expect(() => model(smallShop(), { faults: [hot] })).toThrow(FaultRefused);
  });
});

describe("database/replication-lag", () => {
  const queries = [
    query({ id: "write", operation: "INSERT", table: "orders", rows: 10, io: ms(2) }),
    query({ id: "read", table: "orders", key: "user", readFrom: "replica", stale: "fail", io: ms(2) }),
  ];
  const replicas = { replicas: { count: 1, applyRowsPerSecond: 2_000, delay: duration(5_000) } };
  const lag = fault({
    class: "database/replication-lag",
    target: "db",
    onset: at(30),
    until: at(90),
    parameters: { share: 0.05 },
  });

  test("the lag grows as the theory of a fluid queue says, reads of what was just written fail, and it drains", () => {
    const { hurt, twin } = pair(overStore(queries, replicas, 100), [lag], [], 85);
    // 500 rows a second are written and 100 taken over: after 55 s the replica is at what was written at 55 · 100/500.
    expect(gauge(hurt, "pg_replication_lag_seconds")).toBeGreaterThan(55 * 0.8 - 3);
    expect(gauge(hurt, "pg_replication_lag_seconds")).toBeLessThan(55 * 0.8 + 3);
    expect(gauge(twin, "pg_replication_lag_seconds")).toBeLessThan(0.1);
    const stale = (world: Engine, from: number, to: number): number =>
      spansBegun(world, "client SELECT", from, to).filter(({ status }) => status === STATUS_STALE_READ).length;
    expect(stale(hurt, 60, 80)).toBeGreaterThan(100);
    expect(stale(twin, 60, 80)).toBeLessThan(10);
    expect(failures(hurt, "client INSERT", 40, 80)).toBe(0);
    hurt.run(at(150));
    expect(gauge(hurt, "pg_replication_lag_seconds")).toBeLessThan(0.1);
    expect(stale(hurt, 125, 145)).toBeLessThan(10);
  });

  test("reading from the primary ends it for readers while the lag goes on", () => {
    const { hurt } = pair(
      overStore(queries, replicas, 100),
      [lag],
      [[50, operate("read-from-primary", "db", { primaryOnly: true })]],
      85,
    );
    expect(failures(hurt, "client SELECT", 45, 50)).toBeGreaterThan(0.05);
    expect(failures(hurt, "client SELECT", 65, 84)).toBe(0);
    expect(gauge(hurt, "pg_replication_lag_seconds")).toBeGreaterThan(30);
  });
});

describe("database/failover", () => {
  const crash = (outcome: string, until?: number): FaultSpec =>
    fault({
      class: "database/failover",
      target: "orders",
      onset: at(40),
      ...(until === undefined ? {} : { until: at(until) }),
      parameters: { outcome, coldFactor: 3, coldUs: 20_000_000 },
    });

  test("connections break, nobody answers for detection and promotion, then all is well, on a plain store too", () => {
    const { hurt, twin } = pair(smallShop(), [crash("succeeds")]);
    const statuses = new Set(spansBegun(hurt, "client INSERT orders", 38, 68).map(({ status }) => status));
    expect(statuses.has(STATUS_INSTANCE_STOPPED) || statuses.has(STATUS_CONNECTION_REFUSED)).toBe(true);
    expect(failures(hurt, "client SELECT stock", 41, 69)).toBe(1);
    expect(failures(hurt, "client SELECT stock", 71, 118)).toBe(0);
    expect(medianMs(hurt, "client SELECT stock", 80, 118)).toBeCloseTo(
      medianMs(twin, "client SELECT stock", 80, 118),
      0,
    );
    expect(hurt.parts.walk.databases.statements.detailed[0]).toBe(0);
    expect(hurt.state.storeActive[0]).toBeGreaterThanOrEqual(0);
    expect(hurt.state.storeActive[0]).toBeLessThan(10);
    expect(hurt.state.storeConnections[0]).toBeGreaterThan(0);
  });

  test("a fail-over that fails lasts until somebody orders one", () => {
    const { hurt } = pair(smallShop(), [crash("fails")], [[80, operate("fail-over", "orders")]], 140);
    expect(failures(hurt, "client SELECT stock", 41, 79)).toBe(1);
    expect(failures(hurt, "client SELECT stock", 103, 138)).toBe(0);
  });

  test("memory is cold afterwards; what had not arrived at the replica is lost", () => {
    const queries = [
      query({ id: "write", operation: "INSERT", table: "orders", rows: 10, io: ms(2) }),
      query({ id: "read", table: "orders", key: "user", io: ms(8) }),
    ];
    const cold = {
      tables: [{ id: "orders", rows: 40_000, rowsPerPage: 40 }],
      bufferPages: 1_000,
      replicas: { count: 1, applyRowsPerSecond: 300, delay: duration(5_000) },
    };
    const compiled = model(overStore(queries, cold, 100), {
      faults: [fault({ class: "database/failover", target: "db", onset: at(40), parameters: {} })],
    });
    const hurt = engine(compiled);
    hurt.run(at(39));
    expect(gauge(hurt, "pg_up")).toBe(1);
    const backlog = hurt.parts.walk.databases.statements.replication[0]!.backlogRows(at(39));
    hurt.run(at(41));
    expect(gauge(hurt, "pg_up")).toBe(0);
    hurt.run(at(120));
    const promoted = hurt.lifecycle.find(({ template }) =>
      hurt.model.logTemplates[template]!.message.includes("promoted"),
    );
    expect(Number(promoted?.attributes["rows"])).toBeGreaterThan(backlog * 0.5);
    expect(hurt.parts.walk.databases.statements.primary[0]).toBe(1);
    expect(failures(hurt, "client SELECT", 75, 118)).toBe(0);
  });
});
