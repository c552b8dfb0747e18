/** Alertmanager as the workspace shows it: messages, groups with what keeps them quiet, silences. */
import { MICROS_PER_MS } from "../../base/time.js";
import type { AlertGroup, AlertmanagerAnswer, AlertMessage, AlertSilence } from "../../wire/alerting.js";
import type { Alertmanager } from "./alertmanager.js";
import { subjectOf, type Notification } from "./notification.js";
import { stateOf, type SilenceBook } from "./silence-book.js";

/** Messages of one answer; older ones are left out. */
const MESSAGES_MAX = 1_000;

export function alertmanagerAnswer(manager: Alertmanager, book: SilenceBook, nowUs: number): AlertmanagerAnswer {
  const nowMs = Math.floor(nowUs / MICROS_PER_MS);
  return {
    messages: manager.notifications.slice(-MESSAGES_MAX).reverse().map(messageOf),
    groups: manager.groupViews(nowMs).map(({ receiver, labels, mutedBy, alerts }): AlertGroup => ({
      receiver,
      labels,
      mutedBy,
      alerts: alerts.map((alert) => ({
        fingerprint: alert.fingerprint,
        labels: alert.labels,
        annotations: alert.annotations,
        startsAtUs: alert.startsAtMs * MICROS_PER_MS,
        ...manager.statusOf(alert, nowMs),
      })),
    })),
    silences: silencesOf(manager, book, nowUs),
  };
}

function messageOf(notification: Notification): AlertMessage {
  const { sequence, atMs, channel, receiver, integration, status, groupLabels, alerts } = notification;
  return {
    id: `message-${String(sequence)}`,
    atUs: atMs * MICROS_PER_MS,
    channel,
    receiver,
    integration,
    status,
    title: subjectOf(notification),
    groupLabels,
    alerts: alerts.map((alert) => ({
      status: alert.status,
      labels: alert.labels,
      annotations: alert.annotations,
      startsAtUs: alert.startsAtMs * MICROS_PER_MS,
      ...(alert.endsAtMs === undefined ? {} : { endsAtUs: alert.endsAtMs * MICROS_PER_MS }),
      fingerprint: alert.fingerprint,
    })),
  };
}

const STATES = ["active", "pending", "expired"];

function silencesOf(manager: Alertmanager, book: SilenceBook, nowUs: number): readonly AlertSilence[] {
  const alerts = manager.alerts(Math.floor(nowUs / MICROS_PER_MS));
  return book.list
    .map((silence): AlertSilence => {
      const { id, matchers, fromUs, untilUs, createdBy, comment } = silence;
      const state = stateOf(silence, nowUs);
      const quiet = state === "active" ? alerts.filter(({ labels }) => book.matches(silence, labels)).length : 0;
      return { id, state, matchers, startsAtUs: fromUs, endsAtUs: untilUs, createdBy, comment, alerts: quiet };
    })
    .sort((one, other) => STATES.indexOf(one.state) - STATES.indexOf(other.state) || one.endsAtUs - other.endsAtUs);
}
