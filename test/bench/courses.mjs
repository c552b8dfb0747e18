/**
 * Other courses of the shop: storing and going on from a world, branching, the healthy twin beside its run, and the
 * comparison of the two request by request.
 */
import { Engine } from "../../dist/server/sim/engine.js";
import { compareWorlds } from "../../dist/server/telemetry/paired-comparison.js";
import { recentFrom } from "../../dist/server/world/history.js";
import { World } from "../../dist/server/world/world.js";
import { scenarioOf } from "./scenarios.mjs";

const MINUTE_US = 60e6;
/** Minutes that are played, the last 15 before the page among them. */
const MINUTES = { small: 3, large: 60 };
/** Enough of them that the compiler is done with most. */
const ROUNDS = { small: 3, large: 251 };

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** What a piece of work answers, and its processor time: other processes of a shared machine do not count. */
function timed(work) {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { value, ms: (user + system) / 1_000 };
}

/** The same by the clock, for what is short and of which the median is taken. */
function clocked(work) {
  const begun = performance.now();
  const value = work();
  return { value, ms: performance.now() - begun };
}

export async function benchCourses(size) {
  const scenario = await scenarioOf("checkout-errors");
  const minutes = MINUTES[size];
  const recent = size === "large" ? scenario.recent : 2 * MINUTE_US;
  const played = { ...scenario, recent };
  const from = recentFrom(played);
  const end = from + minutes * MINUTE_US;
  const world = World.create(played, { seed: played.seed, actions: [], faults: true });
  const run = timed(() => world.advance(end));
  const { engine } = world.whatIf;
  const twin = timed(() => world.whatIf.twin());
  const comparison = timed(() =>
    compareWorlds(engine.model, engine.spans, twin.value.spans, { fromUs: from, toUs: end }),
  );
  const wanted = (atMost) => (size === "large" ? { wanted: { atMost } } : {});
  const title = `of ${String(minutes)} min of the shop`;
  return [
    ...stored(engine, ROUNDS[size], wanted),
    branched(world, ROUNDS[size], wanted),
    { figure: `run ${title}, with its telemetry stores`, value: run.ms, unit: "ms", checksum: engine.digest() },
    { figure: `healthy twin ${title}`, value: twin.ms, unit: "ms", checksum: twin.value.digest(), ...wanted(run.ms) },
    {
      figure: `paired comparison ${title}, ${engine.spans.rows} spans`,
      value: comparison.ms,
      unit: "ms",
      checksum: `${comparison.value.requests}/${comparison.value.sameRatio.toFixed(6)}`,
      ...wanted(1_500),
    },
  ];
}

/** A checkpoint of the world as it stands and a world that goes on from it. */
function stored(engine, rounds, wanted) {
  const saved = [];
  const restored = [];
  const both = [];
  let bytes = 0;
  let copy = engine;
  for (let round = 0; round < rounds; round++) {
    const { value: checkpoint, ms: saveMs } = clocked(() => engine.checkpoint());
    const { value, ms: restoreMs } = clocked(() => Engine.restore(engine.model, engine.options, checkpoint, engine));
    saved.push(saveMs);
    restored.push(restoreMs);
    both.push(saveMs + restoreMs);
    bytes = checkpoint.state.length;
    copy = value;
  }
  return [
    { figure: "checkpoint of the shop, median", value: median(saved), unit: "ms" },
    { figure: "restore of the shop, median", value: median(restored), unit: "ms" },
    {
      figure: "checkpoint and restore of the shop, median",
      value: median(both),
      unit: "ms",
      checksum: copy.digest(),
      ...wanted(5),
    },
    { figure: "state of a checkpoint", value: bytes / 1e6, unit: "MB" },
  ];
}

/** From the wish to the first event of the branch: a step of a millisecond after a checkpoint. */
function branched(world, rounds, wanted) {
  const { engine } = world.whatIf;
  const checkpoint = engine.checkpoint();
  const times = [];
  let branch = engine;
  for (let round = 0; round < rounds; round++) {
    const { value, ms } = clocked(() => {
      const next = Engine.restore(engine.model, engine.options, checkpoint, engine);
      next.run(checkpoint.atUs + 1_000);
      return next;
    });
    times.push(ms);
    branch = value;
  }
  return {
    figure: "branch to its first event, median",
    value: median(times),
    unit: "ms",
    checksum: branch.digest(),
    ...wanted(10),
  };
}
