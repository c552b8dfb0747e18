import { describe, expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { Engine } from "../../../server/sim/engine.js";
import { triesOf } from "../../../server/sim/resilience/hedges.js";
import {
  STATUS_CANCELLED,
  STATUS_CLIENT_TIMEOUT,
  STATUS_INTERNAL_ERROR,
  STATUS_OK,
} from "../../../server/sim/span-status.js";
import type { CallPolicySpec } from "../../../server/topology/resilience-spec.js";
import type { ServiceSpec, Topology } from "../../../server/topology/types.js";
import { type SpanRow, spansOf } from "../../fixtures/span-rows.js";
import { frontAndBack } from "../../fixtures/front-and-back.js";
import { at, engine, model, ms } from "../../fixtures/topology.js";

function hedged(rps: number, policy: CallPolicySpec, back: Partial<ServiceSpec> = {}, timeoutMs = 2_000): Topology {
  const guard = { deadlines: true };
  return frontAndBack({
    rps,
    front: { guard },
    call: { policy, timeout: duration(timeoutMs * 1_000) },
    back: { instances: 4, guard, ...back },
    work: ms(10, 0.2),
    networkMs: 0.5,
  });
}

const after = (ms: number, extra = 1): CallPolicySpec => ({ hedge: { after: duration(ms * 1_000), extra } });

/** A world in which one of the four instances takes 300 ms and more for every answer. */
function withSlowOne(spec: Topology): Engine {
  const world = engine(model(spec), { stopArrivalsAt: at(30) });
  const slow = world.model.services[1]!.instancesFrom;
  world.state.instanceMedianUs[slow] = 600_000;
  world.run(at(40));
  return world;
}

const quantile = (rows: readonly SpanRow[], share: number): number => {
  const times = rows.map(({ durationUs }) => durationUs).sort((left, right) => left - right);
  return times[Math.floor(times.length * share)]!;
};

describe("a hedge", () => {
  test("cuts the tail of a slow instance; the loser is cancelled, nothing is left over", () => {
    const plain = withSlowOne(hedged(80, {}));
    const world = withSlowOne(hedged(80, after(30)));
    expect(quantile(spansOf(plain, "server GET /"), 0.9)).toBeGreaterThan(300_000);
    // 30 ms of waiting and another try of about 11 ms at an instance that is well.
    const edge = spansOf(world, "front server GET /");
    expect(quantile(edge, 0.99)).toBeLessThan(60_000);
    expect(edge.every(({ ended, status }) => ended && status === STATUS_OK)).toBe(true);
    const calls = spansOf(world, "client GET /work");
    const second = calls.filter(({ attempt }) => triesOf(attempt).hedge === 1);
    const cancelled = calls.filter(({ status }) => status === STATUS_CANCELLED);
    expect(second.length / edge.length).toBeGreaterThan(0.2);
    expect(second.length / edge.length).toBeLessThan(0.3);
    expect(cancelled).toHaveLength(second.length);
    expect(calls).toHaveLength(edge.length + second.length);
    expect(world.state.frames.inUse).toBe(0);
    expect([...world.state.poolUsed].every((used) => used === 0)).toBe(true);
  });

  test("asks at most as often as it may, each question another one later", () => {
    const all = hedged(20, after(50, 3), { instances: 4 });
    const world = engine(model(all), { stopArrivalsAt: at(20) });
    const { instancesFrom } = world.model.services[1]!;
    for (let instance = instancesFrom; instance < instancesFrom + 4; instance++)
      world.state.instanceMedianUs[instance] = 1_000_000;
    world.run(at(30));
    const calls = spansOf(world, "client GET /work");
    const byParent = new Map<number, number[]>();
    for (const { parent, startUs, attempt } of calls) {
      const starts = byParent.get(parent) ?? [];
      starts[triesOf(attempt).hedge] = startUs;
      byParent.set(parent, starts);
    }
    for (const starts of byParent.values()) {
      expect(starts).toHaveLength(4);
      expect(starts.map((start) => start - starts[0]!)).toEqual([0, 50_000, 100_000, 150_000]);
    }
    expect(world.state.frames.inUse).toBe(0);
  });

  test("a question that fails does not end the call while another is under way", () => {
    const failing = engine(model(hedged(80, after(30))), { stopArrivalsAt: at(30) });
    const { instancesFrom } = failing.model.services[1]!;
    // It fails 35 to 105 ms after the question; a hedge is answered some 41 ms after it.
    failing.state.instanceMedianUs[instancesFrom] = 70_000;
    failing.state.instanceErrorRatio[instancesFrom] = 1;
    failing.run(at(40));
    const edge = spansOf(failing, "front server GET /");
    expect(edge.every(({ status }) => status === STATUS_OK)).toBe(true);
    expect(spansOf(failing, "client GET /work").some(({ status }) => status === STATUS_INTERNAL_ERROR)).toBe(true);
    expect(failing.state.frames.inUse).toBe(0);
  });

  test("when all are late the call ends with its time-out, and no span or frame stays open", () => {
    const world = engine(model(hedged(40, after(30, 2), {}, 100)), { stopArrivalsAt: at(10) });
    const { instancesFrom } = world.model.services[1]!;
    for (let instance = instancesFrom; instance < instancesFrom + 4; instance++)
      world.state.instanceMedianUs[instance] = 1_000_000;
    world.run(at(20));
    const calls = spansOf(world, "client GET /work");
    const own = calls.filter(({ attempt }) => attempt === 0);
    expect(own.every(({ status, durationUs }) => status === STATUS_CLIENT_TIMEOUT && durationUs === 100_000)).toBe(
      true,
    );
    expect(calls.filter(({ attempt }) => attempt > 0).every(({ status }) => status === STATUS_CANCELLED)).toBe(true);
    expect(calls.every(({ ended }) => ended)).toBe(true);
    expect(world.state.frames.inUse).toBe(0);
  });

  test("a budget bounds how many there are", () => {
    const policy = { ...after(1), retryBudget: { ratio: 0.05, minPerSecond: 0, burst: 5 } };
    const world = engine(model(hedged(100, policy)));
    world.run(at(30));
    const calls = spansOf(world, "client GET /work");
    const second = calls.filter(({ attempt }) => attempt > 0).length;
    expect(second).toBeGreaterThan(100);
    expect(second).toBeLessThanOrEqual(0.05 * (calls.length - second) + 5);
  });

  test("is part of a checkpoint", () => {
    const compiled = model(hedged(80, after(8, 2)));
    const whole = engine(compiled);
    whole.run(at(10));
    const first = engine(compiled);
    first.run(at(4.7));
    const again = Engine.restore(compiled, first.options, first.checkpoint(), first);
    again.run(at(10));
    expect(again.digest()).toBe(whole.digest());
  });
});
