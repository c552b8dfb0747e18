import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { QUERY_CHECKS } from "../../server/cli/expressions.js";
import { FAULT_MECHANISMS } from "../../server/faults/mechanisms.js";
import { readScenario } from "../../server/scenario/read-scenario.js";
import { compileModel } from "../../server/topology/model.js";
import { scenarioFiles } from "../fixtures/scenario-files.js";
import { SCENARIO_FILE, smallFiles } from "./small-files.js";

const BOARD = {
  uid: "shop",
  title: "Shop",
  templating: { list: [{ name: "job", type: "query", query: "label_values(up, job)" }] },
  panels: [
    {
      id: 1,
      type: "timeseries",
      title: "Rate",
      gridPos: { x: 0, y: 0, w: 12, h: 8 },
      targets: [{ refId: "A", expr: 'sum(rate(up{job="$job"}[$__rate_interval])) by (job)' }],
    },
  ],
};

/** The smallest scenario with one dashboard; `change` edits its text. */
function reading(change: (text: string) => string = (text) => text) {
  const files = new Map(smallFiles());
  const [topology = ""] = [...files.keys()].filter((file) => file.includes("topolog"));
  files.set(topology, `${files.get(topology) ?? ""}\ndashboards: [./board.json]\n`);
  files.set(topology.replace(/[^/]*$/, "board.json"), change(JSON.stringify(BOARD, null, 2)));
  return readScenario(files, SCENARIO_FILE, QUERY_CHECKS);
}

/** Names of the labels of each metric that the shop exposes. */
function labelsByMetric(): ReadonlyMap<string, ReadonlySet<string>> {
  const { scenario } = readScenario(scenarioFiles(), "checkout-errors.yaml", QUERY_CHECKS);
  if (scenario === undefined) throw new Error("the scenario does not read");
  const { topology, faults, changes } = scenario;
  const { layouts } = compileModel(topology, { faults, changes, mechanisms: FAULT_MECHANISMS });
  const labels = new Map<string, Set<string>>();
  for (const { name, labels: own } of layouts.flatMap(({ series }) => series)) {
    const known = labels.get(name) ?? new Set(["job", "instance"]);
    for (const label of Object.keys(own)) known.add(label);
    labels.set(name, known);
  }
  return labels;
}

describe("dashboards of a scenario", () => {
  test("come with it as they were written, and change no digest", () => {
    const { scenario, diagnostics } = reading();
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(scenario?.dashboards).toMatchObject([{ uid: "shop", title: "Shop", tags: [] }]);
    expect(JSON.parse(scenario?.dashboards[0]?.json ?? "")).toEqual(BOARD);
    expect(reading((text) => text.replace('"Rate"', '"Pace"')).scenario?.digest).toBe(scenario?.digest);
  });

  test.each([
    ["a query that is no PromQL", "sum(rate(up", "sum(rat(up", /unknown function/],
    ["a variable that is not there", "$job", "$jop", /there is no variable \$jop/],
    ["a panel beyond the grid", '"x": 0', '"x": 20', /ends in column 32/],
    ["a panel without a type", '"type": "timeseries",', "", /type/],
    ["a name with blanks", '"name": "job"', '"name": "the job"', /letters, figures/],
  ])("%s is an error with its place", (_, before, after, message) => {
    const { scenario, diagnostics } = reading((text) => text.replace(before, after));
    expect(scenario).toBeUndefined();
    const found = diagnostics.find((one) => message.test(one.message) || message.test(one.path ?? ""));
    expect(found?.file).toMatch(/board\.json$/);
    expect(found?.line).toBeGreaterThan(1);
  });

  test("those that come along have an id and a title of their own", () => {
    const boards = readdirSync("scenarios/dashboards").map(
      (file) => JSON.parse(readFileSync(`scenarios/dashboards/${file}`, "utf8")) as { uid: string; title: string },
    );
    expect(new Set(boards.map(({ uid }) => uid)).size).toBe(boards.length);
    expect(boards.length).toBeGreaterThan(8);
  });

  test("those that come along group by labels that their metrics have", () => {
    const labels = labelsByMetric();
    const grouped = readdirSync("scenarios/dashboards").flatMap((file) => {
      const text = readFileSync(`scenarios/dashboards/${file}`, "utf8");
      return [...text.matchAll(/ by \(([\w, ]+)\) \((?:\w+\()?([a-z]\w+_\w+)[{[]/g)].map(
        ([, by = "", metric = ""]) => ({
          file,
          metric,
          unknown: by.split(/, */).filter((label) => !(labels.get(metric)?.has(label) ?? true)),
        }),
      );
    });
    expect(grouped.filter(({ unknown }) => unknown.length > 0)).toEqual([]);
    expect(new Set(grouped.map(({ metric }) => metric)).size).toBeGreaterThan(15);
  });
});
