/** What stands on the time axis of the debrief's charts: changes, alerts that began to fire, actions, and the onset. */
import type { TruthCause } from "../../../server/wire/debrief.js";
import type { LoggedAction } from "../../../server/wire/run.js";
import type { AlertsAnswer, ChangeRecord } from "../../../server/wire/telemetry.js";
import type { ChartMarker } from "../../charts/time-chart.js";
import { actionTitle, changeTitles } from "../actions/action-text.js";

export interface StoryEvents {
  readonly causes: readonly TruthCause[];
  readonly changes: readonly ChangeRecord[];
  readonly alerts: AlertsAnswer;
  readonly actions: readonly LoggedAction[];
}

/** Marks ascending by time. Ids of changes are the changes' own, so that a mark can open its change. */
export function storyMarkers({ causes, changes, alerts, actions }: StoryEvents): readonly ChartMarker[] {
  const titleOf = changeTitles(changes);
  const onsets = causes.map(({ component, faultClass, onsetUs }): ChartMarker => ({
    id: `onset-${component}`,
    kind: "fault",
    atUs: onsetUs,
    title: `Onset: ${faultClass} in ${component}`,
  }));
  const made = changes.map(({ id, kind, atUs, title }): ChartMarker => ({ id, kind, atUs, title }));
  const fired = alerts.rules.flatMap(({ name, history }) =>
    history
      .filter(({ state }) => state === "firing")
      .map(({ atUs }): ChartMarker => ({ id: `${name}-${String(atUs)}`, kind: "alert", atUs, title: `${name} fires` })),
  );
  const taken = actions.map(({ id, action, atUs }): ChartMarker => ({
    id,
    kind: "action",
    atUs,
    title: actionTitle(action, titleOf),
  }));
  return [...onsets, ...made, ...fired, ...taken].sort((left, right) => left.atUs - right.atUs);
}
