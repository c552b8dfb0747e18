/** Who gets the next worker: lines against queueing theory, divided workers against queues of their own. */
import { describe, expect, test } from "vitest";
import type { Engine } from "../../../server/sim/engine.js";
import { STATUS_OK, STATUS_OVERLOADED } from "../../../server/sim/span-status.js";
import type { ComputeSpec } from "../../../server/topology/compute-spec.js";
import { allowed } from "../../fixtures/theory-cases.js";
import { batchMeans } from "../../fixtures/batch-means.js";
import { waitOfMMc } from "../../fixtures/queueing-formulas.js";
import { spanRows } from "../../fixtures/span-rows.js";
import { SERVICE_MS, station, timesAt, turnedAway } from "../../fixtures/station.js";
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

const LOAD = 0.6;
const REQUESTS = 60_000;

const singleLine = (compute: ComputeSpec, erlangs = LOAD, requests = REQUESTS, queueCapacity = 100_000): Engine =>
  station({
    erlangs,
    time: exponentialMs(SERVICE_MS),
    requests,
    service: { workers: 1, cores: 1, queueCapacity, compute },
  });

describe("last come, first served", () => {
  test("has the mean wait of first come, first served, and a second moment 1/(1−ρ) times as large", () => {
    const { waitMs } = timesAt(singleLine({ queuePolicy: "lifo" }), "only");
    const mean = batchMeans(waitMs);
    const theory = waitOfMMc(1, LOAD, SERVICE_MS);
    expect(Math.abs(mean.mean - theory)).toBeLessThanOrEqual(allowed({ what: "", found: mean, theory }));
    // First come: E[W²] = 2ρ/(µ²(1−ρ)²); last come: that over 1−ρ (J. Kingman, Proc. Cambridge Phil. Soc. 58, 1962).
    const second = batchMeans(waitMs.map((wait) => wait * wait));
    const secondTheory = (2 * LOAD * SERVICE_MS ** 2) / (1 - LOAD) ** 3;
    expect(Math.abs(second.mean - secondTheory)).toBeLessThanOrEqual(
      allowed({ what: "", found: second, theory: secondTheory }),
    );
    const firstComeSecond = secondTheory * (1 - LOAD);
    expect(second.mean - second.halfWidth).toBeGreaterThan(firstComeSecond);
  });
});

describe("a line that is full", () => {
  test("loses as many whoever goes, and those who are served have waited for less when the oldest goes", () => {
    const [newest, oldest] = (["fifo", "drop-oldest"] as const).map((queuePolicy) =>
      singleLine({ queuePolicy }, 1.5, 20_000, 10),
    );
    if (newest === undefined || oldest === undefined) throw new Error("two worlds");
    const lost = (world: Engine): number => batchMeans(turnedAway(world, "only")).mean;
    expect(lost(oldest)).toBeCloseTo(lost(newest), 2);
    const waited = (world: Engine): number => batchMeans(timesAt(world, "only").waitMs).mean;
    // Of eleven places the line is full nearly always: the newest waits for all before it, the oldest is out by then.
    expect(waited(oldest)).toBeLessThan(0.75 * waited(newest));
  });

  test("that adapts serves who came just now while it cannot serve all, and is first come first served before", () => {
    const usual = timesAt(singleLine({ queuePolicy: "fifo" }, 0.3, 3_000), "only");
    const adapts = timesAt(singleLine({ queuePolicy: "adaptive-lifo" }, 0.3, 3_000), "only");
    const apart = usual.sojournMs.filter((took, index) => took !== adapts.sojournMs[index]);
    expect(apart.length).toBeLessThan(0.02 * usual.sojournMs.length);
    const median = (values: Float64Array): number => values.slice().sort()[values.length >> 1] ?? NaN;
    const drowned = singleLine({ queuePolicy: "fifo" }, 2, 12_000, 200);
    const saved = singleLine({ queuePolicy: "adaptive-lifo" }, 2, 12_000, 200);
    expect(median(timesAt(drowned, "only").waitMs)).toBeGreaterThan(1_500);
    expect(median(timesAt(saved, "only").waitMs)).toBeLessThan(30);
    expect(batchMeans(turnedAway(saved, "only")).mean).toBeCloseTo(0.5, 1);
  });
});

/** Two kinds of requests, of which one takes long; workers are divided or not. */
function twoKinds(compute: ComputeSpec, slowMs: number, slowShare: number, queueCapacity = 100_000): Engine {
  const only = service({
    id: "only",
    kind: "edge",
    workers: 4,
    queueCapacity,
    operations: [
      operation({ name: "GET /fast", steps: [{ kind: "cpu", time: exponentialMs(SERVICE_MS) }] }),
      operation({ name: "GET /slow", steps: [{ kind: "cpu", time: exponentialMs(slowMs) }] }),
    ],
    compute,
  });
  const journeys = [
    journey("fast", "only", "GET /fast", 1 - slowShare),
    journey("slow", "only", "GET /slow", slowShare),
  ];
  const world = engine(model(topology({ rps: 200, services: [only], journeys })));
  world.run(at(100));
  return world;
}

const waitsOf = (world: Engine, site: string): Float64Array =>
  Float64Array.from(
    spanRows(world)
      .filter((span) => span.site === site && span.ended && span.status === STATUS_OK)
      .map(({ waitUs }) => waitUs / 1_000),
  );

function lostOf(world: Engine, site: string): number {
  const spans = spanRows(world).filter((span) => span.site === site && span.ended);
  return spans.filter(({ status }) => status === STATUS_OVERLOADED).length / spans.length;
}

describe("workers that are divided", () => {
  const apart: ComputeSpec = { bulkheads: [{ operations: ["GET /slow"], workers: 2 }] };

  test("are two queues that know nothing of each other", () => {
    const world = twoKinds(apart, SERVICE_MS, 0.4);
    for (const [site, share] of [
      ["only server GET /fast", 0.6],
      ["only server GET /slow", 0.4],
    ] as const) {
      const found = batchMeans(waitsOf(world, site));
      const theory = waitOfMMc(2, 200 * share * (SERVICE_MS / 1_000), SERVICE_MS);
      expect(Math.abs(found.mean - theory), site).toBeLessThanOrEqual(allowed({ what: site, found, theory }));
    }
  });

  test("keep the trouble of one kind from the other", () => {
    const shared = twoKinds({}, 400, 0.2, 400);
    const divided = twoKinds(apart, 400, 0.2, 400);
    expect(batchMeans(waitsOf(shared, "only server GET /fast")).mean).toBeGreaterThan(1_000);
    expect(lostOf(shared, "only server GET /fast")).toBeGreaterThan(0.3);
    // 1.6 of 2 workers are busy.
    expect(batchMeans(waitsOf(divided, "only server GET /fast")).mean).toBeLessThan(2 * waitOfMMc(2, 1.6, SERVICE_MS));
    expect(lostOf(divided, "only server GET /fast")).toBe(0);
    expect(lostOf(divided, "only server GET /slow")).toBeGreaterThan(0.5);
  });

  test("are all given out again when somebody is killed among them", () => {
    const only = service({
      id: "back",
      workers: 4,
      queueCapacity: 40,
      operations: ["GET /a", "GET /b"].map((name) => operation({ name, steps: [{ kind: "cpu", time: ms(15, 0.5) }] })),
      compute: { bulkheads: [{ operations: ["GET /b"], workers: 2 }], queuePolicy: "lifo" },
    });
    const front = service({
      id: "edge",
      kind: "edge",
      dependencies: [dependency("back")],
      operations: ["a", "b"].map((name) =>
        operation({
          name: `GET /${name}`,
          steps: [{ kind: "call", service: "back", operation: `GET /${name}`, repeat: 1, optional: false }],
        }),
      ),
    });
    const journeys = ["a", "b"].map((name) => journey(name, "edge", `GET /${name}`, 0.5));
    const world = engine(model(topology({ rps: 200, services: [front, only], journeys })));
    for (let second = 5; second < 40; second += 12) {
      world.act(`kill-${String(second)}`, at(second), { kind: "restart", service: "back", instance: 1 });
    }
    world.run(at(90));
    const late = spanRows(world).filter(({ site, startUs }) => site.startsWith("back server") && startUs > at(80));
    expect(late.length).toBeGreaterThan(1_500);
    expect(late.filter(({ status }) => status === STATUS_OVERLOADED).length / late.length).toBeLessThan(0.05);
  });
});
