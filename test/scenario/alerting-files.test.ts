/** What a topology says of alerting in files of other tools: Alertmanager's configuration, objectives in Sloth's format. */
import { describe, expect, test } from "vitest";
import { checkRuleGroups } from "../../server/alerting/rule-check.js";
import { QUERY_CHECKS } from "../../server/cli/expressions.js";
import { includedFiles, readTopology } from "../../server/scenario/read-scenario.js";
import { smallFiles, TOPOLOGY_FILE } from "./small-files.js";

const ALERTMANAGER = `route:
  receiver: team
  group_by: [alertname]
receivers:
  - name: team
    slack_configs: [{ channel: "#team", api_url: "https://chat.example/secret" }]
`;

const SLOS = `version: prometheus/v1
service: shop
labels: { owner: checkout }
slos:
  - name: buys
    description: Customers can buy.
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(requests_total{code=~"5.."}[{{.window}}]))
        total_query: sum(rate(requests_total[{{ .window }}]))
    alerting:
      name: BuysFail
      labels: { team: checkout }
      page_alert: { labels: { severity: page } }
      ticket_alert: { labels: { severity: ticket } }
`;

function read(alertmanager: string, slos: string) {
  const named = "rules: [../rules/tiny.yaml]\nsloFiles: [../slos/shop.yaml]\n";
  const files = new Map(
    smallFiles(
      [TOPOLOGY_FILE, "rules: [../rules/tiny.yaml]\n", named],
      [TOPOLOGY_FILE, "  retention: 15d\n", "  retention: 15d\n  alertmanager: ../alertmanager/shop.yaml\n"],
    ),
  );
  files.set("alertmanager/shop.yaml", alertmanager).set("slos/shop.yaml", slos);
  const { topology, diagnostics } = readTopology(files, TOPOLOGY_FILE, QUERY_CHECKS);
  return {
    topology,
    complaints: diagnostics.map(({ file, line, message }) => `${file ?? ""}:${String(line)} ${message}`),
    included: includedFiles(TOPOLOGY_FILE, files.get(TOPOLOGY_FILE) ?? ""),
  };
}

test("both are read with the topology that names them", () => {
  const { topology, complaints, included } = read(ALERTMANAGER, SLOS);
  expect(complaints).toEqual([]);
  expect(included).toEqual(["rules/tiny.yaml", "slos/shop.yaml", "alertmanager/shop.yaml"]);
  expect(topology?.plant.alertmanager).toMatchObject({ route: { receiver: "team" } });
  expect(topology?.slos).toMatchObject([
    {
      id: "shop-buys",
      title: "Customers can buy.",
      objective: 0.999,
      window: 30 * 86_400e6,
      errorQuery: 'sum(rate(requests_total{code=~"5.."}[$window]))',
      totalQuery: "sum(rate(requests_total[$window]))",
    },
  ]);
});

test("an objective brings the rules that Sloth would generate", () => {
  const groups = read(ALERTMANAGER, SLOS).topology?.ruleGroups.slice(1) ?? [];
  expect(checkRuleGroups(groups)).toEqual([]);
  expect(groups.map(({ name }) => name)).toEqual([
    "sloth-slo-sli-recordings-shop-buys",
    "sloth-slo-meta-recordings-shop-buys",
    "sloth-slo-alerts-shop-buys",
  ]);
  const [ratios, , alerts] = groups;
  expect(ratios?.rules.map(({ record }) => record)).toEqual(
    ["5m", "30m", "1h", "6h", "3d", "30d"].map((window) => `slo:sli_error:ratio_rate${window}`),
  );
  expect(ratios?.rules[0]?.labels).toEqual({
    owner: "checkout",
    sloth_id: "shop-buys",
    sloth_service: "shop",
    sloth_slo: "buys",
    sloth_window: "5m",
  });
  expect(alerts?.rules.map(({ alert, labels }) => [alert, labels])).toEqual([
    ["BuysFail", { sloth_severity: "page", team: "checkout", severity: "page" }],
    ["BuysFail", { sloth_severity: "ticket", team: "checkout", severity: "ticket" }],
  ]);
  const expression = alerts?.rules[0]?.expr ?? "";
  for (const [window, rate] of [
    ["5m", "14.4"],
    ["1h", "14.4"],
    ["30m", "6"],
    ["6h", "6"],
  ] as const)
    expect(expression).toContain(`ratio_rate${window}{sloth_id="shop-buys"} > (${rate} * 0.001)`);
  expect(alerts?.rules[1]?.expr).toContain(`ratio_rate3d{sloth_id="shop-buys"} > (1 * 0.001)`);
});

describe("mistakes are told at their line", () => {
  test.each([
    [
      ALERTMANAGER.replace("receiver: team", "receiver: nobody"),
      SLOS,
      'alertmanager/shop.yaml:2 undefined receiver "nobody" used in route',
    ],
    [ALERTMANAGER.replace("group_by", "group"), SLOS, "alertmanager/shop.yaml:3 field group not found"],
    [ALERTMANAGER, SLOS.replace("prometheus/v1", "sloth/v2"), /^slos\/shop\.yaml:1 "sloth\/v2" is not allowed here/],
    [ALERTMANAGER, SLOS.replace("99.9", "100"), "slos/shop.yaml:7 must be below 100, in percent"],
    [ALERTMANAGER, SLOS.replace("[{{ .window }}]", "[5m]"), /^slos\/shop\.yaml:\d+ must/],
    [
      ALERTMANAGER,
      SLOS.replace("sum(rate(requests_total[", "sum(rate(requests_total(["),
      /^slos\/shop\.yaml:\d+ expression 1:/,
    ],
    [
      ALERTMANAGER,
      SLOS.replace(/ {6}events:[^]*?alerting/, "      plugin: { id: x }\n    alerting"),
      /plugins are not run/,
    ],
  ] as const)("case %#", (alertmanager, slos, expected) => {
    const { complaints } = read(alertmanager, slos);
    if (typeof expected === "string") expect(complaints.join("\n")).toContain(expected);
    else
      expect(
        complaints.some((complaint) => expected.test(complaint)),
        complaints.join("\n"),
      ).toBe(true);
  });
});
