import { expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { Engine } from "../../../server/sim/engine.js";
import {
  STATUS_DEADLINE_EXCEEDED,
  STATUS_LOAD_SHED,
  STATUS_OK,
  STATUS_RATE_LIMITED,
} from "../../../server/sim/span-status.js";
import type { ServiceGuardSpec } from "../../../server/topology/resilience-spec.js";
import type { DependencySpec, JourneySpec, ServiceSpec, Topology } from "../../../server/topology/types.js";
import { type SpanRow, spansOf } from "../../fixtures/span-rows.js";
import {
  at,
  dependency,
  engine,
  exponentialMs,
  journey,
  model,
  ms,
  operation,
  service,
  topology,
} from "../../fixtures/topology.js";

interface Setting {
  readonly rps: number;
  readonly guard: ServiceGuardSpec;
  readonly back?: Partial<ServiceSpec>;
  readonly front?: ServiceGuardSpec;
  readonly policy?: Partial<DependencySpec>;
  readonly journeys?: readonly JourneySpec[];
  readonly time?: ReturnType<typeof ms>;
}

function guarded({ rps, guard, back = {}, front = {}, policy, journeys, time = ms(10) }: Setting): Topology {
  const called = { kind: "call", service: "back", operation: "GET /work", repeat: 1, optional: false } as const;
  return topology({
    rps,
    services: [
      service({
        id: "front",
        kind: "edge",
        guard: front,
        dependencies: [dependency("back", policy)],
        operations: [operation({ name: "GET /", steps: [called] }), operation({ name: "GET /other", steps: [called] })],
      }),
      service({
        id: "back",
        guard,
        operations: [
          operation({
            name: "GET /work",
            steps: [
              { kind: "cpu", time },
              { kind: "cpu", time },
            ],
          }),
        ],
        ...back,
      }),
    ],
    journeys: journeys ?? [journey("all", "front", "GET /")],
    network: { latency: ms(0.5) },
  });
}

function work(spec: Topology, seconds: number): readonly SpanRow[] {
  const world = engine(model(spec));
  world.run(at(seconds));
  return spansOf(world, "server GET /work").filter(({ ended }) => ended);
}

const withStatus = (rows: readonly SpanRow[], wanted: number): readonly SpanRow[] =>
  rows.filter(({ status }) => status === wanted);

test("an instance lets in what its limit allows and answers the rest 429 at once", () => {
  const rows = work(guarded({ rps: 40, guard: { rateLimits: [{ perSecond: 10, burst: 10, per: "all" }] } }), 60);
  const passed = withStatus(rows, STATUS_OK);
  // Overloaded all the time: the rate is what passes, and the burst that was there.
  expect(passed.length).toBeGreaterThan(60 * 10 - 2);
  expect(passed.length).toBeLessThanOrEqual(60 * 10 + 11);
  const refused = withStatus(rows, STATUS_RATE_LIMITED);
  expect(passed.length + refused.length).toBe(rows.length);
  expect(refused.every(({ durationUs }) => durationUs === 0)).toBe(true);
});

test("who is told to wait waits until there is a token", () => {
  const policy = { retry: { attempts: 2, backoff: duration(1_000), multiplier: 1, jitter: 0 } };
  const spec = guarded({ rps: 1, policy, guard: { rateLimits: [{ perSecond: 2, burst: 1, per: "all" }] } });
  const world = engine(model(spec));
  world.run(at(300));
  const tries = spansOf(world, "client GET /work");
  const second = tries.filter(({ attempt }) => attempt === 1);
  expect(second.length).toBeGreaterThan(20);
  // A second try fails only when yet another request has taken the token in between.
  const failed = second.filter(({ status }) => status !== STATUS_OK);
  expect(failed.length / second.length).toBeLessThan(0.5);
  const early = tries.filter(({ attempt, status }) => attempt === 0 && status === STATUS_RATE_LIMITED);
  expect(second).toHaveLength(early.length);
});

test("a service that knows deadlines works on nothing that is late, one that does not works on everything", () => {
  const overloaded = { workers: 1, queueCapacity: 500 };
  const policy = { timeout: duration(200_000) };
  const knows = { deadlines: true };
  const base = { rps: 80, policy, back: overloaded };
  const honest = work(guarded({ ...base, guard: knows, front: knows }), 30);
  const wasteful = work(guarded({ ...base, guard: {} }), 30);
  const useful = (rows: readonly SpanRow[]): number =>
    withStatus(rows, STATUS_OK).filter(({ durationUs }) => durationUs < 199_000).length;
  // One worker of 20 ms: at most 50 a second can be of use. First come, first served leaves many who have just enough
  // time to begin and not to end; without deadlines it is nearly all of them.
  expect(useful(honest)).toBeGreaterThan(30 * 18);
  expect(useful(wasteful)).toBeLessThan(30 * 5);
  expect(withStatus(honest, STATUS_DEADLINE_EXCEEDED).length).toBeGreaterThan(500);
});

test("without deadlines nothing is dropped although the callee would honour them", () => {
  const rows = work(
    guarded({
      rps: 80,
      policy: { timeout: duration(200_000) },
      back: { workers: 1, queueCapacity: 500 },
      guard: { deadlines: true },
    }),
    10,
  );
  expect(withStatus(rows, STATUS_DEADLINE_EXCEEDED)).toHaveLength(0);
});

test("sheddable journeys are refused before normal ones, critical ones never", () => {
  const shares = (priority: JourneySpec["priority"]): JourneySpec => ({
    ...journey(priority ?? "none", "front", "GET /", 1 / 3),
    ...(priority === undefined ? {} : { priority }),
  });
  const spec = guarded({
    rps: 70,
    journeys: [shares("sheddable"), shares(undefined), shares("critical")],
    back: { workers: 1, queueCapacity: 20 },
    guard: { shedding: { queueAbove: 0.2, runnableAbove: 0, minimumTimeLeft: duration(0) } },
  });
  const world = engine(model(spec));
  world.run(at(60));
  const shed = [0, 0, 0];
  for (const { status, request } of spansOf(world, "server GET /work")) {
    if (status === STATUS_LOAD_SHED) shed[Math.floor(world.draws.journeyDraw(request) * 3)]!++;
  }
  const [sheddable = 0, normal = 0, critical = 0] = shed;
  expect(sheddable).toBeGreaterThan(500);
  expect(normal).toBeLessThan(sheddable / 3);
  expect(critical).toBe(0);
});

test("a limit that finds itself keeps the time of an overloaded service near its target", () => {
  const back = { cores: 1, workers: 400, queueCapacity: 400 };
  const base = { rps: 70, back, time: exponentialMs(10) };
  const tail = (rows: readonly SpanRow[]): number => {
    const times = withStatus(rows, STATUS_OK).map(({ durationUs }) => durationUs);
    times.sort((left, right) => left - right);
    return times[Math.floor(times.length * 0.9)]!;
  };
  const adaptiveLimit = { latencyTarget: duration(200_000), initial: 20, min: 1, max: 500 };
  const free = work(guarded({ ...base, guard: {} }), 60);
  const limited = work(guarded({ ...base, guard: { adaptiveLimit } }), 60);
  expect(tail(free)).toBeGreaterThan(2_000_000);
  expect(tail(limited)).toBeLessThan(600_000);
  // A core of 20 ms a request: 50 a second; most of that is still served.
  expect(withStatus(limited, STATUS_OK).length).toBeGreaterThan(60 * 42);
});

test("limits and buckets are part of a checkpoint", () => {
  const guard: ServiceGuardSpec = {
    deadlines: true,
    rateLimits: [
      { perSecond: 15, burst: 4, per: "client" },
      { operation: "GET /work", perSecond: 30, burst: 5, per: "all" },
    ],
    shedding: { queueAbove: 0.3, runnableAbove: 2, minimumTimeLeft: duration(1_000) },
    adaptiveLimit: { latencyTarget: duration(50_000), initial: 5, min: 1, max: 50 },
  };
  const compiled = model(guarded({ rps: 40, guard, front: { deadlines: true }, back: { workers: 2, cores: 1 } }));
  const whole = engine(compiled);
  whole.run(at(10));
  const first = engine(compiled);
  first.run(at(5.3));
  const again = Engine.restore(compiled, first.options, first.checkpoint(), first);
  again.run(at(10));
  expect(again.digest()).toBe(whole.digest());
});
