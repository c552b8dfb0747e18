/** A world that grows past a limit stops, and says which one, its figure, and what the simulated clock said. */
import { expect, test } from "vitest";
import { EventHeap } from "../../server/base/event-heap.js";
import { LimitError } from "../../server/base/limit-error.js";
import { duration } from "../../server/base/time.js";
import type { Engine, EngineOptions } from "../../server/sim/engine.js";
import { EVENT_ARRIVAL } from "../../server/sim/events.js";
import type { Topology } from "../../server/topology/types.js";
import {
  at,
  dependency,
  engine,
  external,
  journey,
  model,
  ms,
  NOON,
  operation,
  service,
  topology,
} from "../fixtures/topology.js";

/** Everything waits a minute for an answer, with room for all of it. */
function endless(spec: Partial<Topology> = {}, options: Partial<EngineOptions> = {}): Engine {
  const edge = service({
    id: "edge",
    kind: "edge",
    workers: 10_000_000,
    dependencies: [dependency("bank", { poolSize: 10_000_000, timeout: duration(600_000_000) })],
    operations: [
      operation({
        name: "GET /",
        steps: [{ kind: "external", external: "bank", operation: "POST /charges", optional: false }],
      }),
    ],
  });
  const world = topology({
    rps: 10_000,
    services: [edge],
    externals: [external("bank", ms(60_000))],
    journeys: [journey("all", "edge", "GET /")],
    ...spec,
  });
  return engine(model(world), { startAt: NOON, ...options });
}

function limitOf(run: () => void): LimitError {
  try {
    run();
  } catch (error) {
    if (error instanceof LimitError) return error;
    throw error;
  }
  throw new Error("no limit was met");
}

test("requests in work", () => {
  const error = limitOf(() => endless().run(at(60)));
  expect(error).toMatchObject({ limit: "requests in work of a world", allowed: 262_144 });
  // Each is a handling and a question: 131,072 of them at 10,000 a second.
  expect(((error.simulatedUs ?? 0) - NOON) / 1e6).toBeCloseTo(13.1, 0);
  expect(error.message).toMatch(/: \d+, allowed 262144, when the simulated clock stood at 12:00:13\.\d{3} UTC\. Lower/);
});

test("spans", () => {
  const error = limitOf(() => endless({}, { limits: { spanRows: 65_536 } }).run(at(60)));
  expect(error).toMatchObject({ allowed: 65_536 });
  expect(((error.simulatedUs ?? 0) - NOON) / 1e6).toBeCloseTo(3.3, 0);
});

test("arrivals of a second", () => {
  const error = limitOf(() => endless({ load: { ...topology({ rps: 1e6 }).load } }).run(at(1)));
  expect(error.message).toContain("arrivals");
  expect(error.simulatedUs).toBe(NOON);
});

test("pending events and reach of the event list", () => {
  const heap = new EventHeap(0);
  const error = limitOf(() => {
    for (let pushed = 0; ; pushed++) heap.push(pushed, EVENT_ARRIVAL);
  });
  expect(error).toMatchObject({ limit: "pending events of a world", allowed: 4_194_304 });
  expect(limitOf(() => new EventHeap(0).push(2 ** 35, EVENT_ARRIVAL)).limit).toContain("simulated time");
});

test("an error keeps the instant at which it happened, and has one only where there is a world", () => {
  const error = new LimitError("worlds", 3, undefined, "Leave one.");
  expect(error.message).toBe("limit of worlds exceeded: more than 3. Leave one.");
  expect(error.at(0).at(5).simulatedUs).toBe(0);
});
