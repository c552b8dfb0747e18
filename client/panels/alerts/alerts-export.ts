/** What the view of alerts gives out: a row for each rule, or for each of its alerts, and the two tools that know them. Pure. */
import type { AlertRule } from "../../../server/wire/telemetry.js";
import { plainRequest } from "../../state/export-text.js";
import type { Cell, ExportTable, WireRequest } from "../../state/export-text.js";
import { isoOf } from "../logs/logs-query.js";

const instant = (atUs: number | undefined): Cell => (atUs === undefined ? null : isoOf(atUs));

/** A rule without alerts has one row. */
export const alertsTable = (rules: readonly AlertRule[]): ExportTable => ({
  columns: ["rule", "group", "severity", "state", "active_since", "firing_since", "value", "labels", "expression"],
  rows: rules.flatMap(({ name, group, severity, state, expr, alerts }) =>
    alerts.length === 0
      ? [[name, group, severity, state, null, null, null, "", expr]]
      : alerts.map((alert) => [
          name,
          group,
          severity,
          alert.state,
          instant(alert.activeSinceUs),
          instant(alert.firingSinceUs),
          alert.value,
          Object.entries(alert.labels)
            .map(([label, value]) => `${label}=${value}`)
            .join(" "),
          expr,
        ]),
  ),
});

export const ALERT_REQUESTS: readonly WireRequest[] = [
  { ...plainRequest("prometheus", "api/v1/rules"), parameters: { type: "alert" } },
  plainRequest("alertmanager", "api/v2/alerts"),
];
