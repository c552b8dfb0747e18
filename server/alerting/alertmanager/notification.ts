/** What a receiver was told, and the body of a webhook that says the same. Source: alertmanager/template/template.go, Data. */
import { formatRfc3339 } from "../../query/promql/calendar.js";
import type { Labels } from "../../telemetry/metric-reader.js";
import type { AlertChannel } from "../../topology/alertmanager-spec.js";
import { isResolved, type StoredAlert } from "./alerts.js";

export interface NotifiedAlert {
  readonly status: "firing" | "resolved";
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  /** Undefined while it fires. */
  readonly endsAtMs?: number;
  readonly generatorUrl: string;
  readonly fingerprint: string;
}

export interface Notification {
  /** From 1, in order of time. */
  readonly sequence: number;
  readonly atMs: number;
  readonly receiver: string;
  /** Kind of the integration: `pagerduty`. */
  readonly integration: string;
  readonly channel: AlertChannel;
  readonly status: "firing" | "resolved";
  readonly groupKey: string;
  readonly groupLabels: Labels;
  readonly alerts: readonly NotifiedAlert[];
}

export function notifiedAlert(alert: StoredAlert, atMs: number): NotifiedAlert {
  const { labels, annotations, startsAtMs, endsAtMs, generatorUrl, fingerprint } = alert;
  const resolved = isResolved(alert, atMs);
  return {
    status: resolved ? "resolved" : "firing",
    labels,
    annotations,
    startsAtMs,
    ...(resolved ? { endsAtMs } : {}),
    generatorUrl,
    fingerprint,
  };
}

/** The line that people read first, as Alertmanager's own template `__subject` writes it. */
export function subjectOf({ status, alerts, groupLabels }: Notification): string {
  const firing = alerts.filter((alert) => alert.status === "firing").length;
  const state = status === "firing" ? `FIRING:${String(firing)}` : "RESOLVED";
  const valuesOf = (labels: Labels): string[] => sortedNames(labels).map((name) => labels[name]);
  const common = commonPairs(alerts.map(({ labels }) => labels));
  const others = Object.fromEntries(Object.entries(common).filter(([name]) => !Object.hasOwn(groupLabels, name)));
  const rest = valuesOf(others).join(" ");
  return [`[${state}]`, ...valuesOf(groupLabels), ...(rest === "" ? [] : [`(${rest})`])].join(" ");
}

/** Names in alphabetical order, that of the alert first. */
const sortedNames = (labels: Labels): string[] =>
  Object.keys(labels).sort((left, right) => {
    if (left === "alertname" || right === "alertname") return left === "alertname" ? -1 : 1;
    return left < right ? -1 : 1;
  });

/** Pairs that all of the sets have. */
export function commonPairs(sets: readonly Labels[]): Labels {
  const [first, ...others] = sets;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) =>
      others.every((labels) => Object.hasOwn(labels, name) && labels[name] === value),
    ),
  );
}

const NEVER = "0001-01-01T00:00:00Z";

/** RFC 3339 as Go writes it, without zeros at the end. */
export const goTime = (ms: number): string => formatRfc3339(ms).replace(/\.?0+Z$/, "Z");

/** What Alertmanager posts to a webhook, version 4. */
export function webhookBody(notification: Notification, externalUrl: string): Readonly<Record<string, unknown>> {
  const { receiver, status, alerts, groupLabels, groupKey } = notification;
  return {
    receiver,
    status,
    alerts: alerts.map((alert) => ({
      status: alert.status,
      labels: alert.labels,
      annotations: alert.annotations,
      startsAt: goTime(alert.startsAtMs),
      endsAt: alert.endsAtMs === undefined ? NEVER : goTime(alert.endsAtMs),
      generatorURL: alert.generatorUrl,
      fingerprint: alert.fingerprint,
    })),
    groupLabels,
    commonLabels: commonPairs(alerts.map(({ labels }) => labels)),
    commonAnnotations: commonPairs(alerts.map(({ annotations }) => annotations)),
    externalURL: externalUrl,
    version: "4",
    groupKey,
    truncatedAlerts: 0,
  };
}
