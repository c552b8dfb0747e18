/** The engine against closed forms: if these hold, waits and sojourns in scenarios are what theory says they are. */
import { expect, test } from "vitest";
import type { Engine } from "../../server/sim/engine.js";
import type { ServiceSpec, StepSpec } from "../../server/topology/types.js";
import { spanRows } from "../fixtures/span-rows.js";
import { at, engine, exponentialMs, journey, model, ms, operation, service, topology } from "../fixtures/topology.js";

function singleServer(step: StepSpec, spec: Partial<ServiceSpec>, rps: number, seconds: number): Engine {
  const only = service({
    id: "only",
    kind: "edge",
    queueCapacity: 100_000,
    operations: [operation({ name: "GET /", steps: [step] })],
    ...spec,
  });
  const world = engine(model(topology({ rps, services: [only], journeys: [journey("all", "only", "GET /")] })));
  world.run(at(seconds));
  return world;
}

function means(world: Engine): { readonly waitMs: number; readonly sojournMs: number } {
  let wait = 0;
  let sojourn = 0;
  const spans = spanRows(world).filter(({ ended }) => ended);
  for (const { waitUs, durationUs } of spans) {
    wait += waitUs;
    sojourn += durationUs;
  }
  return { waitMs: wait / spans.length / 1_000, sojournMs: sojourn / spans.length / 1_000 };
}

const within = (share: number, expected: number): [number, number] => [expected * (1 - share), expected * (1 + share)];

test("M/M/1 at load 0.7 waits ρ/(µ−λ) = 2.333 ms", () => {
  const world = singleServer({ kind: "cpu", time: exponentialMs(1) }, { workers: 1, cores: 1 }, 700, 600);
  const [low, high] = within(0.03, 0.7 / (1 - 0.7));
  expect(means(world).waitMs).toBeGreaterThan(low);
  expect(means(world).waitMs).toBeLessThan(high);
});

test("M/M/4 at load 0.8 waits 0.7455 ms (Erlang C)", () => {
  const world = singleServer({ kind: "cpu", time: exponentialMs(1) }, { workers: 4, cores: 4 }, 3_200, 200);
  const [low, high] = within(0.05, 0.7455);
  expect(means(world).waitMs).toBeGreaterThan(low);
  expect(means(world).waitMs).toBeLessThan(high);
});

test("M/D/1 at load 0.8 waits half of what M/M/1 does (Pollaczek–Khinchine)", () => {
  const world = singleServer({ kind: "cpu", time: ms(1) }, { workers: 1, cores: 1 }, 800, 300);
  const [low, high] = within(0.03, 0.8 / (2 * (1 - 0.8)));
  expect(means(world).waitMs).toBeGreaterThan(low);
  expect(means(world).waitMs).toBeLessThan(high);
});

test("M/G/1-PS takes E[S]/(1−ρ), whatever the distribution", () => {
  const sigma = 0.8;
  const mean = Math.exp((sigma * sigma) / 2);
  const world = singleServer(
    { kind: "cpu", time: ms(1, sigma) },
    { cores: 1, workers: 100_000 },
    (0.7 / mean) * 1_000,
    400,
  );
  const [low, high] = within(0.04, mean / (1 - 0.7));
  expect(means(world).sojournMs).toBeGreaterThan(low);
  expect(means(world).sojournMs).toBeLessThan(high);
});
