/** Random worlds: whatever happens in them, the books balance, nothing leaks, and slicing changes nothing. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { duration } from "../../server/base/time.js";
import { planAction } from "../../server/sim/action-plan.js";
import type { Engine } from "../../server/sim/engine.js";
import type { FaultSpec, WorldAction } from "../../server/sim/timeline.js";
import { smallShop } from "../fixtures/small-shop.js";
import { type SpanRow, spanRows } from "../fixtures/span-rows.js";
import { at, deploy, engine, fault, model } from "../fixtures/topology.js";

const END_SECONDS = 40;

const anyFault: fc.Arbitrary<Pick<FaultSpec, "class" | "target" | "parameters" | "trigger">> = fc.constantFrom(
  { class: "dependency/slow", target: "bank", parameters: { latencyUs: 7_000_000 } },
  { class: "dependency/slow", target: "orders", parameters: { factor: 60 } },
  { class: "dependency/slow", target: "cart", parameters: { latencyUs: 400_000 } },
  { class: "dependency/errors", target: "cart", parameters: { ratio: 0.5 } },
  { class: "resource/cpu-stress", target: "order", parameters: { share: 0.97 } },
  { class: "traffic/surge", target: "edge", parameters: { factor: 8 } },
  {
    class: "database/n-plus-one",
    target: "order",
    trigger: "deploy-order",
    parameters: { query: "stock", perItemQuery: "stock-item" },
  },
  { class: "telemetry/label-cardinality", target: "order", trigger: "deploy-order", parameters: {} },
);

const anyAction: fc.Arbitrary<WorldAction> = fc.constantFrom<WorldAction[]>(
  { kind: "restart", service: "order" },
  { kind: "restart", service: "cart", instance: 1 },
  { kind: "restart", service: "notifier" },
  { kind: "scale", service: "order", instances: 7 },
  { kind: "scale", service: "order", instances: 1 },
  { kind: "rollback", change: "deploy-order" },
  { kind: "set-timeout", service: "order", target: "bank", timeout: duration(100_000) },
  { kind: "set-pool", service: "cart", target: "orders", poolSize: 1 },
  {
    kind: "set-retry",
    service: "edge",
    target: "order",
    retry: { attempts: 5, backoff: duration(1_000), multiplier: 2, jitter: 0.5 },
  },
);

const anyWorld = fc.record({
  seed: fc.string({ minLength: 1, maxLength: 8 }),
  rps: fc.integer({ min: 1, max: 60 }),
  // One fault a target: stacked factors would outlast the time in which everything has to come to its end.
  faults: fc.uniqueArray(fc.record({ spec: anyFault, onset: fc.integer({ min: 1, max: 30 }) }), {
    maxLength: 3,
    selector: ({ spec }) => spec.target,
  }),
  deployAt: fc.integer({ min: -30, max: 20 }),
  actions: fc.array(fc.record({ action: anyAction, at: fc.integer({ min: 1, max: END_SECONDS - 1 }) }), {
    maxLength: 4,
  }),
  slices: fc.integer({ min: 2, max: 200 }),
});

type World = typeof anyWorld extends fc.Arbitrary<infer Value> ? Value : never;

/** Plays the world; `slices` cuts the time between orders. */
function play(world: World, slices: number): Engine {
  const faults = world.faults.map(({ spec, onset }, index) =>
    fault({ ...spec, id: `fault-${String(index)}`, onset: at(onset) }),
  );
  const compiled = model(smallShop({ rps: world.rps }), { changes: [deploy("order", at(world.deployAt))], faults });
  const made = engine(compiled, { seed: world.seed, startAt: at(-5), stopArrivalsAt: at(END_SECONDS) });
  const orders = [...world.actions].sort((a, b) => a.at - b.at);
  for (let slice = 1; slice <= slices; slice++) {
    const until = (END_SECONDS * slice) / slices;
    while (orders[0] !== undefined && orders[0].at <= until) {
      const order = orders.shift();
      if (order === undefined) break;
      made.run(at(order.at));
      if (planAction(made, order.action).ok) made.act("order", at(order.at), order.action);
    }
    made.run(at(until));
  }
  return made;
}

function expectNothingLeft(world: Engine): void {
  // Long enough for the slowest chain of time-outs and for every roll-out.
  world.run(at(END_SECONDS + 300));
  const { state } = world;
  expect(state.frames.inUse).toBe(0);
  expect([...state.instanceBusy].every((busy) => busy === 0)).toBe(true);
  expect([...state.poolUsed].every((used) => used === 0)).toBe(true);
  expect([...state.poolLines.length].every((waiting) => waiting === 0)).toBe(true);
  expect([...state.storeActive].every((active) => active === 0)).toBe(true);
  const open = [...state.poolOpen].reduce((sum, connections) => sum + connections, 0);
  expect([...state.storeConnections].reduce((sum, connections) => sum + connections, 0)).toBeLessThanOrEqual(open);
}

/** Starts ascend; a child starts within its parent, and ends within it unless its caller had given up. */
function expectOrderedSpans(rows: readonly SpanRow[]): void {
  for (const span of rows) {
    const before = rows[span.row - 1];
    expect(before === undefined || before.startUs <= span.startUs).toBe(true);
    const parent = rows[span.parent];
    if (parent === undefined) continue;
    expect(parent.request).toBe(span.request);
    expect(parent.startUs).toBeLessThanOrEqual(span.startUs);
    const outlives = span.startUs + span.durationUs > parent.startUs + parent.durationUs;
    const callerGaveUp = parent.status === 5 || parent.status === 8;
    if (outlives && span.kind === "server") expect(callerGaveUp).toBe(true);
  }
}

test("random worlds with random faults and orders", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const whole = play(world, 1);
      expect(play(world, world.slices).digest()).toBe(whole.digest());
      expectNothingLeft(whole);
      const rows = spanRows(whole);
      expect(rows.every(({ ended }) => ended)).toBe(true);
      expectOrderedSpans(rows);
    }),
    { numRuns: 12, seed: 20_251_014 },
  );
});
