import { beforeAll, describe, expect, test } from "vitest";
import { addTime, minutes, simTime } from "../../server/base/time.js";
import { gradeRun } from "../../server/grading/grade-run.js";
import type { Scenario } from "../../server/scenario/types.js";
import type { Debrief } from "../../server/wire/debrief.js";
import type { RunEvent, Submission } from "../../server/wire/run.js";
import type { WorldStart } from "../../server/world/handle.js";
import { HistoryBuilder, type HistoryExport } from "../../server/world/history.js";
import { World } from "../../server/world/world.js";
import { loadScenario, PLAY_TIME_LIMIT_MS } from "../scenarios/play.js";

/** The scenario with little history, so that a grading takes seconds. */
const scenario: Scenario = { ...loadScenario("slow-baskets"), history: minutes(13), recent: minutes(11) };
const truth = trueFault();
const submittedAt = addTime(scenario.startsAt, minutes(6));

const RIGHT = { component: truth.target, faultClass: truth.class, trigger: truth.trigger };
const WRONG = { component: "payment", faultClass: "resource/cpu", trigger: "payment-6-1-3" };
const PARROT = { component: "edge", faultClass: "dependency/slow", trigger: undefined };

function trueFault(): Scenario["faults"][number] {
  const fault = scenario.faults.find(({ id }) => scenario.grading.causes.includes(id));
  if (fault === undefined) throw new Error("a scenario has a fault among its causes");
  return fault;
}

type Said = Pick<Submission, "component" | "faultClass" | "trigger">;

function grade(said: Said, confidence: number, acts: boolean, history: HistoryExport): Debrief {
  const start: WorldStart = {
    scenarioId: scenario.id,
    seed: scenario.seed,
    actions: [],
    faults: true,
    nowUs: submittedAt,
  };
  const events: RunEvent[] = [];
  const add = (atUs: number, body: RunEvent["body"]): void => {
    events.push({ sequence: events.length + 1, atUs, wallMs: 0, author: "learner", body });
  };
  const actions = acts ? referenceActions(add) : [];
  const submission: Submission = {
    ...said,
    onsetUs: truth.onset,
    confidence,
    exhibits: [],
    sentence: "One query for each item of the basket.",
  };
  add(submittedAt, { kind: "submitted", submission });
  const input = { runId: "run", start: { ...start, actions }, events, submission };
  return gradeRun(scenario, input, history, () => undefined);
}

/** The reference's actions as a run logs them, each looked after half a minute later. */
function referenceActions(add: (atUs: number, body: RunEvent["body"]) => void): WorldStart["actions"] {
  const world = World.create(scenario, { seed: scenario.seed, actions: [], faults: true });
  return scenario.grading.reference.map(({ after, action }, index) => {
    const id = `action-${String(index)}`;
    const atUs = addTime(scenario.startsAt, after);
    const { plan, completesAtUs } = world.act(id, action, atUs);
    add(atUs, { kind: "acted", actionId: id, action, plan, completesAtUs });
    const window = { fromUs: scenario.startsAt, toUs: atUs };
    add(atUs + minutes(0.5), { kind: "looked", reference: { view: "dashboards", search: "", window } });
    return { id, action, atUs };
  });
}

describe("a whole grading", () => {
  let history: HistoryExport;
  let best: Debrief;
  let idle: Debrief;
  let wrong: Debrief;
  let parrot: Debrief;
  beforeAll(() => {
    const builder = new HistoryBuilder(scenario, scenario.seed);
    while (!builder.done) builder.step();
    history = builder.export();
    best = grade(RIGHT, 0.9, true, history);
    idle = grade(RIGHT, 0.9, false, history);
    wrong = grade(WRONG, 0.3, false, history);
    parrot = grade(PARROT, 0.5, false, history);
  }, PLAY_TIME_LIMIT_MS);

  test("ranks right and acted over right over wrong, with clear gaps", () => {
    expect(best.score).toBeGreaterThan(85);
    expect(idle.score).toBeGreaterThan(55);
    expect(idle.score).toBeLessThan(75);
    expect(wrong.score).toBeLessThan(25);
    expect(parrot.score).toBeLessThan(25);
  });

  test("adds up", () => {
    for (const debrief of [best, idle, wrong]) {
      for (const dimension of debrief.dimensions) {
        const points = dimension.parts.reduce((sum, part) => sum + part.points, 0);
        expect(dimension.points).toBeCloseTo(points, 9);
        for (const part of dimension.parts) expect(part.points).toBeLessThanOrEqual(part.pointsMax + 1e-9);
      }
    }
  });

  test("measures the way of the trouble from the database's caller up to the edge, and few edges beside it", () => {
    const edges = best.trouble.map(({ from, to }) => `${from} ${to}`);
    for (const edge of ["inventory catalogue-db", "order inventory", "api-gateway order", "edge web"])
      expect(edges).toContain(edge);
    expect(edges.length).toBeLessThanOrEqual(8);
  });

  test("draws impact that the reference ends, and none for the healthy twin", () => {
    const { mine, untouched, par, twin } = best.impact;
    const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
    expect(total(twin)).toBe(0);
    expect(total(mine)).toBe(total(par));
    expect(total(untouched)).toBeGreaterThan(total(par) * 1.3);
    expect(idle.impact.mine).toEqual(idle.impact.untouched);
  });

  test.each([true, false])("has charts that say something in a world with faults: %s", (faults) => {
    const world = World.create(scenario, { seed: scenario.seed, actions: [], faults });
    world.advance(simTime(submittedAt));
    for (const { query } of best.charts) {
      const answer = world.queries.prometheus("query", { query: [query], time: [String(submittedAt / 1e6)] });
      expect(answer.httpStatus).toBe(200);
      expect((answer.body as { data: { result: unknown[] } }).data.result.length, query).toBeGreaterThan(0);
    }
  });

  test("writes the learner's action down once, in the timeline and in the postmortem", () => {
    expect(best.timeline.filter(({ title }) => /roll .*back/i.test(title))).toHaveLength(1);
    expect(best.postmortem).toContain("Roll inventory back from 3.22.0 to 3.21.0");
    expect(best.postmortem).toContain("One query for each item of the basket.");
  });
});
