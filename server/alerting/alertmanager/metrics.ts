/** What Alertmanager tells of itself, under the names of the real one. Source: its /metrics, 0.25 and 0.28. */
import { MICROS_PER_MS } from "../../base/time.js";
import type { MetricMetadata } from "../../sim/metric-sink.js";
import type { Labels } from "../../telemetry/metric-reader.js";
import type { Alertmanager } from "./alertmanager.js";
import { stateOf, type SilenceBook, type SilenceState } from "./silence-book.js";

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

interface Family {
  readonly type: MetricMetadata["type"];
  readonly unit?: string;
  readonly help: string;
  samples(manager: Alertmanager, book: SilenceBook, nowMs: number): readonly Sample[];
}

const one = (value: number): readonly Sample[] => [{ labels: {}, value }];
const by = (label: string, values: Readonly<Record<string, number>>, more: Labels = {}): readonly Sample[] =>
  Object.entries(values).map(([name, value]) => ({ labels: { [label]: name, ...more }, value }));

/** Kinds of integrations that the configuration has, at least those that anybody writes. */
function integrationsOf({ spec }: Alertmanager): readonly string[] {
  const kinds = spec.receivers.flatMap(({ integrations }) => integrations.map(({ kind }) => kind));
  return [...new Set(["email", "pagerduty", "slack", "webhook", ...kinds])].sort();
}

const perIntegration = (manager: Alertmanager, valueOf: (kind: string) => number): readonly Sample[] =>
  by("integration", Object.fromEntries(integrationsOf(manager).map((kind) => [kind, valueOf(kind)])));

function alertStates(manager: Alertmanager, _book: SilenceBook, nowMs: number): readonly Sample[] {
  const counts = { active: 0, suppressed: 0, unprocessed: 0 };
  for (const alert of manager.alerts(nowMs)) counts[manager.statusOf(alert, nowMs).state]++;
  return by("state", counts);
}

const FAMILIES: Readonly<Record<string, Family>> = {
  alertmanager_alerts: { type: "gauge", help: "How many alerts by state.", samples: alertStates },
  alertmanager_marked_alerts: {
    type: "gauge",
    help: "How many alerts by state are currently marked in the Alertmanager regardless of their expiry.",
    samples: alertStates,
  },
  alertmanager_alerts_received_total: {
    type: "counter",
    help: "The total number of received alerts.",
    samples: ({ counts: { receivedFiring: firing, receivedResolved: resolved } }) =>
      by("status", { firing, resolved }, { version: "v2" }),
  },
  alertmanager_alerts_invalid_total: {
    type: "counter",
    help: "The total number of received alerts that were invalid.",
    samples: () => [{ labels: { version: "v2" }, value: 0 }],
  },
  alertmanager_build_info: {
    type: "gauge",
    help: "A metric with a constant '1' value labeled by version, revision, branch and goversion from which alertmanager was built.",
    samples: () => [
      { labels: { version: ALERTMANAGER_VERSION, revision: "simulated", branch: "main", goversion: "" }, value: 1 },
    ],
  },
  alertmanager_cluster_enabled: {
    type: "gauge",
    help: "Indicates whether the clustering is enabled or not.",
    samples: () => one(0),
  },
  alertmanager_config_last_reload_successful: {
    type: "gauge",
    help: "Whether the last configuration reload attempt was successful.",
    samples: () => one(1),
  },
  alertmanager_config_last_reload_success_timestamp_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "Timestamp of the last successful configuration reload.",
    samples: ({ startMs }) => one(startMs / 1_000),
  },
  alertmanager_dispatcher_aggregation_groups: {
    type: "gauge",
    help: "Number of active aggregation groups",
    samples: ({ groupCount }) => one(groupCount),
  },
  alertmanager_receivers: {
    type: "gauge",
    help: "Number of configured receivers.",
    samples: ({ spec }) => one(spec.receivers.length),
  },
  alertmanager_integrations: {
    type: "gauge",
    help: "Number of configured integrations.",
    samples: ({ spec }) => one(spec.receivers.reduce((sum, { integrations }) => sum + integrations.length, 0)),
  },
  alertmanager_notifications_total: {
    type: "counter",
    help: "The total number of attempted notifications.",
    samples: (manager) => perIntegration(manager, (kind) => manager.counts.notifications[kind] ?? 0),
  },
  alertmanager_notifications_failed_total: {
    type: "counter",
    help: "The total number of failed notifications.",
    samples: (manager) => perIntegration(manager, () => 0),
  },
  alertmanager_notification_requests_total: {
    type: "counter",
    help: "The total number of attempted notification requests.",
    samples: (manager) => perIntegration(manager, (kind) => manager.counts.notifications[kind] ?? 0),
  },
  alertmanager_notification_requests_failed_total: {
    type: "counter",
    help: "The total number of failed notification requests.",
    samples: (manager) => perIntegration(manager, () => 0),
  },
  alertmanager_notifications_suppressed_total: {
    type: "counter",
    help: "The total number of notifications suppressed for being silenced, inhibited, outside of active time intervals or within muted time intervals.",
    samples: ({ counts }) => by("reason", counts.suppressed),
  },
  alertmanager_silences: {
    type: "gauge",
    help: "How many silences by state.",
    samples: (_manager, book, nowMs) => {
      const counts: Record<SilenceState, number> = { active: 0, expired: 0, pending: 0 };
      for (const silence of book.list) counts[stateOf(silence, nowMs * MICROS_PER_MS)]++;
      return by("state", counts);
    },
  },
};

/** The version whose interfaces are spoken. */
export const ALERTMANAGER_VERSION = "0.28.1";

export const ALERTMANAGER_METADATA: readonly MetricMetadata[] = Object.entries(FAMILIES).map(
  ([name, { type, unit = "", help }]) => ({ name, type, unit, help }),
);

/** Samples with their names as `__name__`. */
export function alertmanagerSamples(manager: Alertmanager, book: SilenceBook, nowMs: number): readonly Sample[] {
  return Object.entries(FAMILIES).flatMap(([name, family]) =>
    family.samples(manager, book, nowMs).map(({ labels, value }) => ({ labels: { __name__: name, ...labels }, value })),
  );
}
