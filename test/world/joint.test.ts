/** A healthy world must not show where its history ends and its recent part begins. The full size is `npm run joint`. */
import { expect, test } from "vitest";
import { readScenario } from "../../server/scenario/read-scenario.js";
import { jointOf } from "../fixtures/joint.js";
import { RULES_FILE, SCENARIO_FILE, smallFiles, TOPOLOGY_FILE } from "../scenario/small-files.js";

const RULES = `for: 1m
      - { record: "job:up:count", expr: "count by (job) (up)" }
      - { record: "job:requests:rate5m", expr: "sum by (job) (rate(http_server_request_duration_seconds_count[5m]))" }
  - name: far
    rules:
      - { record: "job:requests:rate8m", expr: "sum by (job) (rate(http_server_request_duration_seconds_count[8m]))" }
      - { alert: ManyRequests, expr: "job:requests:rate8m > 1e9" }`;

const ALERTMANAGER = `
route: { receiver: team }
receivers: [{ name: team, slack_configs: [{ api_url: "http://chat.example" }] }]
`;

test("nothing steps at the cut: scrapes, recordings, what the metrics server and Alertmanager count", () => {
  const files = new Map(
    smallFiles(
      [SCENARIO_FILE, "starts: 2025-03-12T14:05:00Z", "starts: 2025-03-12T14:05:00Z\nrecent: 6m\nhistory: 16m"],
      [RULES_FILE, "for: 1m", RULES],
      [TOPOLOGY_FILE, "  retention: 15d\n", "  retention: 15d\n  alertmanager: ../alertmanager.yaml\n"],
    ),
  );
  files.set("alertmanager.yaml", ALERTMANAGER);
  const { scenario, diagnostics } = readScenario(files, SCENARIO_FILE);
  if (scenario === undefined) throw new Error(JSON.stringify(diagnostics));
  const { compared, steps } = jointOf(scenario, ["one", "two"]);
  expect(compared).toBeGreaterThan(500);
  expect(steps).toEqual([]);
});
