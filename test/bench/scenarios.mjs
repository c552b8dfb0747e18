/** The real scenarios for benchmarks, read as the server reads them. */
import { QUERY_CHECKS } from "../../dist/server/cli/expressions.js";
import { readScenarioDirectory, scenarioLookup } from "../../dist/server/sessions/scenario-directory.js";

export async function scenarioOf(id) {
  return scenarioLookup(await readScenarioDirectory("scenarios", QUERY_CHECKS))(id);
}
