import { describe, expect, test } from "vitest";
import { checkRuleGroups } from "../../server/alerting/rule-check.js";
import { formatDiagnostic } from "../../server/base/diagnostic.js";
import { QUERY_CHECKS } from "../../server/cli/expressions.js";
import { FAULT_CLASSES } from "../../server/faults/taxonomy.js";
import { resourceUses } from "../../server/scenario/capacity.js";
import { readScenario } from "../../server/scenario/read-scenario.js";
import { loadScenario, scenarioTexts } from "./play.js";

const IDS = [...scenarioTexts().keys()].filter((file) => !file.includes("/")).map((file) => file.replace(".yaml", ""));

test("the three scenarios are there", () => {
  expect([...IDS].sort()).toEqual(["checkout-errors", "missing-dashboards", "slow-baskets"]);
});

describe.each(IDS)("%s", (id) => {
  test("has no error and no warning", () => {
    const { diagnostics } = readScenario(scenarioTexts(), `${id}.yaml`, QUERY_CHECKS);
    expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  });

  const scenario = loadScenario(id);

  test("has rules that the alerting takes", () => {
    expect(checkRuleGroups(scenario.topology.ruleGroups)).toEqual([]);
  });

  test("has four to six changes, most of them innocent, and three follow-up questions", () => {
    expect(scenario.changes.length).toBeGreaterThanOrEqual(4);
    expect(scenario.changes.length).toBeLessThanOrEqual(6);
    expect(scenario.faults.filter(({ trigger }) => trigger !== undefined).length).toBeLessThanOrEqual(1);
    expect(scenario.grading.followUps).toHaveLength(3);
    for (const { strong, redFlags } of scenario.grading.followUps) {
      expect(strong.length).toBeGreaterThanOrEqual(2);
      expect(redFlags.length).toBeGreaterThanOrEqual(2);
    }
    expect(scenario.grading.reference.length).toBeGreaterThan(0);
  });

  test("has diffs whose hunks count their lines", () => {
    for (const { id: change, diff } of scenario.changes) {
      for (const { header, said, counted } of hunksOf(diff))
        expect({ change, header, lines: counted }).toEqual({ change, header, lines: said });
    }
  });

  test("does not give the answer away where learners read before they investigate", () => {
    const causes = scenario.faults.filter((fault) => scenario.grading.causes.includes(fault.id));
    const shown = [scenario.id, scenario.title, scenario.summary, ...scenario.skills].join("\n").toLowerCase();
    for (const cause of causes) {
      const spoilers = [cause.target, cause.class, cause.class.split("/")[1] ?? "", cause.id, titleOf(cause.class)];
      for (const spoiler of spoilers) expect(shown).not.toContain(spoiler.toLowerCase());
    }
    const changes = scenario.changes
      .map((change) => `${change.id} ${change.title} ${change.description} ${change.diff}`)
      .join("\n")
      .toLowerCase();
    for (const word of ["cardinality", "n+1", "explo", "outage", "decoy", "innocent", "guilty", "root cause"]) {
      expect(changes).not.toContain(word);
    }
  });
});

/** Old and new lines of each hunk, as its header says and as they stand below it. */
function hunksOf(diff: string): { header: string; said: number[]; counted: number[] }[] {
  const hunks: { header: string; said: number[]; counted: number[] }[] = [];
  for (const line of diff.trimEnd().split("\n")) {
    const header = /^@@ -\d+,(\d+) \+\d+,(\d+) @@/.exec(line);
    if (header !== null) hunks.push({ header: line, said: [Number(header[1]), Number(header[2])], counted: [0, 0] });
    const inHunk = header === null && !/^(---|\+\+\+) [ab]\//.test(line);
    const counted = hunks.at(-1)?.counted;
    if (!inHunk || counted === undefined) continue;
    if (!line.startsWith("+")) counted[0] = (counted[0] ?? 0) + 1;
    if (!line.startsWith("-")) counted[1] = (counted[1] ?? 0) + 1;
  }
  return hunks;
}

function titleOf(id: string): string {
  return FAULT_CLASSES.find((row) => row.id === id)?.title ?? "";
}

test("the shop has at least fifteen parts and uses them with room to spare", () => {
  const { topology } = loadScenario("checkout-errors");
  const parts =
    topology.services.length +
    topology.stores.length +
    topology.caches.length +
    topology.queues.length +
    topology.externals.length;
  expect(parts).toBeGreaterThanOrEqual(15);
  const uses = resourceUses(
    topology,
    topology.journeys.map(({ share }) => topology.load.rps * share),
  );
  const busiest = uses.filter(({ resource }) => resource === "cores").map(({ utilisation }) => utilisation);
  expect(Math.max(...busiest)).toBeGreaterThan(0.2);
  expect(Math.max(...uses.map(({ utilisation }) => utilisation))).toBeLessThan(0.45);
});
