/** Messages of a whole world: who is told when, whatever way the clock takes, and what silences change. */
import { expect, test } from "vitest";
import { simTime } from "../../server/base/time.js";
import { readScenario } from "../../server/scenario/read-scenario.js";
import type { Scenario } from "../../server/scenario/types.js";
import type { Action } from "../../server/wire/actions.js";
import { World } from "../../server/world/world.js";
import { RULES_FILE, SCENARIO_FILE, smallFiles, TOPOLOGY_FILE } from "../scenario/small-files.js";

const SECOND_US = 1_000_000;

/** An alert that fires a minute after the world begins and never ends. */
function scenarioWith(alertmanager?: string): Scenario {
  const files = new Map(
    smallFiles(
      [SCENARIO_FILE, "starts: 2025-03-12T14:05:00Z", "starts: 2025-03-12T14:05:00Z\nrecent: 10m\nhistory: 20m"],
      [RULES_FILE, "up == 0", "count(up) > 0\n        labels: { severity: page }"],
      [
        TOPOLOGY_FILE,
        "  retention: 15d\n",
        alertmanager === undefined ? "  retention: 15d\n" : "  retention: 15d\n  alertmanager: ../alertmanager.yaml\n",
      ],
    ),
  );
  if (alertmanager !== undefined) files.set("alertmanager.yaml", alertmanager);
  const { scenario, diagnostics } = readScenario(files, SCENARIO_FILE);
  if (scenario === undefined) throw new Error(JSON.stringify(diagnostics));
  return scenario;
}

const at = (scenario: Scenario, seconds: number): number => scenario.startsAt + seconds * SECOND_US;

const told = (world: World, scenario: Scenario): readonly string[] =>
  world.queries
    .alertmanager()
    .messages.map(({ atUs, channel, receiver, title }) => {
      const seconds = (atUs - scenario.startsAt) / SECOND_US;
      return `${String(seconds)} ${channel} ${receiver} ${title}`;
    })
    .reverse();

test("the page is the first message that tells of the scenario's alert", () => {
  const scenario = scenarioWith();
  const world = World.create(scenario, { seed: "a", actions: [], faults: true });
  world.advance(simTime(at(scenario, 0)));
  expect(told(world, scenario)).toEqual(["-510 page on-call [FIRING:1] BuyFails (page)"]);
  expect(world.queries.page()).toMatchObject({
    alert: "BuyFails",
    severity: "page",
    firingSinceUs: at(scenario, -510),
  });
});

test("a configuration of the topology decides who is told, and its Alertmanager is a target", () => {
  const scenario = scenarioWith(`
route: { receiver: team, group_by: [severity], group_wait: 45s, group_interval: 2m, repeat_interval: 6m }
receivers: [{ name: team, slack_configs: [{ api_url: "http://chat.example" }] }]
`);
  const world = World.create(scenario, { seed: "a", actions: [], faults: true });
  world.advance(simTime(at(scenario, -500)));
  expect(world.queries.page()).toBeUndefined();
  world.advance(simTime(at(scenario, 0)));
  expect(told(world, scenario)).toEqual([
    "-495 chat team [FIRING:1] page (BuyFails)",
    // The first turn of the group after more than six minutes.
    "-15 chat team [FIRING:1] page (BuyFails)",
  ]);
  expect(world.queries.page()).toMatchObject({ alert: "BuyFails" });
  const { body } = world.queries.prometheus("query", {
    query: ['alertmanager_notifications_total{integration="slack"}'],
  });
  expect(body).toMatchObject({
    data: {
      result: [{ metric: { job: "alertmanager", instance: "alertmanager:9093" }, value: [expect.anything(), "2"] }],
    },
  });
});

test("silences and messages are the same however time is sliced, and when a run is rebuilt from its log", () => {
  const scenario = scenarioWith(`
route: { receiver: team, group_wait: 0s, group_interval: 1m, repeat_interval: 90s }
receivers: [{ name: team, webhook_configs: [{ url: "http://hook.example" }] }]
`);
  const matchers = [{ name: "alertname", value: "Buy.*", isRegex: true, isEqual: true }];
  const silence: Action = {
    kind: "post-silence",
    id: "one",
    matchers,
    startsAt: at(scenario, -1_000),
    endsAt: at(scenario, 500),
    createdBy: "me",
    comment: "known",
  };
  const orders = [
    { id: "a1", action: silence, atUs: at(scenario, 20.5) },
    { id: "a2", action: { kind: "expire-silence", silence: "one" } as const, atUs: at(scenario, 200.25) },
  ];
  const played = (stepSeconds: number): World => {
    const world = World.create(scenario, { seed: "a", actions: [], faults: true });
    const waiting = [...orders];
    for (let seconds = -600; seconds <= 400; seconds += stepSeconds) {
      while (waiting[0] !== undefined && waiting[0].atUs <= at(scenario, seconds)) {
        const { id, action, atUs } = waiting[0];
        world.act(id, action, simTime(atUs));
        waiting.shift();
      }
      world.advance(simTime(at(scenario, seconds)));
    }
    world.advance(simTime(at(scenario, 400)));
    return world;
  };
  const whole = played(1_000);
  const messages = told(whole, scenario);
  const times = messages.map((line) => Number(line.split(" ")[0]));
  expect(times.filter((seconds) => seconds > 20.5 && seconds < 200.25)).toEqual([]);
  expect(times.filter((seconds) => seconds > 200.25).length).toBeGreaterThan(0);
  expect(whole.queries.alertmanager()).toMatchObject({ silences: [{ id: "one", state: "expired", alerts: 0 }] });

  const sliced = played(7.3);
  expect(sliced.queries.alertmanager()).toEqual(whole.queries.alertmanager());
  const rebuilt = World.at(scenario, {
    scenarioId: scenario.id,
    seed: "a",
    actions: orders,
    faults: true,
    nowUs: at(scenario, 400),
  });
  expect(rebuilt.queries.alertmanager()).toEqual(whole.queries.alertmanager());
  expect(rebuilt.digest()).toBe(whole.digest());
});
