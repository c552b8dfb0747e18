import { expect, test } from "vitest";
import { readScenario } from "../../server/scenario/read-scenario.js";
import { SCENARIO_FILE, smallFiles, TOPOLOGY_FILE } from "./small-files.js";

const read = (plant: string) =>
  readScenario(
    smallFiles(
      [SCENARIO_FILE, "page: {", `plant:\n${plant}\npage: {`],
      [TOPOLOGY_FILE, "retention: 15d", "retention: 15d\n  targetLimit: 7\n  logShipper: { flush: 9s }"],
    ),
    SCENARIO_FILE,
  );

test("what a scenario declares of the plant stands in place of what its system has, and the rest stays", () => {
  const { scenario, diagnostics } = read(
    "  logShipper: { flush: 2s, agent: promtail }\n  collector: { batchDelay: 3s }",
  );
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  expect(scenario?.topology.plant).toMatchObject({
    metricsServer: "prometheus",
    targetLimit: 7,
    logShipper: { flush: 2_000_000, agent: "promtail" },
    collector: { id: "otel-collector", batchDelay: 3_000_000 },
  });
});

test.each([
  ["  collector: { id: shop }", '"shop" names a component already', "plant.collector"],
  ["  collector: { id: prometheus }", '"prometheus" names a component already', "plant.collector"],
  ["  clocks: [{ service: nobody, offset: +1s }]", 'unknown service "nobody"', "plant.clocks[0].service"],
  ["  tiers: { logs: { hot: 2d, warm: 1d } }", "must not be longer than warm", "plant.tiers.logs.hot"],
  ["  tiers: { logs: { levels: { info: 30d } } }", "must not be longer than warm", "plant.tiers.logs.levels.info"],
])("%s is a mistake at its place", (plant, message, path) => {
  const { scenario, diagnostics } = read(plant);
  expect(scenario).toBeUndefined();
  expect(diagnostics.filter(({ severity }) => severity === "error")).toMatchObject([
    { message, path, file: SCENARIO_FILE },
  ]);
});
