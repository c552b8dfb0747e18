import { describe, expect, test } from "vitest";
import { Engine, type EngineOptions } from "../../server/sim/engine.js";
import type { ChangeSpec, FaultSpec, WorldAction } from "../../server/sim/timeline.js";
import { simTime } from "../../server/base/time.js";
import type { Model } from "../../server/topology/model-types.js";
import { smallShop } from "../fixtures/small-shop.js";
import { at, deploy, fault, model, silentSink } from "../fixtures/topology.js";

const OPTIONS: EngineOptions = {
  seed: "checkpoint",
  startAt: at(-60),
  recordFrom: at(0),
  faultsOn: true,
  sink: silentSink,
};
const END_SECONDS = 120;

interface Story {
  readonly name: string;
  readonly faults?: readonly FaultSpec[];
  readonly changes?: readonly ChangeSpec[];
  readonly actions?: readonly { readonly atSeconds: number; readonly action: WorldAction }[];
}

const STORIES: readonly Story[] = [
  { name: "nothing happens" },
  {
    name: "a slow dependency, a restart and a longer time-out",
    faults: [fault({ class: "dependency/slow", target: "bank", onset: at(30), parameters: { latencyUs: 1_500_000 } })],
    actions: [
      { atSeconds: 50, action: { kind: "restart", service: "order" } },
      { atSeconds: 70, action: { kind: "scale", service: "cart", instances: 3 } },
    ],
  },
  {
    name: "a deploy with a label for each user",
    changes: [deploy("cart", at(20))],
    faults: [
      fault({
        class: "telemetry/label-cardinality",
        target: "cart",
        onset: at(20),
        trigger: "deploy-cart",
        parameters: { metric: "http_server_request_duration_seconds", label: "user_id" },
      }),
    ],
  },
  {
    name: "packets are lost while processors are busy",
    faults: [
      fault({ id: "loss", class: "network/packet-loss", target: "cart", onset: at(10), parameters: { ratio: 0.05 } }),
      fault({
        id: "stress",
        class: "resource/cpu-stress",
        target: "cart",
        onset: at(20),
        shape: "flapping",
        parameters: { share: 0.9 },
      }),
    ],
  },
];

const build = ({ faults = [], changes = [] }: Story): Model => model(smallShop({ rps: 60 }), { faults, changes });

/** Runs from where the engine stands to the end, with the orders that are still to come. */
function finish(engine: Engine, story: Story): Engine {
  const from = engine.now;
  (story.actions ?? []).forEach(({ atSeconds, action }, index) => {
    if (at(atSeconds) > from) engine.act(`a${String(index)}`, at(atSeconds), action);
  });
  engine.run(at(END_SECONDS));
  return engine;
}

function runTo(seconds: number, story: Story, compiled: Model): Engine {
  const engine = new Engine(compiled, OPTIONS);
  (story.actions ?? []).forEach(({ atSeconds, action }, index) => {
    if (atSeconds <= seconds) engine.act(`a${String(index)}`, at(atSeconds), action);
  });
  engine.run(simTime(Math.round(at(seconds))));
  return engine;
}

describe.each(STORIES)("$name", (story) => {
  const compiled = build(story);
  const whole = finish(new Engine(compiled, OPTIONS), story).digest();

  test.each([-30.5, 0.25, 13.37, 27.123_456, 31, 51.5, 53.987_654, 71.1, 99.9])(
    "goes on from a checkpoint at %d s as if there had been none",
    (seconds) => {
      const origin = runTo(seconds, story, compiled);
      const checkpoint = origin.checkpoint();
      // The origin goes on first: what it writes must not reach the branch.
      expect(finish(origin, story).digest()).toBe(whole);
      const branch = Engine.restore(compiled, OPTIONS, checkpoint, origin);
      expect(branch.now).toBe(checkpoint.atUs);
      expect(finish(branch, story).digest()).toBe(whole);
      expect(origin.digest()).toBe(whole);
    },
  );
});

test("a world that is restored without a fault is the healthy one", () => {
  const [, story = STORIES[0]] = STORIES;
  if (story === undefined) throw new Error("no story");
  const compiled = build(story);
  const origin = new Engine(compiled, OPTIONS);
  origin.run(at(29));
  const checkpoint = origin.checkpoint();
  origin.run(at(60));
  const healthy = Engine.restore(compiled, { ...OPTIONS, faults: new Set() }, checkpoint, origin);
  healthy.run(at(60));
  const reference = new Engine(compiled, { ...OPTIONS, faultsOn: false });
  reference.run(at(60));
  expect(healthy.digest()).toBe(reference.digest());
  expect(healthy.digest()).not.toBe(origin.digest());
});

test("a world that is restored with one more fault is the one that had it from the beginning", () => {
  const rival = fault({
    id: "rival",
    class: "dependency/errors",
    target: "order",
    onset: at(40),
    parameters: { ratio: 0.5 },
  });
  const plain = build({ name: "" });
  const origin = new Engine(plain, OPTIONS);
  origin.run(at(35));
  const checkpoint = origin.checkpoint();
  const compiled = build({ name: "", faults: [rival] });
  const branch = Engine.restore(compiled, OPTIONS, checkpoint, origin);
  branch.run(at(60));
  const reference = new Engine(compiled, OPTIONS);
  reference.run(at(60));
  expect(branch.digest()).toBe(reference.digest());
});

test("a checkpoint of another system is refused", () => {
  const origin = new Engine(build({ name: "" }), OPTIONS);
  const other = model(
    smallShop({
      journeys: smallShop()
        .journeys.map((one) => ({ ...one, share: 0.25 }))
        .slice(0, 1),
    }),
  );
  expect(() => Engine.restore(other, OPTIONS, origin.checkpoint(), origin)).toThrow(/checkpoint of test/);
});
