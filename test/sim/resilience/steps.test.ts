/** Steps that repeat at one time, that have something in place of an answer, and branches that are cancelled. */
import { expect, test } from "vitest";
import { duration } from "../../../server/base/time.js";
import { Engine } from "../../../server/sim/engine.js";
import { STATUS_CANCELLED, STATUS_DEPENDENCY_FAILED, STATUS_OK } from "../../../server/sim/span-status.js";
import type { StepSpec, Topology } from "../../../server/topology/types.js";
import { type SpanRow, spansOf } from "../../fixtures/span-rows.js";
import { at, dependency, engine, journey, model, ms, operation, service, topology } from "../../fixtures/topology.js";

const work = (name: string, more: Partial<Extract<StepSpec, { kind: "call" }>> = {}): StepSpec => ({
  kind: "call",
  service: "back",
  operation: `GET /${name}`,
  repeat: 1,
  optional: false,
  ...more,
});

function front(steps: readonly StepSpec[], rps = 20, retries = 1): Topology {
  const times = { quick: 10, slow: 200, broken: 5 };
  const retry = { attempts: retries, backoff: duration(1_000), multiplier: 1, jitter: 0 };
  return topology({
    rps,
    services: [
      service({
        id: "front",
        kind: "edge",
        dependencies: [dependency("back", { retry })],
        operations: [operation({ name: "GET /", steps })],
      }),
      service({
        id: "back",
        operations: Object.entries(times).map(([name, time]) =>
          operation({
            name: `GET /${name}`,
            steps: [{ kind: "cpu", time: ms(time) }],
            errorRatio: name === "broken" ? 1 : 0,
          }),
        ),
      }),
    ],
    journeys: [journey("all", "front", "GET /")],
  });
}

function played(
  steps: readonly StepSpec[],
  retries = 1,
): { readonly world: Engine; readonly edge: readonly SpanRow[] } {
  const world = engine(model(front(steps, 20, retries)), { stopArrivalsAt: at(20) });
  world.run(at(25));
  expect(world.state.frames.inUse).toBe(0);
  expect([...world.state.poolUsed].every((used) => used === 0)).toBe(true);
  const edge = spansOf(world, "front server GET /");
  expect(edge.length).toBeGreaterThan(300);
  return { world, edge };
}

test.each([
  [1, 70],
  [2, 40],
  [3, 30],
  [4, 20],
  [7, 10],
  [20, 10],
])("seven repetitions, %i at one time, take %i ms", (concurrency, expectedMs) => {
  const { world, edge } = played([work("quick", { repeat: 7, concurrency })]);
  for (const { durationUs, status } of edge) {
    expect(status).toBe(STATUS_OK);
    expect(durationUs).toBe(expectedMs * 1_000);
  }
  expect(spansOf(world, "client GET /quick")).toHaveLength(7 * edge.length);
});

test("a repetition that fails ends the step: what had begun is awaited, nothing more is begun", () => {
  const { world, edge } = played([work("broken", { repeat: 9, concurrency: 2 })]);
  expect(edge.every(({ status, durationUs }) => status === STATUS_DEPENDENCY_FAILED && durationUs === 5_000)).toBe(
    true,
  );
  expect(spansOf(world, "client GET /broken")).toHaveLength(2 * edge.length);
});

test("in place of an answer that failed the fallback is run, otherwise it is not", () => {
  const failed = played([work("broken", { fallback: [work("quick")] }), work("quick")], 2);
  expect(failed.edge.every(({ status }) => status === STATUS_OK)).toBe(true);
  expect(spansOf(failed.world, "client GET /quick")).toHaveLength(2 * failed.edge.length);
  expect(spansOf(failed.world, "client GET /broken")).toHaveLength(2 * failed.edge.length);
  const well = played([work("slow", { fallback: [work("quick")] }), work("quick")]);
  expect(spansOf(well.world, "client GET /quick")).toHaveLength(well.edge.length);
});

test("a fallback that fails fails the request", () => {
  const { edge } = played([work("broken", { fallback: [work("broken")] })]);
  expect(edge.every(({ status }) => status === STATUS_DEPENDENCY_FAILED)).toBe(true);
});

test("the failure of a branch cancels the others where the step says so", () => {
  const nested: StepSpec = { kind: "parallel", branches: [[work("slow")], [work("slow")]] };
  const branches = [
    [work("broken")],
    [work("slow"), work("quick")],
    [nested],
    [{ kind: "cpu", time: ms(20) } as const],
  ];
  const waits = played([{ kind: "parallel", branches }]);
  expect(waits.edge.every(({ durationUs }) => durationUs >= 200_000)).toBe(true);
  const { world, edge } = played([{ kind: "parallel", branches, onFailure: "cancel" }]);
  // What computes cannot be stopped: 20 ms.
  expect(edge.every(({ status, durationUs }) => status === STATUS_DEPENDENCY_FAILED && durationUs === 20_000)).toBe(
    true,
  );
  const slow = spansOf(world, "client GET /slow");
  expect(slow).toHaveLength(3 * edge.length);
  expect(slow.every(({ status, durationUs }) => status === STATUS_CANCELLED && durationUs === 5_000)).toBe(true);
  expect(spansOf(world, "client GET /quick")).toHaveLength(0);
});

test("branches and lanes under way are part of a checkpoint", () => {
  const steps: readonly StepSpec[] = [
    {
      kind: "parallel",
      branches: [[work("quick", { repeat: 7, concurrency: 3 })], [work("slow")]],
      onFailure: "cancel",
    },
    work("broken", { fallback: [work("quick", { repeat: 5, concurrency: 2 })] }),
  ];
  const compiled = model(front(steps));
  const whole = engine(compiled);
  whole.run(at(10));
  const first = engine(compiled);
  first.run(at(4.9));
  const again = Engine.restore(compiled, first.options, first.checkpoint(), first);
  again.run(at(10));
  expect(again.digest()).toBe(whole.digest());
});
