/** At-least-once delivery: how often, when and to whom a message is handed out, and what becomes of it. */
import { describe, expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { Engine } from "../../../server/sim/engine.js";
import { planAction } from "../../../server/sim/action-plan.js";
import { STATUS_CLIENT_TIMEOUT, STATUS_OK, STATUS_QUEUE_FULL } from "../../../server/sim/span-status.js";
import type { FaultSpec, WorldAction } from "../../../server/sim/timeline.js";
import type { DeliverySpec } from "../../../server/topology/message-spec.js";
import type { QueueSpec, ServiceSpec, Topology } from "../../../server/topology/types.js";
import { erlangC, waitOfMMc } from "../../fixtures/queueing-formulas.js";
import { batchMeans } from "../../fixtures/batch-means.js";
import { cell, spansOf } from "../../fixtures/span-rows.js";
import { timesAt } from "../../fixtures/station.js";
import {
  at,
  dependency,
  engine,
  exponentialMs,
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

const DELIVERY: DeliverySpec = {
  attempts: 5,
  backoff: duration(100_000),
  multiplier: 1,
  visibilityTimeout: duration(0),
  prefetch: 0,
  idempotent: false,
};
const DEAD_LETTERS = { capacity: 1_000, redriveAfter: duration(0), redrives: 0 };

interface Setting {
  readonly rps: number;
  readonly delivery?: Partial<DeliverySpec> | undefined;
  readonly queue?: Partial<QueueSpec>;
  readonly consumer?: Partial<ServiceSpec>;
  readonly concurrency?: number;
  /** Of processing a message. */
  readonly timeMs?: number;
  readonly errorRatio?: number;
  readonly publishTimeoutMs?: number;
}

/** One service that publishes a message for each request, and one that processes them. */
function mail(setting: Setting): Topology {
  const { rps, delivery = {}, timeMs = 20, errorRatio = 0, concurrency = 1_000 } = setting;
  const front = service({
    id: "front",
    kind: "edge",
    dependencies: [dependency("mail", { timeout: duration((setting.publishTimeoutMs ?? 60_000) * 1_000) })],
    operations: [operation({ name: "GET /", steps: [{ kind: "publish", queue: "mail" }] })],
  });
  const worker = service({
    id: "worker",
    kind: "worker",
    instances: 2,
    operations: [operation({ name: "mail process", errorRatio, steps: [{ kind: "cpu", time: ms(timeMs) }] })],
    ...setting.consumer,
  });
  return topology({
    rps,
    services: [front, worker],
    queues: [
      queue({
        id: "mail",
        publishLatency: none,
        consumer: { service: "worker", operation: "mail process", concurrency },
        delivery: { ...DELIVERY, ...delivery },
        ...setting.queue,
      }),
    ],
    journeys: [journey("all", "front", "GET /")],
  });
}

function play(setting: Setting, seconds: number, faults: readonly FaultSpec[] = []): Engine {
  const world = engine(model(mail(setting), { faults }), { startAt: at(-1) });
  world.run(at(seconds));
  return world;
}

const flowOf = (world: Engine) => world.parts.queues.flow;
const processings = (world: Engine) => spansOf(world, "consumer mail process");
const operate = (name: string, values: Record<string, number> = {}): WorldAction => ({
  kind: "operate",
  operation: name,
  target: "mail",
  values,
});

const poison = (spec: Partial<FaultSpec> = {}, origin = "consumer", ratio = 1): FaultSpec =>
  fault({ class: "queue/poison-message", target: "mail", onset: at(-60), parameters: { ratio, origin }, ...spec });

test("c consumers of exponential work are M/M/c", () => {
  const erlangs = 2.4;
  const consumer = {
    operations: [operation({ name: "mail process", steps: [{ kind: "cpu", time: exponentialMs(10) }] })],
  } as const;
  const world = play({ rps: erlangs * 100, consumer, concurrency: 3 }, 50);
  const waits = timesAt(world, "worker").waitMs;
  const { mean, halfWidth } = batchMeans(waits);
  const theory = waitOfMMc(3, erlangs, 10);
  expect(Math.abs(mean - theory)).toBeLessThan(Math.max(0.05 * theory, halfWidth));
  const waited = waits.filter((wait) => wait > 0).length / waits.length;
  expect(waited).toBeCloseTo(erlangC(3, erlangs), 1);
});

test("deliveries of a message are geometric when each fails by itself, up to the limit", () => {
  const failing = 0.4;
  const world = play({ rps: 80, errorRatio: failing, delivery: { attempts: 4, deadLetters: DEAD_LETTERS } }, 30);
  const deliveries = new Map<number, number>();
  for (const { parent } of processings(world)) deliveries.set(parent, (deliveries.get(parent) ?? 0) + 1);
  const counts = [...deliveries.values()];
  for (const atLeast of [2, 3, 4]) {
    const share = counts.filter((count) => count >= atLeast).length / counts.length;
    expect(Math.abs(share - failing ** (atLeast - 1))).toBeLessThan(0.03);
  }
  expect(Math.max(...counts)).toBe(4);
  const { published, deadLettered } = flowOf(world);
  expect(cell(deadLettered, 0) / cell(published, 0)).toBeCloseTo(failing ** 4, 1);
  expect(cell(world.parts.queues.flow.discarded, 0)).toBe(0);
});

test("a message that fails waits for its backoff, each time longer, and is given up after its last delivery", () => {
  const world = play({ rps: 2, delivery: { attempts: 4, backoff: duration(200_000), multiplier: 2 } }, 10, [poison()]);
  const [first] = processings(world);
  const starts = processings(world)
    .filter(({ parent }) => parent === first?.parent)
    .map(({ startUs }) => startUs - (first?.startUs ?? 0));
  expect(starts).toEqual([0, 220_000, 640_000, 1_460_000]);
  const { acknowledged, discarded } = flowOf(world);
  expect(cell(acknowledged, 0)).toBe(0);
  const { givenUp = -1 } = world.model.queues[0]?.templates ?? {};
  const lines = world.logs.template.subarray(0, world.logs.rows).filter((template) => template === givenUp);
  const deliveries = new Map<number, number>();
  for (const { parent } of processings(world)) deliveries.set(parent, (deliveries.get(parent) ?? 0) + 1);
  deliveries.delete(-1);
  const last = [...deliveries.values()].filter((count) => count === 4).length;
  // Those of before the recording have written theirs as well, where it was in the recording.
  expect(lines.length).toBeGreaterThanOrEqual(last - 1);
  expect(last).toBeGreaterThan(8);
  expect(cell(discarded, 0)).toBeGreaterThan(10);
});

test("what is not acknowledged in time is processed again, with effect; a consumer that knows it does nothing", () => {
  const slow = { rps: 5, timeMs: 300, delivery: { visibilityTimeout: duration(200_000), attempts: 3 } };
  const world = play(slow, 20);
  const { published, duplicates } = flowOf(world);
  expect(processings(world).length / spansOf(world, "producer publish mail").length).toBeGreaterThan(2.8);
  expect(cell(duplicates, 0) / cell(published, 0)).toBeGreaterThan(1.8);
  const quick = play({ ...slow, delivery: { ...slow.delivery, visibilityTimeout: duration(400_000) } }, 20);
  expect(cell(flowOf(quick).duplicates, 0)).toBe(0);
});

test("acknowledgements that get lost are processed twice, unless the consumer is idempotent", () => {
  const lost = fault({
    class: "queue/duplicate-delivery",
    target: "mail",
    onset: at(-60),
    parameters: { ratio: 0.25 },
  });
  const twice = flowOf(play({ rps: 50 }, 30, [lost]));
  // Each delivery loses its acknowledgement for itself: p / (1 − p) more deliveries of each message.
  expect(cell(twice.duplicates, 0) / cell(twice.published, 0)).toBeCloseTo(0.25 / 0.75, 1);
  const known = flowOf(play({ rps: 50, delivery: { idempotent: true } }, 30, [lost]));
  expect(cell(known.duplicates, 0)).toBe(0);
  expect(cell(known.duplicatesKnown, 0) / cell(known.published, 0)).toBeCloseTo(0.25, 1);
});

test("lag grows by arrivals less what is taken, and is worked off at the rest of the capacity", () => {
  // 10 consumers of 20 ms take 500 a second; a tenth of them 50.
  const fewer = fault({
    class: "queue/consumer-lag",
    target: "mail",
    onset: at(10),
    until: at(20),
    parameters: { consumers: 0.1 },
  });
  const world = engine(model(mail({ rps: 200, concurrency: 10 }), { faults: [fewer] }));
  world.run(at(9.9));
  expect(cell(world.parts.queues.waiting, 0)).toBeLessThan(20);
  world.run(at(19.9));
  const lag = cell(world.parts.queues.waiting, 0);
  expect(Math.abs(lag - 1_500)).toBeLessThan(150);
  world.run(at(20 + lag / 300 + 1));
  expect(cell(world.parts.queues.waiting, 0)).toBeLessThan(20);
});

describe("a process that dies", () => {
  const killed: WorldAction = { kind: "restart", service: "worker" };

  test("has its messages handed out again", () => {
    const world = engine(model(mail({ rps: 20, timeMs: 8_000 })));
    world.run(at(10));
    world.act("restart", at(10), killed);
    world.run(at(60));
    const { redelivered, lost } = flowOf(world);
    expect(cell(redelivered, 0)).toBeGreaterThan(50);
    expect(cell(lost, 0)).toBe(0);
  });

  test("loses those of a queue that forgets what it hands out", () => {
    const { queues, ...rest } = mail({ rps: 20, timeMs: 8_000 });
    const plain = queues.map(({ delivery, ...spec }) => (delivery === undefined ? spec : spec));
    const world = engine(model({ ...rest, queues: plain }));
    world.run(at(10));
    world.act("restart", at(10), killed);
    world.run(at(60));
    const { redelivered, lost } = flowOf(world);
    expect(cell(redelivered, 0)).toBe(0);
    expect(cell(lost, 0)).toBeGreaterThan(50);
  });
});

test("prefetch bounds what one instance holds", () => {
  const world = play({ rps: 200, timeMs: 100, delivery: { prefetch: 4 } }, 1);
  expect(cell(world.parts.queues.inWork, 0)).toBe(8);
  expect([...world.state.instanceBusy].filter((busy) => busy > 0)).toEqual([4, 4]);
});

describe("a full queue", () => {
  const full = { rps: 100, timeMs: 100, concurrency: 1 } as const;

  test("refuses", () => {
    const world = play({ ...full, queue: { capacity: 10 } }, 10);
    const refused = spansOf(world, "producer publish mail").filter(({ status }) => status === STATUS_QUEUE_FULL);
    expect(refused.length).toBeGreaterThan(700);
  });

  test("drops the oldest, so that what is processed is fresh", () => {
    const world = play({ ...full, queue: { capacity: 10, overflow: "drop-oldest" } }, 10);
    expect(spansOf(world, "producer publish mail").every(({ status }) => status === STATUS_OK)).toBe(true);
    expect(cell(flowOf(world).expired, 0)).toBeGreaterThan(700);
    const waits = timesAt(world, "worker").waitMs.slice(10);
    expect(Math.max(...waits)).toBeLessThan(400);
  });

  test("lets publishers wait for room, who give up in the end", () => {
    const world = play({ ...full, publishTimeoutMs: 500, queue: { capacity: 10, overflow: "block" } }, 10);
    const ended = spansOf(world, "producer publish mail").filter(({ ended: over }) => over);
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set([STATUS_OK, STATUS_CLIENT_TIMEOUT]));
    // 10 a second find room in their half second.
    expect(ended.filter(({ status }) => status === STATUS_OK).length).toBeLessThan(140);
    expect(world.state.frames.inUse).toBeLessThan(400);
  });
});

test("what has waited longer than the retention is dropped", () => {
  const world = play({ rps: 50, timeMs: 100, concurrency: 1, queue: { retention: duration(1_000_000) } }, 20);
  const { expired } = flowOf(world);
  expect(cell(expired, 0)).toBeGreaterThan(600);
  expect(Math.max(...timesAt(world, "worker").waitMs)).toBeLessThanOrEqual(1_000);
});

test("a broker that confirms one message after the other is M/D/1", () => {
  const world = play({ rps: 80, queue: { confirmsPerSecond: 100 } }, 60);
  const confirmations = spansOf(world, "producer publish mail").filter(({ ended }) => ended);
  const mean = confirmations.reduce((sum, { durationUs }) => sum + durationUs, 0) / confirmations.length / 1_000;
  // Service 10 ms and Pollaczek–Khinchine for a constant one: ρ / (2 (1 − ρ)) of it.
  expect(Math.abs(mean - (10 + (0.8 / 0.4) * 10))).toBeLessThan(4);
});

describe("orders", () => {
  test("messages that keep failing are parked, and come back when they are put back", () => {
    const world = engine(
      model(mail({ rps: 20, concurrency: 4, delivery: { attempts: 50, backoff: duration(1_000) } }), {
        faults: [poison({ onset: at(0), until: at(20) }, "producer", 0.5)],
      }),
    );
    world.run(at(20));
    expect(cell(world.parts.queues.waiting, 0)).toBeGreaterThan(50);
    world.act("park", at(20), operate("park-messages", { attempts: 2 }));
    world.run(at(40));
    expect(cell(world.parts.queues.waiting, 0)).toBeLessThan(5);
    const dead = world.parts.queues.dead(0);
    expect(dead).toBeGreaterThan(100);
    world.act("redrive", at(40), operate("redrive-dead-letters", { messages: 100 }));
    world.run(at(42.5));
    // They are as broken as before.
    world.run(at(50));
    expect(world.parts.queues.dead(0)).toBe(dead);
  });

  test("consumers pause, go on, and are set", () => {
    const world = engine(model(mail({ rps: 50, concurrency: 2 })));
    world.run(at(5));
    world.act("pause", at(5), operate("pause-consumer"));
    world.run(at(17));
    expect(Math.abs(cell(world.parts.queues.waiting, 0) - 500)).toBeLessThan(80);
    expect(cell(world.parts.queues.inWork, 0)).toBe(0);
    world.act("more", at(17), operate("set-consumer-concurrency", { concurrency: 20 }));
    world.act("resume", at(23), operate("resume-consumer"));
    world.run(at(27));
    expect(cell(world.parts.queues.waiting, 0)).toBe(0);
  });

  test("a purge drops what waits", () => {
    const world = engine(model(mail({ rps: 50, concurrency: 1, timeMs: 200 })));
    world.run(at(20));
    const plan = planAction(world, operate("purge-queue"));
    expect(plan.ok && plan.value.destructive).toBe(true);
    world.act("purge", at(20), operate("purge-queue"));
    world.run(at(22.1));
    expect(cell(world.parts.queues.waiting, 0)).toBeLessThan(20);
    expect(cell(flowOf(world).purged, 0)).toBeGreaterThan(900);
  });
});

test("dead letters come back so often as they may: a loop", () => {
  const deadLetters = { capacity: 1_000, redriveAfter: duration(1_000_000), redrives: 3 };
  const world = play({ rps: 5, delivery: { attempts: 2, deadLetters } }, 30, [poison()]);
  const deliveries = new Map<number, number>();
  for (const { parent } of processings(world)) deliveries.set(parent, (deliveries.get(parent) ?? 0) + 1);
  expect(Math.max(...deliveries.values())).toBe(8);
});

test("a world goes on from a checkpoint with messages in every state", () => {
  const setting = {
    rps: 60,
    concurrency: 3,
    errorRatio: 0.3,
    publishTimeoutMs: 800,
    delivery: {
      attempts: 3,
      visibilityTimeout: duration(15_000),
      prefetch: 2,
      deadLetters: { ...DEAD_LETTERS, capacity: 50 },
    },
    queue: { capacity: 30, overflow: "block", confirmsPerSecond: 70 },
  } as const;
  const compiled = model(mail(setting), { faults: [poison({ onset: at(2), until: at(6) }, "producer", 0.3)] });
  const options = { seed: "test", startAt: at(-60), recordFrom: NOON, faultsOn: true, sink: silentSink };
  const whole = engine(compiled);
  whole.run(at(5));
  const checkpoint = whole.checkpoint();
  const rest = Engine.restore(compiled, options, checkpoint, whole);
  whole.run(at(15));
  rest.run(at(15));
  expect(rest.digest()).toBe(whole.digest());
  const other = flowOf(rest);
  expect([...other.published, ...other.redelivered]).toEqual([
    ...flowOf(whole).published,
    ...flowOf(whole).redelivered,
  ]);
  expect(cell(other.redelivered, 0)).toBeGreaterThan(100);
});
