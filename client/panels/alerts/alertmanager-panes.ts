/** What Alertmanager made of the alerts: groups as it keeps them, messages that it sent, silences. */
import { html, nothing } from "lit";
import type { TemplateResult } from "lit";
import type { AlertGroup, AlertMessage, AlertSilence } from "../../../server/wire/alerting.js";
import { formatClock } from "../../charts/format.js";
import { icon } from "../../elements/icons.js";
import "../../elements/empty-state.js";
import { timeValue } from "../../elements/pivot-value.js";
import { labelTags } from "./alert-labels.js";
import { operatorOf } from "./silence-draft.js";

const serviceOf = (labels: Readonly<Record<string, string>>): string | undefined => labels["job"] ?? labels["service"];

const CHANNELS = {
  page: { icon: "phone", title: "pages" },
  ticket: { icon: "notebook", title: "ticket" },
  chat: { icon: "lines", title: "chat" },
} as const;

export function groupsPane(groups: readonly AlertGroup[], rulesHref: string): TemplateResult {
  if (groups.length === 0) {
    return html`<fd-empty-state heading="Nothing is grouped"
      >No alert fires. <a href=${rulesHref}>Rules that watch</a></fd-empty-state
    >`;
  }
  return html`${groups.map(
    ({ receiver, labels, mutedBy, alerts }) =>
      html`<section class="card" aria-label="Group of ${[receiver, ...Object.values(labels)].join(", ")}">
        <div class="row">
          <strong>${receiver}</strong>
          ${labelTags(labels, { atUs: alerts[0]?.startsAtUs ?? 0, service: serviceOf(labels) })}
          <span class="soft small">${alerts.length} ${alerts.length === 1 ? "alert" : "alerts"}</span>
          ${mutedBy.length === 0 ? nothing : html`<span class="tag warning">quiet by ${mutedBy.join(", ")}</span>`}
        </div>
        ${alerts.map(
          (alert) =>
            html`<div class="instance">
              <div class="row">
                <span class=${alert.state === "active" ? "critical" : "soft"}
                  >${icon(alert.state === "active" ? "critical" : "idle", 14)}
                  ${
                    alert.state === "active"
                      ? "Notified"
                      : alert.silencedBy.length > 0
                        ? "Silenced"
                        : alert.inhibitedBy.length > 0
                          ? "Inhibited by another alert"
                          : "Held back"
                  }</span
                >
                <span class="name">${alert.labels["alertname"] ?? ""}</span>
                <span class="soft small">since ${timeValue(alert.startsAtUs)} UTC</span>
              </div>
              ${labelTags(alert.labels, { atUs: alert.startsAtUs, service: serviceOf(alert.labels) })}
            </div>`,
        )}
      </section>`,
  )}`;
}

export function messagesPane(messages: readonly AlertMessage[], rulesHref: string): TemplateResult {
  if (messages.length === 0) {
    return html`<fd-empty-state heading="Nobody was told anything yet"
      >A group waits a little before its first message. <a href=${rulesHref}>Alerts that fire</a></fd-empty-state
    >`;
  }
  return html`<table>
    <thead>
      <tr>
        <th>Sent (UTC)</th>
        <th>To</th>
        <th>Says</th>
        <th>Alerts</th>
      </tr>
    </thead>
    <tbody>
      ${messages.map(
        ({ atUs, channel, receiver, integration, status, title, alerts }) =>
          html`<tr>
            <td class="data">${timeValue(atUs)}</td>
            <td>
              ${icon(CHANNELS[channel].icon, 13)} ${receiver}
              <span class="soft small">${integration}, ${CHANNELS[channel].title}</span>
            </td>
            <td class=${status === "firing" ? "critical" : "ok"}>
              ${icon(status === "firing" ? "critical" : "ok", 13)} ${title}
            </td>
            <td class="number">${alerts.length}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** @param end ends one before its time; undefined where nothing can be done any more */
export function silencesPane(
  silences: readonly AlertSilence[],
  end: ((silence: AlertSilence) => void) | undefined,
  rulesHref: string,
): TemplateResult {
  if (silences.length === 0) {
    return html`<fd-empty-state heading="Nothing is silenced"
      >Open <a href=${rulesHref}>a rule that fires</a> and choose Silence: it keeps an alert from waking people for a
      while.</fd-empty-state
    >`;
  }
  return html`<table>
    <thead>
      <tr>
        <th>State</th>
        <th>Alerts with</th>
        <th>From</th>
        <th>To (UTC)</th>
        <th>Why</th>
        <th class="number">Quiet now</th>
        <th></th>
      </tr>
    </thead>
    <tbody>
      ${silences.map(
        (silence) =>
          html`<tr>
            <td>${silence.state}</td>
            <td class="data">
              ${silence.matchers.map((one) => `${one.name}${operatorOf(one)}${JSON.stringify(one.value)}`).join(", ")}
            </td>
            <td class="data">${timeValue(silence.startsAtUs)}</td>
            <td class="data">${formatClock(silence.endsAtUs)}</td>
            <td>${silence.comment} <span class="soft small">${silence.createdBy}</span></td>
            <td class="number">${silence.alerts}</td>
            <td>
              ${
                silence.state === "expired" || end === undefined
                  ? nothing
                  : html`<button
                      class="quiet small"
                      @click=${() => {
                        end(silence);
                      }}
                    >
                      End it
                    </button>`
              }
            </td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
