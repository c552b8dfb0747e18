/**
 * A Jackson network in a line: what leaves an M/M/c queue is again a Poisson process (P. J. Burke, 1956), so each stage
 * waits as if it were alone (J. R. Jackson, 1957). Stages are joined by message queues, since a call would hold the
 * worker of the caller. Handing on takes 1 µs of 10 ms.
 */
import { test } from "vitest";
import type { StepSpec } from "../../../server/topology/types.js";
import { batchMeans, expectTheory } from "../../fixtures/batch-means.js";
import { waitOfMMc } from "../../fixtures/queueing-formulas.js";
import { SERVICE_MS, timesAt } from "../../fixtures/station.js";
import {
  at,
  dependency,
  engine,
  exponentialMs,
  journey,
  model,
  none,
  operation,
  queue,
  service,
  topology,
} from "../../fixtures/topology.js";

const STAGES = 3;
const SERVERS = 4;
const ERLANGS = 2.4;
const REQUESTS = 200_000;

test("three M/M/4 in tandem at load 0.6: each waits as if it were alone", () => {
  const rps = (ERLANGS / SERVICE_MS) * 1_000;
  const indexes = Array.from({ length: STAGES }, (_, index) => index);
  const world = engine(
    model(
      topology({
        rps,
        services: indexes.map(stage),
        queues: indexes.slice(1).map(handOver),
        journeys: [journey("all", "stage-0", "work")],
      }),
    ),
  );
  world.run(at(REQUESTS / rps));
  const alone = waitOfMMc(SERVERS, ERLANGS, SERVICE_MS);
  for (const index of indexes) {
    const { waitMs, sojournMs } = timesAt(world, `stage-${String(index)}`);
    expectTheory(`wait at stage ${String(index)}`, batchMeans(waitMs), alone);
    // A consumer's span begins when it takes the message: its wait is before it.
    const inStage = index === 0 ? sojournMs : sojournMs.map((sojourn, at) => sojourn + (waitMs[at] ?? NaN));
    expectTheory(`time in stage ${String(index)}`, batchMeans(inStage), alone + SERVICE_MS);
  }
});

function stage(index: number) {
  const last = index === STAGES - 1;
  const work: StepSpec = { kind: "cpu", time: exponentialMs(SERVICE_MS) };
  const next = `queue-${String(index + 1)}`;
  return service({
    id: `stage-${String(index)}`,
    kind: index === 0 ? "edge" : "worker",
    workers: SERVERS,
    cores: SERVERS,
    queueCapacity: 100_000,
    operations: [operation({ name: "work", steps: last ? [work] : [work, { kind: "publish", queue: next }] })],
    dependencies: last ? [] : [dependency(next)],
  });
}

function handOver(index: number) {
  const consumer = { service: `stage-${String(index)}`, operation: "work", concurrency: SERVERS };
  return queue({ id: `queue-${String(index)}`, publishLatency: none, capacity: 100_000, consumer });
}
