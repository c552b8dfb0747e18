/**
 * Who is told what where a topology brings no configuration of Alertmanager: tickets wait, remarks scroll by, and all
 * else pages at once, so that an alert that says nothing of its urgency wakes somebody.
 */
import { assert } from "../../base/assert.js";
import type { AlertmanagerSpec } from "../../topology/alertmanager-spec.js";
import type { PlantSpec } from "../../topology/types.js";
import { readConfiguration } from "./configuration.js";

const CONFIGURATION = {
  global: {
    resolve_timeout: "5m",
    smtp_smarthost: "mail.example:587",
    smtp_from: "alertmanager@example.org",
    slack_api_url: "https://chat.example/hook",
  },
  route: {
    receiver: "on-call",
    group_by: ["alertname"],
    group_wait: "0s",
    group_interval: "5m",
    repeat_interval: "4h",
    routes: [
      { receiver: "tickets", matchers: ['severity=~"ticket|warning"'], group_wait: "30s" },
      { receiver: "tickets", matchers: ['severity=""', 'sloth_severity="ticket"'], group_wait: "30s" },
      { receiver: "chat", matchers: ['severity=~"info|none"'], group_wait: "30s" },
    ],
  },
  receivers: [
    { name: "on-call", pagerduty_configs: [{ routing_key: "on-call" }] },
    { name: "tickets", email_configs: [{ to: "tickets@example.org", send_resolved: true }] },
    { name: "chat", slack_configs: [{ channel: "#alerts", send_resolved: true }] },
  ],
};

/** What a plant's Alertmanager goes by. */
export function alertmanagerOf({ alertmanager }: Pick<PlantSpec, "alertmanager">): AlertmanagerSpec {
  const { spec, problems } = readConfiguration(alertmanager ?? CONFIGURATION);
  assert(spec !== undefined, `the configuration of Alertmanager was not checked: ${problems.at(0)?.message ?? ""}`);
  return spec;
}
