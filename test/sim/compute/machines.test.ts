/** Descriptors, volumes and nodes of whole worlds, and what can be done about them. */
import { describe, expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { planAction } from "../../../server/sim/action-plan.js";
import { Engine } from "../../../server/sim/engine.js";
import {
  STATUS_CONNECTION_REFUSED,
  STATUS_DISK_FULL,
  STATUS_OK,
  STATUS_STORE_DISK_FULL,
} from "../../../server/sim/span-status.js";
import type { FaultSpec, WorldAction } from "../../../server/sim/timeline.js";
import type { NodeGroupSpec } from "../../../server/topology/compute-spec.js";
import { FaultRefused } from "../../../server/topology/effects.js";
import type { ServiceSpec, StoreSpec, Topology } from "../../../server/topology/types.js";
import { cell, spansOf } from "../../fixtures/span-rows.js";
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
} from "../../fixtures/topology.js";

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** An edge that asks `back`, which reads from and writes to `db`. */
function system(
  back: Partial<ServiceSpec> = {},
  db: Partial<StoreSpec> = {},
  nodes?: readonly NodeGroupSpec[],
): Topology {
  const names = ["read", "write"];
  return topology({
    rps: 40,
    services: [
      service({
        id: "edge",
        kind: "edge",
        dependencies: [dependency("back")],
        operations: names.map((name) =>
          operation({
            name: `GET /${name}`,
            steps: [{ kind: "call", service: "back", operation: `GET /${name}`, repeat: 1, optional: false }],
          }),
        ),
      }),
      service({
        id: "back",
        cores: 2,
        workers: 8,
        startup: duration(2_000_000),
        dependencies: [dependency("db")],
        operations: names.map((name) =>
          operation({
            name: `GET /${name}`,
            steps: [
              { kind: "cpu", time: ms(4) },
              { kind: "query", store: "db", query: name, repeat: 1, optional: false },
            ],
          }),
        ),
        ...back,
      }),
    ],
    stores: [
      store({
        id: "db",
        queries: [query({ id: "read" }), query({ id: "write", operation: "INSERT" })],
        ...db,
      }),
    ],
    journeys: names.map((name) => journey(name, "edge", `GET /${name}`, 0.5)),
    ...(nodes === undefined ? {} : { nodes }),
  });
}

const worldOf = (spec: Topology, faults: readonly FaultSpec[] = []): Engine => engine(model(spec, { faults }));

const operate = (
  name: string,
  target: string,
  values: Extract<WorldAction, { kind: "operate" }>["values"] = {},
): WorldAction => ({ kind: "operate", operation: name, target, values });

/** Plans and orders; the plan has to be there. */
function order(world: Engine, action: WorldAction): void {
  const plan = planAction(world, action);
  if (!plan.ok) throw new Error(plan.error.message);
  world.act(`order-${String(world.now)}-${plan.value.summary}`, at((world.now - at(0)) / 1e6), action);
}

const statusesOf = (world: Engine, site: string, from: number, to: number): ReadonlySet<number> =>
  new Set(
    spansOf(world, site)
      .filter(({ startUs, ended }) => ended && startUs >= at(from) && startUs < at(to))
      .map(({ status }) => status),
  );

/** Value of the only series of the name and labels, of all targets. */
function valueOf(world: Engine, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const found = world.model.layouts.flatMap(({ series }, target) =>
    series.flatMap((one, index) =>
      one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value)
        ? [cell(world.valuesOf(target), index)]
        : [],
    ),
  );
  expect(found.length, name).toBeGreaterThan(0);
  return found[0] ?? NaN;
}

const linesOf = (world: Engine, text: string): number =>
  world.lifecycle.filter(({ template }) => world.model.logTemplates[template]?.message.includes(text) === true).length;

describe("descriptors", () => {
  const leak = fault({
    class: "resource/file-descriptors",
    target: "back",
    onset: at(5),
    parameters: { perSecond: 20 },
  });

  test("that leak last as long as the line says; then nobody gets in, until the process is a new one", () => {
    const world = worldOf(system({ compute: { descriptors: { limit: 200, base: 50 } } }), [leak]);
    // Of 150 some are open connections and requests.
    world.run(at(10));
    expect(statusesOf(world, "edge client", 0, 10)).toEqual(new Set([STATUS_OK]));
    world.run(at(14));
    expect(statusesOf(world, "edge client", 13, 14)).toEqual(new Set([STATUS_CONNECTION_REFUSED]));
    expect(valueOf(world, "process_open_fds")).toBe(200);
    expect(valueOf(world, "process_max_fds")).toBe(200);
    expect(linesOf(world, "too many open files")).toBe(1);
    order(world, { kind: "restart", service: "back" });
    world.run(at(25));
    expect(statusesOf(world, "edge client", 22, 24)).toEqual(new Set([STATUS_OK]));
    expect(valueOf(world, "process_open_fds")).toBeLessThan(200);
  });
});

describe("a volume", () => {
  const volume = { sizeBytes: GIB, usedBytes: 0.5 * GIB, bytesPerWrite: 0 };
  const fill = (target: string, parameters: Record<string, number>): FaultSpec =>
    fault({ class: "resource/disk-full", target, onset: at(2), parameters });

  test("of a database is full when the line says; it goes on reading and does not write until there is room", () => {
    const world = worldOf(system({}, { volume }), [fill("db", { bytesPerSecond: 128 * MIB })]);
    world.run(at(20));
    expect(statusesOf(world, "client INSERT", 0, 5.5)).toEqual(new Set([STATUS_OK]));
    expect(statusesOf(world, "client INSERT", 6.5, 19)).toEqual(new Set([STATUS_STORE_DISK_FULL]));
    expect(statusesOf(world, "client SELECT", 0, 19)).toEqual(new Set([STATUS_OK]));
    expect(valueOf(world, "kubelet_volume_stats_available_bytes")).toBe(0);
    expect(linesOf(world, "No space left on device")).toBe(1);
    order(world, operate("clean-volume", "db"));
    world.run(at(50));
    expect(statusesOf(world, "client INSERT", 41, 49)).toEqual(new Set([STATUS_OK]));
    expect(valueOf(world, "kubelet_volume_stats_available_bytes")).toBeGreaterThan(0.4 * GIB);
  });

  test("that has been grown is full again later, because what fills it goes on", () => {
    const world = worldOf(system({}, { volume }), [fill("db", { after: 0, afterUs: 2_000_000 })]);
    world.run(at(6));
    order(world, operate("grow-volume", "db", { gibibytes: 2 }));
    world.run(at(60));
    expect(statusesOf(world, "client INSERT", 37, 43)).toEqual(new Set([STATUS_OK]));
    // 2 GiB at a quarter of a GiB a second.
    expect(statusesOf(world, "client INSERT", 46, 59)).toEqual(new Set([STATUS_STORE_DISK_FULL]));
  });

  test("fills by what is written to it", () => {
    const bytesPerWrite = MIB;
    const world = worldOf(
      system({ compute: { volume: { ...volume, bytesPerWrite } } }, { volume: { ...volume, bytesPerWrite } }),
    );
    world.run(at(10));
    const sent = (site: string): number =>
      spansOf(world, site).filter(({ startUs, ended }) => ended && startUs > at(0)).length;
    const { volumes } = world.state.compute;
    const written = (number: number): number => (cell(volumes.usedBytes, number) - 0.5 * GIB) / bytesPerWrite;
    // A minute has gone before anything was recorded.
    const [byService, byStore] = [written(world.model.services[1]!.instancesFrom), written(volumes.ofStore(0))];
    expect(byStore / byService).toBeCloseTo(0.5, 1);
    expect(byService).toBeGreaterThan(sent("back server"));
    world.run(at(20));
    const more = written(volumes.ofStore(0)) - byStore;
    expect(more).toBeLessThan(20 * 10 * 1.4);
  });

  test("of a service turns requests away with its own words", () => {
    const spec = system({ compute: { volume } });
    const world = worldOf(spec, [fill("back", { afterUs: 3_000_000 })]);
    world.run(at(10));
    expect(statusesOf(world, "back server", 6, 9)).toEqual(new Set([STATUS_DISK_FULL]));
    expect(linesOf(world, "no space left on device")).toBe(1);
  });
});

describe("nodes", () => {
  const nodes: readonly NodeGroupSpec[] = [
    {
      id: "pool",
      count: 3,
      cores: 3,
      memoryBytes: 8 * GIB,
      diskBytes: 100 * GIB,
      zones: ["zone-a", "zone-b", "zone-c"],
    },
  ];
  const small = { cores: 2, instances: 3 };

  test("have instances in every zone, and tell so", () => {
    const world = worldOf(system(small, {}, nodes));
    world.run(at(20));
    const back = world.model.instances.filter(({ component }) => component === "back").slice(0, 3);
    expect(new Set(back.map(({ node }) => world.model.nodes[node]?.zone)).size).toBe(3);
    for (const { name, node } of back)
      expect(valueOf(world, "kube_pod_info", { pod: name, node: world.model.nodes[node]?.name ?? "" })).toBe(1);
    const idle = valueOf(world, "node_cpu_seconds_total", { mode: "idle" });
    expect(idle + valueOf(world, "node_cpu_seconds_total", { mode: "user" })).toBeCloseTo(3 * 80, 6);
    expect(valueOf(world, "node_memory_MemAvailable_bytes")).toBeLessThan(8 * GIB);
  });

  test("a neighbour slows who runs beside it and nobody else; who is moved away is well again", () => {
    const noisy = fault({ class: "resource/noisy-neighbour", target: "back", onset: at(5), parameters: { share: 10 } });
    const spec = system(small, {}, nodes);
    const world = worldOf(spec, [noisy]);
    const twin = engine(model(spec, { faults: [noisy] }), { faultsOn: false });
    world.run(at(20));
    twin.run(at(60));
    const first = world.model.services[1]!.instancesFrom;
    const meanUs = (of: Engine, instance: number, from: number, to: number): number => {
      const took = spansOf(of, "back server")
        .filter((span) => span.ended && span.instance === instance && span.startUs >= at(from) && span.startUs < at(to))
        .map(({ durationUs }) => durationUs);
      return took.reduce((sum, us) => sum + us, 0) / took.length;
    };
    // 2 of 32 shares of three cores: 0.19 cores for 4 ms of work.
    expect(meanUs(world, first, 6, 20) / meanUs(twin, first, 6, 20)).toBeGreaterThan(3);
    for (const other of [first + 1, first + 2])
      expect(meanUs(world, other, 6, 20) / meanUs(twin, other, 6, 20)).toBeLessThan(1.05);
    const away = world.model.nodes.find(({ index }) => index !== world.model.instances[first]!.node)!;
    order(world, operate("move-instance", "back-0", { node: away.name }));
    world.run(at(60));
    expect(valueOf(world, "kube_pod_info", { pod: "back-0", node: away.name })).toBe(1);
    expect(meanUs(world, first, 35, 60) / meanUs(twin, first, 35, 60)).toBeLessThan(1.2);
  });

  test("a neighbour needs a node", () => {
    const noisy = fault({ class: "resource/noisy-neighbour", target: "back", onset: at(5), parameters: {} });
    expect(() => worldOf(system(), [noisy])).toThrow(FaultRefused);
    expect(() => worldOf(system({}, {}, nodes), [{ ...noisy, parameters: { node: "pool-9" } }])).toThrow(/pool-0/);
  });
});

describe("a world with all of it", () => {
  const everything = (): Topology =>
    system(
      {
        instances: 2,
        language: "java",
        compute: {
          quota: { cores: 0.3, period: duration(100_000), parallel: 2 },
          memory: {
            collector: "stop-the-world",
            allocationPerRequestBytes: 4 * MIB,
            allocationPerCpuMsBytes: MIB,
            heapBytes: 400 * MIB,
          },
          descriptors: { limit: 120, base: 40 },
          volume: { sizeBytes: 2 * GIB, usedBytes: 0, bytesPerWrite: 400_000 },
          queuePolicy: "adaptive-lifo",
          bulkheads: [{ operations: ["GET /read"], workers: 3 }],
        },
      },
      { volume: { sizeBytes: GIB, usedBytes: 0, bytesPerWrite: 400_000 } },
      [{ id: "pool", count: 2, cores: 2, memoryBytes: GIB, diskBytes: GIB, zones: ["a"] }],
    );
  const faults = [
    fault({ class: "resource/memory-leak", target: "back", onset: at(3), parameters: { bytesPerRequest: 4 * MIB } }),
    fault({ id: "near", class: "resource/noisy-neighbour", target: "back", onset: at(4), parameters: { share: 1 } }),
    fault({
      id: "fds",
      class: "resource/file-descriptors",
      target: "back",
      onset: at(5),
      parameters: { perSecond: 2 },
    }),
  ];

  test("goes on from a checkpoint as if nothing had been", () => {
    const compiled = model(everything(), { faults });
    const whole = engine(compiled);
    whole.run(at(30));
    for (const seconds of [2.345_678, 9.5, 17]) {
      const before = engine(compiled);
      before.run(at(seconds));
      const after = Engine.restore(compiled, before.options, before.checkpoint(), before);
      after.run(at(30));
      expect(after.digest(), String(seconds)).toBe(whole.digest());
    }
    expect(cell(whole.state.compute.restarts, whole.model.services[1]!.instancesFrom)).toBeGreaterThan(0);
  });

  test("has orders for limits and lines, each of which can be taken back", () => {
    const world = worldOf(everything());
    world.run(at(1));
    const first = world.model.services[1]!.instancesFrom;
    const settings = (): string => {
      const { quotas, lines, memory } = world.state.compute;
      return JSON.stringify([quotas.quotaOf(1), lines.policyOf(1), lines.bulkheadsOf(1), memory.limitBytes[first]]);
    };
    for (const action of [
      operate("set-cpu-limit", "back", { cores: 1.5 }),
      operate("set-memory-limit", "back", { mebibytes: 2_048 }),
      operate("divide-workers", "back", { operation: "GET /read", workers: 5 }),
      operate("set-queue-policy", "back", { policy: "lifo" }),
    ]) {
      const before = settings();
      const plan = planAction(world, action);
      if (!plan.ok) throw new Error(plan.error.message);
      order(world, action);
      world.run(at((world.now - at(0)) / 1e6 + 6));
      expect(settings()).not.toBe(before);
      if (plan.value.undo === undefined) throw new Error("no undo");
      order(world, plan.value.undo);
      world.run(at((world.now - at(0)) / 1e6 + 6));
      expect(settings()).toBe(before);
    }
    const tooMany = planAction(world, operate("divide-workers", "back", { operation: "GET /write", workers: 5 }));
    expect(tooMany.ok).toBe(false);
  });
});
