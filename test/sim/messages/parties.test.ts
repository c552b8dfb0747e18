/** External parties: quotas, what they work on at a time, maintenance, ways to fail. */
import { describe, expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { Engine } from "../../../server/sim/engine.js";
import {
  STATUS_CLIENT_TIMEOUT,
  STATUS_CONNECTION_REFUSED,
  STATUS_OK,
  STATUS_OVERLOADED,
  STATUS_RATE_LIMITED,
} from "../../../server/sim/span-status.js";
import type { FaultSpec } from "../../../server/sim/timeline.js";
import type { ExternalDetailSpec } from "../../../server/topology/external-spec.js";
import type { CallRateSpec } from "../../../server/topology/resilience-spec.js";
import type { DurationSpec, Topology } from "../../../server/topology/types.js";
import { batchMeans } from "../../fixtures/batch-means.js";
import { waitOfMMc } from "../../fixtures/queueing-formulas.js";
import { spansOf, type SpanRow } from "../../fixtures/span-rows.js";
import {
  at,
  dependency,
  engine,
  exponentialMs,
  external,
  fault,
  journey,
  model,
  ms,
  NOON,
  operation,
  service,
  silentSink,
  topology,
} from "../../fixtures/topology.js";

interface Setting extends ExternalDetailSpec {
  readonly rps: number;
  readonly callRate?: CallRateSpec;
  readonly latency?: DurationSpec;
}

function payments({ rps, latency = ms(20), callRate, ...detail }: Setting): Topology {
  const policy = callRate === undefined ? {} : { policy: { callRate } };
  const front = service({
    id: "front",
    kind: "edge",
    dependencies: [dependency("bank", { timeout: duration(5_000_000), ...policy })],
    operations: [
      operation({
        name: "GET /",
        steps: [{ kind: "external", external: "bank", operation: "POST /charges", optional: true }],
      }),
    ],
  });
  return topology({
    rps,
    services: [front],
    externals: [{ ...external("bank", latency), ...detail }],
    journeys: [journey("all", "front", "GET /")],
  });
}

function calls(setting: Setting, seconds: number, faults: readonly FaultSpec[] = []): readonly SpanRow[] {
  const world = engine(model(payments(setting), { faults }), { startAt: at(-1) });
  world.run(at(seconds));
  return spansOf(world, "front client").filter(({ ended }) => ended);
}

const share = (rows: readonly SpanRow[], status: number): number =>
  rows.filter((row) => row.status === status).length / rows.length;

test("a party with so many places is M/M/c", () => {
  const rows = calls({ rps: 240, latency: exponentialMs(10), capacity: { concurrency: 3, queue: 10_000 } }, 60);
  const { mean, halfWidth } = batchMeans(Float64Array.from(rows, ({ durationUs }) => durationUs / 1_000));
  const theory = waitOfMMc(3, 2.4, 10) + 10;
  expect(Math.abs(mean - theory)).toBeLessThan(Math.max(0.05 * theory, halfWidth));
});

test("who finds no place in the line is answered 503: M/D/1/K serves all that one server can", () => {
  const rows = calls({ rps: 200, latency: ms(10), capacity: { concurrency: 1, queue: 2 } }, 20);
  expect(share(rows, STATUS_OK)).toBeGreaterThan(0.45);
  expect(share(rows, STATUS_OK)).toBeLessThan(0.51);
  expect(share(rows, STATUS_OVERLOADED)).toBeGreaterThan(0.49);
  const served = rows.filter(({ status }) => status === STATUS_OK);
  expect(Math.max(...served.map(({ durationUs }) => durationUs))).toBeLessThanOrEqual(30_000);
});

test("a quota admits its rate, and the rest is answered 429", () => {
  const rows = calls({ rps: 100, quota: { limit: 1_800, per: duration(60_000_000), burst: 30 } }, 60);
  const admitted = rows.filter(({ status }) => status === STATUS_OK).length;
  expect(Math.abs(admitted - 30 * 60)).toBeLessThan(60);
  expect(share(rows, STATUS_RATE_LIMITED)).toBeCloseTo(0.7, 1);
});

test("a caller that bounds its own calls keeps within the quota, and refuses the rest itself", () => {
  const quota = { limit: 30, per: duration(1_000_000), burst: 30 };
  const rows = calls({ rps: 100, quota, callRate: { perSecond: 20, burst: 20 } }, 60);
  const made = rows.filter(({ durationUs }) => durationUs > 0);
  expect(Math.abs(made.length - 20 * 60)).toBeLessThan(40);
  expect(made.every(({ status }) => status === STATUS_OK)).toBe(true);
  expect(share(rows, STATUS_RATE_LIMITED)).toBeCloseTo(0.8, 1);
});

test("it fails in the ways and at the shares that are declared", () => {
  const rows = calls({ rps: 200, failures: { unavailable: 0.1, hanging: 0.05, refused: 0.2 } }, 30);
  expect(share(rows, STATUS_OVERLOADED)).toBeCloseTo(0.1, 1);
  expect(share(rows, STATUS_CONNECTION_REFUSED)).toBeCloseTo(0.2, 1);
  expect(Math.abs(share(rows, STATUS_CLIENT_TIMEOUT) - 0.05)).toBeLessThan(0.02);
});

test("during maintenance it answers 503, every day at the same time", () => {
  const noon = 12 * 3_600_000_000;
  const maintenance = [{ at: duration(noon + 10_000_000), for: duration(5_000_000) }];
  const rows = calls({ rps: 50, maintenance }, 30);
  const failed = rows.filter(({ status }) => status === STATUS_OVERLOADED);
  expect(failed.every(({ startUs }) => startUs >= at(10) && startUs < at(15))).toBe(true);
  expect(Math.abs(failed.length - 250)).toBeLessThan(50);
});

describe("a limit by a fault", () => {
  const limit = (mode: string): FaultSpec =>
    fault({
      class: "dependency/quota-exhausted",
      target: "bank",
      onset: at(10),
      until: at(20),
      parameters: { perSecond: 10, mode },
    });
  const during = (rows: readonly SpanRow[]): readonly SpanRow[] =>
    rows.filter(({ startUs }) => startUs >= at(11) && startUs < at(20));
  const after = (rows: readonly SpanRow[]): readonly SpanRow[] => rows.filter(({ startUs }) => startUs >= at(21));

  test.each([
    ["refuse", STATUS_RATE_LIMITED],
    ["ignore", STATUS_CLIENT_TIMEOUT],
  ])("with %s", (mode, status) => {
    const rows = calls({ rps: 50 }, 40, [limit(mode)]);
    expect(share(during(rows), status)).toBeCloseTo(0.8, 1);
    expect(share(after(rows), STATUS_OK)).toBe(1);
  });

  test("with delay it lets ten a second through, one after the other", () => {
    const rows = calls({ rps: 12 }, 40, [limit("delay")]);
    const ends = during(rows).map(({ startUs, durationUs }) => startUs + durationUs);
    const gaps = ends.slice(20).map((end, index) => end - (ends[index + 19] ?? end));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(99_999);
    expect(share(after(rows), STATUS_OK)).toBe(1);
  });
});

test("a world goes on from a checkpoint with a party in the middle of its work", () => {
  const setting: Setting = {
    rps: 150,
    latency: exponentialMs(20),
    capacity: { concurrency: 3, queue: 20 },
    quota: { limit: 140, per: duration(1_000_000), burst: 50 },
    failures: { unavailable: 0.01, hanging: 0.01, refused: 0.01 },
  };
  const compiled = model(payments(setting));
  const whole = engine(compiled);
  whole.run(at(5));
  const options = { seed: "test", startAt: at(-60), recordFrom: NOON, faultsOn: true, sink: silentSink };
  const rest = Engine.restore(compiled, options, whole.checkpoint(), whole);
  whole.run(at(15));
  rest.run(at(15));
  expect(rest.digest()).toBe(whole.digest());
  const statuses = new Set(spansOf(rest, "front client").map(({ status }) => status));
  expect(statuses.size).toBeGreaterThanOrEqual(5);
});
