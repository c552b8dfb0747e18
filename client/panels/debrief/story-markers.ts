/** What stands on the time axis of the debrief's charts: what stands on every chart, and the onset. */
import type { TruthCause } from "../../../server/wire/debrief.js";
import type { LoggedAction } from "../../../server/wire/run.js";
import type { AlertsAnswer, ChangeRecord } from "../../../server/wire/telemetry.js";
import { markersOf } from "../../charts/markers.js";
import type { ChartMarker } from "../../charts/markers.js";

export interface StoryEvents {
  readonly causes: readonly TruthCause[];
  readonly changes: readonly ChangeRecord[];
  readonly alerts: AlertsAnswer;
  readonly actions: readonly LoggedAction[];
  /** The onset that the learner gave. */
  readonly answeredUs?: number;
}

/** Marks ascending by time. */
export function storyMarkers({ causes, changes, alerts, actions, answeredUs }: StoryEvents): readonly ChartMarker[] {
  const onsets = causes.map(({ component, faultClass, onsetUs }): ChartMarker => ({
    id: component,
    kind: "fault",
    atUs: onsetUs,
    title: `${faultClass} in ${component}`,
  }));
  const answered: readonly ChartMarker[] =
    answeredUs === undefined
      ? []
      : [{ id: "your-onset", kind: "answer", atUs: answeredUs, title: "The onset that you gave" }];
  return [...onsets, ...answered, ...markersOf(changes, alerts, actions)].sort((left, right) => left.atUs - right.atUs);
}
