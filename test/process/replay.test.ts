/**
 * A world is a pure function of scenario, seed, faults and actions: the same bytes twice, in one step or in a thousand,
 * in this thread or in a worker's, and the bytes that test/replay/golden.json remembers. After a wanted change of the
 * engine or a scenario: `UPDATE_GOLDEN=1 npx vitest run --config test/vitest.config.ts --project process replay`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { QUERY_CHECKS } from "../../server/cli/expressions.js";
import { readScenarioDirectory, scenarioLookup } from "../../server/sessions/scenario-directory.js";
import { ThreadPool } from "../../server/sessions/thread-pool.js";
import { WorkerWorldFactory } from "../../server/sessions/worker-world-factory.js";
import { simTime } from "../../server/base/time.js";
import type { Action } from "../../server/wire/actions.js";
import type { WorldStart } from "../../server/world/handle.js";
import { World } from "../../server/world/world.js";

const GOLDEN = new URL("../replay/golden.json", import.meta.url);
const AFTER_US = 120_000_000;

/** One action for each scenario, a minute after the page. */
const ACTIONS: Readonly<Record<string, Action>> = {
  "checkout-errors": { kind: "set-flag", flag: "checkout.deferred-payment", value: true },
  "slow-baskets": { kind: "scale", service: "inventory", instances: 4 },
  "missing-dashboards": { kind: "restart", service: "cart" },
};

const lookup = scenarioLookup(await readScenarioDirectory("scenarios", QUERY_CHECKS));

function startOf(scenarioId: string, faults = true): WorldStart {
  const { seed, startsAt } = lookup(scenarioId);
  const action = ACTIONS[scenarioId];
  if (action === undefined) throw new Error(`no action for ${scenarioId}`);
  const actions = [{ id: "a1", action, atUs: startsAt + 60_000_000 }];
  return { scenarioId, seed, actions, faults, nowUs: startsAt + AFTER_US };
}

/** What a reviewer sees change beside the digest. */
function summaryOf(world: World): Readonly<Record<string, unknown>> {
  const firing = world.queries.alerts().rules.filter(({ state }) => state === "firing");
  const impact = world.queries.impact().minutes;
  return {
    digest: world.digest(),
    spans: world.spans.rows,
    firing: firing.map(({ name }) => name),
    requests: impact.reduce((sum, { requests }) => sum + requests, 0),
    hurt: impact.reduce((sum, { hurt }) => sum + hurt, 0),
  };
}

const scenarioIds = Object.keys(ACTIONS);
/** By scenario, of the worlds with their faults. */
const summaries = new Map<string, Readonly<Record<string, unknown>>>();

test.each(scenarioIds)("%s: in one step, in a thousand and in a worker thread the same bytes", async (scenarioId) => {
  const scenario = lookup(scenarioId);
  const start = startOf(scenarioId);
  const whole = World.at(scenario, start);
  summaries.set(scenarioId, summaryOf(whole));

  const sliced = World.at(scenario, { ...start, nowUs: scenario.startsAt - scenario.recent, actions: [] });
  const from = sliced.nowUs;
  const [action] = start.actions;
  if (action === undefined) throw new Error("the start has an action");
  let acted = false;
  for (let step = 1; step <= 1_000; step++) {
    const until = simTime(Math.round(from + ((start.nowUs - from) * step) / 1_000));
    if (!acted && until >= action.atUs) {
      sliced.act(action.id, action.action, simTime(action.atUs));
      acted = true;
    }
    sliced.advance(until);
  }
  expect(sliced.digest()).toBe(whole.digest());

  // In a thread that has played something else before.
  const threads = new ThreadPool(1, lookup(start.scenarioId));
  await threads.fill();
  expect(threads.size).toBe(1);
  const handle = await new WorkerWorldFactory(lookup, threads).start(start, () => undefined);
  const threaded = await handle.digest();
  await handle.historyReady;
  const withHistory = await handle.digest();
  await handle.close();
  await threads.close();
  expect(threaded).toBe(whole.digest());
  expect(withHistory).toBe(whole.digest());
});

test("the worlds are those of the golden file", () => {
  const worlds = Object.fromEntries(
    scenarioIds.map((scenarioId) => [
      scenarioId,
      {
        faulty: summaries.get(scenarioId) ?? summaryOf(World.at(lookup(scenarioId), startOf(scenarioId))),
        twin: summaryOf(World.at(lookup(scenarioId), startOf(scenarioId, false))),
      },
    ]),
  );
  if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(GOLDEN, `${JSON.stringify(worlds, null, 2)}\n`);
  expect(worlds).toEqual(JSON.parse(readFileSync(GOLDEN, "utf8")));
});
