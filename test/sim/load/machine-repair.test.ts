/** Users who wait for answers against closed forms of closed systems. */
import { expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import type { Engine } from "../../../server/sim/engine.js";
import type { PopulationSpec } from "../../../server/topology/load-spec.js";
import type { DurationSpec } from "../../../server/topology/types.js";
import { batchMeans, expectTheory } from "../../fixtures/batch-means.js";
import { machineRepair } from "../../fixtures/queueing-formulas.js";
import { spanRows } from "../../fixtures/span-rows.js";
import { at, engine, exponentialMs, journey, model, operation, service, topology } from "../../fixtures/topology.js";

const SERVICE_MS = 10;
const NO_RELOAD = { share: 0, times: 0, pause: duration(0) };

const population = (users: number, think: DurationSpec): PopulationSpec => ({
  id: "people",
  users,
  followsCurve: false,
  think,
  reload: NO_RELOAD,
  next: [],
});

function closedStation(servers: number, users: number, thinkMs: number, seconds: number): Engine {
  const only = service({
    id: "only",
    kind: "edge",
    workers: servers,
    cores: servers,
    operations: [operation({ name: "GET /", steps: [{ kind: "cpu", time: exponentialMs(SERVICE_MS) }] })],
  });
  const plain = topology({ rps: 0, services: [only], journeys: [journey("all", "only", "GET /")] });
  const load = { ...plain.load, populations: [population(users, exponentialMs(thinkMs))] };
  const world = engine(model({ ...plain, load }));
  world.run(at(seconds));
  return world;
}

test.each([
  [1, 8, 60],
  [3, 12, 25],
])("M/M/%i//%i: throughput and response time of the machine-repair queue", (servers, users, thinkMs) => {
  const seconds = 1_200;
  const world = closedStation(servers, users, thinkMs, seconds);
  const spans = spanRows(world).filter(({ ended }) => ended);
  const theory = machineRepair(servers, users, thinkMs, SERVICE_MS);
  const perSecond = new Float64Array(seconds);
  for (const { startUs } of spans)
    perSecond[Math.floor((startUs - at(0)) / 1e6)] = (perSecond[Math.floor((startUs - at(0)) / 1e6)] ?? 0) + 1;
  const responseMs = spans.map(({ durationUs }) => durationUs / 1_000);
  expectTheory("throughput", batchMeans(perSecond), theory.perSecond);
  expectTheory("response", batchMeans(responseMs), theory.responseMs);
  const response = batchMeans(responseMs).mean;
  // X = N / (R + Z), which is Little's law for users who think or wait.
  expect(batchMeans(perSecond).mean * (response + thinkMs)).toBeCloseTo(users * 1_000, -2);
});
