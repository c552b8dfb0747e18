/** Roll-outs by what must hold at any time, and what is left of them when they go wrong. */
import { describe, expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { backOffUs } from "../../../server/sim/control/processes.js";
import type { Engine } from "../../../server/sim/engine.js";
import { STATUS_OK } from "../../../server/sim/span-status.js";
import type { DeploySpec } from "../../../server/topology/deploy-spec.js";
import type { ServiceSpec, Topology } from "../../../server/topology/types.js";
import { spansOf } from "../../fixtures/span-rows.js";
import {
  at,
  deploy,
  engine,
  fault,
  journey,
  model,
  ms,
  operation,
  service,
  topology,
} from "../../fixtures/topology.js";

const INSTANCES = 4;
const ROLLING: DeploySpec = {
  strategy: "rolling",
  maxUnavailable: 1,
  maxSurge: 0,
  pause: duration(1_000_000),
  canaryShare: 0.25,
  canaryTime: duration(60_000_000),
};

function web(spec: Partial<ServiceSpec>, rps = 20): Topology {
  return topology({
    rps,
    services: [
      service({
        id: "web",
        kind: "edge",
        instances: INSTANCES,
        startup: duration(4_000_000),
        operations: [operation({ name: "GET /", steps: [{ kind: "cpu", time: ms(50) }] })],
        ...spec,
      }),
    ],
    journeys: [journey("all", "web", "GET /")],
  });
}

const changes = [deploy("web", at(5))];
const versions = (world: Engine): readonly string[] =>
  world.instanceStates().map(({ version, phase }) => `${version} ${phase}`);
const present = (world: Engine): number => world.instanceStates().length;
const up = (world: Engine): number => world.state.upCount[0] ?? NaN;

describe.each([
  [1, 0],
  [2, 0],
  [0, 1],
  [1, 2],
])("a rolling one with %i unavailable and %i more", (maxUnavailable, maxSurge) => {
  test("never has fewer serving or more of them than it may, and gets to its end", () => {
    const world = engine(model(web({ deploy: { ...ROLLING, maxUnavailable, maxSurge } }), { changes }));
    for (let step = 0; step < 200; step++) {
      world.run(at(step / 2));
      expect(up(world)).toBeGreaterThanOrEqual(INSTANCES - maxUnavailable);
      expect(present(world)).toBeLessThanOrEqual(INSTANCES + maxSurge);
    }
    expect(versions(world)).toEqual(Array.from({ length: INSTANCES }, () => "1.1.0 up"));
    expect(world.changeRecords[0]?.state).toBe("live");
    expect(spansOf(world, "web server").every(({ status }) => status === STATUS_OK)).toBe(true);
  });
});

test("a canary has its share of the requests for its time, then the others follow", () => {
  const world = engine(model(web({ deploy: { ...ROLLING, strategy: "canary" } }), { changes }));
  world.run(at(70));
  const fresh = world.instanceStates().findIndex(({ version }) => version === "1.1.0");
  const during = spansOf(world, "web server").filter(({ startUs }) => startUs >= at(20) && startUs < at(70));
  const share = during.filter(({ instance }) => instance === fresh).length / during.length;
  // One of four, of a thousand requests: three standard deviations.
  expect(Math.abs(share - 0.25)).toBeLessThan(3 * Math.sqrt((0.25 * 0.75) / during.length));
  expect(world.instanceStates().filter(({ version }) => version === "1.1.0")).toHaveLength(1);
  world.run(at(140));
  expect(versions(world)).toEqual(Array.from({ length: INSTANCES }, () => "1.1.0 up"));
});

test("a blue-green one has as many again beside, and all requests change sides at once", () => {
  const world = engine(model(web({ deploy: { ...ROLLING, strategy: "blue-green" } }), { changes }));
  const sides: string[] = [];
  for (let step = 0; step < 60; step++) {
    world.run(at(step / 2));
    const serving = Array.from({ length: up(world) }, (_, place) => world.state.upInstances[place] ?? -1);
    sides.push([...new Set(serving.map((instance) => world.state.instanceVersion[instance]))].join("+"));
  }
  expect([...new Set(sides)]).toEqual(["1.0.0", "1.1.0"]);
  expect(versions(world)).toEqual(Array.from({ length: INSTANCES }, () => "1.1.0 up"));
});

describe("deploy/rolling-update", () => {
  const broken = (mode: string) =>
    fault({
      class: "deploy/rolling-update",
      target: "web",
      onset: at(5),
      trigger: "deploy-web",
      parameters: { mode },
    });
  const run = (mode: string, until: number, spec: Partial<ServiceSpec> = {}): Engine => {
    const world = engine(model(web({ deploy: ROLLING, ...spec }), { changes, faults: [broken(mode)] }));
    world.run(at(until));
    return world;
  };

  test("a version that hangs as it starts stops its own roll-out; a rollback ends it", () => {
    const world = run("hangs", 120);
    expect(versions(world)).toEqual(["1.1.0 starting", "1.0.0 up", "1.0.0 up", "1.0.0 up"]);
    expect(world.changeRecords[0]?.state).toBe("rolling-out");
    world.act("back", at(120), { kind: "rollback", change: "deploy-web" });
    world.run(at(150));
    expect(versions(world)).toEqual(Array.from({ length: INSTANCES }, () => "1.0.0 up"));
  });

  test("one that crashes is tried again ever later", () => {
    const world = run("crashes", 200);
    expect(up(world)).toBe(3);
    const ends = world.lifecycle.filter(({ template }) =>
      world.model.logTemplates[template]?.message.startsWith("process ended"),
    );
    const gaps = ends.slice(1).map(({ atUs }, index) => atUs - (ends[index]?.atUs ?? NaN));
    // A start runs for three seconds.
    expect(gaps).toEqual([0, 1, 2, 3, 4].map((before) => backOffUs(before) + 3_000_000));
  });

  test("without a drain what an instance works on is lost; with one nothing is", () => {
    const slow = { operations: [operation({ name: "GET /", steps: [{ kind: "cpu" as const, time: ms(400) }] })] };
    const lost = (world: Engine): number =>
      spansOf(world, "web server").filter(({ status, ended }) => ended && status !== STATUS_OK).length;
    expect(lost(run("no-drain", 60, slow))).toBeGreaterThan(2);
    const well = engine(model(web({ deploy: ROLLING, ...slow }), { changes }));
    well.run(at(60));
    expect(lost(well)).toBe(0);
  });

  test("all at once leaves nobody to serve until the new ones have started", () => {
    const world = run("all-at-once", 12);
    expect(up(world)).toBe(0);
    world.run(at(30));
    expect(up(world)).toBe(INSTANCES);
  });
});

test("starts after ends wait at once, then 10 s and twice as long each time, at most 5 min", () => {
  expect([0, 1, 2, 3, 5, 6, 20].map((before) => backOffUs(before) / 1e6)).toEqual([0, 10, 20, 40, 160, 300, 300]);
});

describe("resource/cold-start", () => {
  test("the excess of processor time is that of a line from the factor down to nothing", () => {
    // Requests of 10 ms, alone on a thousand cores: each takes the factor of the moment at which it begins.
    const spec = web({ operations: [operation({ name: "GET /", steps: [{ kind: "cpu", time: ms(10) }] })] }, 100);
    const cold = fault({
      class: "resource/cold-start",
      target: "web",
      onset: at(0),
      parameters: { factor: 5, warmUpUs: 40_000_000, restart: false },
    });
    const kill = fault({ id: "kill", class: "platform/instance-killed", target: "web", onset: at(6), parameters: {} });
    const world = engine(model(spec, { faults: [cold, kill] }));
    world.run(at(60));
    const readyUs = at(10);
    const spans = spansOf(world, "web server").filter(({ startUs, ended }) => ended && startUs >= readyUs);
    expect(spans.length).toBeGreaterThan(4_000);
    for (const { startUs, durationUs } of spans) {
      const left = Math.max(0, 1 - (startUs - readyUs) / 40_000_000);
      expect(Math.abs(durationUs - 10_000 * (1 + 4 * left))).toBeLessThanOrEqual(2);
    }
  });
});
