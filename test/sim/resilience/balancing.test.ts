import { expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { STATUS_DEPENDENCY_FAILED, STATUS_INSTANCE_STOPPED, STATUS_OK } from "../../../server/sim/span-status.js";
import type { BalancingSpec, CallPolicySpec } from "../../../server/topology/resilience-spec.js";
import type { ServiceSpec, Topology } from "../../../server/topology/types.js";
import { Engine } from "../../../server/sim/engine.js";
import { spansOf } from "../../fixtures/span-rows.js";
import { frontAndBack } from "../../fixtures/front-and-back.js";
import { at, engine, exponentialMs, model, ms } from "../../fixtures/topology.js";

function callers(
  rps: number,
  policy: CallPolicySpec,
  { time = ms(1), ...back }: Partial<ServiceSpec> & { readonly time?: ReturnType<typeof ms> },
): Topology {
  return frontAndBack({ rps, call: { policy }, back, work: time, networkMs: 0.5 });
}

const kind = (name: BalancingSpec["kind"], choices = 2): CallPolicySpec => ({
  balancing: { kind: name, choices, hashBy: "user" },
});

function countsOf(world: Engine): number[] {
  const counts = new Map<number, number>();
  for (const { instance } of spansOf(world, "server GET /work")) counts.set(instance, (counts.get(instance) ?? 0) + 1);
  return [...counts.values()];
}

function run(spec: Topology, seconds: number): Engine {
  const world = engine(model(spec));
  world.run(at(seconds));
  return world;
}

test("round robin gives every instance the same number of calls", () => {
  const counts = countsOf(run(callers(50, kind("round-robin"), { instances: 5 }), 20));
  expect(counts).toHaveLength(5);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

test("the better of two choices keeps the longest queue far shorter than a random choice does", () => {
  const longest = (policy: CallPolicySpec): number => {
    const world = engine(model(callers(900, policy, { instances: 10, workers: 1, time: exponentialMs(10) })));
    let most = 0;
    let sum = 0;
    for (let tick = 1; tick <= 150; tick++) {
      world.run(at(tick / 10));
      const queued = world.instanceStates().filter((state) => state.service === "back");
      most = Math.max(0, ...queued.map((state) => state.queued + state.busy));
      sum += most;
    }
    return sum / 150;
  };
  const random = longest({});
  const two = longest(kind("least-requests"));
  // Mitzenmacher: tails fall like rho^n at random and like rho^(2^n - 1) with two choices.
  expect(random).toBeGreaterThan(2.5 * two);
  expect(longest(kind("least-requests", 0))).toBeLessThanOrEqual(two);
});

test("a user's calls go to one instance; callers of a random choice are spread as without a policy", () => {
  const world = run(callers(100, kind("consistent-hash"), { instances: 4 }), 20);
  const instanceOf = new Map<number, number>();
  for (const { instance, request } of spansOf(world, "server GET /work")) {
    const user = world.draws.userOf(request);
    expect(instanceOf.get(user) ?? instance).toBe(instance);
    instanceOf.set(user, instance);
  }
  expect(new Set(instanceOf.values()).size).toBe(4);
  const plain = run(callers(100, {}, { instances: 4 }), 10).digest();
  expect(run(callers(100, kind("random"), { instances: 4 }), 10).digest()).toBe(plain);
});

test("calls stay in the zone while its instances are well", () => {
  // Instances are spread over three zones in turn: the first of each service is in the first zone.
  const world = run(callers(60, kind("locality"), { instances: 6 }), 10);
  const counts = countsOf(world);
  expect(counts).toHaveLength(2);
});

test("an instance that fails several times in a row is left alone for a while", () => {
  const policy: CallPolicySpec = {
    outliers: { consecutiveFailures: 3, ejectFor: duration(5_000_000), maxEjected: 0.5 },
  };
  const world = engine(model(callers(100, policy, { instances: 3 })));
  const bad = world.model.services[1]!.instancesFrom;
  world.state.instanceErrorRatio[bad] = 1;
  world.run(at(20));
  const failed = spansOf(world, "client GET /work").filter(({ status }) => status !== STATUS_OK);
  // Three failures every five seconds, four times, and a few that were under way.
  expect(failed.length).toBeGreaterThanOrEqual(12);
  expect(failed.length).toBeLessThan(25);
});

test("a server that closes idle connections before its callers do resets a share of them", () => {
  const keepAlive = 200_000;
  const notice = 20_000;
  const oneWay = 500;
  const policy: CallPolicySpec = {
    connections: { idleTimeout: duration(0), maxLifetime: duration(0), notice: duration(notice), balance: "request" },
  };
  // One call at a time as good as always: gaps between calls are exponential with the mean of the arrivals.
  const rps = 4;
  const world = run(callers(rps, policy, { guard: { keepAlive: duration(keepAlive) } }), 2_000);
  const calls = spansOf(world, "client GET /work");
  const reset = calls.filter(({ status }) => status === STATUS_INSTANCE_STOPPED);
  const edge = spansOf(world, "server GET /").filter(({ status }) => status === STATUS_DEPENDENCY_FAILED);
  expect(edge).toHaveLength(reset.length);
  const exceeds = (us: number): number => Math.exp((-rps * us) / 1e6);
  // Idle begins when the answer is there: a call takes two ways and 1 ms of work after the last arrival.
  const busy = 2 * oneWay + 1_000;
  const expected = exceeds(busy + keepAlive - 2 * oneWay) - exceeds(busy + keepAlive + notice);
  const share = reset.length / calls.length;
  expect(Math.abs(share - expected)).toBeLessThan(3 * Math.sqrt((expected * (1 - expected)) / calls.length));
});

test("callers that close idle connections first see no reset", () => {
  const policy: CallPolicySpec = {
    connections: {
      idleTimeout: duration(150_000),
      maxLifetime: duration(0),
      notice: duration(20_000),
      balance: "request",
    },
  };
  const world = run(callers(4, policy, { guard: { keepAlive: duration(200_000) } }), 500);
  expect(spansOf(world, "client GET /work").every(({ status }) => status === STATUS_OK)).toBe(true);
});

test("connections that were opened before an instance came keep their calls away from it", () => {
  const sticky = (balance: "request" | "connection"): number[] => {
    const policy: CallPolicySpec = {
      connections: { idleTimeout: duration(0), maxLifetime: duration(0), notice: duration(5_000), balance },
    };
    return countsOf(run(callers(20, policy, { instances: 4 }), 20));
  };
  expect(sticky("request")).toHaveLength(4);
  // Hardly ever two calls at a time: one or two connections carry everything.
  expect(sticky("connection").length).toBeLessThan(4);
});

test("a world with policies goes on from a checkpoint as if nothing had been", () => {
  const policy: CallPolicySpec = {
    ...kind("least-requests"),
    breaker: {
      failureRatio: 0.2,
      window: 20,
      minimumCalls: 5,
      consecutiveFailures: 0,
      openFor: duration(500_000),
      probes: 2,
    },
    retryBudget: { ratio: 0.1, minPerSecond: 1, burst: 5 },
    connections: {
      idleTimeout: duration(300_000),
      maxLifetime: duration(0),
      notice: duration(5_000),
      balance: "request",
    },
    outliers: { consecutiveFailures: 2, ejectFor: duration(1_000_000), maxEjected: 0.5 },
  };
  const spec = callers(80, policy, { instances: 3, guard: { keepAlive: duration(250_000) } });
  const make = (): Engine => {
    const world = engine(model(spec));
    world.state.operationErrorRatio[1] = 0.2;
    return world;
  };
  const whole = make();
  whole.run(at(10));
  const first = make();
  first.run(at(4.2));
  const again = Engine.restore(first.model, first.options, first.checkpoint(), first);
  again.run(at(10));
  expect(again.digest()).toBe(whole.digest());
});
