/** Alerts, one by one and in the groups in which receivers hear of them. Source: alertmanager/api/v2/api.go, getAlerts. */
import type { StoredAlert } from "../../alerting/alertmanager/alerts.js";
import { labelTest } from "../../alerting/alertmanager/label-matchers.js";
import { MICROS_PER_MS } from "../../base/time.js";
import { type ApiAnswer, type ApiRequest, jsonAnswer } from "../api.js";
import type { ApiWorld } from "../api-world.js";
import { booleanOf, instantText, matchersOf, receiverTest } from "./parameters.js";

const nowMsOf = ({ nowUs }: ApiWorld): number => Math.floor(nowUs / MICROS_PER_MS);

/** Filters: active, silenced, inhibited, filter, receiver. Nothing is unprocessed: an alert is looked at as it is asked for. */
export function alerts(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const shown = alertTest(request, world);
  const goesTo = receiverTest(request);
  const found = world.alertmanager
    .alerts(nowMsOf(world))
    .filter((alert) => shown(alert) && world.alertmanager.receiversOf(alert.labels).some(goesTo));
  return jsonAnswer(found.map((alert) => alertAnswer(alert, request, world)));
}

/** As `alerts`; groups that have no alert left are not shown, nor, with muted=false, those that a time interval mutes. */
export function alertGroups(request: ApiRequest, world: ApiWorld): ApiAnswer {
  const shown = alertTest(request, world);
  const goesTo = receiverTest(request);
  const muted = booleanOf(request, "muted");
  const groups = world.alertmanager
    .groupViews(nowMsOf(world))
    .filter(({ receiver, mutedBy }) => goesTo(receiver) && (muted || mutedBy.length === 0))
    .map((group) => ({ ...group, alerts: group.alerts.filter(shown) }))
    .filter((group) => group.alerts.length > 0);
  return jsonAnswer(
    groups.map(({ labels, receiver, mutedBy, alerts: members }) => ({
      alerts: members.map((alert) => alertAnswer(alert, request, world, mutedBy)),
      labels,
      receiver: { name: receiver },
      routeLabels: {},
    })),
  );
}

function alertTest(request: ApiRequest, world: ApiWorld): (alert: StoredAlert) => boolean {
  const nowMs = nowMsOf(world);
  const [active, silenced, inhibited] = ["active", "silenced", "inhibited"].map((name) => booleanOf(request, name));
  const matches = labelTest(matchersOf(request));
  return (alert) => {
    const { state, silencedBy, inhibitedBy } = world.alertmanager.statusOf(alert, nowMs);
    return (
      (active || state !== "active") &&
      (silenced || silencedBy.length === 0) &&
      (inhibited || inhibitedBy.length === 0) &&
      matches(alert.labels)
    );
  };
}

function alertAnswer(
  alert: StoredAlert,
  request: ApiRequest,
  world: ApiWorld,
  mutedBy: readonly string[] = [],
): Readonly<Record<string, unknown>> {
  const { labels, annotations, fingerprint, startsAtMs, endsAtMs, updatedAtMs, generatorUrl } = alert;
  const { state, silencedBy, inhibitedBy } = world.alertmanager.statusOf(alert, nowMsOf(world));
  return {
    annotations,
    endsAt: instantText(endsAtMs, request),
    fingerprint,
    receivers: world.alertmanager.receiversOf(labels).map((name) => ({ name })),
    startsAt: instantText(startsAtMs, request),
    status: { inhibitedBy, mutedBy, silencedBy, state },
    updatedAt: instantText(updatedAtMs, request),
    ...(generatorUrl === "" ? {} : { generatorURL: generatorUrl }),
    labels,
  };
}
