/** Memory and its collectors: closed forms, a slow account of every collection, leaks to their end. */
import { describe, expect, test } from "vitest";
import { COLLECTOR_LAWS } from "../../../server/sim/compute/collectors.js";
import type { Engine } from "../../../server/sim/engine.js";
import { STATUS_OK } from "../../../server/sim/span-status.js";
import type { CollectorKind, MemorySpec } from "../../../server/topology/compute-spec.js";
import { defaultHeapBytes } from "../../../server/topology/compute-spec.js";
import type { FaultSpec } from "../../../server/sim/timeline.js";
import { duration } from "../../../server/base/time.js";
import type { ServiceSpec } from "../../../server/topology/types.js";
import { cell, spansOf } from "../../fixtures/span-rows.js";
import {
  at,
  deploy,
  engine,
  fault,
  journey,
  model,
  ms,
  operation,
  service,
  topology,
} from "../../fixtures/topology.js";

const MIB = 2 ** 20;
const LIMIT = 512 * MIB;
const BASE = 100 * MIB;
const PER_REQUEST = 4 * MIB;
const RPS = 100;

const memoryOf = (collector: CollectorKind): MemorySpec => ({
  collector,
  allocationPerRequestBytes: PER_REQUEST,
  allocationPerCpuMsBytes: 0,
  heapBytes: defaultHeapBytes(collector, LIMIT),
});

/** One service that computes for a millisecond a request; requests hold no memory, so that all can be counted. */
function worldOf(
  collector: CollectorKind,
  { faults = [], ...spec }: Partial<ServiceSpec> & { readonly faults?: readonly FaultSpec[] } = {},
): Engine {
  const only = service({
    id: "only",
    kind: "edge",
    cores: 2,
    memoryLimitBytes: LIMIT,
    memoryBaseBytes: BASE,
    memoryPerRequestBytes: 0,
    startup: duration(2_000_000),
    operations: [operation({ name: "GET /", steps: [{ kind: "cpu", time: ms(1) }] })],
    compute: { memory: memoryOf(collector) },
    ...spec,
  });
  return engine(
    model(topology({ rps: RPS, services: [only], journeys: [journey("all", "only", "GET /")] }), {
      faults,
      changes: [deploy("only", at(20))],
    }),
  );
}

function gaugeOf(world: Engine, name: string, labels: Readonly<Record<string, string>> = {}): number {
  const { target } = world.model.instances[0]!;
  const series = world.model.layouts[target]!.series.findIndex(
    (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  );
  expect(series, name).toBeGreaterThanOrEqual(0);
  return world.valuesOf(target)[series]!;
}

/** Every allocation and every collection of a collector with a young part, one after the other. */
function slowAccount(collector: "stop-the-world" | "scavenger", requests: number, live: number) {
  const law = COLLECTOR_LAWS[collector]!;
  const heap = defaultHeapBytes(collector, LIMIT);
  const account = { young: 0, full: 0, pauseUs: 0 };
  let [garbage, old] = [0, 0];
  const youngBytes = (): number =>
    Math.max(law.youngBytesMin, Math.min(law.youngBytesMax, (heap - live - old) * law.youngShare));
  let size = youngBytes();
  for (let request = 0; request < requests; request++) {
    garbage += PER_REQUEST;
    if (garbage < size) continue;
    old += garbage * law.promotedShare;
    garbage = 0;
    account.young++;
    account.pauseUs += law.youngPauseUs;
    if (heap - live - old < Math.max(law.youngBytesMin, 0.1 * (heap - live))) {
      account.full++;
      account.pauseUs += law.fullPauseUs + (law.fullUsPerMib * live) / MIB;
      old = 0;
    }
    size = youngBytes();
  }
  return account;
}

describe("a collector with a young part", () => {
  test.each(["stop-the-world", "scavenger"] as const)(
    "%s: each collection is the one that a slow account has",
    (kind) => {
      const world = worldOf(kind);
      world.run(at(19));
      const { memory } = world.state.compute;
      const requests = world.parts.walk.flow.arrived;
      const account = slowAccount(kind, requests, BASE);
      expect(account.young).toBeGreaterThan(50);
      expect(cell(memory.youngCount, 0)).toBe(account.young);
      expect(cell(memory.fullCount, 0)).toBe(account.full);
      expect(cell(memory.youngPauseUs, 0) + cell(memory.fullPauseUs, 0)).toBeCloseTo(account.pauseUs, 3);
      // It stands still for as long: what the container's processors spent beyond the requests is two cores' time.
      expect(world.state.compute.cpus.takenUs(0, world.now)).toBeCloseTo(2 * account.pauseUs, 3);
    },
  );

  test("young collections pause it for alloc · a / young, as the formula has it, where nothing else changes", () => {
    const memory = { ...memoryOf("scavenger"), heapBytes: 4_096 * MIB };
    const world = worldOf("scavenger", { memoryLimitBytes: 8_192 * MIB, compute: { memory } });
    world.run(at(19));
    const law = COLLECTOR_LAWS.scavenger!;
    const share = cell(world.state.compute.memory.youngPauseUs, 0) / (79 * 1e6);
    // The young part is at its largest all the time.
    const theory = (RPS * PER_REQUEST * law.youngPauseUs) / law.youngBytesMax / 1e6;
    expect(Math.abs(share / theory - 1)).toBeLessThan(0.1);
  });

  test("a request that comes in a pause waits for it", () => {
    const world = worldOf("stop-the-world");
    world.run(at(19));
    const took = spansOf(world, "only server")
      .filter(({ ended }) => ended)
      .map(({ durationUs }) => durationUs);
    const { youngCount, youngPauseUs, fullPauseUs } = world.state.compute.memory;
    // Of each collection the one that begins it, and those that come while it lasts.
    const theory = cell(youngCount, 0) + (RPS * (cell(youngPauseUs, 0) + cell(fullPauseUs, 0))) / 1e6;
    const slow = took.filter((us) => us > 1_500).length;
    expect(Math.abs(slow / (theory * (19 / 79)) - 1)).toBeLessThan(0.15);
    expect(slow / took.length).toBeLessThan(0.2);
  });

  test("collects the whole heap again and again while most of it stays in use", () => {
    const retained = fault({
      class: "resource/garbage-collection",
      target: "only",
      onset: at(5),
      parameters: { retained: 0.95, allocation: 2 },
    });
    const world = worldOf("stop-the-world", { faults: [retained] });
    world.run(at(5));
    const before = cell(world.state.compute.memory.fullCount, 0);
    world.run(at(15));
    expect(cell(world.state.compute.memory.fullCount, 0) - before).toBeGreaterThan(5);
    expect(before).toBeLessThan(5);
    expect(gaugeOf(world, "jvm_memory_used_bytes")).toBeGreaterThan(0.95 * gaugeOf(world, "jvm_memory_max_bytes"));
  });
});

describe("a concurrent collector", () => {
  test("spends a share of the processors that depends on what is allocated, and not on what lives", () => {
    const spent = [BASE, 2 * BASE].map((memoryBaseBytes) => {
      const world = worldOf("concurrent", { memoryBaseBytes });
      world.run(at(19));
      return world.state.compute.cpus.takenUs(0, world.now) / 79;
    });
    const law = COLLECTOR_LAWS.concurrent!;
    const marked = ((RPS * PER_REQUEST) / MIB) * law.fullUsPerMib;
    for (const [index, us] of spent.entries()) {
      // Two cores stand still for the short pauses between.
      const cycles = (RPS * PER_REQUEST) / (BASE * (index + 1));
      expect(Math.abs(us / (marked + cycles * 2 * law.fullPauseUs) - 1)).toBeLessThan(0.1);
    }
  });
});

describe("a leak", () => {
  const leak = (parameters: Record<string, number>, spec: Partial<FaultSpec> = {}): FaultSpec =>
    fault({ class: "resource/memory-leak", target: "only", onset: at(2), parameters, ...spec });

  test("ends the process when the line meets the limit, and again each time it has been started", () => {
    const rate = 50 * MIB;
    const world = worldOf("none", { faults: [leak({ bytesPerSecond: rate })] });
    world.run(at(19));
    const ends = world.lifecycle.filter(({ attributes }) => attributes["reason"] === "OOMKilled");
    const first = (LIMIT - BASE) / rate;
    expect(Math.abs((ends[0]?.atUs ?? 0) - at(2 + first))).toBeLessThanOrEqual(300_000);
    expect(gaugeOf(world, "kube_pod_container_status_restarts_total")).toBe(ends.length);
    expect(gaugeOf(world, "kube_pod_container_status_last_terminated_reason", { reason: "OOMKilled" })).toBe(1);
    const endUs = ends[0]?.atUs ?? 0;
    const handled = spansOf(world, "only server").filter(({ startUs }) => startUs > endUs && startUs < endUs + 2e6);
    expect(handled.filter(({ status }) => status === STATUS_OK)).toEqual([]);
    expect(ends.length).toBeGreaterThan(0);
  });

  test("by requests kills after as many requests as find room", () => {
    const bytesPerRequest = MIB;
    const world = worldOf("none", { faults: [leak({ bytesPerRequest })] });
    world.run(at(19));
    const end = world.lifecycle.find(({ attributes }) => attributes["reason"] === "OOMKilled");
    const served = spansOf(world, "only server").filter(
      ({ startUs }) => startUs >= at(2) && startUs <= (end?.atUs ?? 0),
    ).length;
    const room = (LIMIT - BASE) / bytesPerRequest;
    // It is measured four times a second.
    expect(served).toBeGreaterThanOrEqual(room);
    expect(served).toBeLessThan(room + 0.5 * RPS);
  });

  test("in a heap that is smaller than the container ends with the runtime's own words", () => {
    const world = worldOf("stop-the-world", { faults: [leak({ bytesPerSecond: 50 * MIB })] });
    world.run(at(19));
    const reasons = world.lifecycle.flatMap(({ attributes }) => attributes["reason"] ?? []);
    expect(new Set(reasons)).toEqual(new Set(["Error"]));
    const lines = world.lifecycle.map(({ template }) => world.model.logTemplates[template]!.message);
    expect(lines.some((line) => /heap/i.test(line))).toBe(true);
  });

  test("that a deploy brought is where the new version runs", () => {
    const change = deploy("only", at(20));
    const world = worldOf("none", {
      instances: 2,
      faults: [leak({ bytesPerSecond: 5 * MIB }, { onset: at(20), trigger: change.id })],
    });
    world.run(at(28));
    const { leakedBytes } = world.state.compute.memory;
    expect(world.state.instanceVersion).toContain("1.1.0");
    expect(world.state.instanceVersion.slice(0, 2)).toContain("1.0.0");
    world.state.instanceVersion.slice(0, 2).forEach((version, instance) => {
      expect(cell(leakedBytes, instance) > 0, version).toBe(version === "1.1.0");
    });
  });
});
