/** Other courses of a world against worlds that were simulated from the beginning: the same bytes, and in less time. */
import { beforeAll, describe, expect, test } from "vitest";
import { MICROS_PER_MINUTE, simTime, subtractTime, type SimTime } from "../../server/base/time.js";
import { readScenario } from "../../server/scenario/read-scenario.js";
import type { Scenario } from "../../server/scenario/types.js";
import { Engine, type EngineOptions } from "../../server/sim/engine.js";
import type { FaultSpec, TimedAction } from "../../server/sim/timeline.js";
import { modelOf, recentFrom, WARM_UP } from "../../server/world/history.js";
import { World } from "../../server/world/world.js";
import { SCENARIO_FILE, smallFiles } from "../scenario/small-files.js";
import { silentSink } from "../fixtures/topology.js";

const SEED = "what-if";

function smallScenario(): Scenario {
  const { scenario } = readScenario(
    smallFiles([
      SCENARIO_FILE,
      "starts: 2025-03-12T14:05:00Z",
      "starts: 2025-03-12T14:05:00Z\nrecent: 10m\nhistory: 20m",
    ]),
    SCENARIO_FILE,
  );
  if (scenario === undefined) throw new Error("the small scenario has errors");
  return scenario;
}

const scenario = smallScenario();
const minute = (count: number): SimTime => simTime(scenario.startsAt + Math.round(count * MICROS_PER_MINUTE));
const END = minute(3);

const restart: TimedAction = { id: "restart", at: minute(0.5), action: { kind: "restart", service: "shop" } };
const rollback: TimedAction = { id: "rollback", at: minute(1.2), action: { kind: "rollback", change: "shop-2-0-1" } };
const ACTIONS: readonly TimedAction[] = [restart, rollback];
const RIVAL: FaultSpec = {
  id: "rival",
  class: "dependency/errors",
  target: "shop",
  onset: minute(-1),
  shape: "step",
  parameters: { ratio: 0.3 },
};

/** The same world from its first instant, without telemetry stores. */
function fromScratch(
  actions: readonly TimedAction[],
  options: Partial<Pick<EngineOptions, "faultsOn">> = {},
  faults: readonly FaultSpec[] = [],
  until = END,
): Engine {
  const recordFrom = recentFrom(scenario);
  const engine = new Engine(modelOf({ ...scenario, faults: [...scenario.faults, ...faults] }), {
    seed: SEED,
    startAt: subtractTime(recordFrom, WARM_UP),
    recordFrom,
    faultsOn: true,
    sink: silentSink,
    ...options,
  });
  for (const { id, at, action } of actions) engine.act(id, at, action);
  engine.run(until);
  return engine;
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe("a world that was played to its end with two orders", () => {
  let world: World;
  let digest = "";

  beforeAll(() => {
    world = World.create(scenario, { seed: SEED, actions: ACTIONS, faults: true });
    world.advance(END);
    digest = fromScratch(ACTIONS).digest();
  });

  test.each([-9.9, -5, -4.999, 0.5, 0.7, 1.2, 2.999])("branched at minute %d it is the same again", (at) => {
    expect(world.whatIf.branch(minute(at)).digest()).toBe(digest);
  });

  test("a branch may end earlier or later than the world", () => {
    for (const end of [minute(1), minute(4)]) {
      const reference = fromScratch(
        ACTIONS.filter(({ at }) => at <= end),
        {},
        [],
        end,
      );
      expect(world.whatIf.branch(minute(-3), end).digest()).toBe(reference.digest());
    }
  });

  test("its twin is the world that never had a fault", () => {
    expect(world.whatIf.twin().digest()).toBe(fromScratch(ACTIONS, { faultsOn: false }).digest());
    expect(world.whatIf.twin().digest()).not.toBe(digest);
  });

  test.each([
    { left: restart, stays: [rollback] },
    { left: rollback, stays: [restart] },
  ])("without the order $left.id it is the world in which nobody gave it", ({ left, stays }) => {
    const without = world.whatIf.without(left.id);
    expect(without.digest()).toBe(fromScratch(stays).digest());
    expect(without.digest()).not.toBe(digest);
  });

  test("with one more fault it is the world that had it from the beginning", () => {
    const rival = world.whatIf.with(RIVAL);
    expect(rival.digest()).toBe(fromScratch(ACTIONS, {}, [RIVAL]).digest());
    expect(rival.digest()).not.toBe(digest);
  });

  test("asking changes nothing about it", () => {
    const before = world.digest();
    world.whatIf.twin(minute(5));
    world.whatIf.with(RIVAL, minute(5));
    expect(world.digest()).toBe(before);
    world.advance(minute(4));
    const longer = World.create(scenario, { seed: SEED, actions: ACTIONS, faults: true });
    longer.advance(minute(4));
    expect(world.digest()).toBe(longer.digest());
  });

  test("an order that nobody gave cannot be left out", () => {
    expect(() => world.whatIf.without("nothing")).toThrow(/order nothing/);
  });
});

test("a world whose fault never fires is its twin, byte for byte", () => {
  const never = scenario.faults.map((fault) => ({ ...fault, onset: minute(60) }));
  const world = World.create({ ...scenario, faults: never }, { seed: SEED, actions: [], faults: true });
  world.advance(END);
  expect(world.whatIf.twin().digest()).toBe(world.whatIf.branch(minute(0)).digest());
  expect(world.whatIf.twin().digest()).toBe(fromScratch([], { faultsOn: false }).digest());
});

test("the twin of a run takes no more time than the run did", () => {
  // The least of three: other processes and the compiler only ever add.
  const run: number[] = [];
  const twin: number[] = [];
  for (let round = 0; round < 3; round++) {
    const world = World.create(scenario, { seed: SEED, actions: [], faults: true });
    run.push(cpuMs(() => void world.advance(END)));
    twin.push(cpuMs(() => void world.whatIf.twin()));
  }
  expect(Math.min(...twin)).toBeLessThanOrEqual(Math.min(...run));
});
