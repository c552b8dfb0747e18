/** Partitions: order, who takes from which, and what happens when members come, go, die or are too slow. */
import { describe, expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { Engine } from "../../../server/sim/engine.js";
import type { FaultSpec, WorldAction } from "../../../server/sim/timeline.js";
import type { DeliverySpec, PartitionSpec } from "../../../server/topology/message-spec.js";
import type { ServiceSpec, Topology } from "../../../server/topology/types.js";
import { cell, spansOf, type SpanRow } from "../../fixtures/span-rows.js";
import {
  at,
  dependency,
  engine,
  fault,
  journey,
  model,
  ms,
  NOON,
  none,
  operation,
  queue,
  service,
  silentSink,
  topology,
} from "../../fixtures/topology.js";

const PARTITIONS: PartitionSpec = {
  count: 6,
  key: "user",
  rebalancePause: duration(2_000_000),
  sessionTimeout: duration(4_000_000),
  maxPollInterval: duration(0),
};
const DELIVERY: DeliverySpec = {
  attempts: 40,
  backoff: duration(100_000),
  multiplier: 1,
  visibilityTimeout: duration(0),
  prefetch: 0,
  idempotent: false,
};

interface Setting {
  readonly rps: number;
  readonly timeMs: number;
  readonly partitions?: Partial<PartitionSpec>;
  readonly worker?: Partial<ServiceSpec>;
}

function log({ rps, timeMs, partitions = {}, worker = {} }: Setting): Topology {
  const front = service({
    id: "front",
    kind: "edge",
    dependencies: [dependency("log")],
    operations: [operation({ name: "GET /", steps: [{ kind: "publish", queue: "log" }] })],
  });
  const consumer = service({
    id: "worker",
    kind: "worker",
    instances: 3,
    operations: [operation({ name: "log process", steps: [{ kind: "cpu", time: ms(timeMs) }] })],
    ...worker,
  });
  return topology({
    rps,
    services: [front, consumer],
    queues: [
      queue({
        id: "log",
        engine: "kafka",
        publishLatency: none,
        capacity: 60_000,
        consumer: { service: "worker", operation: "log process", concurrency: 1_000 },
        partitions: { ...PARTITIONS, ...partitions },
        delivery: DELIVERY,
      }),
    ],
    journeys: [journey("all", "front", "GET /")],
  });
}

const start = (setting: Setting, faults: readonly FaultSpec[] = []): Engine =>
  engine(model(log(setting), { faults }), { startAt: at(-5) });
const processings = (world: Engine): readonly SpanRow[] => spansOf(world, "consumer log process");
const groupsOf = (world: Engine) => world.parts.walk.messaging.deliveries.groups;
const restart: WorldAction = { kind: "restart", service: "worker" };

/** Whether nothing began in a stretch of time. */
const isSilent = (world: Engine, from: number, to: number): boolean =>
  !processings(world).some(({ startUs }) => startUs >= at(from) && startUs < at(to));

test("messages of one user are processed one after the other, in their order, by one instance", () => {
  const world = start({ rps: 100, timeMs: 30 });
  world.run(at(10));
  const byUser = new Map<number, SpanRow[]>();
  for (const row of processings(world)) {
    const user = world.draws.userOf(row.request);
    byUser.set(user, [...(byUser.get(user) ?? []), row]);
  }
  expect(byUser.size).toBeGreaterThan(100);
  for (const rows of byUser.values()) {
    expect(new Set(rows.map(({ instance }) => instance)).size).toBe(1);
    const parents = rows.map(({ parent }) => parent).filter((parent) => parent >= 0);
    expect(parents).toEqual(parents.toSorted((a, b) => a - b));
    rows.forEach((row, index) => {
      const before = rows[index - 1];
      if (before !== undefined) expect(row.startUs).toBeGreaterThanOrEqual(before.startUs + before.durationUs);
    });
  }
  const first = cell(groupsOf(world).owner, 0);
  expect([...groupsOf(world).owner]).toEqual([0, 0, 1, 1, 2, 2].map((member) => first + member));
});

test("partitions bound what is taken: one message of each at a time", () => {
  const world = start({ rps: 200, timeMs: 50, partitions: { key: "request" } });
  world.run(at(0));
  // Six partitions of 20 a second, however many instances and consumers there are.
  expect(Math.abs(world.state.instanceBusy.reduce((sum, busy) => sum + busy, 0) - 6)).toBe(0);
  const taken = cell(world.parts.queues.flow.acknowledged, 0);
  world.run(at(8));
  expect(Math.abs(cell(world.parts.queues.flow.acknowledged, 0) - taken - 6 * 20 * 8)).toBeLessThanOrEqual(6);
});

test("a message that fails holds its partition up, and the others go on", () => {
  const broken = fault({
    class: "queue/poison-message",
    target: "log",
    onset: at(5),
    until: at(5.5),
    parameters: { ratio: 0.1, origin: "producer" },
  });
  const world = start({ rps: 60, timeMs: 10 }, [broken]);
  world.run(at(8));
  const { held } = groupsOf(world);
  const { queues } = world.parts;
  const stuck = [...held].map((slot, lane) => slot >= 0 && queues.ready(lane) > 0);
  expect(stuck.filter((is) => is).length).toBeGreaterThan(0);
  expect(stuck.filter((is) => !is).length).toBeGreaterThan(0);
  stuck.forEach((is, lane) => {
    if (!is) expect(queues.ready(lane)).toBe(0);
  });
  // Forty deliveries of a tenth of a second each, then it is given up and what is behind it is worked off.
  world.run(at(20));
  expect(cell(queues.flow.discarded, 0)).toBeGreaterThan(0);
  expect(cell(queues.waiting, 0)).toBe(0);
});

describe("rebalancing", () => {
  test("nobody takes messages while partitions are divided anew", () => {
    const world = start({ rps: 50, timeMs: 10 });
    world.run(at(10));
    expect(cell(groupsOf(world).rebalances, 0)).toBe(0);
    world.act("scale", at(10), { kind: "scale", service: "worker", instances: 6 });
    world.run(at(40));
    const rebalances = cell(groupsOf(world).rebalances, 0);
    expect(rebalances).toBeGreaterThan(0);
    expect(groupsOf(world).members(0)).toBe(6);
    const { rebalanced = -1 } = world.model.queues[0]?.templates ?? {};
    const notes = world.lifecycle.filter(({ template }) => template === rebalanced);
    expect(notes.length).toBe(rebalances);
    expect(notes[0]?.attributes).toMatchObject({ queue: "log", partitions: 6 });
    expect(new Set(groupsOf(world).owner).size).toBe(6);
    const starts = processings(world).map(({ startUs }) => startUs);
    const gaps = starts.slice(1).map((startUs, index) => startUs - cell(starts, index));
    expect(Math.max(...gaps)).toBeGreaterThan(1_900_000);
  });

  test("a rolling restart divides them twice for each instance", () => {
    const world = start({ rps: 50, timeMs: 10 });
    world.run(at(5));
    world.act("restart", at(5), restart);
    world.run(at(90));
    expect(cell(groupsOf(world).rebalances, 0)).toBe(6);
    expect(cell(world.parts.queues.waiting, 0)).toBe(0);
  });

  test("a member that dies is missed after the session time-out; its partitions stand still until then", () => {
    const world = start({ rps: 100, timeMs: 10 });
    world.run(at(10));
    const [, dead] = [...new Set(groupsOf(world).owner)];
    world.parts.control?.processes.crash(dead ?? -1, "OOMKilled", at(10));
    world.run(at(13.5));
    const lanes = [...groupsOf(world).owner].flatMap((owner, lane) => (owner === dead ? [lane] : []));
    expect(lanes.length).toBe(2);
    for (const lane of lanes) expect(world.parts.queues.ready(lane)).toBeGreaterThan(20);
    expect(isSilent(world, 10.5, 13.5)).toBe(false);
    world.run(at(16.5));
    expect(groupsOf(world).members(0)).toBe(2);
    expect(isSilent(world, 14.2, 15.9)).toBe(true);
    world.run(at(19));
    for (const lane of lanes) expect(world.parts.queues.ready(lane)).toBeLessThan(10);
  });

  test("consumers that are too slow are put out and come again: a storm that takes more than the slowness", () => {
    const slow = { rps: 10, timeMs: 100, partitions: { maxPollInterval: duration(200_000) } };
    const late = fault({
      class: "queue/consumer-lag",
      target: "log",
      onset: at(10),
      until: at(40),
      parameters: { factor: 3 },
    });
    const calm = start(slow);
    calm.run(at(40));
    expect(cell(groupsOf(calm).rebalances, 0)).toBe(0);
    const storm = start(slow, [late]);
    storm.run(at(40));
    expect(cell(groupsOf(storm).rebalances, 0)).toBeGreaterThan(8);
    expect(cell(storm.parts.queues.waiting, 0)).toBeGreaterThan(100);
    expect(cell(storm.parts.queues.flow.duplicates, 0)).toBeGreaterThan(8);
    storm.run(at(80));
    expect(cell(storm.parts.queues.waiting, 0)).toBeLessThan(10);
  });
});

test("lag by partition is what was written less what was committed", () => {
  const world = start({ rps: 200, timeMs: 50 });
  world.run(at(5));
  const target = world.model.queues[0]?.target ?? -1;
  const values = world.valuesOf(target);
  const sumOf = (name: string): number =>
    (world.model.layouts[target]?.series ?? []).reduce(
      (sum, series, index) => (series.name === name ? sum + cell(values, index) : sum),
      0,
    );
  const lag = sumOf("kafka_consumergroup_lag");
  expect(lag).toBe(sumOf("kafka_topic_partition_current_offset") - sumOf("kafka_consumergroup_current_offset"));
  const { flow, waiting } = world.parts.queues;
  expect(lag).toBe(cell(waiting, 0) + cell(flow.unacknowledged, 0));
  expect(lag).toBeGreaterThan(500);
  expect(sumOf("kafka_consumergroup_members")).toBe(3);
});

test("a world goes on from a checkpoint in the middle of a rebalance", () => {
  const broken = fault({
    class: "queue/poison-message",
    target: "log",
    onset: at(2),
    until: at(9),
    parameters: { ratio: 0.02, origin: "producer" },
  });
  const compiled = model(log({ rps: 100, timeMs: 20 }), { faults: [broken] });
  const whole = engine(compiled);
  whole.run(at(1));
  whole.act("restart", at(1), restart);
  whole.run(at(7));
  const options = { seed: "test", startAt: at(-60), recordFrom: NOON, faultsOn: true, sink: silentSink };
  const rest = Engine.restore(compiled, options, whole.checkpoint(), whole);
  whole.run(at(50));
  rest.run(at(50));
  expect(rest.digest()).toBe(whole.digest());
  expect(cell(groupsOf(rest).rebalances, 0)).toBeGreaterThan(3);
});
